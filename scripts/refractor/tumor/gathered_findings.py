"""Everything that was found of one tumour as the evidence needs it: the flows' records, its junctions, the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from refractor.evidence.at_entry import AtEntry, MicrosatelliteStatus
from refractor.evidence.clonality import UNKNOWN_PURITY
from refractor.evidence.findings import (
    Findings,
    SignatureVerdict,
    codons_by_place,
    copies_by_gene,
    coverage_by_gene,
    definitions_by_gene,
    foreign_cells_of,
    germline_of,
    purity_of,
    signatures_of,
    small_variants,
)
from refractor.evidence.polymorphisms import load_polymorphisms
from refractor.evidence.read_junctions import variants_of_reads
from refractor.files.digests import file_checksum
from refractor.genome.builds import GenomeBuild
from refractor.genome.fixed_columns import fixed_column
from refractor.genome.panel import Panel
from refractor.genome_wide.burden import HIGH_BURDEN_PER_MB
from refractor.results.analyses import AnalysisLog
from refractor.results.copy_number_tables import Amplicon, DefinitionVerdict, GeneCopyNumber, PurityPloidy
from refractor.results.junction_tables import Junction, JunctionSearch
from refractor.results.quality import Quality
from refractor.results.variant_tables import CodonStatus, GeneCallability
from refractor.tumor.inputs import Tumor
from refractor.variants.consequences import Consequence
from refractor.variants.files.structural_variants import StructuralVariant
from refractor.variants.files.sv_reader import read_structural_variants
from refractor.variants.observation import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class TumorRecords:
    """What the two flows before found of one tumour: the records of their tables; none is not known."""

    build: GenomeBuild
    purity_ploidy: Sequence[PurityPloidy] = ()
    genes: Sequence[GeneCopyNumber] = ()
    definitions: Sequence[DefinitionVerdict] = ()
    amplicons: Sequence[Amplicon] = ()
    called: Sequence[tuple[Observation, Consequence | None]] = ()
    codons: Sequence[CodonStatus] = ()
    callability: Sequence[GeneCallability] = ()
    quality: Sequence[Quality] = ()
    junctions: Sequence[Junction] = ()
    junction_searches: Sequence[JunctionSearch] = ()


def gather_findings(
    sample: str,
    records: TumorRecords,
    junctions: tuple[StructuralVariant, ...] | None,
    *,
    panel: Panel,
    rules: Path,
) -> Findings:
    """Everything that the flows before found of the tumour, and its structural variants."""
    purity, purity_reason = purity_of(records.purity_ploidy)
    copies = copies_by_gene(records.genes)
    return Findings(
        sample=sample,
        variants=small_variants(
            records.called,
            copies=copies,
            purity=purity or UNKNOWN_PURITY,
            polymorphisms=load_polymorphisms(rules / "polymorphisms.tsv"),
        ),
        codons=codons_by_place(records.codons),
        copies=copies,
        definitions=definitions_by_gene(records.definitions),
        amplicons=tuple(records.amplicons),
        purity=purity,
        purity_reason=purity_reason,
        foreign_cells=foreign_cells_of(records.purity_ploidy, records.quality),
        structural_variants=junctions,
        junctions_of_reads=variants_of_reads(records.junctions),
        junction_searches={search.place: search for search in records.junction_searches},
        coverage=coverage_by_gene(records.callability),
        signatures=signatures_of(records.quality),
        germline=germline_of(records.quality, panel.germline_sites),
    )


def with_entry(findings: Findings, at_entry: AtEntry, *, target: str | None) -> Findings:
    """The findings with what the patients' sheet says of the tumour; `target` is the gene that the drugs aim at.

    What the genome shows and the sheet says otherwise stands beside it, as a conflict.
    """
    signatures = dict(findings.signatures)
    for name, told in _told_at_entry(at_entry).items():
        signatures[name] = signatures[name].beside(told) if name in signatures else told
    return replace(
        findings,
        prior_anti_egfr=at_entry.prior_anti_egfr,
        protein_scores=at_entry.protein_scores(fixed_column("her2_ihc").gene, target),
        stained_percent=at_entry.patient_target_percent,
        signatures=signatures,
    )


def _told_at_entry(at_entry: AtEntry) -> dict[str, SignatureVerdict]:
    """What the patients' sheet says of the whole genome, by signature."""
    status, burden = at_entry.patient_msi_status, at_entry.patient_tmb_per_mb
    told = {}
    if status is not None:
        instable = status is MicrosatelliteStatus.INSTABLE
        told["microsatellite_instability"] = SignatureVerdict(instable, f"{status} by the patients' sheet")
    if burden is not None:
        words = f"{burden:g} mutations/Mb by the patients' sheet"
        told["high_mutational_burden"] = SignatureVerdict(
            burden > HIGH_BURDEN_PER_MB, words, values=(burden,)
        )
    return told


def read_junctions(
    tumor: Tumor, analyses: AnalysisLog, build: GenomeBuild
) -> tuple[tuple[StructuralVariant, ...] | None, str]:
    """The junctions of the tumour's file and its checksum; None and nothing where there is none or it is unusable."""
    junctions, checksum = None, ""
    if tumor.structural_variants is None:
        analyses.skipped("structural_variants", "not given")
        return None, ""
    with analyses.attempt("structural_variants"):
        read = read_structural_variants(
            tumor.structural_variants,
            sample=tumor.sample,
            named_sample=tumor.structural_variants_sample,
            build=build,
        )
        checksum = file_checksum(tumor.structural_variants)
        junctions = read
        analyses.done("structural_variants", f"{len(junctions)} junctions")
    return junctions, checksum
