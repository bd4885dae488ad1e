"""Every malformed file ends in our own error, with file, line, column and remedy; never in silence."""

from __future__ import annotations

import gzip
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractor.copynumber.calls.copies_of_ratio import with_purity_and_ploidy
from refractor.copynumber.importers.known_formats import IMPORTERS
from refractor.copynumber.importers.read_profile import check_positions, import_copy_number
from refractor.copynumber.segments import CopyNumberProfile
from refractor.errors import CopyNumberFileError
from refractor.genome.builds import GenomeBuild

ALLELIC = "Chromosome\tStart\tEnd\tnMajor\tnMinor\n"


def fault(path: Path, caller: str | None = None, sample: str = "T1") -> CopyNumberFileError:
    with pytest.raises(CopyNumberFileError) as caught:
        import_copy_number(path, sample=sample, caller=caller)
    return caught.value


def allelic(folder: Path, *rows: str) -> Path:
    path = folder / "T1.cna.tsv"
    path.write_text(ALLELIC + "".join("\t".join(row.split()) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("17 100 200 -4 1", "nmajor: -4 is out of range; allowed: -3 or more"),
        ("17 100 200 inf 1", "nmajor: 'inf' is not finite"),
        ("17 100 200 two 1", "nmajor: 'two' is not a number"),
        ("17 100 200 1 2", "nminor: 2 is more than nmajor 1; are the two columns swapped?"),
        ("17 200 100 1 1", "ends before it starts; start must be before end; are two columns swapped?"),
        ("17 100.3 200 1 1", "start: '100.3' is not a whole position"),
        ("17 -100 200 1 1", "start: -100 is out of range"),
        ("99 100 200 1 1", "chromosome: '99' is not a chromosome; allowed: 1-22, X, Y"),
        ("745021 17 200 1 1", "chromosome: '745021' is not a chromosome"),
    ],
)
def test_a_bad_cell_is_told_with_line_and_column(tmp_path: Path, row: str, told: str) -> None:
    path = allelic(tmp_path, "1 100 200 1 1", row)
    error = fault(path)
    assert len(error.problems) == 1
    assert str(error).startswith(f"{path}:3")
    assert told in str(error)


SEQUENZA = "chromosome\tstart.pos\tend.pos\tBf\tdepth.ratio\tCNt\tA\tB\n1\t1\t500\t0.5\t1\t2\t1\t1\n"


@pytest.mark.parametrize(("total", "a", "b", "swapped"), [(5, 3, 2, False), (5, 2, 3, True), (4, 2, 2, False), (4, 0, 4, True), (7, 6, 1, False), (7, 1, 6, True)])  # fmt: skip
def test_sequenza_with_its_alleles_swapped(tmp_path: Path, total: int, a: int, b: int, swapped: bool) -> None:
    path = tmp_path / "T1_segments.txt"
    path.write_text(f"{SEQUENZA}17\t1\t500\t0.2\t2\t{total}\t{a}\t{b}\n", encoding="utf-8")
    if swapped:
        assert f":3 b: {b} is more than half of the total, {total}; are columns swapped?" in str(fault(path))
    else:
        assert import_copy_number(path, sample="T1").segments[1].minor_copy_number == b


@pytest.mark.parametrize(("total", "minor"), [("1", "2"), ("0", "0.5")])
def test_purecn_with_more_of_the_minor_allele_than_of_all(tmp_path: Path, total: str, minor: str) -> None:
    path = tmp_path / "T1_loh.csv"
    path.write_text(
        f"Sampleid,chr,start,end,arm,C,M,seg.mean\nT1,1,1,500,p,{total},{minor},0.01\n", encoding="utf-8"
    )
    assert f"is more than half of the total, {total}; are columns swapped?" in str(fault(path))


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    error = fault(allelic(tmp_path, "1 100 200 x 1", "99 1 2 1 1", "17 300 200 1 1"))
    assert [problem.line for problem in error.problems] == [2, 3, 4]


def test_a_thousand_problems_are_cut_to_fifty_and_a_count(tmp_path: Path) -> None:
    error = fault(allelic(tmp_path, *[f"1 {n}0 {n}9 x 1" for n in range(1, 1001)]))
    assert len(error.problems) == 51
    assert "and 950 more problems" in str(error.problems[-1])


