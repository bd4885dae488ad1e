"""Alterations of one tumour with their evidence, every rule looked up, eligibility, and the label. Reads no outcome."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from refractor.evidence.alterations import Alteration, alterations_of
from refractor.evidence.amplicon_structure import structures_of
from refractor.evidence.at_entry import UNKNOWN_ENTRY, AtEntry, MicrosatelliteStatus
from refractor.evidence.civic.items import CivicMatch, civic_matches, load_drugs, load_names, read_civic
from refractor.evidence.civic.profiles import known_alterations
from refractor.evidence.clonality import UNKNOWN_PURITY
from refractor.evidence.eligibility import assess_eligibility
from refractor.evidence.events.biallelic_loss import BiallelicLoss
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
from refractor.evidence.knowledge.knowledge_base import EVIDENCE, KnowledgeBase, load_knowledge_base
from refractor.evidence.knowledge.rules_in_scope import (
    Scope,
    decoy_rules,
    rules_in_scope,
    rules_on_other_drugs,
    scope_of,
)
from refractor.evidence.labels import label_tumor
from refractor.evidence.lookups import RuleResult, look_up_rules
from refractor.evidence.oncokb import read_oncokb
from refractor.evidence.polymorphisms import load_polymorphisms
from refractor.evidence.read_junctions import variants_of_reads
from refractor.evidence.reannotation import Snapshot, digest_of, snapshot_of
from refractor.evidence.reporting import (
    ExternalAnnotations,
    civic_evidence,
    label_record,
    reported_alterations,
    reported_decoys,
    reported_rules,
)
from refractor.evidence.targets import find_target
from refractor.files.digests import file_checksum
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import Panel, load_panel
from refractor.results.analyses import ANNOTATION_ANALYSIS, AnalysisLog
from refractor.results.cohort_tables import COPIED_GENE
from refractor.results.copy_number_tables import Amplicon, DefinitionVerdict, GeneCopyNumber, PurityPloidy
from refractor.results.evidence_tables import (
    CivicEvidence,
    CriterionVerdict,
    DecoyRule,
    LabelRow,
    ReportedAlteration,
    ReportedRule,
)
from refractor.results.junction_tables import AmpliconStructure, Junction, JunctionSearch
from refractor.results.quality import Quality
from refractor.results.variant_tables import CodonStatus, GeneCallability
from refractor.settings.config import SHIPPED_COHORT, load_cohort
from refractor.settings.thresholds import CALLING, CallingSettings
from refractor.tumor.inputs import Tumor
from refractor.tumor.isolation import isolated, without
from refractor.variants.consequences import Consequence
from refractor.variants.files.structural_variants import StructuralVariant
from refractor.variants.files.sv_reader import read_structural_variants
from refractor.variants.observation import Observation
from refractor.vocabulary import State

log = logging.getLogger(__name__)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSources:
    """What the evidence rests on beside the tumour: cohort file, folder of rules, own rules and a CIViC table to add."""

    cohort: Path = SHIPPED_COHORT
    rules: Path = EVIDENCE
    own_rules: tuple[Path, ...] = ()
    civic: Path | None = None


SHIPPED_EVIDENCE = EvidenceSources()


@dataclass(frozen=True, slots=True, kw_only=True)
class TumorAnnotation:
    """The records of each table of a tumour's evidence, its label, and what they rest on.

    `version` names rules, cohort file and CIViC table; `junctions_checksum` is that of the file of structural
    variants, empty where none could be read.
    """

    label: LabelRow
    eligibility: tuple[CriterionVerdict, ...]
    alterations: tuple[ReportedAlteration, ...]
    rules: tuple[ReportedRule, ...]
    decoys: tuple[DecoyRule, ...]
    civic: tuple[CivicEvidence, ...]
    structures: tuple[AmpliconStructure, ...]
    version: str
    junctions_checksum: str
    analyses: AnalysisLog

    @property
    def failed(self) -> bool:
        """Whether there is no annotation, only that it failed."""
        return self.analyses.state(ANNOTATION_ANALYSIS) is State.FAILED

    def snapshot(self, tables: Sequence[Path]) -> Snapshot:
        """The annotation as it is compared with an earlier one; `tables` are those that describe the tumour."""
        inputs = digest_of(tables, further=[self.junctions_checksum])
        return snapshot_of(self.alterations, knowledge=self.version, inputs=inputs, label=self.label.label)


SOURCES = {"structural_variants": "structural_variants", "small_variants": "oncokb"}
"""The tumour's own files, and the analysis that reads each."""


