"""What of the answer is left beyond chance: published weight, random genes, and a reference cohort, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refractor.report.cohort_results import CohortResults
from refractor.report.counted import Sentence
from refractor.report.patient_results import Row
from refractor.report.plain_words import figure_words, share_words
from refractor.results.analysis_tables import ATTRIBUTION, BACKGROUND
from refractor.results.background_tables import NOT_ASSESSABLE


def beyond_chance(results: CohortResults) -> list[Sentence]:
    """How much the findings explain, how much random genes would, and what a reference cohort would bring."""
    said = (
        _weighed(results[ATTRIBUTION]),
        _by_random_genes(results),
        _by_other_drugs(results),
        _by_reference(results[BACKGROUND]),
    )
    return [(sentence,) for sentences in said for sentence in sentences]


def _weighed(attribution: Sequence[Row]) -> Iterator[str]:
    row = next((r for r in attribution if r["level"] == "cohort" and r["prior"] == "default"), None)
    if row is not None and row["found"]:
        yield (
            f"Of the {row['found']} without benefit who have a finding, {figure_words(row['accounted'])} are expected to lack "
            f"benefit because of it (95 %: {figure_words(row['accounted_low'])} to {figure_words(row['accounted_high'])}), "
            "by published counts and this cohort's own, if a finding never helps and carriers differ in nothing else."
        )


def _by_random_genes(results: CohortResults) -> Iterator[str]:
    row = results.explained("no_benefit")
    if row is not None and row.get("false_explanation_rate") is not None:
        yield (
            "False explanation rate: random genes in the place of the altered ones, each altered in as many patients of this "
            f"cohort, would explain {figure_words(row['decoys_expected'])} of the {row['assessable']} "
            f"without benefit ({share_words(row['false_explanation_rate'])}; 95 %: "
            f"{figure_words(row['decoys_low'])} to {figure_words(row['decoys_high'])}); as many as were found, or more, with "
            f"probability {figure_words(row['p_decoys'], 2)}."
        )


def _by_other_drugs(results: CohortResults) -> Iterator[str]:
    row = results.explained("no_benefit")
    if row is not None and row.get("decoy_rules") and row["assessable"]:
        yield (
            f"The {row['decoy_rules']} rules on resistance to drugs that were not given, looked up in the same tumours, "
            f"would explain {row['decoy_rules_explained']} of the {row['assessable']}, "
            f"{row['decoy_rules_unshared']} of them falsely: by something that no rule on the drugs given counts "
            f"(95 %: {share_words(row['decoy_rules_low'])} to {share_words(row['decoy_rules_high'])} of patients)."
        )


def _by_reference(background: Sequence[Row]) -> Iterator[str]:
    rows = [row for row in background if row["patients_group"] == "no_benefit"]
    whole = next((row for row in rows if row["level"] == "any"), None)
    if whole is None:
        return
    if (whole["note"] or "").startswith(NOT_ASSESSABLE):
        yield f"What a reference cohort would bring is {whole['note']}."
        return
    which = "that fit the criteria of entry" if whole["reference_group"] == "eligible" else "of any kind"
    yield (
        f"In the reference cohort ({whole['reference_tumors']} tumours {which}) the same rules find a mechanism in "
        f"{share_words(whole['prevalence'])} ({share_words(whole['prevalence_low'])} to "
        f"{share_words(whole['prevalence_high'])}): of {whole['patients']} without benefit who were tested alike "
        f"{figure_words(whole['expected'])} would carry one anyway (95 %: {figure_words(whole['expected_low'])} to "
        f"{figure_words(whole['expected_high'])}). {whole['carriers']} do, {figure_words(abs(whole['excess']))} "
        f"{'more' if whole['excess'] > 0 else 'fewer'} (chance of at least as many {figure_words(whole['p_excess'], 2)})."
    )
    decoys = next((row for row in rows if row["level"] == "decoys"), None)
    if decoys is not None:
        yield (
            f"Random genes, each altered as often in the reference cohort as its rule is met there, would be altered in "
            f"{figure_words(decoys['expected'])} of these {decoys['patients']} (chance of at least as many as found "
            f"{figure_words(decoys['p_excess'], 2)})."
        )
