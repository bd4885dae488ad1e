"""How a library is sequenced: read lengths, inserts, base qualities, and the errors that come with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from synthetic.damage import Damage
from synthetic.tiles import DepthModel

_SPARSE = 0.01  # below this error rate, drawing the errors is cheaper than visiting the bases
_PIECE_READS = 1024  # drawn at once, inside the processor's cache; even, as two bases share a draw of 32 bits
_OTHER_BASES = np.zeros((16, 3), dtype=np.uint8)
for _base in (1, 2, 4, 8):
    _OTHER_BASES[_base] = [other for other in (1, 2, 4, 8) if other != _base]


@dataclass(frozen=True, slots=True)
class ReadModel:
    """How a library is sequenced. Our choices, of the size of a PCR-light Illumina genome with binned qualities.

    `quality_levels` are Phred scores, best first; `start_shares` and `end_shares` the shares of the levels
    below the best at the first and the last cycle. `duplicate_fraction` copies come on top of the depth.
    `low_mapping_fraction` of pairs get a mapping quality below 60, evenly. `chimera_fraction` fragments for each
    fragment join two places by mistake, `near_chimeras` of them an inverted stretch beside the first, as single
    strands that fold back make them.
    """

    read_length: int = 150
    insert_mean: float = 350.0
    insert_sd: float = 60.0
    insert_min: int = 160
    insert_max: int = 700
    duplicate_fraction: float = 0.08
    low_mapping_fraction: float = 0.02
    chimera_fraction: float = 0.0
    near_chimeras: float = 0.3
    chimera_mapping_quality: int = 60
    quality_levels: tuple[int, ...] = (37, 25, 11, 2)
    start_shares: tuple[float, ...] = (0.025, 0.008, 0.0005)
    end_shares: tuple[float, ...] = (0.10, 0.03, 0.002)
    batch_fragments: int = 60_000
    depth: DepthModel = field(default_factory=DepthModel)
    damage: Damage | None = None


def sequence_bases(bases: NDArray[np.uint8], model: ReadModel, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Qualities (uint8, as `bases`) of reads whose second half of rows is reversed; writes errors into `bases`."""
    quality, lower = _qualities(bases.shape, model, rng)
    flat = quality.reshape(-1)
    wrong = []
    for level in model.quality_levels:
        probability = 10 ** (-level / 10)
        if probability < _SPARSE:
            chosen = rng.integers(0, flat.size, rng.binomial(flat.size, probability))
            wrong.append(chosen[flat[chosen] == level])
        else:
            rows = (
                lower[flat[lower] == level]
                if level != model.quality_levels[0]
                else np.flatnonzero(flat == level)
            )
            wrong.append(rows[rng.random(len(rows)) < probability])
    errors = np.concatenate(wrong)
    spelled = bases.reshape(-1)
    spelled[errors] = _OTHER_BASES[spelled[errors], rng.integers(0, 3, len(errors))]
    return quality


def _qualities(
    shape: tuple[int, int], model: ReadModel, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Qualities of `shape`, and where in them, counted through, they are below the best."""
    reads, length = shape
    along = np.linspace(0, 1, length) ** 2
    limits = [
        np.rint((start + (end - start) * along) * (1 << 16)).astype(np.uint16)
        for start, end in zip(model.start_shares, model.end_shares, strict=True)
    ]
    quality = np.full(shape, model.quality_levels[0], dtype=np.uint8)
    flat = quality.reshape(-1)
    lower = []
    half = reads // 2
    edges = [*range(0, half, _PIECE_READS), *range(half, reads, _PIECE_READS), reads]
    for first, last in pairwise(edges):
        uniform = rng.integers(0, 1 << 16, size=(last - first, length), dtype=np.uint16)
        turned = [limit if first < half else limit[::-1] for limit in limits]
        below = np.flatnonzero(uniform < np.max(turned, axis=0))
        lower.append(below + first * length)
        drawn, column = uniform.reshape(-1)[below], below % length
        for level, limit in zip(model.quality_levels[1:], turned, strict=True):
            flat[lower[-1][drawn < limit[column]]] = level
    return quality, np.concatenate([np.empty(0, dtype=np.int64), *lower])
