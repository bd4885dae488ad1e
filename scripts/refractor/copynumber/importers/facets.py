"""FACETS: the cncf table (tcn.em, lcn.em; X is 23), purity and ploidy in it or beside it; 1-based.

Of facets-suite also the legacy names (loc.start, loc.end), the `.out` file with `# Purity = 0.6` and the table of the
run. Where the EM did not converge it writes 2 and 1 everywhere and no purity (mskcc/facets#155): then only the log
ratio counts.
"""

from __future__ import annotations

import re
from dataclasses import replace

from refractor.copynumber.importers.delimited import Problems
from refractor.copynumber.importers.importer import Beside, Importer, Layout, Source, columns, profile_of
from refractor.copynumber.importers.number_cells import Cells
from refractor.copynumber.importers.purity_beside import from_lines, from_table, imported
from refractor.copynumber.importers.segment_table import SegmentColumns, segments_of
from refractor.copynumber.segments import CopyNumberProfile
from refractor.genome.builds import SEX_CHROMOSOMES
from refractor.results.copy_number_tables import PurityPloidy, PurityStatus, Segment

_ENDINGS = (".cncf.txt", ".cncf.tsv", ".cncf", "_cncf.txt", "_cncf.tsv")
_TABLES = ("_purity_ploidy.txt", "_PurityPloidy.txt", ".purity_ploidy.txt", "_purity_ploidy.tsv")
_RUN_ENDINGS = tuple(f"_{run}{ending}" for run in ("hisens", "purity") for ending in _ENDINGS)
_RUN_TABLES = (".txt", ".qc.txt", ".facets_qc.txt", "_OUT.txt")
_PURITY_BESIDE = Beside(_ENDINGS, _TABLES)
_OUT_BESIDE = Beside(_ENDINGS, (".out",))
_RUN_BESIDE = Beside(_RUN_ENDINGS, _RUN_TABLES)
_NUMBER = r"\s*[=:]\s*(\S+)"
_LINES = {name: re.compile(rf"^#?\s*{name}{_NUMBER}", re.IGNORECASE) for name in ("purity", "ploidy")}
_NO_PURITY = "gives no purity: too few changes to tell"


def read(source: Source) -> CopyNumberProfile:
    """The profile of a FACETS cncf table; of each segment the EM's copies, else those of the naive fit."""
    names = source.table.columns
    place = ("chrom", "start", "end") if "start" in names else ("chrom", "loc.start", "loc.end")
    layout = SegmentColumns(
        place,
        sample="id",
        total=("tcn.em", "tcn"),
        minor=("lcn.em", "lcn"),
        log2="cnlr.median",
        n_windows="num.mark",
        n_snps="nhet",
    )
    naive = [row.line for row in source.table.rows if _naive_only(row.cells)] if "tcn.em" in names else []
    cells, segments = segments_of(source, layout)
    purity = _purity(source, cells.problems)
    cells.problems.raise_if_any()
    notes = () if "tcn.em" in names else ("copies of FACETS' naive fit: the file has no tcn.em",)
    if naive:
        notes = (*notes, f"tcn.em is NA in {len(naive)} rows: copies of the naive fit (tcn) there")
    if purity.purity is None and _is_fallback(segments, source):
        reason = "FACETS' EM did not converge: no purity, and 2 and 1 copies everywhere"
        segments = tuple(replace(s, copy_number=None, minor_copy_number=None) for s in segments)
        purity = PurityPloidy(status=PurityStatus.NOT_ASSESSABLE, reason=reason)
        notes = (*notes, f"{reason}; only its log ratios are used")
    return profile_of("facets", cells, segments, notes=notes, integers=True, purity_ploidy=purity)


def _naive_only(cells: dict[str, str]) -> bool:
    return cells.get("tcn.em", "").upper() == "NA" and cells.get("tcn", "").upper() not in ("", "NA")


def _is_fallback(segments: tuple[Segment, ...], source: Source) -> bool:
    """Whether the EM gives 2 copies, 1 of them minor, wherever it gives any on the autosomes."""
    if "tcn.em" not in source.table.columns:
        return False
    rows = [row.cells for row in source.table.rows if row.cells.get("chrom", "").lower() not in _SEX_NAMES]
    states = {(row["tcn.em"], row.get("lcn.em", "NA")) for row in rows if row["tcn.em"].upper() != "NA"}
    autosomal = [segment for segment in segments if segment.chromosome not in SEX_CHROMOSOMES]
    return (
        bool(autosomal)
        and {total for total, _ in states} <= {"2", "2.0"}
        and {m for _, m in states} <= _BALANCED
    )


_SEX_NAMES = frozenset({"23", "24", "x", "y", "chrx", "chry", "chr23"})
_BALANCED = frozenset({"1", "1.0", "NA", ""})


def _purity(source: Source, problems: Problems) -> PurityPloidy:
    """From the table itself, a table of the run beside it, or the `.out` file."""
    if {"purity", "ploidy"} <= set(source.table.columns) and source.table.rows:
        cells, row = Cells(source.table, problems), source.table.rows[0]
        return imported(
            "FACETS", cells.purity(row, "purity"), cells.ploidy(row, "ploidy"), without=_NO_PURITY
        )
    path = source.beside(_PURITY_BESIDE)
    if path is not None:
        return imported(
            "FACETS",
            *from_table(path, problems, purity="purity", ploidy="ploidy", row_of=source.sample),
            without=_NO_PURITY,
        )
    path = source.beside(_OUT_BESIDE)
    if path is not None:
        told = from_lines(path, problems, _LINES)
        return imported("FACETS", told.get("purity"), told.get("ploidy"), without=_NO_PURITY)
    path = source.beside(_RUN_BESIDE)
    if path is not None:
        run = "purity" if "_purity" in source.path.name else "hisens"
        values = from_table(path, problems, purity="purity", ploidy="ploidy", row_of=run)
        return imported("FACETS", *values, without=_NO_PURITY)
    return PurityPloidy(reason="no purity or ploidy in the file or beside it")


_RATIO = columns("cnlr.median")
_GENES = columns("gene")

IMPORTER = Importer(
    "facets",
    "FACETS 0.5 and 0.6, facets-suite 1 and 2",
    "the cncf table with columns chrom start end cnlr.median tcn.em lcn.em",
    (
        Layout(
            has=columns("sample", "gene", "gene_start", "gene_end", "tcn.em"),
            refusal="is of facets-suite's genes, which leaves out what it filters; give SAMPLE_hisens.cncf.txt",
        ),
        Layout(has=columns("chrom", "start", "end", "tcn.em"), lacks=_GENES, read=read),
        Layout(has=columns("chrom", "loc.start", "loc.end", "tcn.em"), lacks=_GENES, read=read),
        Layout(
            has=columns("chrom", "start", "end", "tcn") | _RATIO, lacks=columns("tcn.em") | _GENES, read=read
        ),
        Layout(
            has=columns("chrom", "loc.start", "loc.end", "tcn") | _RATIO,
            lacks=columns("tcn.em") | _GENES,
            read=read,
        ),
    ),
    copies="whole",
    beside="T.out, T_purity_ploidy.txt, or of facets-suite T_hisens.out, T.txt, T.qc.txt",
    companions=(_PURITY_BESIDE, _OUT_BESIDE, _RUN_BESIDE),
    notes=(
        "tcn.em and lcn.em, where NA the naive tcn; lcn over half is put right and counted; a fit that did not "
        "converge (no purity, 2 and 1 everywhere) leaves only the log ratio"
    ),
)
