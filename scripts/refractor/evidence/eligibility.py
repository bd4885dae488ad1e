"""The trial's entry criteria assessed again on the sequenced tumour: confirmed, discordant, not assessable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from refractor.evidence.copy_number_text import describe
from refractor.evidence.findings import Findings
from refractor.evidence.targets import TargetFinding
from refractor.results.evidence_tables import CriterionVerdict
from refractor.results.variant_tables import CodonStatus
from refractor.settings.criteria import ClassScope, Criterion, CriterionMeasure, Required
from refractor.settings.thresholds import CALLING
from refractor.vocabulary import Clonality, CopyNumberCall, Eligibility, Result, Status, Verdict


def assess_eligibility(
    criteria: Mapping[str, Criterion],
    findings: Findings,
    *,
    target: TargetFinding,
    classed_codons: Mapping[str, Sequence[int]],
    low_vaf: float = CALLING.low_vaf,
) -> tuple[CriterionVerdict, ...]:
    """One verdict a criterion of the cohort file; `classed_codons` are those of class I to III mutations, by gene."""

    def verdict(name: str, criterion: Criterion) -> CriterionVerdict:
        if criterion.measure is CriterionMeasure.CODONS:
            return _by_codons(name, criterion, findings, classed_codons=classed_codons, low_vaf=low_vaf)
        if criterion.measure is CriterionMeasure.TARGET:
            return _by_target(name, criterion, target)
        return _by_copies(name, criterion, findings)

    return tuple(verdict(name, criterion) for name, criterion in criteria.items())


def _by_target(name: str, criterion: Criterion, target: TargetFinding) -> CriterionVerdict:
    """By what was found of the cohort's target; what was not tested is not assessable."""
    if target.result is Result.NOT_TESTED:
        return CriterionVerdict(
            criterion=name,
            status=Eligibility.NOT_ASSESSABLE,
            detail=str(Status.NOT_ASSESSABLE),
            reason=target.reason,
        )
    is_there = target.result is Result.FOUND
    fits = is_there is (criterion.required is Required.PRESENT)
    return CriterionVerdict(
        criterion=name,
        status=Eligibility.CONFIRMED if fits else Eligibility.DISCORDANT,
        detail=str(Required.PRESENT if is_there else Required.ABSENT),
        reason=target.reason,
    )


def _decisive(criterion: Criterion, classed_codons: Mapping[str, Sequence[int]]) -> list[tuple[str, int]]:
    """Gene and number of each codon that decides a criterion."""
    if criterion.codons is not None:
        return [(gene, codon) for gene in criterion.genes for codon in criterion.codons]
    if criterion.braf_scope is ClassScope.V600:
        return [(gene, 600) for gene in criterion.genes]
    return [(gene, codon) for gene in criterion.genes for codon in classed_codons.get(gene, ())]


def _by_codons(
    name: str,
    criterion: Criterion,
    findings: Findings,
    *,
    classed_codons: Mapping[str, Sequence[int]],
    low_vaf: float,
) -> CriterionVerdict:
    wanted = _decisive(criterion, classed_codons)
    known = [findings.codons[key] for key in wanted if key in findings.codons]
    mutated = [result for result in known if result.status is Status.MUTATED]
    blind = [f"{gene} {codon}" for gene, codon in wanted if (gene, codon) not in findings.codons]
    blind += [f"{r.gene} {r.codon}" for r in known if r.status is Status.NOT_ASSESSABLE]
    detail = Status.MUTATED if mutated else Status.NOT_ASSESSABLE if blind else Status.WILD_TYPE
    if criterion.required is Required.MUTATED:
        status, reason = _must_be_mutated(mutated, blind, criterion.protein_changes)
    else:
        counts = 0.0 if criterion.low_vaf_counts else low_vaf
        status, reason = _must_be_wild_type(known, mutated, blind, low_vaf=counts, findings=findings)
    return CriterionVerdict(criterion=name, status=status, detail=str(detail), reason=reason)


def _must_be_wild_type(
    known: Sequence[CodonStatus],
    mutated: Sequence[CodonStatus],
    blind: Sequence[str],
    *,
    low_vaf: float,
    findings: Findings,
) -> tuple[Eligibility, str]:
    strong = [
        result
        for result in mutated
        if result.vaf is None or result.vaf >= low_vaf or _in_most_cells(result, findings)
    ]
    if strong:
        return Eligibility.DISCORDANT, f"mutated: {_named(strong)}"
    flag = ""
    if mutated:
        flag = (
            f"low-VAF {_named(mutated)}, below {low_vaf:g}: a flag of resistance, no contradiction of entry; "
        )
    if blind:
        return Eligibility.NOT_ASSESSABLE, f"{flag}not assessable: {', '.join(blind)}" + _first_reason(known)
    count = len(known) - len(mutated)
    return Eligibility.CONFIRMED, f"{flag}wild-type at {count} codon{'' if count == 1 else 's'}"


