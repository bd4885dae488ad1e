"""The overview of a platform trial: every cohort with its benefit and its explanation, from the cohorts' tables.

Writes OUTPUT (index.html), and cohorts.tsv and mechanisms.tsv into TABLES_DIR.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from refractor.errors import ConfigError, Problem
from refractor.files.atomic import write_text
from refractor.report.pages.platform_page import (
    platform_cohorts,
    platform_mechanisms,
    read_cohort_tables,
    render_platform_page,
)
from refractor.results.platform_tables import PLATFORM, PLATFORM_MECHANISMS
from refractor.settings.config import load_cohort
from refractor.step import run_step, step_parser

log = logging.getLogger("render_overview")


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    made.add_argument(
        "--cohorts", nargs="+", required=True, metavar="NAME=FILE", help="each cohort and its cohort file"
    )
    made.add_argument(
        "--cohorts-dir", type=Path, required=True, help="results/cohorts, with NAME/cohort in it"
    )
    made.add_argument("--tables-dir", type=Path, required=True, help="where the tables go")
    made.add_argument("--output", type=Path, required=True, help="the page")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write the tables and the page."""
    cohorts = [
        read_cohort_tables(name, load_cohort(path), arguments.cohorts_dir / name / "cohort")
        for name, path in map(named_file, arguments.cohorts)
    ]
    rows, mechanisms = platform_cohorts(cohorts), platform_mechanisms(cohorts)
    folder, synthetic = arguments.tables_dir, arguments.synthetic
    PLATFORM.write_records(rows, folder / PLATFORM.name, synthetic=synthetic)
    PLATFORM_MECHANISMS.write_records(mechanisms, folder / PLATFORM_MECHANISMS.name, synthetic=synthetic)
    page = render_platform_page(rows, mechanisms, synthetic=arguments.synthetic)
    write_text(arguments.output, page)
    log.info("%s: %d cohorts", arguments.output, len(rows))


def named_file(text: str) -> tuple[str, str]:
    """Name and file of `NAME=FILE`."""
    name, equals, path = text.partition("=")
    if not (name and equals and path):
        raise ConfigError(Problem("--cohorts", f"'{text}' is no NAME=FILE", allowed="MET-NSCLC=met.yaml"))
    return name, path


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
