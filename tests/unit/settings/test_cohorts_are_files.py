"""No module of the library knows a cohort by name: drugs and diseases stand in files, not in the code.

Genes: tests/unit/test_gene_words.py.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

LITERAL = re.compile(r"[a-z]{3,}mab\b|[a-z]{3,}tinib\b|colorectal|^17$", re.IGNORECASE)

ALLOWED = {
    "genome/builds.py": "17 is a chromosome among all chromosomes, with its length",
    "settings/config.py": "an example of a key that studies of cBioPortal have",
    "settings/configuration.py": "the same",
    "settings/cohort.py": "an example in the manual",
    "new_trial/draft_cohort.py": "an example of the option --cohort",
}
"""Modules that may hold such a word outside docstrings and comments, and why."""


def words_of(path: Path) -> list[str]:
    """Texts of a module that are no docstrings, and do not name a column or key in small letters."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in bare
        and not re.fullmatch(r"[a-z][a-z0-9_]*", node.value)
    ]


def test_no_module_knows_a_cohort(project: Path) -> None:
    library = project / "scripts" / "refractor"
    modules = sorted(library.rglob("*.py"))
    assert len(modules) > 150
    found = {
        str(path.relative_to(library)): [word for word in words_of(path) if LITERAL.search(word)]
        for path in modules
    }
    found = {name: words for name, words in found.items() if words}
    assert {name: words for name, words in found.items() if name not in ALLOWED} == {}


@pytest.mark.parametrize("name", ALLOWED)
def test_every_exception_is_needed(project: Path, name: str) -> None:
    path = project / "scripts" / "refractor" / name
    assert any(LITERAL.search(word) for word in words_of(path)), f"{name} is clean: take it off the list"
