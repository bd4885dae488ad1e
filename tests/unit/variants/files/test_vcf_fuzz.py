"""Damaged bytes of a VCF or MAF: read, or refused with our error; nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refractor.errors import ResistanceError
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.variants.files.opened import open_variants
from refractor.variants.files.small_variants import read_small_variants

VCF = b"""##fileformat=VCFv4.2
##INFO=<ID=POPAF,Number=A,Type=Float,Description="x">
##INFO=<ID=END,Number=1,Type=Integer,Description="x">
##INFO=<ID=TVAF,Number=.,Type=Float,Description="x">
##FORMAT=<ID=GT,Number=1,Type=String,Description="x">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">
##FORMAT=<ID=AF,Number=A,Type=Float,Description="x">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="x">
##tumor_sample=P1
##contig=<ID=chr7,length=159345973>
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tN\tP1
chr7\t140753300\t.\tA\t<NON_REF>\t.\tPASS\tEND=140753335\tGT:DP\t0/0:90\t0/0:30
chr7\t140753336\trs1\tA\tT,*\t30.5\tq10;x\tPOPAF=3.2,1;TVAF=.3\tGT:AD:AF:DP\t0/0:40,0,0:0,0:40\t0/1:75,25,0:0.25,0:100
chr12\t25245350\t.\tC\tT,A\t.\t.\t.\tAD:AU:DP:FREQ\t1,2,3:.:9:.\t4,5,6:1,2:30:11%
"""
MAF = b"""#version 2.4
Hugo_Symbol\tNCBI_Build\tChromosome\tStart_Position\tEnd_Position\tReference_Allele\tTumor_Seq_Allele1\tTumor_Seq_Allele2\tTumor_Sample_Barcode\tt_ref_count\tt_alt_count
BRAF\tGRCh38\tchr7\t140753336\t140753336\tA\tA\tT\tP1\t75\t25
KRAS\tGRCh38\tchr12\t25245350\t25245350\tC\tC\tA\tP1\t70\t30
ERBB2\tGRCh38\tchr17\t39724728\t39724729\t-\t-\tGCA\tP1\t70\t30
"""
TOKENS = [
    b"\t",
    b"\n",
    b",",
    b":",
    b";",
    b"=",
    b".",
    b"-1",
    b"9" * 12,
    b"1e308",
    b"nan",
    b"<",
    b">",
    b"*",
    b"N",
]
TOKENS += [b"\x00", b"\xff", b"/", b"|", b"%", b"##", b"chr7", b"\r", b" ", b'"', b"\t\t", b"Type=Flag", b"-"]

damages = st.lists(
    st.tuples(
        st.sampled_from(["cut", "put", "over", "byte", "double"]),
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 255),
    ),
    min_size=1,
    max_size=5,
)


@pytest.fixture(scope="module")
def reference() -> Iterator[Reference]:
    with Reference(None, GenomeBuild.GRCH38) as opened:
        yield opened


def damaged(content: bytes, steps: list[tuple[str, float, int]]) -> bytes:
    text = bytearray(content)
    for what, place, number in steps:
        at = int(place * len(text))
        token = TOKENS[number % len(TOKENS)]
        if what == "cut":
            del text[at : at + number % 9]
        elif what == "put":
            text[at:at] = token
        elif what == "over":
            text[at : at + len(token)] = token
        elif what == "byte":
            text[at : at + 1] = bytes([number])
        else:
            text[at:at] = text[at : at + number]
    return bytes(text)


@pytest.mark.parametrize("content", [VCF, MAF], ids=["vcf", "maf"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=damages)
def test_damaged_bytes_are_read_or_refused(
    content: bytes, reference: Reference, tmp_path: Path, steps: list[tuple[str, float, int]]
) -> None:
    path = tmp_path / "calls.txt"
    path.write_bytes(damaged(content, steps))
    try:
        opened = open_variants(path)
        assert opened.build in (None, *GenomeBuild)
        result = read_small_variants(
            opened, sample="P1", panel=load_panel(GenomeBuild.GRCH38), reference=reference
        )
    except ResistanceError as error:
        assert str(path) in str(error)
    else:
        for observation in result.observations:
            assert observation.vaf is None or 0 <= observation.vaf <= 1
            assert observation.depth is None or observation.depth >= (observation.alt_reads or 0)


@pytest.mark.parametrize(("content", "expected"), [(VCF, 3), (MAF, 3)], ids=["vcf", "maf"])
def test_the_undamaged_file_is_read(
    content: bytes, expected: int, reference: Reference, tmp_path: Path
) -> None:
    path = tmp_path / "calls.txt"
    path.write_bytes(content)
    panel = load_panel(GenomeBuild.GRCH38)
    assert (
        len(
            read_small_variants(
                open_variants(path), sample="P1", panel=panel, reference=reference
            ).observations
        )
        == expected
    )
    assert open_variants(path).build is GenomeBuild.GRCH38
