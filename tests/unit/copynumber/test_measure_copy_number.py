"""The step measure_copy_number on its command line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import measure_copy_number
from resistance.genome import GenomeBuild
from resistance.panel import load_panel
from resistance.sample_tables import (
    AMPLICONS,
    AMPLIFICATION_DEFINITIONS,
    ANALYSES,
    GENE_COPY_NUMBER,
    PURITY_PLOIDY,
    QC,
    SEGMENTS,
)
from resistance.step import run_step

N_GENES = len(load_panel(GenomeBuild.GRCH38).genes)
TABLES = (QC, PURITY_PLOIDY, SEGMENTS, GENE_COPY_NUMBER, AMPLIFICATION_DEFINITIONS, AMPLICONS)


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


def segments_file(folder: Path, copies: str = "8 1") -> Path:
    path = folder / "T1.cna.tsv"
    rows = ["Chromosome Start End nMajor nMinor"]
    rows += [f"{name} 1 40000000 1 1" for name in [*range(1, 17), *range(18, 23), "X"]]
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
    assert states == {"copy_number": "done", "copy_number_from_reads": "skipped"}


def test_settings_reach_the_call(tmp_path: Path) -> None:
    file = segments_file(tmp_path, "4 1")  # 5 copies, ploidy about 2.0
    assert run(tmp_path, "--copy-number", file) == 0
    assert erbb2(tmp_path)["call"] == "gained"
    assert run(tmp_path, "--copy-number", file, "--amplification-ratio", "2") == 0
    assert erbb2(tmp_path)["call"] == "amplified"
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
    file = segments_file(tmp_path, "x 1")
    assert run(tmp_path, "--copy-number", file) == 2
    assert f"{file}:25 nmajor: 'x' is not a number" in capsys.readouterr().err
    assert not (tmp_path / "out" / "gene_copy_number.tsv").exists()
    assert run(tmp_path, "--copy-number", file, "--record-failures", "--purity", "0.4") == 0
    row = erbb2(tmp_path)
    assert row["call"] == "not_assessable"
    assert "'x' is not a number" in row["reason"]
    analyses = tables(tmp_path)["analyses"]
    assert list(analyses[analyses["analysis"] == "copy_number"]["state"]) == ["failed"]
    purity = tables(tmp_path)["purity_ploidy.tsv"]
    assert (purity["purity"][0], purity["method"][0]) == (0.4, "given")


def test_builds_that_contradict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = segments_file(tmp_path)  # 17 reaches 83 Mb: GRCh38
    assert run(tmp_path, "--copy-number", file, "--genome-build", "GRCh37") == 2
    assert "is on GRCh38, but the sheet says GRCh37" in capsys.readouterr().err
    assert run(tmp_path, "--copy-number", file, "--genome-build", "GRCh37", "--record-failures") == 0
    assert erbb2(tmp_path)["call"] == "not_assessable"


def test_a_build_that_nothing_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "T1.cna.tsv"
    path.write_text("Chromosome\tStart\tEnd\tnMajor\tnMinor\n17\t1\t60000000\t1\t1\n", encoding="utf-8")
    assert run(tmp_path, "--copy-number", path) == 2
    assert "fill genome_build with GRCh37 or GRCh38" in capsys.readouterr().err
    assert run(tmp_path, "--copy-number", path, "--default-build", "GRCh37") == 0
    assert erbb2(tmp_path)["start"] == load_panel(GenomeBuild.GRCH37).genes["ERBB2"].start


@pytest.mark.parametrize(
    ("option", "value"), [("purity", "0"), ("purity", "1.5"), ("ploidy", "-1"), ("ploidy", "nan")]
)
def test_an_impossible_purity_or_ploidy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    assert run(tmp_path, "--copy-number", segments_file(tmp_path), f"--{option}", value) == 2
    assert f"sample T1 {option}: {value} is not a {option}; over 0 and at most" in capsys.readouterr().err


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


def test_synthetic_marks_every_table(tmp_path: Path) -> None:
    assert run(tmp_path, "--copy-number", segments_file(tmp_path), "--synthetic") == 0
    written = sorted((tmp_path / "out").iterdir())
    assert len(written) == 7
    for path in written:
        assert path.read_text().splitlines()[0].endswith("\tsynthetic")
