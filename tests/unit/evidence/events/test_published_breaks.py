"""Where published fusions break a kinase: each in the stretch that the rules ask for, on both builds."""

from __future__ import annotations

import pytest

from refractor.evidence.events.fusion import Fusion
from refractor.evidence.knowledge.knowledge_base import knowledge_of
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import Gene, load_panel
from refractor.variants.files.structural_variants import Breakpoint, StructuralVariant
from refractor.vocabulary import Side

FIRST_KEPT = [
    ("ALK", 20, "CIViC EID 1188, 1189, 1190"),
    *(("ROS1", exon, "PMID 18083107: 32 to 36 of NM_002944, which lacks the fourth exon of MANE") for exon in (33, 34, 35, 36, 37)),
    ("NTRK1", 9, "CIViC EID 8042"),
    ("NTRK1", 10, "CIViC EID 2960"),
    ("NTRK1", 11, "CIViC EID 2955"),
    ("NTRK2", 16, "CIViC EID 11449"),
    ("NTRK2", 17, "CIViC EID 12035"),
    ("NTRK3", 13, "CIViC EID 10504"),
    ("NTRK3", 14, "CIViC EID 10379"),
    ("RET", 11, "proquest.com/docview/2618379999"),
    ("RET", 12, "proquest.com/docview/2618379999"),
    ("RAF1", 7, "J Clin Oncol abstract e22013"),
    ("RAF1", 8, "J Clin Oncol abstract e22013"),
    ("RAF1", 10, "J Clin Oncol abstract e22013"),
    ("BRAF", 9, "CIViC EID 7337"),
    ("BRAF", 11, "CIViC EID 1570"),
]  # fmt: skip
"""Gene, the first exon that a published fusion keeps, who says so."""
BUILDS = [GenomeBuild.GRCH37, GenomeBuild.GRCH38]


def before_exon(gene: Gene, number: int, *, keeps_end: bool) -> StructuralVariant:
    """A break in the middle of the intron before an exon, joined to where no panel gene lies."""
    exons = gene.exons if gene.strand == "+" else gene.exons[::-1]
    low, high = sorted((exons[number - 2], exons[number - 1]))
    side = Side.AFTER if (gene.strand == "+") is keeps_end else Side.BEFORE
    here = Breakpoint(gene.chromosome, (low[1] + high[0]) // 2, side)
    return StructuralVariant("sv", "BND", here, Breakpoint("11", 70_000_000, Side.BEFORE))


def fusion_rules(build: GenomeBuild, symbol: str) -> tuple[Gene, list[Fusion]]:
    """The gene and the events of every rule on its fusions."""
    panel = load_panel(build)
    events = [rule.event for rule in knowledge_of(panel).rules if rule.gene == symbol]
    return panel.rule_genes[symbol], [event for event in events if isinstance(event, Fusion)]


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize(("symbol", "exon", "source"), FIRST_KEPT)
def test_a_published_break_lies_where_the_rules_ask(
    symbol: str, exon: int, source: str, build: GenomeBuild
) -> None:
    assert source
    gene, events = fusion_rules(build, symbol)
    assert events
    assert all(event.why(gene, before_exon(gene, exon, keeps_end=True)) for event in events)
    assert not any(event.why(gene, before_exon(gene, exon, keeps_end=False)) for event in events)


@pytest.mark.parametrize("build", BUILDS)
def test_fgfr3_breaks_behind_its_seventeenth_exon(build: GenomeBuild) -> None:
    """PMID 22837387: the partner takes the place of exon 18."""
    gene, events = fusion_rules(build, "FGFR3")
    assert events
    assert all(event.why(gene, before_exon(gene, 18, keeps_end=False)) for event in events)
    assert not any(event.why(gene, before_exon(gene, 17, keeps_end=False)) for event in events)


def test_every_stretch_is_tried_here() -> None:
    rules = knowledge_of(load_panel(GenomeBuild.GRCH38)).rules
    bound = {rule.gene for rule in rules if isinstance(rule.event, Fusion) and rule.event.breaks is not None}
    assert len(bound) == 8
    assert bound <= {symbol for symbol, _, _ in FIRST_KEPT} | {"FGFR3"}
