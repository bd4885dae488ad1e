"""The tables of the cohort's statistics."""

from __future__ import annotations

from typing import Literal

from refractor.results.records import Chapter, column, record, table_of


@record
class Association:
    """One mechanism against clinical benefit."""

    level: Literal["gene", "pathway", "any"] = column("What is counted")
    mechanism: str = column("Gene, pathway, or any R1-R3")
    carriers_without_benefit: int = column("Carriers without benefit", "patients")
    without_benefit: int = column(
        "Patients without benefit in whom it was found, or denied by every rule of it", "patients"
    )
    carriers_with_benefit: int = column("Carriers with benefit", "patients")
    with_benefit: int = column(
        "Patients with benefit in whom it was found, or denied by every rule of it", "patients"
    )
    untested_without_benefit: int = column(
        "Patients without benefit in whom it was neither found nor denied", "patients"
    )
    untested_with_benefit: int = column(
        "Patients with benefit in whom it was neither found nor denied", "patients"
    )
    without_benefit_lowest: float | None = column(
        "Share of carriers among all without benefit if no untested patient carries it", "0-1", default=None
    )
    without_benefit_highest: float | None = column(
        "Share of carriers among all without benefit if every untested patient does", "0-1", default=None
    )
    with_benefit_lowest: float | None = column(
        "Share of carriers among all with benefit if no untested patient carries it", "0-1", default=None
    )
    with_benefit_highest: float | None = column(
        "Share of carriers among all with benefit if every untested patient does", "0-1", default=None
    )
    p_untested: float | None = column(
        "Selection: Fisher's p, two-sided, of being untested against benefit", default=None
    )
    odds_ratio: float | None = column("Conditional odds ratio of being without benefit", default=None)
    odds_ratio_low: float | None = column("Lower 95 % bound, exact", default=None)
    odds_ratio_high: float | None = column("Upper 95 % bound, exact; inf where unbounded", default=None)
    p_fisher: float | None = column("Fisher, two-sided", default=None)
    p_fisher_mid: float | None = column("Fisher mid-p, two-sided", default=None)
    p_boschloo: float | None = column("Boschloo, two-sided", default=None)
    p_attainable: float | None = column("Smallest p that these margins allow", default=None)
    power: float | None = column("Power for the stated effect", "0-1", default=None)
    q_value: float | None = column("Benjamini-Hochberg among the tested of its level", default=None)
    family_size: int | None = column(
        "Tests that q_value was adjusted for: those of the level that could reach significance", default=None
    )
    tested: bool = column("Whether significance was attainable at all")
    p_barnard: float | None = column(
        "Barnard, two-sided, score statistic; sensitivity analysis", default=None
    )
    p_leave_one_out_low: float | None = column(
        "Smallest Fisher p when any one patient is left out", default=None
    )
    p_leave_one_out_high: float | None = column(
        "Largest Fisher p when any one patient is left out", default=None
    )
    note: str | None = column(
        "Why it was not tested; which patients the test compares, where they are not all that were counted",
        default=None,
    )


ASSOCIATIONS = table_of(Association, "associations.tsv", step="analyse_cohort", chapter=Chapter.EXPLANATION)


PriorName = Literal["default", "sceptical", "wide"]
"""Of the log odds ratios."""


@record
class Attribution:
    """How much the findings explain: published counts and the cohort's own, shrunk towards each other."""

    level: Literal["mechanism", "patient", "cohort"] = column("What the row speaks of")
    patient: str | None = column("Patient without benefit who has a finding", default=None)
    mechanism: str | None = column("Mechanism; of a patient the one that accounts for most", default=None)
    prior: PriorName = column("Prior of the log odds ratios; the first is used")
    odds_ratio: float | None = column("Odds ratio of no benefit, shrunk", default=None)
    odds_ratio_low: float | None = column("Lower bound of 95 %", default=None)
    odds_ratio_high: float | None = column("Upper bound of 95 %", default=None)
    p_no_benefit_without: float | None = column("Probability of no benefit without any finding", "0-1", default=None)
    p_no_benefit_with: float | None = column("Probability of no benefit, given the finding", "0-1", default=None)
    p_no_benefit_with_low: float | None = column("Lower bound of 95 %", "0-1", default=None)
    p_no_benefit_with_high: float | None = column("Upper bound of 95 %", "0-1", default=None)
    accounted: float | None = column(
        "Probability that the finding accounts for the lack of benefit, if it never helps and carriers differ in "
        "nothing else; of the cohort the expected number of patients",
        default=None,
    )
    accounted_low: float | None = column("Lower bound of 95 %", default=None)
    accounted_high: float | None = column("Upper bound of 95 %", default=None)
    own_share: float | None = column(
        "Of a patient: the part of such findings that hypermutation does not bring, by which accounted is multiplied",
        "0-1",
        default=None,
    )
    found: int | None = column("Patients without benefit who have a finding", "patients", default=None)
    published_tables: int | None = column("Published tables of the mechanism", default=None)
    carriers: int | None = column("Carriers in the cohort", "patients", default=None)


