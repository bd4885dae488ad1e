"""PureCN: OUT_genes.csv (C per gene), OUT_loh.csv (segments with C and M), OUT.csv (purity, ploidy) beside.

Any of the three may be given; the others are found by name. 1-based closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from refractor.copynumber.importers.delimited import Problems, read_delimited
from refractor.copynumber.importers.importer import (
    Beside,
    Importer,
    Layout,
    Source,
    columns,
    companion_table,
    in_order,
    profile_of,
)
from refractor.copynumber.importers.number_cells import MAX_COPIES, Cells
from refractor.copynumber.importers.purity_beside import row_named
from refractor.copynumber.importers.seg import EXPORTED_SEG
from refractor.copynumber.importers.segment_table import SegmentColumns, segment_of, segments_of
from refractor.copynumber.segments import CopyNumberProfile, GeneCopies
from refractor.errors import CopyNumberFileError, Problem
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy, PurityStatus, Segment

_TABLES = ("_genes.csv", "_loh.csv", "_dnacopy.seg")
_GENES_BESIDE = Beside((*_TABLES, ".csv"), ("_genes.csv",))
_LOH_BESIDE = Beside((*_TABLES, ".csv"), ("_loh.csv",))
_SUMMARY_BESIDE = Beside(_TABLES, (".csv",))
_GENE_COLUMNS = columns("gene.symbol", "chr", "start", "end", "C")
_LOH_COLUMNS = columns("chr", "start", "end", "C", "M")
_SUMMARY_COLUMNS = columns("Sampleid", "Purity", "Ploidy")
TOP_STATE = 7.0
"""Most copies that runAbsoluteCN tests by default (test.num.copy 0 to 7, PureCN's manual)."""
_TRUE = frozenset({"true", "t", "yes", "1"})


def read(source: Source) -> CopyNumberProfile:
    """The profile of a PureCN run, from whichever of its tables there are."""
    problems = Problems()
    gene_table = _table(source, _GENES_BESIDE, _GENE_COLUMNS, problems)
    loh_table = _table(source, _LOH_BESIDE, _LOH_COLUMNS, problems)
    if gene_table is None and loh_table is None:
        problems.raise_if_any()
        raise CopyNumberFileError(
            Problem(
                source.path,
                "holds purity and ploidy, and neither _genes.csv nor _loh.csv lies beside it",
                allowed="give PureCN's _genes.csv or _loh.csv, or put them beside this file",
            )
        )
    genes = () if gene_table is None else _genes(gene_table)
    segments: tuple[Segment, ...] = ()
    if loh_table is not None:
        found = [
            (row, segment)
            for row in loh_table.table.rows
            if (segment := segment_of(loh_table, row, _LOH)) is not None
        ]
        segments = in_order(found, loh_table)
    purity, failed, notes, sex = _summary(source, problems)
    problems.raise_if_any()
    main = loh_table or gene_table
    if main is None:  # ruled out above
        raise AssertionError
    return profile_of(
        "purecn",
        main,
        segments,
        genes=genes,
        purity_ploidy=purity,
        unusable=failed,
        notes=notes,
        integers=_are_whole(segments),
        capped_at=_cap([segment.copy_number for segment in segments] + [gene.copy_number for gene in genes]),
        sex=sex,
    )


def _table(source: Source, companion: Beside, needs: frozenset[str], problems: Problems) -> Cells | None:
    is_genes = "gene.symbol" in source.table.columns
    if needs <= set(source.table.columns) and is_genes == (needs is _GENE_COLUMNS):
        return Cells(source.table, problems, tolerant=True)
    table = companion_table(source.beside(companion), problems, needs)
    return None if table is None else Cells(table, problems, tolerant=True)


def _genes(cells: Cells) -> tuple[GeneCopies, ...]:
    genes = []
    for row in cells.table.rows:
        place = cells.interval(row, "chr", "start", "end", one_based=True)
        copies = cells.copies(row, "c")
        if copies is not None and copies > MAX_COPIES:
            cells.fault(row, "c", f"{copies:g} copies", f"allowed: {MAX_COPIES:g} or less")
            copies = None
        minor = cells.copies(row, "m")
        if place is not None and copies is not None:
            genes.append(GeneCopies(row.cells["gene.symbol"], *place, copies, copies, copies, minor))
    cells.settle()
    if not cells.table.rows:
        cells.fault(None, None, "has no gene", "the file may be cut off: copy it again")
    return tuple(genes)


_LOH = SegmentColumns(
    ("chr", "start", "end"),
    total=("c",),
    minor=("m",),
    log2="seg.mean",
    n_windows="num.mark",
    n_snps="num.snps",
    either_allele=True,
)
_SEG = SegmentColumns(
    ("chrom", "loc.start", "loc.end"), sample="id", total=("c",), log2="seg.mean", n_windows="num.mark"
)


def read_seg(source: Source) -> CopyNumberProfile:
    """The profile of a _dnacopy.seg, which has the copies C beside the ratio; purity from OUT.csv beside it."""
    cells, segments = segments_of(source, _SEG)
    purity, failed, notes, sex = _summary(source, cells.problems)
    cells.problems.raise_if_any()
    return profile_of(
        "purecn",
        cells,
        segments,
        purity_ploidy=purity,
        unusable=failed,
        notes=notes,
        integers=_are_whole(segments),
        capped_at=_cap([segment.copy_number for segment in segments]),
        sex=sex,
    )


def _are_whole(segments: tuple[Segment, ...]) -> bool:
    known = [segment.copy_number for segment in segments if segment.copy_number is not None]
    return bool(known) and all(value.is_integer() for value in known)


def _cap(copies: Sequence[float | None]) -> float | None:
    """The top state, where the copies end in it: what has more copies than are tested is put into it, or estimated from
    its ratio by some versions, which then shows copies above it."""
    known = [value for value in copies if value is not None]
    return TOP_STATE if max(known, default=0.0) == TOP_STATE else None


def _summary(
    source: Source, problems: Problems
) -> tuple[PurityPloidy, str | None, tuple[str, ...], str | None]:
    table = source.table
    if not _SUMMARY_COLUMNS.issubset(table.columns) or not table.rows:
        found = companion_table(_summary_file(source), problems, _SUMMARY_COLUMNS)
        if found is None:
            return PurityPloidy(reason="no PureCN summary OUT.csv beside the file"), None, (), None
        table = found
    cells, row = Cells(table, problems), row_named(table, source.sample, problems)
    if row is None:
        return PurityPloidy(reason="no PureCN summary of this tumour beside the file"), None, (), None
    comment = row.cells.get("comment", "")
    failed = row.cells.get("failed", "").lower() in _TRUE
    notes: tuple[str, ...] = ()
    if row.cells.get("flagged", "").lower() in _TRUE:
        notes = (f"PureCN flagged its solution{f': {comment}' if comment not in ('', 'NA') else ''}",)
    purity = PurityPloidy(
        purity=cells.purity(row, "purity"),
        ploidy=cells.ploidy(row, "ploidy"),
        method=PurityMethod.IMPORTED,
        status=PurityStatus.OK,
        reason="PureCN",
    )
    sex = {"F": "XX", "M": "XY"}.get(row.cells.get("sex", "").upper())
    return purity, "PureCN marks its solution as failed" if failed else None, notes, sex


def _summary_file(source: Source) -> Path | None:
    return source.beside(_SUMMARY_BESIDE)


def read_summary(source: Source) -> CopyNumberProfile:
    """The profile of the run whose OUT.csv is given: its tables are those beside it."""
    for companion in (_LOH_BESIDE, _GENES_BESIDE):
        path = source.beside(companion)
        if path is not None:
            return read(Source(read_delimited(path), source.sample))
    return read(source)


IMPORTER = Importer(
    "purecn",
    "PureCN 1 and 2",
    "OUT_genes.csv (gene.symbol chr start end C ...), OUT_loh.csv (chr start end C M ...), "
    "OUT_dnacopy.seg with C, or OUT.csv beside them",
    (
        Layout(has=_GENE_COLUMNS, read=read),
        Layout(has=_LOH_COLUMNS | columns("Sampleid", "arm"), lacks=columns("gene.symbol"), read=read),
        Layout(has=_SUMMARY_COLUMNS, lacks=columns("C"), read=read_summary),
        Layout(has=columns("chrom", "loc.start", "loc.end", "seg.mean", "C"), read=read_seg),
        EXPORTED_SEG,
    ),
    copies="absolute; at most 7 where the top state is not resolved",
    beside="the other two",
    companions=(_GENES_BESIDE, _LOH_BESIDE, _SUMMARY_BESIDE),
    notes="a failed solution is not used; ends of segments halfway between two targets are rounded down",
)
