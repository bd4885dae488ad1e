"""Print one patient's answer from the finished tables: label, what speaks against the drug, eligibility, what is open."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from refractor.cli.arguments import add_trial, command_parser
from refractor.cli.finished import FinishedCohort, finished_cohorts
from refractor.errors import InputError, Problem
from refractor.report.pages.open_questions import open_questions
from refractor.report.patient_results import PatientResults, Row, read_patient_results
from refractor.report.plain_words import mechanism_words, plain
from refractor.results.cohort_tables import MANIFEST, PATIENTS
from refractor.settings.cohort import Cohort


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = command_parser("explain", __doc__)
    add_trial(made)
    made.add_argument("patient", metavar="PATIENT", help="the patient's name in patients.tsv")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Print the answer."""
    found, card = results_of(arguments.patient, finished_cohorts(arguments.trial))
    if found.name is not None:
        print(f"cohort {found.name}: {found.cohort.name}")
    for line in answer_in_lines(card, found.cohort):
        print(line)
    page = found.folder / "report" / "patients" / f"{card.patient}.html"
    if page.is_file():
        print(f"the page with the reads behind it: {page}")


def results_of(patient: str, cohorts: Sequence[FinishedCohort]) -> tuple[FinishedCohort, PatientResults]:
    """The patient's cohort, row and tumour's tables.

    Raises:
        InputError: no cohort has such a patient.
    """
    rows = {str(row["patient"]): (one, row) for one in cohorts for row in one.patients}
    if patient not in rows:
        near = get_close_matches(patient, rows, n=3)
        allowed = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(rows)}"
        path = cohorts[0].tables / PATIENTS.name if len(cohorts) == 1 else "the cohorts"
        lack = "has" if len(cohorts) == 1 else "have"
        raise InputError(Problem(path, f"{lack} no patient '{patient}'", allowed=allowed))
    one, row = rows[patient]
    manifest = MANIFEST.read_rows(one.tables / MANIFEST.name)
    return one, read_patient_results(row, one.samples_dir, cohort=one.cohort, manifest=manifest)


def answer_in_lines(card: PatientResults, cohort: Cohort) -> Iterator[str]:
    """The answer, the most important first."""
    row = card.row
    yield f"{card.patient}: {plain(row['label']) or 'no label'}"
    if card.sentence:
        yield card.sentence
    yield f"outcome: {_outcome(row)}"
    if card.stopped:
        yield "the tumour may be another patient's, so nothing of it is shown"
    for title, found in (("candidate", card.candidates), ("hypothesis", card.hypotheses)):
        for entry in found:
            yield f"{title}: {_alteration(entry)}"
    for criterion in card.eligibility:
        reason = f" ({criterion['reason']})" if criterion["reason"] else ""
        yield f"{criterion['criterion']}: {plain(criterion['status'])}, {plain(criterion['detail'])}{reason}"
    for one in open_questions(card, cohort):
        yield f"open: {one.what}: {one.why}; {one.remedy}"


def _outcome(row: Row) -> str:
    parts = [
        f"clinical benefit {row['clinical_benefit'] or 'unknown'}",
        f"best response {row['best_response'] or 'unknown'}",
    ]
    for name, words in (("pfs", "progression-free survival"), ("os", "overall survival")):
        if row[f"{name}_days"] is not None:
            longer = " and longer" if row[f"{name}_event"] == 0 else ""
            parts.append(f"{words} {row[f'{name}_days']:.0f} days{longer}")
    return ", ".join(parts)


def _alteration(row: Row) -> str:
    numbers = [
        f"{words} {row[name]:.2f}"
        for name, words in (("vaf", "VAF"), ("ccf", "cancer-cell fraction"), ("copy_number", "copies"))
        if row[name] is not None
    ]
    pmids = f"; PMID {row['pmids']}" if row["pmids"] else ""
    told = ", ".join((*numbers, plain(row["clonality"]))) if row["clonality"] else ", ".join(numbers)
    return (
        f"{row['gene']} {row['alteration']} ({mechanism_words(row['mechanism'])}, tier {row['tier']},"
        f" rule {row['rule_id']}){f': {told}' if told else ''}{pmids}"
    )
