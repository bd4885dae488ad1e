"""Copies of every panel gene of one tumour, with purity, ploidy and amplicons: from a caller's file, from reads.

Where both sources are given both are reported, the one that the purity follows first, and a disagreement is a result
of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace

from refractor.copynumber.calls.amplification import CallSettings
from refractor.copynumber.calls.assessment import Assessment, assess
from refractor.copynumber.calls.consensus import with_consensus
from refractor.copynumber.calls.gene_copy_rows import (
    CopyNumberTables,
    given_values,
    tables_of_assessments,
    tables_without_source,
    windows_of,
)
from refractor.copynumber.fit.fit import ReadsFit
from refractor.copynumber.fit.fit_settings import FitSettings
from refractor.copynumber.fit.from_reads import fit_from_reads
from refractor.copynumber.segments import CopyNumberProfile
from refractor.errors import IdentityError, Problem
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome_wide.microsatellites import slippage, slippage_quality
from refractor.identity.contamination import contamination_of_tumor
from refractor.identity.sanity import check_sample
from refractor.identity.snp_counts import SampleAlleles
from refractor.reads.alignment import Alignment
from refractor.results.analyses import IDENTITY_ANALYSIS as IDENTITY
from refractor.results.analyses import AnalysisLog
from refractor.results.copy_number_tables import Window
from refractor.results.quality import Quality
from refractor.settings.thresholds import COPY_NUMBER, CopyNumberSettings, IdentitySettings
from refractor.settings.thresholds import IDENTITY as IDENTITY_SETTINGS
from refractor.tumor.copy_number_sources import (
    FILE,
    READS,
    SOURCES,
    imported_profiles,
    note_failure,
    open_reads,
    read_breakpoints,
    read_somatic_alleles,
    with_build,
    written_names,
)
from refractor.tumor.inputs import Tumor, TumorBuild
from refractor.tumor.isolation import isolated
from refractor.vocabulary import State

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TumorCopies:
    """The copies of one tumour. `tables` are complete also where nothing could be measured.

    `alleles` are the counts at common SNPs (whose genome it is), `windows` the windows that were read.
    """

    build: TumorBuild
    tables: CopyNumberTables
    alleles: SampleAlleles
    windows: tuple[Window, ...]
    analyses: AnalysisLog


def measure_copy_number(
    tumor: Tumor,
    settings: CopyNumberSettings = COPY_NUMBER,
    *,
    identity: IdentitySettings = IDENTITY_SETTINGS,
    workers: int = 1,
    record_failures: bool = False,
    given_up: str | None = None,
) -> TumorCopies:
    """The copies of a tumour from its caller's file and its reads, each where it is given.

    `workers` processes read a file. With `record_failures` an unusable source is a failed analysis and the rest goes
    on without it.

    `given_up` says why an earlier try was killed: then no file of the tumour is opened, and each has failed.

    Raises:
        InputError: a source is unusable, and failures are not to be recorded.
    """

    def measured(given: Tumor, failed: Mapping[str, str]) -> TumorCopies:
        analyses = AnalysisLog(given.sample, record_failures=record_failures, failed_before=failed)
        return _measured(given, analyses, settings, identity=identity, workers=workers)

    return isolated(
        measured,
        tumor,
        sources=SOURCES,
        step="copy_number_step",
        record_failures=record_failures,
        given_up=given_up,
    )


def _measured(
    tumor: Tumor,
    analyses: AnalysisLog,
    settings: CopyNumberSettings,
    *,
    identity: IdentitySettings,
    workers: int,
) -> TumorCopies:
    imported = imported_profiles(tumor, analyses)
    with ExitStack() as open_files:
        reads = open_reads(tumor, analyses, open_files)
        build, imported = with_build(tumor, analyses, imported, reads)
        fit = None
        if analyses.state(READS) is None:
            fit = _fitted(tumor, analyses, reads, build.build, settings=settings, workers=workers)
        with analyses.attempt(READS):
            open_files.close()  # htslib tells here of damage that it met on the way
        if analyses.state(READS) is State.FAILED:
            fit = None
    alleles, quality = _identity(tumor, analyses, fit, reads, build.build, settings=identity)
    tables = _tables(tumor, analyses, fit, imported, build.build, settings=settings)
    quality = (*quality, *_microsatellites(fit, tables, analyses))
    return TumorCopies(
        build=build,
        tables=replace(tables, quality=(*tables.quality, *quality)),
        alleles=replace(alleles, written_names=written_names(reads, imported)),
        windows=tuple(windows_of(fit.windows if fit else None)),
        analyses=analyses,
    )


def _fitted(
    tumor: Tumor,
    analyses: AnalysisLog,
    reads: list[Alignment],
    build: GenomeBuild,
    *,
    settings: CopyNumberSettings,
    workers: int,
) -> ReadsFit | None:
    """What the tumour's reads tell of its copies; None where they cannot be used."""
    fit = None
    with analyses.attempt(READS):
        somatic, unused = read_somatic_alleles(tumor, build, reads[0])
        try:
            fit = fit_from_reads(
                reads[0],
                reads[1] if len(reads) > 1 else None,
                panel=load_panel(build),
                build=build,
                settings=FitSettings.of(settings, workers=workers),
                purity=tumor.purity,
                ploidy=tumor.ploidy,
                sex=tumor.sex,
                somatic=somatic,
            )
            fit = replace(fit, profile=replace(fit.profile, quality=(*fit.profile.quality, *unused)))
        except IdentityError as error:  # told once, as what it is
            note_failure(analyses, IDENTITY, error)
            analyses.skipped(READS, "tumor_reads and normal_reads are no pair of tumour and normal")
            return None
        if fit.profile.unusable is None:
            analyses.done(READS, "fitted from reads")
        else:
            analyses.skipped(READS, fit.profile.unusable)
    return fit


