"""One patient's own page: the card of the cohort's page, the whole genome, and the reads behind each statement."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from refractor.copynumber.segments import SOURCE_READS
from refractor.errors import TableError
from refractor.files.tables import Table
from refractor.genome.panel import Panel, load_panel
from refractor.report.cohort_results import Grid, lay_out
from refractor.report.figures.amplicon_arcs import ShownAmplicon, amplicon_figure
from refractor.report.figures.chromosome_profile import NO_WINDOWS, Windows, draw_chromosome, windows_of
from refractor.report.figures.genome_profile import genome_figure, target_chromosome
from refractor.report.pages.meeting_sheet import MeetingSheet, meeting_sheet
from refractor.report.patient_results import PatientResults, Row
from refractor.report.template_environment import page_environment
from refractor.results.copy_number_tables import AMPLICONS, GENE_COPY_NUMBER, SEGMENTS, WINDOWS
from refractor.results.evidence_tables import CIVIC_EVIDENCE, EVIDENCE_CHANGES, LABEL, RULES
from refractor.results.junction_tables import (
    AMPLICON_STRUCTURE,
    JUNCTION_SEARCH,
    JUNCTIONS,
    NO_READS,
    Architecture,
)
from refractor.results.quality import QC
from refractor.settings.cohort import Cohort
from refractor.variants.panel_vcf import build_of_panel_vcf

FURTHER: Mapping[str, Table] = {
    "qc": QC,
    "evidence_changes": EVIDENCE_CHANGES,
    "civic_evidence": CIVIC_EVIDENCE,
    "amplicon_structure": AMPLICON_STRUCTURE,
    "junctions": JUNCTIONS,
    "junction_search": JUNCTION_SEARCH,
}
DIFFERENT = re.compile("[ACGT-]")
"""Characters of a pileup that differ from the reference; `.` is the same, `n` of low quality, blank not reached."""


@dataclass(frozen=True, slots=True)
class Reads:
    """The fragments behind one statement; `tumor` and `normal` are lines of text, differing bases marked."""

    title: str
    verdict: str
    where: str
    reference: str
    tumor: Markup
    normal: Markup | None
    tumor_words: str
    normal_words: str


@dataclass(frozen=True, slots=True, eq=False)
class Copies:
    """What the figures of copies need beyond the card: windows of the reads, the panel on the tumour's build, all genes."""

    windows: Windows = NO_WINDOWS
    panel: Panel | None = None
    genes: tuple[Row, ...] = ()
    structures: tuple[ShownAmplicon, ...] = ()
    """Focal amplicons with their junctions in the reads."""


def read_copies(folder: Path) -> Copies:
    """The copies in a tumour's folder; genes of the source that stands first."""
    genes = GENE_COPY_NUMBER.read_rows(folder / GENE_COPY_NUMBER.name)
    windows = folder / WINDOWS.name
    return Copies(
        windows=windows_of(WINDOWS.read(windows)) if windows.is_file() else NO_WINDOWS,
        panel=load_panel(build_of_panel_vcf(folder / "variants.vcf.gz")),
        genes=tuple(row for row in genes if row["source"] == genes[0]["source"]),
        structures=read_structures(folder),
    )


def read_structures(folder: Path) -> tuple[ShownAmplicon, ...]:
    """The amplicons of a tumour's folder whose structure was looked at; none in results of an earlier version."""
    written = folder / AMPLICON_STRUCTURE.name
    if not written.is_file():
        return ()
    amplicons = {
        (one.chromosome, one.start, one.end): one for one in AMPLICONS.records(folder / AMPLICONS.name)
    }
    junctions = tuple(JUNCTIONS.records(folder / JUNCTIONS.name))
    segments = tuple(SEGMENTS.records(folder / SEGMENTS.name))
    return tuple(
        ShownAmplicon(
            one, amplicon, junctions, tuple(piece for piece in segments if piece.source == amplicon.source)
        )
        for one in AMPLICON_STRUCTURE.records(written)
        if (amplicon := amplicons.get((one.chromosome, one.start, one.end))) is not None
        if one.architecture is not Architecture.NOT_TESTED
    )


def read_pileups(path: Path) -> tuple[Row, ...]:
    """The pileups of a sample's pileups.json; none where the tumour's reads were not given."""
    if not path.is_file():
        return ()
    try:
        return tuple(json.loads(path.read_text(encoding="utf-8"))["pileups"])
    except (ValueError, KeyError, TypeError) as error:
        raise TableError(f"{path}: cannot be read as pileups: {error}") from error


