"""Each patient's reason in one line: what speaks against the drug, what was looked for, or why nothing can be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractor.report.patient_results import PatientResults
from refractor.report.plain_words import mechanism_words, plain
from refractor.results.job_end import NO_RESULT
from refractor.vocabulary import CANDIDATES, Clonality, Eligibility, Label


def reason(card: PatientResults) -> str:
    """Why the drug may not have helped this patient, from the genome alone, in one line."""
    label = card.row["label"]
    if label in CANDIDATES:
        return _candidates(card)
    if label == Label.NOT_ASSESSABLE:
        return why_not_assessable(card)
    hypotheses = [
        f"{row['gene']} {row['alteration']} ({mechanism_words(row['mechanism'])}) is a hypothesis only (R4)"
        for row in card.hypotheses
    ]
    if label == Label.HYPOTHESIS_R4 and not hypotheses:
        hypotheses = [f"hypothesis only (R4): {mechanism_words(card.row['mechanisms']) or 'not named'}"]
    return "; ".join(hypotheses or ["nothing found against the drug"]) + _left_open(card)


def _candidates(card: PatientResults) -> str:
    """Alterations with mechanism and tier, the strongest first; a subclonal one says so."""
    named = [
        f"{row['gene']} {row['alteration']}"
        f"{' (in a part of the cancer cells)' if row['clonality'] == Clonality.SUBCLONAL else ''}"
        for row in card.candidates
    ]
    tier = "R1" if card.row["label"] == Label.CANDIDATE_R1 else "R2 or R3"
    mechanisms = mechanism_words(card.row["mechanisms"]) or "mechanism not named"
    return f"{'; '.join(dict.fromkeys(named)) or 'candidate'}: {mechanisms} ({tier})"


def _left_open(card: PatientResults) -> str:
    """What could not be judged, so that `nothing found` is not read as `nothing there`."""
    names = [row["criterion"] for row in card.eligibility if row["status"] == Eligibility.NOT_ASSESSABLE]
    if names:
        return f"; {' and '.join(names)} could not be judged"
    if card.row["label"] == Label.UNRESOLVED:
        return f"; {card.sentence}" if card.sentence else "; a decisive rule could not be tested"
    return ""


def why_not_assessable(card: PatientResults) -> str:
    """Why the genome of a patient cannot tell."""
    if card.row["wgs"] == "missing":
        return "no genome: not sequenced, or not in the sheet of samples"
    if card.failures:
        return "; ".join(
            f"{clause}; the next run tries it again"
            if NO_RESULT in clause
            else f"{' and '.join(names)} failed: {clause}"
            for clause, names in _failed_alike(card).items()
        )
    if card.purity is not None and card.purity["status"] != "ok" and card.purity["reason"]:
        return str(card.purity["reason"])
    return card.sentence or "no decisive rule could be tested"


def _failed_alike(card: PatientResults) -> dict[str, list[str]]:
    """What failed for the same reason, by that reason's first clause: a job that was ended fails all of a tumour."""
    alike: dict[str, list[str]] = {}
    for row in card.failures:
        alike.setdefault(_first_clause(row["reason"]), []).append(plain(row["analysis"]))
    return alike


def _first_clause(reason: str | None) -> str:
    """A failure's first clause; the patient's own page has all of it."""
    return (reason or "no reason recorded").split("; ")[0]


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
