"""Why a job ended without a result, read from what the system, the scheduler and the workflow said of it."""

from __future__ import annotations

import errno
import os
import re
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

NO_RESULT = "ended without a result"
"""Stands in the reason of every analysis that is missing because a job of the tumour was ended."""
REMEDY_OF_A_JOB = (
    "where memory or time ran out give the step more (docs/clusters.md) or run fewer at once (--cores)"
)

TIME = "it was stopped when the time that it was given was over"
MEMORY = "it ran out of memory"
MACHINE = "the machine that it ran on was lost"
PREEMPTED = "the cluster took its place for another job"
CANCELLED = "it was cancelled"
KILLED = "it was killed from outside, by hand or by the system (signal 9)"
UNSAID = "it was killed, or its machine was lost; nothing was said of it"

_SAID_BY_SCHEDULERS = (
    (TIME, r"DUE TO TIME LIMIT|\bTIMEOUT\b|\bTERM_RUNLIMIT\b"),
    (MEMORY, r"\boom[-_]kill|\bOUT_OF_ME|\bOOMKilled\b|exceeded (?:job )?memory limit|\bTERM_MEMLIMIT\b"),
    (MACHINE, r"\bNODE_FAIL\b|DUE TO NODE FAILURE|\bBOOT_FAIL\b"),
    (PREEMPTED, r"DUE TO PREEMPTION|\bPREEMPTED\b|\bTERM_PREEMPT\b"),
    (CANCELLED, r"\bCANCELLED\b|\bTERM_OWNER\b"),
)
"""Slurm's words in a job's log and its states; LSF's reasons; in this order, for Slurm cancels a job that is over its time."""
_STATUS = re.compile(r"returned non-zero exit status (\d+)|died with <Signals\.\w+: (\d+)>")
_ABOVE_SIGNALS = 128
"""A shell's exit status of a program that a signal ended is this and the signal's number."""


def why_it_ended(said: str, *, killed_for_memory: bool = False) -> str:
    """One clause: memory, time, a lost machine, a cancelled job, a signal or an exit status, whichever `said` tells first.

    `killed_for_memory`: the system killed something for memory while the job ran, which tells what its signal 9 was for.
    """
    for words, pattern in _SAID_BY_SCHEDULERS:
        if re.search(pattern, said):
            return words
    status = max((int(one or two) for one, two in _STATUS.findall(said)), default=None)
    if status is None:
        return UNSAID
    number = status - _ABOVE_SIGNALS if status > _ABOVE_SIGNALS else status
    if status <= _ABOVE_SIGNALS and f"Signals.{_name(status)}" not in said:
        return f"it ended with an error (exit status {status})"
    if number == signal.SIGKILL:
        return MEMORY if killed_for_memory else KILLED
    return f"a signal ended it ({_name(number)})"


def tells_of_a_full_disk(words: str) -> bool:
    """Whether a step's last words are that its disk, or the quota on it, is full, or that it is read-only."""
    return any(os.strerror(number) in words for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS))


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def memory_kills(counters: Path = Path("/proc/vmstat")) -> int:
    """How many processes this machine has killed for memory since it started; 0 where it does not count them."""
    try:
        found = re.search(r"^oom_kill (\d+)$", counters.read_text(encoding="ascii"), re.MULTILINE)
    except OSError:
        return 0
    return int(found.group(1)) if found else 0


def last_begun(logs: Sequence[Path]) -> Path | None:
    """Of the logs of a tumour's steps that of the step that was begun last; None where none was."""
    begun = [path for path in logs if path.is_file()]
    return max(begun, key=lambda path: path.stat().st_mtime_ns, default=None)


def last_words(log: Path | None) -> str:
    """The last line that a job wrote into its log, in a clause."""
    lines = list(_filled_lines(log))
    return f"its log ends with: {lines[-1]}" if lines else "its log is empty"


def _filled_lines(log: Path | None) -> Iterator[str]:
    if log is not None and log.is_file():
        text = log.read_text(encoding="utf-8", errors="replace")
        yield from (line.strip() for line in text.splitlines() if line.strip())
