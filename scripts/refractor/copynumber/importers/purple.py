"""PURPLE (Hartwig): cnv.somatic.tsv or cnv.gene.tsv, with purity.tsv and qc of the same run beside it.

Columns by name, as they changed over versions 2 to 4; 1-based closed; copies are absolute, not rounded,
and may be slightly negative where the fit is noisy.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from refractor.copynumber.importers.delimited import Problems, Row, read_delimited, read_text
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
from refractor.copynumber.segments import CopyNumberProfile, GeneCopies
from refractor.errors import CopyNumberFileError, Problem
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy, PurityStatus, Segment
from refractor.results.quality import BURDEN, MICROSATELLITES, Quality, QualityStatus

_ENDINGS = (".cnv.somatic.tsv", ".cnv.gene.tsv", ".cnv")
_GENES_BESIDE = Beside(_ENDINGS, (".cnv.gene.tsv",))
_SEGMENTS_BESIDE = Beside(_ENDINGS, (".cnv.somatic.tsv",))
_PURITY_BESIDE = Beside(_ENDINGS, (".purity.tsv", ".purity"))
_QC_BESIDE = Beside(_ENDINGS, (".qc",))
_BREAKPOINT_SUPPORT = frozenset({"BND", "INV", "DEL", "DUP", "INS", "SGL", "INF", "MULTIPLE"})
_SEX = {"FEMALE": "XX", "MALE": "XY"}
_NOISY = "WARN_HIGH_COPY_NUMBER_NOISE"


def read_segments(source: Source) -> CopyNumberProfile:
    """The profile of a cnv.somatic.tsv, with genes, purity and QC from the files beside it."""
    problems = Problems()
    cells = Cells(source.table, problems, tolerant=True)
    stand_ins: list[Row] = []
    found = [
        (row, segment)
        for row in source.table.rows
        if (segment := _segment(cells, row, stand_ins)) is not None
    ]
    segments = in_order(found, cells)
    genes: tuple[GeneCopies, ...] = ()
    gene_file = source.beside(_GENES_BESIDE)
    gene_table = companion_table(gene_file, problems, _GENE_COLUMNS)
    if gene_table is not None:
        genes = _genes(Cells(gene_table, problems, tolerant=True))
    notes: tuple[str, ...] = ()
    if stand_ins:
        notes = (
            f"{len(stand_ins)} segments without depth (method UNKNOWN) hold stand-ins: left without copies",
        )
    return _profile(
        source,
        cells,
        problems,
        segments=segments,
        genes=genes,
        notes=notes,
        breakpoints=_breakpoints(cells, stand_ins),
    )


def read_genes(source: Source) -> CopyNumberProfile:
    """The profile of a cnv.gene.tsv; the segments of the same run are used where they lie beside it."""
    segment_file = source.beside(_SEGMENTS_BESIDE)
    if segment_file is not None:
        return read_segments(Source(read_delimited(segment_file), source.sample))
    problems = Problems()
    cells = Cells(source.table, problems, tolerant=True)
    genes = _genes(cells)
    return _profile(source, cells, problems, segments=(), genes=genes, notes=(), breakpoints=())


def _segment(cells: Cells, row: Row, stand_ins: list[Row]) -> Segment | None:
    """The segment of a row, without copies where PURPLE had no data: those rows are added to `stand_ins`."""
    minor = _first_of(cells, "minorallelecopynumber", "minoralleleploidy")
    place = cells.interval(row, "chromosome", "start", "end", one_based=True)
    if place is None:
        return None
    copies, minor_copies = cells.copies(row, "copynumber"), cells.copies(row, minor)
    if copies is None and cells.is_missing(row, "copynumber"):
        cells.fault(row, "copynumber", f"'{row.cells['copynumber']}' in place of a number")
    if _is_stand_in(row):
        stand_ins.append(row)
        copies = minor_copies = None
    # the minor copies of a segment without a heterozygous site are PURPLE's fallback, not a measurement
    return Segment(
        chromosome=place[0],
        start=place[1],
        end=place[2],
        copy_number=copies,
        minor_copy_number=minor_copies,
        baf=cells.baf(row, "baf"),
        n_windows=cells.count(row, "depthwindowcount"),
        n_snps=cells.count(row, "bafcount"),
    )


_INFERRED_METHODS = frozenset({"STRUCTURAL_VARIANT", "LONG_ARM"})
"""Methods by which PURPLE knows copies without a depth window: from junctions, from the arm's other part."""


def _is_stand_in(row: Row) -> bool:
    """Whether the copies are a stand-in: method UNKNOWN (hartwigmedical/hmftools#411), or no depth window behind them."""
    method = row.cells.get("method", "").upper()
    windows = row.cells.get("depthwindowcount", "")
    return method == "UNKNOWN" or (
        windows in ("0", "0.0") and method not in _INFERRED_METHODS and bool(method)
    )


