"""Sheets for the meeting as PDF, set by Typst: one wheel that needs no browser, no fonts and no network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from refractor import __version__
from refractor.errors import InputError, Problem
from refractor.report.counted import words_of
from refractor.report.figures.drawing import Drawing
from refractor.report.figures.page_figures import Shown, draw_figures
from refractor.report.pages.cohort_page import headline
from refractor.report.pages.first_screen import answer, answer_words, trial_facts
from refractor.report.pages.meeting_sheet import MeetingSheet
from refractor.report.template_environment import TEMPLATES
from refractor.vocabulary import YesNo

SHEET, SLIDE = TEMPLATES / "sheet.typ", TEMPLATES / "slide.typ"
ON_THE_SLIDE = ("glance", "pfs", "explanation")
"""Figures of the slide, by their names in the registry."""


def sheet_pdf(sheet: MeetingSheet, *, synthetic: bool) -> bytes:
    """One patient's sheet as a PDF.

    Raises:
        InputError: the package typst is not installed.
    """
    inputs = {"sheet": json.dumps(_content(sheet, synthetic=synthetic))}
    return bytes(_typst().compile(SHEET, sys_inputs=inputs))


def slide_pdf(shown: Shown, provenance: Mapping[str, Any], *, synthetic: bool) -> bytes:
    """The cohort on one slide as a PDF: which trial, the answer, every patient, progression-free survival, every cut.

    Raises:
        InputError: the package typst is not installed.
    """
    inputs = {"slide": json.dumps(slide_content(shown, provenance, synthetic=synthetic))}
    return bytes(_typst().compile(SLIDE, sys_inputs=inputs))


def slide_content(shown: Shown, provenance: Mapping[str, Any], *, synthetic: bool) -> dict[str, Any]:
    """What the slide says as plain values, its figures as SVG."""
    found = answer(shown.cards, shown.results, YesNo.NO), answer(shown.cards, shown.results, YesNo.YES)
    figures = draw_figures(shown)
    return {
        "trial": shown.cohort.name,
        "facts": [
            (name, words_of(value)) for name, value in trial_facts(shown.cards, shown.cohort, provenance)
        ],
        "answer": answer_words(*found, words_of(headline(shown.cards, shown.results).benefit)),
        "synthetic": synthetic,
        "version": __version__,
        **{name: _svg(figures[name].drawing, synthetic=synthetic) for name in ON_THE_SLIDE},
    }


def write_sheets(sheets: Sequence[MeetingSheet], folder: Path, *, synthetic: bool) -> list[Path]:
    """Write each sheet as {patient}.pdf into `folder`; the paths in order."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for sheet in sheets:
        path = folder / f"{sheet.patient}.pdf"
        path.write_bytes(sheet_pdf(sheet, synthetic=synthetic))
        paths.append(path)
    return paths


def _content(sheet: MeetingSheet, *, synthetic: bool) -> dict[str, Any]:
    """The sheet as plain values, its figures as SVG."""
    svgs = {name: _svg(getattr(sheet, name), synthetic=synthetic) for name in ("course", "chromosome")}
    words = asdict(replace(sheet, course=None, chromosome=None))
    return words | svgs | {"synthetic": synthetic, "version": __version__}


def _svg(drawing: Drawing | None, *, synthetic: bool) -> str | None:
    return None if drawing is None else str(drawing.markup(synthetic=synthetic))


def _typst() -> ModuleType:
    try:
        return import_module("typst")  # 80 MB that only this needs
    except ImportError as error:
        raise InputError(
            Problem(
                "--pdf",
                "needs the package typst",
                allowed="pip install 'refractor[pdf]', or pip install typst",
            )
        ) from error
