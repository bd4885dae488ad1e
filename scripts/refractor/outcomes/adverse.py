"""Adverse events by CTCAE grade: each patient counts once a term, with the worst grade."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from refractor.results.cohort_tables import ADVERSE_EVENTS
from refractor.sheets import AdverseEventRow

ANY_TERM = "any"
SEVERE = 3
"""Grade from which an adverse event is severe (CTCAE)."""


def adverse_events_table(events: Sequence[AdverseEventRow], *, patients: int) -> pd.DataFrame:
    """ADVERSE_EVENTS: all terms together, then each, the most frequent first. `patients` were treated."""
    terms: dict[str, list[AdverseEventRow]] = {}
    spelled: dict[str, str] = {}
    for event in events:
        key = event.term.strip().casefold()
        spelled.setdefault(key, event.term.strip())
        terms.setdefault(key, []).append(event)
    rows = [_row(spelled[key], rows, patients) for key, rows in terms.items()]
    rows.sort(key=lambda row: (-int(str(row["any_grade"])), str(row["term"]).casefold()))
    return ADVERSE_EVENTS.from_rows([_row(ANY_TERM, events, patients), *rows] if events else [])


def _row(term: str, events: Sequence[AdverseEventRow], patients: int) -> dict[str, object]:
    worst: dict[str, int] = {}
    for event in events:
        worst[event.patient] = max(event.grade, worst.get(event.patient, 0))
    related = {event.patient for event in events if event.related == "yes" and event.grade >= SEVERE}
    serious = {event.patient for event in events if event.serious == "yes"}
    return {
        "term": term,
        "patients": patients,
        **{f"grade_{grade}": sum(value == grade for value in worst.values()) for grade in range(1, 6)},
        "any_grade": len(worst),
        "grade_3_or_more": sum(value >= SEVERE for value in worst.values()),
        "related_grade_3_or_more": len(related),
        "serious": len(serious),
        "share": len(worst) / patients if patients else None,
    }