def _genes(cells: Cells) -> tuple[GeneCopies, ...]:
    genes: dict[str, GeneCopies] = {}
    minor_column = _first_of(cells, "minminorallelecopynumber", "minminoralleleploidy")
    for row in cells.table.rows:
        place = cells.interval(row, "chromosome", "start", "end", one_based=True)
        least, most = _gene_copies(cells, row, "mincopynumber"), _gene_copies(cells, row, "maxcopynumber")
        minor = cells.copies(row, minor_column)
        symbol = row.cells["gene"]
        if not symbol:
            cells.fault(row, "gene", "empty gene name")
        if place is None or least is None or most is None:
            continue
        if most < least:
            cells.fault(row, "maxcopynumber", f"{most:g} is less than minCopyNumber {least:g}")
            continue
        if row.cells.get("minregionmethod", "").upper() == "UNKNOWN" and not cells.count(
            row, "depthwindowcount"
        ):
            least = minor = None  # the least copies are those of a stretch without data
        # CDKN2A has two canonical-like transcripts: the canonical one speaks for the gene
        if symbol not in genes or row.cells.get("iscanonical", "").lower() == "true":
            genes[symbol] = GeneCopies(symbol, *place, None, least, None if least is None else most, minor)
    cells.settle()
    if not cells.table.rows:
        cells.fault(None, None, "has no gene", "the file may be cut off: copy it again")
    return tuple(genes.values())


def _gene_copies(cells: Cells, row: Row, column: str) -> float | None:
    value = cells.copies(row, column)
    if value is None and cells.is_missing(row, column):
        cells.fault(row, column, "is empty")
    elif value is not None and value > MAX_COPIES:
        cells.fault(row, column, f"{value:g} copies", f"allowed: {MAX_COPIES:g} or less")
        return None
    return value


def _profile(
    source: Source,
    cells: Cells,
    problems: Problems,
    *,
    segments: tuple[Segment, ...],
    genes: tuple[GeneCopies, ...],
    notes: tuple[str, ...],
    breakpoints: tuple[tuple[str, int], ...],
) -> CopyNumberProfile:
    purity_file = source.beside(_PURITY_BESIDE)
    purity, sex, fit = _purity(purity_file, problems)
    whole_genome = _whole_genome(purity_file)
    statuses, quality = _qc(source.beside(_QC_BESIDE), problems)
    problems.raise_if_any()
    failed = [status for status in statuses if status.startswith("FAIL")]
    if fit == "NO_TUMOR" and "FAIL_NO_TUMOR" not in failed:
        failed.append("fit method NO_TUMOR")
    profile = profile_of(
        "purple",
        cells,
        segments,
        notes=notes,
        genes=genes,
        purity_ploidy=purity,
        unusable=f"PURPLE quality control: {', '.join(failed)}" if failed else None,
        needs_sv_support=_NOISY in statuses,
        sv_breakpoints=breakpoints,
        tumor_seen=fit == "SOMATIC",
        sex=sex,
    )
    return replace(profile, quality=profile.quality + quality + whole_genome)


def _purity(path: Path | None, problems: Problems) -> tuple[PurityPloidy, str | None, str]:
    table = companion_table(path, problems, columns("purity", "ploidy"))
    if table is None:
        return PurityPloidy(reason="no purple.purity.tsv beside the file"), None, ""
    cells, row = Cells(table, problems), table.rows[0]
    doubled = row.cells.get("wholegenomeduplication", "").lower()
    purity = cells.purity(row, "purity")
    ploidy = cells.ploidy(row, "ploidy")
    for column, value in (("purity", purity), ("ploidy", ploidy)):
        if value is None and cells.is_missing(row, column):
            cells.fault(row, column, "is empty")
    fit = row.cells.get("status", "")
    purity_low, purity_high = _range(row, "purity", purity)
    ploidy_low, ploidy_high = _range(row, "ploidy", ploidy)
    values = PurityPloidy(
        purity=purity,
        purity_low=purity_low,
        purity_high=purity_high,
        ploidy=ploidy,
        ploidy_low=ploidy_low,
        ploidy_high=ploidy_high,
        whole_genome_doubled={"true": True, "false": False}.get(doubled),
        method=PurityMethod.IMPORTED,
        status=PurityStatus.OK,
        reason=f"PURPLE, fit {fit}" if fit else "PURPLE",
    )
    return values, _SEX.get(row.cells.get("gender", "").upper()), fit.upper()


_WHOLE_GENOME = (
    (
        MICROSATELLITES,
        "msindelspermb",
        "msstatus",
        "MSI",
        "indels/Mb",
        "indels in repeats; unstable from 4 (MicrosatelliteStatus)",
    ),
    (
        BURDEN,
        "tmbpermb",
        "tmbstatus",
        "HIGH",
        "mutations/Mb",
        "somatic mutations; high above 10 (TumorMutationalStatus)",
    ),
)
"""Metric, PURPLE's columns of value and status, the status that is a warning, unit, and what PURPLE means by it
(hmftools f292edd)."""


