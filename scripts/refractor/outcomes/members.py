"""The joined cohort as the analyses see it: patients with outcome, assessability and candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from refractor.outcomes.association import RuleAnswer, Subject
from refractor.outcomes.explanation import Case, Mechanism
from refractor.vocabulary import Clonality, Eligibility, Label, is_yes

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
        return Case(self.patient, self.benefit, self.complete, eligible, self.candidates)


def members_of(
    patients: pd.DataFrame,
    candidates: pd.DataFrame,
    review: pd.DataFrame,
    rule_results: pd.DataFrame,
) -> list[Member]:
    """The members in the order of entry: by start of treatment where every patient has one, else as in the sheet.

    The arguments are the tables PATIENTS, CANDIDATES, OUTCOME_REVIEW and RULE_RESULTS.
    """
    found: dict[str, set[Mechanism]] = {}
    for row in candidates.itertuples():
        clonality = Clonality.UNKNOWN if pd.isna(row.clonality) else str(row.clonality)
        mechanism = Mechanism(str(row.gene), str(row.mechanism), str(row.tier), clonality)
        found.setdefault(str(row.patient), set()).add(mechanism)
    answers: dict[str, dict[str, RuleAnswer]] = {}
    for row in rule_results.itertuples():
        answer = RuleAnswer(str(row.gene), str(row.mechanism), str(row.result))
        answers.setdefault(str(row.sample), {})[str(row.rule_id)] = answer
    windows = review[review["kind"] == "window"]
    lenient = dict(zip(windows["patient"], windows["derived"], strict=True))
    ordered = patients
    if entry_order(patients) == "start of treatment":
        ordered = patients.sort_values("treatment_start", kind="stable")
    return [
        replace(
            _member(row, frozenset(found.get(str(row["patient"]), ())), lenient),
            answers=answers.get(str(row["sample"]), {}),
        )
        for row in ({str(k): v for k, v in each.items()} for each in ordered.to_dict("records"))
    ]


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


def _member(
    row: Mapping[str, object], candidates: frozenset[Mechanism], lenient: Mapping[str, object]
) -> Member:
    patient = str(row["patient"])
    benefit = is_yes(_text(row["clinical_benefit"]))
    durations = {}
    for name in ("pfs", "os", "duration_of_response"):
        days, event = _number(row[f"{name}_days"]), _number(row[f"{name}_event"])
        if days is not None and event is not None:
            durations[name] = (days, int(event))
    day, lines = _number(row["benefit_day"]), _number(row["prior_lines"])
    return Member(
        patient=patient,
        evaluable=_evaluable(row, benefit),
        not_evaluable_reason=_text(row["not_evaluable_reason"]),
        benefit=benefit,
        benefit_day=None if day is None else int(day),
        best_response=_text(row["best_response"]),
        response_confirmed=is_yes(_text(row["response_confirmed"])),
        assessable=row["label"] != Label.NOT_ASSESSABLE,
        eligibility=Eligibility(str(row["eligibility"])),
        candidates=candidates,
        copies=_number(row["target_copy_number"]),
        copies_over_ploidy=_number(row["target_copy_number_over_ploidy"]),
        durations=durations,
        lenient_benefit=is_yes(_text(lenient[patient])) if patient in lenient else benefit,
        prior_lines=None if lines is None else int(lines),
        complete=row["label"] != Label.NOT_ASSESSABLE and _text(row["decisive_untested"]) is None,
    )


def _evaluable(row: Mapping[str, object], benefit: bool | None) -> bool:
    stated = is_yes(_text(row["evaluable"]))
    return (benefit is not None or _text(row["best_response"]) is not None) if stated is None else stated


def _text(cell: object) -> str | None:
    return None if pd.isna(cell) else str(cell)


def _number(cell: object) -> float | None:
    return None if pd.isna(cell) else float(str(cell))
