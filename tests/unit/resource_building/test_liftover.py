"""Lift-over on a chain made by hand."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from resource_building.liftover import LiftedPiece, Liftover

# Source 100-140 goes to 1100-1140; 5 more source bases and 3 more target bases; 145-160 goes to 1143-1158.
# Source 300-310 is inverted: strand -, target size 5000, 4000 counted from its end, so 990-1000.
CHAIN = """chain 1 1 1000 + 100 160 chr2 5000 + 1100 1158 1
40 5 3
15

chain 1 1 1000 + 300 310 2 5000 - 4000 4010 2
10

chain 1 1 1000 + 500 510 GL000207.1 5000 + 0 10 3
10
"""


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    path = tmp_path / "a.chain.gz"
    with gzip.open(path, "wt") as out:
        out.write(CHAIN)
    return path


def test_gapless_pieces(chain: Path) -> None:
    lifter = Liftover.of_chain(chain)
    assert lifter.lift("1", 110, 150) == [
        LiftedPiece(110, 140, "2", 1110, "+"),
        LiftedPiece(145, 150, "2", 1143, "+"),
    ]
    assert lifter.lift("1", 0, 100) == []
    assert lifter.lift("1", 140, 145) == []
    assert lifter.lift("9", 0, 100) == []
    assert lifter.lift("1", 500, 510) == []  # its target is no chromosome


def test_inverted_pieces_count_from_the_other_end(chain: Path) -> None:
    lifter = Liftover.of_chain(chain)
    assert lifter.lift("1", 300, 310) == [LiftedPiece(300, 310, "2", 990, "-")]
    assert lifter.lift_position("1", 300) == ("2", 999, "-")
    assert lifter.lift_position("1", 309) == ("2", 990, "-")


def test_the_inverse_takes_back(chain: Path) -> None:
    there, back = Liftover.of_chain(chain), Liftover.of_chain(chain, inverted=True)
    for position in [*range(100, 140), *range(145, 160), *range(300, 310)]:
        found = there.lift_position("1", position)
        assert found is not None
        assert back.lift_position(found[0], found[1]) == ("1", position, found[2])
    assert there.lift_position("1", 142) is None
