"""Clinical attributes of patients and of samples, and the timelines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from refractor.genome.fixed_columns import fixed_column
from refractor.report.cbioportal.files import SYNTHETIC_MARK, Attribute, Cell, months
from refractor.report.cbioportal.tumors import Tumor
from refractor.report.patient_results import Row
from refractor.sheets import PatientRow
from refractor.sheets.sheet_rows import AdverseEventRow

Cells = dict[str, Cell]

STAINED, ASSAYED = fixed_column("her2_ihc"), fixed_column("her2_assay")
"""Columns of the patients' sheet that tell of one gene's protein, whatever the cohort is."""

PATIENT_ATTRIBUTES = (
    Attribute("PATIENT_ID", "Patient", "Patient"),
    Attribute("SEX", "Sex", "Sex", priority=9),
    Attribute("AGE", "Age", "Age at the start of treatment, years", "NUMBER", 8),
    Attribute("TUMOR_SITE", "Primary site", "Site of the primary tumour"),
    Attribute("COHORT", "Cohort", "Cohort of the trial"),
    Attribute("PRIOR_LINES", "Earlier lines", "Lines of treatment before", "NUMBER"),
    Attribute("PRIOR_ANTI_EGFR", "Earlier anti-EGFR", "Whether an antibody against EGFR was given before"),
    Attribute(STAINED.name.upper(), f"{STAINED.word} IHC", f"{STAINED.word} immunohistochemistry at entry"),
    Attribute(ASSAYED.name.upper(), f"{ASSAYED.word} assay", f"How {ASSAYED.word} was found at entry"),
    Attribute("OS_STATUS", "Overall survival status", "Overall survival status"),
    Attribute("OS_MONTHS", "Overall survival (months)", "Months from the start of treatment to death or last contact", "NUMBER"),
    Attribute("PFS_STATUS", "Progression-free status", "Progression or death, or censored"),
    Attribute("PFS_MONTHS", "Progression-free (months)", "Months from the start of treatment to progression or death", "NUMBER"),
    Attribute("DOR_STATUS", "Response status", "Whether a response has ended"),
    Attribute("DOR_MONTHS", "Duration of response (months)", "Months from the first of the confirmed responses", "NUMBER"),
    Attribute("CLINICAL_BENEFIT", "Clinical benefit", "Response, or stable disease for the time the cohort file asks", priority=600),
    Attribute("BEST_RESPONSE", "Best response", "Best overall response, RECIST 1.1", priority=500),
    Attribute("RESPONSE_CONFIRMED", "Response confirmed", "Whether a response was confirmed"),
    Attribute("EVALUABLE", "Evaluable", "Whether the patient counts in the endpoints"),
    Attribute("NOT_EVALUABLE_REASON", "Why not evaluable", "Why the patient does not count"),
    Attribute("SYNTHETIC", "Synthetic", "Simulated genome and invented outcome; no real patient", priority=2000),
)  # fmt: skip

TARGET_COPIES = Attribute("", "", "", "NUMBER", 400)
"""Stands where the copies of the cohort's target go."""

SAMPLE_ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute("PATIENT_ID", "Patient", "Patient"),
    Attribute("SAMPLE_ID", "Sample", "Tumour sample"),
    Attribute("CANCER_TYPE", "Cancer type", "Cancer type of the cohort", priority=1),
    Attribute("CANCER_TYPE_DETAILED", "Cancer type, detailed", "Cancer type of the cohort", priority=1),
    Attribute("GENOME", "Genome", "Whether there is a genome: available, failed or missing", priority=700),
    Attribute("RESISTANCE_LABEL", "Label", "Why the tumour may resist; made from the genome alone", priority=900),
    Attribute("RESISTANCE_MECHANISMS", "Mechanisms", "Candidate mechanisms, best first", priority=800),
    Attribute("ELIGIBILITY", "Entry criteria", "All entry criteria together, judged on the sequenced tumour", priority=650),
    Attribute("TARGET", "Target", "Whether the tumour has what the drugs aim at", priority=640),
    Attribute("TARGET_FOUND", "Target found", "What of it was found, or why it was not"),
    TARGET_COPIES,
    Attribute("TUMOR_PURITY", "Purity", "Share of tumour cells, 0-1", "NUMBER"),
    Attribute("PLOIDY", "Ploidy", "Mean copies of the tumour genome", "NUMBER"),
    Attribute("WHOLE_GENOME_DOUBLED", "Genome doubled", "Whether the genome was doubled"),
    Attribute("GENOME_BUILD", "Genome build", "Build of the sample's own files"),
)  # fmt: skip


