"""Write resources/centromeres/centromeres.tsv from UCSC cytogenetic band tables of both builds."""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

from refractor.files.atomic import write_text
from refractor.files.resources import RESOURCES
from refractor.genome.arms import CENTROMERES
from refractor.genome.builds import CHROMOSOMES, GenomeBuild, bare_contig
from refractor.step import run_step


def centromere_of(bands: Path) -> dict[str, tuple[int, int]]:
    """First and last base (0-based half-open) of the acen bands of each chromosome."""
    found: dict[str, tuple[int, int]] = {}
    with bands.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if row["gieStain"] != "acen":
                continue
            name = bare_contig(row["chrom"])
            start, end = int(row["chromStart"]), int(row["chromEnd"])
            known = found.get(name, (start, end))
            found[name] = (min(known[0], start), max(known[1], end))
    return found


def main(arguments: argparse.Namespace) -> None:
    """Write the table."""
    rows = []
    for build, bands in ((GenomeBuild.GRCH37, arguments.grch37), (GenomeBuild.GRCH38, arguments.grch38)):
        found = centromere_of(bands)
        rows += [f"{build}\t{name}\t{found[name][0]}\t{found[name][1]}\n" for name in CHROMOSOMES]
    write_text(arguments.output, "build\tchromosome\tstart\tend\n" + "".join(rows))


def parser() -> argparse.ArgumentParser:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--grch37", type=Path, required=True, help="cytoBand table of hg19")
    options.add_argument("--grch38", type=Path, required=True, help="cytoBand table of hg38")
    options.add_argument("--output", type=Path, default=RESOURCES / CENTROMERES, help="table to write")
    return options


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
