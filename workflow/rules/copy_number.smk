# Contract. In: the row's reads and caller output, and beside reads its somatic VCF, whose VAFs tell of purity. Out: quality, purity and ploidy, segments, gene copies,
# every published definition of amplification, amplicons; allele counts at common SNPs, for whose genome it is.


rule measure_copy_number:
    input:
        unpack(
            sheet_files(
                "tumor_reads", "normal_reads", "copy_number", "structural_variants"
            )
        ),
        unpack(somatic_vcf_file),
        unpack(config_files("panel")),
        beside=companions(
            "tumor_reads",
            "normal_reads",
            "copy_number",
            "structural_variants",
        ),
        index=somatic_vcf_index,
    output:
        tables("<results>/samples/{sample}/", "measure_copy_number"),
        multiext(
            "<results>/samples/{sample}/",
            "copy_number_analyses.tsv",
            "genotypes.npz",
        ),
    log:
        "<logs>/measure_copy_number/{sample}.log",
    benchmark:
        "<logs>/measure_copy_number/{sample}.resources.tsv"
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
            "copy_number",
            "copy_number_caller",
            "structural_variants",
            "structural_variants_sample",
            "purity",
            "ploidy",
            "sex",
        ),
        somatic=somatic_vcf_options,
        parts=part_options("copy_number"),
        part_names=part_names("copy_number"),
        settings=config_options("reference", "panel", "synthetic")
        + setting_options("copy_number")
        + setting_options("identity"),
        default_build=default_build_option(),
        folder=subpath(output[0], parent=True),
        script=script_of("measure_copy_number"),
        code=code_of("measure_copy_number", "panel", "centromeres", "windows"),
        versions=file_versions(
            "tumor_reads",
            "normal_reads",
            "copy_number",
            "structural_variants",
            "small_variants",
        ),
        last_failure=last_failure,
        given_up=given_up_option,
    shell:
        "python {params.script:q} --sample={wildcards.sample} {params.row:q} {params.somatic:q} {params.parts:q} {params.default_build:q}"
        " {params.settings:q}"
        " --output-dir {params.folder:q} --record-failures {params.given_up:q} 2> {log}"
