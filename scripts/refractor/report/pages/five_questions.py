"""The five questions that the report is read for, answered from the labels, the outcomes and the statistics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from refractor.report.cohort_results import CohortResults
from refractor.report.patient_results import PatientResults, Row
from refractor.report.plain_words import figure_words, mechanism_words, plain, share_words
from refractor.vocabulary import CANDIDATES, Eligibility, Label, YesNo

UNKNOWN = "Benefit unknown or not evaluable, so in no share"


@dataclass(frozen=True, slots=True)
class Answer:
    """Patients who share one answer, and what is said of each."""

    title: str
    cards: tuple[PatientResults, ...]
    words: Callable[[PatientResults], str]


@dataclass(frozen=True, slots=True)
class Question:
    """One question, what is said to it, and the patients behind it; `look` is its colour."""

    title: str
    look: str
    sentences: tuple[str, ...]
    answers: tuple[Answer, ...] = ()


def five_questions(
    cards: Sequence[PatientResults], results: CohortResults, *, benefit: str, without: str, with_benefit: str
) -> list[Question]:
    """The questions in the order of reading; `benefit`, `without` and `with_benefit` are shares in words."""
    groups = {key: _Group(cards, key) for key in (YesNo.NO, YesNo.YES, None)}
    no, yes, unknown = groups[YesNo.NO], groups[YesNo.YES], groups[None]
    untold = [Answer("Without benefit, genome cannot tell", no.untold, _why_untold)]
    if yes.untold:
        untold.append(Answer("With benefit, genome cannot tell", yes.untold, _why_untold))
    return [
        Question(
            "Who benefited?", "good", (f"Clinical benefit: {benefit}.",),
            (Answer("With benefit", yes.members, _response), *([Answer(UNKNOWN, unknown.members, _response)] if unknown.members else [])),
        ),
        Question(
            "What may explain the others?", "bad",
            (f"Among assessable patients without benefit, {without} carry a candidate resistance mechanism of tier R1 to R3.",),
            (
                Answer("Without benefit, explained by a candidate", no.explained, _what_explains),
                Answer("Without benefit, no candidate (R1 to R3)", no.rest, _what_is_left),
            ),
        ),
        Question("How sure is that?", "plain", tuple(_how_sure(results))),
        Question(
            "Would the same be found in patients who did well?", "good",
            (f"The same rules fire in {with_benefit} of those with benefit: that is the control.",),
            (
                Answer("With benefit, a candidate all the same", yes.explained, _what_explains),
                Answer("With benefit, no candidate (R1 to R3)", yes.rest, _what_is_left),
            ),
        ),
        Question(
            "Who could not be judged, and why?", "open",
            ("Nothing is claimed of these tumours: not assessable is neither wild-type nor nothing found.",),
            (*untold, *([Answer(UNKNOWN, unknown.members, _why_not_counted)] if unknown.members else [])),
        ),
    ]  # fmt: skip


class _Group:
    """Patients of one outcome, by what their genome says."""

    def __init__(self, cards: Sequence[PatientResults], benefit: str | None) -> None:
        self.members = tuple(card for card in cards if card.clinical_benefit == benefit)
        self.explained = tuple(card for card in self.members if card.row["label"] in CANDIDATES)
        self.untold = tuple(card for card in self.members if card.row["label"] == Label.NOT_ASSESSABLE)
        told = {card.patient for card in (*self.explained, *self.untold)}
        self.rest = tuple(card for card in self.members if card.patient not in told)


def _how_sure(results: CohortResults) -> list[str]:
    sentences = [
        "A candidate is not a proof: it says that published evidence holds this finding against the drug. Tier R1 is "
        "the strongest: seen in this disease under these drugs; R2 and R3 rest on small series or other settings."
    ]
    explained = results.explained("no_benefit")
    if explained is None or not explained["assessable"]:
        return [
            *sentences,
            "Without patients of known outcome and an assessable genome nothing can be compared.",
        ]
    strongest = results.explained("no_benefit", "R1")
    if strongest is not None:
        sentences.append(
            f"Of the {explained['explained']} explained without benefit, {strongest['explained']} rest on tier R1."
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
            f"If mechanisms had nothing to do with benefit, {figure_words(explained['expected'])} explained patients "
            f"without benefit would be expected (95 %: {figure_words(explained['expected_low'])} to "
            f"{figure_words(explained['expected_high'])}; one-sided permutation p {figure_words(explained['p_permutation'], 2)})."
        )
    return sentences + _compared(results.associations)


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


def _response(card: PatientResults) -> str:
    days = card.row["pfs_days"]
    for_days = (
        ""
        if days is None
        else f", progression-free {days:.0f} days{' and longer' if card.row['pfs_event'] == 0 else ''}"
    )
    return f"{card.row['best_response'] or 'response unknown'}{for_days}"


def _what_explains(card: PatientResults) -> str:
    tier = "R1" if card.row["label"] == Label.CANDIDATE_R1 else "R2 or R3"
    named = card.findings or "candidate"
    return f"{named} ({mechanism_words(card.row['mechanisms']) or 'mechanism not named'}; {tier})"


def _what_is_left(card: PatientResults) -> str:
    parts = [
        f"hypothesis only: {row['gene']} {row['alteration']} ({mechanism_words(row['mechanism'])})"
        for row in card.hypotheses
    ] or ["nothing found against the drug"]
    if card.row["label"] == Label.HYPOTHESIS_R4 and not card.hypotheses:
        parts = [f"hypothesis only: {mechanism_words(card.row['mechanisms']) or 'not named'}"]
    open_criteria = [
        row["criterion"] for row in card.eligibility if row["status"] == Eligibility.NOT_ASSESSABLE
    ]
    if open_criteria:
        parts.append(f"but {' and '.join(open_criteria)} could not be judged")
    return "; ".join(parts)


def _why_not_counted(card: PatientResults) -> str:
    """Why the outcome does not count, and what the genome says all the same."""
    genome = _why_untold(card) if card.row["label"] == Label.NOT_ASSESSABLE else plain(card.row["label"])
    return f"{card.row['not_evaluable_reason'] or 'outcome not known'}; genome: {genome}"


def _why_untold(card: PatientResults) -> str:
    if card.row["wgs"] == "missing":
        return "no genome: this tumour was not sequenced or is not in the sheet of samples"
    if card.failures:
        return "; ".join(
            f"{plain(row['analysis'])} failed: {row['reason'] or 'no reason recorded'}"
            for row in card.failures
        )
    if card.purity is not None and card.purity["status"] != "ok" and card.purity["reason"]:
        return str(card.purity["reason"])
    return card.sentence or "no decisive rule could be tested"


@dataclass(frozen=True, slots=True)
class Discordance:
    """One entry criterion that the sequenced tumour contradicts."""

    card: PatientResults
    criterion: str
    finding: str


def discordances(cards: Sequence[PatientResults]) -> list[Discordance]:
    """Every entry criterion that a sequenced tumour contradicts, patient by patient."""
    return [
        Discordance(card, row["criterion"], row["reason"] or plain(row["detail"]))
        for card in cards
        for row in card.eligibility
        if row["status"] == Eligibility.DISCORDANT
    ]
