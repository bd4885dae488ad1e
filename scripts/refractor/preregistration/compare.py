"""A run beside its preregistration: every difference, and each tumour judged again by what was frozen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refractor.errors import TableError
from refractor.evidence.knowledge.knowledge_base import EVIDENCE, knowledge_of
from refractor.evidence.knowledge.rules import Rule
from refractor.evidence.knowledge.rules_in_scope import rules_in_scope, scope_of
from refractor.genome.builds import LATEST_BUILD
from refractor.genome.panel import load_panel
from refractor.preregistration.frozen import Frozen, code_of_steps, settings_of_run, unpacked
from refractor.preregistration.since import Judged, changed_labels, differences
from refractor.results.evidence_tables import LABEL, RULES, ReportedRule
from refractor.results.preregistration_tables import SinceFrozen
from refractor.settings.config import load_cohort
from refractor.sheets import SampleRow
from refractor.tumor.annotation import annotate
from refractor.tumor.annotation_folder import read_tumor_records
from refractor.tumor.evidence_sources import EvidenceSources
from refractor.tumor.inputs import Tumor
from refractor.vocabulary import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The preregistration and the run: its cohort file, own rules, configuration and tumours' folders."""

    frozen: Frozen
    cohort: Path
    cohort_name: str
    own_rules: tuple[Path, ...]
    config: Mapping[str, Any]
    samples_dir: Path
    unpack_in: Path


def compare(asked: Comparison, rows: Sequence[SampleRow]) -> list[SinceFrozen]:
    """SINCE_FROZEN.

    Raises:
        InputError: the frozen rules or cohort file cannot be read by this version.
    """
    cohort, evidence, own = unpacked(asked.frozen, asked.unpack_in, asked.cohort_name)
    then = EvidenceSources(cohort=cohort, rules=evidence, own_rules=own)
    scopes = (_in_scope(then), _in_scope(EvidenceSources(cohort=asked.cohort, own_rules=asked.own_rules)))
    found = list(
        differences(
            asked.frozen,
            cohort=asked.cohort_name,
            rules=scopes,
            cohort_text=asked.cohort.read_text(encoding="utf-8"),
            settings=settings_of_run(asked.config),
            code=code_of_steps(),
        )
    )
    judge = any(row.kind in ("rule", "cohort") for row in found)
    if judge or asked.frozen.labels:
        now = {row.sample: _judged_now(asked.samples_dir / row.sample) for row in rows}
        before = (
            {row.sample: _judged_then(row, asked.samples_dir / row.sample, then) for row in rows}
            if judge
            else now
        )
        found += changed_labels(asked.frozen.labels, before, now, changed=tuple(found))
    return found


def _in_scope(sources: EvidenceSources) -> tuple[Rule, ...]:
    knowledge = knowledge_of(load_panel(LATEST_BUILD), sources.rules or EVIDENCE, sources.own_rules)
    return rules_in_scope(knowledge.rules, scope_of(load_cohort(sources.cohort), knowledge.drug_classes))


def _judged_now(folder: Path) -> Judged:
    labels = LABEL.records(folder / LABEL.name)
    if len(labels) != 1:
        raise TableError(f"{folder / LABEL.name}: {len(labels)} rows, not one")
    return Judged(str(labels[0].label), _found(RULES.records(folder / RULES.name)))


def _judged_then(row: SampleRow, folder: Path, sources: EvidenceSources) -> Judged:
    """The tumour's findings, as they stand in its folder, by the frozen rules; an unusable file is as in the run."""
    junctions = None if row.structural_variants is None else Path(row.structural_variants)
    annotation = annotate(
        Tumor(sample=row.sample, structural_variants=junctions),
        read_tumor_records(folder),
        sources=sources,
        record_failures=True,
    )
    return Judged(str(annotation.label.label), _found(annotation.rules))


def _found(rules: Iterable[ReportedRule]) -> frozenset[str]:
    return frozenset(rule.rule_id for rule in rules if rule.result is Result.FOUND)
