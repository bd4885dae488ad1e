"""Purity, ploidy and ERBB2 copies on genomes grown as a tree of clones, by class: the second judge of the fit.

    python benchmarks/copy_number_clones.py                      # 40 genomes a class, seeds that development never used
    python benchmarks/copy_number_clones.py --genomes 10 --first-seed 0 --output-dir /tmp/try

Writes one row a genome (copy_number_clones_genomes.tsv) and the summary by class (copy_number_clones.tsv).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from refractor.copynumber.calls.amplification import CallSettings  # noqa: E402
from refractor.copynumber.calls.assessment import assess  # noqa: E402
from refractor.copynumber.fit.fit import fit_counts  # noqa: E402
from refractor.copynumber.fit.fit_settings import FitSettings  # noqa: E402
from refractor.genome.builds import GenomeBuild  # noqa: E402
from refractor.genome.panel import Gene, load_panel  # noqa: E402
from refractor.reads.windows_to_read import load_sites  # noqa: E402
from synthetic.clone_genomes import CloneRecipe, CountNoise, count_clones, grow  # noqa: E402

FRESH_SEED = 9_100_000
CLASSES = ("clean", "subclonal", "doubled", "doubled_subclonal", "low_purity", "single_steps", "noisy_steps")
PURPLE_RATIO = 3.0


@dataclass(frozen=True)
class Row:
    """One genome: its truth and what the fit said."""

    kind: str
    seed: int
    depth: float
    purity: float
    ploidy: float
    doubled: bool
    altered: float
    subclonal: float
    fractions: str
    copies: float
    fitted_purity: float | None
    fitted_ploidy: float | None
    fitted_doubled: bool | None
    best_share: float
    truth_among: bool
    status: str
    call: str
    p_amplified: float | None
    fitted_copies: float | None
    copies_low: float | None
    copies_high: float | None
    segments: int
    reason: str


def recipe_of(kind: str, gene: Gene, rng: np.random.Generator) -> CloneRecipe:
    """The recipe of a genome of this class; four in five have an amplicon over ERBB2."""
    low, noisy, single = kind == "low_purity", kind == "noisy_steps", kind.endswith("_steps")
    in_part = "subclonal" in kind or (low and rng.random() < 0.5) or (single and rng.random() < 0.5)
    doubled = "doubled" in kind or (low and rng.random() < 0.3)
    amplified = rng.random() < 0.8
    return CloneRecipe(
        purity=float(rng.uniform(0.2, 0.35) if low else rng.uniform(0.25, 0.45 if noisy else 0.6)),
        altered=float(rng.uniform(0.35 if noisy else 0.2, 0.6)),
        subclones=int(rng.integers(1, 3)) if in_part else 0,
        subclonal=float(rng.uniform(0.05, 0.3)) if in_part else 0.0,
        doubled=doubled,
        amplified_copies=float(rng.uniform(4, 10) * (4 if doubled else 2)) if amplified else 0.0,
        amplicon_bp=float(10 ** rng.uniform(5, 6.7)),
        gene=(gene.start, gene.end),
        arm_fraction=float(rng.uniform(0.1, 1.0)),
        single_steps=single,
    )


def run_one(kind: str, seed: int) -> Row:
    """Grow, count and fit one genome."""
    build = GenomeBuild.GRCH37
    sites, panel = load_sites(build), load_panel(build)
    gene, genes = panel.genes["ERBB2"], tuple(panel.genes.values())
    rng = np.random.default_rng([seed, CLASSES.index(kind), 77])
    recipe = recipe_of(kind, gene, rng)
    genome = grow(recipe, sites, rng)
    least, most = (0.12, 0.2) if kind == "noisy_steps" else (0.04, 0.12)
    noise = CountNoise(
        overdispersion=rng.uniform(least, most), wave=rng.uniform(0.01, 0.03), stretch=rng.uniform(0.0, 0.012)
    )
    depth = float(rng.choice([60.0, 80.0, 100.0]))
    tumor, normal = count_clones(genome, sites, rng, depth=depth, noise=noise)
    fit = fit_counts(sites, tumor, normal, build=build, settings=FitSettings(), genes=genes)
    found = assess(fit.profile, genes, build=build, settings=CallSettings())
    erbb2 = next(g for g in found.genes if g.found.gene.symbol == "ERBB2")
    over = (sites.chromosome == "17") & (sites.end > gene.start) & (sites.start < gene.end)
    values = fit.profile.purity_ploidy
    best = fit.solutions[0]
    among = any(
        abs(s.purity - genome.purity) <= 0.05 and abs(s.ploidy - genome.ploidy) <= 0.2
        for s in fit.solutions
        if s.probability >= FitSettings().purity.ambiguous_probability
    )
    return Row(
        kind=kind,
        seed=seed,
        depth=depth,
        purity=genome.purity,
        ploidy=genome.ploidy,
        doubled=genome.whole_genome_doubled,
        altered=genome.altered,
        subclonal=genome.subclonal,
        fractions=",".join(f"{part:.2f}" for part in genome.fractions),
        copies=float(genome.total[over].mean()),
        fitted_purity=best.purity,
        fitted_ploidy=best.ploidy,
        fitted_doubled=best.whole_genome_doubled > 0.5,
        best_share=best.probability,
        truth_among=among,
        status=str(values.status),
        call=str(erbb2.verdict.call),
        p_amplified=erbb2.verdict.p_amplified,
        fitted_copies=erbb2.found.copy_number,
        copies_low=erbb2.found.low,
        copies_high=erbb2.found.high,
        segments=len(fit.profile.segments),
        reason=erbb2.verdict.reason,
    )


def share(hits: pd.Series) -> str:
    """`n of N (share)`."""
    return f"{int(hits.sum())} of {len(hits)} ({hits.mean():.3f})" if len(hits) else "0 of 0"


def summarise(rows: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    """Class, quantity, result with n; the class `all` last."""
    for kind in (*dict.fromkeys(rows.kind), "all"):
        part = rows if kind == "all" else rows[rows.kind == kind]
        near_p = (part.fitted_purity - part.purity).abs() <= 0.05
        near_q = (part.fitted_ploidy - part.ploidy).abs() <= 0.2
        gap = (part.fitted_copies - part.copies).abs()
        close = gap <= np.maximum(1, 0.1 * part.copies)
        pure = part.purity >= 0.3
        inside = (part.copies >= part.copies_low) & (part.copies <= part.copies_high)
        truth = part.copies > PURPLE_RATIO * part.ploidy
        told = part.truth_among & (part.best_share < 0.95)
        yield kind, "purity within 0.05", share(near_p)
        yield kind, "purity within 0.05, or ambiguous with the truth among", share(near_p | told)
        yield kind, "ploidy within 0.2", share(near_q)
        yield kind, "sure (0.95) and wrong in purity by over 0.05", share(~near_p & (part.best_share >= 0.95))
        yield kind, "ERBB2 copies within max(1, 10 %), purity >= 0.3", share(close[pure])
        yield kind, "true ERBB2 copies inside the 95 % range", share(inside)
        yield kind, "amplified where it is", share((part.call == "amplified")[truth])
        yield kind, "amplified where it is not", share((part.call == "amplified")[~truth])
    for low, high in ((0.0, 0.6), (0.6, 0.8), (0.8, 0.95), (0.95, 1.01)):
        held = (rows.best_share > low) & (rows.best_share <= high)
        right = (rows.fitted_purity - rows.purity).abs() <= 0.05
        right &= (rows.fitted_ploidy - rows.ploidy).abs() <= 0.5
        yield "all", f"right where {low:g}-{min(high, 1):g} sure", share(right[held])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--genomes", type=int, default=40, help="genomes in each class")
    parser.add_argument("--first-seed", type=int, default=FRESH_SEED)
    parser.add_argument("--classes", nargs="+", default=CLASSES)
    parser.add_argument("--output-dir", type=Path, default=ROOT / "benchmarks" / "results")
    arguments = parser.parse_args()
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.genomes)
    rows = []
    for kind in arguments.classes:
        rows += [asdict(run_one(kind, seed)) for seed in seeds]
        print(f"{kind}: {arguments.genomes} genomes", file=sys.stderr)
    table = pd.DataFrame(rows)
    out = arguments.output_dir
    out.mkdir(parents=True, exist_ok=True)
    table.to_csv(out / "copy_number_clones_genomes.tsv", sep="\t", index=False, float_format="%.4g")
    summary = pd.DataFrame(list(summarise(table)), columns=["class", "quantity", "result"])
    summary.to_csv(out / "copy_number_clones.tsv", sep="\t", index=False)
    print(summary.to_string(index=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
