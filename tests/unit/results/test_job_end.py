"""Why a job ended, out of what schedulers and the shell say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from refractor.results.job_end import (
    CANCELLED,
    KILLED,
    MACHINE,
    MEMORY,
    PREEMPTED,
    TIME,
    UNSAID,
    last_begun,
    last_words,
    memory_kills,
    tells_of_a_full_disk,
    why_it_ended,
)

SHELL = "CalledProcessError in file \"variants.smk\", line 5:\nCommand 'python call_variants.py --sample=T2' "


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("slurmstepd: error: *** JOB 7 ON one CANCELLED AT 2026-11-29T11:00:00 DUE TO TIME LIMIT ***", TIME),
        ("SLURM-job '7' failed, SLURM status is: 'TIMEOUT'. Reason: Unknown.", TIME),
        ("slurmstepd: error: Detected 1 oom_kill event in StepId=7.0. Some of the step tasks", MEMORY),
        ("SLURM-job '7' failed, SLURM status is: 'OUT_OF_MEMORY'.", MEMORY),
        ("slurmstepd: error: StepId=7.0 exceeded memory limit (1551892 > 1024000), being killed", MEMORY),
        ("failed due to a node failure, SLURM status is: 'NODE_FAIL'. Failed nodes will be", MACHINE),
        ("*** JOB 7 ON one CANCELLED AT 2026-11-29T11:00:00 DUE TO NODE FAILURE, SEE SLURMCTLD LOG", MACHINE),
        ("*** JOB 7 ON one CANCELLED AT 2026-11-29T11:00:00 DUE TO PREEMPTION ***", PREEMPTED),
        ("slurmstepd: error: *** JOB 7 ON one CANCELLED AT 2026-11-29T11:00:00 ***", CANCELLED),
        ("SLURM-job '7' failed, SLURM status is: 'CANCELLED'.", CANCELLED),
        (f"{SHELL}returned non-zero exit status 137.", KILLED),
        (f"{SHELL}died with <Signals.SIGKILL: 9>.", KILLED),
        (f"{SHELL}died with <Signals.SIGSEGV: 11>.", "a signal ended it (SIGSEGV)"),
        (f"{SHELL}returned non-zero exit status 143.", "a signal ended it (SIGTERM)"),
        (f"{SHELL}returned non-zero exit status 9.", "it ended with an error (exit status 9)"),
        (f"{SHELL}returned non-zero exit status 2.", "it ended with an error (exit status 2)"),
        ("", UNSAID),
    ],
)
def test_each_end_is_told_from_the_others(said: str, why: str) -> None:
    assert why_it_ended(said) == why


def test_signal_9_is_memory_where_the_system_counted_a_kill_for_it() -> None:
    assert why_it_ended(f"{SHELL}returned non-zero exit status 137.", killed_for_memory=True) == MEMORY
    segfault = why_it_ended(f"{SHELL}returned non-zero exit status 139.", killed_for_memory=True)
    assert segfault == "a signal ended it (SIGSEGV)"


def test_the_systems_count(tmp_path: Path) -> None:
    counters = tmp_path / "vmstat"
    counters.write_text("pgfault 12\noom_kill 3\noom_kill_other 9\n")
    assert memory_kills(counters) == 3
    counters.write_text("pgfault 12\n")
    assert memory_kills(counters) == 0
    assert memory_kills(tmp_path / "none") == 0


def test_a_full_disk_is_known_by_the_last_words() -> None:
    assert tells_of_a_full_disk("its log ends with: x.tsv: No space left on device; free space")
    assert tells_of_a_full_disk("its log ends with: x.tsv: Read-only file system; mend it")
    assert not tells_of_a_full_disk("its log ends with: x.tsv: File too large")


def test_the_step_begun_last_and_its_last_words(tmp_path: Path) -> None:
    first, second, never = (tmp_path / name for name in ("copies.log", "variants.log", "labels.log"))
    first.write_text("read 3 segments\n\n")
    second.write_text("")
    os.utime(first, (1000, 1000))
    assert last_begun([first, second, never]) == second
    assert last_begun([never]) is None
    assert last_words(first) == "its log ends with: read 3 segments"
    assert last_words(second) == last_words(None) == "its log is empty"
