"""A draft of the mapping of an export: columns by their names, codes by what they look like; what is not sure is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from refractor.settings.schemas import load_schema
from refractor.sheet_import.exports import Export, System
from refractor.sheet_import.mapping import MISSING, SHEETS
from refractor.sheets.exported_cells import corrected, dates

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
        "prior_lines": ("previous_lines", "n_prior_lines", "prior_therapies", "lines_of_therapy"),
        "prior_anti_egfr": ("anti_egfr", "previous_anti_egfr", "prior_egfr"),
        "her2_ihc": ("ihc", "her2_ihc_score"),
        "her2_assay": ("her2_test", "assay"),
        "treatment_start": ("start_date", "start_dt", "treatment_start_date", "date_start", "c1d1", "date_first_dose"),
        "evaluable": ("eval", "evaluable_yn"),
        "best_response": ("bor", "best_overall_response", "best_resp"),
        "response_confirmed": ("confirmed", "bor_confirmed"),
        "clinical_benefit": ("cb", "benefit", "clin_benefit"),
        "duration_of_response_days": ("dor", "dor_days", "dor_months", "duration_of_response"),
        "duration_of_response_event": ("dor_event", "dor_status"),
        "pfs_days": ("pfs", "pfs_months", "pfs_weeks"),
        "pfs_event": ("pfs_status", "pfs_cens", "progressed"),
        "os_days": ("os", "os_months", "os_weeks", "survival_days"),
        "os_event": ("os_status", "vital_status", "death", "died", "deceased"),
        "new_therapy_day": ("next_therapy_day", "new_treatment_day"),
        "end_of_assessments_reason": ("reason_off_treatment", "off_study_reason", "end_reason", "off_treatment_reason"),
    },
    "assessments": {
        "day": ("study_day", "assessment_day", "ta_day"),
        "date": ("assessment_date", "scan_date", "ta_date", "date_scan"),
        "target_sum_mm": ("sum", "sld", "sod", "sum_of_diameters", "target_sum", "ta_sum"),
        "non_target": ("nontarget", "non_target_response", "ta_nontarget"),
        "new_lesion": ("new_lesions", "newlesion", "ta_new"),
        "response": ("overall_response", "timepoint_response", "ta_response"),
    },
    "adverse_events": {
        "term": ("ae_term", "adverse_event", "ctcae_term", "aeterm"),
        "grade": ("ae_grade", "ctcae_grade", "aetoxgr", "aegrade"),
        "related": ("ae_related", "relationship", "aerel"),
        "serious": ("ae_serious", "sae", "aeser"),
        "day": ("ae_day",),
    },
}  # fmt: skip
"""What exports call the columns of the sheets, beside the columns' own names."""


def draft_mapping(export: Export, system: System) -> str:
    """The draft as YAML text with comments; each code that is not understood stands as null, to be decided."""
    taken: set[str] = set()
    patient = _first_named(export.columns, PATIENT_COLUMNS[system]) or export.columns[0]
    taken.add(patient)
    parts = [
        "# Which column of the export each column of the sheets comes from. A draft: read it, mend it, run the command",
        "# again. codes: null is not decided yet and stops the import; '' leaves the cell empty. unit: days, weeks,",
        "# months or years. since: a date column from which a date is counted in days. dates: day_first or month_first.",
        yaml.safe_dump({"patient": patient, "missing": list(MISSING)}, sort_keys=False, allow_unicode=True),
    ]
    for sheet in SHEETS:
        found = dict(_sources(export, sheet, taken))
        if not (found and (sheet == "patients" or _enough(sheet, found))):
            continue
        taken |= {str(drafted["from"]) for drafted in found.values()}
        only = _only(export, sheet, [str(drafted["from"]) for drafted in found.values()])
        parts.append(yaml.safe_dump({sheet: only | found}, sort_keys=False, allow_unicode=True))
    left = [column for column in export.columns if column not in taken]
    parts.append(yaml.safe_dump({"not_used": left}, sort_keys=False, allow_unicode=True))
    return "\n".join(parts)


def _sources(export: Export, sheet: str, taken: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    free = [column for column in export.columns if column not in taken]
    for name, schema in load_schema(sheet)["properties"].items():
        column = None if name == "patient" else _first_named(free, (name, *NAMES[sheet].get(name, ())))
        if column is None:
            continue
        free.remove(column)
        values = [value for value in export.values(column) if value not in MISSING]
        yield name, {"from": column} | _unit(name, column) | _reading(values, schema)


def _reading(values: list[str], schema: Mapping[str, Any]) -> dict[str, Any]:
    """How the cells of a column have to be read, as far as they show it."""
    if schema.get("format") == "date":
        open_dates = [value for value in values if len(dates(value)) > 1]
        if not open_dates:
            return {}
        day_first = any(re.match(r"(1[3-9]|2[0-9]|3[01])[-/. ]", value) for value in values)
        month_first = any(re.match(r"[0-9]{1,2}[-/. ](1[3-9]|2[0-9]|3[01])[-/. ]", value) for value in values)
        return {"dates": None if day_first == month_first else "day_first" if day_first else "month_first"}
    allowed = [str(value) for value in schema.get("enum", ())]
    if not allowed or len(values) > _MOST_CODES or all(value in allowed for value in values):
        return {}
    numbers = all(re.fullmatch(r"[0-9]+(\.0+)?", value) for value in values)
    if numbers:  # a number's meaning stands in the data dictionary of the study, not in the number
        return {"codes": dict.fromkeys(values)}
    return {"codes": {value: value if value in allowed else corrected(value, schema) for value in values}}


def _unit(name: str, column: str) -> dict[str, str]:
    if not name.endswith("_days"):
        return {}
    folded = _folded(column)
    units = [unit for unit in ("weeks", "months", "years") if unit in folded]
    return {"unit": units[0]} if units else {}


def _enough(sheet: str, found: Mapping[str, object]) -> bool:
    needed = {"assessments": ({"day"}, {"date"}), "adverse_events": ({"term", "grade"},)}[sheet]
    return any(names <= set(found) for names in needed)


def _only(export: Export, sheet: str, columns: Iterable[str]) -> dict[str, Any]:
    """The rows of a repeated form: those of the one instrument on which its columns are filled."""
    instrument = next((c for c in export.columns if _folded(c) == "redcap_repeat_instrument"), None)
    if instrument is None or sheet == "patients":
        return {}
    on = {row.cells[instrument] for row in export.rows if any(row.cells.get(column) for column in columns)}
    return {"only": {instrument: on.pop()}} if len(on) == 1 and "" not in on else {}


def _first_named(columns: Iterable[str], names: Iterable[str]) -> str | None:
    folded = {_folded(column): column for column in reversed(list(columns))}
    return next((folded[_folded(name)] for name in names if _folded(name) in folded), None)


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
