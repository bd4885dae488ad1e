"""What would have been seen: the power to detect a variant, so that wild-type is a call.

A variant on m of the CN copies of a tumour cell, at purity p, has the expected allele fraction
VAF = p m / (p CN + 2 (1 - p)); it is detected when at least k fragments of n show it, with
probability P(X >= k), X ~ Binomial(n, VAF). k is what the caller asks: a least number, a least VAF, and as many
as it takes for log odds against mistakes of the sample's own rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

from refractor.settings.thresholds import CALLING

NORMAL_COPIES = 2
"""Copies of an autosomal gene in the normal cells of the biopsy."""

INDEL_FLANK_BP = 20
"""Bases a read must have beyond a place on both sides before it counts for the power to see an indel there: nearer
to its end aligners clip the read (our choice, tested by benchmarks/variants.py)."""

SPECIFIC_ERROR_RATE = 1e-3 / 3
"""Rate of one specific wrong base that is put up with in a normal: Q30, a third for each base."""

USUAL_ERROR_RATE = 1e-4
"""Rate of one specific wrong base where no reads tell the sample's own: Q35, a third for each base."""

MOST_DEPTH_SOUGHT = 100_000
"""Fragments beyond which `required_depth` gives up: no WGS reaches it."""


@dataclass(frozen=True, slots=True)
class DetectionThresholds:
    """What the caller demands of a variant before it reports it, and the power demanded of a wild-type.

    `min_vaf` is the setting `calling.report_vaf`; `log_odds` log10 of the likelihood of the allele against mistakes;
    `error_rate` the rate of the likeliest wrong base, `spread` and `shared` how unevenly it falls on places, among
    molecules of one orientation and of both (error_spread.ErrorSpread).
    """

    min_alt_reads: int = CALLING.min_alt_reads
    min_vaf: float = CALLING.report_vaf
    wild_type_power: float = CALLING.wild_type_power
    log_odds: float = CALLING.log_odds
    error_rate: float = USUAL_ERROR_RATE
    spread: float = 0.0
    shared: float = 0.0

    def of_files(self) -> DetectionThresholds:
        """The same for the variants of a file: its own caller judged the odds."""
        return replace(self, log_odds=0.0, spread=0.0, shared=0.0)

    def of_indels(self) -> DetectionThresholds:
        """The same for insertions and deletions: neither damage nor qualities make them."""
        return replace(self, error_rate=USUAL_ERROR_RATE, spread=0.0, shared=0.0)

    def least_alt_reads(self, depth: int) -> int:
        """Fragments of `depth` below which an allele is not looked at, whatever its odds."""
        return max(self.min_alt_reads, math.ceil(self.min_vaf * depth - 1e-9))

    def alt_reads_needed(self, depth: int) -> int:
        """Fragments of `depth` that must show an allele before it is reported, each as likely a mistake as any."""
        return _alt_reads_needed(depth, self)


