"""The tables of one tumour, results/samples/{sample}/, declared."""

from __future__ import annotations

from refractor.files.tables import Table, integer, number, text
from refractor.vocabulary import Clonality, CopyNumberCall, Eligibility, Label, State, Status, Tier, Verdict, YesNo

YES_NO = tuple(YesNo)
TIERS = tuple(Tier)

ANALYSES = Table(
    "analyses.tsv",
    "One analysis of one sample and what became of it; every step adds its rows, the manifest is their sum.",
    (
        text("sample", "Tumour sample", required=True),
        text("analysis", "Which analysis, e.g. tumor_reads, small_variants, copy_number", required=True),
        text("state", "What became of it", values=tuple(State), required=True),
        text("reason", "Why it was skipped or failed; or what was done with it"),
    ),
)

QC = Table(
    "qc.tsv",
    "One measured quality of the sample's files.",
    (
        text("metric", "Name of the measurement", required=True),
        text("value", "Value"),
        text("unit", "Unit"),
        text("status", "Judgement", values=("pass", "warn", "fail"), required=True),
        text("note", "What the judgement rests on"),
    ),
)

PURITY_PLOIDY = Table(
    "purity_ploidy.tsv",
    "Purity and ploidy of the tumour, one row.",
    (
        text("sample", "Tumour sample", required=True),
        number("purity", "Share of tumour cells", "0-1"),
        number("purity_low", "Lower bound of the credible range", "0-1"),
        number("purity_high", "Upper bound of the credible range", "0-1"),
        number("ploidy", "Mean copy number of the tumour genome", "copies"),
        number("ploidy_low", "Lower bound of the credible range", "copies"),
        number("ploidy_high", "Upper bound of the credible range", "copies"),
        text("whole_genome_doubled", "Whether the genome was doubled", values=YES_NO),
        text(
            "method",
            "Where the values come from",
            values=("fitted", "given", "imported", "unknown"),
            required=True,
        ),
        text("status", "Whether they can be used", values=("ok", "not_assessable"), required=True),
        text("reason", "Why not, or what to know"),
    ),
)

SEGMENTS = Table(
    "segments.tsv",
    "One stretch of constant copy number; 0-based, half-open.",
    (
        text("chromosome", "Chromosome without chr", required=True),
        integer("start", "First base", "bp", required=True),
        integer("end", "Base after the last", "bp", required=True),
        number("copy_number", "Total copies in tumour cells", "copies"),
        number("minor_copy_number", "Copies of the lesser allele", "copies"),
        number("log2_ratio", "Depth against the genome's mean", "log2"),
        number("baf", "Allele balance of heterozygous SNPs, mirrored to >= 0.5", "0-1"),
        integer("n_windows", "Windows behind the depth", "windows"),
        integer("n_snps", "Heterozygous SNPs behind the allele balance", "SNPs"),
        text("source", "reads, or the caller imported from"),
        number("copy_number_low", "Lower 95 % bound of copy_number", "copies"),
        number("copy_number_high", "Upper 95 % bound of copy_number", "copies"),
    ),
)

WINDOWS = Table(
    "windows.tsv.gz",
    "One window of the genome that was read, 0-based, half-open; empty without reads.",
    (
        text("chromosome", "Chromosome without chr", required=True),
        integer("start", "First base", "bp", required=True),
        integer("end", "Base after the last", "bp", required=True),
        number("log2_ratio", "Depth against the autosomes' mean; empty where the window is not used", "log2"),
        number("copy_number", "The same as copies in tumour cells at the purity and ploidy found", "copies"),
        number(
            "alt_share",
            "Share of the alternative allele at a heterozygous SNP, freed from reference bias",
            "0-1",
        ),
    ),
)

GENE_COPY_NUMBER = Table(
    "gene_copy_number.tsv",
    "One panel gene's copies; one row a gene and source.",
    (
        text("gene", "HGNC symbol", required=True),
        text("chromosome", "Chromosome without chr", required=True),
        integer("start", "First base of the transcript", "bp", required=True),
        integer("end", "Base after its last", "bp", required=True),
        number("copy_number", "Total copies in tumour cells, mean over the gene", "copies"),
        number("copy_number_low", "Lower bound", "copies"),
        number("copy_number_high", "Upper bound", "copies"),
        number("min_copy_number", "Least copies of any segment over the gene", "copies"),
        number("max_copy_number", "Most copies of any segment over the gene", "copies"),
        number("minor_copy_number", "Copies of the lesser allele", "copies"),
        number("copy_number_over_ploidy", "Copies against the genome's mean", "ratio"),
        number("arm_copy_number", "Median copies of the chromosome arm", "copies"),
        text("call", "Verdict", values=tuple(CopyNumberCall), required=True),
        number("p_amplified", "Probability that the amplification rule holds", "0-1"),
        text(
            "capped",
            "Whether the caller caps its copies, so that the true value may be higher",
            values=YES_NO,
        ),
        text("source", "reads, or the caller imported from", required=True),
        text("reason", "Why not assessable, or what the call rests on"),
    ),
)

