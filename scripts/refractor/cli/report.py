"""Write the sheets for the meeting as PDF, one A4 side a patient, from the finished tables."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from refractor.cli.arguments import add_trial, command_parser, inside
from refractor.cli.explain import RESULTS
from refractor.errors import InputError, Problem
from refractor.report.cohort_results import read_cohort_results
from refractor.report.pages.meeting_sheet import MeetingSheet, read_sheet, tumor_folder
from refractor.report.patient_results import read_patient_results
from refractor.report.pdf import write_sheets
from refractor.results.cohort_tables import MANIFEST, PATIENTS
from refractor.settings.config import cohort_file, load_cohort, load_config


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = command_parser("report", __doc__)
    made.add_argument("--pdf", action="store_true", required=True, help="as PDF, set without a browser")
    add_trial(made)
    made.add_argument("patient", metavar="PATIENT", nargs="*", help="patients in patients.tsv; default: all")
    made.add_argument("--output-dir", type=Path, help="where they go; default: TRIAL/results/report/pdf")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write the sheets and print where they are."""
    results = arguments.trial / RESULTS
    sheets, synthetic = sheets_of(arguments.trial, arguments.patient)
    folder = arguments.output_dir or results / "report" / "pdf"
    paths = write_sheets(sheets, folder, synthetic=synthetic)
    print(f"{len(paths)} sheets, one A4 side each: {folder}" if len(paths) != 1 else str(paths[0]))


def sheets_of(trial: Path, wanted: list[str]) -> tuple[list[MeetingSheet], bool]:
    """The sheets of the patients wanted (all where none is named), and whether the trial is synthetic.

    Raises:
        InputError: the tables are not finished, or have no such patient.
    """
    with inside(trial) as config:
        settings = load_config(config)
        cohort = load_cohort(cohort_file(settings))
    results, folder = trial / RESULTS, trial / RESULTS / "cohort"
    if not (folder / PATIENTS.name).is_file():
        raise InputError(
            Problem(folder / PATIENTS.name, "is not there", allowed=f"`refractor run {trial}` first")
        )
    rows = {str(row["patient"]): row for row in PATIENTS.read_rows(folder / PATIENTS.name)}
    unknown = [name for name in wanted if name not in rows]
    if unknown:
        raise InputError(
            Problem(
                folder / PATIENTS.name,
                f"has no patient '{unknown[0]}'",
                allowed=f"there are {', '.join(rows)}",
            )
        )
    manifest = MANIFEST.read_rows(folder / MANIFEST.name)
    provenance = json.loads((results / "provenance.json").read_text(encoding="utf-8"))
    tables = read_cohort_results(folder)
    sheets = []
    for name in wanted or rows:
        card = read_patient_results(rows[name], results / "samples", cohort=cohort, manifest=manifest)
        tumor = tumor_folder(card, results / "samples")
        sheets.append(read_sheet(card, cohort, tables, tumor=tumor, provenance=provenance))
    return sheets, bool(settings["synthetic"])
