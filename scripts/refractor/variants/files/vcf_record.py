"""One VCF record -> an observation of one of its alleles in the tumour, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refractor.genome.variant import Variant
from refractor.variants.files.callers import Flavour
from refractor.variants.files.count_fields import (
    NO_COUNTS,
    Allele,
    Counts,
    NotAProportionError,
    counts_of,
    format_getter,
    info_getter,
    merged_column_counts,
    normal_counts_beside,
    normal_counts_in_info,
    tumor_counts_in_info,
)
from refractor.variants.files.filter_meanings import marks_of
from refractor.variants.files.germline_signs import is_common, says_germline, says_reference
from refractor.variants.files.reader_settings import ReaderSettings
from refractor.variants.files.vcf_columns import Columns
from refractor.variants.observation import (
    REFERENCE_GENOTYPE,
    REFERENCE_STATUS,
    SAY_ABSENT,
    TOO_FEW_READS,
    CallableBlock,
    Observation,
)

LEAST_BLOCK_QUALITY = 20
"""Phred of a genotype from which a reference record vouches for its stretch: 1 error in 100, our choice."""
LEAST_OTHER_READS, MOST_OTHER_SHARE = 3, 0.05
"""Reads of a reference record that show something else, from which it vouches for nothing: our choice."""
FIELDS_AGREE_WITHIN = 0.02
"""Difference of two stated fractions from which they contradict each other: more than rounding."""
NO_DEPTH = "at a place where the tumour has no reads"
"""Why a record tells nothing, not even that the tumour is like the reference."""
_REFERENCE_ALLELES = frozenset({"<NON_REF>", "<*>", ".", "<X>"})


def observe(
    record: Any,
    index: int,
    variant: Variant,
    *,
    columns: Columns,
    settings: ReaderSettings,
    is_hotspot: bool,
) -> Observation | str:
    """The observation of ALT allele `index` (from 1) in the tumour; a reason in words where it has none.

    A hotspot allele with reads is never left out: what speaks against it is named in its filters.
    """
    allele = Allele(
        ref=record.REF.upper(), alt=record.ALT[index - 1].upper(), index=index, n_alleles=1 + len(record.ALT)
    )
    tumor, notes = _tumor_counts(record, allele, columns)
    if tumor.alt_reads == 0:
        return NO_DEPTH if tumor.depth == 0 else "without a read in the tumour"
    marks = marks_of(
        _filters(record, columns, index),
        caller=str(columns.flavour),
        vaf=tumor.vaf,
        own_table=settings.filters,
    )
    if marks.superseded:
        return "reported by another record of the file"
    filters = marks.against
    if not _in_genotype(record, columns.tumor_index, index):
        if not (is_hotspot and tumor.alt_reads):
            return "not in the tumour's genotype"
        filters = (*filters, REFERENCE_GENOTYPE)
    if settings.too_few(tumor.alt_reads, tumor.depth):
        filters = (*filters, TOO_FEW_READS)
    if says_reference(record, columns.tumor_index):
        filters = (*filters, REFERENCE_STATUS)
    normal = _normal_counts(record, allele, columns)
    # A hotspot is not inherited by an upstream word or a database, only by the normal's own reads.
    seen, not_told = settings.by_normal(
        normal.alt_reads, normal.vaf, tumor_vaf=tumor.vaf, is_hotspot=is_hotspot
    )
    filters = (*filters, *not_told)
    said = says_germline(record, columns)
    if said and is_hotspot and not seen and not not_told:
        filters = (*filters, *settings.called_inherited(normal.alt_reads, normal.depth))
    germline = seen or (not is_hotspot and (said or marks.germline or is_common(record, index, settings)))
    return Observation(
        variant=variant,
        depth=tumor.depth,
        ref_reads=tumor.ref_reads,
        alt_reads=tumor.alt_reads,
        vaf=tumor.vaf,
        normal_depth=normal.depth,
        normal_alt_reads=normal.alt_reads,
        quality=None if record.QUAL is None else float(record.QUAL),
        filters=filters,
        origin=str(columns.flavour),
        germline_likely=germline,
        notes=(*notes, *marks.notes),
        said_absent=marks.absent or (bool(set(filters) & SAY_ABSENT) and not marks.germline),
    )


def _tumor_counts(record: Any, allele: Allele, columns: Columns) -> tuple[Counts, tuple[str, ...]]:
    """The tumour's reads, and a note where two fields contradict each other."""
    column = columns.tumor_index
    in_info = tumor_counts_in_info(
        allele, info_getter(record), whole_file_is_tumor=len(columns.header.samples) <= 1
    )
    if column is None:
        return in_info, ()
    fields = format_getter(record, column)
    counts = counts_of(allele, fields)
    if _tells(counts):
        return counts, ()
    merged = merged_column_counts(allele, fields, of_normal=False)
    if merged is None or not _tells(merged):
        return (in_info if _tells(in_info) or counts.depth is None else counts), ()
    if _tells(in_info) and abs((merged.vaf or 0.0) - (in_info.vaf or 0.0)) > FIELDS_AGREE_WITHIN:
        note = (
            f"the file contradicts itself: {merged.alt_reads} variant reads of {merged.depth} in FORMAT, "
            f"fraction {in_info.vaf:.2f} in INFO, which was taken"
        )
        return in_info, (note,)
    return merged, ()


