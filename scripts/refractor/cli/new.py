"""Start a trial of one's own: write a commented config.yaml and the sheets with their headers into a folder.

With --from-folder, samples.tsv is drafted from the files found there, and every file that fits no row is named with the
reason. A draft is to be read before it is run. Nothing that stands there already is overwritten.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from refractor.cli.arguments import add_trial, command_parser
from refractor.errors import InputError, Problem
from refractor.files.resources import shipped
from refractor.new_trial.draft_cohort import draft_cohort, is_draft
from refractor.new_trial.draft_samples import draft_samples
from refractor.new_trial.draft_trial import cohort_called, write_new_trial
from refractor.new_trial.told_files import Draft

MOST_NAMED = 20
"""Files of one reason that are named; a folder of results may hold thousands."""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = command_parser("new", __doc__)
    add_trial(made, "the trial's folder; made where it is not there")
    made.add_argument(
        "--from-folder",
        type=Path,
        help="folder of BAM, CRAM, VCF, MAF, BED and copy-number files to draft from",
    )
    made.add_argument(
        "--cohort",
        help="cohort file to copy into the trial, the name of one that ships, or 'GENE, EVENT, DRUG + DRUG, DISEASE' to "
        "draft one",
    )
    return made


def unmatched_in_words(draft: Draft) -> Iterator[str]:
    """One line a file; of many files with one reason the first ones and their number."""
    by_reason: dict[str, list[Path]] = {}
    for path, why in draft.unmatched:
        by_reason.setdefault(why, []).append(path)
    for why, paths in by_reason.items():
        for path in paths[:MOST_NAMED]:
            yield f"not matched: {path}: {why}"
        if len(paths) > MOST_NAMED:
            yield f"not matched: {len(paths) - MOST_NAMED} more files: {why}"


def main(arguments: argparse.Namespace) -> None:
    """Write the files and say what to do next."""
    source = arguments.from_folder
    if source is not None and not source.is_dir():
        raise InputError(Problem(source, "is no folder", allowed="give the folder that holds the files"))
    draft = Draft() if source is None else draft_samples(source, shown_from=arguments.trial)
    cohort: str | None = None
    genes: str | None = None
    warnings: tuple[str, ...] = ()
    if arguments.cohort is not None and is_draft(arguments.cohort):
        drafted = draft_cohort(arguments.cohort)
        cohort, warnings, genes = drafted.text, drafted.warnings, drafted.genes
    elif arguments.cohort is not None:
        cohort = cohort_called(arguments.cohort).read_text(encoding="utf-8")
    for path in write_new_trial(arguments.trial, samples=draft.rows, cohort=cohort, genes=genes):
        print(f"wrote {path}")
    if source is not None:
        print(f"samples.tsv: {len(draft.rows)} tumours drafted, {len(draft.unmatched)} files not matched")
    for line in unmatched_in_words(draft):
        print(line)
    for warning in warnings:
        print(f"warning: cohort.yaml: {warning}")
    print(
        f"Fill the sheets (every column: {shipped('config', 'README.md')}), then\n"
        f"  refractor check {arguments.trial}\n"
        f"  refractor run {arguments.trial}"
    )
