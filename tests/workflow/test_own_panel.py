"""Genes of the user's own by configuration: measured, annotated and shown as the panel's, and the run says so."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from small_trial import PROJECT, SEGMENTS, Trial, write_trial

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

COHORT = """name: CCND2-amplified cancer, palbociclib
target: {gene: CCND2, event: amplification}
drugs: [palbociclib]
disease: {name: solid tumours}
eligibility:
  CCND2: {measure: target, required: present}
"""
RULES = ["OWN-1", "BRCA2", "biallelic_loss", "homozygous_deletion", "NM_000059", "resistant", "R3", "cell_cycle", "BRCA2 is lost",
         "palbociclib", "any", "12345678", "", "", "no", "", "Seen in ten patients", "", "full", "", "", "no", "", "yes", "us",
         "2026-11-28"]  # fmt: skip


def own_genes(*symbols: str) -> str:
    header, *lines = (PROJECT / "resources" / "panel" / "further_genes.tsv").read_text().splitlines()
    return "\n".join([header, *(line for line in lines if line.split("\t")[0] in symbols)]) + "\n"


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Two tumours: CCND2 (12p13) amplified and BRCA2 (13q13) deleted in the first, neither in the second."""
    folder = tmp_path_factory.mktemp("own_panel")
    write_trial(folder, 2)
    with (folder / "config.yaml").open("a") as config:
        config.write("cohort: cohort.yaml\npanel: own_genes.tsv\nrules: [own.tsv]\n")
    (folder / "cohort.yaml").write_text(COHORT)
    (folder / "own_genes.tsv").write_text(own_genes("CCND2", "BRCA2"))
    header = (PROJECT / "resources" / "evidence" / "rules" / "mapk.tsv").read_text().splitlines()[0]
    (folder / "own.tsv").write_text(header + "\n" + "\t".join(RULES) + "\n")
    whole = {
        c: n for c, n in CONTIG_LENGTHS[GenomeBuild.GRCH38].items() if c not in ("12", "13", "X", "Y", "MT")
    }
    rows = [f"{c}\t1\t{n}\t{2 if c == '7' else 1}\t1" for c, n in whole.items()]
    altered = ["12\t1\t4000000\t1\t1", "12\t4000001\t4600000\t24\t1", "12\t4600001\t133000000\t1\t1"]
    altered += ["13\t1\t32000000\t1\t1", "13\t32000001\t32600000\t0\t0", "13\t32600001\t114000000\t1\t1"]
    plain = ["12\t1\t133000000\t1\t1", "13\t1\t114000000\t1\t1"]
    for name, more in (("T1", altered), ("T2", plain)):
        (folder / f"{name}.segments.tsv").write_text(SEGMENTS + "\n".join([*rows, *more]) + "\n")
    made = Trial(folder, PROJECT)
    run = made.snakemake()
    assert run.returncode == 0, run.stdout + run.stderr
    return made


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader((line for line in lines if line[0] != "#"), delimiter="\t"))


def test_copies_target_and_own_rule_follow_the_own_genes(trial: Trial) -> None:
    results = trial.folder / "results"
    copies = {row["gene"]: row["call"] for row in rows(results / "samples" / "T1" / "gene_copy_number.tsv")}
    assert (copies["CCND2"], copies["BRCA2"]) == ("amplified", "deleted")
    patients = {row["patient"]: row for row in rows(results / "cohort" / "patients.tsv")}
    assert [patients[name]["target_result"] for name in ("P1", "P2")] == ["found", "not_found"]
    (candidate,) = rows(results / "cohort" / "candidates.tsv")
    assert (candidate["patient"], candidate["rule_id"], candidate["gene"]) == ("P1", "OWN-1", "BRCA2")
    study = {row["Hugo_Symbol"] for row in rows(results / "report" / "cbioportal" / "data_cna.txt")}
    assert {"CCND2", "BRCA2", "KRAS"} <= study


def test_page_and_provenance_say_what_was_added(trial: Trial) -> None:
    results = trial.folder / "results"
    page = (results / "report" / "index.html").read_text()
    assert "Own genes, own_genes.tsv: CCND2, BRCA2; in place of shipped ones: none" in page
    assert "(1 rules; in place of shipped ones: none)" in page
    record = json.loads((results / "provenance.json").read_text())
    assert len(record["inputs"]["own_genes.tsv"]["sha256"]) == 64
    assert record["settings"]["panel"] == "own_genes.tsv"


def test_only_what_reads_the_panel_runs_again(trial: Trial) -> None:
    assert trial.planned() == {}
    table = trial.folder / "own_genes.tsv"
    table.write_text(own_genes("CCND2", "BRCA2", "NTRK1"))
    planned = trial.planned()
    assert {
        rule: planned[rule] for rule in ("measure_copy_number", "call_variants", "annotate_alterations")
    } == dict.fromkeys(("measure_copy_number", "call_variants", "annotate_alterations"), 2)
    table.write_text(own_genes("CCND2", "BRCA2").replace("\toncogene\t", "\toncogen\t"))
    stopped = trial.snakemake("--dry-run")
    assert stopped.returncode != 0
    assert (
        "own_genes.tsv:2 role: 'oncogen' is no role; did you mean oncogene?"
        in stopped.stdout + stopped.stderr
    )
