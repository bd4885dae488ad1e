"""Score a run of a synthetic platform trial against the truth that it was made from.

Prints, for targets, candidates and benefit, how many are as the truth says. Exits with 2 and names every miss.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from refractor.errors import InputError, Problem
from refractor.step import run_step, step_parser
from synthetic.scored_platform import score_platform


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    made.add_argument(
        "--trial", type=Path, default=Path("platform-demo"), help="folder of the trial, with truth.tsv"
    )
    return made


def main(arguments: argparse.Namespace) -> None:
    """Print the score; an InputError with every miss."""
    score = score_platform(arguments.trial)
    print(score.text())
    if score.misses:
        raise InputError(Problem("missed", miss) for miss in score.misses)


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
