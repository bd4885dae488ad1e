"""Depth ratio and absolute copies, one from the other, for a given purity and ploidy.

With tumour purity p, tumour ploidy P, tumour copies C and n copies in normal cells, depth against the
genome's mean is r = (p C + n (1-p)) / (p P + 2 (1-p)); the inverse gives C
(the model of ASCAT, doi:10.1073/pnas.1009843107, and PURPLE).
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.segments import CopyNumberProfile, GeneCopies, covers_genome
from refractor.genome.builds import SEX_CHROMOSOMES
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy, PurityStatus, Segment

Number = float | NDArray[np.float64]

_MAX_LOG2 = 30.0


def expected_ratio(copies: Number, *, purity: Number, ploidy: Number, normal_copies: int = 2) -> Number:
    """Depth against the genome's mean of a stretch with `copies` in the tumour cells."""
    return (purity * copies + normal_copies * (1 - purity)) / (purity * ploidy + 2 * (1 - purity))


def copies_of_ratio(ratio: Number, *, purity: Number, ploidy: Number, normal_copies: int = 2) -> Number:
    """Copies in the tumour cells of a stretch with depth `ratio`; below 0 where the values do not fit."""
    return (ratio * (purity * ploidy + 2 * (1 - purity)) - normal_copies * (1 - purity)) / purity


def normal_copies(chromosome: str, sex: str | None) -> int | None:
    """Copies of a chromosome in normal cells; None for X and Y of unknown sex."""
    if chromosome == "X":
        return {"XX": 2, "XY": 1}.get(sex or "")
    if chromosome == "Y":
        return {"XX": 0, "XY": 1}.get(sex or "")
    return 2


def with_purity_and_ploidy(
    profile: CopyNumberProfile, *, purity: float | None, ploidy: float | None, sex: str | None
) -> CopyNumberProfile:
    """The profile at the purity and ploidy that the sheet gives; ratios become copies where both are known.

    Copies of a caller that told its own purity and ploidy are derived anew from the same depth; copies of
    one that did not are kept, and only the ploidy they are held against changes.
    """
    profile = replace(profile, sex=sex or profile.sex)
    own = profile.purity_ploidy
    if purity is not None or ploidy is not None:
        given = _given(own, purity, ploidy)
        if _has_copies(profile) and None not in (own.purity, given.purity, given.ploidy):
            profile = _rederived(profile, own, given)
        profile = replace(profile, purity_ploidy=given)
    if not _has_copies(profile) and profile.segments:
        profile = _converted(profile)
    return profile


def _given(own: PurityPloidy, purity: float | None, ploidy: float | None) -> PurityPloidy:
    """The sheet's values; a range of the caller holds no longer for a value that the sheet replaces."""
    parts = []
    if purity is not None:
        parts.append("purity given in the sheet")
        own = replace(own, purity=purity, purity_low=None, purity_high=None)
    if ploidy is not None:
        parts.append("ploidy given in the sheet")
        own = replace(own, ploidy=ploidy, ploidy_low=None, ploidy_high=None, whole_genome_doubled=None)
    usable = PurityStatus.OK if own.ploidy is not None else PurityStatus.NOT_ASSESSABLE
    reason = " and ".join(parts)
    if own.ploidy is None or own.purity is None:
        reason += f"; {'ploidy' if own.ploidy is None else 'purity'} unknown"
    elif len(parts) == 1 and own.reason:
        reason += f"; the other: {own.reason}"
    return replace(own, method=PurityMethod.GIVEN, status=usable, reason=reason)


def _has_copies(profile: CopyNumberProfile) -> bool:
    return bool(profile.genes) or any(segment.copy_number is not None for segment in profile.segments)


def _converted(profile: CopyNumberProfile) -> CopyNumberProfile:
    """Copies from log2 ratios, where purity and ploidy are known; the ratios are kept, centred where they can be."""
    values = profile.purity_ploidy
    profile, centre = _centred(profile)
    if values.purity is None or values.ploidy is None:
        note = (
            f"{profile.source} gives depth ratios only: fill purity and ploidy in the sheet to turn them "
            "into copies"
        )
        return replace(
            profile,
            notes=(*profile.notes, note),
            purity_ploidy=replace(values, status=PurityStatus.NOT_ASSESSABLE),
        )
    segments = tuple(_with_copies(segment, values, profile.sex) for segment in profile.segments)
    notes = (*profile.notes, centre)
    without = sum(
        segment.copy_number is None
        and before.log2_ratio is not None
        and before.chromosome not in SEX_CHROMOSOMES
        for segment, before in zip(segments, profile.segments, strict=True)
    )
    if without:
        notes = (*notes, f"{without} segments have less depth than the normal cells leave: no data there")
    return replace(profile, segments=segments, notes=notes)


