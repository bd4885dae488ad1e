"""How long a run takes to see that nothing, or one added row, is to be done in a finished trial of many tumours.

    python benchmarks/scale.py [--tumors 2000] [--folder DIR] [--keep]

One tumour is run for real; its folder and Snakemake's records are copied, renamed, for all others (that is no result
of theirs), and the cohort's tables are made of them; empty files stand in for the pages. Then, each in a fresh process: a dry run; a dry run after a row was
added; the time from the start of a real run until the added tumour's first step writes its log. Prints a line each
with wall time, CPU time and peak memory; ends non-zero when a goal is missed.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "tests" / "workflow")]

from small_trial import sample_row, write_trial, write_tumor  # noqa: E402

DRY_RUN_SECONDS = 30
DRY_RUN_MB = 1000
FIRST_JOB_SECONDS = 60
FIRST = 100_001
"""Numbers of one length, so that names can be replaced in records without changing their length."""


def command(folder: Path, *options: str) -> list[str]:
    """Snakemake on the trial."""
    return [
        sys.executable, "-m", "snakemake", "--snakefile", str(PROJECT / "Snakefile"),
        "--configfile", str(folder / "config.yaml"), "--directory", str(folder), "--cores", "2", *options,
    ]  # fmt: skip


def environment() -> dict[str, str]:
    """The environment in which `python` is this one."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def run(folder: Path, *options: str) -> str:
    """What Snakemake said; RuntimeError when it did not end well."""
    done = subprocess.run(
        command(folder, *options), env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(done.stdout[-3000:] + done.stderr[-3000:])
    return done.stdout + done.stderr


def make_finished_trial(folder: Path, tumors: int) -> None:
    """The trial with every tumour's files, records and results; the cohort's steps are run."""
    write_trial(folder, 1)
    numbers = range(FIRST, FIRST + tumors)
    rows = "\n".join(sample_row(number) for number in numbers)
    sheet = folder / "samples.tsv"
    header = sheet.read_text().splitlines()[0]
    patients = folder / "patients.tsv"
    patient_header, *_, without_genome = patients.read_text().splitlines()
    for path in folder.glob("T1.*"):
        path.unlink()
    write_tumor(folder, FIRST)
    sheet.write_text(f"{header}\n{sample_row(FIRST)}\n")
    response = {True: "PR\tyes", False: "PD\tno"}
    outcomes = [f"P{n}\t{response[n % 3 == 0]}\t{40 + n * 37 % 500}\t1\t{600 + n % 300}\t1" for n in numbers]
    patients.write_text("\n".join([patient_header, outcomes[0], without_genome]) + "\n")
    run(folder, f"results/samples/T{FIRST}/label.tsv")
    for number in numbers[1:]:
        copy_tumor(folder, number)
    sheet.write_text(f"{header}\n{rows}\n")
    patients.write_text("\n".join([patient_header, *outcomes, without_genome]) + "\n")
    started = time.perf_counter()
    run(folder, "results/cohort/explanation.tsv", "results/provenance.json")
    print(f"cohort's tables of {tumors} tumours, made by Snakemake: {time.perf_counter() - started:.0f} s")
    stand_in_for_reports(folder)


def stand_in_for_reports(folder: Path) -> None:
    """Empty files for the pages, marked as up to date: how long pages take is not what is measured here."""
    for line in run(folder, "--summary").splitlines():
        path, _, _, _, status, *_ = [*line.split("\t"), *[""] * 5]
        if status == "missing":
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.suffix:
                target.touch()
            else:
                target.mkdir(exist_ok=True)
    run(folder, "--touch")


def copy_tumor(folder: Path, number: int) -> None:
    """Files, results and Snakemake's records of the first tumour under another number, their dates kept."""
    old, new = f"T{FIRST}", f"T{number}"

    def copy(source: Path, target: Path) -> None:
        content = source.read_bytes()
        if source.suffix not in (".gz", ".tbi", ".npz"):
            content = content.replace(old.encode(), new.encode()).replace(
                old.replace("T", "P").encode(), new.replace("T", "P").encode()
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        shutil.copystat(source, target)

    for source in (*folder.glob(f"{old}.*"), *folder.glob(f"results/samples/{old}/*")):
        copy(source, Path(str(source).replace(old, new)))
    records = folder / ".snakemake" / "metadata"
    for name, record in first_records(records, old):
        copy(record, records / base64.b64encode(name.replace(old, new).encode()).decode())


_RECORDS: dict[Path, list[tuple[str, Path]]] = {}


def first_records(folder: Path, sample: str) -> list[tuple[str, Path]]:
    """Snakemake's records of the sample's outputs, each with the output's path; looked up once."""
    if folder not in _RECORDS:
        decoded = [
            (base64.b64decode(path.name).decode(), path) for path in folder.iterdir() if path.is_file()
        ]
        _RECORDS[folder] = [(name, path) for name, path in decoded if sample in name]
        if not _RECORDS[folder]:
            raise RuntimeError(f"no records of {sample} in {folder}: does Snakemake keep them elsewhere now?")
    return _RECORDS[folder]


def measured(folder: Path, *options: str) -> tuple[float, float, str]:
    """Seconds, peak MB and words of one Snakemake; prints the first two."""
    with tempfile.TemporaryFile("w+") as said:
        started = time.perf_counter()
        process = subprocess.Popen(command(folder, *options), env=environment(), stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        words = said.read()
    if process.returncode != 0:
        raise RuntimeError(words[-3000:])
    cpu, megabytes = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    print(f"  {seconds:.1f} s wall, {cpu:.1f} s CPU, {megabytes:.0f} MB")
    return seconds, megabytes, words


def seconds_to_first_job(folder: Path, number: int) -> float:
    """Seconds from the start of a real run until the added tumour's first step has its log."""
    log = folder / "logs" / "measure_copy_number" / f"T{number}.log"
    started = time.perf_counter()
    process = subprocess.Popen(
        command(folder), env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        while not log.exists():
            if process.poll() is not None:
                raise RuntimeError("the run ended before the added tumour's first step")
            time.sleep(0.05)
        return time.perf_counter() - started
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def main() -> int:
    """Make the trial, measure, compare with the goals."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--tumors", type=int, default=2000)
    options.add_argument("--folder", type=Path, help="where to make the trial; default: a temporary folder")
    options.add_argument(
        "--reuse", action="store_true", help="measure a trial that an earlier run left in --folder"
    )
    arguments = options.parse_args()
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="refractor-scale-"))
    folder.mkdir(parents=True, exist_ok=True)
    missed: list[str] = []
    try:
        if not arguments.reuse:
            make_finished_trial(folder, arguments.tumors)
        print("dry run, nothing to do:")
        seconds, megabytes, words = measured(folder, "--dry-run")
        if "Nothing to be done" not in words:
            raise RuntimeError(words[-3000:])
        if seconds > DRY_RUN_SECONDS or megabytes > DRY_RUN_MB:
            missed.append(f"dry run: {seconds:.0f} s, {megabytes:.0f} MB")
        added = FIRST + arguments.tumors
        write_tumor(folder, added)
        for name in ("samples.tsv", "patients.tsv"):
            shutil.copy2(folder / name, folder / f"{name}.before")
        with (folder / "samples.tsv").open("a") as sheet:
            sheet.write(sample_row(added) + "\n")
        with (folder / "patients.tsv").open("a") as sheet:
            sheet.write(f"P{added}\tPR\tyes\t200\t1\t300\t1\n")
        print("dry run after one added row:")
        _, _, words = measured(folder, "--dry-run")
        print("  " + "; ".join(re.findall(r"^(\w+ +\d+)$", words, re.M)))
        seconds = seconds_to_first_job(folder, added)
        print(f"real run after one added row: its first job after {seconds:.1f} s")
        if seconds > FIRST_JOB_SECONDS:
            missed.append(f"first job after {seconds:.0f} s")
        for name in ("samples.tsv", "patients.tsv"):
            (folder / f"{name}.before").replace(folder / name)
    finally:
        if arguments.folder is None:
            shutil.rmtree(folder)
    for miss in missed:
        print(f"GOAL MISSED: {miss}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
