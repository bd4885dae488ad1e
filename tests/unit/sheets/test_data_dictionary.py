"""The manual says what the schemas say, and the schemas say all that the contract asks."""

from __future__ import annotations

import argparse
import dataclasses
import runpy
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from refractor.settings.config import load_config
from refractor.settings.schemas import MODELS, load_schema, schema_text
from refractor.sheets import AdverseEventRow, AssessmentRow, PatientRow, SampleRow
from refractor.sheets.data_dictionary import generated_names, keys_of, with_builds, with_generated_tables

SHEETS = {
    "samples": SampleRow,
    "patients": PatientRow,
    "assessments": AssessmentRow,
    "adverse_events": AdverseEventRow,
}
CONTRACT = {
    "samples": "patient sample tumor_reads normal_reads small_variants small_variants_sample copy_number "
    "copy_number_caller structural_variants callable_regions purity ploidy genome_build sex collected_on timepoint material",
    "patients": "patient cohort sex age primary_site prior_lines prior_anti_egfr her2_ihc her2_assay target_ihc target_percent msi_status tmb_per_mb treatment_start "
    "evaluable not_evaluable_reason best_response response_confirmed clinical_benefit duration_of_response_days "
    "duration_of_response_event pfs_days pfs_event os_days os_event",
    "assessments": "patient day date target_sum_mm non_target new_lesion response",
    "adverse_events": "patient term grade related serious day",
}
FURTHER = {
    "samples": ("depth", "structural_variants_sample"),
    "patients": ("new_therapy_day", "end_of_assessments_reason", "registered_on"),
    "assessments": ("central_response",),
}
"""Columns that the contract does not know, after those it does."""
CONFIG_KEYS = [  # of the contract; others may stand between
    "samples",
    "patients",
    "assessments",
    "adverse_events",
    "cohort",
    "cohorts",
    "genome_build",
    "reference",
    "civic",
    "caller_filters",
    "rules",
    "assume_callable",
    "data_cutoff",
    "synthetic",
]


@pytest.fixture
def manual(project: Path) -> str:
    return (project / "config" / "README.md").read_text(encoding="utf-8")


def test_the_tables_of_the_manual_are_up_to_date(manual: str) -> None:
    remedy = "run: python scripts/write_data_dictionary.py"
    assert with_generated_tables(manual) == manual, remedy
    assert sorted(generated_names(manual)) == sorted(["config", "cohort", "checks", *SHEETS])


@pytest.mark.parametrize("name", MODELS)
def test_the_schemas_of_models_are_up_to_date(project: Path, name: str) -> None:
    path = project / "workflow" / "schemas" / f"{name}.schema.yaml"
    assert path.read_text(encoding="utf-8") == schema_text(name), (
        "run: python scripts/write_data_dictionary.py"
    )


@pytest.mark.parametrize("name", ["config", "cohort", *SHEETS])
def test_no_key_or_column_is_missing_in_the_manual(manual: str, name: str) -> None:
    keys = [key for key, _, _ in keys_of(load_schema(name))]
    assert len(keys) >= 6
    assert [key for key in keys if f"\n| `{key}` |" not in manual] == []


