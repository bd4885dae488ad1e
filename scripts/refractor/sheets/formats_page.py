"""The one table of docs/formats.md, and the names of callers in the sheet's schema, made from the readers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from refractor.copynumber.importers.importer import Importer, Layout
from refractor.copynumber.importers.known_formats import IMPORTERS
from refractor.variants.files.formats import (
    JUNCTION_FORMATS,
    REFUSED,
    VARIANT_FORMATS,
    VariantFormat,
    told_by,
)

_BLOCK = re.compile(r"(<!-- generated: formats -->\n).*?(<!-- end -->)", re.DOTALL)
_HEADER = (
    "column",
    "format",
    "program, version",
    "give",
    "told by, and columns used",
    "values",
    "refused, and why",
)
_MOST_LAYOUTS = 6
_SCHEMA_ENUM = re.compile(r"(\n  copy_number_caller:\n(?:    .*\n)*?    enum: )\[[^\]]*\]")
Row = tuple[str, ...]


def with_callers(schema_text: str, importers: Mapping[str, Importer] = IMPORTERS) -> str:
    """The text of samples.schema.yaml with the importers' names as the values of copy_number_caller."""
    return _SCHEMA_ENUM.sub(lambda match: f"{match[1]}[{', '.join(importers)}]", schema_text)


def with_formats(page: str, importers: Mapping[str, Importer] = IMPORTERS) -> str:
    """`page` with its generated table made anew."""
    rows = [_HEADER, tuple("---" for _ in _HEADER)]
    rows += [_variants("small_variants", entry) for entry in VARIANT_FORMATS]
    rows.append(("small_variants", "all of these", "", "", "", "", "; ".join(what for _, what in REFUSED)))
    rows += [_variants("structural_variants", entry) for entry in JUNCTION_FORMATS]
    rows += [_copies(name, importer) for name, importer in importers.items()]
    table = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    return _BLOCK.sub(lambda match: f"{match[1]}\n{table}\n\n{match[2]}", page)


def _variants(column: str, entry: VariantFormat) -> Row:
    what = "VCF" if column == "structural_variants" or entry.name != "maf" else "MAF, table"
    told = told_by(entry)
    used = f"{told}. Used: {entry.used}" if told else f"Used: {entry.used}"
    return (column, f"`{entry.name}`", entry.program, what, used, "reads, fraction", entry.refused)


def _copies(name: str, importer: Importer) -> Row:
    give = importer.expects + (f"; beside it {importer.beside}" if importer.beside else "")
    refused = list(_refusals(importer))
    if importer.notes:
        refused.append(f"({importer.notes})")
    return (
        "copy_number",
        f"`{name}`",
        importer.program,
        give,
        _layouts(importer),
        importer.copies,
        "; ".join(refused),
    )


def _layouts(importer: Importer) -> str:
    """The columns of each layout that is read; of many what they share."""
    read = [layout for layout in importer.layouts if layout.read is not None]
    if len(read) > _MOST_LAYOUTS:
        return importer.expects
    return "; or ".join(dict.fromkeys(_columns(layout) for layout in read))


def _refusals(importer: Importer) -> Iterator[str]:
    for layout in importer.layouts:
        if layout.read is None:
            yield f"{_columns(layout)}: {layout.refusal}"


def _columns(layout: Layout) -> str:
    has = " ".join(sorted(layout.has))
    return f"{has} (not {' '.join(sorted(layout.lacks))})" if layout.lacks else has
