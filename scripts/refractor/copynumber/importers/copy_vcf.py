"""DRAGEN's and Canvas' somatic VCF of copy numbers: every stretch with its copies, purity and ploidy in the header.

POS is the base before the first (VCF 4.2, 1.4.1), END the last. Copies are CN, those of the lesser allele MCN (DRAGEN), or
CN - MCC (Canvas, whose MCC are the greater one's); SM is a ratio around 1. Where no model fits, DRAGEN writes a purity of NA.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

from refractor.copynumber.importers.delimited import Problems, Row
from refractor.copynumber.importers.importer import Source, in_order, profile_of
from refractor.copynumber.importers.number_cells import Cells
from refractor.copynumber.importers.purity_beside import imported
from refractor.copynumber.importers.segment_table import are_whole
from refractor.copynumber.segments import MAX_PLOIDY, MIN_PLOIDY, CopyNumberProfile, covers_genome
from refractor.errors import CopyNumberFileError, Problem
from refractor.results.copy_number_tables import PurityPloidy, PurityStatus, Segment

_FIXED = ("chrom", "pos", "id", "ref", "alt", "qual", "filter", "info", "format")
_END = re.compile(r"(?:^|;)END=([0-9]+)")
_HEADER = re.compile(r"##(EstimatedTumorPurity|OverallPloidy)=(\S+)")


def read_vcf(source: Source) -> CopyNumberProfile:
    """The profile of a somatic VCF with its model in the header; a VCF of germline or of changes alone is refused."""
    told = {match[1]: match[2] for line in source.table.preamble if (match := _HEADER.match(line))}
    if "OverallPloidy" not in told:
        what = "is a VCF of copy-number variants, which leaves out what is unchanged"
        raise CopyNumberFileError(Problem(source.path, what, allowed="give T.seg.called"))
    cells = Cells(source.table, Problems(), tolerant=True)
    column = _column(source)
    found = [(row, s) for row in source.table.rows if (s := _segment(cells, row, column)) is not None]
    segments = in_order(found, cells)
    cells.problems.raise_if_any()
    purity = _purity(told)
    if purity.purity is None:  # copies of a tumour that is taken for pure and diploid
        segments = tuple(replace(s, copy_number=None, minor_copy_number=None) for s in segments)
    return profile_of(
        "dragen",
        cells,
        segments,
        integers=are_whole(segments),
        purity_ploidy=purity,
        changes_only=not covers_genome(segments),
        notes=("copies of its somatic model, stretches without a change among them",),
    )


def _column(source: Source) -> str:
    """The tumour's column: the only one, or that of its name."""
    names = [name for name in source.table.columns if name not in _FIXED]
    if len(names) == 1:
        return names[0]
    if source.sample.lower() in names:
        return source.sample.lower()
    what = f"has {len(names)} samples, none called {source.sample}: {', '.join(names[:10])}"
    raise CopyNumberFileError(
        Problem(source.path, what, allowed="name the sample in the sheet as in the file")
    )


def _segment(cells: Cells, row: Row, column: str) -> Segment | None:
    chromosome, first = cells.chromosome(row, "chrom"), cells.position(row, "pos")
    last = _END.search(row.cells["info"])
    if chromosome is None or first is None:
        return None
    if last is None:
        cells.fault(row, "info", "has no END")
        return None
    fields = dict(zip(row.cells["format"].split(":"), row.cells[column].split(":"), strict=False))
    total, minor, major = (_number(fields.get(name, ".")) for name in ("CN", "MCN", "MCC"))
    if minor is None and total is not None and major is not None and major <= total:
        minor = total - major
    ratio = _number(fields.get("SM", "."))
    return Segment(
        chromosome=chromosome,
        start=first,
        end=int(last[1]),
        copy_number=total,
        minor_copy_number=None if total is None or minor is None else min(minor, total - minor),
        log2_ratio=math.log2(ratio) if ratio else None,
    )


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text) else None


def _purity(told: dict[str, str]) -> PurityPloidy:
    purity, ploidy = (_number(told.get(name, "")) for name in ("EstimatedTumorPurity", "OverallPloidy"))
    if purity is None or not 0 < purity <= 1:
        reason = "no model fits: the file gives no purity, and copies of a tumour that is taken for pure and diploid"
        return PurityPloidy(status=PurityStatus.NOT_ASSESSABLE, reason=reason)
    return imported(
        "DRAGEN, Canvas", purity, ploidy if ploidy and MIN_PLOIDY <= ploidy <= MAX_PLOIDY else None
    )
