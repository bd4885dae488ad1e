"""The search in simulated reads: what is there is found with its copies, and what deficient files are told of."""

from __future__ import annotations

from pathlib import Path

import pysam
import pytest
from junction_reads import AMPLICON, BUILD, ERBB2, PANEL, PURITY, exon_deletion, known, places, rewritten

from refractor.reads.alignment import open_alignment
from refractor.results.junction_tables import JunctionKind, SearchStatus
from refractor.variants.junctions.find import FoundJunctions, find_junctions
from synthetic.genomes import Coverage, Seeds, normal_truth, prepare_ground, simulate_sample
from synthetic.sequencing import ReadModel
from synthetic.territory import Region
from synthetic.truth import Rearrangement, TumorTruth, tandem_junction

MODEL = ReadModel(chimera_fraction=0.01)
INHERITED = Rearrangement(
    exon_deletion(1).first.__class__("17", ERBB2.cds[20][0] - 100, exon_deletion(1).first.side),
    exon_deletion(1).second.__class__("17", ERBB2.cds[23][1] + 150, exon_deletion(1).second.side),
    germline=True,
)


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> tuple[Path, Path]:
    """60x at purity 0.6 with 11 + 1 copies in tandem, an exon deletion on 8 of them, an inherited deletion; a 40x normal."""
    folder = tmp_path_factory.mktemp("junctions")
    truth = TumorTruth(
        sample="T", build=BUILD, purity=PURITY, amplicons=(AMPLICON,),
        rearrangements=(tandem_junction(AMPLICON), exon_deletion(8), INHERITED),
    )  # fmt: skip
    around = tuple(Region(*place.interval) for place in places())
    ground = prepare_ground(BUILD, Coverage(panel=False, erbb2_locus=False, around=around))
    seeds = Seeds(person=1, sequencing=2)
    for name, sample, depth in (("t", truth, 60), ("n", normal_truth(truth), 40)):
        simulate_sample(ground, sample, path=folder / f"{name}.bam", depth=depth, seeds=seeds, model=MODEL)
    return folder / "t.bam", folder / "n.bam"


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


def test_a_gene_half_of_which_has_no_reads_is_not_tested(pair, tmp_path) -> None:
    middle = (ERBB2.start + ERBB2.end) // 2
    found = search(
        rewritten(pair[0], tmp_path / "x.bam", lambda read: read.reference_start < middle), pair[1]
    )
    assert found.searches[0].status is SearchStatus.NOT_TESTED
    assert "well placed reads over" in found.searches[0].reason
