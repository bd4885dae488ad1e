from __future__ import annotations

import gzip

import numpy as np
import pysam
import pytest

from synthetic.bgzf import BLOCK_BYTES, compressed_blocks

NOISE = np.random.default_rng(1).integers(0, 256, 3 * BLOCK_BYTES + 7, dtype=np.uint8).tobytes()


@pytest.mark.parametrize(
    "pieces",
    [[], [b""], [b"ACGT"], [b"A" * 200_000], [NOISE], [NOISE[:5], NOISE[5:70_000], NOISE[70_000:]]],
    ids=["nothing", "empty", "short", "long", "incompressible", "in pieces"],
)
def test_what_is_written_is_read_back(tmp_path, pieces):
    path = tmp_path / "blocks.gz"
    with compressed_blocks(path) as blocks:
        for piece in pieces:
            blocks.write(piece)
    whole = b"".join(pieces)
    assert gzip.decompress(path.read_bytes()) == whole
    with pysam.BGZFile(str(path), "rb") as file:
        assert file.read(len(whole) + 1) == whole


def test_a_file_that_was_not_finished_lacks_its_end(tmp_path):
    path = tmp_path / "blocks.gz"
    with pytest.raises(KeyError), compressed_blocks(path) as blocks:
        blocks.write(NOISE)
        raise KeyError
    whole = tmp_path / "whole.gz"
    with compressed_blocks(whole) as blocks:
        blocks.write(NOISE)
    assert len(path.read_bytes()) < len(whole.read_bytes()) - 28
