"""One row of a MAF: its cells by the standard names, and what they say together."""

from __future__ import annotations

import re
from dataclasses import dataclass

from refractor.genome.builds import bare_contig
from refractor.genome.hgvs_notation import parse_protein_change
from refractor.genome.intervals import Interval
from refractor.variants.files.build_fit import Place

_NO_SMALL_VARIANT = re.compile(
    r"(?:gene[ _])?fusion|sv|structural[ _]?variant|translocation|rearrangement|cnv|cna|copy[ _]?number.*|"
    r"amplification|amplified|gain|(?:deep|homozygous)?[ _]?deletion|deep[ _]?del|loss|\w+-\w+ fusion|\w+::\w+",
    re.I,
)
"""Variant_Classification, Variant_Type or alteration of rows that are no small variants; their places may be empty."""
_NOTHING_FOUND = re.compile(
    r"wild[ -]?type|wt|not[ _]detected|none[ _]detected|no (?:mutation|variant|alteration)s?(?: detected| found)?|negative",
    re.I,
)
"""What a report writes in the place of a change where a gene was looked at and nothing was found."""
_OTHER_TYPE = re.compile(r"deletion|gain|loss", re.I)
"""Words that in Variant_Type or Variant_Classification are also said of small deletions."""


EMPTY_CELLS = frozenset({"", ".", "NA", "N/A", "nan", "NaN", "null"})
"""What stands in a cell without a value."""
_SPLICE = re.compile(r"[A-Z*][0-9]+_splice")
"""cBioPortal's word for a variant of a splice site: the codon beside it."""
_DECIMAL_COMMA = re.compile(r"[0-9]{1,3},[0-9]+")
_SPELLED_OUT = re.compile(r"((?<=[0-9])(?:del|dup))[A-Z]+$")
"""An older spelling that names the residues which are lost: E746_A750delELREA."""


@dataclass(frozen=True, slots=True)
class MafRow:
    """One line of a MAF or of another table of mutations, its cells by the standard names; None where the cell is empty or the column absent."""

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
    def is_empty(self) -> bool:
        """Whether no cell that is read holds anything."""
        return not any(self.cells.values())

    def parted(self) -> list[MafRow]:
        """A row for each protein change that a row without alleles names: G12D, Q61H; else the row itself."""
        changes = changes_named(self.get("HGVSp_Short") or "")
        if len(changes) < 2 or self.names_alleles:
            return [self]
        return [MafRow(self.line, {**self.cells, "HGVSp_Short": change}) for change in changes]

    @property
    def is_small_variant(self) -> bool:
        """Whether the row is of a substitution or a short indel, by its classification, not a fusion or a copy number."""
        words = (self.get("Variant_Classification"), self.get("Variant_Type"))
        if any(
            word and _NO_SMALL_VARIANT.fullmatch(word) and not _OTHER_TYPE.fullmatch(word) for word in words
        ):
            return False
        change = self.get("HGVSp_Short")
        return not (change and _NO_SMALL_VARIANT.fullmatch(change))

    @property
    def gene(self) -> str | None:
        """The gene as the row spells it."""
        return self.get("Hugo_Symbol")

    @property
    def nothing_found(self) -> bool:
        """Whether the row says in words that its gene was looked at and shows no variant."""
        change = self.get("HGVSp_Short") or self.get("HGVSp")
        return change is not None and _NOTHING_FOUND.fullmatch(change) is not None

    @property
    def protein(self) -> str:
        """The protein change in one letter, by HGVSp_Short, else HGVSp; empty where neither names one that is read."""
        for name in ("HGVSp_Short", "HGVSp"):
            if found := change_named(self.get(name) or ""):
                return found
        return ""

    @property
    def names_alleles(self) -> bool:
        """Whether the row has a place and an allele there; else only its gene and protein change can tell what it is."""
        placed = self.get("Chromosome") is not None and self.get("Start_Position") is not None
        return placed and any(
            self.get(name) is not None for name in ("Tumor_Seq_Allele2", "Tumor_Seq_Allele1")
        )

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


def change_named(text: str) -> str:
    """The first protein change that a cell names, in one letter without `p.`: alone, or as a word of it; else empty."""
    return next(iter(changes_named(text)), "")


def changes_named(text: str) -> list[str]:
    """The protein changes that a cell names, each once."""
    whole = _change_of(text)
    found = [whole] if whole else [_change_of(word) for word in re.split(r"[\s,;:/|+&]+", text)]
    return list(dict.fromkeys(filter(None, found)))


def _change_of(word: str) -> str:
    """The protein change that one word names; empty where it names none."""
    bare = _SPELLED_OUT.sub(r"\1", word.strip())
    if bare.startswith("("):  # c.35G>A (p.Gly12Asp)
        bare = bare[1:].removesuffix(")")
    if _SPLICE.fullmatch(bare.removeprefix("p.")):
        return bare.removeprefix("p.")
    change = parse_protein_change(bare)
    return "" if change is None else change.text


def fraction_number(text: str) -> float | None:
    """The number of an allele fraction as it stands, 0 to 100, its percent sign and a decimal comma aside; else None."""
    bare = text.removesuffix("%").strip()
    try:
        number = float(bare.replace(",", ".") if _DECIMAL_COMMA.fullmatch(bare) else bare)
    except ValueError:
        return None
    return number if 0 <= number <= 100 else None
