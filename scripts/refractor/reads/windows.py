"""What a BAM or CRAM holds at the sampled windows: fragments, their GC, the alleles at the SNPs; one pass."""

from __future__ import annotations

import itertools
import logging
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pysam
from numpy.typing import NDArray

from refractor.reads.alignment import Alignment, open_alignment
from refractor.reads.index_scan import cram_slices
from refractor.reads.windows_to_read import NO_SNP, Sites

log = logging.getLogger(__name__)

_LEFT_OUT = 0x4 | 0x100 | 0x200 | 0x400 | 0x800
"""SAM flags of reads that do not count: unmapped, secondary, QC failed, duplicate, supplementary."""

_GC_EVERY = 8
"""Every how many-th fragment of a window its GC is taken from: enough for one per cent."""

_SHORT_READ = 500
"""Bases within which a short read ends; twice the length of longer ones."""
_NOWHERE = 1 << 40

Slices = dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]

_ALIGNED = frozenset((0, 7, 8))  # CIGAR M, =, X
_SKIPPED = frozenset((2, 3))  # CIGAR D, N


@dataclass(frozen=True, slots=True)
class ReadFilter:
    """Which reads and bases count. Qualities are Phred; defaults as in PURPLE's AMBER and COBALT 1.x."""

    min_mapping_quality: int = 20
    min_base_quality: int = 20
    join_gap: int = 2_000
    """Windows closer than this (bp) are fetched together: a new fetch starts at an index bin again."""


@dataclass(frozen=True, slots=True, eq=False)
class WindowCounts:
    """Counts in the order of the sites, arrays of shape (n_sites,).

    `fragments`: fragments whose leftmost read starts in the window; -1 where the file lacks the contig.
    `gc`: share of G and C (0-1) in the reads, NaN without reads. `ref_reads`, `alt_reads`, `other_reads`:
    fragments that show that base at the SNP. `unsure`: fragments left out for their mapping quality.
    """

    fragments: NDArray[np.int32]
    gc: NDArray[np.float64]
    ref_reads: NDArray[np.int32]
    alt_reads: NDArray[np.int32]
    other_reads: NDArray[np.int32]
    unsure: NDArray[np.int32]

    @property
    def snp_depth(self) -> NDArray[np.int32]:
        """Fragments that show either allele."""
        return self.ref_reads + self.alt_reads

    def without(self, rows: NDArray[np.bool_]) -> WindowCounts:
        """The counts with the windows at `rows` marked as absent from the file."""
        return WindowCounts(
            fragments=np.where(rows, -1, self.fragments).astype(np.int32),
            gc=np.where(rows, np.nan, self.gc),
            ref_reads=np.where(rows, 0, self.ref_reads).astype(np.int32),
            alt_reads=np.where(rows, 0, self.alt_reads).astype(np.int32),
            other_reads=np.where(rows, 0, self.other_reads).astype(np.int32),
            unsure=np.where(rows, 0, self.unsure).astype(np.int32),
        )


@dataclass(frozen=True, slots=True, eq=False)
class SampledReads:
    """The counts of a tumour's reads, and its normal's, at `sites`; the samples that their read groups name."""

    sites: Sites
    tumor: WindowCounts
    normal: WindowCounts | None
    tumor_names: tuple[str, ...] = ()
    normal_names: tuple[str, ...] = ()


def read_windows(
    alignment: Alignment, sites: Sites, *, keep: ReadFilter = ReadFilter(), workers: int = 1
) -> WindowCounts:
    """The counts of one open file at `sites`; `workers` processes, each with the file open, share the windows.

    Raises AlignmentError for a file that breaks off on the way.
    """
    if workers <= 1:
        return count_windows(alignment, sites, keep=keep)
    parts = np.array_split(np.arange(len(sites)), workers)
    # spawn: a forked child would share the parent's open htslib files
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        jobs = [
            pool.submit(
                _read_part, alignment.source, sites.subset(rows), reference=alignment.reference, keep=keep
            )
            for rows in parts
        ]
        counts = [job.result() for job in jobs]
    return WindowCounts(
        **{name: np.concatenate([getattr(part, name) for part in counts]) for name in WindowCounts.__slots__}
    )


def _read_part(source: str | Path, sites: Sites, *, reference: Path | None, keep: ReadFilter) -> WindowCounts:
    with open_alignment(source, reference=reference) as alignment:
        return count_windows(alignment, sites, keep=keep)


def count_windows(alignment: Alignment, sites: Sites, *, keep: ReadFilter = ReadFilter()) -> WindowCounts:
    """The counts of one open file at `sites`, which are in genome order."""
    n = len(sites)
    counts = WindowCounts(
        fragments=np.full(n, -1, np.int32),
        gc=np.full(n, np.nan),
        ref_reads=np.zeros(n, np.int32),
        alt_reads=np.zeros(n, np.int32),
        other_reads=np.zeros(n, np.int32),
        unsure=np.zeros(n, np.int32),
    )
    alignment.prefetch(zip(sites.chromosome.tolist(), sites.start.tolist(), sites.end.tolist(), strict=True))
    slices = cram_slices(alignment)
    for first, last in _runs(sites, keep.join_gap, slices):
        chromosome = str(sites.chromosome[first])
        if chromosome not in alignment.contigs:
            continue
        start, end = int(sites.start[first]), int(sites.end[last - 1])
        if slices and not _any_slice(slices.get(chromosome), start, end):
            counts.fragments[first:last] = 0  # htslib would decode the nearest slice to find nothing
            continue
        reads = alignment.fetch(chromosome, start, end)
        _count_run(reads, sites, range(first, last), counts, keep)
    return counts


