"""The cohort's results as sentences, each with what it does not show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import pandas as pd

from refractor.outcomes.endpoints import EXACT
from refractor.outcomes.explanation import STUDY_CUT
from refractor.settings.cohort import Cohort
from refractor.settings.endpoint_rules import AssociationSettings
from refractor.settings.target import Target, TargetEvent
from refractor.vocabulary import YesNo

_FIGURES = 3
STUDY = (STUDY_CUT, "any", "any")
"""The cut of the study's figure: tiers, clonality, eligibility."""
CLONAL = (STUDY_CUT, "clonal", "any")
ELIGIBLE = (STUDY_CUT, "any", "yes")
_MOST_NAMES = 6
"""Patients that a sentence names one by one."""


def summary_text(tables: Mapping[str, pd.DataFrame], *, cohort: Cohort) -> str:
    """A text for the terminal; `tables` by their file names without ending, as analyse_cohort writes them."""
    effect = cohort.endpoints.association
    sections = (
        ("In short", _in_short(tables, effect)),
        ("Endpoints", _endpoints(tables["endpoints"])),
        ("Two-stage design", _two_stage(tables["two_stage"])),
        ("Explanation and its control", _explanation(tables["explanation"])),
        ("How much the findings explain", _attribution(tables["attribution"])),
        ("Association with benefit", _associations(tables["associations"], effect)),
        *_copies_section(tables["copies"], cohort.target),
        ("Other choices", _sensitivity(tables["sensitivity"])),
    )
    parts: list[str] = []
    for title, sentences in sections:
        parts += [title, *(f"  {sentence}" for sentence in sentences), ""]
    return "\n".join(parts).rstrip()


def _in_short(tables: Mapping[str, pd.DataFrame], effect: AssociationSettings) -> Iterator[str]:
    """The study's question and its answer, before the details."""
    shares = tables["endpoints"][tables["endpoints"]["statistic"] == "proportion"]
    of_endpoint = {row["endpoint"]: row for row in _rows(shares)}
    benefit, response = of_endpoint["clinical benefit"], of_endpoint["objective response"]
    responded = f"{response['events']} of {response['n']}"
    if response["estimate"] is None and response["n"]:
        responded = "not known, as the sheets do not give it"
    yield (
        f"Clinical benefit: {benefit['events']} of {benefit['n']} evaluable patients, {_share(benefit['estimate'])}"
        f"{_share_interval(benefit)}; objective response: {responded}."
    )
    groups = _rows_of(tables["explanation"], STUDY)
    without, with_benefit = groups["no_benefit"], groups["benefit"]
    [overall] = _rows(tables["associations"][tables["associations"]["level"] == "any"])
    p = "no comparison" if overall["p_fisher"] is None else f"Fisher p {_number(overall['p_fisher'])}"
    yield (
        f"Candidate mechanisms (evidence {STUDY_CUT}): in {without['explained']} of {without['assessable']} assessable "
        f"patients without benefit, in {with_benefit['explained']} of {with_benefit['assessable']} with benefit ({p})."
    )
    patients, assessable = (
        sum(int(str(row[column])) for row in groups.values()) for column in ("patients", "assessable")
    )
    splits = [_rows_of(tables["explanation"], cut) for cut in (CLONAL, ELIGIBLE)]
    for what, rows in zip(
        ("in all cancer cells", "in tumours that fit the criteria of entry"), splits, strict=True
    ):
        found, control = rows["no_benefit"], rows["benefit"]
        yield (f"Of them {what}: {found['explained']} without and {control['explained']} with benefit.")
    if assessable < patients:
        yield (
            f"{patients - assessable} of {patients} patients with known benefit have no genome in which every decisive "
            "question was answered; they are in no share and widen the bounds."
        )
    if overall["p_fisher"] is not None and overall["tested"] == YesNo.NO:
        yield (
            "With these numbers no distribution of these carriers over the two groups could have reached "
            f"significance ({effect.alpha:g})."
        )
    yield "A candidate mechanism is a finding that may explain resistance; that it does is not shown here."


