"""An edit of a coding sequence -> its protein change as HGVS writes it.

Rules: HGVS nomenclature 21.1, protein recommendations (den Dunnen 2016, 10.1002/humu.22981): the most 3'
position, duplication before insertion, a stop described as the substitution it is, frameshifts from the first
changed residue. Predicted changes are written without their parentheses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from refractor.genome.amino_acids import ONE_LETTER, STOP, THREE_LETTERS, UNKNOWN, translate


@dataclass(frozen=True, slots=True)
class CodingEdit:
    """Bases [start, end) of the coding sequence replaced by `inserted`; an insertion has start = end."""

    start: int
    end: int
    inserted: str

    @property
    def shift(self) -> int:
        """Bases gained."""
        return len(self.inserted) - (self.end - self.start)


@dataclass(frozen=True, slots=True)
class ProteinConsequence:
    """What an edit does to the protein: one-letter HGVS without `p.`, SO term, and the codons named (from 1).

    `unchanged` are codons between the first and the last whose residue is the reference's, as in R10_G14delinsWAGGI.
    """

    short: str
    term: str
    first_codon: int
    last_codon: int
    unchanged: tuple[int, ...] = ()

    @property
    def hgvs(self) -> str:
        """The change as `p.` with three-letter residues; empty where it cannot be told."""
        return three_letter(self.short) if self.short else ""


def translate_to_stop(bases: str) -> str:
    """Residues up to and with the first stop."""
    residues = translate(bases)
    stop = residues.find(STOP)
    return residues if stop < 0 else residues[: stop + 1]


def three_letter(short: str) -> str:
    """`p.` notation with three-letter residues of a one-letter change: K267Rfs*9 -> p.Lys267ArgfsTer9."""
    for word in ("delins", "ins"):
        if word in short:
            place, residues = short.split(word)
            return "p." + _spell(place) + word + "".join(THREE_LETTERS[one] for one in residues)
    for word in ("fs", "ext"):
        if word in short:
            place, tail = short.split(word)
            return "p." + _spell(place) + word + tail.replace(STOP, "Ter")
    for word in ("del", "dup"):
        if short.endswith(word):
            return "p." + _spell(short.removesuffix(word)) + word
    return "p." + _spell(short)


def one_letter(hgvs: str) -> str:
    """The one-letter change of a `p.` notation, with or without its parentheses and accession."""
    change = hgvs.rpartition(":")[2].removeprefix("p.").strip("()").replace("%3D", "=")
    for three, one in ONE_LETTER.items():
        change = change.replace(three, one)
    return change


def codons_named(short: str) -> tuple[int, int] | None:
    """The first and last codon that a one-letter change names; None where it names none."""
    place = re.split(r"delins|ins|del|dup|fs|ext", short)[0]
    numbers = [int(number) for number in re.findall(r"\d+", place)]
    return (numbers[0], numbers[-1]) if numbers else None


def _spell(place: str) -> str:
    return "".join(THREE_LETTERS.get(letter, letter) for letter in place)


def protein_change(coding: str, downstream: str, edit: CodingEdit) -> ProteinConsequence:
    """The change that `edit` makes to the protein of `coding`, which ends with its stop codon.

    `downstream` is the 3' untranslated sequence, needed where the stop is passed. An unknown base (N) at the
    changed codons makes `short` empty; the SO term then rests on lengths alone. So it is where the coding
    sequence has a stop inside: it is not that of the transcript.
    """
    whole = coding + downstream
    reference = translate(coding)
    altered = translate_to_stop(whole[: edit.start] + edit.inserted + whole[edit.end :])
    first, end = edit.start // 3, max(edit.start // 3 + 1, -(-edit.end // 3))
    broken = STOP in reference[:-1]
    if first == 0 and altered[:1] != reference[:1]:
        return ProteinConsequence("M1?", "start_lost", 1, 1)
    if not edit.shift and reference[first:end] == altered[first:end]:
        known = not broken and UNKNOWN not in reference[first:end]
        return _silent(reference, first, end) if known else _untold(edit, first, end)
    changed = _first_difference(reference, altered)
    if broken or UNKNOWN in reference[first : changed + 1] or UNKNOWN in altered[first : changed + 1]:
        return _untold(edit, first, end)
    if altered == reference:
        return _silent(reference, first, end)
    if edit.shift % 3:
        return _frameshift(reference, altered, changed)
    return _same_frame(reference, altered, changed, edit)


def _same_frame(reference: str, altered: str, changed: int, edit: CodingEdit) -> ProteinConsequence:
    first, end = edit.start // 3, max(edit.start // 3 + 1, -(-edit.end // 3))
    stop_codon = len(reference) - 1
    if len(altered) < len(reference) + edit.shift // 3 and altered.endswith(STOP):
        if altered[changed] == STOP:
            return ProteinConsequence(
                f"{reference[changed]}{changed + 1}*", "stop_gained", changed + 1, changed + 1
            )
        # At a codon border an insertion consumes no residue.
        consumed = first if edit.start == edit.end and edit.start % 3 == 0 else end
        return _in_frame(
            reference, changed, reference[changed:consumed], altered[changed:], term="stop_gained"
        )
    if changed >= stop_codon and edit.end > 3 * stop_codon:
        return _extension(reference, altered)
    old, new = _without_common_end(reference[changed:], altered[changed:])
    if UNKNOWN in old + new:
        return _untold(edit, first, end)
    return _in_frame(reference, changed, old, new)


def _first_difference(one: str, other: str) -> int:
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))


def _without_common_end(old: str, new: str) -> tuple[str, str]:
    shared = 0
    while shared < min(len(old), len(new)) and old[-1 - shared] == new[-1 - shared]:
        shared += 1
    return old[: len(old) - shared], new[: len(new) - shared]


def _untold(edit: CodingEdit, touched_first: int, touched_end: int) -> ProteinConsequence:
    if edit.shift % 3:
        term = "frameshift_variant"
    elif edit.shift:
        term = "inframe_insertion" if edit.shift > 0 else "inframe_deletion"
    else:
        term = "coding_sequence_variant"
    return ProteinConsequence("", term, touched_first + 1, touched_end)


def _silent(reference: str, first: int, end: int) -> ProteinConsequence:
    end = min(end, len(reference))
    place = _place(reference, first, end)
    term = "stop_retained_variant" if STOP in reference[first:end] else "synonymous_variant"
    return ProteinConsequence(f"{place}=", term, first + 1, end)


def _extension(reference: str, altered: str) -> ProteinConsequence:
    stop = len(reference) - 1
    new = altered[stop : stop + 1]
    if not new:
        return ProteinConsequence(f"*{stop + 1}?", "stop_lost", stop + 1, stop + 1)
    further = (
        str(len(altered) - 1 - stop) if altered.endswith(STOP) and UNKNOWN not in altered[stop:] else "?"
    )
    return ProteinConsequence(f"*{stop + 1}{new}ext*{further}", "stop_lost", stop + 1, stop + 1)


def _frameshift(reference: str, altered: str, changed: int) -> ProteinConsequence:
    if changed >= len(reference) - 1:
        return _extension(reference, altered)
    old, new = f"{reference[changed]}{changed + 1}", altered[changed : changed + 1]
    if new == STOP:
        return ProteinConsequence(f"{old}*", "frameshift_variant", changed + 1, changed + 1)
    known = altered.endswith(STOP) and UNKNOWN not in altered[changed:]
    length = str(len(altered) - changed) if known else "?"
    short = f"{old}{new}fs*{length}" if new else f"{old}fs"
    return ProteinConsequence(short, "frameshift_variant", changed + 1, changed + 1)


def _in_frame(
    reference: str, place: int, old: str, new: str, *, term: str | None = None
) -> ProteinConsequence:
    """Residues `old` at `place` (from 0) replaced by `new`, both trimmed, at least one not empty."""
    first, last = place + 1, place + len(old)
    if old and new:
        if len(old) == len(new) == 1:
            return ProteinConsequence(f"{old}{first}{new}", term or "missense_variant", first, first)
        same_length = "missense_variant" if len(old) == len(new) else "protein_altering_variant"
        change = f"{_place(reference, place, place + len(old))}delins{new}"
        unchanged: tuple[int, ...] = ()
        if len(old) == len(new):
            pairs = zip(old, new, strict=True)
            unchanged = tuple(first + index for index, (was, now) in enumerate(pairs) if was == now)
        return ProteinConsequence(change, term or same_length, first, last, unchanged)
    if old:
        change = f"{_place(reference, place, place + len(old))}del"
        return ProteinConsequence(change, term or "inframe_deletion", first, last)
    before = place - len(new)
    if before >= 0 and reference[before:place] == new:
        change = f"{_place(reference, before, place)}dup"
        return ProteinConsequence(change, term or "inframe_insertion", before + 1, place)
    change = f"{reference[place - 1]}{place}_{reference[place]}{place + 1}ins{new}"
    return ProteinConsequence(change, term or "inframe_insertion", place, place + 1)


def _place(reference: str, start: int, end: int) -> str:
    first = f"{reference[start]}{start + 1}"
    return first if end - start == 1 else f"{first}_{reference[end - 1]}{end}"
