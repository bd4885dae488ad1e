"""A small file that unpacks to more than a computer holds is refused by name, whichever reader opens it."""

from __future__ import annotations

import gzip
import io
import resource
import struct
from collections.abc import Callable
from pathlib import Path

import pysam
import pytest

from refractor.copynumber.importers.delimited import read_delimited
from refractor.errors import AlignmentError, InputError, Problem, VariantFileError
from refractor.evidence.civic.items import read_civic
from refractor.evidence.oncokb import read_oncokb
from refractor.files import bounded
from refractor.files.bounded import (
    MAX_LINE_BYTES,
    MAX_TABLE_LINES,
    bounded_lines,
    read_table_bytes,
    text_lines,
)
from refractor.files.tabular import read_rows
from refractor.files.text import read_hand_written
from refractor.genome.builds import GenomeBuild
from refractor.genome.intervals import Regions
from refractor.reads.index_files import damage_told, read_bai, read_crai, read_csi
from refractor.variants.files.callable_regions import read_callable_regions
from refractor.variants.files.maf_table import MafFile
from refractor.variants.files.opened import open_variants
from refractor.variants.files.sequenced_samples import read_sequenced_samples
from refractor.variants.files.vcf_checks import check_lines

MEGABYTE = 1024**2
STARTS = {
    "vcf": b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n17\t1\t.\tA\tC\t.\t.\t",
    "vcf header": b"##fileformat=VCFv4.2\n##reference=",
    "maf": b"Hugo_Symbol\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\tLEVEL_R1\tHGVSp_Short\nKRAS\t",
    "bed": b"17\t1\t2\n17\t",
    "table": b"chromosome\tstart\tend\tcn\n17\t1\t",
}


def bomb(path: Path, start: bytes, megabytes: int) -> Path:
    """A gzip of `start` and a line without end, of a thousandth of its size."""
    with gzip.open(path, "wb", compresslevel=9) as packed:
        packed.write(start)
        for _ in range(megabytes):
            packed.write(b"1" * MEGABYTE)
    return path


def read_vcf(path: Path) -> object:
    opened = open_variants(path)
    return check_lines(opened.header)  # type: ignore[union-attr]


READERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "vcf": ("vcf", read_vcf),
    "vcf header": ("vcf header", read_vcf),
    "maf": ("maf", lambda path: MafFile(path).rows),
    "oncokb": ("maf", read_oncokb),
    "bed": ("bed", lambda path: read_callable_regions(path, GenomeBuild.GRCH38)),
    "copy number": ("table", read_delimited),
    "civic": ("table", read_civic),
}


@pytest.mark.parametrize("name", READERS)
def test_a_line_without_end_is_refused_by_name_within_bounds(name: str, tmp_path: Path) -> None:
    start, read = READERS[name]
    path = bomb(tmp_path / "bomb.gz", STARTS[start], 256)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError) as refused:
        read(path)
    assert "more than 64 MB" in str(refused.value) or "no end of its header" in str(refused.value)
    assert str(path) in str(refused.value)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 200, "megabytes held on the way"


def test_a_table_of_rules_is_refused_by_name(tmp_path: Path) -> None:
    path, problems = bomb(tmp_path / "rules.tsv", b"rule_id\tgene\nX\t", 256), list[Problem]()
    assert read_rows(path, problems) == ([], [])
    assert [str(problem).partition(";")[0] for problem in problems] == [
        f"{path}:2: is a line of more than 64 MB"
    ]


@pytest.mark.parametrize(("kind", "read"), [("bai", read_bai), ("csi", read_csi), ("crai", read_crai)])
def test_an_index_has_a_bound(kind: str, read: Callable[[Path], object], tmp_path: Path) -> None:
    path = bomb(tmp_path / f"x.{kind}", b"1\t1\t1\t1\t1\t1\n", 256)
    said = rf"x\.{kind}: is damaged: it has more than 64 MB; again"
    with pytest.raises(AlignmentError, match=said), damage_told(path, remedy="again"):
        read(path)


def test_a_text_file_that_is_one_hole_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data_clinical_sample.txt"
    with path.open("wb") as file:
        file.write(b"SAMPLE_ID\n")
        file.truncate(20 * 1024 * MEGABYTE)
    with pytest.raises(InputError, match=r"sample\.txt:2: is a line of more than 64 MB"):
        list(text_lines(path, InputError))


