"""Every file that a reader opens beside a table is one that its importer declares, so that a change of it re-runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from refractor.copynumber.importers import read_profile
from refractor.copynumber.importers.delimited import DelimitedFile, read_delimited
from refractor.copynumber.importers.known_formats import companions_of

_watched: list[set[Path]] = []


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if _watched and event == "open" and isinstance(arguments[0], str | os.PathLike):
        path, mode = arguments[0], str(arguments[1] or "r")
        if mode.startswith("r"):
            _watched[-1].add(Path(os.fspath(path)))  # type: ignore[arg-type]


sys.addaudithook(_note)


@pytest.fixture(autouse=True)
def opened_files_are_declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Watches each test of this folder: what an import opened is its table or a declared companion of it."""
    beside: set[Path] = set()

    def open_table(path: Path) -> DelimitedFile:
        beside.update((path, *companions_of(str(path))))
        return read_delimited(path)

    monkeypatch.setattr(read_profile, "read_delimited", open_table)
    _watched.append(set())
    yield
    opened = {path for path in _watched.pop() if tmp_path in path.parents}
    if beside:
        assert opened <= beside, f"read and not declared: {sorted(opened - beside)}"
