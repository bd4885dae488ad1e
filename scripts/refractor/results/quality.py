"""One measured quality of a sample's copy-number input, as a row of qc.tsv."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class QualityStatus(StrEnum):
    """How a measurement is judged."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Quality:
    """One measurement and its judgement; `note` says what the judgement rests on."""

    metric: str
    value: str | float | int | None
    status: QualityStatus
    unit: str = ""
    note: str = ""

    def row(self) -> dict[str, object]:
        """The measurement as a row of the QC table; numbers to six digits."""
        value = f"{self.value:.6g}" if isinstance(self.value, float) else self.value
        return {
            "metric": self.metric,
            "value": value,
            "unit": self.unit,
            "status": self.status,
            "note": self.note,
        }
