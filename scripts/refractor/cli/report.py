"""Write the sheets for the meeting as PDF, one A4 side a patient, from the finished tables."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refractor.cli.arguments import add_trial, command_parser, inside
from refractor.cli.explain import RESULTS
from refractor.errors import InputError, Problem
from refractor.report.cohort_results import read_cohort_results
from refractor.report.figures.page_figures import Shown
from refractor.report.pages.meeting_sheet import MeetingSheet, read_sheet, tumor_folder
from refractor.report.patient_results import PatientResults, read_patient_results
from refractor.report.pdf import slide_pdf, write_sheets
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
    """Write the sheets, and the slide of the cohort where no patient is named; print where they are."""
    trial = read_trial(arguments.trial)
    wanted = arguments.patient or [card.patient for card in trial.shown.cards]
    refuse_unknown(wanted, trial, arguments.trial)
    folder = arguments.output_dir or arguments.trial / RESULTS / "report" / "pdf"
    sheets = [sheet_of(card, trial) for card in trial.shown.cards if card.patient in wanted]
    paths = write_sheets(sheets, folder, synthetic=trial.synthetic)
    print(f"{len(paths)} sheets, one A4 side each: {folder}" if len(paths) != 1 else str(paths[0]))
    if not arguments.patient:
        slide = folder / "cohort.pdf"
        slide.write_bytes(slide_pdf(trial.shown, trial.provenance, synthetic=trial.synthetic))
        print(f"the cohort on one slide: {slide}")


@dataclass(frozen=True, slots=True)
class FinishedTrial:
    """What a finished run left: patients, tables and cohort, the tumours' folder, and how it was made."""

    shown: Shown
    samples_dir: Path
    provenance: dict[str, Any]
    synthetic: bool


def read_trial(trial: Path) -> FinishedTrial:
    """The finished tables of a trial.

    Raises:
        InputError: the tables are not finished.
    """
    with inside(trial) as config:
        settings = load_config(config)
        cohort = load_cohort(cohort_file(settings))
    results, folder = trial / RESULTS, trial / RESULTS / "cohort"
    if not (folder / PATIENTS.name).is_file():
        raise InputError(
            Problem(folder / PATIENTS.name, "is not there", allowed=f"`refractor run {trial}` first")
        )
    manifest = MANIFEST.read_rows(folder / MANIFEST.name)
    cards = [
        read_patient_results(row, results / "samples", cohort=cohort, manifest=manifest)
        for row in PATIENTS.read_rows(folder / PATIENTS.name)
    ]
    provenance = json.loads((results / "provenance.json").read_text(encoding="utf-8"))
    shown = Shown(cards, read_cohort_results(folder), cohort)
    return FinishedTrial(shown, results / "samples", provenance, bool(settings["synthetic"]))


def refuse_unknown(wanted: list[str], found: FinishedTrial, trial: Path) -> None:
    """Raise an InputError that names the first patient who is not of the trial, and who is."""
    known = [card.patient for card in found.shown.cards]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        path = trial / RESULTS / "cohort" / PATIENTS.name
        raise InputError(
            Problem(path, f"has no patient '{unknown[0]}'", allowed=f"there are {', '.join(known)}")
        )


def sheet_of(card: PatientResults, found: FinishedTrial) -> MeetingSheet:
    """One patient's sheet."""
    tumor = tumor_folder(card, found.samples_dir)
    shown = found.shown
    return read_sheet(card, shown.cohort, shown.results, tumor=tumor, provenance=found.provenance)
