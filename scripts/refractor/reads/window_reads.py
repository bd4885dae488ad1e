"""The reads over the sampled windows of a BAM or CRAM as arrays, some windows at a time.

Neighbouring windows are read together as a run. Of a BAM the blocks are read; of a CRAM, whose slices are decoded
whole, htslib cuts out the records over the windows.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.reads.alignment import Alignment
from refractor.reads.bam_records import fields_of, fixed_fields, record_offsets
from refractor.reads.block_reads import RecordBuffer, block_reads
from refractor.reads.cut_records import cut_records
from refractor.reads.index_scan import Slices, cram_slices
from refractor.reads.library import LONGEST_SHORT_READ
from refractor.reads.sam_flags import DUPLICATE, LEFT_OUT
from refractor.reads.windows_to_read import NO_SNP, Sites

BATCH_BYTES = 2_000_000
"""Bytes of records that are looked at together: enough for numpy, and few enough for the cache of a core."""
RUN_WINDOWS = 4
"""Windows of a BAM that are read in one go at most."""
BATCH_BASES = 1_000_000
"""Bases of the windows of a CRAM that htslib cuts out in one go: some 100 MB of records at 60x."""
SPAN = 1 << 32
"""Longer than any contig: place in a run and run's number make one number."""

Ints = NDArray[np.int64]
Run = tuple[int, int]
"""First row of the sites, and the row after the last, that are read together."""


@dataclass(frozen=True, slots=True, eq=False)
class WindowReads:
    """Reads that count over the windows of some runs, in order of run and place.

    `raw` are the bytes of their records (until the next batch is asked for), `at` where each begins, `fixed` their fixed fields (bam_records.FIXED);
    `run` is the number of a read's run in `runs`.
    """

    runs: tuple[Run, ...]
    run: Ints
    raw: NDArray[np.uint8]
    at: Ints
    fixed: NDArray[np.void]
    marked: bool = False
    """Whether duplicates are marked among the reads, those that do not count."""

    @property
    def key(self) -> Ints:
        """Run and first base of each read as one number, ascending."""
        return self.run * SPAN + self.fixed["position"].astype(np.int64)


def window_reads(alignment: Alignment, sites: Sites, *, join_gap: int) -> Iterator[WindowReads]:
    """All windows of the contigs that the file has, in order, in batches of runs.

    Raises AlignmentError where the file breaks off.
    """
    alignment.prefetch(zip(sites.chromosome.tolist(), sites.start.tolist(), sites.end.tolist(), strict=True))
    slices = cram_slices(alignment)
    runs = (
        (first, last)
        for first, last in _runs(sites, join_gap, slices)
        if str(sites.chromosome[first]) in alignment.contigs
    )
    if alignment.file.is_cram:
        yield from _of_cram(alignment, sites, list(runs), slices)
    else:
        yield from _of_bam(alignment, sites, _shorter(runs))


def _runs(sites: Sites, join_gap: int, slices: Slices) -> Iterator[Run]:
    """Row ranges of windows that are read together: close neighbours, and those that share a CRAM slice."""
    other = sites.chromosome[1:] != sites.chromosome[:-1]
    apart = other | (sites.start[1:] - sites.end[:-1] >= join_gap)
    for chromosome, (starts, ends) in slices.items():
        rows = np.flatnonzero(sites.chromosome == chromosome)
        last_slice = np.searchsorted(starts, sites.end[rows], side="left") - 1
        first_slice = np.searchsorted(np.maximum.accumulate(ends), sites.start[rows], side="right")
        apart[rows[:-1]] &= first_slice[1:] > last_slice[:-1]
    edges = [0, *(np.flatnonzero(apart) + 1).tolist(), len(sites)]
    if len(sites):
        yield from itertools.pairwise(edges)


def _shorter(runs: Iterator[Run]) -> Iterator[Run]:
    """The runs cut into some windows each: a gene at 5,000x is read in parts."""
    for first, last in runs:
        for start in range(first, last, RUN_WINDOWS):
            yield start, min(start + RUN_WINDOWS, last)


