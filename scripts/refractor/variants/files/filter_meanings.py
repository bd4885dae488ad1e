"""What a caller's filter says of a variant: against it, of its sample, or nothing that matters here."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from refractor.errors import Problem, VariantFileError
from refractor.files.resources import RESOURCES

SHIPPED_FILTERS = RESOURCES / "callers" / "filters.tsv"
ANY_CALLER = "*"
_COLUMNS = ("caller", "filter", "meaning", "from_vaf", "why")


class FilterMeaning(StrEnum):
    """What becomes of a variant with a filter; see resources/callers/README.md."""

    ARTEFACT = "artefact"
    WEAK = "weak"
    GERMLINE = "germline"
    REFERENCE = "reference"
    SUPERSEDED = "superseded"
    SAMPLE = "sample"
    INFORMATIVE = "informative"


@dataclass(frozen=True, slots=True)
class KnownFilter:
    """One row of filters.tsv; `from_vaf` (0-1) is the fraction from which an informative filter is no artefact."""

    meaning: FilterMeaning
    from_vaf: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Marks:
    """The filters of one variant by what they say; `notes` name those that do not speak against it."""

    against: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    meanings: frozenset[FilterMeaning] = frozenset()

    @property
    def germline(self) -> bool:
        """Whether the caller takes the variant for inherited."""
        return FilterMeaning.GERMLINE in self.meanings

    @property
    def superseded(self) -> bool:
        """Whether another record of the file reports it."""
        return FilterMeaning.SUPERSEDED in self.meanings

    @property
    def absent(self) -> bool:
        """Whether the caller says that there is no such variant."""
        return FilterMeaning.REFERENCE in self.meanings and not self.germline


def marks_of(names: Iterable[str], *, caller: str, vaf: float | None, own_table: Path | None = None) -> Marks:
    """What the filter names of a variant of `vaf` (0-1) say; a name that is not listed speaks against it.

    The rows of `own_table`, the user's, go before the shipped ones.
    """
    against: list[str] = []
    notes: list[str] = []
    meanings: set[FilterMeaning] = set()
    for name in names:
        known = known_filter(caller, name, own_table)
        if known is None:
            against.append(name)
            continue
        low = known.from_vaf is not None and vaf is not None and vaf < known.from_vaf
        if known.meaning in (FilterMeaning.SAMPLE, FilterMeaning.INFORMATIVE) and not low:
            notes.append(f"marked {name} by its caller: {known.why}")
        else:
            against.append(name)
            meanings.add(known.meaning)
    return Marks(tuple(against), tuple(notes), frozenset(meanings))


def known_filter(caller: str, name: str, own_table: Path | None = None) -> KnownFilter | None:
    """What is known of a filter name, the caller's own row first; None where it is not listed."""
    for path in (SHIPPED_FILTERS,) if own_table is None else (own_table, SHIPPED_FILTERS):
        table = filters_of(path)
        known = table.get((caller.lower(), name.lower())) or table.get((ANY_CALLER, name.lower()))
        if known is not None:
            return known
    return None


@lru_cache(maxsize=4)
def filters_of(path: Path) -> Mapping[tuple[str, str], KnownFilter]:
    """The rows of a table of filters by caller and name, both in lower case.

    Raises:
        VariantFileError: columns missing, a meaning that is none, a fraction beyond 0-1.
    """
    with _opened(path) as handle:
        reader = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise VariantFileError(Problem(path, f"lacks the columns {', '.join(missing)}", line=1))
        return {
            (row["caller"].lower(), row["filter"].lower()): _known(path, row, line)
            for line, row in enumerate(reader, start=2)
        }


def _opened(path: Path) -> TextIO:
    try:
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise VariantFileError(Problem(path, f"cannot be read: {error.strerror}")) from error


def _known(path: Path, row: Mapping[str, str], line: int) -> KnownFilter:
    try:
        meaning = FilterMeaning(row["meaning"])
        from_vaf = float(row["from_vaf"]) if row["from_vaf"] else None
    except ValueError as error:
        allowed = f"a meaning of {', '.join(FilterMeaning)}; a fraction 0-1 or nothing"
        raise VariantFileError(Problem(path, str(error), line=line, allowed=allowed)) from error
    if from_vaf is not None and not 0 <= from_vaf <= 1:
        raise VariantFileError(Problem(path, f"from_vaf is {from_vaf:g}", line=line, allowed="0 to 1"))
    return KnownFilter(meaning, from_vaf, row["why"])
