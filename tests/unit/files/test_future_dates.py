"""Files of tomorrow: results are dated back in their order, inputs are told with the remedy."""

from __future__ import annotations

import os
from pathlib import Path

from refractor.files.future_dates import (
    LONG_AGO,
    TOLERANCE_SECONDS,
    date_and_size,
    date_back,
    date_fault,
    is_ahead,
)

NOW = 2_000_000_000.0


def made(path: Path, date: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    os.utime(path, (date, date))
    return path


def test_what_is_ahead_is_dated_back_in_its_order(tmp_path: Path) -> None:
    old = made(tmp_path / "results" / "old", NOW - 10)
    near = made(tmp_path / "results" / "near", NOW + TOLERANCE_SECONDS / 2)
    first = made(tmp_path / "results" / "deep" / "first", NOW + 100)
    last = made(tmp_path / "logs" / "last", NOW + 103)
    assert date_back([tmp_path / "results", tmp_path / "logs", tmp_path / "none"], now=NOW) == 2
    assert (first.stat().st_mtime, last.stat().st_mtime) == (LONG_AGO - 3, LONG_AGO)
    assert (old.stat().st_mtime, near.stat().st_mtime) == (NOW - 10, NOW + TOLERANCE_SECONDS / 2)
    assert date_back([tmp_path], now=NOW) == 0


def test_an_input_of_tomorrow_is_told(tmp_path: Path) -> None:
    path = made(tmp_path / "T1.vcf", NOW)
    os.utime(path, None)
    assert date_fault(path) is None
    ahead = path.stat().st_mtime + 86_400
    os.utime(path, (ahead, ahead))
    what, remedy = date_fault(path) or ("", "")
    assert "dated in the future" in what and f"touch {path}" in remedy
    assert date_fault(tmp_path / "none") is None
    assert not is_ahead(tmp_path / "none")
    before = date_and_size(path)
    path.write_text("more")
    os.utime(path, (ahead, ahead))
    assert before != date_and_size(path)


def test_a_link_of_tomorrow_is_one(tmp_path: Path) -> None:
    """Snakemake looks at the date of the link itself."""
    link = tmp_path / "link"
    link.symlink_to(made(tmp_path / "T1.vcf", 1_000_000_000))
    assert not is_ahead(link, by=60)
    os.utime(link, (4e9, 4e9), follow_symlinks=False)
    assert is_ahead(link) and not is_ahead(tmp_path / "T1.vcf")
    assert "touch -h" in (date_fault(link) or ("", ""))[1]
