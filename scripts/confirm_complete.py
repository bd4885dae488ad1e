"""Confirm that no analysis failed; otherwise name each, note it for the next run, and end with exit code 2.

It is the workflow's last job: the report is there by then, and `snakemake` still ends non-zero.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from refractor.errors import InputError, Problem
from refractor.files.atomic import write_text
from refractor.results.analyses import Analysis
from refractor.results.cohort_tables import MANIFEST
from refractor.step import run_step, step_parser
from refractor.vocabulary import State


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    made.add_argument("--manifest", type=Path, required=True, help="results/cohort/manifest.tsv")
    made.add_argument(
        "--failures-dir", type=Path, required=True, help="where failures are noted, a file a sample"
    )
    made.add_argument("--output", type=Path, required=True, help="written only when nothing failed")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write the confirmation, or the notes of failures."""
    manifest = MANIFEST.records(arguments.manifest)
    failed = [one for one in manifest if one.state is State.FAILED]
    if failed:
        note_failures(failed, arguments.failures_dir)
        raise InputError(
            Problem(
                arguments.manifest,
                f"{one.sample} {one.analysis} failed: {one.reason}",
                allowed="mend the file or its row in the sample sheet; the next run tries this sample again",
            )
            for one in failed
        )
    write_text(arguments.output, f"{len(manifest)} analyses, none failed\n")


def note_failures(failed: Iterable[Analysis], folder: Path) -> None:
    """Note the time in a file per failed sample; the workflow's params read it, so that the sample runs again."""
    now = datetime.now(UTC).isoformat()
    for sample in {one.sample for one in failed}:
        write_text(folder / sample, now)


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
