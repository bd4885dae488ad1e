"""A file of small variants, looked at once: what kind it is, whether it is whole, what its head says."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from refractor.errors import VariantFileError
from refractor.files.divided import part_at
from refractor.variants.files.maf_columns import header_of, names_findings
from refractor.variants.files.maf_table import MafFile
from refractor.variants.files.vcf_file import LARGE_FILE_BYTES, VcfFile, vcf_at
from refractor.variants.files.whole_file import opened_whole
from refractor.variants.files.wide_findings import gene_columns

VariantFile = VcfFile | MafFile

_START_BYTES = 262_144
_MOST_COMMENT_BYTES = 64 * 1024 * 1024
"""A study lists its sequenced tumours in one comment above the table: megabytes of it."""


def open_variants(path: str | Path, *, large_file_bytes: int = LARGE_FILE_BYTES) -> VariantFile:
    """The VCF, BCF or MAF at `path`, told by its content; its readers take this object and no path. A path in the folder
    of a divided MAF is that of a tumour, whether or not it has a row (files/divided).

    Raises:
        VariantFileError: damaged, cut short, or none of the three.
    """
    file = Path(path)
    if part_at(file, VariantFileError) is not None:
        return MafFile(file)
    with opened_whole(file) as handle:
        start = _start(handle)
        handle.seek(0)
        if names_findings(start) or (not start.startswith(b"##") and gene_columns(header_of(start))):
            return MafFile(file)
        return vcf_at(file, handle, large_file_bytes=large_file_bytes)


def _start(handle: BinaryIO) -> bytes:
    """The first bytes of a file, to the end of a long comment that it may begin with (no header of a VCF)."""
    start = handle.read(_START_BYTES)
    while (
        start.startswith(b"#")
        and not start.startswith((b"##", b"#CHROM"))
        and len(start) < _MOST_COMMENT_BYTES
        and all(line.startswith(b"#") for line in start.splitlines())
        and (more := handle.read(_START_BYTES))
    ):
        start += more
    return start
