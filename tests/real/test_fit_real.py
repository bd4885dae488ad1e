"""The fit on real genomes: depth of three cell lines, and reads that are no whole genome."""

import gzip

import numpy as np
import pandas as pd
import pytest

from refractor.copynumber.calls.amplification import CallSettings
from refractor.copynumber.calls.assessment import assess
from refractor.copynumber.fit.fit import fit_counts
from refractor.copynumber.fit.from_reads import fit_from_reads
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.reads.alignment import open_alignment
from refractor.reads.windows import WindowCounts
from refractor.reads.windows_to_read import NO_SNP, Sites

pytestmark = pytest.mark.real
BUILD = GenomeBuild.GRCH37
BIN = 10_000


def _wig(path):
    values = {}
    with gzip.open(path, "rt") as lines:
        for line in lines:
            if line.startswith("fixedStep"):
                current = values.setdefault(line.split()[1].removeprefix("chrom=").removeprefix("chr"), [])
            else:
                current.append(float(line))
    return {name: np.array(numbers) for name, numbers in values.items()}


def depth_as_counts(shared_data, name):
    """A cell line's depth per 10 kb as sites and counts: mappable bins, all of chromosome 17, else each fourth."""
    gc = _wig(shared_data / "genome/gc_hg19_10kb.wig.gz")
    mappable = _wig(shared_data / "genome/map_hg19_10kb.wig.gz")
    table = pd.read_csv(
        shared_data / f"copy_number/cell_line_depth/{name}_wgs_10kb_hg19.csv.gz", dtype={"chromosome": str}
    )
    table["bin"] = table["start"] // BIN
    parts = []
    for chromosome, rows in table.groupby("chromosome", sort=False):
        size = len(gc.get(chromosome, ()))
        known = rows[rows["bin"] < size]
        number = known["bin"].to_numpy()
        if size:
            known = known.assign(gc=gc[chromosome][number], mappable=mappable[chromosome][number])
            known = known[(known["mappable"] > 0.9) & known["gc"].between(0.3, 0.6)]
            parts.append(known if chromosome == "17" else known.iloc[::4])
    table = pd.concat(parts)
    n = len(table)
    blank = np.full(n, "")
    start = table["start"].to_numpy(np.int64)
    sites = Sites(
        chromosome=table["chromosome"].to_numpy(str),
        start=start,
        end=start + BIN,
        snp=np.full(n, NO_SNP, np.int64),
        ref=blank,
        alt=blank,
        rsid=blank,
        gc=table["gc"].to_numpy(float),
        mappability=table["mappable"].to_numpy(float),
        kind=np.full(n, "backbone"),
        gene=blank,
        rank=np.arange(n),
    )
    none = np.zeros(n, np.int32)
    fragments = np.round(table["coverage"].to_numpy() * BIN / 300).astype(np.int32)
    return sites, WindowCounts(fragments, sites.gc, none, none, none, none)


def assessed(shared_data, name):
    sites, counts = depth_as_counts(shared_data, name)
    assert len(sites) > 60_000
    fit = fit_counts(sites, counts, None, build=BUILD, purity=1.0)  # a cell line: no normal cells
    genes = tuple(load_panel(BUILD).genes.values())
    return assess(fit.profile, genes, build=BUILD, settings=CallSettings())


def gene_of(assessment, symbol):
    return next(gene for gene in assessment.genes if gene.found.gene.symbol == symbol)


def test_skbr3_is_amplified_focally(shared_data):
    assessment = assessed(shared_data, "skbr3")
    gene = gene_of(assessment, "ERBB2")
    assert gene.verdict.call == "amplified"
    assert gene.verdict.p_amplified > 0.99
    # 458x against a median of 52x: 8.8 times the ploidy
    assert gene.found.copy_number / gene.found.ploidy == pytest.approx(8.8, rel=0.2)
    amplicons = [a for a in assessment.amplicons if "ERBB2" in a.genes]
    assert len(amplicons) == 1
    assert amplicons[0].focality == "focal"
    assert amplicons[0].end - amplicons[0].start < 2_000_000


@pytest.mark.parametrize("name", ["mcf7", "a549"])
def test_lines_without_her2_amplification_are_not_called(shared_data, name):
    assessment = assessed(shared_data, name)
    gene = gene_of(assessment, "ERBB2")
    assert gene.verdict.call in {"neutral", "gained", "lost"}
    assert gene.verdict.p_amplified < 0.01
    assert gene.found.copy_number / gene.found.ploidy < 2
    assert not [a for a in assessment.amplicons if "ERBB2" in a.genes]
    if name == "mcf7":  # its known amplicons at 1p13 and 17q23
        assert gene_of(assessment, "NRAS").verdict.call == "amplified"
        assert gene_of(assessment, "PPM1D").verdict.call == "amplified"
    else:  # its known homozygous deletion at 9p21
        assert gene_of(assessment, "CDKN2A").verdict.call == "deleted"


def test_reads_over_exon_windows_only_are_not_assessable(shared_data):
    reads = shared_data / "reads"
    with (
        open_alignment(reads / "CPCT12345678T.bam", reference=None) as tumor,
        open_alignment(reads / "CPCT12345678R.bam", reference=None) as normal,
    ):
        fit = fit_from_reads(tumor, normal, panel=load_panel(BUILD), build=BUILD)
    assert fit.profile.unusable is not None
    assert "whole genome" in fit.profile.unusable
    genes = tuple(load_panel(BUILD).genes.values())
    assessment = assess(fit.profile, genes, build=BUILD, settings=CallSettings())
    assert len(assessment.genes) == len(genes) > 50
    assert {gene.verdict.call for gene in assessment.genes} == {"not_assessable"}
    assert fit.profile.purity_ploidy.purity is None
