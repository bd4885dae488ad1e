from __future__ import annotations

import numpy as np
import pytest

from resistance.genome import GenomeBuild
from resistance.panel import load_panel
from resistance.reads.axis import lay_axis
from resistance.reference import Reference
from resistance.variants.gene_callability import callability_of_genes, callability_table
from resistance.variants.power import DetectionThresholds
from resistance.variants.regions import panel_regions
from resistance.variants.tumor_context import TumorContext


@pytest.fixture(scope="module")
def axis():
    build = GenomeBuild.GRCH38
    with Reference(None, build) as reference:
        return lay_axis(panel_regions(load_panel(build)), reference)


def rows_of(axis, depth, context):
    rows = callability_of_genes(
        axis,
        depth,
        panel=load_panel(GenomeBuild.GRCH38),
        context=context,
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


def test_one_fragment_less_vouches_for_nothing(axis):
    depth = np.full(len(axis.bases), 60)
    assert rows_of(axis, depth, TumorContext())["KRAS"].assessable_bases == 0


def test_a_hole_and_more_copies_take_from_the_share(axis):
    gene = load_panel(GenomeBuild.GRCH38).genes["KRAS"]
    depth = np.full(len(axis.bases), 61)
    first = axis.place("12", gene.cds[1][0])
    depth[first : first + 10] = 0
    context = TumorContext(0.2, {"BRAF": 4.0})
    rows = rows_of(axis, depth, context)
    assert rows["KRAS"].assessable_bases == 557
    assert rows["KRAS"].assessable_share == pytest.approx(557 / 567)
    # 0.2 / (0.8 + 1.6) = 0.083: more than 61 fragments are needed
    assert rows["BRAF"].assessable_bases == 0
    assert (rows["BRAF"].depth_needed or 0) > 61


def test_bases_without_reference_are_not_vouched_for(axis):
    rows = rows_of(axis, np.full(len(axis.bases), 500), TumorContext())
    partly = [row for row in rows.values() if row.known_bases < row.coding_bases]
    assert partly
    assert all(row.assessable_bases == row.known_bases for row in partly)


def test_as_a_table(axis):
    table = callability_table(rows_of(axis, np.zeros(len(axis.bases), int), TumorContext()).values())
    assert len(table) == len(load_panel(GenomeBuild.GRCH38).genes)
    assert (table["assessable_share"] == 0).all()
    assert len(callability_table([])) == 0