def test_overlapping_segments(tmp_path: Path) -> None:
    error = fault(allelic(tmp_path, "17 1 1000 1 1", "17 900 2000 2 1"))
    assert "segment 17:899-2000 overlaps 0-1000" in str(error)
    assert error.problems[0].line == 3


def test_segments_that_share_their_boundary_base_are_accepted(tmp_path: Path) -> None:
    path = allelic(tmp_path, "17 1 1000 1 1", "17 1000 2000 2 1")
    assert len(import_copy_number(path, sample="T1").segments) == 2


def test_a_file_cut_in_the_middle_of_a_line(tmp_path: Path) -> None:
    path = tmp_path / "cut.tsv"
    path.write_text(ALLELIC + "1\t1\t1000\t1\t1\n17\t397000", encoding="utf-8")
    error = fault(path)
    assert str(error) == f"{path}:3: has 2 cells, the header has 5; the file may be cut off: copy it again"


def test_a_cut_gzip(tmp_path: Path) -> None:
    path = tmp_path / "cut.tsv.gz"
    path.write_bytes(gzip.compress((ALLELIC + "1\t1\t1000\t1\t1\n" * 50).encode())[:40])
    assert "damaged or truncated gzip" in str(fault(path))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"  \n\n", "is empty"),
        (b"# only\n@ comments\n", "has comment lines only"),
        (b"\xff\xfe\x00C", "is not UTF-8 text"),
        (b"Chromosome\x00Start", "is a binary file"),
        (ALLELIC.encode(), "has a header and no row"),
        (b"Chromosome\tStart\tStart\tnMajor\tnMinor\n1\t1\t2\t1\t1\n", "column name occurs twice"),
        (b"gene\tvalue\nERBB2\t9\n", "is of no known copy-number caller: its columns are gene value"),
    ],
)
def test_files_that_are_no_table(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "file.tsv"
    path.write_bytes(content)
    assert told in str(fault(path))


def test_a_directory_and_a_missing_file(tmp_path: Path) -> None:
    assert "is a directory" in str(fault(tmp_path))
    assert "cannot be read: No such file" in str(fault(tmp_path / "none.tsv"))


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("chromosome start end gene log2 depth weight", "give the .cns that cnvkit segment made of it"),
        (
            "chromosome chromosomeBand gene transcript isCanonical driver category likelihoodMethod "
            "minCopyNumber maxCopyNumber",
            "give purple.cnv.somatic.tsv",
        ),
        ("purity normFactor score diploidProportion ploidy", "purity is found beside it"),
        (
            "chromosome start end germlineStatus observedTumorRatio tumorCopyNumber",
            "give purple.cnv.somatic.tsv",
        ),
        ("CONTIG START END LOG2_COPY_RATIO", "give SAMPLE.called.seg or SAMPLE.modelFinal.seg"),
    ],
)
def test_a_known_file_of_no_use_says_which_one_to_give(tmp_path: Path, header: str, told: str) -> None:
    path = tmp_path / "file"
    path.write_text("\t".join(header.split()) + "\n", encoding="utf-8")
    assert told in str(fault(path))


def test_purecn_summary_alone(tmp_path: Path) -> None:
    path = tmp_path / "T1.csv"
    path.write_text("Sampleid,Purity,Ploidy\nT1,0.5,2\n", encoding="utf-8")
    assert "neither _genes.csv nor _loh.csv lies beside it" in str(fault(path))


def test_a_wrong_caller_in_the_sheet_names_the_likely_one(tmp_path: Path) -> None:
    path = allelic(tmp_path, "1 1 1000 1 1")
    told = str(fault(path, caller="purple"))
    assert "copy_number_caller: is not of purple" in told
    assert "it looks like allelic_segments" in told
    assert "no importer is called 'canvas'" in str(fault(path, caller="canvas"))


def test_a_header_of_two_callers_asks_for_the_column_to_fill(tmp_path: Path) -> None:
    path = tmp_path / "merged.tsv"
    names = "Chromosome Start End nMajor nMinor chr startpos endpos"
    path.write_text("\t".join(names.split()) + "\n" + "1\t1\t9\t1\t1\t1\t1\t9\n", encoding="utf-8")
    told = str(fault(path))
    assert "may be of ascat or allelic_segments" in told
    assert "fill copy_number_caller in the sheet" in told
    assert import_copy_number(path, sample="T1", caller="ascat").source == "ascat"


