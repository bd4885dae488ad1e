"""Typed cells of a caller's table; what cannot be read is collected with file, line and column."""

from __future__ import annotations

import math
import re
from collections import Counter

from refractor.copynumber.importers.delimited import DelimitedFile, Problems, Row
from refractor.copynumber.segments import MAX_PLOIDY, MIN_PLOIDY
from refractor.errors import Problem
from refractor.genome.builds import CHROMOSOMES, bare_contig

MAX_COPIES = 10_000.0
"""More than any amplicon has (hundreds): a larger number is damage, or another column."""
MIN_COPIES = -3.0
"""Callers that do not bound their fit fall a little below 0 (read as 0); more than this is damage."""
MAX_BAF = 1.25
"""PURPLE writes a balance a little over 1 where a segment has no heterozygous copies (hmftools#17); read as 1."""
_MISSING = frozenset({"", "na", "nan", "n/a", "null", "none", "."})
_OTHER_CONTIG = re.compile(
    r"(GL|KI|JH|KN|KQ|KV|KZ|ML|MU|NT_|NW_|NC_|HLA|chrUn|Un_|hs3\dd\d|hs38|phiX|EBV|chrEBV)|_(random|alt|decoy|fix|hap\d+)",
    re.IGNORECASE,
)
_DECIMAL_COMMA = re.compile(r"-?(?:0,[0-9]+|[0-9]+,(?![0-9]{3}$)[0-9]+)")
"""A decimal comma for sure: 1,234 may be either."""
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+")

FAULTY_ROWS = 0.1
"""Fraction of a table's rows up to which an odd row costs only itself; with more the file is refused."""


