"""What a variant does to a gene: HGVS c. and p. on the MANE Select transcript, and its SO term.

Translated here rather than by `bcftools csq`, which names residues only (12G>12D), neither c. nor dup, ins or
fs with its length; docs/adr/0005. Where the reference has no sequence, the protein change of a known hotspot
allele is taken by its genomic position, else what the file's own annotator calls it on the same transcript;
otherwise `hgvs_p` is empty. `note` says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from refractor.genome.panel import Gene, Hotspot, Panel
from refractor.genome.protein_change import ProteinConsequence, codons_named, protein_change, three_letter
from refractor.genome.reference import Reference
from refractor.genome.transcript import (
    ESSENTIAL_SPLICE_BP,
    SPLICE_REGION_EXON_BP,
    SPLICE_REGION_INTRON_BP,
    Edit,
    Transcript,
    reverse_complement,
)
from refractor.genome.variant import Variant
from refractor.variants.observation import Observation, StatedEffect

SEVERITY = (
    "splice_acceptor_variant",
    "splice_donor_variant",
    "stop_gained",
    "frameshift_variant",
    "stop_lost",
    "start_lost",
    "inframe_insertion",
    "inframe_deletion",
    "missense_variant",
    "protein_altering_variant",
    "splice_region_variant",
    "stop_retained_variant",
    "synonymous_variant",
    "coding_sequence_variant",
    "5_prime_UTR_variant",
    "3_prime_UTR_variant",
    "intron_variant",
)
"""Terms given here, most severe first, in the order of Ensembl VEP 110."""

ESSENTIAL_SPLICE = frozenset(SEVERITY[:2])
"""Terms of the two bases at either end of an intron."""

TRUNCATING = frozenset(SEVERITY[:4])
"""Terms that end or derail the protein."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """A variant's effect on one gene. Empty text and None stand for what cannot be told.

    `protein_change` is `hgvs_p` in one letter without `p.` (G12D, Y772_A775dup, K267Rfs*9); codons count from 1
    and span what the change names; of a splice variant they are None and `hgvs_p` is `p.?`. `unchanged_codons` lie
    between them and keep their residue.
    """

    gene: str
    transcript: str
    hgvs_c: str
    hgvs_p: str
    protein_change: str
    consequence: str
    first_codon: int | None
    last_codon: int | None
    note: str = ""
    unchanged_codons: tuple[int, ...] = ()

    def changes(self, first: int, last: int) -> bool:
        """Whether the change names a codon of [first, last] and does not leave it as it is; unknown codons: no."""
        if self.first_codon is None:
            return False
        named = range(max(first, self.first_codon), min(last, self.last_codon or self.first_codon) + 1)
        return any(codon not in self.unchanged_codons for codon in named)


def annotate(
    variants: Sequence[Variant],
    *,
    panel: Panel,
    reference: Reference,
    stated: Mapping[Variant, StatedEffect] | None = None,
) -> list[Consequence | None]:
    """The effect of each variant on the panel gene that it hits hardest; None outside every transcript.

    `stated` is what a file's annotator calls variants; it names what neither sequence nor hotspots can.
    """
    transcripts: dict[str, Transcript] = {}
    results: list[Consequence | None] = []
    for variant in variants:
        if variant.is_named_only:
            results.append(_effect_by_name(panel, (stated or {}).get(variant)))
            continue
        effects = []
        for gene in panel.genes_at(variant.chromosome, variant.position, variant.end):
            if gene.symbol not in transcripts:
                transcripts[gene.symbol] = Transcript(gene, reference)
            told = (stated or {}).get(variant)
            effects.append(
                effect_on(
                    variant,
                    transcripts[gene.symbol],
                    hotspot=_hotspot(variant, gene, panel),
                    stated=told if told is not None and told.gene == gene.symbol else None,
                )
            )
        results.append(min(effects, key=lambda effect: SEVERITY.index(effect.consequence), default=None))
    return results


def annotate_observations(
    observations: Sequence[Observation], *, panel: Panel, reference: Reference
) -> list[Consequence | None]:
    """The effect of each observed variant, with what its source calls it where ours has no sequence."""
    stated = {item.variant: item.stated for item in observations if item.stated is not None}
    return annotate([item.variant for item in observations], panel=panel, reference=reference, stated=stated)


def _hotspot(variant: Variant, gene: Gene, panel: Panel) -> Hotspot | None:
    spot = panel.hotspot_at(variant.chromosome, variant.position, variant.ref, variant.alt)
    return spot if spot is not None and spot.gene == gene.symbol else None


def _effect_by_name(panel: Panel, stated: StatedEffect | None) -> Consequence | None:
    """The effect of a variant of which only the protein change is known: what its table calls it."""
    if stated is None or stated.gene not in panel.genes:
        return None
    change = stated.protein_change
    term = most_severe(term for term in stated.terms if term in SEVERITY) or _term_of(change)
    first, last = codons_named(change) or (None, None)
    return Consequence(
        gene=stated.gene,
        transcript=panel.genes[stated.gene].transcript,
        hgvs_c=stated.hgvs_c,
        hgvs_p="p.?" if change.endswith("_splice") else three_letter(change),
        protein_change=change,
        consequence=term,
        first_codon=first,
        last_codon=last,
        note=f"named by {stated.annotator}",
    )


def effect_on(
    variant: Variant,
    transcript: Transcript,
    *,
    hotspot: Hotspot | None = None,
    stated: StatedEffect | None = None,
) -> Consequence:
    """The effect of a variant on one transcript that it overlaps."""
    gene = transcript.gene
    edit = transcript.edit_of(variant)
    splice = _splice_term(edit, transcript)
    coding = transcript.coding_edit(edit)
    c_name = _c_name(edit, transcript)
    if splice in ESSENTIAL_SPLICE:
        return _consequence(gene, c_name, splice, hgvs_p="p.?")
    if coding is None:
        if _overlaps_coding(edit, gene):
            return _consequence(gene, c_name, "coding_sequence_variant", hgvs_p="p.?")
        term = splice or _noncoding_term(edit, transcript)
        return _consequence(gene, c_name, term, hgvs_p="p.?" if splice else "")
    change = protein_change(transcript.coding, transcript.downstream, coding)
    note = ""
    if not change.short:
        change, note = _told_otherwise(change, hotspot, stated)
        note = f"the sequence of {gene.symbol} is not known here: {note}"
        c_name = c_name or (stated.hgvs_c if stated is not None else "")
    elif stated is not None and stated.protein_change not in {"", change.short}:
        note = f"{stated.annotator} in the file calls it {stated.protein_change}"
    term = change.term
    if splice and SEVERITY.index(splice) < SEVERITY.index(term):
        term = splice
    return Consequence(
        gene=gene.symbol,
        transcript=gene.transcript,
        hgvs_c=c_name,
        hgvs_p=change.hgvs,
        protein_change=change.short,
        consequence=term,
        first_codon=change.first_codon,
        last_codon=change.last_codon,
        note=note,
        unchanged_codons=change.unchanged,
    )


def _told_otherwise(
    change: ProteinConsequence, hotspot: Hotspot | None, stated: StatedEffect | None
) -> tuple[ProteinConsequence, str]:
    """A change that the sequence cannot name, named by the hotspot at its place or by the file's annotator."""
    if hotspot is not None:
        short, why = hotspot.protein_change, "named as the known allele at this place"
        term = _term_of(short)
    elif stated is not None and stated.protein_change:
        short, why = stated.protein_change, f"named by {stated.annotator} in the file"
        term = most_severe(term for term in stated.terms if term in SEVERITY) or _term_of(short)
    else:
        return change, "no protein change"
    first, last = codons_named(short) or (change.first_codon, change.last_codon)
    return ProteinConsequence(short, term, first, last), why


