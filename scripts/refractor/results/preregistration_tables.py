"""What was changed since a preregistration, and which labels changed because of it."""

from __future__ import annotations

from typing import Literal

from refractor.results.records import Chapter, column, record, table_of


@record
class SinceFrozen:
    """One difference between the preregistration and the run, or one label that is another because of them."""

    kind: Literal["preregistration", "rule", "cohort", "setting", "code", "label"] = column(
        "What differs; preregistration: the file itself, always the first row"
    )
    name: str = column("Rule, key of the cohort file, setting, step or sample; the digest of the preregistration")
    change: Literal["frozen", "added", "dropped", "changed"] = column("How it differs")
    before: str | None = column("By the preregistration, of a label also by the run before it; of the preregistration the date", default=None)
    after: str | None = column("In this run", default=None)
    because: str | None = column("Of a label: the rules whose answers differ, and the settings, steps or files by which the findings do; else what it touches", default=None)


SINCE_FROZEN = table_of(
    SinceFrozen, "since_frozen.tsv", step="compare_preregistration", chapter=Chapter.REVIEW
)
