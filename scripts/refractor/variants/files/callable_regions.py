"""Where small variants could have been called, by the BED or the list of genes that the sheet names."""

from __future__ import annotations

import logging
from pathlib import Path

from refractor.errors import Problem, VariantFileError
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild, bare_contig
from refractor.genome.intervals import Interval, Regions
from refractor.genome.panel import load_panel
from refractor.variants.files.tested_genes import read_tested_genes
from refractor.variants.files.vcf_checks import MAX_PROBLEMS
from refractor.variants.files.whole_file import fault, read_whole

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
    lines = _lines(file)
    if (listed := read_tested_genes(file, lines, load_panel(build))) is not None:
        return listed
    problems: list[Problem] = []
    intervals: list[Interval] = []
    n_lines = n_not_callable = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith(_HEADINGS):
            continue
        n_lines += 1
        if not _states_callable(line):
            n_not_callable += 1
            continue
        interval, problem = _parsed(file, line, number, build)
        if interval is not None:
            intervals.append(interval)
        if problem is not None:
            problems.append(problem)
            if len(problems) == MAX_PROBLEMS:
                break
    if problems:
        raise VariantFileError(problems)
    if n_not_callable:
        log.info("%s: %d of %d rows say that nothing could be called there", file, n_not_callable, n_lines)
    if n_not_callable and n_not_callable == n_lines:
        raise fault(file, f"none of its {n_lines} rows is CALLABLE by its fourth column", allowed=_BED)
    if not intervals:
        what = f"{n_lines} lines, none on a chromosome of {build}" if n_lines else "has no interval"
        raise fault(
            file,
            what,
            allowed="a BED of where small variants could be called, a list of genes, or an empty cell",
        )
    return Regions.of(intervals)


def _states_callable(line: str) -> bool:
    cells = line.split("\t") if "\t" in line else line.split()
    return len(cells) < 4 or _STATES.get(cells[3].strip().upper(), True)


def _lines(path: Path) -> list[str]:
    raw = read_whole(path)
    if b"\x00" in raw:
        raise fault(path, "is no text", allowed=_BED)
    return raw.decode("utf-8", "replace").splitlines()


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
