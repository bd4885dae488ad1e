"""The tables of the cohort, results/cohort/, declared."""

from __future__ import annotations

from resistance.sample_tables import ANALYSES, TIERS, YES_NO
from resistance.tables import Table, integer, number, text
from resistance.vocabulary import Clonality, CopyNumberCall, Eligibility, Label, Status

RESPONSES = ("CR", "PR", "SD", "PD", "NE")

MANIFEST = Table("manifest.tsv", "One sample and analysis, and what became of it.", ANALYSES.columns)

IDENTITY = Table(
    "identity.tsv",
    "One pair of samples and whether they come from one person.",
    (
        text("sample_a", "First sample", required=True),
        text("sample_b", "Second sample", required=True),
        integer("n_sites", "SNPs compared", "sites"),
        number("concordance", "Share of the SNPs that agree", "0-1"),
        text("expected", "What the sheet says", values=("same", "different"), required=True),
        text("verdict", "Whether it holds", required=True),
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
