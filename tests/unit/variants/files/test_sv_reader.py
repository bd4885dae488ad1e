"""Structural variants of several callers as junctions."""

import pytest

from refractor.errors import VariantFileError
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.variants.files.linx import linx_tables
from refractor.variants.files.structural_variants import Breakpoint, GeneBreakend
from refractor.variants.files.sv_reader import read_structural_variants
from refractor.variants.files.vcf_file import open_vcf
from refractor.vocabulary import Side

HEADER = [
    "##fileformat=VCFv4.2",
    *(f"##contig=<ID={name},length={CONTIG_LENGTHS[GenomeBuild.GRCH38][name]}>" for name in ("7", "8", "17")),
    '##FILTER=<ID=LowQual,Description="x">',
    '##FILTER=<ID=PON,Description="x">',
    *(
        f'##INFO=<ID={name},Number={number},Type={kind},Description="x">'
        for name, number, kind in (
            ("SVTYPE", "1", "String"),
            ("END", "1", "Integer"),
            ("MATEID", "1", "String"),
            ("CT", "1", "String"),
            ("CHR2", "1", "String"),
            ("POS2", "1", "Integer"),
            ("INV3", "0", "Flag"),
            ("INV5", "0", "Flag"),
            ("PURPLE_JCN", "1", "Float"),
            ("FOLD_CHANGE", "1", "Float"),
        )
    ),
    *(
        f'##FORMAT=<ID={name},Number={number},Type={kind},Description="x">'
        for name, number, kind in (
            ("PR", ".", "Integer"),
            ("SR", ".", "Integer"),
            ("DR", "1", "Integer"),
            ("DV", "1", "Integer"),
            ("RR", "1", "Integer"),
            ("RV", "1", "Integer"),
            ("VF", "1", "Integer"),
            ("TR", "1", "Integer"),
            ("VR", "1", "Integer"),
            ("CN", "1", "Integer"),
            ("REF", "1", "Integer"),
            ("REFPAIR", "1", "Integer"),
            ("AF", "1", "Float"),
        )
    ),
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tNORMAL\tTUMOR",
]


def written(tmp_path, *records: str, header=HEADER):
    path = tmp_path / "T1.sv.vcf"
    path.write_text("\n".join([*header, *(record.replace(" ", "\t") for record in records)]) + "\n", "utf-8")
    return path


def read(tmp_path, *records: str):
    return read_structural_variants(written(tmp_path, *records), sample="T1", build=GenomeBuild.GRCH38)


def test_a_manta_deletion_with_its_reads(tmp_path):
    (found,) = read(tmp_path, "17 1000 del A <DEL> . PASS SVTYPE=DEL;END=2000 PR:SR 30,0:20,0 20,6:10,4")
    # removes the bases 1001 to 2000 of the file, 1000 to 1999 counted from 0
    assert found.deleted == ("17", 1000, 2000)
    assert found.vaf == pytest.approx(10 / 40)
    assert (found.kind, found.passed, found.copies) == ("DEL", True, None)


def test_a_tandem_duplication(tmp_path):
    (found,) = read(tmp_path, "17 1000 dup A <DUP:TANDEM> . PASS SVTYPE=DUP;END=2000 PR 9,0 9,3")
    assert found.duplicated == ("17", 1000, 2000)
    assert found.deleted is None


@pytest.mark.parametrize(
    ("info", "first", "second"),
    [
        ("INV3", Breakpoint("17", 999, Side.BEFORE), Breakpoint("17", 1999, Side.BEFORE)),
        ("INV5", Breakpoint("17", 1000, Side.AFTER), Breakpoint("17", 2000, Side.AFTER)),
        ("CT=3to3", Breakpoint("17", 999, Side.BEFORE), Breakpoint("17", 1999, Side.BEFORE)),
        ("CT=5to5", Breakpoint("17", 1000, Side.AFTER), Breakpoint("17", 2000, Side.AFTER)),
        ("MATEID=x", Breakpoint("17", 999, None), Breakpoint("17", 1999, None)),
    ],
)
def test_inversions(tmp_path, info, first, second):
    (found,) = read(tmp_path, f"17 1000 inv A <INV> . PASS SVTYPE=INV;END=2000;{info} PR 9,0 9,3")
    assert (found.first, found.second) == (first, second)


