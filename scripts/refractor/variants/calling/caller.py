"""Small variants of one tumour from its reads, against the matched normal where there is one.

1. Reads over the panel become arrays; each sample's own error rates are learnt from stray mismatches.
2. Changes that repeat are candidates; those of the same fragments are joined (MNV, delins); clipped ends are
   followed to where they continue.
3. Fragments are counted for each candidate, mates once; indels by fitting whole reads to each allele.
4. Log odds against the sample's own mistakes, biases and the normal decide (filters).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from refractor.genome.intervals import panel_regions
from refractor.genome.normalise_allele import normalise
from refractor.genome.panel import Panel
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.reads.alignment import Alignment
from refractor.reads.depth import fragment_depth, spanning_depth
from refractor.reads.fragments import ReadFilters
from refractor.reads.panel_coordinates import Axis, KnownBases, N, lay_axis
from refractor.reads.read_table import read_table
from refractor.results.quality import Quality
from refractor.variants.calling.candidates import (
    codon_numbers,
    in_neighbouring_codons,
    joined_variants,
    repeated_changes,
)
from refractor.variants.calling.clips import clipped_variants
from refractor.variants.calling.error_rates import error_rates
from refractor.variants.calling.expected_errors import usual_error
from refractor.variants.calling.haplotypes import AlleleSupport
from refractor.variants.calling.judged_candidates import Call, judged_candidates, least_carriers
from refractor.variants.calling.library_damage import LibraryDamage, library_damage
from refractor.variants.calling.mismatches import (
    Mismatches,
    depth_of,
    mismatches_of,
    stray_per_read,
)
from refractor.variants.calling.pileups import Pileup, pileup_of
from refractor.variants.calling.supporting_fragments import Sample
from refractor.variants.codons.codon_reads import (
    CodonReads,
    ReadSettings,
    read_codons,
    read_support,
    watched_codons,
)
from refractor.variants.codons.gene_callability import ReadDepths
from refractor.variants.codons.power import INDEL_FLANK_BP
from refractor.variants.codons.tumor_context import TumorContext
from refractor.variants.observation import READS_ORIGIN, Observation

log = logging.getLogger(__name__)

PHRED_PER_LOG10 = 10


@dataclass(frozen=True, slots=True)
class ReadsCalls:
    """Variants called from reads, normalised and in genome order, and what the reads show at each codon.

    `observations` holds every candidate, with the names of the filters that it fails; `n_reads` counts the tumour's
    mapped primary reads that are no duplicates; `damage` and `normal_damage` are those of the libraries.
    """

    observations: tuple[Observation, ...]
    codons: Mapping[tuple[str, int], CodonReads]
    has_normal: bool
    support: Callable[[Variant], AlleleSupport]
    pileup: Callable[[str, int, int], Pileup | None]
    depths: ReadDepths
    n_reads: int
    damage: LibraryDamage
    normal_damage: LibraryDamage | None = None
    remarks: tuple[str, ...] = ()

    def quality(self) -> tuple[Quality, ...]:
        """Rows for qc.tsv: what damage the libraries have."""
        normal = () if self.normal_damage is None else self.normal_damage.quality("normal_")
        return (*self.damage.quality(), *normal)

    def summary(self) -> str:
        """Counts for the analyses table."""
        shown = sum(reads.depth > 0 for reads in self.codons.values())
        passed = [observation for observation in self.observations if not observation.filters]
        inherited = sum(observation.germline_likely for observation in passed)
        unshown = sum(observation.unshown for observation in self.observations)
        filtered = len(self.observations) - len(passed) - unshown
        axis = self.depths.axis
        known = float((axis.bases[axis.wanted] != N).mean()) if axis.wanted.any() else 0.0
        blind = (
            f"; the reference holds {known:.0%} of the panel, a full FASTA would hold all"
            if known < 0.99
            else ""
        )
        if not shown:
            blind += (
                f"; {self.n_reads} reads lie over the panel and none of them counts at a watched codon: "
                "without base qualities, below the least qualities, duplicates, or elsewhere"
            )
        return (
            f"{len(passed)} variants ({inherited} likely inherited), {filtered} filtered, {unshown} that mistakes explain, "
            f"{shown} of {len(self.codons)} watched codons covered"
            + ("" if self.has_normal else "; no normal reads: inherited variants are told by their VAF only")
            + blind
            + "".join(f"; {remark}" for remark in self.remarks)
        )


def call_reads(
    tumor: Alignment,
    *,
    normal: Alignment | None,
    panel: Panel,
    reference: Reference,
    settings: ReadSettings,
    context: TumorContext,
) -> ReadsCalls:
    """Variants and codon read-outs of the tumour's reads over the panel.

    `context` says which VAFs inherited variants would have where no normal tells them.
    """
    if normal is None:
        settings = settings.without_normal()
    axis = lay_axis(panel_regions(panel), reference, known=known_bases(panel))
    fasta = None if reference.shipped else reference.path
    of_tumor = _ReadSample.of(tumor, axis, fasta, settings)
    of_normal = None if normal is None else _ReadSample.of(normal, axis, fasta, settings)
    normal_sample = None if of_normal is None else of_normal.sample
    normal_table = None if of_normal is None else of_normal.sample.table
    candidates = _candidates(of_tumor, panel=panel, reference=reference, settings=settings)
    calls = judged_candidates(
        candidates,
        of_tumor.sample,
        normal_sample,
        damage=of_tumor.damage,
        panel=panel,
        settings=settings,
        context=context,
    )
    depths = _depths(of_tumor.sample, settings.filters)
    table = of_tumor.sample.table
    codons = read_codons(
        watched_codons(panel),
        table,
        normal=normal_table,
        spanning=depths.spanning,
        settings=settings,
        rates=of_tumor.sample.rates,
    )
    log.info(
        "%d tumour and %s normal reads, mean depth %.0f; %d candidates of %d alleles, %d pass",
        len(table),
        "no" if normal_table is None else len(normal_table),
        float(of_tumor.depth[axis.wanted].mean()) if axis.wanted.any() else 0.0,
        len(calls),
        len(candidates),
        sum(not call.judgement.filters for call in calls),
    )
    return ReadsCalls(
        observations=tuple(_observation(call) for call in calls),
        codons={(reads.place.gene, reads.place.codon): reads for reads in codons},
        has_normal=normal is not None,
        support=lambda variant: read_support(variant, table, settings),
        pileup=lambda chromosome, start, end: pileup_of(
            table, normal_table, (chromosome, start, end), filters=settings.filters
        ),
        depths=depths,
        n_reads=len(table),
        damage=of_tumor.damage,
        normal_damage=None if of_normal is None else of_normal.damage,
        remarks=table.left_out,
    )


def known_bases(panel: Panel) -> list[KnownBases]:
    """Reference bases that the hotspots tell where the reference holds none."""
    return [KnownBases(spot.chromosome, spot.position, spot.ref) for spot in panel.hotspots]


@dataclass(frozen=True, slots=True, eq=False)
class _ReadSample:
    """One sample's reads with what was learnt from them, its mismatches, its depth along the axis, its damage."""

    sample: Sample
    found: Mismatches
    depth: NDArray[np.int64]
    damage: LibraryDamage

    @classmethod
    def of(cls, alignment: Alignment, axis: Axis, fasta: Path | None, settings: ReadSettings) -> _ReadSample:
        table = read_table(alignment, axis, reference=fasta)
        least = settings.filters.min_mapping_quality
        found = mismatches_of(table, min_mapping_quality=least)
        depth = depth_of(table, min_mapping_quality=least)
        noise = stray_per_read(table, found, depth, min_base_quality=settings.filters.min_base_quality)
        sample = Sample(table, error_rates(table, found, depth), noise, settings.filters)
        return cls(sample, found, depth, library_damage(sample.rates, axis, depth))


