"""docs/output.md, made from the declarations of the tables and of the VCF, so that it cannot drift from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from refractor.files.tables import SYNTHETIC_COLUMN, Column, Table
from refractor.results.all_tables import COHORT_TABLES, PLATFORM_TABLES, TUMOR_TABLES
from refractor.results.analyses import ANALYSES, ANALYSES_FILES
from refractor.variants.panel_vcf import FORMAT_FIELDS, INFO_FIELDS

_HEAD = f"""# Output

Every file below `results/` that holds a table, and every column. Made by `python scripts/write_data_dictionary.py` from
the declarations that also check each table before it is written; a test compares the two.

UTF-8, tab-separated, one header line. An empty cell is missing, never zero and never normal. Coordinates are 0-based,
half-open; proportions 0-1; copies absolute and not rounded; numbers have six digits. Several values in a cell are
separated by commas. Text that a spreadsheet would run as a formula has an apostrophe before it. In a trial marked
`synthetic` every table ends with the column `{SYNTHETIC_COLUMN}`, always `yes`. A table is written even when it has no rows.

"""


def output_manual() -> str:
    """The text of docs/output.md."""
    parts = [_HEAD, "## results/samples/{sample}/\n\n"]
    parts += [_section(_name_of(table), table) for table in TUMOR_TABLES]
    parts.append(_variants_section())
    parts.append("## results/cohort/\n\n")
    parts += [_section(f"`{table.name}`", table) for table in COHORT_TABLES]
    parts.append(
        "## results/platform/\n\nOf a trial with several cohorts; each cohort's own tables are then in results/cohorts/NAME/cohort/.\n\n"
    )
    parts += [_section(f"`{table.name}`", table) for table in PLATFORM_TABLES]
    return "".join(parts).rstrip() + "\n"


def _name_of(table: Table) -> str:
    if table.name == ANALYSES.name:
        return ", ".join(f"`{name}`" for name in ANALYSES_FILES)
    return f"`{table.name}`"


def _section(title: str, table: Table) -> str:
    rows = [
        (
            f"`{column.name}`",
            column.meaning,
            column.unit,
            _allowed(column),
            "" if column.required else "may be",
        )
        for column in table.columns
    ]
    return _table(
        f"### {title}\n\n{table.meaning}\n\n", ("column", "meaning", "unit", "values", "empty"), rows
    )


def _allowed(column: Column) -> str:
    if column.values is not None:
        return ", ".join(f"`{value}`" for value in column.values)
    return {"text": "text", "integer": "whole number", "number": "number"}[column.kind]


def _variants_section() -> str:
    fields = [("INFO", *field) for field in INFO_FIELDS] + [("FORMAT", *field) for field in FORMAT_FIELDS]
    rows = [
        (f"`{where}/{name}`", meaning, f"{number} {kind}") for where, name, number, kind, meaning in fields
    ]
    head = (
        "### `variants.vcf.gz`\n\nOne variant of a panel gene, normalised, in VCF 4.3 with its index "
        "`variants.vcf.gz.tbi`; positions are 1-based as the format has them.\n\n"
    )
    return _table(head, ("field", "meaning", "number and type"), rows)


def _table(head: str, names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [names, ["---"] * len(names), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return head + "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\n"
