# Contract. In: the row's reads and somatic VCF, the copies that set the expected VAF.
# Out: normalised panel variants with their meaning, a verdict with its power for each decisive codon,
# where each gene was looked at, and the reads behind it all; junctions of the reads and where they were looked for.


rule call_variants:
    input:
        unpack(
            sheet_files(
                "tumor_reads", "normal_reads", "small_variants", "callable_regions"
            )
        ),
        unpack(config_files("caller_filters", "panel")),
        unpack(sequenced_file),
        beside=companions("tumor_reads", "normal_reads", "small_variants"),
        purity_ploidy="<results>/samples/{sample}/purity_ploidy.tsv",
        gene_copy_number="<results>/samples/{sample}/gene_copy_number.tsv",
        amplicons="<results>/samples/{sample}/amplicons.tsv",
        copy_number_qc="<results>/samples/{sample}/copy_number_qc.tsv",
        copy_number_analyses="<results>/samples/{sample}/copy_number_analyses.tsv",
    output:
        tables("<results>/samples/{sample}/", "call_variants"),
        multiext(
            "<results>/samples/{sample}/",
            "variants.vcf.gz",
            "variants.vcf.gz.tbi",
            "pileups.json",
            "variants_analyses.tsv",
            "variant_genotypes.npz",
        ),
    log:
        "<logs>/call_variants/{sample}.log",
    benchmark:
        "<logs>/call_variants/{sample}.resources.tsv"
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
            "tumor_reads",
            "normal_reads",
            "small_variants",
            "small_variants_sample",
            "callable_regions",
            "purity",
            "material",
            "depth",
        ),
        parts=part_options("small_variants"),
        part_names=part_names("small_variants"),
        settings=config_options(
            "reference", "panel", "caller_filters", "assume_callable", "synthetic"
        )
        + setting_options("calling"),
        default_build=default_build_option(),
        sequenced=sequenced_option,
        listed=is_sequenced,
        folder=subpath(output[0], parent=True),
        script=script_of("call_variants"),
        code=code_of(
            "call_variants",
            "callers",
            "panel",
            "polymorphisms",
            "reference",
            "windows",
        ),
        versions=file_versions(
            "tumor_reads", "normal_reads", "small_variants", "callable_regions"
        ),
        last_failure=last_failure,
        given_up=given_up_option,
    shell:
        "python {params.script:q} --sample={wildcards.sample} {params.row:q} {params.parts:q} {params.default_build:q}"
        " {params.settings:q} {params.sequenced:q}"
        " --purity-ploidy {input.purity_ploidy:q} --gene-copy-number {input.gene_copy_number:q}"
        " --amplicons {input.amplicons:q} --copy-number-analyses {input.copy_number_analyses:q} --copy-number-qc {input.copy_number_qc:q}"
        " --output-dir {params.folder:q} --record-failures {params.given_up:q} 2> {log}"
