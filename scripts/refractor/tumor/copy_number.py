"""Copies of every panel gene of one tumour, with purity, ploidy and amplicons: from a caller's file, from reads.

Where both sources are given both are reported, the one that the purity follows first, and a disagreement is a result
of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from refractor.copynumber.calls.amplification import CallSettings
from refractor.copynumber.calls.assessment import Assessment, assess
from refractor.copynumber.calls.consensus import with_consensus
from refractor.copynumber.calls.copies_of_ratio import with_purity_and_ploidy
from refractor.copynumber.calls.gene_copy_rows import (
    CopyNumberTables,
    given_values,
    tables_of_assessments,
    tables_without_source,
    windows_of,
)
from refractor.copynumber.calls.sheet_against_file import sheet_against_file
from refractor.copynumber.fit.fit import ReadsFit, fit_from_reads
from refractor.copynumber.fit.fit_settings import FitSettings
from refractor.copynumber.importers.read_profile import callers_of, check_positions, import_copy_number
from refractor.copynumber.segments import CopyNumberProfile
from refractor.errors import IdentityError, InputError, Problem
from refractor.files.listed import files_of
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome_wide.microsatellites import slippage, slippage_quality
from refractor.identity.contamination import contamination_of_tumor
from refractor.identity.sanity import check_sample
from refractor.identity.snp_counts import SampleAlleles
from refractor.reads.alignment import Alignment, open_alignment
from refractor.results.analyses import IDENTITY_ANALYSIS as IDENTITY
from refractor.results.analyses import AnalysisLog
from refractor.results.copy_number_tables import Window
from refractor.results.quality import Quality
from refractor.settings.thresholds import COPY_NUMBER, CopyNumberSettings, IdentitySettings
from refractor.settings.thresholds import IDENTITY as IDENTITY_SETTINGS
from refractor.tumor.inputs import Tumor, TumorBuild, build_of_files, build_without_files
from refractor.tumor.isolation import isolated, without
from refractor.variants.files.sv_reader import read_structural_variants
from refractor.vocabulary import State

log = logging.getLogger(__name__)

FILE, READS, BREAKPOINTS = "copy_number", "copy_number_from_reads", "amplicon_breakpoints"


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


SOURCES = {"copy_number": FILE, "tumor_reads": READS, "structural_variants": BREAKPOINTS}
"""The tumour's own files, and the analysis that reads each."""


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

    def measured(given: Tumor) -> TumorCopies:
        analyses = AnalysisLog(given.sample, record_failures=record_failures)
        return _measured(given, analyses, settings, identity=identity, workers=workers)

    if not record_failures and given_up is None:
        return measured(tumor)
    bare, failed = without(tumor, SOURCES)
    return isolated(
        lambda: measured(tumor),
        without_files=lambda: measured(bare),
        failed=failed or ["copy_number_step"],
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
    imported = _imported(tumor, analyses)
    with ExitStack() as open_files:
        reads = _open_reads(tumor, analyses, open_files)
        build, imported = _with_build(tumor, analyses, imported, reads)
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
        alleles=replace(alleles, written_names=_written_names(reads, imported)),
        windows=tuple(windows_of(fit.windows if fit else None)),
        analyses=analyses,
    )


def _written_names(
    reads: Sequence[Alignment], imported: Sequence[CopyNumberProfile]
) -> dict[str, tuple[str, ...]]:
    """The samples that the row's files name by themselves, by the sheet's column."""
    named = {
        column: file.sample_names
        for column, file in zip(("tumor_reads", "normal_reads"), reads, strict=False)
    }
    return named | {FILE: tuple(name for profile in imported for name in profile.sample_names)}


def _imported(tumor: Tumor, analyses: AnalysisLog) -> tuple[CopyNumberProfile, ...]:
    """The profile of each file at the sheet's purity and ploidy; none where there is no file or one is unusable."""
    if tumor.copy_number is None:
        analyses.skipped(FILE, "not given")
        return ()
    profiles = []
    with analyses.part_of(FILE):
        for path in files_of(str(tumor.copy_number)):
            told = _imported_file(path, tumor)
            for note in told.notes:
                log.info("%s: %s", told.source, note)
            stated = with_purity_and_ploidy(told, purity=tumor.purity, ploidy=tumor.ploidy, sex=tumor.sex)
            doubts = sheet_against_file(told, purity=tumor.purity, ploidy=tumor.ploidy, sex=tumor.sex)
            profiles.append(replace(stated, quality=(*stated.quality, *doubts)))
    return tuple(profiles) if analyses.state(FILE) is None else ()


