"""The copy-number calls of a whole study: one level a gene and sample, or segments of relative depth."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from refractor.errors import CopyNumberFileError, Problem
from refractor.genome.builds import bare_contig
from refractor.genome.panel import Gene
from refractor.variants.files.whole_file import opened_whole
from refractor.vocabulary import CopyNumberCall

LEVELS: Mapping[str, CopyNumberCall] = {
    "-2": CopyNumberCall.DELETED,
    "-1.5": CopyNumberCall.DELETED,
    "-1": CopyNumberCall.LOST,
    "0": CopyNumberCall.NEUTRAL,
    "1": CopyNumberCall.GAINED,
    "2": CopyNumberCall.AMPLIFIED,
}
"""cBioPortal's levels (file format of discrete copy-number data)."""
AMPLIFIED_LOG2, GAINED_LOG2 = 1.0, 0.2
"""Relative depth of a segment from which a gene counts as amplified (fold change 2, as gene-level panel callers use it,
copynumber.calls.definitions) or gained; the negative of both for deleted and lost. Not corrected for purity."""
_NOT_A_SAMPLE = frozenset({"hugo_symbol", "entrez_gene_id", "cytoband", "gene symbol", "locus id"})
_EMPTY = frozenset({"", "NA", "NaN", "nan", "."})
_SEG_COLUMNS = ("chrom", "loc.start", "loc.end", "seg.mean")


@dataclass(slots=True)
class StudyCopies:
    """Calls by sample and wanted gene, and of every gene of the table the samples in which it is amplified or deleted."""

    path: Path
    what: str
    calls: dict[str, dict[str, CopyNumberCall]] = field(default_factory=dict)
    amplified: dict[str, set[str]] = field(default_factory=dict)
    deleted: dict[str, set[str]] = field(default_factory=dict)
    samples: frozenset[str] = frozenset()


def read_levels(path: Path, *, genes: Collection[str], samples: Collection[str]) -> StudyCopies:
    """From a table of levels (data_cna.txt), read line by line.

    Raises:
        CopyNumberFileError: no column of a gene symbol or of a sample, or a level that cBioPortal does not know.
    """
    found = StudyCopies(path, "levels of copies as the study has them")
    names: list[str] | None = None
    long: tuple[int, int] | None = None
    for number, cells in _lines(path):
        if names is None:
            names = cells
            if not names or names[0].strip().lower() not in _NOT_A_SAMPLE:
                raise _fault(
                    path, "does not begin with the column Hugo_Symbol", number, "data_cna.txt of a study"
                )
            found.samples = frozenset(name for name in names if name in samples)
            long = None if found.samples else _long_columns(names)
            continue
        if long is not None:
            sample, level = (cells[place].strip() if place < len(cells) else "" for place in long)
            if sample in samples:
                found.samples |= {sample}
                _take_level(found, cells[0].strip(), sample, level, number, genes=genes)
            continue
        _take_levels(found, names, cells, number, genes=genes)
    if names is None:
        raise _fault(path, "is empty", None, "data_cna.txt of a study")
    return found


def _take_levels(
    found: StudyCopies, names: Sequence[str], cells: Sequence[str], number: int, *, genes: Collection[str]
) -> None:
    gene = cells[0].strip()
    for name, cell in zip(names, cells, strict=False):
        if name in found.samples:
            _take_level(found, gene, name, cell.strip(), number, genes=genes)


def _long_columns(names: Sequence[str]) -> tuple[int, int] | None:
    """Places of sample and level in a table with a row a gene and sample (datatype DISCRETE_LONG); None in another."""
    places = {name.strip().lower(): place for place, name in enumerate(names)}
    both = places.get("sample_id"), places.get("value")
    return None if both[0] is None or both[1] is None else (both[0], both[1])


def _take_level(
    found: StudyCopies, gene: str, sample: str, level: str, number: int, *, genes: Collection[str]
) -> None:
    if level in _EMPTY:
        return
    call = LEVELS.get(level.removesuffix(".0"))
    if call is None:
        raise _fault(
            found.path, f"{level!r} is no level", number, f"allowed: {', '.join(LEVELS)}, NA", sample
        )
    if call is CopyNumberCall.AMPLIFIED:
        found.amplified.setdefault(gene, set()).add(sample)
    elif call is CopyNumberCall.DELETED:
        found.deleted.setdefault(gene, set()).add(sample)
    if gene in genes:
        found.calls.setdefault(sample, {})[gene] = call


