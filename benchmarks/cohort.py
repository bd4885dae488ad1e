"""How long the cohort's steps take: 2,000 patients and 50 rules, synthetic folders, wall time and peak memory.

    python benchmarks/cohort.py [--patients 2000] [--rules 50] [--cohorts 50] [--real-size] [--folder DIR]

Prints a line a step. The folders are made first and do not count. One process, no reads. With several cohorts the patients are
in one of each in turn, and the steps of the first are measured: they read the sheets of all. With --real-size each tumour's tables are those of one of the
demo's tumours (566 codons, 62 genes, 102 rules), and the alleles of each are compared with all others' first. Ends non-zero where
a step takes more memory than its goal.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "scripts"), str(PROJECT / "tests" / "unit" / "outcomes")]

from cohort_builder import PatientCase, Tumor, write_cohort, write_identity, write_rows  # noqa: E402
from real_tables import with_genomes, with_real_tables  # noqa: E402

from refractor.results.identity_tables import IDENTITY  # noqa: E402

PATHWAYS = ("MAPK", "PI3K", "RTK_bypass", "ERBB2_mutation", "low_copy_number", "cell_cycle")
SEED = 1
GOALS = ((2_000, 0.5), (10_000, 1.5))
"""Tumours, and GB that a step may take with as many."""
GOAL_CPU_SECONDS = 300.0
"""Of all steps with 10,000 tumours."""
PEAKS: dict[str, float] = {}


def link_folders(samples: Path, names: list[str]) -> None:
    """The tables of the first as those of the others too."""
    first, *others = names
    tables = list((samples / first).iterdir())
    for name in others:
        (samples / name).mkdir()
        for table in tables:
            (samples / name / table.name).hardlink_to(table)


def made_cohort(
    folder: Path, *, patients: int, rules: int, cohorts: int = 1, real_size: bool = False
) -> None:
    """A trial of `patients` with genomes, each rule found in 1 to 15 % of them, and assessments for half of them."""
    chance = random.Random(SEED)
    known = [
        (f"RULE-{i}", f"GENE{i}", PATHWAYS[i % len(PATHWAYS)], ("R1", "R2", "R3")[i % 3])
        for i in range(rules)
    ]
    rates = [chance.uniform(0.01, 0.15) for _ in known]
    cases: list[PatientCase] = []
    assessments: list[list[object]] = []
    for number in range(patients):
        name, benefit = f"P{number:05d}", chance.random() < 0.45
        pfs = chance.randint(120, 700) if benefit else chance.randint(30, 110)
        cells = {
            "best_response": "SD" if benefit else "PD", "clinical_benefit": "yes" if benefit else "no",
            "pfs_days": pfs, "pfs_event": 1, "os_days": pfs + chance.randint(10, 400), "os_event": 1,
        }  # fmt: skip
        if cohorts > 1:
            cells["cohort"] = f"C{number % cohorts}"
        found = tuple(rule[0] for rule, rate in zip(known, rates, strict=True) if chance.random() < rate)
        cases.append(PatientCase(name, cells, Tumor(found, copies=round(chance.uniform(4, 60), 1))))
        if number % 2:
            days = [0, *range(56, pfs, 56), pfs]
            assessments += [[name, day, 130 if day == pfs else 100] for day in days]
    measured = [case for number, case in enumerate(cases) if number % cohorts == 0]
    if real_size:  # every table is put in the place of one of the demo's
        write_cohort(folder, measured[:1], rules=known)
        link_folders(folder / "results" / "samples", [f"T-{case.patient}" for case in measured])
        write_identity(folder, {f"T-{case.patient}": None for case in measured})
    else:
        write_cohort(folder, measured, rules=known)  # of the others their lines in the sheets are enough
    columns = list(cases[0].cells)
    write_rows(
        folder / "patients.tsv",
        ["patient", *columns],
        [[case.patient, *(case.cells[name] for name in columns)] for case in cases],
    )
    write_rows(
        folder / "samples.tsv",
        ["patient", "sample", "small_variants", "genome_build"],
        [[case.patient, f"T-{case.patient}", "x.vcf", "GRCh38"] for case in cases],
    )
    IDENTITY.write(IDENTITY.from_rows([]), folder / "cohort" / IDENTITY.name, synthetic=False)
    write_rows(folder / "assessments.tsv", ["patient", "day", "target_sum_mm"], assessments)


def timed(step: str, *options: str) -> float:
    """Seconds of CPU of one step; prints them with wall time and the peak of memory."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(PROJECT / "scripts" / f"{step}.py"), *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status:
        raise SystemExit(f"{step} failed with status {status}")
    cpu = usage.ru_utime + usage.ru_stime
    PEAKS[step] = usage.ru_maxrss / 1e6
    print(f"{step}\t{seconds:.1f} s\tCPU {cpu:.1f} s\t{PEAKS[step]:.2f} GB", flush=True)
    return cpu


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--patients", type=int, default=2000)
    parser.add_argument("--rules", type=int, default=50)
    parser.add_argument("--cohorts", type=int, default=1)
    parser.add_argument("--real-size", action="store_true", help="tables as long as the demo's, with genomes")
    parser.add_argument("--folder", type=Path, help="kept; default: a temporary one")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.folder or Path(scratch)
        if not (folder / "samples.tsv").is_file():
            made_cohort(
                folder, patients=arguments.patients, rules=arguments.rules, cohorts=arguments.cohorts,
                real_size=arguments.real_size,
            )  # fmt: skip
            if arguments.real_size:
                with_real_tables(folder)
                with_genomes(folder)
        out, of_one = str(folder / "cohort"), []
        if arguments.cohorts > 1:
            of_one = ["--only-cohort", "C0", "--identity", str(folder / "cohort" / "identity_verdicts.tsv")]
            out = str(folder / "C0")
        total = 0.0
        if arguments.real_size:
            total += timed(
                "compare_identities", "--samples", str(folder / "samples.tsv"),
                "--samples-dir", str(folder / "results" / "samples"), "--output-dir", str(folder / "cohort"), "--synthetic",
            )  # fmt: skip
        total += timed(
            "join_cohort", "--samples", str(folder / "samples.tsv"), "--patients", str(folder / "patients.tsv"),
            "--assessments", str(folder / "assessments.tsv"),
            "--samples-dir", str(folder / "results" / "samples"), "--output-dir", out, "--synthetic", *of_one,
        )  # fmt: skip
        total += timed("analyse_cohort", "--cohort-dir", out, "--synthetic")
        asked = f"{arguments.patients} patients, {arguments.rules} rules, {arguments.cohorts} cohorts"
        print(f"all\tCPU {total:.1f} s\t{asked}")
    goal = next((most for tumors, most in GOALS if arguments.patients <= tumors), None)
    missed = [step for step, peak in PEAKS.items() if goal is not None and peak > goal]
    for step in missed:
        print(f"GOAL MISSED: {step}: {PEAKS[step]:.2f} GB, not {goal} GB")
    if arguments.real_size and total > GOAL_CPU_SECONDS:
        print(f"GOAL MISSED: {total:.0f} s of CPU, not {GOAL_CPU_SECONDS:.0f}")
        return 1
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
