"""Tumour-normal pairs of BAM files over a chosen part of the genome."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.reads.windows_to_read import NO_SNP, load_sites
from synthetic.bam import write_bam
from synthetic.chimeras import chimeric_reads
from synthetic.drawn_fragments import Library
from synthetic.junction_reads import junction_reads
from synthetic.person import Person, Snp, inherit
from synthetic.reads import ReadBlock, sequence
from synthetic.sequencing import ReadModel
from synthetic.territory import KnownAllele, Region, Territory, lay_out
from synthetic.truth import TumorTruth

log = logging.getLogger(__name__)

CODING_FLANK = 150
"""Bases simulated on both sides of a coding exon."""

BREAKPOINT_FLANK = 500
"""Bases simulated on both sides of a breakpoint."""

SNP_FREQUENCY = 0.4
"""Frequency of the alt allele at every SNP of the windows: our choice; 48 % of them are then heterozygous."""

STRANGER = 1_000_003
"""Added to a person's seed: the person whose DNA contaminates the sample."""

ERBB2_LOCUS = {
    GenomeBuild.GRCH37: Region("17", 37_746_473, 37_946_473),
    GenomeBuild.GRCH38: Region("17", 39_590_220, 39_790_220),
}
"""The 200 kb around ERBB2 whose real sequence ships in full (resources/reference)."""

ANY_CODON = {
    "A": "GCC", "C": "TGC", "D": "GAT", "E": "GAA", "F": "TTT", "G": "GGT", "H": "CAT", "I": "ATT", "K": "AAG",
    "L": "CTA", "M": "ATG", "N": "AAT", "P": "CCA", "Q": "CAA", "R": "AGA", "S": "TCA", "T": "ACC", "V": "GTG",
    "W": "TGG", "Y": "TAT",
}  # fmt: skip
"""One codon for each amino acid, drawn where a decisive codon's bases are not in the reference."""
_COMPLEMENT = str.maketrans("ACGT", "TGCA")

COMMENTS = (
    "SYNTHETIC: simulated reads of an invented person, made by refractor simulate_genomes",
    "Sequence is that of the reference where the panel reference knows it, and drawn at random elsewhere",
)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which part of the genome is simulated.

    `windows` is how many of the shipped windows, by rank; `panel` adds the coding exons of the panel genes,
    `erbb2_locus` the 200 kb around ERBB2, `chromosomes` whole chromosomes, `around` further regions.
    """

    windows: int = 0
    panel: bool = True
    erbb2_locus: bool = True
    chromosomes: tuple[str, ...] = ()
    around: tuple[Region, ...] = ()

    def comment(self) -> str:
        """What the file holds, for its header."""
        parts = []
        if self.chromosomes:
            parts.append(f"chromosomes {', '.join(self.chromosomes)}")
        if self.windows:
            parts.append(f"the first {self.windows} windows of resources/windows by rank")
        if self.panel:
            parts.append(f"the coding exons of the panel genes +-{CODING_FLANK} bp")
        if self.erbb2_locus:
            parts.append("200 kb around ERBB2")
        if self.around:
            parts.append(f"{len(self.around)} surroundings of breakpoints")
        return f"Holds what samtools view -P -L would leave of a whole genome over {'; '.join(parts)}"


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What all persons on one coverage share: the territory and the SNPs that vary in it."""

    territory: Territory
    snps: tuple[Snp, ...]
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Depths:
    """Mean reads per base of tumour and normal, duplicates not counted."""

    tumor: float = 60.0
    normal: float = 30.0


@dataclass(frozen=True, slots=True)
class Seeds:
    """What is drawn: `person` decides the inherited SNPs, `sequencing` everything that sequencing adds."""

    person: int
    sequencing: int


