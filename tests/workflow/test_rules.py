"""What each rule has: a log, memory and time that grow, and a tumour's rules one group, one cluster job."""

from __future__ import annotations

import re

import pytest
from small_trial import PROJECT


def rules() -> dict[str, str]:
    """The text of each rule, by its name."""
    found: dict[str, str] = {}
    for path in sorted((PROJECT / "workflow" / "rules").glob("*.smk")):
        parts = re.split(r"^rule (\w+):\n", path.read_text(), flags=re.M)
        found |= dict(zip(parts[1::2], parts[2::2], strict=True))
    return found


def test_a_tumors_rules_and_no_others_are_one_group() -> None:
    of_tumor = {name for name, text in rules().items() if re.search(r"/\{sample\}\.log\"", text)}
    assert of_tumor >= {"measure_copy_number", "call_variants", "annotate_alterations"}
    grouped = {
        name for name, text in rules().items() if re.search(r"^    group:\n        \"tumor\"$", text, re.M)
    }
    assert grouped == of_tumor


@pytest.mark.parametrize("name", sorted(rules()))
def test_a_rule_has_a_log_and_asks_for_memory_and_time_that_grow(name: str) -> None:
    text = rules()[name]
    assert re.search(r"^    log:$", text, re.M)
    assert re.search(r"2> \{log\}", text)
    if "localrule: True" not in text:
        for resource in ("mem_mb", "runtime"):
            (asked,) = re.findall(rf"^        {resource}=(.+),$", text, re.M)
            assert "attempt" in asked or asked in {
                "memory_mb",
                "minutes",
                "cohort_memory_mb",
                "cohort_minutes",
            }


def test_a_tumors_rules_are_measured() -> None:
    grouped = [text for text in rules().values() if "    group:\n" in text]
    assert len(grouped) == 3
    assert all(re.search(r"^    benchmark:$", text, re.M) for text in grouped)
