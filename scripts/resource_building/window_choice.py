"""Which places of a genome are sampled: over the panel's genes and around them, and evenly over the rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import Gene, load_panel
from refractor.reads.windows_of_genes import (
    CORE_WINDOWS_A_GENE,
    GC_RANGE,
    GENE_FLANK,
    INDEX_BIN,
    MIN_MAPPABILITY_NEAR_GENES,
    WINDOW,
    bins_between,
    body_starts,
    evenly_ordered,
)
from resource_building.window_tracks import Tracks, at_position, read_snps, read_tracks

SNP_MARGIN = 100
"""Bases kept between a SNP and the end of its window."""
BACKBONE_WINDOWS = 20_000
CHR17_SPACING = 40_000
OFFSETS = (2_000, 4_000, 8_000)
"""How far into an index bin a SNP may lie, in the order tried: each base between is read for nothing."""
MIN_MAPPABILITY = 0.85
FOCUS_GENE = "ERBB2"
FOCUS_BEFORE, FOCUS_AFTER = 850_000, 2_150_000
"""The neighbourhood in which amplicons of ERBB2 begin and end (chr17:37-40 Mb of GRCh37)."""
GENE_SNP_FLANK = 100_000
Y_SPACING = 150_000


def snp_windows(snps: pd.DataFrame, tracks: Tracks) -> pd.DataFrame:
    """One window a SNP, as near to the start of its index bin as holds the SNP, with what the tracks say."""
    bin_start = snps["position"] // INDEX_BIN * INDEX_BIN
    frame = snps.assign(
        start=np.maximum(bin_start, snps["position"] - (WINDOW - SNP_MARGIN)),
        offset=snps["position"] - bin_start,
        gc=at_position(tracks.gc, snps["chromosome"], snps["position"]),
        mappability=at_position(tracks.mappability, snps["chromosome"], snps["position"]),
        usable=at_position(tracks.usable, snps["chromosome"], snps["position"]) == 1,
    )
    frame["end"] = frame["start"] + WINDOW
    return frame


def good(frame: pd.DataFrame, min_mappability: float) -> pd.Series:
    """Which windows are mappable, balanced in GC and outside odd regions."""
    return frame["usable"] & (frame["mappability"] >= min_mappability) & frame["gc"].between(*GC_RANGE)


def spread(windows: pd.DataFrame, tracks: Tracks, *, slots: int, preferred: set[str]) -> pd.DataFrame:
    """One window a slot of equal usable length; slots are numbered along the genome in column `slot`."""
    frame = windows[good(windows, MIN_MAPPABILITY)].copy()
    names = [n for n in tracks.usable if n in set(frame["chromosome"])]
    usable = {n: tracks.usable[n] & (tracks.mappability[n] >= MIN_MAPPABILITY) for n in names}
    before = dict(zip(names, np.cumsum([0] + [int(usable[n].sum()) for n in names[:-1]]), strict=True))
    total = sum(int(u.sum()) for u in usable.values())
    along = np.zeros(len(frame))
    for name in names:
        here = (frame["chromosome"] == name).to_numpy()
        counts = np.concatenate([[0], np.cumsum(usable[name])])
        position = frame["position"].to_numpy()[here]
        along[here] = before[name] + counts[position // 10_000] + (position % 10_000) / 10_000
    slot = along / total * slots
    frame["slot"] = slot.astype(int)
    frame["away"] = np.abs(slot - frame["slot"] - 0.5)
    frame["far"] = np.searchsorted(OFFSETS, frame["offset"])
    frame["shared"] = frame["rsid"].isin(preferred)
    frame = frame[frame["far"] < len(OFFSETS)]
    frame = frame.sort_values(["slot", "far", "shared", "away"], ascending=[True, True, False, True])
    return frame.drop_duplicates("slot").assign(kind="backbone", gene="")


def tile(chromosome: str, starts: np.ndarray, tracks: Tracks, *, kind: str, gene: str) -> pd.DataFrame:
    """Windows without a SNP of their own at given starts."""
    frame = pd.DataFrame({"chromosome": chromosome, "start": np.unique(starts)})
    frame["end"] = frame["start"] + WINDOW
    frame["gc"] = at_position(tracks.gc, frame["chromosome"], frame["start"])
    frame["mappability"] = at_position(tracks.mappability, frame["chromosome"], frame["start"])
    frame["usable"] = at_position(tracks.usable, frame["chromosome"], frame["start"]) == 1
    return frame.assign(kind=kind, gene=gene)


def focus_windows(gene: Gene, snps: pd.DataFrame, tracks: Tracks) -> list[pd.DataFrame]:
    """Windows over the focus gene (end to end) and its amplicon's neighbourhood, finest first."""
    body = tile(
        gene.chromosome,
        np.arange((gene.start - 10_000) // WINDOW, (gene.end + 10_000) // WINDOW + 1) * WINDOW,
        tracks,
        kind="gene",
        gene=gene.symbol,
    )
    near = tile(
        gene.chromosome,
        np.arange((gene.start - 160_000) // 2_000, (gene.end + 160_000) // 2_000) * 2_000,
        tracks,
        kind="amplicon",
        gene=gene.symbol,
    )
    low, high = gene.start - FOCUS_BEFORE, gene.start + FOCUS_AFTER
    around = snps[(snps["chromosome"] == gene.chromosome) & snps["position"].between(low, high)]
    around = around[good(around, MIN_MAPPABILITY_NEAR_GENES)].assign(kind="amplicon", gene=gene.symbol)
    wide = tile(gene.chromosome, bins_between(low, high), tracks, kind="amplicon", gene=gene.symbol)
    return [body, near, around, wide[good(wide, MIN_MAPPABILITY_NEAR_GENES)]]


def gene_windows(gene: Gene, snps: pd.DataFrame, tracks: Tracks) -> list[pd.DataFrame]:
    """Windows over one panel gene and 250 kb to either side."""
    body = tile(gene.chromosome, body_starts(gene), tracks, kind="gene", gene=gene.symbol)
    near = snps[
        (snps["chromosome"] == gene.chromosome)
        & snps["position"].between(gene.start - GENE_SNP_FLANK, gene.end + GENE_SNP_FLANK)
    ]
    if gene.end - gene.start > GENE_FLANK:
        near = near[near["offset"] <= OFFSETS[1]]
    near = near[good(near, MIN_MAPPABILITY_NEAR_GENES)].assign(kind="gene", gene=gene.symbol)
    flank = tile(
        gene.chromosome,
        bins_between(gene.start - GENE_FLANK, gene.end + GENE_FLANK),
        tracks,
        kind="gene",
        gene=gene.symbol,
    )
    return [body, near, flank[good(flank, MIN_MAPPABILITY_NEAR_GENES)]]


def without_overlaps(frame: pd.DataFrame) -> pd.DataFrame:
    """The windows in their given order of worth, each dropped that overlaps one before it."""
    keep = np.zeros(len(frame), dtype=bool)
    taken: dict[str, set[int]] = {}
    intervals: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for row, (chromosome, start, end) in enumerate(
        zip(frame["chromosome"], frame["start"], frame["end"], strict=True)
    ):
        cells = range(start // WINDOW, (end - 1) // WINDOW + 1)
        here = [i for cell in cells for i in intervals.get((chromosome, cell), [])]
        if all(end <= low or start >= high for low, high in here):
            keep[row] = True
            taken.setdefault(chromosome, set()).update(cells)
            for cell in cells:
                intervals.setdefault((chromosome, cell), []).append((start, end))
    return frame[keep].reset_index(drop=True)


def with_snps(frame: pd.DataFrame, snps: pd.DataFrame) -> pd.DataFrame:
    """The windows, those without a SNP given the first common one that lies inside, if any."""
    filled = frame.copy()
    for name, rows in filled[filled["position"].isna()].groupby("chromosome"):
        here = snps[snps["chromosome"] == name]
        positions = here["position"].to_numpy()
        at = np.searchsorted(positions, rows["start"].to_numpy())
        found = at < len(positions)
        found[found] = positions[at[found]] < rows["end"].to_numpy()[found]
        for column in ("position", "rsid", "ref", "alt"):
            filled.loc[rows.index[found], column] = here[column].to_numpy()[at[found]]
    return filled


def ranked(frame: pd.DataFrame) -> pd.DataFrame:
    """The windows with `rank`: genes' cores first, then backbone and the rest in step, each beginning even."""
    core = (frame["core"] == True).to_numpy(bool)  # noqa: E712 (the column holds NaN where no gene)
    key = np.zeros(len(frame))
    backbone = (frame["kind"] == "backbone").to_numpy()
    for members in (backbone, ~backbone & ~core):
        rows = np.flatnonzero(members)
        order = evenly_ordered(len(rows))
        key[rows[order]] = 1 + np.arange(len(rows)) / max(len(rows), 1)
    return frame.assign(rank=np.argsort(np.argsort(key, kind="stable")))


def build_windows(folder: Path, build: GenomeBuild, preferred: set[str]) -> pd.DataFrame:
    """All windows of one build in genome order."""
    tracks = read_tracks(folder, build)
    snps = read_snps(folder, build)
    of_snps = snp_windows(snps, tracks)
    parts = [
        *windows_of_panel(of_snps, tracks, build),
        spread(of_snps, tracks, slots=BACKBONE_WINDOWS, preferred=preferred),
        windows_on_17(of_snps),
        windows_on_y(tracks, build),
    ]
    frame = with_snps(without_overlaps(pd.concat(parts, ignore_index=True)), snps)
    order = {name: number for number, name in enumerate(CONTIG_LENGTHS[build])}
    frame = frame.sort_values(
        ["chromosome", "start"], key=lambda c: c.map(order) if c.name == "chromosome" else c
    )
    frame = ranked(frame.reset_index(drop=True))
    frame["snp_position"] = frame["position"].astype("Int64")
    frame["gc"] = frame["gc"].round(3)
    frame["mappability"] = frame["mappability"].round(2)
    columns = ["chromosome", "start", "end", "snp_position", "rsid", "ref", "alt", "gc", "mappability"]
    return frame[[*columns, "kind", "gene", "rank"]]


def windows_of_panel(of_snps: pd.DataFrame, tracks: Tracks, build: GenomeBuild) -> list[pd.DataFrame]:
    """Windows over the panel's genes, the focus gene's first, and then around them; `core` marks a gene's own."""
    bodies, surroundings = [], []
    for gene in sorted(load_panel(build).genes.values(), key=lambda g: (g.symbol != FOCUS_GENE, g.symbol)):
        windows_of = focus_windows if gene.symbol == FOCUS_GENE else gene_windows
        body, *around = windows_of(gene, of_snps, tracks)
        if gene.symbol == FOCUS_GENE:
            body["core"] = True
        else:
            pick = np.linspace(0, len(body) - 1, CORE_WINDOWS_A_GENE).astype(int)
            body["core"] = np.isin(np.arange(len(body)), pick)
        bodies.append(body)
        surroundings += around
    return [*bodies, *surroundings]


def windows_on_17(of_snps: pd.DataFrame) -> pd.DataFrame:
    """One window in each CHR17_SPACING bases of chromosome 17, where there is a SNP to hold."""
    on_17 = of_snps[(of_snps["chromosome"] == "17") & (of_snps["offset"] <= OFFSETS[2])]
    on_17 = on_17[good(on_17, MIN_MAPPABILITY)].assign(kind="chr17", gene="")
    on_17 = on_17.sort_values("offset").assign(cell=lambda f: f["position"] // CHR17_SPACING)
    return on_17.drop_duplicates("cell")


def windows_on_y(tracks: Tracks, build: GenomeBuild) -> pd.DataFrame:
    """A window every Y_SPACING bases of the Y chromosome."""
    y_bins = np.arange(0, CONTIG_LENGTHS[build]["Y"], Y_SPACING) // INDEX_BIN * INDEX_BIN
    on_y = tile("Y", y_bins, tracks, kind="backbone", gene="")
    return on_y[good(on_y, MIN_MAPPABILITY)]


def shared_candidates(folder: Path) -> set[str]:
    """SNPs whose windows are good on both builds, so that genomes of either can be compared."""
    both = []
    for build in GenomeBuild:
        frame = snp_windows(read_snps(folder, build), read_tracks(folder, build))
        frame = frame[good(frame, MIN_MAPPABILITY) & (frame["offset"] <= OFFSETS[0])]
        both.append(set(frame["rsid"]))
    return both[0] & both[1]
