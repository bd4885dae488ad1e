"""Small variants and codon status of one tumour, from its reads, from a file of variants, or from both."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from refractor.genome.panel import Panel, load_panel
from refractor.genome.reference import Reference
from refractor.identity.snp_counts import SampleAlleles
from refractor.results.analyses import AnalysisLog
from refractor.results.quality import Quality
from refractor.results.variant_tables import CodonStatus, GeneCallability
from refractor.settings.thresholds import CALLING, CallingSettings
from refractor.tumor.inputs import Tumor, TumorBuild
from refractor.tumor.isolation import isolated
from refractor.tumor.joined_variants import JoinedVariants, codon_verdicts
from refractor.tumor.junctions import junctions_of_reads
from refractor.tumor.variant_sources import (
    SOURCES,
    TUMOR,
    VariantSources,
    build_of_sources,
    open_reads,
    open_reference,
    read_file,
)
from refractor.variants.calling.caller import ReadsCalls, call_reads
from refractor.variants.calling.pileups import NamedPileup, named_pileups
from refractor.variants.calling.somatic import MEASURED_MARGIN
from refractor.variants.codons.codon_reads import ReadSettings
from refractor.variants.codons.gene_callability import callability_of_genes
from refractor.variants.codons.plasma import UNKNOWN_TUMOR_FRACTION, plasma_thresholds, with_plasma_limits
from refractor.variants.codons.tumor_context import UNKNOWN_CONTEXT, TumorContext
from refractor.variants.consequences import Consequence
from refractor.variants.files.reader_settings import ReaderSettings
from refractor.variants.junctions.find import NOTHING_KNOWN, CopiesKnown, FoundJunctions
from refractor.variants.observation import Observation
from refractor.vocabulary import Material, State


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

    `context` is what its copies tell of the VAF to expect, `known` what they tell of junctions; without `is_pair` the
    normal is not used, as it may be of another person; with `assume_callable` the file's silence is wild-type
    everywhere; the rows of `caller_filters` say what filter names mean, before the shipped table. With
    `record_failures` an unusable source is a failed analysis and the rest goes on without it.

    `given_up` says why an earlier try was killed: then no file of the tumour is opened, and each has failed.

    Raises:
        InputError: a source is unusable, and failures are not to be recorded.
    """
    how = _Calling(settings, context, known, is_pair, assume_callable, caller_filters)

    def called(given: Tumor, failed: Mapping[str, str]) -> TumorVariants:
        analyses = AnalysisLog(given.sample, record_failures=record_failures, failed_before=failed)
        return _called(given, analyses, how)

    return isolated(
        called,
        tumor,
        sources=SOURCES,
        step="variants_step",
        record_failures=record_failures,
        given_up=given_up,
    )


@dataclass(frozen=True, slots=True)
class _Calling:
    """How a tumour is called, each as `call_variants` takes it."""

    settings: CallingSettings
    context: TumorContext
    known: CopiesKnown
    is_pair: bool
    assume_callable: bool
    caller_filters: Path | None

    @property
    def reads(self) -> ReadSettings:
        """What is asked of the reads."""
        return ReadSettings.of(self.settings)

    @property
    def file(self) -> ReaderSettings:
        """What is asked of a file of variants."""
        return ReaderSettings(
            thresholds=self.reads.thresholds.of_files(),
            filters=self.caller_filters,
            share_in_normal=MEASURED_MARGIN * self.context.origins("").share_in_normal,
        )

    def of_plasma(self, fraction: float | None) -> _Calling:
        """The same for plasma: by the sheet's fraction, however small, as a fit or a caller's purity is of tissue."""
        return replace(
            self,
            context=replace(self.context, purity=fraction, least_purity=None),
            settings=replace(self.settings, assumed_purity=UNKNOWN_TUMOR_FRACTION),
        )


def _called(tumor: Tumor, analyses: AnalysisLog, how: _Calling) -> TumorVariants:
    if tumor.material is Material.PLASMA:
        how = how.of_plasma(tumor.purity)
    with ExitStack() as open_files, ExitStack() as reads:
        sources = open_reads(tumor, analyses, reads, is_pair=how.is_pair)
        build = build_of_sources(tumor, analyses, sources)
        panel = load_panel(build.build)
        reference = open_reference(tumor, analyses, sources, panel, open_files)
        read_file(tumor, analyses, sources, panel=panel, reference=reference, settings=how.file)
        germline = sources.germline_quality(analyses, panel)
        calls = _call_reads(analyses, sources, panel=panel, reference=reference, how=how)
        rearranged = junctions_of_reads(
            sources.tumor if calls is not None else None,
            sources.normal,
            analyses,
            panel=panel,
            known=how.known,
        )
        with analyses.attempt(TUMOR):
            reads.close()  # htslib tells here of damage that it met on the way
        if analyses.state(TUMOR) is State.FAILED:
            calls = None
        joined = JoinedVariants.of(sources, calls, panel=panel, reference=reference)
    codons, callability = _judged(tumor, sources, calls, joined, panel=panel, how=how)
    return TumorVariants(
        build=build,
        called=joined.once,
        codons=codons,
        callability=callability,
        pileups=()
        if calls is None
        else tuple(named_pileups(calls.pileup, joined.called, codons, panel=panel)),
        alleles=sources.genotypes(build.build),
        analyses=analyses,
        quality=(*sources.genome, *germline, *(() if calls is None else calls.quality())),
        rearranged=rearranged,
    )


def _judged(
    tumor: Tumor,
    sources: VariantSources,
    calls: ReadsCalls | None,
    joined: JoinedVariants,
    *,
    panel: Panel,
    how: _Calling,
) -> tuple[tuple[CodonStatus, ...], tuple[GeneCallability, ...]]:
    """A verdict for each watched codon, and how much of each gene was looked at."""
    view = joined.file_view(sources, assume_callable=how.assume_callable)
    thresholds = how.reads.thresholds
    if tumor.material is Material.PLASMA and view is not None:
        thresholds = thresholds if calls is not None else plasma_thresholds(thresholds)
        view = with_plasma_limits(view, panel=panel, tumor_fraction=tumor.purity, depth=tumor.depth)
    callability = callability_of_genes(
        panel,
        reads=None if calls is None else calls.depths,
        file=view,
        context=how.context,
        assumed_purity=how.settings.assumed_purity,
        thresholds=thresholds,
    )
    codons = codon_verdicts(
        joined,
        calls,
        view,
        panel=panel,
        settings=how.settings,
        context=how.context,
        thresholds=thresholds,
    )
    return codons, tuple(callability)


def _call_reads(
    analyses: AnalysisLog,
    sources: VariantSources,
    *,
    panel: Panel,
    reference: Reference,
    how: _Calling,
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
            settings=how.reads,
            context=how.context,
        )
        analyses.done(TUMOR, calls.summary())
    return calls
