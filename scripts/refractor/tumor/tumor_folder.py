"""A tumour's folder: each flow's records as the tables and files that docs/output.md names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from refractor.evidence.reannotation import record_annotation
from refractor.evidence.reporting import change_rows
from refractor.identity.snp_counts import READS_FILE, VARIANTS_FILE, write_alleles
from refractor.results.copy_number_tables import WINDOWS
from refractor.results.evidence_tables import EVIDENCE_CHANGES
from refractor.results.variant_tables import CODON_STATUS, GENE_CALLABILITY
from refractor.tumor.annotation import TumorAnnotation
from refractor.tumor.copy_number import TumorCopies
from refractor.tumor.variants import TumorVariants
from refractor.variants.calling.pileups import write_pileups
from refractor.variants.panel_vcf import write_panel_vcf


def write_copies(found: TumorCopies, folder: Path, *, synthetic: bool) -> None:
    """Write the copies: their tables, the windows that were read, the allele counts at common SNPs."""
    write_alleles(found.alleles, folder / READS_FILE, synthetic=synthetic)
    found.analyses.write(folder / "copy_number_analyses.tsv", synthetic=synthetic)
    for table, rows in found.tables.by_table():
        table.write_records(rows, folder / table.name, synthetic=synthetic)
    WINDOWS.write_records(found.windows, folder / WINDOWS.name, synthetic=synthetic)


def write_variants(found: TumorVariants, folder: Path, *, sample: str, synthetic: bool) -> None:
    """Write the variants: the VCF, the verdict on each codon, where each gene was seen, the reads behind it."""
    write_panel_vcf(
        folder / "variants.vcf.gz", found.called, sample=sample, build=found.build.build, synthetic=synthetic
    )
    CODON_STATUS.write_records(found.codons, folder / CODON_STATUS.name, synthetic=synthetic)
    GENE_CALLABILITY.write_records(found.callability, folder / GENE_CALLABILITY.name, synthetic=synthetic)
    write_pileups(folder / "pileups.json", sample, found.pileups, synthetic=synthetic)
    write_alleles(found.alleles, folder / VARIANTS_FILE, synthetic=synthetic)
    found.analyses.write(folder / "variants_analyses.tsv", synthetic=synthetic)


def write_annotation(
    found: TumorAnnotation, folder: Path, *, inputs: Sequence[Path], synthetic: bool
) -> None:
    """Write the evidence and the label, and what is different from the annotation that stood there.

    `inputs` are the files that describe the tumour: the difference is the knowledge's only where they are the same.
    """
    found.analyses.write(folder / "annotation_analyses.tsv", synthetic=synthetic)
    for table, rows in found.tables:
        table.write(table.from_rows(rows), folder / table.name, synthetic=synthetic)
    changes = EVIDENCE_CHANGES.from_rows(change_rows(record_annotation(folder, found.snapshot(inputs))))
    EVIDENCE_CHANGES.write(changes, folder / EVIDENCE_CHANGES.name, synthetic=synthetic)
