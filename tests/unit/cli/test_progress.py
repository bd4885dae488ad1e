"""What a run shows: counts, time left, warnings once, failures always, one last line."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from refractor.cli.progress import Job, Progress
from refractor.cli.screen import LINE_SECONDS, Screen

PLAN = {"measure": 2, "annotate_alterations": 2, "render_report": 1, "all": 1, "total": 6}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Run:
    """A Progress with a clock of its own."""

    def __init__(self, folder: Path, stream: io.StringIO | None = None, *, quiet: bool = False) -> None:
        self.now = 0.0
        self.stream = stream or io.StringIO()
        self.progress = Progress(Screen(self.stream), quiet=quiet, folder=folder, clock=lambda: self.now)

    def do(self, number: int, job: Job, seconds: float = 60.0) -> None:
        self.progress.begin(number, job)
        self.now += seconds
        self.progress.finish(number)

    @property
    def lines(self) -> list[str]:
        return self.stream.getvalue().splitlines()


def tumors(*names: str) -> list[Job]:
    return [Job(rule, name) for rule in ("measure", "annotate_alterations") for name in names]


def test_a_run_to_its_end(tmp_path: Path) -> None:
    run = Run(tmp_path)
    page = tmp_path / "results" / "report" / "index.html"
    page.parent.mkdir(parents=True)
    run.progress.plan(PLAN)
    page.touch()
    for number, job in enumerate((*tumors("A", "B"), Job("render_report"), Job("all"))):
        run.do(number, job)
    run.progress.end()
    run.progress.end()
    assert run.lines[0] == "2 tumours, 5 steps to do"
    assert run.lines[-1] == f"done: 2 tumours, 5 steps in 6 min 00 s; the page: {page}"
    assert "1 of 2 tumours · 3 of 5 steps · about 2 min 00 s left" in run.lines
    assert len([line for line in run.lines if line.startswith("done")]) == 1


def test_a_log_gets_a_state_only_now_and_then_and_a_terminal_writes_over_it(tmp_path: Path) -> None:
    for stream, shown in ((io.StringIO(), 1), (Terminal(), 6)):
        run = Run(tmp_path, stream)
        run.progress.plan(PLAN)
        for number, job in enumerate(tumors("A", "B")[:3]):
            run.do(number, job, seconds=LINE_SECONDS / 10)
        assert stream.getvalue().count("of 5 steps") == shown


def test_a_failure_names_step_tumor_and_reason_and_the_run_goes_on(tmp_path: Path) -> None:
    run = Run(tmp_path)
    (tmp_path / "a.log").write_text("12:00:01 read 3 windows\n\nA.vcf:3 REF: is not the reference\n")
    run.progress.plan(PLAN)
    run.progress.begin(1, Job("measure", "A"))
    run.progress.fail(1, Job("measure"), [Path("a.log")])
    run.progress.fail(1, Job("measure"), [Path("a.log")])
    run.do(2, Job("measure", "B"))
    run.progress.end()
    start = run.lines.index("failed: measure of A")
    assert run.lines[start + 1 : start + 3] == [
        "    A.vcf:3 REF: is not the reference",
        f"    log: {tmp_path / 'a.log'}",
    ]
    assert run.lines.count("failed: measure of A") == 1
    assert run.lines[-1] == "done but for failures: 1 of 5 steps in 1 min 00 s; failed: measure of A"


def test_a_step_that_ctrl_c_ended_has_not_failed(tmp_path: Path) -> None:
    run = Run(tmp_path)
    (tmp_path / "a.log").write_text("Traceback (most recent call last):\n  File 'x.py'\nKeyboardInterrupt\n")
    run.progress.plan(PLAN)
    run.do(1, Job("measure", "A"))
    run.progress.begin(2, Job("measure", "B"))
    run.progress.fail(2, Job("measure"), [Path("a.log")])
    run.progress.end()
    assert not any("failed" in line or "Traceback" in line for line in run.lines)
    assert run.lines[-1] == "stopped: 1 of 5 steps in 1 min 00 s; the same command goes on from there"


def test_a_job_that_a_further_attempt_mended_did_not_fail(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.progress.plan({"measure": 1, "total": 1})
    run.progress.begin(1, Job("measure", "A"))
    run.progress.fail(1, Job("measure"))
    run.do(1, Job("measure", "A"))
    run.progress.end()
    assert run.lines[-1] == "done: 1 step in 1 min 00 s"


def test_the_last_step_says_that_analyses_failed_not_that_it_did(tmp_path: Path) -> None:
    run = Run(tmp_path)
    (tmp_path / "c.log").write_text("manifest.tsv: A identity failed: two people; mend the row\n")
    run.progress.plan({"refractor_confirm_complete": 1, "measure": 1})
    run.do(1, Job("measure", "A"))
    run.progress.begin(2, Job("refractor_confirm_complete"))
    run.progress.fail(2, Job("refractor_confirm_complete"), [Path("c.log")])
    run.progress.end()
    assert "not every analysis could be done:" in run.lines
    assert "    manifest.tsv: A identity failed: two people; mend the row" in run.lines
    assert run.lines[-1].endswith("; what could not be done stands above")


@pytest.mark.parametrize("quiet", [False, True])
def test_a_warning_is_shown_once_and_quiet_is_never_mute_on_an_error(tmp_path: Path, quiet: bool) -> None:
    run = Run(tmp_path, quiet=quiet)
    run.progress.warn("odd")
    run.progress.warn("odd")
    run.progress.error("patients.tsv:3 age: 400 is out of range")
    run.progress.end()
    shown = ["warning: odd"] * (not quiet)
    assert run.lines == [*shown, "patients.tsv:3 age: 400 is out of range", "nothing was run"]


def test_a_quiet_run_that_succeeds_says_nothing_and_one_that_fails_says_so(tmp_path: Path) -> None:
    run = Run(tmp_path, quiet=True)
    run.progress.plan({"measure": 1})
    run.do(1, Job("measure", "A"))
    run.progress.end()
    assert run.lines == []
    run = Run(tmp_path, quiet=True)
    run.progress.plan({"measure": 1})
    run.progress.fail(1, Job("measure", "A"))
    run.progress.end()
    assert run.lines[0] == "failed: measure of A"
    assert run.lines[-1].startswith("done but for failures: 0 of 1 step")


def test_a_run_that_was_stopped_and_one_with_nothing_to_do(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.progress.plan(PLAN)
    run.do(1, Job("measure", "A"))
    run.progress.end()
    assert run.lines[-1] == "stopped: 1 of 5 steps in 1 min 00 s; the same command goes on from there"
    run = Run(tmp_path)
    run.progress.nothing_to_do()
    run.progress.end()
    assert run.lines == ["nothing to be done: every result is up to date"]


def test_a_page_of_an_earlier_run_is_not_this_runs(tmp_path: Path) -> None:
    page = tmp_path / "results" / "report" / "index.html"
    page.parent.mkdir(parents=True)
    page.touch()
    os.utime(page, (1, 1))
    run = Run(tmp_path)
    run.progress.plan(PLAN)
    run.progress.fail(1, Job("render_report"))
    run.progress.end()
    assert "index.html" not in run.lines[-1]


def test_a_dry_run_says_what_would_be_done(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.progress.dry_run = True
    run.progress.plan(PLAN)
    run.progress.plan(PLAN)
    run.progress.begin(1, Job("measure", "A"))
    run.progress.end()
    assert run.lines == ["a run would do 5 steps: 2 measure, 2 annotate_alterations, 1 render_report"]
