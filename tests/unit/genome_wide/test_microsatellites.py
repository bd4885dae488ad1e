"""Microsatellite instability from the lengths of repeats in tumour and normal."""

from __future__ import annotations

import numpy as np
import pytest

from refractor.evidence.findings import signatures_of
from refractor.genome_wide.microsatellites import Slippage, slippage, slippage_quality
from refractor.reads.repeat_lengths import NO_REPEATS
from refractor.results.quality import MICROSATELLITES, SLIPPAGE, Quality, QualityStatus

REPEATS = 204


def counted(lengths_of, *, repeats: int = REPEATS):
    """Counts of repeats of 10 to 15 bases; `lengths_of(number, length)` gives fragments by length."""
    rows = []
    for number in range(repeats):
        length = 10 + number % 6
        for bases, fragments in lengths_of(number, length).items():
            rows.append((1, 1000 * number, 1000 * number + length + 1, 0, bases, fragments))
    return np.array(rows, dtype=np.int64) if rows else NO_REPEATS


def usual(number: int, length: int) -> dict[int, int]:
    return {length: 39, length - 1: 1}


def test_slipped_alleles_over_the_cancer_cells_share() -> None:
    """Half of the repeats have 10 of 40 fragments two bases shorter: an excess of 1/8 over all. Purity 0.5 and ploidy 2
    make half of the fragments the tumour's: a quarter of its alleles slipped."""
    tumor = counted(
        lambda number, length: (
            usual(number, length) if number // 6 % 2 else {length: 29, length - 1: 1, length - 2: 10}
        )
    )
    found = slippage(tumor, counted(usual), purity=0.5, ploidy=2.0)
    assert found.unstable is True
    assert found.repeats == REPEATS
    # counting of 40 against 40 fragments with a rate of 1 in 40 lies 0.6745 standard deviations beside the quartile
    noise = 0.6745 * (2 / 40 * 0.025 * 0.975) ** 0.5
    assert found.share == pytest.approx((0.125 - noise) / 0.5, abs=0.002)
    assert found.low is not None and found.high is not None
    assert found.low < found.share < found.high


def test_what_all_repeats_have_in_common_is_the_library() -> None:
    tumor = counted(lambda number, length: {length: 30, length - 1: 10})
    found = slippage(tumor, counted(usual), purity=0.5, ploidy=2.0)
    assert found.unstable is False
    assert found.share == pytest.approx(0, abs=0.05)


def test_both_alleles_of_the_normal_are_none_that_slipped() -> None:
    normal = counted(lambda number, length: {length: 20, length - 3: 20})
    lost = counted(lambda number, length: {length - 3: 40} if number // 6 % 2 else {length: 40})
    found = slippage(lost, normal, purity=0.9, ploidy=2.0)
    assert found.unstable is False


@pytest.mark.parametrize(
    ("normal", "repeats", "purity", "said"),
    [
        (False, REPEATS, 0.5, "no normal"),
        (True, 60, 0.5, "60 repeats are spanned in both files, fewer than 100"),
        (True, REPEATS, None, "purity is not known"),
    ],
)
def test_what_cannot_be_judged_says_why(normal: bool, repeats: int, purity: float | None, said: str) -> None:
    counts = counted(usual, repeats=repeats)
    found = slippage(counts, counts if normal else None, purity=purity, ploidy=None)
    assert found.unstable is None
    assert said in found.reason
    row = slippage_quality(found)
    assert (row.value, row.status) == (None, QualityStatus.PASS)
    assert said in row.note
    assert signatures_of([row]) == {}


def test_without_a_repeat_nothing_is_said() -> None:
    assert slippage(NO_REPEATS, NO_REPEATS, purity=0.5, ploidy=2.0).unstable is None


def test_a_strangers_dna_widens_the_range() -> None:
    """The same excess: of a few slipped alleles, or of one part in ten that is another person's."""
    tumor = counted(
        lambda number, length: (
            usual(number, length) if number // 6 % 2 else {length: 31, length - 1: 1, length - 2: 8}
        )
    )
    alone = slippage(tumor, counted(usual), purity=0.3, ploidy=2.0)
    mixed = slippage(tumor, counted(usual), purity=0.3, ploidy=2.0, foreign=0.1)
    assert (alone.unstable, mixed.unstable) == (True, None)


def test_the_signature_follows_the_row_and_names_what_disagrees() -> None:
    unstable = slippage_quality(Slippage(True, "", 0.2, 0.15, 0.25, 300))
    assert (unstable.metric, unstable.value, unstable.status) == (SLIPPAGE, 0.2, QualityStatus.WARN)
    verdict = signatures_of([unstable])["microsatellite_instability"]
    assert verdict.present
    assert verdict.words.startswith("0.2 of the tumour's alleles; slipped in 300 repeats")
    purple = Quality(
        metric=MICROSATELLITES, value=0.1, unit="indels/Mb", status=QualityStatus.PASS, note="by PURPLE"
    )
    both = signatures_of([unstable, purple])["microsatellite_instability"]
    assert not both.present
    assert "0.1 indels/Mb; by PURPLE; CONFLICT: otherwise 0.2 of the tumour's alleles" in both.words