def test_a_changed_schema_changes_the_manual(manual: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(load_schema("samples")["properties"]["purity"], "description", "Something else.")
    assert with_generated_tables(manual) != manual


@pytest.mark.parametrize("name", SHEETS)
def test_columns_are_those_of_the_contract_and_of_the_rows(name: str) -> None:
    columns = list(load_schema(name)["properties"])
    assert columns == [*CONTRACT[name].split(), *FURTHER.get(name, ())]
    assert ["line", *columns] == [field.name for field in dataclasses.fields(SHEETS[name])]


def test_config_keys_are_those_of_the_contract() -> None:
    assert [key for key in load_schema("config")["properties"] if key in CONFIG_KEYS] == CONFIG_KEYS
    assert load_schema("config")["required"] == ["samples", "patients"]


def each_key() -> list[tuple[str, str, dict[str, Any], bool]]:
    return [(name, *entry) for name in ("config", "cohort", *SHEETS) for entry in keys_of(load_schema(name))]


def test_every_key_is_documented() -> None:
    assert len(each_key()) > 100
    for name, key, schema, required in each_key():
        assert schema.get("description", "").endswith("."), (name, key)
        is_group = "object" in schema.get("type", ())
        if not is_group and name != "cohort" and "x-unit" not in schema:
            unitless = {"enum", "pattern", "format"} & set(schema) or schema["type"] in (
                "string",
                "boolean",
                "integer",
            )
            assert unitless, (name, key, "a number needs its unit")
        if not is_group and "default" not in schema:
            assert schema.get("examples"), (name, key, "what has no default needs an example")
        if name == "config" and not required:
            assert "default" in schema, key
        if name == "config" and "." in key:
            assert "x-source" in schema or schema["default"] is None, (key, "a threshold needs its source")


def test_examples_and_defaults_fit_their_own_schema() -> None:
    checked = 0
    for name, key, schema, _ in each_key():
        validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker(["date"]))
        for value in [*schema.get("examples", ()), *([schema["default"]] if "default" in schema else ())]:
            assert validator.is_valid(value), (name, key, value)
            checked += 1
    assert checked > 100


def test_words_that_yaml_reads_as_booleans_are_text() -> None:
    words = [
        word for _, _, schema, _ in each_key() for word in schema.get("enum", ()) if "type" not in schema
    ]
    assert "yes" in words
    assert {type(word) for word in words} == {str}
    for _, _, schema, _ in each_key():
        meant = schema.get("x-meant", {}) | schema.get("x-synonyms", {})
        assert {type(word) for pair in meant.items() for word in pair} <= {str}


def test_the_template_of_the_checkout_names_every_key_with_its_default(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    text = (project / "config" / "config.yaml").read_text(encoding="utf-8")
    config = load_config(project / "config" / "config.yaml")
    assert config == load_config({"samples": "config/samples.tsv", "patients": "config/patients.tsv"})
    for group in ("calling", "copy_number", "identity"):
        for key, value in config[group].items():
            written = "" if value is None else f" {value:g}" if isinstance(value, float) else f" {value}"
            written = written.lower() if isinstance(value, bool) else written
            assert f"#   {key}:{written}" in text, (group, key)
    for name in ("samples", "patients"):
        header = (project / config[name]).read_text(encoding="utf-8").rstrip("\n").split("\t")
        assert header == list(load_schema(name)["properties"])


def test_a_setting_reaches_a_step_with_its_default_or_is_marked_as_planned(project: Path) -> None:
    """A key that changes nothing must say so: `x-planned` in the schema, "Not used yet" in the manual."""
    options = {
        option.dest: option.default
        for step in ("call_variants", "measure_copy_number", "annotate_alterations", "compare_identities")
        for option in runpy.run_path(str(project / "scripts" / f"{step}.py"))["parser"]()._actions
    }
    checked = 0
    for group in ("calling", "copy_number", "identity"):
        for key, schema in load_schema("config")["properties"][group]["properties"].items():
            assert (key in options) != schema.get("x-planned", False), (
                f"{group}.{key}: mend x-planned in the schema"
            )
            default = None if options[key] == argparse.SUPPRESS else options[key]
            assert default == schema["default"], f"{group}.{key}: the step has another default"
            checked += 1
    assert checked >= 15


def test_the_builds_of_the_sheet_are_those_known(project: Path) -> None:
    text = (project / "workflow" / "schemas" / "samples.schema.yaml").read_text(encoding="utf-8")
    assert with_builds(text) == text, "run: python scripts/write_data_dictionary.py"
    without = text.replace("enum: [GRCh37, GRCh38]", "enum: [GRCh37]")
    assert without != text
    assert with_builds(without) == text
