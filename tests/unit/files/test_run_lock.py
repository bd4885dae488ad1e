"""Locks that a killed run left are removed; those of a living run, or of another machine's, are not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from refractor.files.run_lock import LOCK_FILE, hold_folder

HOLD = (
    "import sys, pathlib; sys.path.insert(0, sys.argv[1]); from refractor.files.run_lock import hold_folder;"
    "held = hold_folder(pathlib.Path(sys.argv[2])); print('held', flush=True); sys.stdin.read()"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / ".snakemake"
    (made / "locks").mkdir(parents=True)
    return made


def leave_lock(folder: Path) -> Path:
    lock = folder / "locks" / "0.output.lock"
    lock.write_text("results/a.tsv\n")
    return lock


def other_run(folder: Path, project: Path) -> subprocess.Popen[str]:
    run = subprocess.Popen(
        [sys.executable, "-c", HOLD, project / "scripts", folder],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert run.stdout is not None
    assert run.stdout.readline() == "held\n"
    return run


def test_locks_of_a_killed_run_are_removed(folder: Path, project: Path) -> None:
    with other_run(folder, project) as run:
        lock = leave_lock(folder)
        run.kill()
    held = hold_folder(folder)
    assert held is not None
    held.close()
    assert not lock.exists()


def test_locks_of_a_living_run_stay(folder: Path, project: Path) -> None:
    with other_run(folder, project) as run:
        lock = leave_lock(folder)
        held = hold_folder(folder)
        assert held is not None
        held.close()
        assert lock.exists()
        run.kill()


def test_locks_of_another_machine_stay_until_the_folder_was_free(folder: Path) -> None:
    lock = leave_lock(folder)
    (folder / LOCK_FILE).write_text("elsewhere\n")
    first = hold_folder(folder)
    assert first is not None
    first.close()
    assert lock.exists()
    lock.unlink()  # as --unlock does
    second = hold_folder(folder)
    assert second is not None
    second.close()
    leave_lock(folder)
    third = hold_folder(folder)
    assert third is not None
    third.close()
    assert not lock.exists()
