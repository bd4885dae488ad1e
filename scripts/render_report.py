"""Draw the cohort's tables as one page that opens offline and needs no server, with a page for each patient.

Writes OUTPUT and, beside it, patients/{patient}.html and refractor_qc_mqc.tsv, which MultiQC reads.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path

from refractor.files.atomic import write_text
from refractor.genome.own_genes import use_panel
from refractor.report.cohort_results import read_cohort_results
from refractor.report.multiqc import FILE_NAME, multiqc_table, read_quality
from refractor.report.pages.cohort_page import render_cohort_page
from refractor.report.pages.meeting_sheet import read_sheet, tumor_folder
from refractor.report.pages.patient_page import (
    read_copies,
    read_further_tables,
    read_pileups,
    render_patient_page,
)
from refractor.report.patient_results import read_patient_results
from refractor.report.who_counted import patients_by_event, patients_by_rule, read_joined
from refractor.results.analyses import IDENTITY_ANALYSIS
from refractor.results.cohort_tables import BIOPSIES, MANIFEST, PATIENTS
from refractor.settings.config import SHIPPED_COHORT, load_cohort
from refractor.step import add_panel_option, run_step, step_parser
from refractor.vocabulary import State

log = logging.getLogger(__name__)


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    add_panel_option(made)
    made.add_argument("--cohort-dir", type=Path, required=True, help="results/cohort")
    made.add_argument("--samples-dir", type=Path, required=True, help="results/samples")
    made.add_argument("--provenance", type=Path, required=True, help="results/provenance.json")
    made.add_argument("--cohort", type=Path, default=SHIPPED_COHORT, help="cohort file, for its names")
    made.add_argument(
        "--adverse-events", type=Path, help="the sheet of adverse events, for the patients behind each count"
    )
    made.add_argument(
        "--run-page", default="run.html", help="where the page of time and memory is, seen from this page"
    )
    made.add_argument("--output", type=Path, required=True, help="the page")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write the page."""
    use_panel(arguments.panel)
    cohort = load_cohort(arguments.cohort)
    folder = arguments.cohort_dir
    manifest = MANIFEST.read_rows(folder / MANIFEST.name)
    cards = [
        read_patient_results(row, arguments.samples_dir, cohort=cohort, manifest=manifest)
        for row in PATIENTS.read_rows(folder / PATIENTS.name)
    ]
    provenance = json.loads(arguments.provenance.read_text(encoding="utf-8"))
    biopsies = BIOPSIES.read_rows(folder / BIOPSIES.name)
    stopped = {
        r["sample"] for r in manifest if r["analysis"] == IDENTITY_ANALYSIS and r["state"] == State.FAILED
    }
    joined = read_joined(
        folder,
        cohort,
        rules=patients_by_rule(cards, biopsies, arguments.samples_dir, stopped=stopped),
        events=patients_by_event(arguments.adverse_events, {card.patient for card in cards}),
    )
    results = read_cohort_results(folder, joined)
    page = render_cohort_page(
        cards,
        cohort=cohort,
        manifest=manifest,
        provenance=provenance,
        synthetic=arguments.synthetic,
        results=results,
        run_page=arguments.run_page,
    )
    write_text(arguments.output, page)
    sequenced = [row["sample"] for row in biopsies if row["sample"] not in stopped]
    quality = multiqc_table(
        read_quality(sequenced, arguments.samples_dir),
        version=str(provenance["version"]),
        synthetic=arguments.synthetic,
    )
    write_text(arguments.output.with_name(FILE_NAME), quality)
    own_pages = arguments.output.parent / "patients"
    own_pages.mkdir(exist_ok=True)  # there even where there is nobody yet
    for card in cards:
        tumor = tumor_folder(card, arguments.samples_dir)
        own = render_patient_page(
            card,
            cohort=cohort,
            sheet=read_sheet(card, cohort, results, tumor=tumor, provenance=provenance),
            pileups=read_pileups(tumor / "pileups.json") if tumor else (),
            provenance=provenance,
            synthetic=arguments.synthetic,
            further=read_further_tables(tumor) if tumor else None,
            copies=read_copies(tumor) if tumor else None,
        )
        write_text(own_pages / f"{card.patient}.html", own)
    log.info("%s: %d patients, %.1f kB", arguments.output, len(cards), len(page.encode()) / 1000)


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
