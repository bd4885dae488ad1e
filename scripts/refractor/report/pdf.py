"""Sheets for the meeting as PDF, set by Typst: one wheel that needs no browser, no fonts and no network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from refractor import __version__
from refractor.errors import InputError, Problem
from refractor.report.figures.drawing import Drawing
from refractor.report.pages.meeting_sheet import MeetingSheet
from refractor.report.template_environment import TEMPLATES

SHEET = TEMPLATES / "sheet.typ"


def sheet_pdf(sheet: MeetingSheet, *, synthetic: bool) -> bytes:
    """One patient's sheet as a PDF.

    Raises:
        InputError: the package typst is not installed.
    """
    inputs = {"sheet": json.dumps(_content(sheet, synthetic=synthetic))}
    return bytes(_typst().compile(SHEET, sys_inputs=inputs))


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
