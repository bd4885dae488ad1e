"""Versions of remote files: what is recorded, what is noted for the next run, and what an unreachable host changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from range_server import Answer, Served, served

import record_provenance
from refractor.errors import RemoteFileError
from refractor.files.remote_versions import (
    ASKED_AT_ONCE,
    NotedVersions,
    index_versions,
    remote_record,
    remote_versions,
)

GONE = "http://127.0.0.1:9/T1.bam"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    folder = tmp_path / "served"
    folder.mkdir()
    for number in range(40):
        (folder / f"T{number}.bam").write_bytes(b"x" * (100 + number))
    with served(folder) as log:
        yield log


def test_size_and_tag_are_recorded_without_the_signature(server: Served) -> None:
    signed = f"{server.address}/T1.bam?sig=secret"
    found = remote_versions([signed, f"{server.address}/no.bam", GONE])
    assert remote_record(found[signed]) == {
        "bytes": 101,
        "etag": '"one"',
        "modified": "2026-11-28T08:00:00+00:00",
    }
    assert remote_record(found[f"{server.address}/no.bam"]) == {"unreadable": "does not exist (HTTP 404)"}
    assert remote_record(found[GONE]) == {"unreadable": "cannot be reached"}


def test_many_are_asked_for_at_once(server: Served) -> None:
    server.latency = 0.2
    found = remote_versions(f"{server.address}/T{number}.bam" for number in range(40))
    assert len(found) == 40
    assert not any(isinstance(version, RemoteFileError) for version in found.values())
    assert server.together >= ASKED_AT_ONCE // 4


def test_the_version_is_noted_and_stays_where_nobody_answers(server: Served, tmp_path: Path) -> None:
    path, address = tmp_path / "notes" / "versions.json", f"{server.address}/T1.bam?sig=secret"
    notes = NotedVersions(path)
    assert notes.of(address) == ""
    notes.look([address])
    assert notes.of(address) == NotedVersions(path).of(address) == '101 "one"'
    assert "secret" not in path.read_text()
    written = path.stat().st_mtime_ns
    notes.look([address, GONE])
    assert path.stat().st_mtime_ns == written
    server.refuse["T1.bam"] = 403
    notes.look([address])
    assert notes.of(address) == '101 "one"', "the tumour is not run again because nobody answers"
    server.refuse.clear()
    server.etag = '"two"'
    notes.look([address])
    assert NotedVersions(path).of(address.replace("secret", "renewed")) == '101 "two"'


def test_another_index_is_another_version(server: Served, tmp_path: Path) -> None:
    served_folder, address = tmp_path / "served", f"{server.address}/T1.bam?sig=secret"
    notes = NotedVersions(tmp_path / "versions.json")
    (served_folder / "T1.bai").write_bytes(b"i" * 7)
    notes.look([address])
    assert notes.of(address) == '101 "one", T1.bai 7 "one"'
    server.refuse["T1.bai"] = 403
    notes.look([address])
    assert notes.of(address) == '101 "one", T1.bai 7 "one"', (
        "the tumour is not run again because nobody answers"
    )
    (served_folder / "T1.bam.bai").write_bytes(b"i" * 9)
    notes.look([address])
    assert NotedVersions(tmp_path / "versions.json").of(address) == '101 "one", T1.bam.bai 9 "one"'
    assert "secret" not in (tmp_path / "versions.json").read_text()


@pytest.mark.parametrize(
    ("name", "index"),
    [("T1.bam", "T1.bam.csi"), ("T2.cram", "T2.crai"), ("reads", "reads.crai"), ("T3.bam", None)],
)
def test_the_index_is_looked_for_as_the_reader_does(
    server: Served, tmp_path: Path, name: str, index: str | None
) -> None:
    if index is not None:
        (tmp_path / "served" / index).write_bytes(b"i")
    (place, found) = index_versions([f"{server.address}/{name}"])[f"{server.address}/{name}"]
    if index is None:
        assert place == f"{server.address}/{name}.bai"
        assert remote_record(found) == {"unreadable": "does not exist (HTTP 404)"}
    else:
        assert place == f"{server.address}/{index}"
        assert remote_record(found)["bytes"] == 1


def test_without_a_tag_the_date_counts(server: Served, tmp_path: Path) -> None:
    def untagged(answer: Answer) -> None:
        answer.headers.pop("ETag", None)

    server.change = untagged
    notes = NotedVersions(tmp_path / "versions.json")
    notes.look([f"{server.address}/T2.bam"])
    assert notes.of(f"{server.address}/T2.bam") == "102 2026-11-28T08:00:00+00:00"


@pytest.mark.parametrize("content", ["", "[]", "{", "[1]"])
def test_a_damaged_note_is_as_none(content: str, tmp_path: Path) -> None:
    (tmp_path / "versions.json").write_text(content)
    assert NotedVersions(tmp_path / "versions.json").of("http://x.org/a.bam") == ""


def test_nothing_is_asked_or_written_where_all_files_are_local(tmp_path: Path) -> None:
    NotedVersions(tmp_path / "versions.json").look([])
    assert not (tmp_path / "versions.json").exists()


def test_provenance_names_each_remote_input(server: Served, tmp_path: Path) -> None:
    (tmp_path / "samples.tsv").write_text(
        f"patient\tsample\ttumor_reads\nP1\tT1\t{server.address}/T1.bam?sig=secret\n"
    )
    (tmp_path / "patients.tsv").write_text("patient\nP1\n")
    config = {"samples": str(tmp_path / "samples.tsv"), "patients": str(tmp_path / "patients.tsv")}
    inputs = record_provenance.inputs_of(config)
    assert inputs[f"{server.address}/T1.bam"] == {
        "bytes": 101,
        "etag": '"one"',
        "modified": "2026-11-28T08:00:00+00:00",
    }
    assert inputs[f"{server.address}/T1.bam.bai"] == {"unreadable": "does not exist (HTTP 404)"}
    (tmp_path / "served" / "T1.bai").write_bytes(b"i" * 7)
    assert record_provenance.inputs_of(config)[f"{server.address}/T1.bai"]["bytes"] == 7
    assert "secret" not in json.dumps(list(inputs))
