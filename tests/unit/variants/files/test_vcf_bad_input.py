"""Every way a VCF was seen to be broken, each with the message that names it."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pysam
import pytest

from refractor.errors import VariantFileError
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import Panel, load_panel
from refractor.genome.reference import Reference
from refractor.variants.files.opened import open_variants
from refractor.variants.files.small_variants import read_small_variants
from refractor.variants.files.vcf_file import LARGE_FILE_BYTES
from refractor.variants.observation import SmallVariants

HEADER = [
    "##fileformat=VCFv4.2",
    '##INFO=<ID=DP,Number=1,Type=Integer,Description="x">',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="x">',
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">',
    '##FORMAT=<ID=AF,Number=A,Type=Float,Description="x">',
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="x">',
]
COLUMNS = "\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", "P1"])
V600E = "7\t140753336\t.\tA\tT\t.\tPASS\t.\tGT:AD:DP\t0/1:75,25:100"
G12D = "12\t25245350\t.\tC\tT\t.\tPASS\t.\tGT:AD:DP\t0/1:75,25:100"
FIRST_RECORD = len(HEADER) + 2


@pytest.fixture(scope="module")
def panel() -> Panel:
    return load_panel(GenomeBuild.GRCH38)


@pytest.fixture(scope="module")
def reference() -> Iterator[Reference]:
    with Reference(None, GenomeBuild.GRCH38) as opened:
        yield opened


Read = Callable[..., SmallVariants]


@pytest.fixture
def read(panel: Panel, reference: Reference) -> Read:
    def run(path: Path, *, large_file_bytes: int = LARGE_FILE_BYTES) -> SmallVariants:
        opened = open_variants(path, large_file_bytes=large_file_bytes)
        return read_small_variants(opened, sample="P1", panel=panel, reference=reference)

    return run


def text(*rows: str, header: list[str] | None = None, columns: str = COLUMNS) -> str:
    return "\n".join([*(HEADER if header is None else header), columns, *rows]) + "\n"


def message(read: Read, path: Path) -> str:
    with pytest.raises(VariantFileError) as caught:
        read(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.fixture
def vcf(tmp_path: Path) -> Path:
    return tmp_path / "calls.vcf"


def test_the_good_file_is_good(read: Read, vcf: Path) -> None:
    vcf.write_text(text(V600E, G12D))
    assert len(read(vcf).observations) == 2


def test_absent_directory_empty_and_unreadable(read: Read, tmp_path: Path) -> None:
    assert "does not exist" in message(read, tmp_path / "none.vcf")
    assert "is a directory" in message(read, tmp_path)
    empty = tmp_path / "empty.vcf"
    empty.touch()
    assert "is empty" in message(read, empty)
    if os.geteuid() != 0:
        locked = tmp_path / "locked.vcf"
        locked.write_text(text(V600E))
        locked.chmod(0)
        assert "cannot be read: Permission denied" in message(read, locked)


def test_an_empty_compressed_file(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "empty.vcf.gz"
    path.write_bytes(gzip.compress(b""))
    assert "ends within its header" in message(read, path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (text(V600E).encode("utf-16"), "is UTF-16 text"),
        (b"Hugo,Chromosome,Start,End\nKRAS,12,1,2\n", "is a comma-separated table"),
        (b"patient\tsample\nP1\tS1\n", "is no VCF: it begins with 'patient"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is no VCF"),
        ("\n".join([COLUMNS, V600E]).encode(), "has no header lines"),
        (("##source=x\n" + COLUMNS + "\n").encode(), "the first line is '##source=x'"),
        (
            ("\n".join([*HEADER, V600E]) + "\n").encode(),
            "the line of column names (#CHROM POS ...) is missing",
        ),
        (("\n".join(HEADER) + "\n").encode(), "ends within its header"),
        (text(V600E, columns=COLUMNS.replace("\t", " ")).encode(), "the column line has"),
        (text(V600E, columns=COLUMNS.replace("REF\tALT", "ALT\tREF")).encode(), "the column line has"),
        (text(V600E, columns=COLUMNS + "\tP1").encode(), "sample columns named twice: P1"),
        (text(V600E).encode().replace(b"##INFO", b"##IN\x00FO"), "holds a zero byte"),
    ],
)
def test_what_is_no_vcf_is_said_to_be_what_it_is(
    read: Read, vcf: Path, content: bytes, expected: str
) -> None:
    vcf.write_bytes(content)
    assert expected in message(read, vcf)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (V600E.rpartition("\t")[0], "has 9 columns where the header names 10 (1 samples)"),
        (V600E + "\t0/1:1,2:3", "has 11 columns where the header names 10 (1 samples)"),
        (V600E.replace("140753336", "14x"), "POS: is '14x'"),
        (V600E.replace("140753336", "-5"), "POS: is '-5'"),
        (V600E.replace("140753336", "99999999999"), "POS: is '99999999999'"),
        (V600E.replace("\tA\tT\t", "\tA1\tT\t"), "REF: is 'A1'"),
        (V600E.replace("\tA\tT\t", "\t\tT\t"), "REF: is ''"),
        (V600E.replace("\tA\tT\t", "\tA\tT,\t"), "ALT: is 'T,'"),
        (V600E.replace("\tA\tT\t", "\tA\t-\t"), "ALT: is '-'"),
        (V600E.replace("\t.\tPASS", "\thigh\tPASS"), "QUAL: is 'high'"),
        (V600E.replace("7\t", "chr 7\t", 1), "CHROM: is 'chr 7'"),
        (V600E.replace("\tGT:AD:DP\t", "\t\t"), "has an empty column"),
    ],
)
def test_a_malformed_record_is_named_with_its_line(read: Read, vcf: Path, row: str, expected: str) -> None:
    vcf.write_text(text(V600E, row, G12D))
    found = message(read, vcf)
    assert expected in found
    assert f"{vcf}:{FIRST_RECORD + 1}" in found


@pytest.mark.parametrize("rows", [(V600E, "", G12D), (V600E, G12D, "", ""), ("", V600E, " \t", G12D)])
def test_empty_lines_are_passed_over(read: Read, vcf: Path, rows: tuple[str, ...]) -> None:
    vcf.write_text(text(*rows))
    assert [item.variant.chromosome for item in read(vcf).observations] == ["7", "12"]


def test_all_malformed_records_are_named_up_to_ten(read: Read, vcf: Path) -> None:
    vcf.write_text(text(*[V600E.replace("\tA\tT\t", "\tA\t-\t")] * 30))
    with pytest.raises(VariantFileError) as caught:
        read(vcf)
    assert len(caught.value.problems) == 10


def test_unsorted_records_are_named(read: Read, vcf: Path) -> None:
    later = V600E.replace("140753336", "140753400").replace("\tA\tT", "\tN\tT")
    vcf.write_text(text(later, V600E))
    assert f"{vcf}:{FIRST_RECORD + 1}: is not sorted: position 140753336 follows 140753400" in message(
        read, vcf
    )
    vcf.write_text(text(V600E, G12D, V600E))
    found = message(read, vcf)
    assert f"{vcf}:{FIRST_RECORD + 2}: is not sorted: returns to chromosome 7" in found
    assert "bcftools sort" in found


def test_windows_line_ends_are_read(read: Read, vcf: Path) -> None:
    vcf.write_bytes(text(V600E, G12D).replace("\n", "\r\n").encode())
    assert len(read(vcf).observations) == 2


def bgzipped(path: Path, content: str) -> Path:
    with pysam.BGZFile(str(path), "wb") as out:
        out.write(content.encode())
    return path


def test_a_bgzip_without_its_last_block_is_truncated(read: Read, tmp_path: Path) -> None:
    path = bgzipped(tmp_path / "calls.vcf.gz", text(V600E, G12D))
    assert len(read(path).observations) == 2
    whole = path.read_bytes()
    path.write_bytes(whole[:-28])
    assert "is truncated: the block that ends a bgzip file is missing" in message(read, path)
    path.write_bytes(whole[: len(whole) // 2])
    assert "truncated" in message(read, path)


def test_a_half_written_gzip_is_damaged(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "calls.vcf.gz"
    whole = gzip.compress(text(*[V600E] * 500).encode())
    path.write_bytes(whole)
    assert len(read(path).observations) == 1
    path.write_bytes(whole[:-9])
    assert "is damaged or half-written" in message(read, path)
    broken = bytearray(whole)
    broken[len(broken) // 2] ^= 0xFF
    path.write_bytes(bytes(broken))
    assert "is damaged or half-written" in message(read, path)


def test_a_truncated_bcf(read: Read, tmp_path: Path, vcf: Path) -> None:
    contigs = [
        f"##contig=<ID={name},length={CONTIG_LENGTHS[GenomeBuild.GRCH38][name]}>" for name in ("7", "12")
    ]
    vcf.write_text(text(V600E, G12D, header=[*HEADER, *contigs]))
    path = tmp_path / "calls.bcf"
    with (
        pysam.VariantFile(str(vcf)) as source,
        pysam.VariantFile(str(path), "wb", header=source.header) as out,
    ):
        for record in source:
            out.write(record)
    assert [str(item.variant) for item in read(path).observations] == ["7:140753336 A>T", "12:25245350 C>T"]
    path.write_bytes(path.read_bytes()[:-28])
    assert "is truncated" in message(read, path)


def contigs_of(build: GenomeBuild) -> list[str]:
    return [f"##contig=<ID=chr{name},length={length}>" for name, length in CONTIG_LENGTHS[build].items()]


def test_a_position_beyond_the_chromosome_is_named(read: Read, vcf: Path) -> None:
    # chromosome 7 has 159,345,973 bases on GRCh38; POS one beyond the last is the telomere, VCF 4.3, 1.4.1
    beyond = V600E.replace("140753336", "159345975").replace("\tA\tT\t", "\tN\tT\t")
    vcf.write_text(text(V600E, beyond))
    assert (
        f"{vcf}:{FIRST_RECORD + 1} POS: 159345975 lies beyond chromosome 7, which has 159345973 bases on GRCh38"
        in message(read, vcf)
    )
    vcf.write_text(text(V600E, beyond.replace("159345975", "159345974")))
    assert len(read(vcf).observations) == 1


def test_a_header_of_the_other_build(read: Read, vcf: Path) -> None:
    vcf.write_text(text(V600E, header=[*HEADER, *contigs_of(GenomeBuild.GRCH37)]))
    assert "is on GRCh37 by its header, where GRCh38 is needed" in message(read, vcf)
    assert open_variants(vcf).build is GenomeBuild.GRCH37
    vcf.write_text(text(V600E, header=[*HEADER, "##reference=file:///refs/human_g1k_v37.fasta"]))
    assert "is on GRCh37" in message(read, vcf)


def rows_of(build: GenomeBuild, *, step: int = 97) -> list[str]:
    """Records over ERBB2's coding exons with the reference bases of `build`."""
    gene = load_panel(build).genes["ERBB2"]
    rows = []
    with Reference(None, build) as reference:
        for position in sorted(gene.coding_position(offset) for offset in range(0, gene.cds_length, step)):
            ref = reference.fetch("17", position, position + 1)
            alt = "A" if ref != "A" else "C"
            rows.append(f"17\t{position + 1}\t.\t{ref}\t{alt}\t.\tPASS\t.\tGT:AD:DP\t0/1:75,25:100")
    return rows