def annotate(
    tumor: Tumor,
    records: TumorRecords,
    settings: CallingSettings = CALLING,
    *,
    sources: EvidenceSources = SHIPPED_EVIDENCE,
    at_entry: AtEntry = UNKNOWN_ENTRY,
    record_failures: bool = False,
    given_up: str | None = None,
) -> TumorAnnotation:
    """The evidence for a tumour's alterations, its eligibility on the genome and its label.

    Of `tumor` the sample, the structural variants and, for the OncoKB columns of a MAF, the small variants are used.
    `at_entry` is what the patients' sheet says of the tumour. With `record_failures` an unusable file is a failed
    analysis and the rest goes on without it.

    `given_up` says why an earlier try was killed: then no file of the tumour is opened, and each has failed.

    Raises:
        InputError: a file is unusable, and failures are not to be recorded.
    """

    def annotated(given: Tumor, known: TumorRecords) -> TumorAnnotation:
        analyses = AnalysisLog(given.sample, record_failures=record_failures)
        return _annotated(
            given,
            known,
            analyses,
            settings,
            sources=sources,
            at_entry=at_entry,
        )

    if not record_failures and given_up is None:
        return annotated(tumor, records)
    bare, failed = without(tumor, SOURCES)
    return isolated(
        lambda: annotated(tumor, records),
        without_files=lambda: annotated(bare, TumorRecords(build=records.build)),
        failed=[*failed, ANNOTATION_ANALYSIS],
        given_up=given_up,
    )


def _annotated(
    tumor: Tumor,
    records: TumorRecords,
    analyses: AnalysisLog,
    settings: CallingSettings,
    *,
    sources: EvidenceSources,
    at_entry: AtEntry,
) -> TumorAnnotation:
    panel = load_panel(records.build)
    knowledge = _knowledge(sources, panel)
    cohort = load_cohort(sources.cohort)
    scope = scope_of(cohort, knowledge.drug_classes)
    rules = rules_in_scope(knowledge.rules, scope)
    log.info(
        "%d of %d rules concern the cohort, version %s", len(rules), len(knowledge.rules), knowledge.version
    )
    junctions, junctions_checksum = _junctions(tumor, analyses, panel.build)
    findings = _with_entry(
        _findings(tumor.sample, records, junctions, panel=panel, rules=sources.rules),
        at_entry,
        target=cohort.target.gene,
    )
    answers = look_up_rules(rules, findings, genes=panel.genes)
    others = rules_on_other_drugs(knowledge.rules, scope, knowledge.drug_families)
    other_drugs = look_up_rules(others, findings, genes=panel.genes)
    decoys = look_up_rules(
        decoy_rules(knowledge.rules, scope, target=cohort.target.gene), findings, genes=panel.genes
    )
    alterations = list(alterations_of(findings, heterozygosity_of=_genes_of_loss(knowledge)))
    external = _external_annotations(
        tumor,
        analyses,
        [*answers, *other_drugs],
        alterations,
        sources=sources,
        scope=scope,
        after_anti_egfr=findings.prior_anti_egfr is True,
    )
    target = find_target(cohort.target, findings, genes=panel.genes)
    criteria = assess_eligibility(
        cohort.eligibility,
        findings,
        target=target,
        classed_codons=_classed_codons(panel),
        low_vaf=settings.low_vaf,
    )
    label = label_tumor(answers, cohort.decisive)
    reported = reported_alterations(answers, other_drugs, alterations, external=external)
    version = _version(sources, knowledge, external)
    analyses.done(ANNOTATION_ANALYSIS, version)
    log.info("%s: label and %d alterations", tumor.sample, len(reported))
    return TumorAnnotation(
        label=label_record(tumor.sample, label, target, knowledge_base=knowledge.version),
        eligibility=tuple(criteria),
        alterations=reported,
        rules=reported_rules(answers),
        decoys=reported_decoys(decoys, answers),
        civic=civic_evidence(external.civic),
        structures=structures_of(
            records.amplicons,
            records.junctions,
            findings.junction_searches,
            findings.copies,
            genes=panel.genes,
            target=cohort.target.gene,
        ),
        version=version,
        junctions_checksum=junctions_checksum,
        analyses=analyses,
    )


