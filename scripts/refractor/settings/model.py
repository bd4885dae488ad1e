"""Settings as models: of a group's dataclass are made its options, its checks and its JSON Schema.

A group is a frozen slotted dataclass whose fields are declared with `setting`: the only place where a default, its
unit, bounds, meaning and source stand. Imports nothing heavy, as every step starts with it.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from enum import StrEnum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from refractor.errors import ConfigError, Problem

Group = TypeVar("Group")
Value = TypeVar("Value")

REQUIRED: Any = MISSING
"""In place of the default of a setting that has none."""

EMPTY: Any = dict
"""In place of a default that is an empty mapping."""

_DECLARED = "setting"


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of one setting besides its type and default; bounds hold for numbers, None = no bound."""

    meaning: str
    unit: str | None = None
    source: str | None = None
    when_empty: str | None = None
    """What happens without a value, where the default is None."""
    minimum: float | None = None
    above: float | None = None
    maximum: float | None = None
    below: float | None = None
    at_most: str | None = None
    """Another setting of the group that this one may reach and not pass."""
    example: Any = None
    pattern: str | None = None
    """What a text, or each text of a list, must match."""
    min_length: int | None = None
    """Letters that a text, or each text of a list, has at least."""
    min_items: int | None = None
    unique: bool = False
    """Whether a list may hold a value only once."""
    name_pattern: str | None = None
    """What the free names of a mapping must match."""
    allowed: str | None = None
    """The pattern in words."""
    meant: Mapping[str, str] | None = None
    """Words that people write for a word of the vocabulary."""


@dataclass(frozen=True, slots=True)
class DeclaredSetting:
    """A setting with its name, the type of its values (None aside), and its default."""

    name: str
    kind: Any
    optional: bool
    default: Any
    declared: Setting

    @property
    def required(self) -> bool:
        """Whether it has no default."""
        return self.default is MISSING

    @property
    def item_kind(self) -> Any:
        """Of a list (tuple[X, ...]) or mapping (Mapping[str, X]) the type of its items, else None."""
        if get_origin(self.kind) is tuple:
            return get_args(self.kind)[0]
        return get_args(self.kind)[1] if get_origin(self.kind) is Mapping else None

    @property
    def is_group(self) -> bool:
        """Whether its value is a group of settings."""
        return is_dataclass(self.kind)

    @property
    def flag(self) -> str:
        """The option of a command line: `min_vaf` as `--min-vaf`."""
        return "--" + self.name.replace("_", "-")

    def fault(self, value: Any) -> str | None:
        """What is wrong with a number, in words; None where it is within its bounds."""
        if self.kind not in (int, float) or (value is None and self.optional):
            return None
        declared, outside = self.declared, not math.isfinite(value)
        outside |= declared.minimum is not None and value < declared.minimum
        outside |= declared.above is not None and value <= declared.above
        outside |= declared.maximum is not None and value > declared.maximum
        outside |= declared.below is not None and value >= declared.below
        return f"{value:g} is out of range" if outside else None


def setting(default: Value, meaning: str, **known: Any) -> Value:
    """A field of a group: its default (REQUIRED for none), its meaning as a sentence, what else `Setting` holds.

    The default EMPTY is an empty mapping.
    """
    metadata = {_DECLARED: Setting(meaning, **known)}
    declared: Any = (
        field(default_factory=dict, metadata=metadata)
        if default is EMPTY
        else field(default=default, metadata=metadata)
    )
    return cast("Value", declared)


def settings_of(group: Any) -> tuple[DeclaredSetting, ...]:
    """The settings of a group in the order of its fields."""
    return _settings_of(group)


@cache
def _settings_of(group: type) -> tuple[DeclaredSetting, ...]:
    hints = get_type_hints(group)
    found = []
    for item in fields(group):
        kinds = (
            get_args(hints[item.name]) if get_origin(hints[item.name]) is UnionType else (hints[item.name],)
        )
        kind = next(kind for kind in kinds if kind is not NoneType)
        found.append(
            DeclaredSetting(
                item.name,
                kind,
                NoneType in kinds,
                {} if item.default_factory is not MISSING else item.default,
                item.metadata[_DECLARED],
            )
        )
    return tuple(found)


def add_options(parser: argparse.ArgumentParser, group: type, *, only: Collection[str] | None = None) -> None:
    """Add an option for each setting of `group`, or for those in `only`, with its meaning, unit and default."""
    options = parser.add_argument_group(f"settings, {group.__name__}")
    for item in settings_of(group):
        if only is not None and item.name not in only:
            continue
        declared = item.declared
        words = declared.meaning.rstrip(".") + (f" [{declared.unit}]" if declared.unit else "")
        help_text = words.replace("%", "%%")
        if item.kind is bool:
            options.add_argument(
                item.flag, action=argparse.BooleanOptionalAction, default=item.default, help=help_text
            )
        elif item.required:
            options.add_argument(item.flag, required=True, help=help_text, **_form(item))
        elif item.default is None:  # left out of the namespace, so that the default stands in the model alone
            when_empty = (declared.when_empty or "not set").replace("%", "%%")
            options.add_argument(
                item.flag,
                default=argparse.SUPPRESS,
                help=f"{help_text} (default: {when_empty})",
                **_form(item),
            )
        else:
            options.add_argument(item.flag, default=item.default, help=help_text, **_form(item))


def from_arguments(group: type[Group], arguments: argparse.Namespace) -> Group:
    """The group as a command line has it, the model's default where it has no such option.

    A ConfigError lists every value out of bounds or at odds with another.
    """
    given = {
        item.name: _typed(item.kind, getattr(arguments, item.name))
        for item in settings_of(group)
        if hasattr(arguments, item.name)
    }
    record = group(**given)
    faults = [
        Problem("options", what, column=name, allowed=allowed) for name, what, allowed in faults_of(record)
    ]
    if faults:
        raise ConfigError(faults)
    return record


