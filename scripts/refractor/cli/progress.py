"""The display of a run: where it stands, each warning once, failures with their reason, one last line."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from refractor.cli.screen import Screen

LABELS = "annotate_alterations"
"""The step that ends a tumour: it has its label then."""
TARGET = "all"
"""The rule that names the results and does nothing."""
REPORTS = "render_report"
CONFIRMS = "confirm_complete"
"""The last step, which fails where an analysis failed; the report is there then."""
REPORT = Path("results") / "report" / "index.html"

_LEAST_DONE_TO_EXTRAPOLATE = 0.03
_SHOWN_LINES = 12
_STAMPED = re.compile(r"^\d\d:\d\d:\d\d ")


@dataclass(frozen=True, slots=True)
class Job:
    """One job as a reader knows it: the step, and the tumour where it is of one."""

    rule: str
    sample: str | None = None

    def __str__(self) -> str:
        return self.rule if self.sample is None else f"{self.rule} of {self.sample}"

    def does(self, step: str) -> bool:
        """Whether it is this step, also under the prefix of a workflow that imports ours."""
        return self.rule == step or self.rule.endswith(f"_{step}")


@dataclass(slots=True)
class Progress:
    """What is known of a run; each event is shown as it comes. Times are seconds of `clock`."""

    screen: Screen
    quiet: bool = False
    dry_run: bool = False
    folder: Path = field(default_factory=Path)
    clock: Callable[[], float] = time.monotonic
    _planned: dict[str, int] = field(default_factory=dict)
    _jobs: dict[int, Job] = field(default_factory=dict)
    _running: dict[int, Job] = field(default_factory=dict)
    _failed: dict[Job, None] = field(default_factory=dict)
    _warned: set[str] = field(default_factory=set)
    _finished: list[Job] = field(default_factory=list)
    _up_to_date: bool = False
    _refused: bool = False
    _began: float = 0.0
    _began_at: float = 0.0
    _ended: bool = False

    def plan(self, jobs_by_rule: Mapping[str, int]) -> None:
        """The jobs that are to be done; Snakemake's own sum under `total`, and its target rules, are left out."""
        if self._planned:
            return  # a dry run says it again at its end
        self._planned = {
            rule: count
            for rule, count in jobs_by_rule.items()
            if rule != "total" and not Job(rule).does(TARGET)
        }
        self._began, self._began_at = self.clock(), time.time()
        if self.dry_run:
            each = ", ".join(f"{count} {rule}" for rule, count in self._planned.items())
            self.screen.line(f"a run would do {_counted(self._steps, 'step')}: {each}")
        elif not self.quiet:
            self.screen.line(f"{self._tumors_in_words()}{_counted(self._steps, 'step')} to do")

    def nothing_to_do(self) -> None:
        """Every result is up to date."""
        self._up_to_date = True

    def begin(self, number: int, job: Job) -> None:
        """A job starts, perhaps for another time."""
        self._jobs[number] = self._running[number] = job
        self._failed.pop(job, None)
        self._show_state()

    def finish(self, number: int) -> None:
        """A job is done."""
        self._running.pop(number, None)
        if number in self._jobs and not self._jobs[number].does(TARGET):
            self._finished.append(self._jobs[number])
        self._show_state()

    def fail(self, number: int, job: Job, logs: Sequence[Path] = ()) -> None:
        """A job failed; its log says why."""
        self._running.pop(number, None)
        job = self._jobs.get(number, job)
        if job in self._failed or any(_was_interrupted(self.folder / log) for log in logs):
            return
        self._failed[job] = None
        self.screen.line("not every analysis could be done:" if job.does(CONFIRMS) else f"failed: {job}")
        for line in _reasons(self.folder, logs):
            self.screen.line(f"    {line}")

    def warn(self, text: str) -> None:
        """A warning, shown the first time."""
        if not self.quiet and text not in self._warned:
            self.screen.line(f"warning: {text}")
        self._warned.add(text)

    def error(self, text: str) -> None:
        """An error that is no job's: shown always."""
        self._refused = self._refused or not self._planned
        self.screen.line(text)

    def end(self) -> None:
        """The last line; a second call does nothing."""
        if self._ended or self.dry_run:
            return
        self._ended = True
        for line in self._last_line():
            self.screen.line(line)

    def _last_line(self) -> Iterator[str]:
        if self._up_to_date:
            yield f"nothing to be done: every result is up to date{self._page_in_words()}"
        elif self._refused and not self._planned:
            yield "nothing was run"
        elif self._planned and self._failed:
            failed = [str(job) for job in self._failed if not job.does(CONFIRMS)]
            left = f"failed: {', '.join(failed)}" if failed else "what could not be done stands above"
            yield f"done but for failures: {self._done_in_words()}; {left}{self._page_in_words()}"
        elif self._planned and len(self._finished) < self._steps and (self._finished or not self.quiet):
            yield f"stopped: {self._done_in_words()}; the same command goes on from there"
        elif self._planned and not self.quiet:
            yield f"done: {self._done_in_words()}{self._page_in_words()}"

    def _show_state(self) -> None:
        if self.quiet or self.dry_run or not self._planned:
            return
        now = self.clock()
        labelled, tumors = self._labelled, self._planned_of(LABELS)
        parts = [f"{labelled} of {_counted(tumors, 'tumour')}"] if tumors else []
        parts += [f"{len(self._finished)} of {_counted(self._steps, 'step')}", *self._time_left(now)]
        running = ", ".join(str(job) for job in self._running.values() if not job.does(TARGET))
        self.screen.state(" · ".join((*parts, *([f"now {running}"] if running else []))), now=now)

    def _time_left(self, now: float) -> Iterator[str]:
        done = len(self._finished)
        if done > 1 and done >= _LEAST_DONE_TO_EXTRAPOLATE * self._steps:
            yield f"about {_duration((now - self._began) * (self._steps - done) / done)} left"

    @property
    def _steps(self) -> int:
        return sum(self._planned.values())

    @property
    def _labelled(self) -> int:
        return sum(job.does(LABELS) for job in self._finished)

    def _planned_of(self, step: str) -> int:
        return sum(count for rule, count in self._planned.items() if Job(rule).does(step))

    def _tumors_in_words(self) -> str:
        tumors = self._planned_of(LABELS)
        return f"{_counted(tumors, 'tumour')}, " if tumors else ""

    def _done_in_words(self) -> str:
        steps, done = self._steps, len(self._finished)
        share = _counted(done, "step") if done == steps else f"{done} of {_counted(steps, 'step')}"
        tumors = f"{_counted(self._labelled, 'tumour')}, " if self._labelled else ""
        return f"{tumors}{share} in {_duration(self.clock() - self._began)}"

    def _page_in_words(self) -> str:
        """Where the page is, if it was made in this run's time (disks round it) or there was no need to make it."""
        page = (self.folder / REPORT).resolve()
        if not page.is_file() or (self._planned_of(REPORTS) and page.stat().st_mtime < self._began_at - 1):
            return ""
        return f"; the page: {page}"


def _was_interrupted(log: Path) -> bool:
    """Whether a step was stopped by Ctrl-C, which is no failure of it: Python's last word says so."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    return text.rstrip().endswith("KeyboardInterrupt")


def _reasons(folder: Path, logs: Sequence[Path]) -> Iterator[str]:
    """The last lines of the logs that are no running commentary, and where the whole is."""
    for log in logs:
        path = folder / log
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
        said = [line for line in lines if line.strip() and not _STAMPED.match(line)]
        yield from said[-_SHOWN_LINES:] or ["it said nothing: killed, or out of memory or time?"]
        yield f"log: {path}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _duration(seconds: float) -> str:
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
