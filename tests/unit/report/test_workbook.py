"""The workbook read back: every table, every column explained, text never a formula, equal bytes for equal tables."""

from __future__ import annotations

import math
import re
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from refractor.report.patient_results import rows_of
from refractor.report.workbook import Sheet, read_sheets_of_cohort, write_workbook
from refractor.results.all_tables import COHORT_TABLES, workbook_tables
from refractor.results.analysis_tables import ASSOCIATIONS, Association
from refractor.results.cohort_tables import PATIENTS

SHARED = {
    "wgs": "available", "ras_status": "wild_type", "braf_status": "wild_type", "her2_call": "amplified",
    "eligibility": "confirmed", "label": "no_candidate",
}  # fmt: skip


def _sheets() -> list[Sheet]:
    patients = PATIENTS.from_rows(
        [
            {"patient": "=1+1", "mechanisms": "+cmd", "erbb2_copy_number": 27.828, "pfs_days": 343, **SHARED},
            {"patient": "B", "mechanisms": "a\x07b", "os_event": 0, **SHARED},
        ]
    )
    odds = ASSOCIATIONS.frame([
        Association(
            level="any", mechanism="any R1-R3", odds_ratio=math.inf, odds_ratio_low=0.36, tested=False,
            carriers_without_benefit=1, without_benefit=2, untested_without_benefit=0,
            carriers_with_benefit=0, with_benefit=2, untested_with_benefit=0,
        )
    ])  # fmt: skip
    return [Sheet(PATIENTS, rows_of(patients)), Sheet(ASSOCIATIONS, rows_of(odds))]


def _cells(page: openpyxl.worksheet.worksheet.Worksheet) -> list[dict[str, object]]:
    head, *rows = page.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.fixture
def book(tmp_path: Path) -> openpyxl.Workbook:
    write_workbook(tmp_path / "cohort.xlsx", _sheets(), synthetic=True, about={"Version": "0.1"})
    return openpyxl.load_workbook(tmp_path / "cohort.xlsx")


def test_values_come_back_with_their_kind(book: openpyxl.Workbook) -> None:
    rows = _cells(book["patients"])
    assert len(rows) == 2
    assert (rows[0]["erbb2_copy_number"], rows[0]["pfs_days"]) == (27.828, 343)
    assert rows[1]["erbb2_copy_number"] is None
    assert rows[1]["os_event"] == 0
    assert rows[1]["mechanisms"] == "a b"  # a bell cannot stand in XML
    odds = _cells(book["associations"])
    assert len(odds) == 1
    assert odds[0]["odds_ratio"] == "inf"


def test_text_is_never_a_formula(book: openpyxl.Workbook) -> None:
    cell = book["patients"]["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    for page in book.worksheets:
        assert [c.coordinate for row in page.iter_rows() for c in row if c.data_type == "f"] == []


def test_headers_are_frozen_and_each_has_a_note(book: openpyxl.Workbook) -> None:
    page = book["patients"]
    assert page.freeze_panes == "B2"
    heads = {cell.value: cell.comment.text for cell in page[1] if cell.comment}
    assert list(heads) == [*PATIENTS.column_names, "synthetic"]
    assert heads["pfs_days"] == "Progression-free survival\nUnit: days"
    assert "Allowed: CR, PR, SD, PD, NE" in heads["best_response"]
    explained = _cells(book["columns"])
    assert len(explained) == len(PATIENTS.columns) + len(ASSOCIATIONS.columns)


def test_synthetic_is_said_on_the_first_sheet_and_on_every_row(book: openpyxl.Workbook) -> None:
    assert "SYNTHETIC" in str(book["about"]["A2"].value)
    assert [row["synthetic"] for row in _cells(book["patients"])] == ["yes", "yes"]
    assert all("SYNTHETIC" in page.oddFooter.center.text for page in book.worksheets)


def test_real_data_are_not_called_synthetic(tmp_path: Path) -> None:
    write_workbook(tmp_path / "cohort.xlsx", _sheets(), synthetic=False)
    book = openpyxl.load_workbook(tmp_path / "cohort.xlsx")
    assert [page.title for page in book.worksheets] == ["about", "columns", "patients", "associations"]
    assert [len(_cells(book[title])) for title in ("patients", "associations")] == [2, 1]
    assert "synthetic" not in [cell.value for cell in book["patients"][1]]
    said = [str(cell.value) for page in book.worksheets for row in page.iter_rows() for cell in row]
    assert "=1+1" in said
    assert [words for words in said if "SYNTHETIC" in words] == []
    assert not any("SYNTHETIC" in str(page.oddFooter.center.text) for page in book.worksheets)


def test_the_file_holds_no_date_of_its_making(tmp_path: Path) -> None:
    write_workbook(tmp_path / "one.xlsx", _sheets(), synthetic=False)
    write_workbook(tmp_path / "two.xlsx", _sheets(), synthetic=False)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    with ZipFile(tmp_path / "one.xlsx") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core) == ["1980-01-01T00:00:00Z"] * 2


def test_tables_of_a_cohort_in_order_those_not_there_left_out(tmp_path: Path) -> None:
    ASSOCIATIONS.write(ASSOCIATIONS.empty(), tmp_path / ASSOCIATIONS.name, synthetic=False)
    PATIENTS.write_rows(_sheets()[0].rows, tmp_path / PATIENTS.name, synthetic=False)
    assert [sheet.title for sheet in read_sheets_of_cohort(tmp_path)] == ["patients", "associations"]
    write_workbook(tmp_path / "cohort.xlsx", read_sheets_of_cohort(tmp_path), synthetic=False)
    book = openpyxl.load_workbook(tmp_path / "cohort.xlsx")
    assert book.sheetnames == ["about", "columns", "patients", "associations"]
    assert book["associations"].max_row == 1


def test_every_table_of_the_cohort_has_a_sheet() -> None:
    elsewhere = (
        "analyses.tsv",
        "resources.tsv",
        "reference_prevalence.tsv",
        "reference_decoys.tsv",
    )  # a tumour's own; times, which would make the workbook differ; what background.tsv sums up
    names = {table.name for table in COHORT_TABLES if table.name not in elsewhere}
    assert len(names) >= 16
    assert names == {table.name for table in workbook_tables()}
