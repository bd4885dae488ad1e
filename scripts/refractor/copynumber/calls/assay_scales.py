"""What a number of copies by one assay is on the scale of another, with what is not known of it.

Of one gene in colorectal cancer that amplifies it the median was 10.9 copies a cell by in situ hybridisation where sequencing gave 27.7, and
16.2 where it gave 42.5 (PMID 35050726; r 0.90 and 0.97): sequencing counts 2.54 to 2.62 times as many. Only medians are
published, so one tumour may lie further off; without an amplification the factor is 0.8 to 1.4. A cut whose assay is not
stated may be on either scale.
"""

from __future__ import annotations

from enum import StrEnum

IN_SITU_TO_SEQUENCING = (27.7 / 10.9, 42.5 / 16.2)
"""Copies by sequencing for one by in situ hybridisation, of the one amplified gene for which both were published."""


class Assay(StrEnum):
    """By what a published cut counts copies."""

    SEQUENCING = "sequencing"
    IN_SITU = "in situ hybridisation"
    NOT_STATED = "not stated"
    PLASMA = "plasma sequencing"


def by_sequencing(copies: float, assay: Assay) -> tuple[float, float] | None:
    """Least and most copies by sequencing of tissue that a cut stands for; None where nothing is known of it."""
    low, high = IN_SITU_TO_SEQUENCING
    match assay:
        case Assay.SEQUENCING:
            return copies, copies
        case Assay.IN_SITU:
            return low * copies, high * copies
        case Assay.NOT_STATED:
            return copies, high * copies
        case Assay.PLASMA:
            return None
