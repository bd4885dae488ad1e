"""Write down what the trial will be judged by, before it is: rules, cohort file, thresholds and code, with their date.

Writes TRIAL/preregistration.json and, for people, preregistration.txt. A run whose configuration names the JSON
(preregistration:) says what was changed since and which labels changed because of it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from refractor.cli.arguments import add_trial, command_parser, inside
from refractor.errors import InputError, Problem
from refractor.evidence.knowledge.cohort_checks import checks_with, read_checked_cohort
from refractor.evidence.knowledge.rules_in_scope import rules_in_scope, scope_of
from refractor.files.atomic import written_aside
from refractor.files.yaml import read_yaml
from refractor.preregistration.frozen import freeze, write_frozen
from refractor.preregistration.words import frozen_in_words
from refractor.results.evidence_tables import LABEL
from refractor.sheets import PatientRow
from refractor.sheets.open_trial import open_trial

JSON, TEXT = Path("preregistration.json"), Path("preregistration.txt")
SAMPLES = Path("results/samples")
OUTCOMES = ("best_response", "clinical_benefit", "pfs_days", "os_days", "duration_of_response_days")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = command_parser("freeze", __doc__)
    add_trial(made)
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write the two files and say what they hold.

    Raises:
        InputError: the trial cannot be run as it is described, or was frozen already.
    """
    with inside(arguments.trial) as config:
        for path in (JSON, TEXT):
            if path.exists():
                remedy = "a preregistration is written once; move it away to freeze again"
                raise InputError(Problem(arguments.trial / path, "is there already", allowed=remedy))
        given = read_yaml(config, what="configuration").content
        trial = open_trial(given, files=[config], read_cohort=read_checked_cohort)
        patients = trial.sheets.patients
        frozen = freeze(
            trial.config,
            outcomes_known=outcomes_known(patients),
            patients=len(patients),
            today=datetime.now(UTC).date(),
            labels=labels_of_last_run([row.sample for row in trial.sheets.samples]),
        )
        knowledge = checks_with(tuple(trial.config["rules"])).knowledge
        cohorts = {name or "": cohort for name, cohort in trial.cohorts.items()}
        rules = {
            name: rules_in_scope(knowledge.rules, scope_of(cohort, knowledge.drug_classes))
            for name, cohort in cohorts.items()
        }
        with written_aside(TEXT) as aside:
            aside.write_text(frozen_in_words(frozen, cohorts, rules), encoding="utf-8")
        write_frozen(frozen, JSON)
    print(f"frozen on {frozen.frozen_on}: {arguments.trial / TEXT}, {arguments.trial / JSON}")
    print(f"digest {frozen.digest}")
    if frozen.outcomes_known:
        print(
            f"attention: outcomes of {frozen.outcomes_known} of {frozen.patients} patients are known already"
        )
    print(
        f"write `preregistration: {JSON}` into {arguments.trial / config}: a run then says what was changed since"
    )


def labels_of_last_run(samples: Sequence[str]) -> dict[str, str]:
    """The labels under results/, by sample; of a sample that was not run yet none."""
    tables = {sample: SAMPLES / sample / LABEL.name for sample in samples}
    found = {sample: LABEL.records(table) for sample, table in tables.items() if table.is_file()}
    return {sample: str(rows[0].label) for sample, rows in found.items() if rows}


def outcomes_known(patients: Sequence[PatientRow]) -> int:
    """Patients of whom the sheet tells any outcome."""
    return sum(any(getattr(row, name) is not None for name in OUTCOMES) for row in patients)
