"""The user's own genes, a table of rows of the panel: read, checked as the shipped panel is, and put in force.

A row is a gene on one build. One in place of a shipped gene keeps that gene's coding exons: codons, hotspots and rules
are numbered on them.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from refractor.errors import ConfigError, Problem
from refractor.files.tabular import read_rows
from refractor.genome.builds import BUILD_NAMES, CONTIG_LENGTHS, LATEST_BUILD, GenomeBuild, bare_contig
from refractor.genome.panel import (
    PANEL,
    ROLES,
    Gene,
    Panel,
    coding_parts,
    own_genes,
    shipped_panel,
    use_own_genes,
)

COLUMNS = (
    "symbol", "role", "why", "entrez_id", "hgnc_id", "transcript", "ensembl_transcript", "protein", "genome_build",
    "chromosome", "strand", "cds_start", "cds_end", "exon_starts", "exon_ends",
)  # fmt: skip
MAY_BE_EMPTY = frozenset({"protein"})
_SYMBOL = re.compile(r"[A-Z][A-Za-z0-9-]*")
_POSITIONS = ("cds_start", "cds_end", "exon_starts", "exon_ends")


FURTHER = PANEL / "further_genes.tsv"
"""Genes that ship as rows to copy and are not of the panel: it grows by what a trial asks for."""

OwnGenes = Mapping[GenomeBuild, tuple[Gene, ...]]
"""The genes of a table by build, in its order."""


def use_panel(path: str | Path | None) -> None:
    """Put the genes of the table in force, beside and in place of shipped ones; without one the shipped panel alone.

    It holds for the process, which serves one trial.

    Raises:
        ConfigError: every problem of the table, with its line.
    """
    use_own_genes({} if path is None else read_own_genes(Path(path)))


def own_genes_in_words() -> str:
    """The own genes in force, and which of them stand in place of shipped ones; nothing where there are none."""
    symbols = [gene.symbol for gene in own_genes(LATEST_BUILD)]
    in_place = [symbol for symbol in symbols if symbol in shipped_panel(LATEST_BUILD).genes]
    words = ", ".join(symbols)
    return f"{words}; in place of shipped ones: {', '.join(in_place) or 'none'}" if symbols else ""


def further_genes() -> tuple[str, dict[str, list[str]]]:
    """The header of FURTHER, and its lines by gene."""
    header, *lines = FURTHER.read_text(encoding="utf-8").splitlines()
    by_gene: dict[str, list[str]] = {}
    for line in lines:
        by_gene.setdefault(line.partition("\t")[0], []).append(line)
    return header, by_gene


def read_own_genes(path: Path) -> OwnGenes:
    """The genes of the table.

    Raises:
        ConfigError: every problem of the table, with its line.
    """
    problems: list[Problem] = []
    header, rows = read_rows(path, problems)
    if header:
        problems += _header_faults(path, header)
    if problems:
        raise ConfigError(problems)
    panels = {build: shipped_panel(build) for build in GenomeBuild}
    read: dict[tuple[str, GenomeBuild], tuple[int, Gene]] = {}
    for line, cells in rows:
        faults = [Problem(path, what, line, column, remedy) for column, what, remedy in _faults_of(cells)]
        problems += faults
        if faults:
            continue
        gene, build = _gene_of(cells), _build_of(cells)
        if (gene.symbol, build) in read:
            what = f"{gene.symbol} on {build} stands in line {read[gene.symbol, build][0]} too"
            problems.append(Problem(path, what, line, "symbol", "keep one of the two rows"))
            continue
        read[gene.symbol, build] = (line, gene)
        problems += _at_odds_with(panels[build], gene, path, line)
    problems += () if problems else _builds_at_odds(read, path)
    if not rows:
        problems.append(Problem(path, "has no gene", 1, None, "a row a gene and build, or leave panel out"))
    if problems:
        raise ConfigError(problems)
    return {
        build: tuple(gene for (_, other), (_, gene) in read.items() if other is build)
        for build in GenomeBuild
    }


def _header_faults(path: Path, header: list[str]) -> Iterator[Problem]:
    for name in header:
        if name not in COLUMNS:
            yield Problem(path, f"has an unknown column '{name}'", 1, None, _remedy(name, COLUMNS))
    missing = [name for name in COLUMNS if name not in header and name not in MAY_BE_EMPTY]
    if missing:
        remedy = "the columns of resources/panel/further_genes.tsv"
        yield Problem(path, f"lacks the columns {', '.join(missing)}", 1, None, remedy)


def _faults_of(cells: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """What is wrong within one row: column, fault, remedy."""
    empty = [name for name in COLUMNS if not cells.get(name) and name not in MAY_BE_EMPTY]
    for name in empty:
        yield name, "is empty", "fill the cell"
    if empty:
        return
    if cells["role"] not in ROLES:
        yield "role", f"'{cells['role']}' is no role", _remedy(cells["role"], ROLES)
    if not _SYMBOL.fullmatch(cells["symbol"]):
        yield "symbol", f"'{cells['symbol']}' is no gene symbol", "as HGNC writes it, such as NTRK1"
    if cells["genome_build"].lower() not in BUILD_NAMES:
        yield "genome_build", f"'{cells['genome_build']}' is no build", ", ".join(GenomeBuild)
        return
    if not cells["entrez_id"].isdecimal():
        yield "entrez_id", f"'{cells['entrez_id']}' is no number", "the number of NCBI Gene, such as 4914"
    lengths = CONTIG_LENGTHS[_build_of(cells)]
    if bare_contig(cells["chromosome"]) not in lengths:
        yield "chromosome", f"'{cells['chromosome']}' is no chromosome", "1 to 22, X or Y"
        return
    if cells["strand"] not in ("+", "-"):
        yield "strand", f"'{cells['strand']}' is no strand", "+ or -"
    wrong = [name for name in _POSITIONS if not cells[name].replace(",", "").isdecimal()]
    for name in wrong:
        remedy = "0-based positions, of exons with commas between, as in UCSC's refGene"
        yield name, f"'{cells[name]}' is no position", remedy
    if not wrong:
        yield from _model_faults(cells, length=lengths[bare_contig(cells["chromosome"])])


def _model_faults(cells: Mapping[str, str], *, length: int) -> Iterator[tuple[str, str, str]]:
    """What of the exons and the coding part cannot be."""
    starts, ends = _numbers(cells["exon_starts"]), _numbers(cells["exon_ends"])
    if len(starts) != len(ends):
        yield (
            "exon_ends",
            f"has {len(ends)} exons where exon_starts has {len(starts)}",
            "an end for each start",
        )
        return
    exons = list(zip(starts, ends, strict=True))
    falling = any(start >= end for start, end in exons)
    if falling or any(one[1] > other[0] for one, other in itertools.pairwise(exons)):
        yield (
            "exon_starts",
            "the exons do not ascend, or overlap",
            "in the order of the genome on either strand",
        )
        return
    if ends[-1] > length:
        yield "exon_ends", f"{ends[-1]} lies beyond the chromosome's {length} bases", "is the build right?"
    coding = coding_parts(
        tuple(zip(starts, ends, strict=True)), int(cells["cds_start"]), int(cells["cds_end"])
    )
    bases = sum(end - start for start, end in coding)
    if not coding or (coding[0][0], coding[-1][1]) != (int(cells["cds_start"]), int(cells["cds_end"])):
        yield "cds_start", "the coding part does not begin and end in exons", "its ends as in UCSC's refGene"
    elif bases % 3 or bases < 6:
        yield (
            "cds_end",
            f"{bases} coding bases are no whole codons",
            "a transcript that is translated, stop included",
        )


def _at_odds_with(shipped: Panel, gene: Gene, path: Path, line: int) -> Iterator[Problem]:
    """Names that the shipped panel has otherwise, and other coding exons than its gene's."""
    known = shipped.gene_called(gene.symbol)
    if known is not None and known.symbol != gene.symbol:
        what = f"'{gene.symbol}' is the panel's {known.symbol}"
        yield Problem(path, what, line, "symbol", f"did you mean {known.symbol}?")
    elif known is not None and (known.chromosome, known.cds) != (gene.chromosome, gene.cds):
        what = (
            f"{gene.symbol} has other coding exons than {known.transcript}, on which its codons, hotspots and rules"
            " are numbered"
        )
        yield Problem(
            path, what, line, "exon_starts", "keep them as shipped; role and identifiers may differ"
        )


