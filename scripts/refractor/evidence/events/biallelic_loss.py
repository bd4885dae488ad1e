"""Events of biallelic loss: homozygous deletion, a damaging hit with the other allele lost, two hits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from refractor.evidence.alterations import (
    LOST_COPIES,
    Alteration,
    alteration_of,
    gene_event,
    is_splice,
    is_truncating,
)
from refractor.evidence.clonality import NORMAL_COPIES
from refractor.evidence.events.event import (
    Asked,
    Event,
    EventResult,
    GeneInTumor,
    Hit,
    NotationError,
    found,
    not_found,
    not_tested,
)
from refractor.evidence.events.gene_breaks import Disruption, disruptions_of, one_an_event
from refractor.evidence.events.listed_changes import LISTED_FORM, listed_change
from refractor.evidence.events.small_variant import unknown_effects
from refractor.evidence.findings import Findings, SmallVariant
from refractor.genome.hgvs_notation import ProteinChange, expand_listed
from refractor.genome.panel import unversioned
from refractor.results.copy_number_tables import GeneCopyNumber
from refractor.vocabulary import Clonality, CopyNumberCall

SAME_CHANGE_BP = 10
"""Two small variants this near and not at one place are taken for one change in two rows (our choice)."""


LOSS_WORDS = frozenset({"truncating", "splice", "homozygous_deletion", "disruption"})


@dataclass(frozen=True, slots=True)
class BiallelicLoss(Event):
    """No working copy of the gene is left: by what `words` name, or by the `changes` that destroy the protein."""

    kind: ClassVar[str] = "biallelic_loss"
    form: ClassVar[str] = f"{', '.join(sorted(LOSS_WORDS))} or {LISTED_FORM}"
    met_by: ClassVar[str] = (
        "homozygous deletion; one of these hits, inherited or not, with the other allele lost; hits that leave no whole copy"
    )
    needs_transcript: ClassVar[bool] = True

    transcript: str | None
    words: frozenset[str]
    changes: tuple[ProteinChange, ...]
    clonality_required: bool

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From tokens such as `truncating`, `homozygous_deletion` and `R130G/P/Q`."""
        listed = [(token, expand_listed(token)) for token in asked.tokens if token not in LOSS_WORDS]
        bad = [token for token, changes in listed if not changes]
        if bad:
            raise NotationError(bad)
        return cls(
            asked.gene,
            asked.tokens,
            asked.transcript,
            LOSS_WORDS & frozenset(asked.tokens),
            tuple(change for _, changes in listed for change in changes),
            asked.clonality_required,
        )

    @property
    def asks_for_junctions(self) -> bool:
        """Where a break of the gene is named."""
        return "disruption" in self.words

    @property
    def last_codon(self) -> int:
        """The last codon of the listed changes."""
        return max((change.last for change in self.changes), default=0)

    @property
    def residues(self) -> dict[int, str]:
        """Reference residues at the first codon of each listed change."""
        return {change.first: change.reference for change in self.changes if change.reference != "*"}

    @property
    def named(self) -> dict[object, str]:
        """The words and the changes."""
        return {word: word for word in self.words} | {change.key: change.text for change in self.changes}

    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """Whether no working copy of the gene is left, as far as the DNA shows it."""
        findings = tumor.findings
        copies = findings.copies.get(self.gene)
        measured = copies if copies is not None and copies.assessable else None
        deleted = self._homozygous_deletion(measured)
        if deleted is not None:
            return found([deleted])
        hits, barred, filtered = self._variants(findings)
        disruptions: tuple[Disruption, ...] = ()
        if "disruption" in self.words and tumor.gene is not None:
            disruptions = one_an_event(disruptions_of(tumor.gene, findings))
            filtered += [
                f"{item.why}; filtered by its caller"
                for item in one_an_event(disruptions_of(tumor.gene, findings, filtered=True))
            ]
        reasons, doubt = list(barred), []
        if len(_one_a_change(hits)) + len(disruptions) > 1:
            left = _copies_left(measured, findings, _one_a_change(hits), disruptions)
            if left is None or left[0] < LOST_COPIES <= left[1]:
                doubt = ["two hits; whether a whole copy is left is not known"]
            elif left[1] < LOST_COPIES:
                return found(_two_hits(copies, findings, hits, disruptions))
            else:
                reasons.append(f"two hits, but {left[1]:.1f} whole copies are left")
        single = [_one_hit(findings, hit, measured) for hit in hits[:1]]
        single += [_one_disruption(findings, disruption, measured) for disruption in disruptions[:1]]
        for answer in single:
            if isinstance(answer, Hit):
                return found([answer])
            reasons.append(answer)
        reasons += filtered
        untested = self._untested(findings, copies, one_hit=bool(hits or disruptions))
        seen = len(hits) + len(disruptions)
        untested += _undecided(measured, findings, disruptions, filtered=filtered, seen=seen)
        untested += doubt
        if untested:
            return not_tested("; ".join([*reasons, *untested]))
        return not_found("; ".join(reasons) or _intact(self.gene, measured))

    def _homozygous_deletion(self, measured: GeneCopyNumber | None) -> Hit | None:
        if "homozygous_deletion" not in self.words or measured is None:
            return None
        event = gene_event(measured) if measured.call is CopyNumberCall.DELETED else None
        if event is None:
            return None
        return Hit(event, f"homozygous deletion, {event.copies or 0.0:.1f} copies left")

    def _variants(self, findings: Findings) -> tuple[list[SmallVariant], list[str], list[str]]:
        """Damaging variants that count, why others do not, and those that only their source's filter bars."""
        hits: list[SmallVariant] = []
        barred: list[str] = []
        filtered: list[str] = []
        for variant in findings.variants_of(self.gene):
            if not self._is_damaging(variant):
                continue
            if unversioned(variant.consequence.transcript) != self.transcript:
                barred.append(f"{variant.name} is numbered on {variant.consequence.transcript}")
            elif variant.inherited and not _lost_its_partner(variant, findings):
                barred.append(
                    f"{variant.name} is inherited ({variant.inherited}) and counts only where its partner is lost"
                )
            elif not variant.passed:
                filtered.append(f"{variant.name} was filtered by its source")
            elif self.clonality_required and variant.copies.clonality is Clonality.SUBCLONAL:
                barred.append(f"{variant.name} is subclonal and does not count for a loss")
            else:
                hits.append(variant)
        return hits, barred, filtered

    def _is_damaging(self, variant: SmallVariant) -> bool:
        return (
            ("truncating" in self.words and is_truncating(variant))
            or ("splice" in self.words and is_splice(variant))
            or listed_change(self.changes, variant) is not None
        )

    def _untested(self, findings: Findings, copies: GeneCopyNumber | None, *, one_hit: bool) -> list[str]:
        """Which ways of losing the gene could not be looked at; none where its retention is shown."""
        reasons = []
        if copies is None or not copies.assessable:
            because = f": {copies.reason}" if copies is not None and copies.reason else ""
            reasons.append(f"copies of {self.gene} not assessable{because}")
        elif copies.minor_copy_number is None and one_hit:
            reasons.append(f"allele-specific copies of {self.gene} not known")
        if not findings.coverage_of(self.gene).whole:
            reasons.append(f"the whole coding sequence of {self.gene} was not shown to be covered")
        if unknown := unknown_effects(self.gene, (), findings):
            reasons.append(unknown)
        if "disruption" in self.words and (untested := findings.why_no_junctions(self.gene)):
            reasons.append(untested)
        return reasons


