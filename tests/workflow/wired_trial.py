"""A trial with every column of the sheets and every key of the configuration filled, and where each one goes."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from small_trial import PROJECT

COPIES, CALLS, ALTERATIONS = "measure_copy_number", "call_variants", "annotate_alterations"
WHOSE, JOIN, ANALYSE, EXPORT = "compare_identities", "join_cohort", "analyse_cohort", "export_study"
PROVENANCE, PAGES, WORKBOOK = "record_provenance", "render_report", "write_workbook"
TIMES, COMPLETE, BACKGROUND = "collect_resources", "confirm_complete", "measure_background"
FROZEN = "compare_preregistration"
TUMOR_STEPS = (COPIES, CALLS, ALTERATIONS)


class Wire(NamedTuple):
    """Where one cell or key goes: its value and an edited one, the option, the steps, and whose input its file is."""

    value: Any
    edited: Any
    option: str | None = None
    steps: Iterable[str] = ()
    readers: Iterable[str] = ()


SAMPLES = {
    "patient": Wire("P-{row}", "P-other", "--patient-prior-anti-egfr", [ALTERATIONS]),
    "sample": Wire("S-{row}", "S-renamed"),  # names every job of the row: a test of its own
    "tumor_reads": Wire(
        "{row}.t.bam", "e.t.bam", "--tumor-reads", [COPIES, CALLS], [COPIES, CALLS, JOIN, PROVENANCE]
    ),
    "normal_reads": Wire(
        "{row}.n.bam", "e.n.bam", "--normal-reads", [COPIES, CALLS], [COPIES, CALLS, JOIN, PROVENANCE]
    ),
    "small_variants": Wire(
        "{row}.vcf",
        "e.vcf",
        "--small-variants",
        [COPIES, CALLS, ALTERATIONS],
        [COPIES, CALLS, ALTERATIONS, JOIN, PROVENANCE],
    ),
    "small_variants_sample": Wire("TUMOR", "OTHER", "--small-variants-sample", [COPIES, CALLS]),
    "copy_number": Wire("{row}.cn", "e.cn", "--copy-number", [COPIES], [COPIES, JOIN, PROVENANCE]),
    "copy_number_caller": Wire("purple", "ascat", "--copy-number-caller", [COPIES]),
    "structural_variants": Wire(
        "{row}.sv",
        "e.sv",
        "--structural-variants",
        [COPIES, ALTERATIONS],
        [COPIES, ALTERATIONS, JOIN, PROVENANCE],
    ),
    "structural_variants_sample": Wire(
        "TUMOR", "OTHER", "--structural-variants-sample", [COPIES, ALTERATIONS]
    ),
    "callable_regions": Wire("{row}.bed", "e.bed", "--callable-regions", [CALLS], [CALLS, JOIN, PROVENANCE]),
    "purity": Wire(0.45, 0.55, "--purity", [COPIES, CALLS]),
    "ploidy": Wire(2.1, 3.4, "--ploidy", [COPIES]),
    "genome_build": Wire("GRCh38", "GRCh37", "--genome-build", TUMOR_STEPS),
    "sex": Wire("XX", "XY", "--sex", [COPIES]),
    "collected_on": Wire("2019-03-04", "2019-03-05"),
    "timepoint": Wire("baseline", "baseline"),  # progression would be refused before the start of treatment
    "material": Wire("tissue", "plasma", "--material", [CALLS]),
    "depth": Wire(3000, 4000, "--depth", [CALLS]),
}

PATIENTS = {
    "patient": Wire("P-{row}", "P-{row}"),  # joins the sheets: an edit of the sample's cell is above
    "cohort": Wire("a", "b"),
    "sex": Wire("female", "male"),
    "age": Wire(61, 62),
    "primary_site": Wire("rectum", "left colon"),
    "prior_lines": Wire(3, 4),
    "prior_anti_egfr": Wire("no", "yes", "--patient-prior-anti-egfr", [ALTERATIONS]),
    "her2_ihc": Wire("3+", "2+", "--patient-her2-ihc", [ALTERATIONS]),
    "her2_assay": Wire("ISH", "NGS panel"),
    "target_ihc": Wire("3+", "2+", "--patient-target-ihc", [ALTERATIONS]),
    "target_percent": Wire(60, 70, "--patient-target-percent", [ALTERATIONS]),
    "msi_status": Wire("MSS", "MSI", "--patient-msi-status", [ALTERATIONS]),
    "tmb_per_mb": Wire(4.5, 11.5, "--patient-tmb-per-mb", [ALTERATIONS]),
    "treatment_start": Wire("2019-04-01", "2019-04-02"),
    "evaluable": Wire("no", "yes"),
    "not_evaluable_reason": Wire("withdrew", "moved"),
    "best_response": Wire("SD", "PR"),
    "response_confirmed": Wire("no", "yes"),
    "clinical_benefit": Wire("no", "yes"),
    "duration_of_response_days": Wire(256, 255),
    "duration_of_response_event": Wire(1, 0),
    "pfs_days": Wire(312, 313),
    "pfs_event": Wire(1, 0),
    "os_days": Wire(540, 541),
    "os_event": Wire(0, 1),
    "new_therapy_day": Wire(330, 331),
    "end_of_assessments_reason": Wire("withdrawal", "lost"),
    "registered_on": Wire("2019-03-20", "2019-03-21"),
}
"""Outcomes have no option: they are read by the cohort's steps alone, from the sheet."""

