"""The cohort's endpoints, the explanation with its control, and mechanisms against benefit: tables, and in words.

Reads the tables of join_cohort in COHORT_DIR; writes endpoints.tsv, two_stage.tsv, survival.tsv, explanation.tsv,
associations.tsv, attribution.tsv, copies.tsv and sensitivity.tsv there and prints them as sentences.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from refractor.outcomes.analysis import analyse_cohort
from refractor.outcomes.summary import summary_text
from refractor.results.analysis_tables import (
    ASSOCIATIONS,
    ATTRIBUTION,
    COPIES,
    ENDPOINTS,
    EXPLANATION,
    SENSITIVITY,
    SURVIVAL,
    TWO_STAGE,
)
from refractor.results.cohort_tables import (
    ADVERSE_EVENTS,
    CANDIDATES,
    OTHER_CHOICES,
    OUTCOME_REVIEW,
    PATIENTS,
    RULE_COVERAGE,
    RULE_RESULTS,
)
from refractor.settings.config import SHIPPED_COHORT, load_cohort
from refractor.step import run_step, step_parser

log = logging.getLogger("analyse_cohort")

READ = (PATIENTS, CANDIDATES, OUTCOME_REVIEW, OTHER_CHOICES, RULE_COVERAGE, RULE_RESULTS, ADVERSE_EVENTS)
WRITTEN = (ENDPOINTS, TWO_STAGE, SURVIVAL, EXPLANATION, ASSOCIATIONS, ATTRIBUTION, COPIES, SENSITIVITY)


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    made.add_argument("--cohort-dir", type=Path, required=True, help="results/cohort, with the joined tables")
    made.add_argument("--cohort", type=Path, default=SHIPPED_COHORT, help="cohort file, for its endpoints")
    made.add_argument("--output-dir", type=Path, help="where the tables go; default: COHORT_DIR")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write the tables and print what they say."""
    cohort = load_cohort(arguments.cohort)
    joined = {table.name: table.read(arguments.cohort_dir / table.name) for table in READ}
    frames = analyse_cohort(joined, cohort=cohort)
    folder = arguments.output_dir or arguments.cohort_dir
    for table in WRITTEN:
        table.write(frames[table.name], folder / table.name, synthetic=arguments.synthetic)
        log.info("%s: %d rows", table.name, len(frames[table.name]))
    heading = (
        f"{cohort.name} ({'synthetic; ' if arguments.synthetic else ''}{len(joined[PATIENTS.name])} patients)"
    )
    words = summary_text({Path(name).stem: frame for name, frame in frames.items()}, cohort=cohort)
    print(f"{heading}\n\n{words}")


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
