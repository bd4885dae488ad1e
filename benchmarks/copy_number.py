"""Accuracy of the copy-number fit on simulated genomes with a known truth: the table of the README.

    python benchmarks/copy_number.py            # all groups, seeds that development never used
    python benchmarks/copy_number.py --genomes 20 --first-seed 0 --output-dir /tmp/try
    python benchmarks/copy_number.py --slice-bp 25000 --name copy_number_cram      # as a CRAM of 60x is read

Writes one row a genome (copy_number_genomes.tsv), the summary (copy_number.tsv) and the reliability of
P(amplified) (copy_number_reliability.tsv and .svg).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from reliability_figure import draw_reliability  # noqa: E402

from refractor.copynumber.calls.amplification import CallSettings  # noqa: E402
from refractor.copynumber.calls.assessment import assess  # noqa: E402
from refractor.copynumber.fit.fit import fit_counts  # noqa: E402
from refractor.copynumber.fit.fit_settings import FitSettings  # noqa: E402
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild  # noqa: E402
from refractor.genome.panel import Gene, load_panel  # noqa: E402
from refractor.reads.slices_to_read import sites_of_slices  # noqa: E402
from refractor.reads.windows_to_read import Sites, load_sites  # noqa: E402
from refractor.variants.somatic_alleles import SomaticAlleles  # noqa: E402
from synthetic.window_counts import Noise, count_genome  # noqa: E402
from synthetic.window_genomes import Amplicon, Recipe, TrueGenome, make_genome  # noqa: E402

FRESH_SEED = 8_000_000
PURPLE_RATIO = 3.0
SURE = 0.95
"""Posterior share of the best way to explain a genome below which the fit says that it is ambiguous."""
NEGATIVES = ("quiet", "diploid", "polysomy", "arm_gain", "doubled")


@dataclass(frozen=True)
class Row:
    """One simulated genome: its truth and what the fit said."""

    group: str
    seed: int
    kind: str
    depth: float
    has_normal: bool
    purity: float
    ploidy: float
    doubled: bool
    aberrant: float
    copies: float
    least_copies: float
    over_threshold: float
    amplicon_bp: float
    fitted_purity: float | None
    purity_low: float | None
    purity_high: float | None
    fitted_ploidy: float | None
    fitted_doubled: bool | None
    purity_status: str
    best_share: float
    truth_among: bool
    call: str
    p_amplified: float | None
    fitted_copies: float | None
    copies_low: float | None
    copies_high: float | None
    focality: str
    others_called: int
    segments: int
    seconds: float
    reason: str


def noise_of(rng: np.random.Generator) -> Noise:
    """Noise between that of MCF7 (log sd 0.05 a 10-kb stretch) and A549 (0.15, GC slope 0.5)."""
    window = rng.uniform(0.05, 0.15)
    return Noise(
        window_sd=window * 0.7,
        private_sd=window * 0.7,
        wave_sd=rng.uniform(0.01, 0.045),
        gc_slope=rng.uniform(-0.1, 0.5),
        contamination=rng.choice([0.0, 0.0, 0.005, 0.015]),
    )


def recipe_of(group: str, gene: tuple[int, int], rng: np.random.Generator) -> tuple[str, Recipe, float]:
    """The kind of genome, its recipe and the tumour's depth."""
    doubled = bool(rng.random() < 0.4)
    common: dict[str, Any] = {
        "sex": "XY" if rng.random() < 0.5 else "XX",
        "arm_events": int(rng.integers(4, 18)),
        "focal_events": int(rng.integers(2, 15)),
        "late_arm_events": int(rng.integers(4, 15)),
        "late_focal_events": int(rng.integers(0, 8)),
        "subclonal_fraction": float(rng.uniform(0, 0.25)),
        "other_amplicons": int(rng.integers(0, 4)),
    }
    depth = float(rng.choice([30.0, 60.0, 100.0]))
    if group == "negative":
        kind = str(rng.choice(NEGATIVES))
        if kind == "quiet":
            common |= {"arm_events": int(rng.integers(0, 3)), "focal_events": 2}
        recipe = Recipe(
            purity=float(rng.uniform(0.1, 1.0)),
            doubled=kind == "doubled" or (kind != "diploid" and kind != "quiet" and doubled),
            polysomy_17=int(rng.integers(1, 5)) if kind == "polysomy" else 0,
            arm_gain_17q=int(rng.integers(1, 4)) if kind == "arm_gain" else 0,
            **common,
        )
        return kind, recipe, depth
    length = 10 ** rng.uniform(np.log10(50_000), 6.5)
    spare = length - (gene[1] - gene[0])
    start = int(gene[0] - rng.uniform(0.1, 0.9) * spare)
    factor = rng.uniform(1.5, 4.0) if group == "amplified" else rng.uniform(0.4, 1.8)
    amplicon = Amplicon(start, int(start + length), PURPLE_RATIO * factor, gene)
    lowest = 0.2 if group == "amplified" else 0.15
    recipe = Recipe(purity=float(rng.uniform(lowest, 1.0)), doubled=doubled, amplicon=amplicon, **common)
    return group, recipe, depth


