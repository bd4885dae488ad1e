"""The two-stage design, where the trial stands in it, and its estimates, as rows of TWO_STAGE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from refractor.outcomes.endpoint_list import SHARE_ENDPOINTS, ShareEndpoint
from refractor.outcomes.members import Member
from refractor.outcomes.two_stage_monitor import Decision, Progress, progress
from refractor.results.analysis_tables import TwoStageQuantity
from refractor.settings.endpoint_rules import Design
from refractor.statistics.proportions import clopper_pearson
from refractor.statistics.two_stage import (
    TwoStageEstimate,
    estimate_after_early_stop,
    estimate_after_stage_two,
    operating_characteristics,
)

FIRST_STAGE, FIRST_STAGE_STOP = "patients of the first stage", "benefits at most for a stop"
PLANNED, NEEDED = "planned patients", "benefits for success"
ENROLLED = "patients"
"""Quantities of the design and its progress that the report's figure is drawn from."""


def two_stage_quantities(
    members: Sequence[Member], design: Design | None, *, order: str
) -> list[TwoStageQuantity]:
    """Rows of TWO_STAGE: none for a trial without a two-stage design. `order` says what tells who entered first.

    Patients who are not evaluable are replaced, as in the trial, and do not count.
    """
    if design is None:
        return []
    evaluable = [member for member in members if member.evaluable]
    benefits = [member.benefit for member in evaluable]
    now = progress(benefits, design)
    rows = _design_rows(design) + _progress_rows(now, design, order, beyond=len(evaluable) - now.enrolled)
    for endpoint in SHARE_ENDPOINTS:
        if endpoint.by_stages:
            answers = [endpoint.reached(member) for member in evaluable if member.decided]
            if None in answers and True not in answers:
                why = f"not estimated: the sheets do not say it of {answers.count(None)} patients"
                rows.append(TwoStageQuantity(quantity=f"{endpoint.name}, UMVUE", method=why))
                continue
            reached = sum(bool(endpoint.reached(member)) for member in evaluable[: design.n])
            rows += _estimate_rows(endpoint.name, design, now, reached)
            rows += _as_run_rows(endpoint, design, now, evaluable)
    return rows


def _design_rows(design: Design) -> list[TwoStageQuantity]:
    meaning = f"stop after {design.n1} patients with at most {design.r1} benefits; success with {design.success} of {design.n}"
    setting = "setting of the cohort file"
    rows: list[TwoStageQuantity] = [
        TwoStageQuantity(quantity=FIRST_STAGE, value=design.n1, method=setting),
        TwoStageQuantity(
            quantity=FIRST_STAGE_STOP, value=design.r1, method=f"{setting}; with more the trial goes on"
        ),
        TwoStageQuantity(quantity=PLANNED, value=design.n, method=setting),
        TwoStageQuantity(
            quantity=NEEDED, value=design.success, method=f"{setting}; with as many it is a success"
        ),
    ]
    for name, share, success in (("p0", design.p0, "alpha"), ("p1", design.p1, "power")):
        result = operating_characteristics(design, share)
        rows += [
            TwoStageQuantity(quantity=name, value=share, method=setting),
            TwoStageQuantity(quantity=success, value=result.success, method=f"exact, at {name}; {meaning}"),
            TwoStageQuantity(quantity=f"early stop at {name}", value=result.early_stop, method="exact"),
            TwoStageQuantity(
                quantity=f"expected patients at {name}", value=result.expected_patients, method="exact"
            ),
        ]
    return rows


