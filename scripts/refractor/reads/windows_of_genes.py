"""Windows over genes that the shipped table of windows does not know, laid as over those that it knows."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from refractor.files.resources import RESOURCES
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import Gene

STRETCH = 10_000
"""Bases of which GC and mappability are told together."""
INDEX_BIN = 16_384
"""Bases a bin of a BAI (or CSI with its default depth); reading starts where a bin starts."""
WINDOW = 1_000
GC_RANGE = (0.30, 0.60)
MIN_MAPPABILITY_NEAR_GENES = 0.6
GENE_FLANK = 250_000
CORE_WINDOWS_A_GENE = 6
LEAST_BODY = 8_000
"""Bases over which the windows of a short gene are laid."""
MOST_OF_BODY = 24


@dataclass(frozen=True, slots=True)
class Stretches:
    """What is known of each 10 kb of a build, by bare chromosome: GC and mappability (0-1, NaN unknown), fit for use."""

    gc: dict[str, NDArray[np.float64]]
    mappability: dict[str, NDArray[np.float64]]
    usable: dict[str, NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class GeneWindows:
    """Windows of one gene, ascending: `start`s of 1 kb, GC and mappability of the 10 kb around; `core` first by rank."""

    start: NDArray[np.int64]
    gc: NDArray[np.float64]
    mappability: NDArray[np.float64]
    core: NDArray[np.bool_]


@lru_cache(maxsize=2)
def load_stretches(build: GenomeBuild) -> Stretches:
    """The shipped facts on every 10 kb of `build` (resources/windows)."""
    gc, mappability, usable = {}, {}, {}
    path = RESOURCES / "windows" / f"stretches.{build}.tsv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            name, gc_cell, mappability_cell, usable_cell = line.rstrip("\n").split("\t")
            gc[name] = _hundredths(gc_cell)
            mappability[name] = _hundredths(mappability_cell)
            usable[name] = np.frombuffer(usable_cell.encode(), dtype=np.uint8) == ord("1")
    return Stretches(gc, mappability, usable)


def windows_of_gene(gene: Gene, stretches: Stretches) -> GeneWindows:
    """Windows over the gene's body and, a bin of the index each, over 250 kb to either side.

    Over the gene itself each window with known GC is kept, beside it those that are mappable and balanced in GC.
    """
    body = body_starts(gene)
    flank = bins_between(gene.start - GENE_FLANK, gene.end + GENE_FLANK)
    apart = np.abs(flank[:, None] - body[None, :]).min(axis=1) >= WINDOW
    start = np.concatenate([body, flank[apart]]).astype(np.int64)
    of_body = np.arange(len(start)) < len(body)
    gc, mappability, usable = facts_at(stretches, gene.chromosome, start)
    balanced = (gc >= GC_RANGE[0]) & (gc <= GC_RANGE[1])
    keep = np.isfinite(gc) & np.isfinite(mappability)
    keep &= of_body | (usable & balanced & (mappability >= MIN_MAPPABILITY_NEAR_GENES))
    rows = np.flatnonzero(keep)[np.argsort(start[keep], kind="stable")]
    kept_of_body = np.flatnonzero(keep & of_body)
    picked = np.linspace(0, max(len(kept_of_body) - 1, 0), CORE_WINDOWS_A_GENE).astype(int)
    core = np.isin(rows, kept_of_body[picked]) if len(kept_of_body) else np.zeros(len(rows), dtype=bool)
    return GeneWindows(start[rows], gc[rows], mappability[rows], core)


def body_starts(gene: Gene) -> NDArray[np.int64]:
    """Starts of the windows over a gene: 8 to 24 of them, one a bin of the index where it is long."""
    length = gene.end - gene.start
    pad = max(500, (LEAST_BODY - length) // 2)
    count = int(np.clip((length + 2 * pad) // 4_000, LEAST_BODY // WINDOW, MOST_OF_BODY))
    starts = np.linspace(gene.start - pad, gene.end + pad - WINDOW, count).astype(np.int64)
    if length > count * INDEX_BIN:  # a long gene: one window an index bin reads least
        starts = starts // INDEX_BIN * INDEX_BIN + INDEX_BIN
    unique: NDArray[np.int64] = np.unique(starts)
    return unique


def bins_between(start: int, end: int, step: int = 1) -> NDArray[np.int64]:
    """Starts of every `step`th index bin that lies in a stretch."""
    return np.arange(max(-(-start // INDEX_BIN), 0), end // INDEX_BIN, step, dtype=np.int64) * INDEX_BIN


def facts_at(
    stretches: Stretches, chromosome: str, start: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """GC, mappability (0-1, NaN unknown) and fitness for use at each start; unknown off the chromosome's end."""
    index = start // STRETCH
    size = len(stretches.gc[chromosome])
    inside = (index >= 0) & (index < size)
    at = np.clip(index, 0, size - 1)
    gc = np.where(inside, stretches.gc[chromosome][at], np.nan)
    mappability = np.where(inside, stretches.mappability[chromosome][at], np.nan)
    return gc, mappability, inside & stretches.usable[chromosome][at]


def _hundredths(cell: str) -> NDArray[np.float64]:
    return np.array([float(part) / 100 if part else np.nan for part in cell.split(",")])


def evenly_ordered(count: int) -> NDArray[np.int64]:
    """An order of 0..count-1 of which every beginning is evenly spread (bit reversal, van der Corput)."""
    bits = max(1, int(np.ceil(np.log2(max(count, 2)))))
    reversed_bits = np.zeros(1 << bits, dtype=np.int64)
    numbers = np.arange(1 << bits)
    for bit in range(bits):
        reversed_bits |= ((numbers >> bit) & 1) << (bits - 1 - bit)
    ordered: NDArray[np.int64] = reversed_bits[reversed_bits < count]
    return ordered