def sites_read(build: GenomeBuild, windows: int | None, slice_bp: int | None) -> Sites:
    """The windows of a BAM, or those of a CRAM whose slices hold `slice_bp` bases each, and reads that reach into the next."""
    sites = load_sites(build, count=windows)
    if slice_bp is None:
        return sites
    slices = {name: np.arange(0, length, slice_bp) for name, length in CONTIG_LENGTHS[build].items()}
    return sites_of_slices(
        sites, {name: (starts, starts + slice_bp + 150) for name, starts in slices.items()}
    )


def run_one(
    group: str,
    seed: int,
    *,
    tumor_only: bool,
    windows: int | None,
    slice_bp: int | None = None,
    somatic_of: Callable[[TrueGenome, Sites, float, int], SomaticAlleles] | None = None,
) -> Row:
    """Simulate and fit one genome; `somatic_of` gives the substitutions of a genome, sites, depth and seed that weigh too."""
    build = GenomeBuild.GRCH37
    sites, panel = sites_read(build, windows, slice_bp), load_panel(build)
    gene = panel.genes["ERBB2"]
    rng = np.random.default_rng([seed, {"amplified": 1, "negative": 2, "borderline": 3}[group]])
    kind, recipe, depth = recipe_of(group, (gene.start, gene.end), rng)
    genome = make_genome(recipe, sites, rng)
    tumor, normal = count_genome(
        genome,
        sites,
        rng,
        tumor_depth=depth,
        normal_depth=None if tumor_only else 30.0,
        noise=noise_of(rng),
    )
    begin = time.perf_counter()
    genes = tuple(panel.genes.values())
    somatic = None if somatic_of is None else somatic_of(genome, sites, depth, seed)
    fit = fit_counts(sites, tumor, normal, build=build, settings=FitSettings(), genes=genes, somatic=somatic)
    seconds = time.perf_counter() - begin
    found = assess(fit.profile, genes, build=build, settings=CallSettings())
    erbb2 = next(g for g in found.genes if g.found.gene.symbol == "ERBB2")
    over = (sites.chromosome == "17") & (sites.end > gene.start) & (sites.start < gene.end)
    values = fit.profile.purity_ploidy
    others = sum(
        g.verdict.call == "amplified" and not is_amplified(genome, sites, g.found.gene)
        for g in found.genes
        if g.found.gene.symbol != "ERBB2"
    )
    among = any(
        abs(s.purity - genome.purity) <= 0.05 and abs(s.ploidy - genome.ploidy) <= 0.15
        for s in fit.solutions
        if s.probability >= FitSettings().purity.ambiguous_probability
    )
    amplicon = recipe.amplicon
    return Row(
        group=group,
        seed=seed,
        kind=kind,
        depth=depth,
        has_normal=normal is not None,
        purity=genome.purity,
        ploidy=genome.ploidy,
        doubled=genome.whole_genome_doubled,
        aberrant=genome.aberrant,
        copies=float(genome.total[over].mean()),
        least_copies=float(genome.total[over].min()),
        over_threshold=float(genome.total[over].min() / (PURPLE_RATIO * genome.ploidy)),
        amplicon_bp=float(amplicon.end - amplicon.start) if amplicon else 0.0,
        fitted_purity=values.purity,
        purity_low=values.purity_low,
        purity_high=values.purity_high,
        fitted_ploidy=values.ploidy,
        fitted_doubled=values.whole_genome_doubled,
        purity_status=str(values.status),
        best_share=fit.solutions[0].probability if fit.solutions else 0.0,
        truth_among=among,
        call=str(erbb2.verdict.call),
        p_amplified=erbb2.verdict.p_amplified,
        fitted_copies=erbb2.found.copy_number,
        copies_low=erbb2.found.low,
        copies_high=erbb2.found.high,
        focality=",".join(str(a.focality) for a in found.amplicons if "ERBB2" in a.genes),
        others_called=int(others),
        segments=len(fit.profile.segments),
        seconds=seconds,
        reason=erbb2.verdict.reason,
    )