def _knowledge(sources: EvidenceSources, panel: Panel) -> KnowledgeBase:
    return load_knowledge_base(
        sources.rules,
        transcripts={symbol: gene.transcript for symbol, gene in panel.genes.items()},
        protein_lengths={symbol: gene.protein_length for symbol, gene in panel.genes.items()},
        own_rules=sources.own_rules,
    )


def _findings(
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


def _with_entry(findings: Findings, at_entry: AtEntry, *, target: str | None) -> Findings:
    """The findings with what the patients' sheet says of the tumour; `target` is the gene that the drugs aim at."""
    status = at_entry.patient_msi_status
    return replace(
        findings,
        prior_anti_egfr=at_entry.prior_anti_egfr,
        protein_scores=at_entry.protein_scores(COPIED_GENE, target),
        stained_percent=at_entry.patient_target_percent,
        microsatellites_instable=None if status is None else status is MicrosatelliteStatus.INSTABLE,
        mutations_per_mb=at_entry.patient_tmb_per_mb,
        signatures=_told_at_entry(at_entry) | dict(findings.signatures),
    )


HIGH_BURDEN = 10.0
"""Mutations a megabase above which the burden is high, as PURPLE has it."""


def _told_at_entry(at_entry: AtEntry) -> dict[str, SignatureVerdict]:
    """What the patients' sheet says of the whole genome, by signature."""
    status, burden = at_entry.patient_msi_status, at_entry.patient_tmb_per_mb
    told = {}
    if status is not None:
        instable = status is MicrosatelliteStatus.INSTABLE
        told["microsatellite_instability"] = SignatureVerdict(instable, f"{status} by the patients' sheet")
    if burden is not None:
        words = f"{burden:g} mutations/Mb by the patients' sheet"
        told["high_mutational_burden"] = SignatureVerdict(burden > HIGH_BURDEN, words)
    return told


def _junctions(
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


def _external_annotations(
    tumor: Tumor,
    analyses: AnalysisLog,
    results: Sequence[RuleResult],
    alterations: Sequence[Alteration],
    *,
    sources: EvidenceSources,
    scope: Scope,
    after_anti_egfr: bool,
) -> ExternalAnnotations:
    """The items of the user's CIViC table that fit, and the OncoKB columns of the user's MAF."""
    matches: Sequence[CivicMatch] = ()
    version, oncokb = None, None
    if sources.civic is not None:
        with analyses.attempt("civic"):
            table = read_civic(sources.civic)
            matches = civic_matches(
                table,
                known_alterations(alterations, results),
                names=load_names(sources.rules / "civic_names.tsv"),
                scope=scope,
                drugs=load_drugs(sources.rules / "drugs.tsv"),
            )
            version = table.version
            analyses.done("civic", f"version {version}, {len(matches)} items fit")
    if tumor.small_variants is not None:
        with analyses.attempt("oncokb"):
            oncokb = read_oncokb(tumor.small_variants)
            if oncokb is None:
                analyses.skipped("oncokb", "small_variants is no MAF with OncoKB columns")
            else:
                analyses.done("oncokb", f"{len(oncokb)} variants with a level of resistance")
    return ExternalAnnotations(matches, version, oncokb, after_anti_egfr=after_anti_egfr)


def _version(sources: EvidenceSources, knowledge: KnowledgeBase, external: ExternalAnnotations) -> str:
    """Versions of all that is not the tumour's: rules, cohort file, CIViC table."""
    cohort = f"{sources.cohort.name}+{digest_of([sources.cohort])}"
    civic = external.civic_version or "none"
    return f"rules {knowledge.version}, cohort {cohort}, CIViC {civic}"


def _classed_codons(panel: Panel) -> dict[str, list[int]]:
    """Codons whose mutations have a functional class, by gene."""
    found: dict[str, list[int]] = {}
    for codon in panel.decisive_codons:
        if codon.braf_classes:
            found.setdefault(codon.gene, []).append(codon.codon)
    return found


def _genes_of_loss(knowledge: KnowledgeBase) -> frozenset[str]:
    return frozenset(
        rule.gene for rule in knowledge.rules if isinstance(rule.event, BiallelicLoss) and rule.gene
    )
