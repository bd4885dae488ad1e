# Contract. In: the cohort's tables and each tumour's folder. Out: one page that opens offline.


rule render_report:
    input:
        manifest="<results>/cohort/manifest.tsv",
        patients="<results>/cohort/patients.tsv",
        candidates="<results>/cohort/candidates.tsv",
        provenance="<results>/provenance.json",
    output:
        "<results>/report/index.html",
    log:
        "<logs>/render_report.log",
    conda:
        "../../envs/refractor.yaml"
    params:
        settings=config_options("synthetic"),
        code=code_of("render_report"),
    shell:
        "python {SCRIPTS}/render_report.py --cohort-dir $(dirname {input.manifest:q})"
        " --samples-dir $(dirname {input.manifest:q})/../samples --provenance {input.provenance:q} {params.settings:q}"
        " --output {output:q} 2> {log}"
