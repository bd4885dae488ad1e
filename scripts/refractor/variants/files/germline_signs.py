"""Signs that a variant, or a whole file, is inherited rather than somatic."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from refractor.variants.files.callers import Flavour
from refractor.variants.files.count_fields import (
    Allele,
    NotAProportionError,
    counts_of,
    format_getter,
    info_getter,
    proportion,
)
from refractor.variants.files.reader_settings import ReaderSettings
from refractor.variants.files.vcf_columns import Columns

_ONE_BASED_FREQUENCIES = ("GND_FREQ", "gnomAD_AF", "gnomADe_AF", "gnomADg_AF", "gnomad_AF", "GNOMAD_AF")
_STATUS_GERMLINE = frozenset({"1", "3"})
"""SS of VarScan2, MuSE and SomaticSniper: 1 germline, 3 loss of heterozygosity of an inherited allele."""


def says_germline(record: Any, columns: Columns) -> bool:
    """Whether the caller's status of the record says that the allele is inherited.

    Octopus writes both and flags the somatic ones (SOMATIC).
    """
    info = info_getter(record)
    if columns.flavour is Flavour.OCTOPUS and "SOMATIC" in columns.header.info:
        return record.INFO.get("SOMATIC") is None
    statuses = _somatic_statuses(record, columns.tumor_index)
    words = {str(value).lower() for tag in ("STATUS", "GermlineStatus") for value in info(tag)}
    return bool(statuses & _STATUS_GERMLINE) or any(
        word.startswith(("germline", "loh", "likelyloh", "stronglo")) for word in words
    )


def is_common(record: Any, index: int, settings: ReaderSettings) -> bool:
    """Whether a population frequency that the record states says that the allele is inherited."""
    return _population_frequency(record, index) >= settings.germline_population_frequency


def says_reference(record: Any, column: int | None) -> bool:
    """Whether a somatic status (SS of VarScan2 and SomaticSniper) says that tumour and normal are like the reference."""
    return _somatic_statuses(record, column) == {"0"}


def _somatic_statuses(record: Any, column: int | None) -> set[str]:
    statuses = {_code(value) for value in info_getter(record)("SS")}
    if column is not None and "SS" in record.FORMAT:
        statuses |= {_code(value) for value in format_getter(record, column)("SS")}
    return statuses - {""}


def _code(value: str | float | None) -> str:
    return "" if value is None else str(value).removesuffix(".0")


def _population_frequency(record: Any, index: int) -> float:
    """The highest population frequency that the record states for the allele; 0 where it states none."""
    info = info_getter(record)
    found = [0.0]
    for tag in _ONE_BASED_FREQUENCIES:
        values = info(tag)
        if index <= len(values):
            try:
                found.append(proportion(values[index - 1]) or 0.0)
            except NotAProportionError:
                continue
    values = info("POPAF")  # Mutect2: minus log10
    if index <= len(values):
        with suppress(ValueError):
            found.append(10.0 ** -abs(float(values[index - 1] or "inf")))
    return max(found)


ENOUGH_RECORDS = 50
MAX_TALLIED = 3000
GERMLINE_SHAPE = 0.8
KNOWN_SITES = 0.5


@dataclass(slots=True)
class GermlineTally:
    """Counts over a file without a normal: fractions near one half or one, and dbSNP identifiers."""

    with_fraction: int = 0
    diploid: int = 0
    records: int = 0
    known: int = 0

    def add(self, record: Any, columns: Columns) -> None:
        """Count one record; only SNVs with one alternate allele, at most MAX_TALLIED."""
        if (
            self.records >= MAX_TALLIED
            or len(record.ALT) != 1
            or len(record.REF) != 1
            or len(record.ALT[0]) != 1
        ):
            return
        self.records += 1
        self.known += str(record.ID or "").startswith("rs")
        if columns.tumor_index is None:
            return
        allele = Allele(record.REF.upper(), record.ALT[0].upper(), 1, 2)
        try:
            counts = counts_of(allele, format_getter(record, columns.tumor_index))
        except NotAProportionError:
            return
        if counts.vaf is not None:
            self.with_fraction += 1
            self.diploid += 0.35 <= counts.vaf <= 0.65 or counts.vaf >= 0.9

    def suspicion(self) -> str | None:
        """A sentence where most fractions or most sites look inherited; None otherwise."""
        shape = self.with_fraction >= ENOUGH_RECORDS and self.diploid / self.with_fraction >= GERMLINE_SHAPE
        known = self.records >= ENOUGH_RECORDS and self.known / self.records >= KNOWN_SITES
        if not shape and not known:
            return None
        why = []
        if shape:
            why.append(f"{self.diploid} of {self.with_fraction} allele fractions lie near 0.5 or 1")
        if known:
            why.append(f"{self.known} of {self.records} sites have a dbSNP identifier")
        return "looks like a germline VCF, or one without a germline filter: " + ", ".join(why)
