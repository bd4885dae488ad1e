"""Damage every kind of input in every way of the corpus, and say what became of it.

    python tests/corpus/run.py [--only WORD] [--every N] [--report docs/reliability.md]

Each case must end as an error that names the file, as not assessable with its reason, or with the result of the
undamaged file: never as a traceback, a hang or another result. Exits with 1 where one does not.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "scripts")]

from good_inputs import GoodInput, make_good_inputs  # noqa: E402
from trials import GOOD_ENDINGS, Case, Ending, all_cases, load_steps, run_case, run_isolated  # noqa: E402

Result = tuple[Case, Ending, str]
START, END = "<!-- bad input: made by tests/corpus/run.py -->", "<!-- end of bad input -->"


def run_cases(folder: Path, *, only: str = "", every: int = 1, first: int = 0) -> Iterator[Result]:
    """The results of the corpus, or of every n-th case whose name holds `only`."""
    load_steps()
    inputs = make_good_inputs(folder / "good")
    chosen = [case for case in all_cases(inputs) if only in case.name][first::every]
    expected: dict[str, Mapping[str, object]] = {}
    for number, case in enumerate(chosen):
        kind = case.good.kind
        if kind not in expected:
            expected[kind] = sound(case.good, folder / f"sound-{len(expected)}")
        yield (case, *run_case(case, folder / f"case-{number}", expected[kind]))


def sound(good: GoodInput, folder: Path) -> Mapping[str, object]:
    """The verdicts of the undamaged input, which must be read."""
    folder.mkdir(parents=True)
    code, said, found = run_isolated(good, folder)
    if code or not found:
        raise SystemExit(f"the sound {good.kind} is not read (exit {code}):\n{said}")
    return found


def summary(results: Sequence[Result], seconds: float) -> str:
    """The figures as a section of docs/reliability.md."""
    kinds = list(dict.fromkeys(case.good.kind for case, *_ in results))
    endings = [ending for ending in Ending if ending in GOOD_ENDINGS or any(r[1] is ending for r in results)]
    lines = [
        START,
        "## Bad input",
        "",
        f"`python tests/corpus/run.py`: {len(results)} cases of damaged input, {seconds:.0f} s on one core; "
        f"lost: {sum(ending not in GOOD_ENDINGS for _, ending, _ in results)}.",
        "",
        "| input | cases | " + " | ".join(endings) + " |",
        "|---|" + "---|" * (1 + len(endings)),
    ]
    for kind in [*kinds, "all"]:
        counted = Counter(ending for case, ending, _ in results if kind in (case.good.kind, "all"))
        lines.append(f"| {kind} | {counted.total()} | " + " | ".join(str(counted[e]) for e in endings) + " |")
    return "\n".join([*lines, "", END])


def main() -> int:
    """Run and report."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--only", default="", help="only cases whose name holds this")
    options.add_argument("--every", type=int, default=1, help="only every n-th of them")
    options.add_argument("--report", type=Path, help="a page whose section on bad input is written anew")
    arguments = options.parse_args()
    started = time.monotonic()
    results = []
    with tempfile.TemporaryDirectory(prefix="corpus") as folder:
        for case, ending, words in run_cases(Path(folder), only=arguments.only, every=arguments.every):
            results.append((case, ending, words))
            if ending not in GOOD_ENDINGS:
                print(f"{case.name}: {ending}: {words}", flush=True)
    text = summary(results, time.monotonic() - started)
    print(text)
    if arguments.report is not None:
        write_section(arguments.report, text)
    return int(any(ending not in GOOD_ENDINGS for _, ending, _ in results))


def write_section(page: Path, text: str) -> None:
    """Put the section in the place of the last one, or at the end."""
    old = page.read_text(encoding="utf-8") if page.is_file() else "# Reliability\n"
    pattern = re.compile(f"{re.escape(START)}.*?{re.escape(END)}", re.DOTALL)
    new = pattern.sub(lambda _: text, old) if pattern.search(old) else f"{old.rstrip()}\n\n{text}\n"
    page.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
