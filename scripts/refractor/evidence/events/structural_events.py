"""Rules on broken genes: disruptions, rearrangements, fusions, losses and gains of part of a gene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractor.evidence.clonality import Purity, copies_of_vaf
from refractor.evidence.findings import Findings
from refractor.evidence.knowledge.rules import EventType, Rule
from refractor.evidence.lookups import Alteration, Match, Outcome, found, not_found, not_tested
from refractor.genome.panel import Gene
from refractor.results.copy_number_tables import Amplicon, GeneCopyNumber
from refractor.variants.files.structural_variants import Breakpoint, Side, StructuralVariant
from refractor.vocabulary import Clonality, CopyNumberCall

Span = tuple[int, int]

RECIPROCAL_BP = 1000
"""Two junctions whose ends lie this near, facing apart, are the two sides of one inversion or exchange (our choice)."""


@dataclass(frozen=True, slots=True)
class Disruption:
    """A junction that breaks a gene, and how."""

    gene: str
    variant: StructuralVariant
    why: str

    def junction_copies(self, copies: GeneCopyNumber | None, purity: Purity) -> float | None:
        """Copies of the junction in tumour cells: the caller's, else from its VAF; None where unknown."""
        if self.variant.copies is not None:
            return self.variant.copies
        if (
            self.variant.vaf is None
            or purity.value is None
            or copies is None
            or copies.max_copy_number is None
        ):
            return None
        return copies_of_vaf(self.variant.vaf, purity=purity.value, copy_number=copies.max_copy_number)

    def intact_copies(self, copies: GeneCopyNumber, purity: Purity) -> float | None:
        """Copies of the gene that the junction leaves whole; None where they are not known."""
        for said in self.variant.annotations:
            if said.gene == self.gene and said.undisrupted_copies is not None:
                return said.undisrupted_copies
        broken = self.junction_copies(copies, purity)
        if broken is None or copies.max_copy_number is None:
            return None
        return copies.max_copy_number - broken

    def alteration(
        self, copies: GeneCopyNumber | None, purity: Purity, *, biallelic: bool | None = None
    ) -> Alteration:
        """The junction as an alteration of the gene."""
        known = copies if copies is not None and copies.assessable else None
        return Alteration(
            gene=self.gene,
            name=f"{self.variant.kind} {_places(self.variant)}",
            kind="structural_variant",
            vaf=self.variant.vaf,
            copies=self.junction_copies(known, purity),
            clonality=Clonality.UNKNOWN,
            biallelic=biallelic,
            copy_number=None if known is None else known.copy_number,
            note=self.why,
        )


def disruptions_of(gene: Gene, findings: Findings, *, filtered: bool = False) -> tuple[Disruption, ...]:
    """The junctions that break the gene, by LINX's word where it is given: those that pass, or those `filtered`."""
    broken = []
    for variant in findings.structural_variants or ():
        if variant.passed is filtered:
            continue
        said = [item for item in variant.annotations if item.gene == gene.symbol]
        why = how_it_breaks(gene, variant)
        if said:
            why = "LINX calls it disruptive" if any(item.disruptive for item in said) else None
        if why is not None:
            broken.append(Disruption(gene.symbol, variant, f"{variant.kind} {_places(variant)}: {why}"))
    return tuple(broken)


def one_an_event(disruptions: Sequence[Disruption]) -> tuple[Disruption, ...]:
    """The disruptions with the second side of an inversion or exchange left out: one event hits one allele."""
    events: list[Disruption] = []
    for disruption in disruptions:
        if not any(_reciprocal(disruption.variant, event.variant) for event in events):
            events.append(disruption)
    return tuple(events)


def _reciprocal(one: StructuralVariant, other: StructuralVariant) -> bool:
    """Whether each end of one junction faces away from an end of the other beside it."""
    if one.second is None or other.second is None:
        return False
    return any(
        _facing_apart(one.first, first) and _facing_apart(one.second, second)
        for first, second in ((other.first, other.second), (other.second, other.first))
    )


def _facing_apart(one: Breakpoint, other: Breakpoint) -> bool:
    near = one.chromosome == other.chromosome and abs(one.position - other.position) <= RECIPROCAL_BP
    return near and (one.side is None or one.side is not other.side)


