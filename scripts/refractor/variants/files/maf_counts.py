"""Reads and allele fractions of a MAF's rows, by whichever columns it has."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.variants.files.maf_row import MafRow, fraction_number
from refractor.variants.files.maf_table import MafFile
from refractor.variants.files.whole_file import fault

ENOUGH_EXCHANGED, MOST_EXCHANGED = 3, 0.8
"""Rows, and their share, whose counts contradict the rest of the row from which columns count as exchanged."""


def tumor_counts(row: MafRow, *, percent: bool) -> tuple[int | None, int | None, int | None, float | None]:
    """Depth, reference reads, variant reads, allele fraction (0-1): by the counts, else by the stated fraction."""
    ref, alt = row.count("t_ref_count"), row.count("t_alt_count")
    counted = ref + alt if ref is not None and alt is not None else None
    depth = max((reads for reads in (counted, row.count("t_depth"), alt) if reads is not None), default=None)
    total = counted or depth
    if alt is not None and total:
        return depth, ref, alt, alt / total
    vaf = _fraction(row, percent=percent)
    if alt is None and vaf is not None and depth:
        alt = round(vaf * depth)
    return depth, ref, alt, vaf


def _fraction(row: MafRow, *, percent: bool) -> float | None:
    """The allele fraction (0-1) that the row states."""
    value = row.get("t_fraction")
    number = None if value is None else fraction_number(value)
    if value is None or number is None:
        return None
    return number / 100 if percent or value.endswith("%") else number


def normal_counts(row: MafRow) -> tuple[int | None, int | None]:
    """Depth and variant reads of the normal."""
    depth, ref, alt = row.count("n_depth"), row.count("n_ref_count"), row.count("n_alt_count")
    if depth is None and ref is not None and alt is not None:
        depth = ref + alt
    return depth, alt


def refuse_exchanged_counts(maf: MafFile, rows: Sequence[MafRow]) -> None:
    """Raise a VariantFileError where reference and variant reads are exchanged.

    Told by the stated fraction, which then is that of the reference, or by normals that show every variant.
    """
    exchanged = told = 0
    for row in rows:
        ref, alt = row.count("t_ref_count"), row.count("t_alt_count")
        vaf = _fraction(row, percent=maf.table.percent)
        if ref is not None and alt is not None and ref + alt > 0 and vaf is not None:
            share = alt / (ref + alt)
            if abs(share - (1 - vaf)) != abs(share - vaf):
                told += 1
                exchanged += abs(share - (1 - vaf)) < abs(share - vaf)
        normal_ref, normal_alt = row.count("n_ref_count"), row.count("n_alt_count")
        if vaf is None and normal_ref is not None and normal_alt is not None and normal_ref + normal_alt > 0:
            told += 1
            exchanged += normal_alt > 9 * normal_ref
    if exchanged >= ENOUGH_EXCHANGED and exchanged > MOST_EXCHANGED * told:
        raise fault(
            maf.path,
            f"reads of reference and variant seem exchanged in {exchanged} of {told} rows",
            allowed="t_alt_count and n_alt_count are the reads that show the variant",
        )
