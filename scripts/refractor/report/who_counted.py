"""Who is behind each number of the cohort's tables that counts patients.

The patients of a number are those that the analyses' own predicates choose. Where they are not as many as the number
says, the number is left plain and the log says so: a click never shows other patients than were counted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

from refractor.files.tables import Table
from refractor.outcomes.adverse import patients_by_term
from refractor.outcomes.association import Level, Subject
from refractor.outcomes.endpoint_list import OBJECTIVE_RESPONSE, SHARE_ENDPOINTS, TIME_ENDPOINTS
from refractor.outcomes.explanation import TIER_CUTS, Cut
from refractor.outcomes.members import Member, cases_of, members_of, subjects_of
from refractor.outcomes.sensitivity import TREATED, members_under
from refractor.outcomes.survival_by_benefit import NOT_YET, SHOWN
from refractor.outcomes.two_stage_rows import ENROLLED
from refractor.report.counted import Who
from refractor.report.patient_results import PatientResults, Row
from refractor.results.analysis_tables import (
    ASSOCIATIONS,
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
from refractor.results.evidence_tables import RULES
from refractor.settings.cohort import Cohort
from refractor.settings.endpoint_rules import Design
from refractor.sheets import AdverseEventRow
from refractor.sheets.reading import read_sheet
from refractor.vocabulary import Result, Timepoint

log = logging.getLogger(__name__)

BENEFIT_KNOWN, BENEFITS, STAGE_1_BENEFITS = "patients with known benefit", "benefits", "stage 1 benefits"
"""Quantities of TWO_STAGE that count patients, beside ENROLLED."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The joined cohort as the analyses counted it, in the order of entry."""

    members: Sequence[Member]
    rules: Mapping[str, Who] = field(default_factory=dict)
    """Patients by rule_id and result, one for each tumour."""
    events: Mapping[str, Who] = field(default_factory=dict)
    """Patients by term of adverse events and column."""
    choices: Mapping[str, Sequence[Member]] = field(default_factory=dict)
    """The members as each other choice counts them, by its name in SENSITIVITY."""
    landmark_day: int | None = None
    design: Design | None = None
    subjects: Sequence[Subject] = field(init=False)

    def __post_init__(self) -> None:
        """Work out once whom the associations count."""
        object.__setattr__(self, "subjects", subjects_of(self.members))


def read_joined(
    folder: Path,
    cohort: Cohort,
    *,
    rules: Mapping[str, Who] | None = None,
    events: Mapping[str, Who] | None = None,
) -> Joined:
    """The joined cohort in results/cohort/, with whom its rules and its adverse events concern."""
    tables = (PATIENTS, CANDIDATES, OUTCOME_REVIEW, RULE_RESULTS)
    members = members_of(*(table.read(folder / table.name) for table in tables))
    choices = OTHER_CHOICES.read(folder / OTHER_CHOICES.name)
    return Joined(
        members,
        choices=members_under(members, choices, lenient_days=cohort.endpoints.sd_window_sensitivity_days),
        rules=rules or {},
        events=events or {},
        landmark_day=cohort.endpoints.landmark_day,
        design=cohort.endpoints.two_stage,
    )


def patients_by_rule(
    cards: Sequence[PatientResults], biopsies: Sequence[Row], samples_dir: Path, *, stopped: Collection[str]
) -> dict[str, dict[str, list[str]]]:
    """Patients by rule and result, one for each tumour taken before treatment that identity has not stopped.

    `biopsies`: rows of BIOPSIES. Rules of a sample that stands for no patient are read from its folder.
    """
    stands = {card.row["sample"]: card.rules for card in cards}
    found: dict[str, dict[str, list[str]]] = {}
    for biopsy in biopsies:
        sample = biopsy["sample"]
        if biopsy["timepoint"] != Timepoint.BASELINE or sample in stopped:
            continue
        rules = stands[sample] if sample in stands else RULES.read_rows(samples_dir / sample / RULES.name)
        for row in rules:
            results = found.setdefault(row["rule_id"], {str(result): [] for result in Result})
            results[row["result"]].append(biopsy["patient"])
    return found


