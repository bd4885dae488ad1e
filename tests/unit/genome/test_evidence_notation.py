"""Protein changes in and out of the notation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractor.genome.hgvs_notation import (
    ChangeKind,
    expand_listed,
    parse_codon,
    parse_protein_change,
    short_notation,
)

KINDS = [
    ("G12D", ChangeKind.SUBSTITUTION, 12, 12),
    ("p.(Gly12Asp)", ChangeKind.SUBSTITUTION, 12, 12),
    ("p.Val600Glu", ChangeKind.SUBSTITUTION, 600, 600),
    ("G12=", ChangeKind.SYNONYMOUS, 12, 12),
    ("G12G", ChangeKind.SYNONYMOUS, 12, 12),
    ("R130*", ChangeKind.NONSENSE, 130, 130),
    ("p.Arg130Ter", ChangeKind.NONSENSE, 130, 130),
    ("K267Rfs*9", ChangeKind.FRAMESHIFT, 267, 267),
    ("K267fs", ChangeKind.FRAMESHIFT, 267, 267),
    ("M1?", ChangeKind.START_LOST, 1, 1),
    ("*404Lext*12", ChangeKind.STOP_LOST, 404, 404),
    ("I103_K104del", ChangeKind.DELETION, 103, 104),
    ("E746del", ChangeKind.DELETION, 746, 746),
    ("Y772_A775dup", ChangeKind.DUPLICATION, 772, 775),
    ("A775_G776insYVMA", ChangeKind.INSERTION, 775, 776),
    ("G776delinsVC", ChangeKind.REPLACEMENT, 776, 776),
]
NOT_CHANGES = ["", "12D", "G12", "B12D", "GD12", "exon 20", "c.35G>A", "G12_A11del", "?", "p.?"]


def test_counts_of_the_tables():
    assert (len(KINDS), len(NOT_CHANGES)) == (16, 10)


@pytest.mark.parametrize(("text", "kind", "first", "last"), KINDS)
def test_kind_and_codons(text, kind, first, last):
    change = parse_protein_change(text)
    assert change is not None
    assert (change.kind, change.first, change.last) == (kind, first, last)


@pytest.mark.parametrize("text", NOT_CHANGES)
def test_what_is_no_protein_change(text):
    assert parse_protein_change(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Y772_A775dup", "A775_G776insYVMA"),
        ("K267Rfs*9", "K267fs"),
        ("p.Gly12Asp", "G12D"),
        ("G778_P780dup", "p.Gly778_Pro780dup"),
    ],
)
def test_one_change_in_two_notations(one, other):
    assert parse_protein_change(one).key == parse_protein_change(other).key


@pytest.mark.parametrize(
    ("one", "other"),
    [("A775_G776insYVMA", "A775_G776insTVMA"), ("G12D", "G12V"), ("G776delinsVC", "G776delinsLC")],
)
def test_two_changes_stay_two(one, other):
    assert parse_protein_change(one).key != parse_protein_change(other).key


def test_listed_alternatives_expand():
    assert [change.text for change in expand_listed("R130*/G/P/Q")] == ["R130*", "R130G", "R130P", "R130Q"]
    assert [change.text for change in expand_listed("I103_K104del")] == ["I103_K104del"]


@pytest.mark.parametrize("token", ["G12A/B", "G12", "12A/C", "G12A,C", "G12G", "exon 9"])
def test_a_token_outside_the_notation_expands_to_nothing(token):
    assert expand_listed(token) == ()


def test_codons():
    assert parse_codon("A146") == ("A", 146)
    assert parse_codon("A146T") is None
    assert parse_codon("146") is None


residues = st.sampled_from("ACDEFGHIKLMNPQRSTVWY")


@given(residues, st.integers(1, 4000), residues)
def test_a_substitution_comes_back_as_it_was_written(reference, codon, alternate):
    text = f"{reference}{codon}{alternate}"
    change = parse_protein_change(text)
    assert (change.reference, change.first, change.alternate) == (reference, codon, alternate)
    assert (change.kind is ChangeKind.SYNONYMOUS) == (reference == alternate)


@given(st.text(max_size=30))
def test_any_text_is_parsed_or_refused_without_an_error(text):
    change = parse_protein_change(text)
    assert change is None or change.text == short_notation(text)
