"""Cox, Firth's Cox and restricted means equal to R's survival to 6 digits, on random data with ties and time-dependence.

tests/r/cox_oracle.tsv was written by tests/r/cox_oracle.R with R 4.2.2 and survival 3.5-3 (Debian 12) from `intervals`.
"""

from __future__ import annotations

import math
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from refractor.statistics.cox import Intervals, hazard_ratios, log_likelihood
from refractor.statistics.survival import kaplan_meier, restricted_mean

ORACLE = Path("tests/r/cox_oracle.tsv")


def intervals() -> pd.DataFrame:
    """Columns dataset, start, stop, event, x: two groups with ties, a covariate that changes, a group without events."""
    random = np.random.default_rng(20)
    frames = []
    for name, patients in (("groups", 60), ("small", 12)):
        x = random.integers(0, 2, patients)
        days = np.ceil(random.exponential(150 - 70 * x) / 14) * 14  # scans every two weeks: many ties
        event = (random.random(patients) < 0.7).astype(int)
        frames.append(pd.DataFrame({"dataset": name, "start": 0.0, "stop": days, "event": event, "x": x}))
    rows = []
    for days, shown, event in zip(
        np.ceil(random.exponential(250, 40)) + 1,
        random.integers(50, 200, 40),
        random.random(40) < 0.8,
        strict=True,
    ):
        if shown < days:
            rows += [(0.0, float(shown), 0, 0), (float(shown), days, int(event), 1)]
        else:
            rows.append((0.0, days, int(event), 0))
    changing = pd.DataFrame(rows, columns=["start", "stop", "event", "x"]).assign(dataset="time_dependent")
    separated = pd.DataFrame(
        {"dataset": "separated", "start": 0.0, "stop": [50.0, 60, 70, 80, 300, 310, 320], "event": [1, 1, 1, 1, 0, 0, 0],
         "x": [0, 0, 0, 0, 1, 1, 1]}
    )  # fmt: skip
    return pd.concat([*frames, changing, separated], ignore_index=True)


@pytest.fixture(scope="module")
def of_r(project: Path) -> dict[str, dict[str, float]]:
    return figures(pd.read_csv(project / ORACLE, sep="\t"))


def figures(oracle: pd.DataFrame) -> dict[str, dict[str, float]]:
    return {
        str(name): dict(zip(rows["quantity"], rows["value"], strict=True))
        for name, rows in oracle.groupby("dataset", sort=False)
    }


def data_of(name: str) -> Intervals:
    rows = intervals()
    rows = rows[rows["dataset"] == name]
    start, stop = rows["start"].to_numpy(float), rows["stop"].to_numpy(float)
    return Intervals(start, stop, rows["event"].to_numpy(np.int64), rows[["x"]].to_numpy(float))


@pytest.mark.parametrize("name", ["groups", "small", "time_dependent"])
def test_cox_as_r_has_it(of_r: dict[str, dict[str, float]], name: str) -> None:
    ratios = hazard_ratios(data_of(name), penalised=False)
    assert ratios is not None
    assert math.log(ratios[0].estimate) == pytest.approx(of_r[name]["log_hr"], abs=1e-6)
    value, _ = log_likelihood(np.array([of_r[name]["log_hr"]]), data_of(name))
    assert value == pytest.approx(of_r[name]["log_likelihood"], abs=1e-6)


@pytest.mark.parametrize("name", ["groups", "small", "time_dependent", "separated"])
def test_firth_with_its_profile_interval(of_r: dict[str, dict[str, float]], name: str) -> None:
    ratios = hazard_ratios(data_of(name))
    assert ratios is not None
    [ratio] = ratios
    assert ratio.low is not None
    assert ratio.high is not None
    assert math.log(ratio.estimate) == pytest.approx(of_r[name]["firth"], abs=1e-5)
    assert math.log(ratio.low) == pytest.approx(of_r[name]["firth_low"], abs=1e-5)
    assert math.log(ratio.high) == pytest.approx(of_r[name]["firth_high"], abs=1e-5)
    assert (ratio.p < 0.05) == (ratio.low > 1 or ratio.high < 1)


@pytest.mark.parametrize("name", ["groups", "small"])
def test_restricted_means(of_r: dict[str, dict[str, float]], name: str) -> None:
    data = data_of(name)
    mean = restricted_mean(kaplan_meier(data.stop.tolist(), data.event.tolist()), 200)
    assert mean.value == pytest.approx(of_r[name]["rmean_200"], abs=1e-6)
    assert mean.low == pytest.approx(of_r[name]["rmean_200"] - 1.959963985 * of_r[name]["se_200"], abs=1e-5)


def test_what_cannot_be_estimated() -> None:
    ones = np.ones(3)
    assert hazard_ratios(Intervals(0 * ones, ones, np.zeros(3, np.int64), np.eye(3)[:, :1])) is None
    assert hazard_ratios(Intervals(0 * ones, ones, np.ones(3, np.int64), np.ones((3, 1)))) is None
    with pytest.raises(ValueError, match="ends before it begins"):
        Intervals(ones, ones, np.ones(3, np.int64), np.ones((3, 1)))
    assert restricted_mean(kaplan_meier([50, 60], [1, 0]), 100).value is None  # nobody followed until then
    assert restricted_mean(kaplan_meier([50, 60], [1, 1]), 100).value == pytest.approx(55)


def test_r_still_says_the_same(of_r: dict[str, dict[str, float]], project: Path, tmp_path: Path) -> None:
    if shutil.which("Rscript") is None:
        message = "Rscript is not installed (Debian: r-base-core r-cran-survival)"
        if os.environ.get("REFRACTOR_REQUIRE_R") == "1":
            pytest.fail(message)
        pytest.skip(message)
    intervals().to_csv(tmp_path / "intervals.csv", index=False)
    command = ["Rscript", str(project / "tests/r/cox_oracle.R"), str(tmp_path / "intervals.csv")]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    (tmp_path / "again.tsv").write_text(run.stdout)
    again = figures(pd.read_csv(tmp_path / "again.tsv", sep="\t"))
    for name, oracle in of_r.items():
        assert again[name] == pytest.approx(oracle, abs=1e-6)