def _depths(sample: Sample, filters: ReadFilters) -> ReadDepths:
    """How often each place of the axis was looked at, by a base and by fragments that span it."""
    return ReadDepths(
        sample.table.axis,
        shown=fragment_depth(sample.table, filters=filters),
        spanning=spanning_depth(sample.table, flank_bp=INDEL_FLANK_BP, filters=filters),
        error=usual_error(sample.rates, min_base_quality=filters.min_base_quality),
    )


def _candidates(
    of_tumor: _ReadSample, *, panel: Panel, reference: Reference, settings: ReadSettings
) -> list[Variant]:
    """Alleles to look at, normalised, in genome order."""
    table, found = of_tumor.sample.table, of_tumor.found
    changes = repeated_changes(
        table,
        found,
        min_fragments=least_carriers(settings),
        min_base_quality=settings.filters.min_base_quality,
        min_mapping_quality=settings.filters.min_mapping_quality,
    )
    same_reading = in_neighbouring_codons(codon_numbers(table.axis, panel))
    variants = joined_variants(table.axis, changes, same_reading=same_reading)
    variants += clipped_variants(table, min_reads=2, min_mapping_quality=settings.filters.min_mapping_quality)
    normalised = {
        normalise(v.chromosome, v.position, v.ref, v.alt, reference=reference)
        for v in variants
        if "N" not in v.ref + v.alt
    }
    return sorted(v for v in normalised if table.axis.place(v.chromosome, v.position) is not None)


def _observation(call: Call) -> Observation:
    return Observation(
        variant=call.variant,
        depth=call.tumor.depth,
        ref_reads=call.tumor.ref,
        alt_reads=call.tumor.alt,
        vaf=call.tumor.vaf,
        normal_depth=None if call.normal is None else call.normal.depth,
        normal_alt_reads=None if call.normal is None else call.normal.alt,
        quality=round(PHRED_PER_LOG10 * max(call.tumor.log_odds, 0.0), 1),
        filters=tuple(str(name) for name in call.judgement.filters),
        origin=READS_ORIGIN,
        germline_likely=call.judgement.germline,
        notes=call.judgement.notes,
    )