@lru_cache(maxsize=65536)
def _alt_reads_needed(depth: int, thresholds: DetectionThresholds) -> int:
    needed = thresholds.least_alt_reads(depth)
    while needed < depth:
        # damage is of one orientation, which half of the carriers have, unless both share its places
        crowding = max(_crowding(thresholds.spread, (needed + 1) // 2), _crowding(thresholds.shared, needed))
        if log_odds_of_equals(needed, depth, thresholds.error_rate) - crowding >= thresholds.log_odds:
            break
        needed += 1
    return needed


def _crowding(spread: float, carriers: int) -> float:
    """log10 of how much likelier so many mistakes at one place are than if they were spread evenly (error_spread)."""
    return sum(math.log10(1 + spread * i) for i in range(carriers))


def log_odds_of_equals(alt: int, depth: int, error_rate: float) -> float:
    """log10 likelihood of an allele of `alt` carriers at its own fraction against mistakes, all equally likely."""
    share = min(alt / depth, 1 - 1e-6)
    gained = alt * math.log10((share * (1 - error_rate) + (1 - share) * error_rate) / error_rate)
    return gained + (depth - alt) * math.log10(1 - share)


def probability_of_at_least(count: int, of: int, probability: float) -> float:
    """P(X >= count), X binomial: the regularised incomplete beta function I_p(count, of - count + 1)."""
    if count <= 0:
        return 1.0
    if count > of:
        return 0.0
    from scipy.special import betainc  # noqa: PLC0415 - a fifth of a second to start

    return float(betainc(count, of - count + 1, probability))


def expected_vaf(purity: float, copy_number: float, *, multiplicity: float = 1.0) -> float:
    """Allele fraction (0-1) of a clonal variant on `multiplicity` of `copy_number` copies.

    A gene with less than `multiplicity` copies cannot carry it so often: copies are raised to it.
    """
    copies = max(copy_number, multiplicity)
    return purity * multiplicity / (purity * copies + NORMAL_COPIES * (1 - purity))


def detection_probability(depth: int, vaf: float, *, thresholds: DetectionThresholds) -> float:
    """Probability (0-1) that a variant of this allele fraction is reported at this depth."""
    if depth <= 0 or vaf <= 0:
        return 0.0
    return probability_of_at_least(thresholds.alt_reads_needed(depth), depth, min(vaf, 1.0))


@lru_cache(maxsize=1024)
def required_depth(vaf: float, *, thresholds: DetectionThresholds) -> int | None:
    """Fragments at which a variant of this allele fraction is detected with the wanted power; None if never.

    Science reference, section 4: for 3 reads and power 0.95, 124 at VAF 5 %, 61 at 10 %, 40 at 15 %.
    """
    if vaf <= thresholds.min_vaf:
        return None
    depth = thresholds.min_alt_reads
    while depth < MOST_DEPTH_SOUGHT:
        needed = thresholds.alt_reads_needed(depth)
        enough = _depth_for(needed, vaf, power=thresholds.wild_type_power, from_depth=depth)
        # more depth may demand more reads, which in turn demands more depth
        if thresholds.alt_reads_needed(enough) == needed:
            return enough
        depth = max(enough, depth + 1) if enough > depth else depth + 1
    return None


def smallest_detectable_vaf(depth: int, *, thresholds: DetectionThresholds) -> float | None:
    """The least allele fraction that is detected with the wanted power at this depth; None if none is.

    P(X >= k) is the regularised incomplete beta function I_vaf(k, n - k + 1), here inverted.
    """
    needed = thresholds.alt_reads_needed(depth)
    if depth < needed:
        return None
    from scipy.special import betaincinv  # noqa: PLC0415 - a fifth of a second to start

    return float(betaincinv(needed, depth - needed + 1, thresholds.wild_type_power))


def smallest_detectable_ccf(detectable_vaf: float | None, clonal_vaf: float) -> float | None:
    """The least share of cancer cells whose variant is detected; None where not even a clonal one would be."""
    if detectable_vaf is None or clonal_vaf <= 0 or detectable_vaf > clonal_vaf:
        return None
    return detectable_vaf / clonal_vaf


def _depth_for(needed: int, vaf: float, *, power: float, from_depth: int) -> int:
    """The least depth >= `from_depth` at which P(X >= needed) reaches `power`, for a fixed `needed`."""
    low, high = from_depth, from_depth
    while probability_of_at_least(needed, high, vaf) < power and high < MOST_DEPTH_SOUGHT:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        if probability_of_at_least(needed, middle, vaf) >= power:
            high = middle
        else:
            low = middle + 1
    return high


@dataclass(frozen=True, slots=True)
class ClonalExpectation:
    """What a clonal heterozygous variant of one gene would look like in this tumour, and what was assumed.

    `vaf` is 0-1; `remarks` say which of purity and copy number were not known. `ranged`: purity is the least and the
    copies are the most of their 95 % ranges, so that `vaf` is the least too.
    """

    purity: float
    copy_number: float
    vaf: float
    remarks: tuple[str, ...]
    ranged: bool = False

    def described(self) -> str:
        """The expectation in words, for a reason column."""
        assumed = f" ({', '.join(self.remarks)})" if self.remarks else ""
        stated = (
            f"a clonal variant on 1 of {self.copy_number:.3g} copies at purity {self.purity:.2g}{assumed}"
        )
        if self.ranged:
            return f"{stated}, the ends of their 95 % ranges, would have VAF {self.vaf:.3f}"
        return f"{stated} would have VAF {self.vaf:.3f}"


def clonal_expectation(
    purity: float | None, copy_number: float | None, *, assumed_purity: float, ranged: bool = False
) -> ClonalExpectation:
    """The expectation at known purity (0-1) and copies, or at stated assumptions where they are not known.

    Unknown copies count as 2, the normal number; unknown purity as `assumed_purity`, a low one, because a
    wild-type must not rest on a hope. `ranged`: they are ends of ranges.
    """
    remarks = []
    if purity is None:
        remarks.append(f"purity unknown, {assumed_purity:.2g} assumed")
    if copy_number is None:
        remarks.append(f"copy number unknown, {NORMAL_COPIES} assumed")
    known_purity = assumed_purity if purity is None else purity
    copies = float(NORMAL_COPIES) if copy_number is None else max(copy_number, 0.0)
    vaf = expected_vaf(known_purity, copies)
    return ClonalExpectation(known_purity, copies, vaf, tuple(remarks), ranged)
