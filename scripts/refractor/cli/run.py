"""Run the workflow on a trial: `snakemake --directory TRIAL --configfile TRIAL/config.yaml` with calm progress.

What follows TRIAL goes to snakemake as it is, for example `refractor run TRIAL --cores 8 --dry-run`. Without --cores,
--jobs or a profile all cores of this machine are used. --quiet shows nothing but what failed and the last line.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from refractor.cli.arguments import add_trial, command_parser, configuration_of
from refractor.files.resources import LIBRARY, shipped

LOGGER = "refractor"
"""The name by which Snakemake finds snakemake_logger_plugin_refractor."""

_SAYS_HOW_MANY = ("--cores", "-c", "--jobs", "-j", "--profile", "--workflow-profile")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = command_parser("run", __doc__)
    add_trial(made)
    made.add_argument(
        "options",
        nargs=argparse.REMAINDER,
        metavar="...",
        help="options of snakemake, `snakemake --help` lists them",
    )
    return made


def main(arguments: argparse.Namespace) -> None:
    """Become Snakemake: its signals and its exit code are this command's own."""
    configuration_of(arguments.trial)
    command = snakemake_command(arguments.trial, arguments.options)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, command, environment(os.environ))


def snakemake_command(trial: Path, options: Sequence[str]) -> list[str]:
    """The words of the command that runs the shipped workflow on `trial`."""
    own = ["--logger", LOGGER]
    if any(word.split("=")[0] == "--logger" for word in options):
        own = []
    if not any(word.split("=")[0] in _SAYS_HOW_MANY or word[:2] in ("-c", "-j") for word in options):
        own += ["--cores", "all"]
    return [
        sys.executable, "-m", "snakemake", "--snakefile", str(shipped("Snakefile")),
        "--directory", str(trial), "--configfile", str(configuration_of(trial)), *own, *options,
    ]  # fmt: skip


def environment(current: Mapping[str, str]) -> dict[str, str]:
    """`current` with this Python and this library first, so that each job runs with what runs this."""
    first = {"PATH": str(Path(sys.executable).parent), "PYTHONPATH": str(LIBRARY)}
    added = {name: os.pathsep.join(filter(None, (place, current.get(name)))) for name, place in first.items()}
    return {**current, **added}
