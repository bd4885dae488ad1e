"""Genotypes at the windows' common SNPs in a VCF, for whose genome it is: of the normal's column and the tumour's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from refractor.genome.builds import GenomeBuild, bare_contig
from refractor.genome.intervals import Regions
from refractor.identity.snp_counts import AlleleCounts, GenomeKind, SampleAlleles
from refractor.identity.snps import Snps, load_snps
from refractor.variants.files.maf_table import MafFile
from refractor.variants.files.opened import VariantFile
from refractor.variants.files.vcf_file import Numbered

READS_OF_A_GENOTYPE = 20
"""Reads that a stated genotype stands for where the record has no counts: enough to be called."""
LOOKED_UP = 3_000
"""SNPs that are looked up, those of lowest rank, where a large file is read through its index."""


def read_snp_genotypes(
    file: VariantFile, *, sample: str, named_sample: str | None, build: GenomeBuild
) -> SampleAlleles:
    """The alleles of the tumour's and the normal's column of a VCF that `read_small_variants` has accepted.

    Counts are AD, else GT for READS_OF_A_GENOTYPE reads. A MAF has no genotypes. A file of somatic variants holds
    few common SNPs: then there is little to compare, and the comparison says so.
    """
    if isinstance(file, MafFile):
        return SampleAlleles(build)
    header = file.header
    chosen = file.columns(sample=sample, named_sample=named_sample).chosen
    columns = {GenomeKind.TUMOR_FILE: chosen.tumor, GenomeKind.NORMAL_FILE: chosen.normal}
    places = {kind: header.samples.index(name) for kind, name in columns.items() if name is not None}
    snps = load_snps(build)
    found = {kind: np.zeros((len(snps), 2), dtype=np.uint16) for kind in places}
    for row, record in _at_snps(file.records(_stretches(snps)), snps):
        counts, genotypes = _depths(record), _genotypes(record)
        for kind, column in places.items():
            found[kind][row] = _alleles(counts, genotypes, column)
    genomes = {
        kind: AlleleCounts(counts[:, 0].copy(), counts[:, 1].copy(), (header.samples[places[kind]],))
        for kind, counts in found.items()
        if counts.any()
    }
    return SampleAlleles(build, genomes)


def _stretches(snps: Snps) -> Regions:
    rows = np.argsort(snps.rank, kind="stable")[:LOOKED_UP]
    return Regions.of(
        (str(snps.chromosome[row]), int(snps.position[row]), int(snps.position[row]) + 1) for row in rows
    )


def _at_snps(records: Iterator[Numbered], snps: Snps) -> Iterator[tuple[int, Any]]:
    """The records that are one of the SNPs with its two alleles, and which."""
    keys = zip(
        snps.chromosome.tolist(), snps.position.tolist(), snps.ref.tolist(), snps.alt.tolist(), strict=True
    )
    row_of = {key: row for row, key in enumerate(keys)}
    for _, record in records:
        if len(record.REF) == 1 and len(record.ALT) == 1:
            row = row_of.get((bare_contig(record.CHROM), record.start, record.REF, record.ALT[0]))
            if row is not None:
                yield row, record


def _depths(record: Any) -> Any:
    """AD of all columns, (n_columns, 2); None where the record has none of that shape."""
    if "AD" not in record.FORMAT:
        return None
    counts = record.format("AD")
    return counts if counts is not None and counts.ndim == 2 and counts.shape[1] == 2 else None


def _genotypes(record: Any) -> Any:
    """GT of all columns; None where the record has none, or none that htslib understands."""
    if "GT" not in record.FORMAT:
        return None
    try:
        return record.genotypes
    except Exception as error:
        if type(error) is not Exception:  # cyvcf2 knows no better class for it
            raise
        return None


def _alleles(counts: Any, genotypes: Any, column: int) -> tuple[int, int]:
    """Reads with the reference and with the alternative allele in one column."""
    if counts is not None and (counts[column] >= 0).all() and counts[column].sum() > 0:
        ref, alt = (min(int(value), 65_535) for value in counts[column])
        return ref, alt
    if genotypes is None:
        return 0, 0
    called = [
        allele for allele in genotypes[column][:-1] if allele >= 0
    ]  # the last says whether it is phased
    if len(called) != 2 or max(called) > 1:
        return 0, 0
    alt = READS_OF_A_GENOTYPE * sum(called) // 2
    return READS_OF_A_GENOTYPE - alt, alt
