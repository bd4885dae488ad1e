"""Files whose content or name is another patient's are asked about, and never refused."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pysam
import pytest

from refractor.sheets import read_trial, read_with_questions
from refractor.sheets.input_files import InputFiles

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


HEADER = "##fileformat=VCFv4.2\n##source=A\n"
RECORDS = "#CHROM\tPOS\n" + "".join(f"chr{n % 22 + 1}\t{n}\tA\tC\n" for n in range(1, 9000))
VCF = (HEADER + RECORDS).encode()
LAST_LINE_CHANGED = VCF.replace(b"8999\tA\tC", b"8999\tA\tG")
SAME = {
    "plain": VCF,
    "gzip": gzip.compress(VCF, 1),
    "gzip, other level": gzip.compress(VCF, 9),
    "Windows line ends": VCF.replace(b"\n", b"\r\n"),
    "Windows line ends, gzip": gzip.compress(VCF.replace(b"\n", b"\r\n")),
    "old Macintosh line ends": VCF.replace(b"\n", b"\r"),
    "no last line end": VCF.rstrip(),
    "a byte-order mark": b"\xef\xbb\xbf" + VCF,
    "one more header line": VCF.replace(b"##source", b"##bcftools_viewCommand=view -Oz\n##source"),
    "two gzip members": gzip.compress(VCF[:100_000]) + gzip.compress(VCF[100_000:]),
}
OTHER = {
    "the last record": LAST_LINE_CHANGED,
    "the last record, gzip": gzip.compress(LAST_LINE_CHANGED),
    "one record more": VCF + b"chr1\t9001\tA\tC\n",
    "cut": VCF[:-200],
}


def put_bgzip(path: Path, content: bytes) -> Path:
    with pysam.BGZFile(str(path), "wb") as file:
        file.write(content)
    return path


def is_one_content(first: Path, second: Path) -> bool:
    """Of InputFiles, which asks for the content only of files that start alike."""
    files = InputFiles()
    one = files.content(str(first)) == files.content(str(second))
    assert not one or files.start(str(first)) == files.start(str(second))
    return one


@pytest.mark.parametrize("how", SAME)
def test_one_content_is_told_however_it_is_packed(tmp_path: Path, how: str) -> None:
    (tmp_path / "a").write_bytes(VCF)
    (tmp_path / "b").write_bytes(SAME[how])
    bgzip = put_bgzip(tmp_path / "c", VCF)
    assert is_one_content(tmp_path / "a", tmp_path / "b") and is_one_content(tmp_path / "b", bgzip)


@pytest.mark.parametrize("how", OTHER)
def test_another_content_is_none(tmp_path: Path, how: str) -> None:
    (tmp_path / "a").write_bytes(VCF)
    (tmp_path / "b").write_bytes(OTHER[how])
    assert not is_one_content(tmp_path / "a", tmp_path / "b")


def test_without_a_record_the_header_tells(tmp_path: Path) -> None:
    """Two tumours without a variant are no copies of each other."""
    for name, source in (("a", "A"), ("b", "B"), ("c", "A")):
        (tmp_path / name).write_text(f"##fileformat=VCFv4.2\n##source={source}\n#CHROM\tPOS\n")
    assert not is_one_content(tmp_path / "a", tmp_path / "b")
    assert is_one_content(tmp_path / "a", tmp_path / "c")


def test_damaged_empty_and_missing_files_are_told_by_their_bytes(tmp_path: Path) -> None:
    whole = gzip.compress(VCF, 1)
    for name, content in (
        ("cut", whole[:-9]),
        ("copy", whole[:-9]),
        ("other", whole[:-8]),
        ("e1", b""),
        ("e2", b""),
    ):
        (tmp_path / name).write_bytes(content)
    os.mkfifo(tmp_path / "pipe")
    assert is_one_content(tmp_path / "cut", tmp_path / "copy")
    for name in ("other", "e1", "e2", "none", "pipe", "."):
        assert not is_one_content(tmp_path / "cut", tmp_path / name)
    assert not is_one_content(tmp_path / "e1", tmp_path / "e2")


def test_reads_are_told_by_size_and_ends(tmp_path: Path) -> None:
    reads = gzip.compress(b"BAM\1" + bytes(range(256)) * 40, mtime=0)
    for name, content in (("a", reads), ("b", reads), ("c", reads[:-1] + b"x")):
        (tmp_path / name).write_bytes(content)
    assert is_one_content(tmp_path / "a", tmp_path / "b")
    assert not is_one_content(tmp_path / "a", tmp_path / "c")


@pytest.mark.parametrize("how", ["plain", "gzip", "Windows line ends"])
def test_one_table_of_two_patients_is_asked_about_however_it_is_packed(files: Path, how: str) -> None:
    (files / "x.tsv").write_bytes(VCF)
    (files / "y.tsv").write_bytes(SAME[how])
    (words,) = asked(files, "P1 P1-T x.tsv", "P2 P2-T y.tsv")
    assert "'y.tsv' has the same content as copy_number of line 2 (P1-T), of patient P1" in words
    assert asked(files, "P1 P1-T x.tsv", "P1 P1-T2 y.tsv") == []


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
