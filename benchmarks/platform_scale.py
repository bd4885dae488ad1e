"""What it costs to plan a platform trial of many tumours in many cohorts: time and memory of a dry run.

    python benchmarks/platform_scale.py [--tumors 5000] [--cohorts 50] [--folder DIR]

The trial is new: every job of it is planned. Its files are small, of different sizes, and there. Prints wall time, CPU time and
peak memory, and the jobs by rule; ends non-zero when a goal is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "tests" / "workflow"), str(PROJECT / "benchmarks")]

from scale import measured  # noqa: E402
from small_trial import sample_row, write_trial, write_tumor  # noqa: E402

SECONDS, MEGABYTES = 75, 1000
SHIPPED = sorted((PROJECT / "resources" / "cohorts").glob("*.yaml"))


def write_platform(folder: Path, tumors: int, cohorts: int) -> None:
    """A trial of imported tumours in cohorts of one size, whose files are the shipped ones in turn."""
    write_trial(folder, 1)
    header = (folder / "samples.tsv").read_text().splitlines()[0]
    patient_header = (folder / "patients.tsv").read_text().splitlines()[0]
    rows, patients = [header], [f"{patient_header}\tcohort"]
    for number in range(1, tumors + 1):
        write_tumor(folder, number)
        # a content of its own, and mostly a size, as files of different tumours have
        with (folder / f"T{number}.segments.tsv").open("a") as segments:
            segments.write(f"5\t1\t{100_000_000 + number}\t1\t1\n")
        with (folder / f"T{number}.vcf").open("a") as vcf:
            first = 100 + number
            vcf.writelines(f"chr7\t{first + place}\t.\tA\tT\t.\tq\t.\t.\t.\n" for place in range(number % 97))
        rows.append(sample_row(number))
        patients.append(f"P{number}\tPD\tno\t60\t1\t90\t1\tC{number % cohorts}")
    (folder / "samples.tsv").write_text("\n".join(rows) + "\n")
    (folder / "patients.tsv").write_text("\n".join(patients) + "\n")
    listed = [f"  C{number}: {SHIPPED[number % len(SHIPPED)]}" for number in range(cohorts)]
    (folder / "config.yaml").write_text(
        "samples: samples.tsv\npatients: patients.tsv\nsynthetic: true\ncohorts:\n" + "\n".join(listed) + "\n"
    )


def main() -> int:
    """Make the trial, plan it, compare with the goals."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--tumors", type=int, default=5000)
    options.add_argument("--cohorts", type=int, default=50)
    options.add_argument("--folder", type=Path, help="where to make it; default: a temporary folder")
    arguments = options.parse_args()
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="refractor-platform-"))
    write_platform(folder, arguments.tumors, arguments.cohorts)
    print(f"dry run of {arguments.tumors} new tumours in {arguments.cohorts} cohorts:")
    seconds, megabytes, words = measured(folder, "--dry-run", "--quiet", "rules")
    print(words[words.find("job ") :].partition("\n\n")[0])
    missed = seconds > SECONDS or megabytes > MEGABYTES
    print(f"goal: {SECONDS} s, {MEGABYTES} MB: {'missed' if missed else 'met'}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