def _whole_genome(path: Path | None) -> tuple[Quality, ...]:
    """Microsatellites and mutational burden as PURPLE has them; none where its version or a broken file does not tell."""
    table = companion_table(path, Problems(), columns("purity", "ploidy"))
    if table is None:
        return ()
    cells, found = table.rows[0].cells, []
    for metric, column, status, warned, unit, meaning in _WHOLE_GENOME:
        told = cells.get(status, "").upper()
        try:
            value = float(cells.get(column, ""))
        except ValueError:
            continue
        if told in ("", "UNKNOWN") or not value >= 0:
            continue
        judged = QualityStatus.WARN if told == warned else QualityStatus.PASS
        found.append(
            Quality(
                metric=metric, value=value, unit=unit, status=judged, note=f"PURPLE says {told}: {meaning}"
            )
        )
    return tuple(found)


def _range(row: Row, name: str, best: float | None) -> tuple[float | None, float | None]:
    """The bounds of PURPLE's range where it holds the value; a fit by somatic variants may lie outside of it.

    Such a range is that of the fit which was given up (hartwigmedical/hmftools#242), so it is none of this one.
    """
    try:
        low, high = float(row.cells[f"min{name}"]), float(row.cells[f"max{name}"])
    except (KeyError, ValueError):
        return None, None
    return (low, high) if best is not None and 0 < low <= best <= high else (None, None)


def _qc(path: Path | None, problems: Problems) -> tuple[tuple[str, ...], tuple[Quality, ...]]:
    """The statuses of a purple.qc (key and value, no header), and them as a quality row."""
    if path is None:
        return (), ()
    try:
        text = read_text(path)
    except CopyNumberFileError as error:
        for problem in error.problems:
            problems.add(problem)
        return (), ()
    values = dict(line.split("\t", 1) for line in text.splitlines() if "\t" in line)
    told = values.get("QCStatus")
    if told is None:
        problems.add(Problem(path, "has no QCStatus", allowed="the file may be cut off: copy it again"))
        return (), ()
    statuses = tuple(status.strip() for status in told.split(",") if status.strip())
    judged = QualityStatus.PASS
    if any(status.startswith("WARN") for status in statuses):
        judged = QualityStatus.WARN
    if any(status.startswith("FAIL") for status in statuses):
        judged = QualityStatus.FAIL
    return statuses, (
        Quality(metric="purple_qc", value=told.strip(), status=judged, note="PURPLE's own quality control"),
    )


def _breakpoints(cells: Cells, stand_ins: list[Row]) -> tuple[tuple[str, int], ...]:
    found = set()
    for row in cells.table.rows:
        if row in stand_ins:
            continue
        place = cells.interval(row, "chromosome", "start", "end", one_based=True)
        if place is None:
            continue
        chromosome, start, end = place
        if row.cells.get("segmentstartsupport", "").upper() in _BREAKPOINT_SUPPORT:
            found.add((chromosome, start))
        if row.cells.get("segmentendsupport", "").upper() in _BREAKPOINT_SUPPORT:
            found.add((chromosome, end))
    return tuple(sorted(found))


def _first_of(cells: Cells, *names: str) -> str:
    return next((name for name in names if name in cells.table.columns), names[0])


_GENE_COLUMNS = columns("chromosome", "start", "end", "gene", "minCopyNumber", "maxCopyNumber")

IMPORTER = Importer(
    "purple",
    "PURPLE 2 to 4",
    "TUMOR.purple.cnv.somatic.tsv (chromosome start end copyNumber ...) or TUMOR.purple.cnv.gene.tsv",
    (
        Layout(
            has=columns("gene", "driver", "likelihoodMethod"),
            refusal="is PURPLE's driver catalogue, which lists drivers only; give purple.cnv.somatic.tsv",
        ),
        Layout(has=_GENE_COLUMNS, lacks=columns("likelihoodMethod"), read=read_genes),
        Layout(has=columns("chromosome", "start", "end", "copyNumber"), read=read_segments),
        Layout(
            has=columns("chromosome", "start", "end", "tumorCopyNumber", "observedTumorRatio"),
            refusal="is PURPLE's table of fitted regions before smoothing; give purple.cnv.somatic.tsv",
        ),
        Layout(
            has=columns("purity", "normFactor", "score", "ploidy"),
            refusal="is PURPLE's purity, without copies; give purple.cnv.somatic.tsv, purity is found beside it",
        ),
    ),
    copies="absolute, not rounded",
    beside="each other, T.purple.purity.tsv, T.purple.qc",
    companions=(_GENES_BESIDE, _SEGMENTS_BESIDE, _PURITY_BESIDE, _QC_BESIDE),
    notes="negative copies become 0, balances over 1 become 1, both counted; copies without depth (method UNKNOWN) are left out; a FAIL of its quality control makes everything not assessable; ranges of purity and ploidy are carried",
)