def test_lines_end_as_any_system_writes_them(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n\xff")
    assert list(text_lines(path, InputError)) == ["a\n", "b\n", "c\n", "\ufffd"]
    with pytest.raises(InputError, match=r"no\.txt: cannot be read: No such file"):
        list(text_lines(tmp_path / "no.txt", InputError))


def test_a_table_of_many_lines_has_a_bound_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MAX_TABLE_BYTES", 1000)
    path = tmp_path / "long.tsv"
    path.write_bytes(b"a\tb\n" * 250)
    assert len(read_table_bytes(path, InputError)) == 1000
    path.write_bytes(b"a\tb\n" * 251)
    with pytest.raises(InputError, match="more than 0 MB of text"):
        read_table_bytes(path, InputError)


def test_a_record_of_a_bcf_has_the_same_bound(tmp_path: Path) -> None:
    path = tmp_path / "small.bcf"
    header = pysam.VariantHeader()
    header.add_line("##contig=<ID=17,length=83257441>")
    with pysam.VariantFile(str(path), "wb", header=header) as out:
        out.write(out.new_record(contig="17", start=5, alleles=("A", "C")))
    assert open_variants(path)
    content = gzip.decompress(path.read_bytes())
    (text,) = struct.unpack_from("<I", content, 5)
    at = 9 + text
    claimed = content[:at] + struct.pack("<II", MAX_LINE_BYTES, 1) + content[at + 8 :]
    path.write_bytes(gzip.compress(claimed))
    with pytest.raises(VariantFileError, match="a record of more than 64 MB"):
        open_variants(path)


def test_lines_up_to_the_bound_are_read_and_the_next_byte_is_not() -> None:
    line = b"1" * (MAX_LINE_BYTES - 1) + b"\n"
    stream = bounded_lines(io.BytesIO(line * 2), Path("x"), InputError)
    assert sum(map(len, stream)) == 2 * MAX_LINE_BYTES
    stream.seek(0)
    assert len(stream.readline()) == MAX_LINE_BYTES
    with pytest.raises(InputError, match="x:2: is a line of more than 64 MB"):
        bounded_lines(
            io.BytesIO(b"a\n" + b"1" * (MAX_LINE_BYTES + 2 * MEGABYTE)), Path("x"), InputError
        ).read()


LINES = b"1\n" * (MAX_TABLE_LINES + 1)
"""More lines than are held, in 4 MB."""
EMPTY_LINES = STARTS["vcf"][: STARTS["vcf"].rindex(b"17")] + b"\n" * (MAX_TABLE_LINES + 1)
FLOODED: dict[str, tuple[bytes, Callable[[Path], object]]] = {
    "maf": (b"Hugo_Symbol\tHGVSp_Short\n" + b"\n" * (MAX_TABLE_LINES + 1), lambda path: MafFile(path).rows),
    "oncokb": (STARTS["maf"] + b"\n" + LINES, read_oncokb),
    "copy number": (b"chromosome\tstart\n" + LINES, read_delimited),
    "copy number, ends of lines of old Macintoshes": (LINES.replace(b"\n", b"\r"), read_delimited),
    "civic": (LINES, read_civic),
    "list of who was sequenced": (LINES, read_sequenced_samples),
    "sheet": (LINES, lambda path: read_hand_written(path, what="sheet of samples")),
    "text": (LINES, lambda path: list(text_lines(path, InputError))),
    "vcf": (EMPTY_LINES, read_vcf),
}


@pytest.mark.parametrize("reader", FLOODED)
def test_more_lines_than_are_held_are_refused(tmp_path: Path, reader: str) -> None:
    content, read = FLOODED[reader]
    path = tmp_path / "flood.tsv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"flood\.tsv.*has more than 3,500,000 (empty )?lines"):
        read(path)


def test_a_table_of_faults_is_told_in_some(tmp_path: Path) -> None:
    path = tmp_path / "faults.tsv"
    path.write_bytes(b"chromosome\tstart\n" + b"1\n" * 1000)
    with pytest.raises(InputError, match="and 950 more problems of this kind"):
        read_delimited(path)
    problems: list[Problem] = []
    read_rows(path, problems)
    assert len(problems) == 100


def test_unsorted_regions_are_those_of_the_sorted() -> None:
    intervals = [("7", 50, 60), ("7", 10, 20), ("7", 15, 18), ("7", 20, 30), ("8", 5, 6), ("7", 10, 40)]
    assert list(Regions.of(intervals)) == list(Regions.of(sorted(intervals)))
    assert list(Regions.of(intervals)) == [("7", 10, 40), ("7", 50, 60), ("8", 5, 6)]
