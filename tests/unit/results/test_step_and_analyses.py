"""Exit codes of steps, the log of analyses, and files that never look finished when they are not."""

from __future__ import annotations

import argparse
import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from refractor.results.analyses import AnalysisLog
from refractor.errors import InputError, Problem
from refractor.files.atomic import temporary_folder, written_aside
from refractor.step import run_step, step_parser
from refractor.vocabulary import State

PROBLEM = Problem("a.tsv", "is wrong", line=3, column="sex", allowed="XX or XY")


def test_a_problem_names_file_line_column_and_remedy() -> None:
    assert str(PROBLEM) == "a.tsv:3 sex: is wrong; XX or XY"


def test_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(arguments: argparse.Namespace) -> None:
        raise InputError([PROBLEM, PROBLEM])

    def defect(arguments: argparse.Namespace) -> None:
        raise ZeroDivisionError

    assert run_step(step_parser("d"), lambda arguments: None, []) == 0
    assert run_step(step_parser("d"), fail, []) == 2
    assert capsys.readouterr().err.count("a.tsv:3 sex") == 2
    with pytest.raises(ZeroDivisionError):
        run_step(step_parser("d"), defect, [])


@pytest.mark.parametrize("below", ["", "deeper/still"])
def test_an_output_folder_that_is_a_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], below: str
) -> None:
    (tmp_path / "taken").touch()
    parser = step_parser("d")
    parser.add_argument("--output-dir", type=Path)
    ran: list[argparse.Namespace] = []
    assert run_step(parser, ran.append, ["--output-dir", str(tmp_path / "taken" / below)]) == 2
    assert capsys.readouterr().err == f"{tmp_path / 'taken'}: is a file; give a folder as --output-dir\n"
    assert ran == []
    assert run_step(parser, ran.append, ["--output-dir", str(tmp_path / "new" / below)]) == 0


def test_an_output_folder_that_is_a_link_to_nowhere_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").symlink_to("nowhere/at/all")
    parser = step_parser("d")
    parser.add_argument("--output-dir", type=Path)
    assert run_step(parser, lambda arguments: None, ["--output-dir", str(tmp_path / "out" / "below")]) == 2
    assert "out: is a link to what does not exist; give a folder" in capsys.readouterr().err


def test_memory_that_runs_out_has_a_message_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    def greedy(arguments: argparse.Namespace) -> None:
        raise MemoryError

    assert run_step(step_parser("d"), greedy, []) == 2
    assert "ran out of memory; raise the limit on memory" in capsys.readouterr().err


def test_a_package_that_memory_is_too_small_for_is_no_defect(capsys: pytest.CaptureFixture[str]) -> None:
    """As scipy says it where `ulimit -v` leaves no room for its extension modules; any other ImportError is a defect."""

    def load(_: argparse.Namespace) -> None:
        try:
            raise ImportError("_ccallback_c.so: failed to map segment from shared object")
        except ImportError as error:
            raise ImportError("The `scipy` install you are using seems to be broken") from error

    def load_nothing(_: argparse.Namespace) -> None:
        raise ImportError("No module named 'scipy'")

    assert run_step(argparse.ArgumentParser(prog="step"), load, []) == 2
    assert "ran out of memory; raise the limit on memory" in capsys.readouterr().err
    with pytest.raises(ImportError):
        run_step(argparse.ArgumentParser(prog="step"), load_nothing, [])


def test_options_are_not_abbreviated() -> None:
    with pytest.raises(SystemExit):
        run_step(step_parser("d"), lambda arguments: None, ["--synth"])


def test_a_failed_analysis_is_a_row_only_when_asked() -> None:
    log = AnalysisLog("S1", record_failures=True)
    with log.attempt("copy_number"):
        raise InputError([PROBLEM, PROBLEM])
    with log.attempt("small_variants"):
        pass
    log.skipped("tumor_reads", "no reads in the sheet")
    table = log.records()
    assert len(table) == 3
    assert [row.state for row in table] == [State.FAILED, State.DONE, State.SKIPPED]
    assert table[0].reason == "a.tsv:3 sex: is wrong; XX or XY | a.tsv:3 sex: is wrong; XX or XY"
    with pytest.raises(InputError), AnalysisLog("S1", record_failures=False).attempt("copy_number"):
        raise InputError(PROBLEM)


def test_a_defect_fails_its_analysis_with_its_name_only_when_asked() -> None:
    log = AnalysisLog("S1", record_failures=True)
    with log.attempt("copy_number"):
        raise KeyError("x")
    (row,) = log.records()
    assert (row.state, row.reason) == (State.FAILED, "KeyError: 'x'; not foreseen, please report it with the step's log")
    with pytest.raises(KeyError), AnalysisLog("S1", record_failures=False).attempt("copy_number"):
        raise KeyError("x")


def test_a_full_disk_is_no_fault_of_the_file() -> None:
    log = AnalysisLog("S1", record_failures=True)
    with pytest.raises(OSError, match="No space"), log.attempt("copy_number"):
        raise OSError(errno.ENOSPC, "No space left on device", "results/x")
    assert not log.records()


def test_written_aside_keeps_the_old_file_when_interrupted(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "x.txt"
    with written_aside(path) as scratch:
        scratch.write_text("old")
    with pytest.raises(KeyboardInterrupt), written_aside(path) as scratch:
        scratch.write_text("half")
        raise KeyboardInterrupt
    full = OSError(errno.ENOSPC, "No space left on device")  # as a write says it, without a name
    with pytest.raises(OSError, match="No space") as raised, written_aside(path):
        raise full
    assert raised.value.filename == str(path)
    assert path.read_text() == "old"
    assert [p.name for p in path.parent.iterdir()] == ["x.txt"]


def test_what_a_killed_process_left_is_removed_by_the_next_and_a_living_ones_is_not(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    with written_aside(path) as scratch:
        mine = scratch.name
        scratch.write_text("a")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    me, parent = str(os.getpid()), str(os.getppid())
    dead, living = mine.replace(me, str(ended.pid)), mine.replace(me, parent)
    elsewhere, other = f".other-1.{path.name}", dead.replace("table.tsv", "qc.tsv")
    for name in (dead, living, elsewhere, other):
        (tmp_path / name).write_text("half")
    with written_aside(path) as scratch:
        scratch.write_text("b")
    assert {file.name for file in tmp_path.iterdir()} == {"table.tsv", living, elsewhere, other}
    assert path.read_text() == "b"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_fault_of_the_disk_is_said_without_a_traceback(
    number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(arguments: argparse.Namespace) -> None:
        raise OSError(number, os.strerror(number), "results/x.tsv")

    assert run_step(step_parser("d"), fail, []) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"results/x.tsv: {os.strerror(number)}; ")


def test_a_full_disk_of_temporary_files_is_named_with_tmpdir(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(arguments: argparse.Namespace) -> None:
        with temporary_folder() as folder, written_aside(folder / "x.tsv"):
            raise OSError(errno.ENOSPC, "No space left on device")

    assert run_step(step_parser("d"), fail, []) == 2
    said = capsys.readouterr().err
    assert "/x.tsv: No space left on device; temporary files need room" in said
    assert "TMPDIR" in said


def test_another_error_of_the_system_is_a_defect() -> None:
    def fail(arguments: argparse.Namespace) -> None:
        raise FileNotFoundError(errno.ENOENT, "no", "x")

    with pytest.raises(FileNotFoundError):
        run_step(step_parser("d"), fail, [])
