"""A small indexed BAM of one tumour."""

from __future__ import annotations

import random
from pathlib import Path

import pysam

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference

BUILD = GenomeBuild.GRCH38
READ_LENGTH = 100
READS_PER_PLACE = 60


def write_reads(path: Path) -> None:
    """An indexed BAM with reads of the reference over every decisive codon."""
    chance, panel = random.Random(1), load_panel(BUILD)
    places = sorted(
        {
            (gene.chromosome, gene.codon_positions(codon.codon)[0])
            for codon in panel.decisive_codons
            if (gene := panel.genes[codon.gene])
        },
        key=lambda place: (list(CONTIG_LENGTHS[BUILD]).index(place[0]), place[1]),
    )
    header = pysam.AlignmentHeader.from_dict(
        {
            "HD": {"VN": "1.6", "SO": "coordinate"},
            "SQ": [{"SN": name, "LN": length} for name, length in CONTIG_LENGTHS[BUILD].items()],
            "RG": [{"ID": "1", "SM": "T2"}],
        }
    )
    order = {name: rank for rank, name in enumerate(CONTIG_LENGTHS[BUILD])}
    reads = []
    with Reference(None, BUILD) as reference:
        for chromosome, position in places:
            for _ in range(READS_PER_PLACE):
                begin = position - chance.randrange(10, READ_LENGTH - 10)
                segment = pysam.AlignedSegment(header)
                segment.query_name = f"r{len(reads)}"
                segment.flag = chance.choice((0, 16))
                segment.reference_id = order[chromosome]
                segment.reference_start = begin
                segment.mapping_quality = 60
                segment.cigarstring = f"{READ_LENGTH}M"
                segment.query_sequence = reference.fetch(chromosome, begin, begin + READ_LENGTH)
                segment.query_qualities = pysam.qualitystring_to_array("F" * READ_LENGTH)
                segment.set_tag("RG", "1")
                reads.append(segment)
    reads.sort(key=lambda read: (read.reference_id, read.reference_start))
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for read in reads:
            out.write(read)
    pysam.index(str(path))
