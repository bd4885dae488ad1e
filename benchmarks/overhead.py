"""What an imported tumour costs beyond its work: processor seconds of a run of many less those of a run of one.

    python benchmarks/overhead.py [--tumors 9]

Each tumour has a table of copies and a VCF (`tests/workflow/small_trial.py`). Every Python process of the run notes its own
processor time when it ends. Prints a line a figure; ends non-zero where a tumour takes more than the goal.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "tests" / "workflow"), str(PROJECT / "scripts")]

from small_trial import write_trial  # noqa: E402

GOAL_SECONDS = 2.0
NOTES_ITS_TIME = """
import atexit, os, sys
def note():
    step = os.path.basename((sys.argv or [""])[0]).removesuffix(".py") or "python"
    used = os.times()
    with open(os.environ["NOTED_TIMES"], "a") as out:
        out.write(f"{step}\\t{used.user + used.system}\\n")
if "NOTED_TIMES" in os.environ:
    atexit.register(note)
"""
"""A sitecustomize: Python imports it before anything else."""


def run(folder: Path, tumors: int) -> tuple[float, dict[str, list[float]]]:
    """Processor seconds of a whole run, and of each of its Python processes by the script that it ran."""
    write_trial(folder / "trial", tumors)
    (folder / "sitecustomize.py").write_text(NOTES_ITS_TIME, encoding="utf-8")
    notes = folder / "times.tsv"
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": f"{folder}:{PROJECT / 'scripts'}",
        "NOTED_TIMES": str(notes),
    }
    before = os.times()
    subprocess.run(
        [
            sys.executable, "-m", "snakemake", "--snakefile", str(PROJECT / "Snakefile"), "--cores", "2",
            "--directory", str(folder / "trial"), "--configfile", str(folder / "trial" / "config.yaml"),
        ],
        env=environment, check=True, capture_output=True,
    )  # fmt: skip
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    steps: dict[str, list[float]] = defaultdict(list)
    for line in notes.read_text(encoding="utf-8").splitlines():
        name, seconds = line.split("\t")
        steps[name].append(float(seconds))
    return used, steps


def main() -> int:
    """Print the figures."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--tumors", type=int, default=9, help="of the larger run")
    arguments = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="refractor-overhead-") as name:
        (Path(name) / "one").mkdir()
        (Path(name) / "many").mkdir()
        one, _ = run(Path(name) / "one", 1)
        many, steps = run(Path(name) / "many", arguments.tumors)
    each = (many - one) / (arguments.tumors - 1)
    print(f"a run of 1 tumour\t{one:.1f} CPU s\na run of {arguments.tumors}\t{many:.1f} CPU s")
    print(f"a further tumour\t{each:.2f} CPU s\tgoal {GOAL_SECONDS}")
    for step, seconds in sorted(steps.items(), key=lambda item: -sum(item[1])):
        print(f"{step}\t{len(seconds)} times\t{sum(seconds) / len(seconds):.2f} CPU s each")
    return int(each > GOAL_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