def _term_of(short: str) -> str:
    """The SO term that a one-letter protein change implies."""
    for mark, term in (
        ("_splice", "splice_donor_variant"),
        ("fs", "frameshift_variant"),
        ("ext", "stop_lost"),
        ("M1?", "start_lost"),
        ("delins", "protein_altering_variant"),
        ("ins", "inframe_insertion"),
        ("dup", "inframe_insertion"),
        ("del", "inframe_deletion"),
        ("*", "stop_gained"),
        ("=", "synonymous_variant"),
    ):
        if mark in short:
            return term
    return "missense_variant"


def _consequence(gene: Gene, c_name: str, term: str, *, hgvs_p: str) -> Consequence:
    return Consequence(gene.symbol, gene.transcript, c_name, hgvs_p, "", term, None, None)


def _splice_term(edit: Edit, transcript: Transcript) -> str | None:
    """The splice term of an edit; an insertion counts where both its neighbours lie in the site."""
    best: str | None = None
    first_is_donor = transcript.forward
    for start, end in transcript.introns():
        near = ESSENTIAL_SPLICE_BP
        left_site, right_site = (start, start + near), (end - near, end)
        donor, acceptor = (left_site, right_site) if first_is_donor else (right_site, left_site)
        if _hits(edit, acceptor):
            return "splice_acceptor_variant"
        if _hits(edit, donor):
            return "splice_donor_variant"
        wide_left = (start - SPLICE_REGION_EXON_BP, start + SPLICE_REGION_INTRON_BP)
        wide_right = (end - SPLICE_REGION_INTRON_BP, end + SPLICE_REGION_EXON_BP)
        if _hits(edit, wide_left) or _hits(edit, wide_right):
            best = "splice_region_variant"
    return best


