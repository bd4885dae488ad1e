"""The first screen answers within thirty seconds: every point of the list holds, and fails where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_patients import made_patient, page_of, results
from thirty_seconds import BROWSER, points

SHARE = {
    "proportion": 0.5,
    "low": 0.2,
    "high": 0.8,
    "assessable": 2,
    "patients": 3,
    "explained": 1,
    "lowest": 0.3,
    "highest": 0.7,
}
EXPLAINED = [
    SHARE | {"group": group, "tiers": "R1-R3", "clonality": "any", "eligible": "any"}
    for group in ("no_benefit", "benefit")
]
RULE = {"rule_id": "MAPK-1", "tier": "R1", "direction": "resistant", "mechanism": "MAPK"}


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_every_point_of_the_list_holds(tmp_path: Path) -> None:
    cards = [
        made_patient("A", label="candidate_r1", mechanisms="MAPK"),
        *(made_patient(f"N{number:02d}") for number in range(12)),
        *(made_patient(f"Y{number:02d}", clinical_benefit="yes") for number in range(11)),
        made_patient("U", clinical_benefit=None),
    ]
    page = tmp_path / "index.html"
    found = results(explanation=EXPLAINED, rule_coverage=[RULE])
    page.write_text(page_of(cards, found), encoding="utf-8")
    read = points(page)
    assert len(read) == 10
    assert [point for point in read if not point.holds] == []
    page.write_text(page.read_text().replace("<figcaption>", "<p style='height:500px'></p><figcaption>", 1).replace(
        'class="lead"', 'class="lead" style="padding-top:400px"', 1), encoding="utf-8")  # fmt: skip
    late = {point.name for point in points(page) if not point.holds}
    assert "the sentence ends above 500 px" in late and "their reasons begin within 1000 px" in late
