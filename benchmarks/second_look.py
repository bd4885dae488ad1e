"""What a second look changes: simulated genomes as a CRAM and as a BAM are read, fitted at first and, where in doubt, again.

    python benchmarks/second_look.py --genomes 10 --first-seed 9800000 --file cram
    python benchmarks/second_look.py --sum                 # the summary of the rows that stand in the results

Genomes of benchmarks/copy_number.py (amplified, borderline) and of class noisy_steps of benchmarks/copy_number_clones.py. The
counts at every place are simulated once; the first look sees a part of them. Slices of a CRAM hold 25 kb, as at 60x.
Writes second_look_genomes.tsv (rows of further runs are added) and second_look.tsv.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import copy_number  # noqa: E402
import copy_number_clones  # noqa: E402

from refractor.copynumber.calls.gene_copies import measure_genes  # noqa: E402
from refractor.copynumber.fit.fit import ReadsFit, fit_counts  # noqa: E402
from refractor.copynumber.fit.fit_settings import FitSettings  # noqa: E402
from refractor.copynumber.fit.second_look import doubts_of  # noqa: E402
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild  # noqa: E402
from refractor.genome.panel import load_panel  # noqa: E402
from refractor.reads.slices_to_read import sites_of_slices  # noqa: E402
from refractor.reads.windows import WindowCounts  # noqa: E402
from refractor.reads.windows_between import with_windows_between  # noqa: E402
from refractor.reads.windows_to_read import Sites, further_sites, joined, load_sites  # noqa: E402
from synthetic.clone_genomes import CountNoise, count_clones, grow  # noqa: E402
from synthetic.window_counts import count_genome  # noqa: E402
from synthetic.window_genomes import make_genome  # noqa: E402

BUILD = GenomeBuild.GRCH37
GROUPS = ("amplified", "borderline", "noisy_steps")
SLICE_BP, REACH_BP = 25_000, 150
WHOLE = ("repeats", "copies")
"""Counts that are not one a window."""


@dataclass(frozen=True)
class Row:
    """One genome by one kind of file: the truth, the first answer and the last; `doubts` are of the first."""

    file: str
    group: str
    seed: int
    purity: float
    ploidy: float
    copies: float
    doubts: str
    first_purity: float
    first_ploidy: float
    first_share: float
    first_copies: float
    first_held: bool
    last_purity: float
    last_ploidy: float
    last_share: float
    last_copies: float
    last_held: bool
    windows_first: int
    windows_last: int


def places(file: str) -> tuple[Sites, np.ndarray]:
    """All windows of both looks in genome order, and which of them the first look reads."""
    if file == "bam":
        every, first = with_windows_between(BUILD), load_sites(BUILD)
        return every, every.rank <= first.rank.max()
    starts = {name: np.arange(0, length, SLICE_BP) for name, length in CONTIG_LENGTHS[BUILD].items()}
    slices = {name: (begin, begin + SLICE_BP + REACH_BP) for name, begin in starts.items()}
    first = sites_of_slices(load_sites(BUILD), slices)
    further = further_sites(sites_of_slices(load_sites(BUILD), slices, places=None), first)
    both, order = joined(first, further)
    return both, order < len(first)


def counts_of(
    group: str, seed: int, sites: Sites
) -> tuple[float, float, np.ndarray, WindowCounts, WindowCounts]:
    """Purity, ploidy, copies at the sites, and counts of tumour and normal."""
    gene = load_panel(BUILD).genes["ERBB2"]
    if group == "noisy_steps":
        rng = np.random.default_rng([seed, copy_number_clones.CLASSES.index(group), 77])
        genome = grow(copy_number_clones.recipe_of(group, gene, rng), sites, rng)
        noise = CountNoise(
            overdispersion=rng.uniform(0.12, 0.2),
            wave=rng.uniform(0.01, 0.03),
            stretch=rng.uniform(0.0, 0.012),
        )
        depth = float(rng.choice([60.0, 80.0, 100.0]))
        tumor, normal = count_clones(genome, sites, rng, depth=depth, noise=noise)
        if normal is None:
            raise ValueError("a normal was asked for")
        return genome.purity, genome.ploidy, genome.total, tumor, normal
    rng = np.random.default_rng([seed, {"amplified": 1, "borderline": 3}[group]])
    _, recipe, depth = copy_number.recipe_of(group, (gene.start, gene.end), rng)
    made = make_genome(recipe, sites, rng)
    tumor, paired = count_genome(
        made, sites, rng, tumor_depth=depth, normal_depth=30.0, noise=copy_number.noise_of(rng)
    )
    if paired is None:
        raise ValueError("a normal was asked for")
    return made.purity, made.ploidy, made.total, tumor, paired


def part_of(counts: WindowCounts, rows: np.ndarray) -> WindowCounts:
    """The counts of some windows."""
    return WindowCounts(**{n: getattr(counts, n)[rows] for n in WindowCounts.__slots__ if n not in WHOLE})


def answer(fit: ReadsFit, copies: float) -> tuple[float, float, float, float, bool]:
    """Purity, ploidy, share, copies of ERBB2, and whether their range holds the true ones."""
    gene = load_panel(BUILD).genes["ERBB2"]
    (found,) = measure_genes(fit.profile, (gene,), build=BUILD, min_purity=0.2)
    best = fit.solutions[0]
    held = found.low is not None and found.high is not None and found.low <= copies <= found.high
    return best.purity, best.ploidy, best.probability, found.copy_number or 0.0, held


def run_one(file: str, group: str, seed: int, sites: Sites, first: np.ndarray) -> Row:
    """Simulate a genome, and fit what each look sees."""
    panel = load_panel(BUILD)
    gene, genes = panel.genes["ERBB2"], tuple(panel.genes.values())
    purity, ploidy, total, tumor, normal = counts_of(group, seed, sites)
    over = (sites.chromosome == "17") & (sites.end > gene.start) & (sites.start < gene.end)
    copies = float(total[over].mean())
    fit = fit_counts(
        sites.subset(first), part_of(tumor, first), part_of(normal, first), build=BUILD, genes=genes
    )
    doubts = doubts_of(fit, genes, FitSettings())
    last = fit_counts(sites, tumor, normal, build=BUILD, genes=genes) if doubts else fit
    seen = int(first.sum())
    return Row(
        file, group, seed, purity, ploidy, copies, "; ".join(doubts), *answer(fit, copies), *answer(last, copies),
        windows_first=seen, windows_last=len(sites) if doubts else seen,
    )  # fmt: skip


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """By file and group: of the genomes in doubt at first how many are sure, right, and sure and wrong, before and after."""
    table = []
    for (file, group), part in rows.groupby(["file", "group"], sort=False):
        open_ = part[part.doubts.fillna("") != ""]
        line: dict[str, object] = {"file": file, "group": group, "genomes": len(part), "in_doubt": len(open_)}
        for look in ("first", "last"):
            right = (open_[f"{look}_ploidy"] - open_.ploidy).abs() <= 0.5
            right &= (open_[f"{look}_purity"] - open_.purity).abs() <= 0.05
            sure = open_[f"{look}_share"] >= FitSettings().certainty
            near = (open_[f"{look}_copies"] - open_.copies).abs() <= np.maximum(1, 0.1 * open_.copies)
            line |= {
                f"{look}_right": int(right.sum()),
                f"{look}_sure_and_right": int((sure & right).sum()),
                f"{look}_sure_and_wrong": int((sure & ~right).sum()),
                f"{look}_copies_near": int(near.sum()),
                f"{look}_copies_in_range": int(open_[f"{look}_held"].sum()),
            }
        table.append(line)
    return pd.DataFrame(table)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--genomes", type=int, default=10, help="genomes of each group")
    parser.add_argument("--first-seed", type=int, default=9_800_000)
    parser.add_argument("--groups", nargs="+", default=list(GROUPS), choices=GROUPS)
    parser.add_argument("--file", choices=("bam", "cram"), default="cram")
    parser.add_argument("--sum", action="store_true", help="only sum up the rows")
    parser.add_argument("--output-dir", type=Path, default=ROOT / "benchmarks" / "results")
    options = parser.parse_args()
    options.output_dir.mkdir(parents=True, exist_ok=True)
    path = options.output_dir / "second_look_genomes.tsv"
    if not options.sum:
        sites, first = places(options.file)
        for group in options.groups:
            for seed in range(options.first_seed, options.first_seed + options.genomes):
                row = pd.DataFrame([asdict(run_one(options.file, group, seed, sites, first))])
                row.to_csv(
                    path, sep="\t", index=False, float_format="%.4g", mode="a", header=not path.exists()
                )
    table = summary(pd.read_csv(path, sep="\t"))
    table.to_csv(options.output_dir / "second_look.tsv", sep="\t", index=False)
    print(table.T.to_string())


if __name__ == "__main__":
    main()
