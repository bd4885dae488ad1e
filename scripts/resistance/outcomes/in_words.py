"""The cohort's results as sentences, each with what it does not show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from resistance.outcomes.endpoints import EXACT
from resistance.vocabulary import YesNo

_FIGURES = 3


def in_words(tables: Mapping[str, pd.DataFrame]) -> str:
    """A text for the terminal; `tables` by their file names without ending, as analyse_cohort writes them."""
    sections = (
        ("Endpoints", _endpoints(tables["endpoints"])),
        ("Two-stage design", _two_stage(tables["two_stage"])),
        ("Explanation and its control", _explanation(tables["explanation"])),
        ("Association with benefit", _associations(tables["associations"])),
        ("Copies of ERBB2 and benefit", _copies(tables["copies"])),
        ("Other choices", _sensitivity(tables["sensitivity"])),
    )
    parts: list[str] = []
    for title, sentences in sections:
        parts += [title, *(f"  {sentence}" for sentence in sentences), ""]
    return "\n".join(parts).rstrip()


def _endpoints(table: pd.DataFrame) -> Iterator[str]:
    for row in _rows(table):
        statistic, caveats = str(row["statistic"]), str(row["method"]).partition("; ")[2]
        what = f"{row['endpoint']}, {statistic}"
        aside = f" ({caveats})" if caveats else ""
        if statistic == "one-sided lower bound":
            yield f"{what}, 95 %: {_share(row['low'])}{aside}."
        elif str(row["method"]).startswith(EXACT):
            yield f"{what}: {row['events']} of {row['n']}, {_share(row['estimate'])}{_share_interval(row)}{aside}."
        elif statistic.startswith("share"):
            yield f"{what}: {_share(row['estimate'])}{_share_interval(row)}{aside}."
        elif statistic.startswith("at risk"):
            continue  # in the table and under the curves
        elif row["estimate"] is None:
            yield f"{what}: not reached or not defined; {row['n']} patients, {row['events']} events{aside}."
        else:
            value = f"{_number(row['estimate'])}{_interval(row)}"
            yield f"{what}: {value}; {row['n']} patients, {row['events']} events{aside}."


def _two_stage(table: pd.DataFrame) -> Iterator[str]:
    if table.empty:
        yield "The cohort file names no two-stage design."
    for row in _rows(table):
        yield f"{row['quantity']}: {_number(row['value'])}{_interval(row)} ({row['method']})."


def _explanation(table: pd.DataFrame) -> Iterator[str]:
    for row in _rows(table):
        group = "without" if row["group"] == "no_benefit" else "with"
        unknown = int(str(row["patients"])) - int(str(row["assessable"]))
        text = (
            f"{row['tiers']}: {row['explained']} of {row['assessable']} assessable patients {group} benefit carry a "
            f"mechanism, {_share(row['proportion'])}{_share_interval(row)}"
        )
        if unknown:
            text += (
                f"; {unknown} of {row['patients']} have no assessable genome, so among all it lies between "
                f"{_share(row['lowest'])} and {_share(row['highest'])}"
            )
        if row["expected"] is not None:
            text += (
                f"; {_number(row['expected'])} would be expected if mechanisms had nothing to do with benefit "
                f"(95 %: {_number(row['expected_low'])} to {_number(row['expected_high'])}, one-sided p {_number(row['p_permutation'])})"
            )
        if row["group"] == "benefit" and row["explained_patients"] is not None:
            text += f"; benefit despite a mechanism: {row['explained_patients']}"
        yield text + "."


def _associations(table: pd.DataFrame) -> Iterator[str]:
    tested = int((table["tested"] == YesNo.YES).sum())
    yield (
        f"{tested} of {len(table)} mechanisms could reach significance at all with these numbers; pathways are "
        "primary, genes exploratory. The odds ratio is of being without benefit."
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
            low, high = _number(row["odds_ratio_low"]), _number(row["odds_ratio_high"])
            text += f"; odds ratio {_number(row['odds_ratio'])} ({low} to {high})"
        text += (
            f"; Fisher p {_number(row['p_fisher'])}, mid-p {_number(row['p_fisher_mid'])}, Boschloo "
            f"{_number(row['p_boschloo'])}; smallest attainable {_number(row['p_attainable'])}, power for the stated "
            f"effect {_number(row['power'])}"
        )
        if row["q_value"] is not None:
            text += f"; q {_number(row['q_value'])}"
        else:
            text += "; not tested, too few to reach significance"
        if row["p_leave_one_out_low"] is not None:
            low, high = _number(row["p_leave_one_out_low"]), _number(row["p_leave_one_out_high"])
            text += f"; one patient left out, p from {low} to {high}"
        if row["note"] is not None and "could not be tested" in str(row["note"]):
            text += f"; {str(row['note']).rpartition('; ')[2]}"
        yield text + "."


def _copies(table: pd.DataFrame) -> Iterator[str]:
    if table.empty:
        yield "No assessable patient with known benefit has a copy number."
    for row in _rows(table):
        p = "" if row["p"] is None else f", p {_number(row['p'])}"
        value = f"{_number(row['estimate'])}{_interval(row)}"
        if row["estimate"] is None and row["low"] is not None:
            value = f"{_number(row['low'])} to {_number(row['high'])}"
        yield (
            f"{row['measure']}, {row['statistic']}: {value}{p}; {row['n_without_benefit']} patients without and "
            f"{row['n_with_benefit']} with benefit ({row['method']})."
        )


def _sensitivity(table: pd.DataFrame) -> Iterator[str]:
    for row in _rows(table[table["analysis"] != "main"]):
        touched = f"; concerns {row['patients']}" if row["patients"] else ""
        yield (
            f"{row['analysis']}, {row['quantity']}: {row['successes']} of {row['n']}, {_share(row['estimate'])}"
            f"{_share_interval(row)} ({row['note']}{touched})."
        )


def _rows(table: pd.DataFrame) -> Iterator[dict[str, object]]:
    for record in table.to_dict("records"):
        yield {str(name): None if pd.isna(cell) else cell for name, cell in record.items()}


def _number(value: object) -> str:
    return "unknown" if value is None else f"{float(str(value)):.{_FIGURES}g}"


def _share(value: object) -> str:
    return "unknown" if value is None else f"{100 * float(str(value)):.3g} %"


def _share_interval(row: Mapping[str, object]) -> str:
    return "" if row["low"] is None else f" (95 %: {_share(row['low'])} to {_share(row['high'])})"


def _interval(row: Mapping[str, object]) -> str:
    if row["low"] is None and row["high"] is None:
        return ""
    return f" (95 %: {_number(row['low'])} to {_number(row['high'])})"
