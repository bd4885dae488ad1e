from __future__ import annotations

import json

from alignment_files import FixedReference, Read

from refractor.reads.alignment import open_alignment
from refractor.reads.fragments import ReadFilters
from refractor.reads.panel_coordinates import lay_axis
from refractor.reads.read_table import read_table
from refractor.variants.calling.pileups import (
    MOST_FRAGMENTS,
    NamedPileup,
    Pileup,
    PileupRow,
    pileup_of,
    write_pileups,
)

BASES = "ACGTTGCAAC" * 10
REFERENCE = FixedReference("17", 5000, BASES)


def table_of(write_bam, reads, name="tumor.bam"):
    axis = lay_axis([("17", 5020, 5080)], REFERENCE)
    with open_alignment(write_bam(reads, name=name), reference=None) as alignment:
        return read_table(alignment, axis, reference=None)


def pileup(write_bam, reads, normal=None) -> Pileup:
    tumor = table_of(write_bam, reads)
    other = None if normal is None else table_of(write_bam, normal, "normal.bam")
    found = pileup_of(tumor, other, ("17", 5050, 5051), filters=ReadFilters())
    assert found is not None
    return found


def test_what_each_fragment_shows(write_bam):
    whole = BASES[30:70]
    reads = [
        Read("17", 5030, whole[:20] + "T" + whole[21:], "alt"),
        Read("17", 5030, whole, "ref", flag=0x10),
        Read("17", 5048, BASES[48:70], "late", quality=[37] * 5 + [7] + [37] * 16),
        Read("17", 5030, whole[:18] + whole[20:], "gap", cigar="18M2D20M"),
        Read("17", 5030, whole[:22] + "GG" + whole[22:], "more", cigar="22M2I18M"),
    ]
    found = pileup(write_bam, reads, normal=[Read("17", 5030, whole, "n")])
    assert (found.chromosome, found.start, found.reference) == ("17", 5040, BASES[40:61])
    assert (found.tumor_fragments, found.normal_fragments) == (5, 1)
    rows = {row.bases: row for row in found.tumor}
    same = "." * 21
    assert set(rows) == {
        "." * 10 + "T" + "." * 10,
        same,
        " " * 8 + "." * 5 + "n" + "." * 7,
        "." * 8 + "--" + "." * 11,
    }
    assert [row.strand for row in found.tumor if row.bases == same and not row.insertions] == ["-"]
    assert [row.insertions for row in found.tumor if row.insertions] == [((12, "GG"),)]
    assert rows["." * 10 + "T" + "." * 10].qualities == "F" * 21
    assert [row.bases for row in found.normal] == [same]


def test_carriers_come_first_and_rows_are_limited(write_bam):
    whole = BASES[30:70]
    reads = [Read("17", 5030, whole, f"ref{n}") for n in range(2 * MOST_FRAGMENTS)]
    reads += [Read("17", 5030, whole[:20] + "T" + whole[21:], f"alt{n}") for n in range(5)]
    found = pileup(write_bam, reads)
    assert found.tumor_fragments == 2 * MOST_FRAGMENTS + 5
    assert found.normal_fragments is None
    assert len(found.tumor) <= MOST_FRAGMENTS
    assert ["T" in row.bases for row in found.tumor[:6]] == [True] * 5 + [False]


def test_outside_of_what_was_read(write_bam):
    table = table_of(write_bam, [Read("17", 5030, "ACGT", "r")])
    assert pileup_of(table, None, ("3", 10, 11), filters=ReadFilters()) is None


def test_written_as_json(tmp_path):
    row = PileupRow("..T", "FFF", "+", ())
    named = NamedPileup("KRAS", "G12D", "mutated", Pileup("12", 5, "ACG", 1, None, (row,), ()))
    write_pileups(tmp_path / "pileups.json", "S", [named], synthetic=True)
    content = json.loads((tmp_path / "pileups.json").read_text())
    assert (content["sample"], content["synthetic"]) == ("S", True)
    (entry,) = content["pileups"]
    assert (entry["gene"], entry["name"], entry["verdict"], entry["start"]) == ("KRAS", "G12D", "mutated", 5)
    assert entry["tumor"] == [{"bases": "..T", "qualities": "FFF", "strand": "+", "insertions": []}]