def test_reference_alleles_of_the_other_build_are_recognised(read: Read, vcf: Path) -> None:
    vcf.write_text(text(*rows_of(GenomeBuild.GRCH37)))
    assert open_variants(vcf).build is GenomeBuild.GRCH37
    found = message(read, vcf)
    assert "it looks like GRCh37" in found
    assert "correct genome_build" in found
    vcf.write_text(text(*rows_of(GenomeBuild.GRCH38)))
    assert open_variants(vcf).build is GenomeBuild.GRCH38
    assert len(read(vcf).observations) == len(rows_of(GenomeBuild.GRCH38)) > 30


def test_one_wrong_reference_allele_is_named_with_its_line(read: Read, vcf: Path) -> None:
    rows = rows_of(GenomeBuild.GRCH38)
    fields = rows[3].split("\t")
    wrong = next(base for base in "ACGT" if base not in fields[3:5])
    rows[3] = "\t".join([*fields[:3], wrong, *fields[4:]])
    vcf.write_text(text(*rows))
    found = message(read, vcf)
    assert f"{vcf}:{FIRST_RECORD + 3} REF: 17:{fields[1]} has {wrong} where GRCh38 has {fields[3]}" in found
    assert "1 reference alleles of the panel differ; it looks like GRCh38" in found


