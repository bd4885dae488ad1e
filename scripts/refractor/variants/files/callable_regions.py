"""Where small variants could have been called, by the BED or the list of genes that the sheet names."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from refractor.errors import Problem, VariantFileError
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild, bare_contig
from refractor.genome.intervals import Interval, Regions
from refractor.genome.panel import load_panel
from refractor.variants.files.tested_genes import read_tested_genes
from refractor.variants.files.vcf_checks import MAX_PROBLEMS
from refractor.variants.files.whole_file import BYTE_ORDER_MARK, fault, opened_whole, read_start

log = logging.getLogger(__name__)

_STATES = {
    "CALLABLE": True,
    "HIGH_COVERAGE": True,
    "NO_COVERAGE": False,
    "LOW_COVERAGE": False,
    "POOR_MAPPING_QUALITY": False,
    "EXCESSIVE_COVERAGE": False,
    "REF_N": False,
}
"""What the fourth column says of its row where GATK CallableLoci or mosdepth (README, quantize) wrote the file."""
LONGEST_LIST_BYTES = 1024**2
"""What is longer is no list of genes: all genes there are, with their exons, are less."""
MOST_ROWS = 50_000_000
"""Of a BED: a whole genome in stretches of one state has some millions."""
_HEADINGS = ("#", "track", "browser")
_BED = "at least three columns separated by tabs: chromosome, start (from 0), end"


def read_callable_regions(path: str | Path, build: GenomeBuild) -> Regions:
    """The intervals of a BED (plain, gzip or bgzip), chromosomes with or without chr; touching ones merged. Of a list
    of genes, which a panel's report gives, their coding exons (see tested_genes).

    Contigs that are no chromosome of `build` are left out, and rows whose fourth column says that nothing could be
    called there (NO_COVERAGE and the like, of GATK CallableLoci and mosdepth).

    Raises:
        VariantFileError: damaged, no BED, without any interval on a chromosome, or with an interval beyond the
            end of its chromosome, as the other build's has; up to ten lines named.
    """
    file = Path(path)
    if (listed := _listed(file, build)) is not None:
        return listed
    seen = _Seen()
    regions = Regions.of(_intervals(file, build, seen))
    if seen.problems:
        raise VariantFileError(seen.problems)
    if seen.not_callable:
        log.info(
            "%s: %d of %d rows say that nothing could be called there", file, seen.not_callable, seen.rows
        )
    if seen.not_callable and seen.not_callable == seen.rows:
        raise fault(file, f"none of its {seen.rows} rows is CALLABLE by its fourth column", allowed=_BED)
    if not len(regions):
        what = f"{seen.rows} lines, none on a chromosome of {build}" if seen.rows else "has no interval"
        raise fault(
            file,
            what,
            allowed="a BED of where small variants could be called, a list of genes, or an empty cell",
        )
    return regions


@dataclass(slots=True)
class _Seen:
    """What was met on the way through a BED."""

    rows: int = 0
    not_callable: int = 0
    problems: list[Problem] = field(default_factory=list)


def _listed(path: Path, build: GenomeBuild) -> Regions | None:
    """The coding exons of a list of genes; None of a BED, which may have millions of lines."""
    start = read_start(path, LONGEST_LIST_BYTES)
    if b"\x00" in start:
        raise fault(path, "is no text", allowed=_BED)
    if len(start) == LONGEST_LIST_BYTES:
        return None
    lines = start.removeprefix(BYTE_ORDER_MARK).decode("utf-8", "replace").splitlines()
    return read_tested_genes(path, lines, load_panel(build))


def _intervals(path: Path, build: GenomeBuild, seen: _Seen) -> Iterator[Interval]:
    """The intervals of a BED's callable rows one by one, until there are too many problems."""
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip() or line.startswith(_HEADINGS):
            continue
        seen.rows += 1
        if seen.rows > MOST_ROWS:
            raise fault(
                path, f"has more than {MOST_ROWS:,} lines", allowed="give stretches, not a line a base"
            )
        if not _states_callable(line):
            seen.not_callable += 1
            continue
        interval, problem = _parsed(path, line, number, build)
        if problem is not None:
            seen.problems.append(problem)
            if len(seen.problems) == MAX_PROBLEMS:
                return
        if interval is not None:
            yield interval


def _states_callable(line: str) -> bool:
    cells = line.split("\t") if "\t" in line else line.split()
    return len(cells) < 4 or _STATES.get(cells[3].strip().upper(), True)


def _lines(path: Path) -> Iterator[str]:
    with opened_whole(path) as handle:
        for number, raw in enumerate(handle):
            if b"\x00" in raw:
                raise fault(path, "is no text", allowed=_BED)
            text = raw if number else raw.removeprefix(BYTE_ORDER_MARK)
            yield from text.decode("utf-8", "replace").splitlines()


def _parsed(path: Path, line: str, number: int, build: GenomeBuild) -> tuple[Interval | None, Problem | None]:
    """The interval of one line, or what is wrong with it; neither for a contig that is no chromosome."""
    cells = line.split("\t") if "\t" in line else line.split()
    if len(cells) < 3:
        return None, Problem(path, f"has {len(cells)} columns", line=number, allowed=_BED)
    chromosome, start, end = bare_contig(cells[0].strip()), cells[1].strip(), cells[2].strip()
    if not all(value.isascii() and value.isdigit() for value in (start, end)):
        shown = f"start and end are {start[:20]!r} and {end[:20]!r}"
        return None, Problem(path, shown, line=number, allowed="whole numbers from 0")
    low, high = int(start), int(end)
    if high <= low:
        return None, Problem(path, f"ends at {high}, not after its start {low}", line=number, allowed=_BED)
    length = CONTIG_LENGTHS[build].get(chromosome)
    if length is None:
        return None, None
    if high > length:
        what = f"ends at {high} on chromosome {chromosome}, which has {length} bases on {build}"
        return None, Problem(path, what, line=number, allowed=f"a BED of {build}")
    return (chromosome, low, high), None
