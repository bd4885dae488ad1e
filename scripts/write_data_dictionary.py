"""Make the data dictionary anew from the settings models, the sheets' schemas and the checks.

Writes the schemas of MODELS into workflow/schemas, and the tables of config/README.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from refractor.files.atomic import written_aside
from refractor.settings.schemas import MODELS, SCHEMAS, schema_text
from refractor.sheets.data_dictionary import with_generated_tables
from refractor.step import run_step

MANUAL = Path(__file__).resolve().parents[1] / "config" / "README.md"


def write(arguments: argparse.Namespace) -> None:
    """Write the schemas that are made from models, and the manual with its generated tables."""
    for name in MODELS:
        with written_aside(arguments.schemas / f"{name}.schema.yaml") as scratch:
            scratch.write_text(schema_text(name), encoding="utf-8")
    text = with_generated_tables(arguments.manual.read_text(encoding="utf-8"))
    with written_aside(arguments.manual) as scratch:
        scratch.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schemas", type=Path, default=SCHEMAS, help="the folder of the schemas")
    parser.add_argument("--manual", type=Path, default=MANUAL, help="the manual to write")
    sys.exit(run_step(parser, write))