def _progress_rows(now: Progress, design: Design, order: str, *, beyond: int) -> list[TwoStageQuantity]:
    taken = f"evaluable patients in order of entry ({order})"
    if beyond:
        taken += f"; {beyond} beyond the planned {design.n} left out"
    rows: list[TwoStageQuantity] = [
        TwoStageQuantity(quantity=ENROLLED, value=now.enrolled, method=taken),
        TwoStageQuantity(
            quantity="patients with known benefit", value=now.known, method="benefit is yes or no"
        ),
        TwoStageQuantity(
            quantity="stage 1 benefits", value=now.stage1_successes, method=f"decision: {now.stage1}"
        ),
        TwoStageQuantity(quantity="benefits", value=now.successes, method=f"decision: {now.final}"),
    ]
    if now.final is Decision.OPEN:
        rows += [
            TwoStageQuantity(
                quantity="benefits still needed", value=now.needed, method=f"of {now.open_places} places left"
            ),
            TwoStageQuantity(
                quantity="chance of success at p0",
                value=now.chance_at_p0,
                method="exact, given what is known",
            ),
            TwoStageQuantity(
                quantity="chance of success at p1",
                value=now.chance_at_p1,
                method="exact, given what is known",
            ),
        ]
    return rows


def _estimate_rows(endpoint: str, design: Design, now: Progress, successes: int) -> list[TwoStageQuantity]:
    """Estimates once the trial has ended at a stage with everybody's benefit known; a row that says why not before."""
    stopped = now.stage1 is Decision.STOP and now.known == now.enrolled == design.n1
    finished = now.stage1 is Decision.CONTINUE and now.known == now.enrolled == design.n
    note = ""
    if endpoint != "clinical benefit":
        note = "; approximate, as benefit and not response decided on stage 2"
    if stopped and successes <= design.r1:
        return _rows_of(endpoint, estimate_after_early_stop(design, successes), note)
    if finished:
        if successes > design.r1:
            return _rows_of(endpoint, estimate_after_stage_two(design, successes), note)
        # fewer responses than benefits may lie below the gate that benefit passed: no two-stage distribution has them
        share = clopper_pearson(successes, design.n)
        method = f"Clopper-Pearson of one stage, as it is below the gate{note}"
        return [
            TwoStageQuantity(
                quantity=f"{endpoint}, naive",
                value=share.estimate,
                low=share.low,
                high=share.high,
                method=method,
            )
        ]
    why = "not estimated: the trial goes on, or benefit is not known of everybody"
    if now.stage1 is Decision.STOP and not stopped:
        why = "not estimated: the first stage ended with a stop, but patients follow it or are not known"
    return [TwoStageQuantity(quantity=f"{endpoint}, UMVUE", method=why + note)]


def _as_run_rows(
    endpoint: ShareEndpoint, design: Design, now: Progress, evaluable: Sequence[Member]
) -> list[TwoStageQuantity]:
    """Estimates and p by the number that was enrolled, where it is not the planned one and everybody is known.

    The first look is as planned; the second stage has the patients that it had. The level of the decision is that of
    the plan; p and the estimates are of the design that was run.
    """
    enrolled = len(evaluable)
    decided = all(member.benefit is not None for member in evaluable)
    if enrolled in (design.n, design.n1) or enrolled < design.n1 or not decided:
        return []
    reached = sum(bool(endpoint.reached(member)) for member in evaluable)
    if now.stage1 is not Decision.CONTINUE or reached <= design.r1:
        return []
    kind = "over" if enrolled > design.n else "under"
    note = f"; as run, {kind}-enrolled: {enrolled} patients in place of the planned {design.n}"
    if kind == "under":
        note += ", if accrual has ended"
    return _rows_of(
        f"{endpoint.name}, as run", estimate_after_stage_two(replace(design, n=enrolled), reached), note
    )


def _rows_of(endpoint: str, result: TwoStageEstimate, note: str) -> list[TwoStageQuantity]:
    values = (
        ("naive", result.naive, (None, None), "biased by the first look"),
        ("UMVUE", result.umvue, (None, None), "Jung and Kim 2004"),
        ("median-unbiased", result.median_unbiased, result.koyama_chen, "Koyama and Chen 2008"),
        (
            "Clopper-Pearson type",
            result.naive,
            result.clopper_pearson_type,
            "exact on the two-stage distribution",
        ),
        ("p", result.p_value, (None, None), "exact, against p0"),
    )
    return [
        TwoStageQuantity(
            quantity=f"{endpoint}, {name}",
            value=value,
            low=low,
            high=high,
            method=f"{method}; after stage {result.stage}{note}",
        )
        for name, value, (low, high), method in values
    ]
