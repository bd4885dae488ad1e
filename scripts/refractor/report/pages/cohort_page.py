"""The cohort's page: everything it says, worked out here; how it looks, in templates/index.html.j2."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from refractor.report.cohort_results import CohortResults
from refractor.report.figures.genome_profile import target_chromosome
from refractor.report.figures.patient_groups import by_outcome, target_range
from refractor.report.figures.registry import Shown, draw_figures
from refractor.report.pages.five_questions import discordances, five_questions
from refractor.report.patient_results import PatientResults, Row
from refractor.report.plain_words import proportion_words
from refractor.report.template_environment import page_environment
from refractor.settings.cohort import Cohort
from refractor.vocabulary import AGAINST_THE_DRUG, EXPLAINING_TIERS, Eligibility, Label, State, YesNo

NOBODY = "0 of 0"
"""A share where no outcome is known."""

MOST_DETAILED = 50
"""Patients up to which the cohort's page holds every table of each; beyond, only the patients' own pages do."""

MOST_UNFOLDED = 12
"""Patients up to which their cards stand open; beyond, a click opens each."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The cohort counted in patients; the shares in words, as the tables of statistics give them."""

    patients: int
    sequenced: int
    failed: int
    assessable: int
    evaluable: int | None
    """Patients who count in the endpoints; None where nobody says so."""
    eligibility: dict[str, int]
    benefit: str
    explained_without_benefit: str
    explained_with_benefit: str


def headline(cards: Sequence[PatientResults], results: CohortResults) -> Headline:
    """The headline: patients counted from their rows, shares taken from ENDPOINTS and EXPLANATION."""
    rows = [card.row for card in cards]
    stated = [row["evaluable"] for row in rows if row["evaluable"] is not None]
    return Headline(
        patients=len(rows),
        sequenced=sum(row["wgs"] == "available" for row in rows),
        failed=sum(row["wgs"] == "failed" for row in rows),
        assessable=sum(row["label"] != Label.NOT_ASSESSABLE for row in rows),
        evaluable=stated.count(YesNo.YES) if stated else None,
        eligibility={state: sum(row["eligibility"] == state for row in rows) for state in Eligibility},
        benefit=_benefit_words(results),
        explained_without_benefit=_explained_words(results, "no_benefit"),
        explained_with_benefit=_explained_words(results, "benefit"),
    )


def _benefit_words(results: CohortResults) -> str:
    row = results.endpoint("clinical benefit", "proportion")
    return proportion_words(row["events"], row["n"], row) if row else NOBODY


def _explained_words(results: CohortResults, group: str) -> str:
    row = results.explained(group)
    return proportion_words(row["explained"], row["assessable"], row) if row else NOBODY


def render_cohort_page(
    cards: Sequence[PatientResults],
    *,
    cohort: Cohort,
    manifest: Sequence[Row],
    provenance: Mapping[str, Any],
    synthetic: bool,
    results: CohortResults | None = None,
) -> str:
    """The page as one self-contained HTML text: no script, font or picture from elsewhere."""
    results = results or CohortResults()
    counted = headline(cards, results)
    brief = len(cards) > MOST_DETAILED
    return (
        page_environment(synthetic=synthetic)
        .get_template("index.html.j2")
        .render(
            cohort=cohort,
            groups=by_outcome(cards),
            cards=cards,
            headline=counted,
            trial_flow=_trial_flow(counted),
            questions=five_questions(
                cards,
                results,
                benefit=counted.benefit,
                without=counted.explained_without_benefit,
                with_benefit=counted.explained_with_benefit,
            ),
            discordances=discordances(cards),
            no_rules=no_rules(results, cohort) if counted.sequenced else None,
            explained=results.explained("no_benefit"),
            label_digest=results.label_digest,
            outcome_review=results.outcome_review,
            sheet_questions=results.questions,
            figures=draw_figures(Shown(cards, results, cohort)),
            grids=results.grids(),
            changes=[(card.patient, row) for card in cards for row in card.changes],
            folded=len(cards) > MOST_UNFOLDED,
            ranges={card.patient: target_range(card) for card in cards},
            chromosomes={card.patient: None if brief else target_chromosome(card) for card in cards},
            own_page=False,
            brief=brief,
            provenance=provenance,
            settings=_flat(provenance.get("settings", {})),
            **_account(manifest, cards),
        )
    )


def no_rules(results: CohortResults, cohort: Cohort) -> str | None:
    """What to say where no rule could explain a lack of benefit, whatever the tumours hold; None where one could."""
    if any(
        row["tier"] in EXPLAINING_TIERS and row["direction"] in AGAINST_THE_DRUG
        for row in results.rule_coverage
    ):
        return None
    drugs = " and ".join(cohort.drugs)
    return (
        f"No rule of the knowledge base that could explain a lack of benefit concerns {drugs} in {cohort.disease.name}. "
        "That no tumour carries a candidate says nothing here."
    )


def _trial_flow(counted: Headline) -> list[tuple[str, str]]:
    """The trial from all patients to those whose genome can tell, and the entry criteria."""
    tiles = [(str(counted.patients), "patients treated")]
    if counted.evaluable is not None:
        tiles.append((str(counted.evaluable), "evaluable for the endpoints"))
    return [
        *tiles,
        (str(counted.sequenced), "with a usable genome"),
        (str(counted.assessable), "whose genome can show an explanation"),
        (
            str(counted.eligibility[Eligibility.DISCORDANT]),
            "contradict an entry criterion on the sequenced tumour",
        ),
        (str(counted.eligibility[Eligibility.NOT_ASSESSABLE]), "whose entry criteria cannot all be judged"),
    ]


def _account(manifest: Sequence[Row], cards: Sequence[PatientResults]) -> dict[str, Any]:
    """What failed, one by one, and what was skipped, gathered by analysis and reason."""
    rows = manifest
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
