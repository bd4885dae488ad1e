"""Chromosome arms and the stretches beside the centromere, and the copies that segments have there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from refractor.files.resources import RESOURCES, shipped_rows
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild

CENTROMERES = "centromeres/centromeres.tsv"

PROXIMAL_BP = 5_000_000
"""How far from the centromere copies still stand in for its probe; a choice of ours: the probe's own
sequence (alpha satellite) cannot be read, and 5 Mb on each side hold enough unique sequence."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One chromosome arm, 0-based half-open; `name` is p or q."""

    chromosome: str
    name: str
    start: int
    end: int


@lru_cache(maxsize=2)
def centromeres(build: GenomeBuild) -> dict[str, tuple[int, int]]:
    """Bounds of the centromere of each chromosome (acen bands, UCSC), 0-based half-open."""
    return {
        row["chromosome"]: (int(row["start"]), int(row["end"]))
        for row in shipped_rows(RESOURCES / CENTROMERES)
        if row["build"] == build
    }


def arms_of(chromosome: str, build: GenomeBuild) -> tuple[Arm, Arm]:
    """The short and the long arm; the centromere itself belongs to neither."""
    start, end = centromeres(build)[chromosome]
    return (
        Arm(chromosome, "p", 0, start),
        Arm(chromosome, "q", end, CONTIG_LENGTHS[build][chromosome]),
    )


def arm_at(chromosome: str, position: int, build: GenomeBuild) -> Arm:
    """The arm that a position lies on; inside the centromere, the nearer one."""
    short, long = arms_of(chromosome, build)
    middle = (short.end + long.start) // 2
    return short if position < middle else long
