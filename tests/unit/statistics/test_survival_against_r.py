"""Curves, medians and intervals equal to R's survival package to 4 decimals, on public and hand-made data.

tests/r/km_oracle.tsv was written by tests/r/km_oracle.R with R 4.2.2 and survival 3.5-3 (Debian 12) from the data below.
"""

from __future__ import annotations

import math
import os
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from lifelines import datasets

from refractor.statistics.survival import Curve, follow_up, kaplan_meier, log_rank

ORACLE = Path("tests/r/km_oracle.tsv")
QUANTITIES_A_DATASET = 18


def durations() -> pd.DataFrame:
    """Columns dataset, group, time, event. The public sets ship with lifelines."""
    lung = datasets.load_lung()
    waltons = datasets.load_waltons()
    leukemia = datasets.load_leukemia()
    larynx = datasets.load_larynx()
    frames = {
        "lung": (lung["time"], lung["status"], lung["sex"]),
        "waltons": (waltons["T"], waltons["E"], waltons["group"]),
        "leukemia": (leukemia["t"], leukemia["status"], leukemia["Rx"]),
        "larynx": (larynx["time"], larynx["death"], larynx["age"] > 65),
        # a curve that lies on one half from day 90 to day 120: the median is in the middle
        "on_the_half": ([50, 60, 90, 120, 150, 180], [1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 1, 1]),
        "all_events": ([43, 45, 49, 58, 63, 90, 126, 126, 150, 260], [1] * 10, [0, 1] * 5),
        "few_events": ([56, 100, 112, 168, 224, 300], [0, 1, 0, 0, 0, 0], [0] * 6),
    }
    return pd.concat(
        [
            pd.DataFrame({"dataset": name, "group": list(group), "time": list(time), "event": list(event)})
            for name, (time, event, group) in frames.items()
        ],
        ignore_index=True,
    ).astype({"event": int})


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return durations()


def figures(oracle: pd.DataFrame) -> dict[str, dict[str, float]]:
    return {
        str(name): dict(zip(rows["quantity"], rows["value"], strict=True))
        for name, rows in oracle.groupby("dataset", sort=False)
    }


@pytest.fixture(scope="module")
def of_r(project: Path) -> dict[str, dict[str, float]]:
    return figures(pd.read_csv(project / ORACLE, sep="\t"))


NAMES = ("lung", "waltons", "leukemia", "larynx", "on_the_half", "all_events", "few_events")


def compared(value: float | None, oracle: float) -> None:
    if math.isnan(oracle):
        assert value is None
    else:
        assert value is not None
        assert value == pytest.approx(oracle, abs=5e-5)


@pytest.mark.parametrize("name", NAMES)
def test_median_and_interval(data: pd.DataFrame, of_r: dict[str, dict[str, float]], name: str) -> None:
    oracle = of_r[name]
    assert len(oracle) in (QUANTITIES_A_DATASET, QUANTITIES_A_DATASET + 1)
    curve = curve_of(data, name)
    assert (curve.patients, int(curve.events.sum())) == (oracle["records"], oracle["events"])
    median = curve.median()
    for value, column in ((median.value, "median"), (median.low, "0.95LCL"), (median.high, "0.95UCL")):
        compared(value, oracle[column])
    rows = data[data["dataset"] == name]
    compared(follow_up(rows["time"].tolist(), rows["event"].tolist()).value, oracle["follow_up"])


@pytest.mark.parametrize("name", NAMES)
def test_survival_at_times(data: pd.DataFrame, of_r: dict[str, dict[str, float]], name: str) -> None:
    oracle = of_r[name]
    curve = curve_of(data, name)
    times = [key.removeprefix("survival_") for key in oracle if key.startswith("survival_")]
    assert len(times) == 3
    for time in times:
        estimate = curve.at(float(time))
        compared(estimate.value, oracle[f"survival_{time}"])
        compared(estimate.low, oracle[f"low_{time}"])
        compared(estimate.high, oracle[f"high_{time}"])
        assert curve.number_at_risk(float(time)) == oracle[f"at_risk_{time}"]


def test_log_rank(data: pd.DataFrame, of_r: dict[str, dict[str, float]]) -> None:
    tested = [name for name in NAMES if "log_rank_p" in of_r[name]]
    assert len(tested) >= 5
    for name in tested:
        rows = data[data["dataset"] == name].rename(columns={"time": "days"})
        first = rows["group"].iloc[0]
        p = log_rank(rows[rows["group"] == first], rows[rows["group"] != first])
        assert p == pytest.approx(of_r[name]["log_rank_p"], abs=5e-5)


def test_r_still_says_the_same(
    data: pd.DataFrame, of_r: dict[str, dict[str, float]], project: Path, tmp_path: Path
) -> None:
    if shutil.which("Rscript") is None:
        message = "Rscript is not installed (Debian: r-base-core r-cran-survival)"
        if os.environ.get("REFRACTOR_REQUIRE_R") == "1":
            pytest.fail(message)
        pytest.skip(message)
    data.to_csv(tmp_path / "durations.csv", index=False)
    command = ["Rscript", str(project / "tests/r/km_oracle.R"), str(tmp_path / "durations.csv")]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    (tmp_path / "again.tsv").write_text(run.stdout)
    again = figures(pd.read_csv(tmp_path / "again.tsv", sep="\t"))
    assert list(again) == list(of_r) == list(NAMES)
    for name, oracle in of_r.items():
        assert again[name] == pytest.approx(oracle, abs=1e-9, nan_ok=True)


def curve_of(data: pd.DataFrame, name: str) -> Curve:
    rows = data[data["dataset"] == name]
    return kaplan_meier(rows["time"].tolist(), rows["event"].tolist())


def test_nobody_and_one_patient() -> None:
    nobody = kaplan_meier([], [])
    assert (nobody.patients, nobody.median().value, nobody.at(10).value, nobody.number_at_risk(0)) == (
        0,
        None,
        None,
        0,
    )
    died = kaplan_meier([30], [1])
    assert (died.median().value, died.at(29).value, died.at(30).value, died.at(400).value) == (30, 1, 0, 0)
    alive = kaplan_meier([30], [0])
    assert (alive.median().value, alive.at(30).value, alive.at(31).value) == (None, 1, None)