CONFIG = {
    "samples": Wire(
        "samples.tsv",
        "e.samples.tsv",
        "--samples",
        [WHOSE, JOIN, FROZEN, EXPORT, TIMES],
        [WHOSE, JOIN, FROZEN, EXPORT, PROVENANCE, TIMES],
    ),
    "patients": Wire(
        "patients.tsv",
        "e.patients.tsv",
        "--patients",
        [JOIN, EXPORT, TIMES],
        [JOIN, EXPORT, PROVENANCE, TIMES],
    ),
    "assessments": Wire(
        "assessments.tsv", "e.assessments.tsv", "--assessments", [JOIN, TIMES], [JOIN, TIMES, PROVENANCE]
    ),
    "adverse_events": Wire(
        "events.tsv",
        "e.events.tsv",
        "--adverse-events",
        [JOIN, PAGES, EXPORT, TIMES],
        [JOIN, PAGES, EXPORT, TIMES, PROVENANCE],
    ),
    "cohort": Wire(
        "cohort.yaml",
        "e.cohort.yaml",
        "--cohort",
        [ALTERATIONS, JOIN, FROZEN, BACKGROUND, ANALYSE, PAGES, EXPORT],
        [ALTERATIONS, JOIN, FROZEN, BACKGROUND, ANALYSE, PAGES, EXPORT, PROVENANCE],
    ),
    "genome_build": Wire("GRCh38", "GRCh37", "--default-build", [COPIES, CALLS]),
    "reference": Wire("ref.fa", "e.ref.fa", "--reference", [COPIES, CALLS]),  # gigabytes: told by its name
    "rules": Wire(
        "own.tsv",
        "e.own.tsv",
        "--rules",
        [ALTERATIONS, BACKGROUND, FROZEN],
        [ALTERATIONS, BACKGROUND, FROZEN, PROVENANCE],
    ),
    "panel": Wire(
        "genes.tsv",
        "e.genes.tsv",
        "--panel",
        [*TUMOR_STEPS, BACKGROUND, FROZEN, PAGES, EXPORT],
        [*TUMOR_STEPS, BACKGROUND, FROZEN, PAGES, EXPORT, PROVENANCE],
    ),
    "caller_filters": Wire("filters.tsv", "e.filters.tsv", "--caller-filters", [CALLS], [CALLS, PROVENANCE]),
    "sequenced_samples": Wire(
        "sequenced.txt", "e.sequenced.txt", "--sequenced-samples", [CALLS], [CALLS, PROVENANCE]
    ),
    "civic": Wire("civic.tsv", "e.civic.tsv", "--civic", [ALTERATIONS], [ALTERATIONS, PROVENANCE]),
    "assume_callable": Wire(False, True, "--assume-callable", [CALLS]),
    "synthetic": Wire(
        False,
        True,
        "--synthetic",
        [*TUMOR_STEPS, WHOSE, JOIN, FROZEN, BACKGROUND, ANALYSE, PAGES, WORKBOOK, EXPORT, TIMES],
    ),
    "background": Wire("study", "e.study", "--background", [BACKGROUND]),  # its files are inputs: STUDY_FILE
    "background_keep": Wire("SEX=Male", "SEX=Female", "--keep", [BACKGROUND]),
    "preregistration": Wire(
        "frozen.json", "e.frozen.json", "--preregistration", [FROZEN], [FROZEN, PROVENANCE]
    ),
    "data_cutoff": Wire("2022-06-30", "2022-07-01", "--data-cutoff", [JOIN]),
    "container": Wire("image.sif", "e.image.sif"),  # where a job runs, no option of a step
    "calling.min_alt_reads": Wire(4, 5, "--min-alt-reads", [CALLS]),
    "calling.wild_type_power": Wire(0.99, 0.98, "--wild-type-power", [CALLS]),
    "calling.assumed_purity": Wire(0.3, 0.4, "--assumed-purity", [CALLS]),
    "calling.min_base_quality": Wire(25, 26, "--min-base-quality", [CALLS]),
    "calling.min_mapping_quality": Wire(30, 31, "--min-mapping-quality", [CALLS]),
    "calling.normal_contamination": Wire(0.05, 0.06, "--normal-contamination", [CALLS]),
    "calling.low_vaf": Wire(0.1, 0.11, "--low-vaf", [CALLS, ALTERATIONS]),
    "calling.report_vaf": Wire(0.02, 0.03, "--report-vaf", [CALLS]),
    "calling.min_vaf": Wire(0.03, 0.04, "--min-vaf", [CALLS]),
    "calling.hotspot_min_alt_reads": Wire(3, 4, "--hotspot-min-alt-reads", [CALLS]),
    "calling.log_odds": Wire(6.5, 7.5, "--log-odds", [CALLS]),
    "calling.hotspot_log_odds": Wire(3.5, 4.5, "--hotspot-log-odds", [CALLS]),
    "copy_number.amplification_ratio": Wire(2.4, 2.5, "--amplification-ratio", [COPIES]),
    "copy_number.absolute_amplification": Wire(5.5, 6.5, "--absolute-amplification", [COPIES]),
    "copy_number.min_purity": Wire(0.15, 0.16, "--min-purity", [COPIES]),
    "copy_number.certainty": Wire(0.9, 0.91, "--certainty", [COPIES]),
    "copy_number.windows": Wire(20000, 20001, "--windows", [COPIES]),
    "copy_number.second_look": Wire(False, True, "--second-look", [COPIES]),
    "identity.min_sites": Wire(100, 101, "--min-sites", [COPIES, WHOSE]),
    "identity.same_person_concordance": Wire(0.85, 0.86, "--same-person-concordance", [COPIES, WHOSE]),
    "identity.different_person_concordance": Wire(
        0.75, 0.76, "--different-person-concordance", [COPIES, WHOSE]
    ),
    "identity.contamination": Wire(0.04, 0.05, "--contamination", [COPIES, WHOSE]),
}

