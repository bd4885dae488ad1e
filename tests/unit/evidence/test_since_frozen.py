"""A run beside its preregistration: rules that changed since, and the labels that changed because of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from test_annotate_alterations import annotate, called, write_tables

from refractor.evidence.knowledge.knowledge_base import EVIDENCE
from refractor.preregistration.compare import Comparison, compare
from refractor.preregistration.frozen import Frozen, freeze
from refractor.settings.config import SHIPPED_COHORT, load_config
from refractor.sheets import SampleRow

HEADER = (EVIDENCE / "rules" / "mapk.tsv").read_text(encoding="utf-8").splitlines()[0]
KRAS_ROW = next(
    line
    for line in (EVIDENCE / "rules" / "mapk.tsv").read_text(encoding="utf-8").splitlines()
    if line.startswith("MAPK-1\t")
)


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """T1 with KRAS G12D and T2 without anything, annotated by the shipped rules."""
    monkeypatch.chdir(tmp_path)
    Path("config.yaml").write_text("samples: s.tsv\npatients: p.tsv\n")
    for sample, variants in (("T1", [called("KRAS", "G12D")]), ("T2", [])):
        folder = tmp_path / "samples" / sample
        folder.mkdir(parents=True)
        mutated = {("KRAS", 12): "G12D"} if variants else {}
        write_tables(folder, *variants, mutated=mutated)
    return tmp_path


def frozen_now(trial: Path, rules: str = "") -> Frozen:
    config = load_config(trial / "config.yaml")
    if rules:
        (trial / "own.tsv").write_text(rules)
        config["rules"] = ["own.tsv"]
    return freeze(config, outcomes_known=2, patients=3, today=date(2026, 11, 28))


def since(trial: Path, frozen: Frozen, *, own_rules: tuple[Path, ...] = (), **settings: object):
    for sample in ("T1", "T2"):
        options = [part for path in own_rules for part in ("--rules", path)]
        folder = trial / "samples" / sample
        assert annotate(folder, *options, "--output-dir", folder) == 0
    unpack = trial / "unpacked"
    unpack.mkdir(exist_ok=True)
    asked = Comparison(
        frozen=frozen,
        cohort=SHIPPED_COHORT,
        cohort_name="",
        own_rules=own_rules,
        config=load_config(trial / "config.yaml") | settings,
        samples_dir=trial / "samples",
        unpack_in=unpack,
    )
    rows = [SampleRow(line=n, patient=f"P{n}", sample=f"T{n}") for n in (1, 2)]  # type: ignore[call-arg]
    return compare(asked, rows)


def test_nothing_changed_is_said_with_the_date_and_what_was_known(trial):
    [row] = since(trial, frozen_now(trial))
    assert (row.kind, row.change, row.before) == ("preregistration", "frozen", "2026-11-28")
    assert row.because == "outcomes of 2 of 3 patients were known"


def test_a_rule_that_is_weaker_now_changes_the_label_it_gave(trial):
    weaker = KRAS_ROW.replace("\tresistant\tR1\t", "\tpredicted_resistant\tR3\t")
    assert weaker != KRAS_ROW
    own = trial / "weaker.tsv"
    own.write_text(f"{HEADER}\n{weaker}\n")
    rows = since(trial, frozen_now(trial), own_rules=(own,))
    assert [(row.kind, row.name, row.change) for row in rows[1:]] == [
        ("rule", "MAPK-1", "changed"),
        ("label", "T1", "changed"),
    ]
    assert "R1 resistant" in rows[1].before
    assert "R3 predicted_resistant" in rows[1].after
    label = rows[2]
    assert (label.before, label.after, label.because) == ("candidate_r1", "candidate_r2_r3", "MAPK-1")


def test_a_rule_that_was_frozen_and_is_gone(trial):
    extra = KRAS_ROW.replace("MAPK-1\t", "OWN-1\t").replace("KRAS\thotspot", "KRAS\tcodon")
    cells = extra.split("\t")
    cells[3] = "A130"
    cells[HEADER.split("\t").index("conflicting_alleles")] = ""
    rows = since(trial, frozen_now(trial, f"{HEADER}\n" + "\t".join(cells) + "\n"))
    assert [(row.kind, row.name, row.change) for row in rows[1:]] == [("rule", "OWN-1", "dropped")]
    assert "codon A130" in rows[1].before


def test_a_setting_that_was_changed_is_named_with_both_values(trial):
    config = load_config(trial / "config.yaml")
    rows = since(trial, frozen_now(trial), calling=config["calling"] | {"low_vaf": 0.1})
    assert [(row.kind, row.name, row.before, row.after) for row in rows[1:]] == [
        ("setting", "calling.low_vaf", "0.05", "0.1")
    ]
