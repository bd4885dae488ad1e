"""Compare every tumour's and normal's genotypes with all others: is each sample its patient's, and only its?

Writes OUTPUT_DIR/identity.tsv (pairs) and identity_verdicts.tsv (what they mean for each sample: one that failed is
not joined with outcomes). Reads no outcome: of the sheets only samples.tsv.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from refractor.errors import SheetError
from refractor.identity.comparison import Panel, compare_all, panel_of
from refractor.identity.stored_alleles import StoredAlleles
from refractor.identity.verdicts import judge_pairs, judge_samples
from refractor.identity.written_names import names_of_other_rows
from refractor.results.analyses import ANALYSES, IDENTITY_ANALYSIS
from refractor.results.identity_tables import IDENTITY, IDENTITY_VERDICTS
from refractor.results.stacked_tables import SAMPLE_KEY, read_stacked
from refractor.settings.model import add_options, from_arguments
from refractor.settings.thresholds import IdentitySettings
from refractor.sheets import SampleRow
from refractor.sheets.reading import read_sheet
from refractor.step import run_step, step_parser
from refractor.vocabulary import State

log = logging.getLogger("compare_identities")


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    made.add_argument("--samples", type=Path, required=True, help="the sample sheet")
    made.add_argument("--samples-dir", type=Path, required=True, help="results/samples")
    add_options(made, IdentitySettings)
    made.add_argument("--output-dir", type=Path, required=True, help="where the cohort's tables go")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Run the step."""
    settings = from_arguments(IdentitySettings, arguments)
    sheet = read_sheet(str(arguments.samples), "samples", SampleRow)
    if sheet.problems:
        raise SheetError(sheet.problems)
    patient_of = {row.sample: row.patient for row in sheet.rows}
    folders = {sample: arguments.samples_dir / sample for sample in patient_of}
    panel, others = panel_and_names(folders, patient_of)
    log.info("%d genomes of %d samples at %d SNPs", len(panel.genomes), len(folders), len(panel.genotypes))
    pairs = judge_pairs(panel, compare_all(panel, settings), patient_of=patient_of, settings=settings)
    judged = judge_samples(
        pairs, samples=list(folders), patient_of=patient_of, panel=panel, own=own_checks(folders)
    )
    verdicts = [replace(verdict, names_another=others.get(verdict.sample)) for verdict in judged]
    for verdict in verdicts:
        if verdict.names_another:
            log.warning("%s: %s: are two rows exchanged?", verdict.sample, verdict.names_another)
        if verdict.state is State.FAILED:
            log.error("%s is stopped: %s", verdict.sample, verdict.reason)
    folder, synthetic = arguments.output_dir, arguments.synthetic
    IDENTITY.write_records((pair.record() for pair in pairs), folder / IDENTITY.name, synthetic=synthetic)
    IDENTITY_VERDICTS.write_records(verdicts, folder / IDENTITY_VERDICTS.name, synthetic=synthetic)
    log.info("%d pairs listed", len(pairs))


def panel_and_names(
    folders: Mapping[str, Path], patient_of: Mapping[str, str]
) -> tuple[Panel, dict[str, str]]:
    """The genomes of all samples, and which files name another row's sample."""
    stored = StoredAlleles(folders)
    return panel_of(stored), names_of_other_rows(stored.names, patient_of)


def own_checks(folders: Mapping[str, Path]) -> dict[str, tuple[State, str]]:
    """What the copy-number step found of each tumour by itself: state and reason."""
    rows = read_stacked(
        ANALYSES, {sample: folder / "copy_number_analyses.tsv" for sample, folder in folders.items()}
    )
    rows = rows[rows["analysis"] == IDENTITY_ANALYSIS]
    found = {
        str(row[SAMPLE_KEY]): (State(str(row["state"])), str(row["reason"]))
        for row in rows.fillna({"reason": ""}).to_dict("records")
    }
    return {sample: found.get(sample, (State.SKIPPED, "")) for sample in folders}


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