def _endpoints(table: pd.DataFrame) -> Iterator[str]:
    for row in _rows(table):
        statistic, caveats = str(row["statistic"]), str(row["method"]).partition("; ")[2]
        what = f"{row['endpoint']}, {statistic}"
        aside = f" ({caveats})" if caveats else ""
        if row["endpoint"] == "prior lines":
            yield f"{what}: {_number(row['estimate'])}, {_number(row['low'])} to {_number(row['high'])}; {row['n']} patients{aside}."
        elif statistic == "one-sided lower bound" and row["low"] is not None:
            yield f"{what}, 95 %: {_share(row['low'])}{aside}."
        elif row["events"] is None and row["estimate"] is None:
            yield f"{what}: not known{aside}."
        elif str(row["method"]).startswith(EXACT):
            yield f"{what}: {row['events']} of {row['n']}, {_share(row['estimate'])}{_share_interval(row)}{aside}."
        elif statistic.startswith("share"):
            yield f"{what}: {_share(row['estimate'])}{_share_interval(row)}{aside}."
        elif statistic.startswith("at risk"):
            continue  # in the table and under the curves
        elif row["estimate"] is None:
            yield f"{what}: not reached or not defined; {row['n']} patients, {row['events']} events{aside}."
        else:
            value = f"{_number(row['estimate'])}{_interval(row, unknown='not reached')}"
            yield f"{what}: {value}; {row['n']} patients, {row['events']} events{aside}."


def _two_stage(table: pd.DataFrame) -> Iterator[str]:
    if table.empty:
        yield "The cohort file names no two-stage design."
    for row in _rows(table):
        yield f"{row['quantity']}: {_number(row['value'])}{_interval(row)} ({row['method']})."


def _cut_of(row: Mapping[str, object]) -> tuple[object, ...]:
    return row["tiers"], row["clonality"], row["eligible"]


def _rows_of(table: pd.DataFrame, cut: tuple[object, ...]) -> dict[object, dict[str, object]]:
    return {row["group"]: row for row in _rows(table) if _cut_of(row) == cut}


def _explanation(table: pd.DataFrame) -> Iterator[str]:
    for row in _rows(table):
        kind = ", clonal only" * (row["clonality"] == "clonal") + ", eligible only" * (
            row["eligible"] == "yes"
        )
        group = "without" if row["group"] == "no_benefit" else "with"
        unknown = int(str(row["patients"])) - int(str(row["assessable"]))
        text = (
            f"{row['tiers']}{kind}: {row['explained']} of {row['assessable']} assessable patients {group} benefit carry a "
            f"candidate mechanism, {_share(row['proportion'])}{_share_interval(row)}"
        )
        if unknown:
            text += (
                f"; {unknown} of {row['patients']} were not looked at in full, so among all it lies between "
                f"{_share(row['lowest'])} and {_share(row['highest'])}"
            )
        if row["expected"] is not None:
            text += (
                f"; {_number(row['expected'])} would be expected if mechanisms had nothing to do with benefit "
                f"(95 %: {_number(row['expected_low'])} to {_number(row['expected_high'])}, one-sided p {_number(row['p_permutation'])})"
            )
        if row["group"] == "benefit" and row["explained_patients"] is not None:
            text += f"; benefit despite a mechanism: {_few(str(row['explained_patients']))}"
        yield text + "."


def _associations(table: pd.DataFrame, effect: AssociationSettings) -> Iterator[str]:
    tested = int((table["tested"] == YesNo.YES).sum())
    yield (
        f"{tested} of {len(table)} mechanisms could reach significance at all with these numbers; pathways are "
        "primary, genes exploratory. The odds ratio is of being without benefit. Power is that of Fisher's test where "
        f"{_share(effect.share_without_benefit)} of patients without and {_share(effect.share_with_benefit)} with "
        "benefit carry it."
    )
    for row in _rows(table):
        name = row["mechanism"] if row["level"] == "any" else f"{row['level']} {row['mechanism']}"
        text = (
            f"{name}: carried by {row['carriers_without_benefit']} of "
            f"{row['without_benefit']} without and {row['carriers_with_benefit']} of {row['with_benefit']} with benefit"
        )
        if row["p_fisher"] is None:
            yield f"{text}; {row['note']}."
            continue
        if row["odds_ratio"] is not None:
            text += f"; odds ratio {_odds(row)}"
        text += (
            f"; Fisher p {_number(row['p_fisher'])}, mid-p {_number(row['p_fisher_mid'])}, Boschloo "
            f"{_number(row['p_boschloo'])}; smallest attainable {_number(row['p_attainable'])}, power for the stated "
            f"effect {_number(row['power'])}"
        )
        if row["q_value"] is not None:
            text += f"; q {_number(row['q_value'])} among {row['family_size']} tests of its level"
        else:
            text += "; not tested, too few to reach significance"
        if row["p_leave_one_out_low"] is not None:
            low, high = _number(row["p_leave_one_out_low"]), _number(row["p_leave_one_out_high"])
            text += f"; one patient left out, p from {low} to {high}"
        if row["untested_without_benefit"] or row["untested_with_benefit"]:
            text += (
                f"; not tested for all of it in {row['untested_without_benefit']} without and "
                f"{row['untested_with_benefit']} with benefit"
            )
        yield text + "."


