"""Reference bases that aligned reads state themselves (MD tags), where the shipped reference holds none."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pysam

from refractor.genome.intervals import Interval
from refractor.genome.reference import Reference
from refractor.reads.alignment import Alignment

log = logging.getLogger(__name__)

UNKNOWN = "N"
_BASES = frozenset("ACGT")
_MD = re.compile(r"(\d+)|\^([A-Z]+)|([A-Z])")
"""Bases that are equal, bases that are deleted, a base that differs (SAM optional fields specification)."""
_MATCHES = frozenset({pysam.CMATCH, pysam.CEQUAL, pysam.CDIFF})
_LEFT_OUT = pysam.FUNMAP | pysam.FSECONDARY | pysam.FQCFAIL | pysam.FSUPPLEMENTARY
SILENT_READS = 50
"""Reads in a row without a tag, over one stretch, after which none is looked for there: an aligner writes it into each."""
SILENT_STRETCHES = 20
"""Stretches in a row so given up after which none is looked for in the file."""
Stated = dict[str, dict[int, str]]
"""Base by position, by bare chromosome; an UNKNOWN where reads contradict each other."""


class StatedReference(Reference):
    """A reference whose unknown bases are those that reads state; it leaves the underlying one to be closed."""

    def __init__(self, underlying: Reference, stated: Mapping[str, Mapping[int, str]]) -> None:
        self._underlying = underlying
        self._stated = stated
        self.path = underlying.path
        self.build = underlying.build
        self.shipped = underlying.shipped

    def fetch(self, chromosome: str, start: int, end: int) -> str:
        """The bases of the underlying reference, those of the reads where it has N."""
        bases = self._underlying.fetch(chromosome, start, end)
        stated = self._stated.get(chromosome)
        if not stated or UNKNOWN not in bases:
            return bases
        return "".join(
            stated.get(start + offset, base) if base == UNKNOWN else base for offset, base in enumerate(bases)
        )

    def name_of(self, chromosome: str) -> str | None:
        """The contig's name in the underlying FASTA; None where it has none."""
        return self._underlying.name_of(chromosome)

    def close(self) -> None:
        """Nothing: the underlying reference is closed by whoever opened it."""


def with_stated_bases(
    reference: Reference, alignments: Iterable[Alignment], intervals: Iterable[Interval]
) -> Reference:
    """The reference with what reads over the intervals state of its unknown bases; itself where they state nothing.

    An aligner writes into each read's MD tag where it differs from the reference; read and tag together spell
    the reference that was aligned to. One read a place is enough, contradictions stay unknown.
    """
    stated: Stated = {}
    opened = list(alignments)
    unknown = [
        (interval, bases) for interval in intervals if UNKNOWN in (bases := reference.fetch(*interval))
    ]
    for alignment in opened:  # at once: one after the other each would cost a round trip
        alignment.prefetch(interval for interval, _ in unknown)
    silent = [0] * len(opened)
    for (chromosome, start, end), bases in unknown:
        known = stated.setdefault(chromosome, {})
        wanted = {start + n for n, base in enumerate(bases) if base == UNKNOWN} - known.keys()
        for number, alignment in enumerate(opened):
            if wanted and chromosome in alignment.contigs and silent[number] < SILENT_STRETCHES:
                told = _learn(alignment.fetch(chromosome, start, end), known, wanted)
                silent[number] = 0 if told else silent[number] + 1
    count = sum(len(bases) for bases in stated.values())
    if not count:
        return reference
    log.info("%d reference bases are stated by the reads", count)
    return StatedReference(reference, stated)


def _learn(reads: Iterable[Any], known: dict[int, str], wanted: set[int]) -> bool:
    """Add to `known` what reads state, until none of the `wanted` positions is left; False where it was given up."""
    silent = 0
    for read in reads:
        if silent == SILENT_READS:
            return False
        if not wanted:
            break
        if read.flag & _LEFT_OUT:
            continue
        silent = 0 if read.has_tag("MD") else silent + 1
        if silent or not _reaches(read, wanted):
            continue
        spelled = _spelled(read)
        for position, base in spelled.items():
            if known.setdefault(position, base) != base:
                known[position] = UNKNOWN
        wanted -= spelled.keys()
    return True


def _reaches(read: Any, wanted: set[int]) -> bool:
    return any(position in wanted for position in range(read.reference_start, read.reference_end))


def _spelled(read: Any) -> dict[int, str]:
    """The reference bases under one read; nothing where its MD tag does not fit its CIGAR.

    Spelled here: pysam's own reads beyond a tag that is too short.
    """
    matched, deleted = _matched_bases(read)
    bases, used, gone = [], 0, 0
    for number, gap, base in _MD.findall(str(read.get_tag("MD")).upper()):
        if number:
            bases.append(matched[used : used + int(number)])
            used += int(number)
        elif gap:
            bases.append(gap)
            gone += len(gap)
        else:
            bases.append(base)
            used += 1
    spelled = "".join(bases)
    if used != len(matched) or gone != deleted or len(spelled) != used + gone:
        return {}
    return {read.reference_start + n: base for n, base in enumerate(spelled) if base in _BASES}


def _matched_bases(read: Any) -> tuple[str, int]:
    """The read's bases that are aligned, and how many reference bases it deletes; nothing of a spliced read."""
    sequence, at, parts, deleted = str(read.query_sequence or ""), 0, [], 0
    for operation, length in read.cigartuples or ():
        if operation in _MATCHES:
            parts.append(sequence[at : at + length])
        elif operation == pysam.CDEL:
            deleted += length
        elif operation == pysam.CREF_SKIP:
            return "", -1
        if operation in _MATCHES or operation in (pysam.CINS, pysam.CSOFT_CLIP):
            at += length
    return "".join(parts), deleted
