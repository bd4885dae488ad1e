"""Run the workflow on a trial: `snakemake --directory TRIAL --configfile TRIAL/config.yaml` with calm progress.

What follows TRIAL goes to snakemake as it is, for example `refractor run TRIAL --cores 8 --dry-run`. Without --cores,
--jobs or a profile all cores of this machine are used; `--profile slurm` is the profile that ships. --quiet says nothing of a run that
succeeds, and of another what failed and where the page is.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from refractor.cli.arguments import add_trial, command_parser, configuration_of
from refractor.errors import InputError, Problem
from refractor.files.resources import LIBRARY, shipped
from refractor.files.yaml import read_yaml

LOGGER = "refractor"
"""The name by which Snakemake finds snakemake_logger_plugin_refractor."""

LEAST_FILE_BYTES = 1_000_000
"""Room for the page of a few patients; a larger trial's step says itself which file met the limit."""

_BUILT_IN = ("local", "dryrun", "touch")
_QUIET = ("--quiet", "-q")
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
    # Snakemake reads it before the workflow can look at it, and falls over one that goes round in a circle.
    read_yaml(configuration_of(arguments.trial), what="configuration")
    refuse_small_files(resource.getrlimit(resource.RLIMIT_FSIZE)[0])
    refuse_full_disk(arguments.trial, "free space there")
    refuse_full_disk(
        Path(tempfile.gettempdir()), "free space there, or set TMPDIR to a folder of another disk"
    )
    options = with_shipped_profile(arguments.options)
    check_executor(options)
    command = snakemake_command(arguments.trial, options)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, command, environment(os.environ))


def refuse_small_files(most_bytes: int) -> None:
    """Raise an InputError where this shell lets no file grow to the size of a page: Snakemake's own notes break first."""
    if most_bytes != resource.RLIM_INFINITY and most_bytes < LEAST_FILE_BYTES:
        what = f"files of at most {most_bytes:,} bytes may be written here; pages and tables need {LEAST_FILE_BYTES:,}"
        raise InputError(Problem("limit on file size", what, allowed="ulimit -f unlimited"))


def refuse_full_disk(folder: Path, remedy: str) -> None:
    """Raise an InputError where a folder's disk has no room for a page: Snakemake's own notes break first."""
    if folder.is_dir() and (free := shutil.disk_usage(folder).free) < LEAST_FILE_BYTES:
        raise InputError(Problem(folder, f"its disk is full: {free:,} bytes are free", allowed=remedy))


def snakemake_command(trial: Path, options: Sequence[str]) -> list[str]:
    """The words of the command that runs the shipped workflow on `trial`."""
    own = [] if any(word.split("=")[0] == "--logger" for word in options) else ["--logger", LOGGER]
    if own and any(word in _QUIET for word in options):
        options = [word for word in options if word not in _QUIET]
        own.append(f"--logger-{LOGGER}-quiet")
    if not any(word.split("=")[0] in _SAYS_HOW_MANY or word[:2] in ("-c", "-j") for word in options):
        own += ["--cores", "all"]
    return [
        sys.executable, "-m", "snakemake", "--snakefile", str(shipped("Snakefile")),
        "--directory", str(trial), "--configfile", str(configuration_of(trial)), *own, *options,
    ]  # fmt: skip


def check_executor(options: Sequence[str]) -> None:
    """Raise an InputError where the executor that is asked for, by name or by a profile, is not installed."""
    named = _value_of(options, "--executor", "-e")
    profile = _value_of(options, "--profile")
    place = "--executor"
    if named is None and profile is not None and (file := Path(profile) / "profile.yaml").is_file():
        named, place = read_yaml(file, what="profile").content.get("executor"), str(file)
    if named is None or named in _BUILT_IN:
        return
    if find_spec(f"snakemake_executor_plugin_{named.replace('-', '_')}") is None:
        remedy = (
            f"`pip install snakemake-executor-plugin-{named}`; for slurm envs/requirements-slurm.txt pins it"
        )
        raise InputError(Problem(place, f"the executor '{named}' is not installed", allowed=remedy))


def with_shipped_profile(options: Sequence[str]) -> list[str]:
    """`options` with the place of a shipped profile for its name (slurm), unless Snakemake finds one of that name."""
    name = _value_of(options, "--profile")
    if name is None or any((place / name).exists() for place in _profile_places()):
        return list(options)
    here = shipped("profiles", Path(name).name)
    if not here.is_dir():
        return list(options)
    before = ["", *options]
    return [
        str(here) if last == "--profile" else f"--profile={here}" if word == f"--profile={name}" else word
        for last, word in zip(before, options, strict=False)
    ]


def _profile_places() -> tuple[Path, ...]:
    """Where Snakemake looks for a profile of a name."""
    return Path(), Path(os.environ.get("XDG_CONFIG_HOME", "~/.config")).expanduser() / "snakemake"


def _value_of(options: Sequence[str], *names: str) -> str | None:
    """The value of the first of the options of these names, as `--name value` or `--name=value`."""
    for position, word in enumerate(options):
        name, equals, value = word.partition("=")
        if name in names:
            return value if equals else next(iter(options[position + 1 :]), None)
    return None


def environment(current: Mapping[str, str]) -> dict[str, str]:
    """`current` with this Python first, so that each job runs with what runs this; in a checkout with its library."""
    first = {"PATH": str(Path(sys.executable).parent)}
    if shipped("scripts") == LIBRARY:  # an installed library is found by its own Python, and by no other
        first["PYTHONPATH"] = str(LIBRARY)
    added = {name: os.pathsep.join(filter(None, (place, current.get(name)))) for name, place in first.items()}
    return {**current, **added}
