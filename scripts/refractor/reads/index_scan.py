"""Bytes of a BAM or CRAM over each stretch of the genome, from its index alone: a depth proxy that costs no reading.

The index says where in the file each stretch begins, so how many compressed bytes it takes. That is coarse (a
compressed block of a BAM holds about 1 kb of a 60x genome, a CRAM slice 25 kb) but shows a tall amplicon in
milliseconds, and whether a file holds a genome or only parts of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from refractor.reads.alignment import Alignment
from refractor.reads.index_files import STRETCH, damage_told, read_bai, read_crai, read_csi

Floats = NDArray[np.float64]
Slices = dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]
"""Starts and ends (0-based, half-open) of a CRAM's slices by chromosome, in file order."""


@dataclass(frozen=True, slots=True, eq=False)
class IndexScan:
    """Compressed bytes per 16,384 bases, by bare chromosome name; `index` is the file it was told by."""

    index: Path
    bytes_per_stretch: dict[str, Floats]

    @property
    def covered_share(self) -> float:
        """Share (0-1) of the stretches that hold any bytes, over the autosomes in the file."""
        values = self._autosomes()
        return float(np.mean(values > 0)) if len(values) else 0.0

    @property
    def median_bytes(self) -> float:
        """Median bytes of the autosomes' stretches that hold any; 0 for an empty file."""
        values = self._autosomes()
        return float(np.median(values[values > 0])) if (values > 0).any() else 0.0

    def ratio(self, chromosome: str, start: int, end: int) -> float | None:
        """Mean bytes of the stretches that overlap an interval against the median; None where nothing is known."""
        values = self.bytes_per_stretch.get(chromosome)
        usual = self.median_bytes
        if values is None or usual == 0:
            return None
        here = values[start // STRETCH : (end - 1) // STRETCH + 1]
        return float(here.mean() / usual) if len(here) else None

    def _autosomes(self) -> Floats:
        parts = [v for name, v in self.bytes_per_stretch.items() if name not in ("X", "Y", "MT")]
        return np.concatenate(parts) if parts else np.zeros(0)


@dataclass(frozen=True, slots=True)
class Peak:
    """A run of stretches that hold far more bytes than usual; 0-based half-open, `ratio` to the median."""

    chromosome: str
    start: int
    end: int
    ratio: float


def scan_index(alignment: Alignment) -> IndexScan:
    """The bytes per stretch that the index of an open file tells; an AlignmentError where it is damaged."""
    index = alignment.index
    names = list(alignment.file.references)
    lengths = list(alignment.file.lengths)
    with damage_told(index, remedy=f"run `samtools index {alignment.path}` again"):
        if index.suffix == ".crai":
            offsets = _crai(index, lengths)
        elif index.suffix == ".csi":
            offsets = _csi(index)
        else:
            offsets = _bai(index)
    bare = {name: chromosome for chromosome, name in alignment.contigs.items()}
    found = {
        bare[name]: _fitted(values, length)
        for name, length, values in zip(names, lengths, offsets, strict=False)
        if name in bare
    }
    return IndexScan(index, found)


def find_peaks(
    scan: IndexScan,
    *,
    least_ratio: float = 2.5,
    least_stretches: int = 2,
    least_median_bytes: float = 30_000.0,
) -> list[Peak]:
    """Runs of stretches with at least `least_ratio` times the usual bytes, tallest first.

    Empty where a stretch holds so few bytes (`least_median_bytes`, about 5x) that single blocks decide.
    """
    usual = scan.median_bytes
    if usual < least_median_bytes:
        return []
    peaks = []
    for chromosome, values in scan.bytes_per_stretch.items():
        high = np.concatenate([[False], values >= least_ratio * usual, [False]])
        edges = np.flatnonzero(high[1:] != high[:-1])
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            if last - first >= least_stretches:
                ratio = float(values[first:last].mean() / usual)
                peaks.append(Peak(chromosome, int(first) * STRETCH, int(last) * STRETCH, ratio))
    return sorted(peaks, key=lambda peak: -peak.ratio)


def _fitted(values: Floats, length: int) -> Floats:
    """`values` cut or filled with zeros to the contig's number of stretches."""
    size = -(-length // STRETCH)
    filled = np.zeros(size)
    filled[: min(size, len(values))] = values[:size]
    return filled


def _steps(offsets: Floats, last: float) -> Floats:
    """Bytes of each stretch from the file offsets at which they begin; 0 marks a stretch without an offset.

    htslib gives an empty stretch the offset of the one before it, and the stretches before the first read that
    read's: so the first of a run of one offset holds the bytes, but of the leading run the last.
    """
    known = np.flatnonzero(offsets > 0)
    found = np.zeros(len(offsets))
    if len(known) == 0:
        return found
    new = np.flatnonzero(np.diff(offsets[known], prepend=-1.0) > 0)
    begins = offsets[known][new]
    at = known[new]
    at[0] = known[new[1] - 1] if len(new) > 1 else at[0]
    found[at] = np.diff(begins, append=max(last, begins[-1]))
    return found


def _bai(path: Path) -> list[Floats]:
    """Bytes per stretch of each contig from a BAI: differences of its linear index."""
    return [_steps(contig.offset.astype(float), float(contig.reads_end)) for contig in read_bai(path)]


def _csi(path: Path) -> list[Floats]:
    """Bytes per stretch of each contig from a CSI: the offsets of its bins, evenly spread between their starts.

    A CSI has no linear index, and htslib folds bins of less than 64 kB into larger ones: in a shallow file the
    stretches are coarser than those of a BAI.
    """
    found = []
    for contig in read_csi(path):
        starts, bin_of = np.unique(contig.start, return_inverse=True)
        offsets = np.zeros(len(starts))
        np.maximum.at(offsets, bin_of, contig.offset)
        inner = contig.level > 0
        bases_end = int((contig.start + contig.width)[inner].max(initial=0))
        found.append(
            _spread(
                starts,
                np.diff(starts, append=max(bases_end, int(starts.max(initial=0)) + 1)),
                np.maximum(np.diff(offsets, append=float(contig.bins_end)), 0.0),
            )
        )
    return found


def _crai(path: Path, lengths: list[int]) -> list[Floats]:
    """Bytes per stretch of each contig from a CRAI: each slice's size spread over the bases it spans."""
    rows = read_crai(path)
    found = []
    for contig in range(len(lengths)):
        here = rows[rows[:, 0] == contig]
        found.append(_spread(here[:, 1] - 1, here[:, 2], here[:, 5].astype(float)))
    return found


def cram_slices(alignment: Alignment) -> Slices:
    """The slices of a CRAM; empty for a BAM.

    A slice of some 10,000 reads is the least that can be decoded: two places in one are cheaper read together.
    """
    index = alignment.index
    if index.suffix != ".crai":
        return {}
    rows = read_crai(index)
    names = list(alignment.file.references)
    of_contig = {name: rows[rows[:, 0] == number] for number, name in enumerate(names)}
    return {
        chromosome: (here[:, 1] - 1, here[:, 1] - 1 + here[:, 2])
        for chromosome, name in alignment.contigs.items()
        if len(here := of_contig[name])
    }


def _spread(starts: NDArray[np.int64], spans: NDArray[np.int64], sizes: Floats) -> Floats:
    """Bytes per stretch from pieces of `sizes` bytes that each lie evenly over `spans` bases from `starts`."""
    if len(starts) == 0:
        return np.zeros(0)
    total = np.zeros(int((starts + spans).max()) // STRETCH + 2)
    for start, span, size in zip(starts.tolist(), spans.tolist(), sizes.tolist(), strict=True):
        low, high = max(start, 0), max(start, 0) + max(span, 1)
        first, last = low // STRETCH, (high - 1) // STRETCH
        edges = np.clip(np.arange(first, last + 2) * STRETCH, low, high)
        total[first : last + 1] += size * np.diff(edges) / (high - low)
    return total
