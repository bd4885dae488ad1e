"""Segments as the GDC, TCGA's array pipeline and GATK's igv.seg write them: Chromosome Start End Num_Probes Segment_Mean.

The GDC's tables from ASCAT have copies in their place (Copy_Number, Major_Copy_Number). 1-based closed.
"""

from __future__ import annotations

from refractor.copynumber.importers.importer import Importer, Layout, Source, columns
from refractor.copynumber.importers.seg import read_ratios
from refractor.copynumber.importers.segment_table import SegmentColumns, simple_profile
from refractor.copynumber.segments import CopyNumberProfile
from refractor.errors import CopyNumberFileError, Problem
from refractor.results.copy_number_tables import PurityPloidy

_PLACE = ("chromosome", "start", "end")


def read(source: Source) -> CopyNumberProfile:
    """The profile of a table of segment means: ratios, no copies."""
    if ".af.igv.seg" in source.path.name:
        raise CopyNumberFileError(
            Problem(
                source.path, "holds GATK's allele fractions, not copy ratios", allowed="give the .cr.igv.seg"
            )
        )
    return read_ratios("gdc", source, segment_means(source), reason="segment means come without a purity")


def segment_means(source: Source) -> SegmentColumns:
    """The columns of a table of segment means; the sample's is GDC_Aliquot, Sample or ID."""
    sample = next((name for name in ("gdc_aliquot", "sample", "id") if name in source.table.columns), "")
    return SegmentColumns(_PLACE, sample=sample, log2="segment_mean", n_windows="num_probes")


def read_copies(source: Source) -> CopyNumberProfile:
    """The profile of a GDC table of whole copies."""
    layout = SegmentColumns(
        _PLACE, sample="gdc_aliquot", total=("copy_number",), minor=("minor_copy_number",)
    )
    return simple_profile(
        "gdc", source, layout, purity=PurityPloidy(reason="the GDC's table gives no purity")
    )


SEGMENT_MEANS = Layout(
    has=columns("Chromosome", "Start", "End", "Segment_Mean"),
    lacks=columns("Segment_Call"),
    read=read,
    stated_only=True,
)
"""For the importers of callers that write the same header."""

IMPORTER = Importer(
    "gdc",
    "GDC, TCGA (SNP 6.0), GATK 4 igv.seg",
    "columns GDC_Aliquot (or Sample) Chromosome Start End Num_Probes Segment_Mean, or Copy_Number of the GDC",
    (
        Layout(
            has=columns("Chromosome", "Start", "End", "Segment_Mean"),
            lacks=columns("Segment_Call"),
            read=read,
        ),
        Layout(has=columns("GDC_Aliquot", "Chromosome", "Start", "End", "Copy_Number"), read=read_copies),
        Layout(
            has=columns(
                "gene_id", "gene_name", "chromosome", "start", "end", "copy_number", "min_copy_number"
            ),
            refusal="is the GDC's table of genes; give the table of segments it was made of",
        ),
    ),
    copies="log2 ratios; whole in the tables from ASCAT",
    notes="ratios around 1 are recognised over the whole genome and read as such; allele fractions are refused",
)
