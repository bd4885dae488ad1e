"""What lies around one end of a possible junction: fragments over it, where reads are placed well, what else is joined there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.reads.alignment import Alignment
from refractor.reads.sam_flags import MATE_UNMAPPED, NOT_COUNTED, PAIRED, SUPPLEMENTARY
from refractor.variants.files.structural_variants import Breakpoint
from refractor.variants.junctions.read_evidence import Evidence, has_long_gap, pair_evidence
from refractor.variants.junctions.scan import GOOD_MAPPING, FragmentLengths, names_of, parts_of
from refractor.vocabulary import Side

AROUND_BP = 1_000
"""Bases read on both sides of an end: more than the longest usual fragment."""
NEAR_BP = 100
"""Bases around an end in which the placing of reads is judged (our choice)."""
LEAST_OVER = 30
"""Bases that a fragment must have on both sides of a junction to show it: BWA-MEM's least score of a part (-T)."""
BESIDE_BP = (200, 300, 400)
"""How far into the kept side the fragments are counted that stand for the depth at an end (our choice)."""


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """Of one end in one file: intact fragments (starts, ends), evidence of any junction, share of badly placed reads."""

    end: Breakpoint
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    evidence: tuple[Evidence, ...]
    badly_placed: float

    def crossing(self, position: int) -> int:
        """Intact fragments with enough bases on both sides of the border before a position."""
        return int(((self.starts <= position - LEAST_OVER) & (self.ends >= position + LEAST_OVER)).sum())

    @property
    def across(self) -> int:
        """Intact fragments over the breakpoint itself."""
        return self.crossing(self.end.position + (1 if self.end.side is Side.BEFORE else 0))

    def depth_beside(self, junction_fragments: int, lengths: FragmentLengths) -> float:
        """Fragments over a point on the kept side, those of the junction itself put back where they reach it."""
        inward = -1 if self.end.side is Side.BEFORE else 1
        usual = max(lengths.mean - 2 * LEAST_OVER, 1.0)
        counts = [
            self.crossing(self.end.position + inward * away)
            + junction_fragments * max(0.0, usual - away) / usual
            for away in BESIDE_BP
        ]
        return float(np.mean(counts))


def surroundings_of(alignment: Alignment, end: Breakpoint, lengths: FragmentLengths) -> Surroundings:
    """The reads of one file around one end."""
    contigs = names_of(alignment)
    fragments: set[tuple[int, int]] = set()
    evidence: list[Evidence] = []
    near = bad = 0
    low, high = max(0, end.position - AROUND_BP), end.position + AROUND_BP
    for read in alignment.fetch(end.chromosome, low, high):
        flag = read.flag
        if flag & NOT_COUNTED:
            continue
        good = read.mapping_quality >= GOOD_MAPPING
        if abs(read.reference_start - end.position) <= NEAR_BP:
            near += 1
            bad += not good
        if read.has_tag("SA") or has_long_gap(read):
            evidence += parts_of(alignment, read, contigs)
        if not flag & PAIRED or flag & (SUPPLEMENTARY | MATE_UNMAPPED):
            continue
        pair = pair_evidence(read, contigs, longest_fragment=lengths.longest)
        if pair is not None:
            evidence.append(pair)
        elif good and not read.is_reverse and 0 < read.template_length <= lengths.longest:
            fragments.add((read.reference_start, read.reference_start + read.template_length))
    placed = np.array(sorted(fragments), dtype=np.int64).reshape(-1, 2)
    return Surroundings(end, placed[:, 0], placed[:, 1], tuple(evidence), bad / near if near else 0.0)
