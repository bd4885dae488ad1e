"""The copy-number profile of one tumour: segments, purity and ploidy, whoever made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from refractor.genome.builds import CHROMOSOMES, CONTIG_LENGTHS, SEX_CHROMOSOMES, GenomeBuild
from refractor.results.copy_number_tables import PurityPloidy, Segment
from refractor.results.quality import Quality
from refractor.vocabulary import CopyNumberCall

MIN_PLOIDY, MAX_PLOIDY = 0.5, 20.0
"""What can be a ploidy at all, copies; the sheet allows the same."""

AUTOSOMES = frozenset(CHROMOSOMES).difference(SEX_CHROMOSOMES)

UNKNOWN_PURITY_AND_PLOIDY = PurityPloidy()

SOURCE_READS = "reads"
"""`CopyNumberProfile.source` of a profile fitted here; else the name of the importer."""


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


LISTED_SHARE = 0.05
"""Posterior share from which a solution is told, and held by ranges."""


@dataclass(frozen=True, slots=True, eq=False)
class PosteriorDraws:
    """Joint draws from the posterior of a fit, so that verdicts carry its whole uncertainty.

    `purity` and `ploidy`: float (n_draws,); `copy_numbers`: float (n_segments, n_draws), rows in the order
    of the profile's segments, absolute copies. `solution` (n_draws,) numbers the way to explain the genome that each
    draw is from; None where there is one.
    """

    purity: NDArray[np.float64]
    ploidy: NDArray[np.float64]
    copy_numbers: NDArray[np.float64]
    solution: NDArray[np.int64] | None = None

    def range_of(self, values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Low and high of `values` (..., n_draws): the central 95 %, and that of each solution of LISTED_SHARE or more.

        A solution of 10 % lies at the edge of all draws, whose central 95 % leaves out a quarter of it. One of 3 % is what a
        range of 95 % leaves out: held whole, a doubling that is hardly possible would halve the power at every codon.
        """
        rows = [np.ones(values.shape[-1], dtype=bool)]
        if self.solution is not None:
            held = [self.solution == number for number in np.unique(self.solution[self.solution >= 0])]
            rows += [inside for inside in held if inside.mean() >= LISTED_SHARE]
        ranges = np.stack([np.quantile(values[..., inside], (0.025, 0.975), axis=-1) for inside in rows])
        return ranges[:, 0].min(axis=0), ranges[:, 1].max(axis=0)


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
    written its copies without accounting for purity (cnvkit call). `changes_only`: unchanged stretches are left out.
    `ambiguous`: several solutions fit, so that purity and ploidy have no one value, while `draws` span them all.
    `may_be_too_impure`: purity may lie below the least at which an absence is said, whichever solution is the likeliest.
    `blind`: stretches (chromosome, start, end) whose reads cannot be placed: no copies there, whatever lies around.
    `ratios_centred`: the segments' log2 ratios are to the genome's mean. `tumor_seen`: the source saw a tumour by other signs than copies (somatic variants). `sex` is XX or XY where the source tells.
    `sample_names` are the samples that the file itself names.
    `gene_calls` are verdicts of the source on genes of which it gives no number, with its words. `placeless`: the source has
    no positions, so that it is of no build.
    """

    source: str
    build: GenomeBuild | None
    segments: tuple[Segment, ...]
    genes: tuple[GeneCopies, ...] = ()
    purity_ploidy: PurityPloidy = UNKNOWN_PURITY_AND_PLOIDY
    capped_at: float | None = None
    integers: bool = False
    unusable: str | None = None
    notes: tuple[str, ...] = ()
    quality: tuple[Quality, ...] = ()
    draws: PosteriorDraws | None = None
    sv_breakpoints: tuple[tuple[str, int], ...] = ()
    needs_sv_support: bool = False
    purity_uncorrected: bool = False
    changes_only: bool = False
    ambiguous: bool = False
    may_be_too_impure: bool = False
    blind: tuple[tuple[str, int, int], ...] = ()
    ratios_centred: bool = False
    tumor_seen: bool = False
    sex: str | None = None
    sample_names: tuple[str, ...] = ()
    gene_calls: Mapping[str, tuple[CopyNumberCall, str]] = field(default_factory=dict)
    placeless: bool = False


WHOLE_GENOME_FRACTION = 0.75
"""Fraction of the autosomes' bases that must have a value before a figure of the whole genome is computed.

Segments of exomes and arrays cover 0.9 and more, as they reach from the first to the last target of an arm (ours).
"""

_AUTOSOMES_BP = sum(
    length for name, length in CONTIG_LENGTHS[GenomeBuild.GRCH38].items() if name in AUTOSOMES
)


def covers_genome(segments: tuple[Segment, ...], value: str = "copy_number") -> bool:
    """Whether segments with a `value` cover the autosomes, so that ploidy, centre or altered fraction can be told."""
    bases = sum(
        segment.length
        for segment in segments
        if segment.chromosome in AUTOSOMES and getattr(segment, value) is not None
    )
    return bases >= WHOLE_GENOME_FRACTION * _AUTOSOMES_BP


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
