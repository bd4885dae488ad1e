"""Write patients of a finished run for others: sheets for the meeting as PDF, or Phenopackets as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refractor.cli.arguments import add_trial, command_parser, inside
from refractor.cli.finished import RESULTS, FinishedCohort, finished_cohorts
from refractor.errors import InputError, Problem
from refractor.genome.builds import GenomeBuild
from refractor.genome.variant import Variant
from refractor.report.cohort_results import read_cohort_results
from refractor.report.figures.page_figures import Shown
from refractor.report.pages.meeting_sheet import MeetingSheet, read_sheet, tumor_folder
from refractor.report.patient_results import PatientResults, read_patient_results
from refractor.report.pdf import slide_pdf, write_sheets
from refractor.report.phenopacket import phenopacket_json
from refractor.results.cohort_tables import BIOPSIES, MANIFEST, PATIENTS
from refractor.settings.config import load_config
from refractor.variants.panel_vcf import build_of_panel_vcf, read_panel_vcf


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = command_parser("report", __doc__)
    kind = made.add_mutually_exclusive_group(required=True)
    kind.add_argument(
        "--pdf",
        action="store_true",
        help="sheets for the meeting, one A4 side a patient, set without a browser",
    )
    kind.add_argument(
        "--phenopacket", action="store_true", help="GA4GH Phenopackets 2.0, one JSON file a patient"
    )
    add_trial(made)
    made.add_argument("patient", metavar="PATIENT", nargs="*", help="patients in patients.tsv; default: all")
    made.add_argument(
        "--output-dir",
        type=Path,
        help="where they go; default: TRIAL/results/report/pdf, or .../phenopackets",
    )
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write what was asked for of each patient; print where it is."""
    trials = read_trial(arguments.trial)
    refuse_unknown(arguments.patient, trials)
    for trial in trials:
        known = [card.patient for card in trial.shown.cards]
        wanted = [name for name in known if not arguments.patient or name in arguments.patient]
        if arguments.patient and not wanted:
            continue
        folder = folder_of(trial, arguments)
        if arguments.phenopacket:
            paths = write_packets(trial, wanted, folder)
            print(f"{len(paths)} Phenopackets: {folder}" if len(paths) != 1 else str(paths[0]))
        else:
            write_pdf(arguments, trial, wanted, folder)


def folder_of(trial: FinishedTrial, arguments: argparse.Namespace) -> Path:
    """Where what is written of a cohort goes; in a platform trial a folder of its own."""
    given: Path | None = arguments.output_dir
    if given is None:
        return trial.finished.folder / "report" / ("pdf" if arguments.pdf else "phenopackets")
    return given if trial.finished.name is None else given / trial.finished.name


def write_packets(trial: FinishedTrial, wanted: Sequence[str], folder: Path) -> list[Path]:
    """Write {patient}.json of each patient into `folder`; the paths in order."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for card in trial.shown.cards:
        if card.patient not in wanted:
            continue
        tumor = tumor_folder(card, trial.finished.samples_dir)
        packet = phenopacket_json(
            card,
            trial.shown.cohort,
            biopsies=trial.shown.results[BIOPSIES],
            mutations=read_mutations(tumor) if tumor else {},
            created=trial.provenance.get("date") or "",
            synthetic=trial.synthetic,
        )
        paths.append(folder / f"{card.patient}.json")
        paths[-1].write_text(packet, encoding="utf-8")
    return paths


def read_mutations(tumor: Path) -> dict[tuple[str, str], tuple[GenomeBuild, Variant]]:
    """The build and place of each small variant of a tumour, by gene and protein change."""
    vcf = tumor / "variants.vcf.gz"
    build = build_of_panel_vcf(vcf)
    return {
        (consequence.gene, consequence.protein_change): (build, observation.variant)
        for observation, consequence in read_panel_vcf(vcf)
        if consequence is not None and consequence.protein_change
    }


def write_pdf(
    arguments: argparse.Namespace, trial: FinishedTrial, wanted: Sequence[str], folder: Path
) -> None:
    """Write the sheets, and the slide of the cohort where no patient is named."""
    sheets = [sheet_of(card, trial) for card in trial.shown.cards if card.patient in wanted]
    paths = write_sheets(sheets, folder, synthetic=trial.synthetic)
    print(f"{len(paths)} sheets, one A4 side each: {folder}" if len(paths) != 1 else str(paths[0]))
    if not arguments.patient:
        slide = folder / "cohort.pdf"
        slide.write_bytes(slide_pdf(trial.shown, trial.provenance, synthetic=trial.synthetic))
        print(f"the cohort on one slide: {slide}")


@dataclass(frozen=True, slots=True)
class FinishedTrial:
    """What a finished run left of one cohort: patients, tables and cohort file, and how it was made."""

    shown: Shown
    finished: FinishedCohort
    provenance: dict[str, Any]
    synthetic: bool


def read_trial(trial: Path) -> list[FinishedTrial]:
    """The finished tables of each cohort of a trial.

    Raises:
        InputError: the tables are not finished.
    """
    with inside(trial) as config:
        synthetic = bool(load_config(config)["synthetic"])
    finished = finished_cohorts(trial)
    provenance = json.loads((trial / RESULTS / "provenance.json").read_text(encoding="utf-8"))
    return [FinishedTrial(read_shown(one), one, provenance, synthetic) for one in finished]


def read_shown(one: FinishedCohort) -> Shown:
    """The patients and tables of one cohort."""
    folder = one.tables
    manifest = MANIFEST.read_rows(folder / MANIFEST.name)
    cards = [
        read_patient_results(row, one.samples_dir, cohort=one.cohort, manifest=manifest)
        for row in one.patients
    ]
    return Shown(cards, read_cohort_results(folder), one.cohort)


def refuse_unknown(wanted: list[str], found: Sequence[FinishedTrial]) -> None:
    """Raise an InputError that names the first patient who is not of the trial, and who is."""
    known = [card.patient for one in found for card in one.shown.cards]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        path = found[0].finished.tables / PATIENTS.name if len(found) == 1 else "the cohorts"
        raise InputError(
            Problem(path, f"has no patient '{unknown[0]}'", allowed=f"there are {', '.join(known)}")
        )


def sheet_of(card: PatientResults, found: FinishedTrial) -> MeetingSheet:
    """One patient's sheet."""
    tumor = tumor_folder(card, found.finished.samples_dir)
    shown = found.shown
    return read_sheet(card, shown.cohort, shown.results, tumor=tumor, provenance=found.provenance)