def sample_attributes(target: str | None) -> tuple[Attribute, ...]:
    """SAMPLE_ATTRIBUTES with the copies of the target's gene; without them where the target is no gene."""
    copies = Attribute(
        f"{target}_COPY_NUMBER", f"{target} copies", f"Copies of {target} in tumour cells", "NUMBER", 400
    )
    named = [copies if one is TARGET_COPIES else one for one in SAMPLE_ATTRIBUTES]
    return tuple(one for one in named if target or one is not copies)


def patient_rows(patients: Iterable[Row], sheet: Mapping[str, PatientRow], *, synthetic: bool) -> list[Cells]:
    """One row a patient, with outcomes as the endpoints use them."""
    rows: list[Cells] = []
    for row in patients:
        entry = sheet[row["patient"]]
        rows.append(
            {
                "PATIENT_ID": row["patient"],
                "SEX": entry.sex.capitalize() if entry.sex else None,
                "AGE": entry.age,
                "TUMOR_SITE": entry.primary_site,
                "COHORT": entry.cohort,
                "PRIOR_LINES": entry.prior_lines,
                "PRIOR_ANTI_EGFR": entry.prior_anti_egfr,
                STAINED.name.upper(): entry.her2_ihc,
                ASSAYED.name.upper(): entry.her2_assay,
                **_survival("OS", row["os_days"], row["os_event"], ("LIVING", "DECEASED")),
                **_survival("PFS", row["pfs_days"], row["pfs_event"], ("CENSORED", "PROGRESSION")),
                **_survival(
                    "DOR", row["duration_of_response_days"], row["duration_of_response_event"],
                    ("CENSORED", "PROGRESSION"),
                ),
                "CLINICAL_BENEFIT": row["clinical_benefit"],
                "BEST_RESPONSE": row["best_response"],
                "RESPONSE_CONFIRMED": row["response_confirmed"],
                "EVALUABLE": row["evaluable"],
                "NOT_EVALUABLE_REASON": row["not_evaluable_reason"],
                "SYNTHETIC": SYNTHETIC_MARK if synthetic else None,
            }
        )  # fmt: skip
    return rows


def _survival(name: str, days: float | None, event: int | None, states: tuple[str, str]) -> Cells:
    """The pair of columns that cBioPortal draws a curve from; both empty where either is not known."""
    if days is None or event is None:
        return {}
    return {f"{name}_STATUS": f"{event}:{states[event]}", f"{name}_MONTHS": months(days)}


def sample_rows(
    tumors: Iterable[Tumor],
    patients: Sequence[Row],
    *,
    cancer_type: str,
    target: str | None,
    stand_ins: Mapping[str, str],
) -> list[Cells]:
    """One row a tumour; a patient without a genome has a stand-in (`stand_ins`: patient -> sample), in no profile."""
    by_sample = {row["sample"]: row for row in patients if row["sample"]}
    rows: list[Cells] = []
    for tumor in tumors:
        chosen = by_sample.get(tumor.sample)
        copies = (row["copy_number"] for row in tumor.copies if row["gene"] == target)
        purity = tumor.purity or {}
        label = tumor.label or {}
        rows.append(
            {
                "PATIENT_ID": tumor.patient,
                "SAMPLE_ID": tumor.sample,
                "GENOME": chosen["wgs"] if chosen else "available",
                "RESISTANCE_LABEL": label.get("label"),
                "RESISTANCE_MECHANISMS": label.get("mechanisms"),
                "ELIGIBILITY": chosen["eligibility"] if chosen else None,
                "TARGET": label.get("target_result"),
                "TARGET_FOUND": label.get("target") or label.get("target_reason"),
                f"{target}_COPY_NUMBER": next(copies, None),
                "TUMOR_PURITY": purity.get("purity"),
                "PLOIDY": purity.get("ploidy"),
                "WHOLE_GENOME_DOUBLED": purity.get("whole_genome_doubled"),
                "GENOME_BUILD": str(tumor.build),
                **_criteria(tumor),
            }
        )
    for patient, sample in stand_ins.items():
        rows.append({"PATIENT_ID": patient, "SAMPLE_ID": sample, "GENOME": "missing"})
    for cells in rows:
        cells |= {"CANCER_TYPE": cancer_type, "CANCER_TYPE_DETAILED": cancer_type}
    return rows


def _criteria(tumor: Tumor) -> Cells:
    return {f"{row['criterion'].upper()}_FINDING": row["detail"] for row in tumor.eligibility}


