"""What editors, scripts and sloppy writers leave in a text VCF and programs read over: mended in a copy, and told.

A byte-order mark, the phase of a genotype's first allele, tabs at the end of a line, comment lines among the records, empty cells where a dot belongs.
htslib reads over the tabs and the cells, htsjdk over the comments; nothing of them changes what a record says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from refractor.variants.files.vcf_header import FIXED_COLUMNS, VcfHeader
from refractor.variants.files.whole_file import BYTE_ORDER_MARK

_MAY_BE_EMPTY = (2, 5, 6, 7)
"""Columns ID, QUAL, FILTER and INFO, in which `.` stands for a missing value."""


@dataclass(slots=True)
class Untidiness:
    """How many lines of a text VCF have what."""

    counts: Counter[str] = field(default_factory=Counter)

    def note(self) -> str:
        """What was read over, in words; empty where nothing was."""
        return ", ".join(f"{number} {what}" for what, number in self.counts.items())


def tidied(raw: bytes, number: int, header: VcfHeader, found: Untidiness | None = None) -> bytes:
    """Line `number` as it should be, empty for a comment among the records. What was mended is counted in `found`."""
    line = raw.rstrip(b"\r\n")
    end = raw[len(line) :]
    mended = []
    if number == 1 and line.startswith(BYTE_ORDER_MARK):
        line = line.removeprefix(BYTE_ORDER_MARK)
        mended.append("byte-order mark")
    if number >= header.body_line - 1 and line:
        if number >= header.body_line and line.startswith(b"#"):
            line = end = b""
            mended.append("comments among the records")
        fields = line.split(b"\t")
        mended += _mended(fields, len(FIXED_COLUMNS) + (1 + len(header.samples) if header.samples else 0))
        line = b"\t".join(fields)
    if found is not None:
        found.counts.update(mended)
    return line + end


def _mended(fields: list[bytes], n_columns: int) -> Iterator[str]:
    """Mend the cells of a record, or of the line of column names, in their list; what was mended."""
    if len(fields) > n_columns and not any(fields[n_columns:]):
        del fields[n_columns:]
        yield "lines that end with a tab"
    first = len(FIXED_COLUMNS) + 1
    phased = [at for at in range(first, len(fields)) if fields[at][:1] in (b"|", b"/")]
    if phased and fields[first - 1].startswith(b"GT"):
        for at in phased:
            fields[at] = fields[at][1:]
        yield "records with the phase of a first allele (VCF 4.4), which htslib cannot read"
    empty = [at for at in _MAY_BE_EMPTY if at < len(fields) and not fields[at]]
    for at in empty:
        fields[at] = b"."
    if empty:
        yield "records with an empty cell of ID, QUAL, FILTER or INFO"