def patients_by_event(sheet: Path | None, patients: Collection[str]) -> dict[str, dict[str, list[str]]]:
    """Patients by adverse event and column, of those of the cohort; nothing where no sheet is given."""
    if sheet is None:
        return {}
    rows = read_sheet(str(sheet), "adverse_events", AdverseEventRow).rows
    return patients_by_term([row for row in rows if row.patient in patients])


def who_is_counted(table: Table, row: Row, joined: Joined) -> dict[str, tuple[str, ...]]:
    """The patients behind the numbers of one row, by column; nothing for columns that count no patients."""
    choose = BEHIND.get(table.name)
    kept = {}
    for column, patients in (choose(row, joined) if choose else {}).items():
        if row[column] == len(patients):
            kept[column] = tuple(dict.fromkeys(patients))
        elif row[column] is not None:
            log.warning(
                "%s: column %s counts %s, its patients are %d; it cannot be clicked (%s)",
                table.name, column, row[column], len(patients), "; ".join(str(v) for v in list(row.values())[:3]),
            )  # fmt: skip
    return kept


def _explanation(row: Row, joined: Joined) -> Who:
    cut = Cut(
        row["tiers"], dict(TIER_CUTS)[row["tiers"]], row["clonality"] == "clonal", row["eligible"] == "yes"
    )
    group = [case for case in cases_of(joined.members) if case.benefit is (row["group"] == "benefit")]
    return {
        "explained": [case.patient for case in group if case.explained(cut) is True],
        "assessable": [case.patient for case in group if case.assessable(cut)],
        "patients": [case.patient for case in group],
    }


def _association(row: Row, joined: Joined) -> Who:
    level: Level = next(one for one in get_args(Level) if one == row["level"])
    who: dict[str, list[str]] = {}
    for benefit, group in ((False, "without_benefit"), (True, "with_benefit")):
        found = {
            one.patient: one.status(level, row["mechanism"])
            for one in joined.subjects
            if one.benefit is benefit
        }
        who[f"carriers_{group}"] = [patient for patient, status in found.items() if status is Result.FOUND]
        who[group] = [patient for patient, status in found.items() if status is not Result.NOT_TESTED]
        who[f"untested_{group}"] = [
            patient for patient, status in found.items() if status is Result.NOT_TESTED
        ]
    return who


def _endpoint(row: Row, joined: Joined) -> Who:
    name, statistic = row["endpoint"], row["statistic"]
    evaluable = [member for member in joined.members if member.evaluable]
    if name == "evaluable":
        return {"n": _names(joined.members), "events": _names(evaluable)}
    if name == "prior lines":
        return {"n": _names(member for member in evaluable if member.prior_lines is not None)}
    if name == "adverse events":
        column = statistic.removesuffix(", related").replace(" ", "_")
        column = f"related_{column}" if statistic.endswith(", related") else column
        return {"n": _names(joined.members), "events": joined.events.get("any", {}).get(column, ())}
    for share in SHARE_ENDPOINTS:
        if share.name == name:
            decided = [member for member in evaluable if member.decided]
            among = joined.members if statistic.endswith("intention to treat") else decided
            return {"n": _names(among), "events": _names(m for m in decided if share.reached(m))}
    return _of_curve(name, statistic, joined)


def _of_curve(name: str, statistic: str, joined: Joined) -> Who:
    """Patients and events behind a row of a time to an event; nothing for hazard ratios, which count spells."""
    if statistic.startswith("hazard ratio"):
        return {}
    lasted = _lasted(next((one.key for one in TIME_ENDPOINTS if one.name == name), ""), joined.members)
    if "from the landmark" in statistic:
        shown = {member.patient: member.shown_by(joined.landmark_day or 0) for member in joined.members}
        lasted = {patient: one for patient, one in lasted.items() if one[0] > (joined.landmark_day or 0)}
        if statistic.startswith("median"):
            lasted = {p: one for p, one in lasted.items() if shown[p] is statistic.endswith(SHOWN)}
    return {"n": list(lasted), "events": [patient for patient, (_, event) in lasted.items() if event]}


