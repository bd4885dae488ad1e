"""Write the cohort's tables as one workbook, with a note on each column."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path

from refractor.report.workbook import read_sheets_of_cohort, write_workbook
from refractor.step import run_step, step_parser

log = logging.getLogger("write_workbook")


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    made.add_argument("--cohort-dir", type=Path, required=True, help="results/cohort")
    made.add_argument("--provenance", type=Path, required=True, help="results/provenance.json")
    made.add_argument("--output", type=Path, required=True, help="the workbook, .xlsx")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write the workbook."""
    provenance = json.loads(arguments.provenance.read_text(encoding="utf-8"))
    sheets = read_sheets_of_cohort(arguments.cohort_dir)
    about = {
        "Version": str(provenance.get("version", "unknown")),
        "Settings and checksums": "provenance.json",
    }
    write_workbook(arguments.output, sheets, synthetic=arguments.synthetic, about=about)
    log.info("%s: %d tables, %d rows", arguments.output, len(sheets), sum(len(s.rows) for s in sheets))


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