def test_several_samples_none_of_them_ours(tmp_path: Path) -> None:
    path = tmp_path / "all.seg"
    path.write_text(
        "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\nA\t1\t1\t9\t1\t0\nB\t1\t1\t9\t1\t0\n",
        encoding="utf-8",
    )
    assert "holds 2 samples, none called T1: A, B" in str(fault(path))


def test_copies_in_place_of_ratios_in_a_seg(tmp_path: Path) -> None:
    path = tmp_path / "T1.seg"
    path.write_text(
        "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\nA\t1\t1\t9\t1\t2\nA\t2\t1\t9\t1\t3\n",
        encoding="utf-8",
    )
    assert "these are copies, not log2 ratios" in str(fault(path))


@pytest.mark.parametrize("purity", ["0", "1.5", "-0.3"])
def test_an_impossible_purity_beside_the_segments(tmp_path: Path, purity: str) -> None:
    beside = tmp_path / "T1.purityploidy.txt"
    beside.write_text(f"AberrantCellFraction\tPloidy\n{purity}\t2\n", encoding="utf-8")
    path = tmp_path / "T1.segments.txt"
    path.write_text("sample\tchr\tstartpos\tendpos\tnMajor\tnMinor\nT1\t1\t1\t9\t1\t1\n", encoding="utf-8")
    error = fault(path)
    assert str(error) == (
        f"{beside}:2 aberrantcellfraction: {purity} is not a purity; allowed: over 0 and at most 1"
    )


@pytest.mark.parametrize("line", ["# Purity = 1.2", "# Purity = x", "# Ploidy = 0.1", "# Ploidy = nan"])
def test_an_impossible_value_in_the_out_file_of_facets(tmp_path: Path, line: str) -> None:
    (tmp_path / "T1.out").write_text(f"# seed = 1\n{line}\n", encoding="utf-8")
    path = tmp_path / "T1.cncf.txt"
    path.write_text("chrom\tstart\tend\ttcn.em\tlcn.em\n1\t1\t9\t2\t1\n", encoding="utf-8")
    name, value = line.removeprefix("# ").split(" = ")
    assert f"T1.out:2: {value} is not a {name.lower()}; allowed: " in str(fault(path))


def test_a_mean_that_can_be_no_ploidy_is_not_taken_for_one(tmp_path: Path) -> None:
    profile = import_copy_number(allelic(tmp_path, "17 1 1000 0 0", "17 1001 1100 1 0"), sample="T1")
    assert profile.purity_ploidy.ploidy is None


def test_problems_of_a_file_and_of_its_companions_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "T1.purple.purity.tsv").write_text("purity\tploidy\n1.5\t\n", encoding="utf-8")
    (tmp_path / "T1.purple.qc").write_text("Method\tNORMAL\n", encoding="utf-8")
    path = tmp_path / "T1.purple.cnv.somatic.tsv"
    path.write_text("chromosome\tstart\tend\tcopyNumber\n1\t1\t9\tNaN\n", encoding="utf-8")
    files = [Path(problem.file).name for problem in fault(path).problems]
    assert files == [
        "T1.purple.cnv.somatic.tsv",
        "T1.purple.purity.tsv",
        "T1.purple.purity.tsv",
        "T1.purple.qc",
    ]


def test_positions_beyond_the_chromosome_speak_of_the_other_build(tmp_path: Path) -> None:
    path = allelic(tmp_path, "17 1 83000000 1 1")
    profile = import_copy_number(path, sample="T1")
    with pytest.raises(CopyNumberFileError, match="lie beyond their chromosome on GRCh37"):
        check_positions(profile, path, build=GenomeBuild.GRCH37)
    check_positions(profile, path, build=GenomeBuild.GRCH38)


# property: whatever is done to a file, the answer is a profile or one of our errors

