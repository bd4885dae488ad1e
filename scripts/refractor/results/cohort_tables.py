"""The tables of the cohort, results/cohort/, declared."""

from __future__ import annotations

from refractor.results.sample_tables import ANALYSES, TIERS, YES_NO
from refractor.files.tables import Table, integer, number, text
from refractor.vocabulary import Clonality, CopyNumberCall, Eligibility, Label, PairVerdict, State, Status

RESPONSES = ("CR", "PR", "SD", "PD", "NE")

MANIFEST = Table("manifest.tsv", "One sample and analysis, and what became of it.", ANALYSES.columns)

IDENTITY = Table(
    "identity.tsv",
    "One pair of genomes and whether they come from one person; of large cohorts the pairs that matter.",
    (
        text(
            "sample_a",
            "First sample: its tumour reads; `sample:normal_reads`, `sample:small_variants` for its other files",
            required=True,
        ),
        text("sample_b", "Second sample, named likewise", required=True),
        integer("n_sites", "SNPs compared", "sites"),
        number("concordance", "How well reads of the one fit the SNPs homozygous in the other", "0-1"),
        text("expected", "What the sheet says", values=("same", "different"), required=True),
        text("verdict", "Whether it holds", values=tuple(PairVerdict), required=True),
        number(
            "kinship", "KING-robust, of two normal genomes: 0.5 one person, 0.25 first degree, 0 strangers"
        ),
        text("note", "What else is known of the pair"),
    ),
)

IDENTITY_VERDICTS = Table(
    "identity_verdicts.tsv",
    "One tumour sample: whether its files are its patient's, decided before labels are joined with outcomes.",
    (
        text("sample", "Tumour sample", required=True),
        text("state", "failed: its label is not used", values=tuple(State), required=True),
        text("reason", "What was compared, or what is wrong and how to mend it", required=True),
        text("nearest", "The most alike genome of another patient"),
        number("nearest_concordance", "Its concordance", "0-1"),
        number(
            "heterozygosity",
            "Share of the called SNPs that are heterozygous, in the normal if there is one",
            "0-1",
        ),
    ),
)

PATIENTS = Table(
    "patients.tsv",
    "One patient: sequencing verdict and label (made first), then outcome.",
    (
        text("patient", "Patient", required=True),
        text("sample", "Sample the verdict rests on"),
        text("wgs", "Whether there is a genome", values=("available", "missing", "failed"), required=True),
        text("ras_status", "KRAS and NRAS together", values=tuple(Status), required=True),
        text("braf_status", "BRAF", values=tuple(Status), required=True),
        text("her2_call", "Call of ERBB2", values=tuple(CopyNumberCall), required=True),
        number("erbb2_copy_number", "Copies of ERBB2", "copies"),
        text("eligibility", "All criteria together", values=tuple(Eligibility), required=True),
        text("label", "Why the tumour may resist", values=tuple(Label), required=True),
        text("mechanisms", "Candidate mechanisms, best first, separated by semicolons"),
        text("best_response", "Best overall response", values=RESPONSES),
        text("clinical_benefit", "Clinical benefit", values=YES_NO),
        number("pfs_days", "Progression-free survival", "days"),
        integer("pfs_event", "1 progression or death, 0 censored"),
        number("os_days", "Overall survival", "days"),
        integer("os_event", "1 death, 0 censored"),
        number("erbb2_copy_number_over_ploidy", "Copies of ERBB2 over the tumour's ploidy"),
        text("evaluable", "Whether the patient counts in the endpoints", values=YES_NO),
        text("not_evaluable_reason", "Why a patient does not count"),
        text("response_confirmed", "Whether a CR or PR was confirmed", values=YES_NO),
        integer(
            "benefit_day",
            "Day on which benefit was established; empty where only the sheet states it",
            "days",
        ),
        number("duration_of_response_days", "From the first of the confirmed responses", "days"),
        integer("duration_of_response_event", "1 progression or death, 0 censored"),
        text("outcome_source", "Where the outcome comes from", values=("assessments", "sheet", "none")),
        text("treatment_start", "First day of treatment, day 0 of all durations"),
        integer("prior_lines", "Lines of systemic treatment before this one", "lines"),
    ),
)

CANDIDATES = Table(
    "candidates.tsv",
    "One candidate mechanism of one patient.",
    (
        text("patient", "Patient", required=True),
        text("sample", "Sample", required=True),
        text("mechanism", "Resistance mechanism in words", required=True),
        text("rule_id", "Rule of the knowledge base", required=True),
        text("gene", "HGNC symbol", required=True),
        text("alteration", "Protein change, or the kind of event", required=True),
        text("tier", "Strength of the evidence", values=TIERS, required=True),
        text("clonality", "clonal, subclonal or unknown", values=tuple(Clonality)),
        text("clinical_benefit", "Clinical benefit", values=YES_NO),
    ),
)

