"""Protein changes in one-letter HGVS, and the patterns by which rules name them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from refractor.genome.amino_acids import ONE_LETTER, RESIDUES, UNKNOWN

_THREE = re.compile("|".join(name for name, letter in ONE_LETTER.items() if letter != UNKNOWN))
_ONE = f"[{RESIDUES}]"
_RANGE = rf"(?P<ref>{_ONE})(?P<first>[1-9]\d*)(?:_(?P<ref_last>{_ONE})(?P<last>[1-9]\d*))?"
_SUBSTITUTION = re.compile(rf"(?P<ref>{_ONE}|\*)(?P<first>[1-9]\d*)(?P<alt>{_ONE}|\*|=)")
_FRAMESHIFT = re.compile(rf"(?P<ref>{_ONE})(?P<first>[1-9]\d*)(?:{_ONE})?fs(?:(?:\*|X)(?:\d+|\?))?")
_START_LOST = re.compile(r"(?P<ref>M)(?P<first>1)\?")
_EXTENSION = re.compile(rf"(?P<ref>\*)(?P<first>[1-9]\d*)(?:{_ONE})?ext(?:\*(?:\d+|\?))?")
_DELETION = re.compile(_RANGE + "del")
_DUPLICATION = re.compile(_RANGE + "dup")
_INSERTION = re.compile(_RANGE + rf"ins(?P<alt>(?:{_ONE}|\*)+)")
_REPLACEMENT = re.compile(_RANGE + rf"delins(?P<alt>(?:{_ONE}|\*)+)")


class ChangeKind(StrEnum):
    """What a protein change is."""

    SUBSTITUTION = "substitution"
    SYNONYMOUS = "synonymous"
    NONSENSE = "nonsense"
    FRAMESHIFT = "frameshift"
    START_LOST = "start_lost"
    STOP_LOST = "stop_lost"
    DELETION = "deletion"
    DUPLICATION = "duplication"
    INSERTION = "insertion"
    REPLACEMENT = "replacement"


_FORMS: tuple[tuple[re.Pattern[str], ChangeKind], ...] = (
    (_REPLACEMENT, ChangeKind.REPLACEMENT),
    (_DELETION, ChangeKind.DELETION),
    (_DUPLICATION, ChangeKind.DUPLICATION),
    (_INSERTION, ChangeKind.INSERTION),
    (_FRAMESHIFT, ChangeKind.FRAMESHIFT),
    (_START_LOST, ChangeKind.START_LOST),
    (_EXTENSION, ChangeKind.STOP_LOST),
    (_SUBSTITUTION, ChangeKind.SUBSTITUTION),
)

INDEL_CHANGES = frozenset(
    {
        ChangeKind.FRAMESHIFT,
        ChangeKind.DELETION,
        ChangeKind.DUPLICATION,
        ChangeKind.INSERTION,
        ChangeKind.REPLACEMENT,
    }
)
"""Changes that reads show as an insertion or deletion (a replacement mostly)."""

TRUNCATING_CHANGES = frozenset({ChangeKind.NONSENSE, ChangeKind.FRAMESHIFT, ChangeKind.START_LOST})


@dataclass(frozen=True, slots=True)
class ProteinChange:
    """One change of a protein; codons count from 1. `reference` and `reference_last` are the end residues."""

    text: str
    kind: ChangeKind
    first: int
    last: int
    reference: str
    reference_last: str
    alternate: str

    @property
    def key(self) -> tuple[object, ...]:
        """What two notations of one change share.

        A frameshift is its first codon, however its end is written. An insertion whose ends are those of
        the residues before it is the duplication of them: A775_G776insYVMA is Y772_A775dup.
        """
        if self.kind is ChangeKind.FRAMESHIFT:
            return (self.kind, self.first)
        if self.kind is ChangeKind.DUPLICATION:
            return (ChangeKind.DUPLICATION, self.reference, self.first, self.reference_last, self.last)
        if self.kind is ChangeKind.INSERTION and self.alternate[-1] == self.reference:
            start = self.first - len(self.alternate) + 1
            return (ChangeKind.DUPLICATION, self.alternate[0], start, self.reference, self.first)
        return (self.kind, self.reference, self.first, self.reference_last, self.last, self.alternate)


def parse_protein_change(text: str) -> ProteinChange | None:
    """The change that `text` names, with or without `p.` and brackets, in one- or three-letter code; else None."""
    short = short_notation(text)
    for pattern, kind in _FORMS:
        match = pattern.fullmatch(short)
        if match is None:
            continue
        parts = match.groupdict()
        first = int(parts["first"])
        last = int(parts.get("last") or first)
        if last < first:
            return None
        alternate = parts.get("alt") or ""
        return ProteinChange(
            text=short,
            kind=_refined(kind, parts["ref"], alternate),
            first=first,
            last=last,
            reference=parts["ref"],
            reference_last=parts.get("ref_last") or parts["ref"],
            alternate=alternate,
        )
    return None


def short_notation(text: str) -> str:
    """`p.(Gly12Asp)` as `G12D`: HGVS without prefix and brackets, one letter a residue."""
    bare = text.strip().removeprefix("p.").strip("()")
    return _THREE.sub(lambda match: ONE_LETTER[match.group()], bare)


def _refined(kind: ChangeKind, reference: str, alternate: str) -> ChangeKind:
    if kind is not ChangeKind.SUBSTITUTION:
        return kind
    if alternate in ("=", reference):
        return ChangeKind.SYNONYMOUS
    if reference == "*":
        return ChangeKind.STOP_LOST
    return ChangeKind.NONSENSE if alternate == "*" else kind


_LISTED = re.compile(rf"({_ONE}[1-9]\d*)((?:{_ONE}|\*)(?:/(?:{_ONE}|\*))+)")
_CODON = re.compile(rf"({_ONE})([1-9]\d*)")


def expand_listed(token: str) -> tuple[ProteinChange, ...]:
    """The changes of one token of a rule: `G12A/C/D` is three, `I103_K104del` one; none where not in the notation."""
    match = _LISTED.fullmatch(token)
    texts = [match.group(1) + alternate for alternate in match.group(2).split("/")] if match else [token]
    changes = [parse_protein_change(text) for text in texts]
    known = tuple(
        change for change in changes if change is not None and change.kind is not ChangeKind.SYNONYMOUS
    )
    return known if len(known) == len(texts) else ()


def parse_codon(token: str) -> tuple[str, int] | None:
    """The reference residue and number of a codon written `G12`; None where it is not."""
    match = _CODON.fullmatch(token)
    return (match.group(1), int(match.group(2))) if match else None