RESOURCES = {
    "callers": {CALLS, PROVENANCE},
    "centromeres": {COPIES, PAGES, PROVENANCE},
    "cohorts": {ALTERATIONS, JOIN, ANALYSE, PAGES, EXPORT, PROVENANCE},
    "demo": set(),
    "layouts": set(),
    "evidence": {ALTERATIONS, PAGES, PROVENANCE},
    "evidence/published_tables.tsv": {ALTERATIONS, PAGES, PROVENANCE, ANALYSE},
    "panel": {*TUMOR_STEPS, JOIN, PAGES, EXPORT, PROVENANCE},
    "panel/fixed_columns.tsv": {
        *TUMOR_STEPS,
        JOIN,
        ANALYSE,
        COMPLETE,
        PAGES,
        WORKBOOK,
        TIMES,
        EXPORT,
        PROVENANCE,
    },  # words of the columns, which every step that declares the tables of the cohort reads
    "polymorphisms": {CALLS, PROVENANCE},
    "reference": {CALLS, EXPORT, PROVENANCE},
    "windows": {COPIES, CALLS, WHOSE, PROVENANCE},
}
"""Shipped folders and files, and the steps that an edit of them runs again."""

STUDY_FILE = "data_clinical_sample.txt"
"""A file of the study that is the background."""

