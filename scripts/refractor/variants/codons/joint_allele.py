"""Two changes of one haplotype as one allele: which codons a change touches, and what both together make.

Over an intron the two have no common allele of bases: the codon is translated, and the allele named by its protein
change.
"""

from __future__ import annotations

from dataclasses import dataclass

from refractor.genome.normalise_allele import normalise
from refractor.genome.panel import Gene, Panel
from refractor.genome.protein_change import CodingEdit, protein_change
from refractor.genome.reference import Reference
from refractor.genome.transcript import Edit, Transcript
from refractor.genome.variant import Variant
from refractor.variants.observation import StatedEffect

FRAME_RESTORED_WITHIN_BP = 100
"""Distance within which two changes of one haplotype are read as one where either shifts the frame: our choice."""


@dataclass(frozen=True, slots=True)
class JointAllele:
    """Both changes as one variant; `stated` is its effect where it has no alleles, over an intron."""

    variant: Variant
    stated: StatedEffect | None = None


def edits_of(variant: Variant) -> tuple[Edit, ...]:
    """A substitution as its changed bases one by one, any other allele as one edit; none of one without bases."""
    if variant.is_named_only:
        return ()
    if len(variant.ref) == len(variant.alt):
        pairs = zip(variant.ref, variant.alt, strict=True)
        return tuple(
            Edit(variant.position + at, old, new) for at, (old, new) in enumerate(pairs) if old != new
        )
    ref, alt, start = variant.ref, variant.alt, variant.position
    while ref and alt and ref[0] == alt[0]:
        ref, alt, start = ref[1:], alt[1:], start + 1
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    return (Edit(start, ref, alt),)


def shifts_frame(variant: Variant) -> bool:
    """Whether the change is no whole number of codons long."""
    return not variant.is_named_only and (len(variant.alt) - len(variant.ref)) % 3 != 0


def derails(first: Variant, other: Variant, panel: Panel) -> bool:
    """Whether a frameshift lies near before another change of its gene, which then is not read in its frame."""
    if not shifts_frame(first) or first.chromosome != other.chromosome:
        return False
    apart = max(first.position, other.position) - min(first.end, other.end)
    if apart > FRAME_RESTORED_WITHIN_BP or not edits_of(other):
        return False
    here, there = edits_of(first)[0].start, edits_of(other)[0].start
    places = [
        (gene.coding_offset(here), gene.coding_offset(there))
        for gene in panel.genes_at(first.chromosome, first.position, first.end)
    ]
    return any(at is not None and after is not None and at < after for at, after in places)


def touched_codons(variant: Variant, *, panel: Panel, reference: Reference) -> set[tuple[str, int]]:
    """Genes and codons (from 0) of the changed bases; of an indel from its most 5' to its most 3' place, with the bases
    beside it: HGVS names an indel and a substitution next to it as one delins."""
    return {
        (gene.symbol, offset // 3)
        for gene in panel.genes_at(variant.chromosome, variant.position, variant.end)
        for position in _touched(variant, Transcript(gene, reference))
        if (offset := gene.coding_offset(position)) is not None
    }


def _touched(variant: Variant, transcript: Transcript) -> set[int]:
    """Genomic positions (0-based) that a change may be said to lie at."""
    edits = edits_of(variant)
    if not edits or len(variant.ref) == len(variant.alt):
        return {edit.start for edit in edits}
    shifted = transcript.edit_of(variant)
    return {position for edit in (*edits, shifted) for position in range(edit.start - 1, edit.end + 1)}


def nested(one: Variant, other: Variant) -> tuple[Variant, Variant] | tuple[None, None]:
    """The change that is a part of the other, and the other; nothing where neither is."""
    for inner, outer in ((one, other), (other, one)):
        if set(edits_of(inner)) < set(edits_of(outer)):
            return inner, outer
    return None, None


def joint_allele(one: Variant, other: Variant, *, panel: Panel, reference: Reference) -> JointAllele | None:
    """Both changes as one; None where they change the same bases, or sequence that is needed is not known."""
    edits = sorted({*edits_of(one), *edits_of(other)}, key=lambda edit: (edit.start, edit.end))
    if not edits or one.chromosome != other.chromosome or _clash(edits_of(one), edits_of(other)):
        return None
    gene = next(
        (
            gene
            for gene in panel.genes_at(one.chromosome, edits[0].start, edits[-1].end)
            if _has_intron_between(gene, edits[0].start, edits[-1].start)
        ),
        None,
    )
    if gene is not None:
        return _over_the_intron(edits, gene, reference)
    return _contiguous(edits, one.chromosome, reference)


def _clash(mine: tuple[Edit, ...], theirs: tuple[Edit, ...]) -> bool:
    """Whether both change a base, put bases into the same gap, or one into what the other removes."""
    for one in mine:
        for other in theirs:
            if one.start == other.start and bool(one.removed) is bool(other.removed):
                return True
            if max(one.start, other.start) < min(one.end, other.end):
                return True
            if one.start < other.start < one.end or other.start < one.start < other.end:
                return True
    return False


def _contiguous(edits: list[Edit], chromosome: str, reference: Reference) -> JointAllele | None:
    start, end = edits[0].start - 1, edits[-1].end
    known = list(reference.fetch(chromosome, start, end))
    for edit in edits:  # the records themselves say what stands there, where the reference does not
        known[edit.start - start : edit.end - start] = edit.removed
    if "N" in known[1:] or (known[0] == "N" and not edits[0].removed):
        return None
    alt, place = known[:1], start + 1
    for edit in edits:
        alt += [*known[place - start : edit.start - start], edit.inserted]
        place = edit.end
    ref, made = "".join(known), "".join(alt)
    if known[0] == "N":
        ref, made, start = ref[1:], made[1:], start + 1
    if not made:
        return None
    return JointAllele(normalise(chromosome, start, ref, made, reference=reference))


def _has_intron_between(gene: Gene, first: int, last: int) -> bool:
    """Whether both positions are coding and the transcript leaves out something between them."""
    here, there = gene.coding_offset(first), gene.coding_offset(last)
    return here is not None and there is not None and abs(there - here) != abs(last - first)


def _over_the_intron(edits: list[Edit], gene: Gene, reference: Reference) -> JointAllele | None:
    """Substitutions of one codon that two exons share, by what the codon then says."""
    if any(len(edit.removed) != len(edit.inserted) for edit in edits):
        return None
    transcript = Transcript(gene, reference)
    coding = list(transcript.coding)
    places: dict[int, Edit] = {}
    for edit in edits:
        offset = gene.coding_offset(edit.start)
        if offset is None:
            return None
        places[offset] = edit
        coding[offset] = transcript.oriented(edit.removed)
    start, end = min(places), max(places) + 1
    inserted = "".join(
        transcript.oriented(places[at].inserted) if at in places else coding[at] for at in range(start, end)
    )
    change = protein_change("".join(coding), transcript.downstream, CodingEdit(start, end, inserted))
    if not change.short:
        return None
    names = [
        f"{transcript.c_position(edit.start)}{transcript.oriented(edit.removed)}>{transcript.oriented(edit.inserted)}"
        for _, edit in sorted(places.items())
    ]
    position = min(gene.codon_positions(change.first_codon))
    base = reference.fetch(gene.chromosome, position, position + 1)
    stated = StatedEffect(
        gene=gene.symbol,
        hgvs_c=f"c.[{';'.join(names)}]",
        protein_change=change.short,
        terms=(change.term,),
        annotator="its codon, which two exons share",
    )
    return JointAllele(Variant(gene.chromosome, position, base, f"<{change.short}>"), stated)
