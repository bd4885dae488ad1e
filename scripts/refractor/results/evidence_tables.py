"""The tables of a tumour's evidence: eligibility, rules, alterations, label."""

from __future__ import annotations

from typing import Literal

from refractor.results.records import column, record, table_of
from refractor.vocabulary import Clonality, Eligibility, Label, Observability, Result, Tier


@record
class CriterionVerdict:
    """One entry criterion judged on the sequenced tumour."""

    criterion: str = column("Name of the criterion in the cohort file")
    status: Eligibility = column("Verdict: confirmed, discordant, not_assessable")
    detail: str | None = column(
        "The finding behind it: codon status, the call of the gene's copies, or whether the target is present", default=None
    )
    reason: str | None = column(
        "Why, in words: variants with VAF, codons that could not be judged, copies", default=None
    )


ELIGIBILITY = table_of(CriterionVerdict, "eligibility.tsv", step="annotate_alterations")


@record
class LabelRow:
    """The label of one tumour, one row; made before any outcome is read."""

    sample: str = column("Tumour sample")
    label: Label = column("Why the tumour may resist")
    mechanisms: str | None = column("Candidate mechanisms, best first, separated by semicolons", default=None)
    sentence: str | None = column("The label in plain words", default=None)
    decisive_untested: str | None = column(
        "Decisive questions of the cohort that were not answered, each with the reason; empty where all were",
        default=None,
    )
    knowledge_base: str | None = column(
        "Version of the rules: newest date and digest of their content", default=None
    )
    target_result: Result | None = column("Whether the tumour has what the drugs aim at", default=None)
    target: str | None = column("The alterations, or what the sheet says, that are the target", default=None)
    target_reason: str | None = column("Why it was found, not found or not tested", default=None)


LABEL = table_of(LabelRow, "label.tsv", step="annotate_alterations")


@record
class ReportedRule:
    """One rule of the knowledge base and what was found in this tumour; never tested is never negative."""

    rule_id: str = column("Rule of the knowledge base")
    gene: str | None = column("HGNC symbol", default=None)
    tier: Tier = column("Strength of the evidence")
    result: Result = column("Outcome")
    reason: str | None = column("What was found, or why it could not be tested", default=None)
    mechanism: str | None = column("Group of mechanisms", default=None)
    direction: str | None = column("What the rule says of the drug", default=None)
    observability: Observability | None = column(
        "Whether a tumour genome shows it, in part, or cannot", default=None
    )


RULES = table_of(ReportedRule, "rules.tsv", step="annotate_alterations")


@record
class DecoyRule:
    """One rule that explains resistance to drugs that the cohort does not give, looked up all the same: a decoy."""

    rule_id: str = column("Rule of the knowledge base")
    gene: str | None = column("HGNC symbol", default=None)
    drugs: str = column("Drugs that the rule speaks of, separated by semicolons")
    tier: Tier = column("Strength of the evidence for those drugs")
    mechanism: str | None = column("Group of mechanisms", default=None)
    result: Result = column("Outcome")
    alteration: str | None = column("What was found, the best of several", default=None)
    clonality: Clonality | None = column("clonal, subclonal or unknown", default=None)
    shared: bool | None = column(
        "Whether a rule of the cohort's own drugs counts all that was found as a candidate; empty where nothing was",
        default=None,
    )


DECOY_RULES = table_of(DecoyRule, "decoy_rules.tsv", step="annotate_alterations")


KINDS = (
    "snv", "mnv", "insertion", "deletion", "delins", "protein_change", "amplification", "low_copy_number",
    "deep_deletion", "loss_of_heterozygosity", "structural_variant", "germline", "signature",
)  # fmt: skip
"""Kinds of alterations."""


