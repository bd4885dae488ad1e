"""Print one patient's answer from the finished tables: label, what speaks against the drug, eligibility, what is open."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from refractor.cli.arguments import add_trial, command_parser
from refractor.errors import InputError, Problem
from refractor.report.pages.patient_card import PatientCard, Row, read_patient_card, rows_of
from refractor.report.words import mechanism_words, plain
from refractor.results.cohort_tables import MANIFEST, PATIENTS

RESULTS = Path("results")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = command_parser("explain", __doc__)
    add_trial(made)
    made.add_argument("patient", metavar="PATIENT", help="the patient's name in patients.tsv")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Print the answer."""
    results = arguments.trial / RESULTS
    card = card_of(arguments.patient, results)
    for line in answer_in_lines(card):
        print(line)
    page = results / "report" / "patients" / f"{card.patient}.html"
    if page.is_file():
        print(f"the page with the reads behind it: {page}")


def card_of(patient: str, results: Path) -> PatientCard:
    """The patient's row and the tumour's tables.

    Raises:
        InputError: there are no finished tables, or none of such a patient.
    """
    cohort = results / "cohort"
    if not (cohort / PATIENTS.name).is_file():
        remedy = f"`refractor run {results.parent}` first"
        raise InputError(Problem(cohort / PATIENTS.name, "is not there", allowed=remedy))
    rows = {str(row["patient"]): row for row in rows_of(PATIENTS.read(cohort / PATIENTS.name))}
    if patient not in rows:
        near = get_close_matches(patient, rows, n=3)
        allowed = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(rows)}"
        raise InputError(Problem(cohort / PATIENTS.name, f"has no patient '{patient}'", allowed=allowed))
    manifest = rows_of(MANIFEST.read(cohort / MANIFEST.name))
    return read_patient_card(rows[patient], results / "samples", manifest)


def answer_in_lines(card: PatientCard) -> Iterator[str]:
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
    for what, why, remedy in card.open_questions:
        yield f"open: {what}: {why}; {remedy}"


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
