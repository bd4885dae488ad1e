"""One person under two patients: both stopped before outcomes are joined, the others go on, mended by one row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_trial import Trial, sample_row

from refractor.genome.builds import GenomeBuild
from refractor.identity.snps import load_snps
from refractor.results.cohort_tables import BLINDING, CANDIDATES, MANIFEST, PATIENTS
from refractor.results.identity_tables import IDENTITY, IDENTITY_VERDICTS

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

N_SNPS = 400


def add_germline(vcf: Path, person: int) -> None:
    """Add a person's genotypes at common SNPs to a tumour's VCF, sorted within each chromosome."""
    snps = load_snps(GenomeBuild.GRCH38)
    rows = np.flatnonzero(snps.chromosome == "17")[:N_SNPS]
    genotypes = np.random.default_rng(person).binomial(2, 0.5, len(rows))
    lines = vcf.read_text().splitlines()
    head, body = [line for line in lines if line.startswith("#")], [x for x in lines if not x.startswith("#")]
    body += [
        f"chr17\t{snps.position[row] + 1}\t.\t{snps.ref[row]}\t{snps.alt[row]}\t.\tPASS\t.\tAD:DP\t"
        f"{40 - 20 * count},{20 * count}:40"
        for row, count in zip(rows, genotypes, strict=True)
        if count
    ]
    vcf.write_text("\n".join([*head, *body]) + "\n")


def test_one_person_under_two_patients_stops_both_and_nobody_else(trial: Trial) -> None:
    for number, person in ((1, 5), (2, 5), (3, 6)):
        add_germline(trial.folder / f"T{number}.vcf", person)
    run = trial.snakemake()
    said = run.stdout + run.stderr
    assert run.returncode != 0
    assert "T1 identity failed" in said and "T2 identity failed" in said and "T3 identity" not in said
    cohort = trial.folder / "results/cohort"
    pairs = IDENTITY.read(cohort / IDENTITY.name).set_index(["sample_a", "sample_b"])
    assert len(pairs) == 3
    name = "T{}:small_variants".format
    assert pairs.loc[(name(1), name(2)), "verdict"] == "same_person"
    assert pairs.loc[(name(1), name(3)), "verdict"] == "as_expected"
    verdicts = IDENTITY_VERDICTS.read(cohort / IDENTITY_VERDICTS.name).set_index("sample")
    assert list(verdicts["state"]) == ["failed", "failed", "done"]
    assert "small_variants of T2 (patient P2) are of one person" in verdicts.loc["T1", "reason"]

    manifest = MANIFEST.read(cohort / MANIFEST.name)
    identity = manifest[manifest["analysis"] == "identity"].set_index("sample")
    assert len(identity) == 3, "one row a sample, the cohort's"
    assert list(identity["state"]) == ["failed", "failed", "done"]
    patients = PATIENTS.read(cohort / PATIENTS.name).set_index("patient")
    assert len(patients) == 4
    assert list(patients.loc[["P1", "P2", "P3"], "wgs"]) == ["failed", "failed", "available"]
    assert list(patients.loc[["P1", "P2"], "her2_call"]) == ["not_assessable"] * 2
    assert patients.loc["P3", "her2_call"] == "amplified"
    assert patients.loc["P3", "label"] == "candidate_r1"
    assert set(patients.loc[["P1", "P2"], "label"]) == {"not_assessable"}
    blinding = BLINDING.read(cohort / BLINDING.name).set_index("sample")
    assert blinding.loc["T1", "label"] == "not_assessable", "the digest is of what is joined"
    assert set(CANDIDATES.read(cohort / CANDIDATES.name)["sample"]) == {"T3"}
    page = (trial.folder / "results/report/patients/P1.html").read_text()
    assert "are of one person" in page

    sheet = trial.folder / "samples.tsv"
    sheet.write_text(sheet.read_text().replace(sample_row(2) + "\n", ""))
    mended = trial.snakemake()
    assert mended.returncode == 0, mended.stderr
    patients = PATIENTS.read(cohort / PATIENTS.name).set_index("patient")
    assert patients.loc["P1", "her2_call"] == "amplified"
    assert trial.planned() == {}