def _of_bam(alignment: Alignment, sites: Sites, runs: Iterator[Run]) -> Iterator[WindowReads]:
    """Each run's own records: those that two runs share are looked at in both."""
    earliest = np.where(
        sites.snp == NO_SNP, sites.start, np.minimum(sites.start, sites.snp - LONGEST_SHORT_READ)
    )
    with block_reads(alignment) as reads:
        taken: list[Run] = []
        offsets: list[Ints] = []
        data = RecordBuffer()
        for first, last in runs:
            taken.append((first, last))
            offsets.append(
                reads.over(
                    str(sites.chromosome[first]),
                    int(sites.start[first]),
                    int(sites.end[last - 1]),
                    earliest=int(earliest[first:last].min()),
                    data=data,
                )
            )
            if data.size >= BATCH_BYTES:
                yield _batch(taken, data, offsets)
                taken, offsets, data.size = [], [], 0
        if taken:
            yield _batch(taken, data, offsets)


def _batch(runs: list[Run], data: RecordBuffer, offsets: list[Ints]) -> WindowReads:
    run = np.repeat(np.arange(len(runs)), [len(begins) for begins in offsets])
    raw, at = data.array(), np.concatenate(offsets)
    return _that_count(runs, run, raw, at, fixed_fields(raw, at))


def _of_cram(alignment: Alignment, sites: Sites, runs: list[Run], slices: Slices) -> Iterator[WindowReads]:
    number_of = {name: bare for bare, name in alignment.contigs.items()}
    for batch in _of_length(sites, runs, BATCH_BASES):
        rows = [row for first, last in batch for row in range(first, last)]
        places = [
            (str(sites.chromosome[row]), int(sites.start[row]), int(sites.end[row]))
            for row in rows
            if _any_slice(slices, str(sites.chromosome[row]), int(sites.start[row]), int(sites.end[row]))
        ]
        if not places:  # htslib would decode the nearest slice to find nothing
            yield _batch(batch, RecordBuffer(), [np.zeros(0, dtype=np.int64)] * len(batch))
            continue
        raw = cut_records(alignment, places, reference=alignment.reference)
        at = record_offsets(raw)
        fixed = fixed_fields(raw, at)
        chromosomes = list(dict.fromkeys(sites.chromosome[rows].tolist()))
        contig = np.array(
            [
                chromosomes.index(bare) if (bare := number_of.get(name)) in chromosomes else len(chromosomes)
                for name in alignment.file.references
            ],
            dtype=np.int64,
        )[fixed["contig"]]
        ends = np.array(
            [chromosomes.index(sites.chromosome[first]) * SPAN + sites.end[last - 1] for first, last in batch]
        )
        run = np.searchsorted(ends, contig * SPAN + fixed["position"], side="right")
        inside = np.flatnonzero(run < len(batch))
        inside = inside[
            np.argsort(run[inside], kind="stable")
        ]  # contigs may come in another order in the file
        yield _that_count(batch, run[inside], raw, at[inside], fields_of(fixed, inside))


def _of_length(sites: Sites, runs: list[Run], most: int) -> Iterator[list[Run]]:
    """The runs in groups whose windows have about `most` bases."""
    group: list[Run] = []
    bases = 0
    for first, last in runs:
        group.append((first, last))
        bases += int((sites.end[first:last] - sites.start[first:last]).sum())
        if bases >= most:
            yield group
            group, bases = [], 0
    if group:
        yield group


def _any_slice(slices: Slices, chromosome: str, start: int, end: int) -> bool:
    """Whether a CRAM slice of the chromosome touches a stretch."""
    if chromosome not in slices:
        return False
    starts, ends = slices[chromosome]
    return bool(((starts < end) & (ends > start)).any())


def _that_count(
    runs: list[Run], run: Ints, raw: NDArray[np.uint8], at: Ints, fixed: NDArray[np.void]
) -> WindowReads:
    """The reads that count of records in order."""
    rows = np.flatnonzero((fixed["flag"] & LEFT_OUT) == 0)
    marked = bool((fixed["flag"] & DUPLICATE).any())
    return WindowReads(tuple(runs), run[rows], raw, at[rows], fields_of(fixed, rows), marked)
