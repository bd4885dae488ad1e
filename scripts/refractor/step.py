"""What every step's command line has in common: logging to stderr, our errors as exit code 2."""

from __future__ import annotations

import argparse
import errno
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from refractor.errors import InputError, Problem, ResistanceError
from refractor.files.atomic import TEMPORARY

BAD_INPUT = 2
_NOT_OURS_TO_MEND = {
    errno.ENOSPC: "free space, or write elsewhere with --directory",
    errno.EDQUOT: "free space within the quota, or write elsewhere with --directory",
    errno.EFBIG: "raise the limit on file size",
    errno.EROFS: "the disk is read-only: mend it, or write elsewhere with --directory",
    errno.EACCES: "give this user the right to read or write it",
    errno.EPERM: "give this user the right to read or write it",
    errno.EIO: "the disk does not answer properly: ask its keeper, then run again",
    errno.ESTALE: "the network disk lost the file: run again",
    errno.ENAMETOOLONG: "give a shorter path",
    errno.ELOOP: "its links go round in a circle: give the file itself",
    errno.EMFILE: "raise the limit on open files (ulimit -n)",
    errno.ENOMEM: "raise the limit on memory (ulimit -v, or mem_mb of the step)",
}
"""What a person can do about the faults of disks, which are no defects of ours."""


def step_parser(doc: str | None) -> argparse.ArgumentParser:
    """A parser whose description is the step's docstring, with the options all steps share."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.ArgumentDefaultsHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--synthetic", action="store_true", help="mark every output as synthetic")
    return parser


def add_panel_option(parser: argparse.ArgumentParser) -> None:
    """The option of whoever reads the panel; it is put in force with `refractor.genome.own_genes.use_panel`."""
    parser.add_argument(
        "--panel", type=Path, help="own genes, beside and in place of the shipped panel's (docs/panel.md)"
    )


def tumor_step_parser(doc: str | None) -> argparse.ArgumentParser:
    """The same for a step on one tumour, whose unusable input need not stop the other tumours."""
    parser = step_parser(doc)
    parser.add_argument(
        "--record-failures",
        action="store_true",
        help="write unusable input into the step's analyses table as failed and go on, as the workflow does; "
        "otherwise exit with 2",
    )
    parser.add_argument(
        "--given-up",
        metavar="WHY",
        help="why an earlier try of this step ended without a result: it was killed, say. The tumour's files are not "
        "opened again, each is a failed analysis, and the tables are written",
    )
    return parser


def run_step(
    parser: argparse.ArgumentParser,
    main: Callable[[argparse.Namespace], None],
    argv: Sequence[str] | None = None,
    *,
    log_level: int = logging.INFO,
) -> int:
    """The exit code of a step: 0 when done, 2 on bad input, configuration or disk; a defect keeps its traceback."""
    arguments = parser.parse_args(argv)
    logging.basicConfig(
        stream=sys.stderr, level=log_level, format="%(asctime)s %(message)s", datefmt="%H:%M:%S"
    )
    try:
        _refuse_output_in_a_file(getattr(arguments, "output_dir", None))
        main(arguments)
    except ResistanceError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except (MemoryError, ImportError) as error:
        if isinstance(error, ImportError) and not _for_want_of_memory(error):
            raise
        print(
            Problem(parser.prog, "ran out of memory", allowed=_NOT_OURS_TO_MEND[errno.ENOMEM]),
            file=sys.stderr,
        )
        return BAD_INPUT
    except OSError as error:
        remedy = _remedy(error)
        if remedy is None:
            raise
        print(Problem(error.filename or "output", str(error.strerror), allowed=remedy), file=sys.stderr)
        return BAD_INPUT
    return 0


def _remedy(error: OSError) -> str | None:
    """What can be done about a fault of the system's; None where it may be a defect of ours."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT) and any(
        part.startswith(TEMPORARY) for part in Path(error.filename or "").parts
    ):
        return "temporary files need room: free space there, or set TMPDIR to a folder of another disk"
    return _NOT_OURS_TO_MEND.get(error.errno or 0)


def _for_want_of_memory(error: BaseException | None) -> bool:
    """Whether a package could not be loaded because there was no memory for it, as glibc says below what it says itself."""
    while error is not None:
        if isinstance(error, MemoryError) or "failed to map segment" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _refuse_output_in_a_file(folder: Path | None) -> None:
    """Raise an InputError where `folder` or what it is to lie in is a file, or a link to nowhere."""
    for place in () if folder is None else (folder, *folder.parents):
        if place.is_dir():
            return
        if place.exists() or place.is_symlink():
            what = "is a file" if place.exists() else "is a link to what does not exist"
            raise InputError(Problem(place, what, allowed="give a folder as --output-dir"))
