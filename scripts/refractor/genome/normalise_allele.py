"""One spelling for each allele: trimmed, left-aligned, on a bare chromosome."""

from __future__ import annotations

from refractor.genome.reference import Reference
from refractor.genome.variant import Variant

_STEP_BP = 64
"""Bases of reference fetched at a time while an indel moves to the left."""


def normalise(chromosome: str, position: int, ref: str, alt: str, *, reference: Reference) -> Variant:
    """The allele trimmed and moved as far left as the reference is known (Tan 2015, 10.1093/bioinformatics/btv112).

    `position` is 0-based; `ref` and `alt` are not empty. Where the sequence is not shipped (N), the allele
    stays where the shift would need it: two spellings of one indel there are not recognised as one.
    """
    ref, alt = ref.upper(), alt.upper()
    if ref == alt:
        return Variant(chromosome, position, ref, alt)
    window, window_start = "", position
    while ref[-1] == alt[-1]:
        if len(ref) > 1 and len(alt) > 1:
            ref, alt = ref[:-1], alt[:-1]
            continue
        if position == window_start:
            window_start = max(0, position - _STEP_BP)
            window = reference.fetch(chromosome, window_start, position)
        if position == 0 or (before := window[position - 1 - window_start]) == "N":
            break
        ref, alt, position = before + ref[:-1], before + alt[:-1], position - 1
    while len(ref) > 1 and len(alt) > 1 and ref[0] == alt[0]:
        ref, alt, position = ref[1:], alt[1:], position + 1
    return Variant(chromosome, position, ref, alt)
