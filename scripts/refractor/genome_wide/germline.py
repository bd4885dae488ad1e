"""Genotypes of Fc receptors from the normal's reads: context for antibodies, never a reason.

FCGR3A lies in a segmental duplication with FCGR3B and varies in copies: genotypes of V158F are often wrong where the two
are not told apart (PMID 24061201); so does FCGR2B with FCGR2C. So nothing is said where many reads fit two places, or where the alleles are not near
0, a half or 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from refractor.reads.germline_reads import SiteReads
from refractor.results.quality import GERMLINE, Quality, QualityStatus

LEAST_FRAGMENTS = 12
"""Fragments below which a heterozygote is missed once in 4,000 (2 in 2 to the 12), or more often."""
MOST_UNSURE = 0.2
"""Share of reads that fit another place as well, above which the site cannot be told from its duplicate (our choice)."""
HOMOZYGOUS, HETEROZYGOUS = 0.05, (0.3, 0.7)
"""Share of the rarer allele up to which it is error or foreign, and the shares of a heterozygote (our choice)."""
DUPLICATED = {"FCGR3A": "FCGR3B", "FCGR2B": "FCGR2C"}
"""Genes of sites in a segmental duplication, and the duplicate."""


def germline_quality(found: Iterable[SiteReads]) -> Iterator[Quality]:
    """A row of qc.tsv a site: the genotype by the papers' residue, e.g. 158 V/F; no value where it is not assessable."""
    for at in found:
        genotype, reason = genotype_of(at)
        site = at.site
        words = f"{site.gene} {site.legacy_name} of the normal, {at.ref} fragments {site.ref}, {at.alt} {site.alt}"
        if (twin := DUPLICATED.get(site.gene)) is not None:
            words += f"; duplicated as {twin}: reads that fit one place only"
        if genotype is None:
            words = f"not assessable: {reason}; {words}"
        yield Quality(metric=f"{GERMLINE}{site.rsid}", value=genotype, status=QualityStatus.PASS, note=words)


def genotype_of(at: SiteReads) -> tuple[str | None, str]:
    """The genotype in the words of the papers, or None and why it cannot be told."""
    site = at.site
    if at.unsure > MOST_UNSURE * (at.unsure + at.depth):
        return None, f"{at.unsure} of {at.unsure + at.depth} reads fit another place of the genome as well"
    if at.depth < LEAST_FRAGMENTS:
        return None, f"{at.depth} fragments, fewer than {LEAST_FRAGMENTS}"
    share = at.alt / at.depth
    first, number, second = site.legacy_name[0], site.legacy_name[1:-1], site.legacy_name[-1]
    of_ref, of_alt = site.protein_change[0], site.protein_change[-1]
    if share <= HOMOZYGOUS:
        return f"{number} {of_ref}/{of_ref}", ""
    if (at.ref / at.depth) <= HOMOZYGOUS and at.alt >= (1 - HOMOZYGOUS) * at.depth:
        return f"{number} {of_alt}/{of_alt}", ""
    if HETEROZYGOUS[0] <= share <= HETEROZYGOUS[1]:
        return f"{number} {first}/{second}", ""
    return None, f"{at.alt} of {at.depth} fragments, the share of no genotype of two copies"
