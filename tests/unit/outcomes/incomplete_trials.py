"""Made-up trials of 60 patients whose true courses are known, written down as an office would have them: incompletely.

A course is drawn first: scans every 8 weeks with their true responses, and what ended them. The truth follows from the
course by the protocol's words, in a few lines of its own that share nothing with the library. Only then the record is
made, and each kind of incompleteness of KINDS befalls 15 % of the patients, independently of the others, so that many
have several at once. None of them takes away the last trace of what happened: a progression without a sum has its
word, a scan without a word its sum, a patient without scans the office's summary.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

PATIENTS = 60
SHARE = 0.15
CUTOFF_DAYS = 900
"""The cut-off of the data, in days after the first patient's start."""
BASELINE_MM = 100.0

KINDS = (
    "sum missing, response stated",
    "response missing, sum there",
    "new lesions not filled in",
    "progression of the summary alone",
    "cells of the summary empty",
    "days counted from 1",
    "scan not evaluable",
    "no scans listed, summary alone",
    "no summary, scans alone",
    "confirmation not stated",
    "last contact not known",
    "baseline on day 1",
    "two baselines",
    "days in place of dates",
    "reason of the end not given",
    "genome missing",
    "genome not assessable",
)


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan as it truly was; `how` is what showed a progression: targets, non_target or new."""

    day: int
    state: str
    how: str = "targets"


@dataclass(slots=True)
class Course:
    """What truly happened; days from the start of treatment."""

    start: int
    scans: list[Scan] = field(default_factory=list)
    clinical: int | None = None
    death: int | None = None
    other: int | None = None
    ended: str | None = None
    contact: int = 0


@dataclass(frozen=True, slots=True)
class Truth:
    """The outcome by the protocol's words."""

    evaluable: bool
    benefit: bool | None
    response: bool
    confirmed: bool
    pfs: tuple[int, int]
    response_from: int | None


@dataclass(slots=True)
class Written:
    """One patient: the course, the truth, the kinds that befell the record, the rows of the sheets, the genome."""

    patient: str
    course: Course
    truth: Truth
    kinds: frozenset[str]
    cells: dict[str, object]
    scans: list[dict[str, object]]


def true_outcome(course: Course, cutoff: int) -> Truth:
    """The outcome of a course, the data cut off on day `cutoff` from the start of treatment."""
    seen = [scan for scan in course.scans if course.other is None or scan.day <= course.other]
    progressed = [scan.day for scan in seen if scan.state == "PD"]
    death = course.death if course.other is None or (course.death or 0) <= course.other else None
    events = [day for day in (*progressed, course.clinical, death) if day is not None]
    standing = [scan for scan in seen if scan.state in ("CR", "PR", "SD") and scan.day < min([*events, 9999])]
    last = max([scan.day for scan in standing], default=0)
    pfs = (min(events), 1) if events else (last, 0)
    in_order = [scan.state if scan in standing else "NE" for scan in seen if scan.day < min([*events, 9999])]
    days = [scan.day for scan in seen if scan.day < min([*events, 9999])]
    first = None
    for i, state in enumerate(in_order):
        for j in range(i + 1, len(in_order)):
            between = in_order[i + 1 : j]
            responding = state in ("CR", "PR") and in_order[j] in ("CR", "PR")
            if first is None and responding and days[j] - days[i] >= 28:
                only_gaps = all(one in ("CR", "PR", "NE") for one in between)
                if only_gaps and between.count("NE") <= 1:
                    first = days[i]
    evaluable = bool(standing or progressed or course.clinical is not None or death is not None)
    shown = first is not None or any(scan.day >= 112 for scan in standing)
    over = bool(events) or course.other is not None or course.ended is not None or cutoff > 140
    benefit = True if shown else False if over else None
    return Truth(
        evaluable=evaluable,
        benefit=benefit if evaluable else None,
        response=first is not None,
        confirmed=first is not None,
        pfs=pfs,
        response_from=first,
    )


def made_up_trial(seed: int) -> list[Written]:
    """60 patients of one trial, entered over two years; the cut-off is CUTOFF_DAYS after the first start."""
    random = Random(seed)
    starts = sorted([0, *(random.randrange(0, CUTOFF_DAYS - 20) for _ in range(PATIENTS - 1))])
    return [_recorded(f"P{number:02d}", start, random) for number, start in enumerate(starts, 1)]


