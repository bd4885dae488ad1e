"""Three made-up exports become sheets that the checks accept: REDCap, Castor and cBioPortal, with their codes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from refractor.cli.command import main
from refractor.sheets.read_sheets import read_sheets

REDCAP = """record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,start_date,gender,bor,vital_status,os_months,ta_date,ta_sum,ta_new,ta_response
R-01,baseline_arm_1,,,05-Jan-2019,1,2,0:LIVING,12,,,,
R-01,followup_arm_1,tumour,1,,,,,,2018-12-29 00:00:00,"84,5",No,
R-01,followup_arm_1,tumour,2,,,,,,02-Mar-2019,60,No,Partial Response
R-02,baseline_arm_1,,,43480,2,999,1:DECEASED,3.5,,,,
R-02,followup_arm_1,tumour,1,,,,,,2019-01-10,50,Yes,PD
"""
CASTOR = """Participant Id;Start date;BOR;Death date;Vital status;AE term;CTCAE grade;SAE
C1;25/03/2020;SD;25/06/2020;dead;;;
C1;;;;;Diarrhoea;Grade 3;Yes
C2;01/04/2020;CR;;alive;Rash;G1;No
"""
CBIOPORTAL = """#Patient Identifier\tOverall Survival (Months)\tOS status\tPFS (months)\tPFS status\tSex
#Identifier\tx\tx\tx\tx\tx
#STRING\tNUMBER\tSTRING\tNUMBER\tSTRING\tSTRING
#1\t1\t1\t1\t1\t1
PATIENT_ID\tOS_MONTHS\tOS_STATUS\tPFS_MONTHS\tPFS_STATUS\tSEX
CB-1\t10\t1:DECEASED\t4.3\t1:PROGRESSION\tFemale
CB-2\t24\t0:LIVING\t24\t0:CENSORED\tMale
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def drafted(folder: Path, system: str, text: str) -> dict[str, dict[str, dict[str, object]]]:
    (folder / "export.csv").write_text(text)
    assert main(["import", system, "export.csv", "--map", "map.yaml"]) == 0
    content: dict[str, dict[str, dict[str, object]]] = yaml.safe_load((folder / "map.yaml").read_text())
    return content


def imported(folder: Path, system: str, mapping: object) -> int:
    (folder / "map.yaml").write_text(yaml.safe_dump(mapping, sort_keys=False))
    return main(["import", system, "export.csv", "--map", "map.yaml", "--output", "trial"])


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    header, *lines = (folder / "trial" / name).read_text().splitlines()
    return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]


