"""Copies of every panel gene of one tumour, with purity, ploidy and amplicons: from a caller's file, from reads.

Writes OUTPUT_DIR/copy_number_qc.tsv, purity_ploidy.tsv, segments.tsv, gene_copy_number.tsv, amplification_definitions.tsv,
amplicons.tsv, genotypes.npz (allele counts at common SNPs: whose genome it is), windows.tsv.gz and
copy_number_analyses.tsv. Where both sources are given both are reported, the one that purity_ploidy.tsv follows first,
and a disagreement is a result of its own.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from refractor.genome.own_genes import use_panel
from refractor.settings.model import add_options, from_arguments
from refractor.settings.thresholds import CopyNumberSettings, IdentitySettings
from refractor.step import add_panel_option, run_step, tumor_step_parser
from refractor.tumor.copies_folder import write_copies
from refractor.tumor.copy_number import measure_copy_number
from refractor.tumor.inputs import Tumor

GIVEN = (
    "sample",
    "genome_build",
    "default_build",
    "tumor_reads",
    "normal_reads",
    "copy_number",
    "copy_number_caller",
    "structural_variants",
    "structural_variants_sample",
    "small_variants",
    "small_variants_sample",
    "purity",
    "ploidy",
    "sex",
    "reference",
)


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    options = tumor_step_parser(__doc__)
    add_panel_option(options)
    add_options(options, Tumor, only=GIVEN)
    add_options(options, CopyNumberSettings)
    add_options(options, IdentitySettings)
    options.add_argument("--threads", type=int, default=1, help="worker processes that read a file")
    options.add_argument("--output-dir", type=Path, required=True, help="where the tables go")
    return options


def main(arguments: argparse.Namespace) -> None:
    """Run the step."""
    use_panel(arguments.panel)
    found = measure_copy_number(
        from_arguments(Tumor, arguments),
        from_arguments(CopyNumberSettings, arguments),
        identity=from_arguments(IdentitySettings, arguments),
        workers=arguments.threads,
        record_failures=arguments.record_failures,
        given_up=arguments.given_up,
    )
    write_copies(found, arguments.output_dir, synthetic=arguments.synthetic)


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
