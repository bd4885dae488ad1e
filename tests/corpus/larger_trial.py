"""A trial of 24 patients as a hospital would hand it over: enough that a column's unit shows."""

from __future__ import annotations

import random
from pathlib import Path

from good_inputs import TRIAL, GoodInput

PATIENTS = 24


def larger_sheets(folder: Path, cohort: bytes) -> list[GoodInput]:
    """Sheets with benefit in a good third, tumours measured every eight weeks; sound, and without a question."""
    folder.mkdir()
    rng = random.Random(24)
    samples = ["patient\tsample\tsmall_variants\tpurity\tploidy\tgenome_build\tcollected_on"]
    patients = [
        "patient\tage\ttreatment_start\tbest_response\tclinical_benefit\tpfs_days\tpfs_event\tos_days\tos_event"
    ]
    assessments = ["patient\tday\ttarget_sum_mm\tnew_lesion"]
    for number in range(1, PATIENTS + 1):
        name, tumor = f"P{number:02d}", f"S{number:02d}"
        start = f"2021-{rng.randint(2, 12):02d}-{rng.randint(1, 28):02d}"
        (folder / f"{tumor}.vcf").write_text(f"##fileformat=VCFv4.2\n##source={tumor}\n")
        samples.append(
            f"{name}\t{tumor}\t{tumor}.vcf\t{rng.uniform(0.2, 0.9):.2f}\t{rng.uniform(1.7, 4.2):.2f}\tGRCh38\t"
            f"2021-01-{rng.randint(1, 28):02d}"
        )
        scans = rng.choice((1, 1, 2, 4, 5, 6))
        benefit, baseline = scans > 2, rng.randint(35, 140)
        pfs = 56 * scans + rng.randint(-3, 3)
        response = "PR" if benefit and rng.random() < 0.5 else "SD" if scans > 1 else "PD"
        patients.append(
            f"{name}\t{rng.randint(41, 79)}\t{start}\t{response}\t{'yes' if benefit else 'no'}\t{pfs}\t1\t"
            f"{pfs + rng.randint(40, 400)}\t1"
        )
        for scan in range(scans + 1):
            day = 0 if scan == 0 else pfs if scan == scans else 56 * scan
            least = 0.5 if response == "PR" else 0.9
            size = baseline * (1 if scan == 0 else 1.4 if scan == scans else least)
            assessments.append(f"{name}\t{day}\t{size:.0f}\t{'yes' if scan == scans else 'no'}")
    (folder / "config.yaml").write_text(
        "samples: samples.tsv\npatients: patients.tsv\nassessments: assessments.tsv\ncohort: cohort.yaml\n"
        "genome_build: GRCh38\n"
    )
    (folder / "cohort.yaml").write_bytes(cohort)
    for name, lines in (("samples", samples), ("patients", patients), ("assessments", assessments)):
        (folder / f"{name}.tsv").write_text("\n".join(lines) + "\n")
    return [
        GoodInput(f"{name} of {PATIENTS}", folder / name, TRIAL, "")
        for name in ("samples.tsv", "patients.tsv", "assessments.tsv")
    ]
