"""The step measure_copy_number on its command line."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from alignment_files import Read, WriteBam

import measure_copy_number
from refractor.copynumber.fit.fit import ReadsFit
from refractor.copynumber.fit.fit_settings import FitSettings
from refractor.copynumber.segments import CopyNumberProfile, PosteriorDraws
from refractor.genome.builds import CHROMOSOMES, CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.reads.alignment import Alignment
from refractor.results.analyses import ANALYSES
from refractor.results.copy_number_tables import (
    AMPLICONS,
    AMPLIFICATION_DEFINITIONS,
    GENE_COPY_NUMBER,
    PURITY_PLOIDY,
    SEGMENTS,
    PurityMethod,
    PurityPloidy,
    PurityStatus,
    Segment,
)
from refractor.results.quality import COPY_NUMBER_QC
from refractor.step import run_step
from refractor.tumor import copy_number as copy_number_flow

N_GENES = len(load_panel(GenomeBuild.GRCH38).genes)
TABLES = (COPY_NUMBER_QC, PURITY_PLOIDY, SEGMENTS, GENE_COPY_NUMBER, AMPLIFICATION_DEFINITIONS, AMPLICONS)


def run(folder: Path, *options: object) -> int:
    argv = ["--sample", "T1", "--output-dir", folder / "out", *options]
    return run_step(measure_copy_number.parser(), measure_copy_number.main, [str(part) for part in argv])


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    found = {table.name: table.read(folder / "out" / table.name) for table in TABLES}
    return found | {"analyses": ANALYSES.read(folder / "out" / "copy_number_analyses.tsv")}


def erbb2(folder: Path) -> pd.Series:
    genes = tables(folder)["gene_copy_number.tsv"]
    assert len(genes) == N_GENES
    return genes[genes["gene"] == "ERBB2"].iloc[0]


def segments_file(folder: Path, copies: str = "8 1", others: str = "1 1") -> Path:
    path = folder / "T1.cna.tsv"
    rows = ["Chromosome Start End nMajor nMinor"]
    lengths = CONTIG_LENGTHS[GenomeBuild.GRCH38]
    rows += [f"{name} 1 {lengths[str(name)] - 9} {others}" for name in [*range(1, 17), *range(18, 23), "X"]]
    rows += ["17 1 39500000 1 1", f"17 39500001 40000000 {copies}", "17 40000001 83000000 1 1"]
    path.write_text("".join("\t".join(row.split()) + "\n" for row in rows), encoding="utf-8")
    return path


def test_import_alone(tmp_path: Path) -> None:
    assert run(tmp_path, "--copy-number", segments_file(tmp_path), "--purity", "0.5") == 0
    found = tables(tmp_path)
    row = erbb2(tmp_path)
    assert (row["call"], row["copy_number"], row["source"]) == ("amplified", 9.0, "allelic_segments")
    purity = found["purity_ploidy.tsv"]
    assert len(purity) == 1
    assert row["copy_number_over_ploidy"] == pytest.approx(9 / purity["ploidy"][0], rel=1e-4)
    assert (purity["purity"][0], purity["method"][0], purity["status"][0]) == (0.5, "given", "ok")
    assert len(found["segments.tsv"]) == 25
    definitions = found["amplification_definitions.tsv"]
    assert len(definitions) == 10 * N_GENES
    assert set(definitions["source"]) == {"allelic_segments"}
    amplicons = found["amplicons.tsv"]
    assert len(amplicons) == 1
    assert (amplicons["start"][0], amplicons["end"][0], amplicons["focality"][0]) == (
        39_500_000,
        40_000_000,
        "focal",
    )
    states = dict(zip(found["analyses"]["analysis"], found["analyses"]["state"], strict=True))
    assert states == {"copy_number": "done", "copy_number_from_reads": "skipped", "identity": "skipped"}


def test_settings_reach_the_call(tmp_path: Path) -> None:
    file = segments_file(tmp_path, "4 1")  # 5 copies, ploidy about 2.0
    pure = ("--copy-number", file, "--purity", "0.5")
    assert run(tmp_path, *pure) == 0
    assert erbb2(tmp_path)["call"] == "gained"
    assert run(tmp_path, *pure, "--amplification-ratio", "2") == 0
    assert erbb2(tmp_path)["call"] == "amplified"
    assert run(tmp_path, "--copy-number", file) == 0  # at the least purity that may lie behind it, 5 may be 8
    assert erbb2(tmp_path)["call"] == "not_assessable"
    assert run(tmp_path, "--copy-number", file, "--purity", "0.3", "--min-purity", "0.4") == 0
    assert erbb2(tmp_path)["call"] == "not_assessable"


def test_neither_reads_nor_file(tmp_path: Path) -> None:
    assert run(tmp_path) == 0
    row = erbb2(tmp_path)
    assert (row["call"], row["source"]) == ("not_assessable", "none")
    assert row["reason"] == "neither reads nor a copy-number file given"
    found = tables(tmp_path)
    assert len(found["amplification_definitions.tsv"]) == 10 * N_GENES
    assert set(found["amplification_definitions.tsv"]["verdict"]) == {"not_assessable"}
    assert len(found["segments.tsv"]) == len(found["amplicons.tsv"]) == 0
    assert found["purity_ploidy.tsv"]["status"][0] == "not_assessable"


def test_a_broken_file_ends_with_2_or_is_recorded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = segments_file(tmp_path, "8 1", others="x 1")
    assert run(tmp_path, "--copy-number", file) == 2
    assert f"{file}:2 nmajor: 'x' is not a number" in capsys.readouterr().err
    assert not (tmp_path / "out" / "gene_copy_number.tsv").exists()
    assert run(tmp_path, "--copy-number", file, "--record-failures", "--purity", "0.4") == 0
    row = erbb2(tmp_path)
    assert row["call"] == "not_assessable"
    assert "'x' is not a number" in row["reason"]
    analyses = tables(tmp_path)["analyses"]
    assert list(analyses[analyses["analysis"] == "copy_number"]["state"]) == ["failed"]
    purity = tables(tmp_path)["purity_ploidy.tsv"]
    assert (purity["purity"][0], purity["method"][0]) == (0.4, "given")


def test_one_bad_cell_costs_its_segment(tmp_path: Path) -> None:
    assert run(tmp_path, "--copy-number", segments_file(tmp_path, "x 1")) == 0
    row = erbb2(tmp_path)
    assert (row["call"], row["reason"]) == (
        "not_assessable",
        "no segment of allelic_segments with copies covers ERBB2",
    )
    quality = tables(tmp_path)["copy_number_qc.tsv"].set_index("metric")
    assert quality.loc["imported_rows_with_faults", "value"] == "1"
    assert "'x' is not a number" in quality.loc["imported_rows_with_faults", "note"]


def test_two_files_of_one_tumor(tmp_path: Path) -> None:
    first = segments_file(tmp_path)
    (tmp_path / "other").mkdir()
    second = segments_file(tmp_path / "other", "11 1")
    assert run(tmp_path, "--copy-number", f"{first};{second}") == 0
    genes = tables(tmp_path)["gene_copy_number.tsv"]
    both = genes[genes["gene"] == "ERBB2"]
    assert list(both["source"]) == ["allelic_segments", "allelic_segments 2"]
    assert list(both["call"]) == ["amplified", "amplified"]
    assert list(both["copy_number"]) == [9.0, 12.0]
    quality = tables(tmp_path)["copy_number_qc.tsv"].set_index("metric")
    assert quality.loc["copy_number_files_agree", "status"] == "pass"
    analyses = tables(tmp_path)["analyses"].set_index("analysis")
    assert analyses.loc["copy_number", "reason"] == "imported from allelic_segments and allelic_segments"


def test_builds_that_contradict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = segments_file(tmp_path)  # 17 reaches 83 Mb: GRCh38
    assert run(tmp_path, "--copy-number", file, "--genome-build", "GRCh37") == 2
    assert "is on GRCh38, but the sheet says GRCh37" in capsys.readouterr().err
    assert run(tmp_path, "--copy-number", file, "--genome-build", "GRCh37", "--record-failures") == 0
    assert erbb2(tmp_path)["call"] == "not_assessable"


def test_positions_beyond_both_builds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "T1.cna.tsv"
    path.write_text("Chromosome\tStart\tEnd\tnMajor\tnMinor\n17\t1\t90000000\t1\t1\n", encoding="utf-8")
    assert run(tmp_path, "--copy-number", path, "--genome-build", "GRCh38") == 2
    assert "lie beyond their chromosome on GRCh38" in capsys.readouterr().err


def test_a_build_that_nothing_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "T1.cna.tsv"
    path.write_text("Chromosome\tStart\tEnd\tnMajor\tnMinor\n17\t1\t60000000\t1\t1\n", encoding="utf-8")
    assert run(tmp_path, "--copy-number", path) == 2
    assert "fill genome_build with GRCh37 or GRCh38" in capsys.readouterr().err
    assert run(tmp_path, "--copy-number", path, "--default-build", "GRCh37") == 0
    assert erbb2(tmp_path)["start"] == load_panel(GenomeBuild.GRCH37).genes["ERBB2"].start


@pytest.mark.parametrize(
    ("option", "value"),
    [("purity", "0"), ("purity", "1.5"), ("ploidy", "-1"), ("ploidy", "0.4"), ("ploidy", "nan")],
)
def test_an_impossible_purity_or_ploidy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    assert run(tmp_path, "--copy-number", segments_file(tmp_path), f"--{option}", value) == 2
    assert f"sample T1 {option}: {value} is not a {option}; allowed: " in capsys.readouterr().err


def test_ratios_with_and_without_purity(tmp_path: Path) -> None:
    path = tmp_path / "T1.cns"
    # purity 0.5, ploidy 2: 20 copies are a ratio of (0.5*20 + 1) / 2 = 5.5, log2 2.459
    rows = [
        "chromosome start end gene log2 depth probes weight",
        "chr17 0 39500000 - 0 30 9 9",
        "chr17 39500000 40000000 ERBB2 2.4594 165 9 9",
        "chr17 40000000 83257441 - 0 30 9 9",
    ]
    path.write_text("".join("\t".join(row.split()) + "\n" for row in rows), encoding="utf-8")
    assert run(tmp_path, "--copy-number", path) == 0
    row = erbb2(tmp_path)
    assert row["call"] == "not_assessable"
    assert row["reason"] == "log2 ratio 2.46, but copies need purity and ploidy: fill them in the sheet"
    assert tables(tmp_path)["segments.tsv"]["log2_ratio"].notna().all()
    assert run(tmp_path, "--copy-number", path, "--purity", "0.5", "--ploidy", "2") == 0
    row = erbb2(tmp_path)
    assert row["call"] == "amplified"
    assert row["copy_number"] == pytest.approx(20.0, abs=0.01)


def fitted(copies: float) -> ReadsFit:
    """As if fitted from reads: 17q12 at `copies`, chromosome 20 at 3, everything else at 2, with draws that are sure."""
    lengths = CONTIG_LENGTHS[GenomeBuild.GRCH38]
    segments = [
        Segment(
            chromosome=name,
            start=0,
            end=lengths[name],
            copy_number=3.0 if name == "20" else 2.0,  # what shows the tumour
            minor_copy_number=1.0,
        )
        for name in CHROMOSOMES
        if name not in ("17", "Y")
    ]
    segments += [
        Segment(chromosome="17", start=0, end=39_500_000, copy_number=2.0, minor_copy_number=1.0),
        Segment(chromosome="17", start=39_500_000, end=40_000_000, copy_number=copies, minor_copy_number=1.0),
        Segment(chromosome="17", start=40_000_000, end=lengths["17"], copy_number=2.0, minor_copy_number=1.0),
    ]
    ones = np.ones(50)
    table = np.outer([segment.copy_number or 0.0 for segment in segments], ones)
    profile = CopyNumberProfile(
        "reads",
        GenomeBuild.GRCH38,
        tuple(segments),
        purity_ploidy=PurityPloidy(
            purity=0.7,
            purity_low=0.65,
            purity_high=0.75,
            ploidy=2.0,
            ploidy_low=1.95,
            ploidy_high=2.05,
            whole_genome_doubled=False,
            method=PurityMethod.FITTED,
            status=PurityStatus.OK,
        ),
        draws=PosteriorDraws(0.7 * ones, 2.0 * ones, table),
        sex="XX",
    )
    return ReadsFit(profile, (), None)


@pytest.fixture
def fit(monkeypatch: pytest.MonkeyPatch) -> Callable[[ReadsFit], list[dict[str, object]]]:
    """Puts a ready fit in place of the reading; gives the options it was called with."""

    def put(result: ReadsFit) -> list[dict[str, object]]:
        calls: list[dict[str, object]] = []

        def stand_in(tumor: Alignment, normal: Alignment | None, **options: object) -> ReadsFit:
            calls.append({"tumor": tumor.path, "normal": normal, **options})
            return result

        monkeypatch.setattr(copy_number_flow, "fit_from_reads", stand_in)
        return calls

    return put


@pytest.fixture
def tumor_bam(write_bam: WriteBam) -> Path:
    return write_bam([Read("17", 1000, "ACGTACGT", "r1")])


def test_reads_alone(
    tmp_path: Path, tumor_bam: Path, fit: Callable[[ReadsFit], list[dict[str, object]]]
) -> None:
    calls = fit(fitted(12.0))
    options = ("--purity", "0.7", "--sex", "XX", "--windows", "5000", "--min-purity", "0.1")
    assert run(tmp_path, "--tumor-reads", tumor_bam, *options) == 0
    assert len(calls) == 1
    assert (calls[0]["tumor"], calls[0]["normal"], calls[0]["purity"]) == (tumor_bam, None, 0.7)
    assert (calls[0]["build"], calls[0]["sex"]) == (GenomeBuild.GRCH38, "XX")
    settings = calls[0]["settings"]
    assert isinstance(settings, FitSettings)
    assert (settings.windows, settings.min_purity) == (5000, 0.1)
    row = erbb2(tmp_path)
    assert (row["call"], row["p_amplified"], row["source"]) == ("amplified", 1.0, "reads")
    assert tables(tmp_path)["purity_ploidy.tsv"]["method"][0] == "fitted"


def test_reads_and_file_are_both_reported_and_their_disagreement_is_stated(
    tmp_path: Path, tumor_bam: Path, fit: Callable[[ReadsFit], list[dict[str, object]]]
) -> None:
    fit(fitted(2.0))
    assert run(tmp_path, "--tumor-reads", tumor_bam, "--copy-number", segments_file(tmp_path)) == 0
    found = tables(tmp_path)
    genes = found["gene_copy_number.tsv"]
    assert len(genes) == 2 * N_GENES
    both = genes[genes["gene"] == "ERBB2"]
    assert list(both["source"]) == ["reads", "allelic_segments"]
    assert list(both["call"]) == ["neutral", "amplified"]
    told = "sources disagree: reads neutral (2.0 copies), allelic_segments amplified (9.0 copies)"
    assert all(told in reason for reason in both["reason"])
    assert found["purity_ploidy.tsv"]["purity"][0] == 0.7  # of the reads, which come first
    quality = found["copy_number_qc.tsv"].set_index("metric")
    assert quality.loc["copy_number_sources_agree", "status"] == "warn"
    assert "ERBB2" in quality.loc["copy_number_sources_agree", "note"]
    assert set(found["segments.tsv"]["source"]) == {"reads", "allelic_segments"}
    assert list(found["amplicons.tsv"]["source"]) == ["allelic_segments"]


def test_a_file_comes_first_where_the_reads_say_nothing(
    tmp_path: Path, tumor_bam: Path, fit: Callable[[ReadsFit], list[dict[str, object]]]
) -> None:
    ready = fitted(2.0)
    panel_only = replace(ready, profile=replace(ready.profile, segments=(), draws=None, unusable="a panel"))
    fit(panel_only)
    assert run(tmp_path, "--tumor-reads", tumor_bam, "--copy-number", segments_file(tmp_path)) == 0
    both = tables(tmp_path)["gene_copy_number.tsv"]
    assert list(both[both["gene"] == "ERBB2"]["source"]) == ["allelic_segments", "reads"]
    analyses = tables(tmp_path)["analyses"].set_index("analysis")
    assert tuple(analyses.loc["copy_number_from_reads", ["state", "reason"]]) == ("skipped", "a panel")


def test_reads_of_another_build_than_the_file(
    tmp_path: Path,
    tumor_bam: Path,
    fit: Callable[[ReadsFit], list[dict[str, object]]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    calls = fit(fitted(12.0))
    path = tmp_path / "b37.tsv"
    path.write_text("Chromosome\tStart\tEnd\tnMajor\tnMinor\n1\t1\t249250621\t1\t1\n", encoding="utf-8")
    options = ("--tumor-reads", tumor_bam, "--copy-number", path)
    assert run(tmp_path, *options) == 2
    assert "are on different genome builds" in capsys.readouterr().err
    assert run(tmp_path, *options, "--record-failures") == 0
    assert calls == []
    states = tables(tmp_path)["analyses"].set_index("analysis")["state"]
    assert (states["copy_number"], states["copy_number_from_reads"]) == ("failed", "failed")


def test_broken_reads_do_not_take_the_file_with_them(
    tmp_path: Path, write_bam: WriteBam, fit: Callable[[ReadsFit], list[dict[str, object]]]
) -> None:
    calls = fit(fitted(12.0))
    bam = write_bam([Read("17", 1000, "ACGTACGT", "r1")], index=False)
    options = ("--tumor-reads", bam, "--copy-number", segments_file(tmp_path))
    assert run(tmp_path, *options) == 2
    assert run(tmp_path, *options, "--record-failures") == 0
    assert calls == []
    assert (erbb2(tmp_path)["source"], erbb2(tmp_path)["call"]) == ("allelic_segments", "amplified")


def test_breakpoints_support_the_amplicon(tmp_path: Path) -> None:
    path = tmp_path / "sv.vcf"

    def write(position: int, filters: str) -> None:
        path.write_text(
            "##fileformat=VCFv4.2\n##contig=<ID=chr17,length=83257441>\n"
            '##FILTER=<ID=LOW,Description="weak">\n##ALT=<ID=DUP,Description="x">\n'
            '##INFO=<ID=END,Number=1,Type=Integer,Description="x">\n'
            '##INFO=<ID=SVTYPE,Number=1,Type=String,Description="x">\n'
            "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
            f"chr17\t{position}\tdup\tA\t<DUP>\t99\t{filters}\tSVTYPE=DUP;END=60000000\n",
            encoding="utf-8",
        )

    for position, filters, expected in (
        (39_500_100, "PASS", "yes"),
        (45_000_000, "PASS", "no"),
        (39_500_100, "LOW", "no"),
    ):
        write(position, filters)
        assert run(tmp_path, "--copy-number", segments_file(tmp_path), "--structural-variants", path) == 0
        assert list(tables(tmp_path)["amplicons.tsv"]["sv_support"]) == [expected]
    assert run(tmp_path, "--copy-number", segments_file(tmp_path)) == 0
    assert tables(tmp_path)["amplicons.tsv"]["sv_support"].isna().all()


def test_synthetic_marks_every_table(tmp_path: Path) -> None:
    assert run(tmp_path, "--copy-number", segments_file(tmp_path), "--synthetic") == 0
    written = sorted((tmp_path / "out").iterdir())
    assert len(written) == 9
    assert (tmp_path / "out" / "genotypes.npz") in written
    with gzip.open(tmp_path / "out" / "windows.tsv.gz", "rt") as windows:
        assert windows.read().splitlines() == [
            "chromosome\tstart\tend\tlog2_ratio\tcopy_number\talt_share\tsynthetic"
        ]  # no reads, no windows
    for path in (path for path in written if path.suffix == ".tsv"):
        assert path.read_text().splitlines()[0].endswith("\tsynthetic")