def _course(start: int, cutoff: int, random: Random) -> Course:
    states = random.choice(
        (
            ["PD"], ["SD", "PD"], ["SD", "SD", "PD"], ["SD", "SD", "SD", "SD", "PD"], ["PR", "PR", "PR", "PD"],
            ["SD", "PR", "PR", "PR", "PR", "PR"], ["PR", "SD", "SD", "PD"], ["PR", "PD"], ["PR", "CR", "CR", "PD"],
            ["SD"] * 9, ["PR"] * 9, ["CR", "CR", "CR"], [],
        )
    )  # fmt: skip
    course = Course(start=start)
    for number, state in enumerate(states, 1):
        day = 56 * number + random.randint(-6, 6)
        how = random.choice(("targets", "new", "non_target")) if state == "PD" else "targets"
        course.scans.append(Scan(day, state, how))
    stop = random.choice((None, None, None, "clinical", "death", "other", "withdrawal", "lost"))
    if stop is not None or not states:
        at = random.randint(20, 260)
        kept = [scan for scan in course.scans if scan.day < at]
        if not any(scan.state == "PD" for scan in kept):
            course.scans = kept
            if stop == "clinical":
                course.clinical = at
            elif stop == "death":
                course.death = at
            elif stop == "other":
                course.other = at
                if random.random() < 0.5:  # scans go on after another treatment began
                    course.scans.append(Scan(at + 30, random.choice(("PR", "PD")), "targets"))
            else:
                course.ended = stop
                course.contact = at
    return _cut(course, cutoff, random)


def _cut(course: Course, cutoff: int, random: Random) -> Course:
    """What had happened by the cut-off, with the last contact or the death after progression."""
    course.scans = [scan for scan in course.scans if scan.day <= cutoff]
    for name in ("clinical", "death", "other"):
        day = getattr(course, name)
        if day is not None and day > cutoff:
            setattr(course, name, None)
    if course.ended is not None and course.contact > cutoff:
        course.ended, course.contact = None, 0
    days = [scan.day for scan in course.scans] + [course.clinical or 0, course.other or 0]
    if course.ended is not None:
        course.contact = max(course.contact, *days)
    else:
        course.contact = max(*days, 0 if course.death else random.randint(min(max(days), cutoff), cutoff))
    later = course.contact + random.randint(1, 100)
    if course.death is None and course.ended is None and random.random() < 0.4 and later <= cutoff:
        progressed = any(scan.state == "PD" for scan in course.scans) or course.clinical or course.other
        if progressed:
            course.death = later
    return course


def _recorded(patient: str, start: int, random: Random) -> Written:
    cutoff = CUTOFF_DAYS - start
    course = _course(start, cutoff, random)
    kinds = {kind for kind in KINDS if random.random() < SHARE}
    if "no scans listed, summary alone" in kinds:
        kinds -= {"no summary, scans alone", "scan not evaluable", "confirmation not stated"}
        kinds -= {"cells of the summary empty", "days counted from 1"}
    if "no summary, scans alone" in kinds or course.other is not None:
        kinds -= {"progression of the summary alone"}
    if "scan not evaluable" in kinds and course.scans:
        place = random.randrange(len(course.scans))
        if course.scans[place].state != "PD":
            course.scans[place] = Scan(course.scans[place].day, "NE")
    truth = true_outcome(course, cutoff)
    cells = _summary(course, truth, kinds)
    scans = [] if "no scans listed, summary alone" in kinds else _scans(course, kinds, random)
    return Written(patient, course, truth, frozenset(kinds), cells, scans)


