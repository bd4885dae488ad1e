"""Copies of every panel gene of one tumour, with purity, ploidy and amplicons: from a caller's file, from reads.

Writes OUTPUT_DIR/qc.tsv, purity_ploidy.tsv, segments.tsv, gene_copy_number.tsv, amplification_definitions.tsv,
amplicons.tsv, genotypes.npz (allele counts at common SNPs: whose genome it is), windows.tsv.gz and copy_number_analyses.tsv. Where both sources are given both are reported, the one that
purity_ploidy.tsv follows first, and a disagreement is a result of its own.
"""

from __future__ import annotations

import argparse
import logging
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from refractor.copynumber.calls.absolute import with_purity_and_ploidy
from refractor.copynumber.calls.amplification import CallSettings
from refractor.copynumber.calls.assessment import Assessment, assess
from refractor.copynumber.calls.gene_copy_rows import (
    given_values,
    tables_of_assessments,
    tables_without_source,
    windows_of,
)
from refractor.copynumber.fit.fit import ReadsFit, fit_from_reads
from refractor.copynumber.fit.fit_settings import FitSettings
from refractor.copynumber.importers.read_profile import check_positions, import_copy_number
from refractor.copynumber.importers.registry import IMPORTERS
from refractor.copynumber.segments import LEAST_PLOIDY, MOST_PLOIDY, CopyNumberProfile
from refractor.errors import IdentityError, InputError, Problem
from refractor.files.remote import location
from refractor.genome.builds import GenomeBuild, decide_build
from refractor.genome.panel import load_panel
from refractor.identity.sanity import check_sample
from refractor.identity.snp_counts import READS_FILE, SampleAlleles, write_alleles
from refractor.reads.alignment import Alignment, open_alignment
from refractor.results.analyses import IDENTITY_ANALYSIS as IDENTITY
from refractor.results.analyses import AnalysisLog
from refractor.results.copy_number_tables import WINDOWS
from refractor.results.quality import Quality
from refractor.settings.model import add_options, from_arguments
from refractor.settings.thresholds import CopyNumberSettings, IdentitySettings
from refractor.step import run_step, tumor_step_parser
from refractor.variants.files.sv_reader import read_structural_variants
from refractor.vocabulary import State

log = logging.getLogger("measure_copy_number")

FILE, READS, BREAKPOINTS = "copy_number", "copy_number_from_reads", "amplicon_breakpoints"


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    options = tumor_step_parser(__doc__)
    options.add_argument("--sample", required=True, help="tumour sample")
    builds = [str(build) for build in GenomeBuild]
    options.add_argument("--genome-build", choices=builds, help="build that the sheet states")
    options.add_argument("--default-build", choices=builds, help="build where nothing tells it")
    options.add_argument(
        "--tumor-reads", type=location, help="indexed BAM or CRAM of the tumour, or its address"
    )
    options.add_argument("--normal-reads", type=location, help="the same of the matched normal")
    options.add_argument("--copy-number", type=Path, help="output of a copy-number caller")
    options.add_argument(
        "--copy-number-caller",
        choices=list(IMPORTERS),
        help="its caller; told from the header where left out",
    )
    options.add_argument("--structural-variants", type=Path, help="VCF whose breakpoints may bound amplicons")
    options.add_argument("--purity", type=float, help="known purity, over 0 and at most 1")
    options.add_argument("--ploidy", type=float, help="known ploidy, copies")
    options.add_argument("--sex", choices=("XX", "XY"), help="sex chromosomes of the patient")
    options.add_argument("--reference", type=Path, help="full FASTA, for CRAM")
    add_options(options, CopyNumberSettings)
    add_options(options, IdentitySettings)
    options.add_argument("--threads", type=int, default=1, help="worker processes that read a file")
    options.add_argument("--output-dir", type=Path, required=True, help="where the tables go")
    return options


def main(arguments: argparse.Namespace) -> None:
    """Run the step."""
    check_known_values(arguments)
    analyses = AnalysisLog(arguments.sample, record_failures=arguments.record_failures)
    imported = import_file(arguments, analyses)
    with ExitStack() as open_files:
        heads = open_reads(arguments, analyses, open_files)
        measure(arguments, analyses, imported, heads, open_files)


