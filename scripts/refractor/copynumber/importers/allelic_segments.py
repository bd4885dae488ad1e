"""Major and minor copies per segment: `Chromosome Start End nMajor nMinor` (PCGR, exports of ASCAT).

1-based closed; whole copies; purity and ploidy are not in the file.
"""

from __future__ import annotations

from refractor.copynumber.importers.importer import Importer, Layout, Source, columns
from refractor.copynumber.importers.segment_table import SegmentColumns, simple_profile
from refractor.copynumber.segments import CopyNumberProfile
from refractor.results.copy_number_tables import PurityPloidy

_COLUMNS = SegmentColumns(("chromosome", "start", "end"), major="nmajor", minor=("nminor",))


def read(source: Source) -> CopyNumberProfile:
    """The profile of an allelic segments file."""
    return simple_profile(
        "allelic_segments", source, _COLUMNS, purity=PurityPloidy(reason="the file gives no purity")
    )


IMPORTER = Importer(
    "allelic_segments",
    "PCGR, exports of ASCAT",
    "columns Chromosome Start End nMajor nMinor",
    (Layout(has=columns("Chromosome", "Start", "End", "nMajor", "nMinor"), read=read),),
    copies="whole",
)
