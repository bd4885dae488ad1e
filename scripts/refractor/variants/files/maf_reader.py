"""MAF, or another table of mutations -> observations over the panel."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from refractor.errors import Problem, VariantFileError
from refractor.genome.intervals import Interval, Regions, panel_regions, regions_of_genes
from refractor.genome.normalise_allele import normalise
from refractor.genome.panel import Panel
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.variants.codons.codon_neighbours import with_neighbours
from refractor.variants.codons.phased import Phased
from refractor.variants.file_content import FileContent
from refractor.variants.files.build_fit import Place, build_problem
from refractor.variants.files.held_kinds import kinds_seen
from refractor.variants.files.maf_counts import refuse_exchanged_counts
from refractor.variants.files.maf_observation import MAF_ORIGIN, marks_of_row, observation_of
from refractor.variants.files.maf_row import MafRow
from refractor.variants.files.maf_table import BrokenRow, MafFile
from refractor.variants.files.protein_rows import NamedChange, named_change
from refractor.variants.files.reader_settings import ReaderSettings
from refractor.variants.files.upstream_annotation import numbers_as
from refractor.variants.files.vcf_checks import MAX_PROBLEMS
from refractor.variants.files.whole_file import fault
from refractor.variants.observation import (
    Observation,
    SmallVariants,
    Unread,
)

log = logging.getLogger(__name__)

NAMED_BESIDE_UNKNOWN = (
    "named by its protein change in the file: the base beside its alleles is not known here"
)
NAMED_ONLY = "named by its protein change only: the table gives no alleles"


def read_maf(
    maf: MafFile,
    *,
    sample: str,
    named_sample: str | None,
    panel: Panel,
    reference: Reference,
    settings: ReaderSettings,
) -> SmallVariants:
    """The observations of `sample` in a MAF; see small_variants.read_small_variants."""
    path, stated = maf.path, maf.stated_build
    if stated is not None and stated is not panel.build:
        raise fault(
            path,
            f"is on {stated} by NCBI_Build, where {panel.build} is needed",
            allowed="correct genome_build in samples.tsv, or give the calls on that build",
        )
    own, notes = _rows_of_sample(maf, sample=sample, named_sample=named_sample, sequenced=settings.sequenced)
    walk = _Walk(
        maf=maf,
        panel=panel,
        reference=reference,
        settings=settings,
        regions=panel_regions(panel, padding_bp=settings.padding_bp),
        content=FileContent(panel.build),
    )
    notes += walk.take_broken(maf.table.broken)
    refuse_exchanged_counts(maf, own)
    for row in own:
        walk.take(row)
    observations = walk.observations()
    if maf.table.others:
        notes.append(f"{maf.table.others} rows of the file are fusions or copy numbers, left out")
    if maf.table.percent:
        notes.append("allele fractions are percentages, by their column's name or by one above 1")
    if walk.by_name:
        notes.append(
            f"{walk.by_name} rows on genes of the panel have no alleles: read by gene and protein change"
        )
    kinds = kinds_seen(walk.content)
    if kinds.why:
        notes.append(kinds.note())
    out = "; ".join(f"{count} {why}" for why, count in walk.left_out.most_common())
    kept = f"kept {len(observations)} alleles of {len(own)} rows" + (f": {out}" if out else "")
    log.info("%s: %s", path, kept)
    return SmallVariants(
        observations=tuple(observations),
        flavour=MAF_ORIGIN,
        tumor_column=own[0].get("Tumor_Sample_Barcode") or "" if own else "",
        notes=(*notes, walk.content.in_words(), kept),
        unread=tuple(walk.unread),
        mute=walk.content.without_tumor_reads(),
        content=walk.content,
        calls_substitutions=kinds.substitutions,
        calls_indels=kinds.indels,
        looked_at=regions_of_genes(panel.genes[symbol] for symbol in walk.looked_at),
    )


@dataclass(slots=True)
class _Walk:
    """Collects, row by row, what a MAF says of one tumour over the panel."""

    maf: MafFile
    panel: Panel
    reference: Reference
    settings: ReaderSettings
    regions: Regions
    content: FileContent
    found: dict[Variant, Phased] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    places: list[Place] = field(default_factory=list)
    misfits: list[Problem] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    looked_at: set[str] = field(default_factory=set)
    by_name: int = 0

    def take_broken(self, broken: Sequence[BrokenRow]) -> list[str]:
        """Notes on rows that cannot be read and lie away from the panel; a VariantFileError for one that may not."""
        near = [one for one in broken if self._may_be_in_panel(one)]
        if near:
            raise VariantFileError([problem for one in near for problem in one.problems][:MAX_PROBLEMS])
        if not broken:
            return []
        first = broken[0].problems[0]
        return [
            f"{len(broken)} rows away from the panel could not be read (line {first.line} {first.column}: {first.what})"
        ]

    def _may_be_in_panel(self, broken: BrokenRow) -> bool:
        """Whether a row with faults lies over the panel, by its place or, where that cannot be read, by its gene."""
        row = broken.row
        if {problem.column for problem in broken.problems} & {"Chromosome", "Start_Position"}:
            return row.get("Hugo_Symbol") is None or row.get("Hugo_Symbol") in self.panel.genes
        span = row.span
        return span is None or self.regions.overlaps(span[0], span[1] - 1, span[2] + 1)

    def take(self, row: MafRow) -> None:
        """Add one row."""
        if not row.names_alleles:
            self._take_by_gene(row)
            return
        self._count(row)
        if (place := row.place) is not None:
            self._take_by_place(row, place)
            return
        if row.is_ambiguous and (span := row.span) is not None:
            self._leave_unread(span, "whose alleles are ambiguous")
        self.left_out["ambiguous allele" if row.is_ambiguous else "no variant allele"] += 1

    def _take_by_place(self, row: MafRow, place: Place) -> None:
        self.places.append(place)
        chromosome, position, ref, _ = place
        if not self.regions.overlaps(chromosome, position, position + max(1, len(ref))):
            self.left_out["outside the panel"] += 1
            return
        known = self.reference.fetch(chromosome, position, position + len(ref))
        if any(true not in {base, "N"} for base, true in zip(ref, known, strict=True)):
            what = f"{chromosome}:{position + 1} has {ref[:20]} where {self.panel.build} has {known[:20]}"
            self.misfits.append(Problem(self.maf.path, what, line=row.line, column="Reference_Allele"))
            return
        anchored = _anchored(place, self.reference)
        if anchored is None and self._take_by_name(row, place):
            return
        if anchored is None:
            self.left_out["indel without a known base beside it"] += 1
            self._leave_unread(
                (chromosome, position, position + max(1, len(ref))),
                "of an indel without a known base beside it",
            )
            return
        variant = normalise(*anchored, reference=self.reference)
        if variant in self.found:
            self.left_out["the same allele a second time"] += 1
            return
        observation = observation_of(
            row, variant, panel=self.panel, settings=self.settings, percent=self.maf.table.percent
        )
        if observation.alt_reads == 0:
            self.left_out["without a read in the tumour"] += 1
            return
        self.found[variant] = Phased(observation)

    def _take_by_gene(self, row: MafRow) -> None:
        """Add a row without alleles by its gene and protein change; where that cannot be read the gene is unknown."""
        gene = self.panel.gene_called(row.gene)
        if not row.protein and (span := row.span) is not None:
            self._leave_unread(span, "without alleles")
            self.left_out["no variant allele"] += 1
            return
        if gene is None:
            self.left_out["outside the panel"] += 1
            return
        if row.nothing_found:
            self.looked_at.add(gene.symbol)
            return
        self.by_name += 1
        found = named_change(row, gene, self.reference)
        if not isinstance(found, NamedChange):
            self.left_out["without a protein change of the panel's transcript"] += 1
            self.unread += [Unread(gene.chromosome, start, end, found) for start, end in gene.cds]
            return
        self._add_named(row, found, NAMED_ONLY)

    def _take_by_name(self, row: MafRow, place: Place) -> bool:
        """Add a row by its protein change where its alleles need a base that is not known; False where that cannot be.

        The change must be of the residue at the row's place, so that it is of the panel's transcript.
        """
        chromosome, position, ref, alt = place
        gene = self.panel.gene_called(row.gene)
        around = Variant(chromosome, position - 1, "N" + ref, "N" + alt)
        if gene is None or not numbers_as(gene, row.protein, around):
            return False
        found = named_change(row, gene, self.reference)
        if isinstance(found, NamedChange):
            self._add_named(row, found, NAMED_BESIDE_UNKNOWN)
        return isinstance(found, NamedChange)

    def _add_named(self, row: MafRow, found: NamedChange, note: str) -> None:
        if found.variant in self.found:
            self.left_out["the same change a second time"] += 1
            return
        observation = observation_of(
            row, found.variant, panel=self.panel, settings=self.settings, percent=self.maf.table.percent
        )
        if observation.alt_reads == 0:
            self.left_out["without a read in the tumour"] += 1
            return
        self.found[found.variant] = Phased(
            replace(observation, stated=found.stated, notes=(note, *observation.notes))
        )

    def _leave_unread(self, span: Interval, why: str) -> None:
        if self.regions.overlaps(*span):
            self.unread.append(Unread(*span, why))

    def _count(self, row: MafRow) -> None:
        """Count what a row is, for what the file as a whole can say."""
        span, content = row.span, self.content
        if span is not None:
            content.add(span[0], span[1])
        place = row.place
        content.add_small(*((place[2], (place[3],)) if place is not None else ("", ("",))))
        against = marks_of_row(row, None, self.settings).against
        content.filtered += bool(against)
        content.passed += not against
        reads = row.count("t_alt_count")
        if not against and reads is not None:
            content.counted += 1
            depth = row.count("t_depth") or reads + (row.count("t_ref_count") or 0)
            content.with_reads += not self.settings.too_few(reads, depth)

    def observations(self) -> list[Observation]:
        """What was found, in genome order; raises where reference alleles do not fit."""
        problem = build_problem(
            self.maf.path, self.places, n_misfits=len(self.misfits), reference=self.reference
        )
        if problem is not None:
            raise VariantFileError([*self.misfits[:MAX_PROBLEMS], problem])
        ordered = sorted(self.found, key=lambda variant: variant.genome_order)
        return with_neighbours(
            [self.found[variant] for variant in ordered], panel=self.panel, reference=self.reference
        )


def _rows_of_sample(
    maf: MafFile, *, sample: str, named_sample: str | None, sequenced: frozenset[str] | None
) -> tuple[Sequence[MafRow], list[str]]:
    """The tumour's rows by Tumor_Sample_Barcode, and how they were told."""
    rows = maf.rows
    names = sorted({name for row in rows if (name := row.get("Tumor_Sample_Barcode"))})
    wanted = named_sample or sample
    of_many = maf.part is not None
    if wanted in names:
        unlisted = sequenced is not None and sequenced.isdisjoint({wanted, sample})
        doubt = [f"{wanted} is not in the list of sequenced samples, though the file has rows of it"]
        return [row for row in rows if row.get("Tumor_Sample_Barcode") == wanted], doubt if unlisted else []
    if sequenced is None and (names or of_many):
        sequenced = maf.sequenced or None
    if sequenced is not None and sequenced & {wanted, sample} and (names or of_many or not rows):
        return (), [f"no row of {wanted}, which is in the list of sequenced samples: nothing was found"]
    if not of_many:
        if not names and not named_sample:
            return rows, ["no Tumor_Sample_Barcode: all rows taken as this tumour's"] if rows else []
        if len(names) == 1 and not named_sample:
            return rows, [f"Tumor_Sample_Barcode {names[0]} taken as the tumour: the only one"]
        if not rows:
            return rows, ["the MAF has no rows"]
    others = names or (maf.part.names if maf.part is not None else ())
    raise fault(
        maf.path,
        f"has no Tumor_Sample_Barcode {wanted!r}",
        allowed="write the tumour's name into small_variants_sample of samples.tsv, or into the list sequenced_samples "
        "of the configuration where it was sequenced and nothing found; names here: "
        + ", ".join(others[:MAX_PROBLEMS]),
    )


def _anchored(place: Place, reference: Reference) -> Place | None:
    """The allele with the base before an indel, as a VCF has it; None where that base is not known."""
    chromosome, position, ref, alt = place
    if ref and alt:
        return place
    if (before := reference.fetch(chromosome, position - 1, position)) != "N":
        return chromosome, position - 1, before + ref, before + alt
    return None
