"""A small trial, run once for real, that the tests copy and change."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from small_trial import CODE, PROJECT, Trial, write_trial


@pytest.fixture(scope="session")
def finished_trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Three tumours, run to the end once."""
    folder = tmp_path_factory.mktemp("finished") / "trial"
    write_trial(folder, 3)
    trial = Trial(folder, PROJECT)
    run = trial.snakemake(opened=folder.with_name("opened"))
    assert run.returncode == 0, run.stdout + run.stderr
    return trial


@pytest.fixture
def trial(finished_trial: Trial, tmp_path: Path) -> Trial:
    """A copy of the finished trial, dates kept, for one test to change."""
    shutil.copytree(finished_trial.folder, tmp_path / "trial", symlinks=True)
    return Trial(tmp_path / "trial", PROJECT)


@pytest.fixture
def checkout(tmp_path: Path) -> Callable[[], Path]:
    """Makes a second checkout of the code, all dates new, as a fresh clone has them."""

    def make() -> Path:
        target = tmp_path / "checkout"
        target.mkdir()
        for name in CODE:
            source = PROJECT / name
            if source.is_dir():
                shutil.copytree(source, target / name, copy_function=shutil.copyfile,
                                ignore=shutil.ignore_patterns("__pycache__", ".*"))  # fmt: skip
            else:
                shutil.copyfile(source, target / name)
        return target

    return make