def _hits(edit: Edit, site: tuple[int, int]) -> bool:
    start, end = site
    if edit.is_insertion:
        return start < edit.start < end
    return edit.start < end and start < edit.end


def _overlaps_coding(edit: Edit, gene: Gene) -> bool:
    return any(_hits(edit, exon) for exon in gene.cds)


def _noncoding_term(edit: Edit, transcript: Transcript) -> str:
    gene = transcript.gene
    if not any(edit.start < end and start < max(edit.end, edit.start + 1) for start, end in gene.exons):
        return "intron_variant"
    before = edit.start < gene.cds[0][0]
    return "5_prime_UTR_variant" if before == transcript.forward else "3_prime_UTR_variant"


def _c_name(edit: Edit, transcript: Transcript) -> str:
    """The edit in c. notation; empty where an end lies outside the transcript or an indel's place is not settled."""
    if not transcript.place_is_settled(edit):
        return ""
    removed, inserted = transcript.oriented(edit.removed), transcript.oriented(edit.inserted)
    if edit.is_insertion:
        length = len(inserted)
        behind = (
            (edit.start - length, edit.start) if transcript.forward else (edit.start, edit.start + length)
        )
        if transcript.bases(*behind) == edit.inserted:
            return _range_name(transcript, *behind, "dup")
        return _range_name(transcript, edit.start - 1, edit.start + 1, f"ins{inserted}")
    if not inserted:
        what = "del"
    elif len(removed) == len(inserted) == 1:
        what = f"{removed}>{inserted}"
    elif inserted == reverse_complement(removed):
        what = "inv"
    else:
        what = f"delins{inserted}"
    return _range_name(transcript, edit.start, edit.end, what)


def _range_name(transcript: Transcript, start: int, end: int, what: str) -> str:
    places = [transcript.c_position(start), transcript.c_position(end - 1)]
    if not transcript.forward:
        places.reverse()
    if None in places:
        return ""
    return f"c.{places[0]}{what}" if end - start == 1 else f"c.{places[0]}_{places[1]}{what}"


def most_severe(terms: Iterable[str]) -> str | None:
    """The most severe of the terms given here; None of none."""
    return min(terms, key=SEVERITY.index, default=None)
