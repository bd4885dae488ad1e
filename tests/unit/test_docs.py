"""The documentation's lists are whole."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_every_decision_is_in_the_list_of_decisions() -> None:
    decisions = sorted(path.name for path in (DOCS / "adr").glob("0*.md"))
    assert len(decisions) >= 11
    listed = (DOCS / "adr" / "README.md").read_text(encoding="utf-8")
    assert [name for name in decisions if f"({name})" not in listed] == []
