# Refractor: why did a matched drug not help this patient?
#
# This file is the table of contents: the rule files below stand in the order in which the data flows.
# A tumour's own steps depend on nothing outside its row; the cohort's steps come last.

from snakemake.utils import min_version

min_version("9.0")

if not workflow.configfiles:

    configfile: "config/config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"  # configuration, sheets, digests
include: "workflow/rules/platform.smk"  # one cohort or several: where each one's results stand
include: "workflow/rules/options.smk"  # cells and settings -> inputs and options of a step
include: "workflow/rules/memory.smk"  # memory and time of a job
include: "workflow/rules/many_tumors.smk"  # a tumour's part of a MAF or SEG file of many, as input and option
include: "workflow/rules/divide_cohort_file.smk"  # MAF and SEG files of many tumours -> a part a tumour
include: "workflow/rules/failures.smk"  # killed and failed tumours, tried again by the next run
include: "workflow/rules/copy_number.smk"  # reads, caller output -> purity, ploidy, gene copies, amplicons
include: "workflow/rules/variants.smk"  # reads, VCF -> panel variants, codon status with its power
include: "workflow/rules/evidence.smk"  # alterations, rules, eligibility, label: no outcome is read
include: "workflow/rules/cohort.smk"  # labels + outcomes -> patients, candidates, manifest
include: "workflow/rules/report.smk"  # tables -> pages, workbook, study of a portal
include: "workflow/rules/deleted.smk"  # results that somebody deleted, made again


rule all:
    default_target: True
    input:
        whole_run("report/index.html"),
        whole_run("report/cohort.xlsx"),
        whole_run("report/cbioportal"),
        whole_run("cohort/complete.txt"),
        "<results>/report/index.html",
        "<results>/report/run.html",
        "<results>/provenance.json",
        deleted_outputs,


onstart:
    wake_only_for_jobs()


onerror:
    give_up_unfinished()  # a killed tumour stops nobody: the cohort's tables and pages are made for the others
    finish_cohorts()


onsuccess:
    if (
        not finish_cohorts()
    ):  # of a platform trial: what came in together in several cohorts
        raise WorkflowError(
            "what was left to do in other cohorts has failed: see above"
        )
