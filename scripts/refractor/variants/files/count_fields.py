"""Reads behind one allele of one VCF record, whichever fields the caller counts them in.

A file may hold records of several callers, so each record is read by the fields it has, not by the file's
flavour. Sources: the field descriptions in the headers of the programs; for Strelka2 the allele fractions of
its user guide (tier 1 counts, indels TIR against TAR).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

BASES = "ACGT"
_MISSING_INTEGERS = frozenset({-2147483648, -2147483647})  # BCF: missing, end of vector


class NotAProportionError(ValueError):
    """A variant allele fraction outside 0-1, such as a percentage without its sign."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Reads of one allele in one sample: `depth` covers all reads, `vaf` is 0-1; None is not known."""

    depth: int | None = None
    ref_reads: int | None = None
    alt_reads: int | None = None
    vaf: float | None = None


NO_COUNTS = Counts()


@dataclass(frozen=True, slots=True)
class Allele:
    """Which allele of a record: `index` counts from 1 as in GT, `n_alleles` includes the reference."""

    ref: str
    alt: str
    index: int
    n_alleles: int


Getter = Callable[[str], list[str | float | None]]
"""The values of one field by its tag, empty where the record lacks it."""


def format_getter(record: Any, column: int) -> Getter:
    """FORMAT values of one sample column of a cyvcf2 record."""
    present = frozenset(record.FORMAT)

    def values(tag: str) -> list[str | float | None]:
        if tag not in present or tag == "GT":
            return []
        array = format_array(record, tag)
        if array is None:
            return []
        cell = array[column]
        return _split(cell) if isinstance(cell, str) else [_number(value) for value in cell]

    return values


def format_array(record: Any, tag: str) -> Any:
    """A FORMAT field of all samples; None where the record lacks it."""
    try:
        return record.format(tag)
    except KeyError:
        return None
    except Exception as error:
        if type(error) is not Exception:
            raise
    # Plain Exception: the header gives a type that VCF does not have, and htslib keeps the field as text.
    return record.format(tag, str)


def info_getter(record: Any) -> Getter:
    """INFO values of a cyvcf2 record."""

    def values(tag: str) -> list[str | float | None]:
        value = record.INFO.get(tag)
        if value is None or isinstance(value, bool):
            return []
        if isinstance(value, str):
            return _split(value)
        return [_number(item) for item in (value if isinstance(value, tuple) else (value,))]

    return values


_DECIMAL_COMMA = re.compile(r"^([0-9]{1,3}),([0-9]+%)$")
"""A percentage as VarScan writes it where the machine's language has a decimal comma."""


def _split(cell: str) -> list[str | float | None]:
    # Mergers escape the comma of text fields as %2C (VCF 4.3, section 1.2).
    parts = _DECIMAL_COMMA.sub(r"\1.\2", unquote(cell)).split(",")
    return [None if part in {"", "."} else part for part in parts]


def _number(value: Any) -> float | str | None:
    if value is None or isinstance(value, str):
        return value
    number = float(value)
    return None if math.isnan(number) or number in _MISSING_INTEGERS else number


def counts_of(allele: Allele, fields: Getter) -> Counts:
    """The allele's reads in one sample by the first set of fields that the record has; else no counts."""
    for reader in _READERS:
        counts = reader(allele, fields)
        if counts is not None:
            return counts
    fraction = _listed_fraction(allele, fields, ("AF", "VAF", "FREQ", "FA", "VF"))
    return _of_fraction(_integer(fields("DP")), fraction)


def tumor_counts_in_info(allele: Allele, fields: Getter, *, whole_file_is_tumor: bool) -> Counts:
    """The tumour's reads where the caller writes them into INFO.

    TDP and TVAF (pcgr), TUMOR_DP and TUMOR_AF (umccrise) always mean the tumour. DP4, AD, DP and AF mean it only where the file holds nothing
    else: with `whole_file_is_tumor`, and AF only without AC and AN, which make it a share of genotypes.
    """
    for depth_tag, vaf_tag in (("TDP", "TVAF"), ("TUMOR_DP", "TUMOR_AF")):
        if (vaf := _listed_fraction(allele, fields, (vaf_tag,))) is not None:
            return _of_fraction(_integer(fields(depth_tag)), vaf)
    if not whole_file_is_tumor:
        return NO_COUNTS
    for reader in (_by_allele_depths, _by_four_strand_counts):
        counts = reader(allele, fields)
        if counts is not None:
            return counts
    share_of_genotypes = bool(fields("AC")) and bool(fields("AN"))
    fraction = None if share_of_genotypes else _listed_fraction(allele, fields, ("AF", "VAF"))
    return _of_fraction(_integer(fields("DP")), fraction)


