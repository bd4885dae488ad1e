# Contract. In: every tumour's finished folder (its label stands for all of it) and the sheets with outcomes.
# Out: the manifest, patients and candidates joined with outcomes; the last job fails while any analysis failed.


rule join_cohort:
    input:
        labels=expand("<results>/samples/{sample}/label.tsv", sample=SAMPLES),
        samples=CONFIG["samples"],
        patients=CONFIG["patients"],
    output:
        manifest="<results>/cohort/manifest.tsv",
        patients="<results>/cohort/patients.tsv",
        candidates="<results>/cohort/candidates.tsv",
    log:
        "<logs>/join_cohort.log",
    conda:
        "../../envs/refractor.yaml"
    params:
        settings=config_options("synthetic"),
        code=code_of("join_cohort"),
    shell:
        "python {SCRIPTS}/join_cohort.py --samples {input.samples:q} --patients {input.patients:q}"
        " --samples-dir $(dirname {output[0]:q})/../samples {params.settings:q} --output-dir $(dirname {output[0]:q}) 2> {log}"


rule record_provenance:
    input:
        manifest="<results>/cohort/manifest.tsv",
        samples=CONFIG["samples"],
        patients=CONFIG["patients"],
    output:
        "<results>/provenance.json",
    log:
        "<logs>/record_provenance.log",
    conda:
        "../../envs/refractor.yaml"
    params:
        config=json.dumps(CONFIG, sort_keys=True),
        code=code_of("record_provenance", "panel", "reference", "evidence", "cohorts"),
    shell:
        "python {SCRIPTS}/record_provenance.py --config {params.config:q} --output {output:q} 2> {log}"


rule confirm_complete:
    input:
        manifest="<results>/cohort/manifest.tsv",
        report="<results>/report/index.html",
    output:
        "<results>/cohort/complete.txt",
    log:
        "<logs>/confirm_complete.log",
    conda:
        "../../envs/refractor.yaml"
    params:
        code=code_of("confirm_complete"),
    shell:
        "python {SCRIPTS}/confirm_complete.py --manifest {input.manifest:q}"
        " --failures-dir $(dirname {output:q})/../.failures --output {output:q} 2> {log}"