SEEDS = {
    "gene_calls": "Gene\tCopy Number\nERBB2\t16\nMET\t5\n",
    "purple": "chromosome\tstart\tend\tcopyNumber\tbafCount\tminorAlleleCopyNumber\n1\t1\t500\t2.0\t9\t1.0\n"
    "17\t39700001\t39900000\t21.5\t3\t1.0\n",
    "cnvkit": "chromosome\tstart\tend\tgene\tlog2\tcn\tcn1\tcn2\tprobes\nchr1\t0\t500\t-\t0.1\t2\t1\t1\t9\n"
    "chr17\t39700000\t39900000\tERBB2\t2.1\t9\t8\t1\t5\n",
    "facets": "chrom\tseg\tnum.mark\tnhet\tcnlr.median\tstart\tend\tcf.em\ttcn.em\tlcn.em\n1\t1\t9\t9\t0.1\t1\t500\t1\t2\t1\n"
    "23\t1\t9\t9\t0.1\t1\t5e2\t1\t2\tNA\n",
    "ascat": "sample\tchr\tstartpos\tendpos\tnMajor\tnMinor\nT1\t1\t1\t500\t1\t1\nT1\t17\t39700001\t39900000\t8\t1\n",
    "sequenza": "chromosome\tstart.pos\tend.pos\tBf\tdepth.ratio\tCNt\tA\tB\n1\t1\t500\t0.5\t1\t2\t1\t1\n"
    "17\t39700001\t39900000\t0.1\t4\t7\t6\t1\n",
    "purecn": "Sampleid,chr,start,end,arm,C,M,seg.mean\nT1,1,1,500,p,2,1,0.01\nT1,17,39700001,39900000,q,14.2,1,1.8\n",
    "gatk": "@SQ\tSN:chr1\tLN:248956422\nCONTIG\tSTART\tEND\tNUM_POINTS_COPY_RATIO\tMEAN_LOG2_COPY_RATIO\tCALL\n"
    "chr1\t1\t500\t9\t-0.1\t0\nchr17\t39700001\t39900000\t30\t1.9\t+\n",
    "allelic_segments": ALLELIC + "1\t1\t500\t1\t1\n17\t39700001\t39900000\t8\t1\n",
    "battenberg": "chr\tstartpos\tendpos\tBAF\tpval\tLogR\tntot\tnMaj1_A\tnMin1_A\tfrac1_A\tnMaj2_A\tnMin2_A\tfrac2_A\n"
    "1\t1\t500\t0.5\t1\t0\t2\t1\t1\t1\tNA\tNA\tNA\n17\t39700001\t39900000\t0.9\t0\t2\t9\t8\t1\t0.75\t4\t1\t0.25\n",
    "titan": "Sample\tChromosome\tStart_Position(bp)\tEnd_Position(bp)\tLength(snp)\tMedian_Ratio\tMedian_logR\tTITAN_state\t"
    "TITAN_call\tCopy_Number\tMinorCN\tMajorCN\nT1\t1\t1\t500\t9\t0.5\t0\t3\tHET\t2\t1\t1\n"
    "T1\t17\t39700001\t39900000\t9\t0.9\t2\t20\tASCNA\t8\t1\t7\n",
    "absolute": "sample\tChromosome\tStart.bp\tEnd.bp\tn_probes\tlength\tmodal_total_cn\trescaled_total_cn\trescaled.cn.a1\n"
    "T1\t1\t1\t500\t9\t500\t2\t2.02\t1.01\nT1\t17\t39700001\t39900000\t9\t200000\t14\t14.2\t1\n",
    "sclust": "Sample\tChromosome\tStart\tEnd\tCopy_Nr_Raw\tCopyNr\tA\tB\tLOH\tTheta\tTheta_Exp\tn_SNPs\n"
    "T1\tchr1\t1\t500\t2.08\t2\t1\t1\t0\t0.3\t0.3\t9\nT1\tchr17\t39700001\t39900000\t14.2\t14\t13\t1\t0\t0.3\t0.3\t9\n",
    "hatchet": "#CHR\tSTART\tEND\tSAMPLE\tcn_normal\tu_normal\tcn_clone1\tu_clone1\n"
    "1\t0\t500\tT1\t1|1\t0.4\t1|1\t0.6\n17\t39700000\t39900000\tT1\t1|1\t0.4\t13|1\t0.6\n",
    "wakhan": "#chr: chromosome\n#chr\tstart\tend\tcoverage\tcopynumber_state\tconfidence\tsvs_breakpoints_ids\n"
    "1\t0\t500\t30.1\t2\t1.0\t[]\n17\t39700000\t39900000\t210\t14\t0.9\t[]\n",
    "control_freec": "chr\tstart\tend\tcopy number\tstatus\tgenotype\tuncertainty\tWilcoxonRankSumTestPvalue\t"
    "KolmogorovSmirnovPvalue\n1\t1\t500\t3\tgain\t-\t-1\t0.01\t0.01\n17\t39700001\t39900000\t14\tgain\t-\t-1\t0.001\t0.001\n",
    "ichorcna": "ID\tchrom\tstart\tend\tnum.mark\tseg.median.logR\tcopy.number\tcall\tsubclone.status\tlogR_Copy_Number\t"
    "Corrected_Copy_Number\tCorrected_Call\nT1\t1\t1\t500\t9\t-0.01\t2\tNEUT\tFALSE\t2.0\t2\tNEUT\n"
    "T1\t17\t39700001\t39900000\t9\t1.2\t5\tHLAMP\tFALSE\t13.9\t14\tHLAMP\n",
    "qdnaseq": "SAMPLE_NAME\tCHROMOSOME\tSTART\tSTOP\tDATAPOINTS\tLOG2_RATIO_MEAN\n"
    "T1\t1\t1\t500\t9\t-0.02\nT1\t17\t39700001\t39900000\t9\t2.1\n",
    "dragen": "Sample\tChromosome\tStart\tEnd\tNum_Probes\tSegment_Mean\tSegment_Call\tQual\tFilter\tCopy_Number\tPloidy\n"
    "T1\tchr1\t1\t20000000\t9\t0.98\t0\t50\tPASS\t2\t2\nT1\tchr17\t39700001\t39900000\t9\t4.3\t+\t200\tPASS\t9\t2\n",
    "gdc": "GDC_Aliquot\tChromosome\tStart\tEnd\tNum_Probes\tSegment_Mean\n"
    "a1\t1\t1\t500\t9\t-0.01\na1\t17\t39700001\t39900000\t9\t2.1\n",
    "total_copies": "chrom\tstart\tend\ttotal_cn\tminor_cn\n1\t1\t500\t2\t1\n17\t39700001\t39900000\t14.2\t1\n",
    "seg": "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\nT1\t1\t1\t500\t9\t-0.1\nT1\t17\t39700001\t39900000\t9\t2.1\n",
}

