"""Measure and interpret one tumour without a trial: print its label, what speaks against the drug, what is open.

Give its reads, or a caller's files, or both. With --output-dir the tables of docs/output.md are written too.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from refractor.cli.arguments import command_parser
from refractor.errors import InputError, Problem
from refractor.evidence.at_entry import AtEntry
from refractor.genome.own_genes import use_panel
from refractor.report.plain_words import plain
from refractor.settings.model import add_options, from_arguments
from refractor.settings.thresholds import CallingSettings, CopyNumberSettings
from refractor.step import add_panel_option
from refractor.tumor.annotation_folder import write_annotation
from refractor.tumor.copies_folder import write_copies
from refractor.tumor.evidence_sources import SHIPPED_EVIDENCE, EvidenceSources
from refractor.tumor.inputs import Tumor
from refractor.tumor.variants_folder import write_variants
from refractor.tumor.whole import StudiedTumor, study_tumor
from refractor.vocabulary import State

SOURCES = ("tumor_reads", "small_variants", "copy_number")
"""At least one of them is needed, as in a row of samples.tsv."""


def parser() -> argparse.ArgumentParser:
    """The command line: the options of the three steps of a tumour."""
    made = command_parser("tumor", __doc__)
    for group in (Tumor, CopyNumberSettings, CallingSettings):
        add_options(made, group)
    made.add_argument("--cohort", type=Path, default=SHIPPED_EVIDENCE.cohort, help="cohort file")
    add_panel_option(made)
    made.add_argument("--civic", type=Path, help="CIViC evidence table to add")
    add_options(made, AtEntry)
    made.add_argument(
        "--assume-callable", action="store_true", help="the silence of --small-variants is wild-type"
    )
    made.add_argument("--output-dir", type=Path, help="folder for the tumour's tables; none by default")
    made.add_argument("--synthetic", action="store_true", help="mark every output as synthetic")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Print the answer, and write the tables where they are asked for."""
    use_panel(arguments.panel)
    tumor = from_arguments(Tumor, arguments)
    if all(getattr(tumor, name) is None for name in SOURCES):
        options = ", ".join(f"--{name.replace('_', '-')}" for name in SOURCES)
        raise InputError(Problem(f"sample {tumor.sample}", "has no files", allowed=f"give one of {options}"))
    found = study_tumor(
        tumor,
        copy_number=from_arguments(CopyNumberSettings, arguments),
        calling=from_arguments(CallingSettings, arguments),
        sources=EvidenceSources(cohort=arguments.cohort, rules=SHIPPED_EVIDENCE.rules, civic=arguments.civic),
        at_entry=from_arguments(AtEntry, arguments),
        assume_callable=arguments.assume_callable,
    )
    for line in answer_in_lines(found):
        print(line)
    if arguments.output_dir is not None:
        folder, synthetic = arguments.output_dir, arguments.synthetic
        write_copies(found.copies, folder, synthetic=synthetic)
        write_variants(
            found.variants,
            folder,
            sample=tumor.sample,
            quality=found.copies.tables.quality,
            synthetic=synthetic,
        )
        files = [value for name in SOURCES if isinstance(value := getattr(tumor, name), Path)]
        write_annotation(found.annotation, folder, inputs=files, synthetic=synthetic)
        print(f"tables: {folder}")


def answer_in_lines(found: StudiedTumor) -> Iterator[str]:
    """The answer, the most important first."""
    label = found.annotation.label
    yield f"{label.sample}: {plain(label.label)}"
    yield str(label.sentence)
    for one in found.annotation.alterations:
        if one.candidate:
            yield f"candidate: {one.gene} {one.alteration} (tier {one.tier}, rule {one.rule_id})"
    for criterion in found.annotation.eligibility:
        reason = f" ({criterion.reason})" if criterion.reason else ""
        yield f"{criterion.criterion}: {plain(criterion.status)}, {plain(str(criterion.detail))}{reason}"
    for analysis in found.analyses:
        if analysis.state is State.FAILED:
            yield f"failed: {analysis.analysis}: {analysis.reason}"