MOST_CELLS = 0.5
"""A variant estimated in this part of the cancer cells or more is none of a small clone (our choice)."""


def _in_most_cells(codon: CodonStatus, findings: Findings) -> bool:
    """Whether the variant of a codon is in most cancer cells though its VAF is low, as at a low purity.

    At purity 0.1 a variant on one of two copies in every cell has a VAF of 0.05.
    """
    return any(
        variant.name == codon.protein_change
        and variant.copies.clonality is not Clonality.SUBCLONAL
        and (variant.copies.ccf or 0.0) >= MOST_CELLS
        for variant in findings.variants_of(codon.gene)
    )


def _must_be_mutated(
    mutated: Sequence[CodonStatus], blind: Sequence[str], protein_changes: Sequence[str]
) -> tuple[Eligibility, str]:
    fitting = [r for r in mutated if not protein_changes or (r.protein_change or "") in protein_changes]
    if fitting:
        return Eligibility.CONFIRMED, f"mutated: {_named(fitting)}"
    if blind:
        return Eligibility.NOT_ASSESSABLE, f"not assessable: {', '.join(blind)}"
    other = f"mutated otherwise: {_named(mutated)}" if mutated else "wild-type"
    asked = f", asked for {', '.join(protein_changes)}" if protein_changes else ""
    return Eligibility.DISCORDANT, other + asked


def _first_reason(known: Sequence[CodonStatus]) -> str:
    reasons = [r.reason for r in known if r.status is Status.NOT_ASSESSABLE and r.reason]
    return f" ({reasons[0]})" if reasons else ""


def _named(results: Sequence[CodonStatus]) -> str:
    return ", ".join(
        f"{r.gene} {r.protein_change or f'codon {r.codon}'}"
        + ("" if r.vaf is None else f" (VAF {r.vaf:.2f})")
        for r in results
    )


def _by_copies(name: str, criterion: Criterion, findings: Findings) -> CriterionVerdict:
    """The first gene of the criterion that is amplified decides; else the first that cannot be assessed."""
    verdicts = [_gene_by_copies(gene, criterion, findings) for gene in criterion.genes]
    order = (Verdict.YES, Verdict.NOT_ASSESSABLE, Verdict.NO)
    verdict, call, reason = min(verdicts, key=lambda item: order.index(item[0]))
    if verdict is Verdict.NOT_ASSESSABLE:
        status = Eligibility.NOT_ASSESSABLE
    else:
        fits = (verdict is Verdict.YES) == (criterion.required is Required.AMPLIFIED)
        status = Eligibility.CONFIRMED if fits else Eligibility.DISCORDANT
    return CriterionVerdict(criterion=name, status=status, detail=call, reason=reason)


def _gene_by_copies(gene: str, criterion: Criterion, findings: Findings) -> tuple[Verdict, str, str]:
    copies = findings.copies.get(gene)
    if copies is None:
        return Verdict.NOT_ASSESSABLE, CopyNumberCall.NOT_ASSESSABLE, f"copies of {gene} were not measured"
    call = str(copies.call)
    if not copies.assessable:
        return Verdict.NOT_ASSESSABLE, call, copies.reason or f"copies of {gene} not assessable"
    described = f"{gene} {describe(copies)}"
    if criterion.definitions:
        verdict, met = _by_definitions(gene, criterion.definitions, findings)
        return verdict, call, f"{described}; {met}"
    conflict = findings.assay_conflict(gene, amplified=copies.call is CopyNumberCall.AMPLIFIED)
    described = f"{described}; {conflict}" if conflict else described
    counts = {CopyNumberCall.AMPLIFIED}
    if criterion.partial_counts:
        counts.add(CopyNumberCall.PARTIALLY_AMPLIFIED)
    return Verdict.YES if copies.call in counts else Verdict.NO, call, described


def _by_definitions(gene: str, names: Sequence[str], findings: Findings) -> tuple[Verdict, str]:
    """Yes where any of the named definitions holds, no where none does, else not assessable."""
    verdicts = {name: findings.definitions.get((gene, name), Verdict.NOT_ASSESSABLE) for name in names}
    told = ", ".join(f"{name} {str(verdict).replace('_', ' ')}" for name, verdict in verdicts.items())
    for verdict in (Verdict.YES, Verdict.NOT_ASSESSABLE):
        if verdict in verdicts.values():
            return verdict, told
    return Verdict.NO, told
