"""The tables of config/README.md, made from the schemas and the checks, so that they cannot drift apart."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from refractor.genome.builds import BUILD_NAMES, GenomeBuild
from refractor.settings.schemas import allowed_in_words, load_schema
from refractor.sheets.file_checks import FILE_CHECKS, FILE_QUESTIONS
from refractor.sheets.read_sheets import CHECKS

_BLOCK = re.compile(r"(<!-- generated: (?P<name>\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def with_generated_tables(manual: str) -> str:
    """`manual` with the text between each `<!-- generated: NAME -->` and `<!-- end -->` made anew."""
    return _BLOCK.sub(lambda match: f"{match[1]}\n{_TABLES[match['name']]()}\n{match[3]}", manual)


_BUILD_ENUM = re.compile(r"(  genome_build:\n(?:    .*\n)*?    enum: )\[.*\]\n    x-meant: \{.*\}")


def with_builds(schema_text: str) -> str:
    """The text of samples.schema.yaml with the known genome builds, and what people write for them."""
    meant = ", ".join(f"'{name}': {build}" for name, build in BUILD_NAMES.items())
    return _BUILD_ENUM.sub(
        lambda match: f"{match[1]}[{', '.join(GenomeBuild)}]\n    x-meant: {{{meant}}}", schema_text
    )


def generated_names(manual: str) -> list[str]:
    """The tables that `manual` holds."""
    return [match["name"] for match in _BLOCK.finditer(manual)]


def keys_of(schema: dict[str, Any], above: str = "") -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Every key below `schema`, dotted, with its own schema and whether it must be given; a free name is NAME."""
    required = schema.get("required", ())
    for name, subschema in schema.get("properties", {}).items():
        key = f"{above}{name}"
        yield key, subschema, name in required
        yield from keys_of(subschema, f"{key}.")
    others = schema.get("additionalProperties")
    if isinstance(others, dict):
        yield from keys_of(others, f"{above}NAME.")


def _keys_table(name: str) -> str:
    rows = [
        (
            f"`{key}`",
            schema["description"] + (" (Not used yet.)" if "x-planned" in schema else ""),
            _allowed(schema),
            schema.get("x-unit", ""),
            "" if _is_group(schema) else _default(schema, required),
            schema.get("x-source", ""),
        )
        for key, schema, required in keys_of(load_schema(name))
    ]
    return _markdown(("key", "meaning", "allowed", "unit", "default", "source"), rows)


def _columns_table(name: str) -> str:
    schema = load_schema(name)
    rows = []
    for column, subschema in schema["properties"].items():
        required = column in schema["required"]
        rows.append(
            (
                f"`{column}`",
                subschema["description"],
                _allowed(subschema),
                subschema.get("x-unit", ""),
                "required" if required else subschema.get("x-when-empty", "unknown"),
                _example(subschema),
            )
        )
    return _markdown(("column", "meaning", "allowed", "unit", "when empty", "example"), rows)


def _checks_table() -> str:
    rows = [
        (check.sheet, str(check.level), check.meaning) for check in (*CHECKS, *FILE_CHECKS, *FILE_QUESTIONS)
    ]
    rows.sort(key=lambda row: (_SHEETS.index(row[0]), row[1]))
    return _markdown(("sheet", "", "stops at"), rows)


def _is_group(schema: dict[str, Any]) -> bool:
    return "object" in schema.get("type", ())


def _allowed(schema: dict[str, Any]) -> str:
    """What is allowed, without the unit, which has its own place."""
    if _is_group(schema) or str(schema.get("x-unit", "")).startswith("path"):
        return ""
    return allowed_in_words({key: value for key, value in schema.items() if key != "x-unit"})


def _default(schema: dict[str, Any], required: bool) -> str:
    if required:
        return "required"
    default = schema.get("default")
    if default is None:
        return str(schema.get("x-when-empty", "empty"))
    return f"`{json.dumps(default)}`"


def _example(schema: dict[str, Any]) -> str:
    return f"`{schema['examples'][0]}`"


def _markdown(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    used = [place for place, title in enumerate(head) if not title or any(row[place] for row in rows)]
    lines = [[head[place] for place in used], ["---"] * len(used)]
    lines += [[row[place].replace("|", "\\|") for place in used] for row in rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


_SHEETS = ("samples", "patients", "assessments", "adverse_events")
_TABLES: dict[str, Callable[[], str]] = {
    "config": lambda: _keys_table("config"),
    "cohort": lambda: _keys_table("cohort"),
    "samples": lambda: _columns_table("samples"),
    "patients": lambda: _columns_table("patients"),
    "assessments": lambda: _columns_table("assessments"),
    "adverse_events": lambda: _columns_table("adverse_events"),
    "checks": _checks_table,
}
