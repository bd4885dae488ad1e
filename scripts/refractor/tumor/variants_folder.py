"""One tumour's variants, written into its folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from refractor.identity.snp_counts import VARIANTS_FILE, write_alleles
from refractor.results.junction_tables import JUNCTION_SEARCH, JUNCTIONS
from refractor.results.quality import QC, Quality
from refractor.results.variant_tables import CODON_STATUS, GENE_CALLABILITY
from refractor.tumor.variants import TumorVariants
from refractor.variants.calling.pileups import write_pileups
from refractor.variants.panel_vcf import write_panel_vcf


def write_variants(
    found: TumorVariants, folder: Path, *, sample: str, quality: Sequence[Quality], synthetic: bool
) -> None:
    """Write the variants: the VCF, the verdict on each codon, where each gene was seen, the reads behind it.

    `quality` are the rows of the copy-number step: qc.tsv holds those of both.
    """
    QC.write_records([*quality, *found.quality], folder / QC.name, synthetic=synthetic)
    write_panel_vcf(
        folder / "variants.vcf.gz", found.called, sample=sample, build=found.build.build, synthetic=synthetic
    )
    CODON_STATUS.write_records(found.codons, folder / CODON_STATUS.name, synthetic=synthetic)
    GENE_CALLABILITY.write_records(found.callability, folder / GENE_CALLABILITY.name, synthetic=synthetic)
    JUNCTIONS.write_records(found.rearranged.junctions, folder / JUNCTIONS.name, synthetic=synthetic)
    JUNCTION_SEARCH.write_records(
        found.rearranged.searches, folder / JUNCTION_SEARCH.name, synthetic=synthetic
    )
    write_pileups(folder / "pileups.json", sample, found.pileups, synthetic=synthetic)
    write_alleles(found.alleles, folder / VARIANTS_FILE, synthetic=synthetic)
    found.analyses.write(folder / "variants_analyses.tsv", synthetic=synthetic)