def reads_of_column(record: Any, column: int, settings: ReaderSettings) -> bool | None:
    """Whether a sample column shows reads enough of any alternate allele; None where it counts none."""
    fields = format_getter(record, column)
    known = None
    for index, alt in enumerate(record.ALT, start=1):
        allele = Allele(ref=record.REF.upper(), alt=alt.upper(), index=index, n_alleles=1 + len(record.ALT))
        try:
            counts = counts_of(allele, fields)
        except NotAProportionError:
            return None
        if _tells(counts):
            enough = counts.alt_reads is None or not settings.too_few(counts.alt_reads, counts.depth)
            known = bool(known or (enough and (counts.alt_reads or counts.vaf)))
    return known


def _normal_counts(record: Any, allele: Allele, columns: Columns) -> Counts:
    if columns.normal_index is not None:
        return counts_of(allele, format_getter(record, columns.normal_index))
    if columns.tumor_index is not None:
        merged = merged_column_counts(allele, format_getter(record, columns.tumor_index), of_normal=True)
        if merged is not None:
            return merged
    if columns.flavour is Flavour.CLAIRS and columns.tumor_index is not None:
        return normal_counts_beside(allele, format_getter(record, columns.tumor_index))
    if columns.flavour is Flavour.PCGR:
        return normal_counts_in_info(allele, info_getter(record))
    return NO_COUNTS


def _tells(counts: Counts) -> bool:
    return counts.alt_reads is not None or counts.vaf is not None


def _filters(record: Any, columns: Columns, index: int) -> tuple[str, ...]:
    """Filter names of one allele: the record's, those of AS_FilterStatus that are the allele's own, the tumour's FT.

    Without PASS (0 in old files) and the empty ones.
    """
    names = [*record.FILTERS, *_filters_of_allele(record, index)]
    if columns.tumor_index is not None and "FT" in record.FORMAT:
        for value in format_getter(record, columns.tumor_index)("FT"):
            names += str(value or "").replace("|", ";").split(";")
    return tuple(dict.fromkeys(name for name in names if name not in {"PASS", ".", "", "0"}))


def _filters_of_allele(record: Any, index: int) -> list[str]:
    """What Mutect2 holds against one allele; SITE stands for the record's own FILTER, which is its best allele's.

    `SITE|weak_evidence,base_qual` (GATK, AS_FilterStatus): alleles are parted by bars, names by commas.
    """
    value = record.INFO.get("AS_FilterStatus")
    if not isinstance(value, str | tuple):
        return []
    text = value if isinstance(value, str) else ",".join(map(str, value))
    alleles = text.split("|")
    if len(alleles) != len(record.ALT):
        return []
    return [name for name in alleles[index - 1].split(",") if name.upper() != "SITE"]


def _in_genotype(record: Any, column: int | None, index: int) -> bool:
    """Whether GT has the allele, or does not say; SAGE and others write ./. throughout."""
    if column is None or "GT" not in record.FORMAT:
        return True
    called = [allele for allele in record.genotypes[column][:-1] if allele >= 0]
    return not called or index in called


def _whole(value: str | float) -> str:
    return str(value).removesuffix(".0")


def reference_block(record: Any, chromosome: str, columns: Columns) -> CallableBlock | None:
    """The stretch that a gVCF record calls like the reference; None for a record of variants.

    A block that was filtered, or whose genotype is not called, has depth 0: it vouches for nothing.
    """
    if any(alt not in _REFERENCE_ALLELES for alt in record.ALT):
        return None
    end = _integers(info_getter(record)("END"))
    stop = max(end[0] if end else 0, record.start + len(record.REF))
    depth: int | None = None
    called = not [name for name in record.FILTERS if name not in {"PASS", "."}]
    called = called and _supports_reference(record, columns.tumor_index)
    column = columns.tumor_index
    if column is None:
        depth = next(iter(_integers(info_getter(record)("DP"))), None)
    else:
        fields = format_getter(record, column)
        depth = next(iter(_integers(fields("MIN_DP")) or _integers(fields("DP"))), None)
        if "GT" in record.FORMAT:
            called = called and all(allele == 0 for allele in record.genotypes[column][:-1])
    return CallableBlock(chromosome, record.start, stop, depth if called else 0)


def _supports_reference(record: Any, column: int | None) -> bool:
    """Whether genotype quality, likelihoods and reads of a reference record say that it is like the reference.

    GQ (GQX, RGQ), and the likelihood of the next best genotype (PL), are Phred: at 0 reference and variant are equally likely.
    """
    if column is None:
        return True
    fields = format_getter(record, column)
    quality = [value for tag in ("GQ", "GQX", "RGQ") for value in _integers(fields(tag))[:1]]
    others = sorted(_integers(fields("PL")))[1:2]
    if any(value < LEAST_BLOCK_QUALITY for value in (*quality, *others)):
        return False
    reads, depth = _integers(fields("AD")), _integers(fields("DP"))[:1]
    if not reads:
        return True
    other = max(sum(reads), *depth) - reads[0] if depth else sum(reads) - reads[0]
    return other < max(LEAST_OTHER_READS, MOST_OTHER_SHARE * sum(reads))


def _integers(values: Iterable[str | float | None]) -> list[int]:
    numbers = []
    for value in values:
        if value is not None and _whole(value).isdigit():
            numbers.append(int(float(value)))
    return numbers
