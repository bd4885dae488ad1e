"""What a BAM or CRAM holds at the sampled windows: fragments, their GC, the alleles at the SNPs; one pass."""

from __future__ import annotations

import logging
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from refractor.reads.alignment import Alignment, open_alignment
from refractor.reads.bam_records import fields_of
from refractor.reads.repeat_lengths import NO_REPEATS, Counts, repeat_lengths
from refractor.reads.snp_reads import allele_counts, base_content
from refractor.reads.window_copies import UnmarkedCopies
from refractor.reads.window_reads import SPAN, WindowReads, window_reads
from refractor.reads.windows_to_read import NO_SNP, Sites

log = logging.getLogger(__name__)

_GC_EVERY = 8
"""Every how many-th fragment of a window its GC is taken from: enough for one per cent."""

Ints = NDArray[np.int64]
_NONE = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class ReadFilter:
    """Which reads and bases count. Qualities are Phred; defaults as in PURPLE's AMBER and COBALT 1.x."""

    min_mapping_quality: int = 20
    min_base_quality: int = 20
    join_gap: int = 2_000
    """Windows closer than this (bp) are fetched together: a new fetch starts at an index bin again."""
    repeat_windows: int = 2_000
    """Of so many windows, the lowest by rank, the lengths of short repeats are counted too (our choice: about 700
    repeats of ten bases and more)."""


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
    repeats: Counts = field(default_factory=NO_REPEATS.copy)
    """Lengths of short repeats, rows of repeat_lengths.COLUMNS."""
    copies: NDArray[np.int32] = field(default_factory=_NONE.copy)
    """Reads left out as copies of others that nobody marked, a number for each time that the file was read."""

    @property
    def snp_depth(self) -> NDArray[np.int32]:
        """Fragments that show either allele."""
        return self.ref_reads + self.alt_reads

    def joined(self, added: WindowCounts, order: NDArray[np.int64]) -> WindowCounts:
        """These counts and those of further windows, in the `order` that `windows_to_read.joined` gives."""
        per_window = (name for name in self.__slots__ if name not in ("repeats", "copies"))
        return WindowCounts(
            **{n: np.concatenate([getattr(self, n), getattr(added, n)])[order] for n in per_window},
            repeats=np.concatenate([self.repeats, added.repeats]),
            copies=np.concatenate([self.copies, added.copies]),
        )

    def without(self, rows: NDArray[np.bool_]) -> WindowCounts:
        """The counts with the windows at `rows` marked as absent from the file."""
        return WindowCounts(
            fragments=np.where(rows, -1, self.fragments).astype(np.int32),
            gc=np.where(rows, np.nan, self.gc),
            ref_reads=np.where(rows, 0, self.ref_reads).astype(np.int32),
            alt_reads=np.where(rows, 0, self.alt_reads).astype(np.int32),
            other_reads=np.where(rows, 0, self.other_reads).astype(np.int32),
            unsure=np.where(rows, 0, self.unsure).astype(np.int32),
            repeats=self.repeats,
            copies=self.copies,
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
    unmarked, copies = UnmarkedCopies(), 0
    repeats: list[tuple[int, ...]] = []
    for batch in window_reads(alignment, sites, join_gap=keep.join_gap):
        reads, left_out = unmarked.left_out(batch)
        rows = np.concatenate([np.arange(first, last) for first, last in reads.runs])
        run = np.repeat(np.arange(len(reads.runs)), [last - first for first, last in reads.runs])
        here = sites.subset(rows)
        sure = reads.fixed["mapping_quality"] >= keep.min_mapping_quality
        window = _window_of(reads, here, run)
        copies += left_out
        counts.unsure[rows] = _per_window(window[~sure & (window >= 0)], len(rows))
        # of a pair the left one; of an unpaired or split pair each
        left = np.flatnonzero(sure & (window >= 0) & (reads.fixed["template_length"] >= 0))
        counts.fragments[rows] = _per_window(window[left], len(rows))
        counts.gc[rows] = _gc_of_windows(reads, left, window[left], len(rows))
        with_snp = np.flatnonzero(here.snp != NO_SNP)
        tally = allele_counts(
            reads, np.flatnonzero(sure), here.subset(with_snp), run[with_snp], keep.min_base_quality
        )
        counts.ref_reads[rows[with_snp]], counts.alt_reads[rows[with_snp]] = tally[:2]
        counts.other_reads[rows[with_snp]] = tally[2]
        repeats += _repeats(reads, sites, sure, keep.repeat_windows)
    counts = replace(counts, copies=np.array([copies], dtype=np.int32))
    return replace(counts, repeats=np.array(repeats, dtype=np.int64)) if repeats else counts


def _repeats(
    reads: WindowReads, sites: Sites, sure: NDArray[np.bool_], windows: int
) -> list[tuple[int, ...]]:
    """The lengths of repeats in the reads over runs that begin with one of the first `windows` by rank.

    Of windows as long as a CRAM's slice fewer are searched, so that the genome looked at stays as long.
    """
    firsts = [first for first, _ in reads.runs]
    searched = sites.rank[firsts] * sites.kilobases[firsts] < windows
    rows = np.flatnonzero(sure & searched[reads.run])
    return repeat_lengths(reads, rows, sites.chromosome[firsts].tolist()) if len(rows) else []


def _window_of(reads: WindowReads, here: Sites, run: Ints) -> Ints:
    """The window in which each read begins, the first of those that overlap; -1 for none."""
    ends = np.maximum.accumulate(run * SPAN + here.end)
    window = np.searchsorted(ends, reads.key, side="right")
    known = np.minimum(window, len(here) - 1)
    inside = (window < len(here)) & (run[known] * SPAN + here.start[known] <= reads.key)
    return np.where(inside, known, -1)


def _per_window(window: Ints, n: int) -> Ints:
    return np.bincount(window, minlength=n)


def _gc_of_windows(reads: WindowReads, left: Ints, window: Ints, n: int) -> NDArray[np.float64]:
    """Share of G and C in every _GC_EVERY-th fragment of each window, N left out; NaN without reads."""
    rank = np.arange(len(window)) - np.searchsorted(window, window, side="left")
    taken = np.flatnonzero(rank % _GC_EVERY == 0)
    gc, bases = base_content(reads.raw, reads.at[left[taken]], fields_of(reads.fixed, left[taken]))
    strong, all_bases = (np.bincount(window[taken], weights=part, minlength=n) for part in (gc, bases))
    share: NDArray[np.float64] = np.divide(strong, all_bases, out=np.full(n, np.nan), where=all_bases > 0)
    return share
