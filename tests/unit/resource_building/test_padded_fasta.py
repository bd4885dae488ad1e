"""Padded FASTA files against htslib's own reading of them."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pysam
from hypothesis import given, settings
from hypothesis import strategies as st

from resource_building.padded_fasta import write_padded_fasta


def test_indexes_are_those_that_htslib_makes(tmp_path: Path) -> None:
    path = tmp_path / "ours.fa.gz"
    lengths = {"1": 300_000, "short": 7, "block": 65_279, "two": 130_558}
    write_padded_fasta(
        path, lengths, {"1": [(65_270, "ACGT" * 10)], "two": [(130_550, "ACGTACGT")]}, aliases={}
    )
    copy = tmp_path / "copy.fa.gz"
    shutil.copy(path, copy)
    pysam.faidx(str(copy))
    for suffix in (".fai", ".gzi"):
        assert (tmp_path / f"ours.fa.gz{suffix}").read_bytes() == (
            tmp_path / f"copy.fa.gz{suffix}"
        ).read_bytes()


def test_aliases_are_lines_of_the_index_alone(tmp_path: Path) -> None:
    path = tmp_path / "ours.fa.gz"
    write_padded_fasta(path, {"1": 10, "2": 20}, {"2": [(3, "ACG")]}, aliases={"chr2": "2"})
    with pysam.FastaFile(str(path)) as fasta:
        assert fasta.references == ["1", "2", "chr2"]
        assert fasta.fetch("chr2") == fasta.fetch("2") == "NNNACG" + "N" * 14
    assert gzip.decompress(path.read_bytes()).count(b">") == 2


@settings(max_examples=30)
@given(st.data())
def test_every_base_comes_back(tmp_path_factory, data: st.DataObject) -> None:
    length = data.draw(st.integers(1, 140_000))
    expected = ["N"] * length
    pieces, at = [], 0
    for gap, sequence in data.draw(
        st.lists(st.tuples(st.integers(0, 70_000), st.text("ACGT", min_size=1, max_size=50)), max_size=4)
    ):
        at += gap
        if at + len(sequence) > length:
            break
        pieces.append((at, sequence))
        expected[at : at + len(sequence)] = sequence
        at += len(sequence)
    path = tmp_path_factory.mktemp("padded") / "one.fa.gz"
    write_padded_fasta(path, {"c": length}, {"c": pieces}, aliases={})
    with pysam.FastaFile(str(path)) as fasta:
        assert fasta.fetch("c") == "".join(expected)