def how_it_breaks(gene: Gene, variant: StructuralVariant) -> str | None:
    """How a junction breaks the gene's coding exons; None where every exon stays in place.

    A tandem duplication leaves a whole copy unless both its ends lie in the gene; a junction within one
    intron changes no exon.
    """
    deleted, duplicated = variant.deleted, variant.duplicated
    inside = [point for point in variant.breakpoints if _inside(gene, point)]
    if variant.kind == "INS":
        hit = exons_within(gene, (variant.first.position, variant.first.position + 2))
        return f"inserts into {_exons(hit)}" if hit and inside else None
    if deleted is not None:
        lost = exons_within(gene, deleted[1:]) if deleted[0] == gene.chromosome else ()
        return f"removes {_exons(lost)}" if lost else None
    if duplicated is not None:
        doubled = exons_within(gene, duplicated[1:])
        return f"doubles {_exons(doubled)}" if len(inside) == 2 and doubled else None
    if not inside:
        return None
    if len(inside) == 2 and not exons_within(gene, _between(inside[0], inside[1])):
        return None
    return "breaks the gene" + ("; its other side is not known" if variant.second is None else "")


def match_structural(rule: Rule, findings: Findings, gene: Gene | None) -> Outcome:
    """Whether a junction, or a step of copies within the gene, meets the rule."""
    if gene is None:
        return not_tested(rule, "the gene is not of the panel")
    copies = findings.copies.get(gene.symbol)
    if rule.event_type is EventType.INTRAGENIC_DELETION:
        step = copy_step(gene, rule.spans[0], copies, findings.amplicons)
        if step is not None and copies is not None:
            return found(rule, [Match(rule, _step_alteration(copies, step), step)])
    if findings.structural_variants is None:
        return not_tested(rule, "no structural variants given")
    matches, undecided = [], []
    for variant in findings.structural_variants:
        why = _why(rule, gene, variant)
        if why is None:
            continue
        if not variant.passed:
            undecided.append(f"{_places(variant)} filtered by its caller ({', '.join(variant.filters)})")
            continue
        disruption = Disruption(gene.symbol, variant, why)
        matches.append(Match(rule, disruption.alteration(copies, findings.purity), why))
    if matches:
        return found(rule, matches)
    if undecided:
        return not_tested(rule, "; ".join(undecided))
    return not_found(
        rule, f"no such break in {gene.symbol} among {len(findings.structural_variants)} junctions"
    )


def _why(rule: Rule, gene: Gene, variant: StructuralVariant) -> str | None:
    """Why a junction meets the rule, whatever its filters; None where it does not."""
    if rule.event_type is EventType.REARRANGEMENT:
        if not any(_inside(gene, point) for point in variant.breakpoints):
            return None
        return how_it_breaks(gene, variant)
    span = codon_span(gene, *rule.spans[0])
    if rule.event_type is EventType.FUSION:
        return _fusion(gene, variant, span)
    if rule.event_type is EventType.INTRAGENIC_DUPLICATION:
        return _duplication(gene, variant, span)
    return _loss_of_start(gene, variant, span)


def _fusion(gene: Gene, variant: StructuralVariant, span: Span) -> str | None:
    """A junction that joins the part of the gene with the codons of `span` to somewhere else."""
    if variant.second is None:
        return None
    ends = (variant.first, variant.second)
    for here, there in (ends, ends[::-1]):
        if _inside(gene, here) and not _inside(gene, there) and _keeps(gene, here, span):
            return f"keeps the wanted part of {gene.symbol} and joins it to {there.chromosome}:{there.position + 1}"
    return None


def _keeps(gene: Gene, point: Breakpoint, span: Span) -> bool:
    """Whether the kept side of the breakpoint holds the whole span, and loses the start of the gene."""
    if gene.strand == "+":
        return point.side is Side.AFTER and point.position <= span[0]
    return point.side is Side.BEFORE and point.position >= span[1] - 1


def _duplication(gene: Gene, variant: StructuralVariant, span: Span) -> str | None:
    stretch = variant.duplicated
    if stretch is None or not all(_inside(gene, point) for point in variant.breakpoints):
        return None
    if not (stretch[1] <= span[0] and span[1] <= stretch[2]):
        return None
    return f"doubles {_exons(exons_within(gene, stretch[1:]))}"