ATTRIBUTION = table_of(Attribution, "attribution.tsv", step="analyse_cohort", chapter=Chapter.EXPLANATION)


@record
class Explanation:
    """How many patients of one group are explained at the given tiers: the claim and its control."""

    group: Literal["no_benefit", "benefit"] = column("Patients counted")
    tiers: str = column("Tiers that count, e.g. R1-R3")
    clonality: Literal["any", "clonal"] = column("Findings that count: any, or those in all cancer cells")
    eligible: Literal["any", "yes"] = column(
        "Tumours whose findings count: any, or those that fit every criterion of entry"
    )
    explained: int = column("Patients with a candidate of this cut", "patients")
    assessable: int = column(
        "Patients with every decisive question answered, or a candidate of this cut", "patients"
    )
    patients: int = column("Patients of the group", "patients")
    proportion: float | None = column("explained / assessable", "0-1", default=None)
    low: float | None = column("Lower 95 % bound, Clopper-Pearson", "0-1", default=None)
    high: float | None = column("Upper 95 % bound, Clopper-Pearson", "0-1", default=None)
    expected: float | None = column(
        "Explained patients of the group if labels had nothing to do with benefit", "patients", default=None
    )
    expected_low: float | None = column(
        "2.5 % point of that number, labels permuted", "patients", default=None
    )
    expected_high: float | None = column(
        "97.5 % point of that number, labels permuted", "patients", default=None
    )
    p_permutation: float | None = column(
        "Chance of at least as many (no_benefit) or at most as many (benefit), labels permuted", default=None
    )
    decoys_expected: float | None = column(
        "Explained patients of the group if each altered gene were a random one, altered as often: the false ones",
        "patients",
        default=None,
    )
    decoys_low: float | None = column("2.5 % point of that number", "patients", default=None)
    decoys_high: float | None = column("97.5 % point of that number", "patients", default=None)
    p_decoys: float | None = column("Chance of at least as many by random genes", default=None)
    false_explanation_rate: float | None = column(
        "Share of the assessable whom those random genes would explain: false explanation rate",
        "0-1",
        default=None,
    )
    decoy_rules: int | None = column(
        "Rules on drugs that were not given, not on the cohort's target, that were answered in the assessable of the group",
        "rules",
        default=None,
    )
    decoy_rules_explained: int | None = column(
        "Assessable patients whom one of those rules would explain by this cut, as far as one was answered",
        "patients",
        default=None,
    )
    decoy_rules_unshared: int | None = column(
        "Of these, by an alteration that no rule on the cohort's own drugs counts: explained falsely",
        "patients",
        default=None,
    )
    decoy_rules_low: float | None = column(
        "Lower 95 % bound of their share of the assessable, Clopper-Pearson", "0-1", default=None
    )
    decoy_rules_high: float | None = column("Upper 95 % bound of that share", "0-1", default=None)
    lowest: float | None = column(
        "Share of all patients of the group if nobody of whom it is not known is explained",
        "0-1",
        default=None,
    )
    highest: float | None = column(
        "Share of all patients of the group if every one of those is", "0-1", default=None
    )
    explained_patients: str | None = column(
        "Who is explained; in the group benefit, carriers despite benefit", default=None
    )


EXPLANATION = table_of(Explanation, "explanation.tsv", step="analyse_cohort", chapter=Chapter.EXPLANATION)


@record
class EndpointEstimate:
    """One statistic of one endpoint."""

    endpoint: str = column("Endpoint")
    statistic: str = column("What was estimated; a time is in days where no unit is named")
    estimate: float | None = column("Estimate", default=None)
    low: float | None = column("Lower 95 % bound", default=None)
    high: float | None = column("Upper 95 % bound", default=None)
    n: int | None = column("Patients", "patients", default=None)
    events: int | None = column("Events or successes", default=None)
    method: str = column("Method")


ENDPOINTS = table_of(EndpointEstimate, "endpoints.tsv", step="analyse_cohort", chapter=Chapter.OUTCOMES)


@record
class TwoStageQuantity:
    """One quantity of the two-stage design."""

    quantity: str = column("Which")
    value: float | None = column("Value", default=None)
    low: float | None = column("Lower bound", default=None)
    high: float | None = column("Upper bound", default=None)
    method: str = column("Method or meaning")


