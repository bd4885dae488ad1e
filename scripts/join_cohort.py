"""Join every tumour's label, made without outcomes, with the patients' outcomes."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from resistance.cohort_tables import CANDIDATES, MANIFEST, PATIENTS
from resistance.outcomes.join import candidates_table, choose_sample, manifest_table, patients_table
from resistance.outcomes.tumor_results import read_tumor_result
from resistance.sheets import read_sheets
from resistance.step import run_step, step_parser

log = logging.getLogger(__name__)


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    made.add_argument("--samples", type=Path, required=True, help="the sample sheet")
    made.add_argument("--patients", type=Path, required=True, help="the patient sheet")
    made.add_argument("--samples-dir", type=Path, required=True, help="results/samples")
    made.add_argument("--output-dir", type=Path, required=True, help="where the cohort's tables go")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write manifest, patients and candidates."""
    sheets = read_sheets({"samples": str(arguments.samples), "patients": str(arguments.patients)})
    samples, patients = sheets.samples, sheets.patients
    results = {
        row.sample: read_tumor_result(arguments.samples_dir / row.sample, row.sample) for row in samples
    }
    chosen = {
        patient.patient: choose_sample(row for row in samples if row.patient == patient.patient)
        for patient in patients
    }
    tables = {
        MANIFEST: manifest_table(samples, chosen, results),
        PATIENTS: patients_table(patients, chosen, results),
        CANDIDATES: candidates_table(patients, chosen, results),
    }
    for table, frame in tables.items():
        table.write(frame, arguments.output_dir / table.name, synthetic=arguments.synthetic)
        log.info("%s: %d rows", table.name, len(frame))


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
