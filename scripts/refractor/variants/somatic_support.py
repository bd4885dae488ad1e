"""Whether the tumour's reads show the substitutions of the VCF beside them: a VCF of another tumour must not weigh its copies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from refractor.genome.builds import CHROMOSOMES
from refractor.reads.alignment import Alignment
from refractor.reads.windows import ReadFilter, read_windows
from refractor.reads.windows_to_read import Sites
from refractor.variants.somatic_alleles import SomaticAlleles

MOST_LOOKED_AT = 200
"""Substitutions that are looked for in the reads, evenly over the file."""
LEAST_EXPECTED = 50.0
"""Reads of the alleles that must be expected in all, at the file's VAFs and the reads' depth, before anything can be said."""
AGREEING = (0.7, 1.4)
"""Reads of the alleles seen over those expected: of the same tumour about 1, of another part of it another VAF."""
SURELY_EXPECTED = 7.0
"""Reads of an allele expected from which none seen means that it is not there (a chance of 1 in 1,000)."""
MOST_ABSENT = 0.1
"""Share of the alleles surely expected that may be absent."""


@dataclass(frozen=True, slots=True)
class SomaticSupport:
    """What reads show of a file's substitutions: of `looked_at`, reads of the alleles `expected` and `seen` in all, and of
    `surely_expected` alleles those `absent`."""

    looked_at: int
    expected: float
    seen: int
    surely_expected: int
    absent: int

    @property
    def objection(self) -> str | None:
        """Why the file's VAFs are not those of the reads, in words for qc.tsv; None where they are."""
        if self.expected < LEAST_EXPECTED:
            return f"the reads do not lie over its substitutions ({self.looked_at} looked at), which cannot be held against them"
        if self.absent > MOST_ABSENT * self.surely_expected:
            return (
                f"the reads show nothing of {self.absent} of {self.surely_expected} substitutions that they should show: "
                "it is of another tumour, or of another part of this one"
            )
        if not AGREEING[0] <= self.seen / self.expected <= AGREEING[1]:
            return (
                f"the reads show its alleles {self.seen / self.expected:.2f} times as often as it says: it is of another "
                "sample of this tumour, or of other reads"
            )
        return None


def somatic_support(alignment: Alignment, alleles: SomaticAlleles) -> SomaticSupport | None:
    """What an open file's reads show of the substitutions; None where their bases are not told.

    Raises AlignmentError for a file that breaks off on the way.
    """
    if alleles.bases is None or not len(alleles):
        return None
    place = np.array([CHROMOSOMES.index(name) for name in alleles.chromosome.tolist()])
    _, first = np.unique(place * 10**10 + alleles.position, return_index=True)  # in genome order
    rows = first[np.unique(np.linspace(0, len(first) - 1, min(MOST_LOOKED_AT, len(first))).astype(np.int64))]
    counts = read_windows(alignment, sites_of_alleles(alleles.take(rows)), keep=ReadFilter(repeat_windows=0))
    expected = (alleles.alt[rows] / alleles.depth[rows]) * (counts.snp_depth + counts.other_reads)
    surely = expected >= SURELY_EXPECTED
    return SomaticSupport(
        looked_at=len(rows),
        expected=float(expected.sum()),
        seen=int(counts.alt_reads.sum()),
        surely_expected=int(surely.sum()),
        absent=int((counts.alt_reads[surely] == 0).sum()),
    )


def sites_of_alleles(alleles: SomaticAlleles) -> Sites:
    """Windows of one base each, over the substitutions."""
    n = len(alleles)
    start, bases = alleles.position, alleles.bases
    blank = np.full(n, "")
    return Sites(
        chromosome=alleles.chromosome,
        start=start,
        end=start + 1,
        snp=start,
        ref=blank if bases is None else bases[:, 0],
        alt=blank if bases is None else bases[:, 1],
        rsid=blank,
        gc=np.full(n, np.nan),
        mappability=np.full(n, np.nan),
        kind=np.full(n, "somatic"),
        gene=blank,
        rank=np.arange(n, dtype=np.int64),
    )