def test_a_build_that_nothing_tells_is_none(vcf: Path) -> None:
    vcf.write_text(text("1\t1000\t.\tA\tC\t.\tPASS\t.\tGT:AD:DP\t0/1:75,25:100"))
    assert open_variants(vcf).build is None


@pytest.mark.parametrize("fraction", ["31.5", "1.5", "-0.2"])
def test_a_fraction_in_percent_is_refused_unless_reads_are_counted(
    read: Read, vcf: Path, fraction: str
) -> None:
    vcf.write_text(text(V600E.replace("GT:AD:DP\t0/1:75,25:100", f"GT:AF:DP\t0/1:{fraction}:100")))
    found = message(read, vcf)
    assert f"{vcf}:{FIRST_RECORD}" in found
    assert (
        f"the allele fraction of 7:140753336 A>T is wrong: {float(fraction):g} is no proportion 0-1" in found
    )
    vcf.write_text(text(V600E.replace("GT:AD:DP\t0/1:75,25:100", f"GT:AD:AF:DP\t0/1:75,25:{fraction}:100")))
    assert read(vcf).observations[0].vaf == 0.25


@pytest.mark.parametrize(
    "line",
    [
        '##GATKCommandLine=<ID=HaplotypeCaller,CommandLine="HaplotypeCaller -I n.bam">',
        "##DeepVariant_version=1.6.0",
        "##bcftools_callCommand=call -mv; Date=today",
        "##source=Platypus_Version_0.8",
        "##content=strelka germline small variant calls",
        '##GATKCommandLine=<ID=GenotypeGVCFs,CommandLine="GenotypeGVCFs">',
        '##GATKCommandLine=<ID=HaplotypeCaller,CommandLine="HaplotypeCaller -I tumor.bam -O somatic.vcf">',
    ],
)
def test_a_germline_callers_file_is_refused(read: Read, vcf: Path, line: str) -> None:
    vcf.write_text(text(V600E, header=[*HEADER, line]))
    assert "is a germline VCF" in message(read, vcf)
    vcf.write_text(text(V600E, header=[*HEADER, line, "##tumor_sample=P1"]))
    assert len(read(vcf).observations) == 1


