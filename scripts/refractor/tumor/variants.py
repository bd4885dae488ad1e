"""Small variants and codon status of one tumour, from its reads, from a file of variants, or from both."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from refractor.genome.builds import GenomeBuild
from refractor.genome.intervals import Regions, panel_regions
from refractor.genome.panel import Panel, load_panel
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.genome_wide.burden import genome_quality
from refractor.genome_wide.germline import germline_quality
from refractor.identity.snp_counts import SampleAlleles
from refractor.reads.alignment import Alignment, open_alignment
from refractor.reads.germline_reads import reads_at_sites
from refractor.reads.stated_reference import with_stated_bases
from refractor.results.analyses import AnalysisLog
from refractor.results.quality import Quality
from refractor.results.variant_tables import CodonStatus, GeneCallability
from refractor.settings.thresholds import CALLING, CallingSettings
from refractor.tumor.inputs import Tumor, TumorBuild, build_of_files, build_without_files
from refractor.tumor.isolation import isolated, without
from refractor.tumor.junctions import junctions_of_reads
from refractor.variants.calling.caller import ReadsCalls, call_reads
from refractor.variants.calling.pileups import NamedPileup, named_pileups
from refractor.variants.calling.somatic import MEASURED_MARGIN
from refractor.variants.codons.codon_reads import ReadSettings, watched_codons
from refractor.variants.codons.codon_status import codon_verdict
from refractor.variants.codons.file_view import VariantFileView
from refractor.variants.codons.gene_callability import callability_of_genes
from refractor.variants.codons.plasma import UNKNOWN_TUMOR_FRACTION, plasma_thresholds, with_plasma_limits
from refractor.variants.codons.power import DetectionThresholds
from refractor.variants.codons.tumor_context import UNKNOWN_CONTEXT, TumorContext
from refractor.variants.consequences import Consequence, annotate_observations
from refractor.variants.files.callable_regions import read_callable_regions
from refractor.variants.files.genome_counts import count_genome
from refractor.variants.files.opened import VariantFile, open_variants
from refractor.variants.files.reader_settings import ReaderSettings
from refractor.variants.files.sequenced_samples import read_sequenced_samples
from refractor.variants.files.small_variants import read_small_variants
from refractor.variants.files.snp_genotypes import read_snp_genotypes
from refractor.variants.files.vcf_file import VcfFile
from refractor.variants.junctions.find import NOTHING_KNOWN, CopiesKnown, FoundJunctions
from refractor.variants.merge_sources import absorbed_variants, joined_observations
from refractor.variants.observation import READS_ORIGIN, Observation, SmallVariants
from refractor.vocabulary import Material, State

log = logging.getLogger(__name__)

TUMOR, NORMAL, FILE = "tumor_reads", "normal_reads", "small_variants"
NOT_A_PAIR = "not used: identity failed, it may be of another person than the tumour"


@dataclass(frozen=True, slots=True)
class TumorVariants:
    """The small variants of one tumour over the panel, with their meaning where they touch a gene.

    `codons` are a verdict for each watched codon, `callability` says how much of each gene was looked at, `pileups`
    are the reads behind the verdicts, `alleles` the genotypes that the file holds at common SNPs, `quality` rows for
    qc.tsv.
    """

    build: TumorBuild
    called: tuple[tuple[Observation, Consequence | None], ...]
    codons: tuple[CodonStatus, ...]
    callability: tuple[GeneCallability, ...]
    pileups: tuple[NamedPileup, ...]
    alleles: SampleAlleles
    analyses: AnalysisLog
    quality: tuple[Quality, ...] = ()
    rearranged: FoundJunctions = field(default_factory=FoundJunctions)
    """The junctions of the reads, and where they were looked for."""


@dataclass(slots=True)
class _Sources:
    """What could be opened of a tumour's sources; None where it was not given or is unusable."""

    tumor: Alignment | None = None
    normal: Alignment | None = None
    opened_file: VariantFile | None = None
    file: SmallVariants | None = None
    alleles: SampleAlleles | None = None
    """Genotypes of the file at common SNPs."""
    callable_regions: Regions | None = None
    genome: tuple[Quality, ...] = ()
    """Rows for qc.tsv on the whole genome that the file tells of."""

    @property
    def alignments(self) -> tuple[Alignment, ...]:
        return tuple(reads for reads in (self.tumor, self.normal) if reads is not None)