def _centred(profile: CopyNumberProfile) -> tuple[CopyNumberProfile, str]:
    """The profile with ratios to the genome's mean, and how that was done; as they are where it is not known.

    The mean of a part of the genome is not the genome's.
    """
    if profile.changes_only or not covers_genome(profile.segments, "log2_ratio"):
        return profile, "ratios taken as centred: the segments cover a part of the autosomes only"
    centre = _mean_ratio(profile.segments)
    segments = tuple(
        segment
        if segment.log2_ratio is None
        else replace(segment, log2_ratio=math.log2(_ratio(segment) / centre))
        for segment in profile.segments
    )
    note = f"ratios divided by their length-weighted mean {centre:.3f}"
    return replace(profile, segments=segments, ratios_centred=True), note


def _with_copies(segment: Segment, values: PurityPloidy, sex: str | None) -> Segment:
    """The segment with copies; without them where it has far less depth than the normal cells alone leave."""
    normal = normal_copies(segment.chromosome, sex)
    if segment.log2_ratio is None or normal is None or values.purity is None or values.ploidy is None:
        return segment
    ratio = _ratio(segment)
    if is_without_data(ratio, purity=values.purity, ploidy=values.ploidy, normal_copies=normal):
        return segment
    copies = copies_of_ratio(ratio, purity=values.purity, ploidy=values.ploidy, normal_copies=normal)
    return replace(segment, copy_number=max(float(copies), 0.0))


BELOW_NORMAL_CELLS = 0.5
"""A depth below this part of what the normal cells alone leave is no deletion: reads are missing there (ours)."""


def is_without_data(ratio: float, *, purity: float, ploidy: float, normal_copies: int = 2) -> bool:
    """Whether a depth ratio is far below n(1-p) / (pP + 2(1-p)), which a stretch without any tumour copy has.

    With nearly pure tumours that is next to nothing, and a true loss cannot be told from missing reads.
    """
    left = float(expected_ratio(0.0, purity=purity, ploidy=ploidy, normal_copies=normal_copies))
    return left >= _MIN_LEFT and ratio < BELOW_NORMAL_CELLS * left


_MIN_LEFT = 0.04


def _ratio(segment: Segment) -> float:
    log2 = segment.log2_ratio or 0.0
    return float(2 ** min(max(log2, -_MAX_LOG2), _MAX_LOG2))


def _mean_ratio(segments: tuple[Segment, ...]) -> float:
    """Length-weighted mean depth ratio of the autosomes."""
    autosomal = [s for s in segments if s.chromosome not in SEX_CHROMOSOMES and s.log2_ratio is not None]
    bases = sum(segment.length for segment in autosomal)
    return sum(segment.length * _ratio(segment) for segment in autosomal) / bases


def _rederived(profile: CopyNumberProfile, own: PurityPloidy, new: PurityPloidy) -> CopyNumberProfile:
    """The copies that the same depth means at another purity and ploidy."""
    if (own.purity, own.ploidy) == (new.purity, new.ploidy) or own.ploidy is None:
        return profile
    if profile.integers or profile.purity_uncorrected:
        note = (
            "whole copies of the caller kept: they cannot be derived anew for the sheet's purity and ploidy"
        )
        return replace(profile, notes=(*profile.notes, note))

    def moved(copies: float | None, chromosome: str, *, of_one_allele: bool = False) -> float | None:
        normal = normal_copies(chromosome, profile.sex)
        if copies is None or normal is None:
            return copies
        background = normal / 2 if of_one_allele else normal
        value = recalculated(
            copies, old=own, purity=new.purity or 1.0, ploidy=new.ploidy or 2.0, background=background
        )
        return max(float(value), 0.0)

    segments = tuple(
        replace(
            segment,
            copy_number=moved(segment.copy_number, segment.chromosome),
            minor_copy_number=moved(segment.minor_copy_number, segment.chromosome, of_one_allele=True),
        )
        for segment in profile.segments
    )
    genes = tuple(
        GeneCopies(
            gene.gene,
            gene.chromosome,
            gene.start,
            gene.end,
            moved(gene.copy_number, gene.chromosome),
            moved(gene.min_copy_number, gene.chromosome),
            moved(gene.max_copy_number, gene.chromosome),
            moved(gene.minor_copy_number, gene.chromosome, of_one_allele=True),
        )
        for gene in profile.genes
    )
    note = (
        f"copies derived anew from the depth: {profile.source} had purity {own.purity:g} and ploidy "
        f"{own.ploidy:g}"
    )
    return replace(profile, segments=segments, genes=genes, notes=(*profile.notes, note))


def recalculated(
    copies: Number, *, old: PurityPloidy, purity: Number, ploidy: Number, background: float
) -> Number:
    """Copies that the same depth means at another purity and ploidy; `background` = copies in normal cells."""
    if old.purity is None or old.ploidy is None:
        raise ValueError("the copies' own purity and ploidy must be known")
    depth = old.purity * copies + background * (1 - old.purity)
    scale = (purity * ploidy + 2 * (1 - purity)) / (old.purity * old.ploidy + 2 * (1 - old.purity))
    return (depth * scale - background * (1 - purity)) / purity
