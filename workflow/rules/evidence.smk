# Contract. In: one tumour's variants, codon status and copies, the knowledge base and the cohort's rules.
# Out: alterations with their rule, every rule found / not found / not tested, eligibility, label.
# No outcome is read here; earlier treatment is known before.


rule annotate_alterations:
    input:
        unpack(sheet_files("structural_variants", "small_variants")),
        unpack(config_files("civic", "rules", "panel")),
        beside=companions("structural_variants", "small_variants"),
        cohort=cohort_file,
        variants="<results>/samples/{sample}/variants.vcf.gz",
        codon_status="<results>/samples/{sample}/codon_status.tsv",
        gene_callability="<results>/samples/{sample}/gene_callability.tsv",
        gene_copy_number="<results>/samples/{sample}/gene_copy_number.tsv",
        amplification_definitions="<results>/samples/{sample}/amplification_definitions.tsv",
        amplicons="<results>/samples/{sample}/amplicons.tsv",
        purity_ploidy="<results>/samples/{sample}/purity_ploidy.tsv",
        qc="<results>/samples/{sample}/qc.tsv",
        junctions="<results>/samples/{sample}/junctions.tsv",
        junction_search="<results>/samples/{sample}/junction_search.tsv",
    output:
        tables("<results>/samples/{sample}/", "annotate_alterations"),
        "<results>/samples/{sample}/annotation_analyses.tsv",
        # what the last annotation found, to compare with: kept from run to run
        state=update("<results>/samples/{sample}/.evidence_state.json"),
    log:
        "<logs>/annotate_alterations/{sample}.log",
    benchmark:
        "<logs>/annotate_alterations/{sample}.resources.tsv"
    group:
        "tumor"
    conda:
        "../../envs/refractor.yaml"
    resources:
        mem_mb=memory_mb,
        runtime=minutes,
    params:
        row=sheet_options(
            "genome_build",
            "structural_variants",
            "structural_variants_sample",
            "small_variants",
        ),
        patient=patient_options(
            "prior_anti_egfr",
            "her2_ihc",
            "target_ihc",
            "target_percent",
            "msi_status",
            "tmb_per_mb",
        ),
        cohort=cohort_option,
        parts=part_options("small_variants"),
        part_names=part_names("small_variants"),
        settings=config_options("civic", "rules", "panel", "synthetic")
        + setting_options("calling", only=("low_vaf",)),
        folder=subpath(output[0], parent=True),
        versions=file_versions("structural_variants", "small_variants"),
        script=script_of("annotate_alterations"),
        code=code_of("annotate_alterations", "panel", "evidence", "cohorts"),
        last_failure=last_failure,
        given_up=given_up_option,
    shell:
        "python {params.script:q} --sample={wildcards.sample} {params.row:q} {params.parts:q} {params.patient:q}"
        " {params.cohort:q} {params.settings:q}"
        " --variants {input.variants:q} --codon-status {input.codon_status:q}"
        " --gene-callability {input.gene_callability:q} --gene-copy-number {input.gene_copy_number:q}"
        " --amplification-definitions {input.amplification_definitions:q} --amplicons {input.amplicons:q}"
        " --purity-ploidy {input.purity_ploidy:q} --qc {input.qc:q}"
        " --junctions {input.junctions:q} --junction-search {input.junction_search:q}"
        " --output-dir {params.folder:q} --record-failures {params.given_up:q} 2> {log}"
