"""The file of a preregistration: whole, dated, and refused where it was edited."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from refractor.cli.command import main
from refractor.cli.freeze import labels_of_last_run
from refractor.errors import InputError
from refractor.preregistration.frozen import (
    freeze,
    read_frozen,
    settings_of_run,
    unpacked,
    write_frozen,
)
from refractor.preregistration.since import Judged, changed_labels, differences
from refractor.report.pages.since_frozen import since_frozen
from refractor.results.evidence_tables import LABEL, LabelRow
from refractor.results.preregistration_tables import SINCE_FROZEN, SinceFrozen
from refractor.settings.config import load_config
from refractor.vocabulary import Label


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
    assert list(changed_labels({}, {}, {}, changed=())) == []


FINDINGS = "findings that differ by calling.min_vaf or call_variants or the tumour's files"


def of(kind: str, name: str) -> SinceFrozen:
    return SinceFrozen(kind=kind, name=name, change="changed")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("frozen_label", "by_frozen_rules", "now", "said"),
    [
        ("A", "A", "A", None),
        (None, "A", "A", None),
        (None, "A", "B", ("A", "B", "MAPK-1")),
        ("A", "A", "B", ("A", "B", "MAPK-1")),
        ("A", "B", "B", ("A", "B", FINDINGS)),
        ("A", "B", "C", ("A", "C", f"MAPK-1, {FINDINGS}")),
        ("A", "B", "A", ("B", "A", f"MAPK-1, {FINDINGS}")),
    ],
)
def test_a_label_is_another_by_rules_or_by_what_was_found(frozen_label, by_frozen_rules, now, said):
    """Labels at the freezing, by the frozen rules on what is found now, and now."""
    changed = (of("rule", "MAPK-1"), of("setting", "calling.min_vaf"), of("code", "call_variants"))
    rows = list(
        changed_labels(
            {} if frozen_label is None else {"T1": frozen_label},
            {"T1": Judged(by_frozen_rules, frozenset({"MAPK-1"}))},
            {"T1": Judged(now, frozenset())},
            changed=changed,
        )
    )
    assert [(row.before, row.after, row.because) for row in rows] == ([] if said is None else [said])


def test_without_any_difference_but_the_label_the_files_are_others():
    judged = {"T1": Judged("B", frozenset())}
    [row] = changed_labels({"T1": "A"}, judged, judged, changed=())
    assert (row.before, row.after, row.because) == ("A", "B", "findings that differ by the tumour's files")
    said = since_frozen(
        [
            SINCE_FROZEN.row(one)
            for one in (replace(of("preregistration", "ab" * 32), before="2026-11-28"), row)
        ]
    )
    assert said is not None
    assert said.words.endswith("nothing was changed since; 1 label changed.")


def test_labels_of_the_last_run_are_frozen_and_guarded(trial, frozen, tmp_path):
    label = LabelRow(sample="T1", label=Label.NO_CANDIDATE, sentence="nothing", knowledge_base="v")  # type: ignore[call-arg]
    folder = trial / "results" / "samples" / "T1"
    folder.mkdir(parents=True)
    LABEL.write_records([label], folder / LABEL.name, synthetic=False)
    assert labels_of_last_run(["T1", "T2"]) == {"T1": "no_candidate"}
    assert main(["freeze", str(trial)]) == 0
    written = read_frozen(trial / "preregistration.json")
    assert written.labels == {"T1": "no_candidate"}
    assert "labelled by then: 1 (no_candidate 1)" in (trial / "preregistration.txt").read_text()
    assert written.digest == replace(frozen, labels=written.labels).digest != frozen.digest
    old = json.loads((trial / "preregistration.json").read_text())
    old["labels"]["T1"] = "candidate_r1"
    (tmp_path / "edited.json").write_text(json.dumps(old))
    with pytest.raises(InputError, match="was changed after it was written"):
        read_frozen(tmp_path / "edited.json")


def test_a_preregistration_from_before_labels_were_frozen_is_read(frozen, tmp_path):
    write_frozen(frozen, tmp_path / "old.json")
    content = json.loads((tmp_path / "old.json").read_text())
    del content["labels"]
    (tmp_path / "old.json").write_text(json.dumps(content))
    assert read_frozen(tmp_path / "old.json") == frozen


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
        "Frozen on 2026-11-28 (no outcome was known; digest abababababababab); changed since: 1 rule; 1 label changed because of it."
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
