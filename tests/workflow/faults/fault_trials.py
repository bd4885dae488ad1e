"""Runs that are disturbed at a random moment, each followed by an undisturbed one, whose results must be the same.

    python tests/workflow/faults/fault_trials.py [--kills 20] [--others 4] [--seed 1]
    python tests/workflow/faults/fault_trials.py --only "two runs" --others 4 --record docs/fault_trials.tsv --report docs/reliability.md

One tumour has a VCF and copy number, the other reads. A trial is survived when the disturbed run left no file that
differs from an undisturbed run's (half-written, that is), and the next run ends well with the same results, byte for
byte. Prints a line a trial and a table; ends non-zero when one is lost. `--record` keeps the lines of runs in parts.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[2] / "scripts")]

from fault_record import Outcome, add_to, table_of, write_section  # noqa: E402
from faults import (  # noqa: E402
    DISKS,
    KILLS,
    LIMIT_SECONDS,
    OTHER_VERSIONS,
    OTHERS,
    Disturbed,
    Fault,
    can_mount,
    earlier_commits,
    start,
    steps_of,
)
from same_results import contents  # noqa: E402
from small_reads import write_reads  # noqa: E402
from small_trial import PROJECT, Trial, write_trial  # noqa: E402

NOTES = (".failures/",)
"""Hidden notes of what went wrong before: the time of a failure is no result."""
STATE = ".evidence_state.json"
"""What a tumour's evidence was in the run before: with it the next run tells what changed since."""
TUMOR_STEPS = ("measure_copy_number", "call_variants", "annotate_alterations")


def write_input(folder: Path) -> None:
    """The trial: a tumour of VCF and copy number, one of reads, one patient without a genome."""
    write_trial(folder, 2)
    sheet = folder / "samples.tsv"
    header, first, _ = sheet.read_text().splitlines()
    sheet.write_text(f"{header}\ttumor_reads\n{first}\t\nP2\tT2\t\t\t\t0.6\tGRCh38\tT2.bam\n")
    for name in ("T2.vcf", "T2.segments.tsv"):
        (folder / name).unlink()
    write_reads(folder / "T2.bam")


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """The input, and what an undisturbed run makes of it in how long."""

    folder: Path
    expected: dict[str, str]
    seconds: float


def run_undisturbed(folder: Path) -> Undisturbed:
    """Make the input and run it once."""
    write_input(folder / "input")
    shutil.copytree(folder / "input", folder / "trial")
    trial = Trial(folder / "trial", PROJECT)
    began = time.monotonic()
    code = start(trial, "run.log").wait(LIMIT_SECONDS)
    seconds = time.monotonic() - began
    if code != 0:
        raise RuntimeError((trial.folder / "run.log").read_text()[-5000:])
    return Undisturbed(folder / "input", results_of(trial), seconds)


def results_of(trial: Trial) -> dict[str, str]:
    """Digests of the results, notes about failures left out."""
    return {
        name: digest
        for name, digest in contents(trial.folder / "results").items()
        if not name.startswith(NOTES)
    }


def disturb(
    fault: Fault, seed: int, undisturbed: Undisturbed, folder: Path, *, commit: str | None = None
) -> Outcome:
    """One trial: a run with the fault, then one without. `commit` is the earlier version, where it is not to be drawn."""
    shutil.copytree(undisturbed.folder, folder)
    trial, expected = Trial(folder, PROJECT), undisturbed.expected
    run = Disturbed(trial, random.Random(f"{fault.name} {seed}"), undisturbed.seconds, commit=commit)
    try:
        disturbed_code = run_disturbed(fault, run)
        left = finished_files(results_of(trial))
        missing = [] if not fault.gives_up else without_cohort(run)
        states = states_of(trial)
        next_code = start(trial, "next.log").wait(LIMIT_SECONDS)
        found = results_of(trial)
    finally:
        for undo in run.at_end:
            undo()
    different = differing(found, expected)
    if fault.other_input and different and next_code == 0:
        different = differing(
            found, results_after(states, undisturbed, folder.with_name(f"{folder.name}-same-past"))
        )
    if run.beside is not None:
        different += [f"beside: {name}" for name in differing(results_of(run.beside), expected)]
    wait_for_orphans(run.process.pid)
    whole = fault.gives_up or fault.other_input
    half = missing if whole else [name for name in left if left[name] != expected.get(name)]
    return Outcome(
        fault.name, seed, tuple(run.notes), disturbed_code, tuple(half), next_code, tuple(different)
    )


def states_of(trial: Trial) -> dict[Path, bytes]:
    """What each tumour's evidence was in the runs so far, by its place below the trial's folder."""
    return {path.relative_to(trial.folder): path.read_bytes() for path in trial.folder.rglob(STATE)}


