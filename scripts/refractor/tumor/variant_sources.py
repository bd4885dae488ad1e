"""What a tumour's small variants are told from: its reads, its normal's, its file of variants, the reference."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace

from refractor.genome.builds import GenomeBuild
from refractor.genome.intervals import Regions, panel_regions
from refractor.genome.panel import Panel
from refractor.genome.reference import Reference
from refractor.genome_wide.burden import genome_quality
from refractor.genome_wide.germline import germline_quality
from refractor.identity.snp_counts import SampleAlleles
from refractor.reads.alignment import Alignment, open_alignment
from refractor.reads.germline_reads import reads_at_sites
from refractor.reads.stated_reference import with_stated_bases
from refractor.results.analyses import AnalysisLog
from refractor.results.quality import Quality
from refractor.tumor.inputs import Tumor, TumorBuild, build_of_files, build_without_files
from refractor.variants.files.callable_regions import read_callable_regions
from refractor.variants.files.genome_counts import count_genome
from refractor.variants.files.opened import VariantFile, open_variants
from refractor.variants.files.reader_settings import ReaderSettings
from refractor.variants.files.sequenced_samples import read_sequenced_samples
from refractor.variants.files.small_variants import read_small_variants
from refractor.variants.files.snp_genotypes import read_snp_genotypes
from refractor.variants.files.vcf_file import VcfFile
from refractor.variants.observation import SmallVariants
from refractor.vocabulary import State

TUMOR, NORMAL, FILE = "tumor_reads", "normal_reads", "small_variants"
NOT_A_PAIR = "not used: identity failed, it may be of another person than the tumour"

SOURCES = {name: name for name in (TUMOR, NORMAL, FILE, "callable_regions", "reference")}
"""The tumour's own files, and the analysis that reads each."""


@dataclass(slots=True)
class VariantSources:
    """What could be opened of a tumour's sources; None where it was not given or is unusable.

    `alleles` are the file's genotypes at common SNPs, `genome` rows for qc.tsv on the whole genome that it tells of.
    """

    tumor: Alignment | None = None
    normal: Alignment | None = None
    opened_file: VariantFile | None = None
    file: SmallVariants | None = None
    alleles: SampleAlleles | None = None
    callable_regions: Regions | None = None
    genome: tuple[Quality, ...] = ()

    @property
    def alignments(self) -> tuple[Alignment, ...]:
        """The reads that are open, the tumour's first."""
        return tuple(reads for reads in (self.tumor, self.normal) if reads is not None)

    def genotypes(self, build: GenomeBuild) -> SampleAlleles:
        """The genotypes of the file, with the sample that it names by itself."""
        named = self.file.tumor_column if self.file is not None else ""
        found = self.alleles or SampleAlleles(build)
        return replace(found, written_names={FILE: (named,)} if named else {})

    def germline_quality(self, analyses: AnalysisLog, panel: Panel) -> tuple[Quality, ...]:
        """Rows for qc.tsv on the normal's genotypes at the panel's germline sites; none without usable normal reads."""
        if self.normal is None:
            return ()
        with analyses.attempt(NORMAL):
            return tuple(germline_quality(reads_at_sites(self.normal, panel.germline_sites)))
        return ()


def open_reads(
    tumor: Tumor, analyses: AnalysisLog, open_files: ExitStack, *, is_pair: bool
) -> VariantSources:
    """The tumour's and the normal's reads, each an attempt of its own."""
    opened: dict[str, Alignment | None] = {}
    for name, path in ((TUMOR, tumor.tumor_reads), (NORMAL, tumor.normal_reads)):
        opened[name] = None
        if path is None:
            analyses.skipped(name, "not given")
        elif name == NORMAL and not is_pair:
            analyses.skipped(name, NOT_A_PAIR)
        else:
            with analyses.attempt(name):
                opened[name] = open_files.enter_context(open_alignment(path, reference=tumor.reference))
    return VariantSources(opened[TUMOR], opened[NORMAL])