ASSOCIATIONS = Table(
    "associations.tsv",
    "One mechanism against clinical benefit.",
    (
        text("level", "What is counted", values=("gene", "pathway", "any"), required=True),
        text("mechanism", "Gene, pathway, or any R1-R3", required=True),
        integer("carriers_without_benefit", "Carriers without benefit", "patients"),
        integer("without_benefit", "Assessable patients without benefit", "patients"),
        integer("carriers_with_benefit", "Carriers with benefit", "patients"),
        integer("with_benefit", "Assessable patients with benefit", "patients"),
        number("odds_ratio", "Conditional odds ratio of being without benefit"),
        number("odds_ratio_low", "Lower 95 % bound, exact"),
        number("odds_ratio_high", "Upper 95 % bound, exact; inf where unbounded"),
        number("p_fisher", "Fisher, two-sided"),
        number("p_fisher_mid", "Fisher mid-p, two-sided"),
        number("p_boschloo", "Boschloo, two-sided"),
        number("p_attainable", "Smallest p that these margins allow"),
        number("power", "Power for the stated effect", "0-1"),
        number("q_value", "Benjamini-Hochberg among the tested"),
        text("tested", "Whether significance was attainable at all", values=YES_NO, required=True),
        number("p_barnard", "Barnard, two-sided, score statistic; sensitivity analysis"),
        number("p_leave_one_out_low", "Smallest Fisher p when any one patient is left out"),
        number("p_leave_one_out_high", "Largest Fisher p when any one patient is left out"),
        text(
            "note", "Why it was not tested; in how many tumours a rule of the pathway could not be looked for"
        ),
    ),
)

EXPLANATION = Table(
    "explanation.tsv",
    "How many patients of one group are explained at the given tiers: the claim and its control.",
    (
        text("group", "Patients counted", values=("no_benefit", "benefit"), required=True),
        text("tiers", "Tiers that count, e.g. R1-R3", required=True),
        integer("explained", "Patients with a candidate of these tiers", "patients"),
        integer("assessable", "Patients whose genome could show one", "patients"),
        integer("patients", "Patients of the group", "patients"),
        number("proportion", "explained / assessable", "0-1"),
        number("low", "Lower 95 % bound, Clopper-Pearson", "0-1"),
        number("high", "Upper 95 % bound, Clopper-Pearson", "0-1"),
        number(
            "expected", "Explained patients of the group if labels had nothing to do with benefit", "patients"
        ),
        number("expected_low", "2.5 % point of that number, labels permuted", "patients"),
        number("expected_high", "97.5 % point of that number, labels permuted", "patients"),
        number(
            "p_permutation",
            "Chance of at least as many (no_benefit) or at most as many (benefit), labels permuted",
        ),
        number(
            "lowest",
            "Share of all patients of the group if none without assessable genome is explained",
            "0-1",
        ),
        number("highest", "Share of all patients of the group if every one of them is", "0-1"),
        text("explained_patients", "Who is explained; in the group benefit, carriers despite benefit"),
    ),
)

ENDPOINTS = Table(
    "endpoints.tsv",
    "One statistic of one endpoint.",
    (
        text("endpoint", "Endpoint", required=True),
        text("statistic", "What was estimated", required=True),
        number("estimate", "Estimate"),
        number("low", "Lower 95 % bound"),
        number("high", "Upper 95 % bound"),
        integer("n", "Patients", "patients"),
        integer("events", "Events or successes"),
        text("method", "Method", required=True),
    ),
)

TWO_STAGE = Table(
    "two_stage.tsv",
    "One quantity of the two-stage design.",
    (
        text("quantity", "Which", required=True),
        number("value", "Value"),
        number("low", "Lower bound"),
        number("high", "Upper bound"),
        text("method", "Method or meaning", required=True),
    ),
)

OUTCOME_REVIEW = Table(
    "outcome_review.tsv",
    "One thing to look at in one patient's outcome: the sheets disagree, or benefit hangs on a window.",
    (
        text("patient", "Patient", required=True),
        text(
            "kind",
            "What is to be looked at",
            values=("disagreement", "window", "assessment", "carrier_despite_benefit"),
            required=True,
        ),
        text("quantity", "Column of the patients' sheet, or the assessment's day", required=True),
        text("stated", "Value of the sheet"),
        text("derived", "Value from the assessments; for a window, under the lenient one"),
        text("used", "Value that the endpoints use"),
        text("note", "Why, in words"),
    ),
)

