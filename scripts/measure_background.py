"""How often the cohort's rules are met in a reference cohort, and how often random genes in their place would be.

Reads a study folder in the layout of cBioPortal (data_clinical_sample.txt, data_mutations.txt, data_cna.txt or segments,
case_lists, gene panels); writes reference_prevalence.tsv and reference_decoys.tsv. No outcome is read. A study that cannot
be read stops no cohort: its one row says why, and the workflow's last step ends non-zero.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from refractor.background.decoys import DRAWS
from refractor.background.measure import ReferenceRequest, measure_background
from refractor.errors import InputError
from refractor.genome.own_genes import use_panel
from refractor.results.background_tables import DECOY_SETS, NOT_ASSESSABLE, PREVALENCE, Prevalence
from refractor.settings.config import SHIPPED_COHORT
from refractor.step import add_panel_option, run_step, step_parser

log = logging.getLogger("measure_background")


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    add_panel_option(made)
    made.add_argument("--background", type=Path, required=True, help="the study folder")
    made.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="count only tumours whose clinical column has this value; may be given several times",
    )
    made.add_argument(
        "--cohort", type=Path, default=SHIPPED_COHORT, help="cohort file: its rules, its criteria of entry"
    )
    made.add_argument("--rules", type=Path, action="append", default=[], help="own tables of rules")
    made.add_argument("--draws", type=int, default=DRAWS, help="sets of random genes")
    made.add_argument("--output-dir", type=Path, required=True, help="where the two tables go")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write the two tables."""
    use_panel(arguments.panel)
    logging.getLogger("refractor.variants.files.maf_reader").setLevel(
        logging.WARNING
    )  # it has a line a tumour
    request = ReferenceRequest(
        folder=arguments.background,
        keep=arguments.keep,
        cohort=arguments.cohort,
        own_rules=tuple(arguments.rules),
        draws=arguments.draws,
    )
    try:
        prevalences, decoys = measure_background(request)
    except InputError as error:
        log.error("%s", error)
        reason = NOT_ASSESSABLE + " ".join(str(error).split())
        prevalences, decoys = [Prevalence(level="study", group="all", note=reason)], []
    PREVALENCE.write_records(
        prevalences, arguments.output_dir / PREVALENCE.name, synthetic=arguments.synthetic
    )
    DECOY_SETS.write_records(decoys, arguments.output_dir / DECOY_SETS.name, synthetic=arguments.synthetic)
    log.info("%d prevalences, %d sets of random genes", len(prevalences), len(decoys))


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
