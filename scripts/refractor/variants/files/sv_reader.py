"""Somatic VCF of structural variants -> junctions. Manta, GRIDSS, ESVEE (PURPLE, LINX), delly, SvABA and alike.

Read are breakend notation with or without a mate, and DEL, DUP, INV, INS with END, CT and CHR2. The two
records of a breakend pair are one junction.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from pathlib import Path
from typing import Any

from refractor.errors import VariantFileError
from refractor.files.bounded import MAX_TABLE_LINES, too_many_lines
from refractor.genome.builds import GenomeBuild, bare_contig
from refractor.variants.files.linx import check_run, linx_breakends
from refractor.variants.files.structural_variants import Breakpoint, GeneBreakend, StructuralVariant
from refractor.variants.files.sv_support import (
    Support,
    in_normal,
    is_copy_segment,
    is_germline_call,
    is_unscored,
    program_of_rna,
    support_in_info,
    support_of,
)
from refractor.variants.files.vcf_file import VcfFile, open_vcf
from refractor.variants.files.whole_file import fault
from refractor.vocabulary import Side

log = logging.getLogger(__name__)

_BREAKEND = re.compile(
    r"(?P<lead>[A-Za-z.]*)(?P<bracket>[\[\]])(?P<contig>.+):(?P<position>\d+)(?P=bracket)(?P<trail>[A-Za-z.]*)"
)
_SINGLE = re.compile(r"(?P<dot>\.)?[A-Za-z]+(?P<dot_after>\.)?")
_DELLY_SIDES = {
    "3to5": (Side.BEFORE, Side.AFTER),
    "5to3": (Side.AFTER, Side.BEFORE),
    "3to3": (Side.BEFORE, Side.BEFORE),
    "5to5": (Side.AFTER, Side.AFTER),
}


def read_structural_variants(
    path: Path, *, sample: str, build: GenomeBuild, named_sample: str | None = None
) -> tuple[StructuralVariant, ...]:
    """The junctions of a somatic VCF or BCF, each once, with the counts of the tumour's column where known.

    `named_sample` is the sheet's structural_variants_sample: it must be a column.

    Raises:
        VariantFileError: no VCF, damaged, malformed, of another build, or without any structural variant in
            a file that holds records.
    """
    file = open_vcf(path, ordered=False)
    if file.broken:
        raise VariantFileError([one.problem for one in file.broken])
    if (program := program_of_rna(file.header)) is not None:
        raise fault(
            path, f"is of RNA: its header names {program}", allowed="give the structural variants of the DNA"
        )
    told = file.header.build()
    if told is not None and told is not build:
        raise fault(path, f"is on {told} by its header, where {build} is needed", allowed="give one build")
    column, normal = _columns(file, sample, named_sample)
    samples = len(file.header.samples)
    annotations = linx_breakends(path)
    junctions: dict[frozenset[Breakpoint], StructuralVariant] = {}
    left_out: Counter[str] = Counter()
    records = 0
    named: set[str] = set()
    for _, record in file.records():
        records += 1
        if records > MAX_TABLE_LINES:
            raise VariantFileError(too_many_lines(path))
        named.add(record.ID or "")
        variant = _junction_of(record, column, annotations)
        why = _why_left_out(record, variant, (column, normal), samples)
        if variant is None or why:
            left_out[why] += 1
            continue
        junctions.setdefault(frozenset(variant.breakpoints), variant)
    check_run(path, annotations, named)
    if records and left_out[_OTHER] == records:
        raise fault(
            path, "holds no structural variant", allowed="give a VCF of breakends, DEL, DUP, INV or INS"
        )
    for why, remedy in _NO_SOMATIC_CALLS.items():
        if left_out[why] and not junctions:
            raise fault(path, f"{left_out[why]} of {records} records: {why}", allowed=remedy)
    told_out = ", ".join(f"{number} {why}" for why, number in left_out.items())
    if file.untidy:
        log.warning("%s: read over: %s", path, file.untidy)
    log.info("%d junctions of %d records%s", len(junctions), records, f"; {told_out}" if told_out else "")
    return tuple(junctions.values())


_OTHER = "of another kind"
_ABSENT = "without a fragment of the tumour"
_INHERITED = "seen in the normal too, so inherited"
_SEGMENT = "stretches of changed depth, whose ends are no junctions"
_UNSCORED = "candidates that no caller has judged (no FILTER, no column of counts)"
_GERMLINE = "calls of a diploid model (FT, PL) without a somatic one"
_NO_SOMATIC_CALLS = {
    _SEGMENT: "give a caller's junctions; this file may belong into copy_number",
    _UNSCORED: "give the somatic calls, not the candidates (Manta: somaticSV.vcf.gz or tumorSV.vcf.gz)",
    _GERMLINE: "give the somatic calls (Manta: somaticSV.vcf.gz)",
}
"""What a file of nothing else is refused for, and the remedy."""


def _why_left_out(
    record: Any, variant: StructuralVariant | None, columns: tuple[int | None, int | None], samples: int
) -> str:
    """Why a record is no junction of the tumour; empty where it is one."""
    if variant is None:
        return _OTHER
    if is_copy_segment(record):
        return _SEGMENT
    if is_unscored(record, samples):
        return _UNSCORED
    if is_germline_call(record, samples):
        return _GERMLINE
    if _absent_from_tumor(variant):
        return _ABSENT
    tumor, normal = _supports(record, columns)
    return _INHERITED if in_normal(tumor, normal) else ""


def _supports(record: Any, columns: tuple[int | None, int | None]) -> tuple[Support, Support]:
    """What the record says of the tumour and of its normal."""
    tumor, normal = columns
    return support_in_info(record) or (support_of(record, tumor), support_of(record, normal))


def _absent_from_tumor(variant: StructuralVariant) -> bool:
    """Whether the tumour's counts show no fragment of the junction: a finding of the normal or another sample.

    Single breakends are kept: GRIDSS counts their fragments in a field of its own.
    """
    return variant.second is not None and variant.vaf == 0


def _columns(file: VcfFile, sample: str, named_sample: str | None) -> tuple[int | None, int | None]:
    """The tumour's and the normal's column; None where they cannot be told: then only the counts are lost.

    Of two columns the one that is not the tumour's is its normal.
    """
    try:
        columns = file.columns(sample=sample, named_sample=named_sample)
    except VariantFileError as error:
        if named_sample is not None:
            names = ", ".join(file.header.samples)
            what = f"has no column {named_sample}; its columns are {names}"
            raise fault(
                file.path, what, allowed="correct structural_variants_sample in samples.tsv"
            ) from error
        log.warning("structural variants without counts: %s", error)
        return None, None
    normal = columns.normal_index
    if normal is None and columns.tumor_index is not None and len(file.header.samples) == 2:
        normal = 1 - columns.tumor_index
    return columns.tumor_index, normal


def _junction_of(
    record: Any, column: int | None, annotations: dict[str, tuple[GeneBreakend, ...]]
) -> StructuralVariant | None:
    alternate = record.ALT[0] if record.ALT else ""
    kind = str(record.INFO.get("SVTYPE") or alternate.strip("<>")).split(":", maxsplit=1)[0].upper()
    ends = _ends(record, alternate, kind)
    if ends is None:
        return None
    first, second = ends
    if kind in ("BND", "TRA", "BREAKEND") or kind not in ("DEL", "DUP", "INV", "INS"):
        kind = "SGL" if second is None else "BND"
    identifier = record.ID or f"{record.CHROM}:{record.POS}"
    return StructuralVariant(
        identifier=identifier,
        kind=kind,
        first=first,
        second=second,
        vaf=_supports(record, (column, None))[0].vaf,
        copies=_number(record.INFO.get("PURPLE_JCN") or record.INFO.get("PURPLE_PLOIDY")),
        filters=() if record.FILTER in (None, "PASS") else tuple(record.FILTER.split(";")),
        annotations=annotations.get(identifier, ()),
    )


def _ends(record: Any, alternate: str, kind: str) -> tuple[Breakpoint, Breakpoint | None] | None:
    chromosome, here = bare_contig(record.CHROM), record.POS - 1
    if match := _BREAKEND.fullmatch(alternate):
        mate = Side.AFTER if match["bracket"] == "[" else Side.BEFORE
        side = Side.BEFORE if match["lead"] else Side.AFTER
        other = Breakpoint(bare_contig(match["contig"]), int(match["position"]) - 1, mate)
        return Breakpoint(chromosome, here, side), other
    if (match := _SINGLE.fullmatch(alternate)) and (match["dot"] or match["dot_after"]):
        return Breakpoint(chromosome, here, Side.AFTER if match["dot"] else Side.BEFORE), None
    if not alternate.startswith("<") and kind not in ("DEL", "DUP", "INV", "INS"):
        return None
    return _symbolic_ends(record, kind, chromosome=chromosome, here=here)


def _symbolic_ends(
    record: Any, kind: str, *, chromosome: str, here: int
) -> tuple[Breakpoint, Breakpoint | None] | None:
    """Ends of a record with END or SVLEN: POS is the base before the event, END its last base, both 1-based.

    VCF 4.4 may give the length alone (samtools/hts-specs#615): the event then ends at POS + |SVLEN|.
    """
    stated, length = record.INFO.get("END"), _number(record.INFO.get("SVLEN"))
    end = int(stated or record.end)
    if stated is None and length is not None and kind in ("DEL", "DUP", "INV"):
        end = record.POS + abs(int(length))
    if kind == "DEL":
        return Breakpoint(chromosome, here, Side.BEFORE), Breakpoint(chromosome, end, Side.AFTER)
    if kind == "DUP":
        return Breakpoint(chromosome, here + 1, Side.AFTER), Breakpoint(chromosome, end - 1, Side.BEFORE)
    if kind == "INS":
        return Breakpoint(chromosome, here, Side.BEFORE), Breakpoint(chromosome, here + 1, Side.AFTER)
    connection = str(record.INFO.get("CT") or "")
    sides: tuple[Side | None, Side | None] = _DELLY_SIDES.get(connection, (None, None))
    if kind == "INV":
        if record.INFO.get("INV3"):
            sides = (Side.BEFORE, Side.BEFORE)
        elif record.INFO.get("INV5"):
            sides = (Side.AFTER, Side.AFTER)
        return _placed(chromosome, here, sides[0]), _placed(chromosome, end - 1, sides[1])
    mate = record.INFO.get("CHR2")
    if kind in ("BND", "TRA") and mate is not None:
        position = int(record.INFO.get("POS2") or end) - 1
        return Breakpoint(chromosome, here, sides[0]), Breakpoint(bare_contig(mate), position, sides[1])
    return None


def _placed(chromosome: str, last_before: int, side: Side | None) -> Breakpoint:
    """An end of an inversion, whose records name the base before the break."""
    return Breakpoint(chromosome, last_before + (1 if side is Side.AFTER else 0), side)


def _number(value: Any) -> float | None:
    if isinstance(value, tuple):
        value = value[0]
    return None if value is None else float(value)
