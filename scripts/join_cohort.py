"""Join every tumour's label, made and hashed without outcomes, with the patients' outcomes.

A tumour whose identity failed counts as not sequenced: its label is not used. Writes OUTPUT_DIR/blinding.tsv before
the patients' sheet is opened; then manifest.tsv, patients.tsv, candidates.tsv,
rule_coverage.tsv, rule_results.tsv, decoy_results.tsv, outcome_review.tsv, other_choices.tsv,
questions.tsv, responses.tsv, biopsies.tsv, acquired.tsv and adverse_events.tsv.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from refractor.biopsies.changes import changes_of
from refractor.errors import InputError, Problem, SheetError
from refractor.files.tables import Table
from refractor.outcomes.adjudication import AdjudicatedOutcome, adjudicate_outcomes
from refractor.outcomes.adverse import adverse_event_terms
from refractor.outcomes.blinding import blinded_labels
from refractor.outcomes.join import (
    biopsies_of,
    biopsies_that_disagree,
    candidates_of,
    choose_samples,
    joined_patients,
    manifest,
    unaccounted,
)
from refractor.outcomes.other_choices import other_choices
from refractor.outcomes.outcome_questions import outcome_questions
from refractor.outcomes.outcome_review import (
    assessed_responses,
    carriers_with_benefit,
    disagreements,
    responses_without_assessment,
    unassessed,
)
from refractor.outcomes.tumor_questions import tumor_questions
from refractor.outcomes.tumor_results import (
    TumorResult,
    decoy_results,
    read_tumor_results,
    rule_coverage,
    rule_results,
    with_identity,
)
from refractor.results.biopsy_tables import ACQUIRED
from refractor.results.cohort_tables import (
    ADVERSE_EVENTS,
    ASSESSED_RESPONSES,
    BIOPSIES,
    BLINDING,
    CANDIDATES,
    DECOY_RESULTS,
    MANIFEST,
    OTHER_CHOICES,
    OUTCOME_REVIEW,
    PATIENTS,
    QUESTIONS,
    RULE_COVERAGE,
    RULE_RESULTS,
    OpenQuestion,
)
from refractor.results.identity_tables import IDENTITY, IDENTITY_VERDICTS
from refractor.settings.config import SHIPPED_COHORT, load_cohort
from refractor.settings.endpoint_rules import EndpointSettings
from refractor.sheets import SampleRow, Trial, read_before_treatment, read_with_questions
from refractor.sheets.one_cohort import of_cohort
from refractor.sheets.reading import read_sheet
from refractor.step import run_step, step_parser
from refractor.vocabulary import PairVerdict

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger("join_cohort")

MISTAKEN = (PairVerdict.SAME_PERSON, PairVerdict.DIFFERENT_PEOPLE)
"""Verdicts on a pair of genomes that the sheet contradicts."""


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    made.add_argument("--samples", type=Path, required=True, help="the sample sheet")
    made.add_argument("--patients", type=Path, required=True, help="the patient sheet")
    made.add_argument("--assessments", type=Path, help="the sheet of tumour assessments")
    made.add_argument("--adverse-events", type=Path, help="the sheet of adverse events")
    made.add_argument(
        "--cohort", type=Path, default=SHIPPED_COHORT, help="cohort file, for the rules of response"
    )
    made.add_argument(
        "--data-cutoff",
        help="date (YYYY-MM-DD) by which the sheets were cut off; default: the last they know of",
    )
    made.add_argument("--only-cohort", help="of a platform trial, the cohort to join; default: every patient")
    made.add_argument("--samples-dir", type=Path, required=True, help="results/samples")
    made.add_argument("--identity", type=Path, help="identity_verdicts.tsv; by default that of OUTPUT_DIR")
    made.add_argument("--output-dir", type=Path, required=True, help="where the cohort's tables go")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Hash the labels, then read the outcomes and write the cohort's tables."""
    cohort = load_cohort(arguments.cohort)
    rows = samples_to_join(arguments)
    folders = {row.sample: arguments.samples_dir / row.sample for row in rows}
    identity = arguments.identity or arguments.output_dir / IDENTITY_VERDICTS.name
    if arguments.only_cohort is not None:
        write_identities_of(arguments, identity.parent, samples=folders.keys())
    results = with_identity(read_tumor_results(folders, cohort=cohort), IDENTITY_VERDICTS.read(identity))
    blinded = blinded_labels(results)
    used = {sample: folder for sample, folder in folders.items() if not results[sample].stopped}
    standing = {row.sample for row in rows if row.before_treatment}
    write(
        arguments,
        {
            BLINDING: BLINDING.frame(blinded),
            RULE_COVERAGE: RULE_COVERAGE.frame(
                rule_coverage({sample: folder for sample, folder in used.items() if sample in standing})
            ),
            RULE_RESULTS: rule_results(used),
            DECOY_RESULTS: decoy_results(used),
        },
    )
    if len(used) < len(folders):
        log.warning("%d of %d samples stopped by identity", len(folders) - len(used), len(folders))
    log.info("labels of %d samples fixed before outcomes: sha256 %s", len(results), blinded[0].sha256)
    names = ("samples", "patients", "assessments", "adverse_events")
    given = {name: getattr(arguments, name) for name in names}
    further = {"data_cutoff": arguments.data_cutoff, "endpoints": cohort.endpoints}
    known = {name: str(path) for name, path in given.items() if path is not None}
    sheets = of_cohort(read_with_questions(known | further), arguments.only_cohort)
    for warning in sheets.warnings:
        log.warning("%s", warning)
    missing = unaccounted(sheets.samples, results)
    if missing:
        raise InputError(missing)
    patients_file = shown_name(arguments.patients)
    questions = tumor_questions(
        sheets.samples,
        sheets.patients,
        folders,
        named=names_of_others(identity),
        samples_file=shown_name(arguments.samples),
        patients_file=patients_file,
    )
    tables = joined_tables(
        sheets,
        results,
        cohort.endpoints,
        data_cutoff=arguments.data_cutoff,
        folders=used,
        questions=questions,
        patients_file=patients_file,
    )
    write(arguments, tables)


