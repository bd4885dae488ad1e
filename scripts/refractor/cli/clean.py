"""List the folders and logs of tumours that no longer stand in samples.tsv; with --yes, remove them.

A run leaves them alone: nothing of them is in the cohort's tables or on the page.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path

from refractor.cli.arguments import add_trial, command_parser, inside
from refractor.files.yaml import read_yaml
from refractor.sheets import read_sheets
from refractor.sheets.open_trial import open_trial

RESULTS, LOGS = Path("results"), Path("logs")
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
        samples = {row.sample for row in open_trial(content, files=[config], read=read_sheets).sheets.samples}
        found = sorted(leftovers(samples))
        for path in found:
            print(f"{'removed' if arguments.yes else 'of no tumour in the sheet'}: {arguments.trial / path}")
            if arguments.yes:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    if not found:
        print("nothing to remove: every folder is of a tumour in the sheet")
    elif not arguments.yes:
        print(f"{len(found)} to remove; `refractor clean {arguments.trial} --yes` does it")


def leftovers(samples: set[str]) -> Iterator[Path]:
    """Folders of results, notes of failures and logs in the working directory that are of none of `samples`.

    A link is never followed: it is not ours, and neither is what it points to.
    """
    for folder in (RESULTS / "samples", RESULTS / ".failures"):
        yield from (path for path in _entries(folder) if path.name not in samples)
    for folder in _entries(LOGS):
        yield from (path for path in _entries(folder) if _sample_of(path) not in samples)


def _entries(folder: Path) -> list[Path]:
    if folder.is_symlink() or not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if not path.is_symlink()]


def _sample_of(log: Path) -> str:
    return next((log.name.removesuffix(end) for end in _LOG_ENDINGS if log.name.endswith(end)), log.name)
