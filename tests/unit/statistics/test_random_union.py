"""The union of random sets: by hand, against draws, and against the hypergeometric."""

from __future__ import annotations

from itertools import combinations, product
from math import comb

import numpy as np
import pytest

from refractor.statistics.random_union import union_distribution


def test_one_thing_is_hypergeometric():
    chances = union_distribution(3, 2, [2])
    assert chances == pytest.approx([comb(2, 2) / 10, 3 * 2 / 10, comb(3, 2) / 10, 0])


@pytest.mark.parametrize("carriers", [[1, 1], [2, 3], [0, 2, 1], [4, 4]])
def test_several_things_by_counting_every_way(carriers):
    group, others = 2, 2
    ways = list(product(*(list(combinations(range(group + others), count)) for count in carriers)))
    counted = np.zeros(group + 1)
    for way in ways:
        counted[len({unit for one in way for unit in one if unit < group})] += 1
    assert union_distribution(group, others, carriers) == pytest.approx(counted / len(ways))


def test_nothing_and_nobody():
    assert union_distribution(3, 4, []) == pytest.approx([1, 0, 0, 0])
    assert union_distribution(0, 4, [2]) == pytest.approx([1])
    assert union_distribution(2, 0, [2]) == pytest.approx([0, 0, 1])
    with pytest.raises(ValueError, match="carriers"):
        union_distribution(2, 1, [4])
