"""Alterations of one tumour with their evidence, every rule looked up, eligibility, and the label.

Reads no outcome. Writes OUTPUT_DIR/eligibility.tsv, alterations.tsv, rules.tsv, label.tsv, civic_evidence.tsv,
evidence_changes.tsv and annotation_analyses.tsv. Variants are not called again: with another knowledge base only
this step runs, and evidence_changes.tsv says what that changed.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from refractor.evidence.alterations import Alteration, alterations_of
from refractor.evidence.civic.items import CivicMatch, civic_matches, load_drugs, load_names, read_civic
from refractor.evidence.civic.profiles import known_alterations
from refractor.evidence.clonality import UNKNOWN_PURITY
from refractor.evidence.eligibility import assess_eligibility
from refractor.evidence.events.biallelic_loss import BiallelicLoss
from refractor.evidence.findings import (
    Findings,
    read_codons,
    read_coverage,
    read_definitions,
    read_gene_copies,
    read_purity,
    small_variants,
)
from refractor.evidence.knowledge.knowledge_base import EVIDENCE, KnowledgeBase, load_knowledge_base
from refractor.evidence.knowledge.rules_in_scope import Scope, rules_in_scope, rules_on_other_drugs, scope_of
from refractor.evidence.labels import label_tumor
from refractor.evidence.lookups import RuleResult, look_up_rules
from refractor.evidence.oncokb import read_oncokb
from refractor.evidence.polymorphisms import load_polymorphisms
from refractor.evidence.reannotation import digest_of, record_annotation, snapshot_of
from refractor.evidence.reporting import (
    ExternalAnnotations,
    alteration_rows,
    change_rows,
    civic_rows,
    eligibility_rows,
    label_row,
    rule_rows,
)
from refractor.genome.builds import GenomeBuild, decide_build
from refractor.genome.panel import Panel, load_panel
from refractor.results.analyses import AnalysisLog
from refractor.results.copy_number_tables import AMPLICONS
from refractor.results.evidence_tables import (
    ALTERATIONS,
    CIVIC_EVIDENCE,
    ELIGIBILITY,
    EVIDENCE_CHANGES,
    LABEL,
    RULES,
)
from refractor.settings.config import SHIPPED_COHORT, load_cohort_file
from refractor.settings.model import add_options, from_arguments
from refractor.settings.thresholds import CallingSettings
from refractor.step import run_step, tumor_step_parser
from refractor.variants.files.sv_reader import read_structural_variants
from refractor.variants.files.vcf_file import open_vcf
from refractor.variants.panel_vcf import read_panel_vcf

log = logging.getLogger("annotate_alterations")


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    options = tumor_step_parser(__doc__)
    options.add_argument("--sample", required=True, help="tumour sample")
    builds = [str(build) for build in GenomeBuild]
    options.add_argument("--genome-build", choices=builds, help="build that the sheet states")
    options.add_argument("--variants", type=Path, required=True, help="variants.vcf.gz of the variants step")
    options.add_argument("--codon-status", type=Path, required=True, help="table of the variants step")
    options.add_argument("--gene-callability", type=Path, required=True, help="table of the variants step")
    options.add_argument("--gene-copy-number", type=Path, required=True, help="table of the copy-number step")
    options.add_argument("--amplification-definitions", type=Path, required=True, help="of the same step")
    options.add_argument("--amplicons", type=Path, required=True, help="table of the copy-number step")
    options.add_argument("--purity-ploidy", type=Path, required=True, help="table of the copy-number step")
    options.add_argument("--structural-variants", type=Path, help="somatic VCF of structural variants")
    options.add_argument("--cohort", type=Path, default=SHIPPED_COHORT, help="cohort file")
    options.add_argument("--evidence", type=Path, default=EVIDENCE, help="folder of the knowledge base")
    options.add_argument("--civic", type=Path, help="CIViC evidence table to add")
    options.add_argument("--small-variants", type=Path, help="the user's MAF, for its OncoKB columns")
    options.add_argument(
        "--patient-prior-anti-egfr", choices=("yes", "no"), help="earlier anti-EGFR treatment"
    )
    add_options(options, CallingSettings, only=("low_vaf",))
    options.add_argument("--output-dir", type=Path, required=True, help="where the tables go")
    return options


def main(arguments: argparse.Namespace) -> None:
    """Run the step."""
    analyses = AnalysisLog(arguments.sample, record_failures=arguments.record_failures)
    panel = load_panel(build_of(arguments))
    transcripts = {symbol: gene.transcript for symbol, gene in panel.genes.items()}
    lengths = {symbol: gene.protein_length for symbol, gene in panel.genes.items()}
    knowledge = load_knowledge_base(arguments.evidence, transcripts=transcripts, protein_lengths=lengths)
    cohort = load_cohort_file(arguments.cohort)
    scope = scope_of(cohort, knowledge.drug_classes)
    rules = rules_in_scope(knowledge.rules, scope)
    log.info(
        "%d of %d rules concern the cohort, version %s", len(rules), len(knowledge.rules), knowledge.version
    )
    findings = read_findings(arguments, analyses, panel=panel)
    answers = look_up_rules(rules, findings, genes=panel.genes)
    others = rules_on_other_drugs(knowledge.rules, scope, knowledge.drug_families)
    other_drugs = look_up_rules(others, findings, genes=panel.genes)
    alterations = list(alterations_of(findings, heterozygosity_of=_genes_of_loss(knowledge)))
    external = external_annotations(arguments, analyses, [*answers, *other_drugs], alterations, scope=scope)
    criteria = assess_eligibility(
        cohort["eligibility"],
        findings,
        braf_codons=_braf_codons(panel),
        low_vaf=from_arguments(CallingSettings, arguments).low_vaf,
    )
    label = label_tumor(answers)
    rows = alteration_rows(answers, other_drugs, alterations, external=external)
    version = versions(arguments, knowledge, external)
    analyses.done("annotation", version)
    current = snapshot_of(
        rows, knowledge=version, inputs=digest_of(input_files(arguments)), label=label.label
    )
    tables = (
        (ELIGIBILITY, eligibility_rows(criteria)),
        (ALTERATIONS, rows),
        (RULES, rule_rows(answers)),
        (LABEL, [label_row(arguments.sample, label, knowledge_base=knowledge.version)]),
        (CIVIC_EVIDENCE, civic_rows(external.civic)),
    )
    frames = [(table, table.from_rows(content), table.name) for table, content in tables]
    analyses.write(arguments.output_dir / "annotation_analyses.tsv", synthetic=arguments.synthetic)
    for table, frame, name in frames:
        table.write(frame, arguments.output_dir / name, synthetic=arguments.synthetic)
    changes = EVIDENCE_CHANGES.from_rows(change_rows(record_annotation(arguments.output_dir, current)))
    EVIDENCE_CHANGES.write(
        changes, arguments.output_dir / EVIDENCE_CHANGES.name, synthetic=arguments.synthetic
    )
    log.info("%s: label and %d alterations written", arguments.sample, len(rows))


def versions(arguments: argparse.Namespace, knowledge: KnowledgeBase, external: ExternalAnnotations) -> str:
    """Versions of all that is not the tumour's: rules, cohort file, CIViC table."""
    cohort = f"{arguments.cohort.name}+{digest_of([arguments.cohort])}"
    civic = external.civic_version or "none"
    return f"rules {knowledge.version}, cohort {cohort}, CIViC {civic}"


