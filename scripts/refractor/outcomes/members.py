"""The joined cohort as the analyses see it: patients with outcome, assessability and candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from refractor.outcomes.association import RuleAnswer, Subject
from refractor.outcomes.explanation import NOTHING_ASKED, Case, Mechanism, OtherDrugs
from refractor.results.cohort_tables import DECOY_RESULTS, PATIENTS, JoinedPatient
from refractor.vocabulary import Clonality, Eligibility, Label, Result, is_yes

RESPONSES = ("CR", "PR")


@dataclass(frozen=True, slots=True)
class Member:
    """One patient of the joined cohort. Durations in days; None is not known."""

    patient: str
    evaluable: bool
    not_evaluable_reason: str | None
    benefit: bool | None
    benefit_day: int | None
    best_response: str | None
    response_confirmed: bool | None
    assessable: bool
    eligibility: Eligibility
    candidates: frozenset[Mechanism]
    copies: float | None
    copies_over_ploidy: float | None
    durations: Mapping[str, tuple[float, int]]
    lenient_benefit: bool | None
    prior_lines: int | None = None
    complete: bool = True
    """Whether every decisive question of the cohort was answered in the tumour."""
    answers: Mapping[str, RuleAnswer] = field(default_factory=dict)
    """Answers of the rules that can explain, by rule_id; empty without a genome."""
    other_drugs: OtherDrugs = NOTHING_ASKED
    """What rules on drugs that were not given find in the tumour."""
    own_shares: Mapping[str, float] = field(default_factory=dict)
    """By pathway, where it is less than 1: the part of such findings that hypermutation does not bring."""

    @property
    def decided(self) -> bool:
        """Whether the patient counts in the shares: evaluable, and benefit was shown or can no longer be shown."""
        return self.evaluable and self.benefit is not None

    def shown_by(self, day: int) -> bool:
        """Whether benefit was shown by a day; by the end, where the sheet states it without its day."""
        return bool(self.benefit) and (self.benefit_day is None or self.benefit_day <= day)

    @property
    def stable_with_benefit(self) -> bool | None:
        """Whether benefit is stable disease of sd_min_days or more, not a response; None where it is not known."""
        return None if self.benefit is None or self.responded is None else self.benefit and not self.responded

    @property
    def responded(self) -> bool | None:
        """Whether there was an objective response that counts; None where the best response is not known.

        A response that is stated without a word on its confirmation counts; one said not to be confirmed does not. A
        confirmed response is benefit, so that without benefit there was none.
        """
        if self.best_response is None:
            return False if self.benefit is False else None
        return self.best_response in RESPONSES and self.response_confirmed is not False

    def subject(self) -> Subject | None:
        """The patient as the association tests see one; None if not evaluable or benefit is not known."""
        if not self.evaluable or self.benefit is None:
            return None
        return Subject(self.patient, self.benefit, self.complete, self.answers)

    def case(self) -> Case | None:
        """The patient as the explanation sees one; None if not evaluable or benefit is not known."""
        if not self.evaluable or self.benefit is None:
            return None
        known = self.eligibility is not Eligibility.NOT_ASSESSABLE
        eligible = self.eligibility is Eligibility.CONFIRMED if known else None
        return Case(self.patient, self.benefit, self.complete, eligible, self.candidates, self.other_drugs)


def members_of(
    patients: pd.DataFrame,
    candidates: pd.DataFrame,
    review: pd.DataFrame,
    rule_results: pd.DataFrame,
    decoys: pd.DataFrame | None = None,
) -> list[Member]:
    """The members in the order of entry: by start of treatment where every patient has one, else as in the sheet.

    The arguments are the tables PATIENTS, CANDIDATES, OUTCOME_REVIEW, RULE_RESULTS and, where they are counted,
    DECOY_RESULTS.
    """
    found: dict[str, set[Mechanism]] = {}
    shares: dict[str, dict[str, list[float]]] = {}
    for row in candidates.itertuples():
        share = 1.0 if pd.isna(row.own_share) else float(str(row.own_share))
        shares.setdefault(str(row.patient), {}).setdefault(str(row.mechanism), []).append(share)
        clonality = Clonality.UNKNOWN if pd.isna(row.clonality) else str(row.clonality)
        mechanism = Mechanism(str(row.gene), str(row.mechanism), str(row.tier), clonality)
        found.setdefault(str(row.patient), set()).add(mechanism)
    answers: dict[str, dict[str, RuleAnswer]] = {}
    for row in rule_results.itertuples():
        answer = RuleAnswer(str(row.gene), str(row.mechanism), str(row.result))
        answers.setdefault(str(row.sample), {})[str(row.rule_id)] = answer
    of_others = {} if decoys is None else _other_drugs(decoys)
    windows = review[review["kind"] == "window"]
    lenient = dict(zip(windows["patient"], windows["derived"], strict=True))
    ordered = patients
    if entry_order(patients) == "start of treatment":
        ordered = patients.sort_values("treatment_start", kind="stable")
    return [
        replace(
            _member(one, frozenset(found.get(one.patient, ())), lenient),
            answers=answers.get(one.sample or "", {}),
            other_drugs=of_others.get(one.sample or "", NOTHING_ASKED),
            own_shares={
                pathway: max(of_findings)
                for pathway, of_findings in shares.get(one.patient, {}).items()
                if max(of_findings) < 1
            },
        )
        for one in PATIENTS.records_of(ordered)
    ]


def _other_drugs(decoys: pd.DataFrame) -> dict[str, OtherDrugs]:
    """What rules on other drugs find in each tumour, by sample."""
    found: dict[str, OtherDrugs] = {}
    for row in DECOY_RESULTS.records_of(decoys):
        known = found.get(row.sample, NOTHING_ASKED)
        if row.result is Result.NOT_TESTED:
            continue
        met: frozenset[Mechanism] = frozenset()
        if row.result is Result.FOUND:
            clonality = row.clonality or Clonality.UNKNOWN
            met = frozenset((Mechanism(row.gene or "", row.mechanism or "", row.tier, clonality),))
        found[row.sample] = OtherDrugs(
            known.found | met,
            known.unshared | (frozenset() if row.shared else met),
            known.answered | {row.rule_id},
        )
    return found


def entry_order(patients: pd.DataFrame) -> str:
    """What tells who came first."""
    known = len(patients) > 0 and bool(patients["treatment_start"].notna().all())
    return "start of treatment" if known else "order of the patients' sheet"


def subjects_of(members: Sequence[Member]) -> list[Subject]:
    """Those whom the association tests count."""
    return [subject for member in members if (subject := member.subject()) is not None]


def cases_of(members: Sequence[Member]) -> list[Case]:
    """Those whom the explanation counts."""
    return [case for member in members if (case := member.case()) is not None]


def _member(one: JoinedPatient, candidates: frozenset[Mechanism], lenient: Mapping[str, object]) -> Member:
    lasted = {
        "pfs": (one.pfs_days, one.pfs_event),
        "os": (one.os_days, one.os_event),
        "duration_of_response": (one.duration_of_response_days, one.duration_of_response_event),
    }
    known = one.clinical_benefit is not None or one.best_response is not None
    lenient_benefit = one.clinical_benefit
    if one.patient in lenient:
        word = lenient[one.patient]
        lenient_benefit = is_yes(None if pd.isna(word) else str(word))
    return Member(
        patient=one.patient,
        evaluable=known if one.evaluable is None else one.evaluable,
        not_evaluable_reason=one.not_evaluable_reason,
        benefit=one.clinical_benefit,
        benefit_day=one.benefit_day,
        best_response=None if one.best_response is None else str(one.best_response),
        response_confirmed=one.response_confirmed,
        assessable=one.label is not Label.NOT_ASSESSABLE,
        eligibility=one.eligibility,
        candidates=candidates,
        copies=one.target_copy_number,
        copies_over_ploidy=one.target_copy_number_over_ploidy,
        durations={
            name: (float(days), event)
            for name, (days, event) in lasted.items()
            if days is not None and event is not None
        },
        lenient_benefit=lenient_benefit,
        prior_lines=one.prior_lines,
        complete=one.label is not Label.NOT_ASSESSABLE and one.decisive_untested is None,
    )