SOURCES = {name: name for name in (TUMOR, NORMAL, FILE, "callable_regions", "reference")}
"""The tumour's own files, and the analysis that reads each."""


def call_variants(
    tumor: Tumor,
    settings: CallingSettings = CALLING,
    *,
    context: TumorContext = UNKNOWN_CONTEXT,
    known: CopiesKnown = NOTHING_KNOWN,
    is_pair: bool = True,
    assume_callable: bool = False,
    caller_filters: Path | None = None,
    record_failures: bool = False,
    given_up: str | None = None,
) -> TumorVariants:
    """The small variants of a tumour from its reads and its file of variants, each where it is given.

    `context` is what its copies tell of the VAF to expect, `known` what they tell of junctions; without `is_pair` the normal is not used, as it may be of
    another person; with `assume_callable` the file's silence is wild-type everywhere; the rows of `caller_filters` say
    what filter names mean, before the shipped table. With `record_failures` an unusable source is a failed analysis and
    the rest goes on without it.

    `given_up` says why an earlier try was killed: then no file of the tumour is opened, and each has failed.

    Raises:
        InputError: a source is unusable, and failures are not to be recorded.
    """

    def called(given: Tumor) -> TumorVariants:
        analyses = AnalysisLog(given.sample, record_failures=record_failures)
        return _called(
            given,
            analyses,
            settings,
            context=context,
            known=known,
            is_pair=is_pair,
            assume_callable=assume_callable,
            caller_filters=caller_filters,
        )

    if not record_failures and given_up is None:
        return called(tumor)
    bare, failed = without(tumor, SOURCES)
    return isolated(
        lambda: called(tumor),
        without_files=lambda: called(bare),
        failed=failed or ["variants_step"],
        given_up=given_up,
    )


def _called(
    tumor: Tumor,
    analyses: AnalysisLog,
    settings: CallingSettings,
    *,
    context: TumorContext,
    known: CopiesKnown,
    is_pair: bool,
    assume_callable: bool,
    caller_filters: Path | None,
) -> TumorVariants:
    is_plasma = tumor.material is Material.PLASMA
    if is_plasma:  # the sheet's fraction, however small: a fit or a caller's purity is of tissue
        context = replace(context, purity=tumor.purity, least_purity=None)
        settings = replace(settings, assumed_purity=UNKNOWN_TUMOR_FRACTION)
    of_reads = ReadSettings.of(settings)
    reader = ReaderSettings(
        thresholds=of_reads.thresholds.of_files(),
        filters=caller_filters,
        share_in_normal=MEASURED_MARGIN * context.origins("").share_in_normal,
    )
    with ExitStack() as open_files, ExitStack() as open_reads:
        sources = _open_sources(tumor, analyses, open_reads, is_pair=is_pair)
        build = _build(tumor, analyses, sources)
        panel = load_panel(build.build)
        reference = _open_reference(tumor, analyses, build.build, open_files)
        if reference.shipped:
            with analyses.part_of(TUMOR):
                reference = with_stated_bases(reference, sources.alignments, panel_regions(panel))
            if analyses.state(TUMOR) is State.FAILED:
                sources.tumor = sources.normal = None
        _read_file(tumor, analyses, sources, panel=panel, reference=reference, settings=reader)
        inherited = _inherited(analyses, sources, panel)
        calls = _call_reads(
            analyses, sources, panel=panel, reference=reference, settings=of_reads, context=context
        )
        rearranged = junctions_of_reads(
            sources.tumor if calls is not None else None, sources.normal, analyses, panel=panel, known=known
        )
        with analyses.attempt(TUMOR):
            open_reads.close()  # htslib tells here of damage that it met on the way
        if analyses.state(TUMOR) is State.FAILED:
            calls = None
        joined = _Joined.of(sources, calls, panel=panel, reference=reference)
        view = joined.file_view(sources, assume_callable=assume_callable)
        thresholds = of_reads.thresholds
        if is_plasma and view is not None:
            thresholds = thresholds if calls is not None else plasma_thresholds(thresholds)
            view = with_plasma_limits(view, panel=panel, tumor_fraction=tumor.purity, depth=tumor.depth)
        codons = _codons(
            joined, calls, view, panel=panel, settings=settings, context=context, thresholds=thresholds
        )
        return TumorVariants(
            build=build,
            called=joined.once,
            codons=codons,
            callability=tuple(
                callability_of_genes(
                    panel,
                    reads=None if calls is None else calls.depths,
                    file=view,
                    context=context,
                    assumed_purity=settings.assumed_purity,
                    thresholds=thresholds,
                )
            ),
            pileups=()
            if calls is None
            else tuple(named_pileups(calls.pileup, joined.called, codons, panel=panel)),
            alleles=_alleles(sources, build.build),
            analyses=analyses,
            quality=(*sources.genome, *inherited, *(() if calls is None else calls.quality())),
            rearranged=rearranged,
        )


