"""Copies of fragments that nobody marked, left out of the reads over the windows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from refractor.reads.bam_records import fields_of
from refractor.reads.unmarked_duplicates import ReadEnds, unmarked_copies
from refractor.reads.window_reads import WindowReads

CLEAN_BATCHES = 5
"""Batches without marks and without copies after which no more is looked at: a library has them everywhere or nowhere."""


class UnmarkedCopies:
    """Looks through batches of one file, in their order, until it is clear that it needs no look."""

    def __init__(self) -> None:
        self._clean = 0

    def left_out(self, reads: WindowReads) -> tuple[WindowReads, int]:
        """The reads with one of each group of copies, and how many were left out; a batch with marks is left as it is."""
        if reads.marked or self._clean >= CLEAN_BATCHES:
            self._clean = CLEAN_BATCHES
            return reads, 0
        contig, position, length, mate, template, flag = (
            reads.fixed[name].astype(np.int64)
            for name in ("contig", "position", "length", "mate_position", "template_length", "flag")
        )
        ends = ReadEnds(contig, position, position + length, mate, template, flag)
        copies = unmarked_copies(np.arange(len(position), dtype=np.uint64), ends)
        if not copies.any():
            self._clean += 1
            return reads, 0
        self._clean = 0
        rows = np.flatnonzero(~copies)
        kept = replace(reads, run=reads.run[rows], at=reads.at[rows], fixed=fields_of(reads.fixed, rows))
        return kept, int(copies.sum())
