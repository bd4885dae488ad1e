"""The genes that a panel tests, as a list: a symbol a line, a table with the column gene, or cBioPortal's gene panel.

A table may narrow a gene to `codons` (12,13,59-61) or to `exons` of the MANE Select transcript (2-4).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from refractor.errors import Problem, VariantFileError
from refractor.genome.intervals import Interval, Regions, regions_of_genes
from refractor.genome.panel import Gene, Panel
from refractor.variants.files.whole_file import fault

log = logging.getLogger(__name__)

_NAMES = frozenset({"gene", "genes", "hugo_symbol", "symbol", "gene_symbol"})
_LIST = re.compile(r"^gene_list:\s*(.*)$")
_SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9._/-]{0,30}")
_RANGES = re.compile(r"\d+(?:-\d+)?(?:[,;]\s*\d+(?:-\d+)?)*")


def read_tested_genes(path: Path, lines: Sequence[str], panel: Panel) -> Regions | None:
    """Where the genes of a list are coding, as far as they are of the panel; None where the lines are no such list.

    Raises:
        VariantFileError: none of the genes is of the panel, or codons or exons that a gene does not have.
    """
    told = [
        (number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")
    ]
    portal = next((match for _, line in told if (match := _LIST.match(line))), None)
    if portal is not None:
        named = [(0, name, "", "") for name in portal[1].split()]
    elif told and (header := [cell.strip().lower() for cell in told[0][1].split("\t")])[0] in _NAMES:
        named = list(_rows(header, told[1:]))
    elif told and all(_SYMBOL.fullmatch(line.strip()) for _, line in told):
        named = [(number, line.strip(), "", "") for number, line in told]
    else:
        return None
    known = [
        (line, gene, codons, exons)
        for line, name, codons, exons in named
        if (gene := panel.gene_called(name)) is not None
    ]
    log.info("%s: %d of %d genes are of the panel", path, len(known), len(named))
    if not known:
        raise fault(
            path, f"names {len(named)} genes, none of them of the panel", allowed="symbols as in HGNC"
        )
    problems: list[Problem] = []
    intervals: list[Interval] = []
    for number, gene, codons, exons in known:
        try:
            intervals += _stretches(gene, codons, exons)
        except (ValueError, IndexError) as error:
            problems.append(
                Problem(path, f"{gene.symbol}: {error}", line=number or None, allowed="12,13,59-61")
            )
    if problems:
        raise VariantFileError(problems)
    return Regions.of(intervals)


def _rows(header: Sequence[str], lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str, str, str]]:
    for number, line in lines:
        cells = [cell.strip() for cell in line.split("\t")] + [""] * len(header)
        row = dict(zip(header, cells, strict=False))
        yield number, cells[0], row.get("codons", ""), row.get("exons", "")


def _stretches(gene: Gene, codons: str, exons: str) -> Iterator[Interval]:
    """What of a gene was tested: all of it, or its codons, or its exons."""
    if codons:
        for codon in _numbers(codons):
            for position in gene.codon_positions(codon):
                yield gene.chromosome, position, position + 1
    if exons:
        ordered = gene.exons if gene.strand == "+" else gene.exons[::-1]
        for number in _numbers(exons):
            yield gene.chromosome, *ordered[number - 1]
    if not codons and not exons:
        yield from regions_of_genes([gene])


def _numbers(text: str) -> Iterator[int]:
    """The numbers of `12,13,59-61`."""
    if not _RANGES.fullmatch(text) or text.startswith("0"):
        raise ValueError(f"{text!r} is no list of numbers")
    for part in re.split(r"[,;]\s*", text):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
