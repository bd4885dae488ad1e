"""Reads of the somatic substitutions of a whole VCF: what their VAFs say of purity is weighed with the copies."""

from __future__ import annotations

from typing import Any

import numpy as np

from refractor.genome.builds import GenomeBuild, bare_contig
from refractor.variants.files.callers import germline_program
from refractor.variants.files.count_fields import (
    Allele,
    Counts,
    NotAProportionError,
    counts_of,
    format_getter,
)
from refractor.variants.files.germline_signs import GermlineTally
from refractor.variants.files.vcf_columns import Columns
from refractor.variants.files.vcf_content import why_unfiltered_file
from refractor.variants.files.vcf_file import VcfFile
from refractor.variants.files.vcf_reader import refuse_other_build
from refractor.variants.files.whole_file import fault
from refractor.variants.somatic_alleles import SomaticAlleles

_AUTOSOMES = frozenset(str(number) for number in range(1, 23))


def read_somatic_counts(
    file: VcfFile, *, sample: str, named_sample: str | None, build: GenomeBuild
) -> SomaticAlleles:
    """Every substitution of one base on the autosomes that passed its caller's filters and has counts in the tumour.

    Raises:
        VariantFileError: another build, no column of the tumour, germline or unfiltered calls, malformed lines.
    """
    refuse_other_build(file.header, build)
    if file.build not in (None, build):
        raise fault(file.path, f"is on {file.build}, where the reads are on {build}")
    if (program := germline_program(file.header)) is not None:
        raise fault(file.path, f"is a germline VCF: its header names {program} and nothing somatic")
    columns = file.columns(sample=sample, named_sample=named_sample)
    tally = GermlineTally()
    rows: list[tuple[str, int, int, int]] = []
    bases: list[tuple[str, str]] = []
    seen = unfiltered = 0
    for _, record in file.records():
        chromosome = bare_contig(record.CHROM)
        if chromosome not in _AUTOSOMES or not _is_substitution(record):
            continue
        seen += 1
        unfiltered += not record.FILTERS
        if record.FILTERS and "PASS" not in record.FILTERS:
            continue
        if columns.chosen.normal is None:
            tally.add(record, columns)
        counts = _counts(record, columns)
        if counts is not None:
            rows.append((chromosome, record.start, *counts))
            bases.append((record.REF.upper(), record.ALT[0].upper()))
    doubt = why_unfiltered_file(
        columns.header, columns.flavour, all_unfiltered=bool(seen) and unfiltered == seen
    )
    if doubt := doubt or tally.suspicion() or "":
        raise fault(file.path, doubt)
    chromosomes, *numbers = zip(*rows, strict=True) if rows else ((), (), (), ())
    position, alt, depth = (np.array(part, dtype=np.int64) for part in numbers)
    return SomaticAlleles(
        np.array(chromosomes, dtype=np.str_),
        position,
        alt,
        depth,
        matched=columns.chosen.normal is not None,
        bases=np.array(bases, dtype=np.str_).reshape(-1, 2),
    )


def _is_substitution(record: Any) -> bool:
    """Whether the record is one base for another."""
    return (
        len(record.REF) == 1
        and len(record.ALT) == 1
        and len(record.ALT[0]) == 1
        and not (record.REF + record.ALT[0]).upper().strip("ACGT")
    )


def _counts(record: Any, columns: Columns) -> tuple[int, int] | None:
    """Alternative reads and depth in the tumour; None where the record does not count them."""
    if columns.tumor_index is None:
        return None
    allele = Allele(record.REF.upper(), record.ALT[0].upper(), 1, 2)
    try:
        found: Counts = counts_of(allele, format_getter(record, columns.tumor_index))
    except NotAProportionError:
        return None
    if found.depth is None or found.alt_reads is None or not 0 < found.alt_reads <= found.depth:
        return None
    return found.alt_reads, found.depth
