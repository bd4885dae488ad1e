"""The records over many stretches of a BAM or CRAM, cut out by htslib's own multi-region iterator.

That is `samtools view -M -L`, bundled with pysam: it decodes each block and slice once.
"""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pysam
import pysam.utils
from numpy.typing import NDArray

from refractor.errors import AlignmentError
from refractor.files.atomic import temporary_folder
from refractor.genome.intervals import Interval
from refractor.reads.alignment import Alignment
from refractor.reads.bam_records import PADDING
from refractor.reads.remote_reads import GENEROSITY
from refractor.reads.sam_flags import LEFT_OUT


def cut_records(
    alignment: Alignment, intervals: Sequence[Interval], *, reference: Path | None
) -> NDArray[np.uint8]:
    """The bytes of all records over intervals, in file order, and PADDING; primary, mapped, no duplicates.

    Raises AlignmentError where the file breaks off.
    """
    with temporary_folder() as folder:
        bed, cut = folder / "intervals.bed", folder / "cut.bam"
        lines = [
            f"{alignment.contigs[chromosome]}\t{start}\t{end}\n"
            for chromosome, start, end in intervals
            if chromosome in alignment.contigs
        ]
        bed.write_text("".join(lines), encoding="ascii")
        options = ["-u", "--no-PG", "-M", "-L", str(bed), "-F", str(LEFT_OUT), "-o", str(cut)]
        if reference is not None:
            options += ["-T", str(reference)]
        for last, generosity in enumerate(GENEROSITY, start=1 - len(GENEROSITY)):
            more = alignment.prefetch(intervals, generosity)
            try:
                pysam.view(*options, str(alignment.path), catch_stdout=False)
                break
            except pysam.utils.SamtoolsError as error:
                if alignment.remote is not None and last < 0 and (more or generosity == 1):
                    continue  # what was fetched does not reach: fetch more
                if os.strerror(errno.ENOSPC) in str(error):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)) from error
                raise AlignmentError(
                    alignment.failed(f"reading it at places failed: {_said(error)}")
                ) from error
        data = _decompressed(cut) + bytes(PADDING)
    (text,) = struct.unpack_from("<i", data, 4)
    at = 8 + text
    (contigs,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(contigs):
        (name,) = struct.unpack_from("<i", data, at)
        at += 8 + name
    return np.frombuffer(data, dtype=np.uint8)[at:]


def _said(error: pysam.utils.SamtoolsError) -> str:
    """What samtools said of its failure, without how it was called."""
    return str(error).split("stderr=", 1)[-1].strip("'\n ").replace("\\n", " ").strip()


def _decompressed(path: Path) -> bytes:
    stream = pysam.BGZFile(str(path), "rb", None)
    try:
        return bytes(stream.read())
    finally:
        stream.close()
