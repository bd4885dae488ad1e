"""The finished results of a trial: of its one cohort, or of each cohort of a platform trial."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from refractor.cli.arguments import inside
from refractor.errors import InputError, Problem
from refractor.genome.own_genes import use_panel
from refractor.results.cohort_tables import PATIENTS
from refractor.settings.cohort import Cohort
from refractor.settings.config import cohort_files, load_cohort, load_config

RESULTS, LOGS = Path("results"), Path("logs")
COHORTS = "cohorts"
"""Folder of results and logs that has one folder a cohort of a platform trial."""


@dataclass(frozen=True, slots=True)
class FinishedCohort:
    """One cohort, the folder that holds its `cohort` and `report`, and the folder of all tumours.

    `name` is its name in a platform trial, None in a trial of one cohort.
    """

    name: str | None
    cohort: Cohort
    folder: Path
    samples_dir: Path

    @property
    def tables(self) -> Path:
        """The folder of its tables."""
        return self.folder / "cohort"

    @property
    def patients(self) -> tuple[dict[str, object], ...]:
        """Its rows of PATIENTS."""
        return tuple(PATIENTS.read_rows(self.tables / PATIENTS.name))


def finished_cohorts(trial: Path) -> tuple[FinishedCohort, ...]:
    """The cohorts of a trial, in the order of its configuration.

    Raises:
        InputError: the tables of one are not finished.
    """
    with inside(trial) as config:
        loaded = load_config(config)
        use_panel(loaded["panel"])
        cohorts = {name: load_cohort(path) for name, path in cohort_files(loaded).items()}
    results = trial / RESULTS
    found = tuple(
        FinishedCohort(
            name,
            cohort,
            results if name is None else results / COHORTS / name,
            results / "samples",
        )
        for name, cohort in cohorts.items()
    )
    missing = [one.tables / PATIENTS.name for one in found if not (one.tables / PATIENTS.name).is_file()]
    if missing:
        remedy = f"`refractor run {trial}` first"
        raise InputError(Problem(path, "is not there", allowed=remedy) for path in missing)
    return found
