"""The files of a synthetic trial other than reads: sheets, configuration, variants, copy numbers, truth."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import yaml

from refractor.files.atomic import write_text
from synthetic.caller_files import write_copy_number
from synthetic.trial import SimulatedPatient, SimulatedTrial
from synthetic.truth_tables import write_truth
from synthetic.variant_files import write_callable, write_maf, write_structural_vcf, write_vcf

SAMPLE_COLUMNS = (
    "patient", "sample", "tumor_reads", "normal_reads", "small_variants", "small_variants_sample", "copy_number",
    "copy_number_caller", "structural_variants", "callable_regions", "purity", "ploidy", "genome_build", "sex", "collected_on",
)  # fmt: skip


def reads_paths(patient: SimulatedPatient) -> tuple[str, str]:
    """Tumour and normal reads of a patient, relative to the trial's folder."""
    sample = patient.truth.sample
    return f"reads/{sample}.{patient.data}", f"reads/{sample}-normal.{patient.data}"


def write_trial_files(trial: SimulatedTrial, folder: Path, *, sheets: Sequence[Path]) -> None:
    """Write everything but the reads into `folder`; `sheets` are hand-written ones, copied by their names."""
    folder.mkdir(parents=True, exist_ok=True)
    for sheet in sheets:
        shutil.copyfile(sheet, folder / sheet.name)
    for patient in trial.patients:
        if patient.data == "files":
            _write_calls(patient, folder, seed=trial.seed)
    rows = [_sample_row(patient, folder) for patient in trial.patients]
    lines = [
        "\t".join(SAMPLE_COLUMNS),
        *("\t".join(row.get(name, "") for name in SAMPLE_COLUMNS) for row in rows),
    ]
    write_text(folder / "samples.tsv", "\n".join(lines) + "\n")
    write_text(folder / "config.yaml", _configuration(trial, sheets))
    write_truth(trial.patients, folder)


def _write_calls(patient: SimulatedPatient, folder: Path, *, seed: int) -> None:
    """What a patient without reads comes with: variants, where they could have been called, copies."""
    write = write_maf if patient.variant_file == "maf" else write_vcf
    write(folder / _variant_path(patient), patient.truth, seed=seed)
    if patient.truth.rearrangements:
        write_structural_vcf(folder / _structural_path(patient), patient.truth)
    if patient.callable_regions:
        write_callable(folder / f"variants/{patient.truth.sample}.callable.bed", patient.truth)


def _variant_path(patient: SimulatedPatient) -> str:
    return f"variants/{patient.truth.sample}.{patient.variant_file}"


def _structural_path(patient: SimulatedPatient) -> str:
    return f"variants/{patient.truth.sample}.sv.vcf"


def _sample_row(patient: SimulatedPatient, folder: Path) -> dict[str, str]:
    truth = patient.truth
    row = {
        "patient": patient.patient,
        "sample": truth.sample,
        "genome_build": truth.build.value,
        "sex": truth.sex,
        "collected_on": patient.collected_on or "",
    }
    if patient.purity_in_sheet:
        row |= {"purity": f"{truth.purity:g}", "ploidy": f"{truth.ploidy():.2f}"}
    if patient.data != "files":
        row["tumor_reads"], normal = reads_paths(patient)
        row |= {} if patient.tumor_only else {"normal_reads": normal}
        return row
    written = write_copy_number(patient.copy_number_caller, folder / "copy_number", truth)
    row |= {
        "small_variants": _variant_path(patient),
        "small_variants_sample": truth.sample,
        "copy_number": f"copy_number/{written}",
        "copy_number_caller": patient.copy_number_caller,
    }
    if patient.truth.rearrangements:
        row["structural_variants"] = _structural_path(patient)
    if patient.callable_regions:
        row["callable_regions"] = f"variants/{truth.sample}.callable.bed"
    return row


def _configuration(trial: SimulatedTrial, sheets: Sequence[Path]) -> str:
    names = {sheet.stem for sheet in sheets}
    content: dict[str, object] = {"samples": "samples.tsv", "patients": "patients.tsv"}
    content |= {name: f"{name}.tsv" for name in ("assessments", "adverse_events") if name in names}
    content |= {"synthetic": True, "copy_number": {"windows": trial.windows}}
    comment = "# A synthetic trial, made by scripts/simulate_genomes.py. Only these windows hold reads.\n"
    return comment + yaml.safe_dump(content, sort_keys=False)
