"""Simulated tumours through the variants and the evidence step: what their reads can and cannot vouch for."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import annotate_alterations
import call_variants
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.results.copy_number_tables import (
    AMPLICONS,
    AMPLIFICATION_DEFINITIONS,
    GENE_COPY_NUMBER,
    PURITY_PLOIDY,
)
from refractor.results.evidence_tables import RULES
from refractor.results.variant_tables import CODON_STATUS
from refractor.step import run_step
from synthetic.events import SpikedVariant
from synthetic.genomes import Depths, Seeds, simulate_panel_reads
from synthetic.territory import Region
from synthetic.truth import TumorTruth

BUILD = GenomeBuild.GRCH38
PANEL = load_panel(BUILD)
RAS = [codon for codon in PANEL.decisive_codons if codon.gene in {"KRAS", "NRAS"}]
EXON_20 = Region("17", 39_724_690, 39_724_810)
"""ERBB2 exon 20, codons 769 to 808 on GRCh38."""
DOCS_SEED, DOCS_DEPTH = 30, 30.0

Run = Callable[..., Path]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Simulate a pair, and run the steps on it with the true purity given."""

    def simulate_and_run(
        regions: list[Region],
        *,
        purity: float,
        depth: float,
        seed: int,
        variants: tuple[SpikedVariant, ...] = (),
    ) -> Path:
        tumor, normal = tmp_path / "t.bam", tmp_path / "n.bam"
        simulate_panel_reads(
            TumorTruth("S", BUILD, purity, variants=variants),
            tumor_path=tumor,
            normal_path=normal,
            depths=Depths(depth, 40),
            seeds=Seeds(seed, seed),
            regions=regions,
        )
        folder = tmp_path / "out"
        row = {"sample": "S", "purity": purity, "ploidy": 2.0, "method": "given", "status": "ok"}
        genes = [
            {
                "gene": gene.symbol,
                "chromosome": gene.chromosome,
                "start": gene.start,
                "end": gene.end,
                "copy_number": 2.0,
                "minor_copy_number": 1.0,
                "call": "neutral",
                "source": "test",
            }
            for gene in PANEL.genes.values()
        ]
        tables = {
            PURITY_PLOIDY: [row],
            GENE_COPY_NUMBER: genes,
            AMPLIFICATION_DEFINITIONS: [],
            AMPLICONS: [],
        }
        for table, rows in tables.items():
            table.write(table.from_rows(rows), folder / table.name, synthetic=True)
        common = ["--sample", "S", "--output-dir", folder]
        copies = ["--purity-ploidy", folder / PURITY_PLOIDY.name]
        copies += ["--gene-copy-number", folder / GENE_COPY_NUMBER.name]
        reads = ["--tumor-reads", tumor, "--normal-reads", normal]
        found = ["--variants", folder / "variants.vcf.gz", "--codon-status", folder / "codon_status.tsv"]
        found += ["--gene-callability", folder / "gene_callability.tsv"]
        found += ["--amplification-definitions", folder / AMPLIFICATION_DEFINITIONS.name]
        found += ["--amplicons", folder / AMPLICONS.name, "--qc", folder / "qc.tsv"]
        for step, options in ((call_variants, reads), (annotate_alterations, found)):
            words = [str(word) for word in (*common, *copies, *options)]
            assert run_step(step.parser(), step.main, words) == 0
        return folder

    return simulate_and_run


def around(codons) -> list[Region]:
    return [Region(c.chromosome, min(c.positions) - 10, max(c.positions) + 11) for c in codons]


def ras_rows(folder: Path) -> pd.DataFrame:
    rows = CODON_STATUS.read(folder / CODON_STATUS.name)
    rows = rows[[(row.gene, row.codon) in {(c.gene, c.codon) for c in RAS} for row in rows.itertuples()]]
    assert len(rows) == 12
    return rows


def test_a_30x_tumour_at_purity_0_2_vouches_for_no_ras_codon(run: Run, project: Path) -> None:
    """A clonal variant has VAF 0.1, and 46 fragments are needed: at 30 it is seen with probability 0.82."""
    rows = ras_rows(run(around(RAS), purity=0.2, depth=DOCS_DEPTH, seed=DOCS_SEED))
    assert set(rows["status"]) == {"not_assessable"}
    assert rows["depth"].between(12, 45).all()
    assert rows["power"].between(0.3, 0.95).all()
    assert (rows["smallest_detectable_vaf"] > 0.1).all()
    assert rows["smallest_detectable_ccf"].isna().all()  # not even a clonal variant would be detected
    for row in rows.itertuples():
        times = float(re.search(r"46 are needed, ([\d.]+) x as many", row.reason)[1])
        assert times == pytest.approx(46 / row.depth, abs=0.1)
    # the table of the manual is this one
    page = (project / "docs" / "wild-type.md").read_text(encoding="utf-8")
    for row in rows.itertuples():
        assert f"| {row.gene} {row.codon} | {row.status} | {row.depth} | {row.power:.2f} |" in page


def test_the_same_depth_vouches_for_all_at_purity_0_9(run: Run) -> None:
    """VAF 0.45: three fragments of 15 or more are seen with probability 0.99."""
    rows = ras_rows(run(around(RAS), purity=0.9, depth=DOCS_DEPTH, seed=DOCS_SEED))
    assert set(rows["status"]) == {"wild_type"}


def exon_20_results(folder: Path) -> dict[str, str]:
    rules = RULES.read(folder / RULES.name).set_index("rule_id")
    assert len(rules) > 90
    return dict(rules.loc[["HER2-2b", "HER2-2c"], "result"])


def test_no_insertion_in_exon_20_is_not_found_from_reads_alone(run: Run) -> None:
    folder = run([EXON_20], purity=0.6, depth=110, seed=5)
    assert exon_20_results(folder) == {"HER2-2b": "not_found", "HER2-2c": "not_found"}
    codons = CODON_STATUS.read(folder / CODON_STATUS.name).set_index(["gene", "codon"])
    inside = codons.loc[[("ERBB2", codon) for codon in range(770, 784)]]
    assert set(inside["status"]) == {"wild_type"}
    assert (inside["indel_power"] >= 0.95).all()


def test_too_shallow_for_an_insertion_is_not_tested(run: Run) -> None:
    folder = run([EXON_20], purity=0.2, depth=40, seed=6)
    assert exon_20_results(folder) == {"HER2-2b": "not_tested", "HER2-2c": "not_tested"}


def test_an_exon_20_insertion_is_found_by_its_rule(run: Run) -> None:
    # A775_G776insYVMA, by HGVS Y772_A775dup: its twelve bases once more
    spiked = SpikedVariant("17", 39_724_730, "A", "ATACGTGATGGCT")
    folder = run([EXON_20], purity=0.6, depth=110, seed=7, variants=(spiked,))
    assert exon_20_results(folder)["HER2-2b"] == "found"
    rules = RULES.read(folder / RULES.name).set_index("rule_id")
    assert "Y772_A775dup" in rules.loc["HER2-2b", "reason"]
