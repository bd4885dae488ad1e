"""Give the steps and the check of sheets every kind of input, spoilt in every way of the corpus; say what came of it.

    python tests/corpus/run.py [--only WORD] [--part 1/4] [--report docs/reliability.md]

Each attempt must end as an error that names the file, as a failed tumour or not assessable with its reason, as a
question, or with the result of the sound file: never as a traceback, a hang or another result. Exits with 1 where one
does not. With --report the rows go into attempts.tsv beside the page as they come, those of earlier runs are kept, and the
page's section is written anew; with --missing only what the table does not have of this commit is tried, with --new what it does not have at all.
"""

from __future__ import annotations

import argparse
import fcntl
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "scripts"), str(HERE.parent / "unit" / "reads")]

from attempts import FURTHER  # noqa: E402
from attempts_table import (  # noqa: E402
    Attempt,
    attempt,
    merged,
    read_table,
    summary,
    this_commit,
    write_section,
    write_table,
)  # fmt: skip
from findings import FAILED  # noqa: E402
from good_inputs import GoodInput, make_good_inputs, remote_reads  # noqa: E402
from larger_trial import larger_sheets  # noqa: E402
from trials import GOOD_ENDINGS, Case, Ending, all_cases, load_steps, run_case, run_isolated  # noqa: E402

Result = tuple[Case, Ending, str]
TABLE = "attempts.tsv"
KEPT_EVERY = 10
"""Attempts after which the table is written: a run may be stopped at any time."""


def every_input(folder: Path) -> list[GoodInput]:
    """The sound inputs of every kind, made in `folder`."""
    inputs = make_good_inputs(folder)
    cohort = next(good.path for good in inputs if good.kind == "cohort.yaml").read_bytes()
    return [*inputs, *remote_reads(folder / "remote", inputs), *larger_sheets(folder / "larger", cohort)]


def run_cases(cases: list[Case], folder: Path) -> Iterator[Result]:
    """What came of each case."""
    load_steps()
    expected: dict[str, Mapping[str, object]] = {}
    for number, case in enumerate(cases):
        kind = case.good.kind
        if kind not in expected:
            expected[kind] = sound(case.good, folder / f"sound-{len(expected)}")
        yield (case, *run_case(case, folder / f"case-{number}", expected[kind]))


def sound(good: GoodInput, folder: Path) -> Mapping[str, object]:
    """The verdicts of the undamaged input, which must be read."""
    folder.mkdir(parents=True)
    code, said, found = run_isolated(good, folder)
    if code or not found or found.pop(FAILED, None):
        raise SystemExit(f"the sound {good.kind} is not read (exit {code}):\n{said}")
    return found


def main() -> int:
    """Run and report."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--only", default="", help="only cases whose name holds this")
    options.add_argument("--further", action="store_true", help="only the attempts of attempts.py")
    options.add_argument("--part", default="1/1", help="of so many parts the one of this number")
    options.add_argument("--missing", action="store_true", help="only attempts that the table lacks")
    options.add_argument("--new", action="store_true", help="only attempts that the table has of no commit")
    options.add_argument("--report", type=Path, help="a page whose section on bad input is written anew")
    options.add_argument("--verbose", action="store_true", help="say what came of every case")
    arguments = options.parse_args()
    started = time.monotonic()
    commit, rows = this_commit(), []
    with tempfile.TemporaryDirectory(prefix="corpus") as folder:
        every = list(all_cases(every_input(Path(folder) / "good")))
        chosen = list(chosen_of(every, arguments, commit))
        for case, ending, words in run_cases(chosen, Path(folder)):
            rows.append(attempt(case.good.kind, case.attempt, ending, words, commit=commit))
            if arguments.verbose or ending not in GOOD_ENDINGS:
                print(f"{case.name}: {ending}: {words}", flush=True)
            if arguments.report is not None and (len(rows) % KEPT_EVERY == 0 or len(rows) == len(chosen)):
                keep(rows, arguments.report, every)
    print(f"{len(rows)} attempts, {time.monotonic() - started:.0f} s")
    return int(any(row.ending not in GOOD_ENDINGS for row in rows))


def chosen_of(every: list[Case], arguments: argparse.Namespace, commit: str) -> Iterator[Case]:
    """The cases that the options ask for."""
    part, parts = map(int, arguments.part.split("/"))
    table = [] if arguments.report is None else read_table(arguments.report.with_name(TABLE))
    asked = arguments.missing or arguments.new
    done = [row for row in table if asked and (arguments.new or row.commit == commit)]
    known = {(row.input, row.attempt) for row in done}
    for case in [case for case in every if arguments.only in case.name][part - 1 :: parts]:
        further = case.mutation in FURTHER.get(case.good.kind, ())
        if (further or not arguments.further) and (case.good.kind, case.attempt) not in known:
            yield case


def keep(rows: list[Attempt], page: Path, every: list[Case]) -> None:
    """Put the rows into the table beside the page, and its figures into the page; parts may run at once."""
    table = page.with_name(TABLE)
    with page.with_name(f".{TABLE}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        all_rows = merged(table, rows, known=[(case.good.kind, case.attempt) for case in every])
        write_table(all_rows, table)
        write_section(page, summary(all_rows, TABLE))


if __name__ == "__main__":
    sys.exit(main())
