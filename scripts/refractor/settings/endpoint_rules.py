"""How response and benefit are counted and tested: the group `endpoints` of a cohort file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from refractor.settings.model import setting

_RECIST = "RECIST 1.1, PMID 19097774"
_TRIAL = "Eur J Cancer 2024;202:113988"
_OURS = "our choice"


class OutcomeSource(StrEnum):
    """Where a patient's outcome comes from where both are given."""

    ASSESSMENTS = "assessments"
    SHEET = "sheet"


class WhoDecides(StrEnum):
    """Whose response of an assessment counts where one is stated and the measurements give another."""

    INVESTIGATOR = "investigator"
    DERIVED = "derived"
    CENTRAL = "central"


class EarlyDeathResponse(StrEnum):
    """Best response of a patient who dies before any evaluable assessment."""

    PD = "PD"
    NE = "NE"


@dataclass(frozen=True, slots=True)
class AssociationSettings:
    """How mechanisms are tested against benefit: the level of significance and the stated effect."""

    alpha: float = setting(
        0.05,
        "Level of significance; tests that cannot reach it are listed and not tested.",
        unit="0-1",
        above=0,
        below=1,
    )
    share_without_benefit: float = setting(
        0.27,
        "Share of carriers among patients without benefit in the effect for which power is given.",
        unit="share, 0-1",
        source="PRESSING-HER2, 9 of 33",
        minimum=0,
        maximum=1,
    )
    share_with_benefit: float = setting(
        0.03,
        "The same among patients with benefit.",
        unit="share, 0-1",
        source="PRESSING-HER2, 1 of 35",
        minimum=0,
        maximum=1,
    )


