"""How an amplicon is built, from the junctions of the reads: architecture, copies of its gene left whole, copies a carrying cell.

Junctions say which borders are joined and on how many copies. They do not say in which order, nor whether the copies lie
in a chromosome: short reads tell a tandem array from a circle as little as other methods of short reads do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from refractor.evidence.events.gene_breaks import how_it_breaks
from refractor.evidence.read_junctions import variants_of_reads
from refractor.genome.panel import Gene
from refractor.results.copy_number_tables import Amplicon, Focality, GeneCopyNumber
from refractor.results.junction_tables import (
    AmpliconStructure,
    Architecture,
    Junction,
    JunctionKind,
    JunctionSearch,
)
from refractor.variants.junctions.places import BORDER_BP, border_name

FOLD_BACK_BP = 30_000
"""Most bases between the ends of a fold-back inversion (PURPLE's and LINX's bound)."""
MAIN_SHARE = 0.5
"""Share of the gained copies from which one kind of junction accounts for an amplicon (our choice)."""
PART_SHARE = 0.2
"""Share of the gained copies from which a junction is part of its structure (our choice)."""
SMALLEST_CLONE = 0.2
"""Least share of tumour cells that an amplicon is taken to be in: depth tells only copies times cells (our choice)."""

_LIMITS = {
    Architecture.TANDEM_OR_CIRCULAR: "short reads do not tell copies in a row in a chromosome from a circle beside it",
    Architecture.BREAKAGE_FUSION_BRIDGE: "the order of the copies is not known; fold-backs also arise otherwise",
    Architecture.COMPLEX: "the order of the segments is not known",
    Architecture.UNRESOLVED: "junctions in repeats, or further than 25 kb from the borders that depth shows, are not seen",
}


@dataclass(frozen=True, slots=True)
class _Copies:
    """Copies of junctions by their place in the amplicon's structure."""

    tandem: float = 0.0
    fold_back: float = 0.0
    foreign: float = 0.0
    other: float = 0.0
    parts: int = 0


def structures_of(
    amplicons: Iterable[Amplicon],
    junctions: Sequence[Junction],
    searches: Mapping[str, JunctionSearch],
    copies: Mapping[str, GeneCopyNumber],
    *,
    genes: Mapping[str, Gene],
    target: str | None,
) -> tuple[AmpliconStructure, ...]:
    """The structure of each focal amplicon that holds a gene; none of a source without places."""
    found = []
    for amplicon in amplicons:
        inside = (*amplicon.genes, *amplicon.partial_genes)
        if amplicon.focality is not Focality.FOCAL or not inside:
            continue
        symbol = target if target in inside else inside[0]
        name = str(symbol)
        found.append(
            _structure(
                amplicon, name, junctions, searches=searches, copies=copies.get(name), gene=genes.get(name)
            )
        )
    return tuple(found)


def _structure(
    amplicon: Amplicon,
    symbol: str,
    junctions: Sequence[Junction],
    *,
    searches: Mapping[str, JunctionSearch],
    copies: GeneCopyNumber | None,
    gene: Gene | None,
) -> AmpliconStructure:
    known = copies if copies is not None and copies.assessable else None
    total = None if known is None else known.max_copy_number or known.copy_number
    base = amplicon.arm_copy_number if amplicon.arm_copy_number is not None else 2.0
    carrying = _carrying(known, base)
    borders = [searches.get(border_name(amplicon, which)) for which in ("start", "end")]
    reason = next((border.reason for border in borders if border is not None and not border.tested), "")
    untested = AmpliconStructure(
        chromosome=amplicon.chromosome,
        start=amplicon.start,
        end=amplicon.end,
        gene=symbol,
        copy_number=total,
        architecture=Architecture.NOT_TESTED,
        carrying_copies_low=carrying[0],
        carrying_copies_high=carrying[1],
        limits=reason or "its borders were not searched for junctions in reads",
    )
    if not all(border is not None and border.tested for border in borders):
        return untested
    here = [one for one in junctions if one.believed and _touches(one, amplicon)]
    gained = None if total is None else max(total - base, 1.0)
    counted = _counted(here, amplicon, gained)
    architecture = _architecture(counted, gained)
    intact = _intact(known, total, junctions, gene, searches.get(symbol))
    return replace(
        untested,
        architecture=architecture,
        n_junctions=len(here),
        tandem_copies=counted.tandem,
        fold_back_copies=counted.fold_back,
        foreign_copies=counted.foreign,
        other_copies=counted.other,
        intact_copies=intact[0],
        intact_copies_low=intact[1],
        intact_copies_high=intact[2],
        evidence="; ".join(
            _in_words(one, amplicon) for one in sorted(here, key=lambda one: -(one.copies or 0))
        ),
        limits=_LIMITS[architecture],
    )


