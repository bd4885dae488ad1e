"""Ways to explain ten hard genomes, their shares, P(amplified) and segments are what was frozen."""

from __future__ import annotations

import pytest
from golden_tables import Golden, read_frozen
from hard_genomes import HARD, fit_hard_genomes
from tolerance import cell_differences, vanished_and_new

TABLES = ("hard_truth", "hard_solutions", "hard_calls", "hard_segments")


@pytest.fixture(scope="module")
def found() -> dict[str, Golden]:
    return fit_hard_genomes()


@pytest.fixture(scope="module")
def frozen() -> dict[str, Golden]:
    return read_frozen(HARD)


@pytest.mark.xdist_group("hard_genomes")
class TestHardGenomes:
    def test_the_frozen_ones_are_hard_and_of_all_kinds(self, frozen: dict[str, Golden]) -> None:
        assert sorted(frozen) == sorted(TABLES)
        assert len(frozen["hard_truth"].rows) == 10
        calls = frozen["hard_calls"]
        assert len(calls.rows) == 10 * 62
        assert {"amplified", "not_assessable", "neutral", "gained"} <= set(calls.column("call"))
        shares = [float(share) for share in frozen["hard_solutions"].column("share") if share]
        assert sum(share > 0.02 for share in shares) > 15  # more than one way to explain most of them

    def test_tables_and_columns(self, found: dict[str, Golden], frozen: dict[str, Golden]) -> None:
        assert vanished_and_new(found, frozen) == []

    @pytest.mark.parametrize("name", TABLES)
    def test_cells(self, name: str, found: dict[str, Golden], frozen: dict[str, Golden]) -> None:
        differences = cell_differences(name, found[name], frozen[name])
        assert not differences, f"{len(differences)} differ:\n" + "\n".join(differences[:40])
