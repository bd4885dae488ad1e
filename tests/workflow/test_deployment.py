"""--sdm: jobs run in the image that the configuration names, with the checkout bound; refused where it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_trial import Trial, write_trial

pytestmark = pytest.mark.workflow

STAND_IN = """\
#!/bin/bash
[ "$1" = --version ] && { echo "apptainer version 1.3.4"; exit; }
printf '%s\\n' "${@:1:$#-1}" >> CALLS
exec bash -c "${@: -1}"
"""
"""An apptainer that notes its options and runs the command outside any image."""


@pytest.fixture
def trial(project: Path, tmp_path: Path) -> Trial:
    write_trial(tmp_path / "trial", samples=1)
    return Trial(tmp_path / "trial", project)


def test_jobs_run_in_the_image_of_the_configuration(
    trial: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "apptainer"
    program.parent.mkdir()
    program.write_text(STAND_IN.replace("CALLS", str(tmp_path / "calls")))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    image = tmp_path / "refractor.sif"
    image.touch()
    with (trial.folder / "config.yaml").open("a") as config:
        config.write(f"container: {image}\n")
    run = trial.snakemake("--sdm", "apptainer", "--until", "measure_copy_number")
    assert run.returncode == 0, run.stderr
    words = (tmp_path / "calls").read_text().splitlines()
    assert words.count("exec") == 1
    assert str(image) in words
    assert words[words.index("--bind") + 1] == str(trial.checkout)
    assert (trial.folder / "results" / "samples" / "T1" / "gene_copy_number.tsv").is_file()


def test_an_image_is_asked_for_where_none_is_named(trial: Trial) -> None:
    run = trial.snakemake("--sdm", "apptainer", "--dry-run")
    assert run.returncode != 0
    said = run.stdout + run.stderr  # a dry run's errors go to stdout
    assert "--sdm apptainer needs an image" in said
    assert "Traceback" not in said
