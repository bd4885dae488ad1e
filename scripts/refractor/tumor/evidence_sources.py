"""What a tumour's evidence rests on beside the tumour: rules, cohort file, CIViC table, OncoKB columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from refractor.evidence.alterations import Alteration
from refractor.evidence.civic.items import CivicMatch, civic_matches, load_drugs, load_names, read_civic
from refractor.evidence.civic.profiles import known_alterations
from refractor.evidence.knowledge.knowledge_base import EVIDENCE, KnowledgeBase, knowledge_of
from refractor.evidence.knowledge.rules_in_scope import Scope, scope_of
from refractor.evidence.lookups import RuleResult
from refractor.evidence.oncokb import read_oncokb
from refractor.evidence.reannotation import digest_of
from refractor.evidence.reporting import ExternalAnnotations
from refractor.genome.panel import Panel
from refractor.results.analyses import AnalysisLog
from refractor.settings.cohort import Cohort
from refractor.settings.config import SHIPPED_COHORT, load_cohort
from refractor.tumor.inputs import Tumor


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSources:
    """What the evidence rests on beside the tumour: cohort file, folder of rules, own rules and a CIViC table to add."""

    cohort: Path = SHIPPED_COHORT
    rules: Path = EVIDENCE
    own_rules: tuple[Path, ...] = ()
    civic: Path | None = None


SHIPPED_EVIDENCE = EvidenceSources()


@dataclass(frozen=True, slots=True)
class Grounds:
    """The rules and the cohort file as loaded, and which rules concern the cohort."""

    knowledge: KnowledgeBase
    cohort: Cohort
    scope: Scope

    @classmethod
    def of(cls, sources: EvidenceSources, panel: Panel) -> Grounds:
        """Those of `sources`, the rules checked against the panel's genes."""
        knowledge = knowledge_of(panel, sources.rules, sources.own_rules)
        cohort = load_cohort(sources.cohort)
        return cls(knowledge, cohort, scope_of(cohort, knowledge.drug_classes))


def external_annotations(
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


def version_of(sources: EvidenceSources, knowledge: KnowledgeBase, civic_version: str | None) -> str:
    """Versions of all that is not the tumour's: rules, cohort file, CIViC table."""
    cohort = f"{sources.cohort.name}+{digest_of([sources.cohort])}"
    civic = civic_version or "none"
    return f"rules {knowledge.version}, cohort {cohort}, CIViC {civic}"