def test_redcap_with_codes_and_a_repeated_form(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapping = drafted(folder, "redcap", REDCAP)
    assert mapping["patients"]["sex"] == {"from": "gender", "codes": {"1": None, "2": None}}
    assert mapping["assessments"]["only"] == {"redcap_repeat_instrument": "tumour"}
    assert imported(folder, "redcap", mapping) == 2  # codes that nobody decided
    said = capsys.readouterr().err
    assert "export.csv:2 gender: '1' has no meaning yet" in said
    assert not (folder / "trial").exists()
    mapping["patients"]["sex"]["codes"] = {"1": "male", "2": "female"}
    mapping["patients"]["best_response"]["codes"] = {"2": "PR"}
    assert imported(folder, "redcap", mapping) == 0
    assert rows(folder, "patients.tsv") == [
        {"patient": "R-01", "sex": "male", "treatment_start": "2019-01-05", "best_response": "PR",
         "os_days": "365", "os_event": "0"},  # 12 x 30.4375 = 365.25
        {"patient": "R-02", "sex": "female", "treatment_start": "2019-01-15", "best_response": "",
         "os_days": "107", "os_event": "1"},  # 3.5 x 30.4375 = 106.5, to even
    ]  # fmt: skip
    found = [
        (row["patient"], row["date"], row["target_sum_mm"], row["response"])
        for row in rows(folder, "assessments.tsv")
    ]
    assert found == [
        ("R-01", "2018-12-29", "84.5", ""),
        ("R-01", "2019-03-02", "60", "PR"),
        ("R-02", "2019-01-10", "50", "PD"),
    ]
    log = {
        (row["line"], row["column"]): (row["read"], row["written"], row["why"])
        for row in rows(folder, "import_log.tsv")
    }
    assert log["5", "best_response"] == ("999", "", "stands for a value that is missing")
    assert log["5", "treatment_start"] == ("43480", "2019-01-15", "date")
    assert log["2", "os_days"] == ("12", "365", "months of 30.4375 days")
    (folder / "samples.tsv").write_text("patient\tsample\tcopy_number\n")
    config = {
        "samples": "samples.tsv",
        "patients": "trial/patients.tsv",
        "assessments": "trial/assessments.tsv",
    }
    assert [row.day for row in read_sheets(config).assessments] == [-7, 56, -5]
    assert imported(folder, "redcap", mapping) == 2  # nothing is overwritten
    assert "is there already" in capsys.readouterr().err


def test_castor_with_dates_to_count_from(folder: Path) -> None:
    mapping = drafted(folder, "castor", CASTOR)
    assert mapping["patients"]["treatment_start"] == {"from": "Start date", "dates": "day_first"}
    mapping["patients"]["os_days"] = {"from": "Death date", "since": "Start date", "dates": "day_first"}
    assert imported(folder, "castor", mapping) == 0
    first, second = rows(folder, "patients.tsv")
    assert (first["treatment_start"], first["os_days"], first["os_event"]) == ("2020-03-25", "92", "1")
    assert (second["treatment_start"], second["os_days"], second["os_event"]) == ("2020-04-01", "", "0")
    events = [
        (row["patient"], row["term"], row["grade"], row["serious"])
        for row in rows(folder, "adverse_events.tsv")
    ]
    assert events == [("C1", "Diarrhoea", "3", "yes"), ("C2", "Rash", "1", "no")]


def test_cbioportal_needs_no_decision(folder: Path) -> None:
    mapping = drafted(folder, "cbioportal", CBIOPORTAL)
    assert imported(folder, "cbioportal", mapping) == 0
    assert rows(folder, "patients.tsv") == [
        {"patient": "CB-1", "sex": "female", "pfs_days": "131", "pfs_event": "1", "os_days": "304", "os_event": "1"},
        {"patient": "CB-2", "sex": "male", "pfs_days": "730", "pfs_event": "0", "os_days": "730", "os_event": "0"},
    ]  # fmt: skip


def test_events_counted_from_1_are_not_guessed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapping = drafted(folder, "redcap", "record_id,pfs_days,pfs_status\nA,60,2\nB,70,1\n")
    assert mapping["patients"]["pfs_event"]["codes"] == {"2": None, "1": None}
    assert imported(folder, "redcap", mapping) == 2
    assert "allowed: 0, 1" in capsys.readouterr().err


def test_what_cannot_be_read_stops_the_import_with_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "record_id,start_date,best_response\nA,03/04/2019,PR\nB,2019-13-01,XX\n,2019-01-01,PR\n"
    mapping = drafted(folder, "redcap", text)
    mapping["patients"]["treatment_start"] = {"from": "start_date"}
    mapping["patients"]["best_response"] = {"from": "best_response"}
    assert imported(folder, "redcap", mapping) == 2
    said = capsys.readouterr().err
    assert "export.csv:2 start_date: '03/04/2019' cannot be read" in said  # March or April: not guessed
    assert "export.csv:3 start_date: '2019-13-01' cannot be read" in said
    assert "export.csv:3 best_response: 'XX' cannot be read" in said
    assert "export.csv:4 record_id: names no patient" in said


def test_a_mapping_that_names_what_is_not_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drafted(folder, "redcap", "record_id,bor\nA,PR\n")
    mapping = {
        "patient": "record",
        "patients": {"best_respons": {"from": "bor"}, "os_days": {"from": "os", "unit": "moons"}},
    }
    assert imported(folder, "redcap", mapping) == 2
    said = capsys.readouterr().err
    assert "map.yaml:1 patient: 'record' is no column of the export; did you mean record_id?" in said
    assert "patients.best_respons: the key is not known; did you mean best_response?" in said
    assert "patients.os_days.unit: 'moons' is not known; allowed: days, weeks, months, years" in said


def test_values_of_a_patient_that_differ_are_listed(folder: Path) -> None:
    mapping = drafted(folder, "redcap", "record_id,bor\nA,PR\nA,\nA,SD\n")
    assert imported(folder, "redcap", mapping) == 0
    assert rows(folder, "patients.tsv") == [{"patient": "A", "best_response": "PR"}]
    [note] = rows(folder, "import_log.tsv")
    assert (note["line"], note["read"], note["written"]) == ("4", "SD", "PR")


LABELLED = """"Record ID","Event Name","Repeat Instrument","Repeat Instance","Date of first dose","Sex","Best overall response","Vital status","Overall survival (months)","Progression-free survival (months)","Progression or death?","Scan date","Sum of target lesions (mm)","New lesion?","Non-target lesions","Overall response at this visit"
"001","Baseline",,,"05.01.2019","Female","Partial Response (PR)","Alive","24,5","7,2","Yes",,,,,
"001","Follow-up","Tumour assessment",1,,,,,,,,"29.12.2018","84,5","No","Present",
"001","Follow-up","Tumour assessment",2,,,,,,,,"02.03.2019","50","No","Non-CR/Non-PD","Partial Response (PR)"
"002","Baseline",,,"13.02.2019","Male","Progressive Disease (PD)","Dead","3","1,8","Yes",,,,,
"002","Follow-up","Tumour assessment",1,,,,,,,,"10.04.2019","999","Yes","PD","Progressive Disease (PD)"
"""


def test_redcap_with_labels(folder: Path) -> None:
    mapping = drafted(folder, "redcap", LABELLED)
    assert mapping["assessments"]["only"] == {"Repeat Instrument": "Tumour assessment"}
    assert mapping["assessments"]["non_target"]["codes"] == {
        "Present": None,
        "Non-CR/Non-PD": "NON_CR_NON_PD",
        "PD": "PD",
    }
    mapping["assessments"]["non_target"]["codes"] |= {"Present": "NON_CR_NON_PD"}  # type: ignore[operator]
    assert imported(folder, "redcap", mapping) == 0
    assert rows(folder, "patients.tsv") == [
        {"patient": "001", "sex": "female", "treatment_start": "2019-01-05", "best_response": "PR", "pfs_days": "219",
         "pfs_event": "1", "os_days": "746", "os_event": "0"},  # 7.2 and 24.5 x 30.4375
        {"patient": "002", "sex": "male", "treatment_start": "2019-02-13", "best_response": "PD", "pfs_days": "55",
         "pfs_event": "1", "os_days": "91", "os_event": "1"},
    ]  # fmt: skip
    found = [
        (row["date"], row["target_sum_mm"], row["non_target"], row["new_lesion"], row["response"])
        for row in rows(folder, "assessments.tsv")
    ]
    assert found == [
        ("2018-12-29", "84.5", "NON_CR_NON_PD", "no", ""),
        ("2019-03-02", "50", "NON_CR_NON_PD", "no", "PR"),
        ("2019-04-10", "", "PD", "yes", "PD"),
    ]


DATED = """record_id,redcap_event_name,start_date,date_of_death,date_last_contact,date_of_progression
R-01,baseline_arm_1,2019-01-05,,,
R-01,eos_arm_1,,,2020-03-01,2019-06-01
R-02,baseline_arm_1,2019-01-05,,,
R-02,eos_arm_1,,2019-03-02,2019-03-01,
"""


def test_durations_from_dates_of_several_events(folder: Path) -> None:
    """Death before last contact; a date of death is the event, its lack is none; a progression is one where dated."""
    mapping = drafted(folder, "redcap", DATED)
    assert mapping["patients"]["os_days"] == {
        "from": ["date_of_death", "date_last_contact"],
        "since": "start_date",
    }
    assert mapping["patients"]["os_event"] == {"from": "date_of_death", "filled": "1", "empty": "0"}
    assert imported(folder, "redcap", mapping) == 0
    assert rows(folder, "patients.tsv") == [
        {"patient": "R-01", "treatment_start": "2019-01-05", "pfs_days": "147", "pfs_event": "1", "os_days": "421",
         "os_event": "0"},
        {"patient": "R-02", "treatment_start": "2019-01-05", "pfs_days": "", "pfs_event": "", "os_days": "56",
         "os_event": "1"},
    ]  # fmt: skip


def test_codes_for_missing_of_castor_and_of_tcga(folder: Path) -> None:
    castor = "Participant Id;treatment_start;age;best_response\nC1;01-01-2997;-96;##USER_MISSING_97##\nC2;25-03-2020;61;CR\n"
    assert imported(folder, "castor", drafted(folder, "castor", castor)) == 0
    assert rows(folder, "patients.tsv") == [
        {"patient": "C1", "age": "", "treatment_start": "", "best_response": ""},
        {"patient": "C2", "age": "61", "treatment_start": "2020-03-25", "best_response": "CR"},
    ]


def test_missing_of_tcga(folder: Path) -> None:
    text = "PATIENT_ID\tAGE\tOS_MONTHS\tOS_STATUS\nA\t[Not Available]\t[Not Applicable]\t\nB\t60\t10\t1:DECEASED\n"
    assert imported(folder, "cbioportal", drafted(folder, "cbioportal", text)) == 0
    assert rows(folder, "patients.tsv") == [
        {"patient": "A", "age": "", "os_days": "", "os_event": ""},
        {"patient": "B", "age": "60", "os_days": "304", "os_event": "1"},
    ]


@pytest.mark.parametrize(("column", "sure"), [("died", True), ("vital_status", False), ("os_status", False)])
def test_bare_0_and_1_are_read_only_where_the_name_says_the_event(
    folder: Path, column: str, sure: bool
) -> None:
    mapping = drafted(folder, "redcap", f"record_id,os,{column}\nA,60,1\nB,70,0\n")
    codes = mapping["patients"]["os_event"].get("codes")
    assert codes == (None if sure else {"1": None, "0": None})  # 1 may be alive
    assert imported(folder, "redcap", mapping) == (0 if sure else 2)


@pytest.mark.parametrize(
    ("others", "decimal", "days"), [("7,2", "comma", "38"), ("7.2", "point", "37560"), ("7", None, None)]
)
def test_a_comma_is_read_as_the_column_shows(
    folder: Path, others: str, decimal: str | None, days: str | None
) -> None:
    mapping = drafted(folder, "castor", f"record_id;os_months;died\nA;1,234;1\nB;{others};1\n")
    assert mapping["patients"]["os_days"] == {"from": "os_months", "unit": "months", "decimal": decimal}
    assert imported(folder, "castor", mapping) == (0 if days else 2)
    if days:  # 1.234 or 1234 x 30.4375
        assert rows(folder, "patients.tsv")[0]["os_days"] == days


def test_a_value_behind_a_code_for_missing_is_taken(folder: Path) -> None:
    mapping = drafted(folder, "redcap", "record_id,age\nA,999\nA,61\nB,999\n")
    assert imported(folder, "redcap", mapping) == 0
    assert rows(folder, "patients.tsv") == [{"patient": "A", "age": "61"}, {"patient": "B", "age": ""}]


def test_an_empty_cell_of_the_first_rows_takes_a_later_one(folder: Path) -> None:
    mapping = drafted(folder, "redcap", "record_id,age,bor\nA,,\nA,61,PR\n")
    assert imported(folder, "redcap", mapping) == 0
    assert rows(folder, "patients.tsv") == [{"patient": "A", "age": "61", "best_response": "PR"}]


def test_the_forms_of_an_export_with_labels_each_have_their_complete(folder: Path) -> None:
    mapping = drafted(
        folder, "redcap", "Record ID,BOR,Complete?,Age,Complete?\nA,PR,Complete,61,Incomplete\n"
    )
    assert mapping["not_used"] == ["Complete?", "Complete? (2)"]
    assert imported(folder, "redcap", mapping) == 0
    assert rows(folder, "patients.tsv") == [{"patient": "A", "age": "61", "best_response": "PR"}]


def test_a_name_that_no_patient_can_have(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapping = drafted(folder, "redcap", "record_id,bor\nA 01,PR\nA 01,\nB,SD\n")
    assert imported(folder, "redcap", mapping) == 2
    said = capsys.readouterr().err
    assert said.count("'A 01' cannot be the name of a patient; allowed: letters, digits") == 1


def test_events_that_a_spreadsheet_wrote_as_decimals(folder: Path) -> None:
    assert (
        imported(folder, "redcap", drafted(folder, "redcap", "record_id,os_days,died\nA,12.0,1.0\nB,9,0\n"))
        == 0
    )
    assert [(row["os_days"], row["os_event"]) for row in rows(folder, "patients.tsv")] == [
        ("12.0", "1"),
        ("9", "0"),
    ]
