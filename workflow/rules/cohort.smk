# Contract. In: every tumour's finished folder (its label stands for all of it) and the sheets with outcomes.
# Out: whose genome each is, all against all; the labels' digests taken before outcomes are read, the manifest, patients and candidates joined with outcomes,
# endpoints, explanation and associations, and beside them a reference cohort; the last job fails while any analysis failed.


rule compare_identities:
    input:
        genotypes=expand(
            "<results>/samples/{sample}/{name}.npz",
            sample=SAMPLES,
            name=("genotypes", "variant_genotypes"),
        ),
        samples=CONFIG["samples"],
    output:
        tables("<whole>/", "compare_identities"),
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
        labels=labels,
        identity=one_run("<whole>/identity_verdicts.tsv"),
        pairs=one_run("<whole>/identity.tsv") if COHORTS else [],
        mistaken=mistaken_for,
        samples=sheets("samples"),
        patients=sheets("patients"),
        further=sheets("assessments", "adverse_events"),
        cohort=cohort_file,
        files=compared_files,  # one content of two patients is a question
    output:
        manifest=report(
            "<of>/cohort/manifest.tsv",
            caption="../report/manifest.rst",
            category="Cohort",
            labels={"table": "manifest"},
        ),
        patients=report(
            "<of>/cohort/patients.tsv",
            caption="../report/patients.rst",
            category="Cohort",
            labels={"table": "patients"},
        ),
        candidates=report(
            "<of>/cohort/candidates.tsv",
            caption="../report/candidates.rst",
            category="Cohort",
            labels={"table": "candidates"},
        ),
        further=tables(
            "<of>/cohort/",
            "join_cohort",
            but=("manifest.tsv", "patients.tsv", "candidates.tsv"),
        ),
        identity=tables("<of>/cohort/", "compare_identities") if COHORTS else [],
    log:
        "<of_logs>/join_cohort.log",
    conda:
        "../../envs/refractor.yaml"
    resources:
        mem_mb=cohort_memory_mb,
        runtime=cohort_minutes,
    params:
        settings=config_options(
            "assessments", "adverse_events", "data_cutoff", "synthetic"
        ),
        cohort=cohort_option,
        only=only_cohort,
        lines=cohort_lines("samples", "patients", "assessments", "adverse_events"),
        results=subpath(output.manifest, ancestor=ABOVE),
        folder=subpath(output.manifest, parent=True),
        script=script_of("join_cohort"),
        code=code_of("join_cohort", "cohorts", "panel")
        + (code_of("compare_identities", "windows") if COHORTS else ""),
        identity=setting_options("identity") if COHORTS else "",
    shell:
        "python {params.script:q} --samples {input.samples:q} --patients {input.patients:q}"
        " --samples-dir {params.results:q}/samples --identity {input.identity:q}"
        " {params.cohort:q} {params.only:q} {params.settings:q} --output-dir {params.folder:q} 2> {log}"


rule measure_background:
    input:
        study=of_the_past(files_named(CONFIG).get("background", ())),
        rules=CONFIG["rules"],
        panel=CONFIG["panel"] or [],
        cohort=cohort_file,
    output:
        tables("<of>/cohort/", "measure_background"),
    log:
        "<of_logs>/measure_background.log",
    conda:
        "../../envs/refractor.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: 4000 * attempt,
        runtime=lambda wildcards, attempt: 60 * attempt,
    params:
        settings=config_options("background", "rules", "panel", "synthetic"),
        keep=[part for pair in CONFIG["background_keep"] for part in ("--keep", pair)],
        versions=[
            date_and_size(path)
            for path in files_named(CONFIG).get("background", ())
            if is_ahead(path)
        ],
        cohort=cohort_option,
        folder=subpath(output[0], parent=True),
        script=script_of("measure_background"),
        code=code_of(
            "measure_background",
            "panel",
            "reference",
            "evidence",
            "cohorts",
            "layouts",
        ),
    shell:
        "python {params.script:q} {params.settings:q} {params.keep:q} {params.cohort:q}"
        " --output-dir {params.folder:q} 2> {log}"


