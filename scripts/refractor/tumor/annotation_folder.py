"""One tumour's annotation, written into its folder, and what the steps before left there for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from refractor.evidence.reannotation import keep_state, record_annotation
from refractor.genome.builds import decide_build
from refractor.results.copy_number_tables import (
    AMPLICONS,
    AMPLIFICATION_DEFINITIONS,
    GENE_COPY_NUMBER,
    PURITY_PLOIDY,
)
from refractor.results.evidence_tables import (
    ALTERATIONS,
    CIVIC_EVIDENCE,
    DECOY_RULES,
    ELIGIBILITY,
    EVIDENCE_CHANGES,
    LABEL,
    RULES,
)
from refractor.results.junction_tables import AMPLICON_STRUCTURE, JUNCTION_SEARCH, JUNCTIONS
from refractor.results.quality import QC
from refractor.results.records import R, RecordTable
from refractor.results.variant_tables import CODON_STATUS, GENE_CALLABILITY
from refractor.tumor.annotation import TumorAnnotation
from refractor.tumor.gathered_findings import TumorRecords
from refractor.variants.files.vcf_file import open_vcf
from refractor.variants.panel_vcf import read_panel_vcf


def write_annotation(
    found: TumorAnnotation, folder: Path, *, inputs: Sequence[Path], synthetic: bool
) -> None:
    """Write the evidence and the label, and what is different from the annotation that stood there.

    `inputs` are the files that describe the tumour: the difference is the knowledge's only where they are the same.
    An annotation that failed as a whole, as of a job that was killed, is no state to compare a later one with.
    """
    found.analyses.write(folder / "annotation_analyses.tsv", synthetic=synthetic)
    ELIGIBILITY.write_records(found.eligibility, folder / ELIGIBILITY.name, synthetic=synthetic)
    ALTERATIONS.write_records(found.alterations, folder / ALTERATIONS.name, synthetic=synthetic)
    RULES.write_records(found.rules, folder / RULES.name, synthetic=synthetic)
    DECOY_RULES.write_records(found.decoys, folder / DECOY_RULES.name, synthetic=synthetic)
    LABEL.write_records([found.label], folder / LABEL.name, synthetic=synthetic)
    AMPLICON_STRUCTURE.write_records(found.structures, folder / AMPLICON_STRUCTURE.name, synthetic=synthetic)
    CIVIC_EVIDENCE.write_records(found.civic, folder / CIVIC_EVIDENCE.name, synthetic=synthetic)
    if found.failed:
        keep_state(folder)
    changes = () if found.failed else record_annotation(folder, found.snapshot(inputs))
    EVIDENCE_CHANGES.write_records(changes, folder / EVIDENCE_CHANGES.name, synthetic=synthetic)


def read_tumor_records(folder: Path) -> TumorRecords:
    """What the steps before the annotation wrote into a tumour's folder; the build is that of its variants.

    Raises:
        InputError: a table is missing or broken, or the build is not told.
    """
    variants = folder / "variants.vcf.gz"
    return TumorRecords(
        build=decide_build(
            stated=None, told={str(variants): open_vcf(variants).build}, default=None, sample=folder.name
        ),
        purity_ploidy=PURITY_PLOIDY.records(folder / PURITY_PLOIDY.name),
        genes=GENE_COPY_NUMBER.records(folder / GENE_COPY_NUMBER.name),
        definitions=AMPLIFICATION_DEFINITIONS.records(folder / AMPLIFICATION_DEFINITIONS.name),
        amplicons=AMPLICONS.records(folder / AMPLICONS.name),
        called=read_panel_vcf(variants),
        codons=CODON_STATUS.records(folder / CODON_STATUS.name),
        callability=GENE_CALLABILITY.records(folder / GENE_CALLABILITY.name),
        quality=QC.records(folder / QC.name),
        junctions=_where_written(JUNCTIONS, folder),
        junction_searches=_where_written(JUNCTION_SEARCH, folder),
    )


def _where_written(table: RecordTable[R], folder: Path) -> Sequence[R]:
    """The records of a table that results of an earlier version lack; none then."""
    path = folder / table.name
    return table.records(path) if path.is_file() else ()
