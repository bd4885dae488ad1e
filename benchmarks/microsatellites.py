"""How often microsatellite instability is called on simulated slippage, and how often where there is none.

    python benchmarks/microsatellites.py --tumors 200 --output benchmarks/results/microsatellites.tsv

Fragments over 700 repeats (as many as 2,000 sampled windows span) are drawn for tumour and normal and judged by
genome_wide.microsatellites. Lengths are spread as those of 7,319 runs of A and T in 17 Mb of GRCh38. Everything else is
an assumption, stated at its constant: it is not known from tumours of known status.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from refractor.genome_wide.microsatellites import slippage

REPEATS = 700
LENGTHS = np.arange(10, 21)
SPREAD = np.array([1690, 1310, 963, 888, 763, 730, 585, 519, 365, 337, 259], float)
"""Repeats by length, 10 to 20 bases."""
HETEROZYGOUS = 0.25
"""Share of repeats whose two alleles differ, by one base."""
STUTTER_AT_10, STUTTER_GROWTH = 0.01, 1.3
"""Share of fragments that slip in a library without lost repair at 10 bases, and its factor for each further base."""
UNEVEN = 0.4
"""Standard deviation of the log of that share between repeats of one length."""
PURITY_ERROR = 0.05
"""Standard deviation of the purity that the judgement is told."""
DEPTHS = {"90x against 35x": (90, 35), "40x against 30x": (40, 30)}
PURITIES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of tumour: share of alleles that slipped at 10 and at 20 bases (a line between), the tumour library's
    stutter over the normal's, and the share of another person's fragments."""

    name: str
    slipped: tuple[float, float]
    stutter: float = 1.0
    foreign: float = 0.0

    @property
    def truly_unstable(self) -> bool:
        """Whether mismatch repair is lost."""
        return self.slipped[1] > 0.1


KINDS = (
    Kind("unstable", (0.25, 0.85)),
    Kind("unstable, half as many alleles", (0.125, 0.425)),
    Kind("stable", (0.0, 0.0)),
    Kind("stable, 1 % of alleles slipped", (0.01, 0.01)),
    Kind("stable, tumour library with 1.5 times the stutter", (0.01, 0.01), stutter=1.5),
    Kind("stable, tumour library with 3 times the stutter", (0.01, 0.01), stutter=3.0),
    Kind("stable, 5 % of another person", (0.01, 0.01), foreign=0.05),
)

Counts = NDArray[np.int64]


def draw_pair(
    kind: Kind, *, purity: float, depths: tuple[int, int], rng: np.random.Generator
) -> tuple[Counts, Counts]:
    """Counts of repeat lengths of a diploid tumour and its normal."""
    tumor: list[tuple[int, ...]] = []
    normal: list[tuple[int, ...]] = []
    for place in range(REPEATS):
        length = int(rng.choice(LENGTHS, p=SPREAD / SPREAD.sum()))
        alleles = _alleles(length, rng)
        stutter = STUTTER_AT_10 * STUTTER_GROWTH ** (length - 10) * float(np.exp(rng.normal(0, UNEVEN)))
        low, high = kind.slipped
        chance = low + (high - low) * (length - 10) / 10
        altered = [
            allele - int(rng.geometric(0.5)) * (1 if rng.random() < 0.85 else -1)
            if rng.random() < chance
            else allele
            for allele in alleles
        ]
        foreign = _alleles(length, rng)
        n_tumor, n_normal = rng.poisson(depths[0]), rng.poisson(depths[1])
        from_other = rng.random(n_tumor) < kind.foreign
        from_tumor = rng.random(n_tumor) < purity
        which = rng.integers(0, 2, n_tumor)
        shown = np.where(
            from_other, np.array(foreign)[which],
            np.where(from_tumor, np.array(altered)[which], np.array(alleles)[which]),
        )  # fmt: skip
        shown_normal = np.array(alleles)[rng.integers(0, 2, n_normal)]
        for rows, lengths, share in (
            (tumor, shown, stutter * kind.stutter),
            (normal, shown_normal, stutter),
        ):
            slipped = rng.random(len(lengths)) < min(share, 0.9)
            steps = rng.choice([-1, 1, -2], size=len(lengths), p=[0.7, 0.2, 0.1])
            told = np.where(slipped, lengths + steps, lengths)
            rows += [
                (1, 1000 * place, 1000 * place + length + 1, 0, int(bases), int(count))
                for bases, count in Counter(told.tolist()).items()
                if bases >= 7
            ]
    return np.array(tumor, dtype=np.int64), np.array(normal, dtype=np.int64)


def _alleles(length: int, rng: np.random.Generator) -> tuple[int, int]:
    first = length + int(rng.choice([0, 0, 0, -1, 1]))
    return first, first + (int(rng.choice([-1, 1])) if rng.random() < HETEROZYGOUS else 0)


def rows(tumors: int, seed: int, purities: tuple[float, ...]) -> list[dict[str, object]]:
    """One row a kind of tumour, depth and purity: how often it was called what."""
    found: list[dict[str, object]] = []
    for kind in KINDS:
        for name, depths in DEPTHS.items():
            for purity in purities:
                rng = np.random.default_rng([seed, KINDS.index(kind), depths[0], round(100 * purity)])
                verdicts: Counter[str] = Counter()
                shares = []
                for _ in range(tumors):
                    pair = draw_pair(kind, purity=purity, depths=depths, rng=rng)
                    told = float(np.clip(purity + rng.normal(0, PURITY_ERROR), 0.08, 1.0))
                    said = slippage(*pair, purity=told, ploidy=2.0, foreign=kind.foreign)
                    verdicts[
                        {True: "called_unstable", False: "called_stable", None: "not_assessable"}[
                            said.unstable
                        ]
                    ] += 1
                    shares.append(said.share or 0.0)
                found.append(
                    {
                        "tumors": kind.name,
                        "depth": name,
                        "purity": purity,
                        "n": tumors,
                        "called_unstable": verdicts["called_unstable"],
                        "called_stable": verdicts["called_stable"],
                        "not_assessable": verdicts["not_assessable"],
                        "median_share": round(float(np.median(shares)), 4),
                    }
                )
                print(*found[-1].values(), sep="\t", flush=True)
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--tumors", type=int, default=20, help="of each kind, depth and purity")
    options.add_argument("--seed", type=int, default=17)
    options.add_argument("--purity", type=float, action="append", help="default: 0.2 to 0.9")
    options.add_argument("--output", type=Path)
    given = options.parse_args()
    table = rows(given.tumors, given.seed, tuple(given.purity or PURITIES))
    if given.output:
        with given.output.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(table[0]), delimiter="\t", lineterminator="\n")
            writer.writeheader()
            writer.writerows(table)


if __name__ == "__main__":
    main()