def _any_slice(slices: tuple[NDArray[np.int64], NDArray[np.int64]] | None, start: int, end: int) -> bool:
    """Whether a CRAM slice of the chromosome touches a stretch."""
    return slices is not None and bool(((slices[0] < end) & (slices[1] > start)).any())


def _runs(sites: Sites, join_gap: int, slices: Slices) -> Iterator[tuple[int, int]]:
    """Row ranges of windows that are fetched together: close neighbours, and those that share a CRAM slice."""
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


def _count_run(
    reads: Iterator[pysam.AlignedSegment],
    sites: Sites,
    rows: range,
    counts: WindowCounts,
    keep: ReadFilter,
) -> None:
    """Fill the counts of neighbouring windows from the reads over them, which come sorted by start."""
    starts, ends = sites.start[rows.start : rows.stop].tolist(), sites.end[rows.start : rows.stop].tolist()
    fragments, unsure = [0] * len(rows), [0] * len(rows)
    gc_bases, all_bases = [0] * len(rows), [0] * len(rows)
    with_snp = [row for row in rows if sites.snp[row] != NO_SNP]
    snps = [_Snp(int(sites.snp[row]), str(sites.ref[row]), str(sites.alt[row])) for row in with_snp]
    least_mapq, left_out, last = keep.min_mapping_quality, _LEFT_OUT, len(rows) - 1
    window = next_snp = 0
    snp_at = snps[0].position if snps else _NOWHERE
    window_start, window_end = starts[0], ends[0]
    reach = 0
    for read in reads:
        if read.flag & left_out:
            continue
        start = read.reference_start
        if not reach:
            reach = max(_SHORT_READ, 2 * read.query_length)
        while window < last and start >= window_end:
            window += 1
            window_start, window_end = starts[window], ends[window]
        inside = window_start <= start < window_end
        if read.mapping_quality < least_mapq:
            unsure[window] += inside
            continue
        if inside and read.template_length >= 0:  # of a pair the left one; of an unpaired or split pair each
            fragments[window] += 1
            if fragments[window] % _GC_EVERY == 1:
                sequence = read.query_sequence or ""
                gc_bases[window] += sequence.count("G") + sequence.count("C")
                all_bases[window] += len(sequence) - sequence.count("N")
                reach = max(
                    reach, 2 * len(sequence)
                )  # reads of very different lengths, if long, are sampled here
        while snp_at < start:
            next_snp += 1
            snp_at = snps[next_snp].position if next_snp < len(snps) else _NOWHERE
        if snp_at - start < reach:
            end = read.reference_end or 0
            for snp in snps[next_snp:]:
                if snp.position >= end:
                    break
                snp.see(read, keep.min_base_quality)
    counts.fragments[rows.start : rows.stop] = fragments
    counts.unsure[rows.start : rows.stop] = unsure
    bases = np.array(all_bases, float)
    counts.gc[rows.start : rows.stop] = np.divide(
        gc_bases, bases, out=np.full(len(rows), np.nan), where=bases > 0
    )
    for row, snp in zip(with_snp, snps, strict=True):
        counts.ref_reads[row], counts.alt_reads[row], counts.other_reads[row] = snp.tally()


class _Snp:
    """Collects the base each fragment shows at one position; mates that overlap count once, if they agree."""

    __slots__ = ("alt", "position", "ref", "seen")

    def __init__(self, position: int, ref: str, alt: str) -> None:
        self.position, self.ref, self.alt = position, ref, alt
        self.seen: dict[str, str] = {}

    def see(self, read: pysam.AlignedSegment, min_base_quality: int) -> None:
        cigar = read.cigartuples or ()
        if len(cigar) == 1:  # aligned end to end, as most are
            index: int | None = self.position - read.reference_start
        else:
            index = _query_index(read, self.position)
        if index is None:
            return
        qualities = read.query_qualities
        if qualities is not None and qualities[index] < min_base_quality:
            return
        base = (read.query_sequence or "")[index : index + 1]
        name = read.query_name or ""
        self.seen[name] = base if self.seen.get(name, base) == base else "N"

    def tally(self) -> tuple[int, int, int]:
        bases: Sequence[str] = list(self.seen.values())
        ref, alt = bases.count(self.ref), bases.count(self.alt)
        return ref, alt, len(bases) - ref - alt - bases.count("N")


def _query_index(read: pysam.AlignedSegment, position: int) -> int | None:
    """Where in the read's sequence a genome position lies; None in a deletion, or before or after the read."""
    cigar = read.cigartuples
    at_reference, at_query = read.reference_start, 0
    for operation, length in cigar or ():
        if operation in _ALIGNED:
            if at_reference <= position < at_reference + length:
                return at_query + position - at_reference
            at_reference += length
            at_query += length
        elif operation in _SKIPPED:
            at_reference += length
        elif operation in (1, 4):  # insertion, soft clip: in the read only
            at_query += length
    return None
