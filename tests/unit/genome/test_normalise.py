"""One spelling an allele: against the definition (same haplotype, leftmost, shortest) and against bcftools norm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pysam
import pysam.bcftools
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.normalise_allele import normalise
from refractor.genome.reference import Reference, shipped_reference
from refractor.genome.variant import Variant


@pytest.fixture(scope="module")
def reference() -> Iterator[Reference]:
    with Reference(None, GenomeBuild.GRCH38) as opened:
        yield opened


ERBB2_EXON_20 = 39_724_700


class Sequence(Reference):
    """A reference of one made-up contig."""

    def __init__(self, bases: str) -> None:
        self.bases = bases

    def fetch(self, chromosome: str, start: int, end: int) -> str:
        inside = self.bases[max(start, 0) : end]
        return (
            "N" * (min(end, 0) - min(start, 0)) + inside + "N" * (end - start - len(inside) - max(0, -start))
        )


def haplotype(bases: str, variant: Variant) -> str:
    return bases[: variant.position] + variant.alt + bases[variant.end :]


@pytest.mark.parametrize(
    ("position", "ref", "alt", "expected"),
    [
        # reference: 0 A, 1 C, 2-4 TTT, 5 G, 6 C, 7-10 GAGA, 11 T
        (4, "T", "TT", (1, "C", "CT")),
        (3, "TT", "T", (1, "CT", "C")),
        (9, "GA", "GAGA", (6, "C", "CGA")),
        (8, "AGA", "A", (6, "CGA", "C")),
        (4, "TG", "CG", (4, "T", "C")),
        (5, "GCG", "GAG", (6, "C", "A")),
        (5, "GC", "TA", (5, "GC", "TA")),
        (0, "A", "AC", (0, "A", "AC")),
        (2, "ttt", "tt", (1, "CT", "C")),
    ],
)
def test_hand_made(position: int, ref: str, alt: str, expected: tuple[int, str, str]) -> None:
    reference = Sequence("ACTTTGCGAGAT")
    assert normalise("1", position, ref, alt, reference=reference) == Variant("1", *expected)


def test_an_indel_stops_where_the_sequence_is_unknown() -> None:
    reference = Sequence("NNTTTG")
    assert normalise("1", 4, "T", "TT", reference=reference) == Variant("1", 2, "T", "TT")
    assert normalise("1", 4, "TG", "G", reference=reference).position >= 2


def test_a_long_shift_crosses_the_fetched_window() -> None:
    reference = Sequence("G" + "CA" * 150 + "T")
    assert normalise("1", 299, "CA", "CACA", reference=reference) == Variant("1", 0, "G", "GCA")


@given(st.text("AC", min_size=6, max_size=40), st.data())
def test_same_haplotype_and_no_shorter_or_more_left_spelling(bases: str, data: st.DataObject) -> None:
    position = data.draw(st.integers(1, len(bases) - 2))
    ref = bases[position : data.draw(st.integers(position + 1, min(position + 6, len(bases))))]
    alt = data.draw(st.text("AC", min_size=1, max_size=6).filter(lambda text: text != ref))
    reference = Sequence(bases)
    result = normalise("1", position, ref, alt, reference=reference)
    before = Variant("1", position, ref, alt)
    assert haplotype(bases, result) == haplotype(bases, before)
    assert bases[result.position : result.end] == result.ref
    assert normalise("1", result.position, result.ref, result.alt, reference=reference) == result
    assert min(len(result.ref), len(result.alt)) == 1 or (
        result.ref[0] != result.alt[0] and result.ref[-1] != result.alt[-1]
    )
    if len(result.ref) != len(result.alt) and result.position > 0:
        # a spelling further left would need the same last base
        assert result.ref[-1] != result.alt[-1] or min(len(result.ref), len(result.alt)) > 1


@settings(max_examples=5, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 120), st.integers(1, 8), st.text("ACGT", min_size=1, max_size=8)),
        min_size=20,
        max_size=40,
    )
)
def test_agrees_with_bcftools_norm(
    tmp_path_factory: pytest.TempPathFactory, reference: Reference, edits: list[tuple[int, int, str]]
) -> None:
    folder: Path = tmp_path_factory.mktemp("norm")
    alleles = []
    for offset, length, alt in edits:
        position = ERBB2_EXON_20 + offset
        ref = reference.fetch("17", position, position + length)
        if ref != alt:
            alleles.append((position, ref, alt))
    path = folder / "in.vcf"
    lines = [
        "##fileformat=VCFv4.3",
        f"##contig=<ID=17,length={CONTIG_LENGTHS[GenomeBuild.GRCH38]['17']}>",
        '##INFO=<ID=N,Number=1,Type=Integer,Description="number">',
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
        *(
            f"17\t{position + 1}\t.\t{ref}\t{alt}\t.\t.\tN={number}"
            for number, (position, ref, alt) in sorted(enumerate(alleles), key=lambda item: item[1])
        ),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    out = folder / "out.vcf"
    pysam.bcftools.norm(
        "-f", str(shipped_reference(GenomeBuild.GRCH38)), "-o", str(out), str(path), catch_stdout=False
    )
    with pysam.VariantFile(str(out)) as records:
        theirs = {
            record.info["N"]: Variant("17", record.start, record.ref, record.alts[0]) for record in records
        }
    ours = {
        number: normalise("17", position, ref, alt, reference=reference)
        for number, (position, ref, alt) in enumerate(alleles)
    }
    assert len(theirs) == len(alleles) > 0
    assert ours == theirs
