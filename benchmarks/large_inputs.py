"""What long inputs cost to read: sheets of many rows, a BED of many lines; CPU seconds and peak memory, a process each.

    python benchmarks/large_inputs.py [--rows 100000] [--lines 3000000]

The samples share one table of segments, whose rows name their tumours. Prints a line each; ends non-zero where a goal is
missed: 20 s of CPU for 100,000 rows, 180 s for a million, 150 MB for a BED of three million lines.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "scripts")]

SECONDS_A_ROW = 180 / 1_000_000
FEWEST_SECONDS = 20.0
BED_MEGABYTES = 150.0


def write_sheets(folder: Path, rows: int) -> None:
    """Samples and patients, one of each a row."""
    (folder / "all.seg").write_text(
        "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\nS0000000\t1\t1\t248000000\t1000\t0.1\n"
        "S0000001\t1\t1\t248000000\t1000\t0.2\n"
    )
    rng = random.Random(1)
    with (folder / "samples.tsv").open("w") as samples, (folder / "patients.tsv").open("w") as patients:
        samples.write("patient\tsample\tcopy_number\tpurity\tgenome_build\tcollected_on\n")
        patients.write(
            "patient\tage\ttreatment_start\tbest_response\tpfs_days\tpfs_event\tos_days\tos_event\n"
        )
        for number in range(rows):
            pfs = rng.randint(40, 400)
            samples.write(
                f"P{number:07d}\tS{number:07d}\tall.seg\t{rng.uniform(0.2, 0.9):.2f}\tGRCh38\t2021-01-{1 + number % 28:02d}\n"
            )
            patients.write(
                f"P{number:07d}\t{rng.randint(30, 80)}\t2021-03-{1 + number % 28:02d}\tPD\t{pfs}\t1\t"
                f"{pfs + rng.randint(10, 300)}\t1\n"
            )


def read_sheets(folder: Path) -> None:
    """The sheets as a run reads them."""
    from refractor.sheets import read_trial  # noqa: PLC0415 - counted

    os.chdir(folder)
    read_trial({"samples": "samples.tsv", "patients": "patients.tsv"})


def write_bed(path: Path, lines: int) -> None:
    """Callable regions as a caller writes them: short, one after the other, over the genome."""
    from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild  # noqa: PLC0415

    autosomes = [
        (name, length) for name, length in CONTIG_LENGTHS[GenomeBuild.GRCH38].items() if name.isdigit()
    ]
    whole = sum(length for _, length in autosomes)
    with path.open("w") as out:
        for name, length in autosomes:
            step = length // max(1, lines * length // whole)
            out.writelines(f"chr{name}\t{at}\t{at + step // 2}\n" for at in range(0, length - step, step))


def read_bed(path: Path) -> None:
    """The regions as the variants step reads them."""
    from refractor.genome.builds import GenomeBuild  # noqa: PLC0415
    from refractor.variants.files.callable_regions import read_callable_regions  # noqa: PLC0415

    read_callable_regions(path, GenomeBuild.GRCH38)


def measured(what: str, work: Callable[[], None]) -> tuple[float, float]:
    """CPU seconds and peak MB of a process that does nothing else; prints them."""
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{what} failed")
    cpu, megabytes = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    print(f"{what}\t{time.perf_counter() - started:.1f} s\tCPU {cpu:.1f} s\t{megabytes:.0f} MB", flush=True)
    return cpu, megabytes


def main() -> int:
    """Measure and compare with the goals."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--lines", type=int, default=3_000_000)
    arguments = options.parse_args()
    missed = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if arguments.rows:
            write_sheets(folder, arguments.rows)
            cpu, _ = measured(f"sheets of {arguments.rows:,} rows", lambda: read_sheets(folder))
            if cpu > max(FEWEST_SECONDS, arguments.rows * SECONDS_A_ROW):
                missed.append("sheets")
        if arguments.lines:
            write_bed(folder / "callable.bed", arguments.lines)
            _, megabytes = measured(
                f"BED of {arguments.lines:,} lines", lambda: read_bed(folder / "callable.bed")
            )
            if megabytes > BED_MEGABYTES:
                missed.append("BED")
    for name in missed:
        print(f"GOAL MISSED: {name}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
