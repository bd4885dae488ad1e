"""QDNAseq: exportBins(format="seg", type="segments"), log2 ratios; 1-based closed."""

from __future__ import annotations

from refractor.copynumber.importers.importer import Importer, Layout, Source, columns
from refractor.copynumber.importers.seg import read_ratios
from refractor.copynumber.importers.segment_table import SegmentColumns
from refractor.copynumber.segments import CopyNumberProfile

_COLUMNS = SegmentColumns(
    ("chromosome", "start", "stop"), sample="sample_name", log2="log2_ratio_mean", n_windows="datapoints"
)


def read(source: Source) -> CopyNumberProfile:
    """The profile of exported segments: ratios, no copies."""
    return read_ratios("qdnaseq", source, _COLUMNS, reason="QDNAseq estimates no purity")


IMPORTER = Importer(
    "qdnaseq",
    "QDNAseq 1",
    "the exported SEG with columns SAMPLE_NAME CHROMOSOME START STOP DATAPOINTS LOG2_RATIO_MEAN",
    (
        Layout(has=columns("CHROMOSOME", "START", "STOP", "LOG2_RATIO_MEAN"), read=read),
        Layout(
            has=columns("feature", "chromosome", "start", "end"),
            refusal="holds bins, not segments; export with exportBins(format='seg', type='segments')",
        ),
    ),
    copies="log2 ratios",
)