def _summary(course: Course, truth: Truth, kinds: set[str]) -> dict[str, object]:
    cells: dict[str, object] = {"treatment_start": date_of(course.start), "new_therapy_day": course.other}
    if course.death is not None:
        cells |= {"os_days": course.death, "os_event": 1}
    elif "last contact not known" not in kinds:
        cells |= {"os_days": course.contact, "os_event": 0}
    reason = "clinical_progression" if course.clinical is not None else course.ended
    if "reason of the end not given" not in kinds or course.ended is not None:
        cells["end_of_assessments_reason"] = reason
    if "no summary, scans alone" in kinds:
        if course.clinical is not None:  # no scan shows it: its day is the only trace
            cells |= {"pfs_days": course.clinical, "pfs_event": 1}
        return cells
    if truth.evaluable:
        cells |= {"pfs_days": truth.pfs[0], "pfs_event": truth.pfs[1]}
        cells["best_response"] = _best(course, truth)
        cells["clinical_benefit"] = {True: "yes", False: "no", None: None}[truth.benefit]
        if "cells of the summary empty" in kinds:
            cells |= {"best_response": None, "clinical_benefit": None}
        shown_by_scans = course.clinical is None and course.death is None
        if "days counted from 1" in kinds and shown_by_scans:
            cells["pfs_days"] = min(truth.pfs[0] + 1, course.contact)
        if truth.response_from is not None:
            cells["duration_of_response_days"] = truth.pfs[0] - truth.response_from
            cells["duration_of_response_event"] = truth.pfs[1]
        responded = any(scan.state in ("CR", "PR") for scan in course.scans)
        if responded and "confirmation not stated" not in kinds and cells["best_response"] in ("CR", "PR"):
            cells["response_confirmed"] = "yes" if truth.confirmed else "no"
    elif "no scans listed, summary alone" in kinds:
        cells |= {"evaluable": "no", "not_evaluable_reason": "never assessed"}
    return cells


def _best(course: Course, truth: Truth) -> str | None:
    seen = [
        scan
        for scan in course.scans
        if scan.day <= truth.pfs[0] and (course.other is None or scan.day <= course.other)
    ]
    states = [scan.state for scan in seen if scan.state != "NE"]
    if truth.response:
        responses = [scan.day for scan in seen if scan.state == "CR"]
        complete = len(responses) > 1 and responses[-1] - responses[0] >= 28
        return "CR" if complete else "PR"
    if any(state in ("CR", "PR", "SD") for state in states):
        return "SD"
    return "PD" if "PD" in states or course.clinical is not None else "NE"


def _scans(course: Course, kinds: set[str], random: Random) -> list[dict[str, object]]:
    baseline = 1 if "baseline on day 1" in kinds else -random.randint(1, 21)
    rows: list[dict[str, object]] = []
    if "two baselines" in kinds and baseline < 0:
        rows.append({"day": baseline - 20, "target_sum_mm": 60, "new_lesion": None, "non_target": None})
    rows.append({"day": baseline, "target_sum_mm": BASELINE_MM, "non_target": "NON_CR_NON_PD"})
    total = BASELINE_MM
    for scan in course.scans:
        if scan.state == "NE":
            rows.append({"day": scan.day, "response": "NE"})
            continue
        total = _sum_of(scan, total)
        non_target = "NON_CR_NON_PD" if scan.state != "CR" else "CR"
        row: dict[str, object] = {"day": scan.day, "target_sum_mm": total, "response": scan.state}
        row |= {"new_lesion": "no", "non_target": non_target}
        if scan.how == "new":
            row["new_lesion"] = "yes"
        if scan.how == "non_target":
            row["non_target"] = "PD"
        rows.append(_incomplete(row, scan, kinds))
    if "days in place of dates" not in kinds:
        for row in rows:
            row["date"] = date_of(course.start + int(str(row.pop("day"))))
    return rows


def _sum_of(scan: Scan, before: float) -> float:
    """A sum that fits the state: 65 of 100 is a response, 72 after it stable (11 % above it), 90 stable."""
    if scan.state == "CR":
        return 0.0
    if scan.state == "PR":
        return 65.0
    if scan.state == "SD":
        return 72.0 if before in (65.0, 72.0) else 90.0
    return before if scan.how != "targets" else before * 1.3 + 6


def _incomplete(row: dict[str, object], scan: Scan, kinds: set[str]) -> dict[str, object]:
    if "progression of the summary alone" in kinds and scan.how != "targets":
        return row | {"response": None, "new_lesion": None, "non_target": None}
    if "new lesions not filled in" in kinds:
        row |= {"new_lesion": None}
        if scan.how == "non_target":
            row["non_target"] = None
    if "sum missing, response stated" in kinds:
        row["target_sum_mm"] = None
    elif "response missing, sum there" in kinds and not (
        scan.how != "targets" and "new lesions not filled in" in kinds
    ):
        row["response"] = None
    return row


def date_of(day: int) -> str:
    """The ISO date of a day from the first patient's start."""
    return (date(2019, 1, 7) + timedelta(days=day)).isoformat()