ASSESSED_RESPONSES = Table(
    "responses.tsv",
    "One assessment with its response by RECIST 1.1.",
    (
        text("patient", "Patient", required=True),
        integer("day", "Day from the start of treatment", "days", required=True),
        number("target_sum_mm", "Sum of the diameters of the targets", "mm"),
        number("change_from_baseline", "Relative change of the sum from baseline", "share"),
        number("change_from_nadir", "Relative change of the sum from its smallest value before", "share"),
        text("response", "Response of the assessment", values=RESPONSES),
        text("stated", "Response as the sheet states it", values=RESPONSES),
        text("counted", "Whether it counts; not after progression or another treatment", values=YES_NO),
        text("reason", "Why the response is what it is, or why it does not count"),
    ),
)

BLINDING = Table(
    "blinding.tsv",
    "Digests of the labels, taken before any outcome was read.",
    (
        text("sample", "Tumour sample; all for the digest over all of them", required=True),
        text("label", "Label that was hashed"),
        text("sha256", "SHA-256 of sample, eligibility, label and candidates", required=True),
    ),
)

COPIES = Table(
    "copies.tsv",
    "One statistic of ERBB2 copies against clinical benefit.",
    (
        text("measure", "What is compared", required=True),
        text("statistic", "What was estimated", required=True),
        number("estimate", "Estimate"),
        number("low", "Lower 95 % bound"),
        number("high", "Upper 95 % bound"),
        number("p", "p-value, two-sided"),
        integer("n_without_benefit", "Patients without benefit", "patients"),
        integer("n_with_benefit", "Patients with benefit", "patients"),
        text("method", "Method", required=True),
        number("cut", "Limit below which patients are counted, named beforehand", "copies, or times ploidy"),
    ),
)

SURVIVAL = Table(
    "survival.tsv",
    "One step of a Kaplan-Meier curve.",
    (
        text("endpoint", "pfs, os or duration_of_response", required=True),
        text("group", "all, or a group of a landmark analysis", required=True),
        number("time", "From the start of the curve", "days"),
        integer("at_risk", "Patients at risk just before", "patients"),
        integer("events", "Events at this time"),
        integer("censored", "Censored at this time", "patients"),
        number("survival", "Share without event", "0-1"),
        number("low", "Lower 95 % bound, log-log", "0-1"),
        number("high", "Upper 95 % bound, log-log", "0-1"),
    ),
)

SENSITIVITY = Table(
    "sensitivity.tsv",
    "One endpoint or explanation under another choice.",
    (
        text("analysis", "What was changed", required=True),
        text("quantity", "What was counted", required=True),
        integer("successes", "Patients with it", "patients"),
        integer("n", "Patients counted", "patients"),
        number("estimate", "Share", "0-1"),
        number("low", "Lower 95 % bound, Clopper-Pearson", "0-1"),
        number("high", "Upper 95 % bound, Clopper-Pearson", "0-1"),
        text("patients", "Patients that the choice touches"),
        text("note", "What the choice means"),
    ),
)

ADVERSE_EVENTS = Table(
    "adverse_events.tsv",
    "One term: patients by their worst CTCAE grade of it.",
    (
        text("term", "Adverse event; any for all terms together", required=True),
        integer("patients", "Patients treated", "patients"),
        *(
            integer(f"grade_{grade}", f"Patients whose worst grade is {grade}", "patients")
            for grade in range(1, 6)
        ),
        integer("any_grade", "Patients with it", "patients"),
        integer("grade_3_or_more", "Patients with grade 3 or more", "patients"),
        integer("related_grade_3_or_more", "The same, related to treatment", "patients"),
        integer("serious", "Patients with a serious one", "patients"),
        number("share", "any_grade over patients", "0-1"),
    ),
)

RULE_COVERAGE = Table(
    "rule_coverage.tsv",
    "One rule of the knowledge base and in how many tumours it was found, not found and not tested.",
    (
        text("rule_id", "Rule of the knowledge base", required=True),
        text("gene", "HGNC symbol"),
        text("mechanism", "Group of mechanisms"),
        text("tier", "Strength of the evidence", values=TIERS, required=True),
        text("direction", "What the rule says of the drug"),
        integer("found", "Tumours in which it was found", "tumours"),
        integer("not_found", "Tumours in which it was looked for and not found", "tumours"),
        integer("not_tested", "Tumours in which it could not be tested", "tumours"),
    ),
)

RESOURCES = Table(
    "resources.tsv",
    "One step of one tumour and what it took; the only table that differs from run to run.",
    (
        text("sample", "Tumour sample", required=True),
        text("step", "Step of the workflow", required=True),
        number("seconds", "Time from its start to its end", "s"),
        number("cpu_seconds", "Time of all its processors", "s"),
        number("peak_memory_mb", "Most memory it held", "MB"),
    ),
)
