"""What a round trip costs a tumour that is read at an address: seconds by latency, of each step that reads.

    python benchmarks/remote.py [--windows 400] [--latency 0 0.1 0.5]

A server on this machine serves a simulated pair and waits before each answer. Between the places that are read the files
hold 300 kB of other records, so that each place costs a request, as in a genome at 60x. Prints a line a step and
latency: requests, most of them at once, wall seconds, and seconds a thousand requests; then the slope. Ends non-zero
where fewer than 8 were ever at once.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from array import array
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pysam

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "scripts"), str(PROJECT / "tests" / "unit" / "reads")]

from range_server import Served, served  # noqa: E402

from refractor.genome.builds import GenomeBuild  # noqa: E402
from refractor.reads import remote_reads  # noqa: E402
from refractor.settings.thresholds import COPY_NUMBER  # noqa: E402
from refractor.tumor.copy_number import measure_copy_number  # noqa: E402
from refractor.tumor.inputs import Tumor  # noqa: E402
from refractor.tumor.variants import call_variants  # noqa: E402
from synthetic.genomes import Coverage, Depths, Seeds, prepare_ground, simulate_pair  # noqa: E402
from synthetic.truth import TumorTruth  # noqa: E402

LEAST_AT_ONCE = 8
FILLER_BYTES, FILLER_LENGTH = 400_000, 5_000
FAR_APART = 20_000
BUILD = GenomeBuild.GRCH38


def make_pair(folder: Path, windows: int) -> None:
    """A flat tumour and its normal over the panel and the windows of lowest rank."""
    truth = TumorTruth(sample="T1", build=BUILD, purity=0.6, segments=(), amplicons=(), variants=())
    simulate_pair(
        prepare_ground(BUILD, Coverage(panel=True, windows=windows)),
        truth,
        tumor_path=folder / "T1.bam",
        normal_path=folder / "N1.bam",
        depths=Depths(30, 15),
        seeds=Seeds(1, 2),
    )
    for name in ("T1.bam", "N1.bam"):
        part_the_places(folder / name)


def part_the_places(path: Path) -> None:
    """Put records of FILLER_BYTES that no step counts (secondary) wherever reads are far apart."""
    rng, aside = np.random.default_rng(1), path.with_name(f"new-{path.name}")
    with (
        pysam.AlignmentFile(str(path), "rb") as source,
        pysam.AlignmentFile(str(aside), "wb", header=source.header) as out,
    ):
        before = None
        for read in source:
            if before is not None and (
                read.reference_id != before.reference_id
                or read.reference_start - before.reference_start > FAR_APART
            ):
                for number in range(FILLER_BYTES // FILLER_LENGTH):
                    out.write(filler(source.header, before, number, rng))
            out.write(read)
            before = read
    aside.replace(path)
    pysam.index(str(path))


def filler(
    header: pysam.AlignmentHeader, before: pysam.AlignedSegment, number: int, rng: np.random.Generator
) -> pysam.AlignedSegment:
    """A secondary record of random bases and qualities behind another one."""
    made = pysam.AlignedSegment(header)
    made.query_name, made.flag = f"filler{number}", 0x100
    made.reference_id, made.reference_start = before.reference_id, before.reference_start + 1_000 + number
    made.cigartuples, made.mapping_quality = [(0, FILLER_LENGTH)], 60
    made.query_sequence = rng.choice(list("ACGT"), FILLER_LENGTH).tobytes().decode("utf-32-le")
    made.query_qualities = array("B", rng.integers(2, 60, FILLER_LENGTH, dtype=np.uint8).tobytes())
    return made


def timed(step: Callable[[Tumor], object], server: Served, latency: float) -> tuple[int, float]:
    """Requests and wall seconds of a step at a latency, nothing of it fetched before; prints a line."""
    remote_reads._opened.clear()
    server.latency, server.together = latency, 0
    asked = len(server.requests)
    started = time.perf_counter()
    step(
        Tumor(
            sample="T1",
            tumor_reads=f"{server.address}/T1.bam",
            normal_reads=f"{server.address}/N1.bam",
            genome_build=BUILD,
        )
    )
    seconds = time.perf_counter() - started
    requests = len(server.requests) - asked
    name = getattr(step, "__name__", "step")
    print(
        f"{name}\t{latency:g} s\t{requests} requests\t{server.together} at once\t{seconds:.1f} s", flush=True
    )
    return requests, seconds


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--windows", type=int, default=400)
    options.add_argument("--latency", type=float, nargs="+", default=[0.0, 0.1, 0.5])
    arguments = options.parse_args()
    logging.disable(logging.CRITICAL)
    few = False

    def copies(tumor: Tumor) -> object:
        return measure_copy_number(
            tumor, replace(COPY_NUMBER, windows=arguments.windows), record_failures=True
        )

    def variants(tumor: Tumor) -> object:
        return call_variants(tumor, record_failures=True)

    copies.__name__, variants.__name__ = "measure_copy_number", "call_variants"
    with tempfile.TemporaryDirectory() as scratch, served(Path(scratch)) as server:
        make_pair(Path(scratch), arguments.windows)
        for step in (copies, variants):
            found = {latency: timed(step, server, latency) for latency in arguments.latency}
            few |= server.together < LEAST_AT_ONCE
            low, high = min(found), max(found)
            if high > low:
                slope = (found[high][1] - found[low][1]) / (high - low)
                print(
                    f"{step.__name__}\tslope\t{slope:.0f} round trips in a row for {found[high][0]} requests"
                )
    return int(few)


if __name__ == "__main__":
    sys.exit(main())
