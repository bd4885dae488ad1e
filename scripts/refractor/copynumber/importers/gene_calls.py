"""Tables of genes without places: copies of a panel's report, its words, and cBioPortal's levels from -2 to 2.

A gene that the table does not name was not looked at. A word or a level is its caller's verdict, without a number: of an
amplification and of a deep deletion it is taken, as no purity turns either into nothing; a gain, a loss of one copy or a
level of 0 leaves the gene not assessable, as a low purity makes every gene look so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from refractor.copynumber.importers.delimited import Problems, Row
from refractor.copynumber.importers.importer import Importer, Layout, Source, columns, profile_of
from refractor.copynumber.importers.number_cells import MAX_COPIES, Cells
from refractor.copynumber.segments import CopyNumberProfile, GeneCopies
from refractor.errors import CopyNumberFileError, Problem
from refractor.genome.builds import LATEST_BUILD
from refractor.genome.panel import Gene, load_panel
from refractor.results.copy_number_tables import PurityPloidy
from refractor.vocabulary import CopyNumberCall

_GENES = ("hugo_symbol", "gene_symbol", "gene", "symbol")
_SAMPLES = ("tumor_sample_barcode", "sample_id", "sample", "sample_name")
_COPIES = ("copy_number", "copynumber", "copy number", "copies", "total_cn", "cn")
_WORDS = ("copy_number_alteration", "alteration", "cna", "value")
_PLACES = columns(
    "chromosome", "chrom", "chr", "start", "end", "startpos", "chromosomeregion", "log2", "seqnames"
)
_VARIANTS = columns("Reference_Allele", "Tumor_Seq_Allele2", "likelihoodMethod", "C", "tcn.em")
_AMPLIFIED = re.compile(r"2(?:\.0+)?|(?:high[- ]level |focal |gene )?(?:amplification|amplified|amp)", re.I)
_DELETED = re.compile(r"-2(?:\.0+)?|(?:deep|homozygous)[ _-](?:deletion|del|loss)|homdel", re.I)
_LEVEL = re.compile(
    r"-?[01](?:\.[0-9]+)?|-1\.5|gain\w*|loss\w*|(?:low[- ]level |shallow ).*|.*equivocal.*|neutral|diploid",
    re.I,
)


def read(source: Source) -> CopyNumberProfile:
    """The genes of the tumour, one a row."""
    cells = Cells(source.table, Problems(), tolerant=True)
    names = source.table.columns
    gene = next(name for name in _GENES if name in names)
    copies = next((name for name in _COPIES if name in names), "")
    words = [name for name in _WORDS if name in names]
    told = [(row, row.cells[gene], [row.cells[name] for name in words], copies) for row in _rows(source)]
    return _profile(cells, told)


def read_wide(source: Source) -> CopyNumberProfile:
    """The genes of the tumour's column, by its name."""
    cells = Cells(source.table, Problems(), tolerant=True)
    column = source.sample.lower()
    if column not in source.table.columns:
        named = [name for name in source.table.columns if name not in _NO_TUMOR][:10]
        raise CopyNumberFileError(
            Problem(
                source.path,
                f"has no column {source.sample}; its columns are {', '.join(named)}",
                line=source.table.header_line,
                allowed="name the sample in the sheet as in the file",
            )
        )
    gene = next(name for name in _WIDE_GENES if name in source.table.columns)
    told = [(row, row.cells[gene], [row.cells[column]], "") for row in source.table.rows]
    return _profile(cells, told)


_WIDE_GENES = ("hugo_symbol", "gene symbol")
_NO_TUMOR = columns("Hugo_Symbol", "Entrez_Gene_Id", "Cytoband", "Locus ID", "Gene Symbol", "Gene ID")


def _rows(source: Source) -> Iterator[Row]:
    """The tumour's rows: by its name where a column has names, all where none has."""
    column = next((name for name in _SAMPLES if name in source.table.columns), None)
    named = {row.cells[column] for row in source.table.rows} if column else set()
    if len(named) > 1 and source.sample not in named:
        what = f"holds {len(named)} samples, none called {source.sample}: {', '.join(sorted(named)[:10])}"
        allowed = "name the sample in the sheet as in the file"
        raise CopyNumberFileError(Problem(source.path, what, column=column, allowed=allowed))
    return (
        row
        for row in source.table.rows
        if column is None or len(named) == 1 or row.cells[column] == source.sample
    )


