"""How often microsatellite instability is called on slippage of another kind than that on which its limit was chosen.

    python benchmarks/microsatellites_by_division.py --tumors 50 --purity 0.2 --output benchmarks/results/x.tsv

The limit of genome_wide.microsatellites was chosen on benchmarks/microsatellites.py. Here nothing of that model is used: an
allele slips again and again as cells divide, by steps of geometric size, and each slip is in a part of the cancer cells
only; the library stutters once a cycle of amplification, more in longer repeats, and differs between repeats and between
the two libraries; the sequencer loses and gains bases within a run; the normal may hold tumour cells, the tumour another
person's; depth is overdispersed, ploidy 2 to 4 and told with an error, as is purity. No tumour of known status stands
behind it: each constant is an assumption.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from refractor.genome_wide.microsatellites import slippage

Counts = NDArray[np.int64]

REPEATS = 500
SHORTEST, LONGEST, FEWER = 10, 15, 0.85
"""Bases of the repeats, and how much fewer there are with each further base."""
STEP = 0.65
"""Chance that a slip in the tumour ends after each base: steps of 1.5 bases on average."""
SHORTER = 0.88
"""Share of slips in the tumour that lose bases."""
SLIP_GROWTH = 1.3
"""Factor of the slips an allele has gathered, for each further base."""
CYCLES = {"no amplification": 0, "8 cycles": 8, "14 cycles": 14}
CYCLE_SLIP = 2e-5
"""Slips of one cycle in a run of n bases: this times (n - 5) squared."""
SEQUENCED = 4e-4
"""Bases that the sequencer loses or gains, for each base of the run."""
LOCUS, LIBRARY = 3.0, 0.15
"""Shape of the gamma by which repeats of one length differ, and sd of the log by which the two libraries do."""
DISPERSION = 12.0
"""Size of the negative binomial of depth."""
PURITY_ERROR, PLOIDY_ERROR = 0.05, 0.2
DEPTHS = (60, 30)
PURITIES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of pair: slips that an allele of 10 bases has gathered, share of tumour cells in the normal, share of another
    person in the tumour that nobody noticed."""

    name: str
    slips: float
    in_normal: float = 0.0
    foreign: float = 0.0

    @property
    def truly_unstable(self) -> bool:
        """Whether mismatch repair is lost."""
        return self.slips > 0.1


KINDS = (
    Kind("unstable", 0.5),
    Kind("unstable, fewer divisions", 0.2),
    Kind("unstable, 5 % tumour cells in the normal", 0.5, in_normal=0.05),
    Kind("stable", 0.004),
    Kind("stable, 5 % tumour cells in the normal", 0.004, in_normal=0.05),
    Kind("stable, 2 % of another person, not noticed", 0.004, foreign=0.02),
)


@dataclass(frozen=True, slots=True)
class Library:
    """How a library shows a repeat: cycles of amplification, and its factor over that of the other library."""

    cycles: int
    factor: float

    def shown(self, lengths: NDArray[np.int64], locus: float, rng: np.random.Generator) -> NDArray[np.int64]:
        """The lengths that its fragments show."""
        rate = self.cycles * CYCLE_SLIP * (lengths - 5.0) ** 2 * locus * self.factor
        lost = rng.poisson(np.clip(0.8 * rate, 0, 5))
        gained = rng.poisson(np.clip(0.2 * rate, 0, 5))
        misread = rng.random(len(lengths)) < SEQUENCED * lengths
        step = rng.choice([-1, 1], size=len(lengths), p=[0.6, 0.4])
        return np.asarray(lengths - lost + gained + misread * step, dtype=np.int64)


def draw_pair(
    kind: Kind, *, purity: float, cycles: int, ploidy: int, rng: np.random.Generator
) -> tuple[Counts, Counts]:
    """Counts of repeat lengths of tumour and normal, rows of reads.repeat_lengths.COLUMNS."""
    tumor_library = Library(cycles, float(np.exp(rng.normal(0, LIBRARY))))
    normal_library = Library(cycles, float(np.exp(rng.normal(0, LIBRARY))))
    spread = FEWER ** np.arange(LONGEST - SHORTEST + 1)
    lengths = rng.choice(np.arange(SHORTEST, LONGEST + 1), size=REPEATS, p=spread / spread.sum())
    rows: tuple[list[tuple[int, ...]], list[tuple[int, ...]]] = ([], [])
    for place, length in enumerate(lengths.tolist()):
        own, other = _inherited(length, rng), _inherited(length, rng)
        copies = own[rng.integers(0, 2, ploidy)]  # each copy of the tumour from one of the two inherited
        shares, altered = _slipped(copies, kind.slips * SLIP_GROWTH ** (length - SHORTEST), rng)
        locus = float(rng.gamma(LOCUS, 1 / LOCUS))
        of_tumor = purity * ploidy / (purity * ploidy + 2 * (1 - purity))
        for rows_of, library, depth, cancer, foreign in (
            (rows[0], tumor_library, DEPTHS[0], of_tumor, kind.foreign),
            (rows[1], normal_library, DEPTHS[1], kind.in_normal, 0.0),
        ):
            number = int(rng.negative_binomial(DISPERSION, DISPERSION / (DISPERSION + depth)))
            fragments = own[rng.integers(0, 2, number)]
            which = rng.integers(0, ploidy, number)
            in_cell = np.where(rng.random(number) < shares[which], altered[which], copies[which])
            fragments = np.where(rng.random(number) < cancer, in_cell, fragments)
            fragments = np.where(rng.random(number) < foreign, other[rng.integers(0, 2, number)], fragments)
            shown = library.shown(fragments, locus, rng)
            rows_of.extend(
                (1, 1000 * place, 1000 * place + length + 1, 0, bases, count)
                for bases, count in Counter(shown.tolist()).items()
                if bases >= 7
            )
    return np.array(rows[0], dtype=np.int64), np.array(rows[1], dtype=np.int64)


