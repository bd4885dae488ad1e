"""The reads behind a statement, compact enough to be shown: bases, qualities and strands of each fragment."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from refractor.files.atomic import write_text
from refractor.genome.intervals import Interval
from refractor.genome.panel import Panel
from refractor.reads.fragments import DELETED, UNKNOWN, UNSEEN, FragmentWindow, ReadFilters, fragments_over
from refractor.reads.panel_coordinates import decode
from refractor.reads.read_table import ReadTable
from refractor.results.variant_tables import CodonStatus
from refractor.variants.codons.codon_alleles import Called
from refractor.vocabulary import Status

FLANK_BP = 10
"""Bases shown on either side."""
MOST_FRAGMENTS = 40
"""Fragments kept of one sample: all that differ from the reference first, then others, evenly drawn."""
LONGEST_BP = 100

SAME, LOW_QUALITY, GAP, NOT_REACHED = ".", "n", "-", " "


@dataclass(frozen=True, slots=True)
class PileupRow:
    """One fragment over the stretch.

    `bases` has one character a place: `.` as the reference, a letter where it differs, `n` too low a quality,
    `-` deleted, blank not reached; `qualities` are Phred + 33; `strand` is +, - or both (*); `insertions` are
    bases put in before a place, as [offset, bases].
    """

    bases: str
    qualities: str
    strand: str
    insertions: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Pileup:
    """A stretch (0-based `start`, bare chromosome) with its reference bases and the fragments of both samples.

    `tumor_fragments` and `normal_fragments` count all there are; without a normal `normal_fragments` is None.
    """

    chromosome: str
    start: int
    reference: str
    tumor_fragments: int
    normal_fragments: int | None
    tumor: tuple[PileupRow, ...]
    normal: tuple[PileupRow, ...]


def pileup_of(
    tumor: ReadTable, normal: ReadTable | None, interval: Interval, *, filters: ReadFilters
) -> Pileup | None:
    """The pileup of an interval with its flanks, a long one cut; None outside what was read."""
    chromosome, start, end = interval
    axis = tumor.axis
    place = axis.place(chromosome, start)
    if place is None:
        return None
    low, high = axis.stretch(place)
    first = max(low, place - FLANK_BP)
    last = min(high, place + min(end - start, LONGEST_BP) + FLANK_BP)
    windows = [
        None if table is None else fragments_over(table, first, last, filters=filters)
        for table in (tumor, normal)
    ]
    rows = [() if window is None else _rows(window, axis.letters(first, last)) for window in windows]
    return Pileup(
        chromosome=chromosome,
        start=start - (place - first),
        reference=axis.letters(first, last),
        tumor_fragments=0 if windows[0] is None else len(windows[0]),
        normal_fragments=None if windows[1] is None else len(windows[1]),
        tumor=rows[0],
        normal=rows[1],
    )


def _rows(window: FragmentWindow, reference: str) -> tuple[PileupRow, ...]:
    rows = []
    for number in range(len(window)):
        shown = window.shown[number]
        letters = decode(np.where(shown == DELETED, UNKNOWN, shown).astype(np.uint8))
        bases = "".join(
            _character(int(code), letter, known)
            for code, letter, known in zip(shown, letters, reference, strict=True)
        )
        strands = window.forward[number], window.reverse[number]
        rows.append(
            PileupRow(
                bases=bases.rstrip(),
                qualities=(window.qualities[number] + 33).tobytes().decode("ascii").rstrip("!"),
                strand="*" if all(strands) else "+" if strands[0] else "-",
                insertions=tuple(
                    (indel.place - window.start, indel.inserted)
                    for indel in window.indels.get(number, ())
                    if indel.inserted
                ),
            )
        )
    differing = [row for row in rows if row.insertions or set(row.bases) - {SAME, LOW_QUALITY, NOT_REACHED}]
    same = [row for row in rows if row not in differing]
    room = max(0, MOST_FRAGMENTS - len(differing))
    step = max(1, -(-len(same) // room)) if room else 0
    return tuple(differing[:MOST_FRAGMENTS] + (same[::step] if step else []))


def _character(code: int, letter: str, reference: str) -> str:
    if code == UNSEEN:
        return NOT_REACHED
    if code == DELETED:
        return GAP
    if code == UNKNOWN:
        return LOW_QUALITY
    return SAME if letter == reference else letter


@dataclass(frozen=True, slots=True)
class NamedPileup:
    """A pileup and what it stands behind: a variant or a codon of a gene, with its verdict."""

    gene: str
    name: str
    verdict: str
    pileup: Pileup


def named_pileups(
    pileup: Callable[[str, int, int], Pileup | None],
    called: Sequence[Called],
    verdicts: Sequence[CodonStatus],
    *,
    panel: Panel,
) -> list[NamedPileup]:
    """The pileup of every reported variant of a gene, and of every decisive codon that is called wild-type."""
    shown = []
    for observation, consequence in called:
        variant = observation.variant
        if consequence is None or observation.filters:
            continue
        name = consequence.protein_change or consequence.hgvs_c or str(variant)
        verdict = "inherited" if observation.germline_likely else "mutated"
        reads = pileup(variant.chromosome, variant.position, variant.end)
        if reads is not None:
            shown.append(NamedPileup(consequence.gene, name, verdict, reads))
    wild_type = {(v.gene, v.codon) for v in verdicts if v.status is Status.WILD_TYPE}
    for codon in panel.decisive_codons:
        if (codon.gene, codon.codon) in wild_type and max(codon.positions) - min(
            codon.positions
        ) < LONGEST_BP:
            reads = pileup(codon.chromosome, min(codon.positions), max(codon.positions) + 1)
            if reads is not None:
                name = f"{codon.amino_acid}{codon.codon}"
                shown.append(NamedPileup(codon.gene, name, "wild_type", reads))
    return shown


def write_pileups(path: str | Path, sample: str, pileups: Sequence[NamedPileup], *, synthetic: bool) -> None:
    """Write the pileups of one sample as JSON: {"sample", "synthetic", "pileups": [{"gene", "name", ...}]}."""
    entries = [
        {"gene": named.gene, "name": named.name, "verdict": named.verdict, **asdict(named.pileup)}
        for named in pileups
    ]
    content = {"sample": sample, "synthetic": synthetic, "pileups": entries}
    write_text(path, json.dumps(content, separators=(",", ":")) + "\n")
