"""Fragments that show a junction, by the fields of the caller, in the tumour's column and in its normal's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from refractor.variants.files.callers import SOURCE_LINES
from refractor.variants.files.count_fields import format_array
from refractor.variants.files.vcf_header import VcfHeader

MIN_NORMAL_FRAGMENTS = 3
"""Fewer fragments of the normal may be chance or tumour cells in it (our choice)."""
NORMAL_OF_TUMOR_VAF = 0.25
"""From this part of the tumour's VAF on, the normal's is inheritance: tumour cells in a normal seldom make more."""
_GERMLINE_MODEL = ("FT", "PL")
"""FORMAT fields of a diploid model with a filter per sample (Manta's diploidSV.vcf); its somatic files have neither."""
_DEPTH_TAGS = ("FOLD_CHANGE", "FOLD_CHANGE_LOG", "PROBES")
_DEPTH_FIELDS = frozenset({"CN", "SM", "BC", "MCC"})
_READ_FIELDS = frozenset({"PR", "SR", "PE", "DV", "RV", "VF", "BVF", "AD", "VR", "AO", "SU"})
"""FORMAT fields of copies, and of reads that show a junction."""
_OF_RNA = re.compile(r"arriba|star[-_ ]?fusion|fusioncatcher|jaffa|\bsquid\b|isofox|ericscript|pizzly", re.I)


@dataclass(frozen=True, slots=True)
class Support:
    """Fragments of the reference, None where the caller counts the junction's only, and of the junction; both 0 where it
    gives none."""

    ref: float | None = 0.0
    alt: float = 0.0
    stated_vaf: float | None = None

    @property
    def vaf(self) -> float | None:
        """Share of fragments that show the junction, 0-1; None where unknown."""
        if self.ref is None or self.ref + self.alt == 0:
            return self.stated_vaf
        return self.alt / (self.ref + self.alt)


def support_of(record: Any, column: int | None) -> Support:
    """What one column says: Manta's PR and SR, Delly's DR, DV, RR, RV, Sniffles' and Severus' DR, DV, nanomonsv's TR and VR,
    SvABA's AD and DP, AD of both alleles (SVIM, pbsv), svtyper's RO and AO, LUMPY's SU, BRASS' RC, AF.

    SvABA counts the junction's reads in AD, SR and DR alike, all reads in DP (walaj/svaba#50).
    """
    if column is None:
        return Support()
    alt, depth = numbers_of(record, "AD", column), numbers_of(record, "DP", column)
    if len(alt) == len(depth) == 1 and "DV" not in record.FORMAT:
        return Support(max(0.0, depth[0] - alt[0]), alt[0])
    pairs = [numbers_of(record, name, column) for name in ("PR", "SR")]
    pairs = [pair for pair in pairs if len(pair) == 2] or ([alt] if len(alt) == 2 else [])
    if pairs:
        return Support(sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs))
    total, shown = (numbers_of(record, name, column) for name in ("TR", "VR"))
    if len(total) == len(shown) == 1:
        return Support(max(0.0, total[0] - shown[0]), shown[0])
    ref = sum(sum(numbers_of(record, name, column)) for name in ("DR", "RR", "REF", "REFPAIR", "RO"))
    seen = sum(sum(numbers_of(record, name, column)) for name in ("DV", "RV", "VF", "AO"))
    given = numbers_of(record, "AF", column)
    stated = given[0] if len(given) == 1 and 0 <= given[0] <= 1 else None
    if not ref and not seen:
        return Support(None, _junction_reads_only(record, column), stated)
    return Support(ref, seen, stated)


def _junction_reads_only(record: Any, column: int) -> float:
    """Fragments of the junction where the caller counts none of the reference: their share is not known."""
    name = "SU" if "SU" in record.FORMAT else "RC"
    is_depth = name == "RC" and "RDCN" in record.FORMAT  # Delly's RC is depth
    return 0.0 if is_depth else sum(numbers_of(record, name, column))


def support_in_info(record: Any) -> tuple[Support, Support] | None:
    """SAVANA's reads of the tumour and of its normal, which it writes into INFO; None where the record has none."""
    reads = [record.INFO.get(f"{whose}_READ_SUPPORT") for whose in ("TUMOUR", "NORMAL")]
    if reads[0] is None:
        return None
    shares = [record.INFO.get(f"{whose}_AF") for whose in ("TUMOUR", "NORMAL")]
    stated = [share[0] if isinstance(share, tuple) else share for share in shares]
    tumor, normal = (
        Support(None, float(alt or 0), None if share is None else float(share))
        for alt, share in zip(reads, stated, strict=True)
    )
    return tumor, normal


def in_normal(tumor: Support, normal: Support) -> bool:
    """Whether the normal shows the junction beyond what chance and tumour cells in it explain: it is inherited.

    Where a share is not known the fragments of both are held against each other.
    """
    if normal.alt < MIN_NORMAL_FRAGMENTS:
        return False
    if tumor.vaf is None or normal.vaf is None:
        return normal.alt >= NORMAL_OF_TUMOR_VAF * tumor.alt
    return normal.vaf >= NORMAL_OF_TUMOR_VAF * tumor.vaf


def is_germline_call(record: Any, samples: int) -> bool:
    """Whether the record is of a diploid model of one sample, and no word says somatic."""
    names = set(record.FORMAT or ())
    somatic = any(record.INFO.get(tag) is not None for tag in ("SOMATIC", "SOMATICSCORE"))
    return samples == 1 and set(_GERMLINE_MODEL) <= names and not somatic


def is_copy_segment(record: Any) -> bool:
    """Whether the record is a stretch of changed depth, whose ends are no junctions: CNVkit, Canvas, DRAGEN's cnv.vcf."""
    if any(record.INFO.get(tag) is not None for tag in _DEPTH_TAGS):
        return True
    claims = record.INFO.get("SVCLAIM")  # VCF 4.4: D of depth, J of a junction, DJ of both
    if claims is not None and not any("J" in claim for claim in str(claims).split(",")):
        return True
    names = set(record.FORMAT or ())
    return bool(names & _DEPTH_FIELDS) and not names & _READ_FIELDS


def program_of_rna(header: VcfHeader) -> str | None:
    """The caller of fusions in RNA that the header names; None where it names none."""
    for line in header.meta_lines:
        if SOURCE_LINES.match(line) and (match := _OF_RNA.search(line)):
            return match[0]
    return None


def is_unscored(record: Any, samples: int) -> bool:
    """Whether no caller has judged the record: no filter, no column with counts, no copies of the junction."""
    judged = bool(record.FILTERS) or record.QUAL is not None or record.INFO.get("PURPLE_JCN") is not None
    return samples == 0 and not judged


def numbers_of(record: Any, name: str, column: int) -> list[float]:
    """The numbers of one FORMAT field in one column; none where the record lacks it or it is missing."""
    if name not in record.FORMAT:
        return []
    values = format_array(record, name)
    if values is None or values.dtype.kind not in "if":
        return []
    return [float(value) for value in values[column] if value >= 0]
