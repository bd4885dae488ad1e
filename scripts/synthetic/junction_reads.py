"""Reads over the junctions of rearrangements: split reads with SA tags, and pairs whose mates lie elsewhere.

A junction joins two stretches of the reference that are not neighbours. A fragment over it is cut from the joined
sequence; each of its reads is placed where most of it fits, clipped at the junction, and where enough of the rest
fits the other side it has a supplementary alignment there, as BWA-MEM reports it.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from refractor.errors import InputError, Problem
from refractor.reads.sam_flags import (
    DUPLICATE,
    FIRST,
    MATE_REVERSE,
    PAIRED,
    PROPER,
    REVERSE,
    SECOND,
    SUPPLEMENTARY,
)
from refractor.variants.files.structural_variants import Breakpoint
from refractor.vocabulary import Side
from synthetic.bam import contig_name
from synthetic.drawn_fragments import Library
from synthetic.events import Haplotype, Rearrangement
from synthetic.indels import Cigar
from synthetic.reads import ReadBlock
from synthetic.sequencing import sequence_bases

LEAST_ALIGNED = 30
"""Bases that a part of a read must have to be aligned by itself: BWA-MEM's least score (-T), a match counting 1."""

ARM = 900
"""Bases of either side that the joined sequence has: more than the longest fragment."""

JUNCTION_BATCH = 99_999
"""Batch number in the names of these reads, out of the way of the others'."""

_MATCHED, _CLIPPED = 0, 4
_COMPLEMENTS = np.zeros(16, dtype=np.uint8)
_COMPLEMENTS[[1, 2, 4, 8, 15]] = [8, 4, 2, 1, 15]


@dataclass(frozen=True, slots=True, eq=False)
class _Arm:
    """One side of the joined sequence: its bases in reading order, the reference place of each, and whether reversed."""

    bases: NDArray[np.uint8]
    places: NDArray[np.int64]
    chromosome: str
    positions: NDArray[np.int64]
    reverse: bool


@dataclass(frozen=True, slots=True)
class _Alignment:
    """One alignment of a read: contig number, leftmost position, whether reversed, CIGAR, mismatches."""

    contig: int
    position: int
    reverse: bool
    cigar: Cigar
    mismatches: int


@dataclass(slots=True)
class _Reads:
    """Alignments of reads collected one by one, in the columns of a ReadBlock."""

    columns: dict[str, list[int]] = field(default_factory=dict)
    sequence: list[NDArray[np.uint8]] = field(default_factory=list)
    quality: list[NDArray[np.uint8]] = field(default_factory=list)
    cigars: dict[int, Cigar] = field(default_factory=dict)
    tags: dict[int, bytes] = field(default_factory=dict)

    def add(self, bases: NDArray[np.uint8], quality: NDArray[np.uint8], **values: int) -> int:
        """The row of a read; `bases` and `quality` as they stand in the file."""
        for name, value in values.items():
            self.columns.setdefault(name, []).append(value)
        self.sequence.append(bases)
        self.quality.append(quality)
        return len(self.sequence) - 1


def junction_reads(library: Library) -> ReadBlock | None:
    """All reads of fragments over the truth's junctions, in no order; None where there are none.

    Depth is that of the copies alone, without the GC curve and the noise of the rest.

    Raises:
        InputError: a breakpoint of which the territory has not the surroundings.
    """
    truth = library.truth
    wanted = [item for item in truth.rearrangements if item.germline or truth.purity > 0]
    if not wanted:
        return None
    rng = np.random.default_rng([zlib.crc32(truth.sample.encode()) ^ library.seed, JUNCTION_BATCH])
    reads = _Reads()
    mean = truth.mean_mixed_copies()
    fragment = 0
    for rearrangement in wanted:
        arms = (
            _arm(library, rearrangement, rearrangement.first),
            _arm(library, rearrangement, rearrangement.second),
        )
        joined = _joined(*arms)
        copies = truth.mixed_junction_copies(rearrangement)
        per_base = library.depth * copies / mean / (2 * library.model.read_length)
        for start, insert in _fragments(per_base, library, rng):
            duplicate = bool(rng.random() < library.model.duplicate_fraction)
            for copy in range(1 + duplicate):
                _sequence_fragment(
                    library, joined, (start, insert), reads, fragment=fragment, duplicate=copy > 0, rng=rng
                )
                fragment += 1
    return _block(reads) if reads.sequence else None


