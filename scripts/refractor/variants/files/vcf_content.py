"""What kind of calls a VCF holds, whether its caller's filter was run over them, and whose column shows them."""

from __future__ import annotations

import re
from typing import Any

from refractor.variants.file_content import FileContent
from refractor.variants.files.callers import SOURCE_LINES, Flavour
from refractor.variants.files.reader_settings import ReaderSettings
from refractor.variants.files.vcf_columns import Columns
from refractor.variants.files.vcf_header import VcfHeader
from refractor.variants.files.vcf_record import reads_of_column
from refractor.variants.files.whole_file import fault

MOST_COUNTED = 5_000
"""Records that passed whose reads are looked at, to tell the tumour's column from others."""
_MUST_BE_FILTERED = frozenset({Flavour.MUTECT2, Flavour.TNSCOPE})
"""Programs that write every candidate, FILTER empty, for another program to filter."""
_STRUCTURAL_PROGRAM = re.compile(
    r"GenerateSVCandidates|manta|gridss|gripss|esvee|svaba|delly|lumpy|smoove|sniffles|severus|nanomonsv|svim|cutesv|"
    r"\bbrass\b|cnvkit|canvas|ascat|control-?freec|purple.*(?:sv|cnv)",
    re.I,
)


def count_record(content: FileContent, record: Any, columns: Columns, settings: ReaderSettings) -> None:
    """Count what a record of variants is, whether it passed, and in which columns it shows reads."""
    if all(alt[:1] == "<" or "[" in alt or "]" in alt for alt in record.ALT):
        content.structural += 1
        return
    content.add_small(record.REF, (alt for alt in record.ALT if not alt.startswith("<")))
    names = record.FILTERS
    passed = "PASS" in names
    content.passed += passed
    content.unfiltered += not names
    content.filtered += bool(names) and not passed
    tumor = columns.tumor_index
    if tumor is None or content.counted >= MOST_COUNTED or (names and not passed):
        return
    shown = reads_of_column(record, tumor, settings)
    if shown is None:
        return
    content.counted += 1
    content.with_reads += shown
    if not shown:
        for place, name in enumerate(columns.header.samples):
            if place != tumor and reads_of_column(record, place, settings):
                content.others_with_reads[name] += 1


def refuse_what_holds_no_calls(content: FileContent, columns: Columns, *, has_blocks: bool) -> None:
    """Raise a VariantFileError for a file of structural variants or copies only, and for another sample's column.

    `has_blocks` says that the file holds reference blocks, as a gVCF without a variant does.
    """
    path, tumor = columns.header.path, columns.chosen.tumor
    program = structural_program(columns.header)
    if not content.small and not has_blocks and (content.structural or program):
        named = f" ({program})" if program else ""
        raise fault(
            path,
            f"holds no small variant: it is a file of structural variants or copies{named}",
            allowed="give the calls of SNVs and indels; this file may belong into structural_variants",
        )
    if (other := content.wrong_column()) and tumor:
        raise fault(
            path,
            f"{content.without_tumor_reads()} ({tumor}), all have some in the column {other}",
            allowed="write the tumour's column into small_variants_sample of samples.tsv",
        )


def why_unfiltered(content: FileContent, header: VcfHeader, caller: Flavour) -> str:
    """Why the records are candidates, not calls; empty where the caller's own filter was run, or there is none."""
    every = bool(content.unfiltered) and content.unfiltered == content.small
    return why_unfiltered_file(header, caller, all_unfiltered=every)


def why_unfiltered_file(header: VcfHeader, caller: Flavour, *, all_unfiltered: bool) -> str:
    """The same, where it is known whether FILTER is empty in every record."""
    if any("unfiltered" in value.lower() for value in header.values("filtering_status")):
        return "the header says that the calls are unfiltered"
    if caller in _MUST_BE_FILTERED and all_unfiltered:
        return f"{caller} calls before their filter was run: FILTER is empty in every record"
    return ""


def structural_program(header: VcfHeader) -> str | None:
    """The caller of structural variants or copies that the header names; None where it names none."""
    for line in header.meta_lines:
        if SOURCE_LINES.match(line) and (match := _STRUCTURAL_PROGRAM.search(line)):
            return match[0]
    return None
