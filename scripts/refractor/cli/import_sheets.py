"""Make sheets from the export of a data capture system: REDCap, Castor (CSV) or cBioPortal (clinical files).

The first time it writes a draft of the mapping, MAP, in which every column and code that it understood stands, and
what it did not is null. Read it, mend it, and run the command again: it writes patients.tsv, assessments.tsv and
adverse_events.tsv, as far as they are mapped, and import_log.tsv, in which every changed cell stands. Nothing is
written where a cell cannot be read, and nothing that is there already is overwritten.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from refractor.cli.arguments import command_parser
from refractor.files.atomic import write_text
from refractor.sheet_import.convert import import_sheets, write_imported
from refractor.sheet_import.draft import draft_mapping
from refractor.sheet_import.exports import System, read_export
from refractor.sheet_import.mapping import read_mapping


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = command_parser("import", __doc__)
    made.add_argument("system", choices=[str(system) for system in System], help="what wrote the export")
    made.add_argument("files", metavar="FILE", nargs="+", type=Path, help="the export, one or more files")
    made.add_argument("--map", type=Path, required=True, help="the mapping; drafted where it is not there")
    made.add_argument("--output", type=Path, default=Path(), help="folder of the sheets (default: this one)")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Draft the mapping, or import by it."""
    export = read_export(arguments.files)
    if not arguments.map.exists():
        write_text(arguments.map, draft_mapping(export, System(arguments.system)))
        print(f"wrote {arguments.map}, a draft: {len(export.rows)} rows, {len(export.columns)} columns")
        print("read it, decide what is null, and run the command again")
        return
    made = import_sheets(export, read_mapping(arguments.map, export))
    for path in write_imported(made, arguments.output):
        print(f"wrote {path}")
    for name, rows in made.sheets.items():
        print(f"{name}.tsv: {len(rows)} rows")
    done = Counter((row["sheet"], row["column"], row["why"].split(",")[0]) for row in made.log)
    for (sheet, column, why), number in done.items():
        print(f"{sheet}.{column}: {number} cells changed ({why})")
    print("next: refractor check TRIAL")