def is_amplified(genome: TrueGenome, sites: Sites, gene: Gene) -> bool:
    """Whether a gene is amplified in truth, within a tenth of the threshold."""
    over = (
        (sites.chromosome == gene.chromosome)
        & (sites.end > gene.start - 20_000)
        & (sites.start < gene.end + 20_000)
    )
    return bool(over.any() and genome.total[over].max() > 0.9 * PURPLE_RATIO * genome.ploidy)


def share(hits: pd.Series) -> str:
    """`n of N (share)`."""
    return f"{int(hits.sum())} of {len(hits)} ({hits.mean():.3f})" if len(hits) else "0 of 0"


def summarise(rows: pd.DataFrame) -> list[tuple[str, str, str]]:
    """The table: quantity, goal, result with n."""
    amplified = rows[rows.group == "amplified"]
    negative = rows[rows.group == "negative"]
    certain = rows[(rows.purity >= 0.3) & (rows.aberrant >= 0.2)]
    close_p = (certain.fitted_purity - certain.purity).abs() <= 0.05
    close_q = (certain.fitted_ploidy - certain.ploidy).abs() <= 0.15
    told = (certain.best_share < SURE) & certain.truth_among
    pure = rows[(rows.purity >= 0.3) & (rows.group != "negative")]
    gap = (pure.fitted_copies - pure.copies).abs()
    assessed = rows[rows.p_amplified.notna()]
    covered = (pure.copies >= pure.copies_low) & (pure.copies <= pure.copies_high)
    right = (certain.fitted_ploidy - certain.ploidy).abs() <= 0.5
    table = [
        (
            "sensitivity, focal, copies >= 1.5 x threshold, purity 0.2-1",
            ">= 0.99",
            share(amplified.call == "amplified"),
        ),
        ("  of these not assessable", "", share(amplified.call == "not_assessable")),
        ("false amplified, no focal amplification, purity 0.1-1", "0", share(negative.call == "amplified")),
        ("  of these not assessable", "", share(negative.call == "not_assessable")),
        ("false amplified, other panel genes (genomes)", "", share(rows.others_called > 0)),
        ("purity within 0.05, or ambiguous with the truth among", ">= 0.95", share(close_p | told)),
        ("  purity within 0.05 at first", "", share(close_p)),
        ("ploidy within 0.15, or ambiguous with the truth among", ">= 0.95", share(close_q | told)),
        ("  ploidy within 0.15 at first", "", share(close_q)),
        *(
            (f"  doubled or not rightly told, stated {low:g}-{high:g} sure", "", share(right[held]))
            for low, high in ((0.0, 0.6), (0.6, 0.8), (0.8, 0.95), (0.95, 1.0))
            for held in [(certain.best_share > low) & (certain.best_share <= high)]
        ),
        (
            "ERBB2 copies within max(1, 10 %), purity >= 0.3",
            ">= 0.95",
            share(gap <= np.maximum(1, 0.1 * pure.copies)),
        ),
        (
            f"  where one way to explain the genome has {SURE:g} or more",
            "",
            share((gap <= np.maximum(1, 0.1 * pure.copies))[pure.best_share >= SURE]),
        ),
        ("  true copies inside the 95 % range", "0.95", share(covered)),
        ("Brier score of P(amplified)", "", f"{brier_score(rows):.4f} (n {len(assessed)})"),
        ("seconds a genome, median", "", f"{rows.seconds.median():.2f}"),
    ]
    return table


