"""A draft of the mapping of an export: columns by their names, codes by what they look like; what is not sure is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from refractor.settings.schemas import load_schema
from refractor.sheet_import.exports import Export, System
from refractor.sheet_import.mapping import MISSING, MISSING_OF_CASTOR, SHEETS
from refractor.sheets.exported_cells import corrected, dates, numbers

_MOST_CODES = 30
PATIENT_COLUMNS = {
    System.REDCAP: ("record_id", "study_id", "subject_id", "patient_id"),
    System.CASTOR: ("participant id", "record id", "participantid", "record_id", "patient_id"),
    System.CBIOPORTAL: ("patient_id",),
}
NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "patients": {
        "sex": ("gender",),
        "age": ("age_at_start", "age_at_diagnosis", "age_at_inclusion"),
        "primary_site": ("primary_tumor_site", "sidedness", "tumor_site", "primary_location"),
        "prior_lines": ("previous_lines", "n_prior_lines", "prior_therapies", "lines_of_therapy", "number_of_prior_lines"),
        "prior_anti_egfr": ("anti_egfr", "previous_anti_egfr", "prior_egfr"),
        "her2_ihc": ("ihc", "her2_ihc_score"),
        "her2_assay": ("her2_test", "assay"),
        "treatment_start": (
            "start_date", "start_dt", "treatment_start_date", "date_start", "c1d1", "date_first_dose", "first_dose_date",
            "date_of_first_dose", "start_of_treatment", "date_of_start_of_treatment", "treatment_start_dt",
        ),
        "evaluable": ("eval", "evaluable_yn"),
        "best_response": ("bor", "best_overall_response", "best_resp"),
        "response_confirmed": ("confirmed", "bor_confirmed"),
        "clinical_benefit": ("cb", "benefit", "clin_benefit"),
        "duration_of_response_days": ("dor", "duration_of_response"),
        "duration_of_response_event": ("dor_event", "dor_status"),
        "pfs_days": ("pfs", "progression_free_survival"),
        "pfs_event": ("pfs_status", "pfs_cens", "progressed", "progression_or_death"),
        "os_days": ("os", "survival", "overall_survival"),
        "os_event": ("os_status", "vital_status", "death", "died", "deceased"),
        "new_therapy_day": ("next_therapy_day", "new_treatment_day"),
        "end_of_assessments_reason": ("reason_off_treatment", "off_study_reason", "end_reason", "off_treatment_reason"),
        "registered_on": ("registration_date", "date_of_registration", "inclusion_date", "date_of_inclusion"),
    },
    "assessments": {
        "day": ("study_day", "assessment_day", "ta_day"),
        "date": ("assessment_date", "scan_date", "ta_date", "date_scan", "date_of_scan", "date_of_assessment"),
        "target_sum_mm": (
            "sum", "sld", "sod", "sum_of_diameters", "target_sum", "ta_sum", "sum_of_target_lesions", "sum_target_lesions",
            "sum_of_longest_diameters",
        ),
        "non_target": ("nontarget", "non_target_response", "ta_nontarget", "non_target_lesions"),
        "new_lesion": ("new_lesions", "newlesion", "ta_new"),
        "response": (
            "overall_response", "timepoint_response", "ta_response", "overall_response_at_this_visit", "visit_response",
        ),
        "central_response": ("central_review", "bicr_response", "independent_response"),
    },
    "adverse_events": {
        "term": ("ae_term", "adverse_event", "ctcae_term", "aeterm"),
        "grade": ("ae_grade", "ctcae_grade", "aetoxgr", "aegrade"),
        "related": ("ae_related", "relationship", "aerel", "related_to_treatment"),
        "serious": ("ae_serious", "sae", "aeser", "serious_adverse_event"),
        "day": ("ae_day",),
    },
}  # fmt: skip
"""What exports call the columns of the sheets, beside the columns' own names; a unit behind a name is no part of it."""
DATED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "patients": {
        "pfs_days": ("progression_date", "date_of_progression", "pd_date", "date_progression"),
        "os_days": (
            "death_date", "date_of_death", "date_death", "dod", "last_contact_date", "date_of_last_contact",
            "date_last_contact", "last_seen", "date_last_seen", "date_of_last_follow_up", "last_follow_up_date",
        ),
        "new_therapy_day": ("next_therapy_date", "date_of_next_therapy", "new_treatment_date", "next_treatment_date"),
    },
    "assessments": {},
    "adverse_events": {"day": ("ae_start_date", "ae_start", "aestdtc", "ae_onset", "ae_onset_date")},
}  # fmt: skip
"""Dates from which days are counted where the export has no column of days; the first filled one is used."""
EVENT_OF = {"pfs_days": "pfs_event", "os_days": "os_event"}
_SAYS_THE_EVENT = re.compile(r"event|died|death|dead|deceased|progressed")
"""Names whose 1 is the event; in another, as vital_status or pfs_cens, 1 may be the opposite."""
_UNITS = {
    "weeks": ("weeks", "week", "wks", "wk"), "months": ("months", "month", "mths", "mth", "mos", "mo"),
    "years": ("years", "year", "yrs", "yr"), "days": ("days", "day", "d"),
}  # fmt: skip