@pytest.mark.parametrize(
    ("lines", "program"),
    [
        (
            ["##DRAGENVersion=<ID=dragen>"]
            + [f'##FORMAT=<ID={tag},Number=1,Type=Integer,Description="x">' for tag in ("GQ", "PL")],
            "DRAGEN germline",
        ),
        (
            ["##source=VarScan2"]
            + [
                f'##INFO=<ID={tag},Number=1,Type=Integer,Description="x">'
                for tag in ("ADP", "WT", "HET", "HOM", "NC")
            ],
            "VarScan2 mpileup2cns",
        ),
    ],
)
def test_programs_that_call_both_are_told_apart_by_their_fields(
    read: Read, vcf: Path, lines: list[str], program: str
) -> None:
    vcf.write_text(text(V600E, header=[*HEADER, *lines]))
    assert f"its header names {program}" in message(read, vcf)


def test_a_file_that_looks_inherited_is_noted(read: Read, vcf: Path) -> None:
    rows = [row.replace("75,25:100", "50,52:102") for row in rows_of(GenomeBuild.GRCH38, step=50)]
    assert len(rows) > 50
    vcf.write_text(text(*rows))
    notes = read(vcf).notes
    assert any(f"{len(rows)} of {len(rows)} allele fractions lie near 0.5 or 1" in note for note in notes)
    named = [row.replace("\t.\t", "\trs12\t", 1).replace("50,52", "90,10") for row in rows]
    vcf.write_text(text(*named))
    assert any(
        f"{len(rows)} of {len(rows)} sites have a dbSNP identifier" in note for note in read(vcf).notes
    )
    somatic = [row.replace("50,52", "80,20") for row in rows]
    vcf.write_text(text(*somatic))
    assert not any("germline" in note for note in read(vcf).notes)


