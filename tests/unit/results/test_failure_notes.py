"""The notes of failed samples, which make the next run try them again."""

import os
from pathlib import Path

import pytest

from refractor.results.failure_notes import note_unnoted, write_note

TABLE = "sample\tanalysis\tstate\treason\n"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "T1"
    folder.mkdir()
    (folder / "variants_analyses.tsv").write_text(f"{TABLE}T1\tsmall_variants\tdone\t\n")
    return folder


def fail(results: Path, *, at: float) -> None:
    table = results / "annotation_analyses.tsv"
    table.write_text(f"{TABLE}T1\toncokb\tfailed\tT1.vcf: does not exist\n")
    os.utime(table, (at, at))


def test_a_failure_without_a_note_is_noted(results: Path, tmp_path: Path) -> None:
    note = tmp_path / ".failures" / "T1"
    note_unnoted(results, note)
    assert not note.exists()
    fail(results, at=1_000)
    note_unnoted(results, note)
    assert note.read_text()


def test_a_failure_that_was_noted_is_not_noted_again(results: Path, tmp_path: Path) -> None:
    note = tmp_path / ".failures" / "T1"
    write_note(note)
    os.utime(note, (2_000, 2_000))
    said = note.read_text()
    fail(results, at=1_000)
    os.utime(results / "variants_analyses.tsv", (1_000, 1_000))
    note_unnoted(results, note)
    assert note.read_text() == said
    fail(results, at=3_000)
    note_unnoted(results, note)
    assert note.read_text() != said


def test_a_folder_without_tables_says_nothing(tmp_path: Path) -> None:
    note_unnoted(tmp_path / "none", tmp_path / "note")
    assert not (tmp_path / "note").exists()
