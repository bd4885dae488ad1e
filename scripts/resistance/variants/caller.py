"""Small variants of one tumour from its reads, against the matched normal where there is one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from resistance.panel import Panel
from resistance.reads.alignment import Alignment
from resistance.reads.axis import KnownBases, lay_axis
from resistance.reads.read_table import read_table
from resistance.reference import Reference
from resistance.variants.codon_reads import (
    CodonReads,
    ReadSettings,
    read_codons,
    read_support,
    watched_codons,
)
from resistance.variants.haplotypes import AlleleSupport
from resistance.variants.normalise import normalise
from resistance.variants.observation import Observation, Variant
from resistance.variants.regions import panel_regions
from resistance.variants.somatic import NormalVerdict

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadsCalls:
    """Variants called from reads, normalised and in genome order, and what the reads show at each codon."""

    observations: tuple[Observation, ...]
    codons: Mapping[tuple[str, int], CodonReads]
    has_normal: bool
    support: Callable[[Variant], AlleleSupport]

    def summary(self) -> str:
        """Counts for the analyses table."""
        shown = sum(reads.depth > 0 for reads in self.codons.values())
        inherited = sum(observation.germline_likely for observation in self.observations)
        return (
            f"{len(self.observations)} variants ({inherited} also in the normal), "
            f"{shown} of {len(self.codons)} watched codons covered"
            + ("" if self.has_normal else "; no normal reads, so nothing is known to be inherited")
        )


def call_reads(
    tumor: Alignment,
    *,
    normal: Alignment | None,
    panel: Panel,
    reference: Reference,
    settings: ReadSettings,
) -> ReadsCalls:
    """Variants and codon read-outs of the tumour's reads over the panel."""
    axis = lay_axis(panel_regions(panel), reference, known=known_bases(panel))
    full_fasta = None if reference.shipped else reference.path
    tumor_reads = read_table(tumor, axis, reference=full_fasta)
    normal_reads = None if normal is None else read_table(normal, axis, reference=full_fasta)
    log.info(
        "read %d tumour and %s normal reads over %d stretches",
        len(tumor_reads),
        "no" if normal_reads is None else len(normal_reads),
        len(axis.offset),
    )
    codons = read_codons(watched_codons(panel), tumor_reads, normal=normal_reads, settings=settings)
    found: dict[Variant, Observation] = {}
    for reads in codons:
        for observation, verdict in zip(reads.found, reads.verdicts, strict=True):
            judged = _judged(observation, verdict)
            variant = normalise(
                judged.variant.chromosome,
                judged.variant.position,
                judged.variant.ref,
                judged.variant.alt,
                reference=reference,
            )
            found.setdefault(variant, replace(judged, variant=variant))
    log.info("called %d variants at %d codons", len(found), len(codons))
    return ReadsCalls(
        observations=tuple(found[variant] for variant in sorted(found)),
        codons={(reads.place.gene, reads.place.codon): reads for reads in codons},
        has_normal=normal is not None,
        support=lambda variant: read_support(variant, tumor_reads, settings),
    )


def known_bases(panel: Panel) -> list[KnownBases]:
    """Reference bases that the hotspots tell where the reference holds none."""
    return [KnownBases(spot.chromosome, spot.position, spot.ref) for spot in panel.hotspots]


def _judged(observation: Observation, verdict: NormalVerdict) -> Observation:
    """The observation with what the normal says of it."""
    if verdict is NormalVerdict.CARRIED:
        return replace(observation, germline_likely=True)
    if verdict is NormalVerdict.TOO_SHALLOW:
        stated = f"normal too shallow to exclude inheritance ({observation.normal_depth} fragments)"
        return replace(observation, notes=(*observation.notes, stated))
    return observation
