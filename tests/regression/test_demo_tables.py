"""Every column of every table of the demo is what was frozen: README.md is the policy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from golden_tables import FROZEN, Golden, read_frozen, read_results
from small_trial import Trial
from tolerance import cell_differences, row_counts, vanished_and_new

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

NAMES = sorted(path.name.removesuffix(".tsv.gz") for path in FROZEN.glob("*.tsv.gz"))


@pytest.fixture(scope="module")
def found(demo: Trial) -> dict[str, Golden]:
    return read_results(demo.folder / "results")


@pytest.fixture(scope="module")
def frozen() -> dict[str, Golden]:
    return read_frozen()


def test_every_table_and_column_is_frozen(found: dict[str, Golden], frozen: dict[str, Golden]) -> None:
    assert len(NAMES) == 60
    assert vanished_and_new(found, frozen) == []


def test_every_table_has_its_rows(found: dict[str, Golden], frozen: dict[str, Golden]) -> None:
    assert sum(len(table.rows) for table in frozen.values()) > 50_000
    assert row_counts(found, frozen) == []


@pytest.mark.parametrize("name", NAMES)
def test_cells_are_as_frozen(name: str, found: dict[str, Golden], frozen: dict[str, Golden]) -> None:
    differences = cell_differences(name, found[name], frozen[name])
    assert not differences, f"{len(differences)} cells differ:\n" + "\n".join(differences[:40])


def test_a_file_that_nobody_reads_is_refused(demo: Trial, tmp_path: Path) -> None:
    results = tmp_path / "results"
    (results / "cohort").mkdir(parents=True)
    shutil.copyfile(demo.folder / "results/cohort/patients.tsv", results / "cohort/patients.tsv")
    assert list(read_results(results)) == ["files", "cohort_patients"]
    (results / "cohort/patients.parquet").touch()
    with pytest.raises(ValueError, match=r"cohort/patients\.parquet: no table of tests/regression holds it"):
        read_results(results)
