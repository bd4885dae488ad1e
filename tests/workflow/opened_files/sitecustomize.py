"""Python loads this at its start where the folder is on PYTHONPATH: notes which files a step of the workflow opens.

One file a process in the folder OPENED_FILES: the command, then each path below the working directory, or below
`resources/` of the step's checkout, that Python opens for reading. What a C library opens by itself is not seen.
"""

import os
import sys
from pathlib import Path


def note_opened_files(folder: Path) -> None:
    """Write the command and, from now on, every path that is opened."""
    notes = os.open(folder / f"{os.getpid()}.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(notes, (" ".join(sys.orig_argv) + "\n").encode())
    here = f"{Path.cwd()}{os.sep}"
    checkout = f"{Path(sys.orig_argv[1]).resolve().parents[1]}{os.sep}"

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str | os.PathLike):
            path, mode = os.path.abspath(arguments[0]), str(arguments[1] or "r")  # noqa: PTH100
            for root, below in ((here, ""), (checkout, "resources/")):
                if path.startswith(root + below) and mode.startswith("r"):
                    os.write(notes, (path.removeprefix(root) + "\n").encode())

    sys.addaudithook(note)


if "OPENED_FILES" in os.environ and any("/scripts/" in word for word in sys.orig_argv[1:2]):
    note_opened_files(Path(os.environ["OPENED_FILES"]))
