from __future__ import annotations

import numpy as np

from synthetic.damage import Damage, Molecules, write_damage

A, C, G, T = 1, 2, 4, 8
LENGTH = 50


def damaged(damage: Damage, *, forward: bool, pairs: int = 4000) -> np.ndarray:
    """Mates that overlap wholly, of GC repeats; every molecule has one copy behind the originals."""
    genome = np.array([G, C] * 2000, dtype=np.uint8)
    place = np.tile(np.arange(pairs // 2) % 3000, 2)
    origin = np.tile(np.arange(pairs // 2), 2)
    bases = np.stack([genome[at : at + LENGTH] for at in place])
    bases = np.concatenate([bases, bases])
    molecules = Molecules(place, np.full(pairs, LENGTH), origin, np.full(pairs, forward))
    write_damage(bases, np.tile(place, 2), molecules, damage, np.random.default_rng(1))
    return bases


def test_oxidised_guanine_is_of_one_strand_and_in_both_mates_and_every_copy():
    for forward, changed, untouched, new in ((True, G, C, T), (False, C, G, A)):
        bases = damaged(Damage(oxidation=0.02, site_sd=0.0), forward=forward)
        left, right = np.split(bases, 2)
        assert np.array_equal(left, right)
        assert np.array_equal(*np.split(left, 2))
        share = (left == new).mean() / 0.5
        assert 0.016 < share < 0.024
        assert (left == untouched).mean() == 0.5
        assert (left == changed).mean() == 0.5 - (left == new).mean()


def test_deaminated_cytosine_where_strands_were_copied_shows_in_either_orientation():
    bases = damaged(Damage(deamination=0.02, site_sd=0.0, copied=True), forward=True)
    assert 0.016 < (bases == T).mean() / 0.5 < 0.024
    assert 0.016 < (bases == A).mean() / 0.5 < 0.024


def test_few_places_take_most_of_the_damage():
    bases = damaged(Damage(oxidation=0.02, site_sd=1.6), forward=True)
    assert 0.01 < (bases == T).mean() / 0.5 < 0.04
    place = np.tile(np.arange(2000) % 3000, 4)
    hits = np.zeros(4000)
    row, column = np.nonzero(bases == T)
    np.add.at(hits, place[row] + column, 1)
    counts = np.sort(hits[: 2 * 1000 : 2])[::-1]
    assert counts[:100].sum() > 0.4 * counts.sum()
