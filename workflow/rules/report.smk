# Contract. In: the cohort's tables and each tumour's folder. Out: one page that opens offline,
# and beside it one for each patient.


COHORT_RESULTS = {
    "tables": tables(
        "<of>/cohort/", "compare_identities", "join_cohort", "analyse_cohort"
    ),
    "frozen": (
        tables("<of>/cohort/", "compare_preregistration")
        if CONFIG["preregistration"]
        else []
    ),
    "provenance": one_run("<results>/provenance.json"),
}


rule render_report:
    input:
        **COHORT_RESULTS,
        further=sheets("adverse_events"),  # who is behind each count of them
        cohort=cohort_file,
        panel=CONFIG["panel"] or [],
    output:
        page=report(
            "<of>/report/index.html",
            caption="../report/page.rst",
            category="Report",
            labels={"file": "report of the cohort"},
        ),
        patients=directory("<of>/report/patients"),
        multiqc="<of>/report/refractor_qc_mqc.tsv",
    log:
        "<of_logs>/render_report.log",
    conda:
        "../../envs/refractor.yaml"
    resources:
        mem_mb=cohort_memory_mb,
        runtime=cohort_minutes,
    params:
        settings=config_options("adverse_events", "panel", "synthetic"),
        cohort=cohort_option,
        lines=cohort_lines("patients", "adverse_events"),
        run=run_settings(),
        run_page=f"{'../' * (ABOVE - 2)}{'../report/' if COHORTS else ''}run.html",
        folder=subpath(output.page, ancestor=2),
        results=subpath(output.page, ancestor=ABOVE),
        script=script_of("render_report"),
        code=code_of("render_report", "panel", "centromeres", "cohorts", "evidence"),
    shell:
        "python {params.script:q} --cohort-dir {params.folder:q}/cohort"
        " --samples-dir {params.results:q}/samples --provenance {input.provenance:q} {params.cohort:q}"
        " {params.settings:q} --run-page {params.run_page:q} --output {output.page:q} 2> {log}"


rule write_workbook:
    input:
        **COHORT_RESULTS,
    output:
        report(
            "<of>/report/cohort.xlsx",
            caption="../report/workbook.rst",
            category="Report",
            labels={"file": "workbook"},
        ),
    log:
        "<of_logs>/write_workbook.log",
    conda:
        "../../envs/refractor.yaml"
    resources:
        mem_mb=cohort_memory_mb,
        runtime=cohort_minutes,
    params:
        settings=config_options("synthetic"),
        run=run_settings(),
        results=subpath(output[0], ancestor=2),
        script=script_of("write_workbook"),
        code=code_of("write_workbook", "panel/fixed_columns.tsv"),
    shell:
        "python {params.script:q} --cohort-dir {params.results:q}/cohort --provenance {input.provenance:q}"
        " {params.settings:q} --output {output:q} 2> {log}"


rule export_study:
    input:
        labels=labels,
        samples=sheets("samples"),
        manifest="<of>/cohort/manifest.tsv",
        patients="<of>/cohort/patients.tsv",
        outcomes=sheets("patients"),
        responses="<of>/cohort/responses.tsv",
        further=sheets("adverse_events"),
        cohort=cohort_file,
        panel=CONFIG["panel"] or [],
        provenance=one_run("<results>/provenance.json"),
    output:
        directory("<of>/report/cbioportal"),
    log:
        "<of_logs>/export_study.log",
    conda:
        "../../envs/refractor.yaml"
    resources:
        mem_mb=cohort_memory_mb,
        runtime=cohort_minutes,
    params:
        settings=config_options("adverse_events", "panel", "synthetic"),
        cohort=cohort_option,
        only=only_cohort,
        lines=cohort_lines("samples", "patients", "adverse_events"),
        run=run_settings(),
        folder=subpath(output[0], ancestor=2),
        results=subpath(output[0], ancestor=ABOVE),
        script=script_of("export_study"),
        code=code_of("export_study", "panel", "reference", "cohorts"),
    shell:
        "python {params.script:q} --samples {input.samples:q} --patients {input.outcomes:q}"
        " --cohort-dir {params.folder:q}/cohort --samples-dir {params.results:q}/samples"
        " --provenance {input.provenance:q} {params.cohort:q} {params.only:q} {params.settings:q} --output-dir {output:q} 2> {log}"


# Times differ from run to run: they have a table and a page of their own, so that all other results do not.
rule collect_resources:
    input:
        manifest=whole_run("cohort/manifest.tsv"),
        labels=expand("<results>/samples/{sample}/label.tsv", sample=SAMPLES),
        samples=CONFIG["samples"],
        patients=CONFIG["patients"],
        further=[
            CONFIG[name] for name in ("assessments", "adverse_events") if CONFIG[name]
        ],
    output:
        table="<whole>/resources.tsv",
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
        code=code_of("collect_resources", "panel/fixed_columns.tsv"),
    shell:
        'python {params.script:q} --manifest {input.manifest:q} --logs-dir "$(dirname {log:q})"'
        " --samples {input.samples:q} --patients {input.patients:q} {params.settings:q}"
        " --table {output.table:q} --page {output.page:q} 2> {log}"


if COHORTS:

    rule render_overview:
        input:
            tables=expand(
                "<results>/cohorts/{cohort}/cohort/{table}",
                cohort=COHORTS,
                table=(
                    "patients.tsv",
                    "candidates.tsv",
                    "endpoints.tsv",
                    "explanation.tsv",
                    "two_stage.tsv",
                ),
            ),
            cohorts=list(COHORTS.values()),
        output:
            page="<results>/report/index.html",
            tables=tables("<whole>/", "render_overview"),
        log:
            "<logs>/render_overview.log",
        conda:
            "../../envs/refractor.yaml"
        resources:
            mem_mb=cohort_memory_mb,
            runtime=cohort_minutes,
        params:
            settings=config_options("synthetic"),
            cohorts=[f"{name}={path}" for name, path in COHORTS.items()],
            results=subpath(output.page, ancestor=2),
            script=script_of("render_overview"),
            code=code_of("render_overview", "evidence"),
        shell:
            "python {params.script:q} --cohorts {params.cohorts:q} --cohorts-dir {params.results:q}/cohorts"
            " --tables-dir {params.results:q}/platform {params.settings:q} --output {output.page:q} 2> {log}"
