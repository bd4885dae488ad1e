"""Time axes in months with days behind them."""

from __future__ import annotations

from refractor.report.figures.plot import Scale
from refractor.report.plain_words import MONTH_DAYS

STEPS_MONTHS = (1, 2, 3, 6, 12, 24, 60)


def month_ticks(scale: Scale, parts: int = 9) -> list[float]:
    """Days of whole months on a scale of days, at a step in use among clinicians, at most about `parts` of them."""
    months = scale.high / MONTH_DAYS
    step = next((step for step in STEPS_MONTHS if months / step <= parts), STEPS_MONTHS[-1])
    return [index * step * MONTH_DAYS for index in range(int(months / step + 1e-9) + 1)]


def in_months(days: float) -> str:
    """The month that a tick stands for."""
    return f"{days / MONTH_DAYS:.0f}"
