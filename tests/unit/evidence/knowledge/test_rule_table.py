"""docs/rules.md says what the rows say."""

import pytest
from evidence_builders import PANEL, knowledge

import build_rule_table
from refractor.evidence.knowledge.rule_table import FUSION_TARGETS, rule_codons, rule_junctions, rule_page
from refractor.step import run_step
from refractor.variants.codons.codon_reads import watched_codons


def run(*options: str) -> int:
    return run_step(build_rule_table.parser(), build_rule_table.main, list(options))


def test_the_page_is_up_to_date():
    assert run("--check") == 0, "run: python scripts/build_rule_table.py"


def test_every_rule_has_its_line_with_tier_and_sources():
    page = rule_page(knowledge()).split("## Kinds of event", 1)[1].split("\n## ", 1)[1]
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    by_id = {line.split(" | ")[0].removeprefix("| "): line for line in lines}
    assert len(lines) == len(knowledge().rules) + 10  # and the heading of each family
    assert len(lines) >= 115
    for rule in knowledge().rules:
        line = by_id[rule.rule_id]
        assert f" | {rule.tier} | " in line
        assert rule.sources() in line
        assert ("**Against" in line) is rule.conflicting
        assert line.count(" | ") == 8, rule.rule_id


@pytest.mark.parametrize(("option", "name"), [("--output", "rules.md"), ("--codons", "codons.tsv")])
def test_a_stale_file_is_told(tmp_path, capsys, option, name):
    stale = tmp_path / name
    stale.write_text("old", encoding="utf-8")
    assert run("--check", option, str(stale)) == 2
    assert f"{name}: is not up to date; run: python scripts/build_rule_table.py" in capsys.readouterr().err
    options = ("--output", str(tmp_path / "rules.md"), "--codons", str(tmp_path / "codons.tsv"))
    options += ("--junctions", str(tmp_path / "junctions.tsv"))
    assert run(*options) == 0
    assert run("--check", *options) == 0


def test_every_codon_of_every_rule_is_watched_and_no_other():
    rows = [line.split("\t") for line in rule_codons(knowledge()).splitlines()]
    assert rows[0] == ["gene", "first_codon", "last_codon", "rules"]
    listed = {
        (gene, codon, rule_id)
        for gene, first, last, rules in rows[1:]
        for codon in range(int(first), int(last) + 1)
        for rule_id in rules.split(",")
    }
    assert len(listed) > 200
    assert listed == {
        (rule.gene, codon, rule.rule_id) for rule in knowledge().rules for codon in rule.event.codons
    }
    watched = {(place.gene, place.codon) for place in watched_codons(PANEL)}
    assert {(gene, codon) for gene, codon, _ in listed} <= watched
    assert {("ERBB2", codon) for codon in range(770, 784)} <= watched


def test_bad_rows_are_told_as_everywhere(tmp_path, capsys):
    assert run("--evidence", str(tmp_path), "--output", str(tmp_path / "rules.md")) == 2
    assert "holds no *.tsv of rules" in capsys.readouterr().err


@pytest.mark.parametrize("words", ["PROTECT", "Unverified.", "not_assessable"])
def test_what_a_reader_must_know_is_on_the_page(words):
    assert words in rule_page(knowledge())


def test_every_gene_of_whose_junctions_a_rule_asks_is_searched():
    rows = [line.split("\t") for line in rule_junctions(knowledge(), PANEL.fusion_genes).splitlines()]
    assert rows[0] == ["gene", "rules", "break_codons"]
    listed = {(gene, rule_id) for gene, rules, _ in rows[1:] for rule_id in rules.split(",")}
    assert {gene for gene, _, codons in rows[1:] if codons} == set(PANEL.fusion_genes)
    assert ["ALK", "EGFRI-7,RTK-7", "1022-1116"] in rows
    asked = {(rule.gene, rule.rule_id) for rule in knowledge().rules if rule.event.asks_for_junctions}
    assert {("ERBB2", "HER2-7"), ("PTEN", "PI3K-5"), ("BRAF", "MAPK-6b"), ("MET", "RTK-3c")} <= asked
    assert listed == asked | {(gene, "target") for gene in FUSION_TARGETS}
    assert set(PANEL.rearranged_genes) == {gene for gene, _ in listed} <= set(PANEL.rule_genes)
