"""A few of the fault trials; `make faults` runs them all."""

from __future__ import annotations

from pathlib import Path

import pytest
from fault_trials import KILLS, OTHERS, Fault, Undisturbed, disturb, run_undisturbed

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

SEED = 7


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return run_undisturbed(tmp_path_factory.mktemp("undisturbed"))


@pytest.mark.parametrize("fault", [KILLS[0], KILLS[1], OTHERS[2]], ids=lambda fault: fault.name)
def test_the_next_run_makes_up_for_it(fault: Fault, undisturbed: Undisturbed, tmp_path: Path) -> None:
    outcome = disturb(fault, SEED, undisturbed, tmp_path / "trial")
    assert outcome.survived, outcome