def test_an_index_is_used_for_a_large_file_and_finds_the_same(read: Read, tmp_path: Path) -> None:
    far = "1\t1000000\t.\tA\tC\t.\tPASS\t.\tGT:AD:DP\t0/1:75,25:100"
    deletion = "7\t140753330\t.\tGATTTCTGTAGCTA\tG\t.\tPASS\t.\tGT:AD:DP\t0/1:75,25:100"
    with Reference(None, GenomeBuild.GRCH38) as opened:
        deletion = deletion.replace("GATTTCTGTAGCTA", opened.fetch("7", 140_753_329, 140_753_343))
        deletion = deletion.replace("\tG\t.", f"\t{opened.fetch('7', 140_753_329, 140_753_330)}\t.")
    path = bgzipped(tmp_path / "calls.vcf.gz", text(far, deletion, V600E, G12D))
    whole = read(path)
    pysam.tabix_index(str(path), preset="vcf")
    indexed = read(path, large_file_bytes=0)
    assert indexed.observations == whole.observations
    assert len(whole.observations) == 3
    assert "of 4 records" in whole.notes[-1]
    assert "of 3 records" in indexed.notes[-1]  # the record on chromosome 1 was never read
    # an index older than its file is not used
    os.utime(path.with_name(path.name + ".tbi"), (1, 1))
    stale = read(path, large_file_bytes=0)
    assert "of 4 records" in stale.notes[-1]


def test_a_record_over_two_genes_is_met_once_by_the_index(read: Read, tmp_path: Path) -> None:
    pnmt, pgap3 = (load_panel(GenomeBuild.GRCH38).genes[symbol] for symbol in ("PNMT", "PGAP3"))
    start, end = pnmt.cds[-1][1] - 5, pgap3.start + 9
    assert pnmt.end < pgap3.start < end
    with Reference(None, GenomeBuild.GRCH38) as opened:
        ref = opened.fetch("17", start, end)
    row = f"17\t{start + 1}\t.\t{ref}\t{ref[0]}\t.\tPASS\t.\tGT:AD:DP\t0/1:75,25:100"
    path = bgzipped(tmp_path / "calls.vcf.gz", text(row))
    pysam.tabix_index(str(path), preset="vcf")
    result = read(path, large_file_bytes=0)
    assert len(result.observations) == 1
    assert result.notes[-1] == "kept 1 alleles of 1 records"


UNTIDY = {
    "byte-order mark": ("\ufeff" + text(G12D, V600E), "1 byte-order mark"),
    "tabs at the end": (text(G12D + "\t", V600E + "\t\t"), "2 lines that end with a tab"),
    "and of the column names": (text(G12D, V600E, columns=COLUMNS + "\t"), "1 lines that end with a tab"),
    "comment": (text(G12D, "# by hand", "##bcftools_viewCommand=x", V600E), "2 comments among the records"),
    "empty cells": (text(G12D, V600E.replace(".\tPASS\t.", "\tPASS\t")), "1 records with an empty cell"),
    "all with Windows ends": (
        ("\ufeff" + text(G12D + "\t", "#", V600E)).replace("\n", "\r\n"),
        "1 byte-order mark, 1 lines that end with a tab, 1 comments",
    ),
}


@pytest.mark.parametrize("kind", UNTIDY)
@pytest.mark.parametrize("compressed", [False, True])
def test_what_programs_read_over_is_read_over_and_told(
    read: Read, tmp_path: Path, kind: str, compressed: bool
) -> None:
    content, told = UNTIDY[kind]
    path = tmp_path / "untidy.vcf"
    path.write_bytes(gzip.compress(content.encode()) if compressed else content.encode())
    found = read(path)
    tidy = tmp_path / "tidy.vcf"
    tidy.write_text(text(G12D, V600E))
    assert len(found.observations) == 2
    assert found.observations == read(tidy).observations
    assert not any("read over" in note for note in read(tidy).notes)
    assert any(told in note for note in found.notes), found.notes


def test_the_line_of_a_fault_behind_comments_is_its_own(read: Read, vcf: Path) -> None:
    vcf.write_text(text(G12D, "# by hand", V600E.replace("140753336", "x")))
    assert f"{vcf}:{FIRST_RECORD + 2} POS" in message(read, vcf)
