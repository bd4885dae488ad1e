"""Pieces laid together, compared, and lent to the other build."""

from __future__ import annotations

import gzip
from pathlib import Path

from refractor.genome.builds import GenomeBuild
from resource_building.known_sequence import KnownSequence, lift_all, read_fasta, reverse_complement
from resource_building.liftover import Block, Liftover


def _over(*intervals: tuple[str, int, int]) -> KnownSequence:
    return KnownSequence.over(GenomeBuild.GRCH37, intervals)


def test_the_first_source_of_a_base_is_kept_and_the_others_compared() -> None:
    known = _over(("1", 10, 20))
    assert known.place("1", 8, "AACCGG", "first") == 4  # 10-14, the rest lies outside the window
    assert known.place("1", 12, "GTAAN", "second") == 2  # 12, 13 known; N says nothing
    assert known.fetch("1", 8, 20) == "NNCCGGAANNNN"
    assert known.compared == 2
    (odd,) = known.disagreements
    assert (odd.position, odd.kept, odd.kept_source, odd.other, odd.other_source) == (
        13,
        "G",
        "first",
        "T",
        "second",
    )
    assert known.known_bases() == 6
    assert list(known.pieces()) == [("1", 10, "CCGGAA")]
    assert list(known.source_runs()) == [("1", 10, 14, "first"), ("1", 14, 16, "second")]


def test_overlapping_windows_become_one() -> None:
    known = _over(("1", 10, 20), ("1", 15, 30), ("2", 10, 20))
    assert [(w.chromosome, w.start, w.end) for w in known.windows] == [("1", 10, 30), ("2", 10, 20)]
    assert known.place("3", 10, "ACGT", "elsewhere") == 0
    assert known.fetch("1", 12, 14) == "NN"


def test_lifting_turns_an_inverted_piece() -> None:
    older = _over(("1", 0, 10))
    older.place("1", 0, "AACCCGGTTT", "seen")
    newer = KnownSequence.over(GenomeBuild.GRCH38, [("1", 100, 110)])
    # 0-5 forward to 100, 5-10 inverted to 105-110
    lifter = Liftover({"1": [Block(0, 5, "1", 100, "+"), Block(5, 10, "1", 105, "-")]})
    assert lift_all(older, newer, lifter) == 10
    assert newer.fetch("1", 100, 110) == "AACCC" + reverse_complement("GGTTT")
    assert [run[3] for run in newer.source_runs()] == ["seen lifted from GRCh37"]


def test_read_fasta(tmp_path: Path) -> None:
    path = tmp_path / "two.fa.gz"
    with gzip.open(path, "wt") as out:
        out.write(">a first\nac\ngt\n>b\nNN\n")
    assert list(read_fasta(path)) == [("a first", "ACGT"), ("b", "NN")]
