"""One pass over a stretch of reads: what they say of junctions, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from refractor.errors import AlignmentError, Problem
from refractor.genome.builds import CHROMOSOMES
from refractor.genome.intervals import Interval
from refractor.reads.alignment import Alignment
from refractor.reads.sam_flags import MATE_UNMAPPED, NOT_COUNTED, PAIRED, PROPER, SUPPLEMENTARY
from refractor.variants.junctions.read_evidence import Evidence, has_long_gap, pair_evidence, split_evidence

BIN_BP = 500
"""Bases over which depth is counted."""
GOOD_MAPPING = 20
"""Mapping quality from which the place of a read is believed (as in Manta's and GRIDSS's scale: an error in 100)."""
_PAIRS_FOR_LENGTHS = 20_000
_LONGEST_ORDINARY = 2_000


@dataclass(frozen=True, slots=True)
class FragmentLengths:
    """Mean length of a library's fragments, the length that hardly any exceeds, and the reads' length, in bases."""

    mean: float
    longest: int
    read: int


@dataclass(slots=True)
class Scan:
    """What was read over one stretch. `starts` are reads that begin in each bin and whose place is believed."""

    interval: Interval
    starts: NDArray[np.int64]
    evidence: list[Evidence] = field(default_factory=list)
    reads: int = 0
    paired: int = 0
    clipped: int = 0
    long_clips: int = 0
    """Of the clipped, those with a clip that an aligner would place if it placed parts of reads."""
    split: int = 0


LONG_CLIP = 40
"""Bases of a clip that an aligner with split alignments would often place."""


def names_of(alignment: Alignment) -> Mapping[str, str]:
    """Bare names of the nuclear chromosomes by the file's own: copies of mitochondrial DNA in them are old ones."""
    return {name: bare for bare, name in alignment.contigs.items() if bare in CHROMOSOMES}


def fragment_lengths(alignment: Alignment, intervals: tuple[Interval, ...]) -> FragmentLengths | None:
    """The lengths of the library's fragments, from pairs that face each other; None where there are too few."""
    lengths: list[int] = []
    longest_read = 0
    for chromosome, start, end in intervals:
        if chromosome not in alignment.contigs:
            continue
        reads = alignment.fetch(chromosome, start, end)
        for read in islice(reads, _PAIRS_FOR_LENGTHS):
            template = read.template_length
            facing = not read.is_reverse and read.mate_is_reverse
            if facing and 0 < template <= _LONGEST_ORDINARY and not read.flag & NOT_COUNTED:
                lengths.append(template)
                longest_read = max(longest_read, read.query_length)
        if len(lengths) >= _PAIRS_FOR_LENGTHS // 2:
            break
    if len(lengths) < 50:
        return None
    values = np.array(lengths, dtype=np.float64)
    middle = float(np.median(values))
    spread = 1.4826 * float(np.median(np.abs(values - middle)))  # a normal's standard deviation from its MAD
    usual = values[np.abs(values - middle) <= 5 * spread + 1]
    return FragmentLengths(float(usual.mean()), int(middle + 6 * spread + 1), longest_read)


def parts_of(alignment: Alignment, read: Any, contigs: Mapping[str, str]) -> list[Evidence]:
    """The junctions between the parts of one read; an AlignmentError where its SA tag is not as the specification says."""
    try:
        return list(split_evidence(read, contigs))
    except ValueError as error:
        raise AlignmentError(
            Problem(
                alignment.name,
                f"the SA tag of read {read.query_name} is not rname,pos,strand,CIGAR,mapQ,NM: {read.get_tag('SA')}",
                allowed="write the tag as the SAM specification says, or align the reads again",
            )
        ) from error


def scan(alignment: Alignment, interval: Interval, lengths: FragmentLengths) -> Scan:
    """The reads over a stretch; most are passed by at the first look: proper pairs that are aligned whole."""
    chromosome, start, end = interval
    contigs = names_of(alignment)
    bins = (end - start) // BIN_BP + 1
    counted: list[int] = []
    found = Scan(interval, np.zeros(bins, dtype=np.int64))
    for read in alignment.fetch(chromosome, start, end):
        flag = read.flag
        if flag & NOT_COUNTED:
            continue
        if not flag & SUPPLEMENTARY:
            found.reads += 1
            if read.mapping_quality >= GOOD_MAPPING:
                counted.append(read.reference_start)
            if flag & PAIRED:
                found.paired += 1
        whole = read.query_alignment_length == read.query_length
        gap = has_long_gap(read)
        if whole and not gap and flag & PROPER and not flag & SUPPLEMENTARY:
            continue
        if not whole and not flag & SUPPLEMENTARY:
            found.clipped += 1
            found.long_clips += read.query_length - read.query_alignment_length >= LONG_CLIP
        split = read.has_tag("SA")
        if split or gap:
            found.split += split
            found.evidence += parts_of(alignment, read, contigs)
        if flag & PAIRED and not flag & (SUPPLEMENTARY | MATE_UNMAPPED):
            pair = pair_evidence(read, contigs, longest_fragment=lengths.longest)
            if pair is not None:
                found.evidence.append(pair)
    places = (np.array(counted, dtype=np.int64) - start) // BIN_BP
    inside = places[(places >= 0) & (places < bins)]
    found.starts += np.bincount(inside, minlength=bins)
    return found
