"""Names in a cohort file are held against panel, drugs, rules and definitions, each fault with line and nearest name."""

from __future__ import annotations

from pathlib import Path

import pytest

from refractor.errors import ConfigError
from refractor.evidence.knowledge.cohort_checks import read_checked_cohort
from refractor.files.resources import RESOURCES

FITTING = """\
name: a cohort
target:
  gene: ERBB2
  event: amplification
  protein_changes: []
drugs: [trastuzumab]
drug_classes: [HER2_antibody]
disease:
  name: colorectal cancer
eligibility:
  RAS:
    measure: codons
    genes: [KRAS, NRAS]
    codons: [12, 61]
    required: mutated
    protein_changes: [G12D]
  HER2:
    measure: amplification
    genes: [ERBB2]
    required: amplified
    definitions: [6_copies]
rules_in_scope:
  include: ["MAPK-*"]
  exclude: []
"""


def read(tmp_path: Path, *changes: tuple[str, str]):
    text = FITTING
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = tmp_path / "cohort.yaml"
    path.write_text(text)
    return read_checked_cohort(path)


def test_a_cohort_whose_names_are_known_is_read(tmp_path: Path) -> None:
    cohort, warnings = read(tmp_path)
    assert cohort.drugs == ("trastuzumab",)
    assert warnings == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("gene: ERBB2", "gene: ERB2", "3 target.gene: 'ERB2' is no gene of the panel; did you mean ERBB2?"),
        (
            "[KRAS, NRAS]",
            "[KRAS, NRASS]",
            "13 eligibility.RAS.genes.1: 'NRASS' is no gene of the panel; did you mean NRAS?",
        ),
        (
            "drugs: [trastuzumab]",
            "drugs: [trastuzumb]",
            "6 drugs.0: 'trastuzumb' is no known drug; did you mean trastuzumab?; for a new one give drug_classes",
        ),
        (
            "[HER2_antibody]",
            "[HER2_antibdy]",
            "7 drug_classes.0: 'HER2_antibdy' is no known class of drugs; did you mean HER2_antibody?",
        ),
        (
            "[12, 61]",
            "[12, 999]",
            "14 eligibility.RAS.codons.1: KRAS has 188 codons, not 999; number them on MANE Select",
        ),
        (
            "[G12D]",
            "[A12D]",
            "16 eligibility.RAS.protein_changes.0: codon 12 of KRAS is G, not A; number the codons on MANE Select",
        ),
        (
            "[G12D]",
            "[exon12]",
            "16 eligibility.RAS.protein_changes.0: 'exon12' is no protein change; HGVS in one letter, without p., "
            "such as V600E",
        ),
        (
            "[6_copies]",
            "[6_copys]",
            "21 eligibility.HER2.definitions.0: '6_copys' is no known definition; did you mean 6_copies?",
        ),
        (
            '["MAPK-*"]',
            '["MAPKK-*"]',
            "23 rules_in_scope.include.0: no rule has an id like 'MAPKK-*'; did you mean MAPK-9?",
        ),
        (
            "    codons: [12, 61]",
            "    braf_scope: V600",
            "14 eligibility.RAS.braf_scope: is for BRAF, not for KRAS, NRAS",
        ),
    ],
)
def test_an_unknown_name_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, (old, new))
    assert any(str(problem).startswith(f"{tmp_path}/cohort.yaml:{told}") for problem in caught.value.problems)


def test_a_codon_that_is_not_read_is_told_with_its_neighbours(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match="codon 150 of KRAS is not among those that are read; the nearest"
    ) as caught:
        read(tmp_path, ("[12, 61]", "[12, 150]"))
    assert "146" in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, ("gene: ERBB2", "gene: ERB2"), ("[G12D]", "[A12D]"), ("[6_copies]", "[7]"))
    # `[7]` breaks the schema, which is told first and alone
    assert [problem.column for problem in caught.value.problems] == ["eligibility.HER2.definitions.0"]


def test_a_cohort_without_a_rule_that_could_explain_is_a_warning(tmp_path: Path) -> None:
    _, warnings = read(tmp_path, ("name: colorectal cancer", "name: lung cancer"))
    assert len(warnings) == 1
    assert warnings[0].what.startswith(
        "no rule that could explain a lack of benefit concerns trastuzumab in lung cancer (diseases with rules on them:"
    )


def test_a_disease_spelt_almost_as_in_the_rules_is_a_warning(tmp_path: Path) -> None:
    _, warnings = read(tmp_path, ("colorectal cancer", "colorectal cancr"))
    told = [warning.what for warning in warnings]
    assert (
        "the disease 'colorectal cancr' is written 'colorectal cancer' in the rules, none of which on it is in scope"
        in told
    )


