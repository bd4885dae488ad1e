"""What a reader sees first: which trial, the answer in one sentence with its split, and each patient's reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from refractor.report.cohort_results import CohortResults
from refractor.report.counted import Counted, Sentence, count, of
from refractor.report.patient_results import PatientResults, Row
from refractor.report.plain_words import figure_words, share_words
from refractor.results.analysis_tables import ASSOCIATIONS, EXPLANATION
from refractor.settings.cohort import Cohort
from refractor.vocabulary import CANDIDATES, Eligibility, Label, Result, YesNo


def cards_counted(cards: Iterable[PatientResults], words: str = "{n}") -> Counted:
    """The number of `cards`, as `words` with `{n}` in them."""
    return count((card.patient for card in cards), words)


def trial_facts(
    cards: Sequence[PatientResults], cohort: Cohort, provenance: Mapping[str, Any]
) -> list[tuple[str, Sentence]]:
    """Which trial this is: drugs, disease, data cut, day of the run and number of patients."""
    sequenced = cards_counted(card for card in cards if card.row["wgs"] == "available")
    there = cards_counted(card for card in cards if card.target_result == Result.FOUND)
    told = cards_counted(card for card in cards if card.target_result != Result.NOT_TESTED)
    return [
        ("Drugs", (" + ".join(cohort.drugs),)),
        ("Disease", (cohort.patients_name,)),
        ("Data cut", (provenance.get("settings", {}).get("data_cutoff") or "not stated",)),
        ("Run", (provenance.get("date") or "date not recorded",)),
        ("Patients", (cards_counted(cards), ", ", sequenced, " with a genome")),
        ("Target", (f"{cohort.target_name}, found in ", there, " of ", told, " that could show it")),
    ]


@dataclass(frozen=True, slots=True)
class Answer:
    """A candidate among the assessable of one outcome: how many, the exact interval, and the split by eligibility."""

    found: Counted
    assessable: Counted
    interval: str
    eligible: Counted
    not_eligible: Counted
    unjudged: Counted


def answer(cards: Sequence[PatientResults], results: CohortResults, benefit: YesNo) -> Answer | None:
    """The answer for patients with or without benefit, its share from EXPLANATION; None where nobody was assessable."""
    row = results.explained("benefit" if benefit is YesNo.YES else "no_benefit")
    if row is None or not row["assessable"]:
        return None
    who = results.who(EXPLANATION, row)
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
        found=Counted(str(row["explained"]), tuple(card.patient for card in carriers)),
        assessable=of(row, who, "assessable"),
        interval=interval,
        eligible=cards_counted(by_state[Eligibility.CONFIRMED]),
        not_eligible=cards_counted(by_state[Eligibility.DISCORDANT]),
        unjudged=cards_counted(by_state[Eligibility.NOT_ASSESSABLE]),
    )


def answer_words(without: Answer | None, with_benefit: Answer | None, benefit: str) -> str:
    """The answer as one text, for a slide."""
    if without is None:
        said = "No patient without benefit has an assessable genome."
    else:
        said = (
            f"{without.found.words} of {without.assessable.words} assessable patients without benefit ({without.interval}) carry a candidate mechanism: "
            f"{without.eligible.words} eligible on the genome, {without.not_eligible.words} not eligible on the genome."
        )
    control = (
        "There is no control."
        if with_benefit is None
        else f"The control: {with_benefit.found.words} of {with_benefit.assessable.words} with benefit ({with_benefit.interval})."
    )
    return f"{said} {control} Clinical benefit: {benefit}."


def in_order_of_evidence(cards: Iterable[PatientResults]) -> list[PatientResults]:
    """Patients with the strongest candidate first, those whose genome cannot tell last."""
    order = list(Label)
    return sorted(cards, key=lambda card: (order.index(Label(card.row["label"])), card.patient))


def trial_flow(cards: Sequence[PatientResults]) -> list[tuple[Counted, str]]:
    """The trial from all patients to those whose genome can tell, and the entry criteria: each number and what it counts."""

    def where(column: str, value: str) -> Counted:
        return cards_counted(card for card in cards if card.row[column] == value)

    assessable = cards_counted(card for card in cards if card.row["label"] != Label.NOT_ASSESSABLE)
    tiles = [(cards_counted(cards), "patients treated")]
    if any(card.row["evaluable"] is not None for card in cards):
        tiles.append((where("evaluable", YesNo.YES), "evaluable for the endpoints"))
    return [
        *tiles,
        (where("wgs", "available"), "with a usable genome"),
        (assessable, "whose genome can show a candidate"),
        (
            where("eligibility", Eligibility.DISCORDANT),
            "contradict an entry criterion on the sequenced tumour",
        ),
        (where("eligibility", Eligibility.NOT_ASSESSABLE), "whose entry criteria cannot all be judged"),
    ]


def how_sure(results: CohortResults) -> list[Sentence]:
    """How far the answer carries, sentence by sentence, from the tables of statistics."""
    row = results.explained("no_benefit")
    if row is None or not row["assessable"]:
        return [("Without patients of known outcome and an assessable genome nothing can be compared.",)]
    who = results.who(EXPLANATION, row)
    explained, assessable = of(row, who, "explained"), of(row, who, "assessable")
    sentences: list[Sentence] = []
    strongest = results.explained("no_benefit", "R1")
    if strongest is not None:
        of_r1 = of(strongest, results.who(EXPLANATION, strongest), "explained")
        sentences.append(
            ("Of the ", explained, " with a candidate without benefit, ", of_r1, " rest on tier R1.")
        )
    share = f" is compatible with a true share from {share_words(row['low'])} to {share_words(row['high'])}."
    sentences.append((explained, " of ", assessable, share))
    if row["patients"] > row["assessable"]:
        judged = set(who.get("assessable", ()))
        others = tuple(patient for patient in who.get("patients", ()) if patient not in judged)
        bounds = (
            " patients without benefit could not be judged; whatever their genomes hold, the share of all lies "
            f"between {share_words(row['lowest'])} and {share_words(row['highest'])}."
        )
        left = Counted(str(row["patients"] - row["assessable"]), others)
        sentences.append((left, " of ", of(row, who, "patients"), bounds))
    if row["expected"] is not None:
        sentences.append(
            (
                f"If mechanisms had nothing to do with benefit, {figure_words(row['expected'])} candidates "
                f"without benefit would be expected (95 %: {figure_words(row['expected_low'])} to "
                f"{figure_words(row['expected_high'])}; one-sided permutation p "
                f"{figure_words(row['p_permutation'], 2)}).",
            )
        )
    return sentences + [(words,) for words in _compared(results[ASSOCIATIONS])]


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