rule analyse_cohort:
    input:
        tables("<of>/cohort/", "join_cohort"),
        reference=(
            tables("<of>/cohort/", "measure_background")
            if CONFIG["background"]
            else []
        ),
        cohort=cohort_file,
    output:
        tables=report(
            tables("<of>/cohort/", "analyse_cohort"),
            caption="../report/statistics.rst",
            category="Outcome",
        ),
        words="<of>/cohort/summary.txt",
    log:
        "<of_logs>/analyse_cohort.log",
    conda:
        "../../envs/refractor.yaml"
    resources:
        mem_mb=cohort_memory_mb,
        runtime=cohort_minutes,
    params:
        settings=config_options("synthetic"),
        cohort=cohort_option,
        reference=lambda wildcards, output: (
            ["--reference-dir", str(Path(output.words).parent)]
            if CONFIG["background"]
            else []
        ),
        published=shipped("evidence/published_tables.tsv"),
        folder=subpath(output.words, parent=True),
        script=script_of("analyse_cohort"),
        code=code_of(
            "analyse_cohort",
            "cohorts",
            "evidence/published_tables.tsv",
            "panel/fixed_columns.tsv",
        ),
    # Its words stand in summary.txt, so standard output is dropped.
    shell:
        "python {params.script:q} --cohort-dir {params.folder:q} {params.cohort:q} {params.settings:q}"
        " {params.reference:q} --published-tables {params.published:q}"
        " > /dev/null 2> {log}"


rule compare_preregistration:
    input:
        labels=labels,
        preregistration=CONFIG["preregistration"] or [],
        samples=sheets("samples"),
        rules=CONFIG["rules"],
        panel=CONFIG["panel"] or [],
        cohort=cohort_file,
    output:
        tables("<of>/cohort/", "compare_preregistration"),
    log:
        "<of_logs>/compare_preregistration.log",
    conda:
        "../../envs/refractor.yaml"
    resources:
        mem_mb=cohort_memory_mb,
        runtime=cohort_minutes,
    params:
        settings=config_options("preregistration", "rules", "panel", "synthetic"),
        config=json.dumps(CONFIG, sort_keys=True),
        cohort=cohort_option,
        only=lambda wildcards: (
            ["--cohort-name", wildcards.cohort, "--only"]
            + [sample for sample in SAMPLES if COHORT_OF[sample] == wildcards.cohort]
            if COHORTS
            else []
        ),
        lines=cohort_lines("samples"),
        results=subpath(output[0], ancestor=ABOVE),
        folder=subpath(output[0], parent=True),
        script=script_of("compare_preregistration"),
        code=code_of("compare_preregistration", "panel", "evidence", "cohorts"),
    shell:
        "python {params.script:q} --samples {input.samples:q} --samples-dir {params.results:q}/samples"
        " {params.settings:q} --config {params.config:q} {params.cohort:q} --output-dir {params.folder:q}"
        " {params.only:q} 2> {log}"


rule record_provenance:
    input:
        blinding=whole_run("cohort/blinding.tsv"),
        named=[
            path
            for key, paths in files_named(CONFIG).items()
            if key != "reference"  # gigabytes: told by its name
            for path in of_the_past(paths)
        ],
        files=files_of_all(*FILE_COLUMNS),  # their checksums
        beside=companions(*FILE_COLUMNS),
        lists=sequenced_lists,
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
        code=code_of("record_provenance", *KNOWLEDGE),
    shell:
        "python {params.script:q} --config {params.config:q} --blinding {input.blinding:q}"
        " --output {output.record:q} --crate {output.crate:q} 2> {log}"


rule confirm_complete:
    input:
        manifest="<of>/cohort/manifest.tsv",
        background="<of>/cohort/background.tsv",
        report="<of>/report/index.html",
    output:
        "<of>/cohort/complete.txt",
    log:
        "<of_logs>/confirm_complete.log",
    retries: 0  # a failed analysis is not mended by trying again
    localrule: True  # a glance at one table: no cluster job
    conda:
        "../../envs/refractor.yaml"
    params:
        results=subpath(output[0], ancestor=ABOVE),
        script=script_of("confirm_complete"),
        code=code_of("confirm_complete", "panel/fixed_columns.tsv"),
    shell:
        "python {params.script:q} --manifest {input.manifest:q} --background {input.background:q}"
        " --failures-dir {params.results:q}/.failures --output {output:q} 2> {log}"
