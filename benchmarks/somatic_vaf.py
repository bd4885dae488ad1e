"""What somatic VAFs decide of purity and doubling: the fit of simulated genomes without and with the user's VCF.

    python benchmarks/somatic_vaf.py                                  # 12 genomes a group, seeds that development never used
    python benchmarks/somatic_vaf.py --genomes 3 --first-seed 0 --groups amplified subclonal --output-dir /tmp/try
    python benchmarks/somatic_vaf.py --per-megabase 4 --name sampled_vaf      # those seen in the windows, without a VCF

Genomes of both simulators; substitutions of `synthetic/somatic_snvs`. With --per-megabase those of 36 Mb of windows, of which
reads show 85 %, with some 4 mistakes among them; they weigh only where reads alone leave a share under 0.95. Writes one row a
genome (NAME_genomes.tsv) and the summary (NAME.tsv).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "benchmarks")]

import copy_number  # noqa: E402
import copy_number_clones  # noqa: E402

from refractor.copynumber.fit.fit_settings import DEFAULT_FIT  # noqa: E402
from refractor.copynumber.fit.models import posterior_of  # noqa: E402
from refractor.copynumber.fit.purity_posterior import PurityPosterior  # noqa: E402
from refractor.copynumber.fit.segment_summary import SegmentSummary, summarise_segments  # noqa: E402
from refractor.copynumber.fit.segmented_depth import segmented_depth  # noqa: E402
from refractor.copynumber.fit.somatic_vaf import placed, weighed_by_somatic_vaf  # noqa: E402
from refractor.genome.builds import GenomeBuild  # noqa: E402
from refractor.genome.panel import Gene, load_panel  # noqa: E402
from refractor.identity.sex import infer_sex  # noqa: E402
from refractor.reads.windows import WindowCounts  # noqa: E402
from refractor.reads.windows_to_read import Sites, load_sites  # noqa: E402
from refractor.variants.sampled_substitutions import LEAST_READS  # noqa: E402
from refractor.variants.somatic_alleles import SomaticAlleles  # noqa: E402
from synthetic.clone_genomes import CloneGenome, CountNoise, count_clones, grow  # noqa: E402
from synthetic.somatic_snvs import MutationRecipe, make_mutations, mutation_recipe  # noqa: E402
from synthetic.window_counts import count_genome  # noqa: E402
from synthetic.window_genomes import TrueGenome, make_genome  # noqa: E402

FRESH_SEED = 9_700_000
GROUPS = ("amplified", "borderline", *copy_number_clones.CLASSES)
SURE = 0.95
WINDOW_MEGABASES, SEEN, MISTAKES = 36.0, 0.85, 4.0
"""Windows of both looks at a BAM that lie on autosomes; share of their mutations that reads show; false ones among them."""


@dataclass(frozen=True)
class Row:
    """One genome: its truth, and the share of the true and the first solution without and with the VAFs."""

    group: str
    seed: int
    depth: float
    purity: float
    ploidy: float
    doubled: bool
    mutations: int
    share_before: float
    share_after: float
    right_before: bool
    right_after: bool
    copies: float
    copies_before: float
    copies_after: float


def simulated(
    group: str, seed: int, sites: Sites, gene: Gene
) -> tuple[TrueGenome | CloneGenome, float, WindowCounts, WindowCounts | None]:
    """A genome of this group, the tumour's depth, and the counts of tumour and normal."""
    rng = np.random.default_rng([seed, GROUPS.index(group), 19])
    if group in copy_number_clones.CLASSES:
        grown = grow(copy_number_clones.recipe_of(group, gene, rng), sites, rng)
        least, most = (0.12, 0.2) if group == "noisy_steps" else (0.04, 0.12)
        noise = CountNoise(
            overdispersion=rng.uniform(least, most),
            wave=rng.uniform(0.01, 0.03),
            stretch=rng.uniform(0, 0.012),
        )
        depth = float(rng.choice([60.0, 80.0, 100.0]))
        return grown, depth, *count_clones(grown, sites, rng, depth=depth, noise=noise)
    _, recipe, depth = copy_number.recipe_of(group, (gene.start, gene.end), rng)
    made = make_genome(recipe, sites, rng)
    noise_of = copy_number.noise_of(rng)
    return made, depth, *count_genome(made, sites, rng, tumor_depth=depth, normal_depth=30.0, noise=noise_of)


def in_windows(
    genome: TrueGenome | CloneGenome,
    sites: Sites,
    recipe: MutationRecipe,
    per_megabase: float,
    rng: np.random.Generator,
) -> SomaticAlleles:
    """What reads of the windows show of a genome with so many mutations a megabase (of the genome once)."""
    least = LEAST_READS if recipe.depth < 90 else LEAST_READS + 1
    count = int(rng.poisson(per_megabase * WINDOW_MEGABASES * SEEN))
    recipe = replace(recipe, count=max(count, 1), stray=0.0, least_reads=least, least_vaf=0.0)
    true = make_mutations((genome.first, genome.second), genome.purity, sites, recipe, rng)
    true = true.take(np.flatnonzero(rng.random(len(true)) > 2.0 ** (1 - true.alt)))  # on both strands
    false = int(rng.poisson(MISTAKES))
    at = rng.choice(len(sites), false)
    depth = np.maximum(rng.poisson(recipe.depth, false), 2 * least)
    return SomaticAlleles(
        np.concatenate([true.chromosome, sites.chromosome[at]]),
        np.concatenate([true.position, sites.start[at]]),
        np.concatenate([true.alt, least + rng.geometric(0.5, false) - 1]),
        np.concatenate([true.depth, depth]),
        least=least,
    )


