"""Codon status from real reads: the CPCT pair, HCC1143, and an EGFR L861Q at high depth."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.reads.alignment import open_alignment
from refractor.reads.stated_reference import with_stated_bases
from refractor.results.analyses import ANALYSES
from refractor.results.copy_number_tables import PURITY_PLOIDY
from refractor.results.variant_tables import CODON_STATUS
from refractor.variants.codons.overall_status import overall_status
from refractor.variants.panel_vcf import read_panel_vcf
from refractor.vocabulary import Status

pytestmark = pytest.mark.real

KRAS_CODONS = (12, 13, 59, 61, 117, 146)
NRAS_CODONS = (12, 13, 61)

Step = Callable[..., Path]


@pytest.fixture
def call_variants(project: Path, tmp_path: Path, monkeypatch) -> Step:
    """Runs the step on one tumour and returns its output folder."""

    def run(*arguments: str | Path, purity: float | None = None) -> Path:
        folder = tmp_path / f"purity_{purity}"
        known = {"sample": "S", "purity": purity, "method": "given", "status": "ok"}
        unknown = {"sample": "S", "method": "unknown", "status": "not_assessable"}
        table = tmp_path / "purity_ploidy.tsv"
        rows = PURITY_PLOIDY.from_rows([unknown if purity is None else known])
        PURITY_PLOIDY.write(rows, table, synthetic=False)
        command = ["--sample", "S", "--purity-ploidy", table, "--output-dir", folder, *arguments]
        monkeypatch.setattr(sys, "argv", ["call_variants.py", *map(str, command)])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(project / "scripts" / "call_variants.py"), run_name="__main__")
        assert ended.value.code == 0
        return folder

    return run


def codons(folder: Path) -> dict[tuple[str, int], pd.Series]:
    table = CODON_STATUS.read(folder / CODON_STATUS.name)
    return {(row["gene"], row["codon"]): row for _, row in table.iterrows()}


def cpct(shared_data: Path) -> tuple[str | Path, ...]:
    reads = shared_data / "reads"
    return ("--tumor-reads", reads / "CPCT12345678T.bam", "--normal-reads", reads / "CPCT12345678R.bam")


def test_cpct_with_purity_1(call_variants, shared_data):
    folder = call_variants(*cpct(shared_data), purity=1.0)
    rows = codons(folder)
    v600 = rows["BRAF", 600]
    assert (v600["status"], v600["protein_change"]) == (Status.MUTATED, "V600E")
    assert (v600["depth"], v600["alt_reads"]) == (235, 151)
    assert v600["vaf"] == pytest.approx(0.64, abs=0.03)
    for gene, numbers in (("KRAS", KRAS_CODONS), ("NRAS", NRAS_CODONS)):
        for codon in numbers:
            row = rows[gene, codon]
            assert row["status"] == Status.WILD_TYPE, (gene, codon)
            assert 13 <= row["depth"] <= 24
            assert row["power"] >= 0.95
    assert rows["NRAS", 117]["status"] == Status.NOT_ASSESSABLE
    assert rows["NRAS", 117]["depth"] == 0
    assert "no fragment shows the codon" in rows["NRAS", 117]["reason"]
    table = CODON_STATUS.read(folder / CODON_STATUS.name)
    assert list(table[table["status"] == Status.MUTATED]["gene"]) == ["BRAF"]
    assert overall_status(table, ["KRAS"]) is Status.WILD_TYPE
    assert overall_status(table, ["KRAS", "NRAS"]) is Status.NOT_ASSESSABLE
    assert overall_status(table, ["BRAF"]) is Status.MUTATED


def test_cpct_with_purity_unknown_says_what_depth_it_would_take(call_variants, shared_data):
    rows = codons(call_variants(*cpct(shared_data)))
    assert rows["BRAF", 600]["status"] == Status.MUTATED
    for gene, numbers in (("KRAS", KRAS_CODONS), ("NRAS", NRAS_CODONS)):
        for codon in numbers:
            row = rows[gene, codon]
            assert row["status"] == Status.NOT_ASSESSABLE, (gene, codon)
            # purity 0.2 on 2 copies: VAF 0.1, 46 fragments for 2 reads beside a normal with probability 0.95
            assert "46 are needed" in row["reason"]
            assert "purity unknown, 0.2 assumed" in row["reason"]


def test_cpct_variants_are_those_of_the_truth(call_variants, shared_data):
    """In these windows PURPLE's somatic VCF of COLO829 holds BRAF V600E and CDKN2A A68fs, and nothing else.

    The tumour is another person's reads with COLO829's added, so COLO829's own polymorphisms are not in the
    normal: they are marked as inherited by their place.
    """
    folder = call_variants(*cpct(shared_data), purity=1.0)
    rows = [row for row in read_panel_vcf(folder / "variants.vcf.gz") if not row[0].filters]
    somatic = [(o, c) for o, c in rows if not o.germline_likely]
    assert [(str(o.variant), c.protein_change) for o, c in somatic if c] == [
        ("7:140453136 A>T", "V600E"),
        ("9:21971153 CCG>C", "A68Gfs*51"),
    ]
    v600e, frameshift = (o for o, _ in somatic)
    assert (v600e.normal_alt_reads, v600e.normal_depth) == (0, 45)
    assert frameshift.normal_alt_reads == 0
    assert frameshift.vaf == pytest.approx(0.86, abs=0.02)
    strangers = {
        c.protein_change: o for o, c in rows if c and o.germline_likely and o.normal_alt_reads in (0, 1)
    }
    assert set(strangers) == {"H27=", "M541L"}
    assert any("rs12628" in note for note in strangers["H27="].notes)


def test_nothing_is_called_in_the_cpct_normal(call_variants, shared_data):
    normal = shared_data / "reads" / "CPCT12345678R.bam"
    folder = call_variants("--tumor-reads", normal, purity=1.0)
    table = CODON_STATUS.read(folder / CODON_STATUS.name)
    assert len(table) > 500
    assert not (table["status"] == Status.MUTATED).any()
    analyses = ANALYSES.read(folder / "variants_analyses.tsv").set_index("analysis")
    assert analyses.loc["normal_reads", "state"] == "skipped"
    passed = [o for o, _ in read_panel_vcf(folder / "variants.vcf.gz") if not o.filters]
    assert [o.variant for o in passed if not o.germline_likely] == []


def test_hcc1143_hras_is_wild_type_with_depth(call_variants, shared_data):
    reads = shared_data / "reads"
    rows = codons(
        call_variants(
            "--tumor-reads",
            reads / "HCC1143.HRAS_locus.b37.bam",
            "--normal-reads",
            reads / "HCC1143_BL.HRAS_locus.b37.bam",
            purity=1.0,
        )
    )
    hras = [rows["HRAS", codon] for codon in (12, 13, 59, 61, 117, 146)]
    assert [row["status"] for row in hras] == [Status.WILD_TYPE] * 6
    assert all(40 <= row["depth"] <= 75 for row in hras)
    assert rows["KRAS", 12]["status"] == Status.NOT_ASSESSABLE


def test_egfr_l861q_is_found(call_variants, shared_data):
    folder = call_variants("--tumor-reads", shared_data / "reads" / "vardict_EGFR_L861Q.hg19.bam", purity=1.0)
    row = codons(folder)["EGFR", 861]
    assert (row["status"], row["protein_change"]) == (Status.MUTATED, "L861Q")
    assert row["depth"] > 300


def test_reads_state_the_reference_they_were_aligned_to(shared_data):
    """The HRAS coding sequence as the MD tags of HCC1143's reads spell it is the shipped one."""
    build = GenomeBuild.GRCH37
    hras = load_panel(build).genes["HRAS"]
    intervals = [("11", start, end) for start, end in hras.cds]

    class Blank(Reference):
        """Knows nothing."""

        def fetch(self, chromosome: str, start: int, end: int) -> str:
            return "N" * (end - start)

    path = shared_data / "reads" / "HCC1143.HRAS_locus.b37.bam"
    with Blank(None, build) as blank, Reference(None, build) as shipped:
        with open_alignment(path, reference=None) as alignment:
            stated = with_stated_bases(blank, [alignment], intervals)
        spelled = "".join(stated.fetch(*interval) for interval in intervals)
        assert len(spelled) == hras.cds_length
        assert "N" not in spelled
        assert spelled == "".join(shipped.fetch(*interval) for interval in intervals)
