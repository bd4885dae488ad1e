"""Where the shipped sequence comes from, in the order in which sources are trusted."""

from __future__ import annotations

import gzip
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pysam

from refractor.files.resources import shipped_rows
from refractor.genome.amino_acids import translate
from refractor.genome.builds import GenomeBuild, bare_contig
from refractor.genome.reference import Reference
from refractor.genome.transcript import reverse_complement
from resource_building.gene_models import Model, read_models
from resource_building.known_sequence import KnownSequence, lift_all, read_fasta
from resource_building.liftover import Liftover

log = logging.getLogger(__name__)

_UCSC_NAME = {GenomeBuild.GRCH37: "hg19", GenomeBuild.GRCH38: "hg38"}
_REGION = re.compile(r"(chr\w+):(\d+)-(\d+)")


ALIGNED_READS = ("CPCT12345678R.bam", "CPCT12345678T.bam", "HCC1143_BL.HRAS_locus.b37.bam")
"""GRCh37 alignments whose MD tags spell the reference base by base."""

MIN_MAPPING_QUALITY = 20


@dataclass(frozen=True, slots=True)
class Sources:
    """The files that a build of the resources reads."""

    data: Path
    mane: Path
    gene_models: Mapping[GenomeBuild, Sequence[Path]]
    full_fasta: Mapping[GenomeBuild, Path | None]

    @property
    def chain(self) -> Path:
        """The lift-over from GRCh37 to GRCh38."""
        return self.data / "genome" / "GRCh37_to_GRCh38.chain.gz"

    @property
    def transcripts(self) -> Path:
        """RefSeq mRNAs."""
        return self.data / "reference" / "refseq_transcripts_from_hgvs_cache.fa.gz"

    @property
    def slices(self) -> Path:
        """Slices of GRCh38."""
        return self.data / "reference" / "hg38_tinygenome_17Mb.fa.gz"

    def locus(self, build: GenomeBuild) -> Path:
        """The sequence around ERBB2."""
        return self.data / "reference" / f"ERBB2_200kb_{_UCSC_NAME[build]}.fa.gz"

    def patchwork(self, build: GenomeBuild) -> Path:
        """Pieces of panel genes."""
        return self.data / "reference" / f"panel_patchwork_{_UCSC_NAME[build]}.fa.gz"

    def snps(self, build: GenomeBuild) -> Path:
        """Common SNPs with their reference bases."""
        return self.data / "genome" / f"common_{_UCSC_NAME[build]}_340k.tsv.gz"

    def hotspots(self, build: GenomeBuild) -> Path:
        """The alleles of cancerhotspots."""
        return self.data / "knowledge" / f"cancerhotspots_v2_{build}.tsv"

    def alignments(self) -> list[Path]:
        """GRCh37 alignments with MD tags."""
        return [self.data / "reads" / name for name in ALIGNED_READS]

    def files(self) -> list[Path]:
        """Every file that a build reads."""
        found = [self.mane, self.chain, self.transcripts, self.slices, *self.alignments()]
        for build in GenomeBuild:
            found += [self.locus(build), self.patchwork(build), self.snps(build), self.hotspots(build)]
            found += self.gene_models[build]
        return found


def gather_sequence(
    sources: Sources,
    windows: Mapping[GenomeBuild, Sequence[tuple[str, int, int]]],
    *,
    supplement: Path,
) -> dict[GenomeBuild, KnownSequence]:
    """What is known inside the windows of both builds: own sources first, then what the other build lends.

    The first source of a base is kept, every later one compared with it.
    """
    known = {}
    for build in GenomeBuild:
        locus = _regions(sources.locus(build))
        here = KnownSequence.over(build, [*windows[build], *((c, s, s + len(q)) for c, s, q in locus)])
        known[build] = here
        full = sources.full_fasta.get(build)
        if full is not None:
            _place_full(here, full)
        for chromosome, start, sequence in locus:
            here.place(chromosome, start, sequence, "ERBB2_200kb")
        for chromosome, start, sequence in _regions(sources.patchwork(build)):
            here.place(chromosome, start, sequence, "panel_patchwork")
        if build is GenomeBuild.GRCH38:
            for chromosome, start, sequence in _regions(sources.slices):
                here.place(chromosome, start, sequence, "hg38_tinygenome")
        else:
            for row in shipped_rows(supplement):
                here.place(row["chromosome"], int(row["start"]), row["sequence"], "supplement")
            for path in sources.alignments():
                _place_aligned_reference(here, path)
        _place_transcripts(here, sources)
        log.info("%s: %s bases from files of its own", build, f"{here.known_bases():,}")
    older, newer = known[GenomeBuild.GRCH37], known[GenomeBuild.GRCH38]
    lift_all(newer, older, Liftover.of_chain(sources.chain, inverted=True))
    lift_all(older, newer, Liftover.of_chain(sources.chain))
    for here in known.values():
        log.info("%s: %s bases with those of the other build", here.build, f"{here.known_bases():,}")
    return known


