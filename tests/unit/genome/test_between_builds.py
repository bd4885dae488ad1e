"""Places in the other build: by shared exons, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refractor.genome.between_builds import moved
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant

OLD, NEW = (load_panel(build).genes for build in (GenomeBuild.GRCH37, GenomeBuild.GRCH38))


@pytest.mark.parametrize("symbol", sorted(OLD))
def test_every_exon_has_the_same_bases_where_it_is_moved_to(symbol: str) -> None:
    """Both shipped references, read over each coding exon: the bases at the moved place are those that were left."""
    with Reference(None, GenomeBuild.GRCH37) as old, Reference(None, GenomeBuild.GRCH38) as new:
        for start, end in OLD[symbol].exons:
            middle = (start + end) // 2
            bases = old.fetch(OLD[symbol].chromosome, middle, middle + 12)
            found = moved(Variant(OLD[symbol].chromosome, middle, bases, "A"), OLD[symbol], NEW[symbol])
            assert found is not None
            there = new.fetch(found.chromosome, found.position, found.end)
            if "N" in bases + there:
                continue
            assert sum(a != b for a, b in zip(bases, there, strict=True)) <= 1  # builds differ in few bases


def test_a_place_that_no_exon_tells_is_none() -> None:
    gene, other = OLD["KRAS"], NEW["KRAS"]
    start = gene.exons[1][0]
    assert moved(Variant("12", start - 20, "A", "T"), gene, other) is not None
    assert moved(Variant("12", start - 21, "A", "T"), gene, other) is None
    assert moved(Variant("12", start, "A", "T"), gene, replace(other, exons=other.exons[1:])) is None
    longer = ((other.exons[0][0], other.exons[0][1] + 1), *other.exons[1:])
    assert moved(Variant("12", gene.exons[0][0], "A", "T"), gene, replace(other, exons=longer)) is None
    assert moved(Variant("12", start, "A", "T"), gene, replace(other, transcript="NM_0")) is None