def run_one(group: str, seed: int, per_megabase: float | None = None) -> Row:
    """Make, count and fit one genome, without and with its substitutions."""
    build = GenomeBuild.GRCH37
    sites, panel = load_sites(build), load_panel(build)
    gene, settings = panel.genes["ERBB2"], DEFAULT_FIT
    genome, depth, tumor, normal = simulated(group, seed, sites, gene)
    rng = np.random.default_rng([seed, 23])
    recipe = mutation_recipe(rng, fractions=genome.fractions, depth=depth)
    if per_megabase is None:
        alleles = make_mutations((genome.first, genome.second), genome.purity, sites, recipe, rng)
    else:
        alleles = in_windows(genome, sites, recipe, per_megabase, rng)
    sex = infer_sex(sites, normal or tumor, settings.sex_chromosomes)
    cut = segmented_depth(sites, tumor, normal, sex=sex, genes=tuple(panel.genes.values()), settings=settings)
    summary = summarise_segments(sites, cut.depth, cut.alleles, cut.number, sex=sex, settings=settings)
    before = posterior_of(summary.evidence(autosomes_only=True), settings, purity=None, ploidy=None)
    inside = placed(alleles, summary)
    weighs = per_megabase is None or before.solutions[0].probability < SURE
    after = weighed_by_somatic_vaf(before, alleles, summary)[0] if weighs else before
    over = (sites.chromosome == gene.chromosome) & (sites.end > gene.start) & (sites.start < gene.end)
    return Row(
        group=group,
        seed=seed,
        depth=depth,
        purity=genome.purity,
        ploidy=genome.ploidy,
        doubled=genome.whole_genome_doubled,
        mutations=len(inside),
        share_before=before.solutions[0].probability,
        share_after=after.solutions[0].probability,
        right_before=is_right(before, genome),
        right_after=is_right(after, genome),
        copies=float(genome.total[over].mean()),
        copies_before=copies_of(before, summary, gene),
        copies_after=copies_of(after, summary, gene),
    )


def is_right(posterior: PurityPosterior, genome: TrueGenome | CloneGenome) -> bool:
    """Whether the first solution is the true one, doubling included."""
    best = posterior.solutions[0]
    return abs(best.purity - genome.purity) <= 0.05 and abs(best.ploidy - genome.ploidy) <= 0.5


def copies_of(posterior: PurityPosterior, summary: SegmentSummary, gene: Gene) -> float:
    """Copies of the segment in the middle of a gene at the first solution."""
    best, middle = posterior.solutions[0], (gene.start + gene.end) // 2
    inside = (summary.chromosome == gene.chromosome) & (summary.start <= middle) & (summary.end > middle)
    p = best.purity
    return float((summary.ratio[inside][0] * (p * best.ploidy + 2 * (1 - p)) - 2 * (1 - p)) / p)


def figures(part: pd.DataFrame, when: str) -> dict[str, str]:
    """What was reached `before` or `after` the VAFs, over these genomes."""
    right, sure = part[f"right_{when}"], part[f"share_{when}"] >= SURE
    unsure = part.share_before < SURE
    close = (part[f"copies_{when}"] - part.copies).abs() <= np.maximum(1, 0.1 * part.copies)
    share = copy_number.share
    return {
        "first solution right": share(right),
        "sure (0.95) and wrong": share(~right & sure),
        "unsure by reads: first right": share(right[unsure]),
        "unsure by reads: sure and right": share((right & sure)[unsure]),
        "unsure by reads: sure and wrong": share((~right & sure)[unsure]),
        "ERBB2 copies within max(1, 10 %), purity >= 0.3": share(close[part.purity >= 0.3]),
    }


def summarise(rows: pd.DataFrame) -> Iterator[tuple[str, str, str, str]]:
    """Group, quantity, result without and with the VAFs; the group `all` last."""
    for group in (*dict.fromkeys(rows.group), "all"):
        part = rows if group == "all" else rows[rows.group == group]
        after = figures(part, "after")
        for quantity, before in figures(part, "before").items():
            yield group, quantity, before, after[quantity]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--genomes", type=int, default=12, help="genomes in each group")
    parser.add_argument("--first-seed", type=int, default=FRESH_SEED)
    parser.add_argument("--groups", nargs="+", default=GROUPS)
    parser.add_argument(
        "--per-megabase", type=float, default=None, help="mutations seen in the windows in place of a VCF's"
    )
    parser.add_argument("--name", default="somatic_vaf")
    parser.add_argument("--output-dir", type=Path, default=ROOT / "benchmarks" / "results")
    arguments = parser.parse_args()
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.genomes)
    rows = [
        asdict(run_one(group, seed, arguments.per_megabase)) for group in arguments.groups for seed in seeds
    ]
    table = pd.DataFrame(rows)
    out = arguments.output_dir
    out.mkdir(parents=True, exist_ok=True)
    table.to_csv(out / f"{arguments.name}_genomes.tsv", sep="\t", index=False, float_format="%.4g")
    summary = pd.DataFrame(
        list(summarise(table)), columns=["group", "quantity", "reads", "reads and substitutions"]
    )
    summary.to_csv(out / f"{arguments.name}.tsv", sep="\t", index=False)
    print(summary.to_string(index=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
