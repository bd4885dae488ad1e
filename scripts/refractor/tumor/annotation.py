"""Alterations of one tumour with their evidence, every rule looked up, eligibility, and the label. Reads no outcome."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from refractor.evidence.alterations import alterations_of
from refractor.evidence.amplicon_structure import structures_of
from refractor.evidence.at_entry import UNKNOWN_ENTRY, AtEntry
from refractor.evidence.eligibility import assess_eligibility
from refractor.evidence.events.biallelic_loss import BiallelicLoss
from refractor.evidence.findings import Findings
from refractor.evidence.knowledge.knowledge_base import KnowledgeBase
from refractor.evidence.knowledge.rules_in_scope import decoy_rules, rules_in_scope, rules_on_other_drugs
from refractor.evidence.labels import label_tumor
from refractor.evidence.lookups import RuleResult, look_up_rules
from refractor.evidence.reannotation import Snapshot, digest_of, snapshot_of
from refractor.evidence.reporting import (
    civic_evidence,
    label_record,
    reported_alterations,
    reported_decoys,
    reported_rules,
)
from refractor.evidence.targets import find_target
from refractor.genome.panel import Gene, load_panel
from refractor.results.analyses import ANNOTATION_ANALYSIS, AnalysisLog
from refractor.results.evidence_tables import (
    CivicEvidence,
    CriterionVerdict,
    DecoyRule,
    LabelRow,
    ReportedAlteration,
    ReportedRule,
)
from refractor.results.junction_tables import AmpliconStructure
from refractor.settings.thresholds import CALLING, CallingSettings
from refractor.tumor.evidence_sources import (
    SHIPPED_EVIDENCE,
    EvidenceSources,
    Grounds,
    external_annotations,
    version_of,
)
from refractor.tumor.gathered_findings import TumorRecords, gather_findings, read_junctions, with_entry
from refractor.tumor.inputs import Tumor
from refractor.tumor.isolation import isolated
from refractor.vocabulary import State

log = logging.getLogger(__name__)


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

    def annotated(given: Tumor, failed: Mapping[str, str]) -> TumorAnnotation:
        analyses = AnalysisLog(given.sample, record_failures=record_failures, failed_before=failed)
        known = records if given is tumor else TumorRecords(build=records.build)
        return _annotated(given, known, analyses, settings, sources=sources, at_entry=at_entry)

    return isolated(
        annotated,
        tumor,
        sources=SOURCES,
        step=ANNOTATION_ANALYSIS,
        also=(ANNOTATION_ANALYSIS,),
        record_failures=record_failures,
        given_up=given_up,
    )


@dataclass(frozen=True, slots=True)
class _LookedUp:
    """The answer of each rule: those that concern the cohort, those on other drugs of its family, the decoys."""

    answers: tuple[RuleResult, ...]
    other_drugs: tuple[RuleResult, ...]
    decoys: tuple[RuleResult, ...]

    @classmethod
    def of(cls, grounds: Grounds, findings: Findings, genes: Mapping[str, Gene]) -> _LookedUp:
        rules, scope = grounds.knowledge.rules, grounds.scope
        concern = rules_in_scope(rules, scope)
        log.info(
            "%d of %d rules concern the cohort, version %s",
            len(concern),
            len(rules),
            grounds.knowledge.version,
        )
        others = rules_on_other_drugs(rules, scope, grounds.knowledge.drug_families)
        decoys = decoy_rules(rules, scope, target=grounds.cohort.target.gene)
        return cls(
            *(tuple(look_up_rules(those, findings, genes=genes)) for those in (concern, others, decoys))
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
    grounds = Grounds.of(sources, panel)
    knowledge, cohort = grounds.knowledge, grounds.cohort
    junctions, junctions_checksum = read_junctions(tumor, analyses, panel.build)
    findings = with_entry(
        gather_findings(tumor.sample, records, junctions, panel=panel, rules=sources.rules),
        at_entry,
        target=cohort.target.gene,
    )
    looked_up = _LookedUp.of(grounds, findings, panel.rule_genes)
    alterations = list(alterations_of(findings, heterozygosity_of=_genes_of_loss(knowledge)))
    external = external_annotations(
        tumor,
        analyses,
        [*looked_up.answers, *looked_up.other_drugs],
        alterations,
        sources=sources,
        scope=grounds.scope,
        after_anti_egfr=findings.prior_anti_egfr is True,
    )
    target = find_target(cohort.target, findings, genes=panel.genes)
    label = label_tumor(looked_up.answers, cohort.decisive)
    reported = reported_alterations(looked_up.answers, looked_up.other_drugs, alterations, external=external)
    version = version_of(sources, knowledge, external.civic_version)
    analyses.done(ANNOTATION_ANALYSIS, version)
    log.info("%s: label and %d alterations", tumor.sample, len(reported))
    return TumorAnnotation(
        label=label_record(tumor.sample, label, target, knowledge_base=knowledge.version),
        eligibility=assess_eligibility(
            cohort.eligibility,
            findings,
            target=target,
            classed_codons=panel.classed_codons,
            low_vaf=settings.low_vaf,
        ),
        alterations=reported,
        rules=reported_rules(looked_up.answers),
        decoys=reported_decoys(looked_up.decoys, looked_up.answers),
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


def _genes_of_loss(knowledge: KnowledgeBase) -> frozenset[str]:
    return frozenset(
        rule.gene for rule in knowledge.rules if isinstance(rule.event, BiallelicLoss) and rule.gene
    )
