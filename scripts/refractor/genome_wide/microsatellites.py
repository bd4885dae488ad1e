"""Microsatellite instability from the lengths of repeats in tumour and normal reads.

Of each repeat the lengths that the normal shows are its alleles; other lengths are slips, of the polymerases of the
library in both files, of the tumour's lost mismatch repair in one. The excess of slipped fragments in the tumour, over
the share of its fragments that come from cancer cells, is the share of the tumour's alleles that slipped.

Libraries that differ (one amplified, one not) slip differently at all repeats alike; lost repair leaves some alleles
far off and others as they were. So what the least shifted quarter of the repeats of one length have in common, counting
apart, is taken for the libraries' and subtracted. Limits are our choice, tested on simulated slippage
(benchmarks/microsatellites.py), not yet on tumours of known status.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.reads.repeat_lengths import Counts
from refractor.results.quality import SLIPPAGE, Quality, QualityStatus

Floats = NDArray[np.float64]

LEAST_BASES, MOST_BASES = 10, 15
"""Bases of a repeat in the reference: shorter ones hardly slip, longer ones slip in every library."""
LEAST_FRAGMENTS = 12
"""Fragments over a repeat, in tumour and normal each."""
LEAST_REPEATS = 100
"""Repeats without which nothing is said."""
ALLELE_SHARE = 0.2
"""Share of the normal's fragments from which a length is one of its alleles: a heterozygous one has a half."""
UNSTABLE = 0.06
"""Share of the tumour's alleles that slipped from which it is unstable."""
QUARTER, QUARTER_BELOW = 0.25, 0.6745
"""The quantile that is taken for what all repeats of one length have in common, and how many standard deviations of
counting it lies below it."""
FOREIGN_SLIPS = 0.5
"""Share of another person's fragments that would seem slipped, at most (our choice: repeats are often polymorphic)."""


@dataclass(frozen=True, slots=True)
class Slippage:
    """Share of the tumour's alleles that slipped (0-1) with its 95 % range, and what it was told from.

    `unstable` is None where it is not assessable, with the `reason`. Without a known purity the share is a least one.
    """

    unstable: bool | None
    reason: str
    share: float | None = None
    low: float | None = None
    high: float | None = None
    repeats: int = 0


def slippage(
    tumor: Counts,
    normal: Counts | None,
    *,
    purity: float | None,
    ploidy: float | None,
    foreign: float = 0.0,
) -> Slippage:
    """Whether the tumour's repeats slipped beyond the normal's. `tumor` and `normal` hold rows of repeat_lengths.COLUMNS.

    Purity is 0-1, ploidy the copies of the mean place in tumour cells; each None where it is not known. `foreign` is
    the share of the tumour's DNA that is another person's (0-1).
    """
    if normal is None:
        return Slippage(None, "no normal: how much the library slips by itself is not known")
    excess, noise, span = _excess(_by_repeat(tumor), _by_repeat(normal))
    found = len(excess)
    if found < LEAST_REPEATS:
        return Slippage(
            None, f"{found} repeats are spanned in both files, fewer than {LEAST_REPEATS}", repeats=found
        )
    of_tumor = 1.0
    if purity is not None and purity > 0:
        copies = purity * (ploidy or 2.0)
        of_tumor = copies / (copies + 2 * (1 - purity))
    common, variance = _in_common(excess, noise, span)
    own = excess - common
    mean = float(own.mean())
    margin = 1.96 * (float(own.var(ddof=1)) / found + variance) ** 0.5
    share, low, high = (
        value / of_tumor for value in (mean, mean - margin - FOREIGN_SLIPS * foreign, mean + margin)
    )
    unstable, reason = _verdict(low, high, purity_known=purity is not None)
    return Slippage(unstable, reason, share, low, high, found)


