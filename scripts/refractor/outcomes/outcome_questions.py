"""Questions that only the decided outcomes raise: who counts in no share, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from refractor.errors import Problem
from refractor.outcomes.adjudication import AdjudicatedOutcome
from refractor.results.cohort_tables import OpenQuestion
from refractor.sheets import PatientRow
from refractor.vocabulary import Response


def outcome_questions(
    patients: Sequence[PatientRow],
    adjudicated: Mapping[str, AdjudicatedOutcome],
    *,
    file: str,
    warnings: Iterable[Problem] = (),
) -> Iterator[OpenQuestion]:
    """One for each evaluable patient of whom nothing says whether there was benefit, for each with benefit of whom nothing
    says whether there was a response, and for each left out as not evaluable in spite of an assessed response.

    `file` is the patients' sheet; what `warnings` of the sheets ask already is not asked again.
    """
    asked = {(warning.patient, warning.column) for warning in warnings}
    for patient in patients:
        one = adjudicated[patient.patient]
        for column, value, question in _questions(one):
            if (patient.patient, column) in asked:
                continue
            yield OpenQuestion(
                file=file,
                line=patient.line,
                patient=patient.patient,
                sheet_column=column,
                value=value,
                question=question,
            )


def _questions(one: AdjudicatedOutcome) -> Iterator[tuple[str, str | None, str]]:
    outcome = one.outcome
    best = None if outcome.best_response is None else str(outcome.best_response)
    if one.untold:
        what = f"best response {best}" if best else "no response"
        days = "" if outcome.pfs_days is None else f", {outcome.pfs_days:g} days without progression"
        yield (
            "clinical_benefit",
            None,
            f"nothing says whether there was benefit ({what}{days}), so that the patient is in no share; fill "
            "clinical_benefit, or the assessments",
        )
    if outcome.evaluable and outcome.clinical_benefit and outcome.best_response is None:
        yield (
            "best_response",
            None,
            "benefit without a best response: whether it was an objective response is not known; fill it",
        )
    if outcome.evaluable is False and outcome.best_response not in (None, Response.NE):
        yield (
            "evaluable",
            "no",
            f"not evaluable, but the best response is {best}: the patient is in no share; does the protocol leave out "
            "who was assessed?",
        )
