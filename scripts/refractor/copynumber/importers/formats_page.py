"""The manual of the foreign formats and the list of their names in the sheet's schema, made from the importers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from refractor.copynumber.importers.importer import Importer, Layout
from refractor.copynumber.importers.known_formats import IMPORTERS

_PAGE_BLOCK = re.compile(r"(<!-- generated: copy_number_formats -->\n).*?(<!-- end -->)", re.DOTALL)
_SCHEMA_ENUM = re.compile(r"(\n  copy_number_caller:\n(?:    .*\n)*?    enum: )\[[^\]]*\]")
_HEADER = ("copy_number_caller", "program", "give", "found beside it", "copies", "columns read", "notes")


def with_formats(page: str, importers: Mapping[str, Importer] = IMPORTERS) -> str:
    """`page` with its generated tables of formats and of refused files made anew."""
    tables = f"{_formats_table(importers)}\n\n### Refused, and what to give instead\n\n{_refusals_table(importers)}"
    return _PAGE_BLOCK.sub(lambda match: f"{match[1]}\n{tables}\n\n{match[2]}", page)


def with_callers(schema_text: str, importers: Mapping[str, Importer] = IMPORTERS) -> str:
    """The text of samples.schema.yaml with the importers' names as the values of copy_number_caller."""
    return _SCHEMA_ENUM.sub(lambda match: f"{match[1]}[{', '.join(importers)}]", schema_text)


def _formats_table(importers: Mapping[str, Importer]) -> str:
    rows = [
        (
            f"`{name}`",
            importer.program,
            importer.expects,
            importer.beside,
            importer.copies,
            "; or ".join(_columns(layout) for layout in importer.layouts if layout.read is not None),
            importer.notes,
        )
        for name, importer in importers.items()
    ]
    return _markdown(_HEADER, rows)


def _refusals_table(importers: Mapping[str, Importer]) -> str:
    rows = [
        (f"`{name}`", _columns(layout), layout.refusal)
        for name, importer in importers.items()
        for layout in importer.layouts
        if layout.read is None
    ]
    return _markdown(("of", "told by the columns", "why"), rows)


def _columns(layout: Layout) -> str:
    has = " ".join(sorted(layout.has))
    return f"{has} (and not {' '.join(sorted(layout.lacks))})" if layout.lacks else has


def _markdown(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
