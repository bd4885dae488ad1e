"""A file of small variants, looked at once: what kind it is, whether it is whole, what its head says."""

from __future__ import annotations

from pathlib import Path

from refractor.errors import VariantFileError
from refractor.files.divided import part_at
from refractor.variants.files.maf_columns import names_maf_columns
from refractor.variants.files.maf_table import MafFile
from refractor.variants.files.vcf_file import LARGE_FILE_BYTES, VcfFile, vcf_at
from refractor.variants.files.whole_file import opened_whole

VariantFile = VcfFile | MafFile

_START_BYTES = 262_144


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
        start = handle.read(_START_BYTES)
        handle.seek(0)
        if names_maf_columns(start):
            return MafFile(file)
        return vcf_at(file, handle, large_file_bytes=large_file_bytes)
