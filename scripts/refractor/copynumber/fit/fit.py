"""Copy numbers of a tumour from counts at the sampled windows, with everything that is not certain about them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.fit.captured_exons import captured_reason
from refractor.copynumber.fit.fit_settings import DEFAULT_FIT, FitSettings
from refractor.copynumber.fit.fitted_profile import (
    WindowTable,
    draw_copies,
    fit_quality,
    may_be_too_impure,
    normal_quality,
    profile_segments,
    purity_ploidy_of,
    spans_usable_solutions,
    window_table,
)
from refractor.copynumber.fit.models import posterior_of
from refractor.copynumber.fit.purity_posterior import Solution
from refractor.copynumber.fit.segment_summary import summarise_segments
from refractor.copynumber.fit.segmented_depth import segmented_depth
from refractor.copynumber.fit.somatic_vaf import weighed_by_somatic_vaf
from refractor.copynumber.fit.window_quality import (
    missing_chromosomes,
    sampling_quality,
    stretches_of,
    unplaced_windows,
    unusable_reason,
)
from refractor.copynumber.segments import SOURCE_READS, CopyNumberProfile, PosteriorDraws
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import Gene
from refractor.identity.contamination import (
    MOST_FOREIGN,
    contamination_by_own_alleles,
    contamination_of_tumor,
    error_rate_of,
)
from refractor.identity.sex import infer_sex
from refractor.reads.windows import SampledReads, WindowCounts
from refractor.reads.windows_to_read import Sites
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy
from refractor.results.quality import Quality
from refractor.settings.thresholds import IDENTITY
from refractor.variants.somatic_alleles import SomaticAlleles

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class ReadsFit:
    """The profile, with source "reads" and its posterior draws; other ways to explain the genome; the windows."""

    profile: CopyNumberProfile
    solutions: tuple[Solution, ...]
    windows: WindowTable | None
    sampled: SampledReads | None = None
    """The counts themselves, which also tell whose genome it is."""

    @property
    def draws(self) -> PosteriorDraws | None:
        """The posterior draws of the profile."""
        return self.profile.draws


def fit_counts(
    sites: Sites,
    tumor: WindowCounts,
    normal: WindowCounts | None,
    *,
    build: GenomeBuild,
    settings: FitSettings = DEFAULT_FIT,
    purity: float | None = None,
    ploidy: float | None = None,
    sex: str | None = None,
    genes: Sequence[Gene] = (),
    somatic: SomaticAlleles | None = None,
) -> ReadsFit:
    """The copy numbers that counts at the sites tell.

    `purity`, `ploidy` and `sex` (XX, XY) hold where given; `somatic` are substitutions whose VAFs are evidence too.
    """
    quality = sampling_quality(sites, tumor, normal, settings.sampling)
    purity, least_purity, foreign = _diluted_by_foreign_dna(purity, sites, tumor, normal)
    reason = unusable_reason(sites, tumor, normal, settings.sampling) or _captured(
        sites, tumor, normal, genes
    )
    if reason is not None:
        reason = "; ".join(part for part in (reason, foreign) if part)
        return _without_fit(reason, build, quality, purity=purity, ploidy=ploidy, sex=sex)
    usable = _usable(sites, tumor, normal, sex=sex, genes=genes, settings=settings)
    cut = segmented_depth(sites, usable.tumor, normal, sex=usable.sex, genes=genes, settings=settings)
    summary = summarise_segments(sites, cut.depth, cut.alleles, cut.number, sex=usable.sex, settings=settings)
    posterior = posterior_of(summary.evidence(autosomes_only=True), settings, purity=purity, ploidy=ploidy)
    posterior, of_vaf = weighed_by_somatic_vaf(posterior, somatic, summary)
    best = posterior.solutions[0]
    draws = draw_copies(posterior, summary, settings, np.random.default_rng(settings.seed))
    values = purity_ploidy_of(posterior, summary, settings, normal is not None, purity=purity, ploidy=ploidy)
    values = replace(
        values,
        purity_low=values.purity_low if least_purity is None else least_purity,
        reason="; ".join(part for part in (values.reason, foreign) if part),
    )
    profile = CopyNumberProfile(
        source=SOURCE_READS,
        build=build,
        segments=profile_segments(summary, best, draws),
        purity_ploidy=values,
        notes=usable.notes,
        quality=(
            *quality,
            *fit_quality(cut.depth, cut.alleles, summary, usable.notes, usable.sex),
            *(() if cut.excess is None else normal_quality(cut.excess, values, genes)),
            *of_vaf,
        ),
        draws=draws,
        ambiguous=values.purity is not None and spans_usable_solutions(posterior, settings),
        may_be_too_impure=may_be_too_impure(posterior, settings),
        ratios_centred=True,
        blind=stretches_of(sites, usable.unplaced),
        sex=usable.sex,
    )
    _log_solutions(profile, posterior.solutions)
    windows = window_table(sites, cut.depth, cut.alleles, cut.number, summary=summary, best=best)
    return ReadsFit(profile, posterior.solutions, windows)


def _captured(
    sites: Sites, tumor: WindowCounts, normal: WindowCounts | None, genes: Sequence[Gene]
) -> str | None:
    named = (("tumour", tumor), ("normal", normal))
    told = (captured_reason(name, sites, counts, genes) for name, counts in named if counts is not None)
    return next((reason for reason in told if reason is not None), None)


def _log_solutions(profile: CopyNumberProfile, solutions: Sequence[Solution]) -> None:
    log.info(
        "%d segments; %d ways to explain them, best: purity %.2f, ploidy %.2f (share %.2f)",
        len(profile.segments),
        len(solutions),
        solutions[0].purity,
        solutions[0].ploidy,
        solutions[0].probability,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Usable:
    """The tumour's counts at the windows that can be used, the sex that holds, and what there is to say of both.

    `unplaced` (bool, one a window) are the windows whose reads have no place; chromosomes without a read are left out.
    """

    tumor: WindowCounts
    unplaced: NDArray[np.bool_]
    sex: str | None
    notes: tuple[str, ...]


def _usable(
    sites: Sites,
    tumor: WindowCounts,
    normal: WindowCounts | None,
    *,
    sex: str | None,
    genes: Sequence[Gene],
    settings: FitSettings,
) -> _Usable:
    gone = missing_chromosomes(sites, tumor)
    notes = [f"no reads on chromosome {name}: left out" for name in gone]
    lost = sorted({gene.chromosome for gene in genes} & set(gone))
    if lost:
        notes.append(f"panel genes on {', '.join(lost)} cannot be judged")
    unplaced = unplaced_windows(tumor)
    tumor = tumor.without(np.isin(sites.chromosome, gone) | unplaced)
    seen_sex = infer_sex(sites, normal or tumor, settings.sex_chromosomes)
    if sex is not None and seen_sex is not None and sex != seen_sex:
        notes.append(f"the sheet says {sex}, the reads look like {seen_sex}")
    return _Usable(tumor, unplaced, sex or seen_sex, tuple(notes))


def _diluted_by_foreign_dna(
    purity: float | None, sites: Sites, tumor: WindowCounts, normal: WindowCounts | None
) -> tuple[float | None, float | None, str]:
    """The stated purity as a share of all DNA, foreign DNA included, its least value, and a note where there is any.

    A fitted purity is that already: another person's cells have two copies like the patient's normal ones. Without a
    normal foreign DNA is a possibility only: the purity stands, and may be less (None where it may not).
    """
    if purity is None:
        return None, None, ""
    if normal is None:
        found = contamination_by_own_alleles(sites, tumor, error_rate=error_rate_of(sites, tumor))
    else:
        found = contamination_of_tumor(sites, tumor, normal)
    if found is None or found.low < IDENTITY.contamination or found.fraction >= MOST_FOREIGN:
        return purity, None, ""
    diluted = purity * (1 - found.fraction)
    if normal is None:
        note = f"{found.fraction:.1%} of the DNA may be another person's: purity {purity:g} may be {diluted:.2f} of all"
        return purity, diluted, note
    note = f"{found.fraction:.1%} of the DNA is another person's: purity {purity:g} is {diluted:.2f} of all"
    return diluted, None, note


def _without_fit(
    reason: str,
    build: GenomeBuild,
    quality: tuple[Quality, ...],
    *,
    purity: float | None,
    ploidy: float | None,
    sex: str | None,
) -> ReadsFit:
    """A profile that says nothing, and why."""
    method = PurityMethod.UNKNOWN if purity is None and ploidy is None else PurityMethod.GIVEN
    values = PurityPloidy(purity=purity, ploidy=ploidy, method=method, reason=reason)
    profile = CopyNumberProfile(
        source=SOURCE_READS,
        build=build,
        segments=(),
        purity_ploidy=values,
        unusable=reason,
        quality=quality,
        sex=sex,
    )
    return ReadsFit(profile, (), None)