def names_of_others(identity: Path) -> dict[str, str]:
    """The samples whose files name another row's, and what they name."""
    verdicts = IDENTITY_VERDICTS.read(identity)
    named = verdicts[verdicts["names_another"].notna()]
    return dict(zip(named["sample"], named["names_another"], strict=True))


def samples_to_join(arguments: argparse.Namespace) -> Sequence[SampleRow]:
    """The rows of the sample sheet, of one cohort where only that is joined; a SheetError with all of its problems.

    Of the patients only what was known before treatment is read, and only where their cohort is asked for.
    """
    if arguments.only_cohort is not None:
        known = read_before_treatment({"samples": arguments.samples, "patients": arguments.patients})
        return of_cohort(known, arguments.only_cohort).samples
    sheet = read_sheet(str(arguments.samples), "samples", SampleRow)
    if sheet.problems:
        raise SheetError(sheet.problems)
    return sheet.rows


def write_identities_of(arguments: argparse.Namespace, folder: Path, *, samples: Collection[str]) -> None:
    """Write what the comparison of the whole platform, in `folder`, says of the samples of one cohort.

    Left out is what another cohort's new tumour may change without being mistaken for one of this: the most alike genome
    of another patient, and pairs of two patients that are as the sheet says.
    """
    verdicts, pairs = (table.read(folder / table.name) for table in (IDENTITY_VERDICTS, IDENTITY))
    first, second = (pairs[name].str.split(":").str[0] for name in ("sample_a", "sample_b"))
    within = first.isin(samples) & second.isin(samples) & (pairs["expected"] == "same")
    mistaken = (first.isin(samples) | second.isin(samples)) & pairs["verdict"].isin(MISTAKEN)
    own = verdicts[verdicts["sample"].isin(samples)].assign(nearest=None, nearest_concordance=None)
    write(
        arguments,
        {IDENTITY_VERDICTS: own, IDENTITY: pairs[within | mistaken]},
    )


