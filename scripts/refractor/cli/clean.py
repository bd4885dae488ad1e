"""List the folders and logs of tumours and cohorts that no longer stand in the sheets; with --yes, remove them.

A run leaves them alone: nothing of them is in the cohort's tables or on the page.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from refractor.cli.arguments import add_trial, command_parser, inside
from refractor.cli.finished import COHORTS, LOGS, RESULTS
from refractor.files.yaml import read_yaml
from refractor.sheets import read_sheets
from refractor.sheets.open_trial import open_trial

_LOG_ENDINGS = (".resources.tsv", ".log")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = command_parser("clean", __doc__)
    add_trial(made)
    made.add_argument("--yes", action="store_true", help="remove what is listed")
    return made


def main(arguments: argparse.Namespace) -> None:
    """List or remove."""
    with inside(arguments.trial) as config:
        content = read_yaml(config, what="configuration").content
        opened = open_trial(content, files=[config], read=read_sheets)
        samples = {row.sample for row in opened.sheets.samples}
        found = sorted(leftovers(samples, cohorts=opened.cohorts.keys()))
        for path in found:
            print(f"{'removed' if arguments.yes else 'of nothing in the sheets'}: {arguments.trial / path}")
            if arguments.yes:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    if not found:
        print("nothing to remove: every folder is of a tumour or a cohort in the sheets")
    elif not arguments.yes:
        print(f"{len(found)} to remove; `refractor clean {arguments.trial} --yes` does it")


def leftovers(samples: Collection[str], *, cohorts: Collection[str | None]) -> Iterator[Path]:
    """Folders of results, notes of failures and logs in the working directory that are of none of `samples` or `cohorts`.

    Results of cohorts under names, and those of one cohort without (None), do not stand beside each other.

    A link is never followed: it is not ours, and neither is what it points to.
    """
    for folder in (RESULTS / "samples", RESULTS / ".failures"):
        yield from (path for path in _entries(folder) if path.name not in samples)
    for root in (RESULTS, LOGS):
        yield from (path for path in _entries(root / COHORTS) if path.name not in cohorts)
    if None not in cohorts:
        yield from (path for path in (RESULTS / "cohort", RESULTS / "report" / "patients") if path.is_dir())
    elif (RESULTS / "platform").is_dir():
        yield RESULTS / "platform"
    for folder in _entries(LOGS):
        if folder.name != COHORTS:
            yield from (path for path in _entries(folder) if _sample_of(path) not in samples)


def _entries(folder: Path) -> list[Path]:
    if folder.is_symlink() or not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if not path.is_symlink()]


def _sample_of(log: Path) -> str:
    return next((log.name.removesuffix(end) for end in _LOG_ENDINGS if log.name.endswith(end)), log.name)