def _identity(
    tumor: Tumor,
    analyses: AnalysisLog,
    fit: ReadsFit | None,
    reads: list[Alignment],
    build: GenomeBuild,
    *,
    settings: IdentitySettings,
) -> tuple[SampleAlleles, tuple[Quality, ...]]:
    """The allele counts, and rows for qc.tsv on whose genome the reads are; a contradiction is a failure."""
    if fit is None or fit.sampled is None:
        if analyses.state(IDENTITY) is None:
            given = tumor.tumor_reads is not None
            analyses.skipped(IDENTITY, "the reads could not be used" if given else "no reads")
        return SampleAlleles(build), ()
    names = [alignment.sample_names for alignment in reads]
    sampled = replace(fit.sampled, tumor_names=names[0], normal_names=names[1] if len(names) > 1 else ())
    alleles = SampleAlleles(build)
    quality: tuple[Quality, ...] = ()
    with analyses.attempt(IDENTITY):
        sanity = check_sample(sampled, build=build, sex=tumor.sex, settings=settings)
        alleles, quality = sanity.alleles, sanity.quality
        if sanity.stop is not None:
            raise IdentityError(Problem(f"sample {tumor.sample}", sanity.stop))
        analyses.done(IDENTITY, sanity.done)
    return alleles, quality


def _microsatellites(
    fit: ReadsFit | None, tables: CopyNumberTables, analyses: AnalysisLog
) -> tuple[Quality, ...]:
    """The row for qc.tsv on microsatellites in the sampled reads; none without reads of the patient."""
    if fit is None or fit.sampled is None or analyses.state(IDENTITY) is State.FAILED:
        return ()
    sampled, values = fit.sampled, tables.purity_ploidy
    normal = sampled.normal
    stranger = None
    if normal is not None:
        stranger = contamination_of_tumor(sampled.sites, sampled.tumor, normal)
    found = slippage(
        sampled.tumor.repeats,
        None if normal is None else normal.repeats,
        purity=values.purity if values.known else None,
        ploidy=values.ploidy if values.known else None,
        foreign=0.0 if stranger is None else stranger.fraction,
    )
    return (slippage_quality(found),)


def _tables(
    tumor: Tumor,
    analyses: AnalysisLog,
    fit: ReadsFit | None,
    imported: tuple[CopyNumberProfile, ...],
    build: GenomeBuild,
    *,
    settings: CopyNumberSettings,
) -> CopyNumberTables:
    """The rows by every source, reads first unless only a file can say, and what most files say before the others."""
    genes = tuple(load_panel(build).genes.values())
    breakpoints = read_breakpoints(tumor, analyses, build)
    if fit is None and not imported:
        reason = _reason_without_source(analyses)
        known = given_values(purity=tumor.purity, ploidy=tumor.ploidy, reason=reason)
        return tables_without_source(tumor.sample, genes, known)

    def assessed(profile: CopyNumberProfile) -> Assessment:
        return assess(
            profile, genes, build=build, settings=CallSettings.of(settings), breakpoints=breakpoints
        )

    files = tuple(assessed(profile) for profile in imported)
    if len(files) > 1:
        files = with_consensus(files)
    assessments = [*(() if fit is None else (assessed(fit.profile),)), *files]
    assessments.sort(key=lambda assessment: not assessment.usable)
    return tables_of_assessments(tumor.sample, assessments)


def _reason_without_source(analyses: AnalysisLog) -> str:
    """Why there are no copies at all."""
    parts = [
        f"{label}: {analyses.reason(name)}"
        for name, label in ((FILE, "copy-number file"), (READS, "reads"))
        if analyses.reason(name) not in ("", "not given")
    ]
    return "; ".join(parts) or "neither reads nor a copy-number file given"
