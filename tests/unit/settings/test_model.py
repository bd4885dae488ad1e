"""A group of settings is declared once: options, record, checks and schema come from its fields."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

import pytest

from refractor.errors import ConfigError
from refractor.settings.cohort import Cohort
from refractor.settings.config import SHIPPED_COHORT, load_cohort, load_config
from refractor.settings.configuration import Configuration
from refractor.settings.criteria import CriterionMeasure
from refractor.settings.endpoint_rules import ENDPOINTS
from refractor.settings.model import (
    add_options,
    from_arguments,
    from_mapping,
    json_schema,
    setting,
    settings_of,
)
from refractor.settings.target import TargetEvent
from refractor.settings.thresholds import CALLING, COPY_NUMBER, CallingSettings, CopyNumberSettings


@dataclass(frozen=True, slots=True)
class Sieve:
    """What falls through."""

    width: float = setting(
        2.0, "Width of a hole.", unit="mm", source="ours", above=0, maximum=9, at_most="rim"
    )
    rim: float = setting(4.0, "Width of the rim.", unit="mm")
    holes: int | None = setting(
        None, "Holes, 100 % of them.", unit="holes", when_empty="as many as fit", minimum=1
    )
    shaken: bool = setting(False, "Whether it is shaken.")


def parsed(*argv: str, only: tuple[str, ...] | None = None) -> Sieve:
    parser = argparse.ArgumentParser()
    add_options(parser, Sieve, only=only)
    return from_arguments(Sieve, parser.parse_args(argv))


def test_a_command_line_without_options_has_the_defaults() -> None:
    assert parsed() == Sieve() == Sieve(2.0, 4.0, None, False)


def test_each_option_sets_its_field() -> None:
    assert parsed("--width", "3", "--rim=5", "--holes", "7", "--shaken") == Sieve(3.0, 5.0, 7, True)
    assert parsed("--no-shaken").shaken is False
    assert parsed("--rim", "5", only=("rim",)) == Sieve(rim=5.0)
    with pytest.raises(SystemExit):
        parsed("--width", "3", only=("rim",))


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--width", "0"], "options width: 0 is out of range; allowed: above 0, at most 9"),
        (["--width", "9.5"], "options width: 9.5 is out of range; allowed: above 0, at most 9"),
        (["--width", "nan"], "options width: nan is out of range; allowed: above 0, at most 9"),
        (["--holes", "0"], "options holes: 0 is out of range; allowed: at least 1"),
        (["--rim", "1.5"], "options width: 2 is above rim, 1.5; allowed: at most rim"),
    ],
)
def test_a_value_out_of_bounds_is_told_with_what_is_allowed(argv: list[str], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parsed(*argv)
    assert str(caught.value) == message
    assert parsed("--width", "9", "--rim", "9", "--holes", "1") == Sieve(9.0, 9.0, 1)


def test_help_gives_meaning_unit_and_default(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter, prog="sieve")
    add_options(parser, Sieve)
    with pytest.raises(SystemExit):
        parser.parse_args(["--help"])
    words = " ".join(capsys.readouterr().out.split())
    assert "Width of a hole [mm] (default: 2.0)" in words
    assert "Holes, 100 % of them [holes] (default: as many as fit)" in words


def test_the_schema_has_bounds_unit_source_and_default() -> None:
    schema = json_schema(Sieve)
    assert schema["description"] == "What falls through."
    assert schema["properties"]["width"] == {
        "description": "Width of a hole.",
        "x-unit": "mm",
        "x-source": "ours",
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": 9,
        "default": 2,
    }
    assert schema["properties"]["holes"]["type"] == ["integer", "null"]
    assert schema["properties"]["holes"]["default"] is None


@pytest.mark.parametrize("model", [Configuration, Cohort])
def test_every_setting_of_every_group_is_declared(model: type) -> None:
    groups, seen = [model], 0
    while groups:
        group = groups.pop()
        assert (group.__doc__ or "").strip(), group
        for item in settings_of(group):
            assert item.declared.meaning.endswith("."), (group, item.name)
            seen += 1
            groups += [
                kind for kind in (item.kind, item.item_kind) if is_dataclass(kind) and isinstance(kind, type)
            ]
    assert seen > 30


def test_the_defaults_of_a_loaded_configuration_are_those_of_the_models() -> None:
    config = load_config({"samples": "s.tsv", "patients": "p.tsv"})
    record = from_mapping(Configuration, config)
    assert record == Configuration("s.tsv", "p.tsv")
    assert from_mapping(CallingSettings, config["calling"]) == CALLING
    assert from_mapping(CopyNumberSettings, config["copy_number"]) == COPY_NUMBER


def test_a_cohort_file_without_endpoints_has_those_of_the_model(tmp_path: Path) -> None:
    path = tmp_path / "cohort.yaml"
    path.write_text(
        "name: MET\ntarget: {gene: MET, event: amplification}\ndrugs: [capmatinib]\n"
        "disease: {name: lung cancer}\neligibility:\n"
        "  MET: {measure: amplification, genes: [MET], required: amplified}\n"
    )
    cohort = load_cohort(path)
    assert cohort.endpoints == ENDPOINTS
    assert cohort.target.event is TargetEvent.AMPLIFICATION
    assert (cohort.target_name, cohort.patients_name, cohort.treatment_name) == (
        "MET",
        "lung cancer",
        "capmatinib",
    )
    assert cohort.criterion_of_target() == "MET"
    assert cohort.decisive_genes == ()


def test_the_shipped_cohort_as_a_record() -> None:
    cohort = load_cohort(SHIPPED_COHORT)
    assert [field.name for field in fields(Cohort)][:4] == ["name", "target", "drugs", "disease"]
    assert cohort.drugs == ("trastuzumab", "pertuzumab")
    assert cohort.decisive_genes == ("KRAS", "NRAS", "BRAF")
    assert cohort.criterion_of_target() == "HER2"
    assert cohort.eligibility["RAS"].measure is CriterionMeasure.CODONS
    assert cohort.eligibility["RAS"].codons == (12, 13, 59, 61, 117, 146)
    assert cohort.target_name == "HER2"
