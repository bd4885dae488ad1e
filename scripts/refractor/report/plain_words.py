"""Tokens of the tables in plain words, for readers who never see a table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from refractor.files.resources import RESOURCES, shipped_rows
from refractor.settings.cohort import Cohort
from refractor.settings.criteria import CriterionMeasure
from refractor.vocabulary import Label

MECHANISMS_FILE = RESOURCES / "evidence" / "mechanisms.tsv"

MONTH_DAYS = 30.4375
"""Mean length of a month, 365.25 / 12 days."""

LABELS = {
    Label.CANDIDATE_R1: "candidate (R1)",
    Label.CANDIDATE_R2_R3: "candidate (R2–R3)",
    Label.HYPOTHESIS_R4: "hypothesis only (R4)",
    Label.NO_CANDIDATE: "no candidate",
    Label.UNRESOLVED: "unresolved",
    Label.NOT_ASSESSABLE: "not assessable",
}

_LABEL_WORDS: dict[str, str] = {str(label): words for label, words in LABELS.items()}

TOKENS = {
    "wild_type": "wild-type",
    "not_assessable": "not assessable",
    "partially_amplified": "partly amplified",
    "discordant": "contradicted",
    "available": "genome read",
    "missing": "no genome",
    "failed": "genome failed",
    "no_benefit": "without benefit",
    "benefit": "with benefit",
    "copy_number": "copy-number file",
    "copy_number_from_reads": "copy number from reads",
    "tumor_reads": "tumour reads",
    "normal_reads": "normal reads",
    "small_variants": "file of small variants",
    "structural_variants": "file of structural variants",
    "oncokb": "OncoKB annotation",
    "genome_build": "genome build",
    "pfs": "progression-free survival",
    "os": "overall survival",
    "duration_of_response": "duration of response",
    "pfs_days": "progression-free survival in days",
    "os_days": "overall survival in days",
    "pfs_event": "the event of progression-free survival",
    "os_event": "the event of overall survival",
    "allelic_segments": "the copy-number file given",
    "reads": "the reads",
    "purple_3x_ploidy": "at least 3 × ploidy (PURPLE)",
    "2.4x_ploidy": "at least 2.4 × ploidy",
    "2x_ploidy": "at least 2 × ploidy",
    "6_copies": "at least 6 copies",
    "5_copies": "at least 5 copies",
    "20_copies": "at least 20 copies",
    "ploidy_plus_4": "at least 4 copies above ploidy",
    "over_4_copies": "more than 4 copies",
    "centromere_ratio_2": "at least 2 × the copies beside the centromere",
    "6_copies_and_centromere_ratio_2": "6 copies and 2 × the centromere",
}
"""Single tokens of the tables; others are shown with their underscores as spaces."""

COLUMNS = {"copy_number": "copies"}
"""Headers of columns whose name is also that of an analysis."""

RESPONSES = {
    "CR": "complete response",
    "PR": "partial response",
    "SD": "stable disease",
    "PD": "progressive disease",
    "NE": "not evaluable",
}


def plain(token: str | None) -> str:
    """A token of the tables in words; nothing for a missing one."""
    if token is None:
        return ""
    return _LABEL_WORDS.get(token) or TOKENS.get(token) or token.replace("_", " ")


def heading(column: str) -> str:
    """The name of a table's column in words."""
    return COLUMNS.get(column) or plain(column)


@cache
def _mechanisms() -> Mapping[str, str]:
    """Groups of mechanisms of the knowledge base in words."""
    return {row["mechanism"]: row["words"] for row in shipped_rows(MECHANISMS_FILE)}


def mechanism_name(mechanism: str) -> str:
    """One mechanism in words; one that MECHANISMS_FILE lacks is shown as the rules spell it."""
    return _mechanisms().get(mechanism, mechanism.replace("_", " "))


def mechanism_words(mechanisms: str | None) -> str:
    """Mechanisms, separated by semicolons as the tables have them, in words."""
    names = [name.strip() for name in (mechanisms or "").split(";") if name.strip()]
    return "; ".join(mechanism_name(name) for name in names)


def figure_words(value: Any, digits: int = 3) -> str:
    """A cell as text: a number with `digits` significant digits, infinity as the sign, a dash for missing."""
    if value is None or value != value:  # noqa: PLR0124 - not a number differs from itself
        return "–"
    if isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            return "∞" if value > 0 else "-∞"
        rounded = f"{value:.{digits}g}"
        return f"{value:.0f}" if "e+" in rounded else rounded
    return str(value)


def odds_words(odds: float, low: float | None, high: float | None) -> str:
    """An odds ratio; where an empty cell of its table leaves only a bound, that bound (`≥ 0.36`)."""
    if odds == float("inf"):
        return "not estimable" if low is None else f"≥ {figure_words(low, 2)}"
    if odds == 0:
        return "not estimable" if high is None or high == float("inf") else f"≤ {figure_words(high, 2)}"
    return figure_words(odds, 2)


def few_copies_words(probability: float | None) -> str:
    """`P(<6 copies) 0.88`; nothing where it is not known."""
    if probability is None:
        return ""
    shown = (
        "<0.01" if 0 < probability < 0.005 else ">0.99" if 0.995 <= probability < 1 else f"{probability:.2f}"
    )
    return f"P(<6 copies) {shown}"


def share_words(share: float) -> str:
    """A share of one in per cent, without decimals."""
    return f"{100 * share:.0f} %"


def proportion_words(successes: int, total: int, interval: Mapping[str, Any]) -> str:
    """`3 of 10 (30 %, 95 % CI 7 % to 65 %)` from a row with `low` and `high`; without an interval the count alone."""
    counted = f"{successes} of {total}"
    if interval["low"] is None or not total:
        return counted
    low, high = share_words(interval["low"]), share_words(interval["high"])
    return f"{counted} ({share_words(successes / total)}, 95 % CI {low} to {high})"


def criteria_words(cohort: Cohort) -> str:
    """The criteria of entry in a phrase: `EGFR wild-type, MET amplified`."""
    by_state: dict[str, list[str]] = {}
    for name, criterion in cohort.eligibility.items():
        by_state.setdefault(plain(criterion.required), []).append(name)
    return ", ".join(f"{' and '.join(names)} {state}" for state, names in by_state.items())


def codon_criteria(cohort: Cohort) -> str:
    """The criteria that codons decide, in a phrase: `EGFR and MET`."""
    return " and ".join(
        name for name, one in cohort.eligibility.items() if one.measure is CriterionMeasure.CODONS
    )


def label_words(label: str) -> str:
    """A label in words."""
    return _LABEL_WORDS[label]


def days_in_words(days: float | None, event: int | None = None) -> str:
    """A duration in months with its days, `4.3 months (131 days)`; a plus sign where it was censored."""
    if days is None:
        return "–"
    more = "+" if event == 0 else ""
    return f"{days / MONTH_DAYS:.1f}{more} months ({days:.0f}{more} days)"


def months_short(days: float | None, event: int | None = None) -> str:
    """The same for a narrow cell, `4.3 (131)`."""
    if days is None:
        return "–"
    more = "+" if event == 0 else ""
    return f"{days / MONTH_DAYS:.1f}{more} ({days:.0f}{more})"


def days_words(days: float | None, event: int | None) -> str:
    """A duration in days; a plus sign where it was censored."""
    return "–" if days is None else f"{days:.0f}{'+' if event == 0 else ''}"
