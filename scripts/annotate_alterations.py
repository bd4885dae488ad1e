"""Alterations of one tumour with their evidence, every rule looked up, eligibility, and the label.

Reads no outcome. Writes OUTPUT_DIR/eligibility.tsv, alterations.tsv, rules.tsv, label.tsv and
annotation_analyses.tsv.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from resistance.analyses import AnalysisLog
from resistance.config import SHIPPED_COHORT, load_cohort_file
from resistance.evidence.alterations import alterations_of
from resistance.evidence.clonality import UNKNOWN_PURITY
from resistance.evidence.eligibility import LOW_VAF, judge_eligibility
from resistance.evidence.findings import (
    Findings,
    read_amplicons,
    read_codons,
    read_definitions,
    read_gene_copies,
    read_purity,
    small_variants,
)
from resistance.evidence.germline import load_polymorphisms
from resistance.evidence.knowledge_base import EVIDENCE, KnowledgeBase, load_knowledge_base
from resistance.evidence.labels import label_tumor
from resistance.evidence.matching import match_rules
from resistance.evidence.reporting import alteration_rows, eligibility_rows, label_row, rule_rows
from resistance.evidence.rules import EventType
from resistance.evidence.scope import rules_in_scope, rules_on_other_drugs, scope_of
from resistance.genome import GenomeBuild, decide_build
from resistance.panel import Panel, load_panel
from resistance.sample_tables import ALTERATIONS, ANALYSES, ELIGIBILITY, LABEL, RULES
from resistance.step import run_step, step_parser
from resistance.variants.callable_regions import read_callable_regions
from resistance.variants.panel_vcf import read_panel_vcf
from resistance.variants.sv_reader import read_structural_variants
from resistance.variants.vcf_reader import vcf_build
from resistance.vocabulary import State

log = logging.getLogger("annotate_alterations")


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    options = step_parser(__doc__)
    options.add_argument("--sample", required=True, help="tumour sample")
    builds = [str(build) for build in GenomeBuild]
    options.add_argument("--genome-build", choices=builds, help="build that the sheet states")
    options.add_argument("--variants", type=Path, required=True, help="variants.vcf.gz of the variants step")
    options.add_argument("--codon-status", type=Path, required=True, help="table of the variants step")
    options.add_argument("--gene-copy-number", type=Path, required=True, help="table of the copy-number step")
    options.add_argument("--amplification-definitions", type=Path, required=True, help="of the same step")
    options.add_argument("--amplicons", type=Path, required=True, help="table of the copy-number step")
    options.add_argument("--purity-ploidy", type=Path, required=True, help="table of the copy-number step")
    options.add_argument("--structural-variants", type=Path, help="somatic VCF of structural variants")
    options.add_argument("--callable-regions", type=Path, help="BED of where small variants could be called")
    options.add_argument(
        "--assume-callable",
        action="store_true",
        help="the silence of the file of small variants is wild-type",
    )
    options.add_argument("--variants-analyses", type=Path, help="analyses table of the variants step")
    options.add_argument("--cohort", type=Path, default=SHIPPED_COHORT, help="cohort file")
    options.add_argument("--evidence", type=Path, default=EVIDENCE, help="folder of the knowledge base")
    options.add_argument("--civic", type=Path, help="CIViC evidence table to add")
    options.add_argument(
        "--patient-prior-anti-egfr", choices=("yes", "no"), help="earlier anti-EGFR treatment"
    )
    options.add_argument("--low-vaf", type=float, default=LOW_VAF, help="below it a variant is only a flag")
    options.add_argument("--output-dir", type=Path, required=True, help="where the tables go")
    return options


def main(arguments: argparse.Namespace) -> None:
    """Run the step."""
    analyses = AnalysisLog(arguments.sample, record_failures=arguments.record_failures)
    panel = load_panel(build_of(arguments))
    transcripts = {symbol: gene.transcript for symbol, gene in panel.genes.items()}
    knowledge = load_knowledge_base(arguments.evidence, transcripts=transcripts)
    cohort = load_cohort_file(arguments.cohort)
    findings = read_findings(arguments, analyses, panel=panel)
    scope = scope_of(cohort, knowledge.drug_classes)
    rules = rules_in_scope(knowledge.rules, scope)
    log.info(
        "%d of %d rules concern the cohort; knowledge base %s",
        len(rules),
        len(knowledge.rules),
        knowledge.version,
    )
    outcomes = match_rules(rules, findings, genes=panel.genes)
    elsewhere = match_rules(rules_on_other_drugs(knowledge.rules, scope), findings, genes=panel.genes)
    criteria = judge_eligibility(
        cohort["eligibility"], findings, braf_codons=_braf_codons(panel), low_vaf=arguments.low_vaf
    )
    label = label_tumor(outcomes)
    alterations = alterations_of(findings, heterozygosity_of=_genes_of_loss(knowledge))
    analyses.done("annotation", f"knowledge base {knowledge.version}, cohort {arguments.cohort.name}")
    tables = (
        (ELIGIBILITY, eligibility_rows(criteria), "eligibility.tsv"),
        (ALTERATIONS, alteration_rows(outcomes, elsewhere, alterations), "alterations.tsv"),
        (RULES, rule_rows(outcomes), "rules.tsv"),
        (LABEL, [label_row(arguments.sample, label, knowledge_base=knowledge.version)], "label.tsv"),
    )
    frames = [(table, table.from_rows(rows), name) for table, rows, name in tables]
    frames.append((ANALYSES, analyses.table(), "annotation_analyses.tsv"))
    for table, frame, name in frames:
        table.write(frame, arguments.output_dir / name, synthetic=arguments.synthetic)
    log.info("%s: %s. %s", arguments.sample, label.label, label.sentence)


def build_of(arguments: argparse.Namespace) -> GenomeBuild:
    """The build that the variants step wrote into its file; the structural variants must be of it."""
    stated = GenomeBuild(arguments.genome_build) if arguments.genome_build else None
    told = {str(arguments.variants): vcf_build(arguments.variants)}
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
        amplicons=read_amplicons(arguments.amplicons),
        purity=purity,
        purity_reason=purity_reason,
        structural_variants=junctions,
        covered_genes=covered_genes(arguments, panel=panel),
        prior_anti_egfr=None if prior is None else prior == "yes",
    )


def covered_genes(arguments: argparse.Namespace, *, panel: Panel) -> dict[str, str]:
    """Genes whose coding sequence a usable file of small variants is silent on with meaning, and why."""
    if not (arguments.assume_callable or arguments.callable_regions) or not _small_variants_done(arguments):
        return {}
    if arguments.assume_callable:
        return dict.fromkeys(panel.genes, "the file is silent, which assume_callable makes wild-type")
    regions = read_callable_regions(arguments.callable_regions, panel.build)
    return {
        symbol: "callable_regions cover the coding sequence and the file is silent"
        for symbol, gene in panel.genes.items()
        if all(regions.covers(gene.chromosome, start, end) for start, end in gene.cds)
    }


def _small_variants_done(arguments: argparse.Namespace) -> bool:
    if arguments.variants_analyses is None:
        return False
    rows = ANALYSES.read(arguments.variants_analyses)
    done = rows["state"] == State.DONE
    return bool((done & (rows["analysis"] == "small_variants")).any())


def _braf_codons(panel: Panel) -> tuple[int, ...]:
    return tuple(codon.codon for codon in panel.decisive_codons if codon.gene == "BRAF")


def _genes_of_loss(knowledge: KnowledgeBase) -> frozenset[str]:
    return frozenset(
        rule.gene for rule in knowledge.rules if rule.event_type is EventType.BIALLELIC_LOSS and rule.gene
    )


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