def role_of(junction: Junction, amplicon: Amplicon) -> str:
    """What a junction is to an amplicon: tandem, fold_back, foreign or other."""
    if junction.kind is JunctionKind.TRANSLOCATION:
        return "foreign"
    distance = junction.partner_position - junction.position
    if junction.kind is JunctionKind.INVERSION and distance <= FOLD_BACK_BP:
        return "fold_back"
    at_start = abs(junction.position - amplicon.start) <= BORDER_BP
    at_end = abs(junction.partner_position - amplicon.end) <= BORDER_BP
    return "tandem" if junction.kind is JunctionKind.DUPLICATION and at_start and at_end else "other"


def _touches(junction: Junction, amplicon: Amplicon) -> bool:
    ends = (
        (junction.chromosome, junction.position),
        (junction.partner_chromosome, junction.partner_position),
    )
    return any(
        chromosome == amplicon.chromosome
        and amplicon.start - BORDER_BP <= position <= amplicon.end + BORDER_BP
        for chromosome, position in ends
    )


def _counted(junctions: Iterable[Junction], amplicon: Amplicon, gained: float | None) -> _Copies:
    sums = dict.fromkeys(("tandem", "fold_back", "foreign", "other"), 0.0)
    parts = 0
    for junction in junctions:
        role = role_of(junction, amplicon)
        sums[role] += junction.copies or 0.0
        parts += gained is not None and (junction.copies or 0.0) >= PART_SHARE * gained
    return _Copies(**sums, parts=parts)


def _architecture(copies: _Copies, gained: float | None) -> Architecture:
    """By the copies of each kind of junction; unresolved where copies are not known."""
    if gained is None:
        return Architecture.UNRESOLVED
    tandem, folded = copies.tandem >= MAIN_SHARE * gained, copies.fold_back >= PART_SHARE * gained
    foreign = copies.foreign >= PART_SHARE * gained
    if (tandem and folded) or foreign or copies.parts >= 3:
        return Architecture.COMPLEX
    if folded:
        return Architecture.BREAKAGE_FUSION_BRIDGE
    return Architecture.TANDEM_OR_CIRCULAR if tandem else Architecture.UNRESOLVED


def _intact(
    known: GeneCopyNumber | None,
    total: float | None,
    junctions: Sequence[Junction],
    gene: Gene | None,
    search: JunctionSearch | None,
) -> tuple[float | None, float | None, float | None]:
    """Copies of the gene without a break, with bounds: breaks on copies of their own, or all on the same."""
    if known is None or total is None or gene is None or search is None or not search.tested:
        return None, None, None
    breaking = [
        one
        for one in junctions
        if one.believed and (variant := variants_of_reads([one])) and how_it_breaks(gene, variant[0])
    ]
    if any(one.copies is None for one in breaking):
        return None, None, None
    least = min(total, known.copy_number_low or total) - sum(one.copies_high or 0.0 for one in breaking)
    most = max(total, known.copy_number_high or total) - max(
        (one.copies_low or 0.0 for one in breaking), default=0.0
    )
    return max(0.0, total - sum(one.copies or 0.0 for one in breaking)), max(0.0, least), max(0.0, most)


def _carrying(known: GeneCopyNumber | None, base: float) -> tuple[float | None, float | None]:
    """Copies of the gene in a cell with the amplicon, if all tumour cells have it and if only the smallest clone does."""
    if known is None or known.copy_number is None:
        return None, None
    low = known.copy_number_low or known.copy_number
    high = known.copy_number_high or known.copy_number
    return low, base + max(0.0, high - base) / SMALLEST_CLONE


def _in_words(junction: Junction, amplicon: Amplicon) -> str:
    names = {"tandem": "head to tail", "fold_back": "fold-back", "foreign": "to another chromosome"}
    role = names.get(role_of(junction, amplicon), str(junction.kind))
    place = f"{junction.chromosome}:{junction.position + 1}-{junction.partner_chromosome}:{junction.partner_position + 1}"
    copies = (
        ""
        if junction.copies is None
        else f", {junction.copies:.1f} copies ({junction.copies_low:.1f}-{junction.copies_high:.1f})"
    )
    return f"{role} {place}, {junction.fragments} fragments{copies}"
