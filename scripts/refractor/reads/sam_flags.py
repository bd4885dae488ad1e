"""Bits of a read's FLAG (SAM specification, section 1.4)."""

from __future__ import annotations

PAIRED, PROPER, UNMAPPED, MATE_UNMAPPED = 0x1, 0x2, 0x4, 0x8
REVERSE, MATE_REVERSE, FIRST, SECOND = 0x10, 0x20, 0x40, 0x80
SECONDARY, QC_FAILED, DUPLICATE, SUPPLEMENTARY = 0x100, 0x200, 0x400, 0x800
NOT_COUNTED = UNMAPPED | SECONDARY | QC_FAILED | DUPLICATE
"""Those of reads that count for nothing."""
LEFT_OUT = NOT_COUNTED | SUPPLEMENTARY
"""Those of reads that do not count as a fragment's own alignment."""
