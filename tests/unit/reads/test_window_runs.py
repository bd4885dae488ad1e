"""Which windows are fetched together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from refractor.genome.builds import GenomeBuild
from refractor.reads.window_reads import _runs
from refractor.reads.windows_to_read import Sites, load_sites


def sites_at(*places: tuple[str, int]) -> Sites:
    """1-kb windows at these places."""
    some = load_sites(GenomeBuild.GRCH38, count=1000).subset(np.arange(len(places)))
    start = np.array([start for _, start in places])
    chromosome = np.array([name for name, _ in places], dtype=some.chromosome.dtype)
    return replace(
        some,
        chromosome=chromosome,
        start=start.astype(some.start.dtype),
        end=(start + 1000).astype(some.end.dtype),
    )


SITES = sites_at(("1", 10_000), ("1", 11_500), ("1", 60_000), ("1", 90_000), ("2", 10_000))


def test_neighbours_closer_than_the_gap_are_read_together() -> None:
    assert list(_runs(SITES, 2_000, {})) == [(0, 2), (2, 3), (3, 4), (4, 5)]


def test_windows_in_one_cram_slice_are_read_together() -> None:
    """Slices of chromosome 1: 0-70,000, that holds the first three windows, and 70,000-100,000."""
    slices = {"1": (np.array([0, 70_000]), np.array([70_000, 100_000]))}
    assert list(_runs(SITES, 2_000, slices)) == [(0, 3), (3, 4), (4, 5)]


def test_a_window_that_lies_over_two_slices_joins_both() -> None:
    slices = {"1": (np.array([0, 60_500]), np.array([60_500, 100_000]))}
    assert list(_runs(SITES, 2_000, slices)) == [(0, 4), (4, 5)]


def test_no_windows_are_no_runs() -> None:
    assert list(_runs(SITES.subset(np.arange(0)), 2_000, {})) == []
