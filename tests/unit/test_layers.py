"""The layers of the library: no package circles, and nothing that runs before a label can read an outcome."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
LIBRARY = SCRIPTS / "refractor"
MOST_LINES_OF_A_MODULE = 350
MOST_LINES_OF_A_FUNCTION = 60
TUMOR_STEPS = ("measure_copy_number", "call_variants", "annotate_alterations")


def module_of(path: Path) -> str:
    parts = path.relative_to(SCRIPTS).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path, *, for_types: bool = True) -> Iterator[str]:
    """Modules named by the imports of a file, also those inside functions; `for_types` with those of TYPE_CHECKING."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped: set[ast.AST] = set()
    if not for_types:
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                skipped.update(ast.walk(node))
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


MODULES = {module_of(path): path for path in LIBRARY.rglob("*.py")}


def closure(starts: Iterable[Path]) -> frozenset[str]:
    """Every module of the library that is loaded with the files."""
    seen: set[str] = set()
    ahead = [name for path in starts for name in imports_of(path)]
    while ahead:
        name = ahead.pop()
        if name not in MODULES or name in seen:
            continue
        parts = name.split(".")
        seen.add(name)
        ahead += [".".join(parts[:n]) for n in range(1, len(parts))]
        ahead += imports_of(MODULES[name])
    return frozenset(seen)


def package_of(module: str) -> str:
    """The room: `refractor.reads.depth` is of `reads`, a module beside the rooms is one itself."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else parts[0]


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """Groups of rooms that each import each other, by any way round."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        ahead = list(arrows[start])
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                ahead += arrows.get(name, ())
        return seen

    reach = {name: reached(name) for name in list(arrows)}
    groups = {
        frozenset(other for other in reach if other in reach[name] and name in reach[other])
        for name in reach
        if name in reach[name]
    }
    return sorted(sorted(group) for group in groups)


def test_rooms_are_in_layers() -> None:
    arrows: dict[str, set[str]] = defaultdict(set)
    for name, path in MODULES.items():
        for target in imports_of(path):
            if target in MODULES and package_of(target) != package_of(name):
                arrows[package_of(name)].add(package_of(target))
    assert len(arrows) > 10
    assert circles(arrows) == []


def test_a_circle_would_be_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]


def test_no_two_modules_have_one_name() -> None:
    places = defaultdict(list)
    for path in SCRIPTS.rglob("*.py"):
        if path.stem not in ("__init__", "__main__"):
            places[path.stem].append(str(path.relative_to(SCRIPTS)))
    assert len(places) > 300
    assert [twins for twins in places.values() if len(twins) > 1] == []


def test_modules_fit_a_subject_and_functions_a_screen() -> None:
    """No module of the product over 350 lines, no function over 60 (docstrings aside)."""
    long = []
    for path in SCRIPTS.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > MOST_LINES_OF_A_MODULE:
            long.append(str(path.relative_to(SCRIPTS)))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                first = node.body[0]
                said = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(node) else 0
                if (node.end_lineno or 0) - node.lineno + 1 - said > MOST_LINES_OF_A_FUNCTION:
                    long.append(f"{path.relative_to(SCRIPTS)}:{node.name}")
    assert long == []


@pytest.mark.parametrize("step", TUMOR_STEPS)
def test_a_step_before_the_label_cannot_read_an_outcome(step: str) -> None:
    loaded = closure([SCRIPTS / f"{step}.py"])
    assert len(loaded) > 30
    forbidden = ("refractor.outcomes", "refractor.sheets", "refractor.report")
    assert [name for name in sorted(loaded) if name.startswith(forbidden)] == []


def test_the_flow_of_a_tumor_stands_apart_from_outcomes() -> None:
    loaded = closure((LIBRARY / "tumor").glob("*.py"))
    assert "refractor.tumor.whole" not in closure([SCRIPTS / "annotate_alterations.py"])
    assert not [name for name in loaded if name.startswith(("refractor.outcomes", "refractor.sheets"))]
