"""MAF in either allele convention, with the build it states; shifted columns are named."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from refractor.errors import VariantFileError
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.variants.files.maf_lines import table_lines
from refractor.variants.files.maf_table import MafFile, build_named
from refractor.variants.files.opened import open_variants
from refractor.variants.files.small_variants import read_small_variants
from refractor.variants.files.whole_file import opened_whole
from refractor.variants.observation import SmallVariants

COLUMNS = [
    "Hugo_Symbol",
    "NCBI_Build",
    "Chromosome",
    "Start_Position",
    "End_Position",
    "Reference_Allele",
    "Tumor_Seq_Allele1",
    "Tumor_Seq_Allele2",
    "Tumor_Sample_Barcode",
    "t_depth",
    "t_ref_count",
    "t_alt_count",
    "n_depth",
    "n_alt_count",
    "HGVSp_Short",
    "FILTER",
]
V600E = [
    "BRAF",
    "GRCh38",
    "chr7",
    "140753336",
    "140753336",
    "A",
    "A",
    "T",
    "P1",
    "101",
    "75",
    "25",
    "40",
    "0",
    "p.V600E",
    "PASS",
]
V600E_ALLELE = Variant("7", 140_753_335, "A", "T")

Read = Callable[..., SmallVariants]


@pytest.fixture(scope="module")
def reference() -> Iterator[Reference]:
    with Reference(None, GenomeBuild.GRCH38) as opened:
        yield opened


@pytest.fixture
def read(tmp_path: Path, reference: Reference) -> Read:
    def run(
        rows: list[list[str]],
        *,
        columns: list[str] = COLUMNS,
        named: str | None = None,
        comment: str = "#version 2.4\n",
    ) -> SmallVariants:
        path = tmp_path / "calls.maf"
        path.write_text(
            comment + "\n".join("\t".join(row) for row in [columns, *rows]) + "\n", encoding="utf-8"
        )
        return read_small_variants(
            open_variants(path),
            sample="P1",
            named_sample=named,
            panel=load_panel(GenomeBuild.GRCH38),
            reference=reference,
        )

    return run


def changed(row: list[str], **cells: str) -> list[str]:
    new = list(row)
    for name, value in cells.items():
        new[COLUMNS.index(name)] = value
    return new


@pytest.mark.parametrize("lines", ["\n\n\n", " \n", "#version 2.4\n\n"])
def test_lines_end_where_no_header_comes(tmp_path: Path, lines: str) -> None:
    path = tmp_path / "calls.maf"
    path.write_text(lines)
    with opened_whole(path) as handle:
        found, above = table_lines(handle, path)
        assert "".join(found) == lines
    assert above == 0


def test_counts_and_what_the_maf_calls_it(read: Read) -> None:
    result = read([V600E])
    (found,) = result.observations
    assert (found.variant, found.depth, found.ref_reads, found.alt_reads) == (V600E_ALLELE, 101, 75, 25)
    assert found.vaf == 0.25  # of 75 + 25 counted reads
    assert (found.normal_depth, found.normal_alt_reads, found.filters, found.origin) == (40, 0, (), "maf")
    assert found.notes == ("the MAF calls it BRAF V600E",)
    assert result.flavour == "maf"


def test_the_variant_may_stand_in_either_allele_column(read: Read) -> None:
    other = changed(V600E, Tumor_Seq_Allele1="T", Tumor_Seq_Allele2="A")
    twice = changed(V600E, Tumor_Seq_Allele1="T", Tumor_Seq_Allele2="T")
    for row in (V600E, other, twice):
        assert [item.variant for item in read([row]).observations] == [V600E_ALLELE]
    none = changed(V600E, Tumor_Seq_Allele1="A", Tumor_Seq_Allele2="A")
    result = read([none])
    assert result.observations == ()
    assert "1 no variant allele" in result.notes[-1]


def test_indels_get_their_anchor_base(read: Read, reference: Reference) -> None:
    # GRCh38 17:39724728-39724729 (1-based): an insertion after 39724728, a deletion of 39724729
    anchor, removed = reference.fetch("17", 39_724_727, 39_724_729)
    insertion = changed(
        V600E, Chromosome="17", Start_Position="39724728", End_Position="39724729", Reference_Allele="-",
        Tumor_Seq_Allele1="-", Tumor_Seq_Allele2="CCC",
    )  # fmt: skip
    deletion = changed(
        V600E, Chromosome="17", Start_Position="39724729", End_Position="39724729", Reference_Allele=removed,
        Tumor_Seq_Allele1=removed, Tumor_Seq_Allele2="-",
    )  # fmt: skip
    found = {item.variant for item in read([insertion, deletion]).observations}
    assert anchor != "C"
    assert Variant("17", 39_724_727, anchor, anchor + "CCC") in found
    assert Variant("17", 39_724_727, anchor + removed, anchor) in found
    assert len(found) == 2


def test_both_conventions_of_a_dinucleotide(read: Read) -> None:
    v600k = changed(
        V600E, End_Position="140753337", Reference_Allele="AC", Tumor_Seq_Allele1="AC", Tumor_Seq_Allele2="TT"
    )
    assert [str(item.variant) for item in read([v600k]).observations] == ["7:140753336 AC>TT"]


def test_only_the_rows_of_this_tumour(read: Read) -> None:
    other = changed(V600E, Tumor_Sample_Barcode="P2")
    assert len(read([V600E]).observations) == 1
    kras = changed(
        V600E, Chromosome="12", Start_Position="25245350", End_Position="25245350", Reference_Allele="C",
        Tumor_Seq_Allele1="C", Tumor_Sample_Barcode="P2",
    )  # fmt: skip
    assert [str(item.variant) for item in read([V600E, kras]).observations] == ["7:140753336 A>T"]
    assert [str(item.variant) for item in read([V600E, kras], named="P2").observations] == ["12:25245350 C>T"]
    alone = read([other])
    assert "Tumor_Sample_Barcode P2 taken as the tumour: the only one" in alone.notes
    with pytest.raises(VariantFileError, match="names here: P2, P3"):
        read([other, changed(kras, Tumor_Sample_Barcode="P3")])


def test_filters_and_germline_words(read: Read) -> None:
    (found,) = read([changed(V600E, FILTER="panel_of_normals;germline")]).observations
    assert found.filters == ("panel_of_normals", "germline")
    assert not found.germline_likely  # a hotspot is not dropped for a word
    (seen,) = read([changed(V600E, n_depth="40", n_alt_count="20")]).observations
    assert seen.germline_likely


@pytest.mark.parametrize(
    ("cells", "column", "value"),
    [
        ({"Start_Position": "chr7"}, "Start_Position", "'chr7'"),
        ({"Chromosome": "BRAF"}, "Chromosome", "'BRAF'"),
        ({"Reference_Allele": "140753336"}, "Reference_Allele", "'140753336'"),
        ({"Tumor_Seq_Allele2": "P1"}, "Tumor_Seq_Allele2", "'P1'"),
        ({"t_alt_count": "p.V600E"}, "t_alt_count", "'p.V600E'"),
        ({"t_ref_count": "0.75"}, "t_ref_count", "'0.75'"),
        ({"NCBI_Build": "chr7"}, "NCBI_Build", "'chr7'"),
        ({"Start_Position": "0"}, "Start_Position", "'0'"),
    ],
)
def test_a_value_that_cannot_belong_to_its_column_is_named(
    read: Read, cells: dict[str, str], column: str, value: str
) -> None:
    with pytest.raises(VariantFileError) as caught:
        read([V600E, changed(V600E, **cells)])
    assert f"calls.maf:4 {column}: {value} cannot belong here" in str(caught.value)


def test_a_row_shifted_by_one_column_names_every_cell_that_gives_it_away(read: Read) -> None:
    shifted = ["BRAF", *V600E[:-1]]
    with pytest.raises(VariantFileError) as caught:
        read([shifted])
    named = {problem.column for problem in caught.value.problems}
    assert {"Chromosome", "Start_Position", "Reference_Allele", "NCBI_Build"} <= named


def test_a_row_with_more_or_too_few_cells(read: Read) -> None:
    with pytest.raises(VariantFileError, match="has 17 cells where the header has 16"):
        read([[*V600E, "x"]])
    with pytest.raises(VariantFileError, match="has 3 cells where the header has 16"):
        read([V600E[:3]])
    assert len(read([V600E[:-2]]).observations) == 1  # empty cells at the end, as spreadsheets drop them


def test_missing_columns_and_empty_cells(read: Read) -> None:
    with pytest.raises(VariantFileError, match="columns missing: Start_Position, Tumor_Seq_Allele2"):
        read([], columns=["Hugo_Symbol", "Chromosome", "Reference_Allele"])
    with pytest.raises(VariantFileError, match="Start_Position: is empty"):
        read([changed(V600E, Start_Position="", Hugo_Symbol="")])
    unplaced = read([changed(V600E, Start_Position="", HGVSp_Short="")])
    assert (unplaced.observations, {one.chromosome for one in unplaced.unread}) == ((), {"7"})
    (bare,) = read(
        [changed(V600E, t_depth="", t_ref_count="NA", t_alt_count=".", n_depth="", n_alt_count="")]
    ).observations
    assert (bare.depth, bare.alt_reads, bare.vaf, bare.normal_depth) == (None, None, None, None)


def test_the_build_it_states(read: Read, tmp_path: Path) -> None:
    with pytest.raises(VariantFileError, match="is on GRCh37 by NCBI_Build, where GRCh38 is needed"):
        read([changed(V600E, NCBI_Build="37")])
    assert open_variants(tmp_path / "calls.maf").build is GenomeBuild.GRCH37
    with pytest.raises(VariantFileError, match=r"two builds: GRCh38 \(line 3\), GRCh37 \(line 4\)"):
        read([V600E, changed(V600E, NCBI_Build="hg19")])
    with pytest.raises(VariantFileError, match="1 reference alleles of the panel differ"):
        read([changed(V600E, Reference_Allele="C", Tumor_Seq_Allele1="C")])
    read([changed(V600E, NCBI_Build="")])
    assert open_variants(tmp_path / "calls.maf").build is GenomeBuild.GRCH38  # by the hotspot and its base


def test_a_patched_build_and_positions_as_pandas_writes_them(read: Read) -> None:
    row = changed(V600E, NCBI_Build="GRCh38.p14", Start_Position="140753336.0", End_Position="140753336.0")
    (found,) = read([row]).observations
    assert found.variant == V600E_ALLELE
    for cell in ("1.40753336e8", "140753336.5", "0"):
        with pytest.raises(VariantFileError, match="Start_Position"):
            read([changed(V600E, Start_Position=cell)])


def test_a_compressed_maf_and_one_with_windows_ends(tmp_path: Path, reference: Reference) -> None:
    content = "\n".join("\t".join(row) for row in [COLUMNS, V600E]) + "\n"
    packed = tmp_path / "calls.maf.gz"
    packed.write_bytes(gzip.compress(content.encode()))
    windows = tmp_path / "windows.maf"
    windows.write_bytes(content.replace("\n", "\r\n").encode())
    for path in (packed, windows):
        assert isinstance(open_variants(path), MafFile)
        result = read_small_variants(
            open_variants(path), sample="P1", panel=load_panel(GenomeBuild.GRCH38), reference=reference
        )
        assert [item.variant for item in result.observations] == [V600E_ALLELE]


def test_a_byte_order_mark_changes_nothing(tmp_path: Path, reference: Reference) -> None:
    path = tmp_path / "calls.maf"
    path.write_text("\ufeff" + "\t".join(COLUMNS) + "\n" + "\t".join(V600E) + "\n", encoding="utf-8")
    found = read_small_variants(
        open_variants(path), sample="P1", panel=load_panel(GenomeBuild.GRCH38), reference=reference
    )
    assert [item.variant for item in found.observations] == [V600E_ALLELE]


def test_a_maf_without_rows(read: Read) -> None:
    assert read([]).observations == ()


def test_what_a_maf_states_on_the_mane_transcript_is_kept(read: Read) -> None:
    gene = load_panel(GenomeBuild.GRCH38).genes["BRAF"]
    columns = [*COLUMNS, "Transcript_ID", "HGVSc", "Consequence"]
    row = [*V600E, gene.ensembl_transcript.split(".")[0], "c.1799T>A", "missense_variant"]
    (found,) = read([row], columns=columns).observations
    assert found.stated is not None
    assert (found.stated.gene, found.stated.hgvs_c, found.stated.protein_change) == (
        "BRAF",
        "c.1799T>A",
        "V600E",
    )
    (other,) = read([[*row[:-3], "ENST00000000001", *row[-2:]]], columns=columns).observations
    assert other.stated is not None  # residues have the same numbers on it
    assert (other.stated.annotator, other.stated.hgvs_c) == ("the MAF (on ENST00000000001)", "")


def test_an_end_far_from_the_allele_is_named(tmp_path):
    """Start and another column exchanged: the variant would lie where nobody looks, and its gene be wild-type."""
    path = tmp_path / "x.maf"
    head = "Hugo_Symbol\tChromosome\tStart_Position\tEnd_Position\tReference_Allele\tTumor_Seq_Allele2\n"
    path.write_text(head + "KRAS\t12\t18\t25245350\tC\tT\n")
    with pytest.raises(VariantFileError, match=r"x\.maf:2 End_Position: 25245350 is 25,245,332 after"):
        len(open_variants(path).rows)
    path.write_text(head + "KRAS\t12\t25245350\t25245350\tC\tT\nKRAS\t12\t5\t6\t-\tT\n")
    assert len(open_variants(path).rows) == 2


def maf_of(tmp_path: Path, reference: Reference, header: str, *rows: str) -> SmallVariants:
    path = tmp_path / "dialect.maf"
    path.write_text("\n".join("\t".join(line.split(" ")) for line in (header, *rows)) + "\n")
    return read_small_variants(
        open_variants(path), sample="P1", panel=load_panel(GenomeBuild.GRCH38), reference=reference
    )


PLACES = "Hugo_Symbol Chromosome Start_Position Reference_Allele Tumor_Seq_Allele2"
AT_600 = "BRAF 7 140753336 A T"


@pytest.mark.parametrize(
    ("columns", "cells", "expected"),
    [
        ("tumor_f", "0.012", (None, 0.012)),
        ("t_vaf t_depth", "0.25 80", (20, 0.25)),
        ("i_TumorVAF_WU", "23.5", (None, 0.235)),  # percent is told by a value above 1
        ("t_vaf", "23.5%", (None, 0.235)),
        ("t_ref_count t_alt_count t_vaf", "60 40 0.4", (40, 0.4)),
    ],
)
def test_allele_fractions_by_any_name(
    tmp_path: Path, reference: Reference, columns: str, cells: str, expected: tuple[int | None, float]
) -> None:
    (found,) = maf_of(tmp_path, reference, f"{PLACES} {columns}", f"{AT_600} {cells}").observations
    assert (found.alt_reads, found.vaf) == expected


def test_fusions_and_copy_numbers_are_left_out_and_counted(tmp_path: Path, reference: Reference) -> None:
    header = f"{PLACES} Variant_Classification Variant_Type"
    rows = [f"{AT_600} Missense_Mutation SNP", "BRAF 7    Fusion ", "ERBB2 17 NA NA NA Structural_Variant SV"]
    result = maf_of(tmp_path, reference, header, *rows)
    assert len(result.observations) == 1
    assert "2 rows of the file are fusions or copy numbers, left out" in result.notes


@pytest.mark.parametrize(
    ("name", "build"),
    [
        ("GRCh37-lite", GenomeBuild.GRCH37), ("hg19", GenomeBuild.GRCH37), ("GRCh37.p13", GenomeBuild.GRCH37),
        ("b37", GenomeBuild.GRCH37), ("37", GenomeBuild.GRCH37), ("GRCh38.d1.vd1", GenomeBuild.GRCH38),
        ("hg38", GenomeBuild.GRCH38), ("hg18", None), ("36", None), ("mm10", None), ("CHM13", None),
    ],
)  # fmt: skip
def test_names_of_builds(name: str, build: GenomeBuild | None) -> None:
    assert build_named(name) is build


def test_reads_that_are_exchanged_are_noticed(tmp_path: Path, reference: Reference) -> None:
    header = f"{PLACES} t_ref_count t_alt_count t_vaf"
    rows = [f"G{n} 2 {1000 + n} A T 30 70 0.3" for n in range(4)]
    with pytest.raises(VariantFileError, match="exchanged in 4 of 4 rows"):
        maf_of(tmp_path, reference, header, *rows)
    normals = [f"G{n} 2 {1000 + n} A T 0 40" for n in range(3)]
    with pytest.raises(VariantFileError, match="exchanged in 3 of 3 rows"):
        maf_of(tmp_path, reference, f"{PLACES} n_ref_count n_alt_count", *normals)


def test_a_row_that_cannot_be_read_is_no_silence(tmp_path: Path, reference: Reference) -> None:
    """An ambiguous allele over the panel leaves its codon unknown; a broken row elsewhere costs that row."""
    result = maf_of(tmp_path, reference, PLACES, "BRAF 7 140753336 A R", "X1 9 5000 A T")
    assert [(one.chromosome, one.start, one.end) for one in result.unread] == [
        ("7", 140_753_335, 140_753_336)
    ]
    result = maf_of(tmp_path, reference, PLACES, AT_600, "XYZ 9 5000 A/T T")
    assert len(result.observations) == 1
    assert any(
        note.startswith("1 rows away from the panel could not be read (line 3") for note in result.notes
    )
    with pytest.raises(VariantFileError, match="Reference_Allele"):
        maf_of(tmp_path, reference, PLACES, AT_600, "KRAS 12 25245350 C/T T")


def test_marks_of_a_sample_do_not_speak_against_its_variants(tmp_path: Path, reference: Reference) -> None:
    rows = [f"{AT_600} wga;nonpreferredpair", "KRAS 12 25245350 C T oxog"]
    found = {
        item.variant.chromosome: item
        for item in maf_of(tmp_path, reference, f"{PLACES} FILTER", *rows).observations
    }
    assert (found["7"].filters, found["12"].filters) == ((), ("oxog",))
    assert sum("marked" in note for note in found["7"].notes) == 2


def test_a_genomes_maf_is_not_held_as_text(tmp_path: Path) -> None:
    row = [*changed(V600E, Hugo_Symbol="Unknown"), *["x" * 40] * 90]
    path = tmp_path / "genome.maf"
    lines = ["\t".join([*COLUMNS, *(f"c{n}" for n in range(90))]), *["\t".join(row)] * 2_000]
    path.write_text("\n".join(lines) + "\n")
    tracemalloc.start()
    try:
        assert len(MafFile(path).rows) == 2_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < path.stat().st_size, peak
