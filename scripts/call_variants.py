"""Small variants and codon status of one tumour, from its reads, from a file of variants, or from both.

Writes OUTPUT_DIR/variants.vcf.gz (with index), codon_status.tsv, gene_callability.tsv (how much of
each gene was looked at), pileups.json (the reads behind the verdicts), variant_genotypes.npz (genotypes of the
file at common SNPs: whose genome it is) and variants_analyses.tsv.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from refractor.files.remote import location
from refractor.genome.builds import GenomeBuild, decide_build
from refractor.genome.intervals import Regions, panel_regions
from refractor.genome.panel import Panel, load_panel
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.identity.snp_counts import VARIANTS_FILE, SampleAlleles, write_alleles
from refractor.reads.alignment import Alignment, open_alignment
from refractor.reads.stated_reference import with_stated_bases
from refractor.results.analyses import ANALYSES, AnalysisLog, identity_failed
from refractor.results.variant_tables import CODON_STATUS, GENE_CALLABILITY
from refractor.settings.model import add_options, from_arguments
from refractor.settings.thresholds import CallingSettings
from refractor.step import run_step, tumor_step_parser
from refractor.variants.calling.caller import ReadsCalls, call_reads
from refractor.variants.calling.pileups import named_pileups, write_pileups
from refractor.variants.codons.codon_reads import ReadSettings, watched_codons
from refractor.variants.codons.codon_status import VariantFileView, codon_verdict
from refractor.variants.codons.gene_callability import callability_of_genes
from refractor.variants.codons.tumor_context import TumorContext, read_tumor_context
from refractor.variants.consequences import Consequence, annotate_observations
from refractor.variants.files.callable_regions import read_callable_regions
from refractor.variants.files.opened import VariantFile, open_variants
from refractor.variants.files.small_variants import read_small_variants
from refractor.variants.files.snp_genotypes import read_snp_genotypes
from refractor.variants.merge_sources import absorbed_variants, joined_observations
from refractor.variants.observation import READS_ORIGIN, SmallVariants
from refractor.variants.panel_vcf import write_panel_vcf
from refractor.vocabulary import State

log = logging.getLogger("call_variants")

TUMOR, NORMAL, FILE = "tumor_reads", "normal_reads", "small_variants"


@dataclass(slots=True)
class Sources:
    """What could be opened of a tumour's sources; None where it was not given or is unusable."""

    tumor: Alignment | None = None
    normal: Alignment | None = None
    opened_file: VariantFile | None = None
    file: SmallVariants | None = None
    callable_regions: Regions | None = None


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
    options.add_argument("--small-variants", type=Path, help="somatic VCF, BCF or MAF")
    options.add_argument("--small-variants-sample", help="the tumour's name inside --small-variants")
    options.add_argument("--callable-regions", type=Path, help="BED of where --small-variants could call")
    options.add_argument(
        "--assume-callable", action="store_true", help="the silence of --small-variants is wild-type"
    )
    options.add_argument("--reference", type=Path, help="full FASTA; the shipped panel reference by default")
    options.add_argument("--purity-ploidy", type=Path, help="table of the copy-number step")
    options.add_argument("--gene-copy-number", type=Path, help="table of the copy-number step")
    options.add_argument(
        "--copy-number-analyses",
        type=Path,
        help="table of the copy-number step: where identity failed the normal is not used",
    )
    add_options(options, CallingSettings)
    options.add_argument("--output-dir", type=Path, required=True, help="where the tables go")
    return options


def main(arguments: argparse.Namespace) -> None:
    """Run the step."""
    analyses = AnalysisLog(arguments.sample, record_failures=arguments.record_failures)
    context = read_tumor_context(arguments.purity_ploidy, arguments.gene_copy_number)
    with ExitStack() as open_files:
        sources = open_alignments(arguments, analyses, open_files)
        build = build_of(arguments, analyses, sources)
        panel = load_panel(build)
        reference = open_reference(arguments, analyses, build, open_files)
        if reference.shipped:
            opened = [reads for reads in (sources.tumor, sources.normal) if reads is not None]
            reference = with_stated_bases(reference, opened, panel_regions(panel))
        read_file(arguments, analyses, sources, panel=panel, reference=reference)
        calls = call_from_reads(
            arguments, analyses, sources, panel=panel, reference=reference, context=context
        )
        write_outputs(arguments, sources, calls, panel=panel, reference=reference, context=context)
        write_genotypes(arguments, sources, build)
    analyses.write(arguments.output_dir / "variants_analyses.tsv", synthetic=arguments.synthetic)


