"""Everything of the fit from reads that can be set."""

from __future__ import annotations

from dataclasses import dataclass, field

from refractor.copynumber.fit.allele_balance import AlleleSettings
from refractor.copynumber.fit.genome_prior import PuritySettings
from refractor.copynumber.fit.normalise_depth import NormaliseSettings
from refractor.copynumber.fit.segmentation import SegmentationSettings
from refractor.copynumber.fit.window_quality import SamplingSettings
from refractor.identity.sex import SexSettings
from refractor.reads.windows import ReadFilter
from refractor.settings.thresholds import COPY_NUMBER, CopyNumberSettings


@dataclass(frozen=True, slots=True)
class FitSettings:
    """Everything of the fit that can be set; `windows` is how many places are read at first, None = all that ship."""

    windows: int | None = COPY_NUMBER.windows
    workers: int = 1
    reads: ReadFilter = field(default_factory=ReadFilter)
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    sex_chromosomes: SexSettings = field(default_factory=SexSettings)
    depth: NormaliseSettings = field(default_factory=NormaliseSettings)
    alleles: AlleleSettings = field(default_factory=AlleleSettings)
    segmentation: SegmentationSettings = field(default_factory=SegmentationSettings)
    model: str = "whole_copies"
    """Name of the model of purity and ploidy in `fit/models.py`."""
    purity: PuritySettings = field(default_factory=PuritySettings)
    draws: int = 2_000
    seed: int = 20_260
    min_purity: float = COPY_NUMBER.min_purity
    """Below it purity is reported but not to be used (PURPLE WARN_LOW_PURITY)."""
    max_low_purity_share: float = 0.05
    """Share of a fit below `min_purity` from which nothing may be excluded, as for a fit that lies there."""
    min_probability: float = 0.5
    """Posterior probability of the best solution below which purity and ploidy are said to be unknown."""
    second_look: bool = COPY_NUMBER.second_look
    """Whether further windows are read where the answer is not sure."""
    certainty: float = COPY_NUMBER.certainty
    """Posterior probability of the best solution from which the answer is sure."""
    amplification_ratio: float = COPY_NUMBER.amplification_ratio
    """Copies over ploidy near which a gene's copies are looked at again."""
    max_purity_range: float = 0.35
    """Width of the 95 % range of purity from which it is said to be unknown."""

    @classmethod
    def of(cls, settings: CopyNumberSettings, *, workers: int = 1) -> FitSettings:
        """The settings of the configuration's group `copy_number`; `workers` processes read a file."""
        return cls(
            windows=settings.windows,
            workers=workers,
            min_purity=settings.min_purity,
            second_look=settings.second_look,
            certainty=settings.certainty,
            amplification_ratio=settings.amplification_ratio,
        )


DEFAULT_FIT = FitSettings()
"""What is used where nothing is set."""
