"""The notes of failed samples, a file each: the workflow's params read them, so that the next run tries the sample again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from refractor.files.atomic import write_text
from refractor.results.analyses import ANALYSES_FILES
from refractor.vocabulary import State


def write_note(note: Path) -> None:
    """Note that a sample failed, now."""
    write_text(note, datetime.now(UTC).isoformat())


def note_unnoted(results: Path, note: Path) -> None:
    """Note a failure that stands in the tables of a sample's folder and is younger than its note.

    The last step of a run notes what failed; a run that is stopped before it leaves tables that say so, and no note.
    """
    noted = note.stat().st_mtime if note.is_file() else 0.0
    tables = [results / name for name in ANALYSES_FILES]
    younger = [path for path in tables if path.is_file() and path.stat().st_mtime > noted]
    if any(f"\t{State.FAILED}\t" in path.read_text(encoding="utf-8") for path in younger):
        write_note(note)