class Cells:
    """Reads one table's cells; every fault goes to `problems`, and the value is None.

    `tolerant`: a fault in a row costs that row only, unless more than FAULTY_ROWS of them have one (see `settle`).
    `clamped` and `mended` count, by kind, values that the program is known to write and that were put right.
    """

    def __init__(self, table: DelimitedFile, problems: Problems, *, tolerant: bool = False) -> None:
        self.table = table
        self.problems = problems
        self.tolerant = tolerant
        self.skipped_contigs: set[str] = set()
        self.clamped: Counter[str] = Counter()
        self.mended: Counter[str] = Counter()
        self.row_problems: list[Problem] = []
        self._mended_rows: set[int] = set()
        self._settled = False

    def fault(self, row: Row | None, column: str | None, what: str, allowed: str | None = None) -> None:
        """Note a fault at a cell, or at the header where `row` is None."""
        line = self.table.header_line if row is None else row.line
        problem = Problem(self.table.path, what, line=line, column=column, allowed=allowed)
        if row is None or not self.tolerant:
            self.problems.add(problem)
        else:
            self.row_problems.append(problem)

    def mend(self, row: Row, column: str, kind: str, what: str, allowed: str | None = None) -> None:
        """Note a value that was put right; in too many rows it is the file's fault, as `fault`."""
        if not self.tolerant:
            self.fault(row, column, what, allowed)
            return
        self.mended[kind] += 1
        self._mended_rows.add(row.line)
        self.row_problems.append(
            Problem(self.table.path, what, line=row.line, column=column, allowed=allowed)
        )

    @property
    def left_out(self) -> tuple[Problem, ...]:
        """The faults of rows that cost only themselves, those that were mended aside."""
        return tuple(problem for problem in self.row_problems if problem.line not in self._mended_rows)

    def settle(self) -> None:
        """Make the rows' faults those of the file where more than FAULTY_ROWS of its rows have one."""
        faulty = {problem.line for problem in self.row_problems}
        if not self._settled and len(faulty) > FAULTY_ROWS * len(self.table.rows):
            for problem in self.row_problems:
                self.problems.add(problem)
        self._settled = True

    def is_missing(self, row: Row, column: str) -> bool:
        """Whether a cell is empty, NA, NaN or the like, or its column absent."""
        return row.cells.get(column, "").lower() in _MISSING

    def optional_number(
        self, row: Row, column: str, *, minimum: float = -math.inf, maximum: float = math.inf
    ) -> float | None:
        """A number, or None where missing; a fault where it is not one, infinite or out of [minimum, maximum]."""
        if self.is_missing(row, column):
            return None
        text = row.cells[column]
        plain = text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text
        try:
            value = float(plain if plain.isascii() else "")  # float reads the digits of every script
        except ValueError:
            allowed = "write decimals with a point, and no marks between thousands" if "," in text else None
            self.fault(row, column, f"'{text}' is not a number", allowed)
            return None
        if not math.isfinite(value):
            self.fault(row, column, f"'{text}' is not finite")
            return None
        if not minimum <= value <= maximum:
            self.fault(row, column, f"{text} is out of range", f"allowed: {_range(minimum, maximum)}")
            return None
        return value

    def number(
        self, row: Row, column: str, *, minimum: float = -math.inf, maximum: float = math.inf
    ) -> float | None:
        """As `optional_number`, but a missing value is a fault too."""
        if self.is_missing(row, column):
            self.fault(row, column, f"'{row.cells.get(column, '')}' in place of a number")
            return None
        return self.optional_number(row, column, minimum=minimum, maximum=maximum)

    def position(self, row: Row, column: str) -> int | None:
        """A whole number >= 0, scientific notation allowed (1.2e+07, as R writes)."""
        text = row.cells.get(column, "")
        if _THOUSANDS.fullmatch(text):
            return int(text.replace(",", ""))
        value = self.number(row, column, minimum=0)
        if value is None:
            return None
        if value != int(value):
            if value * 2 != int(value * 2):
                self.fault(row, column, f"'{row.cells[column]}' is not a whole position")
                return None
            self.clamped["positions halfway between two bases rounded down"] += 1
        return int(value)

    def copies(self, row: Row, column: str) -> float | None:
        """Copies, None where missing; a little below 0 is read as 0 and counted."""
        value = self.optional_number(row, column, minimum=MIN_COPIES)
        if value is not None and value < 0:
            self.clamped["negative copy numbers set to 0"] += 1
            return 0.0
        return value

    def baf(self, row: Row, column: str) -> float | None:
        """Allele balance mirrored to 0.5-1, None where missing; a little over 1 is read as 1 and counted."""
        value = self.optional_number(row, column, minimum=0, maximum=MAX_BAF)
        if value is None:
            return None
        if value > 1:
            self.clamped["allele balances over 1 set to 1"] += 1
        return max(min(value, 1.0), 1 - value)

    def count(self, row: Row, column: str) -> int | None:
        """A number of windows or SNPs, None where missing."""
        value = self.optional_number(row, column, minimum=0)
        return None if value is None else round(value)

    def chromosome(self, row: Row, column: str) -> str | None:
        """A nuclear chromosome's bare name; None for MT and for contigs that are no chromosome (counted)."""
        text = row.cells.get(column, "")
        bare = bare_contig(text.removesuffix(".0"))  # as pandas writes a column of numbers with gaps
        if bare in CHROMOSOMES:
            return bare
        if bare == "MT" or _OTHER_CONTIG.search(text):
            self.skipped_contigs.add(text)
        else:
            self.fault(
                row, column, f"'{text}' is not a chromosome", "allowed: 1-22, X, Y, with or without chr"
            )
        return None

    def interval(
        self, row: Row, chromosome: str, start: str, end: str, *, one_based: bool
    ) -> tuple[str, int, int] | None:
        """Chromosome and 0-based half-open bounds; None where they cannot be read or lie on no chromosome."""
        name = self.chromosome(row, chromosome)
        first, last = self.position(row, start), self.position(row, end)
        if name is None or first is None or last is None:
            return None
        if one_based:
            first = max(first - 1, 0)
        return name, first, last

    def purity(self, row: Row, column: str) -> float | None:
        """A purity: over 0 and at most 1; None where missing."""
        value = self.optional_number(row, column)
        if value is not None and not 0 < value <= 1:
            self.fault(row, column, f"{row.cells[column]} is not a purity", "allowed: over 0 and at most 1")
            return None
        return value

    def ploidy(self, row: Row, column: str) -> float | None:
        """A ploidy: 0.5 to 20 copies; None where missing."""
        value = self.optional_number(row, column)
        if value is not None and not MIN_PLOIDY <= value <= MAX_PLOIDY:
            allowed = f"allowed: {_range(MIN_PLOIDY, MAX_PLOIDY)}"
            self.fault(row, column, f"{row.cells[column]} is not a ploidy", allowed)
            return None
        return value


def _range(minimum: float, maximum: float) -> str:
    if maximum == math.inf:
        return f"{minimum:g} or more"
    return f"{maximum:g} or less" if minimum == -math.inf else f"{minimum:g} to {maximum:g}"