def _regions(path: Path) -> list[tuple[str, int, str]]:
    """Bare chromosome, 0-based start and sequence of records whose header names their 1-based closed region."""
    found = []
    for header, sequence in read_fasta(path):
        match = _REGION.match(header)
        if match is None:
            raise ValueError(f"{path}: header without a region: {header}")
        start, end = int(match[2]) - 1, int(match[3])
        if end - start != len(sequence):
            start += 1  # a 0-based half-open header
        if end - start != len(sequence):
            raise ValueError(f"{path}: {header} has {len(sequence)} bases")
        found.append((bare_contig(match[1]), start, sequence))
    return found


def _place_full(known: KnownSequence, path: Path) -> None:
    with Reference(path, known.build) as reference:
        for window in known.windows:
            known.place(
                window.chromosome,
                window.start,
                reference.fetch(window.chromosome, window.start, window.end),
                path.name,
            )


def _place_aligned_reference(known: KnownSequence, path: Path) -> None:
    """Lay the reference that the reads' MD tags spell; the reads' own bases play no part."""
    pieces: dict[tuple[str, int], str] = {}
    with pysam.AlignmentFile(str(path)) as reads:
        for read in reads:
            name = read.reference_name
            if name is None or read.mapping_quality < MIN_MAPPING_QUALITY or not read.has_tag("MD"):
                continue
            key = (bare_contig(name), read.reference_start)
            sequence = read.get_reference_sequence().upper()
            blocks = read.get_blocks()
            if sum(end - start for start, end in blocks) != len(sequence):
                sequence = ""  # a deletion or a skip: the tag's letters and the blocks part ways
            if len(sequence) > len(pieces.get(key, "")):
                pieces[key] = sequence
    for (chromosome, start), sequence in pieces.items():
        known.place(chromosome, start, sequence, path.name.removesuffix(".bam") + " MD tags")


def _place_transcripts(known: KnownSequence, sources: Sources) -> None:
    """Lay RefSeq mRNAs onto their exons: whole where the lengths agree, else the coding part alone.

    The coding part is the one reading frame of the length that the exon model has.
    """
    transcripts = dict(read_fasta(sources.transcripts))
    models = read_models(sources.gene_models[known.build], [name.split(".")[0] for name in transcripts])
    for name, sequence in transcripts.items():
        model = models.get(name.split(".", maxsplit=1)[0])
        if model is None:
            continue
        length = sum(end - start for start, end in model.exons)
        if sequence[:length] + "A" * (len(sequence) - length) == sequence and len(sequence) >= length:
            _lay(known, model, model.exons, sequence[:length], name)
            continue
        frames = _reading_frames(sequence, model.cds_length)
        if len(frames) == 1:
            _lay(known, model, model.cds, frames[0], name)


def _lay(
    known: KnownSequence, model: Model, intervals: Sequence[tuple[int, int]], sequence: str, source: str
) -> None:
    plus = sequence if model.strand == "+" else reverse_complement(sequence)
    at = 0
    for start, end in intervals:
        known.place(model.chromosome, start, plus[at : at + end - start], source)
        at += end - start


def _reading_frames(sequence: str, length: int) -> list[str]:
    """The stretches of `length` from ATG to the first stop in frame."""
    found = []
    for at in range(len(sequence) - length + 1):
        stretch = sequence[at : at + length]
        if stretch.startswith("ATG"):
            protein = translate(stretch)
            if protein.endswith("*") and protein.count("*") == 1:
                found.append(stretch)
    return found


def common_snps(sources: Sources, build: GenomeBuild) -> Iterator[tuple[str, int, str]]:
    """Bare chromosome, 0-based position and reference base of the common SNPs of a build."""
    with gzip.open(sources.snps(build), "rt", encoding="ascii") as lines:
        header = next(lines).rstrip("\n").split("\t")
        contig, start, base = (header.index(name) for name in ("chrom", "start", "ref"))
        for line in lines:
            fields = line.rstrip("\n").split("\t")
            if len(fields[base]) == 1:
                yield bare_contig(fields[contig]), int(fields[start]), fields[base]
