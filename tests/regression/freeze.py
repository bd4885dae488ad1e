"""Freeze the tables that later runs are held against, from a finished demo and the ten hard genomes.

    make freeze-regression          # after make demo
    python tests/regression/freeze.py --results demo/results

Prints what is no longer as it was frozen. README.md says when this may be done and what has to be written then.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(PROJECT / "scripts")]

from golden_tables import FROZEN, Golden, read_frozen, read_results, write_frozen  # noqa: E402
from hard_genomes import HARD, fit_hard_genomes  # noqa: E402
from tolerance import cell_differences, row_counts, vanished_and_new  # noqa: E402

SHOWN = 40
"""Differences printed a table."""


def changes(found: dict[str, Golden], frozen: dict[str, Golden]) -> list[str]:
    """What freezing changes beyond the tolerance, a line each, at most SHOWN a table."""
    lines = vanished_and_new(found, frozen) + row_counts(found, frozen)
    for name in sorted(found.keys() & frozen.keys()):
        if len(found[name].rows) == len(frozen[name].rows):
            cells = cell_differences(name, found[name], frozen[name])
            lines += cells[:SHOWN]
            if len(cells) > SHOWN:
                lines.append(f"table {name}: {len(cells) - SHOWN} more cells")
    return lines


def main() -> int:
    """Freeze both."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--results", type=Path, default=PROJECT / "demo" / "results", help="of a finished demo"
    )
    arguments = parser.parse_args()
    if not (arguments.results / "provenance.json").is_file():
        print(f"{arguments.results}: not a finished run; make demo first", file=sys.stderr)
        return 2
    for folder, found in ((FROZEN, read_results(arguments.results)), (HARD, fit_hard_genomes())):
        before = read_frozen(folder)
        write_frozen(found, folder)
        told = changes(found, before) if before else []
        print(
            f"{folder}: {len(found)} tables; {len(told) or 'no'} changes beyond the tolerance",
            *told,
            sep="\n",
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