def _inherited(length: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """The two alleles of a person: steps from the reference, more often in longer repeats."""
    return length + np.rint(rng.laplace(0, 0.02 * length, 2)).astype(np.int64)


def _slipped(
    copies: NDArray[np.int64], slips: float, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Of each copy the share of cancer cells in which it slipped, and its length there."""
    number = rng.poisson(slips, len(copies))
    steps = [
        int(np.sum(rng.geometric(STEP, slip) * np.where(rng.random(slip) < SHORTER, -1, 1)))
        for slip in number
    ]
    shares = np.where(number > 0, rng.beta(2.0, 1.0, len(copies)), 0.0)
    return shares, np.maximum(copies + np.array(steps), 5)


def rows(tumors: int, seed: int, purities: tuple[float, ...]) -> Iterator[dict[str, object]]:
    """One row a kind of pair, library and purity: how often it was called what."""
    for kind in KINDS:
        for library, cycles in CYCLES.items():
            for purity in purities:
                rng = np.random.default_rng([seed, KINDS.index(kind), cycles, round(100 * purity)])
                said = [judged(kind, purity=purity, cycles=cycles, rng=rng) for _ in range(tumors)]
                yield {
                    "tumors": kind.name,
                    "truly_unstable": "yes" if kind.truly_unstable else "no",
                    "library": library,
                    "purity": purity,
                    "n": tumors,
                    "called_unstable": said.count(True),
                    "called_stable": said.count(False),
                    "not_assessable": said.count(None),
                }


def judged(kind: Kind, *, purity: float, cycles: int, rng: np.random.Generator) -> bool | None:
    """What is said of one pair, told its purity and ploidy with an error."""
    ploidy = int(rng.choice([2, 3, 4], p=[0.6, 0.2, 0.2]))
    pair = draw_pair(kind, purity=purity, cycles=cycles, ploidy=ploidy, rng=rng)
    told = float(np.clip(purity + rng.normal(0, PURITY_ERROR), 0.08, 1.0))
    return slippage(*pair, purity=told, ploidy=max(1.5, ploidy + rng.normal(0, PLOIDY_ERROR))).unstable


def summed(paths: list[Path]) -> None:
    """Print per purity, over all kinds and libraries, the sensitivity and the false rate of the pieces."""
    pieces = [row for path in paths for row in csv.DictReader(path.open(encoding="utf-8"), delimiter="\t")]
    print(
        "purity\ttruly unstable: n, called, not assessable, called stable\ttruly stable: n, called unstable, not assessable"
    )
    for purity in sorted({row["purity"] for row in pieces}):
        shown = []
        for truth, names in (
            ("yes", ("n", "called_unstable", "not_assessable", "called_stable")),
            ("no", ("n", "called_unstable", "not_assessable")),
        ):
            here = [row for row in pieces if (row["purity"], row["truly_unstable"]) == (purity, truth)]
            shown.append(", ".join(str(sum(int(row[name]) for row in here)) for name in names))
        print(purity, *shown, sep="\t")


def main() -> None:
    """Draw, judge and write; or sum up pieces."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--tumors", type=int, default=20, help="of each kind, library and purity")
    options.add_argument("--seed", type=int, default=29)
    options.add_argument("--purity", type=float, action="append", help="default: 0.2 to 0.9")
    options.add_argument("--output", type=Path)
    options.add_argument("--sum", type=Path, nargs="+", help="tables of pieces to sum up, nothing is drawn")
    given = options.parse_args()
    if given.sum:
        summed(given.sum)
        return
    table = list(rows(given.tumors, given.seed, tuple(given.purity or PURITIES)))
    for row in table:
        print(*row.values(), sep="\t")
    if given.output:
        with given.output.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(table[0]), delimiter="\t", lineterminator="\n")
            writer.writeheader()
            writer.writerows(table)


if __name__ == "__main__":
    main()
