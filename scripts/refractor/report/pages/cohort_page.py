"""The cohort's page: everything it says, worked out here; how it looks, in templates/index.html.j2."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from refractor.genome.own_genes import own_genes_in_words
from refractor.report.cohort_results import CohortResults
from refractor.report.counted import Counted, Sentence, Who, of
from refractor.report.figures.genome_profile import target_chromosome
from refractor.report.figures.page_figures import Shown, draw_figures
from refractor.report.figures.patient_groups import by_outcome, target_range
from refractor.report.pages.beyond_chance import beyond_chance
from refractor.report.pages.finding_sentence import stated
from refractor.report.pages.first_screen import (
    answer,
    cards_counted,
    how_sure,
    in_order_of_evidence,
    trial_facts,
    trial_flow,
)
from refractor.report.pages.reasons import discordances
from refractor.report.pages.since_frozen import since_frozen
from refractor.report.pages.table_one import table_one
from refractor.report.patient_results import PatientResults, Row
from refractor.report.plain_words import plain, proportion_words
from refractor.report.template_environment import page_environment
from refractor.results.analysis_tables import ENDPOINTS
from refractor.results.cohort_tables import OUTCOME_REVIEW, QUESTIONS, RULE_COVERAGE
from refractor.results.preregistration_tables import SINCE_FROZEN
from refractor.settings.cohort import Cohort
from refractor.vocabulary import AGAINST_THE_DRUG, EXPLAINING_TIERS, State, YesNo

MOST_DETAILED = 50
"""Patients up to which the cohort's page holds every table of each; beyond, only the patients' own pages do."""

MOST_UNFOLDED = 12
"""Patients up to which their cards stand open; beyond, a click opens each."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The cohort counted in patients, and clinical benefit in words, as ENDPOINTS gives it."""

    patients: int
    sequenced: int
    benefit: Sentence


def headline(cards: Sequence[PatientResults], results: CohortResults) -> Headline:
    """The headline of a cohort."""
    row = results.endpoint("clinical benefit", "proportion")
    return Headline(
        patients=len(cards),
        sequenced=sum(card.row["wgs"] == "available" for card in cards),
        benefit=_share(row, results.who(ENDPOINTS, row)) if row else ("not known",),
    )


def _share(row: Row, who: Who) -> Sentence:
    """`8 of 24 (33 %, 95 % CI 16 % to 55 %)`, both numbers with their patients."""
    words = proportion_words(row["events"], row["n"], row)
    events, n = of(row, who, "events"), of(row, who, "n")
    return events, " of ", n, words.removeprefix(f"{events.words} of {n.words}")


def render_cohort_page(
    cards: Sequence[PatientResults],
    *,
    cohort: Cohort,
    manifest: Sequence[Row],
    provenance: Mapping[str, Any],
    synthetic: bool,
    results: CohortResults | None = None,
    run_page: str = "run.html",
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
            groups_by=_by_benefit(cards),
            cards=cards,
            facts=trial_facts(cards, cohort, provenance),
            headline=counted,
            without=answer(cards, results, YesNo.NO),
            with_benefit=answer(cards, results, YesNo.YES),
            since_frozen=since_frozen(results[SINCE_FROZEN]),
            sentences=how_sure(results) + beyond_chance(results),
            trial_flow=trial_flow(cards),
            carriers=_carriers(cards),
            rules_named=_rules_named(cards),
            behind_numbers=WrittenOnce([card.patient for card in cards]),
            curves=_curves(results),
            mechanisms_of={card.patient: card.row["mechanisms"] for card in cards},
            table_one=table_one(cards, cohort),
            discordances=discordances(cards),
            questions=results[QUESTIONS],
            no_rules=no_rules(results, cohort) if counted.sequenced else None,
            label_digest=results.label_digest,
            outcome_review=results[OUTCOME_REVIEW],
            figures=draw_figures(Shown(cards, results, cohort)),
            grids=results.grids(),
            changes=[(card.patient, row) for card in cards for row in card.changes],
            folded=len(cards) > MOST_UNFOLDED,
            ranges={card.patient: target_range(card) for card in cards},
            chromosomes={card.patient: None if brief else target_chromosome(card) for card in cards},
            own_page=False,
            run_page=run_page,
            brief=brief,
            provenance=provenance,
            settings=settings_of_run(provenance),
            knowledge=sorted({card.knowledge for card in cards if card.knowledge}),
            own_panel=own_genes_in_words(),
            **_account(manifest, cards),
        )
    )


