"""The tables of the joined cohort: who is in it, with which label and which outcome."""

from __future__ import annotations

from typing import Literal

from refractor.genome.fixed_columns import fixed_column
from refractor.results.records import Chapter, column, record, table_of
from refractor.results.analyses import Analysis
from refractor.vocabulary import Clonality, CopyNumberCall, Eligibility, Label, Response, Result, Status, Tier



MANIFEST = table_of(Analysis, "manifest.tsv", step="join_cohort", chapter=Chapter.GROUNDS, meaning="One sample and analysis, and what became of it.")


@record
class JoinedPatient:
    """One patient: sequencing verdict and label (made first), then outcome."""

    patient: str = column("Patient")
    sample: str | None = column("Sample the verdict rests on", default=None)
    wgs: Literal["available", "missing", "failed"] = column("Whether there is a genome")
    ras_status: Status = column(fixed_column("ras_status").meaning)
    braf_status: Status = column(fixed_column("braf_status").meaning)
    her2_call: CopyNumberCall = column(fixed_column("her2_call").meaning)
    erbb2_copy_number: float | None = column(fixed_column("erbb2_copy_number").meaning, "copies", default=None)
    eligibility: Eligibility = column("All criteria together")
    label: Label = column("Why the tumour may resist")
    mechanisms: str | None = column("Candidate mechanisms, best first, separated by semicolons", default=None)
    decisive_untested: str | None = column(
        "Decisive questions of the cohort that the genome left open, each with the reason", default=None
    )
    best_response: Response | None = column("Best overall response", default=None)
    clinical_benefit: bool | None = column("Clinical benefit", default=None)
    pfs_days: float | None = column("Progression-free survival", "days", default=None)
    pfs_event: int | None = column("1 progression or death, 0 censored", default=None)
    os_days: float | None = column("Overall survival", "days", default=None)
    os_event: int | None = column("1 death, 0 censored", default=None)
    erbb2_copy_number_over_ploidy: float | None = column(
        fixed_column("erbb2_copy_number_over_ploidy").meaning, default=None
    )
    target_call: CopyNumberCall | None = column(
        "Call of the gene that the cohort's drugs aim at; empty for a target without a gene", default=None
    )
    target_copy_number: float | None = column("Copies of that gene", "copies", default=None)
    target_copy_number_over_ploidy: float | None = column(
        "Copies of that gene over the tumour's ploidy", default=None
    )
    target_result: Result | None = column(
        "Whether the tumour has what the cohort's drugs aim at", default=None
    )
    target: str | None = column("The alterations, or what the sheet says, that are the target", default=None)
    evaluable: bool | None = column("Whether the patient counts in the endpoints", default=None)
    not_evaluable_reason: str | None = column("Why a patient does not count", default=None)
    response_confirmed: bool | None = column("Whether a CR or PR was confirmed", default=None)
    benefit_day: int | None = column(
        "Day on which benefit was established; empty where only the sheet states it", "days", default=None
    )
    duration_of_response_days: float | None = column(
        "From the first of the confirmed responses", "days", default=None
    )
    duration_of_response_event: int | None = column("1 progression or death, 0 censored", default=None)
    outcome_source: Literal["assessments", "sheet", "none"] | None = column(
        "Where the outcome comes from", default=None
    )
    treatment_start: str | None = column("First day of treatment, day 0 of all durations", default=None)
    prior_lines: int | None = column("Lines of systemic treatment before this one", "lines", default=None)
    prior_anti_egfr: bool | None = column("Whether an antibody against EGFR was given before", default=None)
    age: float | None = column("Age at the start of treatment", "years", default=None)
    sex: str | None = column("Sex", default=None)
    primary_site: str | None = column("Site of the primary tumour", default=None)
    her2_ihc: str | None = column(fixed_column("her2_ihc").meaning, default=None)
    her2_assay: str | None = column(fixed_column("her2_assay").meaning, default=None)
    new_therapy_day: int | None = column("Day on which another treatment began", "days", default=None)


PATIENTS = table_of(JoinedPatient, "patients.tsv", step="join_cohort", chapter=Chapter.PATIENTS)


@record
class Candidate:
    """One candidate mechanism of one patient."""

    patient: str = column("Patient")
    sample: str = column("Sample")
    mechanism: str = column("Resistance mechanism in words")
    rule_id: str = column("Rule of the knowledge base")
    gene: str = column("HGNC symbol")
    alteration: str = column("Protein change, or the kind of event")
    tier: Tier = column("Strength of the evidence")
    clonality: Clonality | None = column("clonal, subclonal or unknown", default=None)
    clinical_benefit: bool | None = column("Clinical benefit", default=None)
    own_share: float | None = column(
        "Part of such mutations that the tumour's hypermutation does not bring; empty where it brings none",
        "0-1",
        default=None,
    )


