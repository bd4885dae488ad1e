"""Numbers drawn from genomic positions: the same place always draws the same, whatever else is simulated."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_CONTIG_SHIFT = 36  # positions need 28 bits
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def hashed(contig: NDArray[np.int64] | int, position: NDArray[np.int64], *, salt: int) -> NDArray[np.uint64]:
    """64 random bits for each position (splitmix64's finaliser, doi:10.1145/2660193.2660195); `salt` any integer."""
    with np.errstate(over="ignore"):
        key = np.asarray(position, dtype=np.uint64) + (
            np.asarray(contig, dtype=np.uint64) << np.uint64(_CONTIG_SHIFT)
        )
        return _mixed(key + _mixed(np.array([salt % (1 << 64)], dtype=np.uint64)))


def _mixed(key: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed = (key + np.uint64(1)) * _GOLDEN
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def hashed_uniform(
    contig: NDArray[np.int64] | int, position: NDArray[np.int64], *, salt: int
) -> NDArray[np.float64]:
    """A number in [0, 1) for each position."""
    return (hashed(contig, position, salt=salt) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def hashed_normal(
    contig: NDArray[np.int64] | int, position: NDArray[np.int64], *, salt: int
) -> NDArray[np.float64]:
    """A standard normal deviate for each position (Box-Muller)."""
    radius = np.sqrt(-2 * np.log1p(-hashed_uniform(contig, position, salt=2 * salt)))
    deviate: NDArray[np.float64] = radius * np.cos(
        2 * np.pi * hashed_uniform(contig, position, salt=2 * salt + 1)
    )
    return deviate
