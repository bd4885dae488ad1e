"""From a study folder and a cohort file to the tables of the reference cohort."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from refractor.background.decoys import DRAWS, decoy_rows
from refractor.background.prevalence import prevalence_rows, reference_answers
from refractor.background.reference_tumors import ReferenceTumors, open_reference_study
from refractor.background.study_folder import read_study_folder
from refractor.errors import ConfigError, Problem
from refractor.evidence.knowledge.knowledge_base import EVIDENCE, knowledge_of
from refractor.evidence.knowledge.rules_in_scope import rules_in_scope, scope_of
from refractor.evidence.polymorphisms import load_polymorphisms
from refractor.results.background_tables import DecoySet, Prevalence
from refractor.settings.config import SHIPPED_COHORT, load_cohort

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRequest:
    """What is asked: a study folder, `COLUMN=VALUE` of the tumours to count, the cohort file, own rules."""

    folder: Path
    keep: Sequence[str] = ()
    cohort: Path = SHIPPED_COHORT
    own_rules: tuple[Path, ...] = ()
    draws: int = DRAWS


def measure_background(asked: ReferenceRequest) -> tuple[list[Prevalence], list[DecoySet]]:
    """Prevalences of the rules and sets of random genes in their place.

    Raises:
        InputError: the folder or one of its files is unusable.
    """
    opened = open_reference_study(read_study_folder(asked.folder, keep=keep_of(asked.keep)))
    panel = opened.panel
    knowledge = knowledge_of(panel, EVIDENCE, asked.own_rules)
    cohort = load_cohort(asked.cohort)
    rules = rules_in_scope(knowledge.rules, scope_of(cohort, knowledge.drug_classes))
    tumors = ReferenceTumors(opened, load_polymorphisms(EVIDENCE / "polymorphisms.tsv"))
    found = reference_answers(tumors.findings(), rules, cohort=cohort, panel=panel)
    notes = [f"study {opened.study.name}", *opened.notes]
    if tumors.unreadable:
        notes.append(f"mutations of {len(tumors.unreadable)} tumours could not be read")
    log.info("%s: %d tumours, %d eligible", opened.study.name, len(found.samples), int(found.eligible.sum()))
    named = {rule.gene for rule in rules if rule.gene}
    return list(prevalence_rows(found, notes=notes)), list(
        decoy_rows(found, opened, named=named, draws=asked.draws)
    )


def keep_of(pairs: Sequence[str]) -> dict[str, list[str]]:
    """`COLUMN=VALUE` pairs as a mapping; several values of one column are alternatives."""
    keep: dict[str, list[str]] = {}
    for pair in pairs:
        column, sign, value = pair.partition("=")
        if not sign or not column.strip() or not value.strip():
            raise ConfigError(
                Problem(
                    "background_keep",
                    f"{pair!r} is no COLUMN=VALUE",
                    allowed="e.g. SEX=Female",
                )
            )
        keep.setdefault(column.strip(), []).append(value.strip())
    return keep