def _builds_at_odds(
    read: Mapping[tuple[str, GenomeBuild], tuple[int, Gene]], path: Path
) -> Iterator[Problem]:
    """Genes that one build lacks, or whose proteins or names differ from build to build."""
    for (symbol, build), (line, gene) in read.items():
        other = next(one for one in GenomeBuild if one is not build)
        if (symbol, other) not in read:
            remedy = "a row a build: tumours may be of either, scripts/draft_panel.py writes both"
            yield Problem(path, f"{symbol} has no row on {other}", line, "genome_build", remedy)
        elif build is GenomeBuild.GRCH38:
            continue
        elif read[symbol, other][1].cds_length != gene.cds_length:
            lengths = (
                f"{gene.protein_length} codons on {build}, {read[symbol, other][1].protein_length} on {other}"
            )
            yield Problem(
                path, f"{symbol} has {lengths}", line, "cds_end", "give one transcript on both builds"
            )


def _gene_of(cells: Mapping[str, str]) -> Gene:
    exons = tuple(zip(_numbers(cells["exon_starts"]), _numbers(cells["exon_ends"]), strict=True))
    return Gene(
        symbol=cells["symbol"],
        entrez_id=int(cells["entrez_id"]),
        hgnc_id=cells["hgnc_id"],
        transcript=cells["transcript"],
        ensembl_transcript=cells["ensembl_transcript"],
        protein=cells.get("protein", ""),
        role=cells["role"],
        chromosome=bare_contig(cells["chromosome"]),
        start=exons[0][0],
        end=exons[-1][1],
        strand=cells["strand"],
        exons=exons,
        cds=coding_parts(exons, int(cells["cds_start"]), int(cells["cds_end"])),
    )


def _build_of(cells: Mapping[str, str]) -> GenomeBuild:
    return BUILD_NAMES[cells["genome_build"].lower()]


def _numbers(cell: str) -> list[int]:
    return [int(part) for part in cell.split(",") if part]


def _remedy(word: str, known: Iterable[str]) -> str:
    words = list(known)
    close = difflib.get_close_matches(word.casefold(), words, n=1)
    return f"did you mean {close[0]}?" if close else f"allowed: {', '.join(words)}"
