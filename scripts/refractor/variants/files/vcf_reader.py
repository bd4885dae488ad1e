"""Somatic VCF or BCF of any flavour -> observations over the panel.

Walk: what the file is and whether it is whole -> flavour and columns from the header -> records that touch
the panel -> one observation an allele, with counts by the fields the record has -> normalised, in order.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from refractor.errors import Problem, VariantFileError
from refractor.genome.builds import CONTIG_LENGTHS, KNOWN_BUILDS, GenomeBuild, bare_contig
from refractor.genome.intervals import Regions, panel_regions
from refractor.genome.normalise_allele import normalise
from refractor.genome.panel import Gene, Panel
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.variants.codons.codon_neighbours import with_neighbours
from refractor.variants.codons.phased import Phased
from refractor.variants.file_content import FileContent
from refractor.variants.files.build_fit import Place, build_problem
from refractor.variants.files.called_chromosomes import chromosomes_not_called
from refractor.variants.files.callers import (
    Flavour,
    germline_program,
)
from refractor.variants.files.count_fields import NotAProportionError
from refractor.variants.files.germline_signs import GermlineTally
from refractor.variants.files.held_kinds import HeldKinds, held_kinds
from refractor.variants.files.phase_fields import phase_keys
from refractor.variants.files.reader_settings import ReaderSettings
from refractor.variants.files.upstream_annotation import (
    AnnotationLayout,
    annotation_layouts,
    stated_effect,
    transcripts_of,
)
from refractor.variants.files.vcf_checks import MAX_PROBLEMS, BrokenLine
from refractor.variants.files.vcf_columns import Columns
from refractor.variants.files.vcf_content import count_record, refuse_what_holds_no_calls, why_unfiltered
from refractor.variants.files.vcf_file import VcfFile
from refractor.variants.files.vcf_header import VcfHeader, foreign_assembly
from refractor.variants.files.vcf_record import NO_DEPTH, observe, reference_block
from refractor.variants.files.whole_file import fault
from refractor.variants.observation import UNFILTERED, CallableBlock, Observation, SmallVariants, Unread

log = logging.getLogger(__name__)

_NO_ALLELE = frozenset(("*", "<*>", "<NON_REF>", ".", ""))
"""What stands in ALT without being a variant here: the deletion of a record before, any other allele, none."""

MAX_PLACES = 200_000
"""Records remembered to tell the build by; a somatic genome has fewer."""


def read_vcf(
    file: VcfFile,
    *,
    sample: str,
    named_sample: str | None,
    panel: Panel,
    reference: Reference,
    settings: ReaderSettings,
) -> SmallVariants:
    """The observations of `sample` in a VCF or BCF; see small_variants.read_small_variants."""
    header = file.header
    refuse_other_build(header, panel.build)
    if (program := germline_program(header)) is not None:
        raise fault(
            file.path,
            f"is a germline VCF: its header names {program} and nothing somatic",
            allowed="give the somatic calls of the tumour",
        )
    walk = _Walk(
        columns=file.columns(sample=sample, named_sample=named_sample),
        regions=panel_regions(panel, padding_bp=settings.padding_bp),
        panel=panel,
        reference=reference,
        settings=settings,
        layouts=annotation_layouts(header),
        transcripts=transcripts_of(panel),
        content=FileContent(panel.build),
        indexed_counts=file.indexed_counts(),
    )
    stretches = Regions.of((gene.chromosome, gene.start, gene.end) for gene in panel.genes.values())
    for line, record in file.records(stretches):
        walk.take(record, line=line)
    walk.take_broken(file.broken)
    walk.untidy = file.untidy
    walk.refuse_misfits()
    refuse_what_holds_no_calls(walk.content, walk.columns, has_blocks=bool(walk.blocks))
    walk.content.not_called = chromosomes_not_called(header, walk.content)
    return walk.result()


def refuse_other_build(header: VcfHeader, build: GenomeBuild) -> None:
    """Raise a VariantFileError for a header of another build, or of an assembly that is not read at all."""
    told = header.build()
    if told is not None and told is not build:
        raise fault(
            header.path,
            f"is on {told} by its header, where {build} is needed",
            allowed="correct genome_build in samples.tsv, or give the calls on that build",
        )
    foreign = foreign_assembly(header)
    if foreign is not None:
        raise fault(header.path, foreign, allowed=f"give calls on {KNOWN_BUILDS}, or lift them over")


@dataclass(slots=True)
class _Walk:
    """Collects, record by record, what a file says of one tumour over the panel."""

    columns: Columns
    regions: Regions
    panel: Panel
    reference: Reference
    settings: ReaderSettings
    layouts: tuple[AnnotationLayout, ...]
    transcripts: Mapping[str, Gene]
    content: FileContent
    indexed_counts: Mapping[str, int]
    records: int = 0
    on_chromosomes: int = 0
    found: list[Phased] = field(default_factory=list)
    blocks: list[CallableBlock] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    untidy: str = ""
    misfits: list[Problem] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    tally: GermlineTally = field(default_factory=GermlineTally)

    def take(self, record: Any, *, line: int | None) -> None:
        """Add one record; `line` is its place in a text file."""
        self.records += 1
        chromosome = bare_contig(record.CHROM)
        self.on_chromosomes += chromosome in CONTIG_LENGTHS[self.panel.build]
        if not self.indexed_counts:
            self.content.add(chromosome, record.start)
        block = reference_block(record, chromosome, self.columns)
        if block is not None:
            if block.depth != 0 and self.regions.overlaps(chromosome, block.start, block.end):
                self.blocks.append(block)
            return
        count_record(self.content, record, self.columns, self.settings)
        if self.columns.chosen.normal is None:
            self.tally.add(record, self.columns)
        ref = self._spelled(chromosome, record.start, record.REF.upper())
        if len(self.places) < MAX_PLACES:
            self.places.append((chromosome, record.start, ref, record.ALT[0]))
        if (beyond := self._beyond_its_chromosome(chromosome, record.start)) is not None:
            allowed = f"give calls on {self.panel.build}, or correct genome_build in samples.tsv"
            self.faults.append(Problem(self.columns.header.path, beyond, line, "POS", allowed))
        elif not self.regions.overlaps(chromosome, record.start, record.start + len(ref)):
            self.left_out["outside the panel"] += 1
        elif (misfit := self._misfit(chromosome, record.start, ref)) is not None:
            self.misfits.append(Problem(self.columns.header.path, misfit, line=line, column="REF"))
        else:
            for index, alt in enumerate(record.ALT, start=1):
                self._take_allele(record, index, ref=ref, alt=alt, line=line)

    def _take_allele(self, record: Any, index: int, *, ref: str, alt: str, line: int | None) -> None:
        if not alt or alt.upper().strip("ACGT") or ref.strip("ACGT"):
            self.left_out["symbolic, spanning (*) or ambiguous allele"] += 1
            if alt not in _NO_ALLELE and record.FILTER is None:
                why = "whose alleles are symbolic or ambiguous"
                end = record.start + len(ref)
                self.unread.append(Unread(bare_contig(record.CHROM), record.start, end, why))
            return
        variant = normalise(bare_contig(record.CHROM), record.start, ref, alt, reference=self.reference)
        hotspot = self.panel.hotspot_at(variant.chromosome, variant.position, variant.ref, variant.alt)
        try:
            result = observe(
                record,
                index,
                variant,
                columns=self.columns,
                settings=self.settings,
                is_hotspot=hotspot is not None,
            )
        except NotAProportionError as error:
            what = f"the allele fraction of {variant} is wrong: {error}"
            allowed = "fractions 0-1, or percent with its sign (11.5%)"
            self.faults.append(Problem(self.columns.header.path, what, line=line, allowed=allowed))
            return
        if isinstance(result, Observation):
            stated = stated_effect(record, index, variant, layouts=self.layouts, transcripts=self.transcripts)
            result = replace(result, stated=stated)
            self.found.append(Phased(result, phase_keys(record, self.columns, index)))
            return
        self.left_out[result] += 1
        if result == NO_DEPTH:
            self.unread.append(Unread(variant.chromosome, variant.position, variant.end, NO_DEPTH))

    def _beyond_its_chromosome(self, chromosome: str, position: int) -> str | None:
        """What is wrong with a position after the end; None where it fits. POS may name the telomere, one base on;
        MT has two lengths on GRCh37."""
        length = CONTIG_LENGTHS[self.panel.build].get(chromosome)
        if length is None or chromosome == "MT" or position <= length:
            return None
        return f"{position + 1} lies beyond chromosome {chromosome}, which has {length} bases on {self.panel.build}"

    def _spelled(self, chromosome: str, position: int, ref: str) -> str:
        """REF with the reference's base wherever it has a letter for several (R, Y, N ...)."""
        if not ref.strip("ACGT"):
            return ref
        known = self.reference.fetch(chromosome, position, position + len(ref))
        return "".join(base if base in "ACGT" else true for base, true in zip(ref, known, strict=True))

    def _misfit(self, chromosome: str, position: int, ref: str) -> str | None:
        """What is wrong with a REF where the sequence is known; None where it fits."""
        known = self.reference.fetch(chromosome, position, position + len(ref))
        pairs = zip(ref, known, strict=True)
        if all(true in {stated, "N"} or stated not in "ACGT" for stated, true in pairs):
            return None
        return f"{chromosome}:{position + 1} has {ref[:20]} where {self.reference.build} has {known[:20]}"

    def refuse_misfits(self) -> None:
        """Raise for reference alleles that do not fit, fractions that are none, positions that are not there."""
        path = self.columns.header.path
        if self.records and not self.on_chromosomes:
            raise fault(
                path,
                f"has {self.records} records, none of them on a chromosome of {self.panel.build}",
                allowed="contigs named 1 to 22, X, Y, MT, with or without chr, or by their RefSeq accessions",
            )
        problem = build_problem(path, self.places, n_misfits=len(self.misfits), reference=self.reference)
        of_another_build = [] if problem is None else [*self.misfits[:MAX_PROBLEMS], problem]
        if of_another_build or self.faults:
            raise VariantFileError([*of_another_build, *self.faults[:MAX_PROBLEMS]])

    def __post_init__(self) -> None:
        """Take what an index counts, where only the panel's records are read."""
        for chromosome, count in self.indexed_counts.items():
            self.content.add_many(chromosome, count)

    def take_broken(self, broken: Sequence[BrokenLine]) -> None:
        """Count records that cannot be read and lie away from the panel; a VariantFileError for one over it."""
        near = [
            one.problem
            for one in broken
            if self.regions.overlaps(one.chromosome, one.position - 1, one.position + 2)
        ]
        if near:
            raise VariantFileError(near[:MAX_PROBLEMS])
        if broken:
            self.left_out[f"that cannot be read, away from the panel (line {broken[0].problem.line})"] += len(
                broken
            )

    def result(self) -> SmallVariants:
        """The observations in genome order, each variant once, with the notes of the walk."""
        once: dict[Variant, Phased] = {}
        for phased in self.found:
            earlier = once.get(phased.observation.variant)
            if earlier is not None:
                self.left_out["the same allele a second time"] += 1
            if earlier is None or _rank(phased.observation) > _rank(earlier.observation):
                once[phased.observation.variant] = phased
        found = [once[variant] for variant in sorted(once, key=lambda variant: variant.genome_order)]
        if unfiltered := why_unfiltered(self.content, self.columns.header, self.columns.flavour):
            found = [
                Phased(
                    replace(item.observation, filters=(*item.observation.filters, UNFILTERED)),
                    item.phase_keys,
                )
                for item in found
            ]
        observations = with_neighbours(found, panel=self.panel, reference=self.reference)
        return SmallVariants(
            observations=tuple(observations),
            flavour=str(self.columns.flavour),
            tumor_column=self.columns.chosen.tumor or "",
            notes=(
                *self._notes(observations),
                *((f"{unfiltered}: no call is believed",) if unfiltered else ()),
            ),
            callable_blocks=tuple(self.blocks),
            unread=tuple(self.unread),
            mute=self.content.without_tumor_reads() or self._germline_doubt(),
            content=self.content,
            calls_substitutions=self._kinds.substitutions,
            calls_indels=self._kinds.indels,
        )

    def _germline_doubt(self) -> str:
        """Why a file that does not say who called it, and how, is no list of somatic variants; empty where it may be."""
        unnamed = self.columns.flavour in (Flavour.GENERIC, Flavour.FREEBAYES)
        return (self.tally.suspicion() or "") if unnamed else ""

    @property
    def _kinds(self) -> HeldKinds:
        return held_kinds(self.columns.header, self.columns.flavour, self.content)

    def _notes(self, observations: list[Observation]) -> list[str]:
        path = self.columns.header.path
        out = "; ".join(f"{count} {why}" for why, count in self.left_out.most_common())
        kept = f"kept {len(observations)} alleles of {self.records} records" + (f": {out}" if out else "")
        log.info("%s: %s", path, kept)
        notes = [*self.columns.chosen.notes, self.content.in_words(), kept]
        if self.untidy:
            notes.append(f"read over: {self.untidy}")
        if self._kinds.why:
            notes.append(self._kinds.note())
        if (suspicion := self.tally.suspicion()) is not None:
            log.warning("%s: %s", path, suspicion)
            notes.append(suspicion)
        for why in sorted(set(self.content.not_called.values())):
            notes.append(f"{why}: the file says nothing of the other chromosomes")
        silent = sum(item.alt_reads is None and item.vaf is None for item in observations)
        if silent:
            notes.append(f"{silent} variants have neither read counts nor an allele fraction")
        return notes


def _rank(observation: Observation) -> tuple[bool, int, int]:
    """Which of two records of one allele to keep: the one that passes, then the one with more reads."""
    return (not observation.filters, observation.alt_reads or 0, observation.depth or 0)
