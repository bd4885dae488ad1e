"""Every analysis of the joined cohort, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from refractor.evidence.knowledge.published_tables import PublishedTable
from refractor.outcomes.association import associations
from refractor.outcomes.attribution import attributions
from refractor.outcomes.background import background_rows
from refractor.outcomes.copy_number_association import Measured, copy_number_statistics, firth_logistic
from refractor.outcomes.endpoints import (
    benefit_and_response,
    durations,
    prior_treatment,
    safety,
)
from refractor.outcomes.explanation import explanations
from refractor.outcomes.members import Member, cases_of, entry_order, members_of, subjects_of
from refractor.outcomes.sensitivity import sensitivity_counts
from refractor.outcomes.survival_by_benefit import survival_by_benefit
from refractor.outcomes.two_stage_rows import two_stage_quantities
from refractor.results.analysis_tables import (
    ASSOCIATIONS,
    ATTRIBUTION,
    BACKGROUND,
    COPIES,
    ENDPOINTS,
    EXPLANATION,
    SENSITIVITY,
    SURVIVAL,
    TWO_STAGE,
    CopiesStatistic,
)
from refractor.results.background_tables import DecoySet, Prevalence
from refractor.results.cohort_tables import (
    ADVERSE_EVENTS,
    CANDIDATES,
    DECOY_RESULTS,
    OTHER_CHOICES,
    OUTCOME_REVIEW,
    PATIENTS,
    RULE_COVERAGE,
    RULE_RESULTS,
)
from refractor.settings.cohort import Cohort
from refractor.settings.target import Target, TargetEvent
from refractor.statistics.cox import Intervals, hazard_ratios
from refractor.vocabulary import AGAINST_THE_DRUG, EXPLAINING_TIERS

ANALYSED = (
    PATIENTS,
    CANDIDATES,
    OUTCOME_REVIEW,
    OTHER_CHOICES,
    RULE_COVERAGE,
    RULE_RESULTS,
    DECOY_RESULTS,
    ADVERSE_EVENTS,
)
"""The joined tables that the analyses are made from."""

LOW_COPIES = "low_copy_number"
"""The group of mechanisms that are too few copies of the target."""
OTHER_CANDIDATES = "any R1-R3 other than few copies"


@dataclass(frozen=True, slots=True)
class Reference:
    """What a reference cohort showed; empty where none is given."""

    prevalences: Sequence[Prevalence] = ()
    decoys: Sequence[DecoySet] = ()


NO_REFERENCE = Reference()


def analyse_cohort(
    joined: Mapping[str, pd.DataFrame],
    *,
    cohort: Cohort,
    published: Sequence[PublishedTable],
    reference: Reference = NO_REFERENCE,
) -> dict[str, pd.DataFrame]:
    """The tables of the analyses by file name: every table of the step `analyse_cohort`.

    Args:
        joined: the tables of ANALYSED by file name.
        cohort: the cohort file.
        published: counts of carriers and others by benefit in published cohorts.
        reference: the tables of the step `measure_background`.
    """
    endpoints = cohort.endpoints
    patients = joined[PATIENTS.name]
    members = members_of(
        patients,
        joined[CANDIDATES.name],
        joined[OUTCOME_REVIEW.name],
        joined[RULE_RESULTS.name],
        joined[DECOY_RESULTS.name],
    )
    curves = [durations(members, endpoints), survival_by_benefit(members, endpoints.landmark_day)]
    rows = (
        benefit_and_response(members)
        + prior_treatment(members)
        + [row for found, _ in curves for row in found]
    )
    associated = associations(
        subjects_of(members),
        pathways=pathways_in_scope(joined[RULE_COVERAGE.name]),
        settings=endpoints.association,
    )
    return {
        ENDPOINTS.name: ENDPOINTS.frame(rows + safety(joined[ADVERSE_EVENTS.name])),
        TWO_STAGE.name: TWO_STAGE.frame(
            two_stage_quantities(members, endpoints.two_stage, order=entry_order(patients))
        ),
        SURVIVAL.name: SURVIVAL.frame(step for _, steps in curves for step in steps),
        EXPLANATION.name: EXPLANATION.frame(explanations(cases_of(members))),
        ASSOCIATIONS.name: ASSOCIATIONS.frame(associated),
        ATTRIBUTION.name: ATTRIBUTION.frame(attributions(members, associated, published)),
        BACKGROUND.name: BACKGROUND.frame(background_rows(members, reference.prevalences, reference.decoys)),
        COPIES.name: COPIES.frame(copies_and_benefit(members, cohort.target, endpoints.copy_number_cuts)),
        SENSITIVITY.name: SENSITIVITY.frame(
            sensitivity_counts(
                members, joined[OTHER_CHOICES.name], lenient_days=endpoints.sd_window_sensitivity_days
            )
        ),
    }


def pathways_in_scope(coverage: pd.DataFrame) -> list[str]:
    """Pathways that a rule of R1-R3 against the drug names and that was tested in at least one tumour."""
    able = coverage["tier"].isin(EXPLAINING_TIERS) & coverage["direction"].isin(AGAINST_THE_DRUG)
    tested = coverage["found"] + coverage["not_found"] > 0
    return sorted(set(coverage.loc[able & tested, "mechanism"].dropna()))


def copies_and_benefit(
    members: Sequence[Member], target: Target, cuts: Sequence[float]
) -> list[CopiesStatistic]:
    """Rows of COPIES: copies and copies over ploidy by ranks and at the cuts, and by logistic regression with any R1-R3.

    None where the drugs aim at something else than an amplification: then copies say nothing of the dose.
    """
    if target.event is not TargetEvent.AMPLIFICATION:
        return []
    copies = f"{target.gene} copies"
    counted = [m for m in members if m.evaluable and m.assessable and m.benefit is not None]
    measures = {
        copies: [Measured(m.patient, m.copies, bool(m.benefit)) for m in counted if m.copies is not None],
        f"{copies} over ploidy": [
            Measured(m.patient, m.copies_over_ploidy, bool(m.benefit))
            for m in counted
            if m.copies_over_ploidy is not None
        ],
    }
    rows = [
        *copy_number_statistics(measures, cuts=cuts, cut_measure=copies),
        *_logistic_rows(counted, target),
    ]
    family = sum(row.p is not None for row in rows)
    return [row if row.p is None else replace(row, family_size=family) for row in rows]


def _logistic_rows(counted: Sequence[Member], target: Target) -> list[CopiesStatistic]:
    """Benefit and progression-free survival by copies per doubling, beside every other candidate.

    Few copies of the target are themselves a candidate; beside the copies they are left out of "any", or one variable
    would stand inside the other.
    """
    known = [m for m in counted if m.copies is not None and m.copies > 0]
    benefit = [bool(m.benefit) for m in known]
    others = [
        float(
            any(
                found.tier in EXPLAINING_TIERS
                and not (found.gene == target.gene and found.pathway == LOW_COPIES)
                for found in m.candidates
            )
        )
        for m in known
    ]
    covariates = pd.DataFrame(
        {"doubling of copies": np.log2([m.copies or np.nan for m in known]), OTHER_CANDIDATES: others}
    )
    rows = [
        CopiesStatistic(
            measure="benefit, both covariates together",
            statistic=f"odds ratio of benefit, {effect.covariate}",
            estimate=float(np.exp(effect.log_odds_ratio)),
            low=float(np.exp(effect.low)),
            high=float(np.exp(effect.high)),
            p=effect.p,
            n_without_benefit=benefit.count(False),
            n_with_benefit=benefit.count(True),
            method="Firth's penalised logistic regression, profile likelihood",
        )
        for effect in firth_logistic(covariates, benefit)
    ]
    return rows + _cox_rows(known, covariates)


def _cox_rows(known: Sequence[Member], covariates: pd.DataFrame) -> list[CopiesStatistic]:
    """The same two covariates against the hazard of progression or death."""
    lasted = [m.durations.get("pfs") for m in known]
    places = [place for place, each in enumerate(lasted) if each is not None and each[0] > 0]
    if len(places) < 2:
        return []
    days = np.array([(lasted[place] or (0.0, 0))[0] for place in places])
    events = np.array([(lasted[place] or (0.0, 0))[1] for place in places], dtype=np.int64)
    varying = [name for name in covariates if covariates[name].iloc[places].nunique() > 1]
    if not varying:
        return []
    values = covariates[varying].iloc[places].to_numpy(dtype=float)
    ratios = hazard_ratios(Intervals(np.zeros(len(places)), days, events, values))
    if ratios is None:
        return []
    return [
        CopiesStatistic(
            measure="progression-free survival, both covariates together",
            statistic=f"hazard ratio of progression or death, {name}",
            estimate=ratio.estimate,
            low=ratio.low,
            high=ratio.high,
            p=ratio.p,
            n_without_benefit=sum(not m.benefit for m in known),
            n_with_benefit=sum(bool(m.benefit) for m in known),
            method=f"Cox with Firth's penalty, profile likelihood; {len(places)} patients, {int(events.sum())} events",
        )
        for name, ratio in zip(varying, ratios, strict=True)
    ]
