"""What the weights of findings are worth: held-out studies, and cohorts in which no finding has any effect.

    python benchmarks/attribution.py

Held out: each published table in turn is foretold from the others (chance of no benefit among its carriers, from its
non-carriers and the weight of the mechanism), and scored by Brier's score beside two that know no weights. Without
effect: 1,000 cohorts of the study's shape in which carriers fare as others do, labelled by the shipped rules; how often
"3 of 10" arises by chance, and how much the weights claim in these cohorts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from refractor.evidence.clonality import VariantCopies  # noqa: E402
from refractor.evidence.findings import Findings, SmallVariant  # noqa: E402
from refractor.evidence.knowledge.knowledge_base import knowledge_of  # noqa: E402
from refractor.evidence.knowledge.published_tables import PublishedTable, load_published_tables  # noqa: E402
from refractor.evidence.knowledge.rules import Rule  # noqa: E402
from refractor.evidence.knowledge.rules_in_scope import rules_in_scope, scope_of  # noqa: E402
from refractor.evidence.lookups import look_up_rules  # noqa: E402
from refractor.genome.builds import GenomeBuild  # noqa: E402
from refractor.genome.panel import Gene, load_panel  # noqa: E402
from refractor.genome.variant import Variant  # noqa: E402
from refractor.outcomes.attribution import ANY, PRIORS, weigh  # noqa: E402
from refractor.outcomes.explanation import TIER_CUTS, Case, Cut, Mechanism, explanation  # noqa: E402
from refractor.settings.config import SHIPPED_COHORT, load_cohort  # noqa: E402
from refractor.statistics.shrunken_odds import TwoByTwo  # noqa: E402
from refractor.variants.consequences import Consequence  # noqa: E402
from refractor.variants.observation import Observation  # noqa: E402
from refractor.vocabulary import Clonality  # noqa: E402

Flags = NDArray[np.bool_]

SEED = 41
COHORTS, PATIENTS, WITHOUT_BENEFIT = 1_000, 19, 10
PREVALENCE = {"KRAS G12D": 13 / 56, "PIK3CA H1047R": 8 / 57, "ERBB2 V777L": 3 / 47}
"""HER2-amplified colorectal cancer in MyPathway (PMID 30857956, CIViC EID 7302): one change stands for each gene."""
ENTRY_TESTED = {name: share for name, share in PREVALENCE.items() if not name.startswith("KRAS")}
STUDY = Cut(*TIER_CUTS[-1])


def held_out(tables: tuple[PublishedTable, ...]) -> None:
    """Print observed and foretold shares per study and the scores."""
    total = np.zeros(3)
    carriers = 0
    print("study\tmechanism\tcarriers\tobserved\tforetold (95 %)\tnon-carriers")
    for table in tables:
        others = [other for other in tables if other.study != table.study]
        counts = table.counts
        base = TwoByTwo(0, 0, counts.events_without, counts.without_property)
        found = weigh({ANY: base}, others).no_benefit(table.mechanism)
        observed = counts.events_with / counts.with_property
        plain = counts.events_without / counts.without_property
        print(
            f"{table.study}\t{table.mechanism}\t{counts.with_property}\t{observed:.2f}\t"
            f"{found.mean:.2f} ({found.low:.2f}-{found.high:.2f})\t{plain:.2f}"
        )
        for index, said in enumerate((found.mean, plain, 0.5)):
            lacking = counts.events_with
            total[index] += lacking * (1 - said) ** 2 + (counts.with_property - lacking) * said**2
        carriers += counts.with_property
    scores = total / carriers
    print(
        f"Brier score over {carriers} carriers of {len(tables)} studies: weights {scores[0]:.3f}, "
        f"rate of non-carriers {scores[1]:.3f}, one half {scores[2]:.3f}"
    )


def without_effect(tables: tuple[PublishedTable, ...]) -> None:
    """Print how often findings pile up by chance under the shipped rules, and what the weights then claim."""
    for name, prevalence in (
        ("as in MyPathway", PREVALENCE),
        ("RAS wild-type by the entry test", ENTRY_TESTED),
    ):
        cohorts = list(simulated(prevalence))
        rows = [explanation(cases, STUDY, benefit=False) for cases in cohorts]
        three = np.mean([row.explained >= 3 for row in rows])
        share = np.mean([row.explained / WITHOUT_BENEFIT for row in rows])
        print(
            f"{COHORTS} cohorts without any effect, {PATIENTS} patients, {WITHOUT_BENEFIT} without benefit, {name}:"
        )
        print(f"  false explanation rate (share of patients without benefit explained): {share:.3f}")
        print(f"  3 or more of 10 without benefit carry a finding: {three:.3f}")
        for column in ("p_permutation", "p_decoys"):
            print(
                f"  {column} <= 0.05: {np.mean([(getattr(row, column) or 0.0) <= 0.05 for row in rows]):.3f}"
            )
        claimed(cohorts[::20], tables)


def simulated(prevalence: Mapping[str, float]) -> Iterator[list[Case]]:
    """Cohorts whose carriers are drawn whatever the benefit; the labels are those that the shipped rules give."""
    random = np.random.default_rng(SEED)
    names = list(prevalence)
    for _ in range(COHORTS):
        carried = random.random((PATIENTS, len(names))) < np.array(list(prevalence.values()))
        yield [
            Case(
                f"P{place}",
                place >= WITHOUT_BENEFIT,
                complete=True,
                eligible=True,
                candidates=found_by_rules(frozenset(n for n, has in zip(names, row, strict=True) if has)),
            )
            for place, row in enumerate(carried)
        ]


@cache
def found_by_rules(alterations: frozenset[str]) -> frozenset[Mechanism]:
    """What the rules of the study's cohort make of a tumour with these alterations."""
    rules, genes = _rules()
    variants = tuple(_variant(genes, *name.split()) for name in sorted(alterations))
    answers = look_up_rules(rules, Findings(sample="simulated", variants=variants), genes=genes)
    return frozenset(
        Mechanism(match.alteration.gene, match.rule.mechanism, match.rule.tier, Clonality.UNKNOWN)
        for answer in answers
        for match in answer.matches
        if match.candidate
    )


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[Rule, ...], Mapping[str, Gene]]:
    panel = load_panel(GenomeBuild.GRCH38)
    knowledge = knowledge_of(panel)
    scope = scope_of(load_cohort(SHIPPED_COHORT), knowledge.drug_classes)
    return rules_in_scope(knowledge.rules, scope), panel.rule_genes


