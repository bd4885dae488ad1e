"""Optional fields of BAM records (SAM/BAM specification, section 4.2.4), looked up in many records at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from refractor.reads.bam_records import PADDING, rows_at, sequences_at

Ints = NDArray[np.int64]

NO_TAG = -1
MOST_TAGS = 40
"""Optional fields of a record that are looked through."""
_WIDTH = np.zeros(256, dtype=np.int64)
_DTYPE = {"c": "i1", "C": "u1", "s": "<i2", "S": "<u2", "i": "<i4", "I": "<u4"}
for _letters, _bytes in (("AcC", 1), ("sS", 2), ("iIf", 4)):
    for _letter in _letters:
        _WIDTH[ord(_letter)] = _bytes
_TEXT = np.isin(np.arange(256), [ord("Z"), ord("H")])
_ARRAY = ord("B")


def edit_distances(raw: NDArray[np.uint8], at: Ints, fixed: NDArray[np.void]) -> Ints:
    """The value of NM, an alignment's edit distance, in each record that begins at `at`; NO_TAG where there is none."""
    length = fixed["length"].astype(np.int64)
    here = sequences_at(at, fixed) + (length + 1) // 2 + length
    end = at + 4 + fixed["size"].astype(np.int64)
    found = np.full(len(at), NO_TAG, dtype=np.int64)
    ends_of_text = np.flatnonzero(raw == 0)
    left = np.flatnonzero(here + 3 < end)
    for _ in range(MOST_TAGS):
        if not len(left):
            break
        head = rows_at(raw, here[left], 3)
        kind = head[:, 2]
        named = (head[:, 0] == ord("N")) & (head[:, 1] == ord("M"))
        for letter, dtype in _DTYPE.items():
            hit = left[named & (kind == ord(letter))]
            found[hit] = rows_at(raw, here[hit] + 3, np.dtype(dtype).itemsize).view(dtype).reshape(-1)
        here[left] += 3 + _lengths(raw, here[left] + 3, kind, ends_of_text)
        left = left[~named & (here[left] + 3 < end[left])]
    return found


def _lengths(raw: NDArray[np.uint8], value: Ints, kind: NDArray[np.uint8], ends_of_text: Ints) -> Ints:
    """Bytes of the values of these kinds that begin at `value`; past the end of `raw` for a kind that no file may hold."""
    width = _WIDTH[kind]
    text = np.flatnonzero(_TEXT[kind])
    if len(text):
        after = np.minimum(np.searchsorted(ends_of_text, value[text]), len(ends_of_text) - 1)
        width[text] = ends_of_text[after] - value[text] + 1
    arrays = np.flatnonzero(kind == _ARRAY)
    if len(arrays):
        head = rows_at(raw, value[arrays], 5)
        count = head[:, 1:].copy().view("<u4").reshape(-1).astype(np.int64)
        width[arrays] = 5 + count * _WIDTH[head[:, 0]]
    unknown = (width == 0) & ~_TEXT[kind]
    width[unknown] = len(raw) + PADDING
    return width
