"""Junctions that a tumour's own reads show, as rules look them up, and what their absence says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from refractor.results.junction_tables import NO_READS, Junction, JunctionSearch
from refractor.variants.files.structural_variants import Breakpoint, StructuralVariant

SAME_JUNCTION_BP = 20
"""Ends this near are of one junction, whichever program placed them (our choice)."""
OPEN_FILTERS = frozenset({"no_normal", "traces_in_normal", "no_split_read", "one_sided"})
"""What leaves a question open; the other filters say what made a junction that is none."""


def variants_of_reads(rows: Iterable[Junction]) -> tuple[StructuralVariant, ...]:
    """The junctions of the reads that are believed, or may be real; inherited ones and artefacts left out."""
    return tuple(_variant(row) for row in rows if set(row.filters) <= OPEN_FILTERS)


def _variant(row: Junction) -> StructuralVariant:
    return StructuralVariant(
        identifier=f"reads:{row.chromosome}:{row.position + 1}-{row.partner_chromosome}:{row.partner_position + 1}",
        kind=str(row.kind),
        first=Breakpoint(row.chromosome, row.position, row.keeps),
        second=Breakpoint(row.partner_chromosome, row.partner_position, row.partner_keeps),
        vaf=row.share,
        copies=row.copies,
        filters=row.filters,
    )


def with_those_of_reads(
    given: Sequence[StructuralVariant], of_reads: Sequence[StructuralVariant]
) -> tuple[StructuralVariant, ...]:
    """The junctions of a file, then those of the reads that it does not hold."""
    further = [one for one in of_reads if not any(_is_same(one, other) for other in given)]
    return (*given, *further)


def _is_same(one: StructuralVariant, other: StructuralVariant) -> bool:
    if other.second is None or one.second is None:
        return False
    return any(
        _near(one.first, first) and _near(one.second, second)
        for first, second in ((other.first, other.second), (other.second, other.first))
    )


def _near(one: Breakpoint, other: Breakpoint) -> bool:
    return one.chromosome == other.chromosome and abs(one.position - other.position) <= SAME_JUNCTION_BP


def why_silent(searches: Mapping[str, JunctionSearch], gene: str, copies: float) -> str:
    """Why no junction of a gene in the reads does not mean that there is none on so many copies; empty where it does."""
    search = searches.get(gene)
    if not searches or (search is not None and search.reason == NO_READS):
        return "no structural variants given"
    if search is None:
        return f"no structural variants given, and reads are not searched for junctions of {gene}"
    if not search.tested:
        return f"no structural variants given; junctions in reads: {search.reason}"
    if search.detectable_copies is None:
        return "no structural variants given; how few copies of a junction the reads would show is not known"
    if search.detectable_copies > copies:
        return (
            f"no structural variants given; the reads show a junction from {search.detectable_copies:.1f} copies on, "
            f"{copies:.1f} are asked for"
        )
    return ""


def power_in_words(search: JunctionSearch) -> str:
    """What would have been seen: `over 97 % of the gene; one on 0.6 copies or more would have been seen (95 % power)`."""
    return (
        f"well placed reads over {search.covered or 0:.0%} of its coding stretch; one on "
        f"{search.detectable_copies or 0:.1f} copies or more would have been seen (95 % power)"
    )
