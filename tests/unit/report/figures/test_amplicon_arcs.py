"""The amplicon's figure: an arc a believed junction, its words, and what is said where there is none."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.report.figures.amplicon_arcs import ShownAmplicon, amplicon_figure
from refractor.results.copy_number_tables import Amplicon, Focality, Segment
from refractor.results.junction_tables import (
    AmpliconStructure,
    Architecture,
    Junction,
    JunctionKind,
)
from refractor.vocabulary import Side

PANEL = load_panel(GenomeBuild.GRCH38)
START, END = 39_500_000, 40_000_000
AMPLICON = Amplicon(chromosome="17", start=START, end=END, focality=Focality.FOCAL, genes=("ERBB2",))
STRUCTURE = AmpliconStructure(
    chromosome="17", start=START, end=END, gene="ERBB2", copy_number=22.0, architecture=Architecture.TANDEM_OR_CIRCULAR,
    intact_copies=17.0, intact_copies_low=14.0, intact_copies_high=20.0, limits="a <limit>", carrying_copies_low=20.0, carrying_copies_high=112.0,
)  # fmt: skip
SEGMENTS = tuple(
    Segment(chromosome="17", start=start, end=end, copy_number=copies, minor_copy_number=1.0)
    for start, end, copies in ((0, START, 2.0), (START, END, 22.0), (END, 83_000_000, 2.0))
)
TANDEM = Junction(
    chromosome="17", position=START, keeps=Side.AFTER, partner_chromosome="17", partner_position=END - 1,
    partner_keeps=Side.BEFORE, kind=JunctionKind.DUPLICATION, fragments=200, split_fragments=120,
    paired_fragments=150, copies=18.0, copies_low=15.0, copies_high=21.0, mapping_quality=60, expected_by_chance=0.0,
)  # fmt: skip


def figure(*junctions: Junction, structure: AmpliconStructure = STRUCTURE) -> str:
    shown = ShownAmplicon(structure, AMPLICON, junctions, SEGMENTS)
    return unescape(str(amplicon_figure(shown, PANEL, name="x").markup(synthetic=True)))


def test_every_believed_junction_has_an_arc_with_its_copies() -> None:
    foreign = replace(
        TANDEM, chromosome="8", position=37_500_000, partner_position=39_700_000, kind=JunctionKind.TRANSLOCATION, copies=4.0
    )  # fmt: skip
    deletion = replace(TANDEM, position=39_700_000, keeps=Side.BEFORE, partner_position=39_720_000,
                       partner_keeps=Side.AFTER, kind=JunctionKind.DELETION, copies=None)  # fmt: skip
    drawn = figure(TANDEM, foreign, deletion)
    assert "head to tail, 18.0 copies (15.0-21.0)" in drawn
    assert "to 8:37.50 Mb, 4.0 copies" in drawn
    assert "deletion, 200 fragments" in drawn
    assert drawn.count('opacity="0.85"') == 3


def test_what_is_not_believed_or_lies_elsewhere_has_none() -> None:
    doubted = replace(TANDEM, filters=("no_normal",))
    elsewhere = replace(TANDEM, position=1_000_000, partner_position=2_000_000)
    drawn = figure(doubted, elsewhere)
    assert drawn.count('opacity="0.85"') == 0
    assert "no junction was found" in drawn
    mute = figure(structure=replace(STRUCTURE, architecture=Architecture.NOT_TESTED))
    assert "junctions were not looked for" in mute


def test_the_verdict_names_copies_and_those_left_whole() -> None:
    drawn = figure(TANDEM)
    assert "structure tandem or circular; 22.0 copies, 17.0 of them whole (14.0-20.0)" in drawn
    assert "ERBB2" in drawn
    assert "SYNTHETIC DATA" in drawn
    assert "Limits: a <limit>" in drawn
    assert (
        "ERBB2 in a cell that carries it: 20 copies if all tumour cells do, up to 112 if a fifth of them does"
        in drawn
    )


def test_a_gene_named_to_the_left_of_its_box_keeps_clear_of_its_neighbour() -> None:
    narrow = ShownAmplicon(STRUCTURE, replace(AMPLICON, start=39_638_816, end=39_766_108), (), SEGMENTS)
    drawn = str(amplicon_figure(narrow, PANEL, name="x").markup(synthetic=True))
    rows = {
        gene: re.search(rf'y="([0-9.]+)"[^>]*>{gene}<', drawn).group(1)  # type: ignore[union-attr]
        for gene in ("GRB7", "IKZF3")
    }
    assert rows["GRB7"] != rows["IKZF3"]