TWO_STAGE = table_of(TwoStageQuantity, "two_stage.tsv", step="analyse_cohort", chapter=Chapter.OUTCOMES)


@record
class CopiesStatistic:
    """One statistic of the copies of the target against clinical benefit."""

    measure: str = column("What is compared")
    statistic: str = column("What was estimated")
    estimate: float | None = column("Estimate", default=None)
    low: float | None = column("Lower 95 % bound", default=None)
    high: float | None = column("Upper 95 % bound", default=None)
    p: float | None = column("p-value, two-sided", default=None)
    n_without_benefit: int | None = column("Patients without benefit", "patients", default=None)
    n_with_benefit: int | None = column("Patients with benefit", "patients", default=None)
    method: str = column("Method")
    cut: float | None = column(
        "Limit below which patients are counted, named beforehand", "copies, or times ploidy", default=None
    )
    family_size: int | None = column(
        "p-values of this table, none adjusted for their number: views of one question", default=None
    )


COPIES = table_of(CopiesStatistic, "copies.tsv", step="analyse_cohort", chapter=Chapter.EXPLANATION)


@record
class SurvivalStep:
    """One step of a Kaplan-Meier curve."""

    endpoint: str = column("pfs, os or duration_of_response")
    group: str = column("all, or a group of a landmark analysis")
    time: float | None = column("From the start of the curve", "days", default=None)
    at_risk: int | None = column("Patients at risk just before", "patients", default=None)
    events: int | None = column("Events at this time", default=None)
    censored: int | None = column("Censored at this time", "patients", default=None)
    survival: float | None = column("Share without event", "0-1", default=None)
    low: float | None = column("Lower 95 % bound, log-log", "0-1", default=None)
    high: float | None = column("Upper 95 % bound, log-log", "0-1", default=None)


SURVIVAL = table_of(SurvivalStep, "survival.tsv", step="analyse_cohort", chapter=Chapter.OUTCOMES)


@record
class SensitivityCount:
    """One endpoint or explanation under another choice."""

    analysis: str = column("What was changed")
    quantity: str = column("What was counted")
    successes: int | None = column("Patients with it; of a median, events", "patients", default=None)
    n: int | None = column("Patients counted", "patients", default=None)
    estimate: float | None = column("Share (0-1); of a median, days", default=None)
    low: float | None = column("Lower 95 % bound, Clopper-Pearson", "0-1", default=None)
    high: float | None = column("Upper 95 % bound, Clopper-Pearson", "0-1", default=None)
    patients: str | None = column("Patients that the choice touches", default=None)
    note: str | None = column("What the choice means", default=None)


SENSITIVITY = table_of(SensitivityCount, "sensitivity.tsv", step="analyse_cohort", chapter=Chapter.OUTCOMES)


@record
class Background:
    """Carriers of a rule, or of a set of rules, in a group of the cohort beside what a reference cohort would bring."""

    level: Literal["rule", "mechanism", "any", "decoys"] = column(
        "What is counted; decoys: any of a set of random genes in the place of all rules"
    )
    patients_group: Literal["no_benefit", "benefit"] = column("Patients of the cohort that are counted")
    reference_group: Literal["all", "eligible"] = column(
        "Tumours of the reference cohort: all, or those that fit the criteria of entry on the genome"
    )
    rule_id: str | None = column("Rule of the knowledge base", default=None)
    gene: str | None = column("HGNC symbol", default=None)
    mechanism: str | None = column("Group of mechanisms, or any R1-R3", default=None)
    prevalence: float | None = column("In the reference cohort", "0-1", default=None)
    prevalence_low: float | None = column("Lower 95 % bound, Clopper-Pearson", "0-1", default=None)
    prevalence_high: float | None = column("Upper 95 % bound, Clopper-Pearson", "0-1", default=None)
    reference_tumors: int | None = column("Tumours of the reference cohort that were tested", "tumours", default=None)
    patients: int | None = column("Patients of the group that were tested for it", "patients", default=None)
    carriers: int | None = column("Carriers among them", "patients", default=None)
    expected: float | None = column("Carriers that the reference cohort would bring", "patients", default=None)
    expected_low: float | None = column("2.5 % point of that number, foretold", "patients", default=None)
    expected_high: float | None = column("97.5 % point of that number, foretold", "patients", default=None)
    excess: float | None = column("carriers - expected", "patients", default=None)
    p_excess: float | None = column("Chance of at least as many carriers from the reference cohort", default=None)
    note: str | None = column("What to know of the reference cohort", default=None)


BACKGROUND = table_of(Background, "background.tsv", step="analyse_cohort", chapter=Chapter.EXPLANATION)
