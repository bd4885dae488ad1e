"""Collect what each step of each tumour took: cohort/resources.tsv, and the page report/run.html.

The page also says what each sheet holds, a line a sheet with the range and median of each column in its unit. Times differ from run to run, so they have a table and a page of their own: all else is the same whenever it is made.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from refractor.files.atomic import write_text
from refractor.report.pages.run_page import read_resources, render_run_page
from refractor.results.cohort_tables import MANIFEST, RESOURCES
from refractor.sheets import read_sheets
from refractor.sheets.column_ranges import sheet_in_a_line
from refractor.step import run_step, step_parser

SHEETS = {
    "samples": "sheet of samples",
    "patients": "sheet of patients",
    "assessments": "sheet of tumour assessments",
    "adverse_events": "sheet of adverse events",
}


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    made.add_argument(
        "--manifest", type=Path, nargs="+", required=True, help="manifest.tsv of each cohort: the samples"
    )
    made.add_argument("--logs-dir", type=Path, required=True, help="logs, with STEP/SAMPLE.resources.tsv")
    for sheet, meaning in SHEETS.items():
        made.add_argument(
            f"--{sheet.replace('_', '-')}", required=sheet in ("samples", "patients"), help=meaning
        )
    made.add_argument("--table", type=Path, required=True, help="resources.tsv to write")
    made.add_argument("--page", type=Path, required=True, help="run.html to write")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write the table and the page."""
    named = [row["sample"] for path in arguments.manifest for row in MANIFEST.read_rows(path)]
    samples = [str(sample) for sample in dict.fromkeys(named)]
    rows = read_resources(arguments.logs_dir, samples)
    RESOURCES.write_records(rows, arguments.table, synthetic=arguments.synthetic)
    trial = read_sheets({sheet: getattr(arguments, sheet) for sheet in SHEETS})
    sheets = [
        (str(path), sheet_in_a_line(sheet, getattr(trial, sheet)))
        for sheet in SHEETS
        if (path := getattr(arguments, sheet)) is not None
    ]
    page = render_run_page(rows, sheets=sheets, synthetic=arguments.synthetic)
    write_text(arguments.page, page)


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