def open_reference(
    arguments: argparse.Namespace, analyses: AnalysisLog, build: GenomeBuild, open_files: ExitStack
) -> Reference:
    """The user's FASTA; the shipped one where none is given or it cannot serve this tumour."""
    if arguments.reference is not None:
        with analyses.attempt("reference"):
            reference = open_files.enter_context(Reference(arguments.reference, build))
            reference.check_bases()
            return reference
    return open_files.enter_context(Reference(None, build))


def open_alignments(arguments: argparse.Namespace, analyses: AnalysisLog, open_files: ExitStack) -> Sources:
    """The tumour's and the normal's reads, each an attempt of its own."""
    sources = Sources()
    for name, path in ((TUMOR, arguments.tumor_reads), (NORMAL, arguments.normal_reads)):
        if path is None:
            analyses.skipped(name, "not given")
            continue
        if name == NORMAL and not_a_pair(arguments.copy_number_analyses):
            analyses.skipped(name, "not used: identity failed, it may be of another person than the tumour")
            continue
        opened = None
        with analyses.attempt(name):
            opened = open_files.enter_context(open_alignment(path, reference=arguments.reference))
        if name == TUMOR:
            sources.tumor = opened
        else:
            sources.normal = opened
    return sources


def not_a_pair(path: Path | None) -> bool:
    """Whether the copy-number step found that tumour and normal do not belong together."""
    if path is None:
        return False
    return bool(identity_failed(ANALYSES.records(path)))


def build_of(arguments: argparse.Namespace, analyses: AnalysisLog, sources: Sources) -> GenomeBuild:
    """The build of all sources; where they disagree none of them is used, and the build only names the tables."""
    stated = GenomeBuild(arguments.genome_build) if arguments.genome_build else None
    default = GenomeBuild(arguments.default_build) if arguments.default_build else None
    told: dict[str, GenomeBuild | None] = {
        alignment.name: alignment.build
        for alignment in (sources.tumor, sources.normal)
        if alignment is not None
    }
    if arguments.small_variants is not None:
        with analyses.attempt(FILE):
            sources.opened_file = open_variants(arguments.small_variants)
            told[str(arguments.small_variants)] = sources.opened_file.build
    if not told:
        return stated or default or GenomeBuild.GRCH38
    build = None
    with analyses.attempt("genome_build"):
        build = decide_build(stated=stated, told=told, default=default, sample=arguments.sample)
    if build is None:
        reason = analyses.reason("genome_build")
        for name in (TUMOR, NORMAL, FILE):
            if analyses.state(name) is State.DONE:
                analyses.failed(name, reason)
        sources.tumor = sources.normal = None
        return stated or default or GenomeBuild.GRCH38
    return build


def read_file(
    arguments: argparse.Namespace,
    analyses: AnalysisLog,
    sources: Sources,
    *,
    panel: Panel,
    reference: Reference,
) -> None:
    """Fill in the file of small variants and its callable regions."""
    if arguments.small_variants is None:
        analyses.skipped(FILE, "not given")
        return
    if analyses.state(FILE) is State.FAILED or sources.opened_file is None:
        return
    with analyses.attempt(FILE):
        sources.file = read_small_variants(
            sources.opened_file,
            sample=arguments.sample,
            named_sample=arguments.small_variants_sample,
            panel=panel,
            reference=reference,
        )
        analyses.done(FILE, "; ".join([sources.file.flavour, *sources.file.notes]))
    if arguments.callable_regions is not None:
        with analyses.attempt("callable_regions"):
            sources.callable_regions = read_callable_regions(arguments.callable_regions, panel.build)


def call_from_reads(
    arguments: argparse.Namespace,
    analyses: AnalysisLog,
    sources: Sources,
    *,
    panel: Panel,
    reference: Reference,
    context: TumorContext,
) -> ReadsCalls | None:
    """What the tumour's reads show, against the normal's where there is one; None without usable reads."""
    if sources.tumor is None:
        return None
    calls = None
    with analyses.attempt(TUMOR):
        calls = call_reads(
            sources.tumor,
            normal=sources.normal,
            panel=panel,
            reference=reference,
            settings=read_settings(arguments),
            context=context,
        )
        analyses.done(TUMOR, calls.summary())
    return calls