def build_of_sources(tumor: Tumor, analyses: AnalysisLog, sources: VariantSources) -> TumorBuild:
    """The build of all sources, the file of variants opened among them; where they disagree none of them is used."""
    told: dict[str, GenomeBuild | None] = {
        alignment.name: alignment.build for alignment in sources.alignments
    }
    if tumor.small_variants is not None:
        with analyses.attempt(FILE):
            opened = open_variants(tumor.small_variants)
            if opened.names_places:
                told[str(tumor.small_variants)] = opened.build
            sources.opened_file = opened
    if not told:
        # genes and protein changes are the same on both builds
        found = build_without_files(tumor)
        return found if sources.opened_file is None else replace(found, known=True)
    build = None
    with analyses.attempt("genome_build"):
        build = build_of_files(tumor, told)
    if build is not None:
        return build
    for name in (TUMOR, NORMAL, FILE):
        if analyses.state(name) is State.DONE:
            analyses.failed(name, analyses.reason("genome_build"))
    sources.tumor = sources.normal = None
    return build_without_files(tumor)


def open_reference(
    tumor: Tumor, analyses: AnalysisLog, sources: VariantSources, panel: Panel, open_files: ExitStack
) -> Reference:
    """The user's FASTA; else the shipped bases, with those that the reads state of the panel's places.

    Reads that contradict the shipped bases are not used.
    """
    reference = _own_reference(tumor, analyses, panel.build, open_files)
    if reference is not None:
        return reference
    reference = open_files.enter_context(Reference(None, panel.build))
    with analyses.part_of(TUMOR):
        reference = with_stated_bases(reference, sources.alignments, panel_regions(panel))
    if analyses.state(TUMOR) is State.FAILED:
        sources.tumor = sources.normal = None
    return reference


def _own_reference(
    tumor: Tumor, analyses: AnalysisLog, build: GenomeBuild, open_files: ExitStack
) -> Reference | None:
    """The user's FASTA; None where none is given or it cannot serve this tumour."""
    if tumor.reference is None:
        return None
    with analyses.attempt("reference"):
        reference = open_files.enter_context(Reference(tumor.reference, build))
        reference.check_bases()
        return reference
    return None


def read_file(
    tumor: Tumor,
    analyses: AnalysisLog,
    sources: VariantSources,
    *,
    panel: Panel,
    reference: Reference,
    settings: ReaderSettings,
) -> None:
    """Fill in the file of small variants, its callable regions, and what it tells of the whole genome."""
    if tumor.small_variants is None:
        analyses.skipped(FILE, "not given")
        return
    opened = sources.opened_file
    if analyses.state(FILE) is State.FAILED or opened is None:
        return
    with analyses.attempt(FILE):
        if tumor.sequenced_samples is not None:
            settings = replace(settings, sequenced=read_sequenced_samples(tumor.sequenced_samples))
        file = read_small_variants(
            opened,
            sample=tumor.sample,
            named_sample=tumor.small_variants_sample,
            panel=panel,
            reference=reference,
            settings=settings,
        )
        sources.alleles = read_snp_genotypes(
            opened, sample=tumor.sample, named_sample=tumor.small_variants_sample, build=panel.build
        )
        sources.file = file
        analyses.done(FILE, "; ".join([file.flavour, *file.notes]))
    if tumor.callable_regions is not None:
        with analyses.attempt("callable_regions"):
            sources.callable_regions = read_callable_regions(tumor.callable_regions, panel.build)
    if sources.file is not None and isinstance(opened, VcfFile):
        with analyses.attempt(FILE):
            counted = count_genome(
                opened,
                sample=tumor.sample,
                named_sample=tumor.small_variants_sample,
                panel=panel,
                reference=reference,
                callable_regions=sources.callable_regions,
            )
            sources.genome = genome_quality(counted)
