"""How junctions break a gene's coding exons, and how many copies they leave whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractor.evidence.alterations import Alteration
from refractor.evidence.clonality import Purity, copies_of_vaf
from refractor.evidence.findings import Findings
from refractor.genome.panel import Gene
from refractor.results.copy_number_tables import GeneCopyNumber
from refractor.variants.files.structural_variants import Breakpoint, StructuralVariant
from refractor.vocabulary import Clonality, CopyNumberCall, Side

Span = tuple[int, int]

BROKEN_SHARE = 0.5
"""A break of an amplified gene counts from this share of its copies on (our choice)."""
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

    def left_whole(self, copies: GeneCopyNumber | None, purity: Purity) -> str | None:
        """Why the break says little of an amplified gene: most copies are whole, or it is not known how many.

        None where the gene is not amplified, or where at least half of its copies are broken (our choice).
        """
        if not is_amplified(copies) or copies is None or copies.max_copy_number is None:
            return None
        intact = self.intact_copies(copies, purity)
        if intact is None:
            return "the copies of the junction are not known, so most copies may be whole"
        if intact > BROKEN_SHARE * copies.max_copy_number:
            return f"{intact:.1f} of {copies.max_copy_number:.1f} copies are whole"
        return None

    def alteration(
        self, copies: GeneCopyNumber | None, purity: Purity, *, biallelic: bool | None = None
    ) -> Alteration:
        """The junction as an alteration of the gene."""
        known = copies if copies is not None and copies.assessable else None
        return Alteration(
            gene=self.gene,
            name=f"{self.variant.kind} {positions_of(self.variant)}",
            kind="structural_variant",
            vaf=self.variant.vaf,
            copies=self.junction_copies(known, purity),
            clonality=Clonality.UNKNOWN,
            biallelic=biallelic,
            copy_number=None if known is None else known.copy_number,
            note=self.why,
        )


def is_amplified(copies: GeneCopyNumber | None) -> bool:
    """Whether the gene is amplified, wholly or in part."""
    return copies is not None and copies.call in (
        CopyNumberCall.AMPLIFIED,
        CopyNumberCall.PARTIALLY_AMPLIFIED,
    )


def copies_to_break(copies: GeneCopyNumber | None, *, on_most_copies: bool) -> float:
    """On how many copies a junction must be to say something: one, or half of those of an amplified gene."""
    if not on_most_copies or not is_amplified(copies) or copies is None or copies.max_copy_number is None:
        return 1.0
    return max(1.0, BROKEN_SHARE * copies.max_copy_number)


def disruptions_of(gene: Gene, findings: Findings, *, filtered: bool = False) -> tuple[Disruption, ...]:
    """The junctions that break the gene, by LINX's word where it is given: those that pass, or those `filtered`."""
    broken = []
    for variant in findings.junctions:
        if variant.passed is filtered:
            continue
        said = [item for item in variant.annotations if item.gene == gene.symbol]
        why = how_it_breaks(gene, variant)
        if said:
            why = "LINX calls it disruptive" if any(item.disruptive for item in said) else None
        if why is not None:
            broken.append(Disruption(gene.symbol, variant, f"{variant.kind} {positions_of(variant)}: {why}"))
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
    intron, or in an untranslated end, changes no coding exon.
    """
    deleted, duplicated = variant.deleted, variant.duplicated
    inside = [point for point in variant.breakpoints if parts_coding_exons(gene, point)]
    if variant.kind == "INS":
        hit = exons_within(gene, (variant.first.position, variant.first.position + 2))
        return f"inserts into {list_exons(hit)}" if hit and inside else None
    if deleted is not None:
        lost = exons_within(gene, deleted[1:]) if deleted[0] == gene.chromosome else ()
        return f"removes {list_exons(lost)}" if lost else None
    if duplicated is not None:
        doubled = exons_within(gene, duplicated[1:])
        return f"doubles {list_exons(doubled)}" if len(inside) == 2 and doubled else None
    if not inside:
        return None
    if len(inside) == 2 and not exons_within(gene, _between(inside[0], inside[1])):
        return None
    return "breaks the gene" + ("; its other side is not known" if variant.second is None else "")


def deleted_exon(gene: Gene, codons: Span, findings: Findings) -> Disruption | None:
    """The deletion that removes the exons of `codons` and no others, ending inside the gene; else None."""
    for variant in findings.junctions:
        if variant.passed and removes_just(gene, codons, variant):
            return Disruption(
                gene.symbol, variant, f"{positions_of(variant)} removes just the exon of the rule"
            )
    return None


def removes_just(gene: Gene, codons: Span, variant: StructuralVariant) -> bool:
    """Whether a junction is a deletion of the exons that lie within `codons`, or of a part of them, and of no others."""
    span, stretch = codon_span(gene, *codons), variant.deleted
    within = (n for n, (start, end) in enumerate(gene.cds, 1) if span[0] <= start and end <= span[1])
    wanted = _in_coding_order(gene, tuple(within))
    if stretch is None or stretch[0] != gene.chromosome or not wanted:
        return False
    return exons_within(gene, stretch[1:]) == wanted


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


def list_exons(numbers: Sequence[int]) -> str:
    """Numbers of coding exons in words."""
    if not numbers:
        return "no coding exon"
    if len(numbers) == 1:
        return f"coding exon {numbers[0]}"
    return f"coding exons {numbers[0]}-{numbers[-1]}"


def lies_inside(gene: Gene, point: Breakpoint) -> bool:
    """Whether the breakpoint lies between the gene's ends."""
    return point.chromosome == gene.chromosome and gene.start <= point.position < gene.end


def parts_coding_exons(gene: Gene, point: Breakpoint) -> bool:
    """Whether the breakpoint lies between the first and the last coding base, so that it parts coding sequence."""
    border = point.position + 1 if point.side is Side.BEFORE else point.position
    return point.chromosome == gene.chromosome and gene.cds[0][0] < border < gene.cds[-1][1]


def _between(first: Breakpoint, second: Breakpoint) -> Span:
    low, high = sorted((first.position, second.position))
    return low, high + 1


def positions_of(variant: StructuralVariant) -> str:
    """The breakpoints, 1-based, e.g. `17:39700001-7:100001`."""
    return "-".join(f"{point.chromosome}:{point.position + 1}" for point in variant.breakpoints)
