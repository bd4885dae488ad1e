"""Endpoints and explanation under other choices: eligibility, window of stable disease, tiers, missing genomes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from refractor.outcomes.endpoint_list import CLINICAL_BENEFIT, OBJECTIVE_RESPONSE
from refractor.outcomes.endpoints import Counted, count
from refractor.outcomes.explanation import TIER_CUTS, Cut, benefit_with_and_without_genome, explanation
from refractor.outcomes.members import Member, cases_of
from refractor.results.analysis_tables import SensitivityCount
from refractor.statistics.hypergeometric import fisher
from refractor.statistics.survival import DAYS_A_MONTH, kaplan_meier
from refractor.vocabulary import Eligibility, is_yes

MAIN, NO_DISCORDANT, CONFIRMED_ONLY, TREATED = (
    "main", "without discordant eligibility", "confirmed eligibility only", "all treated",
)  # fmt: skip
WITH_GENOME, WITHOUT_GENOME = "assessable genome", "no assessable genome"
"""Choices by their names in the table."""


def window_name(lenient_days: int) -> str:
    """The choice of a window that opens so many days earlier."""
    return f"window of {lenient_days} days before 16 weeks"


def members_under(
    members: Sequence[Member], choices: pd.DataFrame, *, lenient_days: int
) -> dict[str, list[Member]]:
    """The members as each choice of SENSITIVITY counts them, by its name; those that it leaves out are not there."""
    under = {
        MAIN: list(members),
        NO_DISCORDANT: [m for m in members if m.eligibility is not Eligibility.DISCORDANT],
        CONFIRMED_ONLY: [m for m in members if m.eligibility is Eligibility.CONFIRMED],
        window_name(lenient_days): [replace(member, benefit=member.lenient_benefit) for member in members],
        TREATED: [_as_treated(member) for member in members],
    }
    for name, changed in choices.groupby("analysis", sort=False):
        of_patient = _changed(changed)
        under[str(name)] = [_under(member, of_patient.get(member.patient)) for member in members]
    study = Cut(*TIER_CUTS[-1])
    for name, wanted in ((WITH_GENOME, True), (WITHOUT_GENOME, False)):
        told = {case.patient for case in cases_of(members) if case.assessable(study) is wanted}
        under[name] = [member for member in members if member.patient in told]
    return under


def _as_treated(member: Member) -> Member:
    return replace(member, evaluable=True, benefit=bool(member.decided and member.benefit))


def _changed(changed: pd.DataFrame) -> dict[str, dict[Hashable, object]]:
    return {str(row["patient"]): row for row in changed.to_dict("records") if not pd.isna(row["patient"])}


def sensitivity_counts(
    members: Sequence[Member], choices: pd.DataFrame, *, lenient_days: int
) -> list[SensitivityCount]:
    """Rows of SENSITIVITY: every choice beside the main analysis; `choices` is the table OTHER_CHOICES."""
    discordant = [member.patient for member in members if member.eligibility is Eligibility.DISCORDANT]
    unconfirmed = [m.patient for m in members if m.eligibility is not Eligibility.CONFIRMED]
    flipped = [m.patient for m in members if m.evaluable and m.lenient_benefit is not m.benefit]
    rows: list[SensitivityCount] = []
    for name, without, note in (
        (MAIN, [], "evaluable patients, per protocol, as in endpoints.tsv and explanation.tsv"),
        (NO_DISCORDANT, discordant, "the tumour contradicts a criterion of entry"),
        (
            CONFIRMED_ONLY,
            unconfirmed,
            "criteria not assessable or contradicted are left out too",
        ),
    ):
        kept = [member for member in members if member.patient not in set(without)]
        rows += _endpoint_rows(name, kept, without, note)
        if not without:
            rows += _progression_rows(name, kept, without, note)
        rows += _explanation_rows(name, kept, without, note)
    lenient = count([replace(member, benefit=member.lenient_benefit) for member in members], CLINICAL_BENEFIT)
    rows.append(
        _row(
            window_name(lenient_days), "clinical benefit", lenient, flipped,
            "stable disease counts this much earlier; the patients named change",
        )
    )  # fmt: skip
    rows += _treated_rows(members)
    for name, changed in choices.groupby("analysis", sort=False):
        rows += _choice_rows(str(name), changed, members)
    return rows + _genome_rows(members)


def _treated_rows(members: Sequence[Member]) -> list[SensitivityCount]:
    """All patients treated: who is not evaluable or not decided counts as without."""
    added = [member.patient for member in members if not member.decided]
    treated = [_as_treated(member) for member in members]
    note = "who is not evaluable, or not decided, has not shown benefit or a response"
    rows = [
        _row(TREATED, endpoint.name, count(treated, endpoint), added, note)
        for endpoint in (CLINICAL_BENEFIT,)
    ]
    response = replace(count(members, OBJECTIVE_RESPONSE), known=len(members), unknown=0)
    rows.append(_row(TREATED, OBJECTIVE_RESPONSE.name, response, added, note))
    return [*rows, *_progression_rows(TREATED, treated, added, note)]


def _choice_rows(name: str, changed: pd.DataFrame, members: Sequence[Member]) -> list[SensitivityCount]:
    """The endpoints with the outcomes of a choice in place of the main ones; the patients who change are named."""
    note = str(changed["meaning"].iloc[0])
    of_patient = _changed(changed)
    other = [_under(member, of_patient.get(member.patient)) for member in members]
    touched = list(of_patient)
    return [*_endpoint_rows(name, other, touched, note), *_progression_rows(name, other, touched, note)]


def _under(member: Member, row: Mapping[Hashable, object] | None) -> Member:
    if row is None:
        return member
    durations = dict(member.durations)
    if not pd.isna(row["pfs_days"]) and not pd.isna(row["pfs_event"]):
        durations["pfs"] = (float(str(row["pfs_days"])), int(float(str(row["pfs_event"]))))
    return replace(
        member,
        benefit=_truth(row["clinical_benefit"]),
        best_response=None if pd.isna(row["best_response"]) else str(row["best_response"]),
        response_confirmed=_truth(row["response_confirmed"]),
        evaluable=bool(_truth(row["evaluable"])),
        durations=durations,
    )


def _truth(cell: object) -> bool | None:
    return is_yes(None if pd.isna(cell) else str(cell))


def _progression_rows(
    name: str, members: Sequence[Member], touched: Sequence[str], note: str
) -> list[SensitivityCount]:
    """Median progression-free survival of the evaluable: estimate and bounds in days, and in months."""
    known = [m.durations["pfs"] for m in members if m.evaluable and "pfs" in m.durations]
    curve = kaplan_meier([days for days, _ in known], [event for _, event in known])
    median = curve.median()
    return [
        SensitivityCount(
            analysis=name,
            quantity=f"progression-free survival, median, {unit}",
            successes=int(curve.events.sum()),
            n=curve.patients,
            estimate=shown.value,
            low=shown.low,
            high=shown.high,
            patients=";".join(touched) or None,
            note=f"{note}; Kaplan-Meier, events in place of successes",
        )
        for unit, shown in (("days", median), ("months", median.in_units_of(DAYS_A_MONTH)))
    ]


def _endpoint_rows(
    name: str, members: Sequence[Member], touched: Sequence[str], note: str
) -> list[SensitivityCount]:
    return [
        _row(name, endpoint.name, count(members, endpoint), touched, note)
        for endpoint in (CLINICAL_BENEFIT, OBJECTIVE_RESPONSE)
    ]


def _explanation_rows(
    name: str, members: Sequence[Member], touched: Sequence[str], note: str
) -> list[SensitivityCount]:
    rows: list[SensitivityCount] = []
    cases = cases_of(members)
    for tiers_name, tiers in TIER_CUTS:
        for benefit, group in ((False, "no benefit"), (True, "benefit")):
            found = explanation(cases, Cut(tiers_name, tiers), benefit=benefit)
            counted = Counted(found.explained, found.assessable, 0)
            rows.append(_row(name, f"explained by {tiers_name}, {group}", counted, touched, note))
    return rows


def _genome_rows(members: Sequence[Member]) -> list[SensitivityCount]:
    """Benefit of patients with and without assessable genome: a difference means that its lack tells something."""
    cases = cases_of(members)
    with_genome, without = benefit_with_and_without_genome(cases)
    study = Cut(*TIER_CUTS[-1])
    missing = [case.patient for case in cases if not case.assessable(study)]
    note = "one of the groups is empty"
    if with_genome.n and without.n:
        p = fisher(with_genome.successes, with_genome.n, without.successes, without.n)
        note = f"with against without: Fisher p {p:.3g}"
    return [
        _row(
            WITH_GENOME,
            "clinical benefit",
            Counted(with_genome.successes, with_genome.n, 0),
            [],
            note,
        ),
        _row(
            WITHOUT_GENOME,
            "clinical benefit",
            Counted(without.successes, without.n, 0),
            missing,
            note,
        ),
    ]


def _row(name: str, quantity: str, counted: Counted, touched: Sequence[str], note: str) -> SensitivityCount:
    share = counted.share
    note += counted.gaps
    return SensitivityCount(
        analysis=name,
        quantity=quantity,
        successes=share.successes,
        n=share.n,
        estimate=share.estimate,
        low=share.low,
        high=share.high,
        patients=";".join(touched) or None,
        note=note,
    )