JUNK = st.sampled_from(
    [
        "",
        "NA",
        "NaN",
        "-1",
        "1e400",
        "-inf",
        "0",
        "1e9",
        "x",
        "\t",
        "\n",
        '"',
        ",",
        "٣",
        "\u2028",
        "\r",
        "é",
        "-0.0",
        "99",
    ]
)


def test_every_importer_has_a_seed_that_it_reads(tmp_path: Path) -> None:
    assert set(SEEDS) == set(IMPORTERS)
    for name, text in SEEDS.items():
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        profile = import_copy_number(path, sample="T1")
        assert (profile.source, len(profile.segments) + len(profile.genes)) == (name, 2)


@given(
    name=st.sampled_from(sorted(SEEDS)),
    edits=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 12), JUNK), min_size=1, max_size=4),
    stated=st.booleans(),
)
def test_a_mutated_file_gives_a_sound_profile_or_our_error(
    name: str, edits: list[tuple[int, int, str]], stated: bool
) -> None:
    text = SEEDS[name]
    for place, removed, added in edits:
        at = place % (len(text) + 1)
        text = text[:at] + added + text[at + removed :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "T1.tsv"
        path.write_bytes(text.encode())
        try:
            profile = import_copy_number(path, sample="T1", caller=name if stated else None)
        except CopyNumberFileError as error:
            assert error.problems
            assert all(str(path) in str(problem) for problem in error.problems)
            return
    assert_sound(with_purity_and_ploidy(profile, purity=0.5, ploidy=2.0, sex=None))


def assert_sound(profile: CopyNumberProfile) -> None:
    """No negative copies, no empty or overlapping segments, minor copies within the total."""
    assert profile.segments or profile.genes or profile.gene_calls
    for segment in profile.segments:
        assert 0 <= segment.start < segment.end
        assert segment.copy_number is None or segment.copy_number >= 0
        if segment.copy_number is not None and segment.minor_copy_number is not None:
            assert segment.minor_copy_number >= 0
    for left, right in pairwise(profile.segments):
        assert left.chromosome != right.chromosome or right.start >= left.end - 1
