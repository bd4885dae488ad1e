"""Files whose content or name is another patient's are asked about, and never refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from refractor.sheets import read_trial, read_with_questions

SAMPLES = "patient\tsample\tcopy_number\n"


def asked(folder: Path, *rows: str) -> list[str]:
    (folder / "samples.tsv").write_text(SAMPLES + "".join("\t".join(row.split()) + "\n" for row in rows))
    patients = sorted({row.split()[0] for row in rows})
    (folder / "patients.tsv").write_text("patient\n" + "".join(f"{name}\n" for name in patients))
    config = {"samples": str(folder / "samples.tsv"), "patients": str(folder / "patients.tsv")}
    found = [str(problem) for problem in read_trial(config).warnings]
    assert [str(problem) for problem in read_with_questions(config).warnings] == found
    return [words for words in found if "is it this" in words]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("a.tsv", "b.tsv"):
        (tmp_path / name).write_text("chromosome\tstart\n17\t1\n")
    (tmp_path / "c.tsv").write_text("chromosome\tstart\n17\t2\n")
    for name in ("P1-T.cnv.tsv", "P2-T.purple.cnv.tsv", "P10.tsv"):
        (tmp_path / name).write_text(name)
    return tmp_path


def test_one_content_of_two_patients_is_asked_about(files: Path) -> None:
    (words,) = asked(files, "P1 P1-T a.tsv", "P2 P2-T b.tsv")
    assert (
        "samples.tsv:3 copy_number: 'b.tsv' has the same content as copy_number of line 2 (P1-T), of patient P1"
        in words
    )


def test_one_content_of_many_patients_is_one_question(files: Path) -> None:
    content = (files / "a.tsv").read_text()
    for number in range(3, 12):
        (files / f"copy{number}.tsv").write_text(content)
    rows = [f"P{n} P{n}-T copy{n}.tsv" for n in range(3, 12)]
    (words,) = asked(files, "P1 P1-T a.tsv", "P2 P2-T b.tsv", *rows[:1])
    assert "samples.tsv:3 copy" in words and ", and so has P3-T; is it" in words
    (words,) = asked(files, "P1 P1-T a.tsv", "P1 P1-T2 b.tsv", *rows)
    assert "samples.tsv:4 copy_number: 'copy3.tsv' has the same content as copy_number of line 2" in words
    assert ", and so have P4-T, P5-T, P6-T, P7-T, P8-T and 3 more; is it" in words


def test_one_content_of_one_patient_and_other_contents_are_not(files: Path) -> None:
    assert asked(files, "P1 P1-T a.tsv", "P1 P1-T2 b.tsv") == []
    assert asked(files, "P1 P1-T a.tsv", "P2 P2-T c.tsv") == []


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("P1 P1-T P2-T.purple.cnv.tsv", "P2-T"),
        ("P1 P1-T P1-T.cnv.tsv", None),
        ("P1 P1-T P10.tsv", None),  # P10 is no row: and it is not P1
        ("P1 P1-T a.tsv", None),
    ],
)
def test_a_file_named_for_another_patients_sample_is_asked_about(
    files: Path, row: str, named: str | None
) -> None:
    found = asked(files, row, "P2 P2-T c.tsv")
    assert len(found) == (named is not None)
    if named:
        assert f"is named for {named}, which is patient P2" in found[0]