def brier_score(rows: pd.DataFrame) -> float:
    """Mean squared distance of P(amplified) from what is true, over the genomes that have one."""
    assessed = rows[rows.p_amplified.notna()]
    truth = (assessed.least_copies > PURPLE_RATIO * assessed.ploidy).astype(float)
    return float(((assessed.p_amplified - truth) ** 2).mean())


def reliability(rows: pd.DataFrame) -> pd.DataFrame:
    """Stated probability against how often it came true, in bins."""
    assessed = rows[rows.p_amplified.notna()].copy()
    assessed["truth"] = (assessed.least_copies > PURPLE_RATIO * assessed.ploidy).astype(float)
    edges = [-0.001, 0.01, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.99, 1.0]
    assessed["bin"] = pd.cut(assessed.p_amplified, edges)
    table = assessed.groupby("bin", observed=True).agg(
        n=("truth", "size"), stated=("p_amplified", "mean"), observed=("truth", "mean")
    )
    return table.reset_index()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--genomes", type=int, default=250, help="genomes in each of the three groups")
    parser.add_argument("--first-seed", type=int, default=FRESH_SEED)
    parser.add_argument("--groups", nargs="+", default=["amplified", "negative", "borderline"])
    parser.add_argument("--tumor-only", action="store_true")
    parser.add_argument("--windows", type=int, default=None)
    parser.add_argument(
        "--slice-bp", type=int, default=None, help="as a CRAM with slices of so many bases is read"
    )
    parser.add_argument("--output-dir", type=Path, default=ROOT / "benchmarks" / "results")
    parser.add_argument("--name", default="copy_number")
    arguments = parser.parse_args()
    rows = []
    for group in arguments.groups:
        for seed in range(arguments.first_seed, arguments.first_seed + arguments.genomes):
            rows.append(
                run_one(
                    group,
                    seed,
                    tumor_only=arguments.tumor_only,
                    windows=arguments.windows,
                    slice_bp=arguments.slice_bp,
                )
            )
        print(f"{group}: {arguments.genomes} genomes", file=sys.stderr)
    table = pd.DataFrame([{f.name: getattr(row, f.name) for f in fields(Row)} for row in rows])
    out = arguments.output_dir
    out.mkdir(parents=True, exist_ok=True)
    table.to_csv(out / f"{arguments.name}_genomes.tsv", sep="\t", index=False, float_format="%.4g")
    summary = pd.DataFrame(summarise(table), columns=["quantity", "goal", "result"])
    summary.to_csv(out / f"{arguments.name}.tsv", sep="\t", index=False)
    curve = reliability(table)
    curve.to_csv(out / f"{arguments.name}_reliability.tsv", sep="\t", index=False, float_format="%.4g")
    figure = draw_reliability(curve, brier_score(table))
    (out / f"{arguments.name}_reliability.svg").write_text(figure)
    print(summary.to_string(index=False))
    print(curve.to_string(index=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
