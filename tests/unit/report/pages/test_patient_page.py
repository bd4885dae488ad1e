"""One patient's page: the reads as the file has them, the genome, and what is missing."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from report_patients import COHORT

from refractor.errors import TableError
from refractor.genome.builds import GenomeBuild
from refractor.report.figures.chromosome_profile import windows_of
from refractor.report.figures.genome_profile import genome_figure, target_chromosome
from refractor.report.pages.patient_page import (
    read_copies,
    read_further_tables,
    read_pileups,
    render_patient_page,
)
from refractor.report.patient_results import PatientResults, rows_of
from refractor.results.cohort_tables import PATIENTS
from refractor.results.copy_number_tables import GENE_COPY_NUMBER, SEGMENTS, WINDOWS
from refractor.results.evidence_tables import EVIDENCE_CHANGES
from refractor.results.quality import QC
from refractor.variants.panel_vcf import write_panel_vcf

PROVENANCE = {"version": "0"}
PILEUP = {
    "gene": "KRAS", "name": "G12D", "verdict": "mutated", "chromosome": "12", "start": 99,
    "reference": "GCCTA", "tumor_fragments": 84, "normal_fragments": 1,
    "tumor": [
        {"bases": "..T..", "qualities": "FFFFF", "strand": "+", "insertions": []},
        {"bases": ".n-", "qualities": "F#F", "strand": "-", "insertions": [[1, "ACC"]]},
    ],
    "normal": [{"bases": "  ...", "qualities": "!!FFF", "strand": "*", "insertions": []}],
}  # fmt: skip


def made(name: str = "A", **cells: object) -> PatientResults:
    row = {
        "patient": name, "sample": "A_T", "wgs": "available", "ras_status": "mutated", "braf_status": "wild_type",
        "her2_call": "amplified", "eligibility": "discordant", "label": "candidate_r1", "erbb2_copy_number": 20.0,
    } | cells  # fmt: skip
    segments = rows_of(
        SEGMENTS.from_rows(
            [
                {"chromosome": "1", "start": 0, "end": 100, "copy_number": 2.0, "minor_copy_number": 1.0},
                {"chromosome": "17", "start": 0, "end": 50, "copy_number": 1.0},
                {"chromosome": "17", "start": 50, "end": 60, "copy_number": 20.0},
                {"chromosome": "18", "start": 0, "end": 60},
            ]
        )
    )
    copies = rows_of(
        GENE_COPY_NUMBER.from_rows(
            [{"gene": "ERBB2", "chromosome": "17", "start": 52, "end": 54, "copy_number": 20.0, "call": "amplified", "source": "reads"}]
        )
    )  # fmt: skip
    return PatientResults(rows_of(PATIENTS.from_rows([row]))[0], segments=segments, target=copies)


def page_of(card: PatientResults, *, synthetic: bool = True) -> str:
    return render_patient_page(
        card, pileups=[PILEUP], cohort=COHORT, provenance=PROVENANCE, synthetic=synthetic
    )


def test_the_reads_stand_as_the_file_has_them() -> None:
    page = page_of(made())
    assert "..<b>T</b>..  +" in page
    assert ".n<b>-</b>    -  +ACC at 2" in page  # padded to the reference's five bases, so that strands align
    assert "     ...  *".strip() in page
    said = unescape(re.sub(r"<[^>]+>", " ", page))
    assert "2 of 84 fragments shown, those that differ first" in said
    assert "Normal: 1 fragments" in said
    assert "chromosome 12, bases 100 to 104" in said  # counted from one


def test_the_page_stands_alone_and_leads_back() -> None:
    page = page_of(made("<i>"))
    assert "<i>" not in page and page.count("<script") == 1 and "url(" not in page
    links = re.findall(r"(?:src|href)\s*=\s*[\"']([^\"']+)", page_of(made()))
    assert sorted(link for link in links if not link.startswith("#")) == ["../index.html#patient-A"]
    assert "SYNTHETIC" in page
    assert "synthetic" not in page_of(made(), synthetic=False).lower()


def test_a_patient_without_a_genome_has_a_page() -> None:
    bare = PatientResults(made(wgs="missing", sample=None, label="not_assessable").row)
    page = render_patient_page(bare, pileups=[], cohort=COHORT, provenance=PROVENANCE, synthetic=False)
    assert "No genome: nothing can be said about this tumour." in page
    assert "No copy number: nothing is said of copies." in page
    assert "No reads of this tumour were given" in page


def test_segments_without_copies_are_gaps() -> None:
    """Two of three chromosomes have copies; chromosome 17 has two segments, the amplicon highest."""
    genome, chromosome = genome_figure(made()), target_chromosome(made())
    assert genome is not None and chromosome is not None
    assert genome.description == (
        "3 segments on 2 chromosomes; most copies 20.0. Amplified or deleted: no panel gene."
    )
    assert chromosome.description == "2 segments; most copies 20.0, ERBB2 20.0 copies."
    assert genome_figure(PatientResults(made().row)) is None


def test_the_genome_names_its_amplified_genes_and_shows_its_windows() -> None:
    """Ten used windows are ten dots; of chromosome 17 two, the unused one none."""
    frame = WINDOWS.from_rows(
        [{"chromosome": "1", "start": 10 * n, "end": 10 * n + 1, "copy_number": 2.0} for n in range(8)]
        + [{"chromosome": "17", "start": n, "end": n + 1, "copy_number": 20.0} for n in (52, 54)]
        + [{"chromosome": "17", "start": 56, "end": 57, "alt_share": 0.5}]
    )
    genome = genome_figure(made(), windows_of(frame), genes=made().target)
    assert genome is not None
    assert genome.description.endswith("Amplified or deleted: ERBB2.")
    svg = genome.markup(synthetic=True)
    assert svg.count("h0") == 10
    assert ">ERBB2</text>" in svg


def test_the_page_draws_the_neighbourhood_of_erbb2_on_the_tumors_build(tmp_path: Path) -> None:
    erbb2 = {"gene": "ERBB2", "chromosome": "17", "call": "amplified", "source": "reads", "copy_number": 20.0}
    rows = [
        {**erbb2, "start": 39_687_913, "end": 39_730_426},
        {**erbb2, "source": "purple", "start": 1, "end": 2},
    ]
    GENE_COPY_NUMBER.write(GENE_COPY_NUMBER.from_rows(rows), tmp_path / GENE_COPY_NUMBER.name, synthetic=True)
    WINDOWS.write(WINDOWS.empty(), tmp_path / WINDOWS.name, synthetic=True)
    write_panel_vcf(tmp_path / "variants.vcf.gz", [], sample="A_T", build=GenomeBuild.GRCH38, synthetic=True)
    copies = read_copies(tmp_path)
    assert [row["source"] for row in copies.genes] == ["reads"]
    page = render_patient_page(
        made(), pileups=[], cohort=COHORT, provenance=PROVENANCE, synthetic=True, copies=copies
    )  # fmt: skip
    assert "ERBB2 amplified: 20.0 copies" in page
    assert ">GRB7</text>" in page
    assert "38.85-41.85 Mb" in page  # 850 kb before and 2,150 kb after the start of NM_004448, 39.70 Mb


def test_mutations_stand_before_inherited_variants() -> None:
    inherited = {**PILEUP, "gene": "TP53", "name": "P72R", "verdict": "inherited"}
    page = render_patient_page(
        made(), pileups=[inherited, PILEUP], cohort=COHORT, provenance=PROVENANCE, synthetic=False
    )
    assert page.index("KRAS G12D") < page.index("TP53 P72R")


def test_quality_and_changed_evidence_are_shown(tmp_path: Path) -> None:
    further = read_further_tables(tmp_path)
    assert all(grid.rows == () for grid in further.values())
    quality = QC.from_rows([{"metric": "tumor_depth", "value": "34", "unit": "fragments", "status": "pass"}])
    QC.write(quality, tmp_path / QC.name, synthetic=True)
    changed = EVIDENCE_CHANGES.from_rows(
        [{"change": "regraded", "gene": "KRAS", "before": "R2", "after": "R1", "cause": "knowledge"}]
    )
    EVIDENCE_CHANGES.write(changed, tmp_path / EVIDENCE_CHANGES.name, synthetic=True)
    further = read_further_tables(tmp_path)
    assert further["qc"].rows == (("tumor_depth", "34", "fragments", "pass"),)
    page = render_patient_page(
        made(), pileups=[], cohort=COHORT, provenance=PROVENANCE, synthetic=True, further=further
    )
    assert "<td>regraded</td><td>KRAS</td><td>R2</td><td>R1</td>" in page
    assert "The evidence has not changed" not in page


def test_a_broken_file_of_reads_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pileups.json"
    assert read_pileups(path) == ()
    path.write_text(json.dumps({"sample": "A_T", "pileups": [PILEUP]}))
    assert read_pileups(path)[0]["gene"] == "KRAS"
    path.write_text("{")
    with pytest.raises(TableError, match=r"pileups\.json"):
        read_pileups(path)