def _profile(cells: Cells, told: list[tuple[Row, str, list[str], str]]) -> CopyNumberProfile:
    if not any(column for *_, column in told) and (odd := _no_level([words for _, _, words, _ in told])):
        what = f"holds numbers that are no levels from -2 to 2 ({odd}): log2 ratios or the like, one a gene"
        cells.fault(None, None, what, "give the table of levels (data_cna.txt), or the segments")
    panel = load_panel(LATEST_BUILD)
    genes: dict[str, GeneCopies] = {}
    calls: dict[str, tuple[CopyNumberCall, str]] = {}
    for row, name, words, column in told:
        gene = panel.gene_called(name)
        if gene is None:
            continue
        number = cells.copies(row, column) if column else None
        if number is not None and number > MAX_COPIES:
            cells.fault(row, column, f"{number:g} copies", f"allowed: {MAX_COPIES:g} or less")
        elif number is not None:
            genes[gene.symbol] = _with_copies(gene, number)
        elif (verdict := _verdict(words)) is not None:
            calls[gene.symbol] = verdict
    cells.settle()
    if not genes and not calls and not cells.problems:
        cells.fault(
            None, None, "has no copies or word of copies of a gene of the panel", "a gene and its copies"
        )
    cells.problems.raise_if_any()
    purity = PurityPloidy(reason="a table of genes gives no purity")
    profile = profile_of("gene_calls", cells, (), genes=tuple(genes.values()), purity_ploidy=purity)
    return replace(profile, gene_calls=calls, placeless=True, tumor_seen=True)


def _no_level(told: list[list[str]]) -> str | None:
    """A number in the cells that no level of copies is; None where there is none. A table of ratios has a 2 by chance."""
    numbers = (word.strip() for words in told for word in words)
    return next(
        (word for word in numbers if _NUMBER.fullmatch(word) and not _ANY_LEVEL.fullmatch(word)), None
    )


_NUMBER = re.compile(r"-?[0-9]*\.?[0-9]+(?:e[-+]?[0-9]+)?", re.I)
_ANY_LEVEL = re.compile(r"-?[012](?:\.0+)?|-1\.5")


def _with_copies(gene: Gene, copies: float) -> GeneCopies:
    return GeneCopies(gene.symbol, gene.chromosome, gene.start, gene.end, copies, copies, copies, None)


def _verdict(words: list[str]) -> tuple[CopyNumberCall, str] | None:
    """What a cell of words says of the gene's copies, and in which words; None where none speaks of copies."""
    for word in words:
        for pattern, call in ((_AMPLIFIED, CopyNumberCall.AMPLIFIED), (_DELETED, CopyNumberCall.DELETED)):
            if pattern.fullmatch(word.strip()):
                return call, f"the table says {word.strip()}, without a number of copies"
        if _LEVEL.fullmatch(word.strip()):
            reason = (
                f"the table says {word.strip()}: without the tumour's purity neither a change nor its absence"
            )
            return CopyNumberCall.NOT_ASSESSABLE, reason
    return None


def _layouts() -> Iterator[Layout]:
    for gene in _GENES:
        for value in (*_COPIES, *_WORDS[:-1]):
            yield Layout(has=columns(gene, value), lacks=_PLACES | _VARIANTS, read=read)
    yield Layout(has=columns("hugo_symbol", "sample_id", "value"), lacks=_PLACES | _VARIANTS, read=read)
    others = columns(*_COPIES, *_WORDS, *_SAMPLES, "hgvsp_short")
    for beside in ("entrez_gene_id", "cytoband"):
        yield Layout(has=columns("hugo_symbol", beside), lacks=_PLACES | _VARIANTS | others, read=read_wide)
    for beside in ("locus id", "gene id"):
        yield Layout(has=columns("gene symbol", beside, "cytoband"), read=read_wide)
    yield Layout(
        has=columns("hugo_symbol"), lacks=_PLACES | _VARIANTS | others, read=read_wide, stated_only=True
    )


IMPORTER = Importer(
    "gene_calls",
    "reports of panels, cBioPortal's data_cna (wide and long), GISTIC 2, OncoKB's table of copies",
    "a table without places: a gene (gene, Hugo_Symbol) and its copies (copy_number) or a word (alteration, Value: 2, "
    "amplification); or Hugo_Symbol, Entrez_Gene_Id and a column a tumour",
    tuple(_layouts()),
    copies="absolute, as the table has them; or the caller's verdict without a number",
    notes="genes that it does not name are not assessable, nor are gains, losses and levels from -1 to 1",
)