ROWS = [f"samples.{column}" for column in SAMPLES] + [f"patients.{column}" for column in PATIENTS]
"""A tumour, and its patient, for every column, in whose row that cell is edited."""


def schema(name: str) -> dict[str, Any]:
    return yaml.safe_load((PROJECT / "workflow" / "schemas" / f"{name}.schema.yaml").read_text())[
        "properties"
    ]


def write_sheet(path: Path, kind: str, wires: dict[str, Wire], names: list[str], *, edited: bool) -> None:
    """A row for each name, all cells filled; of the row `kind.column` that cell is edited, if asked for."""
    lines = ["\t".join(wires)]
    for name in names:
        cells = [
            wire.edited if (edited and name == f"{kind}.{column}") or name == "other" else wire.value
            for column, wire in wires.items()
        ]
        lines.append("\t".join(str(cell).format(row=name) for cell in cells))
    path.write_text("\n".join(lines) + "\n")


def write_config(folder: Path, *, edited: bool) -> None:
    config: dict[str, Any] = {}
    for key, wire in CONFIG.items():
        group, _, name = key.rpartition(".")
        place = config.setdefault(group, {}) if group else config
        value = wire.edited if edited else wire.value
        place[name] = [value] if key in ("rules", "background_keep") else value
    (folder / "config.yaml").write_text(yaml.safe_dump(config))


def write_files(folder: Path) -> None:
    """What the cells and keys name: nothing that a step could use, but enough for the checks before a run."""
    bam = gzip.compress(b"BAM\1")
    for column, wire in SAMPLES.items():
        if "x-file" in schema("samples")[column]:
            for path in [folder / str(wire.value).format(row=row) for row in ROWS] + [folder / wire.edited]:
                path.write_bytes(bam)
                path.with_name(f"{path.name}.bai").write_bytes(b"index")
    shipped = (PROJECT / "resources" / "cohorts" / "her2_amplified_colorectal.yaml").read_text()
    rules = (PROJECT / "resources" / "evidence" / "rules" / "mapk.tsv").read_text()
    genes = (PROJECT / "resources" / "panel" / "further_genes.tsv").read_text().splitlines()
    texts = {
        "assessments": "patient\tday\nP-other\t-7\n",
        "adverse_events": "patient\tterm\tgrade\nP-other\tDiarrhea\t2\n",
        "cohort": shipped,
        "rules": rules.splitlines()[0] + "\n",
        "panel": "\n".join(genes[:3]) + "\n",
    }
    for key, text in texts.items():
        for name in (CONFIG[key].value, CONFIG[key].edited):
            (folder / name).write_text(text)
    for name in (CONFIG["background"].value, CONFIG["background"].edited):
        (folder / name).mkdir()
        (folder / name / STUDY_FILE).write_text("a file\n")
    for key in ("caller_filters", "sequenced_samples", "civic", "reference", "preregistration"):
        for name in (CONFIG[key].value, CONFIG[key].edited):
            (folder / name).write_text("a file\n")
            (folder / f"{name}.fai").write_text("its index\n")


def write_sheets(folder: Path, *, edited: bool) -> None:
    for name in (CONFIG["samples"].value, CONFIG["samples"].edited):
        write_sheet(folder / name, "samples", SAMPLES, ROWS, edited=edited)
    for name in (CONFIG["patients"].value, CONFIG["patients"].edited):
        write_sheet(folder / name, "patients", PATIENTS, [*ROWS, "other"], edited=edited)
