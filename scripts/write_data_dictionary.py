"""Make the data dictionary anew from settings models, schemas of the sheets, checks, importers and result tables.

Writes the schemas of MODELS and the names of the copy-number formats into workflow/schemas, the tables of
config/README.md, docs/formats.md and docs/output.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from refractor.files.atomic import write_text
from refractor.report.output_manual import output_manual
from refractor.settings.schemas import MODELS, SCHEMAS, schema_text
from refractor.sheets.data_dictionary import with_builds, with_generated_tables
from refractor.sheets.formats_page import with_callers, with_formats
from refractor.step import run_step

ROOT = Path(__file__).resolve().parents[1]
MANUAL = ROOT / "config" / "README.md"
FORMATS = ROOT / "docs" / "formats.md"
OUTPUT = ROOT / "docs" / "output.md"


def write(arguments: argparse.Namespace) -> None:
    """Write the schemas that are made from models, and the manual with its generated tables."""
    for name in MODELS:
        write_text(arguments.schemas / f"{name}.schema.yaml", schema_text(name))
    samples = "samples.schema.yaml"
    rewrite(SCHEMAS / samples, arguments.schemas / samples, lambda text: with_builds(with_callers(text)))
    rewrite(arguments.manual, arguments.manual, with_generated_tables)
    rewrite(arguments.formats, arguments.formats, with_formats)
    write_text(arguments.output, output_manual())


def rewrite(source: Path, target: Path, change: Callable[[str], str]) -> None:
    """Write to `target` the text of `source` with its generated parts made anew."""
    text = change(source.read_text(encoding="utf-8"))
    write_text(target, text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schemas", type=Path, default=SCHEMAS, help="the folder of the schemas")
    parser.add_argument("--manual", type=Path, default=MANUAL, help="the manual to write")
    parser.add_argument("--formats", type=Path, default=FORMATS, help="the page of foreign formats to write")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the page of result tables to write")
    sys.exit(run_step(parser, write))
