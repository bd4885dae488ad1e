"""The table of attempts: what was given, what came of it, when and with which code; run in parts, kept as one."""

from __future__ import annotations

import csv
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from trials import GOOD_ENDINGS, PROJECT, Ending

START, END = "<!-- bad input: made by tests/corpus/run.py -->", "<!-- end of bad input -->"
LONGEST_WORDS = 240


@dataclass(frozen=True, slots=True)
class Attempt:
    """One row."""

    input: str
    attempt: str
    ending: str
    result: str
    date: str
    commit: str


def attempt(kind: str, name: str, ending: Ending, words: str, *, commit: str) -> Attempt:
    """A row of today; `words` is what was said, shortened, without the places of this machine."""
    said = " ".join(words.split())
    said = re.sub(r"http://127\.0\.0\.1:\d+", "http://host", said)
    said = re.sub(r"/\S*/(?=[^/\s]+)", "", said)
    said = said if len(said) <= LONGEST_WORDS else f"{said[: LONGEST_WORDS - 4]} ..."
    return Attempt(kind, name, str(ending), said, datetime.now(UTC).date().isoformat(), commit)


def this_commit() -> str:
    """The commit that is checked out, with a + where files differ from it."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True, check=True).stdout

    changed = git("status", "--porcelain", "--untracked-files=no", "scripts", "workflow", "resources")
    return git("rev-parse", "--short", "HEAD").strip() + ("+" if changed else "")


def merged(path: Path, new: Iterable[Attempt], *, known: Sequence[tuple[str, str]]) -> list[Attempt]:
    """The rows of the table at `path` with the new ones in their places, in the order of `known` (input, attempt);
    those that are no longer known are dropped."""
    rows = {(row.input, row.attempt): row for row in (*read_table(path), *new)}
    return [rows[key] for key in known if key in rows]


def read_table(path: Path) -> list[Attempt]:
    """The rows of a table, none where there is none yet."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [Attempt(**row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def write_table(rows: Sequence[Attempt], path: Path) -> None:
    """The table as tab-separated text."""
    lines = [tuple(column.name for column in fields(Attempt)), *map(astuple, rows)]
    cells = (("\t".join(cell.replace("\t", " ") for cell in line)) for line in lines)
    path.write_text("\n".join(cells) + "\n", encoding="utf-8")


def summary(rows: Sequence[Attempt], table: str) -> str:
    """The figures as a section of docs/reliability.md."""
    kinds = list(dict.fromkeys(row.input for row in rows))
    endings = [ending for ending in Ending if ending in GOOD_ENDINGS or any(r.ending == ending for r in rows)]
    dates = sorted({row.date for row in rows}) or ["-"]
    commits = ", ".join(dict.fromkeys(row.commit for row in rows))
    lost = sum(row.ending not in GOOD_ENDINGS for row in rows)
    lines = [
        START,
        "## Bad input",
        "",
        f"`python tests/corpus/run.py --report docs/reliability.md`: {len(rows):,} attempts, {lost} of them wrong in silence, "
        f"a traceback or a hang; {dates[0]}{f' to {dates[-1]}' if len(dates) > 1 else ''}, at {commits}. Each with what "
        f"was said: [{table}]({table}).",
        "",
        "| input | attempts | " + " | ".join(endings) + " |",
        "|---|" + "---|" * (1 + len(endings)),
    ]
    for kind in [*kinds, "all"]:
        counted = Counter(row.ending for row in rows if kind in (row.input, "all"))
        lines.append(
            f"| {kind} | {counted.total()} | " + " | ".join(str(counted[str(e)]) for e in endings) + " |"
        )
    return "\n".join([*lines, "", END])


def write_section(page: Path, text: str) -> None:
    """Put the section in the place of the last one, or at the end."""
    old = page.read_text(encoding="utf-8") if page.is_file() else "# Reliability\n"
    pattern = re.compile(f"{re.escape(START)}.*?{re.escape(END)}", re.DOTALL)
    new = pattern.sub(lambda _: text, old) if pattern.search(old) else f"{old.rstrip()}\n\n{text}\n"
    page.write_text(new, encoding="utf-8")