CANDIDATES = table_of(Candidate, "candidates.tsv", step="join_cohort", chapter=Chapter.PATIENTS)


@record
class Biopsy:
    """One tumour sample of one patient and when it was taken."""

    patient: str = column("Patient")
    sample: str = column("Tumour sample")
    collected_on: str | None = column("Day of the biopsy, ISO date", default=None)
    day: int | None = column(
        "The same from the start of treatment; negative before it", "days", default=None
    )
    timepoint: str | None = column("baseline, on_treatment or progression", default=None)
    material: str | None = column("tissue or plasma", default=None)
    label_from: bool = column("Whether the patient's label rests on it")


BIOPSIES = table_of(Biopsy, "biopsies.tsv", step="join_cohort", chapter=Chapter.REVIEW)


@record
class RuleCoverage:
    """One rule of the knowledge base and in how many tumours it was found, not found and not tested."""

    rule_id: str = column("Rule of the knowledge base")
    gene: str | None = column("HGNC symbol", default=None)
    mechanism: str | None = column("Group of mechanisms", default=None)
    tier: Tier = column("Strength of the evidence")
    direction: str | None = column("What the rule says of the drug", default=None)
    found: int | None = column("Tumours in which it was found", "tumours", default=None)
    not_found: int | None = column(
        "Tumours in which it was looked for and not found", "tumours", default=None
    )
    not_tested: int | None = column("Tumours in which it could not be tested", "tumours", default=None)


RULE_COVERAGE = table_of(RuleCoverage, "rule_coverage.tsv", step="join_cohort", chapter=Chapter.GROUNDS)


@record
class TumorRuleResult:
    """One rule that can explain, in one tumour: what associations and bounds are counted from."""

    sample: str = column("Tumour sample")
    rule_id: str = column("Rule of the knowledge base")
    gene: str | None = column("HGNC symbol", default=None)
    mechanism: str | None = column("Group of mechanisms", default=None)
    tier: Tier = column("Strength of the evidence")
    result: Literal["found", "not_found", "not_tested"] = column("What the look-up gave")


RULE_RESULTS = table_of(TumorRuleResult, "rule_results.tsv", step="join_cohort", chapter=Chapter.GROUNDS)


@record
class TumorDecoyResult:
    """One rule on drugs that the cohort does not give, in one tumour: what they would explain is explained falsely."""

    sample: str = column("Tumour sample")
    rule_id: str = column("Rule of the knowledge base")
    gene: str | None = column("HGNC symbol", default=None)
    drugs: str = column("Drugs that the rule speaks of, separated by semicolons")
    mechanism: str | None = column("Group of mechanisms", default=None)
    tier: Tier = column("Strength of the evidence for those drugs")
    result: Result = column("What the look-up gave")
    alteration: str | None = column("What was found, the best of several", default=None)
    clonality: Clonality | None = column("clonal, subclonal or unknown", default=None)
    shared: bool | None = column(
        "Whether a rule of the cohort's own drugs counts all that was found as a candidate; empty where nothing was",
        default=None,
    )


DECOY_RESULTS = table_of(TumorDecoyResult, "decoy_results.tsv", step="join_cohort", chapter=Chapter.GROUNDS)


@record
class BlindedLabel:
    """Digests of the labels, taken before any outcome was read."""

    sample: str = column("Tumour sample; all for the digest over all of them")
    label: str | None = column("Label that was hashed", default=None)
    sha256: str = column("SHA-256 of sample, eligibility, label and candidates")


BLINDING = table_of(BlindedLabel, "blinding.tsv", step="join_cohort", chapter=Chapter.GROUNDS)


ReviewKind = Literal["disagreement", "window", "assessment", "carrier_despite_benefit"]


@record
class OutcomeReview:
    """One thing to look at in one patient's outcome: the sheets disagree, or benefit hangs on a window."""

    patient: str = column("Patient")
    kind: ReviewKind = column("What is to be looked at")
    quantity: str = column("Column of the patients' sheet, or the assessment's day")
    stated: str | None = column("Value of the sheet", default=None)
    derived: str | None = column(
        "Value from the assessments; for a window, under the lenient one", default=None
    )
    used: str | None = column("Value that the endpoints use", default=None)
    note: str | None = column("Why, in words", default=None)


OUTCOME_REVIEW = table_of(OutcomeReview, "outcome_review.tsv", step="join_cohort", chapter=Chapter.REVIEW)


