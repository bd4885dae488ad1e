"""Write the cohort as a study folder that cBioPortal imports; genes that were not tested are not shown as wild-type.

Replaces OUTPUT_DIR.
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import sys
from pathlib import Path

from refractor.files.atomic import write_text
from refractor.genome.builds import LATEST_BUILD
from refractor.genome.own_genes import use_panel
from refractor.genome.panel import load_panel
from refractor.report.cbioportal.study import Study, stand_in_samples, study_files
from refractor.report.cbioportal.tumors import read_tumor
from refractor.results.analyses import identity_failed
from refractor.results.cohort_tables import ASSESSED_RESPONSES, MANIFEST, PATIENTS
from refractor.settings.config import SHIPPED_COHORT, load_cohort
from refractor.sheets import read_sheets
from refractor.sheets.one_cohort import of_cohort
from refractor.step import add_panel_option, run_step, step_parser

log = logging.getLogger("export_study")


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    add_panel_option(made)
    made.add_argument("--samples", type=Path, required=True, help="the sample sheet")
    made.add_argument("--patients", type=Path, required=True, help="the patient sheet")
    made.add_argument("--adverse-events", type=Path, help="the sheet of adverse events")
    made.add_argument("--cohort", type=Path, default=SHIPPED_COHORT, help="cohort file")
    made.add_argument(
        "--only-cohort", help="of a platform trial, the cohort to export; default: every patient"
    )
    made.add_argument("--cohort-dir", type=Path, required=True, help="results/cohort")
    made.add_argument("--samples-dir", type=Path, required=True, help="results/samples")
    made.add_argument("--provenance", type=Path, required=True, help="results/provenance.json")
    made.add_argument("--output-dir", type=Path, required=True, help="the study folder")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write the study."""
    use_panel(arguments.panel)
    study = read_study(arguments)
    files = study_files(study)
    shutil.rmtree(arguments.output_dir, ignore_errors=True)
    for name, text in files.items():
        write_text(arguments.output_dir / name, text)
    log.info(
        "%s: %d patients, %d tumours, of which %d tested for mutations and %d with copies; %d files",
        study.identifier, len(study.patients), len(study.tumors), len(study.sequenced), len(study.measured),
        len(files),
    )  # fmt: skip


def read_study(arguments: argparse.Namespace) -> Study:
    """Everything that goes into the folder, from the sheets and the finished tables."""
    given = {name: getattr(arguments, name) for name in ("samples", "patients", "adverse_events")}
    sheets = of_cohort(
        read_sheets({name: str(path) for name, path in given.items() if path is not None}),
        arguments.only_cohort,
    )
    panel = load_panel(LATEST_BUILD)  # symbols and ids, which are the same in every build
    patients = PATIENTS.read_rows(arguments.cohort_dir / PATIENTS.name)
    known = {row["patient"] for row in patients}
    stopped = stopped_samples(arguments.cohort_dir / MANIFEST.name)
    tumors = [
        read_tumor(
            arguments.samples_dir / row.sample, patient=row.patient, sample=row.sample, panel=panel,
            collected_on=row.collected_on,
        )
        for row in sheets.samples
        if row.patient in known and row.sample not in stopped
    ]  # fmt: skip
    return Study(
        cohort=load_cohort(arguments.cohort),
        patients=patients,
        sheet={row.patient: row for row in sheets.patients},
        tumors=tumors,
        panel=panel,
        responses=ASSESSED_RESPONSES.read_rows(arguments.cohort_dir / ASSESSED_RESPONSES.name),
        adverse_events=sheets.adverse_events,
        synthetic=arguments.synthetic,
        version=str(json.loads(arguments.provenance.read_text(encoding="utf-8"))["version"]),
        stand_ins=stand_in_samples(patients, {tumor.sample for tumor in tumors}),
    )


def stopped_samples(manifest: Path) -> set[str]:
    """Samples that may not be their patient's: nothing of them is exported."""
    return set(identity_failed(MANIFEST.records(manifest)))


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