def from_mapping(group: type[Group], values: Mapping[str, Any]) -> Group:
    """The group as a checked configuration has it: lists as tuples, words as their vocabulary, groups as records."""
    return group(
        **{
            item.name: _typed(item.kind, values[item.name])
            for item in settings_of(group)
            if item.name in values
        }
    )


def faults_of(record: Any) -> Iterator[tuple[str, str, str]]:
    """Name, fault and what is allowed, of each setting that is out of its bounds or at odds with another."""
    for item in settings_of(type(record)):
        value = getattr(record, item.name)
        if (fault := item.fault(value)) is not None:
            yield item.name, fault, f"allowed: {bounds_in_words(item.declared)}"
            continue
        other = item.declared.at_most
        if other is not None and value > getattr(record, other):
            limit = getattr(record, other)
            yield item.name, f"{value:g} is above {other}, {limit:g}", f"allowed: at most {other}"


def bounds_in_words(declared: Setting) -> str:
    """The bounds of a number, e.g. `above 0, at most 1`."""
    limits = (
        ("above", declared.above),
        ("at least", declared.minimum),
        ("below", declared.below),
        ("at most", declared.maximum),
    )
    return ", ".join(f"{word} {limit:g}" for word, limit in limits if limit is not None) or "a number"


def json_schema(group: type) -> dict[str, Any]:
    """The JSON Schema of a group; unit, source and what an empty value means as x-unit, x-source, x-when-empty."""
    return {"description": " ".join((group.__doc__ or "").split("\n\n")[0].split()), **_group_shape(group)}


_JSON_TYPE: dict[Any, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}


def _schema_of(item: DeclaredSetting) -> dict[str, Any]:
    declared = item.declared
    known = {
        "description": declared.meaning,
        "x-unit": declared.unit,
        "x-when-empty": declared.when_empty,
        "x-source": declared.source,
    }
    schema = {key: value for key, value in known.items() if value is not None} | _shape_of(item)
    if item.optional:
        schema["type"] = [schema["type"], "null"]
    if not item.required:
        schema["default"] = _default_of(item)
    if declared.example is not None:
        schema["examples"] = [_plain(declared.example)]
    return schema


def _shape_of(item: DeclaredSetting) -> dict[str, Any]:
    """What values a setting may have."""
    declared = item.declared
    if item.is_group:
        return _group_shape(item.kind)
    if get_origin(item.kind) is Mapping:
        of_groups = is_dataclass(item.item_kind)
        shape_of = _group_shape if of_groups else partial(_scalar_shape, declared=declared, optional=False)
        meaning = {"description": (item.item_kind.__doc__ or "").split("\n")[0]} if of_groups else {}
        return {
            "type": "object",
            "propertyNames": {"pattern": declared.name_pattern},
            "additionalProperties": meaning | shape_of(item.item_kind),
        }
    if item.item_kind is not None:
        shape = {"type": "array", "minItems": declared.min_items, "uniqueItems": declared.unique or None}
        found = {key: value for key, value in shape.items() if value is not None}
        return found | {"items": _scalar_shape(item.item_kind, declared, optional=False)}
    return _scalar_shape(item.kind, declared, optional=item.optional)


def _group_shape(group: Any) -> dict[str, Any]:
    items = settings_of(group)
    required = [item.name for item in items if item.required]
    return {
        "type": "object",
        "additionalProperties": False,
        **({"required": required} if required else {}),
        "properties": {item.name: _schema_of(item) for item in items},
    }


def _scalar_shape(kind: Any, declared: Setting, *, optional: bool) -> dict[str, Any]:
    words = [str(word) for word in kind] if issubclass(kind, StrEnum) else None
    shape = {
        "type": "string" if words else _JSON_TYPE[kind],
        "minLength": declared.min_length,
        "pattern": declared.pattern,
        "x-allowed": declared.allowed,
        "enum": [*words, None] if words and optional else words,
        "x-meant": dict(declared.meant) if declared.meant else None,
        "exclusiveMinimum": _plain(declared.above),
        "minimum": _plain(declared.minimum),
        "exclusiveMaximum": _plain(declared.below),
        "maximum": _plain(declared.maximum),
    }
    return {key: value for key, value in shape.items() if value is not None}


def _default_of(item: DeclaredSetting) -> Any:
    """A default as it is written: of a group nothing, so that those of its settings hold."""
    if item.default is not None and (item.is_group or item.default == {}):
        return {}
    if isinstance(item.default, tuple):
        return [_plain(value) for value in item.default]
    return _plain(item.default)


def _plain(value: Any) -> Any:
    """A value as a person writes it: 3.0 as 3, a word of a vocabulary as text."""
    if isinstance(value, StrEnum):
        return str(value)
    return int(value) if isinstance(value, float) and value == int(value) else value


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if is_dataclass(kind) and isinstance(kind, type):
        return from_mapping(kind, value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    if get_origin(kind) is Mapping:
        return {name: _typed(get_args(kind)[1], item) for name, item in value.items()}
    if get_origin(kind) is tuple:
        return tuple(_typed(get_args(kind)[0], item) for item in value)
    return value


def _form(item: DeclaredSetting) -> dict[str, Any]:
    """How an option's value is written: one of the words of a vocabulary, or a value of the setting's type."""
    if isinstance(item.kind, type) and issubclass(item.kind, StrEnum):
        return {"choices": [str(word) for word in item.kind]}
    return {"type": item.kind, "metavar": {int: "N", float: "X"}.get(item.kind, "VALUE")}