@record
class ReportedAlteration:
    """One alteration of a panel gene, with the rule it meets; one row an alteration and rule."""

    gene: str = column("HGNC symbol")
    alteration: str = column("Protein change, or the kind of event")
    kind: str = column("Kind of alteration", values=KINDS, name="class")
    vaf: float | None = column("Variant allele fraction", "0-1", default=None)
    copies: float | None = column(
        "Copies in tumour cells: of the variant, or of the gene", "copies", default=None
    )
    ccf: float | None = column("Share of cancer cells that carry it", "0-1", default=None)
    clonality: Clonality | None = column("clonal, subclonal or unknown", default=None)
    biallelic: bool | None = column("Whether no normal copy is left", default=None)
    copy_number: float | None = column("Total copies of the gene", "copies", default=None)
    rule_id: str | None = column("Rule of the knowledge base; empty where none matches", default=None)
    mechanism: str | None = column("Resistance mechanism in words", default=None)
    direction: str | None = column("What the rule says of the drug", default=None)
    tier: Tier | None = column("Strength of the evidence", default=None)
    conflicting: bool | None = column("Whether published evidence disagrees", default=None)
    candidate: bool = column("Whether it counts as a candidate explanation")
    own_share: float | None = column(
        "Part of such mutations that the tumour's hypermutation does not bring; empty where it brings none",
        "0-1",
        default=None,
    )
    pmids: str | None = column("PubMed ids, comma-separated", default=None)
    civic_eids: str | None = column("CIViC evidence ids, comma-separated", default=None)
    note: str | None = column("Why it matched, caveats, upstream filters", default=None)
    sentence: str | None = column(
        "The finding in plain words, with both sides of the evidence, rule and papers", default=None
    )
    verified: bool | None = column("Whether the sources of the rule were looked up", default=None)
    oncokb: str | None = column(
        "What the user's own OncoKB annotation says of resistance, where given", default=None
    )
    other_drugs: str | None = column(
        "Drugs or classes that the rule speaks of where the cohort gives none of them, comma-separated; empty for a rule on the drugs given",
        default=None,
    )


ALTERATIONS = table_of(ReportedAlteration, "alterations.tsv", step="annotate_alterations")


@record
class CivicEvidence:
    """One item of the user's CIViC table on resistance that fits an alteration, and how closely."""

    gene: str = column("HGNC symbol")
    alteration: str = column("Protein change, or the kind of event")
    evidence_id: str = column("CIViC evidence item")
    molecular_profile: str = column("What the item speaks of, in CIViC's words")
    fit: str | None = column(
        "How the profile names the alteration",
        values=("exact", "codon", "region", "event", "gene"),
        default=None,
    )
    disease: str | None = column("Disease of the item", default=None)
    disease_match: str | None = column(
        "Against the cohort's disease", values=("same", "broader", "other"), default=None
    )
    therapies: str | None = column("Therapies of the item, comma-separated", default=None)
    therapy_match: str | None = column(
        "Against the cohort's drugs",
        values=("same_drugs", "shared_drug", "same_class", "same_family", "other"),
        default=None,
    )
    direction: str | None = column("Supports: resistance; Does Not Support: none", default=None)
    level: str | None = column("CIViC level, A validated to E inferential", default=None)
    rating: str | None = column("CIViC stars", default=None)
    citation: str | None = column("PubMed id or the like", default=None)
    supports: bool = column("Whether it stands beside the rule as support")


CIVIC_EVIDENCE = table_of(CivicEvidence, "civic_evidence.tsv", step="annotate_alterations")


KindOfChange = Literal["added", "dropped", "regraded", "sources_changed", "relabelled"]


@record
class EvidenceChange:
    """One change of the tumour's evidence since the last annotation that differed; empty after the first."""

    change: KindOfChange = column("What happened")
    gene: str | None = column("HGNC symbol; empty for the label", default=None)
    alteration: str | None = column("Protein change, or the kind of event; empty for the label", default=None)
    rule_id: str | None = column("Rule of the knowledge base", default=None)
    before: str | None = column("Grade or sources before", default=None)
    after: str | None = column("Grade or sources now", default=None)
    cause: Literal["knowledge", "input", "both"] = column("What differs")
    knowledge_before: str | None = column(
        "Versions of rules, CIViC table and cohort file before", default=None
    )
    knowledge_after: str | None = column("The same now", default=None)


EVIDENCE_CHANGES = table_of(EvidenceChange, "evidence_changes.tsv", step="annotate_alterations")