def prepare_ground(build: GenomeBuild, coverage: Coverage, *, reference: Path | None = None) -> Ground:
    """The territory of a coverage; `reference` replaces the shipped panel reference by a full FASTA."""
    regions: list[Region] = []
    known: list[KnownAllele] = []
    snps: list[Snp] = []
    whole = set(coverage.chromosomes)
    regions += [Region(name, 0, CONTIG_LENGTHS[build][name]) for name in coverage.chromosomes]
    if coverage.erbb2_locus and "17" not in whole:
        regions.append(ERBB2_LOCUS[build])
    regions += [region for region in coverage.around if region.chromosome not in whole]
    if coverage.panel:
        regions += [region for region in panel_regions(build) if region.chromosome not in whole]
    if coverage.windows or whole:
        sites = load_sites(build, count=None if whole else coverage.windows)
        for index in range(len(sites)):
            chromosome = str(sites.chromosome[index])
            if sites.rank[index] >= coverage.windows and chromosome not in whole:
                continue
            if chromosome not in whole:
                regions.append(
                    Region(chromosome, int(sites.start[index]), int(sites.end[index]), float(sites.gc[index]))
                )
            if sites.snp[index] != NO_SNP:
                snp, ref, alt = int(sites.snp[index]), str(sites.ref[index]), str(sites.alt[index])
                snps.append(Snp(chromosome, snp, ref, alt, SNP_FREQUENCY))
                known.append(KnownAllele(chromosome, snp, ref))
    with Reference(reference, build) as opened:
        territory = lay_out(regions, opened, known_alleles=[*known, *_panel_alleles(build, opened)])
    return Ground(territory, tuple(snps), coverage)


def _panel_alleles(build: GenomeBuild, reference: Reference) -> list[KnownAllele]:
    """Bases known of the panel without its sequence: the ref of each hotspot, and codons by their amino acid."""
    panel = load_panel(build)
    alleles = []
    for codon in panel.decisive_codons:
        strand = panel.genes[codon.gene].strand
        for position, base in zip(codon.positions, ANY_CODON[codon.amino_acid], strict=True):
            if not reference.knows(codon.chromosome, position, position + 1):
                shown = base if strand == "+" else base.translate(_COMPLEMENT)
                alleles.append(KnownAllele(codon.chromosome, position, shown))
    return alleles + [KnownAllele(spot.chromosome, spot.position, spot.ref) for spot in panel.hotspots]


def surroundings(truth: TumorTruth) -> tuple[Region, ...]:
    """The regions that must be covered for reads over the junctions of a truth."""
    return tuple(
        Region(end.chromosome, max(0, end.position - BREAKPOINT_FLANK), end.position + BREAKPOINT_FLANK)
        for item in truth.rearrangements
        for end in (item.first, item.second)
    )


def panel_regions(build: GenomeBuild) -> list[Region]:
    """The coding exons of the panel genes with their flanks."""
    return [
        Region(gene.chromosome, max(0, start - CODING_FLANK), end + CODING_FLANK)
        for gene in load_panel(build).genes.values()
        for start, end in gene.cds
    ]


def simulate_sample(
    ground: Ground,
    truth: TumorTruth,
    *,
    path: Path,
    depth: float,
    seeds: Seeds,
    model: ReadModel | None = None,
    indexed: bool = True,
) -> int:
    """Number of reads of one sample written to the BAM `path`, with its index beside it if it is to be `indexed`."""
    person = inherit(ground.territory, ground.snps, seed=seeds.person)
    library = Library(
        truth=truth,
        territory=ground.territory,
        haplotypes=_rows(ground, person, truth, seeds.person),
        depth=depth,
        seed=seeds.sequencing,
        model=ReadModel() if model is None else model,
    )
    comments = (*COMMENTS, ground.coverage.comment())
    joined = (junction_reads(library), chimeric_reads(library))
    blocks = chain((block for block in joined if block is not None), sequence(library))
    reads = write_bam(
        path, blocks, build=truth.build, sample=truth.sample, comments=comments, indexed=indexed
    )
    log.info("wrote %s: %d reads", path, reads)
    return reads


