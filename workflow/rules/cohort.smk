# Contract. In: every tumour's finished folder (its label stands for all of it) and the sheets with outcomes.
# Out: whose genome each is, all against all; the labels' digests taken before outcomes are read, the manifest, patients and candidates joined with outcomes,
# endpoints, explanation and associations; the last job fails while any analysis failed.


rule compare_identities:
    input:
        genotypes=expand(
            "<results>/samples/{sample}/{name}.npz",
            sample=SAMPLES,
            name=("genotypes", "variant_genotypes"),
        ),
        samples=CONFIG["samples"],
    output:
        multiext("<results>/cohort/", "identity.tsv", "identity_verdicts.tsv"),
    log:
        "<logs>/compare_identities.log",
    conda:
        "../../envs/refractor.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: 2000 * attempt,
        runtime=lambda wildcards, attempt: 30 * attempt,
    params:
        settings=setting_options("identity") + config_options("synthetic"),
        results=subpath(output[0], ancestor=2),
        folder=subpath(output[0], parent=True),
        script=script_of("compare_identities"),
        code=code_of("compare_identities", "windows"),
    shell:
        "python {params.script:q} --samples {input.samples:q} --samples-dir {params.results:q}/samples"
        " {params.settings:q} --output-dir {params.folder:q} 2> {log}"


rule join_cohort:
    input:
        labels=expand("<results>/samples/{sample}/label.tsv", sample=SAMPLES),
        identity="<results>/cohort/identity_verdicts.tsv",
        samples=CONFIG["samples"],
        patients=CONFIG["patients"],
        further=[
            CONFIG[name]
            for name in ("assessments", "adverse_events", "cohort")
            if CONFIG[name]
        ],
    output:
        manifest=report(
            "<results>/cohort/manifest.tsv",
            caption="../report/manifest.rst",
            category="Cohort",
            labels={"table": "manifest"},
        ),
        patients=report(
            "<results>/cohort/patients.tsv",
            caption="../report/patients.rst",
            category="Cohort",
            labels={"table": "patients"},
        ),
        candidates=report(
            "<results>/cohort/candidates.tsv",
            caption="../report/candidates.rst",
            category="Cohort",
            labels={"table": "candidates"},
        ),
        further=multiext(
            "<results>/cohort/",
            "blinding.tsv",
            "rule_coverage.tsv",
            "rule_results.tsv",
            "outcome_review.tsv",
            "other_choices.tsv",
            "questions.tsv",
            "acquired.tsv",
            "responses.tsv",
            "biopsies.tsv",
            "adverse_events.tsv",
        ),
    log:
        "<logs>/join_cohort.log",
    conda:
        "../../envs/refractor.yaml"
    resources:
        mem_mb=cohort_memory_mb,
        runtime=cohort_minutes,
    params:
        settings=config_options(
            "assessments", "adverse_events", "cohort", "data_cutoff", "synthetic"
        ),
        results=subpath(output.manifest, ancestor=2),
        folder=subpath(output.manifest, parent=True),
        script=script_of("join_cohort"),
        code=code_of("join_cohort", "cohorts"),
    shell:
        "python {params.script:q} --samples {input.samples:q} --patients {input.patients:q}"
        " --samples-dir {params.results:q}/samples --identity {input.identity:q}"
        " {params.settings:q} --output-dir {params.folder:q} 2> {log}"


rule analyse_cohort:
    input:
        multiext(
            "<results>/cohort/",
            "patients.tsv",
            "candidates.tsv",
            "rule_coverage.tsv",
            "rule_results.tsv",
            "outcome_review.tsv",
            "other_choices.tsv",
            "adverse_events.tsv",
        ),
        cohort=[CONFIG["cohort"]] if CONFIG["cohort"] else [],
    output:
        tables=report(
            multiext(
                "<results>/cohort/",
                "endpoints.tsv",
                "two_stage.tsv",
                "survival.tsv",
                "explanation.tsv",
                "associations.tsv",
                "attribution.tsv",
                "copies.tsv",
                "sensitivity.tsv",
            ),
            caption="../report/statistics.rst",
            category="Outcome",
        ),
        words="<results>/cohort/summary.txt",
    log:
        "<logs>/analyse_cohort.log",
    conda:
        "../../envs/refractor.yaml"
    resources:
        mem_mb=cohort_memory_mb,
        runtime=cohort_minutes,
    params:
        settings=config_options("cohort", "synthetic"),
        folder=subpath(output.words, parent=True),
        script=script_of("analyse_cohort"),
        code=code_of("analyse_cohort", "cohorts", "evidence"),
    shell:
        "python {params.script:q} --cohort-dir {params.folder:q} {params.settings:q}"
        " > {output.words:q} 2> {log}"


rule record_provenance:
    input:
        blinding="<results>/cohort/blinding.tsv",
        samples=CONFIG["samples"],
        patients=CONFIG["patients"],
    output:
        record="<results>/provenance.json",
        crate="<results>/ro-crate-metadata.json",
    log:
        "<logs>/record_provenance.log",
    conda:
        "../../envs/refractor.yaml"
    resources:
        mem_mb=cohort_memory_mb,
        runtime=cohort_minutes,
    params:
        config=json.dumps(CONFIG, sort_keys=True),
        script=script_of("record_provenance"),
        code=code_of("record_provenance", "panel", "reference", "evidence", "cohorts"),
    shell:
        "python {params.script:q} --config {params.config:q} --blinding {input.blinding:q}"
        " --output {output.record:q} --crate {output.crate:q} 2> {log}"


rule confirm_complete:
    input:
        manifest="<results>/cohort/manifest.tsv",
        analysis="<results>/cohort/explanation.tsv",
        report="<results>/report/index.html",
    output:
        "<results>/cohort/complete.txt",
    log:
        "<logs>/confirm_complete.log",
    retries: 0  # a failed analysis is not mended by trying again
    localrule: True  # a glance at one table: no cluster job
    conda:
        "../../envs/refractor.yaml"
    params:
        results=subpath(output[0], ancestor=2),
        script=script_of("confirm_complete"),
        code=code_of("confirm_complete"),
    shell:
        "python {params.script:q} --manifest {input.manifest:q}"
        " --failures-dir {params.results:q}/.failures --output {output:q} 2> {log}"
