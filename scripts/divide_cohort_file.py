"""Divide a MAF or a SEG file of many tumours into a file a tumour, so that no tumour's job reads the others' rows.

Writes OUTPUT_DIR/NAME.tsv for each tumour that the table names, its rows with the lines on which they stand there, and
OUTPUT_DIR/divided.json: what was seen over the whole table, or what is wrong with it, which then each of its tumours'
steps reports.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from refractor.errors import InputError, Problem, is_the_disks_fault
from refractor.files.divided import divide, write_summary
from refractor.results.analyses import reason_of
from refractor.sheets.tables_of_many import tumor_column
from refractor.step import run_step, step_parser
from refractor.variants.files.maf_columns import names_maf_columns
from refractor.variants.files.maf_facts import facts_of_table
from refractor.variants.files.whole_file import read_start

log = logging.getLogger(__name__)

_START_BYTES = 262_144


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    made.add_argument(
        "--table", type=Path, required=True, help="MAF, SEG or other table with a column of tumours"
    )
    made.add_argument("--output-dir", type=Path, required=True, help="where the parts go")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Run the step."""
    table, folder = arguments.table, arguments.output_dir

    def column_of(header: Sequence[str]) -> int:
        column = tumor_column(header)
        if column is None:
            raise InputError(Problem(table, "has no column with the tumours' names"))
        return column

    try:
        is_maf = names_maf_columns(read_start(table, _START_BYTES))
        facts = facts_of_table(table) if is_maf else {}
        count = divide(table, folder, column_of=column_of, facts=facts)
        log.info("%s: rows of %d tumours", table, count)
    except InputError as error:  # no tumour of another file waits for this one: its own steps report it
        write_summary(folder, table, problems=error.problems)
        log.warning("%s", error)
    except Exception as error:
        if is_the_disks_fault(error):
            raise
        log.exception("not foreseen; the tumours of this table go on without it")
        write_summary(folder, table, problems=[Problem(table, reason_of(error))])


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
