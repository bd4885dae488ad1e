"""What a tumour board needs of one patient, worked out once for the page and for the PDF: one A4 side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from refractor.report.amplicon_words import verdict_words
from refractor.report.cohort_results import CohortResults
from refractor.report.figures.drawing import Drawing
from refractor.report.figures.genome_profile import target_chromosome
from refractor.report.figures.swimmer import new_lesion
from refractor.report.figures.timeline import timeline
from refractor.report.pages.finding_sentence import for_and_against, stated
from refractor.report.pages.open_questions import open_questions
from refractor.report.pages.reasons import reason
from refractor.report.patient_results import PatientResults, Row
from refractor.report.plain_words import (
    RESPONSES,
    days_in_words,
    few_copies_words,
    figure_words,
    label_words,
    mechanism_words,
    plain,
)
from refractor.results.cohort_tables import ASSESSED_RESPONSES, BIOPSIES
from refractor.results.mixture import TUMOR_CONTAMINATION
from refractor.results.quality import QC
from refractor.settings.cohort import Cohort
from refractor.vocabulary import AGAINST_THE_DRUG, CopyNumberCall, Tier

UNKNOWN = "not known"
MOST_EVIDENCE, MOST_OPEN, MOST_LETTERS, MOST_BRIEF = 3, 3, 280, 160
"""Entries and letters up to which the sheet stays on one side; the rest stands on the patient's page."""
QC_SHOWN = ("tumor_depth", "normal_depth", TUMOR_CONTAMINATION)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One allele against or for the drugs: what it is, what holds for it and against it, and who says so."""

    name: str
    about: str
    states: str
    """What the rule says, so that its name needs no looking up."""
    supports: str
    contradicts: str
    sources: str
    kind: str


@dataclass(frozen=True, slots=True)
class MeetingSheet:
    """One patient's sheet, in the order of reading."""

    patient: str
    trial: str
    treatment: str
    made_on: str
    clinical: tuple[tuple[str, str], ...]
    course: Drawing | None
    outcome: tuple[str, ...]
    label: str
    label_token: str
    answer: str
    evidence: tuple[Evidence, ...]
    further: str
    criteria: tuple[tuple[str, str, str], ...]
    target_name: str
    target: tuple[str, ...]
    chromosome: Drawing | None
    quality: str
    open_points: tuple[str, ...]


def meeting_sheet(
    card: PatientResults,
    cohort: Cohort,
    *,
    responses: Sequence[Row] = (),
    biopsies: Sequence[Row] = (),
    quality: Sequence[Row] = (),
    provenance: Mapping[str, Any] | None = None,
) -> MeetingSheet:
    """The sheet of one patient. `responses`, `biopsies`: the cohort's tables; `quality`: the tumour's qc.tsv."""
    evidence = list(_evidence(card))
    points = [
        f"{one.what}: {one.why.rstrip('.')}. To settle it: {one.remedy}."
        for one in open_questions(card, cohort)
    ]
    cut = (provenance or {}).get("settings", {}).get("data_cutoff")
    made = (provenance or {}).get("date") or "date not recorded"
    return MeetingSheet(
        patient=card.patient,
        trial=cohort.name,
        treatment=" + ".join(cohort.drugs),
        made_on=f"run {made}{f', data cut {cut}' if cut else ''}",
        clinical=tuple(_clinical(card)),
        course=timeline(card, responses, biopsies),
        outcome=tuple(_outcome(card, cohort, [row for row in responses if row["patient"] == card.patient])),
        label=label_words(card.row["label"]),
        label_token=str(card.row["label"]),
        answer=f"{reason(card)}.",
        evidence=tuple(evidence[:MOST_EVIDENCE]),
        further=f"{len(evidence) - MOST_EVIDENCE} more on the patient's page" if len(evidence) > MOST_EVIDENCE else "",
        criteria=tuple(
            (row["criterion"], plain(row["status"]), short_words(row["reason"] or plain(row["detail"]), MOST_BRIEF))
            for row in card.eligibility
        ),
        target_name=cohort.target_name,
        target=tuple(_target(card, cohort)),
        chromosome=target_chromosome(card),
        quality=_quality(card, quality),
        open_points=tuple(short_words(point) for point in points[:MOST_OPEN]),
    )  # fmt: skip


def short_words(words: str, most: int = MOST_LETTERS) -> str:
    """Words cut after a word so that they take at most so many letters."""
    return words if len(words) <= most else words[:most].rsplit(" ", 1)[0].rstrip(",;.") + " …"