def write_outputs(
    arguments: argparse.Namespace,
    sources: Sources,
    calls: ReadsCalls | None,
    *,
    panel: Panel,
    reference: Reference,
    context: TumorContext,
) -> None:
    """Annotate, judge the codons, and write the VCF, the codon table and the reads behind both."""
    from_reads = () if calls is None else calls.observations
    from_file = () if sources.file is None else sources.file.observations
    absorbed = absorbed_variants(from_reads, from_file)
    joined = joined_observations(
        from_reads,
        from_file,
        support_in_reads=None if calls is None else calls.support,
        absorbed=absorbed,
    )
    consequences = annotate_observations(joined, panel=panel, reference=reference)
    called = list(zip(joined, consequences, strict=True))
    view = file_view(
        arguments, sources, dict(zip([o.variant for o in joined], consequences, strict=True)), absorbed
    )
    verdicts = [
        codon_verdict(
            place,
            reads=None if calls is None else calls.codons[place.gene, place.codon],
            called_in_reads=[item for item in called if item[0].origin == READS_ORIGIN],
            file=view,
            expectation=context.expectation(place.gene, assumed_purity=arguments.assumed_purity),
            thresholds=read_settings(arguments).thresholds,
            low_vaf=arguments.low_vaf,
        )
        for place in watched_codons(panel)
    ]
    folder, synthetic = arguments.output_dir, arguments.synthetic
    write_panel_vcf(
        folder / "variants.vcf.gz", called, sample=arguments.sample, build=panel.build, synthetic=synthetic
    )
    counts = Counter(verdict.status for verdict in verdicts)
    log.info("codon status: %s", ", ".join(f"{n} {status}" for status, n in counts.most_common()))
    CODON_STATUS.write_records(verdicts, folder / CODON_STATUS.name, synthetic=synthetic)
    write_callability(arguments, calls, view, panel=panel, context=context)
    shown = [] if calls is None else named_pileups(calls.pileup, called, verdicts, panel=panel)
    write_pileups(folder / "pileups.json", arguments.sample, shown, synthetic=synthetic)


def write_genotypes(arguments: argparse.Namespace, sources: Sources, build: GenomeBuild) -> None:
    """Write the genotypes that a usable VCF holds at common SNPs; none where there is no such file."""
    alleles = SampleAlleles(build)
    if sources.file is not None and sources.opened_file is not None:
        alleles = read_snp_genotypes(
            sources.opened_file,
            sample=arguments.sample,
            named_sample=arguments.small_variants_sample,
            build=build,
        )
    write_alleles(alleles, arguments.output_dir / VARIANTS_FILE, synthetic=arguments.synthetic)


def write_callability(
    arguments: argparse.Namespace,
    calls: ReadsCalls | None,
    file: VariantFileView | None,
    *,
    panel: Panel,
    context: TumorContext,
) -> None:
    """How much of each gene the reads and the file vouch for; no rows without either."""
    rows = callability_of_genes(
        panel,
        reads=None if calls is None else calls.depths,
        file=file,
        context=context,
        assumed_purity=arguments.assumed_purity,
        thresholds=read_settings(arguments).thresholds,
    )
    GENE_CALLABILITY.write_records(
        rows, arguments.output_dir / GENE_CALLABILITY.name, synthetic=arguments.synthetic
    )


def file_view(
    arguments: argparse.Namespace,
    sources: Sources,
    consequence_of: dict[Variant, Consequence | None],
    absorbed: dict[Variant, Variant],
) -> VariantFileView | None:
    """What the file of small variants says about codons; parts of an MNV count as the MNV."""
    file = sources.file
    if file is None:
        return None
    called = [
        (
            replace(o, variant=absorbed.get(o.variant, o.variant)),
            consequence_of[absorbed.get(o.variant, o.variant)],
        )
        for o in file.observations
    ]
    return VariantFileView(
        flavour=file.flavour,
        called=tuple(called),
        callable_regions=sources.callable_regions,
        assume_callable=arguments.assume_callable,
        blocks=file.callable_blocks,
        calls_substitutions=file.calls_substitutions,
        calls_indels=file.calls_indels,
        unread=file.unread,
    )


def read_settings(arguments: argparse.Namespace) -> ReadSettings:
    """What of the reads is counted and reported, as the command line has it."""
    return ReadSettings.of(from_arguments(CallingSettings, arguments))


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
