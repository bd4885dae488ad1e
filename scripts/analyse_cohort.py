"""The cohort's endpoints, the explanation with its control, and mechanisms against benefit: tables, and in words.

Reads tables of join_cohort in COHORT_DIR, and of measure_background where there is a reference cohort, writes its own
there (docs/output.md), and prints them as sentences, which it writes to summary.txt too.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from refractor.evidence.knowledge.published_tables import PUBLISHED_TABLES, load_published_tables
from refractor.files.atomic import write_text
from refractor.outcomes.analysis import ANALYSED, NO_REFERENCE, Reference, analyse_cohort
from refractor.outcomes.summary import summary_text
from refractor.results.all_tables import tables_of
from refractor.results.background_tables import DECOY_SETS, PREVALENCE
from refractor.results.cohort_tables import PATIENTS
from refractor.settings.config import SHIPPED_COHORT, load_cohort
from refractor.step import run_step, step_parser

log = logging.getLogger("analyse_cohort")


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    made.add_argument("--cohort-dir", type=Path, required=True, help="results/cohort, with the joined tables")
    made.add_argument("--cohort", type=Path, default=SHIPPED_COHORT, help="cohort file, for its endpoints")
    made.add_argument(
        "--published-tables",
        type=Path,
        default=PUBLISHED_TABLES,
        help="published counts of carriers by benefit, for attribution.tsv",
    )
    made.add_argument(
        "--reference-dir", type=Path, help="tables of measure_background; default: no reference cohort"
    )
    made.add_argument("--output-dir", type=Path, help="where the tables go; default: COHORT_DIR")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write the tables and print what they say."""
    cohort = load_cohort(arguments.cohort)
    joined = {table.name: table.read(arguments.cohort_dir / table.name) for table in ANALYSED}
    published = load_published_tables(arguments.published_tables)
    reference = _reference(arguments.reference_dir)
    frames = analyse_cohort(joined, cohort=cohort, published=published, reference=reference)
    folder = arguments.output_dir or arguments.cohort_dir
    for table in tables_of("analyse_cohort"):
        table.write(frames[table.name], folder / table.name, synthetic=arguments.synthetic)
        log.info("%s: %d rows", table.name, len(frames[table.name]))
    heading = (
        f"{cohort.name} ({'synthetic; ' if arguments.synthetic else ''}{len(joined[PATIENTS.name])} patients)"
    )
    words = summary_text({Path(name).stem: frame for name, frame in frames.items()}, cohort=cohort)
    write_text(folder / "summary.txt", f"{heading}\n\n{words}\n")
    print(f"{heading}\n\n{words}")


def _reference(folder: Path | None) -> Reference:
    if folder is None:
        return NO_REFERENCE
    return Reference(
        PREVALENCE.records(folder / PREVALENCE.name), DECOY_SETS.records(folder / DECOY_SETS.name)
    )


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
