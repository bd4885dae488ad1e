"""What changed in the evidence since the last annotation that differed."""

import logging
from pathlib import Path

import pytest

from refractor.evidence.reannotation import (
    STATE_FILE,
    changes_between,
    keep_state,
    record_annotation,
    snapshot_of,
)
from refractor.results.evidence_tables import ReportedAlteration
from refractor.vocabulary import Tier


def evidence_row(rule_id="MAPK-1", **cells):
    known = {"tier": Tier.R1, "direction": "resistant", "candidate": True, "pmids": "1,2"} | cells
    return ReportedAlteration(gene="KRAS", alteration="G12D", kind="snv", rule_id=rule_id, **known)


def snapshot(*rows, knowledge="one", inputs="x", label="candidate_r1"):
    return snapshot_of(rows, knowledge=knowledge, inputs=inputs, label=label)


def told(changes):
    return [(change.change, change.rule_id, change.before, change.after) for change in changes]


def test_rows_without_a_rule_are_no_evidence():
    assert snapshot(evidence_row(None, candidate=False)).evidence == ()


def test_added_dropped_regraded_and_sources():
    before = snapshot(evidence_row(), evidence_row("MAPK-2"), evidence_row("MAPK-3"))
    after = snapshot(
        evidence_row(tier=Tier.R2),
        evidence_row("MAPK-3", pmids="1,2,3"),
        evidence_row("MAPK-9"),
        knowledge="two",
        label="candidate_r2_r3",
    )
    assert told(changes_between(before, after)) == [
        ("relabelled", None, "candidate_r1", "candidate_r2_r3"),
        ("regraded", "MAPK-1", "R1 resistant, candidate yes", "R2 resistant, candidate yes"),
        ("sources_changed", "MAPK-3", "PMID 1,2", "PMID 1,2,3"),
        ("added", "MAPK-9", None, "R1 resistant, candidate yes"),
        ("dropped", "MAPK-2", "R1 resistant, candidate yes", None),
    ]


@pytest.mark.parametrize(
    ("knowledge", "inputs", "cause"), [("two", "x", "knowledge"), ("one", "y", "input"), ("two", "y", "both")]
)
def test_the_cause_is_told(knowledge, inputs, cause):
    (change,) = changes_between(snapshot(evidence_row()), snapshot(knowledge=knowledge, inputs=inputs))
    assert (change.change, change.cause) == ("dropped", cause)


def test_the_first_annotation_changes_nothing(tmp_path):
    assert record_annotation(tmp_path, snapshot(evidence_row())) == ()
    assert (tmp_path / STATE_FILE).is_file()


def test_running_again_keeps_the_record(tmp_path):
    record_annotation(tmp_path, snapshot())
    new = snapshot(evidence_row(), knowledge="two")
    first = record_annotation(tmp_path, new)
    assert told(first) == [("added", "MAPK-1", None, "R1 resistant, candidate yes")]
    assert record_annotation(tmp_path, new) == first
    assert (first[0].knowledge_before, first[0].knowledge_after) == ("one", "two")


def test_a_third_annotation_is_compared_with_the_second(tmp_path):
    for knowledge, rows in (("one", []), ("two", [evidence_row()]), ("three", [evidence_row()])):
        changes = record_annotation(tmp_path, snapshot(*rows, knowledge=knowledge))
    assert changes == ()


@pytest.mark.parametrize(
    "content", ["", "{", '{"format": 1}', '{"format": 99}', '{"format": 1, "current": 3}']
)
def test_a_state_that_cannot_be_used_starts_anew(tmp_path, content, caplog):
    (tmp_path / STATE_FILE).write_text(content, encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert record_annotation(tmp_path, snapshot(evidence_row())) == ()
    assert record_annotation(tmp_path, snapshot(knowledge="two"))[0].change == "dropped"


def test_an_annotation_that_failed_leaves_the_state_for_the_next(tmp_path: Path) -> None:
    keep_state(tmp_path)
    assert (tmp_path / STATE_FILE).is_file()
    assert record_annotation(tmp_path, snapshot(evidence_row())) == (), "it is the first"
    state = (tmp_path / STATE_FILE).read_bytes()
    keep_state(tmp_path)
    assert (tmp_path / STATE_FILE).read_bytes() == state
