"""BED of callable regions, and interval sets."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractor.errors import VariantFileError
from refractor.genome.builds import GenomeBuild
from refractor.genome.intervals import Regions, panel_regions
from refractor.genome.panel import load_panel
from refractor.variants.files.callable_regions import read_callable_regions

BUILD = GenomeBuild.GRCH38
KRAS = load_panel(BUILD).genes["KRAS"]


def bases_of(regions: Regions) -> int:
    return sum(end - start for _, start, end in regions)


def bed(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "callable.bed"
    path.write_text(text, encoding="utf-8")
    return path


def test_reading_with_chr_extra_columns_headings_and_other_contigs(tmp_path: Path) -> None:
    path = bed(
        tmp_path,
        "track name=x\nbrowser position\n# comment\n\nchr12\t100\t200\tname\t0\t+\nchr12\t200\t300\n12\t250\t400\n"
        "chr1\t5\t6\nchrUn_KI270302v1\t0\t10\nchrM\t0\t16569\n",
    )
    regions = read_callable_regions(path, BUILD)
    assert list(regions) == [("12", 100, 400), ("1", 5, 6), ("MT", 0, 16569)]
    assert bases_of(regions) == 300 + 1 + 16569


def test_a_compressed_bed_and_blanks_for_tabs(tmp_path: Path) -> None:
    path = tmp_path / "callable.bed.gz"
    path.write_bytes(gzip.compress(b"12 100 200\r\n12 300 400\r\n"))
    assert list(read_callable_regions(path, BUILD)) == [("12", 100, 200), ("12", 300, 400)]


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("12\t100\t200\n12\t5\n", 2, "has 2 columns"),
        ("12\t1e3\t2000\n", 1, "start and end are '1e3' and '2000'"),
        ("12\t-1\t2000\n", 1, "start and end are '-1'"),
        ("12\t200\t200\n", 1, "ends at 200, not after its start 200"),
        ("12,100,200\n", 1, "has 1 columns"),
        # chromosome 12 has 133,275,309 bases on GRCh38 and 133,851,895 on GRCh37
        ("12\t0\t133851895\n", 1, "ends at 133851895 on chromosome 12, which has 133275309 bases on GRCh38"),
        ("<html>\n", 1, "has 1 columns"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, text: str, line: int, expected: str) -> None:
    path = bed(tmp_path, text)
    with pytest.raises(VariantFileError) as caught:
        read_callable_regions(path, BUILD)
    assert f"{path}:{line}: {expected}" in str(caught.value)


def test_all_wrong_lines_are_named(tmp_path: Path) -> None:
    with pytest.raises(VariantFileError) as caught:
        read_callable_regions(bed(tmp_path, "12\t5\n12\t9\t8\n"), BUILD)
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty"),
        (b"# only a comment\n", "has no interval"),
        (b"contig_1\t0\t10\n", "1 lines, none on a chromosome of GRCh38"),
        (b"12\t0\x00\t10\n", "is no text"),
        (gzip.compress(b"12\t0\t10\n" * 99, mtime=0)[:-6], "is damaged or half-written"),
    ],
)
def test_what_is_no_bed(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "callable.bed"
    path.write_bytes(content)
    with pytest.raises(VariantFileError, match=expected):
        read_callable_regions(path, BUILD)


def test_panel_regions_hold_splice_sites_and_hotspots() -> None:
    panel = load_panel(BUILD)
    regions = panel_regions(panel)
    start, end = KRAS.cds[1]
    assert regions.covers("12", start - 10, end + 10)
    assert not regions.overlaps("12", end + 10, end + 11)
    assert all(regions.covers(spot.chromosome, spot.position, spot.position + 1) for spot in panel.hotspots)
    assert bases_of(panel_regions(panel, padding_bp=0)) < bases_of(regions)


intervals = st.lists(st.tuples(st.sampled_from("12"), st.integers(0, 60), st.integers(0, 60)), max_size=12)


@given(intervals, st.sampled_from("12"), st.integers(0, 60), st.integers(0, 60))
def test_regions_are_the_set_of_their_bases(
    pieces: list[tuple[str, int, int]], chromosome: str, start: int, end: int
) -> None:
    regions = Regions.of(pieces)
    bases = {(name, place) for name, low, high in pieces for place in range(low, high)}
    asked = {(chromosome, place) for place in range(start, end)}
    assert regions.covered_bp(chromosome, start, end) == len(asked & bases)
    assert regions.covers(chromosome, start, end) == (bool(asked) and asked <= bases)
    assert regions.overlaps(chromosome, start, end) == bool(asked & bases)
    assert bases_of(regions) == len(bases)


def test_rows_that_say_that_nothing_could_be_called_are_left_out(tmp_path: Path) -> None:
    rows = [
        "12\t100\t200\tCALLABLE",
        "12\t200\t300\tNO_COVERAGE",
        "12\t300\t400\tlow_coverage",
        "12\t400\t500\tPOOR_MAPPING_QUALITY",
        "12\t500\t600\tHIGH_COVERAGE",
        "12\t700\t800\tKRAS",
        "12\t900\t950",
    ]
    regions = read_callable_regions(bed(tmp_path, "\n".join(rows)), BUILD)
    assert list(regions) == [("12", 100, 200), ("12", 500, 600), ("12", 700, 800), ("12", 900, 950)]
    none = bed(tmp_path, "12\t100\t200\tNO_COVERAGE\n")
    with pytest.raises(VariantFileError, match="none of its 1 rows is CALLABLE"):
        read_callable_regions(none, BUILD)
