"""Sheets as files: what an editor does to them is tolerated, what changes their meaning is refused."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import openpyxl
import pytest
from trial_folder import TrialFolder, as_nobody

from refractor.errors import SheetError
from refractor.sheets import Trial, read_trial

PATIENTS = "patient\nP01\nP02\n"


def read(samples: bytes | str, patients: bytes | str = PATIENTS) -> Trial:
    for name, content in (("samples.tsv", samples), ("patients.tsv", patients)):
        Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_trial({"samples": "samples.tsv", "patients": "patients.tsv"})


def problems(samples: bytes | str, patients: bytes | str = PATIENTS) -> list[str]:
    with pytest.raises(SheetError) as caught:
        read(samples, patients)
    return [str(problem) for problem in caught.value.problems]


@pytest.fixture(autouse=True)
def in_folder(folder: TrialFolder) -> None:
    """Every test runs in a folder that holds P02.vcf."""


GOOD = "patient\tsample\tsmall_variants\nP01\tS1\tP02.vcf\n"


@pytest.mark.parametrize(
    ("content", "tolerated"),
    [
        (b"\xef\xbb\xbf" + GOOD.encode(), "a byte-order mark"),
        (GOOD.replace("\n", "\r\n"), "Windows line ends"),
        (GOOD.replace("\n", "\r"), "old Macintosh line ends"),
        ("patient \t sample\tsmall_variants\nP01\tS1   \t P02.vcf\u00a0\n", "spaces around cells"),
        ("\n\n" + GOOD, "blank lines"),
        (GOOD.replace("\nP01", "\n\n \t\nP01") + "\n\n", "blank lines"),
        (GOOD.replace("P02.vcf", "P02.vcf\t\t"), "trailing empty columns"),
        (GOOD.replace("variants\n", "variants\t\t\n"), "trailing empty columns"),
        (GOOD.removesuffix("\n"), None),
        (
            b"\xef\xbb\xbf" + GOOD.replace("S1", "S1 ").replace("\n", "\t\r\n").encode(),
            "a byte-order mark, Windows line ends, trailing empty columns, spaces around cells",
        ),
    ],
)
def test_what_editors_do_is_tolerated_and_noted(
    content: bytes | str, tolerated: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    trial = read(content)
    assert len(trial.samples) == 1
    assert trial.samples[0].cells() == {"patient": "P01", "sample": "S1", "small_variants": "P02.vcf"}
    assert trial.notes == ((f"samples.tsv: tolerated {tolerated}",) if tolerated else ())
    assert tuple(message for message in caplog.messages if "tolerated" in message) == trial.notes


def test_line_numbers_count_blank_lines_and_windows_ends() -> None:
    content = GOOD.replace("\nP01", "\n\n\nP 1").replace("\n", "\r\n")
    assert [problem.split(" ")[0] for problem in problems(content)] == ["samples.tsv:4"]


HEADER_FAULTS = [
    (
        GOOD.replace("\t", ","),
        "samples.tsv:1: is separated by commas (CSV), not by tabs; save it as tab-separated text (.tsv)",
    ),
    (
        GOOD.replace("\t", ";"),
        "samples.tsv:1: is separated by semicolons (CSV), not by tabs; save it as tab-separated text (.tsv)",
    ),
    (
        '"patient","sample"\n"P01","S1"\n',
        "samples.tsv:1: is separated by commas (CSV), not by tabs; save it as tab-separated text (.tsv)",
    ),
    (
        GOOD.replace("\t", "|"),
        "samples.tsv:1: is separated by bars, not by tabs; save it as tab-separated text (.tsv)",
    ),
    (
        GOOD.replace("\t", "  "),
        "samples.tsv:1: is separated by spaces, not by tabs; save it as tab-separated text (.tsv)",
    ),
    (
        GOOD.replace("small_variants", "sample"),
        "samples.tsv:1 sample: the column stands at position 2 already; keep one of them",
    ),
    (
        GOOD.replace("patient\t", "patient\t\t", 1),
        "samples.tsv:1 column 2: has no name; name it or take it out",
    ),
]


@pytest.mark.parametrize(("content", "problem"), HEADER_FAULTS)
def test_a_wrong_header_is_named(content: str, problem: str) -> None:
    assert problems(content)[0] == problem


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("tumour_reads", "tumor_reads"),
        ("Tumor_Reads", "tumor_reads"),
        ("tumor reads", "tumor_reads"),
        ("tumor-reads", "tumor_reads"),
        ("smal_variants", "small_variants"),
        ("genome", "genome_build"),
    ],
)
def test_an_unknown_column_names_the_nearest(written: str, meant: str) -> None:
    found = problems(GOOD.replace("small_variants", f"{written}\tsmall_variants").replace("S1", "S1\t"))
    assert len(found) == 1
    assert found[0].startswith(
        f"samples.tsv:1 '{written}': the column is not known; did you mean {meant}? allowed: patient, sample, "
    )


def test_a_missing_required_column_is_named() -> None:
    assert problems("patient\tsmall_variants\nP01\tP02.vcf\n") == [
        "samples.tsv:1 sample: the column is missing; Name of the tumour sample, unique; names its folder in the results."
    ]


@pytest.mark.parametrize(
    ("row", "count"), [("P01\tS1", 2), ("P01\tS1\tP02.vcf\tx", 4), ("P01 S1 P02.vcf", 1)]
)
def test_a_ragged_row_is_refused(row: str, count: int) -> None:
    assert problems(GOOD + "P02\tS2\tP02.vcf\n" + row + "\n")[-1:] == [
        f"samples.tsv:4: has {count} cells, the header has 3 columns; "
        "one tab between two cells, an empty cell where nothing is known"
    ]


def test_a_quoted_cell_with_a_line_break_is_refused_on_its_line() -> None:
    found = problems(GOOD.replace("P02.vcf", '"P02.vcf\nmore"'))
    assert found[0] == (
        "samples.tsv:2 small_variants: '\"P02.vcf' holds a quotation mark; cells are not quoted; leave it out"
    )
    assert found[1].startswith("samples.tsv:3: has 1 cells")


def test_a_required_cell_that_is_empty_is_named() -> None:
    assert problems(GOOD.replace("S1", "")) == [
        "samples.tsv:2 sample: the cell is empty; "
        "fill it: Name of the tumour sample, unique; names its folder in the results."
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "samples.tsv: is empty; fill the sheet of samples"),
        (b"\n \t\n", "samples.tsv: is empty; fill the sheet of samples"),
        (b"\xef\xbb\xbf", "samples.tsv: is empty; fill the sheet of samples"),
        (
            b"PK\x03\x04rest",
            "samples.tsv: is a spreadsheet or zip file; save the sheet as tab-separated text (.tsv, UTF-8)",
        ),
        (
            b"\xd0\xcf\x11\xe0rest",
            "samples.tsv: is an old Excel file; save the sheet as tab-separated text (.tsv, UTF-8)",
        ),
        (
            b"\x1f\x8b\x08rest",
            "samples.tsv: is compressed; decompress it with gunzip; sheets and configuration are plain text",
        ),
        (GOOD.encode("utf-16"), "samples.tsv: is UTF-16 text; save it as UTF-8"),
        (GOOD.encode("utf-16-le"), "samples.tsv: is UTF-16 text or no text at all; save it as UTF-8"),
        (
            GOOD.replace("P02.vcf", "caf\u00e9.vcf").encode("latin-1"),
            "samples.tsv:2: is not UTF-8: byte 0xe9 (in Windows-1252 or Latin-1 it is \u00e9); save it as UTF-8",
        ),
        (
            GOOD.encode() + b"P01\tS\0\tx\n",
            "samples.tsv:3: holds a NUL byte; write the sheet of samples again as UTF-8 text",
        ),
    ],
)
def test_another_format_or_encoding_is_named(content: bytes, problem: str) -> None:
    assert problems(content) == [problem]


def test_a_real_spreadsheet_is_refused(folder: TrialFolder) -> None:
    book = openpyxl.Workbook()
    book.active.append(["patient", "sample"])
    book.save("book.xlsx")
    assert problems(Path("book.xlsx").read_bytes())[0].startswith("samples.tsv: is a spreadsheet or zip file")


def test_a_missing_sheet_a_directory_and_a_pipe_are_named() -> None:
    Path("patients.tsv").write_text(PATIENTS)
    Path("folder").mkdir()
    os.mkfifo("pipe")
    for path, what in (
        ("none.tsv", f"does not exist; paths are relative to the working directory {Path.cwd()}"),
        ("folder", "is a directory; give the sheet of samples, a file"),
        ("pipe", "is not a regular file; give the sheet of samples, a file"),
        ("a\0b", "cannot be read: embedded null byte; give the sheet of samples, a file"),
    ):
        with pytest.raises(SheetError) as caught:
            read_trial({"samples": path, "patients": "patients.tsv"})
        assert str(caught.value) == f"{path}: {what}"


def test_a_sheet_that_may_not_be_read_is_named(shared_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shared_folder)
    Path("samples.tsv").write_text(GOOD)
    Path("patients.tsv").write_text(PATIENTS)
    Path("samples.tsv").chmod(0)
    with as_nobody(), pytest.raises(SheetError) as caught:
        read_trial({"samples": "samples.tsv", "patients": "patients.tsv"})
    assert str(caught.value) == "samples.tsv: cannot be read: permission denied; ask for the right to read it"


def test_a_file_far_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("huge.tsv").open("wb") as file:
        file.truncate(200_000_000)  # sparse
    Path("patients.tsv").write_text(PATIENTS)
    with pytest.raises(
        SheetError, match=r"huge.tsv: has 200,000,000 bytes, too many for the sheet of samples"
    ):
        read_trial({"samples": "huge.tsv", "patients": "patients.tsv"})


def test_header_only_sheets_are_read_and_questioned() -> None:
    trial = read("patient\tsample\n", "patient\n")
    assert (trial.samples, trial.patients) == ((), ())
    assert [str(problem) for problem in trial.warnings] == [
        "samples.tsv: has no rows; add one a tumour sample",
        "patients.tsv: has no rows; add one a patient, sequenced or not",
    ]


def test_a_broken_patients_sheet_does_not_blame_every_sample() -> None:
    found = problems(GOOD, "patient\tage\nP01\n")
    assert found == [
        "patients.tsv:2: has 1 cells, the header has 2 columns; "
        "one tab between two cells, an empty cell where nothing is known"
    ]
