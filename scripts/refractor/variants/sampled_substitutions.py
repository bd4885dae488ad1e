"""Somatic substitutions in the sampled windows of a tumour and its normal: enough of them to tell a doubling, none to report.

Mismatches (reads/mismatched_bases) that three fragments or more show and no read of the normal propose an allele; both
files are then read at each. How many mistakes would pass by chance follows from how many bases one and two reads show.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.genome.builds import CHROMOSOMES, SEX_CHROMOSOMES
from refractor.reads.alignment import Alignment
from refractor.reads.mismatched_bases import (
    LEAST_BASE_QUALITY,
    LEAST_MAPPING_QUALITY,
    PLACE_BITS,
    MismatchedBases,
    mismatched_bases,
)
from refractor.reads.panel_coordinates import decode
from refractor.reads.windows import ReadFilter, WindowCounts, read_windows
from refractor.reads.windows_to_read import Sites
from refractor.variants.calling.error_rates import LEAST_EXCESS, LEAST_RATIO
from refractor.variants.calling.library_damage import KINDS, DamageKind
from refractor.variants.calling.stray_bases import COMPLEMENT, NUMBER
from refractor.variants.somatic_alleles import SomaticAlleles
from refractor.variants.somatic_support import sites_of_alleles

Ints = NDArray[np.int64]

LEAST_READS, MOST_LEAST_READS = 3, 6
"""Fragments that an allele must have; more where mistakes would pass, and nothing is believed where these do not do."""
MOST_BY_CHANCE = 0.05
"""Share of the alleles that mistakes may be, by twice what evenly spread ones would give."""
LEAST_DEPTH, LEAST_NORMAL_DEPTH = 15, 12
"""Fragments of tumour and normal over a place: an inherited allele hides from 12 with a chance of 1 in 4,000."""
MOST_OTHER = 0.05
"""Share of the fragments that may show a third base."""
APART_BP = 100
"""Proposed alleles closer together than this come from misplaced reads."""
MOST_PROPOSED = 4_000
"""Places at which both files are read again at most, evenly over the windows."""
MOST_BASES = 40_000_000
"""Bases of the windows that are looked at: those of both looks at a BAM; of a CRAM, whose windows are wider, a part."""
LEAST_TAGGED = 0.9
"""Share of the reads that must count their mismatches."""


@dataclass(frozen=True, slots=True)
class SampledSubstitutions:
    """What was found: the alleles (None where they cannot be told), the bases looked at, and what to say of it."""

    alleles: SomaticAlleles | None
    bases: int
    note: str


def sampled_substitutions(tumor: Alignment, normal: Alignment, sites: Sites) -> SampledSubstitutions:
    """The somatic substitutions of the autosomal windows among `sites`, the first by rank where they are long.

    Raises AlignmentError for a file that breaks off on the way.
    """
    looked_at = _first_windows(sites)
    bases = int((looked_at.end - looked_at.start).sum())
    of_tumor = mismatched_bases(tumor, looked_at)
    if (why := _untagged(of_tumor, "tumour")) is not None:
        return SampledSubstitutions(None, bases, why)
    if (why := _damaged(of_tumor)) is not None:
        return SampledSubstitutions(None, bases, why)
    of_normal = mismatched_bases(normal, looked_at)
    if (why := _untagged(of_normal, "normal")) is not None:
        return SampledSubstitutions(None, bases, why)
    found = _Recurrent.of(of_tumor, of_normal)
    least = found.least_reads()
    if least is None:
        why = f"mistakes of the reads are too frequent: {found.twice:,} stray bases are in two reads, {found.once:,} in one"
        return SampledSubstitutions(None, bases, why)
    proposed = found.proposed(least)
    sites_of = sites_of_alleles(proposed)
    keep = ReadFilter(
        min_mapping_quality=LEAST_MAPPING_QUALITY, min_base_quality=LEAST_BASE_QUALITY, repeat_windows=0
    )
    alleles = _believed(
        proposed, read_windows(tumor, sites_of, keep=keep), read_windows(normal, sites_of, keep=keep), least
    )
    return SampledSubstitutions(
        alleles, bases, f"seen in {least} fragments or more and in none of the normal"
    )


def _first_windows(sites: Sites) -> Sites:
    """Autosomal windows, the lowest by rank, of at most MOST_BASES together."""
    autosomal = ~np.isin(sites.chromosome, SEX_CHROMOSOMES)
    order = np.argsort(np.where(autosomal, sites.rank, np.iinfo(np.int64).max), kind="stable")
    along = np.cumsum((sites.end - sites.start)[order])
    taken = order[along <= MOST_BASES]
    return sites.subset(np.sort(taken[autosomal[taken]]))


def _untagged(found: MismatchedBases, file: str) -> str | None:
    """Why a file's reads do not tell their mismatches; None where they do."""
    if not found.reads:
        return f"no read of the {file} is aligned end to end as one match (CIGAR M)"
    if found.tagged_reads >= LEAST_TAGGED * found.reads:
        return None
    return (
        f"{found.reads - found.tagged_reads:,} of {found.reads:,} reads of the {file} do not say how many bases differ "
        "(tag NM): add it with `samtools calmd`"
    )


