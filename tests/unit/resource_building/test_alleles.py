"""Alleles enumerated by hand beside those the program finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractor.genome.amino_acids import CODON_TABLE, translate
from resource_building.alleles import (
    in_frame_alleles,
    in_frame_change,
    left_aligned,
    substitutions,
    trim,
)
from resource_building.known_sequence import reverse_complement


def _fetch(sequence: str):
    padded = "N" * 5 + sequence + "N" * 5

    def fetch(chromosome: str, start: int, end: int) -> str:
        return padded[start + 5 : end + 5]

    return fetch


def test_translate() -> None:
    assert translate("ATGGGTTAA") == "MG*"
    assert translate("ATGGNT") == "MX"
    assert translate("ATGG") == "M"
    assert len(CODON_TABLE) == 64
    assert list(CODON_TABLE.values()).count("*") == 3


def test_v600_on_the_minus_strand() -> None:
    # GTG; K is AAA (3 bases) and AAG (2); plus strand CAC
    found = {
        (a.position, a.ref, a.alt, a.protein_change)
        for a in substitutions((102, 101, 100), "GTG", "V600", frozenset("K"))
    }
    assert found == {(101, "AC", "TT", "V600K"), (100, "CAC", "TTT", "V600K")}


def test_a_change_of_first_and_last_base_spans_the_middle() -> None:
    # GGT (G) to TGC (C): positions 0 and 2 differ
    found = {(a.position, a.ref, a.alt) for a in substitutions((10, 11, 12), "GGT", "G12", frozenset("C"))}
    assert found == {(10, "G", "T"), (10, "GGT", "TGC")}


def test_an_mnv_across_an_intron_is_left_out() -> None:
    found = {(a.position, a.ref, a.alt) for a in substitutions((10, 90, 91), "GGT", "G12", frozenset("F"))}
    assert found == set()  # F is TTT, TTC: base 10 and base 90 change together
    assert {a.position for a in substitutions((10, 90, 91), "GGT", "G12", frozenset("C"))} == {10}


def test_any_is_every_other_amino_acid_but_no_stop() -> None:
    changes = {a.protein_change for a in substitutions((10, 11, 12), "AAG", "K117", None)}
    assert len(changes) == 19
    assert not changes & {"K117*", "K117K"}


@given(st.sampled_from(sorted(CODON_TABLE)), st.booleans())
def test_every_allele_does_what_its_name_says(codon: str, minus: bool) -> None:
    positions = (12, 11, 10) if minus else (10, 11, 12)
    alleles = list(substitutions(positions, codon, "X1", None))
    assert len(alleles) == len({(a.position, a.ref, a.alt) for a in alleles})
    plus = reverse_complement(codon) if minus else codon
    for allele in alleles:
        at = allele.position - 10
        assert plus[at : at + len(allele.ref)] == allele.ref
        assert allele.ref[0] != allele.alt[0]
        assert allele.ref[-1] != allele.alt[-1]
        new = plus[:at] + allele.alt + plus[at + len(allele.alt) :]
        assert translate(reverse_complement(new) if minus else new) == allele.protein_change[-1]


def test_duplication_and_deletion_are_left_aligned() -> None:
    #            0123456789
    fetch = _fetch("CAGATGATGATC")  # ATG from 3 stands in a run that begins with GATGATGAT
    (dup,) = in_frame_alleles(in_frame_change("M2dup"), ("1", 6, 9), fetch, strand="+")
    # ATG before 6 moves left to the G at 2: base A at 1, unit GAT
    assert (dup.position, dup.ref, dup.alt) == (1, "A", "AGAT")
    (gone,) = in_frame_alleles(in_frame_change("M2del"), ("1", 6, 9), fetch, strand="+")
    assert (gone.position, gone.ref, gone.alt) == (1, "AGAT", "A")


def test_delins_of_one_residue_keeps_one_base_beside_the_insertion() -> None:
    # GGC to V then C, as ERBB2 G776delinsVC: GTx TGC, an insertion of three bases after the G
    alleles = list(in_frame_alleles(in_frame_change("G1delinsVC"), ("1", 1, 4), _fetch("AGGCA"), strand="+"))
    assert ("G", "GTGT") in {(a.ref, a.alt) for a in alleles}
    for allele in alleles:
        new = "AGGCA"[: allele.position] + allele.alt + "AGGCA"[allele.position + len(allele.ref) :]
        assert translate(new[1:-1]) == "VC"


@pytest.mark.parametrize(
    ("name", "kind", "first", "last"),
    [
        ("Y772_A775dup", "duplication", 772, 775),
        ("T599dup", "duplication", 599, 599),
        ("I103_K104del", "deletion", 103, 104),
        ("E453del", "deletion", 453, 453),
        ("G776delinsVC", "replacement", 776, 776),
    ],
)
def test_in_frame_names(name: str, kind: str, first: int, last: int) -> None:
    change = in_frame_change(name)
    assert (change.kind, change.first, change.last) == (kind, first, last)


@pytest.mark.parametrize("name", ["V600E", "Y772_A775ins", "E746_A750delinsP", "", "fs"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not understood"):
        in_frame_change(name)


def test_left_alignment_stops_where_the_sequence_ends() -> None:
    assert left_aligned("1", 3, "A", _fetch("AAAAA")) == 0
    assert left_aligned("1", 3, "C", _fetch("AAACA")) == 3


def test_trim_puts_a_base_back_before_an_empty_side() -> None:
    fetch = _fetch("ACGTACGT")
    assert trim(2, "GT", "GG", fetch, "1") == (3, "T", "G")
    assert trim(2, "GTA", "G", fetch, "1") == (2, "GTA", "G")
    assert trim(2, "GT", "GTT", fetch, "1") == (2, "G", "GT")