def draft_mapping(export: Export, system: System) -> str:
    """The draft as YAML text with comments; each code that is not understood stands as null, to be decided."""
    taken: set[str] = set()
    patient = _first_named(export.columns, PATIENT_COLUMNS[system]) or export.columns[0]
    taken.add(patient)
    missing = [*MISSING, *(MISSING_OF_CASTOR if system is System.CASTOR else ())]
    parts = [
        "# Which column of the export each column of the sheets comes from. A draft: read it, mend it, run the command",
        "# again. codes: null is not decided yet and stops the import; '' leaves the cell empty. unit: days, weeks,",
        "# months or years. since: a date column from which a date is counted in days. dates: day_first or month_first.",
        "# decimal: comma or point. from: [a, b] takes the first that is filled. filled, empty: what to write where it is.",
        yaml.safe_dump({"patient": patient, "missing": missing}, sort_keys=False, allow_unicode=True),
    ]
    for sheet in SHEETS:
        found = dict(_sources(export, sheet, taken))
        if not (found and (sheet == "patients" or _enough(sheet, found))):
            continue
        used = {column for drafted in found.values() for column in _list(drafted["from"])}
        taken |= used
        only = _only(export, sheet, used)
        parts.append(yaml.safe_dump({sheet: only | found}, sort_keys=False, allow_unicode=True))
    left = [column for column in export.columns if column not in taken]
    parts.append(yaml.safe_dump({"not_used": left}, sort_keys=False, allow_unicode=True))
    return "\n".join(parts)


