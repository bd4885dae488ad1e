"""Checks of the sheets against themselves and each other: each with what it stops at and what it lets pass."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from trial_folder import TrialFolder

from refractor.sheets.file_checks import FILE_CHECKS
from refractor.sheets.read_sheets import CHECKS, sheets_of

Edit = Callable[[TrialFolder], object]


def patient(**cells: str) -> Edit:
    """An edit of P01, line 2 of patients.tsv."""
    return lambda folder: folder.patients[0].update(cells)


def sample(**cells: str) -> Edit:
    """An edit of P01-T, line 2 of samples.tsv."""
    return lambda folder: folder.samples[0].update(cells)


def assessment(**cells: str) -> Edit:
    """One assessment of P01, line 2 of assessments.tsv."""
    return lambda folder: folder.assessments.append({"patient": "P01", **cells})


def scans(text: str) -> Edit:
    """Assessments of P01 from line 2 on, as `day:sum`, of a sheet that says of new lesions."""
    rows = [dict(zip(("day", "target_sum_mm"), part.split(":"), strict=True)) for part in text.split()]
    return lambda folder: folder.assessments.extend(
        {"patient": "P01", "new_lesion": "no", **row} for row in rows
    )


def adverse_event(**cells: str) -> Edit:
    """One adverse event of P01, line 2 of adverse_events.tsv."""
    return lambda folder: folder.adverse_events.append(
        {"patient": "P01", "term": "Diarrhea", "grade": "2", **cells}
    )


def together(*edits: Edit) -> Edit:
    def edit(folder: TrialFolder) -> None:
        for one in edits:
            one(folder)

    return edit


def again(sheet: str, **cells: str) -> Edit:
    """A further row, as the first of the sheet but for these cells."""
    return lambda folder: folder.rows(sheet).append({**folder.rows(sheet)[0], **cells})


ERRORS: dict[str, tuple[Edit, str]] = {
    "a sample twice": (
        again("samples", tumor_reads="", normal_reads="", copy_number="P02.vcf"),
        "samples.tsv:4 sample: sample 'P01-T' stands on line 2 already; "
        "give each tumour sample its own name, on one row",
    ),
    "a sample of two patients": (
        lambda folder: folder.samples[1].update(sample="P01-T"),
        "samples.tsv:3 sample: sample 'P01-T' stands on line 2 already for another patient, P01; "
        "give each tumour sample its own name, on one row",
    ),
    "a row without a source": (
        sample(tumor_reads="", normal_reads="", structural_variants="P02.vcf"),
        "samples.tsv:2 tumor_reads: the row has none of tumor_reads, small_variants, copy_number; "
        "fill at least one; a patient without any needs no row here",
    ),
    "a sample of an unknown patient": (
        sample(patient="P99"),
        "samples.tsv:2 patient: patient 'P99' has no row in patients.tsv; add the patient there or mend the name here",
    ),
    "a biopsy after treatment start": (
        sample(collected_on="2019-04-02"),
        "samples.tsv:2 collected_on: the biopsy of 2019-04-02 is 1 days after the start of treatment; "
        "the label is of pre-treatment tumours: mend the date here or treatment_start, or give timepoint",
    ),
    "a patient twice": (
        again("patients"),
        "patients.tsv:5 patient: patient 'P01' stands on line 2 already; one row a patient",
    ),
    "an event without its duration": (
        patient(pfs_event="1"),
        "patients.tsv:2 pfs_days: is empty, but pfs_event is 1; fill both or neither",
    ),
    "a censoring without its duration": (
        patient(os_event="0"),
        "patients.tsv:2 os_days: is empty, but os_event is 0; fill both or neither",
    ),
    "a duration without its event": (
        patient(os_days="201"),
        "patients.tsv:2 os_event: is empty, but os_days is 201; fill it: 1 event, 0 censored",
    ),
    "a duration of response without its event": (
        lambda folder: folder.patients[1].update(duration_of_response_days="90"),
        "patients.tsv:3 duration_of_response_event: is empty, but duration_of_response_days is 90; "
        "fill it: 1 event, 0 censored",
    ),
    "benefit with progression": (
        patient(clinical_benefit="yes", best_response="PD"),
        "patients.tsv:2 clinical_benefit: yes contradicts best_response PD; "
        "benefit is a confirmed response or stable disease >= 16 weeks",
    ),
    "no benefit with a confirmed response": (
        patient(clinical_benefit="no", best_response="CR", response_confirmed="yes"),
        "patients.tsv:2 clinical_benefit: no contradicts best_response CR with response_confirmed yes; "
        "a confirmed response is benefit; mend one of the three",
    ),
    "progression after death": (
        patient(pfs_days="202", pfs_event="1", os_days="201", os_event="1"),
        "patients.tsv:2 pfs_days: 202 is above os_days, 201; allowed: at most os_days; death ends both",
    ),
    "an assessment of an unknown patient": (
        assessment(patient="P98", day="56"),
        "assessments.tsv:2 patient: patient 'P98' has no row in patients.tsv; "
        "add the patient there or mend the name here",
    ),
    "an assessment without a day": (
        assessment(response="SD"),
        "assessments.tsv:2 day: day and date are both empty; fill one of them",
    ),
    "a date that cannot be counted": (
        together(patient(treatment_start=""), assessment(date="2019-06-03")),
        "assessments.tsv:2 date: cannot be counted: patient 'P01' has no treatment_start; "
        "fill day here, or treatment_start in the patients' sheet",
    ),
    "a day that contradicts its date": (
        assessment(day="62", date="2019-06-03"),
        "assessments.tsv:2 day: 62 contradicts date, which is day 63 after 2019-04-01; "
        "mend one of them, or leave one empty",
    ),
    "a day later than its date": (
        assessment(day="64", date="2019-06-03"),
        "assessments.tsv:2 day: 64 contradicts date, which is day 63 after 2019-04-01; "
        "mend one of them, or leave one empty",
    ),
    "an adverse event of an unknown patient": (
        adverse_event(patient="P97"),
        "adverse_events.tsv:2 patient: patient 'P97' has no row in patients.tsv; "
        "add the patient there or mend the name here",
    ),
}

WARNINGS: dict[str, tuple[Edit, str]] = {
    "a sample with a hidden folder": (
        sample(sample=".failures"),
        "samples.tsv:2 sample: sample '.failures' begins with a dot: its results are hidden files; rename it",
    ),
    "a patient whose page Windows refuses": (
        again("patients", patient="CON"),
        "patients.tsv:5 patient: patient 'CON' is a name that Windows keeps for a device: "
        "its results cannot be copied there; rename it",
    ),
    "samples that differ in case": (
        again("samples", sample="p01-t", tumor_reads="", normal_reads="", copy_number="P02.vcf"),
        "samples.tsv:4 sample: sample 'p01-t' differs from 'P01-T' of line 2 only in case; "
        "some file systems take them for one; rename one of them",
    ),
    "an old biopsy": (
        sample(collected_on="2018-03-31"),
        "samples.tsv:2 collected_on: the biopsy of 2018-03-31 is 366 days before the start of treatment; "
        "is the year right?",
    ),
    "plasma without its share of tumour DNA": (
        sample(material="plasma", purity=""),
        "samples.tsv:2 purity: is empty, but the sample is of plasma: without the share of tumour DNA nothing is absent from it; "
        "fill it if it is known",
    ),
    "a normal without a tumour": (
        sample(tumor_reads="", copy_number="P02.vcf"),
        "samples.tsv:2 normal_reads: is filled, but tumor_reads is empty; fill tumor_reads, or it is not used",
    ),
    "a sample name without variants": (
        sample(small_variants_sample="TUMOR"),
        "samples.tsv:2 small_variants_sample: is filled, but small_variants is empty; "
        "fill small_variants, or it is not used",
    ),
    "callable regions without variants": (
        sample(callable_regions="P02.vcf"),
        "samples.tsv:2 callable_regions: is filled, but small_variants is empty; fill small_variants, or it is not used",
    ),
    "a caller without its output": (
        sample(copy_number_caller="purple"),
        "samples.tsv:2 copy_number_caller: is filled, but copy_number is empty; fill copy_number, or it is not used",
    ),
    "another sex": (
        together(sample(sex="XX"), patient(sex="male")),
        "samples.tsv:2 sex: XX, but the patient is male; is it this patient's sample?",
    ),
    "patients that differ in case": (
        again("patients", patient="p01"),
        "patients.tsv:5 patient: patient 'p01' differs from 'P01' of line 2 only in case; "
        "are they one? some file systems take them for one",
    ),
    "benefit that was not evaluable": (
        patient(clinical_benefit="yes", best_response="NE"),
        "patients.tsv:2 clinical_benefit: yes with best_response NE; was the response evaluable?",
    ),
    "no benefit with a response": (
        patient(clinical_benefit="no", best_response="PR"),
        "patients.tsv:2 clinical_benefit: no with best_response PR, and response_confirmed is empty; "
        "was the response confirmed?",
    ),
    "a confirmed progression": (
        patient(response_confirmed="yes"),
        "patients.tsv:2 response_confirmed: yes, but best_response is PD; which of them is right?",
    ),
    "a duration of no response": (
        patient(duration_of_response_days="90", duration_of_response_event="1"),
        "patients.tsv:2 duration_of_response_days: is filled, but best_response is PD; which of them is right?",
    ),
    "a response longer than its progression-free survival": (
        patient(
            best_response="PR",
            clinical_benefit="yes",
            duration_of_response_days="300",
            duration_of_response_event="1",
            pfs_days="299",
            pfs_event="1",
        ),
        "patients.tsv:2 duration_of_response_days: 300 is above pfs_days, 299; "
        "counted from the response, is it not shorter?",
    ),
    "a death that is no event": (
        patient(best_response="SD", pfs_days="201", pfs_event="0", os_days="201", os_event="1"),
        "patients.tsv:2 pfs_event: 0, but the patient died on day 201, the day of pfs_days; "
        "death is an event of progression-free survival; is it 1?",
    ),
    "another treatment after death": (
        patient(new_therapy_day="202", os_days="201", os_event="1"),
        "patients.tsv:2 new_therapy_day: 202 is after the patient's death on day 201; which of them is right?",
    ),
    "months with a fraction": (  # 4.3 x 30.4375 = 130.9
        patient(pfs_days="4.3", pfs_event="1"),
        "patients.tsv:2 pfs_days: 4.3 is a fraction of days; is it in months? 4.3 months are 131 days",
    ),
    "months of a patient with benefit": (
        patient(best_response="SD", clinical_benefit="yes", pfs_days="8", pfs_event="1"),
        "patients.tsv:2 pfs_days: 8 days with clinical benefit, which takes at least 28; "
        "is it in months? durations are in days",
    ),
    "months of a patient with a response": (
        patient(
            best_response="CR", clinical_benefit="", response_confirmed="yes", pfs_days="27", pfs_event="1"
        ),
        "patients.tsv:2 pfs_days: 27 days with a confirmed response, which takes at least 28; "
        "is it in months? durations are in days",
    ),
    "a lifetime": (  # 20 x 365.25 = 7305
        patient(os_days="7306", os_event="0"),
        "patients.tsv:2 os_days: 7306 days are 20 years; is it right?",
    ),
    "not evaluable without a reason": (
        patient(evaluable="no"),
        "patients.tsv:2 not_evaluable_reason: is empty, but evaluable is no; say why",
    ),
    "a reason of an evaluable patient": (
        patient(evaluable="yes", not_evaluable_reason="withdrew"),
        "patients.tsv:2 evaluable: is yes, but a not_evaluable_reason is given; is it no?",
    ),
    "evaluable without an outcome": (
        patient(evaluable="yes", best_response="", clinical_benefit=""),
        "patients.tsv:2 evaluable: yes, but best_response and clinical_benefit are empty and there is no assessment; "
        "fill the outcome",
    ),
    "a child": (patient(age="17.9"), "patients.tsv:2 age: 17.9 years; the trial is of adults; is it right?"),
    "a treatment before the drugs": (
        patient(treatment_start="1919-04-01"),
        "patients.tsv:2 treatment_start: 1919-04-01 is in the future or before 1995; is it right?",
    ),
    "two assessments on a day": (
        together(assessment(day="63"), assessment(day="63", target_sum_mm="8")),
        "assessments.tsv:3 day: patient 'P01' was assessed on this day on line 2 already; is it the same assessment?",
    ),
    "an early baseline": (
        assessment(day="-121"),
        "assessments.tsv:2 day: -121 is long before the start of treatment, day 0; is it right?",
    ),
    "an assessment after death": (
        together(patient(os_days="201", os_event="1"), assessment(day="202")),
        "assessments.tsv:2 day: 202 is after the patient's death on day 201; which of them is right?",
    ),
    "an adverse event after death": (
        together(patient(os_days="201", os_event="1"), adverse_event(day="202")),
        "adverse_events.tsv:2 day: 202 is after the patient's death on day 201; which of them is right?",
    ),
    "a fatal event of the living": (
        together(patient(os_days="201", os_event="0"), adverse_event(grade="5")),
        "adverse_events.tsv:2 grade: 5 is a death, but os_event of the patient is 0; which of them is right?",
    ),
    "an adverse event twice": (
        together(adverse_event(day="3"), adverse_event(day="3")),
        "adverse_events.tsv:3 term: the row says the same as line 2; is it the same event?",
    ),
    "benefit with an early progression": (
        patient(best_response="SD", clinical_benefit="yes", pfs_days="60", pfs_event="1"),
        "patients.tsv:2 clinical_benefit: yes with best_response SD and progression or death on day 60; "
        "stable disease is benefit from day 112; is it no, or is the day wrong?",
    ),
    "benefit of who was last assessed before it can be shown": (
        patient(best_response="SD", clinical_benefit="yes", pfs_days="60", pfs_event="0"),
        "patients.tsv:2 clinical_benefit: yes with best_response SD and the last assessment or contact on day 60; "
        "stable disease is benefit from day 112; is it no, or is the day wrong?",
    ),
    "benefit of who died before it can be shown": (
        patient(
            best_response="SD", clinical_benefit="yes", pfs_days="", pfs_event="", os_days="60", os_event="1"
        ),
        "patients.tsv:2 clinical_benefit: yes with best_response SD and progression or death on day 60; "
        "stable disease is benefit from day 112; is it no, or is the day wrong?",
    ),
    "no benefit with a response that was not confirmed and lasted": (
        patient(
            best_response="PR", response_confirmed="no", clinical_benefit="no", pfs_days="168", pfs_event="0"
        ),
        "patients.tsv:2 clinical_benefit: no with PR and no progression until day 168; "
        "stable disease is benefit from day 112; is it yes?",
    ),
    "no benefit with a progression two scans later": (
        patient(best_response="SD", clinical_benefit="no", pfs_days="238", pfs_event="1"),
        "patients.tsv:2 clinical_benefit: no with SD and no progression until day 238; "
        "stable disease is benefit from day 112; is it yes?",
    ),
    "a sum in centimetres": (
        scans("0:8.4 56:8.1"),
        "assessments.tsv:2 target_sum_mm: 8.4 as first sum, but no lesion below 10 mm is a target; "
        "is it in centimetres? sums are in mm",
    ),
    "sums in tenths of a millimetre": (
        together(
            *(again("patients", patient=f"P{number}") for number in (10, 11, 12)),
            *(
                lambda folder, name=f"P{number}", size=size: folder.assessments.append(
                    {"patient": name, "day": "-7", "target_sum_mm": size, "new_lesion": "no"}
                )
                for number, size in ((10, "840"), (11, "1210"), (12, "655"))
            ),
        ),
        "assessments.tsv target_sum_mm: 3 of 3 patients have a first sum above 300 mm; "
        "is the column in tenths of a millimetre? sums are in mm",
    ),
    "days that are weeks": (
        scans("0:84 8:80 16:80 24:80 32:80"),
        "assessments.tsv day: 3 of 3 assessments are at most 14 days after the one before; "
        "is the column in weeks, or a number of the visit? it is in days",
    ),
    "another treatment at the start": (
        patient(new_therapy_day="0"),
        "patients.tsv:2 new_therapy_day: 0, two weeks after the start of treatment or earlier; "
        "is it the treatment of the trial? then leave it empty",
    ),
    "registered after the start": (
        patient(registered_on="2019-06-18"),
        "patients.tsv:2 registered_on: 2019-06-18 is after treatment_start, 2019-04-01; which of them is right?",
    ),
    "no benefit with long stable disease": (
        patient(best_response="SD", clinical_benefit="no", pfs_days="168", pfs_event="0"),
        "patients.tsv:2 clinical_benefit: no with SD and no progression until day 168; "
        "stable disease is benefit from day 112; is it yes?",
    ),
    "benefit that nobody told": (
        patient(best_response="SD", clinical_benefit="", pfs_days="168", pfs_event="1"),
        "patients.tsv:2 clinical_benefit: is empty; SD, progression on day 168; "
        "was there an assessment without progression on day 112 or later? fill it",
    ),
    "progression that is no event": (
        patient(best_response="PD", pfs_days="56", pfs_event="0"),
        "patients.tsv:2 pfs_event: 0, but best_response is PD; progression is an event; is it 1?",
    ),
    "a late first progression": (
        patient(best_response="PD", pfs_days="300", pfs_event="1"),
        "patients.tsv:2 pfs_days: 300, but best_response is PD; was there stable disease before, or is the day wrong?",
    ),
    "censored and soon dead": (
        patient(best_response="SD", pfs_days="60", pfs_event="0", os_days="75", os_event="1"),
        "patients.tsv:2 pfs_event: 0 on day 60, but the patient died on day 75; "
        "death is an event of progression-free survival unless another treatment came first; is it 1?",
    ),
    "progression on another treatment": (
        patient(pfs_days="120", pfs_event="1", new_therapy_day="90"),
        "patients.tsv:2 pfs_days: 120 is after the start of another treatment on day 90; "
        "progression then is censored there; which is right?",
    ),
    "a clinical progression without its day": (
        patient(best_response="SD", end_of_assessments_reason="clinical_progression"),
        "patients.tsv:2 end_of_assessments_reason: clinical_progression, but no day of it is known; "
        "give pfs_days with pfs_event 1",
    ),
    "an end by the death of the living": (
        patient(end_of_assessments_reason="death", os_days="201", os_event="0"),
        "patients.tsv:2 end_of_assessments_reason: death, but os_event is not 1; which of them is right?",
    ),
    "a last contact before the last assessment": (
        together(patient(os_days="201", os_event="0"), assessment(day="202")),
        "assessments.tsv:2 day: 202 is after the last contact on day 201 (os_days); "
        "the patient was seen then: is os_days older than the assessments?",
    ),
    "a first sum long after treatment began": (
        scans("8:100 57:90"),
        "assessments.tsv:2 day: 8 is the first sum of the patient, after day 7; is the baseline missing, or is this it?",
    ),
    "two baselines": (
        scans("-40:50 -7:100 57:90"),
        "assessments.tsv:2 day: -40 is one of 2 baselines; the one of day -7 is used; "
        "is it the screening of another treatment?",
    ),
    "dates out of order": (
        scans("-7:100 56:90 -253:92 168:90"),  # a year too early
        "assessments.tsv:4 day: day -253 is before day 56 of the line above; is the year, or the month, right?",
    ),
    "a new lesion that is no progression": (
        together(scans("-7:100"), assessment(day="56", new_lesion="yes", response="SD")),
        "assessments.tsv:3 response: SD with new_lesion yes; it counts as PD; which is right?",
    ),
    "sums alone": (
        lambda folder: folder.assessments.append({"patient": "P01", "day": "-7", "target_sum_mm": "90"}),
        "assessments.tsv: no row has new_lesion, non_target or response; "
        "sums alone do not show a new lesion; add the columns",
    ),
    "a code for missing": (
        patient(os_days="999", os_event="0"),
        "patients.tsv:2 os_days: 999; a code for missing? then leave it empty",
    ),
    "a sum that is a code for missing": (
        scans("-7:100 56:999"),
        "assessments.tsv:3 target_sum_mm: 999; a code for missing? then leave it empty",
    ),
    "a column in weeks": (
        together(
            *(
                again(
                    "patients",
                    patient=f"P{number}",
                    best_response="SD",
                    clinical_benefit="yes",
                    pfs_days=weeks,
                    pfs_event="1",
                )
                for number, weeks in ((10, "24"), (11, "40"), (12, "61"))
            )
        ),
        "patients.tsv pfs_days: 3 of 3 patients with benefit have less than 112 days; "
        "is the column in weeks or months? durations are in days",
    ),
    "a patient of another trial": (
        together(
            *(again("patients", patient=f"P{number}") for number in range(10, 20)),
            again("patients", patient="MOUNT-7"),
        ),
        "patients.tsv:15 patient: 'MOUNT-7' is unlike that of 13 other patients; is it a patient of this trial?",
    ),
}

SOUND: dict[str, Edit] = {
    "a biopsy on the first day": sample(collected_on="2019-04-01"),
    "a biopsy a year before": sample(collected_on="2018-04-01"),
    "a biopsy of a patient without a start": together(
        sample(collected_on="2030-01-01"), patient(treatment_start="")
    ),
    "progression at death": patient(pfs_days="201", pfs_event="1", os_days="201", os_event="1"),
    "stable disease with benefit": patient(best_response="SD", clinical_benefit="yes"),
    "stable disease without benefit": patient(best_response="SD", clinical_benefit="no"),
    "an unconfirmed response without benefit": patient(
        best_response="PR", response_confirmed="no", clinical_benefit="no"
    ),
    "an unconfirmed response with benefit": patient(
        best_response="PR", response_confirmed="no", clinical_benefit="yes", pfs_days="130", pfs_event="1"
    ),
    "an early progression": patient(pfs_days="12", pfs_event="1"),
    "a death on the first day": patient(pfs_days="0", pfs_event="1", os_days="0", os_event="1"),
    "response as long as progression-free survival": patient(
        best_response="PR",
        clinical_benefit="yes",
        duration_of_response_days="299",
        duration_of_response_event="1",
        pfs_days="299",
        pfs_event="1",
    ),
    "a fraction of a long time": patient(pfs_days="130.9", pfs_event="1"),
    "an outcome from assessments": together(
        patient(evaluable="yes", best_response="", clinical_benefit=""), assessment(day="56")
    ),
    "a day that agrees with its date": assessment(day="63", date="2019-06-03"),
    "a day and a date that cannot be counted": together(
        patient(treatment_start=""), assessment(day="64", date="2019-06-03")
    ),
    "assessments a day apart": together(assessment(day="63"), assessment(day="64")),
    "an assessment of the living": together(patient(os_days="202", os_event="0"), assessment(day="202")),
    "a baseline on day 1 of CDISC": scans("1:100 57:90 113:92"),
    "a death after another treatment": patient(
        best_response="SD", pfs_days="60", pfs_event="0", os_days="75", os_event="1", new_therapy_day="61"
    ),
    "stable disease until it counts": patient(
        best_response="SD", clinical_benefit="yes", pfs_days="112", pfs_event="1"
    ),
    "a clinical progression with its day": patient(
        end_of_assessments_reason="clinical_progression", pfs_days="70", pfs_event="1"
    ),
    "an adverse event on the day of death": together(
        patient(os_days="201", os_event="1"), adverse_event(day="201")
    ),
    "a severe event of the living": together(patient(os_days="201", os_event="0"), adverse_event(grade="4")),
    "two adverse events": together(adverse_event(day="3"), adverse_event(day="4")),
    "an assessment on the day of death": together(
        patient(os_days="201", os_event="1"), assessment(day="201")
    ),
    "the earliest baseline": assessment(day="-120"),
    "a fatal event of the dead": together(
        patient(os_days="201", os_event="1"), adverse_event(grade="5", day="201")
    ),
    "another treatment on the day of death": patient(new_therapy_day="201", os_days="201", os_event="1"),
    "another treatment of the living": patient(new_therapy_day="202", os_days="201", os_event="0"),
    "the same chromosomes": together(sample(sex="XY"), patient(sex="M")),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_stop_the_run(folder: TrialFolder, name: str) -> None:
    edit, problem = ERRORS[name]
    edit(folder)
    assert folder.problems() == [problem]


@pytest.mark.parametrize("name", WARNINGS)
def test_warnings_are_questions(folder: TrialFolder, name: str) -> None:
    edit, problem = WARNINGS[name]
    edit(folder)
    assert problem in folder.warnings()
    assert len(folder.warnings()) <= 5  # what is odd in two ways is asked twice


@pytest.mark.parametrize("name", SOUND)
def test_what_only_looks_odd_passes(folder: TrialFolder, name: str) -> None:
    SOUND[name](folder)
    assert folder.warnings() == []


def test_a_treatment_in_the_future_is_questioned(folder: TrialFolder) -> None:
    tomorrow = (date.today() + timedelta(days=1)).isoformat()
    folder.patients[0]["treatment_start"] = tomorrow
    assert len(folder.warnings()) == 1
    assert "is in the future" in folder.warnings()[0]


def test_a_column_in_months_is_questioned_once(folder: TrialFolder) -> None:
    for months in ("4.3", "8", "60"):
        folder.patients.append({"patient": f"M{months}", "pfs_days": months, "pfs_event": "1"})
    folder.patients[0] |= {"pfs_days": "2", "pfs_event": "1"}
    assert len(folder.warnings()) == 1  # 4 values: too few to judge the column, so only 4.3 is questioned
    assert "4.3 is a fraction of days" in folder.warnings()[0]
    folder.patients[1] |= {"pfs_days": "1", "pfs_event": "1"}
    assert folder.warnings()[0] == (
        "patients.tsv pfs_days: none of 5 values is above 60; is the column in months? durations are in days"
    )
    assert not [warning for warning in folder.warnings() if "fraction" in warning]  # the column says it all
    folder.patients[2] |= {"pfs_days": "61", "pfs_event": "1"}
    assert not [warning for warning in folder.warnings() if "none of" in warning]


def test_a_date_is_counted_from_the_start_of_treatment(folder: TrialFolder) -> None:
    folder.assessments = [
        {"patient": "P01", "date": "2019-03-25"},  # 7 days before 2019-04-01
        {"patient": "P01", "date": "2019-06-03"},  # April 29 more days, May 31, June 3: 63
        {"patient": "P02", "day": "63"},
    ]
    assert [row.day for row in folder.read().assessments] == [-7, 63, 63]


def test_no_check_is_made_of_a_cell_that_was_refused(folder: TrialFolder) -> None:
    folder.patients[0] |= {"pfs_days": "long", "pfs_event": "1"}
    folder.samples[0]["tumor_reads"] = 'a"b'
    assert [problem.split(": ")[0] for problem in folder.problems()] == [
        "samples.tsv:2 tumor_reads",
        "patients.tsv:2 pfs_days",
    ]


def test_a_refused_name_of_a_patient_does_not_blame_the_samples(folder: TrialFolder) -> None:
    folder.patients[0]["patient"] = "P 01"
    assert [problem.split(": ")[0] for problem in folder.problems()] == ["patients.tsv:2 patient"]


def test_a_copied_row_is_one_problem_not_one_a_file(folder: TrialFolder) -> None:
    folder.samples.append(dict(folder.samples[0]))
    assert [problem.split(": ")[0] for problem in folder.problems()] == ["samples.tsv:4 sample"]


def test_prose_may_say_unknown(folder: TrialFolder) -> None:
    folder.patients[0]["primary_site"] = "unknown"
    assert folder.read().patients[0].primary_site == "unknown"


def test_every_check_is_tried_above(folder: TrialFolder) -> None:
    """Each check but those of files, which have their own module, and of empty sheets fires in a case above."""
    sound = copy.deepcopy(folder)
    silent = {check.find.__name__ for check in CHECKS} - {"there_are_samples", "there_are_patients"}
    assert len(silent) == len(CHECKS) - 2
    late = patient(os_days="201", os_event="0")
    for edit, _ in (*ERRORS.values(), *WARNINGS.values(), (late, "")):
        trial = copy.deepcopy(sound)
        edit(trial)
        sheets = sheets_of(trial.write() | {"data_cutoff": "2019-06-01"})
        silent -= {check.find.__name__ for check in CHECKS if list(check.find(sheets))}
    assert silent == set()


def test_every_check_says_in_the_manual_what_it_stops_at() -> None:
    meanings = [check.meaning for check in (*CHECKS, *FILE_CHECKS)]
    assert len(set(meanings)) == len(meanings) == 61
    assert all(meaning.endswith(".") for meaning in meanings)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (".failures", "begins with a dot"),
        ("T1.", "ends with a dot"),
        ("CON", "is a name that Windows keeps"),
        ("aux.1", "is a name that Windows keeps"),
        ("lpt9", "is a name that Windows keeps"),
        ("cohort", None),
        ("CON-1", None),
        ("COM10", None),
    ],
)
def test_names_that_not_every_system_takes_are_asked_about(
    folder: TrialFolder, name: str, why: str | None
) -> None:
    folder.samples[1]["sample"] = name
    folder.patients[2]["patient"] = name
    told = [words for words in folder.warnings() if "rename it" in words]
    assert len(told) == (2 if why else 0)
    if why:
        assert told[0].startswith(f"samples.tsv:3 sample: sample '{name}' {why}")
        assert told[1].startswith(f"patients.tsv:4 patient: patient '{name}' {why}")
