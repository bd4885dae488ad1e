"""What the normal's reads show at inherited polymorphisms that are context for antibody treatment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pysam

from refractor.genome.germline_sites import GermlineSite
from refractor.reads.alignment import Alignment
from refractor.reads.sam_flags import LEFT_OUT

MIN_MAPPING_QUALITY = 20
MIN_BASE_QUALITY = 20
"""Phred, as at the sampled windows."""


@dataclass(frozen=True, slots=True)
class SiteReads:
    """Fragments with each allele at a site; `unsure` are reads left out because they may be of another place."""

    site: GermlineSite
    ref: int = 0
    alt: int = 0
    other: int = 0
    unsure: int = 0

    @property
    def depth(self) -> int:
        """Fragments that show a base."""
        return self.ref + self.alt + self.other


def reads_at_sites(alignment: Alignment, sites: Sequence[GermlineSite]) -> Iterator[SiteReads]:
    """The fragments of a file at each site; none where it lacks the contig. Mates that differ count for neither allele.

    Raises AlignmentError for a file that breaks off.
    """
    alignment.prefetch([(site.chromosome, site.position, site.position + 1) for site in sites])
    for site in sites:
        if site.chromosome not in alignment.contigs:
            yield SiteReads(site)
            continue
        shown: dict[str, str] = {}
        unsure = 0
        for read in alignment.fetch(site.chromosome, site.position, site.position + 1):
            if read.flag & LEFT_OUT:
                continue
            if read.mapping_quality < MIN_MAPPING_QUALITY:
                unsure += 1
                continue
            base = _base_at(read, site.position)
            if base is not None:
                name = read.query_name or ""
                shown[name] = base if shown.get(name, base) == base else "N"
        bases = list(shown.values())
        ref, alt = bases.count(site.ref), bases.count(site.alt)
        yield SiteReads(site, ref, alt, len(bases) - ref - alt - bases.count("N"), unsure)


def _base_at(read: pysam.AlignedSegment, position: int) -> str | None:
    """The base of a read at a genome position; None where it has none there, or one of low quality."""
    for index, place in read.get_aligned_pairs(matches_only=True):
        if place == position:
            qualities = read.query_qualities
            if qualities is not None and qualities[index] < MIN_BASE_QUALITY:
                return None
            return (read.query_sequence or "")[index]
    return None
