# Contract. In: a MAF or SEG file of many tumours that several rows name. Out: a part of it for each tumour, made once.


rule divide_cohort_file:
    input:
        table=lambda wildcards: of_the_past([DIVIDED_TABLES[wildcards.table]]),
    output:
        directory("<results>/cohort_files/{table}"),
    log:
        "<logs>/divide_cohort_file/{table}.log",
    conda:
        "../../envs/refractor.yaml"
    resources:
        mem_mb=memory_mb,
        runtime=minutes,
    params:
        table=lambda wildcards: DIVIDED_TABLES[wildcards.table],
        versions=lambda wildcards: [
            date_and_size(path)
            for path in [DIVIDED_TABLES[wildcards.table]]
            if is_ahead(path)
        ],
        script=script_of("divide_cohort_file"),
        code=code_of("divide_cohort_file", "panel", "reference"),
    shell:
        "python {params.script:q} --table {params.table:q} --output-dir {output:q} 2> {log}"
