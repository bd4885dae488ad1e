"""One row of a MAF: its cells by the standard names, and what they say together."""

from __future__ import annotations

import re
from dataclasses import dataclass

from refractor.genome.builds import bare_contig
from refractor.genome.intervals import Interval
from refractor.variants.files.build_fit import Place

_NO_SMALL_VARIANT = re.compile(
    r"fusion|sv|structural[ _]?variant|translocation|rearrangement|cnv|copy[ _]?number\w*|amplification|deep[ _]?deletion",
    re.I,
)
"""Variant_Classification or Variant_Type of rows that are no small variants; their coordinates may be empty."""


@dataclass(frozen=True, slots=True)
class MafRow:
    """One line of a MAF, its cells by the standard names; None where the cell is empty or the column absent."""

    line: int
    cells: dict[str, str | None]

    def get(self, name: str) -> str | None:
        """The cell of a column."""
        return self.cells.get(name)

    def count(self, name: str) -> int | None:
        """A read count."""
        value = self.cells.get(name)
        return None if value is None else int(float(value))

    @property
    def is_small_variant(self) -> bool:
        """Whether the row is of a substitution or a short indel, by its classification, not a fusion or a copy number."""
        words = (self.get("Variant_Classification"), self.get("Variant_Type"))
        return not any(word and _NO_SMALL_VARIANT.fullmatch(word) for word in words)

    @property
    def is_ambiguous(self) -> bool:
        """Whether the row names a variant in letters that stand for several bases."""
        alleles = (self.get("Reference_Allele"), self.get("Tumor_Seq_Allele2"), self.get("Tumor_Seq_Allele1"))
        return any(allele and allele.upper().strip("ACGT-") for allele in alleles)

    @property
    def span(self) -> Interval | None:
        """The stretch that the row says it changes, 0-based; None where it names no place."""
        start, chromosome = self.get("Start_Position"), self.get("Chromosome")
        if start is None or chromosome is None:
            return None
        first = int(float(start)) - 1
        length = len((self.get("Reference_Allele") or "").replace("-", ""))
        return bare_contig(chromosome), first, first + max(length, 1)

    @property
    def place(self) -> Place | None:
        """The row's allele: 0-based position, reference and variant bases, one of them empty for an indel.

        None where the row names no variant allele. Which of Tumor_Seq_Allele1 and 2 it is, is told by each row: the
        one that differs from Reference_Allele (GDC writes it into Allele2, MOAlmanac into Allele1).
        """
        ref = (self.get("Reference_Allele") or "-").upper().replace("-", "")
        alts = [(self.get(name) or "").upper() for name in ("Tumor_Seq_Allele2", "Tumor_Seq_Allele1")]
        variants = [alt.replace("-", "") for alt in alts if alt and alt.replace("-", "") != ref]
        if not variants or self.is_ambiguous:
            return None
        start = int(float(self.get("Start_Position") or 0))
        # An insertion's Start_Position is the base before it; a deletion's the first base removed.
        position = start if not ref else start - 1
        return bare_contig(self.get("Chromosome") or ""), position, ref, variants[0]
