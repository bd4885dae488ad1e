"""Confirm that no analysis failed and that the reference cohort was read; otherwise name each, note it for the next run, and end with exit code 2.

It is the workflow's last job: the report is there by then, and `snakemake` still ends non-zero.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from refractor.errors import InputError, Problem
from refractor.files.atomic import write_text
from refractor.results.analyses import Analysis
from refractor.results.analysis_tables import BACKGROUND
from refractor.results.background_tables import NOT_ASSESSABLE
from refractor.results.cohort_tables import MANIFEST
from refractor.results.failure_notes import write_note
from refractor.results.job_end import NO_RESULT, REMEDY_OF_A_JOB
from refractor.step import run_step, step_parser
from refractor.vocabulary import State


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    made.add_argument("--manifest", type=Path, required=True, help="results/cohort/manifest.tsv")
    made.add_argument("--background", type=Path, required=True, help="results/cohort/background.tsv")
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
    unread = [
        note
        for one in BACKGROUND.records(arguments.background)
        if (note := one.note or "").startswith(NOT_ASSESSABLE)
    ]
    problems = [*problems_of(failed, arguments.manifest)]
    problems += [Problem(arguments.background, f"the reference cohort is {note}") for note in unread]
    if problems:
        raise InputError(problems)
    write_text(arguments.output, f"{len(manifest)} analyses, none failed\n")


def problems_of(failed: Iterable[Analysis], manifest: Path) -> Iterator[Problem]:
    """One problem for each reason that a sample has, with the analyses that failed for it, and what to do."""
    alike: dict[tuple[str, str], list[str]] = {}
    for one in failed:
        alike.setdefault((one.sample, one.reason), []).append(one.analysis)
    for (sample, reason), analyses in alike.items():
        remedy = REMEDY_OF_A_JOB if NO_RESULT in reason else "mend the file or its row in the sample sheet"
        yield Problem(
            manifest,
            f"{sample} {', '.join(analyses)} failed: {reason}",
            allowed=f"{remedy}; the next run tries this sample again",
        )


def note_failures(failed: Iterable[Analysis], folder: Path) -> None:
    """Note the time in a file per failed sample; the workflow's params read it, so that the sample runs again."""
    for sample in {one.sample for one in failed}:
        write_note(folder / sample)


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
