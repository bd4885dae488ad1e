"""Reading YAML that people write by hand, with the line of every key, so that a fault can be pointed at."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from refractor.errors import ConfigError, InputError, Problem
from refractor.files.text import read_hand_written

KeyPath = tuple[str, ...]
"""Where a value stands, e.g. ("calling", "low_vaf"); list positions count from 0."""

_LONGEST_LETTERS = 250_000
"""Ten times the template with all its comments; a tree of more would take seconds to be told too large."""
_MOST_NODES = 20_000
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class YamlFile:
    """The content of one YAML file and the line on which each key stands."""

    path: str
    content: dict[str, Any]
    lines: dict[KeyPath, int]


_TEXT = "tag:yaml.org,2002:str"
_MERGE = "tag:yaml.org,2002:merge"


def read_yaml(path: str | Path, *, what: str) -> YamlFile:
    """The YAML mapping at `path`; ConfigError where it is none, or where it gives a key twice."""
    try:
        text = read_hand_written(path, what=what).text
    except InputError as error:
        raise ConfigError(error.problems) from error
    if len(text) > _LONGEST_LETTERS:
        raise ConfigError(_excess(path))
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        _refuse_excess(path, root)
        content = yaml.load(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise ConfigError(_syntax_problem(path, error)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # ValueError: a date such as 2019-13-40, which YAML takes for a date and Python does not
        what_is_wrong = (
            "nested too deeply" if isinstance(error, RecursionError) else str(error).replace("\n", " ")
        )
        raise ConfigError(Problem(path, f"is not YAML: {what_is_wrong}", allowed="mend it")) from error
    if not isinstance(root, yaml.MappingNode) or not isinstance(content, dict):
        raise ConfigError(
            Problem(path, "has no keys at its top", allowed=f"the {what} is a list of `key: value`")
        )
    lines: dict[KeyPath, int] = {}
    twice = list(_record_lines(path, root, (), lines))
    if twice:
        raise ConfigError(twice)
    return YamlFile(str(path), with_text_keys(content), lines)


def odd_values(content: Any, key: KeyPath = ()) -> Iterator[tuple[KeyPath, str, str]]:
    """Each value no schema catches, with what is wrong and what is allowed: NaN, infinity, control characters."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield from odd_values(value, (*key, str(name)))
    elif isinstance(content, list):
        for position, value in enumerate(content):
            yield from odd_values(value, (*key, str(position)))
    elif isinstance(content, float) and not math.isfinite(content):
        yield key, f"{content} is not a finite number", "allowed: a number"
    elif isinstance(content, str) and not content.isprintable():
        yield key, f"{content!r} holds a line break or another unprintable character", "write it on one line"


def with_text_keys(content: Any) -> Any:
    """`content` with every key of its mappings as text, and dates as ISO text: YAML reads `1:`, `yes:` and 2022-01-31 as
    something else."""
    if isinstance(content, dict):
        return {str(key): with_text_keys(value) for key, value in content.items()}
    if isinstance(content, list):
        return [with_text_keys(value) for value in content]
    return content.isoformat() if isinstance(content, date) else content


def _refuse_excess(path: str | Path, root: yaml.Node | None) -> None:
    """Refuse aliases that go round in a circle, or unfold to far more than a person writes."""
    sizes: dict[int, int] = {}

    def size_of(node: yaml.Node, above: tuple[int, ...]) -> int:
        if id(node) in above or len(above) > _DEEPEST:
            raise ConfigError(
                Problem(
                    path, "is nested too deeply or in a circle", node.start_mark.line + 1, allowed="unfold it"
                )
            )
        if id(node) not in sizes:
            if isinstance(node, yaml.MappingNode):
                children = [part for pair in node.value for part in pair]
            else:
                children = list(node.value) if isinstance(node, yaml.SequenceNode) else []
            sizes[id(node)] = 1 + sum(size_of(child, (*above, id(node))) for child in children)
        return sizes[id(node)]

    if root is not None and size_of(root, ()) > _MOST_NODES:
        raise ConfigError(_excess(path))


def _excess(path: str | Path) -> Problem:
    return Problem(path, "holds far more than a configuration does", allowed="give the right file")


def _record_lines(
    path: str | Path, node: yaml.Node, key: KeyPath, lines: dict[KeyPath, int]
) -> Iterator[Problem]:
    lines.setdefault(key, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for position, child in enumerate(node.value):
            yield from _record_lines(path, child, (*key, str(position)), lines)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: dict[str, int] = {}
    for key_node, child in node.value:
        name, line = _read_as(key_node), key_node.start_mark.line + 1
        if name in seen:
            where = ".".join((*key, str(key_node.value)))
            yield Problem(
                path, f"the key stands on line {seen[name]} already", line, where, "keep one of them"
            )
        seen[name] = line
        lines[(*key, name)] = line
        yield from _record_lines(path, child, (*key, name), lines)


def _read_as(key: yaml.Node) -> str:
    """The text of a key as it is read: `.nan` is nan, `yes` is True."""
    if not isinstance(key, yaml.ScalarNode) or key.tag in (_TEXT, _MERGE):
        return str(key.value)
    return str(yaml.SafeLoader("").construct_object(key))


def _syntax_problem(path: str | Path, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    what = "is not YAML: " + (error.problem or error.context or "cannot be read")
    remedy = "indent with spaces, never tabs" if "'\\t'" in what else "write `key: value`, quote odd text"
    return Problem(path, what, None if mark is None else mark.line + 1, allowed=remedy)