def read_further_tables(folder: Path) -> dict[str, Grid]:
    """Tables of a tumour's folder that only its own page shows, laid out; empty where a file is not there."""
    return {
        name: lay_out(table, _of_interest(table, folder) if (folder / table.name).is_file() else ())
        for name, table in FURTHER.items()
    }


def _of_interest(table: Table, folder: Path) -> Sequence[dict[str, Any]]:
    """The rows of a table; of the search for junctions those of genes that the cohort's rules or its target name."""
    rows = table.read_rows(folder / table.name)
    if table is not JUNCTION_SEARCH:
        return rows
    named = {
        str(word)
        for known, column in ((RULES, "gene"), (LABEL, "target_reason"))
        if (folder / known.name).is_file()
        for row in known.read_rows(folder / known.name)
        for word in str(row[column] or "").split()
    }
    return [
        row for row in rows if row["reason"] != NO_READS and (" " in row["place"] or row["place"] in named)
    ]


def render_patient_page(
    card: PatientResults,
    *,
    cohort: Cohort,
    sheet: MeetingSheet | None = None,
    pileups: Sequence[Row],
    provenance: Mapping[str, Any],
    synthetic: bool,
    further: Mapping[str, Grid] | None = None,
    copies: Copies | None = None,
) -> str:
    """The page as one self-contained HTML text; its only link outside leads back to the cohort's page."""
    copies = copies or Copies()
    ratio = float(provenance.get("settings", {}).get("copy_number", {}).get("amplification_ratio") or 3.0)
    from_reads = bool(card.segments) and card.segments[0]["source"] == SOURCE_READS
    windows = (
        copies.windows if from_reads else NO_WINDOWS
    )  # of another source they would lie beside the segments
    chromosome = (
        draw_chromosome(card, windows, panel=copies.panel, threshold_ratio=ratio)
        if copies.panel
        else target_chromosome(card)
    )
    arcs = [
        amplicon_figure(one, copies.panel, name=f"amplicon-{number}-{card.patient}")
        for number, one in enumerate(copies.structures, start=1)
        if copies.panel is not None
    ]
    shown = [_reads(pileup) for pileup in sorted(pileups, key=lambda pileup: pileup["verdict"] != "mutated")]
    return page_environment(synthetic=synthetic).get_template("patient_page.html.j2").render(
        card=card,
        cohort=cohort,
        chromosomes={card.patient: chromosome},
        genome=genome_figure(card, windows, genes=copies.genes, threshold_ratio=ratio),
        arcs=arcs,
        sheet=sheet or meeting_sheet(card, cohort, provenance=provenance),
        further=further or {name: lay_out(table, ()) for name, table in FURTHER.items()},
        variants=[reads for reads in shown if reads.verdict != "wild_type"],
        wild_type=[reads for reads in shown if reads.verdict == "wild_type"],
        provenance=provenance,
        own_page=True,
        brief=False,
        folded=False,
    )  # fmt: skip


def _reads(pileup: Row) -> Reads:
    start, reference = pileup["start"], pileup["reference"]
    normal = pileup["normal_fragments"]
    return Reads(
        title=f"{pileup['gene']} {pileup['name']}",
        verdict=pileup["verdict"],
        where=f"chromosome {pileup['chromosome']}, bases {start + 1:,} to {start + len(reference):,}",
        reference=reference,
        tumor=_lines(pileup["tumor"], len(reference)),
        normal=None if normal is None else _lines(pileup["normal"], len(reference)),
        tumor_words=_count_words(pileup["tumor"], pileup["tumor_fragments"]),
        normal_words="" if normal is None else _count_words(pileup["normal"], normal),
    )


def _count_words(rows: Sequence[Row], total: int) -> str:
    if len(rows) < total:
        return f"{len(rows)} of {total} fragments shown, those that differ first"
    return f"{total} fragments"


def _lines(rows: Sequence[Row], width: int) -> Markup:
    return Markup("\n").join(_line(row, width) for row in rows)


def _line(row: Row, width: int) -> Markup:
    """One fragment: its bases, those that differ marked, then its strand and what is inserted."""
    bases = str(escape(row["bases"].ljust(width)))
    marked = Markup(DIFFERENT.sub(r"<b>\g<0></b>", bases))
    inserted = "".join(f"  +{bases} at {offset + 1}" for offset, bases in row["insertions"])
    return marked + escape(f"  {row['strand']}{inserted}")