def _variant(genes: Mapping[str, Gene], symbol: str, change: str) -> SmallVariant:
    gene = genes[symbol]
    place = Variant(gene.chromosome, gene.coding_position(0), "A", "T")
    effect = Consequence(symbol, gene.transcript, "", "", change, "missense_variant", None, None)
    copies = VariantCopies(copies=None, ccf=None, clonality=Clonality.UNKNOWN, biallelic=None)
    return SmallVariant(Observation(place, vaf=0.3, depth=60, origin="simulated"), effect, copies)


def claimed(cohorts: Sequence[Sequence[Case]], tables: tuple[PublishedTable, ...]) -> None:
    """Print how much of each finding the weights say explains, where nothing does."""
    for prior, settings in PRIORS.items():
        said, found = 0.0, 0
        for cases in cohorts:
            lacking = np.array([not case.benefit for case in cases])
            pathways = sorted({m.pathway for case in cases for m in case.candidates})
            own = {
                name: _two_by_two(
                    np.array([any(m.pathway == name for m in case.candidates) for case in cases]), lacking
                )
                for name in pathways
            }
            own[ANY] = _two_by_two(np.array([bool(case.candidates) for case in cases]), lacking)
            weights = weigh(own, tables, settings)
            fractions = {name: weights.accounted(name).mean for name in pathways}
            best = [
                max(fractions[m.pathway] for m in case.candidates)
                for case in cases
                if case.candidates and not case.benefit
            ]
            said, found = said + sum(best), found + len(best)
        print(
            f"  {prior} prior: says {said / max(found, 1):.2f} of each finding explains (truth 0), n {len(cohorts)} cohorts"
        )


def _two_by_two(carried: Flags, lacking: Flags) -> TwoByTwo:
    return TwoByTwo(
        int((carried & lacking).sum()),
        int(carried.sum()),
        int((~carried & lacking).sum()),
        int((~carried).sum()),
    )


if __name__ == "__main__":
    shipped = load_published_tables()
    held_out(shipped)
    without_effect(shipped)
