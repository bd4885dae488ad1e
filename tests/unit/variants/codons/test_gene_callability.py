from __future__ import annotations

import numpy as np
import pytest

from refractor.genome.builds import GenomeBuild
from refractor.genome.intervals import Regions, panel_regions
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.reads.panel_coordinates import lay_axis
from refractor.results.variant_tables import GENE_CALLABILITY
from refractor.variants.codons.file_view import VariantFileView
from refractor.variants.codons.gene_callability import ReadDepths, callability_of_genes
from refractor.variants.codons.power import DetectionThresholds
from refractor.variants.codons.tumor_context import TumorContext
from refractor.variants.observation import CallableBlock


@pytest.fixture(scope="module")
def axis():
    build = GenomeBuild.GRCH38
    with Reference(None, build) as reference:
        return lay_axis(panel_regions(load_panel(build)), reference)


def rows_of(axis, depth, context, *, spanning=None, file=None):
    reads = ReadDepths(axis, depth, depth if spanning is None else spanning)
    return rows_by_gene(reads=reads, file=file, context=context)


def rows_by_gene(*, reads=None, file=None, context=None):
    rows = callability_of_genes(
        load_panel(GenomeBuild.GRCH38),
        reads=reads,
        file=file,
        context=context or TumorContext(),
        assumed_purity=0.2,
        thresholds=DetectionThresholds(),
    )
    return {row.gene: row for row in rows}


def test_whole_genes_at_enough_depth(axis):
    depth = np.full(len(axis.bases), 61)
    rows = rows_of(axis, depth, TumorContext())
    assert len(rows) == len(load_panel(GenomeBuild.GRCH38).genes)
    kras = rows["KRAS"]
    # MANE Select of KRAS: 188 residues and the stop; purity 0.2 on 2 copies needs 61 fragments
    assert (kras.coding_bases, kras.known_bases, kras.assessable_bases) == (567, 567, 567)
    assert (kras.assessable_share, kras.median_depth, kras.depth_needed) == (1.0, 61.0, 61)
    assert "purity unknown, 0.2 assumed" in kras.reason
    # 0.951 at every coding base, but the shipped reference lacks splice sites: the mean stays below 0.95
    assert (kras.substitution_codons, kras.indel_codons, kras.covered) == ("1-189", "1-189", False)
    assert rows_of(axis, 2 * depth, TumorContext())["KRAS"].covered


def test_one_fragment_less_vouches_for_nothing(axis):
    depth = np.full(len(axis.bases), 60)
    kras = rows_of(axis, depth, TumorContext())["KRAS"]
    assert (kras.assessable_bases, kras.substitution_codons, kras.covered) == (0, "", False)
    assert 0.94 < kras.substitution_power < 0.95


def test_a_hole_and_more_copies_take_from_the_share(axis):
    gene = load_panel(GenomeBuild.GRCH38).genes["KRAS"]
    depth = np.full(len(axis.bases), 61)
    first = axis.place("12", gene.cds[1][0])
    depth[first : first + 10] = 0
    context = TumorContext(0.2, {"BRAF": 4.0})
    rows = rows_of(axis, depth, context)
    assert rows["KRAS"].assessable_bases == 557
    assert rows["KRAS"].assessable_share == pytest.approx(557 / 567)
    # the first ten bases of the stretch are coding bases 450 back to 441, KRAS being on the minus strand
    assert rows["KRAS"].substitution_codons == "1-146,151-189"
    # 0.2 / (0.8 + 1.6) = 0.083: more than 61 fragments are needed
    assert rows["BRAF"].assessable_bases == 0
    assert (rows["BRAF"].depth_needed or 0) > 61


def test_bases_without_reference_are_not_vouched_for(axis):
    rows = rows_of(axis, np.full(len(axis.bases), 500), TumorContext())
    partly = [row for row in rows.values() if row.known_bases < row.coding_bases]
    assert partly
    assert all(row.assessable_bases == row.known_bases for row in partly)


def test_as_a_table(axis):
    table = GENE_CALLABILITY.frame(rows_of(axis, np.zeros(len(axis.bases), int), TumorContext()).values())
    assert len(table) == len(load_panel(GenomeBuild.GRCH38).genes)
    assert (table["assessable_share"] == 0).all()
    assert len(GENE_CALLABILITY.frame([])) == 0


def test_indels_need_fragments_that_span_the_place(axis):
    depth = np.full(len(axis.bases), 61)
    spanning = depth.copy()
    erbb2 = load_panel(GenomeBuild.GRCH38).genes["ERBB2"]
    place = axis.place("17", erbb2.codon_positions(775)[1])
    spanning[place] = 60
    row = rows_of(axis, depth, TumorContext(), spanning=spanning)["ERBB2"]
    assert (row.substitution_codons, row.indel_codons) == ("1-1256", "1-774,776-1256")
    assert row.indel_power < row.substitution_power
    assert row.covered  # one codon of 1,256 leaves the mean above 0.95


def file_view(**said):
    return VariantFileView("mutect2", (), **said)


@pytest.mark.parametrize(
    ("said", "substitutions", "indels", "covered"),
    [
        ({}, "", "", False),
        ({"assume_callable": True}, "1-189", "1-189", True),
        ({"assume_callable": True, "calls_indels": False}, "1-189", "", False),
        ({"assume_callable": True, "calls_substitutions": False}, "", "1-189", False),
    ],
)
def test_what_a_file_alone_says(said, substitutions, indels, covered):
    row = rows_by_gene(file=file_view(**said))["KRAS"]
    assert (row.substitution_codons, row.indel_codons, row.covered) == (substitutions, indels, covered)
    assert (row.known_bases, row.median_depth, row.depth_needed) == (None, None, None)
    assert "mutect2 file" in row.reason


def test_callable_regions_and_reference_blocks_of_a_file():
    kras = load_panel(GenomeBuild.GRCH38).genes["KRAS"]
    twelve = min(kras.codon_positions(12))
    regions = Regions.of([("12", twelve - 3, twelve + 3), ("7", 0, 10)])
    assert rows_by_gene(file=file_view(callable_regions=regions))["KRAS"].substitution_codons == "12-13"
    blocks = (CallableBlock("12", twelve, twelve + 3, 61), CallableBlock("12", twelve - 3, twelve, 60))
    assert rows_by_gene(file=file_view(blocks=blocks))["KRAS"].substitution_codons == "12"


def test_reads_and_file_add_up(axis):
    depth = np.full(len(axis.bases), 61)
    kras = load_panel(GenomeBuild.GRCH38).genes["KRAS"]
    depth[axis.place("12", kras.codon_positions(12)[0])] = 0
    regions = Regions.of([("12", min(kras.codon_positions(12)), max(kras.codon_positions(12)) + 1)])
    alone = rows_of(axis, depth, TumorContext())["KRAS"]
    together = rows_of(axis, depth, TumorContext(), file=file_view(callable_regions=regions))["KRAS"]
    assert (alone.substitution_codons, together.substitution_codons) == ("1-11,13-189", "1-189")


def test_no_source_no_rows():
    assert rows_by_gene() == {}
