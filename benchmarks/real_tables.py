"""Tumours' folders of real size: tables of the demo's tumours, alleles of invented people at the common SNPs."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from refractor.genome.builds import GenomeBuild
from refractor.identity.snp_counts import (
    READS_FILE,
    VARIANTS_FILE,
    AlleleCounts,
    GenomeKind,
    SampleAlleles,
    write_alleles,
)
from refractor.identity.snps import load_snps

BUILD = GenomeBuild.GRCH38
FROZEN = Path(__file__).resolve().parents[1] / "tests" / "regression" / "demo"
LINKED = (
    "gene_copy_number.tsv", "codon_status.tsv", "alterations.tsv", "eligibility.tsv", "rules.tsv", "qc.tsv",
)  # fmt: skip
NAMING = ("label.tsv", "copy_number_analyses.tsv", "variants_analyses.tsv", "annotation_analyses.tsv")
"""Tables in which the tumour's name stands."""
SEED = 1


def with_real_tables(folder: Path) -> None:
    """Each tumour's tables in the place of those of one of the demo's, linked where they do not name the tumour."""
    originals = real_tables(folder / "originals")
    for number, place in enumerate(sorted((folder / "results" / "samples").iterdir())):
        sample, tables = originals[number % len(originals)]
        for table in tables:
            target = place / table.name
            target.unlink(missing_ok=True)
            if table.name in NAMING:
                target.write_text(table.read_text().replace(sample, place.name))
            else:
                target.hardlink_to(table)


def real_tables(folder: Path) -> list[tuple[str, list[Path]]]:
    """The frozen tables of each of the demo's tumours as files, by sample."""
    found: dict[str, list[Path]] = {}
    for name in (*LINKED, *NAMING):
        with gzip.open(FROZEN / f"{name}.gz", "rt", encoding="utf-8") as frozen:
            header, *lines = frozen.read().splitlines()
        of_sample: dict[str, list[str]] = {}
        for line in lines:
            sample, _, cells = line.partition("\t")
            of_sample.setdefault(sample, []).append(cells)
        for sample, rows in of_sample.items():
            path = folder / sample / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join([header.partition("\t")[2], *rows]) + "\n", encoding="utf-8")
            found.setdefault(sample, []).append(path)
    return sorted(found.items())


def with_genomes(folder: Path) -> None:
    """Alleles of an invented person for each tumour, as the two steps leave them."""
    rng, snps = np.random.default_rng(SEED), len(load_snps(BUILD))
    for place in (folder / "results" / "samples").iterdir():
        share = rng.choice([0.0, 0.5, 1.0], snps)
        depth = rng.poisson(25, snps)
        alt = rng.binomial(depth, share).astype(np.uint16)
        genome = AlleleCounts((depth - alt).astype(np.uint16), alt, (place.name,))
        write_alleles(SampleAlleles(BUILD, {GenomeKind.TUMOR: genome}), place / READS_FILE, synthetic=True)
        write_alleles(SampleAlleles(BUILD), place / VARIANTS_FILE, synthetic=True)