def measure(
    arguments: argparse.Namespace,
    analyses: AnalysisLog,
    imported: CopyNumberProfile | None,
    heads: list[Alignment],
    open_files: ExitStack,
) -> None:
    """Fit the open reads, judge the copies by every source, and write the tables."""
    builds = {head.name: head.build for head in heads}
    build, imported = with_build(arguments, analyses, imported, builds)
    fit = fit_reads(arguments, analyses, heads, build) if analyses.state(READS) is None else None
    with analyses.attempt(READS):
        open_files.close()  # htslib tells here of damage that it met on the way
    if analyses.state(READS) is State.FAILED:
        fit = None
    quality = check_identity(arguments, analyses, fit, heads, build)
    breakpoints = read_breakpoints(arguments, analyses, build)
    profiles = [profile for profile in (fit and fit.profile, imported) if profile is not None]
    settings = CallSettings.of(from_arguments(CopyNumberSettings, arguments))
    genes = tuple(load_panel(build).genes.values())
    assessments = [
        assess(profile, genes, build=build, settings=settings, breakpoints=breakpoints)
        for profile in profiles
    ]
    assessments.sort(
        key=lambda assessment: not assessment.usable
    )  # reads first, unless only the file can say
    write_tables(arguments, analyses, assessments, build, quality)
    windows = windows_of(fit.windows if fit else None)
    WINDOWS.write_records(windows, arguments.output_dir / WINDOWS.name, synthetic=arguments.synthetic)


def check_known_values(arguments: argparse.Namespace) -> None:
    """Raise an InputError where the given purity or ploidy cannot be."""
    problems = []
    limits = {"purity": (0.0, 1.0), "ploidy": (LEAST_PLOIDY, MOST_PLOIDY)}
    for name, (least, most) in limits.items():
        value = getattr(arguments, name)
        if value is not None and not (value > 0 and least <= value <= most):
            problems.append(
                Problem(
                    f"sample {arguments.sample}",
                    f"{value:g} is not a {name}",
                    column=name,
                    allowed=f"allowed: {least:g} to {most:g}, over 0",
                )
            )
    if problems:
        raise InputError(problems)


def import_file(arguments: argparse.Namespace, analyses: AnalysisLog) -> CopyNumberProfile | None:
    """The caller's profile at the sheet's purity and ploidy; None where there is no file or it is unusable."""
    if arguments.copy_number is None:
        analyses.skipped(FILE, "not given")
        return None
    try:
        profile = import_copy_number(
            arguments.copy_number, sample=arguments.sample, caller=arguments.copy_number_caller
        )
    except InputError as error:
        note_failure(analyses, FILE, error)
        return None
    for note in profile.notes:
        log.info("%s: %s", profile.source, note)
    return with_purity_and_ploidy(
        profile, purity=arguments.purity, ploidy=arguments.ploidy, sex=arguments.sex
    )


def note_failure(analyses: AnalysisLog, analysis: str, error: InputError) -> None:
    """Note that `analysis` met unusable input; raises the error where failures are not to be recorded."""
    with analyses.attempt(analysis):
        raise error


def open_reads(
    arguments: argparse.Namespace, analyses: AnalysisLog, open_files: ExitStack
) -> list[Alignment]:
    """The tumour's and the normal's reads, open; empty where there are none or one is unusable."""
    if arguments.tumor_reads is None:
        analyses.skipped(READS, "not given")
        return []
    try:
        return [
            open_files.enter_context(open_alignment(path, reference=arguments.reference))
            for path in (arguments.tumor_reads, arguments.normal_reads)
            if path is not None
        ]
    except InputError as error:
        note_failure(analyses, READS, error)
        return []


def with_build(
    arguments: argparse.Namespace,
    analyses: AnalysisLog,
    imported: CopyNumberProfile | None,
    reads_builds: dict[str, GenomeBuild | None],
) -> tuple[GenomeBuild, CopyNumberProfile | None]:
    """The build of all sources, and the imported profile if it fits it.

    Where the sources contradict each other none is used, and the build only names the tables.
    """
    stated = GenomeBuild(arguments.genome_build) if arguments.genome_build else None
    default = GenomeBuild(arguments.default_build) if arguments.default_build else None
    told = dict(reads_builds)
    if imported is not None:
        told[str(arguments.copy_number)] = imported.build
    if not told:
        return stated or default or GenomeBuild.GRCH38, None
    try:
        build = decide_build(stated=stated, told=told, default=default, sample=arguments.sample)
    except InputError as error:
        for analysis, used in ((FILE, imported is not None), (READS, bool(reads_builds))):
            if used:
                note_failure(analyses, analysis, error)
        return stated or default or GenomeBuild.GRCH38, None
    if imported is None:
        return build, None
    try:
        check_positions(imported, arguments.copy_number, build=build)
    except InputError as error:
        note_failure(analyses, FILE, error)
        return build, None
    analyses.done(FILE, f"imported from {imported.source}")
    return build, imported