@dataclass(frozen=True, slots=True)
class Design:
    """A two-stage single-arm design; the defaults are the trial's."""

    n1: int = setting(8, "Patients of the first stage.", unit="patients", source=_TRIAL, minimum=1)
    r1: int = setting(
        0,
        "The trial stops where at most this many of the first stage have benefit.",
        unit="patients",
        source=f"{_TRIAL} (continue with one or more)",
        minimum=0,
    )
    n: int = setting(24, "Patients of both stages.", unit="patients", source=_TRIAL, minimum=1)
    success: int = setting(
        5,
        "The drugs are called active where at least this many have benefit.",
        unit="patients",
        source="ESMO 2017 presentation of the trial",
        minimum=1,
    )
    p0: float = setting(
        0.1,
        "Share with benefit under the null hypothesis.",
        unit="share, 0-1",
        source="from memory of the trial's methods; unverified",
        above=0,
        below=1,
    )
    p1: float = setting(
        0.3,
        "Share with benefit under the alternative.",
        unit="share, 0-1",
        source="from memory of the trial's methods; unverified",
        above=0,
        below=1,
    )

    @property
    def n2(self) -> int:
        """Patients of the second stage."""
        return self.n - self.n1


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """How response and benefit are counted."""

    sd_min_days: int = setting(
        112,
        "Least duration of stable disease that counts as clinical benefit, from the start of treatment (16 weeks).",
        unit="days",
        source="doi:10.1038/s41586-019-1600-x",
        minimum=0,
    )
    sd_window_days: int = setting(
        0,
        "How much earlier than sd_min_days an assessment may be and still count; 0 is strict.",
        unit="days",
        source=f"{_OURS}; 7 as a sensitivity analysis",
        minimum=0,
    )
    sd_window_sensitivity_days: int = setting(
        7,
        "The lenient window of the sensitivity analysis; patients whose benefit changes under it are listed.",
        unit="days",
        source=_OURS,
        minimum=0,
    )
    deciding_scan_window_days: int = setting(
        28,
        "How long after sd_min_days the assessment that decides benefit is waited for. Whoever has no such assessment "
        "when that time has passed, by the last contact or the cut-off of the data, has shown no benefit.",
        unit="days",
        source=f"{_OURS}: with scans every 8 or 9 weeks the deciding one falls into weeks 16 to 18, and some are late",
        minimum=0,
    )
    confirmation_days: int = setting(
        28,
        "Least time between a response and the assessment that confirms it (4 weeks).",
        unit="days",
        source=_RECIST,
        minimum=0,
    )
    pr_decrease: float = setting(
        0.3,
        "Decrease of the sum of diameters from baseline that is a partial response.",
        unit="share, 0-1",
        source=_RECIST,
        above=0,
        below=1,
    )
    pd_increase: float = setting(
        0.2,
        "Increase of the sum of diameters from its nadir that is progression.",
        unit="share",
        source=_RECIST,
        above=0,
    )
    pd_increase_mm: float = setting(
        5.0, "The increase must also be at least this long.", unit="mm", source=_RECIST, minimum=0
    )
    outcomes_from: OutcomeSource = setting(
        OutcomeSource.ASSESSMENTS,
        "Which outcome counts where a patient has assessments, the one derived from them or the one of the patients' "
        "sheet.",
        source=f"{_OURS}; both values are listed where they disagree",
    )
    who_decides: WhoDecides = setting(
        WhoDecides.INVESTIGATOR,
        "Whose response of an assessment counts where the measurements give another: the one that the investigator "
        "states in `response`, the one derived from the measurements, or that of the central review in "
        "`central_response` (the investigator's where it has none). A new lesion and the progression of non-target "
        "lesions count whatever is stated; sums alone never overrule a response that may rest on lesions for which the "
        "sheet has no column; every disagreement is listed in outcome_review.tsv.",
        source=f"{_OURS}; RECIST 1.1 leaves the time point response to the reader",
    )
    stated_progression_counts: bool = setting(
        True,
        "Whether a progression of the patients' sheet (pfs_event 1) after the last evaluable assessment and before the "
        "end that the assessments give counts, as a clinical one that no scan shows.",
        source=f"{_OURS}, the one that does not flatter the drugs; RECIST 1.1 knows clinical progression",
    )
    agreement_days: int = setting(
        1,
        "Durations of the two sources that differ by at most this agree (day 0 counted or not).",
        unit="days",
        source=_OURS,
        minimum=0,
    )
    baseline_latest_day: int = setting(
        7,
        "Latest day from the start of treatment on which a first sum is still the baseline of a patient who has none "
        "before; later ones are asked about and are no baseline.",
        unit="days",
        source=f"{_OURS}; {_RECIST} asks for a baseline before treatment, CDISC calls its first day 1",
        minimum=0,
    )
    sd_best_response_min_days: int = setting(
        42,
        "Least day on which stable disease counts as best response; a protocol's own, 6 to 8 weeks.",
        unit="days",
        source=f"{_RECIST} (6 to 8 weeks); 6 weeks is our choice",
        minimum=0,
    )
    confirmation_required: bool = setting(
        True,
        "Whether a response counts only when confirmed, as RECIST 1.1 asks of trials without a control arm.",
        source=_RECIST,
    )
    confirmation_missing_allowed: int = setting(
        1,
        "How many assessments that are not evaluable may lie between a response and its confirmation.",
        unit="assessments",
        source=_RECIST,
        minimum=0,
    )
    confirmation_stable_allowed: bool = setting(
        False,
        "Whether stable disease may lie between a response and its confirmation; a protocol's own.",
        source="RECIST 1.1 leaves it to the protocol; no is our choice",
    )
    reappearance_is_progression: bool = setting(
        True,
        "Whether disease seen again after a complete response is progression, though it be under 5 mm; if not, the sum "
        "of diameters decides.",
        source=f"{_RECIST} (table 3, note)",
    )
    early_death_response: EarlyDeathResponse = setting(
        EarlyDeathResponse.NE,
        "Best response of a patient who dies before any evaluable assessment.",
        source=f"{_OURS}; RECIST 1.1 counts early death as a failure",
    )
    early_death_evaluable: bool = setting(
        True,
        "Whether such a patient counts in the endpoints; without benefit, if so.",
        source=f"{_OURS}, the one that does not flatter the drugs",
    )
    progression_gap_days: int | None = setting(
        None,
        "Progression or death later than this after the last evaluable assessment is censored there; empty = never.",
        unit="days",
        source="optional rule of two missed assessments (FDA guidance on endpoints of cancer trials); off by default",
        minimum=1,
    )
    new_therapy_censors: bool = setting(
        True,
        "Whether assessments and events after the start of another cancer treatment (new_therapy_day of the patients' "
        "sheet) are left out of response, progression-free survival and duration of response.",
        source=_RECIST,
    )
    landmark_days: tuple[int, ...] = setting(
        (183, 365),
        "Days at which survival is given.",
        unit="days",
        source=f"{_OURS}, 6 and 12 months",
        minimum=1,
    )
    benefit_landmark_days: int | None = setting(
        None,
        "Day from which survival is shown by benefit, among patients still at risk on it; groups are those with benefit "
        "shown by then and those without.",
        unit="days",
        when_empty="sd_min_days plus deciding_scan_window_days, when the deciding assessment is in",
        source="doi:10.1200/JCO.1983.1.11.710 (landmark method)",
        minimum=1,
    )
    copy_number_cuts: tuple[float, ...] = setting(
        (6.0, 20.0),
        "Copies of the target gene at which patients are split, named beforehand.",
        unit="copies",
        source="6 of PRESSING-HER2, 20 of S1613 (PMID 39761503)",
        above=0,
    )
    association: AssociationSettings = setting(
        AssociationSettings(), "How mechanisms are tested against benefit."
    )
    two_stage: Design | None = setting(Design(), "The two-stage design; null where the trial has none.")

    @property
    def landmark_day(self) -> int:
        """Day from which survival is shown by benefit."""
        if self.benefit_landmark_days is not None:
            return self.benefit_landmark_days
        return self.sd_min_days + self.deciding_scan_window_days


ENDPOINTS = EndpointSettings()
"""Every default; where another dataclass has the same setting, it takes it from here."""
