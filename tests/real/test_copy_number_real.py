"""Importers and verdicts on published copy-number output."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import measure_copy_number
from refractor.copynumber.importers.read_profile import import_copy_number
from refractor.errors import CopyNumberFileError
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.results.copy_number_tables import (
    AMPLICONS,
    AMPLIFICATION_DEFINITIONS,
    GENE_COPY_NUMBER,
    PURITY_PLOIDY,
)
from refractor.step import run_step

pytestmark = pytest.mark.real

COLO829 = "copy_number/colo829/COLO829v003T.purple.cnv.somatic.tsv"
COLO829_CNVKIT = "copy_number/colo829/umccr_COLO829_umccr-cnvkit-call.cns.gz"


@pytest.fixture
def measure(tmp_path: Path, shared_data: Path):
    """Runs the step on a file of the shared data; gives its folder."""

    def run(file: str, *options: str) -> Path:
        out = tmp_path / "out"
        argv = [
            "--sample",
            "S1",
            "--output-dir",
            str(out),
            "--copy-number",
            str(shared_data / file),
            *options,
        ]
        assert run_step(measure_copy_number.parser(), measure_copy_number.main, argv) == 0
        return out

    return run


def genes_of(folder: Path) -> pd.DataFrame:
    table = GENE_COPY_NUMBER.read(folder / "gene_copy_number.tsv")
    assert len(table) == len(load_panel(GenomeBuild.GRCH38).genes)
    return table.set_index("gene")


@pytest.mark.parametrize(("file", "build"), [("grch37", "GRCh37"), ("grch38", "GRCh38")])
def test_t001_coad_has_a_focal_erbb2_amplicon_of_nine_copies(measure, file: str, build: str) -> None:
    out = measure(f"variants/T001-COAD.{file}.cna.tsv", "--genome-build", build)
    erbb2 = genes_of(out).loc["ERBB2"]
    assert (erbb2["copy_number"], erbb2["minor_copy_number"]) == (9.0, 1.0)  # 8 + 1 in the file
    assert (erbb2["call"], erbb2["source"], erbb2["capped"]) == ("amplified", "allelic_segments", "no")
    assert erbb2["arm_copy_number"] == 1.0
    amplicons = AMPLICONS.read(out / "amplicons.tsv")
    (amplicon,) = [row for row in amplicons.itertuples() if "ERBB2" in row.genes.split(",")]
    assert amplicon.end - amplicon.start == pytest.approx(400_000, abs=100)
    assert (amplicon.copy_number, amplicon.focality) == (9.0, "focal")
    assert {"GRB7", "STARD3", "MIEN1", "PGAP3"} <= set(amplicon.genes.split(","))
    definitions = AMPLIFICATION_DEFINITIONS.read(out / "amplification_definitions.tsv")
    of_erbb2 = definitions[definitions["gene"] == "ERBB2"]
    assert len(of_erbb2) == 10
    assert set(of_erbb2[of_erbb2["verdict"] == "no"]["definition"]) == {"20_copies"}
    assert "yes" in set(of_erbb2["verdict"])


@pytest.mark.parametrize(("file", "build"), [("grch37", "GRCh37"), ("grch38", "GRCh38")])
def test_t001_coad_nras_locus_is_reported(measure, file: str, build: str) -> None:
    out = measure(f"variants/T001-COAD.{file}.cna.tsv", "--genome-build", build)
    nras = genes_of(out).loc["NRAS"]
    assert (nras["copy_number"], nras["call"]) == (24.0, "amplified")  # 23 + 1 in the file
    amplicons = AMPLICONS.read(out / "amplicons.tsv")
    assert "NRAS" in set(",".join(amplicons["genes"].dropna()).split(","))


def test_t001_coad_both_builds_call_every_gene_alike(measure) -> None:
    calls = {
        build: genes_of(measure(f"variants/T001-COAD.{build.lower()}.cna.tsv", "--genome-build", build))[
            "call"
        ]
        for build in ("GRCh37", "GRCh38")
    }
    both = pd.DataFrame(calls)
    known = both[(both != "not_assessable").all(axis=1)]
    assert len(known) > 45
    # the segments of the two files were lifted over apart and differ at some places
    assert list(known[known["GRCh37"] != known["GRCh38"]].index) == []


def test_colo829_purple_purity_and_calls(measure) -> None:
    out = measure(COLO829)
    (values,) = PURITY_PLOIDY.read(out / "purity_ploidy.tsv").itertuples()
    assert (values.purity, values.purity_low, values.purity_high) == (0.87, 0.85, 1.0)
    assert (values.ploidy, values.ploidy_low, values.ploidy_high) == (2.10, 2.06, 2.12)
    assert (values.method, values.status, values.whole_genome_doubled) == ("imported", "ok", "no")
    genes = genes_of(out)
    erbb2, braf = genes.loc["ERBB2"], genes.loc["BRAF"]
    # the published run holds reads of a few stretches only: 40 of its 50 segments have method UNKNOWN, no depth window
    # and the stand-in of 2.0000 copies, those of ERBB2 and BRAF among them
    for gene in (erbb2, braf):
        assert pd.isna(gene["copy_number"])
        assert gene["call"] == "not_assessable"
    definitions = AMPLIFICATION_DEFINITIONS.read(out / "amplification_definitions.tsv")
    assert set(definitions[definitions["gene"] == "ERBB2"]["verdict"]) == {"not_assessable"}


def test_colo829_agrees_with_purples_own_driver_catalogue(measure, shared_data: Path) -> None:
    """Of the drivers in our panel: amplified where PURPLE says AMP, deleted where it says DEL."""
    catalogue = pd.read_csv(
        shared_data / "copy_number/colo829/COLO829v003T.purple.driver.catalog.somatic.tsv", sep="\t"
    )
    genes = genes_of(measure(COLO829))
    expected = catalogue[catalogue["driver"].isin(["AMP", "DEL"])].set_index("gene")
    in_panel = [gene for gene in expected.index if gene in genes.index]
    assert "PTEN" in in_panel
    words = {"AMP": "amplified", "DEL": "deleted"}
    for gene in in_panel:
        assert genes.loc[gene, "call"] == words[expected.loc[gene, "driver"]]
        assert genes.loc[gene, "min_copy_number"] == pytest.approx(
            expected.loc[gene, "minCopyNumber"], abs=0.001
        )
        assert genes.loc[gene, "max_copy_number"] == pytest.approx(
            expected.loc[gene, "maxCopyNumber"], abs=0.001
        )
    called = {gene for gene in genes.index if genes.loc[gene, "call"] in words.values()}
    assert called == set(in_panel)


def test_colo829_build_is_told_by_the_telomeres(shared_data: Path) -> None:
    profile = import_copy_number(shared_data / COLO829, sample="COLO829v003T")
    assert profile.build is GenomeBuild.GRCH37
    assert len(profile.segments) == 50
    assert (
        "10",
        89_700_299,
    ) in profile.sv_breakpoints  # the published deletion in PTEN, 89700300 in the file


def test_colo829_cnvkit_on_erbb2(measure) -> None:
    cnvkit = genes_of(measure(COLO829_CNVKIT, "--genome-build", "GRCh37")).loc["ERBB2"]
    assert cnvkit["source"] == "cnvkit"
    assert cnvkit["call"] == "neutral"
    assert cnvkit["copy_number"] == pytest.approx(2.0, abs=0.5)


def test_colo829_cnvkit_at_the_published_purity_calls_every_gene(measure) -> None:
    genes = genes_of(measure(COLO829_CNVKIT, "--genome-build", "GRCh37", "--purity", "0.87", "--sex", "XY"))
    assert genes.loc["ERBB2", "call"] == "neutral"
    assert genes.loc["PTEN", "call"] == "deleted"
    assert "amplified" not in set(genes["call"])


def test_sk_br_3_segments_of_coverage_are_refused(shared_data: Path) -> None:
    """Coverage per segment, with neither ratio nor copies: told, not guessed."""
    with pytest.raises(CopyNumberFileError, match="is of no known copy-number caller"):
        import_copy_number(shared_data / "copy_number/cell_line_depth/skbr3_segments.csv", sample="SK-BR-3")


def test_sk_br_3_segments_as_ratios_are_amplified_and_focal(tmp_path: Path, shared_data: Path) -> None:
    """Its coverage over its genome's mean, as a SEG, at purity 1 and the line's published ploidy of about 3.8."""
    segments = pd.read_csv(
        shared_data / "copy_number/cell_line_depth/skbr3_segments.csv", dtype={"chromosome": str}
    )
    assert len(segments) == 4088
    length = segments["end"] - segments["start"]
    mean = float((segments["segmented_coverage"] * length).sum() / length.sum())
    seg = pd.DataFrame(
        {
            "ID": "SK-BR-3",
            "chrom": segments["chromosome"],
            "loc.start": segments["start"] + 1,
            "loc.end": segments["end"],
            "num.mark": length // 10_000,
            "seg.mean": np.log2(segments["segmented_coverage"].clip(lower=0.5) / mean),
        }
    )
    path = tmp_path / "skbr3.seg"
    seg.to_csv(path, sep="\t", index=False)
    out = tmp_path / "out"
    argv = [
        "--sample",
        "SK-BR-3",
        "--output-dir",
        str(out),
        "--copy-number",
        str(path),
        "--genome-build",
        "GRCh37",
    ]
    argv += ["--purity", "1", "--ploidy", "3.8", "--sex", "XX"]
    assert run_step(measure_copy_number.parser(), measure_copy_number.main, argv) == 0
    erbb2 = genes_of(out).loc["ERBB2"]
    assert erbb2["call"] == "amplified"
    assert erbb2["copy_number"] > 20
    amplicons = AMPLICONS.read(out / "amplicons.tsv")
    focal = [row for row in amplicons.itertuples() if "ERBB2" in str(row.genes).split(",")]
    assert len(focal) == 1
    assert focal[0].focality == "focal"


def test_reads_of_windows_only_are_not_assessable(tmp_path: Path, shared_data: Path) -> None:
    """The CPCT pair has reads over the exons of some genes: no copies, for that reason."""
    out = tmp_path / "out"
    reads = shared_data / "reads"
    argv = ["--sample", "CPCT12345678T", "--output-dir", str(out)]
    argv += ["--tumor-reads", str(reads / "CPCT12345678T.bam")]
    argv += ["--normal-reads", str(reads / "CPCT12345678R.bam")]
    assert run_step(measure_copy_number.parser(), measure_copy_number.main, argv) == 0
    genes = genes_of(out)
    assert set(genes["call"]) == {"not_assessable"}
    assert "a panel, an exome or a slice" in genes.loc["ERBB2", "reason"]
