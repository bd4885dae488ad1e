from __future__ import annotations

import pysam
import pytest
from alignment_files import FixedReference, Read

from refractor.reads.alignment import open_alignment
from refractor.reads.stated_reference import (
    SILENT_READS,
    SILENT_STRETCHES,
    StatedReference,
    with_stated_bases,
)

TRUE = "ACGTTGCAACGGATCCATTG" * 10
KNOWN_TO = 50
"""The reference knows the first 50 bases of 5000-5199 only."""


class PartlyKnown(FixedReference):
    path = "shipped"
    build = "GRCh38"


REFERENCE = PartlyKnown("17", 5000, TRUE[:KNOWN_TO])


def stated(write_bam, reads: list[tuple[Read, str | None]], interval=("17", 5040, 5120)):
    """The reference with what reads with these MD tags state."""
    path = write_bam([read for read, _ in reads])
    tags = {read.name: tag for read, tag in reads}
    tagged = path.with_name("tagged.bam")
    with pysam.AlignmentFile(str(path)) as file, pysam.AlignmentFile(str(tagged), "wb", template=file) as out:
        for read in file:
            tag = tags[str(read.query_name)]
            if tag is not None:
                read.set_tag("MD", tag)
            out.write(read)
    pysam.index(str(tagged))
    with open_alignment(tagged, reference=None) as alignment:
        return with_stated_bases(REFERENCE, [alignment], [interval])


def test_reads_spell_what_they_were_aligned_to(write_bam):
    differs = TRUE[40:50] + "A" + TRUE[51:100]
    assert TRUE[50] == "G"
    gapped = TRUE[90:100] + "TT" + TRUE[100:110] + TRUE[113:130]
    reference = stated(
        write_bam,
        [
            (Read("17", 5040, differs, "snv"), "10G49"),
            (Read("17", 5090, gapped, "gaps", cigar="10M2I10M3D17M"), f"20^{TRUE[110:113]}17"),
        ],
    )
    assert isinstance(reference, StatedReference)
    assert reference.fetch("17", 5000, 5130) == TRUE[:130]
    assert reference.fetch("17", 5125, 5140) == TRUE[125:130] + "N" * 10
    assert reference.fetch("12", 5000, 5005) == "NNNNN"
    assert reference.knows("17", 5040, 5120)
    assert not reference.knows("17", 5120, 5140)


def test_known_bases_stay_whatever_reads_say(write_bam):
    reference = stated(write_bam, [(Read("17", 5040, "T" * 20, "r"), "20")])
    assert reference.fetch("17", 5040, 5060) == TRUE[40:50] + "T" * 10


def test_reads_that_contradict_each_other_leave_it_unknown(write_bam):
    one = Read("17", 5050, TRUE[50:70], "one")
    two = Read("17", 5060, "A" * 60, "two")
    reference = stated(write_bam, [(one, "20"), (two, "60")])
    assert reference.fetch("17", 5050, 5060) == TRUE[50:60]
    agreed = ["A" if base == "A" else "N" for base in TRUE[60:70]]
    assert reference.fetch("17", 5060, 5070) == "".join(agreed)


@pytest.mark.parametrize(
    ("read", "tag"),
    [
        (Read("17", 5050, TRUE[50:70], "no tag"), None),
        (Read("17", 5050, TRUE[50:70], "too short a tag"), "7"),
        (Read("17", 5050, TRUE[50:70], "too long a tag"), "25"),
        (Read("17", 5050, TRUE[50:70], "a deletion that is none"), "10^A10"),
        (Read("17", 5050, TRUE[50:70], "spliced", cigar="10M30N10M"), "20"),
        (Read("17", 5050, TRUE[50:70], "secondary", flag=0x100), "20"),
        (Read("17", 5000, TRUE[:50], "elsewhere"), "50"),
    ],
)
def test_reads_that_state_nothing(write_bam, read, tag):
    assert stated(write_bam, [(read, tag), (Read("17", 5000, TRUE[:40], "other"), "40")]) is REFERENCE


class Stretches:
    """Reads that state nothing over all stretches but the last, counted as they are looked at."""

    contigs = frozenset({"17"})

    def __init__(self, reads: list[pysam.AlignedSegment], last: list[pysam.AlignedSegment]) -> None:
        self.reads, self.last, self.looked_at, self.stretches = reads, last, 0, 0

    def prefetch(self, regions: object) -> bool:
        return False

    def fetch(self, chromosome: str, start: int, end: int):  # type: ignore[no-untyped-def]
        self.stretches += 1
        for read in self.last if start == LAST else self.reads:
            self.looked_at += 1
            yield read


LAST = 5100


def segment(tag: str | None) -> pysam.AlignedSegment:
    read = pysam.AlignedSegment()
    read.reference_start, read.query_sequence, read.cigarstring = LAST, TRUE[100:120], "20M"
    if tag is not None:
        read.set_tag("MD", tag)
    return read


@pytest.mark.parametrize("silent, found", [(SILENT_READS - 1, True), (SILENT_READS + 5, False)])
def test_reads_in_a_row_that_state_nothing_end_a_stretch(silent, found):
    alignment = Stretches([], [*(segment(None) for _ in range(silent)), segment("20")])
    reference = with_stated_bases(REFERENCE, [alignment], [("17", LAST, LAST + 20)])
    assert isinstance(reference, StatedReference) is found
    assert alignment.looked_at == min(silent, SILENT_READS) + 1


@pytest.mark.parametrize("before, found", [(SILENT_STRETCHES - 1, True), (SILENT_STRETCHES, False)])
def test_stretches_in_a_row_that_state_nothing_end_a_file(before, found):
    alignment = Stretches([segment(None)] * 2 * SILENT_READS, [segment("20")])
    places = [("17", 5050 + n, 5070 + n) for n in range(before)]
    reference = with_stated_bases(REFERENCE, [alignment], [*places, ("17", LAST, LAST + 20)])
    assert isinstance(reference, StatedReference) is found
    assert alignment.stretches == (before + 1 if found else before)


def test_stretches_with_few_reads_do_not_end_a_file():
    alignment = Stretches([segment(None)] * (SILENT_READS - 1), [segment("20")])
    places = [("17", 5050 + n, 5070 + n) for n in range(2 * SILENT_STRETCHES)]
    assert isinstance(
        with_stated_bases(REFERENCE, [alignment], [*places, ("17", LAST, LAST + 20)]), StatedReference
    )
