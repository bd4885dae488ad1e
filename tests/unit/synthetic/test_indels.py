"""Alignments over indels: by hand, and that every CIGAR spells the read it belongs to."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synthetic.indels import Edit, align_read, apply_edits, edit_distance, reference_length
from synthetic.territory import nibbles

RNG = np.random.default_rng(3)
TEMPLATE = RNG.choice(np.array([1, 2, 4, 8], dtype=np.uint8), 600)


def test_insertion_and_deletion_map_back_to_the_template():
    template = nibbles("ACGTACGT")
    inserted = apply_edits(template, [Edit(2, 1, nibbles("GTT"))])
    assert inserted.bases.tolist() == nibbles("ACGTTTACGT").tolist()
    assert inserted.origin.tolist() == [0, 1, 2, -1, -1, 3, 4, 5, 6, 7]
    deleted = apply_edits(template, [Edit(2, 3, nibbles("G"))])
    assert deleted.bases.tolist() == nibbles("ACGCGT").tolist()
    assert deleted.origin.tolist() == [0, 1, 2, 5, 6, 7]


def test_a_deletion_in_the_middle_is_a_gap():
    edited = apply_edits(TEMPLATE, [Edit(200, 11, TEMPLATE[200:201])])
    offset, cigar = align_read(TEMPLATE, edited, 130, 150)
    assert (offset, cigar) == (130, ((0, 71), (2, 10), (0, 79)))
    assert reference_length(cigar) == 160
    assert edit_distance(TEMPLATE, offset, edited.bases[130:280], cigar) == 10


def test_an_insertion_in_the_middle_is_a_gap():
    extra = np.concatenate(
        [TEMPLATE[200:201], np.array([1, 1, 8, 2, 4, 8, 8, 1, 2, 2, 4, 1], dtype=np.uint8)]
    )
    edited = apply_edits(TEMPLATE, [Edit(200, 1, extra)])
    offset, cigar = align_read(TEMPLATE, edited, 130, 150)
    assert (offset, cigar) == (130, ((0, 71), (1, 12), (0, 67)))
    assert edit_distance(TEMPLATE, offset, edited.bases[130:280], cigar) == 12


def test_a_gap_near_the_end_is_clipped():
    # 8 bases beyond a deletion of 10 score 8 against the gap's price of 16: cheaper to clip for 5
    edited = apply_edits(TEMPLATE, [Edit(200, 11, TEMPLATE[200:201])])
    offset, cigar = align_read(TEMPLATE, edited, 59, 150)
    assert offset == 59
    assert cigar[-1][0] == 4
    assert cigar[0][0] == 0
    assert cigar[0][1] >= 142
    offset, cigar = align_read(TEMPLATE, edited, 195, 150)  # 6 bases before the deletion
    assert cigar[0][0] == 4
    assert offset == 211 - (6 - cigar[0][1])


def test_a_read_away_from_the_indel_is_untouched():
    edited = apply_edits(TEMPLATE, [Edit(200, 11, TEMPLATE[200:201])])
    assert align_read(TEMPLATE, edited, 20, 150) == (20, ((0, 150),))
    assert align_read(TEMPLATE, edited, 250, 150) == (260, ((0, 150),))


@given(
    at=st.integers(205, 350),
    removed=st.integers(1, 51),
    added=st.lists(st.sampled_from([1, 2, 4, 8]), min_size=1, max_size=51),
    start=st.integers(100, 340),
)
def test_every_cigar_spells_its_read(at, removed, added, start):
    edited = apply_edits(TEMPLATE, [Edit(at, removed, np.array(added, dtype=np.uint8))])
    offset, cigar = align_read(TEMPLATE, edited, start, 150)
    read = edited.bases[start : start + 150]
    assert sum(bases for operation, bases in cigar if operation in (0, 1, 4)) == 150
    assert all(bases > 0 for _, bases in cigar)
    assert sum(bases for operation, bases in cigar if operation == 0) >= 50
    assert 0 <= offset <= offset + reference_length(cigar) <= len(TEMPLATE)
    # the distance of the alignment is never above that of the edit that made the read
    assert edit_distance(TEMPLATE, offset, read, cigar) <= removed + len(added)