def _loss_of_start(gene: Gene, variant: StructuralVariant, span: Span) -> str | None:
    """A deletion of coding exons before the span that leaves the span whole and ends inside the gene."""
    stretch = variant.deleted
    if stretch is None or stretch[0] != gene.chromosome:
        return None
    before = stretch[2] <= span[0] if gene.strand == "+" else stretch[1] >= span[1]
    lost = exons_within(gene, stretch[1:])
    if not before or not lost or len(lost) == len(gene.cds):
        return None
    return f"removes {_exons(lost)} and keeps the wanted part of {gene.symbol}"


def copy_step(
    gene: Gene, codons: Span, copies: GeneCopyNumber | None, amplicons: Sequence[Amplicon]
) -> str | None:
    """How the copies step inside the gene, so that its start is cut and `codons` are amplified; else None."""
    if copies is None or copies.call is not CopyNumberCall.PARTIALLY_AMPLIFIED:
        return None
    span = codon_span(gene, *codons)
    for amplicon in amplicons:
        if gene.symbol not in amplicon.partial_genes:
            continue
        kept = exons_within(gene, (amplicon.start, amplicon.end))
        if amplicon.start <= span[0] and span[1] <= amplicon.end and kept and 1 not in kept:
            cut = tuple(number for number in range(1, len(gene.cds) + 1) if number not in kept)
            steps = (
                ""
                if copies.min_copy_number is None or copies.max_copy_number is None
                else f", {copies.min_copy_number:.1f} to {copies.max_copy_number:.1f} copies"
            )
            return f"the copies step inside the gene{steps}: {_exons(cut)} not amplified"
    return None


def _step_alteration(copies: GeneCopyNumber, why: str) -> Alteration:
    return Alteration(
        gene=copies.gene,
        name="copy step within the gene",
        kind="structural_variant",
        copies=copies.max_copy_number,
        clonality=Clonality.UNKNOWN,
        copy_number=copies.copy_number,
        note=why,
    )


def deleted_exon(gene: Gene, codons: Span, findings: Findings) -> Disruption | None:
    """The deletion that removes the exons of `codons` and no others, ending inside the gene; else None."""
    span = codon_span(gene, *codons)
    wanted = tuple(
        number for number, (start, end) in enumerate(gene.cds, 1) if span[0] <= start and end <= span[1]
    )
    for variant in findings.structural_variants or ():
        stretch = variant.deleted
        if stretch is None or not variant.passed or stretch[0] != gene.chromosome or not wanted:
            continue
        if exons_within(gene, stretch[1:]) == _in_coding_order(gene, wanted):
            return Disruption(gene.symbol, variant, f"{_places(variant)} removes just the exon of the rule")
    return None


def codon_span(gene: Gene, first: int, last: int) -> Span:
    """The genomic stretch (0-based half-open) from codon `first` to codon `last`, introns included."""
    ends = (*gene.codon_positions(first), *gene.codon_positions(min(last, gene.protein_length)))
    return min(ends), max(ends) + 1


def exons_within(gene: Gene, stretch: Span) -> tuple[int, ...]:
    """The coding exons that overlap a stretch, numbered from 1 in coding order."""
    hit = tuple(n for n, (start, end) in enumerate(gene.cds, 1) if start < stretch[1] and stretch[0] < end)
    return _in_coding_order(gene, hit)


def _in_coding_order(gene: Gene, numbers: Sequence[int]) -> tuple[int, ...]:
    """Numbers of coding exons along the genome as numbers along the transcript, ascending."""
    if gene.strand == "+":
        return tuple(numbers)
    return tuple(sorted(len(gene.cds) + 1 - number for number in numbers))


def _exons(numbers: Sequence[int]) -> str:
    if not numbers:
        return "no coding exon"
    if len(numbers) == 1:
        return f"coding exon {numbers[0]}"
    return f"coding exons {numbers[0]}-{numbers[-1]}"


def _inside(gene: Gene, point: Breakpoint) -> bool:
    return point.chromosome == gene.chromosome and gene.start <= point.position < gene.end


def _between(first: Breakpoint, second: Breakpoint) -> Span:
    low, high = sorted((first.position, second.position))
    return low, high + 1


def _places(variant: StructuralVariant) -> str:
    return "-".join(f"{point.chromosome}:{point.position + 1}" for point in variant.breakpoints)