def criterion_attributes(tumors: Iterable[Tumor]) -> tuple[Attribute, ...]:
    """An attribute for each entry criterion of the cohort file: what the sequenced tumour showed."""
    names = dict.fromkeys(row["criterion"] for tumor in tumors for row in tumor.eligibility)
    return tuple(
        Attribute(f"{name.upper()}_FINDING", f"{name}, sequenced", f"What the sequenced tumour shows of {name}", priority=300)
        for name in names
    )  # fmt: skip


STATUS_COLUMNS = ("PATIENT_ID", "START_DATE", "STOP_DATE", "EVENT_TYPE", "STATUS")
TREATMENT_COLUMNS = (
    "PATIENT_ID",
    "START_DATE",
    "STOP_DATE",
    "EVENT_TYPE",
    "TREATMENT_TYPE",
    "SUBTYPE",
    "AGENT",
)
SPECIMEN_COLUMNS = ("PATIENT_ID", "START_DATE", "STOP_DATE", "EVENT_TYPE", "SAMPLE_ID", "SPECIMEN_TYPE")
IMAGING_COLUMNS = (
    "PATIENT_ID", "START_DATE", "STOP_DATE", "EVENT_TYPE", "RESPONSE", "TARGET_SUM_MM", "CHANGE_FROM_BASELINE",
)  # fmt: skip
TOXICITY_COLUMNS = (
    "PATIENT_ID", "START_DATE", "STOP_DATE", "EVENT_TYPE", "TOXICITY", "GRADE", "RELATED", "SERIOUS",
)  # fmt: skip


def status_rows(patients: Iterable[Row], sheet: Mapping[str, PatientRow]) -> list[Cells]:
    """Progression, another treatment, death, last contact; day 0 is the start of treatment."""
    rows: list[Cells] = []
    for row in patients:
        days, events = (row["pfs_days"], row["os_days"]), (row["pfs_event"], row["os_event"])
        died = events[1] == 1 and days[1] is not None
        if events[0] == 1 and days[0] is not None and not (died and days[0] >= days[1]):
            rows.append(_event(row["patient"], days[0], "STATUS", STATUS="PROGRESSION"))
        other = sheet[row["patient"]].new_therapy_day
        if other is not None:
            rows.append(_event(row["patient"], other, "STATUS", STATUS="NEXT TREATMENT BEGAN"))
        if days[1] is not None and events[1] is not None:
            last = "DECEASED" if died else "LAST CONTACT, ALIVE"
            rows.append(_event(row["patient"], days[1], "STATUS", STATUS=last))
    return rows


def treatment_rows(patients: Iterable[Row], drugs: Iterable[str]) -> list[Cells]:
    """The trial's drugs from day 0; the sheets do not say when they ended."""
    agents = list(drugs)
    return [
        _event(row["patient"], 0, "TREATMENT", TREATMENT_TYPE="Medical Therapy", SUBTYPE="Targeted Therapy", AGENT=agent)
        for row in patients
        for agent in agents
    ]  # fmt: skip


def specimen_rows(tumors: Iterable[Tumor], patients: Iterable[Row]) -> list[Cells]:
    """The biopsies of which both the day of taking and the start of treatment are known."""
    starts = {row["patient"]: row["treatment_start"] for row in patients}
    return [
        _event(
            tumor.patient, (date.fromisoformat(tumor.collected_on) - date.fromisoformat(starts[tumor.patient])).days,
            "SPECIMEN", SAMPLE_ID=tumor.sample, SPECIMEN_TYPE="Tumour biopsy",
        )
        for tumor in tumors
        if tumor.collected_on and starts.get(tumor.patient)
    ]  # fmt: skip


def imaging_rows(responses: Iterable[Row]) -> list[Cells]:
    """The assessments with their response by RECIST 1.1."""
    return [
        _event(
            row["patient"], row["day"], "IMAGING", RESPONSE=row["response"], TARGET_SUM_MM=row["target_sum_mm"],
            CHANGE_FROM_BASELINE=row["change_from_baseline"],
        )
        for row in responses
    ]  # fmt: skip


def toxicity_rows(events: Iterable[AdverseEventRow]) -> list[Cells]:
    """The adverse events whose day is known."""
    return [
        _event(
            row.patient, row.day, "TOXICITY", TOXICITY=row.term, GRADE=row.grade, RELATED=row.related, SERIOUS=row.serious
        )
        for row in events
        if row.day is not None
    ]  # fmt: skip


def _event(patient: str, day: float, kind: str, **cells: Cell) -> Cells:
    return {"PATIENT_ID": patient, "START_DATE": round(day), "STOP_DATE": None, "EVENT_TYPE": kind, **cells}
