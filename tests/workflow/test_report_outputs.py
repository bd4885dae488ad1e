"""What a finished trial leaves for readers: Snakemake's own report, the study of a portal, the workbook."""

from __future__ import annotations

import re

import openpyxl
import pytest
from portal_rules import faults_of
from small_trial import Trial

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]


def test_snakemakes_report_names_the_thresholds_of_the_configuration(trial: Trial) -> None:
    config = trial.folder / "config.yaml"
    config.write_text(
        config.read_text() + "copy_number:\n  min_purity: 0.27\ncalling:\n  wild_type_power: 0.97\n"
    )
    run = trial.snakemake("--report", "snakemake.html")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "WARNING/2" not in run.stdout + run.stderr
    page = (trial.folder / "snakemake.html").read_text()
    said = re.sub(r"\\n|<[^>]+>|\s+", " ", page)
    assert "Below a purity of 0.27 nothing is said of copies" in said
    assert "wild-type only with a power of 0.97 (at least 3 fragments" in said  # 3 is the default, filled in
    assert "SYNTHETIC DATA" in said
    for name in ("index.html", "cohort.xlsx", "patients.tsv", "manifest.tsv", "explanation.tsv"):
        assert f'"name": "{name}"' in page
    assert "system-message" not in page


def test_the_portals_study_follows_the_portals_rules(finished_trial: Trial) -> None:
    folder = finished_trial.folder / "results/report/cbioportal"
    assert faults_of(folder) == []
    samples = (folder / "data_clinical_sample.txt").read_text().splitlines()[5:]
    assert [line.split("\t")[1] for line in samples] == ["T1", "T2", "T3", "P99-no-genome"]
    mutations = (folder / "data_mutations.txt").read_text().splitlines()
    assert len(mutations) == 2
    assert "\tp.V600E\t" in mutations[1]
    copies = dict(line.split("\t", 1) for line in (folder / "data_cna.txt").read_text().splitlines())
    assert (
        copies["Hugo_Symbol"] == "Entrez_Gene_Id\tT1\tT3"
    )  # the second is called nowhere: its ploidy is unknown
    assert copies["ERBB2"] == "2064\t2\t2"


def test_multiqc_finds_a_row_for_every_tumour(finished_trial: Trial) -> None:
    lines = (finished_trial.folder / "results/report/refractor_qc_mqc.tsv").read_text().splitlines()
    rows = [line.split("\t")[0] for line in lines if not line.startswith("#")]
    assert rows == ["Sample", "T1", "T2", "T3"]


def test_the_workbook_has_the_patients(finished_trial: Trial) -> None:
    book = openpyxl.load_workbook(finished_trial.folder / "results/report/cohort.xlsx")
    assert [cell.value for cell in book["patients"]["A"]] == ["patient", "P1", "P2", "P3", "P99"]
