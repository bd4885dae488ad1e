"""CIViC's molecular profiles: what they name, joined by AND, OR and NOT, and whether a tumour has it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from refractor.evidence.alterations import Alteration
from refractor.evidence.events.biallelic_loss import BiallelicLoss
from refractor.evidence.events.low_copy_number import LowCopyNumber
from refractor.evidence.lookups import RuleResult
from refractor.genome.hgvs_notation import (
    TRUNCATING_CHANGES,
    ChangeKind,
    ProteinChange,
    expand_listed,
    parse_codon,
    parse_protein_change,
)


class Fit(StrEnum):
    """How closely a profile names an alteration; best first."""

    EXACT = "exact"
    CODON = "codon"
    REGION = "region"
    EVENT = "event"
    GENE = "gene"


@dataclass(frozen=True, slots=True)
class Known:
    """One alteration of the tumour as profiles see it.

    `change` is its protein change; `events` are words of events that it is: amplification, loss, fusion;
    `is_driver` says that a rule of the knowledge base names it, so that `PIK3CA Mutation` may mean it.
    """

    alteration: Alteration
    change: ProteinChange | None
    events: frozenset[str]
    is_driver: bool


@dataclass(frozen=True, slots=True)
class Region:
    """Codons and the kind of change that a civic name stands for."""

    first: int
    last: int
    kind: str


Names = Mapping[tuple[str, str], Region]
"""Names of exons and domains by gene and lower-case name."""

_EVENT_WORDS = {
    "amplification": "amplification",
    "loss": "loss",
    "deletion": "loss",
    "loss-of-function": "loss",
    "loss of function": "loss",
    "deleterious mutation": "loss",
    "fusion": "fusion",
    "rearrangement": "fusion",
}
_SUFFIX_CASE = re.compile(r"(delins|del|dup|ins|fs)", re.I)


def fits_of(profile: str, known: Sequence[Known], names: Names) -> dict[int, Fit]:
    """How the profile fits the tumour: index into `known` to the closest fit; empty where it does not hold.

    A profile of several parts holds as a whole or not at all; NOT holds where the part is not found.
    """
    held, fits = _expression(_words(profile), known, names)
    return fits if held else {}


def is_understood(profile: str, names: Names) -> bool:
    """Whether every part of the profile is a name that could be matched at all."""
    return all(_reading(atom, names) is not None for atom in _atoms(profile))


def _atoms(profile: str) -> list[str]:
    parts = re.split(r"\s+(?:AND|OR)\s+", profile)
    return [re.sub(r"^(?:\(|NOT\s+)+", "", part).strip() for part in parts]


def _words(profile: str) -> list[str]:
    """Operators, group brackets and atoms, in order. A bracket inside a name belongs to it."""
    tokens: list[str] = []
    for part in re.split(r"\s+(AND|OR)\s+", profile.strip()):
        text = part
        while match := re.match(r"(\(|NOT\s+)", text):
            tokens.append(match.group(1).strip())
            text = text[match.end() :]
        closing = 0
        while text.endswith(")") and text.count(")") > text.count("("):
            text, closing = text[:-1], closing + 1
        tokens.append(text)
        tokens += [")"] * closing
    return tokens


def _expression(tokens: list[str], known: Sequence[Known], names: Names) -> tuple[bool, dict[int, Fit]]:
    """The value of a disjunction of conjunctions, consuming its tokens."""
    held, fits = _conjunction(tokens, known, names)
    while tokens and tokens[0] == "OR":
        tokens.pop(0)
        other_held, other = _conjunction(tokens, known, names)
        fits = (fits if held else {}) | (other if other_held else {})
        held = held or other_held
    return held, fits


def _conjunction(tokens: list[str], known: Sequence[Known], names: Names) -> tuple[bool, dict[int, Fit]]:
    held, fits = _part(tokens, known, names)
    while tokens and tokens[0] == "AND":
        tokens.pop(0)
        other_held, other = _part(tokens, known, names)
        held, fits = held and other_held, fits | other
    return held, fits


def _part(tokens: list[str], known: Sequence[Known], names: Names) -> tuple[bool, dict[int, Fit]]:
    if not tokens:
        return False, {}
    token = tokens.pop(0)
    if token == "NOT":
        return not _part(tokens, known, names)[0], {}
    if token == "(":
        value = _expression(tokens, known, names)
        if tokens and tokens[0] == ")":
            tokens.pop(0)
        return value
    fits = dict(_atom_fits(token, known, names))
    return bool(fits), fits


def _atom_fits(atom: str, known: Sequence[Known], names: Names) -> Iterator[tuple[int, Fit]]:
    reading = _reading(atom, names)
    if reading is None:
        return
    gene, wanted = reading
    for index, item in enumerate(known):
        if item.alteration.gene == gene:
            fit = _fit(item, wanted)
            if fit is not None:
                yield index, fit


Wanted = tuple[ProteinChange, ...] | tuple[tuple[str, int], ...] | Region | str


def _reading(atom: str, names: Names) -> tuple[str, Wanted] | None:
    """The gene and what of it an atom names; None where the name is not understood."""
    gene, _, name = atom.partition(" ")
    if "::" in gene:
        partners = [part for part in gene.split("::") if part != "v"]
        return (partners[-1], "fusion") if partners and name.lower() == "fusion" else None
    name = name.strip()
    region = names.get((gene, name.lower()))
    if region is not None:
        return gene, region
    if name.lower() == "mutation":
        return gene, "mutation"
    if name.lower() in _EVENT_WORDS:
        return gene, _EVENT_WORDS[name.lower()]
    codons = [parse_codon(part) for part in name.split("/")]
    if all(codons):
        return gene, tuple(codon for codon in codons if codon)
    changes = expand_listed(_SUFFIX_CASE.sub(lambda match: match.group().lower(), name))
    return (gene, changes) if changes else None


def _fit(item: Known, wanted: Wanted) -> Fit | None:
    change = item.change
    if isinstance(wanted, str) and wanted != "mutation":
        return Fit.EVENT if wanted in item.events else None
    if change is None:
        return None
    if isinstance(wanted, str):
        return Fit.GENE if item.is_driver else None
    if isinstance(wanted, Region):
        return Fit.REGION if _in_region(change, wanted) else None
    fits = (_fit_of_one(change, one) for one in wanted)
    return next((fit for fit in fits if fit is not None), None)


def _fit_of_one(change: ProteinChange, wanted: ProteinChange | tuple[str, int]) -> Fit | None:
    if isinstance(wanted, ProteinChange):
        return Fit.EXACT if wanted.key == change.key else None
    return Fit.CODON if change.kind is ChangeKind.SUBSTITUTION and change.first == wanted[1] else None


def _in_region(change: ProteinChange, region: Region) -> bool:
    if change.last < region.first or region.last < change.first:
        return False
    if change.kind in TRUNCATING_CHANGES:
        return False
    kinds = {
        "missense": {ChangeKind.SUBSTITUTION, ChangeKind.REPLACEMENT},
        "inframe_insertion": {ChangeKind.INSERTION, ChangeKind.DUPLICATION, ChangeKind.REPLACEMENT},
        "inframe_deletion": {ChangeKind.DELETION, ChangeKind.REPLACEMENT},
    }
    return region.kind == "any" or change.kind in kinds[region.kind]


def known_alterations(alterations: Sequence[Alteration], answers: Sequence[RuleResult]) -> tuple[Known, ...]:
    """The alterations and those that rules made, each once, as profiles see them.

    What a rule names may be meant by `PIK3CA Mutation`; what a rule of loss names, by `PTEN Loss`. Inherited and
    filtered variants are left out.
    """
    matches = [match for answer in answers for match in answer.matches]
    named = [match for match in matches if not isinstance(match.rule.event, LowCopyNumber)]
    drivers = {_place(match.alteration) for match in named}
    losses = {_place(match.alteration) for match in named if isinstance(match.rule.event, BiallelicLoss)}
    unique = {_place(item): item for item in (*alterations, *(match.alteration for match in matches))}
    return tuple(
        Known(
            alteration=alteration,
            change=parse_protein_change(alteration.name),
            events=_events(alteration, losses),
            is_driver=place in drivers,
        )
        for place, alteration in unique.items()
        if not alteration.inherited and not alteration.filtered
    )


def _place(alteration: Alteration) -> tuple[str, str]:
    return alteration.gene, alteration.name


def _events(alteration: Alteration, losses: Collection[tuple[str, str]]) -> frozenset[str]:
    words = set()
    if alteration.kind == "amplification" and alteration.name == "amplification":
        words.add("amplification")
    if alteration.kind == "structural_variant":
        words.add("fusion")
    if alteration.kind == "deep_deletion" or _place(alteration) in losses:
        words.add("loss")
    return frozenset(words)