def sequence_joined(
    library: Library,
    joined: Sequence[Rearrangement],
    *,
    batch: int,
    rng: np.random.Generator,
    mapping_quality: int = 60,
) -> ReadBlock | None:
    """The reads of one fragment over each of these junctions; None without any."""
    reads = _Reads()
    model = library.model
    for fragment, item in enumerate(joined):
        insert = int(
            np.clip(rng.normal(model.insert_mean, model.insert_sd), model.insert_min, model.insert_max)
        )
        start = ARM - int(rng.integers(1, insert))
        arms = _joined(_arm(library, item, item.first), _arm(library, item, item.second))
        _sequence_fragment(library, arms, (start, insert), reads, fragment=fragment, duplicate=False, rng=rng)
    if not reads.sequence:
        return None
    block = _block(reads)
    return replace(block, batch=batch, mapping_quality=np.full_like(block.mapping_quality, mapping_quality))


def _fragments(per_base: float, library: Library, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Start in the joined sequence and length of each fragment that has a base on both sides."""
    model = library.model
    count = int(rng.poisson(per_base * 2 * ARM))
    inserts = np.clip(
        np.rint(rng.normal(model.insert_mean, model.insert_sd, count)), model.insert_min, model.insert_max
    )
    starts = rng.integers(0, 2 * ARM, count)
    over = (starts < ARM) & (starts + inserts > ARM)
    return [(int(start), int(insert)) for start, insert in zip(starts[over], inserts[over], strict=True)]


def _arm(library: Library, rearrangement: Rearrangement, end: Breakpoint) -> _Arm:
    """The kept side of a breakpoint. Of the first it is read towards the junction, of the second away from it."""
    territory = library.territory
    low = end.position - ARM + 1 if end.side is Side.BEFORE else end.position
    place, last = territory.place(end.chromosome, low), territory.place(end.chromosome, low + ARM - 1)
    if place is None or last is None or last - place != ARM - 1:
        what = f"the surroundings of the breakpoint {end.chromosome}:{end.position + 1} are not simulated"
        raise InputError(Problem(f"truth of {library.truth.sample}", what, allowed="add a region around it"))
    row = list(Haplotype).index(rearrangement.haplotype)
    bases = library.haplotypes[row, place : place + ARM].copy()
    places, positions = np.arange(place, place + ARM), np.arange(low, low + ARM)
    first = end is rearrangement.first
    reverse = (end.side is Side.AFTER) if first else (end.side is Side.BEFORE)
    if reverse:
        bases, places, positions = _COMPLEMENTS[bases[::-1]], places[::-1], positions[::-1]
    return _Arm(bases, places, end.chromosome, positions, reverse)


@dataclass(frozen=True, slots=True, eq=False)
class _Joined:
    arms: tuple[_Arm, _Arm]
    bases: NDArray[np.uint8]


def _joined(first: _Arm, second: _Arm) -> _Joined:
    return _Joined((first, second), np.concatenate([first.bases, second.bases]))


def _sequence_fragment(
    library: Library,
    joined: _Joined,
    place: tuple[int, int],
    reads: _Reads,
    *,
    fragment: int,
    duplicate: bool,
    rng: np.random.Generator,
) -> None:
    """Both reads of one fragment: the left one as it stands in the joined sequence, the right one reversed."""
    length = library.model.read_length
    start, insert = place
    starts = (start, start + insert - length)
    bases = np.stack([joined.bases[at : at + length] for at in starts])
    quality = sequence_bases(bases, library.model, rng)
    aligned = [
        _alignments(library, joined, starts[mate], bases[mate], backwards=mate == 1) for mate in (0, 1)
    ]
    number = (FIRST, SECOND) if rng.random() < 0.5 else (SECOND, FIRST)
    proper = _is_proper(aligned[0][0], aligned[1][0], library)
    for mate in (0, 1):
        own, other = aligned[mate], aligned[1 - mate][0]
        for entry, alignment in enumerate(own):
            flag = PAIRED | number[mate] | (PROPER if proper else 0) | (DUPLICATE if duplicate else 0)
            flag |= (REVERSE if alignment.reverse else 0) | (MATE_REVERSE if other.reverse else 0)
            flag |= SUPPLEMENTARY if entry else 0
            turned = alignment.reverse != (mate == 1)  # bases stand as the joined sequence reads
            spelled = _COMPLEMENTS[bases[mate][::-1]] if turned else bases[mate]
            row = reads.add(
                spelled,
                quality[mate][::-1] if turned else quality[mate],
                contig=alignment.contig,
                position=alignment.position,
                mate_contig=other.contig,
                mate_position=other.position,
                template_length=_template_length(alignment, other),
                flag=flag,
                mapping_quality=60,
                fragment=fragment,
                mismatches=alignment.mismatches,
            )
            if len(alignment.cigar) > 1:
                reads.cigars[row] = alignment.cigar
            others = [item for item in own if item is not alignment]
            if others:
                reads.tags[row] = b"SAZ" + "".join(_sa(item, library) for item in others).encode() + b"\0"


def _alignments(
    library: Library, joined: _Joined, start: int, bases: NDArray[np.uint8], *, backwards: bool
) -> list[_Alignment]:
    """The alignments of a read, the longer part first; a part under LEAST_ALIGNED has none of its own."""
    length = len(bases)
    split = min(length, max(0, ARM - start))
    parts = [(0, split, joined.arms[0], start), (split, length, joined.arms[1], start + split - ARM)]
    parts = [part for part in parts if part[1] > part[0]]
    parts.sort(key=lambda part: part[0] - part[1])
    kept = [part for number, part in enumerate(parts) if number == 0 or part[1] - part[0] >= LEAST_ALIGNED]
    found = []
    for first, last, arm, offset in kept:
        span = slice(offset, offset + last - first)
        expected = library.territory.bases[arm.places[span]]
        expected = _COMPLEMENTS[expected] if arm.reverse else expected
        before, after = first, length - last
        if arm.reverse:
            before, after = after, before
        cigar = tuple(
            (op, n) for op, n in ((_CLIPPED, before), (_MATCHED, last - first), (_CLIPPED, after)) if n
        )
        found.append(
            _Alignment(
                contig=library.territory.contigs.index(arm.chromosome),
                position=int(arm.positions[span].min()),
                reverse=arm.reverse != backwards,
                cigar=cigar,
                mismatches=int((bases[first:last] != expected).sum()),
            )
        )
    return found


def _is_proper(left: _Alignment, right: _Alignment, library: Library) -> bool:
    """Whether the pair looks as one from an intact stretch: facing each other, at a distance that fragments have."""
    if left.contig != right.contig or left.reverse == right.reverse:
        return False
    forward, backward = (right, left) if left.reverse else (left, right)
    distance = _end(backward) - forward.position
    return forward.position <= backward.position and distance <= library.model.insert_max


def _end(alignment: _Alignment) -> int:
    return alignment.position + sum(bases for operation, bases in alignment.cigar if operation == _MATCHED)


def _template_length(own: _Alignment, other: _Alignment) -> int:
    if own.contig != other.contig:
        return 0
    span = max(_end(own), _end(other)) - min(own.position, other.position)
    return span if (own.position, own.reverse) <= (other.position, other.reverse) else -span


def _sa(alignment: _Alignment, library: Library) -> str:
    """One entry of an SA tag: rname,pos,strand,CIGAR,mapQ,NM;"""
    name = contig_name(library.territory.contigs[alignment.contig], library.territory.build)
    cigar = "".join(f"{bases}{'MIDNS'[operation]}" for operation, bases in alignment.cigar)
    strand = "-" if alignment.reverse else "+"
    return f"{name},{alignment.position + 1},{strand},{cigar},60,{alignment.mismatches};"


def _block(reads: _Reads) -> ReadBlock:
    columns = {name: np.array(values, dtype=np.int64) for name, values in reads.columns.items()}
    return ReadBlock(
        batch=JUNCTION_BATCH,
        sequence=np.stack(reads.sequence),
        quality=np.stack(reads.quality),
        cigars=reads.cigars,
        tags=reads.tags,
        limit=(0, 0),
        **columns,
    )
