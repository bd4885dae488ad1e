"""What reads show at single codons: depth, alleles, and whether the normal carries them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from refractor.genome.panel import Panel, told_codons
from refractor.genome.variant import Variant
from refractor.reads.fragments import FragmentWindow, ReadFilters, fragments_over
from refractor.reads.read_table import ReadTable
from refractor.settings.thresholds import CALLING, CallingSettings
from refractor.variants.calling.error_rates import ErrorRates
from refractor.variants.calling.expected_errors import expected_error, with_error
from refractor.variants.calling.filters import CallThresholds
from refractor.variants.calling.haplotypes import AlleleSupport, Window
from refractor.variants.calling.somatic import NormalRule
from refractor.variants.codons.power import DetectionThresholds
from refractor.variants.observation import READS_ORIGIN, Observation


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """Everything that decides what of the reads is counted and reported.

    `listed` are the thresholds at listed hotspots and at codons that decide an entry, a hundred times likelier to change
    than any other place of the panel; `thresholds` those elsewhere.
    """

    filters: ReadFilters = field(default_factory=ReadFilters)
    thresholds: DetectionThresholds = field(default_factory=DetectionThresholds)
    listed: DetectionThresholds = field(
        default_factory=lambda: DetectionThresholds(
            min_alt_reads=CALLING.hotspot_min_alt_reads, log_odds=CALLING.hotspot_log_odds
        )
    )
    normal: NormalRule = field(default_factory=NormalRule)
    calls: CallThresholds = field(default_factory=CallThresholds)

    @classmethod
    def of(cls, settings: CallingSettings) -> ReadSettings:
        """The settings of the configuration's group `calling`."""
        thresholds = DetectionThresholds(
            min_alt_reads=settings.min_alt_reads,
            min_vaf=settings.report_vaf,
            wild_type_power=settings.wild_type_power,
            log_odds=settings.log_odds,
        )
        return cls(
            filters=ReadFilters(settings.min_base_quality, settings.min_mapping_quality),
            thresholds=thresholds,
            listed=replace(
                thresholds,
                min_alt_reads=settings.hotspot_min_alt_reads,
                log_odds=settings.hotspot_log_odds,
            ),
            normal=NormalRule(contamination=settings.normal_contamination),
            calls=CallThresholds(min_vaf=settings.min_vaf),
        )

    def without_normal(self) -> ReadSettings:
        """The same for a tumour alone: listed places need as many fragments as others, as no normal shows what recurs."""
        most = max(self.listed.min_alt_reads, self.thresholds.min_alt_reads)
        return replace(self, listed=replace(self.listed, min_alt_reads=most))

    def at(self, *, listed: bool) -> DetectionThresholds:
        """The thresholds of a listed place, or of any other."""
        return self.listed if listed else self.thresholds


@dataclass(frozen=True, slots=True)
class CodonPlace:
    """A codon and the genomic positions of its three bases in coding order; neighbours unless an intron parts them.

    `decisive` says that it decides an entry: any change of it is listed.
    """

    gene: str
    codon: int
    chromosome: str
    positions: tuple[int, int, int]
    decisive: bool = False

    @property
    def stretches(self) -> tuple[tuple[int, int], ...]:
        """The codon as ascending half-open stretches of neighbouring bases."""
        found: list[tuple[int, int]] = []
        for position in sorted(self.positions):
            if found and found[-1][1] == position:
                found[-1] = (found[-1][0], position + 1)
            else:
                found.append((position, position + 1))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class CodonReads:
    """One codon in the reads of one tumour (and its normal).

    `depth` are fragments that show it at its worst base, `spanning_depth` those that reach INDEL_FLANK_BP beyond
    it, `alleles` what else than the reference more than one of them show, the most frequent first; `thresholds` what
    the caller asks of an allele here, with the sample's own rate of mistakes; None where no reads told it.
    """

    place: CodonPlace
    depth: int
    normal_depth: int | None
    alleles: tuple[Observation, ...]
    reference_known: bool
    spanning_depth: int = 0
    thresholds: DetectionThresholds | None = None


