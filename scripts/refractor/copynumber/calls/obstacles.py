"""What stands in the way of any call of a gene's copies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto

from refractor.copynumber.calls.gene_copies import GeneMeasurement
from refractor.copynumber.segments import CopyNumberProfile


class Obstacle(StrEnum):
    """Kinds of obstacle, the most basic first."""

    UNUSABLE = auto()
    """The source as a whole tells no copies."""
    BLIND = auto()
    """Reads over the gene are missing or cannot be placed."""
    NO_COPIES = auto()
    """No segment, or segments without copies."""
    PLOIDY_UNKNOWN = auto()
    """Copies are known, the ploidy is not: an absolute number of copies may still be held against a threshold."""
    SEX_UNKNOWN = auto()
    """The gene is on a sex chromosome of which the usual copies are not known."""
    TOO_LITTLE_COVERED = auto()
    """Segments cover a small part of the exons: that part may still be amplified."""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """An obstacle to the call of one gene, and the reason in words."""

    kind: Obstacle
    reason: str


def obstacle_to_call(
    found: GeneMeasurement, profile: CopyNumberProfile, *, least_covered: float
) -> Hindrance | None:
    """Why nothing can be said of a gene's copies, the most basic reason; None where something can.

    `least_covered` is the least share of the exonic bases that segments must cover.
    """
    values, gene = profile.purity_ploidy, found.gene
    if profile.unusable is not None:
        return Hindrance(Obstacle.UNUSABLE, profile.unusable)
    if profile.blind and found.covered < least_covered:
        return Hindrance(
            Obstacle.BLIND,
            f"reads over {gene.symbol} are missing or cannot be placed: {found.covered:.0%} of the exons are seen",
        )
    if found.copy_number is None or found.min_copy_number is None or found.max_copy_number is None:
        return Hindrance(Obstacle.NO_COPIES, _without_copies(found, profile))
    if values.ploidy is None:
        reason = f"ploidy unknown: {values.reason}" if values.reason else "ploidy unknown"
        return Hindrance(Obstacle.PLOIDY_UNKNOWN, reason)
    if found.ploidy is None:
        return Hindrance(
            Obstacle.SEX_UNKNOWN,
            f"{gene.symbol} is on {gene.chromosome} and the sex is unknown: fill sex in the sheet",
        )
    covers_enough = found.covered >= least_covered
    too_little = f"segments cover only {found.covered:.0%} of the exons"
    return None if covers_enough else Hindrance(Obstacle.TOO_LITTLE_COVERED, too_little)


def _without_copies(found: GeneMeasurement, profile: CopyNumberProfile) -> str:
    if found.log2_ratio is not None:
        return f"log2 ratio {found.log2_ratio:.2f}, but copies need purity and ploidy: fill them in the sheet"
    return f"no segment of {profile.source} with copies covers {found.gene.symbol}"