def _alleles(sources: _Sources, build: GenomeBuild) -> SampleAlleles:
    """The genotypes of the file, with the sample that it names by itself."""
    named = sources.file.tumor_column if sources.file is not None else ""
    found = sources.alleles or SampleAlleles(build)
    return replace(found, written_names={FILE: (named,)} if named else {})


def _open_sources(tumor: Tumor, analyses: AnalysisLog, open_files: ExitStack, *, is_pair: bool) -> _Sources:
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
    return _Sources(opened[TUMOR], opened[NORMAL])


def _build(tumor: Tumor, analyses: AnalysisLog, sources: _Sources) -> TumorBuild:
    """The build of all sources; where they disagree none of them is used."""
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


def _open_reference(
    tumor: Tumor, analyses: AnalysisLog, build: GenomeBuild, open_files: ExitStack
) -> Reference:
    """The user's FASTA; the shipped one where none is given or it cannot serve this tumour."""
    if tumor.reference is not None:
        with analyses.attempt("reference"):
            reference = open_files.enter_context(Reference(tumor.reference, build))
            reference.check_bases()
            return reference
    return open_files.enter_context(Reference(None, build))


def _read_file(
    tumor: Tumor,
    analyses: AnalysisLog,
    sources: _Sources,
    *,
    panel: Panel,
    reference: Reference,
    settings: ReaderSettings,
) -> None:
    """Fill in the file of small variants and its callable regions."""
    if tumor.small_variants is None:
        analyses.skipped(FILE, "not given")
        return
    if analyses.state(FILE) is State.FAILED or sources.opened_file is None:
        return
    with analyses.attempt(FILE):
        if tumor.sequenced_samples is not None:
            settings = replace(settings, sequenced=read_sequenced_samples(tumor.sequenced_samples))
        file = read_small_variants(
            sources.opened_file,
            sample=tumor.sample,
            named_sample=tumor.small_variants_sample,
            panel=panel,
            reference=reference,
            settings=settings,
        )
        sources.alleles = read_snp_genotypes(
            sources.opened_file,
            sample=tumor.sample,
            named_sample=tumor.small_variants_sample,
            build=panel.build,
        )
        sources.file = file
        analyses.done(FILE, "; ".join([file.flavour, *file.notes]))
    if tumor.callable_regions is not None:
        with analyses.attempt("callable_regions"):
            sources.callable_regions = read_callable_regions(tumor.callable_regions, panel.build)
    opened = sources.opened_file
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


