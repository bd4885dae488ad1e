"""A tumour's allele counts at the common SNPs, kept beside its tables so that genomes can be compared later.

The file is a NumPy archive of about 100 kB: thousands of them are read in seconds. Counts beyond 65,535 are cut.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from refractor.errors import TableError
from refractor.files.atomic import written_aside
from refractor.genome.builds import GenomeBuild
from refractor.identity.snps import load_snps
from refractor.reads.windows import WindowCounts
from refractor.reads.windows_to_read import Sites

READS_FILE = "genotypes.npz"
VARIANTS_FILE = "variant_genotypes.npz"
"""The file of the copy-number step (from reads) and that of the variant step (from the file of small variants)."""

Counts = NDArray[np.uint16]


class GenomeKind(StrEnum):
    """Where the alleles of a genome were seen."""

    TUMOR = "tumor_reads"
    NORMAL = "normal_reads"
    TUMOR_FILE = "small_variants"
    NORMAL_FILE = "small_variants_normal"

    @property
    def germline(self) -> bool:
        """Whether the genome is that of normal cells, so that homozygous means inherited."""
        return self in (GenomeKind.NORMAL, GenomeKind.NORMAL_FILE)

    @property
    def from_reads(self) -> bool:
        """Whether every SNP could be seen; a file of variants leaves out what is like the reference."""
        return self in (GenomeKind.TUMOR, GenomeKind.NORMAL)


@dataclass(frozen=True, slots=True, eq=False)
class AlleleCounts:
    """Fragments with the reference and the alternative allele of one genome, (n_snps of the build,) each.

    `names` are the samples that the file's read groups or column name.
    """

    ref: Counts
    alt: Counts
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SampleAlleles:
    """What one tumour's files show at the SNPs of their build; no genome where nothing could be read."""

    build: GenomeBuild
    genomes: dict[GenomeKind, AlleleCounts] = field(default_factory=dict)
    written_names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The samples that each of the row's files names by itself (read groups, column, ID), by the sheet's column."""


def counts_at_snps(
    sites: Sites, counts: WindowCounts, build: GenomeBuild, *, names: Sequence[str] = ()
) -> AlleleCounts:
    """The allele counts of windows, in the order of the build's SNPs; zero where no window was read."""
    snps = load_snps(build)
    rows, at = snps.rows_of(sites)
    ref, alt = np.zeros(len(snps), np.uint16), np.zeros(len(snps), np.uint16)
    ref[rows] = np.minimum(counts.ref_reads[at], 65_535)
    alt[rows] = np.minimum(counts.alt_reads[at], 65_535)
    return AlleleCounts(ref, alt, tuple(names))


def write_alleles(alleles: SampleAlleles, path: Path, *, synthetic: bool) -> None:
    """Write the archive, aside and then renamed."""
    about = {
        "build": alleles.build,
        "snps": load_snps(alleles.build).digest,
        "names": {kind: list(genome.names) for kind, genome in alleles.genomes.items()},
        "written_names": {column: list(names) for column, names in alleles.written_names.items()},
        "synthetic": synthetic,
    }
    arrays = {
        f"{kind}.{allele}": getattr(genome, allele)
        for kind, genome in alleles.genomes.items()
        for allele in ("ref", "alt")
    }
    with written_aside(path) as scratch:
        np.savez_compressed(scratch, about=np.array(json.dumps(about)), **arrays)


def read_alleles(path: Path) -> SampleAlleles:
    """The archive at `path`; a TableError where it is missing, damaged or of other windows."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            about = json.loads(str(archive["about"]))
            build = GenomeBuild(about["build"])
            genomes = {
                GenomeKind(kind): AlleleCounts(archive[f"{kind}.ref"], archive[f"{kind}.alt"], tuple(names))
                for kind, names in about["names"].items()
            }
            written = {column: tuple(names) for column, names in about.get("written_names", {}).items()}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zipfile.LargeZipFile) as error:
        raise TableError(f"{path}: cannot be read as allele counts: {error}") from error
    snps = load_snps(build)
    if about["snps"] != snps.digest or any(len(genome.ref) != len(snps) for genome in genomes.values()):
        raise TableError(f"{path}: was made with other windows; remove it and run the workflow again")
    return SampleAlleles(build, genomes, written)