def _by_benefit(cards: Sequence[PatientResults]) -> dict[str, list[PatientResults]]:
    """Patients without, with and of unknown benefit, those with the strongest candidates first."""
    keys = {"no": YesNo.NO, "yes": YesNo.YES, "unknown": None}
    return {
        name: in_order_of_evidence(card for card in cards if card.clinical_benefit == key)
        for name, key in keys.items()
    }


def no_rules(results: CohortResults, cohort: Cohort) -> str | None:
    """What to say where no rule could explain a lack of benefit, whatever the tumours hold; None where one could."""
    if any(
        row["tier"] in EXPLAINING_TIERS and row["direction"] in AGAINST_THE_DRUG
        for row in results[RULE_COVERAGE]
    ):
        return None
    drugs = " and ".join(cohort.drugs)
    return (
        f"No rule of the knowledge base that could explain a lack of benefit concerns {drugs} in {cohort.disease.name}. "
        "That no tumour carries a candidate says nothing here."
    )


def _carriers(cards: Sequence[PatientResults]) -> list[tuple[str, Counted]]:
    """Every mechanism of a candidate with its carriers, the most frequent first."""
    names = {str(row["mechanism"]) for card in cards for row in card.candidates}
    found = [
        (name, cards_counted(c for c in cards if any(r["mechanism"] == name for r in c.candidates)))
        for name in names
    ]
    return sorted(found, key=lambda item: (-len(item[1].patients), item[0]))


def _rules_named(cards: Sequence[PatientResults]) -> list[tuple[str, str, str]]:
    """Every rule behind a candidate or a hypothesis: its name, its tier and what it states."""
    found = {
        row["rule_id"]: (row["rule_id"], row["tier"], stated(row["sentence"]))
        for card in cards
        for row in (*card.candidates, *card.hypotheses)
    }
    return sorted(found.values(), key=lambda rule: (rule[1], rule[0]))


class WrittenOnce:
    """Sets of patients behind the page's numbers, each written once: a number names its set by its place in `sets`.

    A set is the bits of a hexadecimal number, the first patient of `order` the lowest.
    """

    def __init__(self, order: Sequence[str]) -> None:
        self._bits = {patient: 1 << place for place, patient in enumerate(order)}
        self._places: dict[str, int] = {}

    def place(self, patients: Sequence[str]) -> int:
        """The place of these patients' set."""
        written = f"{sum(self._bits[patient] for patient in set(patients)):x}"
        return self._places.setdefault(written, len(self._places))

    @property
    def sets(self) -> list[str]:
        """The sets that were asked for up to now."""
        return list(self._places)


def _curves(results: CohortResults) -> dict[str, Sentence]:
    """Patients and events behind each curve, and how many are still followed at its landmarks."""
    said: dict[str, Sentence] = {}
    for name, endpoint in (("pfs", "pfs"), ("os", "os"), ("dor", "duration_of_response")):
        row = results.endpoint(plain(endpoint), "median")
        if row is not None:
            who = results.who(ENDPOINTS, row)
            said[name] = (
                "Behind the curve: ",
                of(row, who, "n"),
                " patients, ",
                of(row, who, "events"),
                " events.",
            )
    return said


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


def settings_of_run(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting of the run but for its list of cohorts, which is none of this cohort's matter."""
    settings = provenance.get("settings", {})
    return _flat({name: value for name, value in settings.items() if name != "cohorts"})


def _flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Settings of all groups under names with points; a name that is asked for and absent is None."""
    flat: dict[str, Any] = defaultdict(lambda: None)
    for name, value in settings.items():
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{prefix}{name}."))
        else:
            flat[f"{prefix}{name}"] = value
    return flat
