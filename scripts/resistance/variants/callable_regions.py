"""BED of the stretches in which small variants could have been called, so that silence means something."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from resistance.errors import InputError, Problem
from resistance.genome import CONTIG_LENGTHS, GenomeBuild, bare_contig
from resistance.variants.regions import Interval, Regions

MAX_PROBLEMS = 10
_GZIP = b"\x1f\x8b"
_HEADS = ("#", "track", "browser")


def read_callable_regions(path: str | Path, build: GenomeBuild) -> Regions:
    """The regions of a BED (plain, gzip or bgzip; 0-based half-open), on bare chromosomes of `build`.

    Contigs that are no chromosome are left out.

    Raises:
        InputError: up to ten lines that are no intervals, that reach beyond their chromosome (another
            build), or a file without any interval.
    """
    path = Path(path)
    intervals: list[Interval] = []
    problems: list[Problem] = []
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip() or line.startswith(_HEADS):
            continue
        found = _interval(path, number, line, CONTIG_LENGTHS[build], build)
        if isinstance(found, Problem):
            problems.append(found)
            if len(problems) == MAX_PROBLEMS:
                break
        elif found is not None:
            intervals.append(found)
    if not problems and not intervals:
        problems.append(Problem(path, "holds no interval", allowed="a BED: chromosome, start, end"))
    if problems:
        raise InputError(problems)
    return Regions.of(intervals)


def _lines(path: Path) -> list[str]:
    try:
        raw = path.read_bytes()
        if raw.startswith(_GZIP):
            raw = gzip.decompress(raw)
        return raw.decode("utf-8-sig").splitlines()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise InputError(
            Problem(
                path, f"cannot be read as a BED: {error}", allowed="a BED, plain or compressed with bgzip"
            )
        ) from error


def _interval(
    path: Path, number: int, line: str, lengths: dict[str, int], build: GenomeBuild
) -> Interval | Problem | None:
    """The interval of one line, its problem, or None for a contig that is no chromosome."""
    fields = line.rstrip().split("\t")
    if len(fields) < 3 or not fields[1].strip().isdigit() or not fields[2].strip().isdigit():
        return Problem(
            path,
            f"is no interval: {line.strip()[:60]!r}",
            line=number,
            allowed="chromosome, start and end (0-based, half-open), separated by tabs",
        )
    chromosome, start, end = bare_contig(fields[0].strip()), int(fields[1]), int(fields[2])
    if chromosome not in lengths:
        return None
    if end <= start:
        return Problem(path, f"ends at {end}, before or at its start {start}", line=number)
    if end > lengths[chromosome]:
        return Problem(
            path,
            f"ends at {end:,}, beyond chromosome {chromosome} of {build} ({lengths[chromosome]:,})",
            line=number,
            allowed=f"give intervals of {build}",
        )
    return chromosome, start, end
