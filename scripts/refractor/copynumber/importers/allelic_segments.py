"""Copies of both alleles per segment: `Chromosome Start End nMajor nMinor` (PCGR, exports of ASCAT) and the other names of these.

1-based closed; whole copies as a rule; purity and ploidy are not in the file but where it has columns of them.
"""

from __future__ import annotations

from itertools import product

from refractor.copynumber.importers.importer import Importer, Layout, Source, columns
from refractor.copynumber.importers.segment_table import SegmentColumns, simple_profile
from refractor.copynumber.segments import CopyNumberProfile
from refractor.results.copy_number_tables import PurityPloidy

_CHROMOSOMES = ("chromosome", "chrom", "chr", "seqnames")
_ALLELES = (
    ("nmajor", "nminor"),
    ("major_cn", "minor_cn"),
    ("major_copy_number", "minor_copy_number"),
    ("major", "minor"),
    ("cn_a", "cn_b"),
    ("nmaj", "nmin"),
)
_TOTALS = columns("total_cn", "total_copy_number", "copy_number", "cn", "tcn", "gene", "gene_name")


def read(source: Source) -> CopyNumberProfile:
    """The profile of an allelic segments file."""
    names = set(source.table.columns)
    major, minor = next(pair for pair in _ALLELES if set(pair) <= names)
    layout = SegmentColumns(
        (next(name for name in _CHROMOSOMES if name in names), "start", "end"),
        sample=next((name for name in ("sample", "sample_id", "group_name") if name in names), ""),
        major=major,
        minor=(minor,),
    )
    return simple_profile(
        "allelic_segments", source, layout, purity=PurityPloidy(reason="the file gives no purity")
    )


IMPORTER = Importer(
    "allelic_segments",
    "PCGR, exports of ASCAT, refphase",
    "columns Chromosome (chrom, chr, seqnames) Start End nMajor nMinor (major_cn minor_cn, major minor, cn_a cn_b)",
    tuple(
        Layout(has=frozenset({chromosome, "start", "end", *alleles}), lacks=_TOTALS, read=read)
        for chromosome, alleles in product(_CHROMOSOMES, _ALLELES)
    ),
    copies="whole",
)
