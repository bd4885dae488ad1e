"""HGVS protein names of edits on a small made-up coding sequence, each worked by hand."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractor.genome.amino_acids import translate
from refractor.genome.protein_change import (
    CodingEdit,
    one_letter,
    protein_change,
    three_letter,
    translate_to_stop,
)

# M   K   L   Q   Q   Q   S   V   W   *      then 3' of the stop: GCT TGA
CODING = "ATGAAACTACAGCAGCAGTCAGTGTGGTAA"
DOWNSTREAM = "GCTTGACC"


def test_the_sequence_is_what_the_comment_says() -> None:
    assert translate(CODING) == "MKLQQQSVW*"
    assert translate("ATGNAACT") == "MX"  # an unknown base, then two bases that make no codon
    assert translate_to_stop("ATGTAAATG") == "M*"


@pytest.mark.parametrize(
    ("start", "end", "inserted", "short", "long", "term", "codons"),
    [
        # substitutions: AAA>AGA is K2R; AAA>AAG silent; TCA>TAA ends at codon 7; ATG>ACG loses the start
        (4, 5, "G", "K2R", "p.Lys2Arg", "missense_variant", (2, 2)),
        (5, 6, "G", "K2=", "p.Lys2=", "synonymous_variant", (2, 2)),
        (19, 20, "A", "S7*", "p.Ser7Ter", "stop_gained", (7, 7)),
        (1, 2, "C", "M1?", "p.Met1?", "start_lost", (1, 1)),
        # TAA>TAG keeps the stop; TAA>CAA (Q) reads on: GCT (A), TGA; one residue beyond, stop as the second
        (29, 30, "G", "*10=", "p.Ter10=", "stop_retained_variant", (10, 10)),
        (27, 28, "C", "*10Qext*2", "p.Ter10GlnextTer2", "stop_lost", (10, 10)),
        # a stop put before the stop changes no residue
        (27, 27, "TAA", "*10=", "p.Ter10=", "stop_retained_variant", (10, 10)),
        # two codons at once: AAA CTA > AGA ATA, K2R and L3I
        (4, 7, "GAA", "K2_L3delinsRI", "p.Lys2_Leu3delinsArgIle", "missense_variant", (2, 3)),
        # one of three equal codons gone, or doubled: named at the last
        (9, 12, "", "Q6del", "p.Gln6del", "inframe_deletion", (6, 6)),
        (9, 15, "", "Q5_Q6del", "p.Gln5_Gln6del", "inframe_deletion", (5, 6)),
        (9, 9, "CAG", "Q6dup", "p.Gln6dup", "inframe_insertion", (6, 6)),
        (18, 18, "TCAGTG", "S7_V8dup", "p.Ser7_Val8dup", "inframe_insertion", (7, 8)),
        # GGA between K2 and L3; inside codon 2 (AA|A): AAG GAA is K then E
        (6, 6, "GGA", "K2_L3insG", "p.Lys2_Leu3insGly", "inframe_insertion", (2, 3)),
        (5, 5, "GGA", "K2_L3insE", "p.Lys2_Leu3insGlu", "inframe_insertion", (2, 3)),
        # A|CCC|AA: ACC CAA, K2 becomes TQ
        (4, 4, "CCC", "K2delinsTQ", "p.Lys2delinsThrGln", "protein_altering_variant", (2, 2)),
        # the last residue before the stop deleted is a deletion, no stop gained; inserted before it no extension
        (24, 27, "", "W9del", "p.Trp9del", "inframe_deletion", (9, 9)),
        (27, 27, "GGA", "W9_*10insG", "p.Trp9_Ter10insGly", "inframe_insertion", (9, 10)),
        # a stop within inserted codons ends the name
        (6, 6, "GGATAA", "K2_L3insG*", "p.Lys2_Leu3insGlyTer", "stop_gained", (2, 3)),
        (6, 6, "TAA", "L3*", "p.Leu3Ter", "stop_gained", (3, 3)),
        # frameshifts: one A of AAA lost: AAC TAC AGC AGC AGT CAG TGT GGT AAG CTT GAC: no stop in what is known
        (3, 4, "", "K2Nfs*?", "p.Lys2AsnfsTer?", "frameshift_variant", (2, 2)),
        # T of TCA lost: CAG TGT GGT AAG CTT GAC ...; S7Q, then no stop
        (18, 19, "", "S7Qfs*?", "p.Ser7GlnfsTer?", "frameshift_variant", (7, 7)),
        # A put before GTG: AGT GTG GTA AGC TTG ACC: V8S; none. TG put before it: TGG TGT GGT AAG ...
        (21, 21, "A", "V8Sfs*?", "p.Val8SerfsTer?", "frameshift_variant", (8, 8)),
        # AAACT lost: ACA GCA GCA GTC AGT GTG GTA AGC TTG
        (3, 8, "", "K2Tfs*?", "p.Lys2ThrfsTer?", "frameshift_variant", (2, 2)),
        # TA put before AAA: TAA at once, named as the substitution it is; the term stays that of the DNA
        (3, 3, "TA", "K2*", "p.Lys2Ter", "frameshift_variant", (2, 2)),
        # CT put before CTA: CTC TAC AGC AGC AGT CAG TGT GGT AAG; first changed residue is codon 4: Q4Y
        (6, 6, "CT", "Q4Yfs*?", "p.Gln4TyrfsTer?", "frameshift_variant", (4, 4)),
        # G put before TGG: GTG GTA AGC TTG ACC
        (24, 24, "G", "W9Vfs*?", "p.Trp9ValfsTer?", "frameshift_variant", (9, 9)),
        # GG lost of TGG: T and TA make TTA, then AGC TTG ACC
        (25, 27, "", "W9Lfs*?", "p.Trp9LeufsTer?", "frameshift_variant", (9, 9)),
    ],
)
def test_names(
    start: int, end: int, inserted: str, short: str, long: str, term: str, codons: tuple[int, int]
) -> None:
    change = protein_change(CODING, DOWNSTREAM, CodingEdit(start, end, inserted))
    assert (change.short, change.hgvs, change.term) == (short, long, term)
    assert (change.first_codon, change.last_codon) == codons


def test_a_frameshift_counts_to_its_new_stop_from_the_first_changed_residue() -> None:
    # ATG GAA TGA would end; ATG AAT GAC CTA AGG TAA, A lost after ATG: ATG ATG ACC TAA: N2M, T3?, stop is third
    change = protein_change("ATGAATGACCTAAGGTAA", "", CodingEdit(3, 4, ""))
    assert translate_to_stop("ATGATGACCTAAGGTAA") == "MMT*"
    assert change.short == "N2Mfs*3"
    assert change.hgvs == "p.Asn2MetfsTer3"


def test_unknown_bases_are_not_guessed() -> None:
    coding = "ATG" + "NNN" * 3 + "GGATGGTAA"
    substitution = protein_change(coding, "", CodingEdit(4, 5, "A"))
    assert (substitution.short, substitution.term) == ("", "coding_sequence_variant")
    assert (substitution.first_codon, substitution.last_codon) == (2, 2)
    assert protein_change(coding, "", CodingEdit(4, 5, "")).term == "frameshift_variant"
    assert protein_change(coding, "", CodingEdit(3, 6, "")).term == "inframe_deletion"
    assert protein_change(coding, "", CodingEdit(3, 3, "GGG")).term == "inframe_insertion"
    # where the codon itself is known, unknown ones elsewhere do not matter
    assert protein_change(coding, "", CodingEdit(13, 14, "A")).short == "G5E"
    assert protein_change(coding, "", CodingEdit(14, 15, "C")).short == "G5="


@pytest.mark.parametrize(
    "short", ["G12D", "R130*", "K267Rfs*9", "V600=", "M1?", "*394Rext*12", "E746_A750del", "A775_G776insYVMA"]
)
def test_one_letter_is_the_inverse_of_three_letter(short: str) -> None:
    assert one_letter("NP_1.1:" + three_letter(short)) == short


BASES = st.text("ACGT", min_size=1, max_size=9)
CODONS = st.lists(
    st.text("ACGT", min_size=3, max_size=3).filter(lambda codon: codon not in {"TAA", "TAG", "TGA"}),
    min_size=2,
    max_size=14,
)


def _applied(reference: str, short: str) -> str:
    """The protein that a one-letter change without frameshift or extension makes of `reference`."""
    places = [int(number) for number in re.findall(r"\d+", re.split(r"delins|ins|del|dup|=", short)[0])]
    first, last = places[0], places[-1]
    if "delins" in short:
        return reference[: first - 1] + short.split("delins")[1] + reference[last:]
    if "ins" in short:
        return reference[:first] + short.split("ins")[1] + reference[first:]
    if short.endswith("del"):
        return reference[: first - 1] + reference[last:]
    if short.endswith("dup"):
        return reference[:last] + reference[first - 1 : last] + reference[last:]
    if short.endswith("="):
        return reference
    return reference[: first - 1] + short[-1] + reference[last:]


@given(CODONS, st.data())
def test_an_in_frame_name_rebuilds_the_altered_protein(codons: list[str], data: st.DataObject) -> None:
    coding = "ATG" + "".join(codons) + "TAA"
    start = data.draw(st.integers(3, len(coding) - 3))
    end = data.draw(st.integers(start, min(start + 9, len(coding) - 3)))
    inserted = data.draw(
        st.text("ACGT", max_size=9).filter(lambda bases: (len(bases) - end + start) % 3 == 0)
    )
    altered = translate_to_stop(coding[:start] + inserted + coding[end:] + "TAA")
    change = protein_change(coding, "TAA", CodingEdit(start, end, inserted))
    rebuilt = _applied(translate(coding), change.short)
    assert rebuilt[: rebuilt.index("*") + 1] == altered


@given(CODONS, st.data())
def test_a_frameshift_names_the_first_changed_residue(codons: list[str], data: st.DataObject) -> None:
    coding = "ATG" + "".join(codons) + "TAA"
    start = data.draw(st.integers(3, len(coding) - 4))
    inserted = data.draw(BASES.filter(lambda bases: len(bases) % 3 != 1))
    edit = CodingEdit(start, start + 1, inserted)
    downstream = "GCTAGCTAACTAG"
    altered = translate_to_stop(coding[:start] + inserted + coding[start + 1 :] + downstream)
    change = protein_change(coding, downstream, edit)
    reference = translate(coding)
    if "fs" in change.short:
        match = re.fullmatch(r"([A-Z])(\d+)([A-Z])fs\*(\d+|\?)", change.short)
        assert match is not None
        place = int(match[2])
        assert reference[: place - 1] == altered[: place - 1]
        assert reference[place - 1] == match[1] != match[3] == altered[place - 1]
        if match[4] != "?":
            assert altered[place - 1 + int(match[4]) - 1] == "*"
    elif "ext" not in change.short and not change.short.endswith("="):
        assert change.short.endswith("*")
        assert altered == reference[: change.first_codon - 1] + "*"


@pytest.mark.parametrize("inserted", ["A", "C", "G", "T", "", "AC", "ACG"])
def test_a_coding_sequence_with_a_stop_inside_names_nothing(inserted: str) -> None:
    """A FASTA of another assembly, or one filled with made-up bases: M K * Q W *."""
    coding = "ATGAAATAACAGTGGTAA"
    for start in range(3, 15):
        change = protein_change(coding, DOWNSTREAM, CodingEdit(start, start + 1, inserted))
        assert change.short == ""
