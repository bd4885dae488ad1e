"""The command line's first word chooses a sub-command; only that one's module is imported."""

from __future__ import annotations

import logging
import os
import select
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module

from refractor import __version__
from refractor.step import BAD_INPUT, run_step


@dataclass(frozen=True, slots=True)
class Command:
    """A sub-command: its module in this package, and what it does in one line."""

    module: str
    purpose: str


COMMANDS = {
    "new": Command(
        "new", "start a trial: a commented configuration and sheets, drafted from a folder of files"
    ),
    "check": Command("check", "say everything that can be said of a trial before a job runs"),
    "run": Command("run", "run the workflow on a trial, with calm progress; takes any option of snakemake"),
    "explain": Command("explain", "print one patient's answer from the finished tables"),
    "tumor": Command("tumor", "measure and interpret one tumour without a trial"),
    "import": Command(
        "import_sheets",
        "make sheets from an export of REDCap, Castor or cBioPortal, by a mapping that it drafts",
    ),
    "report": Command("report", "write the sheets for the meeting as PDF, one A4 side a patient"),
    "freeze": Command(
        "freeze", "write down rules, cohort file, thresholds and code before the trial is judged"
    ),
    "clean": Command("clean", "list, or remove with --yes, the folders of tumours that left the sheet"),
}
"""Every sub-command; a new one is a module and a line here."""


READER_GONE = 141
"""Exit code where nobody reads on, as in `| head`: that of a program that SIGPIPE ends."""


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code of the sub-command that `argv` names: 0 when done, 2 on bad input, 141 where nobody reads on."""
    try:
        try:
            return _run(argv)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        if not _reader_is_gone():
            raise
        return READER_GONE


def _reader_is_gone() -> bool:
    """Whether nobody reads what is printed; what is left of it is then thrown away, lest Python's end complain."""
    printed = sys.stdout.fileno()
    asked = select.poll()
    asked.register(printed, select.POLLERR)
    gone = any(event & select.POLLERR for _, event in asked.poll(0))
    if gone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), printed)
    return gone


def _run(argv: Sequence[str] | None) -> int:
    words = list(sys.argv[1:] if argv is None else argv)
    first = words[0] if words else "--help"
    if first in ("-h", "--help"):
        print(_overview())
        return 0
    if first == "--version":
        print(f"refractor {__version__}")
        return 0
    if first not in COMMANDS:
        meant = get_close_matches(first, COMMANDS, n=1)
        guess = f" (did you mean {meant[0]}?)" if meant else ""
        print(f"refractor: {first} is no command{guess}; allowed: {', '.join(COMMANDS)}", file=sys.stderr)
        return BAD_INPUT
    module = import_module(f"{__package__}.{COMMANDS[first].module}")
    # What a command has to say it prints; the library's running commentary is for the logs of steps.
    return run_step(module.parser(), module.main, words[1:], log_level=logging.ERROR)


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {command.purpose}" for name, command in COMMANDS.items()]
    return "\n".join(
        (
            "usage: refractor COMMAND ...",
            "",
            "Why did a matched drug not help this patient?",
            "",
            *lines,
            "",
            "refractor COMMAND --help says more.",
        )
    )