def joined_tables(
    sheets: Trial,
    results: dict[str, TumorResult],
    endpoints: EndpointSettings,
    *,
    data_cutoff: str | None,
    folders: Mapping[str, Path],
    questions: Iterable[OpenQuestion] = (),
    patients_file: str = "patients.tsv",
) -> dict[Table, pd.DataFrame]:
    """The cohort's tables that need outcomes."""
    adjudicated = adjudicate_outcomes(
        sheets.patients, sheets.assessments, rules=endpoints, data_cutoff=data_cutoff
    )
    chosen = choose_samples(
        sheets.patients, sheets.samples, {name for name, result in results.items() if result.failed}
    )
    patients = PATIENTS.frame(joined_patients(sheets.patients, chosen, results, adjudicated=adjudicated))
    review = OUTCOME_REVIEW.frame(
        [
            *disagreements(adjudicated.values(), endpoints),
            *responses_without_assessment(adjudicated.values()),
            *carriers_with_benefit(patients),
        ]
    )
    warn_of_outcomes(adjudicated, review)
    return {
        MANIFEST: MANIFEST.frame(manifest(sheets.samples, chosen, results)),
        PATIENTS: patients,
        BIOPSIES: BIOPSIES.frame(biopsies_of(sheets.samples, sheets.patients, chosen)),
        CANDIDATES: CANDIDATES.frame(
            candidates_of(sheets.patients, chosen, results, adjudicated=adjudicated)
        ),
        OUTCOME_REVIEW: review,
        QUESTIONS: QUESTIONS.frame(
            [
                *(question_of(problem) for problem in sheets.warnings),
                *biopsies_that_disagree(sheets.samples, chosen, results),
                *questions,
                *outcome_questions(
                    sheets.patients, adjudicated, file=patients_file, warnings=sheets.warnings
                ),
            ]
        ),
        OTHER_CHOICES: OTHER_CHOICES.frame(
            other_choices(
                sheets.patients, sheets.assessments, adjudicated, rules=endpoints, data_cutoff=data_cutoff
            )
        ),
        ACQUIRED: ACQUIRED.frame(changes_of(sheets.samples, chosen, folders)),
        ASSESSED_RESPONSES: ASSESSED_RESPONSES.frame(assessed_responses(adjudicated.values())),
        ADVERSE_EVENTS: ADVERSE_EVENTS.frame(
            adverse_event_terms(sheets.adverse_events, patients=len(sheets.patients))
        ),
    }


def warn_of_outcomes(adjudicated: Mapping[str, AdjudicatedOutcome], review: pd.DataFrame) -> None:
    """Say in the log whose outcome is to be looked at."""
    for one in unassessed(adjudicated.values()):  # whose, not what: a log is no place for outcomes
        log.warning(
            "%s: a response is stated, but no assessment after baseline; is one missing?", one.patient
        )
    differing = review[review["kind"] == "disagreement"]
    for row in differing.itertuples():
        log.warning(
            "%s: %s differs between sheet and assessments, see %s",
            row.patient, row.quantity, OUTCOME_REVIEW.name,
        )  # fmt: skip


def shown_name(file: Path) -> str:
    """A file as the tables name it: of one outside the trial only its own name."""
    return file.name if file.is_absolute() else str(file)


def question_of(problem: Problem) -> OpenQuestion:
    """What a check found odd, as a row; of the file only its name where it stands outside the trial."""
    return OpenQuestion(
        file=shown_name(Path(problem.file)),
        line=problem.line,
        patient=problem.patient,
        sheet_column=problem.column,
        value=problem.value,
        question="; ".join(part for part in (problem.what, problem.allowed) if part),
    )


def write(arguments: argparse.Namespace, tables: dict[Table, pd.DataFrame]) -> None:
    """Write tables into the output folder."""
    for table, frame in tables.items():
        table.write(frame, arguments.output_dir / table.name, synthetic=arguments.synthetic)
        log.info("%s: %d rows", table.name, len(frame))


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
