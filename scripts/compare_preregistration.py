"""What was changed since the preregistration, and which tumours have another label because of it.

Each tumour's findings are judged again by the frozen rules and cohort file. Reads no outcome: of the sheets only
samples.tsv. Writes OUTPUT_DIR/since_frozen.tsv.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from pathlib import Path

from refractor.errors import SheetError
from refractor.genome.own_genes import use_panel
from refractor.preregistration.compare import Comparison, compare
from refractor.preregistration.frozen import read_frozen
from refractor.results.preregistration_tables import SINCE_FROZEN
from refractor.settings.config import SHIPPED_COHORT
from refractor.sheets import SampleRow
from refractor.sheets.reading import read_sheet
from refractor.step import add_panel_option, run_step, step_parser

log = logging.getLogger("compare_preregistration")


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    add_panel_option(made)
    made.add_argument("--preregistration", type=Path, required=True, help="the JSON of refractor freeze")
    made.add_argument("--samples", type=Path, required=True, help="the sample sheet")
    made.add_argument("--samples-dir", type=Path, required=True, help="results/samples")
    made.add_argument("--only", nargs="*", help="the cohort's tumours; default: all of the sheet")
    made.add_argument("--config", required=True, help="the whole configuration as JSON")
    made.add_argument("--cohort", type=Path, default=SHIPPED_COHORT, help="cohort file of this run")
    made.add_argument("--cohort-name", default="", help="the cohort's name in a platform trial")
    made.add_argument(
        "--rules", type=Path, action="append", default=[], help="own tables of rules of this run"
    )
    made.add_argument("--output-dir", type=Path, required=True, help="where the table goes")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write the table."""
    use_panel(arguments.panel)
    sheet = read_sheet(str(arguments.samples), "samples", SampleRow)
    if sheet.problems:
        raise SheetError(sheet.problems)
    rows = [row for row in sheet.rows if arguments.only is None or row.sample in set(arguments.only)]
    with tempfile.TemporaryDirectory() as folder:
        found = compare(
            Comparison(
                frozen=read_frozen(arguments.preregistration),
                cohort=arguments.cohort,
                cohort_name=arguments.cohort_name,
                own_rules=tuple(arguments.rules),
                config=json.loads(arguments.config),
                samples_dir=arguments.samples_dir,
                unpack_in=Path(folder),
            ),
            rows,
        )
    SINCE_FROZEN.write_records(found, arguments.output_dir / SINCE_FROZEN.name, synthetic=arguments.synthetic)
    log.info("%d rows since the preregistration", len(found))


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
