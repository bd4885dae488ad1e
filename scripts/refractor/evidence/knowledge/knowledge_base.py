"""The knowledge base: reading its rows, with every problem named by file, line and remedy."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refractor.errors import KnowledgeBaseError, Problem
from refractor.evidence.events.event import Asked, Event, NotationError
from refractor.evidence.events.known_events import EVENTS
from refractor.evidence.events.unreadable import Unreadable
from refractor.evidence.knowledge.rule_checks import contradictions, faults_of
from refractor.evidence.knowledge.rules import Rule
from refractor.files.digests import content_digest
from refractor.files.resources import RESOURCES
from refractor.files.tabular import read_rows
from refractor.genome.panel import Panel
from refractor.settings.schemas import load_schema
from refractor.vocabulary import Direction, Observability, Tier

if TYPE_CHECKING:
    import jsonschema

EVIDENCE = RESOURCES / "evidence"


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """All rules, class of each drug, family of each drug and class, version (newest date and content digest)."""

    rules: tuple[Rule, ...]
    drug_classes: Mapping[str, str]
    drug_families: Mapping[str, str]
    version: str


def knowledge_of(panel: Panel, directory: Path = EVIDENCE, own_rules: Sequence[Path] = ()) -> KnowledgeBase:
    """The knowledge base in `directory` with the user's `own_rules`, checked against the genes of the panel.

    Raises:
        KnowledgeBaseError: every problem of every row, with file, line and remedy.
    """
    genes = panel.rule_genes
    sites = {site.gene: "" for site in panel.germline_sites}
    return load_knowledge_base(
        directory,
        transcripts={**sites, **{symbol: gene.transcript for symbol, gene in genes.items()}},
        protein_lengths={symbol: gene.protein_length for symbol, gene in genes.items()},
        outside_panel=(sites.keys() | genes.keys()) - panel.genes.keys(),
        own_rules=own_rules,
    )


def load_knowledge_base(
    directory: Path = EVIDENCE,
    *,
    transcripts: Mapping[str, str],
    protein_lengths: Mapping[str, int] | None = None,
    outside_panel: Collection[str] = (),
    own_rules: Sequence[Path] = (),
) -> KnowledgeBase:
    """The knowledge base in `directory` (rules/*.tsv, drugs.tsv) with the user's `own_rules`, checked.

    A rule of `own_rules` stands in the place of the shipped one with its id; the version counts both.

    `transcripts` maps the panel's genes to their MANE Select transcript (with or without version),
    `protein_lengths` to their residues; without it codons beyond the protein go unseen. `outside_panel` are those of
    them of which neither copies nor small variants are told.

    Raises:
        KnowledgeBaseError: every problem of every row, with file, line and remedy.
    """
    problems: list[Problem] = []
    files = sorted((directory / "rules").glob("*.tsv"))
    if not files:
        raise KnowledgeBaseError(
            Problem(
                directory / "rules", "holds no *.tsv of rules", allowed="give the folder resources/evidence"
            )
        )
    drugs = _read_drugs(directory / "drugs.tsv", problems)
    targets = _read_targets(directory / "mechanisms.tsv", problems)

    def rules_of(paths: Iterable[Path]) -> list[Rule]:
        return [
            rule
            for path in paths
            for rule in _read_rules(
                path,
                problems,
                transcripts=transcripts,
                drugs=drugs,
                protein_lengths=protein_lengths or {},
                outside_panel=outside_panel,
                targets=targets,
            )
        ]

    shipped, own = rules_of(files), rules_of(own_rules)
    in_place = {rule.rule_id for rule in own} & {rule.rule_id for rule in shipped}
    rules = [rule for rule in shipped if rule.rule_id not in in_place] + own
    classes = {drug: drug_class for drug, (drug_class, _) in drugs.items()}
    problems += contradictions(rules, classes)
    if problems:
        raise KnowledgeBaseError(problems)
    families = {word: family for drug, (drug_class, family) in drugs.items() for word in (drug, drug_class)}
    version = knowledge_base_version(directory)
    if own_rules:
        names = ", ".join(path.name for path in own_rules)
        digest = hashlib.sha256(b"".join(path.read_bytes() for path in own_rules)).hexdigest()[:16]
        version += f" with {names}+{digest} ({len(own)} rules; in place of shipped ones: {', '.join(sorted(in_place)) or 'none'})"
    return KnowledgeBase(tuple(rules), classes, families, version)


def knowledge_base_version(directory: Path = EVIDENCE) -> str:
    """The newest date of a row and the digest of all tables in `directory`, e.g. `2026-11-22+2388dde72fb65ece`."""
    dates = []
    for file in (directory / "rules").glob("*.tsv"):
        header, rows = read_rows(file, [])
        dates += [cells["date"] for _, cells in rows if "date" in header]
    return f"{max(dates, default='undated')}+{content_digest(sorted(directory.rglob('*.tsv')), directory)}"


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    loaded = copy.deepcopy(load_schema("evidence"))
    loaded["properties"]["event_type"]["enum"] = list(EVENTS)
    return loaded


def _read_drugs(path: Path, problems: list[Problem]) -> dict[str, tuple[str, str]]:
    """Class and family by drug."""
    header, rows = read_rows(path, problems)
    needed = ("drug", "drug_class", "family", "civic_name")
    missing = [name for name in needed if name not in header]
    if header and missing:
        what = f"lacks the columns {', '.join(missing)}"
        problems.append(Problem(path, what, line=1, allowed=", ".join(needed)))
        return {}
    return {cells["drug"]: (cells["drug_class"], cells["family"]) for _, cells in rows}


def _read_targets(path: Path, problems: list[Problem]) -> dict[str, str]:
    """The gene that drugs aim at, by the mechanisms that are about one such gene."""
    _, rows = read_rows(path, problems)
    return {cells["mechanism"]: cells["target"] for _, cells in rows if cells.get("target")}


def _read_rules(
    path: Path,
    problems: list[Problem],
    *,
    transcripts: Mapping[str, str],
    drugs: Mapping[str, tuple[str, str]],
    protein_lengths: Mapping[str, int],
    outside_panel: Collection[str],
    targets: Mapping[str, str],
) -> list[Rule]:
    import jsonschema  # noqa: PLC0415

    header, rows = read_rows(path, problems)
    if not header:
        return []
    known_drugs = {word for drug, (drug_class, _) in drugs.items() for word in (drug, drug_class)}
    properties = _schema()["properties"]
    columns = list(properties)
    missing = [
        name for name in columns if name not in header and not properties[name].get("x-may-lack", False)
    ]
    unknown = [name for name in header if name not in columns]
    if missing or unknown:
        for names, what in ((missing, "lacks the columns"), (unknown, "has unknown columns")):
            if names:
                problems.append(
                    Problem(path, f"{what} {', '.join(names)}", line=1, allowed=", ".join(columns))
                )
        return []
    validator = jsonschema.Draft202012Validator(_schema())
    rules = []
    for line, cells in rows:
        filled = {name: value for name, value in cells.items() if value}
        faults = [_schema_problem(path, line, error) for error in validator.iter_errors(filled)]
        if not faults:
            rule = _rule_of(cells, path.name, line)
            faults = list(
                faults_of(
                    rule,
                    path,
                    transcripts=transcripts,
                    known_drugs=known_drugs,
                    protein_lengths=protein_lengths,
                    outside_panel=outside_panel,
                    targets=targets,
                )
            )
            if not faults:
                rules.append(rule)
        problems += faults
    return rules


def _schema_problem(path: Path, line: int, error: jsonschema.ValidationError) -> Problem:
    if error.validator == "required":
        return Problem(
            path, "is empty", line=line, column=error.message.split("'")[1], allowed="fill the cell"
        )
    column = str(error.absolute_path[0]) if error.absolute_path else ""
    rule: dict[str, Any] = _schema()["properties"].get(column, {})
    allowed = ", ".join(rule["enum"]) if "enum" in rule else str(rule.get("description", ""))
    if "pattern" in rule:
        allowed += f" ({rule['pattern']})"
    what = f"{error.instance!r} is not allowed" if error.validator in ("enum", "pattern") else error.message
    return Problem(path, what, line=line, column=column or None, allowed=allowed)


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _event_of(cells: Mapping[str, str]) -> Event:
    """What the row asks for, parsed; an Unreadable with the tokens that are not in the notation."""

    def copies(name: str) -> float | None:
        return float(cells[name]) if cells[name] else None

    kind = EVENTS[cells["event_type"]]
    asked = Asked(
        gene=cells["gene"],
        tokens=_list(cells["match"]),
        transcript=cells["transcript"] or None,
        min_copies=copies("min_copies"),
        max_copies=copies("max_copies"),
        clonality_required=cells["clonality_required"] == "yes",
    )
    try:
        return kind.parse(asked)
    except NotationError as error:
        return Unreadable(asked.gene, asked.tokens, kind, error.tokens)


def _rule_of(cells: Mapping[str, str], file: str, line: int) -> Rule:
    return Rule(
        rule_id=cells["rule_id"],
        gene=cells["gene"] or None,
        event=_event_of(cells),
        match=_list(cells["match"]),
        transcript=cells["transcript"] or None,
        direction=Direction(cells["direction"]),
        tier=Tier(cells["tier"]),
        mechanism=cells["mechanism"],
        statement=cells["statement"],
        drug_scope=_list(cells["drug_scope"]),
        disease_scope=_list(cells["disease_scope"]),
        pmids=_list(cells["pmids"]),
        civic_eids=_list(cells["civic_eids"]),
        other_sources=_list(cells["other_sources"]),
        conflicting=cells["conflicting"] == "yes",
        conflicting_alleles=_list(cells.get("conflicting_alleles", "")),
        evidence_for=cells["evidence_for"],
        evidence_against=cells["evidence_against"],
        observability=Observability(cells["observability"]),
        note=cells["note"],
        verified=cells["verified"] == "yes",
        curator=cells["curator"],
        date=cells["date"],
        file=file,
        line=line,
    )
