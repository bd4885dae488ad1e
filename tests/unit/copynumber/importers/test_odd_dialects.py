"""Tables as strangers bring them: read where they can be, refused with a reason where what they hold is something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from refractor.copynumber.importers.read_profile import import_copy_number
from refractor.copynumber.segments import CopyNumberProfile
from refractor.errors import CopyNumberFileError
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.results.copy_number_tables import PurityStatus

LENGTHS = CONTIG_LENGTHS[GenomeBuild.GRCH38]
AMPLICON = ("17", 39_000_001, 40_200_000)
Place = tuple[str, int, int]


def places() -> list[tuple[Place, bool]]:
    """The autosomes in one stretch each, 17 in three; whether a stretch is the amplicon."""
    found: list[tuple[Place, bool]] = []
    for name, length in LENGTHS.items():
        if name == "17":
            found += [(("17", 1, 39_000_000), False), (AMPLICON, True), (("17", 40_200_001, length), False)]
        elif name.isdigit():
            found.append(((name, 1, length), False))
    return found


def table(path: Path, header: str, row: Callable[[Place, bool], str], mark: str = "\t") -> Path:
    """A table with a row of blank-separated cells for each stretch; an empty header is not written."""
    lines = [header] * bool(header) + [row(*place) for place in places()]
    path.write_text("".join(mark.join(line.split()) + "\n" for line in lines), encoding="utf-8")
    return path


def read(path: Path, **more: str) -> CopyNumberProfile:
    return import_copy_number(path, sample="T1", **more)


def amplicon(profile: CopyNumberProfile) -> tuple[float | None, float | None, float | None]:
    (segment,) = [
        s for s in profile.segments if (s.chromosome, s.start, s.end) == ("17", 39_000_000, 40_200_000)
    ]
    return segment.copy_number, segment.minor_copy_number, segment.log2_ratio


@pytest.mark.parametrize(
    ("header", "row", "mark", "expected"),
    [
        ("chr start end major minor", "{c} {s} {e} {major} 1", ",", (17, 1, None)),
        ("chromosome start end major_cn minor_cn", "{c} {s} {e} {major} 1", "\t", (17, 1, None)),
        ("group_name seqnames start end width cn_a cn_b", "T1 chr{c} {s} {e} 9 {major} 1", "\t", (17, 1, None)),
        ("chromosome start end total_cn minor_cn", "{c} {s} {e} {total} 1", ";", (17, 1, None)),
        ("chrom loc.start loc.end total_cn", "{c} {s} {e} {total}", "\t", (17, None, None)),
        ("chrom start end total_cn minor_cn", "{c}.0 {s}.0 {e}.0 {total}.0 1.0", "\t", (17, 1, None)),
        ("chrom start end total_cn minor_cn", "{c} {s:,} {e:,} {total} 1", "\t", (17, 1, None)),
        ("chrom start end total_cn minor_cn", "{c} {s} {e} {total} -1", "\t", (17, None, None)),
        ("ID chrom start end num_probes seg.mean", "T1 {c} {s} {e} 40 {log2}", "\t", (None, None, 2.5)),
        ("sample chr start end seg_mean", "T1 {c} {s} {e} {log2}", "\t", (None, None, 2.5)),
        ("chr start end copy.number status", "{c} {s} {e} {total} gain", "\t", (17, None, None)),
        ("", "1 {c} {s} {e} 2 1 {total} 1", ",", (17, 1, None)),
    ],
)  # fmt: skip
def test_names_and_forms_that_mean_the_same(
    tmp_path: Path, header: str, row: str, mark: str, expected: tuple[float | None, ...]
) -> None:
    def written(place: Place, amplified: bool) -> str:
        c, s, e = place
        numbers = (
            {"major": 16, "total": 17, "log2": "2,5"}
            if amplified
            else {"major": 1, "total": 2, "log2": "-0,04"}
        )
        return row.format(c=c, s=s, e=e, **numbers)

    assert amplicon(read(table(tmp_path / "T1.copynumber.caveman.csv", header, written, mark))) == expected


@pytest.mark.parametrize(
    ("header", "row", "reason"),
    [
        ("gene chromosome start end log2 depth weight probes", "G {c} {s} {e} {log2} 9 1 9", "cnvkit genemetrics"),
        ("ID chrom loc.start loc.end num.mark seg.mean", "T1 {c} {s} {e} 40 {level}", "all values are whole"),
        ("ID chrom loc.start loc.end num.mark seg.mean", "T1 {c} {s} {e} 40 {minor}", "allele fractions"),
    ],
)  # fmt: skip
def test_tables_of_something_else_are_refused(tmp_path: Path, header: str, row: str, reason: str) -> None:
    def written(place: Place, amplified: bool) -> str:
        c, s, e = place
        return row.format(
            c=c,
            s=s,
            e=e,
            log2=2.5 if amplified else -0.04,
            level=2 if amplified else 0,
            minor=0.1 if amplified else 0.48,
        )

    with pytest.raises(CopyNumberFileError, match=reason):
        read(table(tmp_path / "T1.seg", header, written))


def test_a_thousandfold_depth_is_no_ratio(tmp_path: Path) -> None:
    """Copies less two as log2 ratios were 7,500 copies of ERBB2."""

    def written(place: Place, amplified: bool) -> str:
        return f"T1 {place[0]} {place[1]} {place[2]} 40 {15.02 if amplified else -0.01}"

    found = read(table(tmp_path / "T1.seg", "ID chrom loc.start loc.end num.mark seg.mean", written))
    assert amplicon(found) == (None, None, None)
    assert any(row.metric == "imported_rows_with_faults" for row in found.quality)


def test_copies_that_lie_around_one_over_the_genome_are_ratios(tmp_path: Path) -> None:
    """As rascal names the copies relative to the mean; a list of single losses, or whole copies, may lie there too."""

    def written(place: Place, amplified: bool) -> str:
        return f"T1 {place[0]} {place[1]} {place[2]} {5.66 if amplified else 0.98}"

    found = read(table(tmp_path / "T1.csv", "sample chromosome start end copy_number", written, ","))
    assert amplicon(found)[0] is None
    assert amplicon(found)[2] == pytest.approx(2.5, abs=0.01)

    def haploid(place: Place, amplified: bool) -> str:
        return f"T1 {place[0]} {place[1]} {place[2]} {12 if amplified else 1}"

    whole = read(table(tmp_path / "T2.csv", "sample chromosome start end copy_number", haploid, ","))
    assert amplicon(whole)[0] == 12


ASCAT = "sample chr startpos endpos nMajor nMinor"


def ascat_row(place: Place, amplified: bool) -> str:
    return f"T1 {place[0]} {place[1]} {place[2]} {16 if amplified else 1} 1"


def test_of_a_table_of_purities_the_row_of_the_tumour_counts(tmp_path: Path) -> None:
    path = table(tmp_path / "T1.segments.txt", ASCAT, ascat_row)
    beside = tmp_path / "T1.purityploidy.txt"
    beside.write_text("sample\tAberrantCellFraction\tPloidy\nT0\t0.2\t4\nT1\t0.6\t2.1\n", encoding="utf-8")
    assert (read(path).purity_ploidy.purity, read(path).purity_ploidy.ploidy) == (0.6, 2.1)
    beside.write_text("sample\tAberrantCellFraction\tPloidy\nT0\t0.2\t4\nT7\t0.6\t2.1\n", encoding="utf-8")
    with pytest.raises(CopyNumberFileError, match="has 2 rows, none of them of T1"):
        read(path)


def test_purity_and_ploidy_in_columns_of_the_table(tmp_path: Path) -> None:
    path = table(tmp_path / "T1.tsv", f"{ASCAT} Purity Ploidy", lambda *place: f"{ascat_row(*place)} 0.6 2.1")
    values = read(path).purity_ploidy
    assert (values.purity, values.ploidy, values.status) == (0.6, 2.1, PurityStatus.OK)
    alone = table(tmp_path / "T2.tsv", f"{ASCAT} Ploidy", lambda *place: f"{ascat_row(*place)} 2")
    assert read(alone).purity_ploidy.purity is None


def test_a_range_that_does_not_hold_its_value_is_none(tmp_path: Path) -> None:
    header = "chromosome start.pos end.pos Bf N.BAF sd.BAF depth.ratio N.ratio sd.ratio CNt A B LPP"
    path = table(
        tmp_path / "T1_segments.txt",
        header,
        lambda place, high: (
            f"{place[0]} {place[1]} {place[2]} 0.4 9 0.1 {5.7 if high else 1} 16 0.8 {17 if high else 2} 1 1 -9"
        ),
    )
    beside = "cellularity\tploidy.estimate\tploidy.mean.cn\n0.7\t2\t2\n0.6\t2.1\t2\n0.8\t2.2\t2\n"
    (tmp_path / "T1_confints_CP.txt").write_text(beside, encoding="utf-8")
    values = read(path).purity_ploidy
    assert (values.purity, values.purity_low, values.purity_high) == (0.6, None, None)
    assert values.purity_range == (0.5, pytest.approx(0.7))
    assert (values.ploidy_low, values.ploidy_high) == (2.0, 2.2)
    flat = read(path).segments[0]
    assert flat.log2_ratio_sd == pytest.approx(0.8 / 4 / 0.6931, rel=1e-3)


@pytest.mark.parametrize(
    ("columns", "cells", "error"),
    [("sem", "0.1", 0.1), ("stdev", "0.6", 0.2), ("ci_lo ci_hi", "-0.1 0.096", 0.05)],
)
def test_the_errors_of_segmetrics_are_carried(tmp_path: Path, columns: str, cells: str, error: float) -> None:
    header = f"chromosome start end gene log2 probes {columns}"
    path = table(
        tmp_path / "T1.cns", header, lambda place, _: f"{' '.join(map(str, place))} - -0.002 9 {cells}"
    )
    assert read(path).segments[0].log2_ratio_sd == pytest.approx(error)


VCF = "#CHROM POS ID REF ALT QUAL FILTER INFO FORMAT T1"
MODEL = "##fileformat=VCFv4.2\n##EstimatedTumorPurity={}\n##OverallPloidy=2.1\n"


@pytest.mark.parametrize(
    ("form", "copies"),
    [("GT:SM:CN:MCN", "./1:{ratio}:{total}:1"), ("RC:SM:CN:MCC", "9:{ratio}:{total}:{major}")],
)
def test_somatic_vcfs_of_dragen_and_canvas(tmp_path: Path, form: str, copies: str) -> None:
    def written(place: Place, high: bool) -> str:
        told = copies.format(ratio=5.6 if high else 1.0, total=17 if high else 2, major=16 if high else 1)
        return f"chr{place[0]} {place[1] - 1} . N . 9 PASS END={place[2]};REFLEN=9 {form} {told}"

    path = table(tmp_path / "T1.cnv.vcf", VCF, written)
    body = path.read_text(encoding="utf-8")
    with pytest.raises(CopyNumberFileError, match="leaves out what is unchanged"):
        read(path)
    path.write_text(MODEL.format("0.61") + body, encoding="utf-8")
    found = read(path)
    assert amplicon(found)[:2] == (17, 1)
    assert (found.purity_ploidy.purity, found.purity_ploidy.ploidy, found.changes_only) == (0.61, 2.1, False)
    path.write_text(MODEL.format("NA") + body, encoding="utf-8")
    assert read(path).purity_ploidy.status is PurityStatus.NOT_ASSESSABLE


def put(path: Path, *rows: str) -> Path:
    path.write_text("".join("\t".join(row.split(" | ")) + "\n" for row in rows), encoding="utf-8")
    return path


def test_tables_of_genes_hold_levels_or_are_refused(tmp_path: Path) -> None:
    thresholded = put(
        tmp_path / "all_thresholded.by_genes.txt",
        "Gene Symbol | Locus ID | Cytoband | T1 | T2",
        "ERBB2 | 2064 | 17q12 | 2 | 0",
        "EGFR | 1956 | 7p11.2 | 1 | 0",
    )
    assert read(thresholded).gene_calls["ERBB2"][0] == "amplified"
    ratios = ["ERBB2 | 2064 | 2.0 | 0.1", "EGFR | 1956 | 0.31 | 0.02"]
    header = "Hugo_Symbol | Entrez_Gene_Id | T1 | T2"
    with pytest.raises(CopyNumberFileError, match=r"no levels from -2 to 2 \(0.31\)"):
        read(put(tmp_path / "data_log2_cna.txt", header, *ratios))
    bare = put(tmp_path / "data_cna.txt", "Hugo_Symbol | T1 | T2", "ERBB2 | 2 | 0")
    assert read(bare, caller="gene_calls").gene_calls["ERBB2"][0] == "amplified"
    with pytest.raises(CopyNumberFileError, match="no known copy-number caller"):
        read(bare)


def test_a_tab_at_the_end_of_every_row_is_no_row_name(tmp_path: Path) -> None:
    header = "Chromosome\tStart\tEnd\tnMajor\tnMinor"
    path = table(
        tmp_path / "t.tsv",
        header,
        lambda place, high: f"{place[0]} {place[1]} {place[2]} {9 if high else 1} 1",
    )
    path.write_text(path.read_text().replace("\n", "\t\n").replace("nMinor\t", "nMinor"))
    assert amplicon(read(path, caller="allelic_segments"))[0] == 10