def _sources(export: Export, sheet: str, taken: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    free = [column for column in export.columns if column not in taken]
    found: dict[str, dict[str, Any]] = {}
    for name, schema in load_schema(sheet)["properties"].items():
        names = () if name == "patient" else (name, *NAMES[sheet].get(name, ()))
        column = _first_named(free, names, measured=name.endswith(("_days", "_mm")))
        if column is not None:
            free.remove(column)
            found[name] = {"from": column} | _unit(name, column) | _reading(export, column, name, schema)
    for name, source in _dated(export, sheet, free, found):
        found.setdefault(name, source)
    yield from ((name, found[name]) for name in load_schema(sheet)["properties"] if name in found)


def _dated(
    export: Export, sheet: str, free: list[str], found: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Days counted from dates, and the event that a date of it means."""
    starts = NAMES["patients"]["treatment_start"]
    start = _first_named(export.columns, ("treatment_start", *starts))
    for name, names in DATED[sheet].items():
        columns = [column for one in names if (column := _first_named(free, (one,))) is not None]
        if name in found or start is None or not columns:
            continue
        read = _reading(export, columns[0], name, {"format": "date"})
        source = columns if len(columns) > 1 else columns[0]
        yield name, {"from": source, "since": start} | read
        first = _folded(columns[0])
        if name in EVENT_OF and not ("last" in first or "contact" in first):
            event: dict[str, Any] = {"from": columns[0], "filled": "1"}
            yield EVENT_OF[name], event | ({"empty": "0"} if name == "os_days" else {})


def _reading(export: Export, column: str, name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """How the cells of a column have to be read, as far as they show it."""
    missing = {word.casefold() for word in (*MISSING, *MISSING_OF_CASTOR)}
    values = [value for value in export.values(column) if value.casefold() not in missing]
    if schema.get("format") == "date":
        return _date_order(values)
    allowed = [str(value) for value in schema.get("enum", ())]
    if schema.get("type") in ("integer", "number") and not allowed:
        return _decimal(values)
    sure = not name.endswith("_event") or _SAYS_THE_EVENT.search(_folded(column))
    if (
        not allowed
        or len(values) > _MOST_CODES
        or (sure and all(value.removesuffix(".0") in allowed for value in values))
    ):
        return {}
    # a bare number's meaning stands in the data dictionary of the study, not in the number
    return {
        "codes": {
            value: None
            if re.fullmatch(r"[0-9]+(\.0+)?", value)
            else value
            if value in allowed
            else corrected(value, schema)
            for value in values
        }
    }


def _date_order(values: list[str]) -> dict[str, Any]:
    if not any(len(dates(value)) > 1 for value in values):
        return {}
    day_first = any(re.match(r"(1[3-9]|2[0-9]|3[01])[-/. ]", value) for value in values)
    month_first = any(re.match(r"[0-9]{1,2}[-/. ](1[3-9]|2[0-9]|3[01])[-/. ]", value) for value in values)
    return {"dates": None if day_first == month_first else "day_first" if day_first else "month_first"}


def _decimal(values: list[str]) -> dict[str, Any]:
    """Whether a comma is of decimals, where a value as 1,234 leaves it open and the others show it."""
    if not any(len(numbers(value)) > 1 for value in values):
        return {}
    comma = any("," in value and len(numbers(value)) == 1 for value in values)
    point = any("." in value and len(numbers(value)) == 1 for value in values)
    return {"decimal": None if comma == point else "comma" if comma else "point"}


def _unit(name: str, column: str) -> dict[str, str]:
    words = _folded(column).split("_")
    units = [unit for unit, spelled in _UNITS.items() if unit != "days" and set(words) & set(spelled)]
    return {"unit": units[0]} if units and name.endswith("_days") else {}


def _list(columns: object) -> list[str]:
    return [str(column) for column in columns] if isinstance(columns, list) else [str(columns)]


def _enough(sheet: str, found: Mapping[str, object]) -> bool:
    needed = {"assessments": ({"day"}, {"date"}), "adverse_events": ({"term", "grade"},)}[sheet]
    return any(names <= set(found) for names in needed)


def _only(export: Export, sheet: str, columns: Iterable[str]) -> dict[str, Any]:
    """The rows of a repeated form: those of the one instrument on which its columns are filled."""
    names = ("redcap_repeat_instrument", "repeat_instrument")  # the second in exports with labels
    instrument = next((column for column in export.columns if _folded(column) in names), None)
    if instrument is None or sheet == "patients":
        return {}
    on = {row.cells[instrument] for row in export.rows if any(row.cells.get(column) for column in columns)}
    return {"only": {instrument: on.pop()}} if len(on) == 1 and "" not in on else {}


def _first_named(columns: Iterable[str], names: Iterable[str], *, measured: bool = False) -> str | None:
    """The first column with one of the names, of a measured one with or without its unit behind it."""
    folded = {_bare(column): column for column in reversed(list(columns))} if measured else {}
    folded |= {_folded(column): column for column in reversed(list(columns))}
    return next((folded[_folded(name)] for name in names if _folded(name) in folded), None)


def _bare(name: str) -> str:
    """A name without the unit at its end: os_months and "Overall survival (months)"."""
    units = {word for spelled in _UNITS.values() for word in spelled} | {"mm"}
    words = _folded(name).split("_")
    return "_".join(words[:-1] if len(words) > 1 and words[-1] in units else words)


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
