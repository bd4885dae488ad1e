"""What the sub-commands' command lines have in common: their parser, and a trial as its folder with config.yaml."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path

from refractor.errors import InputError, Problem

CONFIG = "config.yaml"


def command_parser(name: str, doc: str | None) -> argparse.ArgumentParser:
    """The parser of the sub-command `name`, whose description is its module's docstring."""
    return argparse.ArgumentParser(
        prog=f"refractor {name}",
        description=doc,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def add_trial(
    parser: argparse.ArgumentParser, meaning: str = "the trial's folder, with its config.yaml"
) -> None:
    """The argument TRIAL."""
    parser.add_argument("trial", metavar="TRIAL", type=Path, help=meaning)


def configuration_of(trial: Path) -> Path:
    """The trial's configuration.

    Raises:
        InputError: there is no such folder, or no configuration in it.
    """
    if not trial.is_dir():
        raise InputError(Problem(trial, "is no folder", allowed=f"`refractor new {trial}` makes one"))
    path = trial / CONFIG
    if not path.is_file():
        raise InputError(Problem(path, "is not there", allowed=f"`refractor new {trial}` writes one"))
    return path


@contextlib.contextmanager
def inside(trial: Path) -> Iterator[Path]:
    """The configuration's name while the working directory is the trial's folder, as in a run."""
    configuration_of(trial)
    with contextlib.chdir(trial):
        yield Path(CONFIG)
