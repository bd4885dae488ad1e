# Contract. In: the cohort's tables and each tumour's folder. Out: one page that opens offline,
# and beside it one for each patient.


COHORT_RESULTS = {
    "manifest": "<results>/cohort/manifest.tsv",
    "patients": "<results>/cohort/patients.tsv",
    "statistics": multiext(
        "<results>/cohort/",
        "endpoints.tsv",
        "two_stage.tsv",
        "survival.tsv",
        "explanation.tsv",
        "associations.tsv",
        "attribution.tsv",
        "copies.tsv",
        "sensitivity.tsv",
        "outcome_review.tsv",
        "questions.tsv",
        "acquired.tsv",
        "blinding.tsv",
        "adverse_events.tsv",
        "responses.tsv",
        "biopsies.tsv",
        "rule_coverage.tsv",
        "identity.tsv",
        "identity_verdicts.tsv",
    ),
    "provenance": "<results>/provenance.json",
}


rule render_report:
    input:
        **COHORT_RESULTS,
        cohort=[CONFIG["cohort"]] if CONFIG["cohort"] else [],
    output:
        page=report(
            "<results>/report/index.html",
            caption="../report/page.rst",
            category="Report",
            labels={"file": "report of the cohort"},
        ),
        patients=directory("<results>/report/patients"),
    log:
        "<logs>/render_report.log",
    conda:
        "../../envs/refractor.yaml"
    resources:
        mem_mb=cohort_memory_mb,
        runtime=cohort_minutes,
    params:
        settings=config_options("cohort", "synthetic"),
        results=subpath(output.page, ancestor=2),
        script=script_of("render_report"),
        code=code_of("render_report", "panel", "centromeres", "cohorts", "evidence"),
    shell:
        "python {params.script:q} --cohort-dir {params.results:q}/cohort"
        " --samples-dir {params.results:q}/samples --provenance {input.provenance:q} {params.settings:q}"
        " --output {output.page:q} 2> {log}"


rule write_workbook:
    input:
        **COHORT_RESULTS,
        candidates="<results>/cohort/candidates.tsv",
    output:
        report(
            "<results>/report/cohort.xlsx",
            caption="../report/workbook.rst",
            category="Report",
            labels={"file": "workbook"},
        ),
    log:
        "<logs>/write_workbook.log",
    conda:
        "../../envs/refractor.yaml"
    resources:
        mem_mb=cohort_memory_mb,
        runtime=cohort_minutes,
    params:
        settings=config_options("synthetic"),
        results=subpath(output[0], ancestor=2),
        script=script_of("write_workbook"),
        code=code_of("write_workbook"),
    shell:
        "python {params.script:q} --cohort-dir {params.results:q}/cohort --provenance {input.provenance:q}"
        " {params.settings:q} --output {output:q} 2> {log}"


rule export_study:
    input:
        labels=rules.join_cohort.input.labels,
        samples=CONFIG["samples"],
        manifest="<results>/cohort/manifest.tsv",
        patients="<results>/cohort/patients.tsv",
        outcomes=CONFIG["patients"],
        responses="<results>/cohort/responses.tsv",
        further=[CONFIG[name] for name in ("adverse_events", "cohort") if CONFIG[name]],
        provenance="<results>/provenance.json",
    output:
        directory("<results>/report/cbioportal"),
    log:
        "<logs>/export_study.log",
    conda:
        "../../envs/refractor.yaml"
    resources:
        mem_mb=cohort_memory_mb,
        runtime=cohort_minutes,
    params:
        settings=config_options("adverse_events", "cohort", "synthetic"),
        results=subpath(output[0], ancestor=2),
        script=script_of("export_study"),
        code=code_of("export_study", "panel", "cohorts"),
    shell:
        "python {params.script:q} --samples {input.samples:q} --patients {input.outcomes:q}"
        " --cohort-dir {params.results:q}/cohort --samples-dir {params.results:q}/samples"
        " --provenance {input.provenance:q} {params.settings:q} --output-dir {output:q} 2> {log}"


# Times differ from run to run: they have a table and a page of their own, so that all other results do not.
rule collect_resources:
    input:
        manifest="<results>/cohort/manifest.tsv",
        labels=expand("<results>/samples/{sample}/label.tsv", sample=SAMPLES),
        samples=CONFIG["samples"],
        patients=CONFIG["patients"],
        further=[
            CONFIG[name] for name in ("assessments", "adverse_events") if CONFIG[name]
        ],
    output:
        table="<results>/cohort/resources.tsv",
        page="<results>/report/run.html",
    log:
        "<logs>/collect_resources.log",
    conda:
        "../../envs/refractor.yaml"
    resources:
        mem_mb=cohort_memory_mb,
        runtime=cohort_minutes,
    params:
        settings=config_options("assessments", "adverse_events", "synthetic"),
        script=script_of("collect_resources"),
        code=code_of("collect_resources"),
    shell:
        'python {params.script:q} --manifest {input.manifest:q} --logs-dir "$(dirname {log:q})"'
        " --samples {input.samples:q} --patients {input.patients:q} {params.settings:q}"
        " --table {output.table:q} --page {output.page:q} 2> {log}"
