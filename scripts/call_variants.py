"""Small variants and codon status of one tumour, from its reads, from a file of variants, or from both.

Writes OUTPUT_DIR/variants.vcf.gz (with index), qc.tsv (that of the copy-number step and its own), codon_status.tsv, gene_callability.tsv (how much of
each gene was looked at), junctions.tsv and junction_search.tsv (rearrangements in the reads, and where they were looked for), pileups.json (the reads behind the verdicts), variant_genotypes.npz (genotypes of the
file at common SNPs: whose genome it is) and variants_analyses.tsv.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from refractor.genome.own_genes import use_panel
from refractor.results.analyses import ANALYSES, identity_failed
from refractor.results.copy_number_tables import AMPLICONS, GENE_COPY_NUMBER, PURITY_PLOIDY
from refractor.results.quality import COPY_NUMBER_QC
from refractor.settings.model import add_options, from_arguments
from refractor.settings.thresholds import CallingSettings
from refractor.step import add_panel_option, run_step, tumor_step_parser
from refractor.tumor.inputs import Tumor
from refractor.tumor.variants import call_variants
from refractor.tumor.variants_folder import write_variants
from refractor.variants.codons.tumor_context import read_tumor_context
from refractor.variants.junctions.find import CopiesKnown

GIVEN = (
    "sample",
    "genome_build",
    "default_build",
    "tumor_reads",
    "normal_reads",
    "small_variants",
    "small_variants_sample",
    "callable_regions",
    "purity",
    "material",
    "depth",
    "sequenced_samples",
    "reference",
)


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    options = tumor_step_parser(__doc__)
    add_panel_option(options)
    add_options(options, Tumor, only=GIVEN)
    add_options(options, CallingSettings)
    options.add_argument(
        "--assume-callable", action="store_true", help="the silence of --small-variants is wild-type"
    )
    options.add_argument("--caller-filters", type=Path, help="table of filter names, before the shipped one")
    options.add_argument("--purity-ploidy", type=Path, help="table of the copy-number step")
    options.add_argument("--gene-copy-number", type=Path, help="table of the copy-number step")
    options.add_argument(
        "--amplicons",
        type=Path,
        help="table of the copy-number step: junctions are looked for at their borders",
    )
    options.add_argument(
        "--copy-number-analyses",
        type=Path,
        help="table of the copy-number step: where identity failed the normal is not used",
    )
    options.add_argument(
        "--copy-number-qc", type=Path, help="table of the copy-number step, to go into qc.tsv"
    )
    options.add_argument("--output-dir", type=Path, required=True, help="where the tables go")
    return options


def main(arguments: argparse.Namespace) -> None:
    """Run the step."""
    use_panel(arguments.panel)
    analyses = arguments.copy_number_analyses
    found = call_variants(
        from_arguments(Tumor, arguments),
        from_arguments(CallingSettings, arguments),
        context=read_tumor_context(
            arguments.purity_ploidy, arguments.gene_copy_number, arguments.copy_number_qc
        ),
        known=copies_known(arguments),
        is_pair=analyses is None or not identity_failed(ANALYSES.records(analyses)),
        assume_callable=arguments.assume_callable,
        caller_filters=arguments.caller_filters,
        record_failures=arguments.record_failures,
        given_up=arguments.given_up,
    )
    of_copies = arguments.copy_number_qc
    write_variants(
        found,
        arguments.output_dir,
        sample=arguments.sample,
        quality=[] if of_copies is None else COPY_NUMBER_QC.records(of_copies),
        synthetic=arguments.synthetic,
    )


def copies_known(arguments: argparse.Namespace) -> CopiesKnown:
    """What the copy-number step found, as far as its tables are given."""
    purity, genes, amplicons = arguments.purity_ploidy, arguments.gene_copy_number, arguments.amplicons
    return CopiesKnown(
        purity_ploidy=None if purity is None else next(iter(PURITY_PLOIDY.records(purity)), None),
        genes=() if genes is None else GENE_COPY_NUMBER.records(genes),
        amplicons=() if amplicons is None else AMPLICONS.records(amplicons),
    )


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