def _verdict(low: float, high: float, *, purity_known: bool) -> tuple[bool | None, str]:
    if low > UNSTABLE:
        return True, ""
    if high < UNSTABLE and purity_known:
        return False, ""
    if not purity_known:
        return None, "purity is not known, so that a tumour of few cancer cells would look the same"
    return (
        None,
        f"{max(low, 0):.0%} to {high:.0%} of the tumour's alleles slipped, on both sides of {UNSTABLE:.0%}",
    )


def _in_common(excess: Floats, noise: Floats, span: Floats) -> tuple[Floats, float]:
    """Of each repeat the excess that those of its length have in common, and the variance of its mean over all."""
    common = np.zeros(len(excess))
    variance = 0.0
    for bases in np.unique(span):
        here = span == bases
        common[here] = np.quantile(excess[here] + QUARTER_BELOW * np.sqrt(noise[here]), QUARTER)
        # a quartile of n normal values has 1.36 times the standard error of their mean
        variance += float(here.mean() ** 2 * 1.36**2 * noise[here].mean() / here.sum())
    return common, variance


def _by_repeat(counts: Counts) -> dict[tuple[int, ...], dict[int, int]]:
    """Fragments by length, by place of the repeat, of repeats of fitting length."""
    repeats: dict[tuple[int, ...], dict[int, int]] = defaultdict(dict)
    spans = counts[:, 2] - counts[:, 1] - 1
    for row in counts[(spans >= LEAST_BASES) & (spans <= MOST_BASES)].tolist():
        repeats[tuple(row[:4])][row[4]] = row[5]
    return repeats


def _excess(
    tumor: Mapping[tuple[int, ...], Mapping[int, int]], normal: Mapping[tuple[int, ...], Mapping[int, int]]
) -> tuple[Floats, Floats, Floats]:
    """Of each repeat seen in both: share of slipped fragments in the tumour less that in the normal, its variance where
    both slip as the normals of repeats of its length do, and that length and one."""
    rows = []
    slipped_of, fragments_of = defaultdict[int, int](int), defaultdict[int, int](int)
    for place, seen in normal.items():
        other = tumor.get(place, {})
        in_normal, in_tumor = sum(seen.values()), sum(other.values())
        if min(in_normal, in_tumor) < LEAST_FRAGMENTS:
            continue
        alleles = {bases for bases, count in seen.items() if count >= ALLELE_SHARE * in_normal}
        off_normal = sum(count for bases, count in seen.items() if bases not in alleles)
        off_tumor = sum(count for bases, count in other.items() if bases not in alleles)
        span = place[2] - place[1]
        slipped_of[span] += off_normal
        fragments_of[span] += in_normal
        rows.append((off_tumor / in_tumor - off_normal / in_normal, 1 / in_tumor + 1 / in_normal, span))
    if not rows:
        return np.empty(0), np.empty(0), np.empty(0)
    share = {span: (slipped_of[span] + 1) / (fragments_of[span] + 2) for span in fragments_of}
    usual = np.array([share[int(span)] for _, _, span in rows])
    excess, weight, spans = (np.array(values, dtype=float) for values in zip(*rows, strict=True))
    return excess, weight * usual * (1 - usual), spans


def slippage_quality(found: Slippage) -> Quality:
    """The row of qc.tsv: warn for an unstable tumour; without a value where it is not assessable."""
    if found.unstable is None:
        return Quality(
            metric=SLIPPAGE, status=QualityStatus.PASS, note=f"microsatellites not assessable: {found.reason}"
        )
    return Quality(
        metric=SLIPPAGE,
        value=round(max(found.share or 0.0, 0.0), 4),
        unit="of the tumour's alleles",
        status=QualityStatus.WARN if found.unstable else QualityStatus.PASS,
        note=(
            f"slipped in {found.repeats} repeats of {LEAST_BASES} to {MOST_BASES} bases of the sampled reads, against the "
            f"normal (95 %: {max(found.low or 0.0, 0.0):.3f} to {found.high:.3f}); unstable from {UNSTABLE:g}"
        ),
    )