@pytest.mark.parametrize(
    ("alternate", "side", "mate"),
    [
        ("A[8:500[", Side.BEFORE, Side.AFTER),
        ("A]8:500]", Side.BEFORE, Side.BEFORE),
        ("]8:500]A", Side.AFTER, Side.BEFORE),
        ("[8:500[A", Side.AFTER, Side.AFTER),
        ("AGGT[chr8:500[", Side.BEFORE, Side.AFTER),
    ],
)
def test_breakend_notation(tmp_path, alternate, side, mate):
    (found,) = read(tmp_path, f"17 1000 bnd A {alternate} . PASS SVTYPE=BND PR 9,0 9,3")
    assert found.first == Breakpoint("17", 999, side)
    assert found.second == Breakpoint("8", 499, mate)
    assert found.kind == "BND"


def test_the_two_records_of_a_pair_are_one_junction(tmp_path):
    found = read(
        tmp_path,
        "8 500 b A ]17:1000]A . PASS SVTYPE=BND;MATEID=a VF:REF:REFPAIR 0:9:9 20:50:30",
        "17 1000 a A A[8:500[ . PASS SVTYPE=BND;MATEID=b VF:REF:REFPAIR 0:9:9 20:60:30",
    )
    assert len(found) == 1
    assert found[0].vaf == pytest.approx(20 / 100)


def test_a_breakend_pair_can_be_a_deletion(tmp_path):
    (found,) = read(tmp_path, "17 1000 a A A[17:2001[ . PASS SVTYPE=BND;PURPLE_JCN=1.4 VF:REF 0:9 20:60")
    assert found.deleted == ("17", 1000, 2000)
    assert found.copies == pytest.approx(1.4)


@pytest.mark.parametrize(("alternate", "side"), [("ACGT.", Side.BEFORE), (".ACGT", Side.AFTER)])
def test_a_single_breakend(tmp_path, alternate, side):
    (found,) = read(tmp_path, f"17 1000 s A {alternate} . PASS SVTYPE=BND VF:REF 0:9 20:60")
    assert (found.kind, found.first, found.second) == ("SGL", Breakpoint("17", 999, side), None)


def test_delly_counts_and_translocation(tmp_path):
    (found,) = read(
        tmp_path,
        "17 1000 t A <TRA> . PASS SVTYPE=TRA;CHR2=8;END=500;CT=5to3 DR:DV:RR:RV 9:0:9:0 10:5:12:3",
    )
    assert found.first == Breakpoint("17", 999, Side.AFTER)
    assert found.second == Breakpoint("8", 499, Side.BEFORE)
    assert found.vaf == pytest.approx(8 / 30)


def test_a_junction_of_the_normal_alone_is_none_of_the_tumor(tmp_path):
    """Delly writes inherited junctions with PASS; the tumour's counts tell them."""
    inherited = "17 1000 a A <DEL> . PASS SVTYPE=DEL;END=2000;CT=3to5 DR:DV:RR:RV 9:9:9:9 20:0:20:0"
    assert read(tmp_path, inherited) == ()
    somatic = "17 5000 b A <DEL> . PASS SVTYPE=DEL;END=6000;CT=3to5 DR:DV:RR:RV 20:0:20:0 20:0:20:1"
    assert [junction.identifier for junction in read(tmp_path, inherited, somatic)] == ["b"]
    uncounted = "17 5000 c A <DEL> . PASS SVTYPE=DEL;END=6000 AF . ."
    assert len(read(tmp_path, uncounted)) == 1
    single = "17 1000 d A A. . PASS SVTYPE=BND VF:REF:REFPAIR 0:9:9 0:9:9"
    assert len(read(tmp_path, single)) == 1


