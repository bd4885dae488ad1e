"""What a rule must hold beyond its schema: known genes, notation, sources, no contradiction."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from string import ascii_uppercase
from typing import Protocol

from refractor.copynumber.calls.definitions import DEFINITIONS, SENSITIVITY_NAME
from refractor.errors import Problem
from refractor.evidence.events.event import Event
from refractor.evidence.events.fusion import Fusion
from refractor.evidence.events.low_copy_number import LowCopyNumber
from refractor.evidence.events.unreadable import Unreadable
from refractor.evidence.knowledge.rules import ANY, NEVER_EVIDENCE, Rule
from refractor.genome.hgvs_notation import parse_codon
from refractor.genome.panel import unversioned
from refractor.vocabulary import Direction, Tier


class _Problem(Protocol):
    def __call__(self, column: str, what: str, remedy: str) -> Problem: ...


SAME_WORD = 0.9
"""Likeness (0-1, difflib) from which two names of diseases are one with a slip of the pen (our choice)."""


def faults_of(
    rule: Rule,
    path: Path,
    *,
    transcripts: Mapping[str, str],
    known_drugs: Collection[str],
    protein_lengths: Mapping[str, int],
    outside_panel: Collection[str],
    targets: Mapping[str, str],
) -> Iterator[Problem]:
    """Every problem of one rule that the schema cannot see; a gene without a length is not checked for it.

    Of genes `outside_panel` neither copies nor small variants are told. `targets` are the genes that drugs aim at, by the mechanisms that are about one of them.
    """

    def problem(column: str, what: str, remedy: str) -> Problem:
        return Problem(path, f"{rule.rule_id}: {what}", line=rule.line, column=column, allowed=remedy)

    if not (rule.pmids or rule.civic_eids or rule.other_sources):
        yield problem("pmids", "a rule without a source", "fill pmids, civic_eids or other_sources")
    if rule.conflicting and not rule.evidence_against:
        yield problem(
            "evidence_against", "conflicting evidence without its other side", "say what speaks against it"
        )
    if foreign := [one for one in rule.conflicting_alleles if not _asked(rule, one)]:
        yield problem(
            "conflicting_alleles",
            f"{', '.join(foreign)}: not asked for by the row",
            "name codons or changes of match, in a row with conflicting=yes",
        )
    if rule.direction is Direction.CONTEXT and rule.tier is not Tier.R5:
        yield problem("tier", f"context of tier {rule.tier}", "context is R5, it never explains")
    if rule.tier is Tier.R5 and rule.direction is not Direction.CONTEXT:
        yield problem(
            "direction", f"{rule.direction} of tier R5", "R5 never explains, its direction is context"
        )
    if rule.gene in NEVER_EVIDENCE and rule.direction is not Direction.CONTEXT:
        yield problem("gene", f"{rule.gene} is never evidence", "direction context, tier R5")
    if isinstance(rule.event, LowCopyNumber) and rule.event.max_copies is None:
        yield problem("max_copies", "low_copy_number without a limit", "fill max_copies")
    known = {*known_drugs, ANY}
    for word in rule.drug_scope:
        if word not in known:
            yield problem("drug_scope", f"unknown drug or class {word!r}", _nearest(word, known, "drugs.tsv"))
    if ANY in rule.drug_scope and rule.mechanism in targets:
        what = f"any drug, though {rule.mechanism} is about drugs that aim at {targets[rule.mechanism]}"
        yield problem("drug_scope", what, "name the drugs or their classes")
    yield from _gene_faults(rule, problem, transcripts)
    yield from _outside_faults(rule, problem, outside_panel)
    yield from _match_faults(rule, problem)
    yield from _definition_faults(rule, problem)
    length = protein_lengths.get(rule.gene or "")
    last = rule.event.last_codon
    if length is not None and last > length:
        what = f"codon {last} lies beyond the {length} of {rule.gene}"
        yield problem("match", what, "number the codons on MANE Select")


def _definition_faults(rule: Rule, problem: _Problem) -> Iterator[Problem]:
    known = {definition.name for definition in DEFINITIONS} | {SENSITIVITY_NAME}
    for name in rule.event.definitions:
        if name not in known:
            yield problem(
                "match", f"unknown definition {name!r}", _nearest(name, known, ", ".join(sorted(known)))
            )


def _gene_faults(rule: Rule, problem: _Problem, transcripts: Mapping[str, str]) -> Iterator[Problem]:
    if rule.gene is None:
        if kind_of(rule).needs_gene:
            yield problem("gene", f"{kind_of(rule).kind} without a gene", "an HGNC symbol of the panel")
        return
    mane = transcripts.get(rule.gene)
    if mane is None:
        yield problem(
            "gene", f"unknown gene {rule.gene!r}", _nearest(rule.gene, set(transcripts), "the panel")
        )
    elif kind_of(rule).needs_transcript and rule.transcript is None:
        yield problem("transcript", "codons without a transcript", f"MANE Select {unversioned(mane)}")
    elif rule.transcript is not None and rule.transcript != unversioned(mane):
        what = f"numbered on {rule.transcript}, while the panel's {rule.gene} is {unversioned(mane)}"
        yield problem("transcript", what, "number the codons on MANE Select")


def _outside_faults(rule: Rule, problem: _Problem, outside_panel: Collection[str]) -> Iterator[Problem]:
    if rule.gene not in outside_panel:
        return
    kind = kind_of(rule)
    if not kind.outside_panel:
        what = f"{kind.kind} of {rule.gene}, a gene outside the panel of which only fusions are told"
        yield problem(
            "gene",
            what,
            "copy its lines of resources/panel/further_genes.tsv into a table, name that as panel",
        )
    elif isinstance(rule.event, Fusion) and rule.event.breaks is None:
        what = (
            f"a fusion of {rule.gene}, a gene outside the panel, without the codons between which it breaks"
        )
        yield problem("match", what, "add breaks:first-last")


def kind_of(rule: Rule) -> type[Event]:
    """The kind of event that the row names, whether or not its text could be read."""
    return rule.event.intended if isinstance(rule.event, Unreadable) else type(rule.event)


def _match_faults(rule: Rule, problem: _Problem) -> Iterator[Problem]:
    if isinstance(rule.event, Unreadable):
        kind = rule.event.intended
        for token in rule.event.bad:
            yield problem("match", f"{token!r} is not in the notation of {kind.kind}", kind.form)


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
        named = first.event.named
        if shared := [text for key, text in second.event.named.items() if key in named]:
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


def _asked(rule: Rule, allele: str) -> bool:
    """Whether a row on which evidence disagrees asks for a change, or for a change of a codon with that residue."""
    codon = parse_codon(allele.rstrip(ascii_uppercase))
    inside = codon is not None and rule.event.residues.get(codon[1]) == codon[0]
    return rule.conflicting and inside


def _same_scope(first: Rule, second: Rule, drug_classes: Mapping[str, str]) -> bool:
    """Whether gene, kind of event, drugs and diseases of two rules meet.

    With `drug_classes` a drug meets its class too, unless both rows say that evidence conflicts.
    """
    if (first.gene, type(first.event)) != (second.gene, type(second.event)):
        return False
    limits = [rule.event.max_copies for rule in (first, second) if isinstance(rule.event, LowCopyNumber)]
    if len(set(limits)) > 1:
        return False
    if not _meet(first.disease_scope, second.disease_scope):
        return False
    if _meet(first.drug_scope, second.drug_scope):
        return True
    if first.conflicting and second.conflicting:
        return False
    one, other = ({*r.drug_scope, *(drug_classes.get(d, d) for d in r.drug_scope)} for r in (first, second))
    return bool(one & set(second.drug_scope) or other & set(first.drug_scope))


def _residues(rules: Sequence[Rule]) -> list[Problem]:
    """Rules that give a codon another residue than an earlier row does: one is numbered on another transcript."""
    problems: list[Problem] = []
    known: dict[tuple[str | None, int], tuple[str, Rule]] = {}
    for rule in rules:
        for codon, residue in rule.event.residues.items():
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


def _nearest(word: str, known: set[str], where: str) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {close[0]}?" if close else f"one of {where}"
