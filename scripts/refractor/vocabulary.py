"""Closed vocabularies of the tables, each spelled once (the contract fixes the words)."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What can be said of a codon, a gene or a criterion."""

    MUTATED = "mutated"
    WILD_TYPE = "wild_type"
    NOT_ASSESSABLE = "not_assessable"


class CopyNumberCall(StrEnum):
    """What can be said of a gene's copies."""

    AMPLIFIED = "amplified"
    PARTIALLY_AMPLIFIED = "partially_amplified"
    GAINED = "gained"
    NEUTRAL = "neutral"
    LOST = "lost"
    DELETED = "deleted"
    NOT_ASSESSABLE = "not_assessable"


class Verdict(StrEnum):
    """One published definition applied to one gene."""

    YES = "yes"
    NO = "no"
    NOT_ASSESSABLE = "not_assessable"


class Label(StrEnum):
    """Why a tumour may resist, decided before outcomes are read; best first."""

    CANDIDATE_R1 = "candidate_r1"
    CANDIDATE_R2_R3 = "candidate_r2_r3"
    HYPOTHESIS_R4 = "hypothesis_r4"
    NO_CANDIDATE = "no_candidate"
    UNRESOLVED = "unresolved"
    NOT_ASSESSABLE = "not_assessable"


class Result(StrEnum):
    """What looking a rule up in one tumour gave; not tested is never negative."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    NOT_TESTED = "not_tested"


class State(StrEnum):
    """What became of one analysis of one sample."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


class Eligibility(StrEnum):
    """The trial's entry criteria, judged again on the sequenced tumour."""

    CONFIRMED = "confirmed"
    DISCORDANT = "discordant"
    NOT_ASSESSABLE = "not_assessable"


class Tier(StrEnum):
    """How far the evidence carries: R1-R3 can explain, R4 is a hypothesis, R5 is context."""

    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    R4 = "R4"
    R5 = "R5"


class Clonality(StrEnum):
    """Share of the cancer cells that carry an alteration."""

    CLONAL = "clonal"
    SUBCLONAL = "subclonal"
    UNKNOWN = "unknown"


class YesNo(StrEnum):
    """Booleans in tables."""

    YES = "yes"
    NO = "no"


def yes_no(value: bool) -> YesNo:
    """A truth as a table says it."""
    return YesNo.YES if value else YesNo.NO


def is_yes(word: str | None) -> bool | None:
    """What a table's yes or no says; None where the cell is empty."""
    return None if word is None else word == YesNo.YES


class Response(StrEnum):
    """A response by RECIST 1.1, best first."""

    CR = "CR"
    PR = "PR"
    SD = "SD"
    PD = "PD"
    NE = "NE"


class Timepoint(StrEnum):
    """When a sample was taken."""

    BASELINE = "baseline"
    ON_TREATMENT = "on_treatment"
    PROGRESSION = "progression"


class Material(StrEnum):
    """What was sequenced."""

    TISSUE = "tissue"
    PLASMA = "plasma"


class EndOfAssessments(StrEnum):
    """Why a patient was not assessed any more."""

    PROGRESSION = "progression"
    CLINICAL_PROGRESSION = "clinical_progression"
    DEATH = "death"
    WITHDRAWAL = "withdrawal"
    LOST = "lost"
    NEW_THERAPY = "new_therapy"
    CUTOFF = "cutoff"


class PairVerdict(StrEnum):
    """Whether two genomes are of the people that the sheet says."""

    AS_EXPECTED = "as_expected"
    DIFFERENT_PEOPLE = "different_people"
    SAME_PERSON = "same_person"
    UNCLEAR = "unclear"
    NOT_ASSESSABLE = "not_assessable"


class Direction(StrEnum):
    """What an alteration says of a drug."""

    RESISTANT = "resistant"
    PREDICTED_RESISTANT = "predicted_resistant"
    DECREASED_RESPONSE = "decreased_response"
    NO_BENEFIT = "no_benefit"
    RESPONSIVE = "responsive"
    CONTEXT = "context"


class Observability(StrEnum):
    """Whether a tumour genome shows the alteration that a rule speaks of."""

    FULL = "full"
    PARTIAL = "partial"
    NO = "no"


AGAINST_THE_DRUG = frozenset(
    {
        Direction.RESISTANT,
        Direction.PREDICTED_RESISTANT,
        Direction.DECREASED_RESPONSE,
        Direction.NO_BENEFIT,
    }
)


EXPLAINING_TIERS = (Tier.R1, Tier.R2, Tier.R3)


CANDIDATES = (Label.CANDIDATE_R1, Label.CANDIDATE_R2_R3)
"""Labels of a tumour with a candidate of the tiers R1 to R3."""


class Side(StrEnum):
    """Which part of the reference a junction keeps at a breakpoint: the bases before it or those after it."""

    BEFORE = "before"
    AFTER = "after"
