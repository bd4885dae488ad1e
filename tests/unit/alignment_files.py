"""Small alignment files for tests that read BAM or CRAM, written by the fixture `write_bam`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pysam

GRCH38_LENGTHS = {"7": 159345973, "12": 133275309, "17": 83257441}


@dataclass(frozen=True)
class Read:
    """One read to write; position 0-based, one quality for all bases unless given."""

    chromosome: str
    position: int
    sequence: str
    name: str
    cigar: str = ""
    quality: int | Sequence[int] = 37
    mapping_quality: int = 60
    flag: int = 0
    template_length: int = 0
    mate: int = -1
    """The mate's first base, on the same contig; -1 without one."""


WriteBam = Callable[..., Path]


def bam_writer(folder: Path) -> WriteBam:
    """Writes reads as a sorted, indexed BAM (or CRAM, by suffix) into `folder` and returns its path."""

    def write(
        reads: Sequence[Read],
        *,
        name: str = "tumor.bam",
        contigs: dict[str, int] | None = None,
        sort_order: str = "coordinate",
        samples: Sequence[str] = ("tumor",),
        index: bool = True,
        mode: str | None = None,
        reference: Path | None = None,
        options: Sequence[str] = (),
    ) -> Path:
        path = folder / name
        lengths = GRCH38_LENGTHS if contigs is None else contigs
        header = pysam.AlignmentHeader.from_dict(
            {
                "HD": {"VN": "1.6", "SO": sort_order},
                "SQ": [{"SN": contig, "LN": length} for contig, length in lengths.items()],
                "RG": [{"ID": f"rg{n}", "SM": sample} for n, sample in enumerate(samples)],
            }
        )
        order = {contig: rank for rank, contig in enumerate(lengths)}
        with pysam.AlignmentFile(
            str(path),
            mode or ("wc" if path.suffix == ".cram" else "wb"),
            header=header,
            reference_filename=None if reference is None else str(reference),
            format_options=[option.encode() for option in options],
        ) as file:
            for read in sorted(reads, key=lambda read: (order[read.chromosome], read.position)):
                file.write(_segment(read, header))
        if index:
            pysam.index(str(path))
        return path

    return write


def _segment(read: Read, header: pysam.AlignmentHeader) -> pysam.AlignedSegment:
    segment = pysam.AlignedSegment(header)
    segment.query_name = read.name
    segment.flag = read.flag
    segment.reference_name = read.chromosome
    segment.reference_start = read.position
    segment.mapping_quality = read.mapping_quality
    segment.cigarstring = read.cigar or f"{len(read.sequence)}M"
    segment.query_sequence = read.sequence
    qualities = [read.quality] * len(read.sequence) if isinstance(read.quality, int) else list(read.quality)
    segment.query_qualities = pysam.qualitystring_to_array("".join(chr(33 + q) for q in qualities))
    segment.template_length = read.template_length
    if read.mate >= 0:
        segment.next_reference_name, segment.next_reference_start = read.chromosome, read.mate
    segment.set_tag("RG", "rg0")
    return segment


@dataclass(frozen=True)
class FixedReference:
    """Reference bases from one place on, N elsewhere; stands in for refractor.genome.reference.Reference."""

    chromosome: str
    start: int
    bases: str
    shipped: bool = True

    def fetch(self, chromosome: str, start: int, end: int) -> str:
        if chromosome != self.chromosome:
            return "N" * (end - start)
        return "".join(
            self.bases[p - self.start] if 0 <= p - self.start < len(self.bases) else "N"
            for p in range(start, end)
        )
