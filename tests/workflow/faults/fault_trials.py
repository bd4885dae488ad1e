"""Runs that are disturbed at a random moment, each followed by an undisturbed one, whose results must be the same.

    python tests/workflow/faults/fault_trials.py [--kills 20] [--others 4] [--seed 1]

One tumour has a VCF and copy number, the other reads. A trial is survived when the disturbed run left no file that
differs from an undisturbed run's (half-written, that is), and the next run ends well with the same results, byte for
byte. Prints a line a trial and a table; ends non-zero when one is lost.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[2] / "scripts")]

from same_results import contents  # noqa: E402
from small_reads import write_reads  # noqa: E402
from small_trial import PROJECT, Trial, write_trial  # noqa: E402

LIMIT_SECONDS = 900
NOTES = (".failures/",)
"""Hidden notes of what went wrong before: the time of a failure is no result."""
SINCE_LAST_TIME = (".evidence_state.json", "evidence_changes.tsv")
"""What a tumour's evidence was in the run before: other where that run had other input."""


@dataclass(slots=True)
class Disturbed:
    """A run under way and what there is to disturb it with."""

    trial: Trial
    process: subprocess.Popen[bytes]
    chance: random.Random
    seconds: float
    notes: list[str] = field(default_factory=list)
    undo: list[Callable[[], object]] = field(default_factory=list)

    def wait_a_while(self) -> None:
        """Until a random moment of the run, or its end."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.chance.uniform(0.03, 0.97) * self.seconds)

    @property
    def results(self) -> Path:
        """The results folder."""
        return self.trial.folder / "results"


@dataclass(frozen=True, slots=True)
class Fault:
    """A way to disturb a run: what is done before it and during it."""

    name: str
    during: Callable[[Disturbed], None]
    before: Callable[[Trial, random.Random], None] | None = None
    other_input: bool = False
    gives_up: bool = False
    """The disturbed run ends with the tumour failed, and its cohort finished without it: other results, whole ones."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one trial."""

    fault: str
    seed: int
    notes: tuple[str, ...]
    disturbed_code: int
    half_written: tuple[str, ...]
    next_code: int
    different: tuple[str, ...]

    @property
    def survived(self) -> bool:
        """Nothing half-written, the next run well, its results the same."""
        return self.next_code == 0 and not self.half_written and not self.different


def start(trial: Trial, log: str) -> subprocess.Popen[bytes]:
    """Snakemake on the trial in a session of its own, what it says kept in the trial's folder."""
    command = [
        sys.executable, "-m", "snakemake", "--snakefile", str(trial.checkout / "Snakefile"), "--cores", "2",
        "--directory", str(trial.folder), "--configfile", str(trial.folder / "config.yaml"),
    ]  # fmt: skip
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with (trial.folder / log).open("wb") as out:
        return subprocess.Popen(command, stdout=out, stderr=out, env=environment, start_new_session=True)


def steps_of(session: int) -> list[int]:
    """Processes of a session that run one of our steps."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if len(words) > 1 and b"/scripts/" in words[1] and os.getsid(int(entry.name)) == session:
                    found.append(int(entry.name))
    return found


def kill_step(run: Disturbed) -> None:
    """kill -9 of a step that is at work."""
    run.wait_a_while()
    while run.process.poll() is None:
        steps = steps_of(run.process.pid)
        if steps:
            victim = run.chance.choice(steps)
            with contextlib.suppress(OSError):
                words = Path(f"/proc/{victim}/cmdline").read_bytes().split(b"\0")
                os.kill(victim, signal.SIGKILL)
                run.notes.append(Path(words[1].decode()).stem)
                return
        time.sleep(0.02)


def kill_snakemake(run: Disturbed) -> None:
    """kill -9 of Snakemake alone; its steps go on without it."""
    run.wait_a_while()
    run.process.kill()


def kill_everything(run: Disturbed) -> None:
    """kill -9 of Snakemake and all its steps, as when a machine loses power."""
    run.wait_a_while()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(run.process.pid, signal.SIGKILL)


def terminate(run: Disturbed) -> None:
    """SIGTERM to Snakemake and its steps, as a scheduler sends it at the end of the time."""
    run.wait_a_while()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(run.process.pid, signal.SIGTERM)


def lose_a_file(run: Disturbed) -> None:
    """One input file is gone for the rest of the run, and there again afterwards."""
    run.wait_a_while()
    name = run.chance.choice(["T1.vcf", "T1.segments.tsv", "T2.bam", "T2.bam.bai"])
    path, away = run.trial.folder / name, run.trial.folder / f"{name}.away"
    path.rename(away)
    run.undo.append(lambda: away.rename(path))
    run.notes.append(name)


def start_second_run(run: Disturbed) -> None:
    """A second run on the same folder while the first is at work: it must not start, or find nothing to do."""
    run.wait_a_while()
    alone = run.process.poll() is not None
    second = start(run.trial, "second.log")
    code = second.wait(LIMIT_SECONDS)
    said = (run.trial.folder / "second.log").read_text()
    refused = code != 0 and "cannot be locked" in said and "Traceback" not in said
    run.notes.append("refused" if refused else "nothing to do" if code == 0 else f"SECOND RUN: {said[-500:]}")
    if not (refused or (code == 0 and (alone or run.process.poll() is not None))):
        raise AssertionError(f"the second run was neither refused nor idle:\n{said[-3000:]}")


def mount_small(trial: Trial, chance: random.Random) -> None:
    """Results on a disk of their own that holds 10 to 90 % of them."""
    mount(trial, f"size={int(chance.uniform(0.1, 0.9) * 900)}k")


def mount_large(trial: Trial, chance: random.Random) -> None:
    """Results on a disk of their own."""
    mount(trial, "size=64m")


def mount(trial: Trial, options: str) -> None:
    """A memory disk as results folder."""
    (trial.folder / "results").mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", trial.folder / "results"], check=True)


def remount(run: Disturbed, options: str) -> None:
    """Change the memory disk below the run."""
    for _ in range(100):  # busy while a file is being written
        done = subprocess.run(
            ["mount", "-o", f"remount,{options}", run.results], check=False, capture_output=True
        )
        if done.returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError(done.stderr.decode())


def fill_the_disk(run: Disturbed) -> None:
    """The disk is full at some moment; afterwards there is room."""
    run.undo.append(lambda: remount(run, "size=64m"))


def make_read_only(run: Disturbed) -> None:
    """The results can no longer be written from some moment on; afterwards they can."""
    run.wait_a_while()
    remount(run, "ro")
    run.undo.append(lambda: remount(run, "rw"))


KILLS = (
    Fault("kill -9 of a step", kill_step, gives_up=True),
    Fault("kill -9 of Snakemake", kill_snakemake),
    Fault("kill -9 of everything", kill_everything),
)
OTHERS = (
    Fault("SIGTERM", terminate),
    Fault("a file vanishes", lose_a_file, other_input=True),
    Fault("two runs on one folder", start_second_run),
)
DISKS = (
    Fault("disk full", fill_the_disk, before=mount_small),
    Fault("output turns read-only", make_read_only, before=mount_large),
)


def can_mount() -> bool:
    """Whether this user may mount a memory disk here."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=False, capture_output=True)
        if done.returncode == 0:
            subprocess.run(["umount", folder], check=True)
        return done.returncode == 0


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


