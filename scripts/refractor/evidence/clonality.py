"""How many copies carry a variant, in which part of the cancer cells, and whether a normal copy is left.

With purity p, total copies CN in tumour cells and 2 in normal cells, a somatic variant at VAF f sits on
`u = f (p CN + 2 (1 - p)) / p` copies a cell on average (PURPLE, hmftools). On m copies in each cell that has it, it is in
`u / m` of the cancer cells. Several m fit in general: 1 where it arose after the copies were made, up to the copies of the
greater allele where it arose before. So the cancer cell fraction is an interval, over the VAF (Jeffreys bounds at its
depth), the ranges of purity and copies, and every m that fits; what the interval does not decide is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

from refractor.vocabulary import Clonality

NORMAL_COPIES = 2.0


@dataclass(frozen=True, slots=True)
class ClonalityLimits:
    """When an interval of the cancer cell fraction is called clonal or subclonal.

    Subclonal where it stays below 1 with every multiplicity; clonal where it reaches 1 and begins at `clonal_low` or
    above (our choice: no clone of less than seven tenths of the cells fits). An allele counts as lost below
    `lost_copies` (PURPLE: 0.5).
    """

    confidence: float = 0.95
    clonal_low: float = 0.7
    lost_copies: float = 0.5


DEFAULT_LIMITS = ClonalityLimits()


@dataclass(frozen=True, slots=True)
class Purity:
    """Purity (0-1) with its credible range; all None where it is unknown."""

    value: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The credible range; the value twice where no range is given."""
        if self.value is None:
            return None
        return (self.low or self.value, self.high or self.value)


UNKNOWN_PURITY = Purity()


@dataclass(frozen=True, slots=True)
class VariantCopies:
    """Copies of a variant in tumour cells and its share of cancer cells, with their bounds; None = unknown."""

    copies: float | None = None
    copies_low: float | None = None
    copies_high: float | None = None
    ccf: float | None = None
    ccf_low: float | None = None
    ccf_high: float | None = None
    clonality: Clonality = Clonality.UNKNOWN
    biallelic: bool | None = None
    reason: str = ""


def vaf_bounds(vaf: float, depth: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Jeffreys bounds of a VAF (0-1) seen at `depth` fragments; doi:10.1214/ss/1009213286."""
    from scipy.special import betaincinv  # noqa: PLC0415 - a fifth of a second to start

    alt = min(max(round(vaf * depth), 0), depth)
    tail = (1 - confidence) / 2
    low = 0.0 if alt == 0 else float(betaincinv(alt + 0.5, depth - alt + 0.5, tail))
    high = 1.0 if alt == depth else float(betaincinv(alt + 0.5, depth - alt + 0.5, 1 - tail))
    return low, high


def copies_of_vaf(vaf: float, *, purity: float, copy_number: float) -> float:
    """Copies in tumour cells that a somatic VAF stands for; doi:10.1101/781013 (PURPLE)."""
    return vaf * (purity * copy_number + NORMAL_COPIES * (1 - purity)) / purity


def variant_copies(
    vaf: float | None,
    depth: int | None,
    *,
    purity: Purity,
    copy_number: float | None,
    minor_copy_number: float | None,
    copy_range: tuple[float, float] | None = None,
    limits: ClonalityLimits = DEFAULT_LIMITS,
) -> VariantCopies:
    """Copies, cancer cell fraction with its interval, clonality and zygosity of one somatic variant.

    `copy_range` are the bounds of `copy_number` (copies in tumour cells); without them it is taken as certain.
    """
    bounds = purity.bounds
    missing = [
        name
        for name, value in (
            ("VAF", vaf),
            ("depth", depth or None),
            ("purity", bounds),
            ("copies", copy_number),
        )
        if value is None
    ]
    if vaf is None or not depth or purity.value is None or bounds is None or copy_number is None:
        return VariantCopies(reason=f"clonality unknown without {', '.join(missing)}")
    low_vaf, high_vaf = vaf_bounds(vaf, depth, confidence=limits.confidence)
    least, most = copy_range or (copy_number, copy_number)
    copies = copies_of_vaf(vaf, purity=purity.value, copy_number=copy_number)
    low = copies_of_vaf(low_vaf, purity=bounds[1], copy_number=least)
    high = copies_of_vaf(high_vaf, purity=bounds[0], copy_number=most)
    ccf_low = min(
        copies_of_vaf(low_vaf, purity=bounds[1], copy_number=total)
        / greatest_multiplicity(total, minor_copy_number)
        for total in (least, most)
    )
    ccf, ccf_low, ccf_high = (min(1.0, value) for value in (copies, ccf_low, high))
    clonality = _clonality(ccf_low, ccf_high, limits)
    return VariantCopies(
        copies=copies,
        copies_low=low,
        copies_high=high,
        ccf=ccf,
        ccf_low=ccf_low,
        ccf_high=ccf_high,
        clonality=clonality,
        biallelic=_biallelic(
            (copies, high), copy_number, minor_copy_number, clonality=clonality, limits=limits
        ),
    )


def greatest_multiplicity(copy_number: float, minor_copy_number: float | None) -> int:
    """The most copies that a variant can be on: those of the greater allele, all where the lesser is not known."""
    return max(1, round(copy_number - (minor_copy_number or 0.0)))


def _clonality(ccf_low: float, ccf_high: float, limits: ClonalityLimits) -> Clonality:
    if ccf_high < 1:
        return Clonality.SUBCLONAL
    return Clonality.CLONAL if ccf_low >= limits.clonal_low else Clonality.UNKNOWN


def _biallelic(
    copies: tuple[float, float],
    copy_number: float,
    minor_copy_number: float | None,
    *,
    clonality: Clonality,
    limits: ClonalityLimits,
) -> bool | None:
    """Whether no normal copy is left: the other allele lost, and the variant on all that remain.

    `copies` are the estimate and its upper bound; None where they disagree, or the other allele is unknown.
    """
    if minor_copy_number is None:
        return None
    all_copies = copy_number - limits.lost_copies
    if minor_copy_number >= limits.lost_copies or copies[1] < all_copies or clonality is Clonality.SUBCLONAL:
        return False
    return True if copies[0] >= all_copies else None


def amplified_allele(copies: VariantCopies, copy_number: float | None) -> str:
    """A sentence on which copies of an amplified gene carry the variant; empty where that is unknown."""
    if copies.copies is None or copy_number is None or copy_number <= NORMAL_COPIES:
        return ""
    share = copies.copies / copy_number
    counted = f"{copies.copies:.1f} of {copy_number:.1f} copies carry it"
    if share >= 0.5:
        return f"{counted}: the amplified allele"
    if copies.clonality is Clonality.SUBCLONAL:
        return f"{counted}: in part of the cells only"
    return f"{counted}: not the amplified allele, or gained after the amplification"