def _odds(row: Mapping[str, object]) -> str:
    """An odds ratio with its exact bounds; where a cell of the table is empty only the bound that there is."""
    ratio, low, high = (float(str(row[name])) for name in ("odds_ratio", "odds_ratio_low", "odds_ratio_high"))
    if math.isinf(ratio):
        return f"not estimable, at least {_number(low)}"
    if ratio == 0:
        return "not estimable" if math.isinf(high) else f"not estimable, at most {_number(high)}"
    return f"{_number(ratio)} ({_number(low)} to {'no upper bound' if math.isinf(high) else _number(high)})"


def _few(patients: str) -> str:
    """Patients by name as long as they are few, else their number: the tables hold the names."""
    names = patients.split(";")
    return ", ".join(names) if len(names) <= _MOST_NAMES else f"{len(names)} patients"


def _copies_section(table: pd.DataFrame, target: Target) -> list[tuple[str, Iterator[str]]]:
    if target.event is not TargetEvent.AMPLIFICATION:
        return []
    return [(f"Copies of {target.gene} and benefit", _copies(table))]


def _copies(table: pd.DataFrame) -> Iterator[str]:
    if table.empty:
        yield "No assessable patient with known benefit has a copy number."
    for row in _rows(table):
        p = "" if row["p"] is None else f", p {_number(row['p'])} (one of {row['family_size']}, not adjusted)"
        value = f"{_number(row['estimate'])}{_interval(row)}"
        if row["estimate"] is not None and math.isinf(float(str(row["estimate"]))):
            value = f"not estimable, at least {_number(row['low'])}"
        if row["estimate"] is None and row["low"] is not None:
            value = f"{_number(row['low'])} to {_number(row['high'])}"
        yield (
            f"{row['measure']}, {row['statistic']}: {value}{p}; {row['n_without_benefit']} patients without and "
            f"{row['n_with_benefit']} with benefit ({row['method']})."
        )


def _attribution(table: pd.DataFrame) -> Iterator[str]:
    """The expected number truly explained, and each patient's share of it; the default prior, the others beside it."""
    cohort = {row["prior"]: row for row in _rows(table[table["level"] == "cohort"])}
    used = cohort["default"]
    if not used["found"]:
        yield "No patient without benefit has a finding: there is nothing to weigh."
        return
    others = ", ".join(
        f"{prior} prior {_number(cohort[prior]['accounted'])}" for prior in ("sceptical", "wide")
    )
    yield (
        f"Of the {used['found']} patients without benefit who have a finding, {_number(used['accounted'])} are expected "
        f"to lack benefit because of it (95 %: {_number(used['accounted_low'])} to {_number(used['accounted_high'])}; "
        f"{others}), if a finding never helps and carriers differ from others in nothing else."
    )
    for row in _rows(table[(table["level"] == "patient") & (table["prior"] == "default")]):
        yield (
            f"{row['patient']}, {row['mechanism']}: P(no benefit) {_share(row['p_no_benefit_with'])} with the finding and "
            f"{_share(row['p_no_benefit_without'])} without; it accounts for the lack of benefit with probability "
            f"{_share(row['accounted'])} ({_share(row['accounted_low'])} to {_share(row['accounted_high'])})."
        )


def _sensitivity(table: pd.DataFrame) -> Iterator[str]:
    for row in _rows(table[table["analysis"] != "main"]):
        touched = f"; concerns {_few(str(row['patients']))}" if row["patients"] else ""
        value = f"{row['successes']} of {row['n']}, {_share(row['estimate'])}{_share_interval(row)}"
        if "median" in str(row["quantity"]):
            median = "not reached" if row["estimate"] is None else _number(row["estimate"])
            value = f"{median}{_interval(row, unknown='not reached')}"
        yield f"{row['analysis']}, {row['quantity']}: {value} ({row['note']}{touched})."


def _rows(table: pd.DataFrame) -> Iterator[dict[str, object]]:
    for record in table.to_dict("records"):
        yield {str(name): None if pd.isna(cell) else cell for name, cell in record.items()}


def _number(value: object) -> str:
    if value is None:
        return "unknown"
    number = float(str(value))
    return "infinite" if math.isinf(number) else f"{number:.{_FIGURES}g}"


def _share(value: object) -> str:
    return "unknown" if value is None else f"{100 * float(str(value)):.3g} %"


def _share_interval(row: Mapping[str, object]) -> str:
    return "" if row["low"] is None else f" (95 %: {_share(row['low'])} to {_share(row['high'])})"


def _interval(row: Mapping[str, object], *, unknown: str = "unknown") -> str:
    if row["low"] is None and row["high"] is None:
        return ""
    low, high = (unknown if row[side] is None else _number(row[side]) for side in ("low", "high"))
    return f" (95 %: {low} to {high})"
