"""The variants of a tumour's reads and of its file as one list, and the verdict of both on each watched codon."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from refractor.genome.intervals import Regions
from refractor.genome.panel import Panel
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.results.variant_tables import CodonStatus
from refractor.settings.thresholds import CallingSettings
from refractor.tumor.variant_sources import VariantSources
from refractor.variants.calling.caller import ReadsCalls
from refractor.variants.codons.codon_reads import watched_codons
from refractor.variants.codons.codon_status import codon_verdict
from refractor.variants.codons.file_view import VariantFileView
from refractor.variants.codons.power import DetectionThresholds
from refractor.variants.codons.tumor_context import TumorContext
from refractor.variants.consequences import Consequence, annotate_observations
from refractor.variants.merge_sources import absorbed_variants, joined_observations
from refractor.variants.observation import READS_ORIGIN, Observation

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JoinedVariants:
    """Each variant with its meaning for the panel's genes, None where it touches none; what became part of an MNV.

    `absorbed` gives, by a variant of the file, the MNV of the reads that it is a part of.
    """

    called: tuple[tuple[Observation, Consequence | None], ...]
    absorbed: Mapping[Variant, Variant]

    @classmethod
    def of(
        cls, sources: VariantSources, calls: ReadsCalls | None, *, panel: Panel, reference: Reference
    ) -> JoinedVariants:
        """The variants of the reads, `calls`, and of the file of `sources`, each where there is one."""
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

    def file_view(self, sources: VariantSources, *, assume_callable: bool) -> VariantFileView | None:
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


def codon_verdicts(
    joined: JoinedVariants,
    calls: ReadsCalls | None,
    view: VariantFileView | None,
    *,
    panel: Panel,
    settings: CallingSettings,
    context: TumorContext,
    thresholds: DetectionThresholds,
) -> tuple[CodonStatus, ...]:
    """A verdict for each watched codon, from the reads and from what the file says of it (`view`)."""
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