def input_files(arguments: argparse.Namespace) -> list[Path | None]:
    """The files that describe the tumour."""
    return [
        arguments.variants,
        arguments.codon_status,
        arguments.gene_copy_number,
        arguments.amplification_definitions,
        arguments.amplicons,
        arguments.purity_ploidy,
        arguments.structural_variants,
        arguments.gene_callability,
    ]


def external_annotations(
    arguments: argparse.Namespace,
    analyses: AnalysisLog,
    answers: Sequence[RuleResult],
    alterations: Sequence[Alteration],
    *,
    scope: Scope,
) -> ExternalAnnotations:
    """The items of the user's CIViC table that fit, and the OncoKB columns of the user's MAF."""
    matches: Sequence[CivicMatch] = ()
    version, oncokb = None, None
    if arguments.civic is not None:
        with analyses.attempt("civic"):
            table = read_civic(arguments.civic)
            matches = civic_matches(
                table,
                known_alterations(alterations, answers),
                names=load_names(arguments.evidence / "civic_names.tsv"),
                scope=scope,
                drugs=load_drugs(arguments.evidence / "drugs.tsv"),
            )
            version = table.version
            analyses.done("civic", f"version {version}, {len(matches)} items fit")
    if arguments.small_variants is not None:
        with analyses.attempt("oncokb"):
            oncokb = read_oncokb(arguments.small_variants)
            if oncokb is None:
                analyses.skipped("oncokb", "small_variants is no MAF with OncoKB columns")
            else:
                analyses.done("oncokb", f"{len(oncokb)} variants with a level of resistance")
    return ExternalAnnotations(
        matches, version, oncokb, after_anti_egfr=arguments.patient_prior_anti_egfr == "yes"
    )


def build_of(arguments: argparse.Namespace) -> GenomeBuild:
    """The build that the variants step wrote into its file; the structural variants must be of it."""
    stated = GenomeBuild(arguments.genome_build) if arguments.genome_build else None
    told = {str(arguments.variants): open_vcf(arguments.variants).build}
    return decide_build(stated=stated, told=told, default=None, sample=arguments.sample)


def read_findings(arguments: argparse.Namespace, analyses: AnalysisLog, *, panel: Panel) -> Findings:
    """Everything that the earlier steps found of the tumour."""
    purity, purity_reason = read_purity(arguments.purity_ploidy)
    copies = read_gene_copies(arguments.gene_copy_number)
    polymorphisms = load_polymorphisms(arguments.evidence / "polymorphisms.tsv")
    prior = arguments.patient_prior_anti_egfr
    junctions = None
    if arguments.structural_variants is None:
        analyses.skipped("structural_variants", "not given")
    else:
        with analyses.attempt("structural_variants"):
            junctions = read_structural_variants(
                arguments.structural_variants, sample=arguments.sample, build=panel.build
            )
            analyses.done("structural_variants", f"{len(junctions)} junctions")
    return Findings(
        sample=arguments.sample,
        variants=small_variants(
            read_panel_vcf(arguments.variants),
            copies=copies,
            purity=purity or UNKNOWN_PURITY,
            polymorphisms=polymorphisms,
        ),
        codons=read_codons(arguments.codon_status),
        copies=copies,
        definitions=read_definitions(arguments.amplification_definitions),
        amplicons=AMPLICONS.records(arguments.amplicons),
        purity=purity,
        purity_reason=purity_reason,
        structural_variants=junctions,
        coverage=read_coverage(arguments.gene_callability),
        prior_anti_egfr=None if prior is None else prior == "yes",
    )


def _braf_codons(panel: Panel) -> tuple[int, ...]:
    return tuple(codon.codon for codon in panel.decisive_codons if codon.gene == "BRAF")


def _genes_of_loss(knowledge: KnowledgeBase) -> frozenset[str]:
    return frozenset(
        rule.gene for rule in knowledge.rules if isinstance(rule.event, BiallelicLoss) and rule.gene
    )


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