def read_codon(
    place: CodonPlace,
    tumor: ReadTable,
    *,
    normal: ReadTable | None,
    spanning: NDArray[np.int64],
    settings: ReadSettings,
    rates: ErrorRates | None = None,
) -> CodonReads:
    """Depth and alleles of one codon, fragment by fragment; `spanning` is the tumour's spanning depth."""
    fragments = [_fragments(tumor, place.chromosome, *stretch, settings) for stretch in place.stretches]
    windows = [Window.of(tumor.axis, shown) for shown in fragments]
    normal_depths = [
        window_over(normal, place.chromosome, *stretch, settings).depth()
        for stretch in place.stretches
        if normal is not None
    ]
    alleles = [
        _observation(window, variant, count)
        for window in windows
        for variant, count in window.alleles().most_common()
        if count > 1
    ]
    return CodonReads(
        place=place,
        depth=min(window.depth() for window in windows),
        normal_depth=min(normal_depths, default=None),
        alleles=tuple(alleles),
        reference_known=all(window.reference_known() for window in windows),
        spanning_depth=min(
            int(spanning[window.start : window.start + end - start].min())
            for window, (start, end) in zip(windows, place.stretches, strict=True)
        ),
        thresholds=None
        if rates is None
        else with_error(
            settings.at(listed=place.decisive),
            max(expected_error(shown, tumor.axis, rates) for shown in fragments),
        ),
    )


def _observation(window: Window, variant: Variant, count: int) -> Observation:
    depth = max(window.support(variant).depth, count)
    return Observation(variant, depth=depth, alt_reads=count, vaf=count / depth, origin=READS_ORIGIN)


def read_codons(
    places: Iterable[CodonPlace],
    tumor: ReadTable,
    *,
    normal: ReadTable | None,
    spanning: NDArray[np.int64],
    settings: ReadSettings,
    rates: ErrorRates | None = None,
) -> list[CodonReads]:
    """What the reads show at each codon, in order; `spanning` is the tumour's spanning depth along the axis.

    `rates` are the tumour's mistakes, None where they are not known.
    """
    return [
        read_codon(place, tumor, normal=normal, spanning=spanning, settings=settings, rates=rates)
        for place in places
    ]


def read_support(variant: Variant, table: ReadTable, settings: ReadSettings) -> AlleleSupport:
    """What the fragments of one sample say of one allele, whoever called it; nothing outside the axis."""
    if table.axis.place(variant.chromosome, variant.position) is None:
        return AlleleSupport(0, 0, 0, 0)
    return window_over(table, variant.chromosome, variant.position, variant.end, settings).support(variant)


def window_over(table: ReadTable, chromosome: str, start: int, end: int, settings: ReadSettings) -> Window:
    """The window of a genomic stretch (0-based, half-open) in one sample."""
    return Window.of(table.axis, _fragments(table, chromosome, start, end, settings))


def _fragments(
    table: ReadTable, chromosome: str, start: int, end: int, settings: ReadSettings
) -> FragmentWindow:
    first = table.axis.place(chromosome, start)
    if first is None:
        raise ValueError(f"{chromosome}:{start} is not on the axis that was read")
    return fragments_over(table, first, first + end - start, filters=settings.filters)


def watched_codons(panel: Panel) -> list[CodonPlace]:
    """The codons whose status is told: those that decide an entry first, then those of hotspots and rules, by gene."""
    places = []
    for (symbol, codon), decisive in told_codons(panel).items():
        if decisive is not None:
            places.append(CodonPlace(symbol, codon, decisive.chromosome, decisive.positions, decisive=True))
        else:
            gene = panel.genes[symbol]
            places.append(CodonPlace(symbol, codon, gene.chromosome, gene.codon_positions(codon)))
    return places