def _clinical(card: PatientResults) -> Iterator[tuple[str, str]]:
    row = card.row
    age, sex = row["age"], row["sex"]
    yield "Age, sex", f"{UNKNOWN if age is None else f'{age:.0f}'}, {sex or UNKNOWN}"
    yield "Primary site", row["primary_site"] or UNKNOWN
    yield "Lines before", UNKNOWN if row["prior_lines"] is None else str(row["prior_lines"])
    if row[
        "prior_anti_egfr"
    ]:  # a column of some cohorts: of others it says nothing, not even that it is unknown
        yield "Anti-EGFR before", row["prior_anti_egfr"]
    if row["her2_ihc"] or row["her2_assay"]:
        yield "IHC, assay at entry", f"{row['her2_ihc'] or UNKNOWN}, {row['her2_assay'] or UNKNOWN}"
    yield "Treatment began", row["treatment_start"] or UNKNOWN


def _outcome(card: PatientResults, cohort: Cohort, scans: Sequence[Row]) -> Iterator[str]:
    """Why this counts as benefit or not: the verdict, the trial's rule, and the scans and dates behind it."""
    row, rules = card.row, cohort.endpoints
    verdict = {"yes": "Clinical benefit", "no": "No clinical benefit"}.get(
        card.clinical_benefit or "", "Benefit unknown or not counted"
    )
    best = RESPONSES.get(row["best_response"], "response unknown")
    confirmed = {"yes": ", confirmed", "no": ", not confirmed"}.get(row["response_confirmed"] or "", "")
    yield f"{verdict}: best response {best}{confirmed}; progression-free {days_in_words(row['pfs_days'], row['pfs_event'])}."
    if row["not_evaluable_reason"]:
        yield f"Not evaluable: {row['not_evaluable_reason']}."
    yield (
        f"The trial counts a {'confirmed ' if rules.confirmation_required else ''}response, or stable disease for at "
        f"least {days_in_words(rules.sd_min_days)}, as benefit."
    )
    counted = [one for one in scans if one["counted"] != "no" and one["day"] > 0]
    ended = next((one for one in counted if one["response"] == "PD"), None)
    if ended is not None:
        lesion = "" if "new lesion" in (ended["reason"] or "") or not new_lesion(ended) else ", new lesion"
        when = _dated(row["treatment_start"], ended["day"])
        yield f"Progression on day {ended['day']}{when}: {ended['reason'] or 'as stated'}{lesion}."
    elif row["pfs_event"] == 1 and row["pfs_days"] is not None:
        when = _dated(row["treatment_start"], row["pfs_days"])
        yield f"Progression or death on day {row['pfs_days']:.0f}{when}, as the sheet states."
    if row["outcome_source"]:
        yield f"Outcome from the {row['outcome_source']}; survival {days_in_words(row['os_days'], row['os_event'])}."


def _dated(start: str | None, days: float) -> str:
    return f" ({date.fromisoformat(start) + timedelta(days=round(days))})" if start else ""


def _evidence(card: PatientResults) -> Iterator[Evidence]:
    """Candidates, then hypotheses, then what speaks for the drugs, then what speaks for others that were not given."""
    shown = {id(row) for row in (*card.candidates, *card.hypotheses)}
    rest = [
        row for row in card.context
        if id(row) not in shown and row["tier"] != Tier.R5 and row["direction"] not in AGAINST_THE_DRUG
    ]  # fmt: skip
    own, other = (
        [row for row in rest if not row["other_drugs"]],
        [row for row in rest if row["other_drugs"]],
    )
    for row in (*card.candidates, *card.hypotheses):
        yield _allele(row, "against the drugs")
    for row in own:
        yield _allele(row, "for the drugs")
    for row in other:
        yield _allele(row, f"for drugs not given ({row['other_drugs'].replace('_', ' ')})")


