"""The search in simulated reads: what is there is found with its copies, and what deficient files are told of."""

from __future__ import annotations

from pathlib import Path

import pysam
import pytest
from junction_reads import AMPLICON, ERBB2, INHERITED, PANEL, exon_deletion, known, places, rewritten

from refractor.errors import AlignmentError
from refractor.reads.alignment import open_alignment
from refractor.results.junction_tables import JunctionKind, SearchStatus
from refractor.variants.junctions.find import FoundJunctions, find_junctions


def search(tumor: Path, normal: Path | None) -> FoundJunctions:
    with open_alignment(tumor, reference=None) as reads:
        if normal is None:
            return find_junctions(reads, None, places(), genes=PANEL.genes, known=known())
        with open_alignment(normal, reference=None) as beside:
            return find_junctions(reads, beside, places(), genes=PANEL.genes, known=known())


def test_junctions_are_found_to_the_base_with_their_copies(pair) -> None:
    found = search(*pair)
    believed = {one.position: one for one in found.junctions if one.believed}
    deletion = exon_deletion(8)
    assert set(believed) == {AMPLICON.start, deletion.first.position}
    tandem, broken = believed[AMPLICON.start], believed[deletion.first.position]
    assert (tandem.kind, tandem.partner_position) == (JunctionKind.DUPLICATION, AMPLICON.end - 1)
    assert (broken.kind, broken.partner_position) == (JunctionKind.DELETION, deletion.second.position)
    assert broken.genes == ("ERBB2",)
    assert broken.copies_low < 8 < broken.copies_high
    assert tandem.copies_low < 10 < tandem.copies_high
    assert broken.share == pytest.approx(8 * 0.6 / (0.6 * 12 + 0.8), rel=0.25)
    assert broken.normal_fragments == 0


def test_an_inherited_junction_is_told_by_the_normal(pair) -> None:
    (found,) = [one for one in search(*pair).junctions if one.position == INHERITED.first.position]
    assert found.filters == ("in_normal",)
    assert found.normal_fragments > 5


def test_without_a_normal_nothing_is_believed(pair) -> None:
    found = search(pair[0], None)
    assert len(found.junctions) >= 3
    assert {one.filters for one in found.junctions if one.position == AMPLICON.start} == {("no_normal",)}
    assert not [one for one in found.junctions if one.believed]
    assert "no normal" in found.searches[0].reason


def test_the_power_is_said(pair) -> None:
    erbb2 = search(*pair).searches[0]
    assert (erbb2.place, erbb2.status, erbb2.least_fragments) == ("ERBB2", SearchStatus.TESTED, 4)
    assert erbb2.covered == 1.0
    assert 0.2 < erbb2.detectable_copies < 1.0
    assert 0.0005 < erbb2.chimeras < 0.05


def without_tags(read: pysam.AlignedSegment) -> bool:
    read.set_tag("SA", None)
    return not read.is_supplementary


def without_clips(read: pysam.AlignedSegment) -> bool:
    read.set_tag("SA", None)
    kept = [(kind, bases) for kind, bases in read.cigartuples if kind != pysam.CSOFT_CLIP]
    start, stop = read.query_alignment_start, read.query_alignment_end
    sequence, quality = read.query_sequence[start:stop], read.query_qualities[start:stop]
    read.query_sequence, read.query_qualities, read.cigartuples = sequence, quality, kept
    return not read.is_supplementary


def single(read: pysam.AlignedSegment) -> bool:
    read.flag &= ~(0x1 | 0x2 | 0x8 | 0x20 | 0x40 | 0x80)
    read.next_reference_id, read.next_reference_start, read.template_length = -1, -1, 0
    return not read.is_supplementary


@pytest.mark.parametrize(
    ("change", "reason"),
    [(without_tags, "no SA tags"), (without_clips, "clipped bases were removed"), (single, "not paired")],
)
def test_deficient_reads_are_not_tested(pair, tmp_path, change, reason) -> None:
    found = search(rewritten(pair[0], tmp_path / "x.bam", change), pair[1])
    assert not found.junctions
    assert len(found.searches) == 3
    assert {one.status for one in found.searches} == {SearchStatus.NOT_TESTED}
    assert all(reason in one.reason for one in found.searches)


def test_a_tag_that_is_none_is_an_error_that_names_file_and_read(pair, tmp_path) -> None:
    def torn(read: pysam.AlignedSegment) -> bool:
        if read.has_tag("SA"):
            read.set_tag("SA", str(read.get_tag("SA")).rsplit(",", 2)[0])
        return True

    with pytest.raises(
        AlignmentError, match=r"torn\.bam: the SA tag of read \S+ is not rname,pos,strand,CIGAR"
    ):
        search(rewritten(pair[0], tmp_path / "torn.bam", torn), pair[1])


def test_a_gene_half_of_which_has_no_reads_is_not_tested(pair, tmp_path) -> None:
    middle = (ERBB2.start + ERBB2.end) // 2
    found = search(
        rewritten(pair[0], tmp_path / "x.bam", lambda read: read.reference_start < middle), pair[1]
    )
    assert found.searches[0].status is SearchStatus.NOT_TESTED
    assert "well placed reads over" in found.searches[0].reason
