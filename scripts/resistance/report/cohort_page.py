"""The cohort's page: everything it says, worked out here; how it looks, in templates/index.html.j2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from scipy.stats import binomtest

from resistance.report.patient_card import PatientCard
from resistance.vocabulary import Eligibility, Label, State, YesNo

TEMPLATES = Path(__file__).parent / "templates"
EXPLAINED = (Label.EXPLAINED_R1, Label.EXPLAINED_R2_R3)
"""Labels that count as an explanation: tiers R1 to R3."""

WORDS = {
    Label.EXPLAINED_R1: "Explained (R1)",
    Label.EXPLAINED_R2_R3: "Explained (R2-R3)",
    Label.HYPOTHESIS_R4: "Hypothesis only (R4)",
    Label.NO_CANDIDATE: "No candidate",
    Label.NOT_EVALUABLE: "Not evaluable",
}


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total` with its 95 % Clopper-Pearson interval; no interval for an empty total."""

    count: int
    total: int

    @property
    def interval(self) -> tuple[float, float] | None:
        """Lower and upper bound, 0-1."""
        if self.total == 0:
            return None
        bounds = binomtest(self.count, self.total).proportion_ci(0.95, method="exact")
        return float(bounds.low), float(bounds.high)

    def __str__(self) -> str:
        if self.interval is None:
            return f"{self.count} of {self.total}"
        low, high = self.interval
        return f"{self.count} of {self.total} ({self.count / self.total:.0%}, 95 % CI {low:.0%}-{high:.0%})"


@dataclass(frozen=True, slots=True)
class Headline:
    """The cohort in figures. An explanation is counted in patients with benefit too: that is its control."""

    patients: int
    sequenced: int
    failed: int
    benefit: Share
    explained_without_benefit: Share
    explained_with_benefit: Share
    eligibility: dict[str, int]


def headline(patients: pd.DataFrame) -> Headline:
    """The headline of a PATIENTS table; patients whose benefit is unknown count in no share."""
    known = patients[patients["clinical_benefit"].notna()]
    return Headline(
        patients=len(patients),
        sequenced=int((patients["wgs"] == "available").sum()),
        failed=int((patients["wgs"] == "failed").sum()),
        benefit=Share(int((known["clinical_benefit"] == YesNo.YES).sum()), len(known)),
        explained_without_benefit=explained_share(known[known["clinical_benefit"] == YesNo.NO]),
        explained_with_benefit=explained_share(known[known["clinical_benefit"] == YesNo.YES]),
        eligibility={state: int((patients["eligibility"] == state).sum()) for state in Eligibility},
    )


def explained_share(group: pd.DataFrame) -> Share:
    """Explained (R1-R3) among the patients of `group` whose genome could show it."""
    assessable = group[group["label"] != Label.NOT_EVALUABLE]
    return Share(int(assessable["label"].isin(EXPLAINED).sum()), len(assessable))


def render_cohort_page(
    cards: Sequence[PatientCard],
    *,
    patients: pd.DataFrame,
    manifest: pd.DataFrame,
    provenance: Mapping[str, Any],
    synthetic: bool,
) -> str:
    """The page as one self-contained HTML text: no script, font or picture from elsewhere."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    groups = [
        ("Without clinical benefit", [c for c in cards if c.clinical_benefit == YesNo.NO]),
        ("With clinical benefit", [c for c in cards if c.clinical_benefit == YesNo.YES]),
        ("Benefit unknown", [c for c in cards if c.clinical_benefit is None]),
    ]
    return environment.get_template("index.html.j2").render(
        groups=[(title, members) for title, members in groups if members],
        cards=cards,
        headline=headline(patients),
        words=WORDS,
        copies_scale=max([c.erbb2_copy_number or 0 for c in cards] + [8.0]),
        not_done=manifest[manifest["state"] != State.DONE]
        .astype(object)
        .where(manifest.notna(), "")
        .to_dict("records"),
        n_analyses=len(manifest),
        provenance=provenance,
        synthetic=synthetic,
    )
