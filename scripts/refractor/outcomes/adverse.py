"""Adverse events by CTCAE grade: each patient counts once a term, with the worst grade."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from refractor.results.cohort_tables import AdverseEventTerm
from refractor.sheets import AdverseEventRow

ANY_TERM = "any"
SEVERE = 3
"""Grade from which an adverse event is severe (CTCAE)."""


def adverse_event_terms(events: Sequence[AdverseEventRow], *, patients: int) -> list[AdverseEventTerm]:
    """All terms together, then each, the most frequent first. `patients` were treated."""
    terms = [_counted(term, behind, patients) for term, behind in patients_by_term(events).items()]
    return sorted(terms, key=lambda one: (one.term != ANY_TERM, -one.any_grade, one.term.casefold()))


def patients_by_term(events: Sequence[AdverseEventRow]) -> dict[str, dict[str, list[str]]]:
    """Who stands behind each count of ADVERSE_EVENTS: patients by term, as first spelled, and column.

    ANY_TERM has those of all terms together; without events nothing is there.
    """
    terms: dict[str, list[AdverseEventRow]] = {}
    spelled: dict[str, str] = {}
    for event in events:
        key = event.term.strip().casefold()
        spelled.setdefault(key, event.term.strip())
        terms.setdefault(key, []).append(event)
    if not events:
        return {}
    return {ANY_TERM: _behind(events)} | {spelled[key]: _behind(rows) for key, rows in terms.items()}


def _behind(events: Sequence[AdverseEventRow]) -> dict[str, list[str]]:
    """Patients by column: by the worst grade of any event and of the related ones, and of which nobody says the relation."""
    related = [event for event in events if event.related == "yes"]
    return {
        **_by_grade(events),
        **{f"related_{column}": who for column, who in _by_grade(related).items()},
        "relation_unknown": _patients(event for event in events if event.related is None),
        "serious": _patients(event for event in events if event.serious == "yes"),
    }


def _by_grade(events: Sequence[AdverseEventRow]) -> dict[str, list[str]]:
    worst: dict[str, int] = {}
    for event in events:
        worst[event.patient] = max(event.grade, worst.get(event.patient, 0))
    by_grade = {
        f"grade_{grade}": [patient for patient, value in worst.items() if value == grade]
        for grade in range(1, 6)
    }
    severe = [patient for patient, value in worst.items() if value >= SEVERE]
    return {**by_grade, "any_grade": list(worst), "grade_3_or_more": severe}


def _patients(events: Iterable[AdverseEventRow]) -> list[str]:
    return sorted({event.patient for event in events})


def _counted(term: str, behind: Mapping[str, Sequence[str]], patients: int) -> AdverseEventTerm:
    counted = {column: len(who) for column, who in behind.items()}
    share = counted["any_grade"] / patients if patients else None
    return AdverseEventTerm(term=term, patients=patients, share=share, **counted)
