"""Gene models from tables of a few lines, and the verification of coding sequences."""

from __future__ import annotations

import gzip
from pathlib import Path

from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import Gene
from resource_building.coding import coding_sequence, lift_faults, verify_coding_sequence
from resource_building.gene_models import Model, read_mane, read_models, read_transcripts
from resource_building.known_sequence import KnownSequence
from resource_building.liftover import Block, Liftover

PLUS = Model("A", "NM_1", "1", "+", ((10, 20), (30, 40), (50, 60)), 15, 55)


def _line(name: str, chrom: str, symbol: str = "A") -> str:
    return "\t".join(
        [
            "0",
            name,
            chrom,
            "-",
            "10",
            "60",
            "15",
            "55",
            "3",
            "10,30,50,",
            "20,40,60,",
            "0",
            symbol,
            "cmpl",
            "cmpl",
            "0,",
        ]
    )


def _gene(cds: tuple[tuple[int, int], ...], strand: str = "+") -> Gene:
    return Gene(
        symbol="A",
        entrez_id=1,
        hgnc_id="HGNC:1",
        transcript="NM_1.1",
        ensembl_transcript="ENST1.1",
        protein="NP_1.1",
        role="oncogene",
        chromosome="1",
        start=0,
        end=100,
        strand=strand,
        exons=cds,
        cds=cds,
    )


def test_models_of_chromosomes_only_and_from_the_first_table_that_has_them(tmp_path: Path) -> None:
    first = tmp_path / "first.tsv"
    first.write_text(
        "\n".join([_line("NM_1.3", "chr1"), _line("NM_1.3", "chr1_alt"), _line("NM_2", "chr2")]) + "\n"
    )
    second = tmp_path / "second.tsv.gz"
    with gzip.open(second, "wt") as out:
        out.write(
            "\n".join(
                [_line("NM_1", "chr9"), _line("ENST3.4_1", "chrX"), _line("NM_4", "1"), _line("NM_4", "2")]
            )
        )
    found = read_models([first, second], ["NM_1", "ENST3", "NM_4", "NM_5"])
    assert set(found) == {"NM_1", "ENST3"}  # NM_4 lies in two places
    assert found["NM_1"] == Model("A", "NM_1", "1", "-", ((10, 20), (30, 40), (50, 60)), 15, 55)
    assert found["ENST3"].chromosome == "X"
    assert found["NM_1"].cds == ((15, 20), (30, 40), (50, 55))
    assert found["NM_1"].cds_length == 20


def test_ends_move_only_within_the_outer_untranslated_exons() -> None:
    assert PLUS.with_ends(5, 70).exons == ((5, 20), (30, 40), (50, 70))
    assert PLUS.with_ends(12, 56).exons == ((12, 20), (30, 40), (50, 56))
    assert PLUS.with_ends(16, 60) is PLUS  # inside the coding part
    assert PLUS.with_ends(10, 54) is PLUS
    assert PLUS.with_ends(25, 60) is PLUS  # in an intron
    assert PLUS.with_ends(10, 45) is PLUS


def test_mane_rows_are_those_of_mane_select(tmp_path: Path) -> None:
    path = tmp_path / "mane.txt.gz"
    header = "#NCBI_GeneID\tHGNC_ID\tsymbol\tRefSeq_nuc\tRefSeq_prot\tEnsembl_nuc\tMANE_status\tGRCh38_chr\tchr_start\tchr_end"
    with gzip.open(path, "wt") as out:
        out.write(header + "\n")
        out.write("GeneID:7\tHGNC:9\tA\tNM_1.2\tNP_1.1\tENST3.4\tMANE Select\tNC_000007.14\t101\t200\n")
        out.write("GeneID:7\tHGNC:9\tA\tNM_2.2\tNP_2.1\tENST5.4\tMANE Plus Clinical\tNC_000007.14\t1\t9\n")
        out.write("GeneID:8\tHGNC:8\tB\tNM_3.2\tNP_3.1\tENST6.4\tMANE Select\tNC_000001.11\t1\t9\n")
    (found,) = read_mane(path, ["A"]).values()
    assert (found.entrez_id, found.transcript, found.ensembl_transcript) == (7, "NM_1.2", "ENST3.4")
    assert (found.chromosome, found.start, found.end) == ("7", 100, 200)


def test_no_earlier_build_has_no_models(tmp_path: Path) -> None:
    assert read_transcripts(tmp_path / "absent.tsv") == {}


def _known(sequence: str) -> KnownSequence:
    known = KnownSequence.over(GenomeBuild.GRCH38, [("1", 0, 100)])
    known.place("1", 0, sequence, "test")
    return known


def test_coding_sequences_that_are_and_are_not() -> None:
    gene = _gene(((0, 4), (6, 11)))
    assert coding_sequence(gene, _known("ATGGNNGTTAA")) == "ATGGGTTAA"
    whole = verify_coding_sequence(gene, _known("ATGGNNGTTAA"))
    assert (whole.known_bases, whole.status, whole.fault) == (9, "complete", "")
    part = verify_coding_sequence(gene, _known("ATGGNNNNTAA"))
    assert (part.known_bases, part.status, part.fault) == (7, "partial", "")
    none = verify_coding_sequence(gene, _known(""))
    assert (none.known_bases, none.status, none.fault) == (0, "unknown", "")
    assert verify_coding_sequence(gene, _known("CTGGNNGTTAA")).fault == "starts with L"
    assert verify_coding_sequence(gene, _known("ATGTNNAATAA")).fault == "stop at codon 2 of 3"
    assert verify_coding_sequence(gene, _known("ATGGNNGTTGA")).fault == ""
    assert verify_coding_sequence(gene, _known("ATGGNNGTTTA")).fault == "ends with L, no stop"
    assert "no multiple of 3" in verify_coding_sequence(_gene(((0, 4),)), _known("ATGG")).fault


def test_minus_strand() -> None:
    assert coding_sequence(_gene(((0, 5), (7, 11)), "-"), _known("TTAACNNCCAT")) == "ATGGGTTAA"


def test_coding_exons_must_lift_onto_each_other() -> None:
    lifter = Liftover({"1": [Block(0, 50, "1", 100, "+")]})
    older, newer = _gene(((0, 4), (6, 11))), _gene(((100, 104), (106, 111)))
    assert lift_faults({"A": older}, {"A": newer}, lifter) == []
    shifted = _gene(((100, 104), (107, 112)))
    assert lift_faults({"A": older}, {"A": shifted}, lifter) == [
        "A: coding exons of GRCh37 do not lift onto those of GRCh38"
    ]
    gapped = Liftover({"1": [Block(0, 8, "1", 100, "+"), Block(8, 50, "1", 109, "+")]})
    assert len(lift_faults({"A": older}, {"A": newer}, gapped)) == 1