def _lost_its_partner(variant: SmallVariant, findings: Findings) -> bool:
    """Whether an inherited damaging allele is all that is left of the gene: its somatic partner is lost.

    With purity p, VAF f and CN copies it is on (f (p CN + 2 (1 - p)) - (1 - p - e)) / p copies of a tumour cell, as the
    patient's normal cells have one of two and the share e of another person's none. A known polymorphism damages nothing.
    """
    copies, purity, vaf = findings.copies.get(variant.gene), findings.purity.value, variant.observation.vaf
    if copies is None or copies.copy_number is None or copies.minor_copy_number is None:
        return False
    if "polymorphism" in variant.inherited or vaf is None or not purity:
        return False
    mixed = vaf * (purity * copies.copy_number + NORMAL_COPIES * (1 - purity))
    left = copies.copy_number - (mixed - (1 - purity - findings.foreign_cells)) / purity
    return copies.minor_copy_number < LOST_COPIES and left < LOST_COPIES


def _one_a_change(hits: list[SmallVariant]) -> list[SmallVariant]:
    """The hits without those beside an earlier one: callers write one complex change of an allele as two rows.

    Two alleles of one place are two hits: no allele holds both.
    """
    counted: list[SmallVariant] = []
    for hit in hits:
        place = hit.observation.variant.position
        apart = (abs(place - earlier.observation.variant.position) for earlier in counted)
        if not any(0 < distance <= SAME_CHANGE_BP for distance in apart):
            counted.append(hit)
    return counted


def _undecided(
    measured: GeneCopyNumber | None,
    findings: Findings,
    disruptions: tuple[Disruption, ...],
    *,
    filtered: list[str],
    seen: int,
) -> list[str]:
    """What was seen and would be a loss, were it known to be real or on all copies; none where a copy is kept."""
    kept = (
        measured is not None
        and measured.minor_copy_number is not None
        and measured.minor_copy_number >= LOST_COPIES
    )
    reasons = []
    if filtered and (not kept or seen + len(filtered) > 1):
        reasons.append("a filtered hit may be real")
    if measured is not None and measured.minor_copy_number is not None and not kept and disruptions:
        intact = disruptions[0].intact_copies(measured, findings.purity)
        if intact is None:
            reasons.append("whether a whole copy is left cannot be said")
    return reasons


