"""Say everything that can be said of a trial before a job runs: configuration, cohort, rules, sheets, files, indices.

Exit code 2 and every problem at once where a run would be refused; warnings and what was tolerated otherwise.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from refractor.cli.arguments import add_trial, command_parser, inside
from refractor.errors import Problem
from refractor.evidence.knowledge.cohort_checks import checks_with, read_checked_cohort
from refractor.evidence.knowledge.rules_in_scope import rules_in_scope, scope_of
from refractor.files.yaml import read_yaml
from refractor.outcomes.adjudication import adjudicate_outcomes
from refractor.outcomes.outcome_questions import outcome_questions
from refractor.settings.cohort import Cohort
from refractor.settings.config import cohort_files
from refractor.sheets import Trial
from refractor.sheets.column_ranges import sheet_in_a_line
from refractor.sheets.file_checks import file_columns
from refractor.sheets.one_cohort import of_cohort
from refractor.sheets.open_trial import OpenedTrial, open_trial

SHEETS = ("samples", "patients", "assessments", "adverse_events")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = command_parser("check", __doc__)
    add_trial(made)
    return made


def main(arguments: argparse.Namespace) -> None:
    """Print what the trial is, or raise its problems."""
    with inside(arguments.trial) as config:
        given = read_yaml(config, what="configuration").content
        trial = open_trial(given, files=[config], read_cohort=read_checked_cohort)
        for line in trial_in_lines(trial):
            print(line)
    print(f"nothing stands against a run: refractor run {arguments.trial}")


def trial_in_lines(trial: OpenedTrial) -> Iterator[str]:
    """The trial, a line a subject."""
    for name, cohort in trial.cohorts.items():
        yield from _cohort_in_lines(cohort_files(trial.config)[name], cohort, own_rules=trial.config["rules"])
    sheets = trial.sheets
    for name in SHEETS:
        if trial.config.get(name):
            yield f"{trial.config[name]}: {sheet_in_a_line(name, getattr(sheets, name))}"
    yield from _genomes_in_lines(sheets)
    for note in sheets.notes:
        yield f"note: {note}"
    for warning in trial.warnings:
        yield f"warning: {warning}"
    yield from _outcomes_in_doubt(trial)


def _outcomes_in_doubt(trial: OpenedTrial) -> Iterator[str]:
    """What only the decided outcomes leave open, as a run would ask it."""
    file = str(trial.config["patients"])
    for name, cohort in trial.cohorts.items():
        sheets = of_cohort(trial.sheets, name)
        decided = adjudicate_outcomes(
            sheets.patients,
            sheets.assessments,
            rules=cohort.endpoints,
            data_cutoff=trial.config["data_cutoff"],
        )
        for one in outcome_questions(sheets.patients, decided, file=file, warnings=sheets.warnings):
            yield f"warning: {Problem(one.file, one.question, one.line, one.sheet_column)}"


def _cohort_in_lines(path: Path, cohort: Cohort, *, own_rules: Sequence[str]) -> Iterator[str]:
    knowledge = checks_with(tuple(own_rules)).knowledge
    rules = rules_in_scope(knowledge.rules, scope_of(cohort, knowledge.drug_classes))
    tiers = Counter(str(rule.tier) for rule in rules)
    each = ", ".join(f"{tier} {tiers[tier]}" for tier in sorted(tiers))
    yield f"cohort: {cohort.disease.name} under {' and '.join(cohort.drugs)} ({path})"
    yield f"rules in scope: {len(rules)} of {len(knowledge.rules)} ({each}), version {knowledge.version}"


def _genomes_in_lines(sheets: Trial) -> Iterator[str]:
    """What the tumours bring, and who has none."""
    given: Counter[str] = Counter()
    for row in sheets.samples:
        given.update(name for name in file_columns() if getattr(row, name) is not None)
    for name, of_reads in file_columns().items():
        if given[name]:
            index = ", index found" if of_reads else ""
            yield f"{name}: {given[name]} of {len(sheets.samples)} tumours{index}"
    sequenced = {row.patient for row in sheets.samples}
    without = [row.patient for row in sheets.patients if row.patient not in sequenced]
    if without:
        yield f"patients without a tumour in the sheet: {len(without)} ({', '.join(without)})"
