"""How amplicons are judged by their junctions, copies worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from evidence_builders import GENES, copies

from refractor.evidence.amplicon_structure import structures_of
from refractor.results.copy_number_tables import Amplicon, Focality
from refractor.results.junction_tables import (
    Architecture,
    Junction,
    JunctionKind,
    JunctionSearch,
    SearchStatus,
)
from refractor.variants.junctions.places import border_name
from refractor.vocabulary import CopyNumberCall, Side

ERBB2 = GENES["ERBB2"]
START, END = 39_500_000, 40_000_000
AMPLICON = Amplicon(
    chromosome="17", start=START, end=END, copy_number=22.0, arm_copy_number=2.0, focality=Focality.FOCAL,
    genes=("STARD3", "ERBB2"),
)  # fmt: skip
MEASURED = copies("ERBB2", 22.0, call=CopyNumberCall.AMPLIFIED, low=20.0, high=24.0, most=22.0)
TANDEM = Junction(
    chromosome="17", position=START + 4_000, keeps=Side.AFTER, partner_chromosome="17", partner_position=END - 9_000,
    partner_keeps=Side.BEFORE, kind=JunctionKind.DUPLICATION, fragments=200, split_fragments=120,
    paired_fragments=150, copies=18.0, copies_low=15.0, copies_high=21.0, mapping_quality=60, expected_by_chance=0.0,
)  # fmt: skip
FOLD_BACK = replace(
    TANDEM, position=END - 12_000, keeps=Side.BEFORE, partner_position=END - 2_000, kind=JunctionKind.INVERSION,
    copies=9.0, copies_low=7.0, copies_high=11.0,
)  # fmt: skip
FOREIGN = replace(
    TANDEM, chromosome="8", position=1_000_000, partner_position=START + 100, kind=JunctionKind.TRANSLOCATION, copies=8.0
)  # fmt: skip
BREAK = replace(
    TANDEM, position=ERBB2.cds[7][1] + 50, keeps=Side.BEFORE, partner_position=ERBB2.cds[12][1] + 50,
    partner_keeps=Side.AFTER, kind=JunctionKind.DELETION, copies=5.0, copies_low=4.0, copies_high=6.0,
)  # fmt: skip


def searched(status: SearchStatus = SearchStatus.TESTED, reason: str = "") -> dict[str, JunctionSearch]:
    names = ["ERBB2", *(border_name(AMPLICON, which) for which in ("start", "end"))]
    return {
        name: JunctionSearch(place=name, chromosome="17", start=0, end=1, status=status, reason=reason)
        for name in names
    }


def structure(*junctions: Junction, searches: dict[str, JunctionSearch] | None = None):
    found = structures_of(
        [AMPLICON], junctions, searched() if searches is None else searches, {"ERBB2": MEASURED}, genes=GENES, target="ERBB2"
    )  # fmt: skip
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("junctions", "architecture"),
    [
        ((TANDEM,), Architecture.TANDEM_OR_CIRCULAR),
        ((FOLD_BACK,), Architecture.BREAKAGE_FUSION_BRIDGE),
        ((TANDEM, FOLD_BACK), Architecture.COMPLEX),
        ((TANDEM, FOREIGN), Architecture.COMPLEX),
        ((TANDEM, BREAK), Architecture.TANDEM_OR_CIRCULAR),
        ((replace(TANDEM, copies=3.0),), Architecture.UNRESOLVED),
        ((replace(TANDEM, filters=("no_normal",)),), Architecture.UNRESOLVED),
        ((), Architecture.UNRESOLVED),
    ],
)
def test_the_architecture_is_that_of_most_gained_copies(junctions, architecture) -> None:
    found = structure(*junctions)
    assert (found.gene, found.architecture) == ("ERBB2", architecture)
    assert found.limits


def test_breaks_leave_copies_of_the_gene_whole() -> None:
    """22 (20-24) copies, 5 (4-6) broken: 17 whole, between 20 - 6 and 24 - 4; the tandem junction breaks nothing."""
    found = structure(TANDEM, BREAK)
    assert (found.intact_copies, found.intact_copies_low, found.intact_copies_high) == (17.0, 14.0, 20.0)
    twice = structure(
        BREAK, replace(BREAK, position=ERBB2.cds[15][1] + 50, partner_position=ERBB2.cds[17][1] + 50)
    )
    assert (twice.intact_copies, twice.intact_copies_low, twice.intact_copies_high) == (12.0, 8.0, 20.0)


def test_copies_of_a_carrying_cell_are_a_range() -> None:
    """If all cells carry it at least 20, if a fifth of them 2 + (24 - 2) / 0.2 = 112."""
    found = structure(TANDEM)
    assert (found.carrying_copies_low, found.carrying_copies_high) == (20.0, 112.0)


def test_borders_without_reads_are_not_tested() -> None:
    mute = structure(searches=searched(SearchStatus.NOT_TESTED, "the file has no SA tags"))
    assert (mute.architecture, mute.limits) == (Architecture.NOT_TESTED, "the file has no SA tags")
    assert (mute.intact_copies, mute.n_junctions) == (None, None)
    assert structure(searches={}).architecture is Architecture.NOT_TESTED


def test_only_focal_amplicons_with_genes_have_a_structure() -> None:
    broad = replace(AMPLICON, focality=Focality.ARM)
    empty = replace(AMPLICON, genes=())
    assert structures_of([broad, empty], [TANDEM], searched(), {}, genes=GENES, target="ERBB2") == ()
