"""Windows over a user's own genes: as dense as over the shipped ones, and none of those moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from refractor.copynumber.calls.amplification import CallSettings
from refractor.copynumber.calls.assessment import assess
from refractor.copynumber.fit.fit import fit_counts
from refractor.copynumber.fit.fit_settings import FitSettings
from refractor.files.resources import RESOURCES
from refractor.genome.builds import GenomeBuild
from refractor.genome.own_genes import read_own_genes, use_panel
from refractor.genome.panel import load_panel, use_own_genes
from refractor.reads.windows_of_genes import load_stretches, windows_of_gene
from refractor.reads.windows_to_read import load_sites
from refractor.vocabulary import CopyNumberCall
from synthetic.window_counts import Noise, count_genome
from synthetic.window_genomes import Amplicon, Recipe, make_genome

FURTHER = RESOURCES / "panel" / "further_genes.tsv"
B38 = GenomeBuild.GRCH38


@pytest.fixture(autouse=True)
def _shipped_panel_again() -> Iterator[None]:
    yield
    use_panel(None)


@pytest.mark.parametrize("build", GenomeBuild)
def test_each_gene_has_windows_and_no_shipped_window_is_moved(build: GenomeBuild):
    shipped = load_sites(build)
    use_panel(FURTHER)
    sites = load_sites(build)
    own = {gene.symbol: gene for gene in read_own_genes(FURTHER)[build]}
    assert len(own) == 76
    for gene in own.values():
        on_it = (
            (sites.chromosome == gene.chromosome)
            & (sites.end > gene.start - 4_000)
            & (sites.start < gene.end + 4_000)
        )
        near = (sites.chromosome == gene.chromosome) & (np.abs(sites.start - gene.start) < 250_000)
        assert (on_it.sum(), near.sum()) >= (6, 15), gene.symbol
    of_shipped = ~np.isin(sites.gene, list(own))
    for name in sites.__slots__:
        np.testing.assert_array_equal(getattr(sites, name)[of_shipped], getattr(shipped, name))
    for chromosome in set(sites.chromosome.tolist()):
        here = sites.chromosome == chromosome
        assert (sites.start[here][1:] >= sites.end[here][:-1]).all()
    added = sites.subset(~of_shipped)
    assert (added.kind == "gene").all()
    assert np.isfinite(added.gc).all()
    assert np.isfinite(added.mappability).all()
    assert (added.snp == -1).all()


def test_the_first_windows_by_rank_hold_every_own_gene():
    use_panel(FURTHER)
    first = Counter(load_sites(B38, count=1_000).gene.tolist())
    assert min(first[gene.symbol] for gene in read_own_genes(FURTHER)[B38]) >= 3


def test_a_window_is_near_its_gene_and_has_the_shipped_facts():
    gene = load_panel(B38).genes["MET"]
    laid = windows_of_gene(gene, load_stretches(B38))
    assert laid.start.min() >= gene.start - 250_000 - 16_384
    assert laid.start.max() <= gene.end + 250_000
    sites = load_sites(B38)
    shared = (sites.gene == "MET") & np.isin(sites.start, laid.start) & (sites.chromosome == "7")
    assert shared.sum() >= 20  # the bodies are laid alike
    at = np.searchsorted(laid.start, sites.start[shared])
    np.testing.assert_allclose(laid.gc[at], sites.gc[shared], atol=0.006)
    np.testing.assert_allclose(laid.mappability[at], sites.mappability[shared], atol=0.006)


@pytest.mark.parametrize("ratio", [5.0, None])
def test_an_own_gene_is_amplified_where_it_is(ratio: float | None):
    """An amplicon of 85 kb, over which the shipped windows lie 40 kb apart."""
    own = read_own_genes(FURTHER)
    use_own_genes(
        {build: [gene for gene in genes if gene.symbol == "RAD51D"] for build, genes in own.items()}
    )
    genes = tuple(load_panel(B38).genes.values())
    gene = genes[-1]
    assert (gene.symbol, gene.chromosome) == ("RAD51D", "17")
    sites = load_sites(B38, count=3_000)
    amplicon = ratio and Amplicon(gene.start - 30_000, gene.end + 30_000, ratio, (gene.start, gene.end))
    rng = np.random.default_rng(7)
    truth = make_genome(Recipe(0.6, amplicon=amplicon or None), sites, rng)
    tumor, normal = count_genome(truth, sites, rng, tumor_depth=60.0, normal_depth=30.0, noise=Noise())
    fit = fit_counts(sites, tumor, normal, build=B38, settings=FitSettings(), genes=genes)
    found = {
        item.found.gene.symbol: item
        for item in assess(fit.profile, genes, build=B38, settings=CallSettings()).genes
    }
    assert (found["RAD51D"].verdict.call is CopyNumberCall.AMPLIFIED) == (ratio is not None)