def test_filters_are_kept(tmp_path):
    (found,) = read(tmp_path, "17 1000 d A <DEL> . LowQual;PON SVTYPE=DEL;END=2000 PR 9,0 9,3")
    assert (found.filters, found.passed) == (("LowQual", "PON"), False)


def test_no_records_is_no_junction(tmp_path):
    assert read(tmp_path) == ()


def test_a_file_of_small_variants_is_refused(tmp_path):
    with pytest.raises(VariantFileError, match="holds no structural variant; give a VCF of breakends"):
        read(tmp_path, "17 1000 . A T . PASS . PR 9,0 9,3")


def test_another_build_is_refused(tmp_path):
    path = written(tmp_path)
    assert open_vcf(path).header.build() is GenomeBuild.GRCH38
    with pytest.raises(VariantFileError, match="is on GRCh38 by its header, where GRCh37 is needed"):
        read_structural_variants(path, sample="T1", build=GenomeBuild.GRCH37)


def test_columns_that_cannot_be_told_cost_the_counts_only(tmp_path):
    header = [*HEADER[:-1], HEADER[-1].replace("NORMAL\tTUMOR", "one\ttwo")]
    path = written(tmp_path, "17 1000 d A <DEL> . PASS SVTYPE=DEL;END=2000 PR 9,0 9,3", header=header)
    (found,) = read_structural_variants(path, sample="T1", build=GenomeBuild.GRCH38)
    assert (found.deleted, found.vaf) == (("17", 1000, 2000), None)
    (named,) = read_structural_variants(path, sample="T1", build=GenomeBuild.GRCH38, named_sample="two")
    assert named.vaf == pytest.approx(0.25)
    with pytest.raises(VariantFileError, match="has no column three; its columns are one, two"):
        read_structural_variants(path, sample="T1", build=GenomeBuild.GRCH38, named_sample="three")


def test_linx_tables_beside_the_file(tmp_path):
    (tmp_path / "T1.linx.svs.tsv").write_text("vcfIdStart\tvcfIdEnd\tsvId\na\tb\t7\n", "utf-8")
    (tmp_path / "T1.linx.breakend.tsv").write_text(
        "id\tsvId\tisStart\tgene\tcanonical\tdisruptive\tundisruptedCopyNumber\n"
        "0\t7\ttrue\tPTEN\ttrue\ttrue\t0.03\n"
        "1\t7\tfalse\tPTEN\tfalse\ttrue\t1.0\n",
        "utf-8",
    )
    (found,) = read(tmp_path, "17 1000 a A A[8:500[ . PASS SVTYPE=BND;MATEID=b VF:REF 0:9 20:60")
    assert found.annotations == (GeneBreakend("PTEN", True, 0.03),)


def test_a_linx_table_without_its_columns(tmp_path):
    (tmp_path / "T1.linx.breakend.tsv").write_text("id\tgene\n0\tPTEN\n", "utf-8")
    with pytest.raises(VariantFileError, match="lacks the columns disruptive, undisruptedCopyNumber"):
        read(tmp_path, "17 1000 a A A[8:500[ . PASS SVTYPE=BND VF:REF 0:9 20:60")


@pytest.mark.parametrize(
    ("vcf", "prefix"),
    [
        ("T1.purple.sv.vcf.gz", "T1"),
        ("T.1.purple.sv.vcf.gz", "T.1"),
        ("T-1.b.gripss.filtered.somatic.vcf.gz", "T-1.b"),
        ("T1.esvee.somatic.vcf.gz", "T1"),
        ("T1.vcf", "T1"),
    ],
)
def test_linx_tables_are_those_of_the_tumours_whole_name(tmp_path, vcf, prefix):
    for name in {"T", "T1", prefix}:
        (tmp_path / f"{name}.linx.breakend.tsv").write_text("")
    tables = linx_tables(tmp_path / vcf)
    assert tables == (tmp_path / f"{prefix}.linx.breakend.tsv", tmp_path / f"{prefix}.linx.svs.tsv")


