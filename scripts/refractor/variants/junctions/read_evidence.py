"""What one read says of a junction: where its two parts lie, or where its mate lies that should be beside it.

A split read is told from its SA tag (SAM tags specification), so from either of its alignments. A pair is discordant
where its reads do not face each other within the distance that the library's fragments have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from refractor.genome.builds import CHROMOSOMES
from refractor.variants.files.structural_variants import Breakpoint
from refractor.vocabulary import Side

LEAST_PART = 20
"""Bases that each part of a split read must have to itself: 20 are found once in a genome by chance (our choice)."""
LEAST_JUMP = 50
"""Bases of reference that a deletion or insertion must skip; shorter ones are small variants (the usual bound of the field)."""
MOST_INSERTED = 40
"""Unaligned bases between two parts of a read, above which something else lies between them (our choice)."""
SAME_BASE_SHARE = 0.7
"""Share of one base, or of two in turn, from which a part is of low complexity (our choice)."""

_OPERATION = re.compile(r"(\d+)([MIDNSHP=X])")
_RANK = {chromosome: rank for rank, chromosome in enumerate(CHROMOSOMES)}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fragment's word on a junction, its ends in genome order.

    With `exact` the ends are the outermost bases kept, shared bases given to the first; else the innermost bases of
    two mates, the breakpoints lying beyond. `homology` are bases that fit both sides, negative where bases were
    inserted. `molecule` is the same for copies of one molecule.
    """

    fragment: str
    first: Breakpoint
    second: Breakpoint
    exact: bool
    mapping_quality: int
    molecule: tuple[int, ...]
    homology: int = 0
    low_complexity: bool = False

    @property
    def sides(self) -> tuple[str, Side | None, str, Side | None]:
        """What evidence of one junction has in common."""
        return self.first.chromosome, self.first.side, self.second.chromosome, self.second.side


@dataclass(frozen=True, slots=True)
class _Part:
    """One alignment of a read: bases [begin, stop) of the read as sequenced, [start, end) of the reference."""

    begin: int
    stop: int
    chromosome: str
    start: int
    end: int
    reverse: bool
    mapping_quality: int

    @property
    def leaves(self) -> Breakpoint:
        """Where the read goes on elsewhere."""
        if self.reverse:
            return Breakpoint(self.chromosome, self.start, Side.AFTER)
        return Breakpoint(self.chromosome, self.end - 1, Side.BEFORE)

    @property
    def enters(self) -> Breakpoint:
        """Where the read comes from elsewhere."""
        if self.reverse:
            return Breakpoint(self.chromosome, self.end - 1, Side.BEFORE)
        return Breakpoint(self.chromosome, self.start, Side.AFTER)


def split_evidence(read: Any, contigs: Mapping[str, str]) -> Iterator[Evidence]:
    """The junctions between the parts of a read: those of its SA tag, and those that a long gap of an alignment parts.

    `contigs` are bare names by those of the file.
    """
    parts = _own_parts(read, contigs)
    for entry in str(read.get_tag("SA")).rstrip(";").split(";") if read.has_tag("SA") else ():
        parts += _stated_parts(entry, contigs)
    if not all(parts):
        return  # a part lies on an alternative or decoy contig
    ordered = sorted((part for part in parts if part), key=lambda part: (part.begin, part.stop))
    for before, after in pairwise(ordered):
        overlap = before.stop - after.begin
        shared = max(0, overlap)
        shortest = min(before.stop - before.begin, after.stop - after.begin) - shared
        if shortest < LEAST_PART or overlap < -MOST_INSERTED:
            continue
        first, second = _in_order(before.leaves, after.enters)
        if _is_small_gap(first, second):
            continue
        yield Evidence(
            fragment=str(read.query_name),
            first=first,
            second=_trimmed(second, shared),
            exact=True,
            mapping_quality=min(before.mapping_quality, after.mapping_quality),
            molecule=_molecule(read),
            homology=overlap,
            low_complexity=_is_poor(read, before, after),
        )


def pair_evidence(read: Any, contigs: Mapping[str, str], *, longest_fragment: int) -> Evidence | None:
    """The junction that a primary read and its mate point to; None for a pair as of an intact stretch."""
    here, there = contigs.get(read.reference_name), contigs.get(read.next_reference_name)
    if here is None or there is None:
        return None
    mate_start, mate_end = read.next_reference_start, _mate_end(read)
    if here == there and _is_ordinary(read, mate_start, mate_end, longest_fragment):
        return None
    ends = [_inner_end(here, read.reference_start, read.reference_end, reverse=read.is_reverse)]
    ends.append(_inner_end(there, mate_start, mate_end, reverse=read.mate_is_reverse))
    mate_quality = int(read.get_tag("MQ")) if read.has_tag("MQ") else read.mapping_quality
    return Evidence(
        str(read.query_name),
        *_in_order(*ends),
        exact=False,
        mapping_quality=min(read.mapping_quality, mate_quality),
        molecule=_molecule(read),
    )


