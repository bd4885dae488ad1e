"""What a step or a check of sheets made of an input: its verdicts, its questions, and which analyses failed and why."""

from __future__ import annotations

from pathlib import Path

from good_inputs import COPY_NUMBER, SAMPLE

from refractor.cli.check import trial_in_lines
from refractor.evidence.knowledge.cohort_checks import read_checked_cohort
from refractor.files.yaml import read_yaml
from refractor.identity.snp_counts import READS_FILE, VARIANTS_FILE, read_alleles
from refractor.identity.written_names import names_of_other_rows
from refractor.results.analyses import ANALYSES
from refractor.results.copy_number_tables import GENE_COPY_NUMBER
from refractor.results.quality import COPY_NUMBER_QC, SHEET_DOUBT, QualityStatus
from refractor.results.variant_tables import CODON_STATUS
from refractor.sheets.open_trial import open_trial
from refractor.vocabulary import State

QUESTIONS, FAILED = "questions", "failed"
OTHER = "Q9"
"""A row of the sheet that the step's tumour is not, of patient P9."""


def found_in_trial() -> dict[str, object]:
    """The trial of the working folder as it was understood, and what `refractor check` asks; a ResistanceError where
    it is refused."""
    given = read_yaml("config.yaml", what="configuration").content
    opened = open_trial(given, files=["config.yaml"], read_cohort=read_checked_cohort)
    sheets = opened.sheets
    rows = [*sheets.samples, *sheets.patients, *sheets.assessments, *sheets.adverse_events]
    asked = [line for line in trial_in_lines(opened) if line.startswith("warning: ")]
    return {
        "config": repr(opened.config),
        "cohorts": repr(opened.cohorts),
        "rows": repr(rows),
        QUESTIONS: asked,
    }


def found_in_folder(step: str, folder: Path) -> dict[str, object]:
    """The verdicts of the tables that a step wrote."""
    of_copies = step == COPY_NUMBER
    found: dict[str, object] = dict(_copies(folder) if of_copies else _codons(folder))
    analyses = folder / ("copy_number_analyses.tsv" if of_copies else "variants_analyses.tsv")
    found[FAILED] = [
        f"{row.analysis}: {row.reason}" for row in ANALYSES.records(analyses) if row.state is State.FAILED
    ]
    alleles = read_alleles(folder / (READS_FILE if of_copies else VARIANTS_FILE))
    found[QUESTIONS] = list(names_of_other_rows({SAMPLE: [alleles]}, {SAMPLE: "P1", OTHER: "P9"}).values())
    if of_copies:
        found[QUESTIONS] += [
            f"{row.metric.removeprefix(SHEET_DOUBT)}: {row.note}"
            for row in COPY_NUMBER_QC.records(folder / COPY_NUMBER_QC.name)
            if row.status is QualityStatus.WARN
        ]
    return found


def _copies(folder: Path) -> dict[str, list[str]]:
    table = GENE_COPY_NUMBER.read(folder / GENE_COPY_NUMBER.name)
    return {
        f"{row.gene}": [str(row.call), "" if row.reason is None else str(row.reason), str(row.copy_number)]
        for row in table.itertuples()
    }


def _codons(folder: Path) -> dict[str, list[str]]:
    table = CODON_STATUS.read(folder / CODON_STATUS.name)
    return {
        f"{row.gene} {row.codon}": [
            str(row.status),
            "" if row.reason is None else str(row.reason),
            str(row.protein_change),
        ]
        for row in table.itertuples()
    }