def disturb(fault: Fault, seed: int, undisturbed: Undisturbed, folder: Path) -> Outcome:
    """One trial: a run with the fault, then one without."""
    chance = random.Random(f"{fault.name} {seed}")
    shutil.copytree(undisturbed.folder, folder)
    trial = Trial(folder, PROJECT)
    with mounted(fault, trial, chance):
        run = Disturbed(trial, start(trial, "disturbed.log"), chance, undisturbed.seconds)
        try:
            fault.during(run)
            disturbed_code = run.process.wait(LIMIT_SECONDS)
        finally:
            if run.process.poll() is None:
                os.killpg(run.process.pid, signal.SIGKILL)
                run.process.wait()
            for undo in run.undo:
                undo()
        left = finished_files(results_of(trial))
        half = [name for name, digest in left.items() if digest != undisturbed.expected.get(name)]
        next_code = start(trial, "next.log").wait(LIMIT_SECONDS)
        last = results_of(trial)
    different = [
        name
        for name in sorted(undisturbed.expected.keys() | last.keys())
        if last.get(name) != undisturbed.expected.get(name)
        and not (fault.other_input and name.endswith(SINCE_LAST_TIME))
    ]
    wait_for_orphans(run.process.pid)
    return Outcome(
        fault.name,
        seed,
        tuple(run.notes),
        disturbed_code,
        () if fault.other_input or fault.gives_up else tuple(half),
        next_code,
        tuple(different),
    )


def finished_files(digests: dict[str, str]) -> dict[str, str]:
    """Files that look finished: their names do not begin with a dot."""
    return {name: digest for name, digest in digests.items() if not Path(name).name.startswith(".")}


@contextlib.contextmanager
def mounted(fault: Fault, trial: Trial, chance: random.Random) -> Iterator[None]:
    """With the fault's own disk, if it has one."""
    if fault.before is None:
        yield
        return
    fault.before(trial, chance)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", trial.folder / "results"], check=True)


def wait_for_orphans(session: int) -> None:
    """Steps that outlived their Snakemake end by themselves."""
    end = time.monotonic() + LIMIT_SECONDS
    while steps_of(session) and time.monotonic() < end:
        time.sleep(0.1)


def main() -> int:
    """Run all trials and print what became of them."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument(
        "--kills", type=int, default=20, help="trials of kill -9, shared among step, Snakemake, all"
    )
    options.add_argument("--others", type=int, default=4, help="trials of each other fault")
    options.add_argument("--seed", type=int, default=1)
    arguments = options.parse_args()
    plan = [(KILLS[number % len(KILLS)], arguments.seed + number) for number in range(arguments.kills)]
    faults = OTHERS + (DISKS if can_mount() else ())
    plan += [(fault, arguments.seed + number) for fault in faults for number in range(arguments.others)]
    cases, survived = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="refractor-faults-") as name:
        undisturbed = run_undisturbed(Path(name))
        print(f"undisturbed run: {undisturbed.seconds:.1f} s, {len(undisturbed.expected)} files", flush=True)
        for fault, seed in plan:
            folder = Path(name) / f"trial-{len(list(Path(name).iterdir()))}"
            outcome = disturb(fault, seed, undisturbed, folder)
            cases[fault.name] += 1
            survived[fault.name] += outcome.survived
            print(f"{'survived' if outcome.survived else 'LOST'}\t{outcome}", flush=True)
            if outcome.survived:
                shutil.rmtree(folder)
    print("\nfault | cases | survived | lost\n--- | --- | --- | ---")
    for what, count in cases.items():
        print(f"{what} | {count} | {survived[what]} | {count - survived[what]}")
    if not can_mount():
        print("disks were left out: this user cannot mount one")
    return int(sum(survived.values()) < sum(cases.values()))


if __name__ == "__main__":
    sys.exit(main())
