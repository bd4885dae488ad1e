"""Whether a profile shows a tumour at all: without one, nothing can be said to be absent from it."""

from __future__ import annotations

import numpy as np

from refractor.copynumber.segments import AUTOSOMES, CopyNumberProfile
from refractor.results.copy_number_tables import Segment

ALTERED_COPIES = 0.5
"""Copies off the commonest number from which a stretch is altered: the next whole number is one away (ours)."""
ALTERED_BP = 5_000_000
"""Altered bases from which a tumour is shown: inherited variants hardly add up to a fifth of that (ours)."""
AMPLICON_COPIES, AMPLICON_BP = 3.0, 50_000
"""Copies over the commonest number, and bases, from which one amplicon is enough: hardly anybody inherits so many (ours)."""


def missing_tumor_reason(profile: CopyNumberProfile) -> str | None:
    """Why absence cannot be told of a profile that is flat throughout; None where it shows a tumour.

    Callers that find no tumour give 1+1 copies everywhere at purity 1, as do the wrong tube and a fit that failed.
    """
    if profile.tumor_seen or profile.unusable is not None:
        return None
    segments = [s for s in profile.segments if s.chromosome in AUTOSOMES and s.copy_number is not None]
    flat = _is_flat(segments) if segments else _are_flat_genes(profile)
    if not flat:
        return None
    return (
        "no sign of a tumour: no part of the genome differs from the rest, as in normal cells, so that the absence of "
        "a change cannot be told"
    )


def _is_flat(segments: list[Segment]) -> bool:
    length = np.array([segment.length for segment in segments], dtype=np.float64)
    copies = np.array([segment.copy_number for segment in segments], dtype=np.float64)
    order = np.argsort(copies)
    usual = float(copies[order][np.searchsorted(np.cumsum(length[order]), length.sum() / 2)])
    minor = np.array([np.nan if s.minor_copy_number is None else s.minor_copy_number for s in segments])
    minor[[s.n_snps == 0 for s in segments]] = (
        np.nan
    )  # without a heterozygous site the minor copies are a guess
    altered = np.abs(copies - usual) >= ALTERED_COPIES
    altered |= np.abs(minor - np.nan_to_num(_usual_minor(minor, length))) >= ALTERED_COPIES
    amplicon = (copies >= usual + AMPLICON_COPIES) & (length >= AMPLICON_BP)
    return not amplicon.any() and float(length[altered].sum()) < ALTERED_BP


def _usual_minor(minor: np.ndarray, length: np.ndarray) -> float:
    """The length-weighted median of the minor copies; NaN where none is known."""
    known = np.isfinite(minor)
    if not known.any():
        return float("nan")
    order = np.argsort(minor[known])
    along = np.cumsum(length[known][order])
    return float(minor[known][order][np.searchsorted(along, along[-1] / 2)])


def _are_flat_genes(profile: CopyNumberProfile) -> bool:
    """Whether a table of genes has no gene with other copies than the commonest."""
    values = [gene.min_copy_number for gene in profile.genes if gene.min_copy_number is not None]
    if not values:
        return False
    return bool(np.abs(np.array(values) - np.median(values)).max() < ALTERED_COPIES)