def normal_counts_in_info(allele: Allele, fields: Getter) -> Counts:
    """The normal's reads where the caller writes them into INFO (pcgr: CDP and CVAF, older NDP and NVAF; umccrise)."""
    for depth_tag, vaf_tag in (("CDP", "CVAF"), ("NDP", "NVAF"), ("NORMAL_DP", "NORMAL_AF")):
        fraction = _listed_fraction(allele, fields, (vaf_tag,))
        if fraction is not None:
            return _of_fraction(_integer(fields(depth_tag)), fraction)
    return NO_COUNTS


def normal_counts_beside(allele: Allele, fields: Getter) -> Counts:
    """The normal's reads in the tumour's own column (ClairS: NAD, NDP, NAF)."""
    renamed = {"AD": "NAD", "DP": "NDP", "AF": "NAF"}

    def of_normal(tag: str) -> list[str | float | None]:
        return fields(renamed[tag]) if tag in renamed else []

    return counts_of(allele, of_normal)


def merged_column_counts(allele: Allele, fields: Getter, *, of_normal: bool) -> Counts | None:
    """Reads of a column that holds both: DPT and ADT of the tumour, DPC and ADC of its control."""
    depth_tag, depths_tag = ("DPC", "ADC") if of_normal else ("DPT", "ADT")
    reads = [_as_integer(value) for value in fields(depths_tag)]
    depth = _integer(fields(depth_tag))
    if len(reads) == allele.n_alleles and reads[allele.index] is not None:
        return _of_reads(allele, reads, depth)
    return Counts(depth=depth) if depth is not None else None


def _of_reads(allele: Allele, reads: Sequence[int | None], depth: int | None) -> Counts:
    """Counts from the reads of every allele in the order of the record."""
    alt, ref = reads[allele.index], reads[0]
    listed = sum(value for value in reads if value is not None)
    vaf = None if alt is None or ref is None or listed == 0 else alt / listed
    whole = listed if depth is None else max(depth, listed)
    return Counts(depth=whole, ref_reads=ref, alt_reads=alt, vaf=vaf)


def _of_fraction(depth: int | None, vaf: float | None) -> Counts:
    """Counts where the caller gives a depth and a fraction: the reads follow from the two."""
    alt = round(depth * vaf) if depth is not None and vaf is not None else None
    return Counts(depth=depth, alt_reads=alt, vaf=vaf)


def _as_integer(value: str | float | None) -> int | None:
    """A read count; None for a missing or a nonsensical one (text, negative)."""
    try:
        number = None if value is None else int(float(value))
    except (ValueError, OverflowError):
        return None
    return number if number is not None and number >= 0 else None


def _integer(values: list[str | float | None]) -> int | None:
    return _as_integer(values[0]) if values else None


def _listed_fraction(allele: Allele, fields: Getter, tags: Sequence[str]) -> float | None:
    """The allele's fraction by the first tag that has one; one value an ALT allele, or one for the record."""
    for tag in tags:
        values = fields(tag)
        place = allele.index - 1
        if len(values) == allele.n_alleles and len(values) > 1:
            place = allele.index  # Number=R
        if len(values) == 1 and allele.n_alleles > 2:
            continue
        if place < len(values) and (fraction := proportion(values[place])) is not None:
            return fraction
    return None


def proportion(value: str | float | None) -> float | None:
    """A fraction 0-1; text with a percent sign is divided by 100; a number above 1 is a NotAProportionError."""
    if value is None:
        return None
    if isinstance(value, str) and value.endswith("%"):
        percent = _float(value[:-1])
        number = None if percent is None else percent / 100
    else:
        number = _float(value)
    if number is None:
        return None
    if not 0 <= number <= 1:
        raise NotAProportionError(f"{number:g} is no proportion 0-1")
    return number


def _float(value: str | float) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _by_strelka_snv_tiers(allele: Allele, fields: Getter) -> Counts | None:
    """Strelka2 SNVs: tier-1 counts of each base; fraction = alt / (alt + ref)."""
    if len(allele.ref) != 1 or len(allele.alt) != 1 or allele.alt not in BASES or allele.ref not in BASES:
        return None
    tiers = {base: fields(f"{base}U") for base in BASES}
    if not all(tiers.values()):
        return None
    ref, alt = _integer(tiers[allele.ref]), _integer(tiers[allele.alt])
    return _of_pair(ref, alt, _integer(fields("DP")))


def _by_strelka_indel_tiers(allele: Allele, fields: Getter) -> Counts | None:
    """Strelka2 indels: tier-1 reads for the indel (TIR) and for the reference or another allele (TAR)."""
    against, supporting = fields("TAR"), fields("TIR")
    if not against or not supporting or allele.n_alleles != 2:
        return None
    return _of_pair(_integer(against), _integer(supporting), _integer(fields("DP")))