def _one_hit(findings: Findings, hit: SmallVariant, measured: GeneCopyNumber | None) -> Hit | str:
    """The loss where the other allele is lost; else why one hit is not enough, or cannot be judged."""
    if measured is None or measured.minor_copy_number is None:
        return f"one hit, {hit.name}; the other allele is not known"
    if measured.minor_copy_number >= LOST_COPIES:
        return f"one hit, {hit.name}; {measured.minor_copy_number:.1f} copies of the other allele are kept"
    if hit.inherited:
        why = f"{hit.name}, inherited, with the other allele lost ({measured.minor_copy_number:.1f} copies)"
        return Hit(replace(alteration_of(hit, measured), biallelic=True), why)
    if hit.copies.biallelic is False:
        return f"{hit.name} with the other allele lost, but normal copies are left"
    why = f"{hit.name} with the other allele lost ({measured.minor_copy_number:.1f} copies)"
    if hit.copies.biallelic is None:
        why += f"; UNCERTAIN: {_may_be_left(measured, hit)}"
    return Hit(alteration_of(hit, findings.copies.get(hit.gene)), why)


def _may_be_left(measured: GeneCopyNumber, hit: SmallVariant) -> str:
    """Why a hit with the other allele lost may still leave a whole copy: it came later, or in part of the cells."""
    because = f" ({hit.copies.reason})" if hit.copies.reason else ""
    if measured.copy_number is not None and measured.copy_number >= 1 + LOST_COPIES:
        left = f"whether all {measured.copy_number:.1f} remaining copies carry it"
    else:
        left = "whether all cells carry it on the copy that remains"
    return f"{left} is not known{because}"


def _one_disruption(findings: Findings, disruption: Disruption, measured: GeneCopyNumber | None) -> Hit | str:
    if measured is None or measured.minor_copy_number is None:
        return f"{disruption.why}; the other allele is not known"
    if measured.minor_copy_number >= LOST_COPIES:
        return f"{disruption.why}; {measured.minor_copy_number:.1f} copies of the other allele are kept"
    intact = disruption.intact_copies(measured, findings.purity)
    if intact is None:
        return f"{disruption.why} with the other allele lost; the copies of the junction are not known"
    if intact >= LOST_COPIES:
        return f"{disruption.why} with the other allele lost, but {intact:.1f} whole copies are left"
    why = f"{disruption.why} with the other allele lost, {max(intact, 0.0):.1f} whole copies left"
    return Hit(disruption.alteration(measured, findings.purity, biallelic=True), why)


def _copies_left(
    measured: GeneCopyNumber | None,
    findings: Findings,
    hits: Sequence[SmallVariant],
    disruptions: Sequence[Disruption],
) -> tuple[float, float] | None:
    """Whole copies that several hits on different copies leave: the least that the reads allow, and the estimate.

    Copies hit and copies lost add up to the total where nothing is left; None where a number is not known. Hits on
    one copy would leave more: reads that hold both places tell, and none are looked at here.
    """
    if measured is None or measured.copy_number is None:
        return None
    hit = [(variant.copies.copies, variant.copies.copies_high) for variant in hits]
    junctions = [disruption.junction_copies(measured, findings.purity) for disruption in disruptions]
    hit += [(copies, copies) for copies in junctions]
    if measured.copy_number < NORMAL_COPIES + LOST_COPIES:  # of two copies each hit breaks one at least
        hit = [(1.0, 1.0) if copies is None else (copies, high) for copies, high in hit]
    known = [(copies, high or copies) for copies, high in hit if copies is not None]
    if len(known) < len(hit):
        return None
    estimate = measured.copy_number - sum(copies for copies, _ in known)
    return measured.copy_number - sum(high for _, high in known), estimate


def _two_hits(
    copies: GeneCopyNumber | None,
    findings: Findings,
    hits: Sequence[SmallVariant],
    disruptions: Sequence[Disruption],
) -> list[Hit]:
    names = [hit.name for hit in hits] + [
        disruption.alteration(copies, findings.purity).name for disruption in disruptions
    ]
    why = f"two hits, {' and '.join(names)}; whether on different alleles is not known"
    events: list[Alteration] = [alteration_of(hit, copies) for hit in hits]
    events += [disruption.alteration(copies, findings.purity) for disruption in disruptions]
    return [Hit(event, why) for event in events]


def _intact(gene: str, measured: GeneCopyNumber | None) -> str:
    kept = "" if measured is None or measured.copy_number is None else f", {measured.copy_number:.1f} copies"
    return f"no damaging variant, break or homozygous deletion of {gene}{kept}"
