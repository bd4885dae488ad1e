"""The ways to disturb a run: what is done before it, and at a random moment of it."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from small_trial import PROJECT, Trial

LIMIT_SECONDS = 900
EARLIER = 300
"""Commits back that are tried."""


@dataclass(slots=True)
class Disturbed:
    """A run and what there is to disturb it with; `undo` is done after it, `at_end` after the run that follows it."""

    trial: Trial
    chance: random.Random
    seconds: float
    notes: list[str] = field(default_factory=list)
    undo: list[Callable[[], object]] = field(default_factory=list)
    at_end: list[Callable[[], object]] = field(default_factory=list)
    commit: str | None = None
    """The earlier version to run first; None draws one."""
    beside: Trial | None = None
    """Another trial of the same input, in its own folder, whose results must be the same."""
    _process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start Snakemake."""
        self._process = start(self.trial, "disturbed.log")

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """Snakemake, once it was started."""
        if self._process is None:
            raise RuntimeError("the run has not begun")
        return self._process

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
    before: Callable[[Disturbed], None] | None = None
    other_input: bool = False
    """The disturbed run has other input, or other code: its results may be others, and be told as an earlier run's."""
    gives_up: bool = False
    """The disturbed run ends with the tumour failed, and its cohort finished without it: other results, whole ones."""


def start(trial: Trial, log: str) -> subprocess.Popen[bytes]:
    """Snakemake on the trial in a session of its own, what it says kept in the trial's folder."""
    command = [
        sys.executable, "-m", "snakemake", "--snakefile", str(trial.checkout / "Snakefile"), "--cores", "2",
        "--directory", str(trial.folder), "--configfile", str(trial.folder / "config.yaml"),
    ]  # fmt: skip
    # Another version's steps import their own library, wherever this one is installed from.
    library = {"PYTHONPATH": str(trial.checkout / "scripts")}
    environment = {**os.environ, **library, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
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


def run_beside(run: Disturbed) -> None:
    """A second run at once, from the same checkout, on the same input in another folder."""
    folder = run.trial.folder.with_name(f"{run.trial.folder.name}-beside")
    shutil.copytree(run.trial.folder, folder, ignore=shutil.ignore_patterns("results", ".snakemake", "*.log"))
    run.beside = Trial(folder, run.trial.checkout)
    run.wait_a_while()
    code = start(run.beside, "run.log").wait(LIMIT_SECONDS)
    if code != 0:
        run.notes.append(f"the other ended with {code}")


def edit_input(run: Disturbed) -> None:
    """The disturbed run has another number in one table than the next."""
    path = run.trial.folder / "T1.segments.tsv"
    true, other = path.read_text(), run.chance.choice(["16", "9", "2"])
    path.write_text(true.replace("\t18\t1\n", f"\t{other}\t1\n"))
    run.notes.append(f"{other} copies for 18")
    run.undo.append(lambda: path.write_text(true))


def move_the_clock_back(run: Disturbed) -> None:
    """A run that was killed, or had ended, left files that are dated a day ahead of all that comes."""
    kill_everything(run)
    run.undo.append(lambda: date_ahead(run.trial.folder))


def date_ahead(folder: Path) -> None:
    """Date all that a run made a day ahead."""
    for name in ("results", "logs", ".snakemake"):
        for path in (folder / name).rglob("*"):
            if path.is_file():
                ahead = path.stat().st_mtime + 86_400
                os.utime(path, (ahead, ahead))


def check_out_earlier(run: Disturbed) -> None:
    """The disturbed run is of an earlier commit, out of the last few hundred."""
    commit = run.commit or run.chance.choice(earlier_commits())
    checkout = Path(tempfile.mkdtemp(prefix="refractor-earlier-"))
    packed = subprocess.run(["git", "archive", commit], cwd=PROJECT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", checkout], input=packed, check=True)
    run.notes.append(commit[:7])
    run.trial = Trial(run.trial.folder, checkout)
    run.undo.append(lambda: shutil.rmtree(checkout))


def earlier_commits() -> list[str]:
    """Commits before this one, newest first; none outside a clone with its history."""
    done = subprocess.run(
        ["git", "rev-list", "--first-parent", f"--max-count={EARLIER}", "HEAD~1"],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.split() if done.returncode == 0 else []


def end_or_kill(run: Disturbed) -> None:
    """Half of the runs come to their end, half are killed."""
    if run.chance.random() < 0.5:
        kill_everything(run)
        run.notes.append("killed")
    else:
        run.process.wait(LIMIT_SECONDS)


def mount_small(run: Disturbed) -> None:
    """Results on a disk of their own that holds 10 to 90 % of them."""
    mount(run, f"size={int(run.chance.uniform(0.1, 0.9) * 900)}k")


def mount_large(run: Disturbed) -> None:
    """Results on a disk of their own."""
    mount(run, "size=64m")


def mount(run: Disturbed, options: str) -> None:
    """A memory disk as results folder."""
    run.results.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", run.results], check=True)
    run.at_end.append(lambda: subprocess.run(["umount", "--lazy", run.results], check=True))


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
    Fault("two runs in two folders", run_beside),
    Fault("clock moved back, a table edited", move_the_clock_back, before=edit_input, other_input=True),
)
OTHER_VERSIONS = (
    Fault("another version over old results", end_or_kill, before=check_out_earlier, other_input=True),
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