def _of_pair(ref: int | None, alt: int | None, depth: int | None) -> Counts | None:
    if ref is None or alt is None:
        return None
    vaf = alt / (ref + alt) if ref + alt else None
    whole = ref + alt if depth is None else max(depth, ref + alt)
    return Counts(depth=whole, ref_reads=ref, alt_reads=alt, vaf=vaf)


def _by_caveman_strands(allele: Allele, fields: Getter) -> Counts | None:
    """CaVEMan: reads of each base on each strand, FAZ FCZ FGZ FTZ and RAZ RCZ RGZ RTZ; old versions AA CA GA TA."""
    if len(allele.ref) != 1 or len(allele.alt) != 1:
        return None
    for tags in (("F{}Z", "R{}Z"), ("{}A",)):
        reads = [[_integer(fields(tag.format(base))) for tag in tags] for base in BASES]
        if not any(None in strands for strands in reads):
            of_base = {base: sum(filter(None, strands)) for base, strands in zip(BASES, reads, strict=True)}
            depth = sum(of_base.values())
            return _of_pair(of_base.get(allele.ref, 0), of_base.get(allele.alt, 0), depth)
    return None


def _by_base_counts(allele: Allele, fields: Getter) -> Counts | None:
    """SomaticSniper: BCOUNT lists the reads of A, C, G and T."""
    reads = [_as_integer(value) for value in fields("BCOUNT")]
    if len(reads) != 4 or allele.ref not in BASES or allele.alt not in BASES or len(allele.alt) != 1:
        return None
    return _of_pair(reads[BASES.index(allele.ref)], reads[BASES.index(allele.alt)], _integer(fields("DP")))


def _by_allele_depths(allele: Allele, fields: Getter) -> Counts | None:
    """AD with one value an allele, the reference first (GATK, DRAGEN, SAGE, MuSE, VarDict, TNscope ...)."""
    reads = [_as_integer(value) for value in fields("AD")]
    if len(reads) != allele.n_alleles or reads[allele.index] is None:
        return None
    return _of_reads(allele, reads, _integer(fields("DP")))


def _by_reference_and_alternate(allele: Allele, fields: Getter) -> Counts | None:
    """Reference and alternate reads in two fields: VarScan2 RD and AD, FreeBayes RO and AO, Ion FRO and FAO."""
    for ref_tag, alt_tag in (("FRO", "FAO"), ("RO", "AO"), ("RD", "AD")):
        ref, alts = _integer(fields(ref_tag)), [_as_integer(value) for value in fields(alt_tag)]
        if ref is not None and len(alts) == allele.n_alleles - 1 and alts[allele.index - 1] is not None:
            depth = None if ref_tag == "FRO" else _integer(fields("DP"))
            return _of_reads(allele, [ref, *alts], depth)
    return None


def _by_pindel_unique_reads(allele: Allele, fields: Getter) -> Counts | None:
    """Pindel as run by the Sanger pipeline: unique calls PU, NU of all reads PR, NR on either strand."""
    values = [_integer(fields(tag)) for tag in ("PU", "NU", "PR", "NR")]
    if None in values or allele.n_alleles != 2:
        return None
    plus, minus, plus_depth, minus_depth = (value or 0 for value in values)
    depth = plus_depth + minus_depth
    return _of_pair(max(0, depth - plus - minus), plus + minus, depth)


def _by_depth_and_variant_reads(allele: Allele, fields: Getter) -> Counts | None:
    """Platypus: reads covering (NR) and showing the variant (NV), one value an ALT allele."""
    covering, showing = fields("NR"), fields("NV")
    place = allele.index - 1
    if place >= len(covering) or place >= len(showing):
        return None
    depth, alt = _as_integer(covering[place]), _as_integer(showing[place])
    if depth is None or alt is None:
        return None
    return Counts(depth=max(depth, alt), alt_reads=alt, vaf=alt / depth if depth else None)


def _by_four_strand_counts(allele: Allele, fields: Getter) -> Counts | None:
    """DP4: reference forward and reverse, alternate forward and reverse (LoFreq, samtools, VarScan2)."""
    reads = [_as_integer(value) for value in fields("DP4")]
    if len(reads) != 4 or None in reads or allele.n_alleles != 2:
        return None
    four = [value or 0 for value in reads]
    return _of_pair(four[0] + four[1], four[2] + four[3], _integer(fields("DP")))


_READERS: tuple[Callable[[Allele, Getter], Counts | None], ...] = (
    _by_strelka_snv_tiers,
    _by_strelka_indel_tiers,
    _by_caveman_strands,
    _by_base_counts,
    _by_allele_depths,
    _by_reference_and_alternate,
    _by_pindel_unique_reads,
    _by_depth_and_variant_reads,
    _by_four_strand_counts,
)
