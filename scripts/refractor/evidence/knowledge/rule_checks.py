"""What a rule must hold beyond its schema: known genes, notation, sources, no contradiction."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Protocol

from refractor.copynumber.calls.definitions import DEFINITIONS, SENSITIVITY_NAME
from refractor.errors import Problem
from refractor.evidence.knowledge.rules import (
    ANY,
    CODON_EVENTS,
    CODON_FORM,
    HOTSPOT_FORM,
    LOSS_WORDS,
    NEVER_EVIDENCE,
    TOKEN_FORMS,
    EventType,
    Rule,
)
from refractor.genome.hgvs_notation import expand_listed, parse_codon
from refractor.vocabulary import Direction, Tier


class _Problem(Protocol):
    def __call__(self, column: str, what: str, remedy: str) -> Problem: ...


SAME_WORD = 0.9
"""Likeness (0-1, difflib) from which two names of diseases are one with a slip of the pen (our choice)."""

_WITHOUT_GENE = frozenset({EventType.SIGNATURE, EventType.CLINICAL})
_SPANNED = frozenset(
    {
        EventType.SPLICE,
        EventType.INTRAGENIC_DELETION,
        EventType.INTRAGENIC_DUPLICATION,
        EventType.FUSION,
    }
)
_NUMBERED = CODON_EVENTS | {EventType.BIALLELIC_LOSS, EventType.TRUNCATION}


def faults_of(
    rule: Rule,
    path: Path,
    *,
    transcripts: Mapping[str, str],
    known_drugs: Collection[str],
    protein_lengths: Mapping[str, int],
) -> Iterator[Problem]:
    """Every problem of one rule that the schema cannot see; a gene without a length is not checked for it."""

    def problem(column: str, what: str, remedy: str) -> Problem:
        return Problem(path, f"{rule.rule_id}: {what}", line=rule.line, column=column, allowed=remedy)

    if not (rule.pmids or rule.civic_eids or rule.other_sources):
        yield problem("pmids", "a rule without a source", "fill pmids, civic_eids or other_sources")
    if rule.conflicting and not rule.evidence_against:
        yield problem(
            "evidence_against", "conflicting evidence without its other side", "say what speaks against it"
        )
    if rule.direction is Direction.CONTEXT and rule.tier is not Tier.R5:
        yield problem("tier", f"context of tier {rule.tier}", "context is R5, it never explains")
    if rule.tier is Tier.R5 and rule.direction is not Direction.CONTEXT:
        yield problem(
            "direction", f"{rule.direction} of tier R5", "R5 never explains, its direction is context"
        )
    if rule.gene in NEVER_EVIDENCE and rule.direction is not Direction.CONTEXT:
        yield problem("gene", f"{rule.gene} is never evidence", "direction context, tier R5")
    if rule.event_type is EventType.LOW_COPY_NUMBER and rule.max_copies is None:
        yield problem("max_copies", "low_copy_number without a limit", "fill max_copies")
    known = {*known_drugs, ANY}
    for word in rule.drug_scope:
        if word not in known:
            yield problem("drug_scope", f"unknown drug or class {word!r}", _nearest(word, known, "drugs.tsv"))
    yield from _gene_faults(rule, problem, transcripts)
    yield from _match_faults(rule, problem)
    yield from _definition_faults(rule, problem)
    length = protein_lengths.get(rule.gene or "")
    last = max(_numbered_codons(rule), default=0)
    if length is not None and last > length:
        what = f"codon {last} lies beyond the {length} of {rule.gene}"
        yield problem("match", what, "number the codons on MANE Select")


def _numbered_codons(rule: Rule) -> list[int]:
    if rule.event_type is EventType.BIALLELIC_LOSS:
        return [change.last for change in rule.changes]
    if rule.event_type in _SPANNED:
        return [last for _, last in rule.spans]
    return list(rule.codons)


def _definition_faults(rule: Rule, problem: _Problem) -> Iterator[Problem]:
    known = {definition.name for definition in DEFINITIONS} | {SENSITIVITY_NAME}
    for token in rule.match:
        name = token.removeprefix("definition:")
        if name != token and name not in known:
            yield problem(
                "match", f"unknown definition {name!r}", _nearest(name, known, ", ".join(sorted(known)))
            )


def _gene_faults(rule: Rule, problem: _Problem, transcripts: Mapping[str, str]) -> Iterator[Problem]:
    if rule.gene is None:
        if rule.event_type not in _WITHOUT_GENE:
            yield problem("gene", f"{rule.event_type} without a gene", "an HGNC symbol of the panel")
        return
    mane = transcripts.get(rule.gene)
    if mane is None:
        yield problem(
            "gene", f"unknown gene {rule.gene!r}", _nearest(rule.gene, set(transcripts), "the panel")
        )
    elif rule.event_type in _NUMBERED and rule.transcript is None:
        yield problem("transcript", "codons without a transcript", f"MANE Select {unversioned(mane)}")
    elif rule.transcript is not None and rule.transcript != unversioned(mane):
        what = f"numbered on {rule.transcript}, while the panel's {rule.gene} is {unversioned(mane)}"
        yield problem("transcript", what, "number the codons on MANE Select")


def _match_faults(rule: Rule, problem: _Problem) -> Iterator[Problem]:
    for token in rule.match:
        if rule.event_type is EventType.HOTSPOT:
            good, form = bool(expand_listed(token)), HOTSPOT_FORM
        elif rule.event_type is EventType.CODON:
            good, form = parse_codon(token) is not None, CODON_FORM
        elif rule.event_type is EventType.BIALLELIC_LOSS:
            good = token in LOSS_WORDS or bool(expand_listed(token))
            form = f"{', '.join(sorted(LOSS_WORDS))} or {HOTSPOT_FORM}"
        else:
            pattern, form = TOKEN_FORMS[rule.event_type]
            good = pattern.fullmatch(token) is not None
        if not good:
            yield problem("match", f"{token!r} is not in the notation of {rule.event_type}", form)


def contradictions(rules: Sequence[Rule], drug_classes: Mapping[str, str]) -> list[Problem]:
    """Rules that bear one id, pairs that say the same or opposite things, and words that do not fit the other rows."""
    problems = _residues(rules) + _diseases(rules)
    for first, second in combinations(rules, 2):
        place = f"{first.file}:{first.line}"
        if first.rule_id == second.rule_id:
            what = f"rule_id {second.rule_id} is taken by {place}"
            problems.append(Problem(second.file, what, second.line, "rule_id", "give another letter"))
            continue
        opposite = first.against_the_drug != second.against_the_drug
        if not _same_scope(first, second, drug_classes if opposite else {}):
            continue
        named = _named(first)
        if shared := [text for key, text in _named(second).items() if key in named]:
            word = "contradicts" if opposite else "repeats"
            remedy = (
                "keep one row with conflicting=yes and both sides, or tell the drugs apart"
                if opposite
                else "keep one of the two rows"
            )
            listed = ", ".join(sorted(shared))
            what = f"{second.rule_id} {word} {first.rule_id} ({place}) on {second.gene} {listed}"
            problems.append(Problem(second.file, what, second.line, "match", remedy))
    return problems


def _same_scope(first: Rule, second: Rule, drug_classes: Mapping[str, str]) -> bool:
    """Whether gene, kind of event, drugs and diseases of two rules meet.

    With `drug_classes` a drug meets its class too, unless both rows say that evidence conflicts.
    """
    if (first.gene, first.event_type) != (second.gene, second.event_type):
        return False
    if first.event_type is EventType.LOW_COPY_NUMBER and first.max_copies != second.max_copies:
        return False
    if not _meet(first.disease_scope, second.disease_scope):
        return False
    if _meet(first.drug_scope, second.drug_scope):
        return True
    if first.conflicting and second.conflicting:
        return False
    one, other = ({*r.drug_scope, *(drug_classes.get(d, d) for d in r.drug_scope)} for r in (first, second))
    return bool(one & set(second.drug_scope) or other & set(first.drug_scope))


def _named(rule: Rule) -> dict[object, str]:
    """What a rule names, in its words, by what two notations of one change share."""
    named: dict[object, str] = {}
    for token in rule.match:
        changes = expand_listed(token)
        named |= {change.key: change.text for change in changes} if changes else {token: token}
    return named


def _residues(rules: Sequence[Rule]) -> list[Problem]:
    """Rules that give a codon another residue than an earlier row does: one is numbered on another transcript."""
    problems: list[Problem] = []
    known: dict[tuple[str | None, int], tuple[str, Rule]] = {}
    for rule in rules:
        residues = {c.first: c.reference for c in rule.changes if c.reference != "*"}
        if rule.event_type is EventType.CODON:
            residues = {codon: ref for token in rule.match for ref, codon in [parse_codon(token) or ("", 0)]}
        for codon, residue in residues.items():
            earlier, row = known.setdefault((rule.gene, codon), (residue, rule))
            if earlier != residue:
                what = (
                    f"{rule.rule_id}: {rule.gene} codon {codon} is {residue} here"
                    f" and {earlier} in {row.rule_id} ({row.file}:{row.line})"
                )
                problems.append(
                    Problem(rule.file, what, rule.line, "match", "number the codons on MANE Select")
                )
    return problems


def _diseases(rules: Sequence[Rule]) -> list[Problem]:
    """Diseases written almost as in more rows: such a row would never be in scope."""
    counts = Counter(word for rule in rules for word in rule.disease_scope)
    problems = []
    for rule in rules:
        for word in rule.disease_scope:
            usual = [other for other in counts if counts[other] > counts[word]]
            near = difflib.get_close_matches(word, usual, n=1, cutoff=SAME_WORD)
            if near:
                what = f"{rule.rule_id}: disease {word!r} is written {near[0]!r} elsewhere"
                problems.append(
                    Problem(rule.file, what, rule.line, "disease_scope", f"did you mean {near[0]}?")
                )
    return problems


def _meet(first: Sequence[str], second: Sequence[str]) -> bool:
    return ANY in first or ANY in second or bool(set(first) & set(second))


def unversioned(transcript: str) -> str:
    """A transcript's accession without its version."""
    return transcript.split(".", maxsplit=1)[0]


def _nearest(word: str, known: set[str], where: str) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {close[0]}?" if close else f"one of {where}"
