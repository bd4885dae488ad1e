"""A figure as SVG text, written here: no script, no font and no picture from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape

from markupsafe import Markup

INK, SOFT, LINE, GRID = "#1c2530", "#55606c", "#c9d1d9", "#e3e8ed"
BENEFIT, NO_BENEFIT, UNKNOWN = "#0072b2", "#d55e00", "#6b7280"
"""Okabe and Ito's palette, told apart by the colour-blind; doi:10.1038/nmeth.1618."""

_WHOLE = re.compile(r'="(-?\d+)\.0"')
"""A whole number in an attribute: pages of hundreds of patients are a tenth shorter without its `.0`."""

MARK = 16
"""Room above a figure for the mark of synthetic data, pixels."""

FONT = "system-ui,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"


def benefit_colour(benefit: str | None) -> str:
    """Colour of patients with (`yes`), without (`no`) or of unknown (None) clinical benefit."""
    return {"yes": BENEFIT, "no": NO_BENEFIT}.get(benefit or "", UNKNOWN)


@dataclass(slots=True)
class Drawing:
    """A figure being drawn, in pixels from the upper left. `name` is unique on the page."""

    name: str
    width: float
    height: float
    title: str
    description: str
    parts: list[str] = field(default_factory=list)

    def text(
        self, x: float, y: float, words: str, *, size: float = 12, anchor: str = "start",
        fill: str = INK, bold: bool = False, turn: float = 0, halo: bool = False,
    ) -> None:  # fmt: skip
        """Words with their baseline at (x, y), turned about it by `turn` degrees; `halo` parts them from lines."""
        turned = f' transform="rotate({turn:g} {x:.1f} {y:.1f})"' if turn else ""
        weight = ' font-weight="600"' if bold else ""
        around = ' stroke="#fff" stroke-width="3" paint-order="stroke"' if halo else ""
        from_where = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{from_where} fill="{fill}"{weight}{around}{turned}>'
            f"{escape(words)}</text>"
        )

    def rect(
        self, x: float, y: float, width: float, height: float, *,
        fill: str = "none", stroke: str = "none", tip: str = "",
    ) -> None:  # fmt: skip
        """A rectangle; `tip` is shown to a pointer that rests on it."""
        inner = f"<title>{escape(tip)}</title>" if tip else ""
        around = "" if stroke == "none" else f' stroke="{stroke}"'
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" fill="{fill}"'
            f"{around}>{inner}</rect>"
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, stroke: str = INK, width: float = 1, dash: str = "",
    ) -> None:  # fmt: skip
        """A straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" stroke-width="{width:g}"{dashed}/>'
        )

    def path(
        self, points: Sequence[tuple[float, float]], *,
        stroke: str = "none", fill: str = "none", width: float = 2, opacity: float = 1,
    ) -> None:  # fmt: skip
        """A line through points, or the area that they bound."""
        seen = "" if opacity == 1 else f' opacity="{opacity:g}"'
        steps = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        self.parts.append(
            f'<path d="M{steps}" stroke="{stroke}" fill="{fill}" stroke-width="{width:g}"{seen}/>'
        )

    def cloud(
        self, points: Iterable[tuple[float, float]], *, colour: str, size: float, opacity: float = 1
    ) -> None:
        """Many dots as one path of zero-length strokes with round ends; nothing without points."""
        marks = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in points)
        if marks:
            self.parts.append(
                f'<path d="{marks}" stroke="{colour}" stroke-width="{size:g}" stroke-opacity="{opacity:g}" '
                'stroke-linecap="round" fill="none"/>'
            )

    def dot(self, x: float, y: float, radius: float, *, fill: str, tip: str = "") -> None:
        """A filled circle."""
        inner = f"<title>{escape(tip)}</title>" if tip else ""
        self.parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}" stroke="#fff">{inner}</circle>'
        )

    @contextmanager
    def patient(self, patient: str) -> Iterator[None]:
        """What is drawn inside belongs to this patient, who can be marked in every view."""
        self.parts.append(f'<g data-patient="{escape(patient)}">')
        yield
        self.parts.append("</g>")

    def ring(self, x: float, y: float, radius: float, *, stroke: str, tip: str = "") -> None:
        """A hollow circle."""
        inner = f"<title>{escape(tip)}</title>" if tip else ""
        self.parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="#fff" stroke="{stroke}" stroke-width="2">{inner}</circle>'
        )

    def diamond(self, x: float, y: float, radius: float, *, fill: str) -> None:
        """A filled diamond: a second shape, so that colour is never the only difference."""
        self.path(
            [(x - radius, y), (x, y - radius), (x + radius, y), (x, y + radius)], fill=fill, stroke="#fff"
        )

    def hatch(self, x: float, y: float, width: float, height: float, *, tip: str = "") -> None:
        """A hatched rectangle: not assessable. Lines and no pattern, so that every printer and viewer shows them."""
        self.rect(x, y, width, height, fill="#fff", stroke="#9aa3ad", tip=tip)
        strokes = []
        for offset in range(5, int(width + height), 6):
            strokes.append(
                f"M{x + max(0, offset - height):.1f} {y + min(offset, height):.1f}"
                f"L{x + min(offset, width):.1f} {y + max(0, offset - width):.1f}"
            )
        self.parts.append(
            f'<path d="{"".join(strokes)}" stroke="#9aa3ad" stroke-width="1.2" pointer-events="none"/>'
        )

    def markup(self, *, synthetic: bool) -> Markup:
        """The finished figure with its text alternative, marked where the data are synthetic."""
        if synthetic:
            self.text(self.width - 4, -4, "SYNTHETIC DATA", size=10, anchor="end", fill="#8a5a00", bold=True)
        name = escape(self.name)
        parts = _WHOLE.sub(r'="\1"', "".join(self.parts))
        head = MARK if synthetic else 0
        return Markup(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {-head} {self.width:.0f} {self.height + head:.0f}" role="img" '
            f'aria-labelledby="{name}-title {name}-desc" font-family="{FONT}" '
            f'style="--whole:{self.width:.0f}px;min-width:{min(self.width * 0.8, 900):.0f}px;max-width:{self.width:.0f}px">'
            f'<title id="{name}-title">{escape(self.title)}</title>'
            f'<desc id="{name}-desc">{escape(self.description)}</desc>{parts}</svg>'
        )
