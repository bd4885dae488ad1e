"""Configuration and cohort file: defaults filled, every problem at once with its line and remedy."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from refractor.errors import ConfigError
from refractor.settings.config import SHIPPED_COHORT, cohort_file, load_cohort_file, load_config

LEAST = "samples: s.tsv\npatients: p.tsv\n"

COHORT = """\
name: a cohort
target: {gene: ERBB2, event: amplification}
drugs: [trastuzumab, pertuzumab]
disease: {name: colorectal cancer}
eligibility:
  RAS:
    measure: codons
    genes: [KRAS, NRAS]
    codons: [12, 13]
    required: wild_type
  BRAF:
    measure: codons
    genes: [BRAF]
    braf_scope: V600
    required: wild_type
  HER2:
    measure: amplification
    genes: [ERBB2]
    required: amplified
endpoints:
  two_stage:
    n1: 8
    n: 24
"""


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def problems(content: str | bytes) -> list[str]:
    Path("c.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigError) as caught:
        load_config("c.yaml")
    return [str(problem) for problem in caught.value.problems]


def cohort_problems(content: str) -> list[str]:
    Path("cohort.yaml").write_text(content)
    with pytest.raises(ConfigError) as caught:
        load_cohort_file("cohort.yaml")
    return [str(problem) for problem in caught.value.problems]


DEFAULTS: dict[str, Any] = {
    "samples": "s.tsv",
    "patients": "p.tsv",
    "assessments": None,
    "adverse_events": None,
    "cohort": None,
    "cohorts": {},
    "genome_build": None,
    "reference": None,
    "caller_filters": None,
    "sequenced_samples": None,
    "civic": None,
    "rules": [],
    "panel": None,
    "background": None,
    "preregistration": None,
    "background_keep": [],
    "assume_callable": False,
    "synthetic": False,
    "container": None,
    "data_cutoff": None,
    "calling": {
        "min_alt_reads": 3,
        "hotspot_min_alt_reads": 2,
        "wild_type_power": 0.95,
        "assumed_purity": 0.2,
        "min_base_quality": 20,
        "min_mapping_quality": 20,
        "normal_contamination": 0.1,
        "low_vaf": 0.05,
        "report_vaf": 0.01,
        "min_vaf": 0.02,
        "log_odds": 5.5,
        "hotspot_log_odds": 2.5,
    },
    "copy_number": {
        "amplification_ratio": 3.0,
        "absolute_amplification": 6.0,
        "min_purity": 0.2,
        "certainty": 0.95,
        "windows": None,
        "second_look": True,
    },
    "identity": {
        "min_sites": 50,
        "same_person_concordance": 0.9,
        "different_person_concordance": 0.8,
        "contamination": 0.03,
    },
}


def test_every_default_is_filled_in() -> None:
    Path("c.yaml").write_text(LEAST)
    config = load_config("c.yaml")
    assert config == DEFAULTS == load_config({"samples": "s.tsv", "patients": "p.tsv"})
    assert cohort_file(config) == SHIPPED_COHORT


def test_what_is_given_wins_over_the_default_at_each_depth() -> None:
    Path("c.yaml").write_text(
        LEAST + "synthetic: true\ncalling:\n  low_vaf: 0.1\ncopy_number:\n  windows: 20000\n"
    )
    config = load_config("c.yaml")
    assert config["synthetic"] is True
    assert config["calling"] == {**DEFAULTS["calling"], "low_vaf": 0.1}
    assert config["copy_number"] == {**DEFAULTS["copy_number"], "windows": 20000}


def test_the_defaults_of_one_load_are_not_those_of_the_next() -> None:
    Path("cohort.yaml").write_text(COHORT)
    load_cohort_file("cohort.yaml")["rules_in_scope"]["tiers"].clear()
    assert len(load_cohort_file("cohort.yaml")["rules_in_scope"]["tiers"]) == 5
    load_config({"samples": "a", "patients": "b"})["calling"]["low_vaf"] = 1
    assert load_config({"samples": "a", "patients": "b"})["calling"]["low_vaf"] == 0.05


def test_limits_that_are_equal_agree() -> None:
    equal = {"calling": {"low_vaf": 0.01}, "identity": {"same_person_concordance": 0.8}}
    assert load_config({"samples": "a", "patients": "b", **equal})["calling"]["report_vaf"] == 0.01
    Path("cohort.yaml").write_text(COHORT.replace("n1: 8", "n1: 24"))
    assert load_cohort_file("cohort.yaml")["endpoints"]["two_stage"]["n1"] == 24


def test_an_empty_key_counts_as_left_out() -> None:
    Path("c.yaml").write_text(LEAST + "synthetic:\ncalling:\ngenome_build:\ncohort:\n")
    assert load_config("c.yaml") == DEFAULTS


@pytest.mark.parametrize("number", ["3", "3.0", "3e0"])
def test_one_number_is_one_setting_however_it_is_written(number: str) -> None:
    given = (
        {"amplification_ratio": float(number)}
        if "." in number
        else {"amplification_ratio": int(float(number))}
    )
    ratio = load_config({"samples": "a", "patients": "b", "copy_number": given})["copy_number"][
        "amplification_ratio"
    ]
    assert str(ratio) == "3.0"


FAULTS = [
    (
        "sample: s.tsv\npatients: p.tsv\n",
        [
            "c.yaml:1 sample: the key is not known; did you mean samples? allowed: samples, patients, assessments, "
            "adverse_events, cohort, cohorts, genome_build, reference, civic, caller_filters, sequenced_samples, rules, panel, "
            "background, background_keep, assume_callable, preregistration, data_cutoff, "
            "synthetic, container, "
            "calling, "
            "copy_number, identity",
            "c.yaml:1 samples: the key is missing; fill it: The sheet of tumour samples.",
        ],
    ),
    (
        "samples: s.tsv\npatients: p.tsv\nbackground: none\nbackground_keep: [SEX]\n",
        [
            "c.yaml:3 background: 'none' does not exist; give the folder of a study in the layout of cBioPortal",
            "c.yaml:4 background_keep.0: 'SEX' is no COLUMN=VALUE; e.g. CANCER_TYPE=Colorectal Cancer",
        ],
    ),
    (
        "samples: s.tsv\npatients:\n",
        [
            "c.yaml:2 patients: an empty value is not text; allowed: a path without { } < >; where it begins with - write ./ before it"
        ],
    ),
    (
        LEAST + "\n# a comment\ncalling:\n  low_vaff: 0.1\n",
        [
            "c.yaml:6 calling.low_vaff: the key is not known; did you mean low_vaf? allowed: min_alt_reads, hotspot_min_alt_reads, "
            "wild_type_power, assumed_purity, min_base_quality, min_mapping_quality, normal_contamination, low_vaf, report_vaf, min_vaf, log_odds, hotspot_log_odds"
        ],
    ),
    (
        LEAST + "genome_build: hg38\n",
        [
            "c.yaml:3 genome_build: 'hg38' is not one of the allowed values; "
            "allowed: GRCh37, GRCh38 (did you mean GRCh38?)"
        ],
    ),
    (
        LEAST + "genome_build: 38\n",
        [
            "c.yaml:3 genome_build: 38 is not one of the allowed values; allowed: GRCh37, GRCh38 (did you mean GRCh38?)"
        ],
    ),
    (
        LEAST + 'assume_callable: "true"\n',
        ["c.yaml:3 assume_callable: 'true' is not true or false; allowed: true or false"],
    ),
    (LEAST + "synthetic: 1\n", ["c.yaml:3 synthetic: 1 is not true or false; allowed: true or false"]),
    (
        LEAST + "calling: {wild_type_power: 95, min_alt_reads: 0}\n",
        [
            "c.yaml:3 calling.min_alt_reads: 0 is out of range; allowed: a whole number at least 1 (fragments)",
            "c.yaml:3 calling.wild_type_power: 95.0 is out of range; "
            "allowed: a number above 0, below 1 (probability, 0-1)",
        ],
    ),
    (
        LEAST + "calling: {min_alt_reads: 2.5}\n",
        [
            "c.yaml:3 calling.min_alt_reads: 2.5 is not a whole number; allowed: a whole number at least 1 (fragments)"
        ],
    ),
    (
        LEAST + "calling: {low_vaf: 5%}\n",
        [
            "c.yaml:3 calling.low_vaf: '5%' is not a number; allowed: a number at least 0, at most 1 (VAF, 0-1)"
        ],
    ),
    (
        LEAST + "calling: {low_vaf: .nan}\n",
        ["c.yaml:3 calling.low_vaf: nan is not a finite number; allowed: a number"],
    ),
    (
        LEAST + "calling: [low_vaf]\n",
        ["c.yaml:3 calling: a list is not a group of keys; allowed: a group of keys"],
    ),
    (
        LEAST + "calling: {low_vaf: 0.01, report_vaf: 0.02}\n",
        [
            "c.yaml:3 calling.report_vaf: 0.02 is above calling.low_vaf, 0.01; allowed: at most calling.low_vaf"
        ],
    ),
    (
        LEAST + "calling: {low_vaf: 0.005}\n",
        [
            "c.yaml:3 calling.report_vaf: 0.01 is above calling.low_vaf, 0.005; allowed: at most calling.low_vaf"
        ],
    ),
    (
        LEAST + "identity: {same_person_concordance: 0.7}\n",
        [
            "c.yaml:3 identity.different_person_concordance: 0.8 is above identity.same_person_concordance, 0.7; "
            "allowed: at most identity.same_person_concordance"
        ],
    ),
    (LEAST + ".nan: 1\n", None),
    (LEAST + "yes: 1\ntrue: 2\n", ["c.yaml:4 true: the key stands on line 3 already; keep one of them"]),
    (LEAST + "samples: t.tsv\n", ["c.yaml:3 samples: the key stands on line 1 already; keep one of them"]),
    (
        LEAST + "calling:\n  low_vaf: 0.1\n  low_vaf: 0.2\n",
        ["c.yaml:5 calling.low_vaf: the key stands on line 4 already; keep one of them"],
    ),
    (
        LEAST + "calling:\n\tlow_vaf: 0.1\n",
        [
            "c.yaml:4: is not YAML: found character '\\t' that cannot start any token; indent with spaces, never tabs"
        ],
    ),
    (
        LEAST + "a: [1\n",
        [
            "c.yaml:4: is not YAML: expected ',' or ']', but got '<stream end>'; write `key: value`, quote odd text"
        ],
    ),
    ("- samples\n", ["c.yaml: has no keys at its top; the configuration is a list of `key: value`"]),
    ("samples\n", ["c.yaml: has no keys at its top; the configuration is a list of `key: value`"]),
    ("", ["c.yaml: is empty; fill the configuration"]),
    (
        LEAST + 'civic: "a\\nb"\n',
        ["c.yaml:3 civic: 'a\\nb' holds a line break or another unprintable character; write it on one line"],
    ),
    (
        LEAST + 'civic: "a\\0b"\n',
        [
            "c.yaml:3 civic: 'a\\x00b' holds a line break or another unprintable character; write it on one line"
        ],
    ),
    (
        LEAST + "civic: -x\n",
        [
            "c.yaml:3 civic: '-x' does not fit; allowed: a path without { } < >; where it begins with - write ./ before it"
        ],
    ),
    (LEAST + "civic: 2020-13-01\n", None),
    (LEAST + "a: &a [*a]\n", ["c.yaml:3: is nested too deeply or in a circle; unfold it"]),
    (LEAST.encode("utf-16"), ["c.yaml: is UTF-16 text; save it as UTF-8"]),
    (
        LEAST.encode() + b"# caf\xe9\n",
        ["c.yaml:3: is not UTF-8: byte 0xe9 (in Windows-1252 or Latin-1 it is \u00e9); save it as UTF-8"],
    ),
]


@pytest.mark.parametrize(("content", "expected"), FAULTS)
def test_each_problem_has_its_line_and_remedy(content: str | bytes, expected: list[str] | None) -> None:
    found = problems(content)
    if expected is None:
        assert [problem.split(":")[0] for problem in found] == ["c.yaml"]
    else:
        assert found == expected


def test_aliases_that_unfold_without_end_are_refused() -> None:
    levels = "".join(f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 9)}]\n" for level in range(1, 10))
    assert problems(LEAST + "l0: &l0 [x]\n" + levels) == [
        "c.yaml: holds far more than a configuration does; give the right file"
    ]


@pytest.mark.parametrize("content", ["[" * 5000, "{a: " * 5000, "a: " + "[" * 200 + "]" * 200])
def test_deep_nesting_is_refused(content: str) -> None:
    assert len(problems(content)) == 1


def test_byte_order_mark_and_windows_line_ends_are_tolerated() -> None:
    Path("c.yaml").write_bytes(b"\xef\xbb\xbf" + LEAST.replace("\n", "\r\n").encode())
    assert load_config("c.yaml") == DEFAULTS


def test_files_that_are_not_there_are_named() -> None:
    Path("folder").mkdir()
    Path("ref.fa.gz").write_bytes(b"x")
    here = Path.cwd()
    assert problems(LEAST + "cohort: none.yaml\nreference: ref.fa.gz\ncivic: folder\n") == [
        f"c.yaml:3 cohort: 'none.yaml' does not exist; give a file; paths are relative to the working directory {here}",
        "c.yaml:4 reference: 'ref.fa.gz' has no index ref.fa.gz.fai; run: samtools faidx ref.fa.gz",
        "c.yaml:4 reference: 'ref.fa.gz' has no index ref.fa.gz.gzi; run: samtools faidx ref.fa.gz",
        f"c.yaml:5 civic: 'folder' is a directory; give a file; paths are relative to the working directory {here}",
    ]
    for suffix in (".fai", ".gzi"):
        Path(f"ref.fa.gz{suffix}").write_bytes(b"x")
    Path("folder/civic.tsv").write_bytes(b"x")
    Path("c.yaml").write_text(LEAST + "reference: ref.fa.gz\ncivic: folder/civic.tsv\n")
    assert load_config("c.yaml")["reference"] == "ref.fa.gz"


def test_what_snakemake_read_gets_its_lines_from_the_files() -> None:
    Path("base.yaml").write_text(LEAST + "genome_build: hg19\ncalling: {low_vaf: 2}\n")
    Path("over.yaml").write_text("\n\ngenome_build: hg38\n")
    merged = {
        "samples": "s.tsv",
        "patients": "p.tsv",
        "genome_build": "hg38",
        "calling": {"low_vaf": 2},
        "assume_callabel": True,  # given on the command line
    }
    with pytest.raises(ConfigError) as caught:
        load_config(merged, files=["base.yaml", "over.yaml"])
    places = [str(problem).split(": ")[0] for problem in caught.value.problems]
    assert places == [
        "base.yaml:4 calling.low_vaf",
        "configuration assume_callabel",
        "over.yaml:3 genome_build",
    ]


@pytest.mark.parametrize("path", ["none.yaml", "folder", "pipe"])
def test_a_configuration_that_cannot_be_read_is_named(path: str) -> None:
    Path("folder").mkdir()
    os.mkfifo("pipe")
    with pytest.raises(ConfigError, match=rf"^{path}: (does not exist|is a directory|is not a regular file)"):
        load_config(path)


def test_a_cohort_file_is_loaded_with_its_defaults() -> None:
    Path("cohort.yaml").write_text(COHORT)
    cohort = load_cohort_file("cohort.yaml")
    assert cohort["endpoints"]["two_stage"] == {"n1": 8, "r1": 0, "n": 24, "success": 5, "p0": 0.1, "p1": 0.3}
    assert {key: value for key, value in cohort["endpoints"].items() if key != "two_stage"} == {
        "sd_min_days": 112,
        "sd_window_days": 0,
        "sd_window_sensitivity_days": 7,
        "confirmation_days": 28,
        "pr_decrease": 0.3,
        "pd_increase": 0.2,
        "pd_increase_mm": 5.0,
        "outcomes_from": "assessments",
        "stated_progression_counts": True,
        "agreement_days": 1,
        "baseline_latest_day": 7,
        "who_decides": "investigator",
        "deciding_scan_window_days": 28,
        "sd_best_response_min_days": 42,
        "confirmation_required": True,
        "confirmation_missing_allowed": 1,
        "confirmation_stable_allowed": False,
        "reappearance_is_progression": True,
        "early_death_response": "NE",
        "early_death_evaluable": True,
        "progression_gap_days": None,
        "new_therapy_censors": True,
        "landmark_days": [183, 365],
        "benefit_landmark_days": None,
        "copy_number_cuts": [6, 20],
        "association": {"alpha": 0.05, "share_without_benefit": 0.27, "share_with_benefit": 0.03},
    }
    assert cohort["rules_in_scope"] == {
        "tiers": ["R1", "R2", "R3", "R4", "R5"],
        "include": ["*"],
        "exclude": [],
    }
    assert cohort["eligibility"]["HER2"] == {
        "measure": "amplification",
        "genes": ["ERBB2"],
        "required": "amplified",
        "protein_changes": [],
        "codons": None,
        "braf_scope": None,
        "low_vaf_counts": False,
        "definitions": [],
        "partial_counts": False,
    }


def test_a_cohort_without_a_two_stage_design() -> None:
    Path("cohort.yaml").write_text(COHORT.replace("two_stage:\n    n1: 8\n    n: 24", "two_stage: null"))
    assert load_cohort_file("cohort.yaml")["endpoints"]["two_stage"] is None


COHORT_FAULTS = [
    (
        "    n1: 8",
        "    n1: 25",
        "cohort.yaml:22 endpoints.two_stage.n1: 25 is above n, 24; allowed: at most n",
    ),
    (
        "    n1: 8",
        "    n1: 8\n    r1: 8",
        "cohort.yaml:23 endpoints.two_stage.r1: 8 is not below n1, 8; allowed: below n1",
    ),
    (
        "    n1: 8",
        "    success: 25",
        "cohort.yaml:22 endpoints.two_stage.success: 25 is above n, 24; allowed: at most n",
    ),
    (
        "    n1: 8",
        "    p0: 0.3",
        "cohort.yaml:22 endpoints.two_stage.p0: 0.3 is not below p1, 0.3; allowed: below p1",
    ),
    (
        "    braf_scope: V600\n",
        "",
        "cohort.yaml:11 eligibility.BRAF: measure codons needs either codons or braf_scope; give one of the two",
    ),
    (
        "required: amplified",
        "required: mutated",
        "cohort.yaml:19 eligibility.HER2.required: 'mutated' does not go with measure amplification; "
        "allowed: amplified, not_amplified",
    ),
    (
        "required: amplified",
        "required: amplified\n    codons: [12]",
        "cohort.yaml:20 eligibility.HER2.codons: has no meaning with measure amplification; leave it out",
    ),
    ("gene: ERBB2, ", "", "cohort.yaml:2 target.gene: is empty; name the gene of the amplification"),
    (
        "drugs: [trastuzumab, pertuzumab]",
        "drugs: []",
        "cohort.yaml:3 drugs: is empty; fill it: Drugs of the cohort, international nonproprietary names in lower case; rules are matched against them.",
    ),
    (
        "drugs: [trastuzumab, pertuzumab]",
        "drugs: [a, a]",
        "cohort.yaml:3 drugs: holds one value twice; list each value once",
    ),
    (
        "codons: [12, 13]",
        "codons: [12, x]",
        "cohort.yaml:9 eligibility.RAS.codons.1: 'x' is not a whole number; allowed: a whole number at least 1",
    ),
    (
        "    genes: [BRAF]\n",
        "",
        "cohort.yaml:11 eligibility.BRAF.genes: empty with measure codons; name the genes that are looked at",
    ),
    (
        "  HER2:",
        "  HER 2:",
        "cohort.yaml:16 eligibility.HER 2: the name does not fit; allowed: letters, digits, _ and -",
    ),
]


@pytest.mark.parametrize(("sound", "broken", "problem"), COHORT_FAULTS)
def test_each_problem_of_a_cohort_file(sound: str, broken: str, problem: str) -> None:
    assert sound in COHORT
    assert cohort_problems(COHORT.replace(sound, broken)) == [problem]


def test_every_shipped_cohort_loads() -> None:
    shipped = sorted(SHIPPED_COHORT.parent.glob("*.yaml"))
    assert SHIPPED_COHORT in shipped
    for path in shipped:
        assert load_cohort_file(path)["drugs"], path