def results_after(states: dict[Path, bytes], undisturbed: Undisturbed, folder: Path) -> dict[str, str]:
    """What a run in an empty folder makes that knows nothing of earlier runs but what the evidence was."""
    shutil.copytree(undisturbed.folder, folder)
    for name, content in states.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(content)
    trial = Trial(folder, PROJECT)
    if start(trial, "run.log").wait(LIMIT_SECONDS) != 0:
        raise RuntimeError((folder / "run.log").read_text()[-5000:])
    return results_of(trial)


def without_cohort(run: Disturbed) -> list[str]:
    """What a run lacks whose tumour was killed: the page, and that tumour's `failed` row among the cohort's tables."""
    if not set(run.notes) & set(TUMOR_STEPS):
        return []
    manifest = run.results / "cohort" / "manifest.tsv"
    failed = manifest.is_file() and "\tfailed\t" in manifest.read_text()
    page = (run.results / "report" / "index.html").is_file()
    return [
        *([] if failed else ["no failed row in cohort/manifest.tsv"]),
        *([] if page else ["no report/index.html"]),
    ]


def run_disturbed(fault: Fault, run: Disturbed) -> int:
    """The run with the fault, to its end; its exit code."""
    try:
        if fault.before is not None:
            fault.before(run)
        run.begin()
        fault.during(run)
        return run.process.wait(LIMIT_SECONDS)
    finally:
        if run.process.poll() is None:
            os.killpg(run.process.pid, signal.SIGKILL)
            run.process.wait()
        for undo in run.undo:
            undo()


def differing(found: dict[str, str], expected: dict[str, str]) -> list[str]:
    """Files that are missing, too many, or other."""
    return [name for name in sorted(found.keys() | expected.keys()) if found.get(name) != expected.get(name)]


def finished_files(digests: dict[str, str]) -> dict[str, str]:
    """Files that look finished: their names do not begin with a dot."""
    return {name: digest for name, digest in digests.items() if not Path(name).name.startswith(".")}


def wait_for_orphans(session: int) -> None:
    """Steps that outlived their Snakemake end by themselves."""
    end = time.monotonic() + LIMIT_SECONDS
    while steps_of(session) and time.monotonic() < end:
        time.sleep(0.1)


def plan_of(kills: int, others: int, seed: int, only: str) -> list[tuple[Fault, int]]:
    """Which faults with which seeds: those whose names hold `only`."""
    plan = [(KILLS[number % len(KILLS)], seed + number) for number in range(kills)]
    faults = OTHERS + (OTHER_VERSIONS if earlier_commits() else ()) + (DISKS if can_mount() else ())
    plan += [(fault, seed + number) for fault in faults for number in range(others)]
    return [(fault, number) for fault, number in plan if only in fault.name]


def keep_logs(folder: Path, place: Path) -> None:
    """What the disturbed run and the next one said, and the results that they left."""
    for name in ("disturbed.log", "next.log", "results", "logs"):
        if (folder / name).is_dir():
            shutil.copytree(folder / name, place / name, dirs_exist_ok=True)
        elif (folder / name).is_file():
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy2(folder / name, place / name)


def options() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument(
        "--kills", type=int, default=20, help="trials of kill -9, shared among step, Snakemake, all"
    )
    made.add_argument("--others", type=int, default=4, help="trials of each other fault")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--commit", help="the earlier version, in place of one drawn from the last few hundred")
    made.add_argument("--only", default="", help="only faults whose name holds this")
    made.add_argument(
        "--record", type=Path, help="a table to which each trial is added, in place of its last"
    )
    made.add_argument("--keep", type=Path, help="a folder for the logs and results of each lost trial")
    made.add_argument("--report", type=Path, help="the page whose table is made from the record")
    return made


def main() -> int:
    """Run all trials and print what became of them."""
    arguments = options().parse_args()
    plan = plan_of(arguments.kills, arguments.others, arguments.seed, arguments.only)
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="refractor-faults-") as name:
        undisturbed = run_undisturbed(Path(name))
        print(f"undisturbed run: {undisturbed.seconds:.1f} s, {len(undisturbed.expected)} files", flush=True)
        for number, (fault, seed) in enumerate(plan):
            folder = Path(name) / f"trial-{number}"
            outcome = disturb(fault, seed, undisturbed, folder, commit=arguments.commit)
            outcomes.append(outcome)
            print(f"{'survived' if outcome.survived else 'LOST'}\t{outcome}", flush=True)
            if arguments.record is not None:
                add_to(arguments.record, outcome)
            if outcome.survived:
                for made in Path(name).glob(f"{folder.name}*"):
                    shutil.rmtree(made)
            elif arguments.keep is not None:
                keep_logs(folder, arguments.keep / f"{fault.name} {seed}")
    print("\n" + table_of(outcomes))
    if not can_mount():
        print("disks were left out: this user cannot mount one")
    if not earlier_commits():
        print("other versions were left out: this is no clone with its history")
    if arguments.record is not None and arguments.report is not None:
        write_section(arguments.record, arguments.report)
    return int(not all(outcome.survived for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
