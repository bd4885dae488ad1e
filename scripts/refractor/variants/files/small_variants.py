"""Small variants of one tumour from any file that names them: VCF, BCF or MAF."""

from __future__ import annotations

from pathlib import Path

from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import Panel
from refractor.genome.reference import Reference
from refractor.variants.files.maf_reader import maf_build, read_maf
from refractor.variants.files.maf_table import is_maf
from refractor.variants.files.reader_settings import ReaderSettings
from refractor.variants.files.vcf_reader import read_vcf, vcf_build
from refractor.variants.observation import SmallVariants


def read_small_variants(
    path: str | Path,
    *,
    sample: str,
    named_sample: str | None = None,
    panel: Panel,
    reference: Reference,
    settings: ReaderSettings | None = None,
) -> SmallVariants:
    """The variants of `sample` over the panel, normalised, one observation an allele, in genome order.

    `named_sample` is the sheet's small_variants_sample. The build is that of `panel`, which must be that of
    `reference`. A file whose reference alleles do not fit it is refused, saying which build it looks like.

    Raises:
        VariantFileError: damaged, unsorted, no variant file, ambiguous tumour column, other build, germline.
    """
    file = Path(path)
    chosen = settings or ReaderSettings()
    read = read_maf if is_maf(file) else read_vcf
    return read(
        file,
        sample=sample,
        named_sample=named_sample or None,
        panel=panel,
        reference=reference,
        settings=chosen,
    )


def small_variants_build(path: str | Path) -> GenomeBuild | None:
    """The genome build that the file tells; None where it cannot.

    By contig lengths, else by the reference its header names, else (MAF: NCBI_Build, else) by which shipped
    reference its REF alleles fit.

    Raises:
        VariantFileError: the file is damaged, or no variant file at all.
    """
    file = Path(path)
    return maf_build(file) if is_maf(file) else vcf_build(file)
