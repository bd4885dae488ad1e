"""DRAGEN: T.seg and T.seg.called (Segment_Mean is a ratio around 1); 1-based closed. Its somatic VCF: see copy_vcf."""

from __future__ import annotations

from refractor.copynumber.importers.copy_vcf import read_vcf
from refractor.copynumber.importers.gdc import SEGMENT_MEANS, segment_means
from refractor.copynumber.importers.importer import Importer, Layout, Source, columns
from refractor.copynumber.importers.seg import read_ratios
from refractor.copynumber.segments import CopyNumberProfile


def read(source: Source) -> CopyNumberProfile:
    """The profile of DRAGEN's segments: ratios; its Copy_Number is for a diploid sample and not used."""
    return read_ratios(
        "dragen", source, segment_means(source), reason="DRAGEN's segments come without a purity"
    )


IMPORTER = Importer(
    "dragen",
    "DRAGEN 3 and 4, Canvas 1",
    "T.cnv.vcf.gz of the somatic caller, T.seg.called (Sample Chromosome Start End Num_Probes Segment_Mean Segment_Call ...) "
    "or T.seg",
    (
        Layout(has=columns("Chromosome", "Start", "End", "Segment_Mean", "Segment_Call"), read=read),
        Layout(has=SEGMENT_MEANS.has, lacks=SEGMENT_MEANS.lacks, read=read, stated_only=True),
        Layout(has=columns("CHROM", "POS", "REF", "ALT", "INFO", "FORMAT"), read=read_vcf),
    ),
    copies="ratios; whole copies in the VCF, with purity (EstimatedTumorPurity) and ploidy (OverallPloidy) of its header",
    notes="Copy_Number of seg.called is not used: it takes the sample for diploid and pure; a VCF without a model in its header is refused",
)