def test_linx_tables_of_a_part_of_the_name_are_anothers(tmp_path):
    (tmp_path / "T.linx.breakend.tsv").write_text("")
    assert linx_tables(tmp_path / "T.1.purple.sv.vcf.gz") is None


@pytest.mark.parametrize(("there", "whole"), [(4, True), (2, True), (1, False), (0, False)])
def test_linx_tables_of_another_run_are_refused(tmp_path, there, whole):
    named = "".join(f"{n}\tr{n}\tPTEN\ttrue\ttrue\t0.03\n" for n in range(4))
    (tmp_path / "T1.linx.breakend.tsv").write_text(
        "id\tvcfId\tgene\tcanonical\tdisruptive\tundisruptedCopyNumber\n" + named
    )
    records = [f"17 {1000 + n} {'r' if n < there else 'x'}{n} A A[8:{500 + n}[ . PASS SVTYPE=BND VF:REF 0:9 20:60" for n in range(4)]  # fmt: skip
    if whole:
        assert len(read(tmp_path, *records)) == 4
        return
    with pytest.raises(
        VariantFileError, match=f"names {4 - there} of 4 junctions that T1.sv.vcf does not have"
    ):
        read(tmp_path, *records)


def test_records_in_any_order_are_read(tmp_path):
    rows = (
        "17 5000 a A <DEL> . PASS SVTYPE=DEL;END=6000 PR 9,0 9,3",
        "7 10 b A <DEL> . PASS SVTYPE=DEL;END=900 PR 9,0 9,3",
    )
    found = read(tmp_path, *rows, "17 1000 c A <DEL> . PASS SVTYPE=DEL;END=2000 PR 9,0 9,3")
    assert [variant.identifier for variant in found] == ["a", "b", "c"]


def test_nanomonsvs_reads(tmp_path):
    (found,) = read(tmp_path, "17 1000 a A <DEL> . PASS SVTYPE=DEL;END=2000 TR:VR 30:0 40:10")
    assert found.vaf == pytest.approx(0.25)


@pytest.mark.parametrize(
    "record",
    [
        "17 1000 . A <DUP> . PASS SVTYPE=DUP;END=90000;FOLD_CHANGE=4.2 CN 2 9",  # cnvkit export vcf
        "17 1000 . N <DEL> . PASS SVTYPE=DEL;END=90000 CN 2 0",  # Canvas, DRAGEN
    ],
)
def test_ends_of_copy_segments_are_no_junctions(tmp_path, record):
    with pytest.raises(VariantFileError, match="belong into copy_number"):
        read(tmp_path, record)


@pytest.mark.parametrize("program", ["arriba 2.4", "STAR-Fusion v1.10"])
def test_junctions_of_rna_are_no_evidence(tmp_path, program):
    path = written(
        tmp_path,
        "17 1000 a A A[17:2000[ . PASS SVTYPE=BND PR 9,0 9,3",
        header=[HEADER[0], f"##source={program}", *HEADER[1:]],
    )
    with pytest.raises(VariantFileError, match="is of RNA"):
        read_structural_variants(path, sample="T1", build=GenomeBuild.GRCH38)


def test_a_depth_claim_is_no_junction_and_columns_may_be_named_by_their_reads(tmp_path):
    header = [
        *HEADER[:-1],
        '##INFO=<ID=SVCLAIM,Number=A,Type=String,Description="x">',
        HEADER[-1].replace("NORMAL\tTUMOR", "/data/N1.bam\t/data/T1.sorted.bam"),
    ]
    path = written(
        tmp_path,
        "17 1000 both A <DUP> . PASS SVTYPE=DUP;END=2000;SVCLAIM=DJ PR 30,0 30,10",
        "17 5000 depth A <DUP> . PASS SVTYPE=DUP;END=9000;SVCLAIM=D PR 30,0 30,10",
        header=header,
    )
    (found,) = read_structural_variants(path, sample="T1", build=GenomeBuild.GRCH38)
    assert (found.identifier, found.vaf) == ("both", pytest.approx(0.25))