def _imported_file(path: str, tumor: Tumor) -> CopyNumberProfile:
    """One file; of several the stated caller is that of those whose header is its, the others are told by theirs."""
    caller = tumor.copy_number_caller
    if caller is not None and len(files_of(str(tumor.copy_number))) > 1:
        told = callers_of(Path(path))
        caller = caller if caller in told or not told else None
    return import_copy_number(path, sample=tumor.sample, caller=caller)


def _note_failure(analyses: AnalysisLog, analysis: str, error: InputError) -> None:
    """Note that `analysis` met unusable input; raises the error where failures are not to be recorded."""
    with analyses.attempt(analysis):
        raise error


def _open_reads(tumor: Tumor, analyses: AnalysisLog, open_files: ExitStack) -> list[Alignment]:
    """The tumour's and the normal's reads, open; empty where there are none or one is unusable."""
    if tumor.tumor_reads is None:
        analyses.skipped(READS, "not given")
        return []
    with analyses.part_of(READS):
        return [
            open_files.enter_context(open_alignment(path, reference=tumor.reference))
            for path in (tumor.tumor_reads, tumor.normal_reads)
            if path is not None
        ]
    return []


def _with_build(
    tumor: Tumor, analyses: AnalysisLog, imported: tuple[CopyNumberProfile, ...], reads: list[Alignment]
) -> tuple[TumorBuild, tuple[CopyNumberProfile, ...]]:
    """The build of all sources, and the imported profiles if they fit it; where they contradict each other none is used."""
    told = {alignment.name: alignment.build for alignment in reads}
    paths = files_of(str(tumor.copy_number)) if imported else ()
    placed = [(path, profile) for path, profile in zip(paths, imported, strict=True) if not profile.placeless]
    told |= {path: profile.build for path, profile in placed}
    try:
        build = build_of_files(tumor, told)
    except InputError as error:
        for analysis, used in ((FILE, bool(imported)), (READS, bool(reads))):
            if used:
                _note_failure(analyses, analysis, error)
        return build_without_files(tumor), ()
    if not imported:
        return build, ()
    with analyses.part_of(FILE):
        for path, profile in placed:
            check_positions(profile, path, build=build.build)
        analyses.done(FILE, f"imported from {' and '.join(profile.source for profile in imported)}")
        return build, imported
    return build, ()


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
            )
        except IdentityError as error:  # told once, as what it is
            _note_failure(analyses, IDENTITY, error)
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
    breakpoints = _breakpoints(tumor, analyses, build)
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


def _breakpoints(
    tumor: Tumor, analyses: AnalysisLog, build: GenomeBuild
) -> tuple[tuple[str, int], ...] | None:
    """Positions of the structural variants that passed their caller's filters; None where there is no file."""
    if tumor.structural_variants is None:
        return None
    found = None
    with analyses.attempt(BREAKPOINTS):
        variants = read_structural_variants(
            tumor.structural_variants,
            sample=tumor.sample,
            named_sample=tumor.structural_variants_sample,
            build=build,
        )
        passed = [variant for variant in variants if not variant.filters]
        found = tuple((end.chromosome, end.position) for variant in passed for end in variant.breakpoints)
        analyses.done(BREAKPOINTS, f"{len(passed)} of {len(variants)} junctions passed")
    return found


def _reason_without_source(analyses: AnalysisLog) -> str:
    """Why there are no copies at all."""
    parts = [
        f"{label}: {analyses.reason(name)}"
        for name, label in ((FILE, "copy-number file"), (READS, "reads"))
        if analyses.reason(name) not in ("", "not given")
    ]
    return "; ".join(parts) or "neither reads nor a copy-number file given"
