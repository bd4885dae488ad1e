"""What is to be looked at in the patients' outcomes: sheets that disagree, benefit that hangs on a window, lone words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from refractor.outcomes.adjudication import AdjudicatedOutcome
from refractor.outcomes.recist import STANDING
from refractor.results.cohort_tables import AssessedResponse, OutcomeReview, ReviewKind
from refractor.settings.endpoint_rules import EndpointSettings
from refractor.vocabulary import CANDIDATES as CARRIER_LABELS
from refractor.vocabulary import YesNo, yes_no

if TYPE_CHECKING:
    import pandas as pd

_COMPARED = (
    "evaluable", "best_response", "response_confirmed", "clinical_benefit", "pfs_days", "pfs_event",
    "duration_of_response_days", "duration_of_response_event",
)  # fmt: skip


def disagreements(
    adjudicated: Iterable[AdjudicatedOutcome], rules: EndpointSettings
) -> Iterator[OutcomeReview]:
    """Both values where the sources disagree, and benefit that hangs on the window."""
    for one in adjudicated:
        yield from _of_assessments(one)
        yield from _of_sources(one, rules)
        if one.flips and one.derived is not None:
            yield replace(
                _review(one, "window", "clinical_benefit", one.stated.clinical_benefit),
                derived=_word(one.lenient_benefit),
                note=f"{_word(one.derived.clinical_benefit) or 'not decided'} under the strict window, "
                f"{_word(one.lenient_benefit) or 'not decided'} with {rules.sd_window_sensitivity_days} days less",
            )


def unassessed(adjudicated: Iterable[AdjudicatedOutcome]) -> list[AdjudicatedOutcome]:
    """Patients whose stated response rests on no assessment after baseline, although other patients have theirs."""
    all_of_them = list(adjudicated)
    if not any(one.assessed for one in all_of_them):
        return []
    return [one for one in all_of_them if not one.assessed and one.stated.best_response in STANDING]


def responses_without_assessment(adjudicated: Iterable[AdjudicatedOutcome]) -> Iterator[OutcomeReview]:
    """The same patients as things to look at."""
    note = "stated, but no assessment after baseline is listed, as it is for other patients"
    for one in unassessed(adjudicated):
        yield replace(_review(one, "assessment", "best_response", one.stated.best_response), note=note)


def carriers_with_benefit(patients: pd.DataFrame) -> Iterator[OutcomeReview]:
    """Patients of the table PATIENTS who carry a mechanism and had benefit."""
    carriers = patients["label"].isin(CARRIER_LABELS)
    for row in patients[carriers & (patients["clinical_benefit"] == YesNo.YES).fillna(False)].itertuples():
        yield OutcomeReview(
            patient=str(row.patient),
            kind="carrier_despite_benefit",
            quantity="label",
            used=str(row.label),
            note=f"benefit although {row.mechanisms} was found",
        )


def assessed_responses(adjudicated: Iterable[AdjudicatedOutcome]) -> Iterator[AssessedResponse]:
    """Every assessment with its response by RECIST 1.1."""
    for one in adjudicated:
        for assessed in one.assessed:
            yield AssessedResponse(
                patient=one.patient,
                day=assessed.day,
                target_sum_mm=assessed.target_sum_mm,
                change_from_baseline=assessed.change_from_baseline,
                change_from_nadir=assessed.change_from_nadir,
                response=assessed.response,
                stated=assessed.stated,
                counted=assessed.counted,
                reason=assessed.reason,
            )


def _of_assessments(one: AdjudicatedOutcome) -> Iterator[OutcomeReview]:
    for assessed in one.assessed:
        if assessed.disagrees:
            yield replace(
                _review(one, "assessment", f"response on day {assessed.day}", assessed.stated),
                derived=_word(assessed.derived),
                used=_word(assessed.response),
                note=assessed.reason,
            )
    for row in one.at_baseline:
        yield replace(
            _review(one, "assessment", f"response on day {row.day}", row.response or "PD"),
            note="at baseline, before or on the day that treatment started; does not count",
        )


def _of_sources(one: AdjudicatedOutcome, rules: EndpointSettings) -> Iterator[OutcomeReview]:
    if one.derived is None:
        return
    for name in _COMPARED:
        stated, derived = getattr(one.stated, name), getattr(one.derived, name)
        if stated is None or derived is None or stated == derived:
            continue
        if name.endswith("_days") and abs(stated - derived) <= rules.agreement_days:
            continue
        note = one.derived.benefit_reason if name == "clinical_benefit" else None
        yield replace(_review(one, "disagreement", name, stated), derived=_word(derived), note=note)


def _review(one: AdjudicatedOutcome, kind: ReviewKind, quantity: str, stated: object) -> OutcomeReview:
    used = getattr(one.outcome, quantity, None)
    return OutcomeReview(
        patient=one.patient, kind=kind, quantity=quantity, stated=_word(stated), used=_word(used)
    )


def _word(value: object) -> str | None:
    """A value as the tables write it."""
    if value is None or isinstance(value, bool):
        return None if value is None else yes_no(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
