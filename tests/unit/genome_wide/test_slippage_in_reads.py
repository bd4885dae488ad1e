"""From two BAM files with repeats to the verdict: sampled reads, lengths, slippage."""

from __future__ import annotations

import numpy as np
import pytest
from alignment_files import Read, WriteBam
from window_sites import window_sites

from refractor.genome_wide.microsatellites import slippage
from refractor.reads.alignment import open_alignment
from refractor.reads.repeat_lengths import Counts
from refractor.reads.windows import count_windows
from refractor.reads.windows_to_read import Sites

REPEATS, DEPTH, LENGTH = 150, 30, 12
FLANK = 40
CONTIGS = {"17": 83_257_441}


def windows() -> Sites:
    """A window of 1,000 bases a repeat, 20 kb apart."""
    return window_sites("17", 1_000_000 + 20_000 * np.arange(REPEATS))


def reads_over_repeats(rng: np.random.Generator, *, cancer: float, unstable: bool) -> list[Read]:
    """DEPTH reads over each repeat, one in fifty a base shorter by the library; of an unstable tumour half of the
    repeats have lost two bases on every copy, so that a share `cancer` of their reads has."""
    found = []
    for number, start in enumerate(windows().start.tolist()):
        left, right = ("".join(rng.choice(list("CG"), FLANK + DEPTH)) for _ in range(2))
        for read in range(DEPTH):
            lost = 2 if unstable and number % 2 and rng.random() < cancer else int(rng.random() < 0.02)
            before = FLANK + read  # molecules of their own begin at places of their own
            cigar = f"{before}M{lost}D{FLANK + LENGTH - lost}M" if lost else ""
            sequence = f"{left[-before:]}{'A' * (LENGTH - lost)}{right[:FLANK]}"
            found.append(Read("17", start + 200 - before, sequence, f"r{number}:{read}", cigar=cigar))
    return found


@pytest.fixture
def counted(write_bam: WriteBam):
    def count(name: str, *, seed: int, cancer: float, unstable: bool) -> Counts:
        rng = np.random.default_rng(seed)
        reads = reads_over_repeats(rng, cancer=cancer, unstable=unstable)
        with open_alignment(write_bam(reads, name=name, contigs=CONTIGS), reference=None) as alignment:
            return count_windows(alignment, windows()).repeats

    return count


@pytest.mark.parametrize("purity", [0.2, 0.5, 0.9])
def test_an_unstable_tumour_is_told_from_its_reads(counted, purity: float) -> None:
    normal = counted("normal.bam", seed=1, cancer=0.0, unstable=False)
    tumor = counted("tumor.bam", seed=2, cancer=purity, unstable=True)
    found = slippage(tumor, normal, purity=purity, ploidy=2.0)
    assert found.repeats == REPEATS
    assert found.unstable is True
    # every allele of half of the repeats; what all have in common is taken off, and a little of theirs with it
    assert found.share is not None and 0.3 < found.share < 0.6


def test_a_stable_one_is_too(counted) -> None:
    normal = counted("normal.bam", seed=1, cancer=0.0, unstable=False)
    tumor = counted("tumor.bam", seed=2, cancer=0.5, unstable=False)
    found = slippage(tumor, normal, purity=0.5, ploidy=2.0)
    assert (found.repeats, found.unstable) == (REPEATS, False)
