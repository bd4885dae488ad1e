"""Values out of one small file of each further program, and out of what lies beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from refractor.copynumber.importers.read_profile import import_copy_number
from refractor.copynumber.segments import CopyNumberProfile
from refractor.errors import CopyNumberFileError
from refractor.results.copy_number_tables import PurityStatus


def put(path: Path, *rows: str) -> Path:
    """A tab-separated file; cells are written with blanks here, `_` stands for a blank."""
    text = "".join("\t".join(cell.replace("_ ", " ") for cell in row.split(" | ")) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    return path


def tab(header: str, *rows: str) -> list[str]:
    return [" | ".join(row.split()) for row in (header, *rows)]


def read(path: Path, caller: str | None = None) -> CopyNumberProfile:
    return import_copy_number(path, sample="T1", caller=caller)


def copies(profile: CopyNumberProfile) -> list[tuple[float | None, float | None]]:
    return [(segment.copy_number, segment.minor_copy_number) for segment in profile.segments]


def values(profile: CopyNumberProfile) -> tuple[float | None, float | None]:
    return profile.purity_ploidy.purity, profile.purity_ploidy.ploidy


def test_battenberg_averages_its_subclones(tmp_path: Path) -> None:
    put(
        tmp_path / "T1_rho_and_psi.txt",
        "rho | psi | ploidy | distance | is.best",
        "ASCAT | 0.5 | 2.0 | 2.0 | NA | NA",
        "FRAC_GENOME | 0.62 | 2.4 | 2.3 | NA | TRUE",
        "REF_SEG | 0.7 | 2.1 | 2.1 | 1 | FALSE",
    )
    rows = tab(
        "chr startpos endpos BAF pval LogR ntot nMaj1_A nMin1_A frac1_A nMaj2_A nMin2_A frac2_A",
        "1 1 500 0.5 1 0 2 1 1 1 NA NA NA",
        "17 101 900 0.9 0 2 9 8 1 0.75 4 1 0.25",
    )
    found = read(put(tmp_path / "T1_subclones.txt", *rows))
    assert copies(found) == [(2.0, 1.0), (0.75 * 9 + 0.25 * 5, 1.0)]
    assert (found.segments[1].start, found.segments[1].end) == (100, 900)
    assert values(found) == (0.62, 2.3)
    assert not found.integers


def test_titan_takes_the_corrected_copies_and_knows_its_cap(tmp_path: Path) -> None:
    put(
        tmp_path / "T1.params.txt",
        "Normal contamination estimate: | 0.4",
        "Average tumour ploidy estimate: | 2.1",
    )
    header = "Sample Chromosome Start_Position(bp) End_Position(bp) Median_logR TITAN_call Copy_Number MinorCN MajorCN"
    rows = ("T1 17 1 500 2.0 ASCNA 8 1 7",)
    capped = read(put(tmp_path / "T1.segs.txt", *tab(header, *rows)))
    assert (copies(capped), capped.capped_at, values(capped)) == ([(8.0, 1.0)], 8.0, (0.6, 2.1))
    corrected = tab(f"{header} Corrected_Copy_Number", *(f"{row} 14" for row in rows))
    open_ended = read(put(tmp_path / "T1.segs.txt", *corrected))
    assert (open_ended.segments[0].copy_number, open_ended.capped_at) == (14.0, None)


def test_absolute_takes_the_rescaled_copies(tmp_path: Path) -> None:
    put(
        tmp_path / "T1.ABSOLUTE.table.txt",
        *tab("array sample purity ploidy", "a1 t0 0.9 4", "a2 t1 0.55 2.2"),
    )
    header = "sample Chromosome Start.bp End.bp n_probes modal_total_cn rescaled_total_cn rescaled.cn.a1"
    found = read(put(tmp_path / "T1.segtab.txt", *tab(header, "T1 17 101 900 30 14 14.2 1.05")))
    assert (copies(found), values(found)) == ([(14.2, 1.05)], (0.55, 2.2))
    pan_cancer = "Sample Chromosome Start End Num_Probes Length Modal_Total_CN Modal_HSCN_1 Modal_HSCN_2"
    assert copies(read(put(tmp_path / "all.txt", *tab(pan_cancer, "T1 17 101 900 30 799 14 1 13")))) == [
        (14.0, 1.0)
    ]


def test_sclust_takes_the_copies_before_rounding(tmp_path: Path) -> None:
    put(tmp_path / "T1_cn_summary.txt", *tab("sample_name purity ploidy status", "T1 0.7 2.9 optimum"))
    header = "Sample Chromosome Start End Copy_Nr_Raw CopyNr A B LOH n_SNPs"
    found = read(put(tmp_path / "T1_allelic_states.txt", *tab(header, "T1 chr17 101 900 14.3 14 13 1 0 40")))
    assert (copies(found), values(found)) == ([(14.3, 1.0)], (0.7, 2.9))


def test_hatchet_averages_its_clones_and_takes_the_sample_asked_for(tmp_path: Path) -> None:
    header = "#CHR START END SAMPLE cn_normal u_normal cn_clone1 u_clone1 cn_clone2 u_clone2"
    rows = ("17 100 900 T0 1|1 0.9 1|1 0.1 1|1 0.0", "17 100 900 T1 1|1 0.4 13|1 0.45 4|1 0.15")
    found = read(put(tmp_path / "best.seg.ucn", *tab(header, *rows)))
    # (0.45 x 14 + 0.15 x 5) / 0.6
    assert copies(found) == [(pytest.approx(11.75), pytest.approx(1.0))]
    assert found.segments[0].start == 100
    assert found.purity_ploidy.purity == pytest.approx(0.6)
    with pytest.raises(CopyNumberFileError, match=r"give best\.seg\.ucn"):
        read(put(tmp_path / "best.bbc.ucn", *tab(f"{header} RD", *(f"{row} 1.0" for row in rows))))


def test_wakhan_adds_its_haplotypes(tmp_path: Path) -> None:
    header = "#chr start end coverage copynumber_state confidence svs_breakpoints_ids"
    first = put(
        tmp_path / "T1_2.77_0.92_0.80_HP_1.bed", *tab(header, "17 0 500 30 1 1 []", "17 500 900 200 12 1 []")
    )
    with pytest.raises(CopyNumberFileError, match="one haplotype only"):
        read(first)
    put(tmp_path / "T1_2.77_0.92_0.80_HP_2.bed", *tab(header, "17 0 700 30 1 1 []", "17 700 900 30 0 1 []"))
    found = read(first)
    assert [(s.start, s.end, s.copy_number, s.minor_copy_number) for s in found.segments] == [
        (0, 500, 2.0, 1.0),
        (500, 700, 13.0, 1.0),
        (700, 900, 12.0, 0.0),
    ]
    assert values(found) == (0.92, 2.77)


def test_control_freec_joins_windows_and_knows_a_list_of_changes(tmp_path: Path) -> None:
    put(tmp_path / "T1_info.txt", "Sample_Purity | 0.7", "Output_Ploidy | 2")
    header = "Chromosome Start Ratio MedianRatio CopyNumber"
    rows = (
        "17 1 1.0 1.01 2",
        "17 1001 1.1 1.01 2",
        "17 2001 7 7.2 14",
        "17 3001 -1 -1 2",
        "17 4001 7.4 7.2 14",
    )
    found = read(put(tmp_path / "T1_ratio.txt", *tab(header, *rows)))
    assert [(s.start, s.end, s.copy_number, s.n_windows) for s in found.segments] == [
        (0, 2000, 2.0, 2),
        (2000, 5000, 14.0, 2),
    ]
    assert values(found) == (0.7, 2.0)
    changes = put(
        tmp_path / "T9_CNVs.p.value.txt",
        "chr | start | end | copy_ number | status".replace("_ ", " "),
        "17 | 2001 | 5000 | 14 | gain",
    )
    listed = read(changes)
    assert (copies(listed), listed.changes_only, values(listed)) == ([(14.0, None)], True, (None, None))


def test_ichorcna_without_tumor_is_not_used(tmp_path: Path) -> None:
    header = "ID chrom start end num.mark seg.median.logR copy.number call Corrected_Copy_Number"
    path = put(tmp_path / "T1.seg.txt", *tab(header, "T1 17 101 900 9 1.2 5 HLAMP 14"))
    put(tmp_path / "T1.params.txt", "Tumor Fraction: | 0.31", "Ploidy: | 2.2")
    found = read(path)
    assert (copies(found), values(found), found.unusable) == ([(14.0, None)], (0.31, 2.2), None)
    put(tmp_path / "T1.params.txt", "Tumor Fraction: | 0", "Ploidy: | 2")
    none = read(path)
    assert none.unusable == "ichorCNA finds no tumour (fraction 0)"
    assert none.purity_ploidy.purity is None


@pytest.mark.parametrize(
    ("caller", "header", "row"),
    [
        ("qdnaseq", "SAMPLE_NAME CHROMOSOME START STOP DATAPOINTS LOG2_RATIO_MEAN", "T1 17 101 900 30 2.1"),
        ("gdc", "GDC_Aliquot Chromosome Start End Num_Probes Segment_Mean", "a1 chr17 101 900 30 2.1"),
        ("gdc", "Sample Chromosome Start End Num_Probes Call Segment_Mean", "T1 17 101 900 30 + 2.1"),
        ("seg", "ID chrom loc.start loc.end num.mark seg.mean", "T1 17 101 900 30 2.1"),
    ],
)
def test_log2_ratios_under_any_name(tmp_path: Path, caller: str, header: str, row: str) -> None:
    found = read(put(tmp_path / "T1.seg", *tab(header, row)))
    assert found.source == caller
    (segment,) = found.segments
    assert (segment.start, segment.end, segment.log2_ratio, segment.n_windows) == (100, 900, 2.1, 30)
    assert segment.copy_number is None
    assert found.purity_ploidy.status is PurityStatus.NOT_ASSESSABLE


def test_dragen_writes_ratios_around_one(tmp_path: Path) -> None:
    header = "Sample Chromosome Start End Num_Probes Segment_Mean Segment_Call Qual Filter Copy_Number Ploidy"
    rows = ("T1 chr1 1 9000000 90 1.0 0 50 PASS 2 2", "T1 chr17 101 900 30 8.0 + 90 PASS 16 2")
    found = read(put(tmp_path / "T1.seg.called", *tab(header, *rows)))
    assert [segment.log2_ratio for segment in found.segments] == [0.0, 3.0]
    assert any("read as ratios" in note for note in found.notes)


def test_copies_of_the_gdc_and_of_plain_tables(tmp_path: Path) -> None:
    gdc = "GDC_Aliquot Chromosome Start End Copy_Number Major_Copy_Number Minor_Copy_Number"
    assert copies(read(put(tmp_path / "a.txt", *tab(gdc, "a1 chr17 101 900 14 13 1")))) == [(14.0, 1.0)]
    for header in (
        "chrom start end total_cn minor_cn",
        "chromosome start end copy_number minor_copy_number",
        "chr startpos endpos tcn lcn",
    ):
        found = read(put(tmp_path / "b.txt", *tab(header, "17 101 900 14.5 1")))
        assert (found.source, copies(found)) == ("total_copies", [(14.5, 1.0)])


@pytest.mark.parametrize(
    ("name", "header", "give"),
    [
        ("T1.bintest.cns", "chromosome start end gene log2 depth weight p_bintest", "give the .call.cns"),
        ("T1.genemetrics.tsv", "gene chromosome start end log2 depth weight n_bins", "give the .call.cns"),
        (
            "T1.gene_level.txt",
            "sample gene chrom gene_start gene_end seg tcn.em lcn.em start end",
            "_hisens.cncf.txt",
        ),
        ("T1.bins.txt", "feature chromosome start end T1", "type='segments'"),
        ("T1.cnv.vcf", "#CHROM POS ID REF ALT QUAL FILTER INFO", "T.seg.called"),
    ],
)
def test_files_of_no_use_say_which_to_give(tmp_path: Path, name: str, header: str, give: str) -> None:
    cells = ["17", "101", "900", *("1" for _ in header.split()[3:])]
    with pytest.raises(CopyNumberFileError) as caught:
        read(put(tmp_path / name, *tab(header, " ".join(cells))))
    assert give in str(caught.value)


FACETS = "chrom seg num.mark nhet cnlr.median start end cf.em tcn.em lcn.em tcn lcn"


def test_facets_suite_purity_of_the_run(tmp_path: Path) -> None:
    put(tmp_path / "T1.txt", *tab("sample run_type purity ploidy", "T1 purity 0.5 3", "T1 hisens 0.6 2.1"))
    found = read(put(tmp_path / "T1_hisens.cncf.txt", *tab(FACETS, "17 1 9 9 3.1 101 900 1 17 1 17 1")))
    assert values(found) == (0.6, 2.1)


def test_facets_that_did_not_converge_leaves_its_ratio(tmp_path: Path) -> None:
    put(tmp_path / "T1_purity_ploidy.txt", *tab("purity ploidy", "NA 2"))
    rows = ("1 1 9 9 0.0 1 900 1 2 1 2 1", "17 1 9 9 3.1 101 900 1 2 1 17 1")
    found = read(put(tmp_path / "T1.cncf.txt", *tab(FACETS, *rows)))
    assert copies(found) == [(None, None), (None, None)]
    assert [segment.log2_ratio for segment in found.segments] == [0.0, 3.1]
    assert "did not converge" in found.purity_ploidy.reason


def test_facets_takes_the_naive_copies_where_the_em_has_none(tmp_path: Path) -> None:
    put(tmp_path / "T1_purity_ploidy.txt", *tab("purity ploidy", "0.7 2.1"))
    rows = ("1 1 9 9 0.5 1 900 1 3 1 3 1", "17 1 9 9 3.1 101 900 NA NA NA 17 NA")
    assert copies(read(put(tmp_path / "T1.cncf.txt", *tab(FACETS, *rows)))) == [(3.0, 1.0), (17.0, None)]


def test_ascat_raw_copies_and_a_list_of_changes(tmp_path: Path) -> None:
    header = "sample chr startpos endpos nMajor nMinor nAraw nBraw"
    raw = read(put(tmp_path / "T1.segments_raw.txt", *tab(header, "T1 17 101 900 13 1 13.24 0.91")))
    assert copies(raw) == [(pytest.approx(14.15), pytest.approx(0.91))]
    changes = read(put(tmp_path / "T1.cnvs.txt", *tab("chr startpos endpos nMajor nMinor", "17 101 900 9 1")))
    assert (changes.changes_only, changes.purity_ploidy.ploidy) == (True, None)
    missing = ("T1 1 1 900 1 1 1 1", "T1 17 101 900 NA NA NA NA")
    assert copies(read(put(tmp_path / "T1.segments_raw.txt", *tab(header, *missing)))) == [
        (2.0, 1.0),
        (None, None),
    ]


def test_allele_fractions_of_gatk_are_no_ratios(tmp_path: Path) -> None:
    rows = tab("Sample Chromosome Start End Num_Probes Segment_Mean", "T1 17 101 900 30 0.48")
    with pytest.raises(CopyNumberFileError, match=r"give the \.cr\.igv\.seg"):
        read(put(tmp_path / "T1.af.igv.seg", *rows))


@pytest.mark.parametrize("extra", ["", " | AAB | 3.2"])
def test_control_freecs_list_of_changes_without_a_header(tmp_path: Path, extra: str) -> None:
    """T_CNVs has no names of columns; its first row is data, also where two of its cells are alike."""
    path = put(tmp_path / "T1_CNVs", f"3 | 100 | 900 | 3 | gain{extra}", f"17 | 500 | 700 | 0 | loss{extra}")
    found = read(path)
    assert [(s.chromosome, s.start, s.end, s.copy_number) for s in found.segments] == [
        ("17", 499, 700, 0.0), ("3", 99, 900, 3.0),
    ]  # fmt: skip
    assert (found.source, found.changes_only) == ("control_freec", True)


@pytest.mark.parametrize(("most", "cap"), [("7", 7.0), ("12.4", None), ("5", None)])
def test_purecns_top_state_is_a_least_number_of_copies(tmp_path: Path, most: str, cap: float | None) -> None:
    header = "Sampleid chr start end arm C M type seg.mean num.mark num.snps"
    rows = tab(header, "T1 chr1 1 900 p 2 1 NA 0 10 5", f"T1 chr17 1 900 q {most} 1 NA 2.5 10 5")
    assert read(put(tmp_path / "T1_loh.csv", *rows)).capped_at == cap


def test_the_last_window_of_a_chromosome_ends_with_it(tmp_path: Path) -> None:
    """Control-FREEC's last window begins a whole number of windows from the start and is cut short."""
    rows = tab(
        "Chromosome Start Ratio MedianRatio CopyNumber",
        *(f"22 {start} 1.0 1.0 2" for start in range(50_700_001, 50_818_468, 50_000)),
        "X 1 1.0 1.0 2",
    )
    last = next(s for s in read(put(tmp_path / "T1_ratio.txt", *rows)).segments if s.chromosome == "22")
    assert last.end == 50_818_468  # of GRCh38; the window would reach to 50,850,000


def test_sequenzas_top_state_by_its_depth(tmp_path: Path) -> None:
    """Purity 0.5, ploidy 2: depth.ratio 4.5 is (0.5 C + 1) / 2 = 4.5, so 16 copies, where the states end at 7."""
    rows = tab(
        "chromosome start.pos end.pos Bf depth.ratio CNt A B",
        "1 1 100000000 0.5 1.0 2 1 1",
        "17 1 1000 0.1 4.5 7 6 1",
    )
    path = put(tmp_path / "T1_segments.txt", *rows)
    assert (copies(read(path))[1], read(path).capped_at) == (
        (7.0, 1.0),
        7.0,
    )  # nothing beside tells the purity
    put(
        tmp_path / "T1_confints_CP.txt",
        *tab("cellularity ploidy.estimate ploidy.mean.cn", "0.4 1.9 2", "0.5 2 2", "0.6 2.1 2"),
    )
    found = read(path)
    assert found.segments[1].copy_number == pytest.approx(16, abs=0.01)
    assert found.capped_at is None