def _inherited(analyses: AnalysisLog, sources: _Sources, panel: Panel) -> tuple[Quality, ...]:
    """Rows for qc.tsv on the normal's genotypes at the panel's germline sites; none without usable normal reads."""
    if sources.normal is None:
        return ()
    with analyses.attempt(NORMAL):
        return tuple(germline_quality(reads_at_sites(sources.normal, panel.germline_sites)))
    return ()


def _call_reads(
    analyses: AnalysisLog,
    sources: _Sources,
    *,
    panel: Panel,
    reference: Reference,
    settings: ReadSettings,
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
            settings=settings,
            context=context,
        )
        analyses.done(TUMOR, calls.summary())
    return calls


@dataclass(frozen=True, slots=True)
class _Joined:
    """The variants of reads and file as one list, and what of the file became part of an MNV of the reads."""

    called: tuple[tuple[Observation, Consequence | None], ...]
    absorbed: Mapping[Variant, Variant]

    @classmethod
    def of(
        cls, sources: _Sources, calls: ReadsCalls | None, *, panel: Panel, reference: Reference
    ) -> _Joined:
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
        return cls(tuple(zip(joined, consequences, strict=True)), absorbed)

    @property
    def once(self) -> tuple[tuple[Observation, Consequence | None], ...]:
        """The same without what the file names by its protein change only and another record has with its bases."""
        with_bases = {
            (effect.gene, effect.protein_change)
            for item, effect in self.called
            if effect is not None and effect.protein_change and not item.variant.is_named_only
        }
        return tuple(
            (item, effect)
            for item, effect in self.called
            if not item.variant.is_named_only
            or effect is None
            or (effect.gene, effect.protein_change) not in with_bases
        )

    def file_view(self, sources: _Sources, *, assume_callable: bool) -> VariantFileView | None:
        """What the file of small variants says about codons; parts of an MNV count as the MNV."""
        file = sources.file
        if file is None:
            return None
        consequence_of = {observation.variant: consequence for observation, consequence in self.called}
        whole = [self.absorbed.get(item.variant, item.variant) for item in file.observations]
        return VariantFileView(
            flavour=file.flavour,
            called=tuple(
                (replace(item, variant=variant), consequence_of[variant])
                for item, variant in zip(file.observations, whole, strict=True)
            ),
            callable_regions=_both(sources.callable_regions, file.looked_at),
            assume_callable=assume_callable,
            blocks=file.callable_blocks,
            calls_substitutions=file.calls_substitutions,
            calls_indels=file.calls_indels,
            unread=file.unread,
            mute=file.mute,
            silent_chromosomes={}
            if file.content is None
            else file.content.silent_chromosomes(sources.callable_regions),
        )


def _both(declared: Regions | None, looked_at: Regions | None) -> Regions | None:
    """Where the sheet's regions, or the file's own words, say that a variant would have been found."""
    if declared is None or looked_at is None or not len(looked_at):
        return declared if declared is not None else looked_at if looked_at else None
    return Regions.of([*declared, *looked_at])


def _codons(
    joined: _Joined,
    calls: ReadsCalls | None,
    view: VariantFileView | None,
    *,
    panel: Panel,
    settings: CallingSettings,
    context: TumorContext,
    thresholds: DetectionThresholds,
) -> tuple[CodonStatus, ...]:
    """A verdict for each watched codon."""
    in_reads = [item for item in joined.called if item[0].origin == READS_ORIGIN]
    verdicts = tuple(
        codon_verdict(
            place,
            reads=None if calls is None else calls.codons[place.gene, place.codon],
            called_in_reads=in_reads,
            file=view,
            expectation=context.expectation(place.gene, assumed_purity=settings.assumed_purity),
            thresholds=thresholds,
            low_vaf=settings.low_vaf,
        )
        for place in watched_codons(panel)
    )
    counts = Counter(verdict.status for verdict in verdicts)
    log.info("codon status: %s", ", ".join(f"{n} {status}" for status, n in counts.most_common()))
    return verdicts
