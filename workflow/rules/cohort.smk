# Contract. In: every tumour's finished folder (its label stands for all of it) and the sheets with outcomes.
# Out: the labels' digests taken before outcomes are read, the manifest, patients and candidates joined with outcomes,
# endpoints, explanation and associations; the last job fails while any analysis failed.


rule join_cohort:
    input:
        labels=expand("<results>/samples/{sample}/label.tsv", sample=SAMPLES),
        samples=CONFIG["samples"],
        patients=CONFIG["patients"],
        further=[
            CONFIG[name]
            for name in ("assessments", "adverse_events", "cohort")
            if CONFIG[name]
        ],
    output:
        manifest="<results>/cohort/manifest.tsv",
        patients="<results>/cohort/patients.tsv",
        candidates="<results>/cohort/candidates.tsv",
        further=multiext(
            "<results>/cohort/",
            "blinding.tsv",
            "rule_coverage.tsv",
            "outcome_review.tsv",
            "responses.tsv",
            "adverse_events.tsv",
        ),
    log:
        "<logs>/join_cohort.log",
    conda:
        "../../envs/refractor.yaml"
    params:
        settings=config_options("assessments", "adverse_events", "cohort", "synthetic"),
        code=code_of("join_cohort", "cohorts"),
    shell:
        "python {SCRIPTS}/join_cohort.py --samples {input.samples:q} --patients {input.patients:q}"
        " --samples-dir $(dirname {output[0]:q})/../samples {params.settings:q} --output-dir $(dirname {output[0]:q}) 2> {log}"


rule analyse_cohort:
    input:
        multiext(
            "<results>/cohort/",
            "patients.tsv",
            "candidates.tsv",
            "rule_coverage.tsv",
            "outcome_review.tsv",
            "adverse_events.tsv",
        ),
        cohort=[CONFIG["cohort"]] if CONFIG["cohort"] else [],
    output:
        tables=multiext(
            "<results>/cohort/",
            "endpoints.tsv",
            "two_stage.tsv",
            "survival.tsv",
            "explanation.tsv",
            "associations.tsv",
            "copies.tsv",
            "sensitivity.tsv",
        ),
        words="<results>/cohort/summary.txt",
    log:
        "<logs>/analyse_cohort.log",
    conda:
        "../../envs/refractor.yaml"
    params:
        settings=config_options("cohort", "synthetic"),
        code=code_of("analyse_cohort", "cohorts"),
    shell:
        "python {SCRIPTS}/analyse_cohort.py --cohort-dir $(dirname {input[0]:q}) {params.settings:q}"
        " > {output.words:q} 2> {log}"


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
        analysis="<results>/cohort/explanation.tsv",
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
