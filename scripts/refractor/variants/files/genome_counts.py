"""How many small variants a VCF holds over the whole genome, and how many of them are indels in repeats.

What counts as a repeat, and the genome's size, are PURPLE's (MicrosatelliteIndels of hmftools f292edd): one base five
times or more, two to four bases four times or more; 2,859 Mb. The repeat is told by the record (REP_S and REP_C of
PURPLE, RU and RPA of Mutect2, RU and RC of Strelka2), else by the reference where its sequence is known there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from refractor.files.resources import shipped_rows
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild, bare_contig
from refractor.genome.intervals import Regions, regions_of_genes
from refractor.genome.panel import PANEL, Panel
from refractor.genome.reference import Reference
from refractor.variants.files.germline_signs import GermlineTally
from refractor.variants.files.held_kinds import BOTH, held_kinds
from refractor.variants.files.vcf_columns import Columns
from refractor.variants.files.vcf_content import why_unfiltered_file
from refractor.variants.files.vcf_file import VcfFile

GENOME_MB = 2859.0
"""Megabases of the genome in which variants are called, as PURPLE has it."""
LONGEST_ALLELE = 50
"""Bases from which an indel is no slip of a repeat (PURPLE)."""
LEAST_REPEATS = {1: 5, 2: 4, 3: 4, 4: 4}
"""Copies from which a motif of so many bases is a repeat (PURPLE)."""
EXON_PADDING_BP = 200
"""Bases beside an exon that an exome's baits reach (our choice); further into introns only whole genomes do."""
_AHEAD = 60


@dataclass(slots=True)
class GenomeCounts:
    """Variants of one tumour that passed, on chromosomes 1 to 22, X and Y; inside the callable regions where given.

    `told` counts the indels of which it is known whether they lie in a repeat. `intronic` are those inside panel genes
    away from exons, where `intronic_mb` says how much genome that is. `doubt` says why the file's calls are none of
    the tumour's alone; empty where nothing speaks against it.
    """

    small: int = 0
    indels: int = 0
    told: int = 0
    in_repeats: int = 0
    intronic: int = 0
    intronic_mb: float = 0.0
    callable_mb: float | None = None
    doubt: str = ""
    pole: tuple[str, ...] = ()
    """Pathogenic changes of the exonuclease domain of POLE among them."""
    pole_callable: bool = True
    """Whether the callable regions, where given, hold every such place."""


def count_genome(
    file: VcfFile,
    *,
    sample: str,
    named_sample: str | None,
    panel: Panel,
    reference: Reference,
    callable_regions: Regions | None,
) -> GenomeCounts:
    """The counts over every record of a VCF that `read_vcf` has accepted."""
    columns = file.columns(sample=sample, named_sample=named_sample)
    hotspots = pole_hotspots(panel.build)
    introns = _introns(panel)
    counts = GenomeCounts(intronic_mb=_megabases(introns))
    if callable_regions is not None:
        counts.callable_mb = _megabases(callable_regions)
        counts.pole_callable = all(
            callable_regions.covers(chromosome, position, position + 1)
            for chromosome, position, _, _ in hotspots
        )
    tally = GermlineTally()
    chromosomes = set(CONTIG_LENGTHS[panel.build]) - {"MT"}
    seen = unfiltered = 0
    for _, record in file.records():
        chromosome = bare_contig(record.CHROM)
        if chromosome not in chromosomes or not _has_bases(record):
            continue
        seen += 1
        names = record.FILTERS
        unfiltered += not names
        if names and "PASS" not in names:
            continue
        counts.pole += tuple(
            hotspots[place]
            for alt in record.ALT
            if (place := (chromosome, record.start, record.REF.upper(), alt.upper())) in hotspots
        )
        if callable_regions is not None and not callable_regions.covers(
            chromosome, record.start, record.start + 1
        ):
            continue
        if columns.chosen.normal is None:
            tally.add(record, columns)
        counts.small += 1
        counts.intronic += introns.covers(chromosome, record.start, record.start + 1)
        if any(len(alt) != len(record.REF) for alt in record.ALT):
            counts.indels += 1
            repeated = is_in_repeat(record, chromosome, reference)
            counts.told += repeated is not None
            counts.in_repeats += repeated is True
    counts.doubt = _doubt(columns, tally, all_unfiltered=bool(seen) and unfiltered == seen)
    return counts


