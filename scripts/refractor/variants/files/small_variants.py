"""Small variants of one tumour from any file that names them: VCF, BCF or MAF."""

from __future__ import annotations

from refractor.genome.panel import Panel
from refractor.genome.reference import Reference
from refractor.variants.files.maf_reader import read_maf
from refractor.variants.files.maf_table import MafFile
from refractor.variants.files.opened import VariantFile
from refractor.variants.files.reader_settings import ReaderSettings
from refractor.variants.files.vcf_reader import read_vcf
from refractor.variants.observation import SmallVariants


def read_small_variants(
    file: VariantFile,
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
        VariantFileError: malformed or unsorted lines, ambiguous tumour column, other build, germline.
    """
    chosen = settings or ReaderSettings()
    if isinstance(file, MafFile):
        return read_maf(
            file,
            sample=sample,
            named_sample=named_sample or None,
            panel=panel,
            reference=reference,
            settings=chosen,
        )
    return read_vcf(
        file,
        sample=sample,
        named_sample=named_sample or None,
        panel=panel,
        reference=reference,
        settings=chosen,
    )
