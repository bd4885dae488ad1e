"""Make a synthetic platform trial of several cohorts with a known truth, as declared in resources/demo/platform.

Writes OUTPUT_DIR/config.yaml, a cohort file a cohort, samples.tsv, patients.tsv, the tumours' files and truth.tsv.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from refractor.errors import InputError, Problem
from refractor.step import run_step, step_parser
from synthetic.platform import declared_cohorts, write_platform

PATIENTS, SEED = 12, 20261128


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    made.add_argument("--output-dir", type=Path, required=True, help="the trial's folder")
    made.add_argument("--only", nargs="*", metavar="COHORT", help="cohorts to make; default: all")
    made.add_argument("--patients", type=int, default=PATIENTS, help="patients a cohort, six with a tumour")
    made.add_argument("--seed", type=int, default=SEED, help="seed of the outcomes")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write the trial."""
    cohorts = declared_cohorts()
    wanted = arguments.only or [one.cohort for one in cohorts]
    unknown = set(wanted) - {one.cohort for one in cohorts}
    if unknown:
        known = ", ".join(one.cohort for one in cohorts)
        raise InputError(Problem("--only", f"no cohort {', '.join(sorted(unknown))}", allowed=known))
    chosen = [one for one in cohorts if one.cohort in wanted]
    write_platform(arguments.output_dir, chosen, patients=arguments.patients, seed=arguments.seed)


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
