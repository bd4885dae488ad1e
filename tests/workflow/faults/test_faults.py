"""One of the fault trials, the one with most to make up for; `make faults` runs them all."""

from __future__ import annotations

from pathlib import Path

import pytest
from fault_trials import Undisturbed, disturb, run_undisturbed
from faults import Fault, kill_snakemake

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

SEED = 13
"""Kills Snakemake after about a third of an undisturbed run's time."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return run_undisturbed(tmp_path_factory.mktemp("undisturbed"))


def test_the_next_run_makes_up_for_a_killed_one(undisturbed: Undisturbed, tmp_path: Path) -> None:
    outcome = disturb(Fault("kill -9 of Snakemake", kill_snakemake), SEED, undisturbed, tmp_path / "trial")
    assert outcome.disturbed_code == -9
    assert outcome.survived, outcome