def _damaged(found: MismatchedBases) -> str | None:
    """Why a damaged library's alleles cannot weigh the copies; None for a sound one.

    Rates are of bases that one read alone shows, as the first mate's strand has them.
    """
    key, first, count = np.unique(found.key, return_index=True, return_counts=True)
    alone = first[count == 1]
    true, wrong = NUMBER[found.reference[alone]], NUMBER[key[count == 1] & 15]
    turned = found.turned[alone]
    true, wrong = np.where(turned, COMPLEMENT[true], true), np.where(turned, COMPLEMENT[wrong], wrong)
    stray = np.zeros((5, 5))
    np.add.at(stray, (true, wrong), 1)
    covered = (found.bases + found.bases[::-1]) / 2  # either strand alike
    for kind in KINDS:
        rate, background = _rate(stray, covered, (kind.change,)), _rate(stray, covered, kind.against)
        if rate >= LEAST_RATIO * background and rate - background >= LEAST_EXCESS:
            return _said_of(kind, rate, background)
    return None


def _rate(
    stray: NDArray[np.float64], covered: NDArray[np.float64], changes: tuple[tuple[int, int], ...]
) -> float:
    seen = sum(stray[change] for change in changes)
    return float(max(seen, 1.0) / max(sum(covered[true] for true, _ in changes), 1.0))


def _said_of(kind: DamageKind, rate: float, background: float) -> str:
    return (
        f"the tumour's DNA is damaged: {kind.spelled} at {rate:.1e} a base, {background:.1e} what it is held against "
        f"({kind.name})"
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Recurrent:
    """Bases that the tumour's reads show and the normal's do not: how many in one read and in two, and those in more.

    Arrays (n,) of those in more: key as in MismatchedBases, the reference's base, reads, reads on the reverse strand.
    """

    once: int
    twice: int
    key: Ints
    reference: Ints
    count: Ints
    reverse: Ints

    @classmethod
    def of(cls, tumor: MismatchedBases, normal: MismatchedBases) -> _Recurrent:
        """What the mismatches of both files tell."""
        key, first, inverse, count = np.unique(
            tumor.key, return_index=True, return_inverse=True, return_counts=True
        )
        reverse = np.bincount(inverse, weights=tumor.reverse, minlength=len(key)).astype(np.int64)
        own = ~np.isin(key, np.unique(normal.key))
        more = np.flatnonzero(own & (count >= LEAST_READS))
        reference = tumor.reference[first[more]].astype(np.int64)
        return cls(
            int((own & (count == 1)).sum()),
            int((own & (count == 2)).sum()),
            key[more],
            reference,
            count[more],
            reverse[more],
        )

    def least_reads(self) -> int | None:
        """Reads from which few enough alleles are mistakes; None where even many do not do.

        Evenly spread mistakes are in n reads twice.. n times rarer with each read: N(n) = N(n - 1) x 2 N(2) / (N(1) n).
        """
        by_read = 2 * self.twice / max(self.once, 1)
        expected = float(self.twice)
        for least in range(LEAST_READS, MOST_LEAST_READS + 1):
            expected *= by_read / least
            if 2 * expected <= MOST_BY_CHANCE * max(int((self.count >= least).sum()), 1 / MOST_BY_CHANCE):
                return least
        return None

    def proposed(self, least: int) -> SomaticAlleles:
        """Alleles in so many reads of both strands, away from others; their counts are not known yet."""
        place = self.key >> 4
        near = np.diff(place) < APART_BP
        alone = ~(np.append(near, False) | np.append(False, near))
        rows = np.flatnonzero(
            alone & (self.count >= least) & (self.reverse > 0) & (self.reverse < self.count)
        )
        if len(rows) > MOST_PROPOSED:
            rows = rows[np.linspace(0, len(rows) - 1, MOST_PROPOSED).astype(np.int64)]
        chromosomes = np.array(CHROMOSOMES)[place[rows] >> PLACE_BITS]
        true, shown = (
            decode(codes.astype(np.uint8)) for codes in (self.reference[rows], self.key[rows] & 15)
        )
        blank = np.zeros(len(rows), dtype=np.int64)
        return SomaticAlleles(
            chromosomes,
            place[rows] & ((1 << PLACE_BITS) - 1),
            blank,
            blank,
            bases=np.array([list(true), list(shown)], dtype=np.str_).T,
            least=least,
        )


def _believed(
    proposed: SomaticAlleles, tumor: WindowCounts, normal: WindowCounts, least: int
) -> SomaticAlleles:
    """The proposed alleles that the fragments of both files bear out, with their counts."""
    depth = tumor.snp_depth.astype(np.int64)
    held = (tumor.alt_reads >= least) & (depth >= LEAST_DEPTH) & (tumor.other_reads <= MOST_OTHER * depth)
    held &= (normal.snp_depth >= LEAST_NORMAL_DEPTH) & (normal.alt_reads == 0)
    rows = np.flatnonzero(held)
    return SomaticAlleles(
        proposed.chromosome[rows],
        proposed.position[rows],
        tumor.alt_reads[rows].astype(np.int64),
        depth[rows],
        bases=None if proposed.bases is None else proposed.bases[rows],
        least=least,
    )