def simulate_chromosomes(
    truth: TumorTruth,
    chromosomes: Sequence[str],
    *,
    path: Path,
    depth: float,
    seeds: Seeds,
    model: ReadModel | None = None,
) -> int:
    """Number of reads of one sample over whole chromosomes, one after the other, so that memory holds only one."""
    order = [name for name in CONTIG_LENGTHS[truth.build] if name in set(chromosomes)]
    coverage = Coverage(panel=False, erbb2_locus=False, chromosomes=tuple(order))
    blocks = _blocks_of_chromosomes(truth, order, depth, seeds, ReadModel() if model is None else model)
    reads = write_bam(
        path, blocks, build=truth.build, sample=truth.sample, comments=(*COMMENTS, coverage.comment())
    )
    log.info("wrote %s: %d reads", path, reads)
    return reads


def _blocks_of_chromosomes(
    truth: TumorTruth, chromosomes: Sequence[str], depth: float, seeds: Seeds, model: ReadModel
) -> Iterator[ReadBlock]:
    first_batch = 0
    for name in chromosomes:
        ground = prepare_ground(truth.build, Coverage(panel=False, erbb2_locus=False, chromosomes=(name,)))
        person = inherit(ground.territory, ground.snps, seed=seeds.person)
        rows = _rows(ground, person, truth, seeds.person)
        library = Library(truth, ground.territory, rows, depth, seeds.sequencing, model)
        for block in sequence(library, first_batch=first_batch):
            first_batch = block.batch + 1
            yield block
        log.info("%s: simulated chromosome %s", truth.sample, name)


def simulate_pair(
    ground: Ground,
    truth: TumorTruth,
    *,
    tumor_path: Path,
    normal_path: Path,
    depths: Depths,
    seeds: Seeds,
    model: ReadModel | None = None,
) -> tuple[int, int]:
    """Numbers of reads of tumour and normal of one person, written to two BAM files."""
    tumor = simulate_sample(ground, truth, path=tumor_path, depth=depths.tumor, seeds=seeds, model=model)
    normal = normal_truth(truth)
    return tumor, simulate_sample(
        ground, normal, path=normal_path, depth=depths.normal, seeds=seeds, model=model
    )


def simulate_panel_reads(
    truth: TumorTruth,
    *,
    tumor_path: Path,
    normal_path: Path,
    depths: Depths,
    seeds: Seeds,
    regions: Sequence[Region] | None = None,
    model: ReadModel | None = None,
) -> tuple[int, int]:
    """Numbers of reads of a pair over the coding exons of the panel (or over `regions`), for benchmarks of calling.

    Without inherited SNPs. The allele fractions that the reads show in expectation are `truth.expected_vaf`.
    """
    ground = _panel_ground(truth.build, None if regions is None else tuple(regions))
    return simulate_pair(
        ground, truth, tumor_path=tumor_path, normal_path=normal_path, depths=depths, seeds=seeds, model=model
    )


@lru_cache(maxsize=4)
def _panel_ground(build: GenomeBuild, regions: tuple[Region, ...] | None) -> Ground:
    chosen = panel_regions(build) if regions is None else list(regions)
    with Reference(None, build) as reference:
        territory = lay_out(chosen, reference, known_alleles=_panel_alleles(build, reference))
    return Ground(territory, (), Coverage(panel=regions is None, erbb2_locus=False))


def normal_truth(truth: TumorTruth) -> TumorTruth:
    """The truth of the patient's normal, named after the tumour: no cancer cell, the inherited variants only."""
    inherited = tuple(variant for variant in truth.variants if variant.germline)
    return TumorTruth(
        sample=f"{truth.sample}-normal",
        build=truth.build,
        purity=0.0,
        sex=truth.sex,
        variants=inherited,
        rearrangements=tuple(item for item in truth.rearrangements if item.germline),
        holes=truth.holes,
    )


def _rows(ground: Ground, person: Person, truth: TumorTruth, person_seed: int) -> NDArray[np.uint8]:
    """The person's haplotypes, and below them a stranger's where the sample is contaminated."""
    if truth.contamination == 0:
        return person.bases
    stranger = inherit(ground.territory, ground.snps, seed=person_seed + STRANGER)
    return np.concatenate([person.bases, stranger.bases])