AMPLIFICATION_DEFINITIONS = Table(
    "amplification_definitions.tsv",
    "One published definition of amplification applied to one gene.",
    (
        text("gene", "HGNC symbol", required=True),
        text("definition", "Name of the definition", required=True),
        number("threshold", "Value to reach or exceed, in the definition's own measure"),
        number("value", "This tumour's value in that measure"),
        text("verdict", "Whether the definition holds", values=tuple(Verdict), required=True),
        text("source", "reads, or the caller imported from"),
    ),
)

AMPLICONS = Table(
    "amplicons.tsv",
    "One amplified stretch; 0-based, half-open.",
    (
        text("chromosome", "Chromosome without chr", required=True),
        integer("start", "First base", "bp", required=True),
        integer("end", "Base after the last", "bp", required=True),
        number("copy_number", "Mean copies", "copies"),
        number("arm_copy_number", "Median copies of the chromosome arm", "copies"),
        text("focality", "How far it reaches", values=("focal", "arm", "chromosome"), required=True),
        text("genes", "Panel genes wholly inside, comma-separated"),
        text("partial_genes", "Panel genes partly inside, comma-separated"),
        text("sv_support", "Whether a structural variant bounds it", values=YES_NO),
        text("source", "reads, or the caller imported from"),
    ),
)

CODON_STATUS = Table(
    "codon_status.tsv",
    "One codon (or exon-20-like region) and whether it is mutated, with the power behind the statement.",
    (
        text("gene", "HGNC symbol", required=True),
        integer("codon", "Codon number on the MANE Select transcript", required=True),
        text("status", "Verdict", values=tuple(Status), required=True),
        integer("depth", "Fragments that show the codon, after filters", "fragments"),
        integer("alt_reads", "Fragments that show the variant", "fragments"),
        number("vaf", "Variant allele fraction", "0-1"),
        text("protein_change", "HGVS p., one letter, without the p. prefix, e.g. G12D"),
        number("smallest_detectable_vaf", "Least VAF detected with the required power at this depth", "0-1"),
        number("smallest_detectable_ccf", "The same as a share of cancer cells", "0-1"),
        number("power", "Probability to detect a clonal heterozygous variant here", "0-1"),
        text("reason", "Why not assessable, what depth would be needed, or what the verdict rests on"),
        number(
            "indel_power",
            "Probability to detect a clonal short insertion or deletion here; empty without reads",
            "0-1",
        ),
    ),
)

ELIGIBILITY = Table(
    "eligibility.tsv",
    "One entry criterion judged on the sequenced tumour.",
    (
        text("criterion", "RAS, BRAF, HER2 or another of the cohort file", required=True),
        text(
            "status",
            "Verdict: confirmed, discordant, not_assessable",
            values=tuple(Eligibility),
            required=True,
        ),
        text("detail", "The finding behind it: codon status, or for HER2 the call of ERBB2"),
        text("reason", "Why, in words: variants with VAF, codons that could not be judged, copies"),
    ),
)

LABEL = Table(
    "label.tsv",
    "The label of one tumour, one row; made before any outcome is read.",
    (
        text("sample", "Tumour sample", required=True),
        text("label", "Why the tumour may resist", values=tuple(Label), required=True),
        text("mechanisms", "Candidate mechanisms, best first, separated by semicolons"),
        text("sentence", "The label in plain words"),
        text("knowledge_base", "Version of the rules: newest date and digest of their content"),
    ),
)

RULES = Table(
    "rules.tsv",
    "One rule of the knowledge base and what was found in this tumour; never tested is never negative.",
    (
        text("rule_id", "Rule of the knowledge base", required=True),
        text("gene", "HGNC symbol"),
        text("tier", "Strength of the evidence", values=TIERS, required=True),
        text("result", "Outcome", values=("found", "not_found", "not_tested"), required=True),
        text("reason", "What was found, or why it could not be tested"),
        text("mechanism", "Group of mechanisms"),
        text("direction", "What the rule says of the drug"),
    ),
)

