"""What a reader sees first: which trial, the answer in one sentence with its split, and each patient's reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from refractor.report.cohort_results import CohortResults
from refractor.report.patient_results import PatientResults, Row
from refractor.report.plain_words import figure_words, share_words
from refractor.results.analysis_tables import ASSOCIATIONS
from refractor.settings.cohort import Cohort
from refractor.vocabulary import CANDIDATES, Eligibility, Label, YesNo


@dataclass(frozen=True, slots=True)
class Counted:
    """A number in words, and the patients behind it."""

    words: str
    patients: tuple[str, ...] = ()


def count(cards: Iterable[PatientResults], words: str = "{n}") -> Counted:
    """The number of `cards`, as `words` with `{n}` in them."""
    names = tuple(card.patient for card in cards)
    return Counted(words.format(n=len(names)), names)


def trial_facts(
    cards: Sequence[PatientResults], cohort: Cohort, provenance: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """Which trial this is: drugs, disease, data cut, day of the run and number of patients."""
    sequenced = sum(card.row["wgs"] == "available" for card in cards)
    return [
        ("Drugs", " + ".join(cohort.drugs)),
        ("Disease", cohort.patients_name),
        ("Data cut", provenance.get("settings", {}).get("data_cutoff") or "not stated"),
        ("Run", provenance.get("date") or "date not recorded"),
        ("Patients", f"{len(cards)}, {sequenced} with a genome"),
    ]


@dataclass(frozen=True, slots=True)
class Answer:
    """A candidate among the assessable of one outcome: how many, the exact interval, and the split by eligibility."""

    found: Counted
    interval: str
    eligible: Counted
    not_eligible: Counted
    unjudged: Counted


def answer(cards: Sequence[PatientResults], results: CohortResults, benefit: YesNo) -> Answer | None:
    """The answer for patients with or without benefit, its share from EXPLANATION; None where nobody was assessable."""
    row = results.explained("benefit" if benefit is YesNo.YES else "no_benefit")
    if row is None or not row["assessable"]:
        return None
    carriers = [
        card for card in cards if card.clinical_benefit == benefit and card.row["label"] in CANDIDATES
    ]
    by_state = {
        state: [card for card in carriers if card.row["eligibility"] == state] for state in Eligibility
    }
    interval = (
        f"{share_words(row['proportion'])}, 95 % CI {share_words(row['low'])} to {share_words(row['high'])}"
    )
    return Answer(
        found=count(carriers, f"{row['explained']} of {row['assessable']}"),
        interval=interval,
        eligible=count(by_state[Eligibility.CONFIRMED]),
        not_eligible=count(by_state[Eligibility.DISCORDANT]),
        unjudged=count(by_state[Eligibility.NOT_ASSESSABLE]),
    )


def answer_words(without: Answer | None, with_benefit: Answer | None, benefit: str) -> str:
    """The answer as one text, for a slide."""
    if without is None:
        said = "No patient without benefit has an assessable genome."
    else:
        said = (
            f"{without.found.words} assessable patients without benefit ({without.interval}) carry a candidate mechanism: "
            f"{without.eligible.words} eligible on the genome, {without.not_eligible.words} not eligible on the genome."
        )
    control = (
        "There is no control."
        if with_benefit is None
        else f"The control: {with_benefit.found.words} with benefit ({with_benefit.interval})."
    )
    return f"{said} {control} Clinical benefit: {benefit}."


def in_order_of_evidence(cards: Iterable[PatientResults]) -> list[PatientResults]:
    """Patients with the strongest candidate first, those whose genome cannot tell last."""
    order = list(Label)
    return sorted(cards, key=lambda card: (order.index(Label(card.row["label"])), card.patient))


def trial_flow(cards: Sequence[PatientResults]) -> list[Counted]:
    """The trial from all patients to those whose genome can tell, and the entry criteria."""
    tiles = [count(cards, "patients treated")]
    if any(card.row["evaluable"] is not None for card in cards):
        evaluable = (card for card in cards if card.row["evaluable"] == YesNo.YES)
        tiles.append(count(evaluable, "evaluable for the endpoints"))

    def where(column: str, value: str) -> list[PatientResults]:
        return [card for card in cards if card.row[column] == value]

    assessable = [card for card in cards if card.row["label"] != Label.NOT_ASSESSABLE]
    return [
        *tiles,
        count(where("wgs", "available"), "with a usable genome"),
        count(assessable, "whose genome can show a candidate"),
        count(
            where("eligibility", Eligibility.DISCORDANT),
            "contradict an entry criterion on the sequenced tumour",
        ),
        count(
            where("eligibility", Eligibility.NOT_ASSESSABLE),
            "whose entry criteria cannot all be judged",
        ),
    ]


def how_sure(results: CohortResults) -> list[str]:
    """How far the answer carries, sentence by sentence, from the tables of statistics."""
    explained = results.explained("no_benefit")
    if explained is None or not explained["assessable"]:
        return ["Without patients of known outcome and an assessable genome nothing can be compared."]
    sentences = []
    strongest = results.explained("no_benefit", "R1")
    if strongest is not None:
        sentences.append(
            f"Of the {explained['explained']} with a candidate without benefit, {strongest['explained']} rest on tier R1."
        )
    sentences.append(
        f"{explained['explained']} of {explained['assessable']} is compatible with a true share from "
        f"{share_words(explained['low'])} to {share_words(explained['high'])}."
    )
    if explained["patients"] > explained["assessable"]:
        sentences.append(
            f"{explained['patients'] - explained['assessable']} of {explained['patients']} patients without benefit "
            f"could not be judged; whatever their genomes hold, the share of all lies between "
            f"{share_words(explained['lowest'])} and {share_words(explained['highest'])}."
        )
    if explained["expected"] is not None:
        sentences.append(
            f"If mechanisms had nothing to do with benefit, {figure_words(explained['expected'])} candidates "
            f"without benefit would be expected (95 %: {figure_words(explained['expected_low'])} to "
            f"{figure_words(explained['expected_high'])}; one-sided permutation p "
            f"{figure_words(explained['p_permutation'], 2)})."
        )
    return sentences + _compared(results[ASSOCIATIONS])


def _compared(associations: Sequence[Row]) -> list[str]:
    overall = next((row for row in associations if row["level"] == "any"), None)
    if overall is None or overall["p_fisher"] is None:
        return []
    words = f"Carriers without against with benefit: Fisher p {figure_words(overall['p_fisher'], 2)}"
    if overall["tested"] == YesNo.NO:
        return [
            f"{words}; with so few patients even the most extreme result would have given "
            f"{figure_words(overall['p_attainable'], 2)}, so a difference cannot be shown, nor excluded."
        ]
    return [f"{words}. An association in a cohort of this size is a lead to follow, not a cause."]
