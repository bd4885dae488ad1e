"""What every step's command line has in common: logging to stderr, our errors as exit code 2."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence

from resistance.errors import ResistanceError

BAD_INPUT = 2


def step_parser(doc: str | None) -> argparse.ArgumentParser:
    """A parser whose description is the step's docstring, with the options all steps share."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.ArgumentDefaultsHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--synthetic", action="store_true", help="mark every output as synthetic")
    parser.add_argument(
        "--record-failures",
        action="store_true",
        help="write unusable input into the step's analyses table as failed and go on, as the workflow does; "
        "otherwise exit with 2",
    )
    return parser


def run_step(
    parser: argparse.ArgumentParser,
    main: Callable[[argparse.Namespace], None],
    argv: Sequence[str] | None = None,
) -> int:
    """The exit code of a step: 0 when done, 2 on bad input or configuration; a defect keeps its traceback."""
    arguments = parser.parse_args(argv)
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S"
    )
    try:
        main(arguments)
    except ResistanceError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    return 0
