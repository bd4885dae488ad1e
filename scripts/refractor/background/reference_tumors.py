"""What is known of each tumour of a study, in the form in which the rules look at a tumour of the cohort."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from refractor.background.study_copies import StudyCopies, read_levels, read_segments
from refractor.background.study_folder import StudyFolder, StudySample
from refractor.background.study_mutations import StudyMutations, read_study_mutations
from refractor.errors import InputError, Problem, VariantFileError
from refractor.evidence.clonality import UNKNOWN_PURITY
from refractor.evidence.findings import Findings, GeneCoverage, coverage_by_gene, small_variants
from refractor.evidence.polymorphisms import Polymorphisms
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import Panel, load_panel
from refractor.genome.reference import Reference
from refractor.results.copy_number_tables import GeneCopyNumber
from refractor.results.variant_tables import CodonStatus
from refractor.settings.thresholds import CALLING
from refractor.variants.codons.codon_alleles import Called
from refractor.variants.codons.codon_reads import CodonPlace, watched_codons
from refractor.variants.codons.codon_status import codon_verdict
from refractor.variants.codons.file_view import VariantFileView
from refractor.variants.codons.gene_callability import callability_of_genes
from refractor.variants.codons.power import DetectionThresholds
from refractor.variants.codons.tumor_context import UNKNOWN_CONTEXT
from refractor.variants.consequences import annotate_observations
from refractor.variants.files.maf_row import MafRow
from refractor.variants.files.maf_table import MafFile, MafTable
from refractor.variants.files.small_variants import read_small_variants

log = logging.getLogger(__name__)

MOST_UNREADABLE = 0.1
"""Share of the tumours whose rows may be unreadable before the study is refused (our choice)."""
_PROGRESS_EVERY = 500


@dataclass(frozen=True, slots=True)
class ReferenceStudy:
    """A study opened on its build: its panel, mutations and copies; `notes` as in StudyFolder, with those of the files."""

    study: StudyFolder
    panel: Panel
    mutations: StudyMutations | None
    copies: StudyCopies | None
    notes: tuple[str, ...]


def open_reference_study(study: StudyFolder) -> ReferenceStudy:
    """Read the files of a study; the build is told by NCBI_Build or by the alleles.

    Raises:
        InputError: a file is damaged, or the build cannot be told.
    """
    samples = {one.sample for one in study.samples}
    symbols = frozenset(load_panel(GenomeBuild.GRCH38).genes)
    mutations, build = None, None
    if study.mutations is not None:
        mutations = read_study_mutations(study.mutations, genes=symbols, samples=samples)
        build = _build(mutations)
    if build is None:
        build = _build_by_name(study)
    panel = load_panel(build)
    copies = _copies(study, panel, samples)
    notes = list(study.notes)
    if mutations is not None and mutations.broken:
        what, _ = mutations.broken.most_common(1)[0]
        notes.append(f"{mutations.broken.total()} rows of panel genes could not be read, first {what}")
    if copies is not None:
        notes.append(f"copies: {copies.what}")
    return ReferenceStudy(study, panel, mutations, copies, tuple(notes))


def _build(mutations: StudyMutations) -> GenomeBuild | None:
    rows = tuple(row for rows in mutations.rows.values() for row in rows)
    return MafFile(mutations.path, MafTable(rows)).build if rows else None


def _build_by_name(study: StudyFolder) -> GenomeBuild:
    """The build that the name of the segments tells; levels of genes need none, so any will do."""
    name = study.segments.name if study.segments is not None else ""
    if study.segments is not None and "hg19" not in name and "hg38" not in name:
        what = "does not tell its genome build"
        raise InputError(
            Problem(study.segments, what, allowed="name it *_data_cna_hg19.seg or *_data_cna_hg38.seg")
        )
    return GenomeBuild.GRCH37 if "hg19" in name else GenomeBuild.GRCH38


def _copies(study: StudyFolder, panel: Panel, samples: set[str]) -> StudyCopies | None:
    if study.levels is not None:
        return read_levels(study.levels, genes=frozenset(panel.genes), samples=samples)
    if study.segments is not None:
        return read_segments(study.segments, genes=panel.genes, samples=samples)
    return None


@dataclass(slots=True)
class ReferenceTumors:
    """The findings of each tumour of a study; `unreadable` are those whose mutations do not fit the genome."""

    opened: ReferenceStudy
    polymorphisms: Polymorphisms
    unreadable: dict[str, str] = field(default_factory=dict)

    def findings(self) -> Iterator[tuple[StudySample, Findings]]:
        """Every tumour that was looked at, in the order of the study.

        Raises:
            InputError: more than MOST_UNREADABLE of the tumours cannot be read.
        """
        samples = self.opened.study.samples
        panel = self.opened.panel
        with Reference(None, panel.build) as reference:
            places = watched_codons(panel)
            silent = VariantFileView("maf", (), assume_callable=True)
            wild_type = _verdicts(places, silent)
            coverage = coverage_by_gene(
                callability_of_genes(
                    panel,
                    reads=None,
                    file=silent,
                    context=UNKNOWN_CONTEXT,
                    assumed_purity=CALLING.assumed_purity,
                    thresholds=DetectionThresholds(),
                )
            )
            for place, one in enumerate(samples):
                if place and place % _PROGRESS_EVERY == 0:
                    log.info("%d of %d reference tumours", place, len(samples))
                yield one, self._of_tumor(one, reference, places, wild_type, coverage)
        if len(self.unreadable) > MOST_UNREADABLE * len(samples):
            first = next(iter(self.unreadable.values()))
            what = f"{len(self.unreadable)} of {len(samples)} tumours cannot be read, the first: {first}"
            raise InputError(Problem(self.opened.study.folder, what, allowed="one build, as NCBI_Build says"))

    def _of_tumor(
        self,
        one: StudySample,
        reference: Reference,
        places: Sequence[CodonPlace],
        wild_type: Mapping[tuple[str, int], CodonStatus],
        coverage: Mapping[str, GeneCoverage],
    ) -> Findings:
        panel = self.opened.panel
        copies = self._gene_copies(one)
        looked_at = {gene for gene in panel.genes if _contains(one.mutation_genes, gene)}
        mutations = self.opened.mutations
        rows = () if mutations is None else mutations.rows.get(one.sample, ())
        observed: tuple[Called, ...] | None = ()
        if mutations is not None and rows:
            observed = self._observed(one.sample, mutations.path, rows, reference)
        if observed is None:
            looked_at, observed = set(), ()
        genes = {consequence.gene for _, consequence in observed if consequence is not None}
        codons = {key: status for key, status in wild_type.items() if key[0] in looked_at}
        view = VariantFileView("maf", observed, assume_callable=True)
        codons |= _verdicts([place for place in places if place.gene in genes], view)
        return Findings(
            sample=one.sample,
            variants=small_variants(
                observed, copies=copies, purity=UNKNOWN_PURITY, polymorphisms=self.polymorphisms
            ),
            codons=codons,
            copies=copies,
            purity=UNKNOWN_PURITY,
            coverage={gene: covered for gene, covered in coverage.items() if gene in looked_at},
        )

    def _observed(
        self, sample: str, path: Path, rows: Sequence[MafRow], reference: Reference
    ) -> tuple[Called, ...] | None:
        """The variants of a tumour with their effects; None, and noted, where its rows do not fit the genome."""
        file = MafFile(path, MafTable(tuple(rows)))
        try:
            read = read_small_variants(file, sample=sample, panel=self.opened.panel, reference=reference)
        except VariantFileError as error:
            self.unreadable[sample] = str(error.problems[0])
            return None
        consequences = annotate_observations(read.observations, panel=self.opened.panel, reference=reference)
        return tuple(zip(read.observations, consequences, strict=True))

    def _gene_copies(self, one: StudySample) -> dict[str, GeneCopyNumber]:
        table = self.opened.copies
        if table is None or one.sample not in table.samples:
            return {}
        return {
            symbol: GeneCopyNumber(
                gene=symbol,
                chromosome=self.opened.panel.genes[symbol].chromosome,
                start=self.opened.panel.genes[symbol].start,
                end=self.opened.panel.genes[symbol].end,
                call=call,
                source=self.opened.study.name,
                reason=table.what,
            )
            for symbol, call in table.calls.get(one.sample, {}).items()
            if _contains(one.copy_genes, symbol)
        }


def _contains(genes: frozenset[str] | None, gene: str) -> bool:
    return genes is None or gene in genes


def _verdicts(places: Sequence[CodonPlace], view: VariantFileView) -> dict[tuple[str, int], CodonStatus]:
    """The verdict of a file on codons, its silence taken for wild-type."""
    return {
        (place.gene, place.codon): codon_verdict(
            place,
            reads=None,
            called_in_reads=(),
            file=view,
            expectation=UNKNOWN_CONTEXT.expectation(place.gene, assumed_purity=CALLING.assumed_purity),
            thresholds=DetectionThresholds(),
            low_vaf=CALLING.low_vaf,
        )
        for place in places
    }
