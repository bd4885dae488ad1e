"""Ten genomes that are hard to read, drawn as counts from fixed seeds, and what the fit says of each.

Each is of a kind that went wrong once or that the field's programs get wrong: little tumour, a doubled genome, a
subclone in half the cells, gained chromosomes without an amplicon, an amplicon narrower than the windows' spacing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from golden_tables import Golden

from refractor.copynumber.calls.amplification import CallSettings
from refractor.copynumber.calls.assessment import assess
from refractor.copynumber.fit.fit import ReadsFit, fit_counts
from refractor.copynumber.fit.fit_settings import FitSettings
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import Gene, load_panel
from refractor.reads.windows_to_read import load_sites
from synthetic.window_counts import Noise, count_genome
from synthetic.window_genomes import Amplicon, Recipe, make_genome

HARD = Path(__file__).resolve().parent / "hard_genomes"

BUILD = GenomeBuild.GRCH38
GENE = "ERBB2"
USUAL_NOISE = Noise()
WINDOWS = 1000
"""Windows of a genome, of which 24,822 ship: ten fits then take about ten seconds."""


@dataclass(frozen=True, slots=True)
class HardGenome:
    """A genome's recipe, how it is sequenced, and its seed. Depths are fold; no normal = tumour-only."""

    name: str
    seed: int
    recipe: Recipe
    tumor_depth: float = 60.0
    normal_depth: float | None = 30.0
    noise: Noise = USUAL_NOISE


def amplicon(ratio: float, gene: Gene, *, margin: int = 400_000) -> Amplicon:
    """An amplicon over the gene and `margin` bases on each side, at `ratio` times the ploidy."""
    return Amplicon(gene.start - margin, gene.end + margin, ratio, (gene.start, gene.end))


def hard_genomes(gene: Gene) -> tuple[HardGenome, ...]:
    """The ten."""
    noisy = Noise(window_sd=0.1, private_sd=0.1, wave_sd=0.045, gc_slope=0.5)
    mixed = Noise(contamination=0.015)
    return (
        HardGenome("little_tumor", 1, Recipe(0.2, amplicon=amplicon(9.0, gene))),
        HardGenome("hardly_any_tumor", 2, Recipe(0.12, sex="XY", amplicon=amplicon(4.0, gene))),
        HardGenome("doubled_amplified", 3, Recipe(0.6, doubled=True, late_arm_events=14, amplicon=amplicon(5.0, gene))),
        HardGenome("doubled_quiet", 4, Recipe(0.45, arm_events=1, focal_events=1, doubled=True, late_arm_events=3)),
        HardGenome("half_subclonal", 5, Recipe(0.7, arm_events=14, subclonal_fraction=0.5)),
        HardGenome("at_threshold", 6, Recipe(0.5, amplicon=amplicon(3.0, gene))),
        HardGenome("polysomy_17", 7, Recipe(0.55, sex="XY", polysomy_17=4, arm_gain_17q=1)),
        HardGenome("flat", 8, Recipe(0.5, arm_events=0, focal_events=0)),
        HardGenome("narrow_noisy_shallow", 9, Recipe(0.4, amplicon=amplicon(6.0, gene, margin=30_000)), 30.0, 30.0, noisy),
        HardGenome("tumor_only_mixed", 10, Recipe(0.65, sex="XY", other_amplicons=3, amplicon=amplicon(4.0, gene)),
                   100.0, None, mixed),
    )  # fmt: skip


def fit_hard_genomes() -> dict[str, Golden]:
    """Tables hard_truth, hard_solutions, hard_calls and hard_segments, a genome's name first."""
    tables: dict[str, list[dict[str, object]]] = {}
    sites, panel = load_sites(BUILD, count=WINDOWS), load_panel(BUILD)
    genes = tuple(panel.genes.values())
    for hard in hard_genomes(panel.genes[GENE]):
        rng = np.random.default_rng(hard.seed)
        truth = make_genome(hard.recipe, sites, rng)
        tumor, normal = count_genome(
            truth, sites, rng, tumor_depth=hard.tumor_depth, normal_depth=hard.normal_depth, noise=hard.noise
        )
        over = (
            (sites.chromosome == "17")
            & (sites.end > panel.genes[GENE].start)
            & (sites.start < panel.genes[GENE].end)
        )
        told: dict[str, object] = {
            "purity": truth.purity, "ploidy": truth.ploidy, "doubled": truth.whole_genome_doubled,
            "aberrant": truth.aberrant, "least_copies": float(truth.total[over].min()),
            "tumor_fragments": int(tumor.fragments.sum()), "tumor_alt_reads": int(tumor.alt_reads.sum()),
            "normal_fragments": None if normal is None else int(normal.fragments.sum()),
        }  # fmt: skip
        fit = fit_counts(sites, tumor, normal, build=BUILD, settings=FitSettings(), genes=genes)
        for name, row in (("hard_truth", told), *rows_of(fit, genes)):
            tables.setdefault(name, []).append({"genome": hard.name} | row)
    return {name: as_text(rows) for name, rows in tables.items()}


def rows_of(fit: ReadsFit, genes: tuple[Gene, ...]) -> Iterator[tuple[str, dict[str, object]]]:
    """Every way to explain the genome, the call and probability of every gene, and every segment."""
    values = fit.profile.purity_ploidy
    names = (
        "purity",
        "purity_low",
        "purity_high",
        "ploidy",
        "ploidy_low",
        "ploidy_high",
        "whole_genome_doubled",
    )
    yield (
        "hard_solutions",
        {"kind": "reported", "share": None, "status": str(values.status), "reason": values.reason}
        | {name: getattr(values, name) for name in names},
    )
    for number, solution in enumerate(fit.solutions, start=1):
        kept = {name: getattr(solution, name) for name in names}
        yield "hard_solutions", {"kind": f"solution {number}", "share": solution.probability} | kept
    found = assess(fit.profile, genes, build=BUILD, settings=CallSettings())
    for item in found.genes:
        copies = {
            name: getattr(item.found, name) for name in ("copy_number", "low", "high", "min_copy_number")
        }
        verdict = {name: getattr(item.verdict, name) for name in ("call", "p_amplified", "reason")}
        yield "hard_calls", {"gene": item.found.gene.symbol} | copies | verdict
    for segment in fit.profile.segments:
        names = ("chromosome", "start", "end", "copy_number", "minor_copy_number", "log2_ratio", "baf", "n_windows",
                 "n_snps", "copy_number_low", "copy_number_high")  # fmt: skip
        yield "hard_segments", {name: getattr(segment, name) for name in names}


def as_text(rows: list[dict[str, object]]) -> Golden:
    """Rows as cells of text, numbers with six digits as the result tables have them."""
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    return Golden(names, tuple(tuple(_cell(row.get(name)) for name in names) for row in rows))


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
