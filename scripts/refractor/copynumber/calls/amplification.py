"""The verdict on a gene's copies: the cohort's call, with its probability and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from refractor.copynumber.calls.gene_copies import GeneMeasurement
from refractor.copynumber.calls.obstacles import Obstacle, obstacle_to_call
from refractor.copynumber.calls.uncertainty import DEPTH_SD, Draws
from refractor.copynumber.segments import CopyNumberProfile
from refractor.results.copy_number_tables import PurityMethod, PurityStatus
from refractor.settings.thresholds import COPY_NUMBER, CopyNumberSettings
from refractor.vocabulary import CopyNumberCall


@dataclass(frozen=True, slots=True)
class CallSettings:
    """Thresholds of the call, each with its source."""

    amplification_ratio: float = COPY_NUMBER.amplification_ratio
    """Least copies over the exons against the ploidy, strict (PURPLE's default)."""
    min_purity: float = COPY_NUMBER.min_purity
    """Below it nothing is assessable (PURPLE WARN_LOW_PURITY; 3 x ploidy drowns in noise)."""
    certainty: float = COPY_NUMBER.certainty
    """P(amplified) from which the call stands, and below 1 - which it is excluded (ours: as a 95 % interval)."""
    absolute_amplification: float = COPY_NUMBER.absolute_amplification
    """Least copies over the exons from which a gene is amplified where the ploidy is unknown (PRESSING-HER2)."""
    deleted_below: float = 0.5
    """Least copies below which the gene is lost altogether (PURPLE DEL)."""
    lost_ratio: float = 0.6
    """Least copies against the ploidy below which a copy is lost (PURPLE HET_DEL, its example)."""
    gained_ratio: float = 1.4
    """Mean copies against the ploidy above which copies are gained (ours: the mirror of `lost_ratio`)."""
    loh_below: float = 0.5
    """Minor copies below which heterozygosity is lost (PURPLE LOH)."""
    min_covered: float = 0.5
    """Share of the exonic bases that segments must cover (ours)."""

    @classmethod
    def of(cls, settings: CopyNumberSettings) -> CallSettings:
        """The settings of the configuration's group `copy_number`."""
        return cls(
            amplification_ratio=settings.amplification_ratio,
            min_purity=settings.min_purity,
            certainty=settings.certainty,
            absolute_amplification=settings.absolute_amplification,
        )


@dataclass(frozen=True, slots=True)
class GeneVerdict:
    """The call of one gene with its probability (None where the source gives no uncertainty) and reason."""

    call: CopyNumberCall
    p_amplified: float | None
    reason: str


def _amplified_in_part(
    found: GeneMeasurement, profile: CopyNumberProfile, settings: CallSettings
) -> GeneVerdict | None:
    """Of a gene in a gap, that the exons which segments cover are amplified; None where they are not for certain."""
    seen = _judge_by_ploidy(found, profile, settings)
    if seen.call not in (CopyNumberCall.AMPLIFIED, CopyNumberCall.PARTIALLY_AMPLIFIED):
        return None
    return GeneVerdict(CopyNumberCall.PARTIALLY_AMPLIFIED, seen.p_amplified, seen.reason)


def judge(found: GeneMeasurement, profile: CopyNumberProfile, settings: CallSettings) -> GeneVerdict:
    """The call of one gene, by the cohort's rule: least copies over the exons > ratio x ploidy."""
    stated = profile.gene_calls.get(found.gene.symbol)
    if stated is not None and found.copy_number is None:
        return GeneVerdict(stated[0], None, stated[1])
    obstacle = obstacle_to_call(found, profile, least_covered=settings.min_covered)
    if obstacle is None:
        return _judge_by_ploidy(found, profile, settings)
    proven = _proven_by_ratio(found, settings) if profile.unusable is None else None
    if proven is not None:
        return GeneVerdict(proven.call, None, f"{proven.reason}; {obstacle.reason}")
    if obstacle.kind is Obstacle.TOO_LITTLE_COVERED:
        in_part = _amplified_in_part(found, profile, settings)
        if in_part is not None:
            return in_part
    if obstacle.kind is Obstacle.PLOIDY_UNKNOWN and _surely_over(
        found, settings.absolute_amplification, settings
    ):
        rule = (
            f"{found.min_copy_number:.1f} copies over the exons, at least {settings.absolute_amplification:g}"
        )
        return GeneVerdict(CopyNumberCall.AMPLIFIED, None, f"{rule}; {obstacle.reason}")
    return GeneVerdict(CopyNumberCall.NOT_ASSESSABLE, None, obstacle.reason)


def _surely_over(found: GeneMeasurement, threshold: float, settings: CallSettings) -> bool:
    """Whether the least copies over the exons reach a number, for certain where their error is known."""
    if (found.min_copy_number or 0.0) < threshold or found.min_interval is not None:
        return found.min_interval is not None and found.min_interval[0] >= threshold
    return found.min_draws is None or float(np.mean(found.min_draws >= threshold)) >= 1 - settings.certainty


def _proven_by_ratio(found: GeneMeasurement, settings: CallSettings) -> GeneVerdict | None:
    """An amplification that the depth alone proves, whatever the purity; None where it does not.

    With r = (p C + 2 (1-p)) / (p P + 2 (1-p)) and r >= 1, copies over ploidy C / P = r + 2 (1-p)(r-1) / (p P) >= r.
    """
    least = settings.amplification_ratio * RATIO_MARGIN
    for ratio, call in (
        (found.min_ratio, CopyNumberCall.AMPLIFIED),
        (found.max_ratio, CopyNumberCall.PARTIALLY_AMPLIFIED),
    ):
        if ratio is not None and ratio > least and found.covered_by_ratio >= settings.min_covered:
            reason = (
                f"depth {ratio:.1f} times the genome's mean: copies over ploidy are at least that at any purity, "
                f"over {settings.amplification_ratio:g}"
            )
            return GeneVerdict(call, None, reason)
    return None


RATIO_MARGIN = 2 ** (1.645 * DEPTH_SD)
"""Factor by which a depth ratio must exceed a threshold to do so for certain (95 %, one side)."""


def cannot_exclude(profile: CopyNumberProfile) -> bool:
    """Whether nothing may be said to be absent: purity and ploidy are not to be used, and no draws stand for them, or purity
    may be too low.

    What is present at every purity that they may have stands all the same.
    """
    unusable = profile.purity_ploidy.status is PurityStatus.NOT_ASSESSABLE and not profile.ambiguous
    return unusable or profile.may_be_too_impure


def _judge_by_ploidy(
    found: GeneMeasurement, profile: CopyNumberProfile, settings: CallSettings
) -> GeneVerdict:
    """The call of a gene whose copies and ploidy are known.

    Where purity and ploidy are too uncertain to be used, an amplification that holds over all their
    possible values is still called; its absence is not.
    """
    least, most, ploidy = found.min_copy_number or 0.0, found.max_copy_number or 0.0, found.ploidy or 0.0
    ratio = settings.amplification_ratio
    threshold = ratio * ploidy
    p_whole = _probability(found.min_draws, found.ploidy_draws, ratio)
    p_part = _probability(found.max_draws, found.ploidy_draws, ratio)
    whole = _exceeds(least, threshold, p_whole, found.min_interval, settings)
    part = _exceeds(most, threshold, p_part, found.max_interval, settings)
    doubt = None
    weak = cannot_exclude(profile)
    if weak and not (whole or part):
        doubt = profile.purity_ploidy.reason or "purity and ploidy are not to be used"
    elif found.capped and not (whole and least > threshold):
        doubt = f"copies are capped at {profile.capped_at:g}, the threshold is {threshold:.1f}"
    elif whole is None or (whole is False and part is None):
        doubt = _doubt(p_whole if whole is None else p_part, threshold, found)
    elif (whole or part) and profile.needs_sv_support and not found.sv_bounded:
        doubt = "depth is too noisy (PURPLE), and no structural variant bounds the amplified segment"
    basis = _basis(found, profile, p_whole, settings)
    if doubt is not None:
        p_known = None if found.capped else p_whole
        return GeneVerdict(CopyNumberCall.NOT_ASSESSABLE, p_known, f"{doubt}; {basis}")
    if weak and profile.purity_ploidy.reason:
        basis = f"{basis}; holds all the same: {profile.purity_ploidy.reason}"
    return GeneVerdict(_call(found, settings, whole=bool(whole), part=bool(part)), p_whole, basis)


def _call(found: GeneMeasurement, settings: CallSettings, *, whole: bool, part: bool) -> CopyNumberCall:
    least, mean, ploidy = found.min_copy_number or 0.0, found.copy_number or 0.0, found.ploidy or 2.0
    if whole:
        return CopyNumberCall.AMPLIFIED
    if part:
        return CopyNumberCall.PARTIALLY_AMPLIFIED
    if least < settings.deleted_below:
        return CopyNumberCall.DELETED
    if mean > settings.gained_ratio * ploidy:
        return CopyNumberCall.GAINED
    if least < settings.lost_ratio * ploidy:
        return CopyNumberCall.LOST
    return CopyNumberCall.NEUTRAL


def _probability(copies: Draws | None, ploidy: Draws | None, ratio: float) -> float | None:
    if copies is None or ploidy is None:
        return None
    return float(np.mean(copies > ratio * ploidy))


def _exceeds(
    value: float,
    threshold: float,
    probability: float | None,
    interval: tuple[float, float] | None,
    settings: CallSettings,
) -> bool | None:
    """Whether copies exceed a threshold; None where the uncertainty leaves both open."""
    if probability is not None:
        if probability >= settings.certainty:
            return True
        return False if probability <= 1 - settings.certainty else None
    if interval is not None and interval[0] <= threshold < interval[1]:
        return None
    return value > threshold


def _doubt(probability: float | None, threshold: float, found: GeneMeasurement) -> str:
    if probability is not None:
        return f"P(amplified) is {probability:.2f}, neither sure nor excluded"
    low, high = found.max_interval or found.min_interval or (0.0, 0.0)
    return f"copies lie between {low:.1f} and {high:.1f}, the threshold is {threshold:.1f}"


def _basis(
    found: GeneMeasurement, profile: CopyNumberProfile, p_whole: float | None, settings: CallSettings
) -> str:
    """What the call rests on, in one line."""
    least, most, ploidy = found.min_copy_number or 0.0, found.max_copy_number or 0.0, found.ploidy or 0.0
    exons = f"{least:.1f}" if most - least < 0.05 else f"{least:.1f}-{most:.1f}"
    parts = [
        f"{exons} copies over the exons against {settings.amplification_ratio:g} x ploidy {ploidy:.2f} = "
        f"{settings.amplification_ratio * ploidy:.1f}"
    ]
    minor = found.minor_copy_number
    if minor is not None and minor < settings.loh_below and found.minor_measured:
        parts.append("loss of heterozygosity")
    if found.covered < 1:
        parts.append(f"segments cover {found.covered:.0%} of the exons")
    if p_whole is None:
        parts.append("no probability: the source gives no range")
    elif profile.draws is None:
        values = profile.purity_ploidy
        given = values.method is not PurityMethod.IMPORTED or values.purity_low is not None
        parts.append(
            "probability from the errors of depth and purity"
            + ("" if given else " (the caller gives no range)")
        )
    return "; ".join((*parts, *found.notes))