def test_what_people_say_for_an_event_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"target.event: 'MSI-High'.*\(did you mean microsatellite_instability\?\)"
    ):
        read(tmp_path, ("event: amplification", "event: MSI-High"))


def test_a_new_drug_of_a_known_class_is_a_warning(tmp_path: Path) -> None:
    _, warnings = read(tmp_path, ("drugs: [trastuzumab]", "drugs: [inetetamab]"))
    assert [warning.what for warning in warnings] == [
        "inetetamab is in no table of drugs; rules are chosen by its class, HER2_antibody"
    ]


@pytest.mark.parametrize(
    ("days", "asked"),
    [
        ("16", ["endpoints.sd_min_days: 16 days where 112 are usual; is it in weeks or months?"]),
        ("4", ["endpoints.sd_min_days: 4 days where 112 are usual; is it in weeks or months?"]),
        ("2688", ["endpoints.sd_min_days: 2688 days where 112 are usual; is it in days?"]),
        ("0", []),
        ("28", []),
        ("365", []),
        ("112", []),
    ],
)
def test_a_duration_as_short_as_one_in_weeks_is_a_question(
    tmp_path: Path, days: str, asked: list[str]
) -> None:
    _, warnings = read(tmp_path, ("rules_in_scope:", f"endpoints:\n  sd_min_days: {days}\nrules_in_scope:"))
    assert [warning.what for warning in warnings] == asked


@pytest.mark.parametrize("path", sorted((RESOURCES / "cohorts").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_cohorts_have_known_names_and_rules(path: Path) -> None:
    cohort, warnings = read_checked_cohort(path)
    assert warnings == ()
    assert cohort.drugs


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("gene: KRAS\n  event: small_variant\n  codons: [999]", "5 target.codons.0: KRAS has 188 codons, not 999"),
        ("gene: KRAS\n  event: small_variant\n  exons: [1]", "5 target.exons.0: exon 1 of KRAS has no codon"),
        ("gene: KRAS\n  event: small_variant\n  exons: [2]\n  codons: [12]", "5 target.exons: stands beside"),
        ("gene: KRAS\n  event: amplification\n  codons: [12]", "5 target.codons: has no meaning with event"),
        ("gene: BRAF\n  event: fusion", "2 target.keeps: is empty"),
        ("gene: BRAF\n  event: fusion\n  keeps: 700-600", "5 target.keeps: '700-600' ends before it begins"),
        ("gene: BRAF\n  event: fusion\n  keeps: 457-999", "5 target.keeps: BRAF has 766 codons"),
        ("gene: BRAF\n  event: microsatellite_instability", "3 target.gene: has no meaning with event"),
        ("event: biallelic_loss", "2 target.gene: is empty"),
        ("gene: BRAF\n  event: expression\n  least_score: 2+\n  least_percent: 5", "6 target.least_percent: stands"),
        ("gene: KRAS\n  event: small_variant\n  change: missense", "5 target.change: has no meaning without exons"),
    ],
)  # fmt: skip
def test_a_target_that_contradicts_itself_or_its_gene_is_refused(
    tmp_path: Path, target: str, told: str
) -> None:
    path = tmp_path / "cohort.yaml"
    path.write_text(
        f"name: a cohort\ntarget:\n  {target}\ndrugs: [trastuzumab]\ndrug_classes: [HER2_antibody]\n"
        "disease:\n  name: colorectal cancer\n"
    )
    with pytest.raises(ConfigError) as refused:
        read_checked_cohort(path)
    assert f"{path}:{told}" in str(refused.value)


@pytest.mark.parametrize(
    ("criterion", "told"),
    [
        ("measure: target\n    required: mutated", "'mutated' does not go with measure target"),
        ("measure: target\n    required: present\n    genes: [ERBB2]", "given with measure target"),
        ("measure: amplification\n    required: amplified", "empty with measure amplification"),
        ("measure: target\n    required: absent\n    codons: [12]", "has no meaning with measure target"),
    ],
)
def test_a_criterion_by_the_target_names_nothing_else(tmp_path: Path, criterion: str, told: str) -> None:
    path = tmp_path / "cohort.yaml"
    path.write_text(
        "name: a cohort\ntarget:\n  event: amplification\n  gene: ERBB2\ndrugs: [trastuzumab]\n"
        f"disease:\n  name: colorectal cancer\neligibility:\n  HER2:\n    {criterion}\n"
    )
    with pytest.raises(ConfigError) as refused:
        read_checked_cohort(path)
    assert told in str(refused.value)
