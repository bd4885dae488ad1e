"""What reads show: the alleles of fragments at single positions, and the G and C of whole reads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from refractor.reads.bam_records import (
    FIXED,
    MATCH,
    TAKES_REFERENCE,
    cigars_at,
    fields_of,
    name_hashes,
    operations_of,
    rows_at,
    sequences_at,
)
from refractor.reads.panel_coordinates import N, encode
from refractor.reads.window_reads import SPAN, WindowReads
from refractor.reads.windows_to_read import Sites

Ints = NDArray[np.int64]

_STRONG = np.array([code in (2, 4) for code in range(16)], dtype=np.uint8)
_KNOWN = np.array([code != N for code in range(16)], dtype=np.uint8)
_PAIR_STRONG, _PAIR_KNOWN = (table[:, None] + table[None, :] for table in (_STRONG, _KNOWN))
_STRONG_OF_BYTE, _KNOWN_OF_BYTE = _PAIR_STRONG.reshape(-1), _PAIR_KNOWN.reshape(-1)
"""Bases G or C, and bases that are known, of the two in one byte of a sequence."""


def base_content(raw: NDArray[np.uint8], at: Ints, fixed: NDArray[np.void]) -> tuple[Ints, Ints]:
    """Bases that are G or C, and bases but N, in the sequence of each record; (n_records,) each."""
    length = fixed["length"].astype(np.int64)
    width = (int(length.max(initial=0)) + 1) // 2
    packed = rows_at(raw, sequences_at(at, fixed), width)
    inside = np.arange(width) < (length[:, None] + 1) // 2
    strong = (_STRONG_OF_BYTE[packed] * inside).sum(axis=1, dtype=np.int64)
    known = (_KNOWN_OF_BYTE[packed] * inside).sum(axis=1, dtype=np.int64)
    return strong, known - length % 2  # the last byte of an odd number is filled up


def allele_counts(
    reads: WindowReads, rows: Ints, here: Sites, run: Ints, least_quality: int
) -> tuple[Ints, Ints, Ints]:
    """Fragments with the reference allele, the alternative and another base at the SNPs of windows in `run`.

    Of the reads at `rows`. Mates that overlap count once, and not at all where they differ.
    """
    snp_key = run * SPAN + here.snp
    rows = rows[_near(snp_key, reads.key[rows], reads.fixed["length"])]
    at, fixed, key = reads.at[rows], fields_of(reads.fixed, rows), reads.key[rows]
    spots = _Spots(reads.raw, at, fixed)
    snp, read = _reads_over(snp_key, key, spots.span)
    index = spots.index_of(read, here.snp[snp] - fixed["position"][read].astype(np.int64))
    seen = index >= 0
    snp, read, index = snp[seen], read[seen], index[seen]
    sequence = sequences_at(at, fixed)[read]
    quality = reads.raw[sequence + (fixed["length"][read].astype(np.int64) + 1) // 2 + index]
    good = quality >= least_quality  # a file without qualities has 255
    snp, read, index, sequence = snp[good], read[good], index[good], sequence[good]
    pair = reads.raw[sequence + index // 2].astype(np.int64)
    base = np.where(index % 2 == 0, pair >> 4, pair & 15)
    name = name_hashes(reads.raw, at[read] + FIXED.itemsize, fixed["name_length"][read].astype(np.int64))
    snp, base = _agreed(snp, base, name)
    is_ref, is_alt = base == _codes(here.ref)[snp], base == _codes(here.alt)[snp]
    ref, alt, other = (
        np.bincount(snp[flags], minlength=len(here))
        for flags in (is_ref, is_alt & ~is_ref, ~is_ref & ~is_alt & (base != N))
    )
    return ref, alt, other


def _near(snp_key: Ints, read_key: Ints, length: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Reads that begin no further before a SNP than a read may reach: twice the longest, and 500 bases."""
    reach = max(500, 2 * int(length.max(initial=0)))
    size = len(read_key) + 1
    first = np.bincount(np.searchsorted(read_key, snp_key - reach), minlength=size)
    last = np.bincount(np.searchsorted(read_key, snp_key, side="right"), minlength=size)
    return np.cumsum(first - last)[:-1] > 0


def _reads_over(snp_key: Ints, read_key: Ints, span: Ints) -> tuple[Ints, Ints]:
    """Pairs of SNP and read where the aligned read, `span` bases from `read_key` (ascending), covers the SNP."""
    low = np.searchsorted(read_key, snp_key - int(span.max(initial=0)), side="right")
    count = np.searchsorted(read_key, snp_key, side="right") - low
    snp = np.repeat(np.arange(len(snp_key)), count)
    read = np.arange(len(snp)) - np.repeat(np.cumsum(count) - count, count) + low[snp]
    covering = read_key[read] + span[read] > snp_key[snp]
    return snp[covering], read[covering]


class _Spots:
    """Where in a read's sequence a place of the reference lies, through its CIGAR."""

    def __init__(self, raw: NDArray[np.uint8], at: Ints, fixed: NDArray[np.void]) -> None:
        cigars = cigars_at(at, fixed)
        count = fixed["operations"].astype(np.int64)
        first = rows_at(raw, cigars, 4).view("<u4").reshape(-1).astype(np.int64)
        self.single = count == 1  # aligned end to end, as most are
        self.span = np.where(self.single, (first >> 4) * TAKES_REFERENCE[np.minimum(first & 15, 8)], 0)
        self.length = fixed["length"].astype(np.int64)
        others = np.flatnonzero(count > 1)
        operations, self.span[others] = operations_of(
            raw, cigars[others], count[others], np.zeros(len(others), dtype=np.int64)
        )
        matches = operations.of_kind(MATCH)
        self._match_key = others[matches.read] * SPAN + matches.place
        self._match_length, self._match_index = matches.length, matches.index

    def index_of(self, read: Ints, offset: Ints) -> Ints:
        """The index in the sequence of the base `offset` bases after the read's first aligned one; -1 where there is none."""
        index = np.where(self.single[read], offset, -1)
        others = np.flatnonzero(~self.single[read])
        if len(self._match_key):
            key = read[others] * SPAN + offset[others]
            match = np.searchsorted(self._match_key, key, side="right") - 1
            within = key - self._match_key[match]
            held = (match >= 0) & (within < self._match_length[match])
            index[others] = np.where(held, self._match_index[match] + within, -1)
        return np.where(index < self.length[read], index, -1)


def _agreed(snp: Ints, base: Ints, name: NDArray[np.uint64]) -> tuple[Ints, Ints]:
    """One base a SNP and fragment, N where its reads differ."""
    order = np.lexsort((base, name, snp))
    snp, base, name = snp[order], base[order], name[order]
    new = np.ones(len(snp), dtype=bool)
    new[1:] = (snp[1:] != snp[:-1]) | (name[1:] != name[:-1])
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(snp))[: len(first)] - 1
    return snp[first], np.where(base[first] == base[last], base[first], N)


def _codes(letters: NDArray[np.str_]) -> Ints:
    """Four-bit codes of single bases; -1 for anything longer."""
    codes = {letter: int(encode(letter)[0]) for letter in "ACGT"}
    return np.array([codes.get(letter, -1) for letter in letters.tolist()], dtype=np.int64)
