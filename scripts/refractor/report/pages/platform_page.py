"""The overview of a platform trial: every cohort in a row, each linked to its own page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from refractor.report.cohort_results import CohortResults, read_cohort_results
from refractor.report.figures.platform_multiples import platform_multiples
from refractor.report.patient_results import Row
from refractor.report.plain_words import mechanism_name, proportion_words
from refractor.report.template_environment import page_environment
from refractor.results.analysis_tables import TWO_STAGE
from refractor.results.cohort_tables import CANDIDATES, PATIENTS
from refractor.results.platform_tables import PlatformCohort, PlatformMechanism
from refractor.settings.cohort import Cohort
from refractor.statistics.exchangeable import shared_rates
from refractor.vocabulary import EXPLAINING_TIERS, Label, YesNo

ALL = "all"
"""In place of a cohort: the sum over cohorts."""


@dataclass(frozen=True, slots=True)
class CohortTables:
    """One finished cohort: its file and its tables."""

    name: str
    cohort: Cohort
    patients: Sequence[Row]
    candidates: Sequence[Row]
    results: CohortResults


def read_cohort_tables(name: str, cohort: Cohort, folder: Path) -> CohortTables:
    """The tables of one cohort in results/cohorts/NAME/cohort."""
    return CohortTables(
        name,
        cohort,
        PATIENTS.read_rows(folder / PATIENTS.name),
        CANDIDATES.read_rows(folder / CANDIDATES.name),
        read_cohort_results(folder),
    )


def platform_cohorts(cohorts: Sequence[CohortTables]) -> list[PlatformCohort]:
    """A row a cohort, with the exact share of benefit and the one that cohorts share strength on."""
    rows = [one.results.endpoint("clinical benefit", "proportion") for one in cohorts]
    counted = [(int(row["events"]), int(row["n"])) if row else (0, 0) for row in rows]
    shared = shared_rates([events for events, _ in counted], [n for _, n in counted])
    return [
        _platform_cohort(
            one, row, (rate.mean, rate.low, rate.high) if row and row["n"] else (None, None, None)
        )
        for one, row, rate in zip(cohorts, rows, shared, strict=True)
    ]


def _platform_cohort(
    one: CohortTables, benefit: Row | None, shared: tuple[float | None, float | None, float | None]
) -> PlatformCohort:
    stated = [row["evaluable"] for row in one.patients if row["evaluable"] is not None]
    without, with_benefit = one.results.explained("no_benefit"), one.results.explained("benefit")
    found = benefit or {}
    return PlatformCohort(
        cohort=one.name,
        title=one.cohort.name,
        drugs=";".join(one.cohort.drugs),
        disease=one.cohort.disease.name,
        patients=len(one.patients),
        sequenced=sum(row["wgs"] == "available" for row in one.patients),
        evaluable=stated.count(YesNo.YES) if stated else None,
        with_benefit=found.get("events"),
        benefit_known=found.get("n"),
        benefit=found.get("estimate"),
        benefit_low=found.get("low"),
        benefit_high=found.get("high"),
        benefit_pooled=shared[0],
        benefit_pooled_low=shared[1],
        benefit_pooled_high=shared[2],
        stage=_stage(one.results),
        explained_without_benefit=without["explained"] if without else None,
        assessable_without_benefit=without["assessable"] if without else None,
        explained_with_benefit=with_benefit["explained"] if with_benefit else None,
        assessable_with_benefit=with_benefit["assessable"] if with_benefit else None,
    )


def _stage(results: CohortResults) -> str | None:
    """The decision of the two-stage design, that of the end where it has been made."""
    decisions = [row["method"] for row in results[TWO_STAGE] if str(row["method"]).startswith("decision: ")]
    return str(decisions[-1]).removeprefix("decision: ") if decisions else None


def platform_mechanisms(cohorts: Sequence[CohortTables]) -> list[PlatformMechanism]:
    """Each group of mechanisms of R1 to R3 that somebody carries, by cohort and over all; most carriers first."""
    counts: dict[str, list[PlatformMechanism]] = {}
    for one in cohorts:
        known = {
            str(row["patient"]): row["clinical_benefit"] == YesNo.YES
            for row in one.patients
            if row["label"] != Label.NOT_ASSESSABLE and row["clinical_benefit"] is not None
        }
        carriers: dict[str, set[str]] = {}
        for row in one.candidates:
            if row["tier"] in EXPLAINING_TIERS and str(row["patient"]) in known:
                carriers.setdefault(str(row["mechanism"]), set()).add(str(row["patient"]))
        for mechanism, patients in carriers.items():
            counts.setdefault(mechanism, []).append(_counted(mechanism, one.name, patients, known))
    order = sorted(counts, key=lambda name: (-sum(_carriers(row) for row in counts[name]), name))
    return [row for name in order for row in (*counts[name], _summed(counts[name]))]


def _counted(mechanism: str, cohort: str, carriers: set[str], known: Mapping[str, bool]) -> PlatformMechanism:
    benefits = [known[patient] for patient in carriers]
    everyone = list(known.values())
    return PlatformMechanism(
        mechanism=mechanism,
        cohort=cohort,
        carriers_without_benefit=benefits.count(False),
        without_benefit=everyone.count(False),
        carriers_with_benefit=benefits.count(True),
        with_benefit=everyone.count(True),
    )


def _summed(rows: Sequence[PlatformMechanism]) -> PlatformMechanism:
    return PlatformMechanism(
        mechanism=rows[0].mechanism,
        cohort=ALL,
        carriers_without_benefit=sum(row.carriers_without_benefit for row in rows),
        without_benefit=sum(row.without_benefit for row in rows),
        carriers_with_benefit=sum(row.carriers_with_benefit for row in rows),
        with_benefit=sum(row.with_benefit for row in rows),
    )


def _carriers(row: PlatformMechanism) -> int:
    return row.carriers_without_benefit + row.carriers_with_benefit


def render_platform_page(
    cohorts: Sequence[PlatformCohort], mechanisms: Sequence[PlatformMechanism], *, synthetic: bool
) -> str:
    """The page as one self-contained HTML text; its links lead to the cohorts' own pages."""
    template = page_environment(synthetic=synthetic).get_template("platform.html.j2")
    return template.render(
        cohorts=cohorts,
        mechanisms=mechanisms,
        mechanism_name=mechanism_name,
        benefit_words={row.cohort: _benefit_words(row) for row in cohorts},
        patients=sum(row.patients for row in cohorts),
        sequenced=sum(row.sequenced for row in cohorts),
        multiples=platform_multiples(cohorts),
    )


def _benefit_words(row: PlatformCohort) -> str:
    if not row.benefit_known or row.with_benefit is None:
        return "not known yet"
    return proportion_words(
        row.with_benefit, row.benefit_known, {"low": row.benefit_low, "high": row.benefit_high}
    )
