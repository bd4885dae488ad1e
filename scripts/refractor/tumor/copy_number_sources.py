"""What a tumour's copies are told from: its caller's files, its reads, and the breakpoints of its structural variants."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from refractor.copynumber.calls.copies_of_ratio import with_purity_and_ploidy
from refractor.copynumber.calls.sheet_against_file import sheet_against_file
from refractor.copynumber.fit.somatic_vaf import DEFAULT_SOMATIC_VAF
from refractor.copynumber.importers.read_profile import callers_of, check_positions, import_copy_number
from refractor.copynumber.segments import CopyNumberProfile
from refractor.errors import InputError
from refractor.files.listed import files_of
from refractor.genome.builds import GenomeBuild
from refractor.reads.alignment import Alignment, open_alignment
from refractor.results.analyses import AnalysisLog, reason_of
from refractor.results.quality import SOMATIC_VAF, Quality, QualityStatus
from refractor.tumor.inputs import Tumor, TumorBuild, build_of_files, build_without_files
from refractor.variants.files.opened import open_variants
from refractor.variants.files.somatic_counts import read_somatic_counts
from refractor.variants.files.sv_reader import read_structural_variants
from refractor.variants.files.vcf_file import VcfFile
from refractor.variants.somatic_alleles import SomaticAlleles
from refractor.variants.somatic_support import somatic_support

log = logging.getLogger(__name__)

FILE, READS, BREAKPOINTS = "copy_number", "copy_number_from_reads", "amplicon_breakpoints"

SOURCES = {"copy_number": FILE, "tumor_reads": READS, "structural_variants": BREAKPOINTS}
"""The tumour's own files, and the analysis that reads each."""


def written_names(
    reads: Sequence[Alignment], imported: Sequence[CopyNumberProfile]
) -> dict[str, tuple[str, ...]]:
    """The samples that the row's files name by themselves, by the sheet's column."""
    named = {
        column: file.sample_names
        for column, file in zip(("tumor_reads", "normal_reads"), reads, strict=False)
    }
    return named | {FILE: tuple(name for profile in imported for name in profile.sample_names)}


def imported_profiles(tumor: Tumor, analyses: AnalysisLog) -> tuple[CopyNumberProfile, ...]:
    """The profile of each file at the sheet's purity and ploidy; none where there is no file or one is unusable."""
    if tumor.copy_number is None:
        analyses.skipped(FILE, "not given")
        return ()
    profiles = []
    with analyses.part_of(FILE):
        files = [_imported_file(path, tumor) for path in files_of(str(tumor.copy_number))]
        for told in with_purity_of_another(files):
            for note in told.notes:
                log.info("%s: %s", told.source, note)
            stated = with_purity_and_ploidy(told, purity=tumor.purity, ploidy=tumor.ploidy, sex=tumor.sex)
            doubts = sheet_against_file(told, purity=tumor.purity, ploidy=tumor.ploidy, sex=tumor.sex)
            profiles.append(replace(stated, quality=(*stated.quality, *doubts)))
    return tuple(profiles) if analyses.state(FILE) is None else ()


def with_purity_of_another(files: Sequence[CopyNumberProfile]) -> list[CopyNumberProfile]:
    """The files of one tumour, those of ratios alone with the purity and ploidy of the first that tells both."""
    usable = [file for file in files if file.unusable is None and file.purity_ploidy.known]
    known = next((file for file in usable if file.purity_ploidy.purity is not None), None)
    if known is None or known.purity_ploidy.ploidy is None:
        return list(files)
    values = replace(known.purity_ploidy, reason=f"purity and ploidy as {known.source} has them")
    return [replace(file, purity_ploidy=values) if _of_ratios_alone(file) else file for file in files]


def _of_ratios_alone(file: CopyNumberProfile) -> bool:
    has_copies = bool(file.genes) or any(segment.copy_number is not None for segment in file.segments)
    return not has_copies and file.unusable is None and file.purity_ploidy.purity is None


def _imported_file(path: str, tumor: Tumor) -> CopyNumberProfile:
    """One file; of several the stated caller is that of those whose header is its, the others are told by theirs."""
    caller = tumor.copy_number_caller
    if caller is not None and len(files_of(str(tumor.copy_number))) > 1:
        told = callers_of(Path(path))
        caller = caller if caller in told or not told else None
    return import_copy_number(path, sample=tumor.sample, caller=caller)


def note_failure(analyses: AnalysisLog, analysis: str, error: InputError) -> None:
    """Note that `analysis` met unusable input; raises the error where failures are not to be recorded."""
    with analyses.attempt(analysis):
        raise error


def open_reads(tumor: Tumor, analyses: AnalysisLog, open_files: ExitStack) -> list[Alignment]:
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


def with_build(
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
                note_failure(analyses, analysis, error)
        return build_without_files(tumor), ()
    if not imported:
        return build, ()
    with analyses.part_of(FILE):
        for path, profile in placed:
            check_positions(profile, path, build=build.build)
        analyses.done(FILE, f"imported from {' and '.join(profile.source for profile in imported)}")
        return build, imported
    return build, ()


def read_somatic_alleles(
    tumor: Tumor, build: GenomeBuild, reads: Alignment
) -> tuple[SomaticAlleles | None, tuple[Quality, ...]]:
    """Somatic substitutions of the tumour's VCF, as evidence beside its reads; else a row for qc.tsv that says why not.

    The tumour's open `reads` must show them: a VCF of another tumour would weigh the copies by its own purity.
    A file that cannot be used is no failure here: the reads tell the copies without it, and the step that calls variants
    reports it. A MAF has no row: it is of genes.
    """
    if tumor.small_variants is None or tumor.tumor_reads is None:
        return None, ()
    try:
        file = open_variants(tumor.small_variants)
        if not isinstance(file, VcfFile):
            return None, ()
        found = read_somatic_counts(
            file, sample=tumor.sample, named_sample=tumor.small_variants_sample, build=build
        )
    except InputError as error:
        return None, (_unused(reason_of(error), QualityStatus.PASS),)
    if len(found) < DEFAULT_SOMATIC_VAF.least:  # too few to weigh anything
        return found, ()
    support = somatic_support(reads, found)
    if support is not None and (objection := support.objection) is not None:
        return None, (_unused(objection, QualityStatus.WARN),)
    return found, ()


def _unused(reason: str, status: QualityStatus) -> Quality:
    """The row for qc.tsv on a VCF that does not weigh the copies."""
    note = f"small_variants is not used for purity: {reason}"
    log.info(note)
    return Quality(metric=SOMATIC_VAF, value=None, status=status, note=note)


def read_breakpoints(
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
