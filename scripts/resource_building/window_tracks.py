"""Public genome tables by stretches of 10 kb: GC, mappability, fitness for use, and common SNPs."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild, bare_contig

MAX_RESIDUAL = 0.12
"""QDNAseq: deviation of a 15-kb bin in 38 normal genomes, log2, beyond which a bin is not used."""
PSEUDOAUTOSOMAL_MARGIN = 3_000_000
"""Both ends of X and Y, wide of the pseudoautosomal regions, are left out."""

UCSC = {GenomeBuild.GRCH37: "hg19", GenomeBuild.GRCH38: "hg38"}


@dataclass(frozen=True, slots=True)
class Tracks:
    """What is known of each 10-kb stretch of one build: GC (0-1), mappability (0-1), fit for use."""

    gc: dict[str, np.ndarray]
    mappability: dict[str, np.ndarray]
    usable: dict[str, np.ndarray]


def read_wig(path: Path) -> dict[str, np.ndarray]:
    """Values per 10 kb by bare chromosome name; NaN where the file says -1."""
    values: dict[str, list[float]] = {}
    with gzip.open(path, "rt") as lines:
        for line in lines:
            if line.startswith("fixedStep"):
                name = bare_contig(dict(item.split("=") for item in line.split()[1:])["chrom"])
                current = values.setdefault(name, [])
            else:
                number = float(line)
                current.append(number if number >= 0 else np.nan)
    return {name: np.array(numbers) for name, numbers in values.items()}


def read_intervals(path: Path) -> dict[str, np.ndarray]:
    """Intervals (n, 2) of a BED by bare chromosome name."""
    frame = pd.read_csv(path, sep="\t", header=None, usecols=[0, 1, 2], dtype={0: str})
    frame[0] = frame[0].map(bare_contig)
    return {str(name): rows[[1, 2]].to_numpy() for name, rows in frame.groupby(0)}


def covered(intervals: np.ndarray | None, size: int, step: int) -> np.ndarray:
    """Which of `size` stretches of `step` bases any interval touches."""
    marks = np.zeros(size + 1, dtype=int)
    for start, end in intervals if intervals is not None else ():
        marks[min(start // step, size)] += 1
        marks[min((end - 1) // step + 1, size)] -= 1
    return np.cumsum(marks)[:size] > 0


def read_tracks(folder: Path, build: GenomeBuild) -> Tracks:
    """GC, mappability and fitness for use of one build's 10-kb stretches."""
    name = UCSC[build]
    gc = read_wig(folder / f"gc_{name}_10kb.wig.gz")
    mappability = read_wig(folder / f"map_{name}_10kb.wig.gz")
    blacklist = read_intervals(folder / f"{name}-blacklist.v2.bed.gz")
    access = read_intervals(folder / f"access-10kb.{name}.bed.gz")
    bins = pd.read_csv(folder / f"{name}.15kb.bins.tsv.gz", sep="\t", dtype={"chromosome": str})
    autosomal = ~bins["chromosome"].isin(["X", "Y"])  # QDNAseq uses neither
    unfit = (bins["residual"].abs() > MAX_RESIDUAL) | (autosomal & ~bins["use"].astype(bool))
    odd = bins[unfit | (bins["blacklist"] > 0)]
    odd = odd.assign(start=odd["start"] - 1)
    odd_bins = {str(c): rows[["start", "end"]].to_numpy(int) for c, rows in odd.groupby("chromosome")}
    usable = {}
    for chromosome, values in mappability.items():
        size = len(values)
        inside = access.get(chromosome)
        good = ~covered(blacklist.get(chromosome), size, 10_000) & ~covered(
            odd_bins.get(chromosome), size, 10_000
        )
        usable[chromosome] = good & covered(inside, size, 10_000)
        if chromosome in ("X", "Y"):
            edge = PSEUDOAUTOSOMAL_MARGIN // 10_000
            usable[chromosome][:edge] = False
            usable[chromosome][-edge:] = False
    return Tracks(gc, mappability, usable)


def read_snps(folder: Path, build: GenomeBuild) -> pd.DataFrame:
    """Common SNPs with two single-base alleles: chromosome (bare), position (0-based), rsid, ref, alt."""
    frame = pd.read_csv(folder / f"common_{UCSC[build]}_340k.tsv.gz", sep="\t", dtype={"chrom": str})
    frame = frame[(frame["ref"].str.len() == 1) & (frame["alt"].str.len() == 1)]
    frame = frame.assign(chromosome=frame["chrom"].map(bare_contig))
    frame = frame[frame["chromosome"].isin(CONTIG_LENGTHS[build])]
    frame = frame.rename(columns={"start": "position", "ID": "rsid"})
    return frame[["chromosome", "position", "rsid", "ref", "alt"]].sort_values(["chromosome", "position"])


def at_position(track: dict[str, np.ndarray], chromosome: pd.Series, position: pd.Series) -> np.ndarray:
    """The track's value at each position; NaN (or False) off its end."""
    values = np.full(len(position), np.nan)
    for name in chromosome.unique():
        here = (chromosome == name).to_numpy()
        numbers = track.get(str(name), np.zeros(0)).astype(float)
        index = position.to_numpy()[here] // 10_000
        inside = index < len(numbers)
        values[np.flatnonzero(here)[inside]] = numbers[index[inside]]
    return values
