"""When a tumour's copies are looked at again with more of its reads, and what to say of it.

The second look reads all that is left, once, and the posterior of all counts is what stands. Reading on until an answer is sure
would choose the luckiest of several looks. What the first look is sure of is not looked at again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractor.copynumber.calls.gene_copies import GeneMeasurement, measure_genes
from refractor.copynumber.fit.fit import ReadsFit
from refractor.copynumber.fit.fit_settings import FitSettings
from refractor.genome.panel import Gene
from refractor.reads.windows import SampledReads
from refractor.results.quality import SECOND_LOOK, Quality, QualityStatus

NEAR_THRESHOLD = 0.15
"""Share of the amplification threshold within which a gene whose call is open is worth a second look (our choice)."""
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a tumour: windows, and fragments in them, read so far; what was found; what leaves doubt (none: sure)."""

    windows: int
    tumor_fragments: int
    normal_fragments: int
    found: str
    share: float | None
    doubts: tuple[str, ...]

    @classmethod
    def of(cls, fit: ReadsFit, sampled: SampledReads, genes: Sequence[Gene], settings: FitSettings) -> Look:
        """What a fit of these counts leaves to be asked."""
        files = (sampled.tumor, sampled.normal)
        tumor, normal = (0 if file is None else int(file.fragments.clip(min=0).sum()) for file in files)
        best = fit.solutions[0] if fit.solutions else None
        return cls(
            windows=len(sampled.sites),
            tumor_fragments=tumor,
            normal_fragments=normal,
            found="no fit"
            if best is None
            else f"purity {best.purity:.2f} with ploidy {best.ploidy:.2f} ({best.probability:.0%} sure)",
            share=None if best is None else best.probability,
            doubts=doubts_of(fit, genes, settings),
        )


def doubts_of(fit: ReadsFit, genes: Sequence[Gene], settings: FitSettings) -> tuple[str, ...]:
    """Why an answer is not sure: several ways to explain the genome, a purity at its limit, genes near the threshold.

    Empty where it is sure, and where the reads are none of a whole genome, of which more would not help.
    """
    profile, build = fit.profile, fit.profile.build
    if profile.unusable is not None or not fit.solutions or build is None:
        return ()
    best, doubts = fit.solutions[0], []
    if best.probability < settings.certainty:
        doubts.append(f"the likeliest purity and ploidy are {best.probability:.0%} sure")
    if best.purity_high - best.purity_low > settings.max_purity_range:
        doubts.append(f"purity may be {best.purity_low:.2f}-{best.purity_high:.2f}")
    elif best.purity_low < settings.min_purity <= best.purity_high:
        doubts.append(f"purity may be below or above {settings.min_purity:g}")
    measured = measure_genes(profile, tuple(genes), build=build, min_purity=settings.min_purity)
    near = [found.gene.symbol for found in measured if _is_open_near_threshold(found, settings)]
    if near:
        others = f" and {len(near) - MOST_NAMED} others" if len(near) > MOST_NAMED else ""
        doubts.append(
            f"{', '.join(near[:MOST_NAMED])}{others} within {NEAR_THRESHOLD:.0%} of the amplification threshold"
        )
    return tuple(doubts)


def _is_open_near_threshold(found: GeneMeasurement, settings: FitSettings) -> bool:
    """Whether the least copies over the exons lie near the threshold, and the draws leave both sides of it open."""
    if found.min_copy_number is None or not found.ploidy:
        return False
    if found.min_draws is not None and found.ploidy_draws is not None:
        above = float((found.min_draws > settings.amplification_ratio * found.ploidy_draws).mean())
        if not 1 - settings.certainty < above < settings.certainty:
            return False
    return abs(found.min_copy_number / (settings.amplification_ratio * found.ploidy) - 1) <= NEAR_THRESHOLD


def second_look_quality(first: Look, second: Look | None = None) -> tuple[Quality, ...]:
    """The row for qc.tsv on what a second look cost and changed; none where there was one look."""
    if second is None:
        return ()
    cost = f"{second.tumor_fragments - first.tumor_fragments:,} fragments of the tumour"
    if second.normal_fragments:
        cost += f" and {second.normal_fragments - first.normal_fragments:,} of the normal"
    left = f"still in doubt: {'; '.join(second.doubts)}" if second.doubts else "nothing is in doubt now"
    note = (
        f"not sure at first ({'; '.join(first.doubts)}): {second.windows - first.windows:,} windows were read beside "
        f"{first.windows:,}, {cost}; before {first.found}, after {second.found}; {left}"
    )
    row = Quality(
        metric=SECOND_LOOK, value=second.share, unit="probability, 0-1", status=QualityStatus.PASS, note=note
    )
    return (row,)
