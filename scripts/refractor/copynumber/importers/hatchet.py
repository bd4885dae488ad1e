"""HATCHet: best.seg.ucn, copies A|B of each clone and its share of the sample; 0-based half-open.

Copies are the mean over the tumour clones; purity is 1 less the share of normal cells.
"""

from __future__ import annotations

import re
from dataclasses import replace

from refractor.copynumber.importers.delimited import Problems, Row
from refractor.copynumber.importers.importer import (
    Importer,
    Layout,
    Source,
    columns,
    in_order,
    profile_of,
    rows_of_sample,
)
from refractor.copynumber.importers.number_cells import Cells
from refractor.copynumber.importers.purity_beside import imported
from refractor.copynumber.importers.segment_table import SegmentColumns, are_whole, segment_of
from refractor.copynumber.segments import CopyNumberProfile
from refractor.results.copy_number_tables import Segment

_COLUMNS = SegmentColumns(("chr", "start", "end"), one_based=False)
_STATE = re.compile(r"(\d+)\|(\d+)")
_SMALLEST_CLONE = 0.01


def read(source: Source) -> CopyNumberProfile:
    """The profile of a best.seg.ucn."""
    cells = Cells(source.table, Problems(), tolerant=True)
    rows = rows_of_sample(source.table, "sample", source.sample)
    clones = [name.removeprefix("cn_") for name in source.table.columns if name.startswith("cn_clone")]
    found = [(row, segment) for row in rows if (segment := _segment(cells, row, clones)) is not None]
    segments = in_order(found, cells)
    normal = cells.optional_number(rows[0], "u_normal", minimum=0, maximum=1) if rows else None
    cells.problems.raise_if_any()
    purity = None if normal is None or normal == 1 else 1 - normal
    return profile_of(
        "hatchet",
        cells,
        segments,
        integers=are_whole(segments),
        unusable="HATCHet finds normal cells only" if normal == 1 else None,
        purity_ploidy=imported("HATCHet", purity, None),
    )


def _segment(cells: Cells, row: Row, clones: list[str]) -> Segment | None:
    segment = segment_of(cells, row, _COLUMNS)
    if segment is None:
        return None
    total, minor, share = 0.0, 0.0, 0.0
    for clone in clones:
        part = cells.optional_number(row, f"u_{clone}", minimum=0, maximum=1) or 0.0
        state = _STATE.fullmatch(row.cells[f"cn_{clone}"])
        if state is None:
            cells.fault(row, f"cn_{clone}", f"'{row.cells[f'cn_{clone}']}' is no state", "allowed: A|B")
            return segment
        first, second = int(state[1]), int(state[2])
        total += part * (first + second)
        minor += part * min(first, second)
        share += part
    if share < _SMALLEST_CLONE:
        return segment
    return replace(segment, copy_number=total / share, minor_copy_number=minor / share)


IMPORTER = Importer(
    "hatchet",
    "HATCHet 1 and 2",
    "best.seg.ucn with columns #CHR START END SAMPLE cn_normal u_normal cn_clone1 u_clone1",
    (
        Layout(
            has=columns("CHR", "START", "END", "cn_normal", "u_normal", "cn_clone1"),
            lacks=columns("RD"),
            read=read,
        ),
        Layout(
            has=columns("CHR", "START", "END", "cn_clone1", "RD"),
            refusal="is best.bbc.ucn, which holds bins; give best.seg.ucn",
        ),
    ),
    copies="absolute, the mean over clones",
    notes="purity is 1 - u_normal; of several samples in one file the sheet's is taken",
)
