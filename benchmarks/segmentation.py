"""Breakpoints found and invented by our segmentation and by ruptures, on simulated genomes with known truth.

    python benchmarks/segmentation.py        # needs ruptures (PyPI) importable

ruptures takes neither weights nor missing values: it is given depth scaled by each window's sd, and, for two
tracks, allele balance filled in from the nearest informative SNP, as one would use it. Writes segmentation.tsv.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import ruptures

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from refractor.copynumber.fit.allele_balance import imbalance, select_snps  # noqa: E402
from refractor.copynumber.fit.normalise_depth import normalise  # noqa: E402
from refractor.copynumber.fit.segmentation import SegmentationSettings, find_segments  # noqa: E402
from refractor.genome.builds import GenomeBuild  # noqa: E402
from refractor.reads.windows_to_read import Sites, load_sites  # noqa: E402
from synthetic.window_counts import count_genome  # noqa: E402
from synthetic.window_genomes import Recipe, make_genome  # noqa: E402

FRESH_SEED = 8_000_000
NEAR = 3
"""Windows within which a breakpoint counts as found."""

Segmenter = Callable[[Sites, np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def with_ruptures(tracks: int) -> Segmenter:
    """Segment numbers from ruptures' exact kernel method at our penalty, on depth alone or with allele balance."""

    def segment(
        sites: Sites, ratio: np.ndarray, sd: np.ndarray, away: np.ndarray, away_sd: np.ndarray
    ) -> np.ndarray:
        number = np.full(len(sites), -1)
        used = np.flatnonzero(np.isfinite(ratio))
        settings = SegmentationSettings()
        apart = (sites.chromosome[used[1:]] != sites.chromosome[used[:-1]]) | (
            sites.start[used[1:]] - sites.end[used[:-1]] > settings.gap
        )
        at = 0
        for rows in np.split(used, np.flatnonzero(apart) + 1):
            columns = [ratio[rows] / np.median(sd[rows])]
            if tracks == 2:
                known = np.flatnonzero(np.isfinite(away[rows]))
                filled = np.zeros(len(rows))
                if len(known):
                    nearest = known[np.abs(np.arange(len(rows))[:, None] - known[None, :]).argmin(axis=1)]
                    filled = away[rows][nearest] / np.median(away_sd[rows][known])
                columns.append(filled)
            signal = np.column_stack(columns)
            cuts = [len(rows)]
            if len(rows) >= 2 * settings.min_windows:
                method = ruptures.KernelCPD(kernel="linear", min_size=settings.min_windows)
                cuts = method.fit_predict(signal, pen=settings.penalty * np.log(len(used)))
            for start, end in zip([0, *cuts[:-1]], cuts, strict=True):
                number[rows[start:end]] = at
                at += 1
        return number

    return segment


def ours(
    sites: Sites, ratio: np.ndarray, sd: np.ndarray, away: np.ndarray, away_sd: np.ndarray
) -> np.ndarray:
    return find_segments(sites, ratio, sd, away, away_sd)


def score(
    sites: Sites, number: np.ndarray, first: np.ndarray, second: np.ndarray
) -> tuple[int, int, int, int]:
    """True breakpoints, those found, breakpoints told, those of them that are none."""
    used = np.flatnonzero(number >= 0)
    same = sites.chromosome[used[1:]] == sites.chromosome[used[:-1]]
    changed = (np.abs(np.diff(first[used])) > 0.2) | (np.abs(np.diff(second[used])) > 0.2)
    true = np.flatnonzero(changed & same)
    told = np.flatnonzero((np.diff(number[used]) != 0) & same)
    gap = sites.start[used[1:]] - sites.end[used[:-1]] > SegmentationSettings().gap
    found = sum(len(told) > 0 and np.abs(told - t).min() <= NEAR for t in true)
    invented = sum((len(true) == 0 or np.abs(true - t).min() > NEAR) and not gap[t] for t in told)
    return len(true), found, int((~gap[told]).sum()), invented


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--genomes", type=int, default=60)
    parser.add_argument("--first-seed", type=int, default=FRESH_SEED)
    parser.add_argument("--output-dir", type=Path, default=ROOT / "benchmarks" / "results")
    arguments = parser.parse_args()
    methods: dict[str, Segmenter] = {
        "ours, depth and allele balance": ours,
        "ruptures, depth": with_ruptures(1),
        "ruptures, depth and filled-in balance": with_ruptures(2),
    }
    sites = load_sites(GenomeBuild.GRCH38)
    totals = {name: np.zeros(5) for name in methods}
    for seed in range(arguments.first_seed, arguments.first_seed + arguments.genomes):
        rng = np.random.default_rng(seed)
        recipe = Recipe(purity=rng.uniform(0.2, 0.9), doubled=bool(rng.random() < 0.4), arm_events=12)
        genome = make_genome(recipe, sites, rng)
        tumor, normal = count_genome(genome, sites, rng)
        depth = normalise(sites, tumor, normal, sex="XX")
        counts = select_snps(sites, tumor, normal)
        away, away_sd = np.full(len(sites), np.nan), np.ones(len(sites))
        away[counts.rows], away_sd[counts.rows] = imbalance(counts)
        for name, method in methods.items():
            start = time.perf_counter()
            number = method(sites, depth.log_ratio, depth.log_sd, away, away_sd)
            seconds = time.perf_counter() - start
            totals[name] += (*score(sites, number, genome.first, genome.second), seconds)
    rows = [
        {
            "method": name,
            "genomes": arguments.genomes,
            "true_breakpoints": int(t[0]),
            "found": t[1] / t[0],
            "told": int(t[2]),
            "invented": t[3] / max(t[2], 1),
            "seconds_a_genome": t[4] / arguments.genomes,
        }
        for name, t in totals.items()
    ]
    table = pd.DataFrame(rows)
    arguments.output_dir.mkdir(parents=True, exist_ok=True)
    table.to_csv(arguments.output_dir / "segmentation.tsv", sep="\t", index=False, float_format="%.3g")
    print(table.to_string(index=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
