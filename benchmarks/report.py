"""How long the report of a large cohort takes, how big it is, and how soon a browser shows it.

    python benchmarks/report.py [--results demo/results] [--patients 500] [--folder DIR]

Makes a cohort of PATIENTS by repeating those of a finished run, with statistics of their own, then renders its page and
the page of each patient, writes the workbook, and opens the page in headless Chromium. Prints a line a measurement: wall
time, and the processor's own, which a busy machine does not stretch.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "scripts"))

import pandas as pd  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from refractor.files.tables import Table  # noqa: E402
from refractor.outcomes.tumor_results import rule_coverage  # noqa: E402
from refractor.results.biopsy_tables import ACQUIRED  # noqa: E402
from refractor.results.cohort_tables import (  # noqa: E402
    ADVERSE_EVENTS,
    ASSESSED_RESPONSES,
    BIOPSIES,
    BLINDING,
    CANDIDATES,
    DECOY_RESULTS,
    MANIFEST,
    OTHER_CHOICES,
    OUTCOME_REVIEW,
    PATIENTS,
    QUESTIONS,
    RULE_COVERAGE,
    RULE_RESULTS,
)
from refractor.results.identity_tables import IDENTITY, IDENTITY_VERDICTS  # noqa: E402

SEED = 1
REPEATED: tuple[Table, ...] = (
    PATIENTS, MANIFEST, CANDIDATES, ASSESSED_RESPONSES, OUTCOME_REVIEW, BLINDING, RULE_RESULTS, DECOY_RESULTS,
    BIOPSIES, OTHER_CHOICES, QUESTIONS, ACQUIRED,
)  # fmt: skip
TAKEN_OVER: tuple[Table, ...] = (ADVERSE_EVENTS,)
SPREAD = 0.2
"""Durations of a repeated patient differ by as much from the first one's."""


def repeated_cohort(results: Path, folder: Path, *, patients: int) -> None:
    """results/cohort and results/samples of `patients` patients, each a repeated one; folders of tumours are links."""
    chance = random.Random(SEED)
    originals = list(PATIENTS.read(results / "cohort" / PATIENTS.name)["patient"])
    for table in REPEATED:
        frame = table.read(results / "cohort" / table.name)
        parts = []
        for number in range(patients):
            rows = _of_patient(frame, originals[number % len(originals)], results)
            parts.append(_renamed(rows, number, chance))
        table.write(pd.concat(parts), folder / "cohort" / table.name, synthetic=True)
    for table in TAKEN_OVER:
        shutil.copy(results / "cohort" / table.name, folder / "cohort" / table.name)
    compared: tuple[Table, ...] = (IDENTITY, IDENTITY_VERDICTS)
    for table in compared:
        table.write(table.empty(), folder / "cohort" / table.name, synthetic=True)
    shutil.copy(results / "provenance.json", folder / "provenance.json")
    samples = dict(
        PATIENTS.read(results / "cohort" / PATIENTS.name)[["patient", "sample"]].itertuples(index=False)
    )
    (folder / "samples").mkdir()
    for number in range(patients):
        sample = samples[originals[number % len(originals)]]
        if not pd.isna(sample):
            (folder / "samples" / f"T{number:04d}").symlink_to((results / "samples" / sample).resolve())
    used = set(RULE_RESULTS.read(folder / "cohort" / RULE_RESULTS.name)["sample"])
    coverage = rule_coverage({sample: folder / "samples" / sample for sample in sorted(used)})
    RULE_COVERAGE.write_records(coverage, folder / "cohort" / RULE_COVERAGE.name, synthetic=True)


def _of_patient(frame: pd.DataFrame, patient: str, results: Path) -> pd.DataFrame:
    if "patient" in frame:
        return frame[frame["patient"] == patient]
    known = PATIENTS.read(results / "cohort" / PATIENTS.name).set_index("patient")["sample"]
    return frame[(frame["sample"] == known[patient]).fillna(value=False)]


def _renamed(rows: pd.DataFrame, number: int, chance: random.Random) -> pd.DataFrame:
    rows = rows.copy()
    if "patient" in rows:
        rows["patient"] = f"P{number:04d}"
    if "sample" in rows:
        rows["sample"] = rows["sample"].where(rows["sample"].isna(), f"T{number:04d}")
    factor = chance.uniform(1 - SPREAD, 1 + SPREAD)
    for name in ("pfs_days", "os_days"):
        if name in rows:
            rows[name] = (rows[name] * factor).round()
    return rows


def timed(step: str, *options: str) -> None:
    """Run a step and print its wall time, its processor time and its peak of memory."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, str(PROJECT / "scripts" / f"{step}.py"), *options],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"{step}\t{wall:.1f} s\tprocessor {used:.1f} s\tat most {after.ru_maxrss / 1e6:.2f} GB so far",
        flush=True,
    )


def opened(page: Path) -> None:
    """Print how long a browser takes from the address to the loaded page, the median of three."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        print("no Chromium on this machine: not opened")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        taken = []
        for _ in range(3):
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            tab.goto(page.as_uri(), wait_until="load")
            taken.append(tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
            rows = tab.locator("tr[data-patient]").count()
            tab.close()
        browser.close()
    print(f"opened\t{sorted(taken)[1] / 1000:.2f} s to the load event, {rows} patients in the table")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--results", type=Path, default=PROJECT / "demo" / "results", help="a finished run")
    parser.add_argument("--patients", type=int, default=500)
    parser.add_argument("--folder", type=Path, help="where the cohort is made; a temporary one by default")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        repeated_cohort(arguments.results, folder, patients=arguments.patients)
        print(f"{arguments.patients} patients, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        cohort = folder / "cohort"
        timed("analyse_cohort", "--cohort-dir", str(cohort), "--synthetic")
        given = ["--cohort-dir", str(cohort), "--provenance", str(folder / "provenance.json"), "--synthetic"]
        page = folder / "report" / "index.html"
        timed("render_report", *given, "--samples-dir", str(folder / "samples"), "--output", str(page))
        timed("write_workbook", *given, "--output", str(folder / "report" / "cohort.xlsx"))
        size = page.stat().st_size / 1e6
        pages = sum(path.stat().st_size for path in (folder / "report" / "patients").iterdir()) / 1e6
        book = (folder / "report" / "cohort.xlsx").stat().st_size / 1e6
        print(
            f"sizes\tpage {size:.1f} MB, the patients' own pages {pages:.0f} MB together, workbook {book:.1f} MB"
        )
        opened(page)


if __name__ == "__main__":
    main()