def _allele(row: Row, kind: str) -> Evidence:
    supports, contradicts = for_and_against(row["sentence"] or row["note"] or "")
    numbers = [
        f"VAF {row['vaf']:.2f}" if row["vaf"] is not None else "",
        f"in {row['ccf']:.0%} of the cancer cells" if row["ccf"] is not None else "",
        plain(row["clonality"]) if row["clonality"] and row["clonality"] != "unknown" else "",
    ]
    pmids = ", ".join(f"PMID {one}" for one in (row["pmids"] or "").split(",") if one)
    eids = ", ".join(f"EID {one}" for one in (row["civic_eids"] or "").split(",") if one)
    return Evidence(
        name=f"{row['gene']} {row['alteration']}",
        about=", ".join(filter(None, (mechanism_words(row["mechanism"]), f"tier {row['tier']}, rule {row['rule_id']}", *numbers))),
        states=short_words(stated(row["sentence"]), MOST_BRIEF),
        supports=short_words(supports),
        contradicts=short_words(contradicts) or ("published evidence disagrees" if row["conflicting"] == "yes" else ""),
        sources=", ".join(filter(None, (pmids, eids))),
        kind="hypothesis" if row["tier"] == Tier.R4 and kind.startswith("against") else kind,
    )  # fmt: skip


def _target(card: PatientResults, cohort: Cohort) -> Iterator[str]:
    """Whether the target is there, copies of its gene with range and probability, how far the amplicon reaches, purity and ploidy."""
    row = card.judged_target
    if card.found_target is not None and not cohort.target.by_copies:
        told = card.found_target["target"] or card.found_target["target_reason"] or ""
        yield short_words(f"{plain(card.target_result)}: {told}", 160)
    if row is None:
        if cohort.target.gene:
            yield "no copy number"
        return
    words = f"{row['gene']} {plain(row['call'])}"
    if row["copy_number"] is not None:
        words += f": {row['copy_number']:.1f} copies"
        known = [
            f"{row['copy_number_low']:.1f} to {row['copy_number_high']:.1f}"
            if row["copy_number_low"] is not None and row["copy_number_high"] is not None
            else "",
            few_copies_words(card.p_few_copies),
        ]
        if any(known):
            words += f" ({'; '.join(filter(None, known))})"
        if row["copy_number_over_ploidy"] is not None:
            words += f", {row['copy_number_over_ploidy']:.1f} × ploidy"
    if row["p_amplified"] is not None:
        words += f", P(amplified) {row['p_amplified']:.2f}"
    yield f"{words}, from {plain(row['source'])}."
    for piece in card.amplicons:
        names = (piece["genes"] or "").split(",")
        if row["gene"] in names and row["call"] != CopyNumberCall.NOT_ASSESSABLE:
            size = (piece["end"] - piece["start"]) / 1e6
            yield f"{piece['focality']} amplicon of {size:.2f} Mb with {', '.join(n for n in names if n != row['gene']) or 'no other panel gene'}."
    for structure in card.structures:
        yield f"{verdict_words(structure)}."
    if row["reason"]:
        yield short_words(row["reason"], 160)


def _quality(card: PatientResults, quality: Sequence[Row]) -> str:
    """Purity, ploidy, depth, contamination, and every metric that warned or failed, in one line."""
    parts = []
    if card.purity:
        for name in ("purity", "ploidy"):
            value = card.purity[name]
            parts.append(f"{name} {UNKNOWN if value is None else f'{value:.2f}'}")
        parts.append(plain(card.purity["method"]))
    for row in quality:
        odd = row["status"] in ("warn", "fail")
        if (row["metric"] in QC_SHOWN or odd) and row["value"] not in (None, ""):
            tail = f" ({row['status']})" if odd else ""
            parts.append(f"{plain(row['metric'])} {_brief(row['value'])}{tail}")
    parts += [f"{plain(row['analysis'])} failed" for row in card.failures]
    return short_words("; ".join(parts)) or "no quality was measured"


def _brief(value: str) -> str:
    """A metric's value with two significant digits, if it is a number."""
    try:
        return figure_words(float(value), 2)
    except ValueError:
        return value


def tumor_folder(card: PatientResults, samples_dir: Path) -> Path | None:
    """The folder of the tumour that the label rests on; None without one, or where it may be another patient's."""
    return samples_dir / card.row["sample"] if card.row["sample"] and not card.stopped else None


def read_sheet(
    card: PatientResults,
    cohort: Cohort,
    results: CohortResults,
    *,
    tumor: Path | None,
    provenance: Mapping[str, Any],
) -> MeetingSheet:
    """The sheet of one patient, its quality read from the tumour's folder."""
    quality = QC.read_rows(tumor / QC.name) if tumor and (tumor / QC.name).is_file() else ()
    return meeting_sheet(
        card, cohort, responses=results[ASSESSED_RESPONSES], biopsies=results[BIOPSIES], quality=quality, provenance=provenance
    )  # fmt: skip
