"""Reads written by hand, and a simulated pair with known junctions, for tests of the search for junctions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pysam

from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.results.copy_number_tables import GeneCopyNumber, PurityMethod, PurityPloidy, PurityStatus
from refractor.variants.files.structural_variants import Breakpoint
from refractor.variants.junctions.find import CopiesKnown
from refractor.variants.junctions.places import Place
from refractor.vocabulary import CopyNumberCall, Side
from synthetic.events import Amplicon, Rearrangement

BUILD = GenomeBuild.GRCH38
PANEL = load_panel(BUILD)
ERBB2 = PANEL.genes["ERBB2"]
HEADER = pysam.AlignmentHeader.from_dict(
    {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": f"chr{n}", "LN": 10_000_000} for n in (5, 7, 17)]}
)
CONTIGS = {f"chr{n}": str(n) for n in (5, 7, 17)}
AMPLICON = Amplicon("17", 39_640_000, 39_760_000, 11)
PURITY = 0.6


def read(contig: str, start: int, cigar: str, **values: object) -> pysam.AlignedSegment:
    """A read of 100 bases; `mate` (contig, start, reverse), `reverse`, `flag`, `tags` and `bases` as given."""
    segment = pysam.AlignedSegment(HEADER)
    segment.query_name = str(values.get("name", "f1"))
    segment.reference_name, segment.reference_start, segment.cigarstring = contig, start, cigar
    segment.query_sequence = str(values.get("bases", "ACGTTGCATCAGGTCAACTG" * 5))
    segment.flag = int(values.get("flag", 0x1 | 0x40))  # type: ignore[call-overload]
    segment.is_reverse = bool(values.get("reverse", False))
    mate = values.get("mate", (contig, start + 200, True))
    segment.next_reference_name, segment.next_reference_start, segment.mate_is_reverse = mate  # type: ignore[misc]
    segment.mapping_quality = 60
    for tag, value in dict(values.get("tags", {})).items():  # type: ignore[call-overload]
        segment.set_tag(tag, value)
    return segment


def exon_deletion(copies: int) -> Rearrangement:
    """A deletion from the middle of one intron of ERBB2 to that of another, over exons 15 and 16 of 27."""
    before, after = ERBB2.exons[13], ERBB2.exons[16]
    first, second = (before[1] + ERBB2.exons[14][0]) // 2, (ERBB2.exons[15][1] + after[0]) // 2
    return Rearrangement(Breakpoint("17", first, Side.BEFORE), Breakpoint("17", second, Side.AFTER), copies)


INHERITED = Rearrangement(
    Breakpoint("17", ERBB2.cds[20][0] - 100, Side.BEFORE),
    Breakpoint("17", ERBB2.cds[23][1] + 150, Side.AFTER),
    germline=True,
)
"""A deletion that the patient was born with."""


def known() -> CopiesKnown:
    """12 copies of ERBB2 at purity 0.6, both exactly known."""
    gene = GeneCopyNumber(
        gene="ERBB2", chromosome="17", start=ERBB2.start, end=ERBB2.end, copy_number=12.0, copy_number_low=12.0,
        copy_number_high=12.0, call=CopyNumberCall.AMPLIFIED, source="reads",
    )  # fmt: skip
    purity = PurityPloidy(
        purity=PURITY, purity_low=PURITY, purity_high=PURITY, ploidy=2.0, method=PurityMethod.GIVEN, status=PurityStatus.OK
    )  # fmt: skip
    return CopiesKnown(purity, [gene])


def places() -> tuple[Place, ...]:
    """ERBB2, and both borders of the amplicon."""
    return (
        Place("ERBB2", ("17", ERBB2.cds[0][0] - 1_000, ERBB2.cds[-1][1] + 1_000), ERBB2),
        Place("start", ("17", AMPLICON.start - 5_000, AMPLICON.start + 5_000)),
        Place("end", ("17", AMPLICON.end - 5_000, AMPLICON.end + 5_000)),
    )


def rewritten(source: Path, target: Path, change: Callable[[pysam.AlignedSegment], bool]) -> Path:
    """A copy of a BAM with each read changed in place; those for which `change` is false are left out."""
    with pysam.AlignmentFile(str(source)) as old, pysam.AlignmentFile(str(target), "wb", template=old) as new:
        for segment in old:
            if change(segment):
                new.write(segment)
    pysam.index(str(target))
    return target