def _survival(row: Row, joined: Joined) -> Who:
    start = 0
    lasted = _lasted(row["endpoint"], joined.members)
    if row["group"] != "all":
        start = joined.landmark_day or 0
        shown = {m.patient for m in joined.members if m.shown_by(start)}
        wanted = not row["group"].startswith(NOT_YET)
        lasted = {p: one for p, one in lasted.items() if one[0] > start and (p in shown) is wanted}
    time = row["time"] + start
    now = {patient: event for patient, (days, event) in lasted.items() if days == time}
    return {
        "at_risk": [patient for patient, (days, _) in lasted.items() if days >= time],
        "events": [patient for patient, event in now.items() if event],
        "censored": [patient for patient, event in now.items() if not event],
    }


def _lasted(key: str, members: Sequence[Member]) -> dict[str, tuple[float, int]]:
    """Days and event of each evaluable patient of a time to an event who has them."""
    endpoint = next((one for one in TIME_ENDPOINTS if one.key == key), None)
    if endpoint is None:
        return {}
    return {
        member.patient: lasted
        for member in members
        if member.evaluable and endpoint.group(member) and (lasted := endpoint.duration(member)) is not None
    }


def _copies(row: Row, joined: Joined) -> Who:
    counted = [m for m in joined.members if m.evaluable and m.assessable and m.benefit is not None]
    measured = [m for m in counted if m.copies is not None]
    if "over ploidy" in row["measure"]:
        measured = [m for m in counted if m.copies_over_ploidy is not None]
    elif "covariates" in row["measure"]:
        measured = [m for m in measured if (m.copies or 0) > 0]
    return {
        "n_without_benefit": _names(m for m in measured if not m.benefit),
        "n_with_benefit": _names(m for m in measured if m.benefit),
    }


def _sensitivity(row: Row, joined: Joined) -> Who:
    """Who is counted under another choice; of a median the patients with a time and those with the event."""
    quantity, members = row["quantity"], joined.choices.get(row["analysis"], ())
    if quantity.startswith("progression-free survival"):
        lasted = _lasted("pfs", members)
        return {"n": list(lasted), "successes": [patient for patient, (_, event) in lasted.items() if event]}
    if quantity.startswith("explained by "):
        tiers, _, group = quantity.removeprefix("explained by ").partition(", ")
        cut = {"tiers": tiers, "clonality": "any", "eligible": "any", "group": group.replace(" ", "_")}
        who = _explanation(cut, replace(joined, members=members))
        return {"n": who["assessable"], "successes": who["explained"]}
    share = next((one for one in SHARE_ENDPOINTS if one.name == quantity), None)
    if share is None:
        return {}
    decided = [member for member in members if member.evaluable and member.decided]
    if (
        row["analysis"] == TREATED and share is OBJECTIVE_RESPONSE
    ):  # the response of who was decided, over all treated
        before = [member for member in joined.members if member.evaluable and member.decided]
        return {"n": _names(members), "successes": _names(m for m in before if share.reached(m))}
    return {"n": _names(decided), "successes": _names(m for m in decided if share.reached(m))}


def _two_stage(row: Row, joined: Joined) -> Who:
    if joined.design is None:
        return {}
    planned = [member for member in joined.members if member.evaluable][: joined.design.n]
    chosen = {
        ENROLLED: planned,
        BENEFIT_KNOWN: [member for member in planned if member.benefit is not None],
        STAGE_1_BENEFITS: [member for member in planned[: joined.design.n1] if member.benefit],
        BENEFITS: [member for member in planned if member.benefit],
    }.get(row["quantity"])
    return {} if chosen is None else {"value": _names(chosen)}


def _adverse(row: Row, joined: Joined) -> Who:
    return {"patients": _names(joined.members), **joined.events.get(row["term"], {})} if joined.events else {}


def _coverage(row: Row, joined: Joined) -> Who:
    return joined.rules.get(row["rule_id"], {})


def _names(members: Iterable[Member]) -> list[str]:
    return [member.patient for member in members]


BEHIND: Mapping[str, Callable[[Mapping[str, Any], Joined], Who]] = {
    EXPLANATION.name: _explanation,
    ASSOCIATIONS.name: _association,
    ENDPOINTS.name: _endpoint,
    SURVIVAL.name: _survival,
    COPIES.name: _copies,
    TWO_STAGE.name: _two_stage,
    SENSITIVITY.name: _sensitivity,
    ADVERSE_EVENTS.name: _adverse,
    RULE_COVERAGE.name: _coverage,
}
"""Tables whose numbers have patients behind them, by file name."""
