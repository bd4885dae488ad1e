"""Numbers that count patients, with the patients behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from refractor.report.patient_results import Row

Who = Mapping[str, Sequence[str]]
"""Patients by column of one row."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A number in words, and the patients behind it."""

    words: str
    patients: tuple[str, ...] = ()


Sentence = tuple[str | Counted, ...]
"""A sentence in whose numbers the patients behind them are kept."""


def words_of(sentence: Sentence) -> str:
    """A sentence as text alone."""
    return "".join(part if isinstance(part, str) else part.words for part in sentence)


def of(row: Row, who: Who, column: str) -> Counted:
    """The number in a column of a row, with the patients behind it."""
    return Counted(str(row[column]), tuple(who.get(column, ())))


def count(patients: Iterable[str], words: str = "{n}") -> Counted:
    """The number of `patients`, as `words` with `{n}` in them."""
    names = tuple(patients)
    return Counted(words.format(n=len(names)), names)
