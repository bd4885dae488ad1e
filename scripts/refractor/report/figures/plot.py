"""Scales, ticks, frames and legends: the parts that every figure shares."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from refractor.report.figures.drawing import GRID, INK, SOFT, Drawing

LIMIT = "#8a5a00"
"""Colour of lines that a value is held against."""
TICK_SIZE = 11.0
LETTER = 5.9
"""Width of a letter of TICK_SIZE on average, pixels."""


def linear(value: float) -> float:
    """The value itself."""
    return value


def root(value: float) -> float:
    """The square root: copies of a loss and of an amplicon in one view."""
    return math.sqrt(max(value, 0.0))


@dataclass(frozen=True, slots=True)
class Scale:
    """Values laid over pixels: `low` stands at `start`, `high` at `end`; values beyond are held at the edge."""

    low: float
    high: float
    start: float
    end: float
    warp: Callable[[float], float] = linear

    def __call__(self, value: float) -> float:
        """The pixel of a value."""
        low, high = self.warp(self.low), self.warp(self.high)
        held = self.warp(min(max(value, self.low), self.high))
        return self.start + (self.end - self.start) * (held - low) / ((high - low) or 1.0)

    def shows(self, value: float) -> bool:
        """Whether a value lies on the scale."""
        return self.low <= value <= self.high

    def ticks(self, parts: int = 6) -> list[float]:
        """Round values from `low` on, about `parts` of them."""
        step = nice_step(self.high - self.low, parts)
        return [self.low + step * index for index in range(int((self.high - self.low) / step + 1e-9) + 1)]


def nice_step(span: float, parts: int = 6) -> float:
    """A round step (1, 2 or 5 times a power of ten) that cuts `span` into about `parts`."""
    if span <= 0:
        return 1.0
    raw = span / parts
    power = 10.0 ** len(str(int(raw))[1:]) if raw >= 1 else 1.0
    return float(next((power * factor for factor in (1, 2, 5, 10) if power * factor >= raw), power * 10))


def free_row(ends: list[float], start: float, end: float) -> int:
    """The first row whose last box ends before `start`, a new one where none does; it ends at `end` from here on."""
    row = next((number for number, last in enumerate(ends) if last < start), len(ends))
    ends[row : row + 1] = [end]
    return row


def share_scale(start: float, end: float) -> Scale:
    """A scale of shares, 0 to 1."""
    return Scale(0.0, 1.0, start, end)


SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def per_cent(share: float) -> str:
    """A share as a tick says it."""
    return f"{share:.0%}"


def number(value: float) -> str:
    """A number as a tick says it."""
    return f"{value:g}"


@dataclass(frozen=True, slots=True)
class Plot:
    """A rectangle of a drawing with a scale each way; `y` runs from the bottom pixel up."""

    drawing: Drawing
    x: Scale
    y: Scale

    @property
    def left(self) -> float:
        """The left edge, pixels."""
        return min(self.x.start, self.x.end)

    @property
    def right(self) -> float:
        """The right edge, pixels."""
        return max(self.x.start, self.x.end)

    @property
    def top(self) -> float:
        """The upper edge, pixels."""
        return min(self.y.start, self.y.end)

    @property
    def bottom(self) -> float:
        """The lower edge, pixels."""
        return max(self.y.start, self.y.end)

    def x_axis(
        self, ticks: Iterable[float], title: str = "", *, words: Callable[[float], str] = number,
        grid: bool = True, strong: float | None = None,
    ) -> None:  # fmt: skip
        """Ticks below, with lines through the plot where `grid`; `strong` is a tick drawn dark."""
        for tick in ticks:
            if grid:
                self.drawing.line(
                    self.x(tick), self.top, self.x(tick), self.bottom, stroke=INK if tick == strong else GRID
                )
            self.drawing.text(
                self.x(tick), self.bottom + 16, words(tick), anchor="middle", size=TICK_SIZE, fill=SOFT
            )
        if title:
            self.drawing.text(
                (self.left + self.right) / 2, self.bottom + 34, title, anchor="middle", size=TICK_SIZE, fill=SOFT
            )  # fmt: skip

    def y_axis(
        self, ticks: Iterable[float], title: str = "", *, words: Callable[[float], str] = number,
        strong: float | None = None,
    ) -> None:  # fmt: skip
        """Ticks at the left with lines through the plot, those that would touch the one before left out."""
        last: float | None = None
        for tick in ticks:
            y = self.y(tick)
            if not self.y.shows(tick) or (last is not None and abs(y - last) < TICK_SIZE + 1):
                continue
            last = y
            self.drawing.line(self.left, y, self.right, y, stroke=INK if tick == strong else GRID)
            self.drawing.text(self.left - 7, y + 4, words(tick), anchor="end", size=TICK_SIZE, fill=SOFT)
        if title:
            middle = (self.top + self.bottom) / 2
            at = self.left - 46
            self.drawing.text(at, middle, title, anchor="middle", size=TICK_SIZE, fill=SOFT, turn=-90)

    def limit(self, value: float, words: str, *, colour: str = LIMIT, beside: bool = False) -> None:
        """A dashed line at a value, named above its right end or `beside` it; nothing where it lies beyond the scale."""
        if self.y.shows(value):
            y = self.y(value)
            self.drawing.line(self.left, y, self.right, y, stroke=colour, dash="6 4")
            x, up, anchor = (self.right + 6, -4.0, "start") if beside else (self.right - 2, 4.0, "end")
            self.drawing.text(x, y - up, words, anchor=anchor, size=10.5, fill=colour, halo=True)

    def segments(self, parts: Iterable[tuple[float, float, float]], *, colour: str, width: float = 3) -> None:
        """Level lines (first, last, value); one narrower than two pixels is drawn two wide."""
        for first, last, value in parts:
            start = self.x(first)
            end = max(self.x(last), start + 2)
            self.drawing.line(start, self.y(value), end, self.y(value), stroke=colour, width=width)

    def whisker(self, x: float, low: float, high: float, *, colour: str = INK, cap: float = 4) -> None:
        """A range at a pixel, with caps; an arrow in place of a cap where it goes on beyond the scale."""
        top, bottom = self.y(high), self.y(low)
        beyond = high > self.y.high
        cap_above = [] if beyond else [(x - cap, top), (x + cap, top)]
        points = [(x - cap, bottom), (x + cap, bottom), (x, bottom), (x, top), *cap_above]
        self.drawing.path(points, stroke=colour, width=1.6)
        if beyond:
            self.drawing.path([(x - cap, top + 7), (x, top), (x + cap, top + 7)], fill=colour)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a legend: words, and what draws its sign with the left edge and the baseline given."""

    words: str
    sign: Callable[[Drawing, float, float], None]


def swatch(colour: str, *, stroke: str = "none") -> Callable[[Drawing, float, float], None]:
    """A sign: a filled rectangle."""
    return lambda drawing, x, y: drawing.rect(x, y - 10, 20, 12, fill=colour, stroke=stroke)


def stroke(colour: str, *, dash: str = "") -> Callable[[Drawing, float, float], None]:
    """A sign: a line."""
    return lambda drawing, x, y: drawing.line(x, y - 4, x + 20, y - 4, stroke=colour, width=3, dash=dash)


def hatched() -> Callable[[Drawing, float, float], None]:
    """A sign: hatching."""
    return lambda drawing, x, y: drawing.hatch(x, y - 11, 20, 13)


def legend(drawing: Drawing, x: float, y: float, entries: Sequence[Entry]) -> None:
    """Signs with their words in a row, broken where the drawing ends; `y` is the baseline of the first row."""
    left = x
    for entry in entries:
        room = 26 + LETTER * len(entry.words)
        if x > left and x + room > drawing.width:
            x, y = left, y + 18
        entry.sign(drawing, x, y)
        drawing.text(x + 26, y, entry.words, size=TICK_SIZE)
        x += room + 18
