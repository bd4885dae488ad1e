"""A table of many tumours divided into parts: each with its own rows, the lines of the table, what is true of the whole."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pytest

import divide_cohort_file
from refractor.copynumber.importers.delimited import read_delimited
from refractor.errors import CopyNumberFileError, VariantFileError
from refractor.evidence.oncokb import read_oncokb
from refractor.files.divided import part_at, part_path
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.sheets.tables_of_many import names_tumors
from refractor.variants.files.maf_table import MafFile
from refractor.variants.files.opened import open_variants
from refractor.variants.files.reader_settings import ReaderSettings
from refractor.variants.files.sequenced_samples import read_sequenced_samples
from refractor.variants.files.small_variants import read_small_variants
from refractor.variants.observation import SmallVariants

HEAD = "Hugo_Symbol\tNCBI_Build\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\tTumor_Sample_Barcode\tt_vaf\tLEVEL_R1\tHGVSp_Short\n"
ROWS = [
    "BRAF\tGRCh38\t7\t140753336\tA\tT\tT1\t0.9\t\tp.V600E",
    "# a comment between",
    "TTN\tGRCh38\t2\t178600000\tC\tA\tT/2\t23.5\t\tp.A1T",
    "KRAS\tGRCh38\t12\t25245350\tC\tT\tT1\t0.8\tCetuximab\tp.G12D",
]


def divided(tmp_path: Path, text: str, name: str = "cohort.maf") -> Path:
    table = tmp_path / name
    raw = text.encode()
    table.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    folder = tmp_path / "parts"
    arguments = divide_cohort_file.parser().parse_args(["--table", str(table), "--output-dir", str(folder)])
    divide_cohort_file.main(arguments)
    return folder


def read(part: Path, sample: str, sequenced: frozenset[str] | None = None) -> SmallVariants:
    with Reference(None, GenomeBuild.GRCH38) as reference:
        return read_small_variants(
            open_variants(part),
            sample=sample,
            panel=load_panel(GenomeBuild.GRCH38),
            reference=reference,
            settings=ReaderSettings(sequenced=sequenced),
        )


@pytest.mark.parametrize("name", ["cohort.maf", "cohort.maf.gz"])
def test_a_part_is_its_tumours_rows_and_what_is_true_of_the_whole(tmp_path: Path, name: str) -> None:
    folder = divided(tmp_path, "#version 2.4\n" + HEAD + "\n".join(ROWS) + "\n", name)
    file = open_variants(part_path(folder, "T1"))
    assert isinstance(file, MafFile)
    assert [row.line for row in file.rows] == [3, 6]
    assert (file.path, file.build) == (tmp_path / name, GenomeBuild.GRCH38)
    found = {item.variant.chromosome: item.vaf for item in read(part_path(folder, "T1"), "T1").observations}
    assert found == {
        "7": pytest.approx(0.009),
        "12": pytest.approx(0.008),
    }  # percent is told by the other tumour's row
    assert len(open_variants(part_path(folder, "T/2")).rows) == 1
    assert read_oncokb(part_path(folder, "T1")) == {("KRAS", "G12D"): "R1: Cetuximab"}


def test_a_tumour_without_a_row_is_lost_only_where_no_list_names_it(tmp_path: Path) -> None:
    part = part_path(divided(tmp_path, HEAD + "\n".join(ROWS) + "\n"), "T9")
    with pytest.raises(
        VariantFileError, match=r"cohort\.maf: has no Tumor_Sample_Barcode 'T9'.*sequenced_samples"
    ):
        read(part, "T9")
    with pytest.raises(VariantFileError, match="has no Tumor_Sample_Barcode 'T9'"):
        read(part, "T9", frozenset({"T1"}))
    empty = read(part, "T9", frozenset({"T9"}))
    assert (empty.observations, empty.mute) == ((), "")
    assert "nothing was found" in empty.notes[0]
    assert read_oncokb(part) is None


def test_a_tumour_that_the_list_does_not_know_is_said(tmp_path: Path) -> None:
    part = part_path(divided(tmp_path, HEAD + "\n".join(ROWS) + "\n"), "T1")
    assert "not in the list" in read(part, "T1", frozenset({"T2"})).notes[0]


def test_what_is_wrong_with_the_whole_is_said_of_each_tumour(tmp_path: Path) -> None:
    folder = divided(tmp_path, HEAD + "\n".join([ROWS[0], ROWS[2].replace("GRCh38", "GRCh37")]) + "\n")
    for name in ("T1", "T9"):
        with pytest.raises(VariantFileError, match="names two builds"):
            read(part_path(folder, name), name)


def test_a_seg_file_of_many(tmp_path: Path) -> None:
    text = "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\nT1\t1\t1\t100\t5\t0.1\nT2\t1\t1\t100\t5\t0.2\nT1\t2\t1\t50\t5\tx\n"
    folder = divided(tmp_path, text, "cohort.seg")
    table = read_delimited(part_path(folder, "T1"))
    assert (table.path, table.header_line) == (tmp_path / "cohort.seg", 1)
    assert [(row.line, row.cells["seg.mean"]) for row in table.rows] == [(2, "0.1"), (4, "x")]
    assert table.columns == ("id", "chrom", "loc.start", "loc.end", "num.mark", "seg.mean")
    with pytest.raises(CopyNumberFileError, match="no row of this tumour; names in it: T1, T2"):
        read_delimited(part_path(folder, "T3"))


def test_a_table_with_commas_keeps_its_cells_and_lines(tmp_path: Path) -> None:
    text = 'HugoSymbol,ProteinChange,ModelID,Note\nKRAS,p.G12D,T1,"a, b"\nTP53,p.R175H,T2,c\n'
    folder = divided(tmp_path, text, "models.csv")
    (row,) = open_variants(part_path(folder, "T2")).rows
    assert (row.line, row.gene, row.protein) == (3, "TP53", "R175H")


def test_more_rows_than_are_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["refractor.files.divided"], "_BUFFERED_ROWS", 2)
    rows = [f"TTN\tGRCh38\t2\t{178600000 + n}\tC\tA\tT{n % 3}\t0.3\t\tp.A1T" for n in range(20)]
    folder = divided(tmp_path, HEAD + "\n".join(rows) + "\n")
    assert [len(open_variants(part_path(folder, f"T{n}")).rows) for n in range(3)] == [7, 7, 6]
    assert part_at(part_path(folder, "T0")) is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD, True),
        ("ID\tchrom\tloc.start\n", True),
        ("'ID'\tchrom\tloc.start\n", True),
        ("chromosome\tstart\tend\tcopyNumber\n", False),
        ("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\n1\t5\trs1\n", False),
    ],
)
def test_tables_whose_rows_name_their_tumour(tmp_path: Path, text: str, expected: bool) -> None:
    path = tmp_path / "table"
    path.write_text(text)
    assert names_tumors(str(path)) is expected
    assert not names_tumors(str(tmp_path / "none"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("case_list_name: all\ncase_list_ids: T1\tT2\n", {"T1", "T2"}),
        ("sample\nT1\nT2\n", {"T1", "T2"}),
        ("# who\nT1\t2020\nT2\t2021\n", {"T1", "T2"}),
    ],
)
def test_lists_of_who_was_sequenced(tmp_path: Path, text: str, names: set[str]) -> None:
    path = tmp_path / "list.txt"
    path.write_text(text)
    assert read_sequenced_samples(path) == names
    path.write_text("case_list_ids:\n")
    with pytest.raises(VariantFileError, match="names no sample"):
        read_sequenced_samples(path)


def test_a_table_divided_twice_has_its_rows_once(tmp_path: Path) -> None:
    for _ in range(2):
        folder = divided(tmp_path, HEAD + "\n".join(ROWS) + "\n")
    assert [row.line for row in MafFile(part_path(folder, "T1")).rows] == [2, 5]


def test_names_longer_than_a_file_systems_have_parts_of_their_own(tmp_path: Path) -> None:
    long = ["\u00e9" * 100 + end for end in "ab"]
    rows = [row.replace("\tT1\t", f"\t{name}\t") for name, row in zip(long, (ROWS[0], ROWS[3]), strict=True)]
    folder = divided(tmp_path, HEAD + "\n".join(rows) + "\n")
    assert [[row.line for row in MafFile(part_path(folder, name)).rows] for name in long] == [[2], [3]]


def test_a_damaged_stream_is_said_of_each_tumour(tmp_path: Path) -> None:
    table = tmp_path / "cohort.maf.gz"
    packed = bytearray(gzip.compress((HEAD + "\n".join(ROWS * 500) + "\n").encode()))
    packed[400:430] = bytes(30)
    table.write_bytes(packed)
    arguments = ["--table", str(table), "--output-dir", str(tmp_path / "parts")]
    divide_cohort_file.main(divide_cohort_file.parser().parse_args(arguments))
    with pytest.raises(VariantFileError, match=r"cohort\.maf\.gz.*damaged|cannot be read"):
        part_at(part_path(tmp_path / "parts", "T1"), VariantFileError)


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("a defect"), OSError(5, "Input/output error", "x")]
)
def test_what_nobody_foresaw_of_a_table_is_said_of_each_tumour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(*_: object, **__: object) -> int:
        raise error

    monkeypatch.setattr(divide_cohort_file, "divide", broken)
    folder = divided(tmp_path, HEAD + "\n".join(ROWS) + "\n")
    with pytest.raises(VariantFileError, match=r"cohort\.maf"):
        part_at(part_path(folder, "T1"), VariantFileError)


def test_comments_without_end_are_no_table(tmp_path: Path) -> None:
    folder = divided(tmp_path, "# c\n" * 10_002 + HEAD)
    with pytest.raises(VariantFileError, match="no header in 10,000 lines"):
        part_at(part_path(folder, "T1"), VariantFileError)
