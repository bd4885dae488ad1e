"""Alterations of one tumour with their evidence, every rule looked up, eligibility, and the label.

Reads no outcome. Writes OUTPUT_DIR/eligibility.tsv, alterations.tsv, rules.tsv, decoy_rules.tsv, label.tsv,
civic_evidence.tsv, evidence_changes.tsv and annotation_analyses.tsv. Variants are not called again: with another knowledge base only
this step runs, and evidence_changes.tsv says what that changed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from refractor.evidence.at_entry import AtEntry
from refractor.genome.builds import decide_build
from refractor.genome.own_genes import use_panel
from refractor.results.copy_number_tables import (
    AMPLICONS,
    AMPLIFICATION_DEFINITIONS,
    GENE_COPY_NUMBER,
    PURITY_PLOIDY,
)
from refractor.results.junction_tables import JUNCTION_SEARCH, JUNCTIONS
from refractor.results.quality import QC
from refractor.results.variant_tables import CODON_STATUS, GENE_CALLABILITY
from refractor.settings.model import add_options, from_arguments
from refractor.settings.thresholds import CallingSettings
from refractor.step import add_panel_option, run_step, tumor_step_parser
from refractor.tumor.annotation import annotate
from refractor.tumor.annotation_folder import write_annotation
from refractor.tumor.evidence_sources import SHIPPED_EVIDENCE, EvidenceSources
from refractor.tumor.gathered_findings import TumorRecords
from refractor.tumor.inputs import Tumor
from refractor.variants.files.vcf_file import open_vcf
from refractor.variants.panel_vcf import read_panel_vcf

GIVEN = ("sample", "genome_build", "structural_variants", "structural_variants_sample", "small_variants")
TABLES = {
    "variants": "variants.vcf.gz of the variants step",
    "codon_status": "table of the variants step",
    "gene_callability": "table of the variants step",
    "gene_copy_number": "table of the copy-number step",
    "amplification_definitions": "table of the copy-number step",
    "amplicons": "table of the copy-number step",
    "purity_ploidy": "table of the copy-number step",
    "qc": "table of the variants step",
}

FURTHER = {
    "junctions": "table of the variants step",
    "junction_search": "table of the variants step",
}
"""Tables that a folder of an earlier version lacks."""


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    options = tumor_step_parser(__doc__)
    add_panel_option(options)
    add_options(options, Tumor, only=GIVEN)
    for name, meaning in TABLES.items():
        options.add_argument("--" + name.replace("_", "-"), type=Path, required=True, help=meaning)
    for name, meaning in FURTHER.items():
        options.add_argument("--" + name.replace("_", "-"), type=Path, help=meaning)
    shipped = SHIPPED_EVIDENCE
    options.add_argument("--cohort", type=Path, default=shipped.cohort, help="cohort file")
    options.add_argument("--evidence", type=Path, default=shipped.rules, help="folder of the knowledge base")
    options.add_argument(
        "--rules", type=Path, action="append", default=[], help="own table of rules to add; may be repeated"
    )
    options.add_argument("--civic", type=Path, help="CIViC evidence table to add")
    add_options(options, AtEntry)
    add_options(options, CallingSettings, only=("low_vaf",))
    options.add_argument("--output-dir", type=Path, required=True, help="where the tables go")
    return options


def main(arguments: argparse.Namespace) -> None:
    """Run the step."""
    use_panel(arguments.panel)
    tumor = from_arguments(Tumor, arguments)
    found = annotate(
        tumor,
        records_of(tumor, arguments),
        from_arguments(CallingSettings, arguments),
        sources=EvidenceSources(
            cohort=arguments.cohort,
            rules=arguments.evidence,
            own_rules=tuple(arguments.rules),
            civic=arguments.civic,
        ),
        at_entry=from_arguments(AtEntry, arguments),
        record_failures=arguments.record_failures,
        given_up=arguments.given_up,
    )
    given = [getattr(arguments, name) for name in (*TABLES, *FURTHER)]
    inputs = [path for path in given if path is not None]
    write_annotation(found, arguments.output_dir, inputs=inputs, synthetic=arguments.synthetic)


def records_of(tumor: Tumor, arguments: argparse.Namespace) -> TumorRecords:
    """What the steps before wrote; the build is the one that the variants step wrote into its file."""
    told = {str(arguments.variants): open_vcf(arguments.variants).build}
    return TumorRecords(
        build=decide_build(stated=tumor.genome_build, told=told, default=None, sample=tumor.sample),
        purity_ploidy=PURITY_PLOIDY.records(arguments.purity_ploidy),
        genes=GENE_COPY_NUMBER.records(arguments.gene_copy_number),
        definitions=AMPLIFICATION_DEFINITIONS.records(arguments.amplification_definitions),
        amplicons=AMPLICONS.records(arguments.amplicons),
        called=read_panel_vcf(arguments.variants),
        codons=CODON_STATUS.records(arguments.codon_status),
        callability=GENE_CALLABILITY.records(arguments.gene_callability),
        quality=QC.records(arguments.qc),
        junctions=() if arguments.junctions is None else JUNCTIONS.records(arguments.junctions),
        junction_searches=()
        if arguments.junction_search is None
        else JUNCTION_SEARCH.records(arguments.junction_search),
    )


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
