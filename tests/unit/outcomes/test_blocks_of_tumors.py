"""The tables of many tumours are read some at a time: what is found is the same, and a broken one is still named."""

from __future__ import annotations

from pathlib import Path

import pytest
from cohort_builder import PatientCase, Tumor, write_cohort
from pandas.testing import assert_frame_equal

from refractor.errors import TableError
from refractor.outcomes import tumor_results
from refractor.results.evidence_tables import RULES
from refractor.settings.config import SHIPPED_COHORT, load_cohort


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("cohort")
    found = (("MAPK-1",), ("PI3K-1", "RTK-2"), (), ("HER2-1",), ("MAPK-5",))
    cases = [
        PatientCase(f"P{number}", tumor=Tumor(rules, assessable=number != 2))
        for number, rules in enumerate(found)
    ]
    write_cohort(folder, cases)
    samples = folder / "results" / "samples"
    return {path.name: path for path in sorted(samples.iterdir())}


@pytest.mark.parametrize("block", [1, 2, 5])
def test_any_number_at_a_time_gives_the_same(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    cohort = load_cohort(SHIPPED_COHORT)
    coverage, results = tumor_results.rule_coverage(folders), tumor_results.rule_results(folders)
    labels = tumor_results.read_tumor_results(folders, cohort=cohort)
    assert [rule.found for rule in coverage] == [1, 1, 1, 1, 1, 0]
    assert [rule.not_tested for rule in coverage] == [1] * 6
    assert len(results) > 20
    monkeypatch.setattr(tumor_results, "BLOCK", block)
    assert tumor_results.rule_coverage(folders) == coverage
    assert_frame_equal(tumor_results.rule_results(folders), results)
    again = tumor_results.read_tumor_results(folders, cohort=cohort)
    assert list(again) == list(labels)
    assert [one.label for one in again.values()] == [one.label for one in labels.values()]
    for one, other in zip(again.values(), labels.values(), strict=True):
        assert_frame_equal(
            one.candidates.reset_index(drop=True), other.candidates.reset_index(drop=True), check_dtype=False
        )


def test_a_missing_table_in_a_later_block_is_named(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tumor_results, "BLOCK", 2)
    with pytest.raises(TableError, match=f"gone/{RULES.name}"):
        tumor_results.rule_coverage(folders | {"gone": tmp_path / "gone"})


def test_no_tumor_at_all() -> None:
    assert tumor_results.rule_coverage({}) == []
    assert len(tumor_results.rule_results({})) == 0
    assert tumor_results.read_tumor_results({}, cohort=load_cohort(SHIPPED_COHORT)) == {}
