"""The configuration, config.yaml, as a model: what a run needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from refractor.files.listed import study_files
from refractor.genome.builds import BUILD_NAMES, GenomeBuild
from refractor.settings.model import EMPTY, REQUIRED, setting, settings_of
from refractor.settings.thresholds import (
    CALLING,
    COPY_NUMBER,
    IDENTITY,
    CallingSettings,
    CopyNumberSettings,
    IdentitySettings,
)

_PATH: dict[str, Any] = {
    "unit": "path",
    "pattern": "^[^-{}<>][^{}<>]*$",
    "allowed": "a path without { } < >; where it begins with - write ./ before it",
}


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a run needs to know. Every key has a default but the first two. Paths are relative to the working directory,
    which is the trial (--directory), never to the file that names them.
    """

    samples: str = setting(REQUIRED, "The sheet of tumour samples.", example="config/samples.tsv", **_PATH)
    patients: str = setting(
        REQUIRED,
        "The sheet of patients, sequenced or not, with their outcomes.",
        example="config/patients.tsv",
        **_PATH,
    )
    assessments: str | None = setting(
        None,
        "The sheet of tumour assessments (RECIST 1.1).",
        when_empty="response and benefit are taken from the patients' sheet as they stand",
        example="config/assessments.tsv",
        **_PATH,
    )
    adverse_events: str | None = setting(
        None,
        "The sheet of adverse events (CTCAE).",
        when_empty="no table of adverse events",
        example="config/adverse_events.tsv",
        **_PATH,
    )
    cohort: str | None = setting(
        None,
        "The cohort file: target, drugs, eligibility, rules in scope, endpoints.",
        when_empty="the shipped cohort of the study, which resources/cohorts/default names",
        example="cohort.yaml",
        **_PATH,
    )
    cohorts: Mapping[str, str] = setting(
        EMPTY,
        "Cohort files of a platform trial by the names in the column cohort of the patients' sheet, in place of cohort: one "
        "run measures every tumour once, and each cohort's results stand under results/cohorts/NAME.",
        name_pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$",
        example={"MET-NSCLC": "met.yaml", "RET-NSCLC": "ret.yaml"},
        **_PATH,
    )
    genome_build: GenomeBuild | None = setting(
        None,
        "Genome build of the files, where neither the row nor the file itself tells it.",
        when_empty="a sample whose build cannot be told is refused",
        meant={name: build.value for name, build in BUILD_NAMES.items()},
        example="GRCh38",
    )
    reference: str | None = setting(
        None,
        "A full FASTA of the genome build with its .fai (and .gzi where bgzipped); all samples must share its build.",
        when_empty="the shipped reference of each build, which knows the panel genes and N elsewhere",
        example="/data/GRCh38.fa.gz",
        **_PATH,
    )
    civic: str | None = setting(
        None,
        "A CIViC evidence table (ClinicalEvidenceSummaries, any date) whose items are added as supporting evidence.",
        when_empty="only the knowledge base that ships with the code",
        example="nightly-ClinicalEvidenceSummaries.tsv",
        **_PATH,
    )
    caller_filters: str | None = setting(
        None,
        "A table of filter names of variant callers, with the columns of resources/callers/filters.tsv; its rows go before "
        "the shipped ones.",
        when_empty="the shipped table alone: a name that it does not list speaks against the variant",
        example="filters.tsv",
        **_PATH,
    )
    sequenced_samples: str | None = setting(
        None,
        "The tumours that were sequenced, a name a line or cBioPortal's case list: one of them without a row in a MAF of "
        "many had nothing to report. Without it such a tumour's file has failed.",
        when_empty="case_lists/cases_sequenced.txt beside the MAF, where there is one",
        example="sequenced.txt",
        **_PATH,
    )
    rules: tuple[str, ...] = setting(
        (),
        "Own tables of rules, with the columns of those in resources/evidence/rules; a rule that bears the id of a shipped "
        "one stands in its place.",
        unique=True,
        example=["own_rules.tsv"],
        **_PATH,
    )
    panel: str | None = setting(
        None,
        "Own genes beside the shipped panel's, with the columns of resources/panel/further_genes.tsv; one that bears the symbol "
        "of a shipped gene stands in its place (docs/panel.md).",
        when_empty="the shipped panel alone",
        example="own_genes.tsv",
        **_PATH,
    )
    background: str | None = setting(
        None,
        "A folder with a study in the layout of cBioPortal (data_mutations.txt, data_cna.txt or segments, "
        "data_clinical_sample.txt, case_lists): the same rules run over its tumours, and the cohort is held against them.",
        when_empty="no reference cohort: background.tsv has no rows",
        example="/data/studies/crc_public",
        **_PATH,
    )
    background_keep: tuple[str, ...] = setting(
        (),
        "Which tumours of the background count, as COLUMN=VALUE of its clinical tables; several values of one column are "
        "alternatives. Empty: all.",
        unit="COLUMN=VALUE",
        unique=True,
        example=["CANCER_TYPE=Colorectal Cancer"],
    )
    assume_callable: bool = setting(
        False,
        "Whether the silence of a VCF counts as wild-type everywhere, not only inside callable_regions.",
        example=True,
    )
    preregistration: str | None = setting(
        None,
        "The preregistration.json that `refractor freeze` wrote: the run says what was changed since, and which labels changed "
        "because of it.",
        when_empty="nothing is compared",
        example="preregistration.json",
        **_PATH,
    )
    data_cutoff: str | None = setting(
        None,
        "Date by which the data of the sheets were cut off: what was not known by then is not waited for, so that a "
        "patient whose deciding assessment was due before has shown no benefit.",
        when_empty="the latest day that the sheets know of any patient",
        pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        allowed="a date as YYYY-MM-DD",
        unit="date, YYYY-MM-DD",
        example="2022-06-30",
    )
    synthetic: bool = setting(False, "Whether every output is marked as synthetic.", example=True)
    container: str | None = setting(
        None,
        "The image that --sdm apptainer runs the jobs in: a file, or the address of one (envs/containers).",
        when_empty="jobs run in the environment of snakemake itself; --sdm apptainer is refused",
        example="/data/images/refractor.sif",
        **_PATH,
    )
    calling: CallingSettings = setting(
        CALLING, "How small variants are called from reads, and what a wild-type statement needs."
    )
    copy_number: CopyNumberSettings = setting(
        COPY_NUMBER, "When a gene is amplified, and when a tumour is too impure to say."
    )
    identity: IdentitySettings = setting(
        IDENTITY, "When two samples count as one person's, from the SNPs inside the windows."
    )


NO_DATA = frozenset({"container"})
"""Paths of what runs the jobs, not of what results are made from."""


def files_named(config: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The files of data and knowledge that a configuration names, by key: one, several, or one a cohort."""
    named: dict[str, tuple[str, ...]] = {}
    for item in settings_of(Configuration):
        value = config.get(item.name)
        if item.declared.unit != _PATH["unit"] or item.name in NO_DATA or not value:
            continue
        if item.name == "background":
            named[item.name] = study_files(value)
            continue
        several = value.values() if isinstance(value, Mapping) else value
        named[item.name] = (value,) if isinstance(value, str) else tuple(several)
    return named
