"""Build resources/windows/{build}.tsv.gz, the places at which a genome is sampled, and stretches.{build}.tsv.gz.

The stretches are GC, mappability and fitness for use of each 10 kb: from them a run lays windows over a user's own genes.

Run by hand when the panel or the rules change, never by the workflow. It needs the genome tables that
resources/windows/README.md names, in one folder, and the panel of resources/panel.
"""

from __future__ import annotations

import argparse
import gzip
import logging
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from refractor.files.resources import RESOURCES
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from resource_building.window_choice import build_windows, shared_candidates
from resource_building.window_tracks import Tracks, read_tracks

log = logging.getLogger(__name__)


def write(frame: pd.DataFrame, path: Path) -> None:
    """Write the table gzipped without a time stamp, so that the same input gives the same bytes."""
    text = frame.to_csv(sep="\t", index=False, lineterminator="\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    log.info("%s: %d windows (%s)", path, len(frame), frame["kind"].value_counts().to_dict())


def write_stretches(tracks: Tracks, path: Path, build: GenomeBuild) -> None:
    """One line a chromosome: its 10-kb stretches' GC and mappability in hundredths, fit for use (1) or not (0)."""

    def hundredths(values: np.ndarray) -> str:
        return ",".join("" if np.isnan(value) else str(round(value * 100)) for value in values)

    lines = ["chromosome\tgc\tmappability\tusable"]
    for name in CONTIG_LENGTHS[build]:
        if name in tracks.gc:
            usable = "".join("1" if one else "0" for one in tracks.usable[name])
            lines.append(
                f"{name}\t{hundredths(tracks.gc[name])}\t{hundredths(tracks.mappability[name])}\t{usable}"
            )
    path.write_bytes(gzip.compress("\n".join([*lines, ""]).encode(), 9, mtime=0))


def main() -> int:
    """Build both builds' windows; the second prefers the SNPs of the first."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--genome-tables", type=Path, required=True, help="folder with the public tables")
    parser.add_argument("--output-dir", type=Path, default=RESOURCES / "windows")
    parser.add_argument(
        "--stretches-only", action="store_true", help="leave the tables of windows as they are"
    )
    arguments = parser.parse_args()
    for build in GenomeBuild:
        path = arguments.output_dir / f"stretches.{build}.tsv.gz"
        write_stretches(read_tracks(arguments.genome_tables, build), path, build)
    if arguments.stretches_only:
        return 0
    preferred = shared_candidates(arguments.genome_tables)
    for build in GenomeBuild:
        write(
            build_windows(arguments.genome_tables, build, preferred),
            arguments.output_dir / f"{build}.tsv.gz",
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
