"""Score a run of the workflow on a synthetic trial against the truth that the trial was made from.

Prints, for each class of verdicts and findings, sensitivity, specificity and error; for measured values the error; and
the cohort's figures beside the printed ones. Exits with 2 and names every case where a truth was missed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from refractor.errors import InputError, Problem
from refractor.step import run_step, step_parser
from synthetic.scored_run import score_trial, stopped_as_declared


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    made.add_argument(
        "--trial", type=Path, default=Path("demo"), help="folder of the trial, with its truth tables"
    )
    made.add_argument(
        "--results", type=Path, help="results of the run; default: results in the trial's folder"
    )
    made.add_argument(
        "--stopped-only",
        action="store_true",
        help="only check that the run stopped those samples that the truth says it must stop, and no other",
    )
    return made


def main(arguments: argparse.Namespace) -> None:
    """Print the score; an InputError with every miss."""
    results = arguments.results or arguments.trial / "results"
    if arguments.stopped_only:
        stopped = stopped_as_declared(arguments.trial, results=results)
        print(
            "That is as it must be: this demo gives one tumour the normal of another person, and no other was stopped."
        )
        for sample in stopped:
            print(f"  {sample}")
        return
    card = score_trial(arguments.trial, results=results)
    print(card.text())
    misses = card.misses()
    if misses:
        print(f"\n{len(misses)} of {card.truths} truths missed.", flush=True)
        raise InputError(Problem("missed", miss) for miss in misses)
    print(f"\nAll {card.truths} truths found.")


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
