"""Sequence of the simulated regions: real where known, drawn by position elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from refractor.errors import InputError
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from synthetic.territory import FLANK, KnownAllele, Region, lay_out, nibbles

BUILD = GenomeBuild.GRCH38
UNKNOWN_PLACE = Region("3", 50_000_000, 50_001_000, gc=0.6)


@pytest.fixture(scope="module")
def reference():
    with Reference(None, BUILD) as opened:
        yield opened


def test_known_sequence_is_the_reference(reference):
    erbb2 = load_panel(BUILD).genes["ERBB2"]
    territory = lay_out([Region("17", erbb2.start, erbb2.start + 5000)], reference)
    place = territory.place("17", erbb2.start)
    wanted = nibbles(reference.fetch("17", erbb2.start, erbb2.start + 5000))
    assert set(wanted.tolist()) <= {1, 2, 4, 8}
    assert np.array_equal(territory.bases[place : place + 5000], wanted)


def test_drawn_sequence_has_the_stated_gc_and_does_not_depend_on_the_rest(reference):
    region = Region("3", 50_000_000, 50_050_000, gc=0.6)
    alone = lay_out([region], reference)
    among = lay_out([Region("2", 10_000_000, 10_001_000), region, UNKNOWN_PLACE], reference)
    gc = np.isin(alone.bases, (2, 4)).mean()
    assert abs(gc - 0.6) < 0.01  # standard error of 52,000 bases: 0.002
    assert np.array_equal(alone.bases, among.bases[among.offset[1] : among.stop[1]])
    assert np.unique(alone.bases).tolist() == [1, 2, 4, 8]


def test_regions_whose_flanks_meet_are_joined_in_genome_order(reference):
    regions = [
        Region("10", 1_000_000, 1_001_000),
        Region("2", 5_000_000, 5_001_000),
        Region("2", 5_001_000 + 2 * FLANK, 5_005_000),
        Region("2", 5_005_001 + 2 * FLANK, 5_009_000),
    ]
    territory = lay_out(regions, reference)
    assert [territory.contigs[number] for number in territory.contig] == ["2", "2", "10"]
    assert territory.start.tolist() == [5_000_000, 5_007_001, 1_000_000]
    assert territory.end.tolist() == [5_005_000, 5_009_000, 1_001_000]
    assert territory.place("2", 5_000_000) == FLANK
    assert territory.place("4", 5_000_000) is None
    assert territory.covered_bases == 5000 + 1999 + 1000


def test_known_alleles_are_written_over_drawn_bases_only(reference):
    drawn = lay_out([UNKNOWN_PLACE], reference)
    place = drawn.place("3", 50_000_100)
    other = {1: "C", 2: "G", 4: "T", 8: "A"}[int(drawn.bases[place])]
    territory = lay_out([UNKNOWN_PLACE], reference, known_alleles=[KnownAllele("3", 50_000_100, other)])
    assert territory.bases[place] == nibbles(other)[0]
    assert (territory.bases != drawn.bases).sum() == 1


def test_an_allele_that_contradicts_the_reference_is_refused(reference):
    position = load_panel(BUILD).genes["ERBB2"].start
    real = reference.fetch("17", position, position + 1)
    other = "A" if real != "A" else "C"
    with pytest.raises(InputError, match=f"17:{position + 1}.*the allele says {other}"):
        lay_out(
            [Region("17", position, position + 10)],
            reference,
            known_alleles=[KnownAllele("17", position, other)],
        )


@pytest.mark.parametrize("region", [Region("99", 0, 10), Region("1", 10, 10), Region("1", 0, 10**9)])
def test_regions_outside_the_genome_are_refused(reference, region):
    with pytest.raises(InputError, match=f"{region.chromosome}:"):
        lay_out([region], reference)


def test_no_region_is_refused(reference):
    with pytest.raises(InputError, match="there are none"):
        lay_out([], reference)
