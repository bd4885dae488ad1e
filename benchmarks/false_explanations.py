"""How often the shipped rules explain patients of cohorts in which no finding has any effect.

    python benchmarks/false_explanations.py

1,000 cohorts of the study's shape. Each tumour draws each alteration of prevalences.tsv by itself, whatever its benefit
(one change stands for each gene that a rule can explain by); the workflow's own code looks the rules up and counts.
Random genes and rules on other drugs stand beside the cohort's own rules: what they explain is false by construction,
and here so is all that the own rules explain.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from refractor.evidence.clonality import VariantCopies  # noqa: E402
from refractor.evidence.events.fusion import Fusion  # noqa: E402
from refractor.evidence.findings import Findings, SmallVariant  # noqa: E402
from refractor.evidence.knowledge.knowledge_base import knowledge_of  # noqa: E402
from refractor.evidence.knowledge.rules import Rule  # noqa: E402
from refractor.evidence.knowledge.rules_in_scope import decoy_rules, rules_in_scope, scope_of  # noqa: E402
from refractor.evidence.lookups import look_up_rules  # noqa: E402
from refractor.evidence.reporting import reported_decoys  # noqa: E402
from refractor.genome.builds import GenomeBuild  # noqa: E402
from refractor.genome.panel import Gene, load_panel  # noqa: E402
from refractor.genome.variant import Variant  # noqa: E402
from refractor.outcomes.explanation import TIER_CUTS, Case, Cut, Mechanism, OtherDrugs, explanation  # noqa: E402
from refractor.results.analysis_tables import Explanation  # noqa: E402
from refractor.results.copy_number_tables import GeneCopyNumber  # noqa: E402
from refractor.settings.config import SHIPPED_COHORT, load_cohort  # noqa: E402
from refractor.variants.consequences import Consequence  # noqa: E402
from refractor.variants.files.structural_variants import Breakpoint, StructuralVariant  # noqa: E402
from refractor.variants.observation import Observation  # noqa: E402
from refractor.vocabulary import Clonality, CopyNumberCall, Result, Side, Verdict  # noqa: E402

SEED = 41
COHORTS, PATIENTS, WITHOUT_BENEFIT = 1_000, 19, 10
STUDY = Cut(*TIER_CUTS[-1])
PREVALENCES = Path(__file__).with_name("prevalences.tsv")
CONJUGATE = "her2_amplified_colorectal_trastuzumab_deruxtecan.yaml"
PANEL = load_panel(GenomeBuild.GRCH38)
KNOWLEDGE = knowledge_of(PANEL)
ELSEWHERE = Breakpoint("11", 70_000_000, Side.BEFORE)
"""Where no gene of the panel lies."""
MANY, FEW, TWO, NONE = 20.0, 3.0, 2.0, 0.0
"""Copies of an amplified gene, of a target that is not amplified, of any other, of a deleted one."""
COLUMNS = (
    "own rules explain",
    "3 or more of 10",
    "random genes, p <= 0.05",
    "permuted labels, p <= 0.05",
    "rules on other drugs explain",
    "3 or more of 10 by them",
    "by what no own rule counts",
)


@dataclass(frozen=True, slots=True)
class Prevalence:
    """How often an alteration (gene and change, or gene and word) is met; `at_entry`: the entry test would show it."""

    alteration: str
    share: float
    at_entry: bool
    source: str


def load_prevalences() -> tuple[Prevalence, ...]:
    """The rows of prevalences.tsv."""
    with PREVALENCES.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Prevalence(
                row["alteration"],
                float(row["carriers"]) / float(row["tested"]),
                row["excluded_at_entry"] == "yes",
                row["source"],
            )
            for row in csv.DictReader(lines, delimiter="\t")
        )


@dataclass(slots=True)
class Labeller:
    """What the shipped rules make of a tumour with given alterations, in a shipped cohort."""

    own: tuple[Rule, ...]
    decoys: tuple[Rule, ...]
    known: dict[frozenset[str], tuple[frozenset[Mechanism], OtherDrugs]] = field(default_factory=dict)

    @classmethod
    def of(cls, cohort_file: Path) -> Labeller:
        """The labeller of one cohort file."""
        cohort = load_cohort(cohort_file)
        scope = scope_of(cohort, KNOWLEDGE.drug_classes)
        decoys = decoy_rules(KNOWLEDGE.rules, scope, target=cohort.target.gene)
        return cls(rules_in_scope(KNOWLEDGE.rules, scope), decoys)

    def __call__(self, alterations: frozenset[str]) -> tuple[frozenset[Mechanism], OtherDrugs]:
        """Candidates by the own rules, and what the rules on other drugs find."""
        if alterations not in self.known:
            self.known[alterations] = self._look_up(findings_of(alterations))
        return self.known[alterations]

    def _look_up(self, findings: Findings) -> tuple[frozenset[Mechanism], OtherDrugs]:
        answers = look_up_rules(self.own, findings, genes=PANEL.rule_genes)
        candidates = frozenset(
            Mechanism(match.alteration.gene, match.rule.mechanism, match.rule.tier)
            for answer in answers
            for match in answer.matches
            if match.candidate
        )
        others = look_up_rules(self.decoys, findings, genes=PANEL.rule_genes)
        met = [row for row in reported_decoys(others, answers) if row.result is Result.FOUND]
        return candidates, OtherDrugs(
            found=frozenset(Mechanism(row.gene or "", row.mechanism or "", row.tier) for row in met),
            unshared=frozenset(
                Mechanism(row.gene or "", row.mechanism or "", row.tier) for row in met if not row.shared
            ),
            answered=frozenset(rule.rule_id for rule in self.decoys),
        )


def findings_of(alterations: frozenset[str]) -> Findings:
    """A tumour, its ERBB2 amplified, with these alterations."""
    copies: dict[str, GeneCopyNumber] = {"ERBB2": _copies("ERBB2", MANY)}
    variants, junctions = [], []
    for symbol, change in (name.split() for name in sorted(alterations)):
        if change in ("amplified", "deleted", "unamplified"):
            number = {"amplified": MANY, "deleted": NONE, "unamplified": FEW}[change]
            copies[symbol] = _copies(symbol, number)
        elif change in ("fused", "broken"):
            junctions.append(_junction(symbol))
        else:
            variants.append(_variant(PANEL.rule_genes[symbol], change))
    enough = copies["ERBB2"].copy_number == MANY
    return Findings(
        sample="simulated",
        variants=tuple(variants),
        copies=copies,
        definitions={("ERBB2", "6_copies"): Verdict.YES if enough else Verdict.NO},
        structural_variants=tuple(junctions),
    )


def _variant(gene: Gene, change: str) -> SmallVariant:
    place = Variant(gene.chromosome, gene.coding_position(0), "A", "T")
    effect = Consequence(gene.symbol, gene.transcript, "", "", change, "missense_variant", None, None)
    copies = VariantCopies(copies=None, ccf=None, clonality=Clonality.UNKNOWN, biallelic=None)
    return SmallVariant(Observation(place, vaf=0.3, depth=60, origin="simulated"), effect, copies)


def _copies(symbol: str, number: float) -> GeneCopyNumber:
    gene = PANEL.rule_genes[symbol]
    calls = {MANY: CopyNumberCall.AMPLIFIED, FEW: CopyNumberCall.GAINED, NONE: CopyNumberCall.DELETED}
    return GeneCopyNumber(
        gene=symbol,
        chromosome=gene.chromosome,
        start=gene.start,
        end=gene.end,
        copy_number=number,
        copy_number_low=number,
        copy_number_high=number,
        min_copy_number=number,
        max_copy_number=number,
        minor_copy_number=min(number, TWO / 2),
        arm_copy_number=TWO,
        call=calls[number],
        source="simulated",
    )


def _junction(symbol: str) -> StructuralVariant:
    """A break in an intron that a rule on fusions of the gene counts; without one, in the gene's first intron."""
    gene = PANEL.rule_genes[symbol]
    event = next((r.event for r in KNOWLEDGE.rules if r.gene == symbol and isinstance(r.event, Fusion)), None)
    introns = [(end + start) // 2 for (_, end), (start, _) in zip(gene.cds, gene.cds[1:], strict=False)]
    breaks = [
        StructuralVariant("sv", "BND", Breakpoint(gene.chromosome, place, side), ELSEWHERE, copies=MANY - 5)
        for place in introns
        for side in Side
    ]
    return next(one for one in breaks if event is None or event.why(gene, one) is not None)


def simulated(
    labeller: Labeller, prevalences: Sequence[Prevalence], cohorts: int = COHORTS
) -> Iterator[list[Case]]:
    """Cohorts whose alterations are drawn whatever the benefit; the labels are those that the shipped rules give."""
    random = np.random.default_rng(SEED)
    names = [one.alteration for one in prevalences]
    shares = np.array([one.share for one in prevalences])
    for _ in range(cohorts):
        carried = random.random((PATIENTS, len(names))) < shares
        cases = []
        for place, row in enumerate(carried):
            found, others = labeller(frozenset(n for n, has in zip(names, row, strict=True) if has))
            benefit = place >= WITHOUT_BENEFIT
            cases.append(Case(f"P{place}", benefit, True, True, found, others))
        yield cases


def rates(rows: Sequence[Explanation]) -> tuple[float, ...]:
    """The figures of COLUMNS over cohorts, each 0-1."""
    by_own = np.array([row.explained for row in rows])
    by_others = np.array([row.decoy_rules_explained or 0 for row in rows])
    alone = np.array([row.decoy_rules_unshared or 0 for row in rows])
    return (
        float(by_own.mean()) / WITHOUT_BENEFIT,
        float((by_own >= 3).mean()),
        float(np.mean([row.p_decoys is not None and row.p_decoys <= 0.05 for row in rows])),
        float(np.mean([row.p_permutation is not None and row.p_permutation <= 0.05 for row in rows])),
        float(by_others.mean()) / WITHOUT_BENEFIT,
        float((by_others >= 3).mean()),
        float(alone.mean()) / WITHOUT_BENEFIT,
    )


def settings() -> Iterator[tuple[str, Labeller, tuple[Prevalence, ...]]]:
    """What is drawn under which drugs: a name, the labeller and the prevalences."""
    every = load_prevalences()
    rest = tuple(one for one in every if not one.at_entry)
    study = Labeller.of(SHIPPED_COHORT)
    yield "trastuzumab + pertuzumab, RAS and BRAF wild-type by the entry test", study, rest
    yield "the same, RAS and BRAF not tested at entry", study, every
    yield "trastuzumab deruxtecan, any RAS", Labeller.of(SHIPPED_COHORT.with_name(CONJUGATE)), every


def main() -> None:
    """Print the table."""
    print(
        f"{COHORTS} cohorts without any effect, {PATIENTS} patients, {WITHOUT_BENEFIT} of them without benefit"
    )
    print("\t".join(("cohort", "own rules", "decoy rules", *COLUMNS)))
    for name, labeller, prevalences in settings():
        rows = [explanation(cases, STUDY, benefit=False) for cases in simulated(labeller, prevalences)]
        own = sum(rule.can_explain for rule in labeller.own)
        figures = (f"{figure:.3f}" for figure in rates(rows))
        print("\t".join((name, str(own), str(len(labeller.decoys)), *figures)))


if __name__ == "__main__":
    main()
