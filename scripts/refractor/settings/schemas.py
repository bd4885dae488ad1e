"""The schemas of configuration, cohort file and sheets: their defaults, and their faults in plain words."""

from __future__ import annotations

import copy
import difflib
import functools
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

import yaml

from refractor.files.resources import shipped
from refractor.settings.cohort import Cohort
from refractor.settings.configuration import Configuration
from refractor.settings.model import json_schema

if TYPE_CHECKING:
    import jsonschema

SCHEMAS = shipped("workflow", "schemas")
"""The repository's JSON Schemas, which are the data dictionary; those of MODELS are made from the models."""

Schema = dict[str, Any]

MODELS: dict[str, tuple[str, type]] = {
    "config": ("Configuration, config.yaml", Configuration),
    "cohort": ("Cohort file", Cohort),
}
"""The schemas that are models: their title and the model."""

MADE_BY = "# Made from scripts/refractor/settings by scripts/write_data_dictionary.py: edit it there.\n"

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPE_IN_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a group of keys",
    "null": "empty",
}
_BOUNDS = (
    ("exclusiveMinimum", "above"),
    ("minimum", "at least"),
    ("exclusiveMaximum", "below"),
    ("maximum", "at most"),
)


@functools.cache
def load_schema(name: str) -> Schema:
    """The schema `name`, e.g. `samples`; not to be changed."""
    if name in MODELS:
        title, model = MODELS[name]
        return {"$schema": _DIALECT, "title": title, **json_schema(model)}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with (SCHEMAS / f"{name}.schema.yaml").open(encoding="utf-8") as file:
        schema: Schema = yaml.load(file, Loader=loader)  # one of the two safe loaders
    return schema


def schema_text(name: str) -> str:
    """The file of a schema that is made from a model."""
    dumped: str = yaml.dump(
        load_schema(name), Dumper=_OnOneLine, sort_keys=False, allow_unicode=True, width=120
    )
    return MADE_BY + dumped


class _OnOneLine(yaml.SafeDumper):
    """Writes each list on one line, and no anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


_OnOneLine.add_representer(
    list, lambda dumper, items: dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)
)


@functools.cache
def validator_of(name: str) -> jsonschema.Draft202012Validator:
    """The validator of the schema `name`; dates are checked, not only described."""
    import jsonschema  # noqa: PLC0415

    return jsonschema.Draft202012Validator(
        load_schema(name), format_checker=jsonschema.FormatChecker(formats=["date"])
    )


def with_defaults(schema: Schema, value: Any) -> Any:
    """`value` with every default of `schema` filled in, at all depths.

    A key that is null counts as left out, unless the schema gives null a meaning.
    """
    if not isinstance(value, dict):
        return value
    properties = schema.get("properties", {})
    filled = dict(value)
    for key, subschema in properties.items():
        null_was_meant = key in value and "null" in subschema.get("type", ())
        if "default" in subschema and value.get(key) is None and not null_was_meant:
            filled[key] = copy.deepcopy(subschema["default"])
    others = schema.get("additionalProperties")
    for key, item in filled.items():
        subschema = properties.get(key, others)
        if isinstance(subschema, dict):
            filled[key] = _as_number_kind(subschema, with_defaults(subschema, item))
    return filled


def _as_number_kind(schema: Schema, value: Any) -> Any:
    """`value` as float or int as its schema says, so that 3 and 3.0 in a file are one setting."""
    kinds = schema.get("type", ())
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return value
    if "number" in kinds:
        return float(value)
    return int(value) if "integer" in kinds and value == int(value) else value


def nearest(word: str, known: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """The known word that was probably meant: equal but for case, or close in spelling; else None.

    `likeness` (0-1, difflib) is how close; 0.6 is difflib's own choice.
    """
    by_folded = {str(item).casefold(): str(item) for item in known}
    folded = word.strip().casefold().replace("-", "_").replace(" ", "_").replace("tumour", "tumor")
    if folded in by_folded:
        return by_folded[folded]
    close = difflib.get_close_matches(folded, by_folded, n=1, cutoff=likeness)
    return by_folded[close[0]] if close else None


def allowed_in_words(schema: Mapping[str, Any]) -> str:
    """What a value of `schema` may be, e.g. `a number above 0, at most 1 (share of tumour cells)`."""
    if "enum" in schema:
        return ", ".join(str(item) for item in schema["enum"] if item is not None)
    if "x-allowed" in schema:
        return str(schema["x-allowed"])
    if schema.get("format") == "date":
        return "a date as YYYY-MM-DD"
    words = _types_in_words(schema)
    bounds = [f"{word} {schema[key]}" for key, word in _BOUNDS if key in schema]
    words += f" {', '.join(bounds)}" if bounds else ""
    return words + (f" ({schema['x-unit']})" if "x-unit" in schema and "number" in words else "")


def unknown_keys_in_words(error: jsonschema.ValidationError) -> list[tuple[str, str]]:
    """Each key that an `additionalProperties` error is about, with what is allowed in its place."""
    known = list(_schema_of(error)["properties"])
    found = []
    for key in map(str, cast("dict[str, Any]", error.instance)):
        if key not in known:
            guess = nearest(key, known)
            found.append((key, f"{f'did you mean {guess}? ' if guess else ''}allowed: {', '.join(known)}"))
    return found


def missing_keys_in_words(error: jsonschema.ValidationError) -> list[tuple[str, str]]:
    """Each key that a `required` error misses, with what it is for."""
    schema, instance = _schema_of(error), cast("dict[str, Any]", error.instance)
    return [
        (name, f"fill it: {schema['properties'][name]['description']}")
        for name in schema["required"]
        if name not in instance
    ]


def fault_in_words(error: jsonschema.ValidationError, shown: str) -> tuple[str, str]:
    """What is wrong with the value `shown`, and what is allowed in its place."""
    schema = _schema_of(error)
    allowed = f"allowed: {allowed_in_words(schema)}"
    match error.validator:
        case "type":
            what = f"{shown} is not {_types_in_words(schema)}"
        case "enum":
            guess = _meant(shown.strip("'"), schema)
            what = f"{shown} is not one of the allowed values"
            allowed += f" (did you mean {guess}?)" if guess else ""
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
            what = f"{shown} is out of range"
        case "format":
            what = f"{shown} is not a date"
        case "minItems" | "minLength":
            what, allowed = "is empty", f"fill it: {schema.get('description', 'it is needed')}"
        case "uniqueItems":
            what, allowed = "holds one value twice", "list each value once"
        case _:
            what = f"{shown} does not fit"
    return what, allowed


def _schema_of(error: jsonschema.ValidationError) -> Schema:
    return cast("Schema", error.schema)


def _types_in_words(schema: Mapping[str, Any]) -> str:
    types = schema.get("type", "string")
    names = [types] if isinstance(types, str) else [name for name in types if name != "null"]
    return " or ".join(_TYPE_IN_WORDS[name] for name in names)


def _meant(text: str, schema: Mapping[str, Any]) -> str | None:
    values = [str(item) for item in schema["enum"] if item is not None]
    exact = {value.casefold(): value for value in values}.get(text.casefold())
    meant: str | None = (
        exact or schema.get("x-meant", {}).get(text) or schema.get("x-meant", {}).get(text.casefold())
    )
    return meant or nearest(text, values)
