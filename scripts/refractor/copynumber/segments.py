"""The copy-number profile of one tumour: segments, purity and ploidy, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from refractor.genome.builds import GenomeBuild
from refractor.results.quality import Quality

LEAST_PLOIDY, MOST_PLOIDY = 0.5, 20.0
"""What can be a ploidy at all, copies; the sheet allows the same."""

SOURCE_READS = "reads"
"""`CopyNumberProfile.source` of a profile fitted here; else the name of the importer."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of constant copy number; chromosome without chr, 0-based half-open.

    Copy numbers are absolute copies in tumour cells (not rounded, never negative); None where the source
    gives only a ratio. `copy_number_low` and `_high` are a central 95 % interval. `log2_ratio` is depth
    against the genome's mean, `log2_ratio_sd` its standard error; `baf` the allele balance of heterozygous
    SNPs mirrored to >= 0.5.
    """

    chromosome: str
    start: int
    end: int
    copy_number: float | None
    minor_copy_number: float | None
    log2_ratio: float | None = None
    baf: float | None = None
    n_windows: int | None = None
    n_snps: int | None = None
    copy_number_low: float | None = None
    copy_number_high: float | None = None
    log2_ratio_sd: float | None = None

    @property
    def length(self) -> int:
        """Bases."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class GeneCopies:
    """Copies of one gene as its caller reports them, which may know more than the segments say.

    PURPLE takes the least and the most over the exons; coordinates are the caller's, 0-based half-open.
    """

    gene: str
    chromosome: str
    start: int
    end: int
    copy_number: float | None
    min_copy_number: float | None
    max_copy_number: float | None
    minor_copy_number: float | None


class PurityMethod(StrEnum):
    """Where purity and ploidy come from."""

    FITTED = "fitted"
    GIVEN = "given"
    IMPORTED = "imported"
    UNKNOWN = "unknown"


class PurityStatus(StrEnum):
    """Whether purity and ploidy can be used."""

    OK = "ok"
    NOT_ASSESSABLE = "not_assessable"


@dataclass(frozen=True, slots=True)
class PurityPloidy:
    """Purity (0-1) and ploidy (mean copies of the tumour genome) with their credible ranges; None = unknown."""

    purity: float | None = None
    purity_low: float | None = None
    purity_high: float | None = None
    ploidy: float | None = None
    ploidy_low: float | None = None
    ploidy_high: float | None = None
    whole_genome_doubled: bool | None = None
    method: PurityMethod = PurityMethod.UNKNOWN
    status: PurityStatus = PurityStatus.NOT_ASSESSABLE
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PosteriorDraws:
    """Joint draws from the posterior of a fit, so that verdicts carry its whole uncertainty.

    `purity` and `ploidy`: float (n_draws,); `copy_numbers`: float (n_segments, n_draws), rows in the order
    of the profile's segments, absolute copies.
    """

    purity: NDArray[np.float64]
    ploidy: NDArray[np.float64]
    copy_numbers: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CopyNumberProfile:
    """All that one source says of a tumour's copies.

    `source` is "reads" or the caller; `genes` is filled where the caller reports per gene. `capped_at`
    is the number of copies beyond which the caller does not count (Sequenza: 7). `integers` marks rounded
    copies. `unusable` says why no verdict may rest on the profile (upstream QC failed, reads of a panel
    only, ...); None where it may. `notes` are sentences for the reader; `quality` rows for qc.tsv.
    `sv_breakpoints` are the positions (chromosome, 0-based) where the source saw a structural variant
    bound a segment. `needs_sv_support`: the depth is so noisy that an amplification counts only where
    one of them bounds it (PURPLE's WARN_HIGH_COPY_NUMBER_NOISE). `purity_uncorrected`: the caller may have
    written its copies without accounting for purity (cnvkit call). `sex` is XX or XY where the source tells.
    """

    source: str
    build: GenomeBuild | None
    segments: tuple[Segment, ...]
    genes: tuple[GeneCopies, ...] = ()
    purity_ploidy: PurityPloidy = PurityPloidy()
    capped_at: float | None = None
    integers: bool = False
    unusable: str | None = None
    notes: tuple[str, ...] = ()
    quality: tuple[Quality, ...] = ()
    draws: PosteriorDraws | None = None
    sv_breakpoints: tuple[tuple[str, int], ...] = ()
    needs_sv_support: bool = False
    purity_uncorrected: bool = False
    sex: str | None = None


def mean_copy_number(
    segments: tuple[Segment, ...], chromosomes: frozenset[str] | None = None
) -> float | None:
    """Length-weighted mean copies of `segments` (all, or those on `chromosomes`); None where none has copies."""
    known = [
        segment
        for segment in segments
        if segment.copy_number is not None and (chromosomes is None or segment.chromosome in chromosomes)
    ]
    bases = sum(segment.length for segment in known)
    if bases == 0:
        return None
    return sum(segment.length * (segment.copy_number or 0.0) for segment in known) / bases
