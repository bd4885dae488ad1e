"""What became of the trials of faults: one row a trial, kept from run to run, and the table of docs/reliability.md."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
COLUMNS = ("fault", "seed", "survived", "seen", "half_written", "different", "date", "commit")
START, END = "<!-- faults: made by make faults -->", "<!-- end of faults -->"


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


def add_to(record: Path, outcome: Outcome) -> None:
    """Add a trial to the record, in place of the same trial's row of an earlier run."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=PROJECT, capture_output=True, text=True, check=False
    ).stdout.strip()
    codes = f"ended with {outcome.disturbed_code}, the next with {outcome.next_code}"
    row = (
        outcome.fault, str(outcome.seed), "yes" if outcome.survived else "no", "; ".join([*outcome.notes, codes]),
        ", ".join(outcome.half_written), ", ".join(outcome.different),
        datetime.now(UTC).date().isoformat(), commit,
    )  # fmt: skip
    rows = {(old["fault"], old["seed"]): tuple(old[name] for name in COLUMNS) for old in rows_of(record)}
    rows[row[0], row[1]] = row
    lines = [
        "\t".join(COLUMNS),
        *("\t".join(rows[key]) for key in sorted(rows, key=lambda k: (k[0], int(k[1])))),
    ]
    record.write_text("\n".join(lines) + "\n", encoding="utf-8")


def rows_of(record: Path) -> list[dict[str, str]]:
    """The rows of a record, none where there is none yet."""
    if not record.is_file():
        return []
    with record.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def table_of(outcomes: Sequence[Outcome]) -> str:
    """Trials counted by fault."""
    lines = ["| fault | cases | survived | lost |", "|---|---|---|---|"]
    for fault in dict.fromkeys(outcome.fault for outcome in outcomes):
        of_it = [outcome.survived for outcome in outcomes if outcome.fault == fault]
        lines.append(f"| {fault} | {len(of_it)} | {sum(of_it)} | {len(of_it) - sum(of_it)} |")
    return "\n".join(lines)


def write_section(record: Path, page: Path) -> None:
    """The table of the record, between its marks on a page."""
    lines = ["| fault | cases | survived | lost | date | commit |", "|---|---|---|---|---|---|"]
    rows = rows_of(record)
    for fault in dict.fromkeys(row["fault"] for row in rows):
        of_it = [row for row in rows if row["fault"] == fault]
        lost = sum(row["survived"] != "yes" for row in of_it)
        told = (", ".join(sorted({row[name] for row in of_it})) for name in ("date", "commit"))
        lines.append(f"| {fault} | {len(of_it)} | {len(of_it) - lost} | {lost} | {' | '.join(told)} |")
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(START)
    _, after = rest.split(END)
    page.write_text(f"{before}{START}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")