def _inner_end(chromosome: str, start: int, end: int, *, reverse: bool) -> Breakpoint:
    return (
        Breakpoint(chromosome, start, Side.AFTER) if reverse else Breakpoint(chromosome, end - 1, Side.BEFORE)
    )


def _is_ordinary(read: Any, mate_start: int, mate_end: int, longest: int) -> bool:
    """Whether the mates face each other within a fragment's length; those of short fragments may pass each other."""
    if read.is_reverse == read.mate_is_reverse:
        return False
    forward, backward = (
        (mate_start, read.reference_end) if read.is_reverse else (read.reference_start, mate_end)
    )
    return bool(-read.query_length <= backward - forward <= longest)


def _molecule(read: Any) -> tuple[int, ...]:
    """Both ends of the fragment as placed: copies of one molecule have the same, whichever mate is looked at."""
    own = (read.reference_id, read.reference_start, int(read.is_reverse))
    mate = (read.next_reference_id, read.next_reference_start, int(read.mate_is_reverse))
    return min(own, mate) + max(own, mate)


def _mate_end(read: Any) -> int:
    if read.has_tag("MC"):
        spans = _OPERATION.findall(str(read.get_tag("MC")))
        return int(read.next_reference_start) + sum(int(n) for n, kind in spans if kind in "MDN=X")
    return int(read.next_reference_start + read.query_length)


def _own_parts(read: Any, contigs: Mapping[str, str]) -> list[_Part | None]:
    place = (str(read.reference_name), int(read.reference_start), bool(read.is_reverse))
    return _parts(place, str(read.cigarstring), int(read.mapping_quality), contigs)


def _stated_parts(entry: str, contigs: Mapping[str, str]) -> list[_Part | None]:
    """One entry of an SA tag: rname,pos,strand,CIGAR,mapQ,NM."""
    name, position, strand, cigar, quality, _ = entry.split(",")
    return _parts((name, int(position) - 1, strand == "-"), cigar, int(quality), contigs)


def _parts(
    place: tuple[str, int, bool], cigar: str, quality: int, contigs: Mapping[str, str]
) -> list[_Part | None]:
    """The parts of one alignment, in two where a deletion of LEAST_JUMP or more lies in it; one None on a contig
    that is no chromosome. `place` is contig, first base, whether reversed."""
    name, at, reverse = place
    if name not in contigs:
        return [None]
    operations = [(int(n), kind) for n, kind in _OPERATION.findall(cigar)]
    length = sum(n for n, kind in operations if kind in "MIS=XH")
    read_at, pieces = 0, [[0, 0, at, at]]  # bases [begin, stop) along the reference, [start, end) of it
    for n, kind in operations:
        if kind == "D" and n >= LEAST_JUMP:
            at += n
            pieces.append([read_at, read_at, at, at])
            continue
        read_at += n if kind in "MIS=XH" else 0
        at += n if kind in "MDN=X" else 0
        if kind in "MIDN=X":
            pieces[-1][1], pieces[-1][3] = read_at, at
        elif pieces[-1][1] == 0:  # clipped at its beginning
            pieces[-1][0] = read_at
    return [
        _Part(
            length - stop if reverse else begin, length - begin if reverse else stop, contigs[name], start, end,
            reverse, quality,
        )
        for begin, stop, start, end in pieces
    ]  # fmt: skip


def has_long_gap(read: Any) -> bool:
    """Whether its alignment leaves out LEAST_JUMP bases or more: some aligners write such deletions into the CIGAR."""
    return bool(read.reference_length - read.query_alignment_length >= LEAST_JUMP)


def _in_order(one: Breakpoint, other: Breakpoint) -> tuple[Breakpoint, Breakpoint]:
    ends = sorted((one, other), key=lambda end: (_RANK[end.chromosome], end.position, str(end.side)))
    return ends[0], ends[1]


def _trimmed(end: Breakpoint, shared: int) -> Breakpoint:
    return replace(end, position=end.position + (-shared if end.side is Side.BEFORE else shared))


def _is_small_gap(first: Breakpoint, second: Breakpoint) -> bool:
    """Whether the parts lie in order on one strand and leave out, or repeat, only a few bases."""
    return (
        first.chromosome == second.chromosome
        and first.side is not second.side
        and second.position - first.position < LEAST_JUMP
    )


def _is_poor(read: Any, *parts: _Part) -> bool:
    """Whether a part consists of one base, or of two in turn, for the most part."""
    sequence = read.get_forward_sequence() or ""
    if len(sequence) < max(part.stop for part in parts):
        return False  # hard-clipped: its primary alignment tells
    for part in parts:
        bases = sequence[part.begin : part.stop]
        pairs = [bases[at : at + 2] for at in range(0, len(bases) - 1, 2)]
        most = max(bases.count(base) for base in "ACGT") / len(bases)
        twos = max(pairs.count(pair) for pair in set(pairs)) / len(pairs)
        if most >= SAME_BASE_SHARE or twos >= SAME_BASE_SHARE:
            return True
    return False
