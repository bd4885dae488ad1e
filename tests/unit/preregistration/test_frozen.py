"""The file of a preregistration: whole, dated, and refused where it was edited."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from refractor.cli.command import main
from refractor.errors import InputError
from refractor.preregistration.frozen import (
    freeze,
    read_frozen,
    settings_of_run,
    unpacked,
    write_frozen,
)
from refractor.preregistration.since import changed_labels, differences
from refractor.report.pages.since_frozen import since_frozen
from refractor.results.preregistration_tables import SINCE_FROZEN, SinceFrozen
from refractor.settings.config import load_config


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text("samples: samples.tsv\npatients: patients.tsv\n")
    (tmp_path / "samples.tsv").write_text("patient\tsample\tcopy_number\tpurity\nP1\tT1\tT1.seg\t0.6\n")
    (tmp_path / "patients.tsv").write_text("patient\tpfs_days\tpfs_event\nP1\t100\t1\nP2\t\t\n")
    (tmp_path / "T1.seg").write_text("ID\tchrom\n1\n")
    return tmp_path


@pytest.fixture
def frozen(trial, monkeypatch):
    monkeypatch.chdir(trial)
    return freeze(load_config("config.yaml"), outcomes_known=0, patients=2, today=date(2026, 11, 28))


def test_freeze_writes_text_and_json_once(trial, capsys):
    assert main(["freeze", str(trial)]) == 0
    said = capsys.readouterr().out
    written = read_frozen(trial / "preregistration.json")
    assert written.digest in said
    assert "attention: outcomes of 1 of 2 patients are known already" in said
    text = (trial / "preregistration.txt").read_text()
    for part in (
        written.digest,
        "ATTENTION: outcomes of 1 of 2",
        "MAPK-1 R1 resistant KRAS",
        "calling.low_vaf: 0.05",
        "112 days",
    ):
        assert part in text
    assert main(["freeze", str(trial)]) == 2
    assert "is there already" in capsys.readouterr().err


def test_it_is_read_as_it_was_written(trial, frozen):
    write_frozen(frozen, trial / "f.json")
    assert read_frozen(trial / "f.json") == frozen
    assert frozen.cohorts[""].startswith("# The cohort of the study")
    assert "rules/mapk.tsv" in frozen.tables
    assert frozen.settings["copy_number.amplification_ratio"] == "3.0"
    assert not any(name.startswith("samples") for name in frozen.settings)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            lambda content: content["settings"].update({"calling.low_vaf": "0.2"}),
            "was changed after it was written",
        ),
        (lambda content: content.pop("code"), "lacks a part"),
        (lambda content: content.update({"format": 99}), "is no preregistration of this format"),
    ],
)
def test_an_edited_file_is_refused(trial, frozen, edit, said):
    path = trial / "f.json"
    write_frozen(frozen, path)
    content = json.loads(path.read_text())
    edit(content)
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match=said):
        read_frozen(path)
    path.write_text("not json")
    with pytest.raises(InputError, match="cannot be read"):
        read_frozen(path)


def test_the_date_is_no_part_of_the_digest_and_the_rules_are(frozen):
    assert replace(frozen, frozen_on="2027-01-01").digest == frozen.digest
    assert replace(frozen, own_rules={"a.tsv": ""}).digest != frozen.digest


def test_a_cohort_that_was_not_frozen_is_named(frozen, tmp_path):
    with pytest.raises(InputError, match="no cohort 'MET'"):
        unpacked(frozen, tmp_path, "MET")


def test_cohort_file_code_and_labels_that_differ(frozen):
    code = dict(frozen.code, call_variants="0000")
    text = frozen.cohorts[""].replace("sd_min_days: 112", "sd_min_days: 84")
    rows = list(
        differences(frozen, cohort="", rules=((), ()), cohort_text=text, settings=frozen.settings, code=code)
    )
    assert [(row.kind, row.name, row.before, row.after) for row in rows[1:]] == [
        ("cohort", "endpoints.sd_min_days", "112", "84"),
        ("code", "call_variants", frozen.code["call_variants"], "0000"),
    ]
    assert list(changed_labels({}, {}, changed=())) == []


def test_the_page_says_when_what_and_whose():
    rows = [
        SinceFrozen(
            kind="preregistration",
            name="ab" * 32,
            change="frozen",
            before="2026-11-28",
            because="no outcome was known",
        ),
        SinceFrozen(kind="rule", name="MAPK-1", change="changed"),
        SinceFrozen(
            kind="label",
            name="T1",
            change="changed",
            before="candidate_r1",
            after="no_candidate",
            because="MAPK-1",
        ),
    ]
    said = since_frozen([SINCE_FROZEN.row(row) for row in rows])
    assert said is not None
    assert said.words == (
        "Frozen on 2026-11-28 (no outcome was known; digest abababababababab); changed since: 1 rules; 1 label changed because of it."
    )
    assert [row["name"] for row in said.labels] == ["T1"]
    assert since_frozen([]) is None
    alone = since_frozen([SINCE_FROZEN.row(rows[0])])
    assert alone is not None
    assert alone.words.endswith("nothing was changed since.")


def test_own_genes_are_frozen_by_their_content(tmp_path: Path) -> None:
    table = tmp_path / "own_genes.tsv"
    table.write_text("one\n")
    first = settings_of_run({"panel": str(table)})["panel"]
    assert first.startswith("own_genes.tsv, SHA-256 ")
    table.write_text("other\n")
    assert settings_of_run({"panel": str(table)})["panel"] != first
    assert settings_of_run({"panel": None})["panel"] == ""