def fit_reads(
    arguments: argparse.Namespace, analyses: AnalysisLog, heads: list[Alignment], build: GenomeBuild
) -> ReadsFit | None:
    """What the tumour's reads tell of its copies; None where they cannot be used."""
    fit = None
    with analyses.attempt(READS):
        try:
            fit = fit_from_reads(
                heads[0],
                heads[1] if len(heads) > 1 else None,
                panel=load_panel(build),
                build=build,
                settings=FitSettings.of(
                    from_arguments(CopyNumberSettings, arguments), workers=arguments.threads
                ),
                purity=arguments.purity,
                ploidy=arguments.ploidy,
                sex=arguments.sex,
            )
        except IdentityError as error:  # told once, as what it is
            note_failure(analyses, IDENTITY, error)
            analyses.skipped(READS, "tumor_reads and normal_reads are no pair of tumour and normal")
            return None
        if fit.profile.unusable is None:
            analyses.done(READS, "fitted from reads")
        else:
            analyses.skipped(READS, fit.profile.unusable)
    return fit


def check_identity(
    arguments: argparse.Namespace,
    analyses: AnalysisLog,
    fit: ReadsFit | None,
    heads: list[Alignment],
    build: GenomeBuild,
) -> tuple[Quality, ...]:
    """Rows for qc.tsv on whose genome the reads are; a contradiction is a failure. Writes the allele counts."""
    settings = from_arguments(IdentitySettings, arguments)
    alleles, quality = SampleAlleles(build), ()
    if fit is not None and fit.sampled is not None:
        names = [head.sample_names for head in heads]
        sampled = replace(fit.sampled, tumor_names=names[0], normal_names=names[1] if len(names) > 1 else ())
        sanity = check_sample(sampled, build=build, sex=arguments.sex, settings=settings)
        alleles, quality = sanity.alleles, sanity.quality
        with analyses.attempt(IDENTITY):
            if sanity.stop is not None:
                raise IdentityError(Problem(f"sample {arguments.sample}", sanity.stop))
            analyses.done(IDENTITY, sanity.done)
    elif analyses.state(IDENTITY) is None:
        given = arguments.tumor_reads is not None
        analyses.skipped(IDENTITY, "the reads could not be used" if given else "no reads")
    write_alleles(alleles, arguments.output_dir / READS_FILE, synthetic=arguments.synthetic)
    return quality


def read_breakpoints(
    arguments: argparse.Namespace, analyses: AnalysisLog, build: GenomeBuild
) -> tuple[tuple[str, int], ...] | None:
    """Positions of the structural variants that passed their caller's filters; None where there is no file."""
    if arguments.structural_variants is None:
        return None
    found = None
    with analyses.attempt(BREAKPOINTS):
        variants = read_structural_variants(
            arguments.structural_variants, sample=arguments.sample, build=build
        )
        passed = [variant for variant in variants if not variant.filters]
        found = tuple((end.chromosome, end.position) for variant in passed for end in variant.breakpoints)
        analyses.done(BREAKPOINTS, f"{len(passed)} of {len(variants)} junctions passed")
    return found


def write_tables(
    arguments: argparse.Namespace,
    analyses: AnalysisLog,
    assessments: list[Assessment],
    build: GenomeBuild,
    quality: tuple[Quality, ...],
) -> None:
    """Write every table of the step, complete also where nothing could be measured; `quality` ends qc.tsv."""
    if assessments:
        tables = tables_of_assessments(arguments.sample, assessments)
    else:
        reason = reason_without_source(analyses)
        known = given_values(purity=arguments.purity, ploidy=arguments.ploidy, reason=reason)
        genes = tuple(load_panel(build).genes.values())
        tables = tables_without_source(arguments.sample, genes, known)
    tables = replace(tables, quality=(*tables.quality, *quality))
    analyses.write(arguments.output_dir / "copy_number_analyses.tsv", synthetic=arguments.synthetic)
    for table, rows in tables.by_table():
        table.write_records(rows, arguments.output_dir / table.name, synthetic=arguments.synthetic)


def reason_without_source(analyses: AnalysisLog) -> str:
    """Why there are no copies at all."""
    parts = [
        f"{label}: {analyses.reason(name)}"
        for name, label in ((FILE, "copy-number file"), (READS, "reads"))
        if analyses.reason(name) not in ("", "not given")
    ]
    return "; ".join(parts) or "neither reads nor a copy-number file given"


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
