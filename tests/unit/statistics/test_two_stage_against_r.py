"""Two-stage designs: random ones equal to R to 6 digits, the published ones of Simon as his tables have them.

tests/r/two_stage_oracle.tsv was written by tests/r/two_stage_oracle.R with R 4.2.2 (Debian 12) from `trials`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from oracles_of_r import figures_made_anew, read_figures

from refractor.settings.endpoint_rules import Design
from refractor.statistics.two_stage import estimate_after_stage_two, operating_characteristics

ORACLE, SCRIPT = Path("tests/r/two_stage_oracle.tsv"), Path("tests/r/two_stage_oracle.R")


def trials() -> pd.DataFrame:
    """Twelve designs with the successes of one trial each."""
    random = np.random.default_rng(16)
    rows = []
    for number in range(12):
        n1, n2 = int(random.integers(5, 30)), int(random.integers(1, 40))
        r1 = int(random.integers(0, max(1, n1 // 3)))
        x = int(random.integers(r1 + 1, n1 + n2 + 1))
        p0 = round(float(random.uniform(0.05, 0.5)), 2)
        rows.append((f"T{number}", n1, r1, n1 + n2, max(r1 + 1, x // 2), x, p0, round(p0 + 0.2, 2)))
    return pd.DataFrame(rows, columns=["trial", "n1", "r1", "n", "success", "x", "p0", "p1"])


@pytest.mark.parametrize("place", range(12))
def test_random_designs(project: Path, place: int) -> None:
    row = trials().iloc[place]
    known = read_figures(project / ORACLE)[row["trial"]]
    counts = {name: int(row[name]) for name in ("n1", "r1", "n", "success")}
    design = Design(**counts, p0=float(row["p0"]), p1=float(row["p1"]))
    for name, share in (("p0", design.p0), ("p1", design.p1)):
        result = operating_characteristics(design, share)
        assert result.success == pytest.approx(known[f"success_{name}"], abs=1e-9)
        assert result.early_stop == pytest.approx(known[f"early_stop_{name}"], abs=1e-9)
        assert result.expected_patients == pytest.approx(known[f"expected_{name}"], abs=1e-7)
    found = estimate_after_stage_two(design, int(row["x"]))
    assert found.umvue == pytest.approx(known["umvue"], abs=1e-9)
    assert found.p_value == pytest.approx(known["p"], abs=1e-9)
    assert found.median_unbiased == pytest.approx(known["median"], abs=1e-7)
    assert found.koyama_chen == pytest.approx((known["low"], known["koyama_chen_high"]), abs=1e-7)
    assert found.clopper_pearson_type == pytest.approx((known["low"], known.get("exact_high", 1.0)), abs=1e-7)


def test_r_still_says_the_same(project: Path, tmp_path: Path) -> None:
    again = figures_made_anew(project / SCRIPT, trials(), tmp_path)
    known = read_figures(project / ORACLE)
    assert len(again) == len(known) == 12
    for name, figures in known.items():
        assert again[name] == pytest.approx(figures, abs=1e-8)


@pytest.mark.parametrize(
    ("p0", "p1", "alpha", "power", "first", "whole", "expected"),
    [
        # alpha 0.05, power 0.8: optimal, then minimax
        (0.05, 0.25, 0.05, 0.8, (0, 9), (2, 17), 12.0),
        (0.05, 0.25, 0.05, 0.8, (0, 12), (2, 16), 13.8),
        (0.1, 0.3, 0.05, 0.8, (1, 10), (5, 29), 15.0),
        (0.1, 0.3, 0.05, 0.8, (1, 15), (5, 25), 19.5),
        (0.2, 0.4, 0.05, 0.8, (3, 13), (12, 43), 20.6),
        (0.2, 0.4, 0.05, 0.8, (4, 18), (10, 33), 22.3),
        (0.3, 0.5, 0.05, 0.8, (5, 15), (18, 46), 23.6),
        (0.3, 0.5, 0.05, 0.8, (6, 19), (16, 39), 25.7),
        # alpha 0.05, power 0.9
        (0.1, 0.3, 0.05, 0.9, (2, 18), (6, 35), 22.5),
        (0.1, 0.3, 0.05, 0.9, (2, 22), (6, 33), 26.2),
    ],
)
def test_designs_of_simon(
    p0: float, p1: float, alpha: float, power: float,
    first: tuple[int, int], whole: tuple[int, int], expected: float,
) -> None:  # fmt: skip
    """r1/n1 and r/n with the expected patients at p0 (Simon 1989, table 1 and 2,
    doi:10.1016/0197-2456(89)90015-9); more than r successes are one."""
    (r1, n1), (r, n) = first, whole
    design = Design(n1=n1, r1=r1, n=n, success=r + 1, p0=p0, p1=p1)
    null, alternative = operating_characteristics(design, p0), operating_characteristics(design, p1)
    assert null.expected_patients == pytest.approx(expected, abs=0.051)
    assert null.success <= alpha
    assert alternative.success >= power