def read_segments(path: Path, *, genes: Mapping[str, Gene], samples: Collection[str]) -> StudyCopies:
    """From segments of relative depth (*_data_cna_hg19.seg), the mean over each wanted gene.

    Raises:
        CopyNumberFileError: columns missing, or a cell that is no number.
    """
    found = StudyCopies(path, "relative depth of segments, not corrected for purity")
    sums: dict[tuple[str, str], list[float]] = {}
    by_chromosome: dict[str, list[tuple[str, Gene]]] = {}
    for symbol, gene in genes.items():
        by_chromosome.setdefault(gene.chromosome, []).append((symbol, gene))
    places: dict[str, int] | None = None
    seen = set()
    for number, cells in _lines(path):
        if places is None:
            places = _segment_columns(path, cells, number)
            continue
        sample = cells[places["ID"]]
        if sample not in samples:
            continue
        seen.add(sample)
        chromosome, start, end, mean = _segment(path, cells, number, places)
        for symbol, gene in by_chromosome.get(chromosome, ()):
            shared = min(end, gene.end) - max(start, gene.start)
            if shared > 0:
                total = sums.setdefault((sample, symbol), [0.0, 0.0])
                total[0] += shared * mean
                total[1] += shared
    for (sample, symbol), (weighted, length) in sums.items():
        call = call_of(weighted / length)
        found.calls.setdefault(sample, {})[symbol] = call
        if call is CopyNumberCall.AMPLIFIED:
            found.amplified.setdefault(symbol, set()).add(sample)
        elif call is CopyNumberCall.DELETED:
            found.deleted.setdefault(symbol, set()).add(sample)
    found.samples = frozenset(seen)
    return found


def call_of(log2_ratio: float) -> CopyNumberCall:
    """The call of a gene from the relative depth over it."""
    if log2_ratio >= AMPLIFIED_LOG2:
        return CopyNumberCall.AMPLIFIED
    if log2_ratio <= -AMPLIFIED_LOG2:
        return CopyNumberCall.DELETED
    if abs(log2_ratio) < GAINED_LOG2:
        return CopyNumberCall.NEUTRAL
    return CopyNumberCall.GAINED if log2_ratio > 0 else CopyNumberCall.LOST


def _segment_columns(path: Path, header: Sequence[str], number: int) -> dict[str, int]:
    lower = {name.strip().strip("'\"").lower(): place for place, name in enumerate(header)}
    missing = [name for name in ("id", *_SEG_COLUMNS) if name not in lower]
    if missing:
        raise _fault(
            path,
            f"columns missing: {', '.join(missing)}",
            number,
            "ID chrom loc.start loc.end num.mark seg.mean",
        )
    return {"ID": lower["id"]} | {name: lower[name] for name in _SEG_COLUMNS}


def _segment(
    path: Path, cells: Sequence[str], number: int, places: Mapping[str, int]
) -> tuple[str, int, int, float]:
    try:
        start, end, mean = (float(cells[places[name]]) for name in _SEG_COLUMNS[1:])
    except (ValueError, IndexError) as error:
        raise _fault(
            path, f"cannot be read: {error}", number, "numbers in loc.start, loc.end and seg.mean"
        ) from error
    chromosome = re.sub("^23$", "X", bare_contig(cells[places["chrom"]].strip("'\"")))
    return chromosome, int(start) - 1, int(end), mean


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    with opened_whole(path) as lines:
        for number, raw in enumerate(lines, start=1):
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8", "replace").rstrip("\r\n")
            if text.strip() and not text.startswith("#"):
                yield number, text.split("\t")


def _fault(
    path: Path, what: str, line: int | None, allowed: str, column: str | None = None
) -> CopyNumberFileError:
    return CopyNumberFileError(Problem(path, what, line, column, allowed))
