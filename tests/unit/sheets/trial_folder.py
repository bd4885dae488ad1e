"""A small sound trial on disk, from which each test takes one thing away; given by the fixture `folder`."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from refractor.errors import SheetError
from refractor.sheets import Trial, read_trial

BAM = gzip.compress(b"BAM\1 and no more; the sheets look at the start only", mtime=0)
NOBODY = 65534
NEWER = 1_600_000_100
OLDER = 1_600_000_000


def _put(path: str, content: bytes, modified: int = OLDER) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content)
    os.utime(path, (modified, modified))


@dataclass
class TrialFolder:
    """Two sequenced patients and one without a genome; rows are dictionaries, written when the trial is read."""

    samples: list[dict[str, str]] = field(default_factory=list)
    patients: list[dict[str, str]] = field(default_factory=list)
    assessments: list[dict[str, str]] = field(default_factory=list)
    adverse_events: list[dict[str, str]] = field(default_factory=list)

    def put(self, path: str, content: bytes = b"some content\n", *, modified: int = OLDER) -> None:
        _put(path, content, modified)

    def put_reads(self, path: str, *, index: str = ".bai") -> None:
        _put(path, BAM, OLDER)
        _put(path + index, b"BAI\1", NEWER)

    def rows(self, sheet: str) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = getattr(self, sheet)
        return rows

    def write(self) -> dict[str, str]:
        """The configuration of the sheets as they are written now."""
        config = {}
        for sheet in ("samples", "patients", "assessments", "adverse_events"):
            rows = self.rows(sheet)
            if rows:
                columns = list(dict.fromkeys(name for row in rows for name in row))
                lines = ["\t".join(columns)] + [
                    "\t".join(row.get(name, "") for name in columns) for row in rows
                ]
                Path(f"{sheet}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
                config[sheet] = f"{sheet}.tsv"
        return config

    def read(self) -> Trial:
        return read_trial(self.write())

    def problems(self) -> list[str]:
        """The problems for which the trial is refused; none is an error of the test."""
        with pytest.raises(SheetError) as caught:
            self.read()
        return [str(problem) for problem in caught.value.problems]

    def warnings(self) -> list[str]:
        return [str(problem) for problem in self.read().warnings]


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of root, for whom every file can be read; nothing changes for another user."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