@lru_cache(maxsize=2)
def pole_hotspots(build: GenomeBuild) -> dict[tuple[str, int, str, str], str]:
    """Protein changes of resources/panel/pole_hotspots.tsv by chromosome, 0-based position and alleles."""
    return {
        (row["chromosome"], int(row[f"position_{build}"]), row["ref"], row["alt"]): row["protein_change"]
        for row in shipped_rows(PANEL / "pole_hotspots.tsv")
    }


def is_in_repeat(record: Any, chromosome: str, reference: Reference) -> bool | None:
    """Whether an indel changes the length of a short repeat; None where neither record nor reference tells."""
    if max(map(len, (record.REF, *record.ALT))) >= LONGEST_ALLELE:
        return False
    stated = _stated_repeat(record)
    if stated is not None:
        motif, copies = stated
        return copies >= LEAST_REPEATS.get(len(motif), 1 << 30)
    alt = record.ALT[0].upper()
    ref = record.REF.upper()
    longer, shorter = (ref, alt) if len(ref) > len(alt) else (alt, ref)
    if not longer.startswith(shorter):
        return False
    motif = _smallest_motif(longer[len(shorter) :])
    if len(motif) not in LEAST_REPEATS:
        return False
    ahead = reference.fetch(chromosome, record.start + len(shorter), record.start + len(shorter) + _AHEAD)
    needed = len(motif) * LEAST_REPEATS[len(motif)]
    if "N" in ahead[:needed]:
        return None
    return ahead[:needed] == motif * LEAST_REPEATS[len(motif)]


def _stated_repeat(record: Any) -> tuple[str, int] | None:
    """Motif and copies of the repeat as the record says; None where it says neither."""
    for motif_field, copies_field in (("REP_S", "REP_C"), ("RU", "RPA"), ("RU", "RC")):
        motif, copies = record.INFO.get(motif_field), record.INFO.get(copies_field)
        if motif and copies is not None:
            first = copies[0] if isinstance(copies, tuple) else str(copies).split(",")[0]
            return str(motif), int(first)
    return None


def _smallest_motif(bases: str) -> str:
    """The shortest sequence of which `bases` is a repetition."""
    for length in range(1, len(bases)):
        if len(bases) % length == 0 and bases[:length] * (len(bases) // length) == bases:
            return bases[:length]
    return bases


def _has_bases(record: Any) -> bool:
    """Whether the record is a small variant with its bases."""
    return bool(record.ALT) and not any(alt.upper().strip("ACGT") for alt in (record.REF, *record.ALT))


def _introns(panel: Panel) -> Regions:
    """Panel genes from start to end without their coding exons and what lies EXON_PADDING_BP beside them."""
    exons = regions_of_genes(panel.genes.values(), padding_bp=EXON_PADDING_BP)
    pieces = []
    for chromosome, start, end in Regions.of(
        (gene.chromosome, gene.start, gene.end) for gene in panel.genes.values()
    ):
        at = start
        for other, first, last in exons:
            if other == chromosome and first < end and last > start:
                pieces.append((chromosome, at, min(first, end)))
                at = max(at, last)
        pieces.append((chromosome, at, end))
    return Regions.of(pieces)


def _megabases(regions: Regions) -> float:
    return sum(end - start for _, start, end in regions) / 1e6


def _doubt(columns: Columns, tally: GermlineTally, *, all_unfiltered: bool) -> str:
    """Why the calls may not be counted as the tumour's somatic variants; empty where they may."""
    header, caller = columns.header, columns.flavour
    if held_kinds(header, caller) != BOTH:
        return "the file holds substitutions only, or indels only"
    if unfiltered := why_unfiltered_file(header, caller, all_unfiltered=all_unfiltered):
        return unfiltered
    return tally.suspicion() or ""