@record
class OtherChoice:
    """The outcome of one patient whom another choice changes; without a patient, a choice that changes nobody."""

    analysis: str = column("What was chosen otherwise")
    meaning: str = column("What the choice means")
    patient: str | None = column("Patient", default=None)
    clinical_benefit: bool | None = column("Clinical benefit under the choice", default=None)
    benefit_day: int | None = column("Day on which it was established", "days", default=None)
    best_response: Response | None = column("Best overall response under the choice", default=None)
    response_confirmed: bool | None = column("Whether a CR or PR was confirmed", default=None)
    evaluable: bool | None = column("Whether the patient counts in the endpoints", default=None)
    pfs_days: float | None = column("Progression-free survival under the choice", "days", default=None)
    pfs_event: int | None = column("1 progression or death, 0 censored", default=None)


OTHER_CHOICES = table_of(OtherChoice, "other_choices.tsv", step="join_cohort", chapter=Chapter.OUTCOMES)


@record
class OpenQuestion:
    """One thing that the checks of the sheets found odd and did not refuse."""

    file: str = column("Sheet that it stands in")
    line: int | None = column("Line of the sheet, 1-based; empty for a column or the sheet as a whole", default=None)
    patient: str | None = column("Patient", default=None)
    sheet_column: str | None = column("Column of the sheet", default=None, name="column")
    value: str | None = column("What stands there", default=None)
    question: str = column("What is odd, and what may be meant")


QUESTIONS = table_of(OpenQuestion, "questions.tsv", step="join_cohort", chapter=Chapter.REVIEW)


@record
class AssessedResponse:
    """One assessment with its response by RECIST 1.1; iRECIST is not used."""

    patient: str = column("Patient")
    day: int = column("Day from the start of treatment", "days")
    target_sum_mm: float | None = column("Sum of the diameters of the targets", "mm", default=None)
    change_from_baseline: float | None = column(
        "Relative change of the sum from baseline", "share", default=None
    )
    change_from_nadir: float | None = column(
        "Relative change of the sum from its smallest value before", "share", default=None
    )
    response: Response | None = column("Response of the assessment", default=None)
    stated: Response | None = column("Response as the sheet states it", default=None)
    counted: bool | None = column(
        "Whether it counts; not after progression or another treatment", default=None
    )
    reason: str | None = column("Why the response is what it is, or why it does not count", default=None)


ASSESSED_RESPONSES = table_of(AssessedResponse, "responses.tsv", step="join_cohort", chapter=Chapter.REVIEW)


@record
class AdverseEventTerm:
    """One term: patients by their worst CTCAE grade of it."""

    term: str = column("Adverse event; any for all terms together")
    patients: int | None = column("Patients treated", "patients", default=None)
    grade_1: int | None = column("Patients whose worst grade is 1", "patients", default=None)
    grade_2: int | None = column("Patients whose worst grade is 2", "patients", default=None)
    grade_3: int | None = column("Patients whose worst grade is 3", "patients", default=None)
    grade_4: int | None = column("Patients whose worst grade is 4", "patients", default=None)
    grade_5: int | None = column("Patients whose worst grade is 5", "patients", default=None)
    any_grade: int = column("Patients with it", "patients")
    grade_3_or_more: int | None = column("Patients with grade 3 or more", "patients", default=None)
    related_grade_3_or_more: int | None = column("The same, related to treatment", "patients", default=None)
    serious: int | None = column("Patients with a serious one", "patients", default=None)
    share: float | None = column("any_grade over patients", "0-1", default=None)
    related_grade_1: int | None = column("Patients whose worst related grade is 1", "patients", default=None)
    related_grade_2: int | None = column("Patients whose worst related grade is 2", "patients", default=None)
    related_grade_3: int | None = column("Patients whose worst related grade is 3", "patients", default=None)
    related_grade_4: int | None = column("Patients whose worst related grade is 4", "patients", default=None)
    related_grade_5: int | None = column("Patients whose worst related grade is 5", "patients", default=None)
    related_any_grade: int | None = column("Patients with a related one", "patients", default=None)
    relation_unknown: int | None = column(
        "Patients with one of which nobody says whether it is related; it counts as not", "patients", default=None
    )


ADVERSE_EVENTS = table_of(AdverseEventTerm, "adverse_events.tsv", step="join_cohort", chapter=Chapter.REVIEW)


@record
class StepResources:
    """One step of one tumour and what it took; the only table that differs from run to run."""

    sample: str = column("Tumour sample")
    step: str = column("Step of the workflow")
    seconds: float | None = column("Time from its start to its end", "s", default=None)
    cpu_seconds: float | None = column("Time of all its processors", "s", default=None)
    peak_memory_mb: float | None = column("Most memory it held", "MB", default=None)


RESOURCES = table_of(StepResources, "resources.tsv", step="collect_resources")
