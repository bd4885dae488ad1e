"""The cohort's page: everything it says, worked out here; how it looks, in templates/index.html.j2."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from scipy.stats import binomtest

from refractor.report.figures.adverse_event_bars import adverse_figure
from refractor.report.figures.association_forest import association_figure
from refractor.report.figures.copies_by_benefit import copies_figure
from refractor.report.figures.drawing import Drawing
from refractor.report.figures.explanation_shares import explanation_figure
from refractor.report.figures.genome_profile import chromosome_17
from refractor.report.figures.kaplan_meier import survival_figure
from refractor.report.figures.oncoprint import oncoprint
from refractor.report.figures.patient_groups import by_outcome, erbb2_range
from refractor.report.figures.swimmer import swimmer
from refractor.report.figures.two_stage_design import two_stage_figure
from refractor.report.figures.waterfall_and_spider import spider, waterfall
from refractor.report.pages.answers import discordances, five_questions
from refractor.report.pages.cohort_results import CohortResults
from refractor.report.pages.patient_card import PatientCard, rows_of
from refractor.report.template_environment import page_environment
from refractor.report.words import share_words
from refractor.vocabulary import EXPLAINED, Eligibility, Label, State, YesNo

MOST_DETAILED = 50
"""Patients up to which the cohort's page holds every table of each; beyond, only the patients' own pages do."""

MOST_UNFOLDED = 12
"""Patients up to which their cards stand open; beyond, a click opens each."""


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
        return (
            f"{self.count} of {self.total} ({share_words(self.count / self.total)}, 95 % CI {share_words(low)} to "
            f"{share_words(high)})"
        )


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
    """The headline of a PATIENTS table; patients whose benefit is unknown, or who are not evaluable, count in no share."""
    evaluable = (patients["evaluable"] != YesNo.NO).fillna(value=True)
    known = patients[patients["clinical_benefit"].notna() & evaluable]
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
    results: CohortResults | None = None,
) -> str:
    """The page as one self-contained HTML text: no script, font or picture from elsewhere."""
    results = results or CohortResults()
    counted = headline(patients)
    brief = len(cards) > MOST_DETAILED
    return (
        page_environment(synthetic=synthetic)
        .get_template("index.html.j2")
        .render(
            groups=by_outcome(cards),
            cards=cards,
            headline=counted,
            trial_flow=_trial_flow(counted, patients),
            questions=five_questions(
                cards,
                results,
                benefit=str(counted.benefit),
                without=str(counted.explained_without_benefit),
                with_benefit=str(counted.explained_with_benefit),
            ),
            discordances=discordances(cards),
            explained=results.explained("no_benefit"),
            label_digest=results.label_digest,
            outcome_review=results.outcome_review,
            figures=_figures(cards, results),
            grids=results.grids(),
            changes=[(card.patient, row) for card in cards for row in card.changes],
            folded=len(cards) > MOST_UNFOLDED,
            ranges={card.patient: erbb2_range(card) for card in cards},
            chromosomes={card.patient: None if brief else chromosome_17(card) for card in cards},
            own_page=False,
            brief=brief,
            provenance=provenance,
            settings=_flat(provenance.get("settings", {})),
            **_account(manifest, cards),
        )
    )


def _trial_flow(counted: Headline, patients: pd.DataFrame) -> list[tuple[str, str]]:
    """The trial from all patients to those whose genome can tell, and the entry criteria."""
    evaluable = int((patients["evaluable"] == YesNo.YES).sum())
    assessable = int((patients["label"] != Label.NOT_EVALUABLE).sum())
    tiles = [(str(counted.patients), "patients treated")]
    if patients["evaluable"].notna().any():
        tiles.append((str(evaluable), "evaluable for the endpoints"))
    return [
        *tiles,
        (str(counted.sequenced), "with a usable genome"),
        (str(assessable), "whose genome can show an explanation"),
        (
            str(counted.eligibility[Eligibility.DISCORDANT]),
            "contradict an entry criterion on the sequenced tumour",
        ),
        (str(counted.eligibility[Eligibility.NOT_ASSESSABLE]), "whose entry criteria cannot all be judged"),
    ]


def _figures(cards: Sequence[PatientCard], results: CohortResults) -> dict[str, Drawing | None]:
    return {
        "oncoprint": oncoprint(cards),
        "swimmer": swimmer(cards),
        "pfs": survival_figure(results.survival, "pfs"),
        "os": survival_figure(results.survival, "os"),
        "waterfall": waterfall(cards, results.responses),
        "spider": spider(cards, results.responses),
        "two_stage": two_stage_figure(cards, results.two_stage),
        "explanation": explanation_figure(results.explanation),
        "associations": association_figure(results.associations),
        "copies": copies_figure(cards, results.copies),
        "adverse": adverse_figure(results.adverse_events),
    }


def _account(manifest: pd.DataFrame, cards: Sequence[PatientCard]) -> dict[str, Any]:
    """What failed, one by one, and what was skipped, gathered by analysis and reason."""
    rows = rows_of(manifest)
    skipped: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row["state"] == State.SKIPPED:
            skipped.setdefault((row["analysis"], row["reason"] or ""), []).append(row["sample"])
    return {
        "n_analyses": len(rows),
        "failed": [{**row, "reason": row["reason"] or ""} for row in rows if row["state"] == State.FAILED],
        "skipped": [(analysis, reason, samples) for (analysis, reason), samples in skipped.items()],
        "skipped_total": sum(map(len, skipped.values())),
        "without_genome": [card.patient for card in cards if card.row["wgs"] == "missing"],
    }


def _flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Settings of all groups under names with points; a name that is asked for and absent is None."""
    flat: dict[str, Any] = defaultdict(lambda: None)
    for name, value in settings.items():
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{prefix}{name}."))
        else:
            flat[f"{prefix}{name}"] = value
    return flat
