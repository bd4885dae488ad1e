"""On which haplotype of which phase set a record's allele lies, by whichever fields its program says it.

PS with the sides of GT, and GT alone (VCF 4.3: without PS all phased genotypes of a contig are one set); PSL (VCF 4.4),
which names a haplotype for each side; PID with PGT (GATK); HP with a haplotype for each allele of GT (GATK
ReadBackedPhasing, WhatsHap); LPS (SAGE), a set of reads.
"""

from __future__ import annotations

import re
from typing import Any

from refractor.variants.files.count_fields import Getter, format_getter, info_getter
from refractor.variants.files.vcf_columns import Columns
from refractor.variants.observation import PhaseKey

WHOLE_CONTIG = "GT without PS"
"""The set of phased genotypes that name none."""
HOMOZYGOUS = PhaseKey("every haplotype of the genotype")
"""What alleles on all haplotypes have in common, whether a program phased them or not."""
_HAPLOTYPE_OF_SET = re.compile(r"(.+)-(\d+)")


def phase_keys(record: Any, columns: Columns, index: int) -> frozenset[PhaseKey]:
    """The haplotypes that the tumour's ALT allele `index` is on: one key a side of its genotype, so that 1|1 has two."""
    keys = {PhaseKey(f"LPS {_whole(value)}") for value in info_getter(record)("LPS") if value is not None}
    if columns.tumor_index is None:
        return frozenset(keys)
    fields = format_getter(record, columns.tumor_index)
    alleles, phased = _genotype(record, columns.tumor_index)
    sides = [str(side) for side, allele in enumerate(alleles) if allele == index]
    keys |= _by_pid(record, fields, index, sides if phased else [])
    keys |= _by_haplotypes_of_alleles(fields, alleles, index)
    if len(alleles) > 1 and phased:
        keys |= _by_phase_set(fields, sides, alone=not keys)
    elif len(alleles) == 1 or "GT" not in record.FORMAT:  # one haplotype only; PS says nothing of 0/1
        keys |= {PhaseKey(f"PS {_whole(value)}") for value in fields("PS") if value is not None}
    if alleles and all(allele == index for allele in alleles):
        keys.add(HOMOZYGOUS)
    return frozenset(keys)


def _by_pid(record: Any, fields: Getter, index: int, sides: list[str]) -> set[PhaseKey]:
    """GATK's set and the sides of PGT on which its alternate allele stands, of GT where PGT is missing."""
    phasing = [str(value) for value in fields("PGT")[:1] if value is not None]
    if phasing:
        of_record = {"1"} if len(record.ALT) == 1 else set()
        sides = [
            str(side) for side, one in enumerate(phasing[0].split("|")) if one in of_record | {str(index)}
        ]
        if not sides:
            return set()
    return {
        PhaseKey(f"PID {_whole(value)}", side)
        for value in fields("PID")
        if value is not None
        for side in sides or (None,)
    }


def _by_haplotypes_of_alleles(fields: Getter, alleles: list[int], index: int) -> set[PhaseKey]:
    """The haplotypes that HP and PSL give to the places of the genotype where the allele stands."""
    keys = set()
    for tag in ("HP", "PSL"):
        values = fields(tag)
        if len(values) != len(alleles):
            continue
        for value, allele in zip(values, alleles, strict=True):
            if allele != index or value is None:
                continue
            if tag == "PSL":
                keys.add(PhaseKey(f"PSL {_whole(value)}"))
            elif match := _HAPLOTYPE_OF_SET.fullmatch(str(value)):
                keys.add(PhaseKey(f"HP {match[1]}", match[2]))
    return keys


def _by_phase_set(fields: Getter, sides: list[str], *, alone: bool) -> set[PhaseKey]:
    """A phased genotype's set and sides; the set of the whole contig only where nothing else names one."""
    named = [f"PS {_whole(value)}" for value in fields("PS") if value is not None]
    return {PhaseKey(phase_set, side) for phase_set in named or [WHOLE_CONTIG] * alone for side in sides}


def _genotype(record: Any, column: int) -> tuple[list[int], bool]:
    """The allele of each side, -1 where it is not called, and whether all sides are phased.

    Read from the record's text: cyvcf2 keeps one phase for the whole genotype, wrong of haploid and of mixed ones.
    """
    if "GT" not in record.FORMAT:
        return [], False
    cell = str(record).rstrip("\r\n").split("\t")[9 + column].partition(":")[0]
    phased = "|" in cell and "/" not in cell.lstrip("/")
    sides = [part for part in re.split(r"[|/]", cell.lstrip("|/")) if part]
    return [int(part) if part.isdigit() else -1 for part in sides], phased


def _whole(value: str | float) -> str:
    return str(value).removesuffix(".0")
