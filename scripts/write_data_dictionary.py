"""Make the tables of config/README.md anew from workflow/schemas and the checks of the sheets."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from refractor.files.atomic import written_aside
from refractor.sheets.data_dictionary import with_generated_tables
from refractor.step import run_step

MANUAL = Path(__file__).resolve().parents[1] / "config" / "README.md"


def write(arguments: argparse.Namespace) -> None:
    """Write the manual with its generated tables."""
    text = with_generated_tables(arguments.manual.read_text(encoding="utf-8"))
    with written_aside(arguments.manual) as scratch:
        scratch.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manual", type=Path, default=MANUAL, help="the manual to write")
    sys.exit(run_step(parser, write))
