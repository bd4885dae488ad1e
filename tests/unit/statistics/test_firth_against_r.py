"""Firth's logistic and Cox regression with two covariates, estimates, profile intervals and p, equal to R.

tests/r/firth_oracle.tsv was written by tests/r/firth_oracle.R with R 4.2.2 and survival 3.5-3 (Debian 12) from `patients`.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from oracles_of_r import figures_made_anew, read_figures

from refractor.outcomes.copy_number_association import firth_logistic
from refractor.statistics.cox import Intervals, hazard_ratios

ORACLE, SCRIPT = Path("tests/r/firth_oracle.tsv"), Path("tests/r/firth_oracle.R")
DATASETS = ("even", "small", "separated")


def patients() -> pd.DataFrame:
    """Three cohorts: 40 patients, 14 patients, and 24 none of whose carriers (z) had benefit."""
    random = np.random.default_rng(5)
    frames = []
    for name, number in zip(DATASETS, (40, 14, 24), strict=True):
        x = np.round(random.normal(4, 1.2, number), 3)
        z = random.integers(0, 2, number)
        benefit = (random.random(number) < 1 / (1 + np.exp(1.2 - 0.3 * x + 0.6 * z))).astype(int)
        if name == "separated":
            benefit[z == 1] = 0
        days = np.ceil(random.exponential(120 + 80 * benefit) / 7) * 7
        event = (random.random(number) < 0.8).astype(int)
        frames.append(
            pd.DataFrame({"dataset": name, "benefit": benefit, "days": days, "event": event, "x": x, "z": z})
        )
    return pd.concat(frames, ignore_index=True)


def cohort(name: str) -> pd.DataFrame:
    everybody = patients()
    return everybody[everybody["dataset"] == name]


@pytest.mark.parametrize("name", DATASETS)
def test_logistic(project: Path, name: str) -> None:
    known, rows = read_figures(project / ORACLE)[name], cohort(name)
    effects = {
        effect.covariate: effect
        for effect in firth_logistic(rows[["x", "z"]], rows["benefit"].astype(bool).tolist())
    }
    assert set(effects) == {"x", "z"}
    for covariate, effect in effects.items():
        assert effect.log_odds_ratio == pytest.approx(known[f"logistic_{covariate}"], abs=1e-6)
        assert effect.low == pytest.approx(known[f"logistic_{covariate}_low"], abs=1e-6)
        assert effect.high == pytest.approx(known[f"logistic_{covariate}_high"], abs=1e-6)
        assert effect.p == pytest.approx(known[f"logistic_{covariate}_p"], abs=1e-6)


@pytest.mark.parametrize("name", DATASETS)
def test_cox(project: Path, name: str) -> None:
    known, rows = read_figures(project / ORACLE)[name], cohort(name)
    days, event = rows["days"].to_numpy(float), rows["event"].to_numpy(np.int64)
    ratios = hazard_ratios(Intervals(np.zeros(len(rows)), days, event, rows[["x", "z"]].to_numpy(float)))
    assert ratios is not None
    for covariate, ratio in zip(("x", "z"), ratios, strict=True):
        assert ratio.low is not None
        assert ratio.high is not None
        assert math.log(ratio.estimate) == pytest.approx(known[f"cox_{covariate}"], abs=1e-6)
        assert math.log(ratio.low) == pytest.approx(known[f"cox_{covariate}_low"], abs=1e-5)
        assert math.log(ratio.high) == pytest.approx(known[f"cox_{covariate}_high"], abs=1e-5)
        assert ratio.p == pytest.approx(known[f"cox_{covariate}_p"], abs=1e-6)


def test_r_still_says_the_same(project: Path, tmp_path: Path) -> None:
    again = figures_made_anew(project / SCRIPT, patients(), tmp_path)
    known = read_figures(project / ORACLE)
    assert set(again) == set(known) == set(DATASETS)
    for name, figures in known.items():
        assert again[name] == pytest.approx(figures, abs=1e-5)
