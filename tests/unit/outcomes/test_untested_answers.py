"""Bounds and size of the tests where what was looked at goes with the outcome; the benchmark takes 2,000 cohorts."""

import sys
from collections.abc import Mapping

import pytest

from refractor.files.resources import RESOURCES

sys.path.insert(0, str(RESOURCES.parent / "benchmarks"))
from untested_answers import MECHANISMS, measure

NUMBER = 400
ERROR = (0.05 * 0.95 / NUMBER) ** 0.5
"""Standard error of a size of 0.05."""


@pytest.fixture(scope="module")
def found() -> Mapping[tuple[str, str], float]:
    return measure(NUMBER, patients=40, seed=7)


def test_tests_keep_their_size_and_bounds_hold(found: Mapping[tuple[str, str], float]) -> None:
    assert len(MECHANISMS) == 6
    for _, mechanism in MECHANISMS:
        assert found[mechanism, "size"] <= 0.05 + 3 * ERROR
    for mechanism in ("MAPK", "PI3K", "KRAS", "NF1", "PIK3CA"):
        assert found[mechanism, "bounds hold the cohort"] == 1
        assert found[mechanism, "interval holds the prevalence"] >= 0.95
    assert found["explanation", "bounds hold the cohort"] == 1


def test_other_ways_of_counting_do_not_keep_it(found: Mapping[tuple[str, str], float]) -> None:
    assert found["MAPK", "size, silence as absence"] > 0.05 + 3 * ERROR
    assert found["any R1-R3", "size"] < found["any R1-R3", "size, found as tested"]
