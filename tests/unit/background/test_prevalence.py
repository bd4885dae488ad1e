"""The cohort's rules over a made study: every count is known beforehand."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_study import ERBB2_S310F, KRAS_G12D, PIK3CA_H1047R, maf_line, write_study

from refractor.background.measure import ReferenceRequest, keep_of, measure_background
from refractor.errors import ConfigError
from refractor.statistics.proportions import clopper_pearson

NAMES = [f"S{number:02}" for number in range(40)]


def made(folder: Path, **more: object) -> Path:
    """Of 40 tumours: KRAS G12D in 8, PIK3CA H1047R in 4, one of both; MET amplified in 2; ERBB2 in the last 30."""
    mutations = [maf_line(name, KRAS_G12D) for name in NAMES[:8]]
    mutations += [maf_line(name, PIK3CA_H1047R) for name in NAMES[7:11]]
    mutations += [
        maf_line(name, (f"G{n}", "1", 1000 + n, "A", "T", "K1N"))
        for n in range(6)
        for name in NAMES[n : n + 4]
    ]
    levels: dict[str, dict[str, str]] = {
        gene: {} for gene in ("ERBB2", "MET", "EGFR", "KRAS", "CCNE1", "G90", "G91")
    }
    levels["MET"] = dict.fromkeys(NAMES[20:22], "2")
    levels["ERBB2"] = dict.fromkeys(NAMES[10:], "2")
    levels["G90"] = dict.fromkeys(NAMES[30:32], "2")
    given: dict[str, object] = {"samples": {n: {} for n in NAMES}, "sequenced": NAMES, "measured": NAMES}
    return write_study(folder, mutations=mutations, levels=levels, **{**given, **more})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return measure_background(ReferenceRequest(folder=made(tmp_path_factory.mktemp("study")), draws=50))


def row_of(found, level, group="all", **wanted):
    rows = [
        row
        for row in found[0]
        if (row.level, row.group) == (level, group) and all(getattr(row, k) == v for k, v in wanted.items())
    ]
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize(
    ("rule_id", "carriers"),
    [("MAPK-1", 8), ("PI3K-2", 4), ("RTK-3", 2), ("RTK-1", 0), ("MAPK-2", 0), ("HER2-2", 0)],
)
def test_each_rule_is_counted_with_its_exact_interval(found, rule_id, carriers):
    row = row_of(found, "rule", rule_id=rule_id)
    share = clopper_pearson(carriers, 40)
    assert (row.carriers, row.tested, row.prevalence, row.low, row.high) == (
        carriers,
        40,
        share.estimate,
        share.low,
        share.high,
    )


def test_what_the_study_cannot_show_is_not_tested_and_belongs_to_no_set(found):
    assert row_of(found, "rule", rule_id="HER2-1").tested == 0  # levels hold no copies
    assert row_of(found, "rule", rule_id="MAPK-6b").tested == 0  # no junctions
    rules = row_of(found, "any").rules.split(",")
    assert {"MAPK-1", "PI3K-2", "RTK-3"} <= set(rules)
    assert not {"HER2-1", "MAPK-6b", "RTK-2c"} & set(rules)  # the last is a hypothesis


def test_all_rules_together_count_a_tumour_once(found):
    # 8 with KRAS, 4 with PIK3CA, one of both, 2 with MET: 13
    assert (row_of(found, "any").carriers, row_of(found, "mechanism", mechanism="MAPK").carriers) == (13, 8)


def test_eligible_tumours_fit_the_criteria_on_the_genome(found):
    # amplified S10 to S39, none of them with mutated KRAS
    assert row_of(found, "study", "eligible").tested == 30
    assert row_of(found, "rule", "eligible", rule_id="MAPK-1").carriers == 0
    assert row_of(found, "rule", "eligible", rule_id="PI3K-2").carriers == 1  # S10


def test_random_genes_are_altered_as_often_and_no_rule_names_them(found):
    sets = [one for one in found[1] if one.group == "all"]
    assert len(sets) == 50
    drawn = {gene for one in sets for gene in one.genes.split(",")} - {"-"}
    assert drawn <= {f"G{n}" for n in range(6)} | {"G90"}
    # 4 carriers each of G0 to G5 stand for PIK3CA (4) and, as the nearest, for KRAS (8); G90 stands for MET (2)
    assert all(4 <= one.carriers <= 10 for one in sets)
    assert len({one.genes for one in sets}) > 1


def test_the_same_study_gives_the_same_draws(tmp_path, found):
    again = measure_background(ReferenceRequest(folder=made(tmp_path), draws=50))
    assert again[1] == found[1]


def test_a_gene_outside_the_panel_of_a_tumour_is_not_wild_type(tmp_path):
    panels = dict.fromkeys(NAMES[:10], "SMALL") | dict.fromkeys(NAMES[10:], "NA")
    folder = made(tmp_path, panels=panels, panel_genes={"SMALL": ["KRAS"]})
    found = measure_background(ReferenceRequest(folder=folder, draws=1))
    assert row_of(found, "rule", rule_id="MAPK-1").tested == 40
    row = row_of(found, "rule", rule_id="PI3K-2")
    assert (row.carriers, row.tested) == (4, 33)  # 30 looked at, and S07 to S09, in which it was seen


def test_tumours_whose_alleles_do_not_fit_the_genome_say_nothing(tmp_path):
    wrong = ("KRAS", "12", 25245350, "A", "T", "G12D")
    lines = [maf_line("S00", wrong), *(maf_line(name, KRAS_G12D) for name in NAMES[1:20])]
    folder = write_study(tmp_path, samples={name: {} for name in NAMES}, mutations=lines, sequenced=NAMES)
    found = measure_background(ReferenceRequest(folder=folder, draws=1))
    row = row_of(found, "rule", rule_id="MAPK-1")
    assert (row.carriers, row.tested) == (19, 39)
    assert "mutations of 1 tumours could not be read" in row_of(found, "study").note


def test_inherited_and_unlisted_changes_do_not_count(tmp_path):
    lines = [
        maf_line("S00", KRAS_G12D, status="GERMLINE"),
        maf_line("S01", ERBB2_S310F),
        maf_line("S02", KRAS_G12D),
    ]
    folder = write_study(tmp_path, samples={name: {} for name in NAMES}, mutations=lines, sequenced=NAMES)
    found = measure_background(ReferenceRequest(folder=folder, draws=1))
    assert row_of(found, "rule", rule_id="HER2-4").carriers == 1


def test_which_tumours_count_is_asked_for_as_column_and_value():
    assert keep_of(["A=1", "B=x y", "A=2"]) == {"A": ["1", "2"], "B": ["x y"]}
    with pytest.raises(ConfigError, match="no COLUMN=VALUE"):
        keep_of(["A"])