ALTERATIONS = Table(
    "alterations.tsv",
    "One alteration of a panel gene, with the rule it meets; one row an alteration and rule.",
    (
        text("gene", "HGNC symbol", required=True),
        text("alteration", "Protein change, or the kind of event", required=True),
        text(
            "class",
            "Kind of alteration",
            values=(
                "snv",
                "mnv",
                "insertion",
                "deletion",
                "delins",
                "amplification",
                "low_copy_number",
                "deep_deletion",
                "loss_of_heterozygosity",
                "structural_variant",
                "germline",
                "signature",
            ),
            required=True,
        ),
        number("vaf", "Variant allele fraction", "0-1"),
        number("copies", "Copies in tumour cells: of the variant, or of the gene", "copies"),
        number("ccf", "Share of cancer cells that carry it", "0-1"),
        text("clonality", "clonal, subclonal or unknown", values=tuple(Clonality)),
        text("biallelic", "Whether no normal copy is left", values=YES_NO),
        number("copy_number", "Total copies of the gene", "copies"),
        text("rule_id", "Rule of the knowledge base; empty where none matches"),
        text("mechanism", "Resistance mechanism in words"),
        text("direction", "What the rule says of the drug"),
        text("tier", "Strength of the evidence", values=TIERS),
        text("conflicting", "Whether published evidence disagrees", values=YES_NO),
        text("candidate", "Whether it counts as a candidate explanation", values=YES_NO, required=True),
        text("pmids", "PubMed ids, comma-separated"),
        text("civic_eids", "CIViC evidence ids, comma-separated"),
        text("note", "Why it matched, caveats, upstream filters"),
        text("sentence", "The finding in plain words, with both sides of the evidence, rule and papers"),
        text("verified", "Whether the sources of the rule were looked up", values=YES_NO),
        text("oncokb", "What the user's own OncoKB annotation says of resistance, where given"),
    ),
)

CIVIC_EVIDENCE = Table(
    "civic_evidence.tsv",
    "One item of the user's CIViC table on resistance that fits an alteration, and how closely.",
    (
        text("gene", "HGNC symbol", required=True),
        text("alteration", "Protein change, or the kind of event", required=True),
        text("evidence_id", "CIViC evidence item", required=True),
        text("molecular_profile", "What the item speaks of, in CIViC's words", required=True),
        text(
            "fit",
            "How the profile names the alteration",
            values=("exact", "codon", "region", "event", "gene"),
        ),
        text("disease", "Disease of the item"),
        text("disease_match", "Against the cohort's disease", values=("same", "broader", "other")),
        text("therapies", "Therapies of the item, comma-separated"),
        text(
            "therapy_match",
            "Against the cohort's drugs",
            values=("same_drugs", "shared_drug", "same_class", "same_family", "other"),
        ),
        text("direction", "Supports: resistance; Does Not Support: none"),
        text("level", "CIViC level, A validated to E inferential"),
        text("rating", "CIViC stars"),
        text("citation", "PubMed id or the like"),
        text("supports", "Whether it stands beside the rule as support", values=YES_NO, required=True),
    ),
)

EVIDENCE_CHANGES = Table(
    "evidence_changes.tsv",
    "One change of the tumour's evidence since the last annotation that differed; empty after the first.",
    (
        text(
            "change",
            "What happened",
            values=("added", "dropped", "regraded", "sources_changed", "relabelled"),
            required=True,
        ),
        text("gene", "HGNC symbol; empty for the label"),
        text("alteration", "Protein change, or the kind of event; empty for the label"),
        text("rule_id", "Rule of the knowledge base"),
        text("before", "Grade or sources before"),
        text("after", "Grade or sources now"),
        text("cause", "What differs", values=("knowledge", "input", "both"), required=True),
        text("knowledge_before", "Versions of rules, CIViC table and cohort file before"),
        text("knowledge_after", "The same now"),
    ),
)

GENE_CALLABILITY = Table(
    "gene_callability.tsv",
    "One panel gene: how much of its coding sequence was looked at for small variants, by reads or by the file.",
    (
        text("gene", "HGNC symbol", required=True),
        integer("coding_bases", "Coding bases on the MANE Select transcript", "bp", required=True),
        integer("known_bases", "Of these, with a known reference base; empty without reads", "bp"),
        integer(
            "assessable_bases",
            "Of these, with the wanted power to detect a clonal heterozygous variant",
            "bp",
            required=True,
        ),
        number("assessable_share", "Share of the coding bases that are assessable", "0-1", required=True),
        number("median_depth", "Median fragments over the coding bases; empty without reads", "fragments"),
        integer("depth_needed", "Fragments a base needs; empty where no depth is enough", "fragments"),
        text("reason", "What the power rests on", required=True),
        text("substitution_codons", "Codons at which a clonal substitution would be seen, e.g. 1-12,14"),
        text("indel_codons", "Codons at which a clonal short insertion or deletion would be seen"),
        number(
            "substitution_power",
            "Power for a clonal substitution, mean over coding bases and splice sites",
            "0-1",
        ),
        number("indel_power", "The same for a short insertion or deletion", "0-1"),
        text(
            "covered",
            "Whether both means reach the wanted power: then no truncation seen means none there",
            values=YES_NO,
        ),
    ),
)
