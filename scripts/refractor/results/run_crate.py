"""The run as an RO-Crate: which software made which results from which inputs, in words that other tools read.

A Process Run Crate (https://w3id.org/ro/wfrun/process/0.5) over RO-Crate 1.1, JSON-LD. It says what provenance.json
says, for registries and archives; provenance.json stays the full record. Written without the library `rocrate`,
whose dependencies (Galaxy's formats among them) outweigh the one document that is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from refractor.results.all_tables import workbook_tables

CRATE = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
LICENCE = "https://spdx.org/licenses/MIT"
REPORT: Mapping[str, str] = {
    "report/index.html": "The report of the cohort",
    "report/cohort.xlsx": "Every table of the cohort",
}
"""Results of a cohort besides its tables, relative to its folder."""

ASKED_BY: Mapping[str, str] = {"compare_preregistration": "preregistration"}
"""Steps that run only where a key of the configuration asks for them."""

Entity = dict[str, Any]


def run_crate(record: Mapping[str, Any], *, published_on: str) -> dict[str, Any]:
    """The JSON-LD document of a run.

    Args:
        record: what provenance.json holds.
        published_on: ISO date, which RO-Crate asks of every root; the day of the run.
    """
    inputs = [_input(path, known) for path, known in record["inputs"].items()]
    inputs += [_knowledge(kind, digest) for kind, digest in record["knowledge"].items()]
    packages = [_software(name, version) for name, version in record["packages"].items()]
    refractor = _software("Refractor", record["version"])
    refractor["softwareRequirements"] = _references(packages)
    results = [
        {"@id": path, "@type": "File", "name": name, "encodingFormat": _format(path)}
        for path, name in results_of(record["settings"]).items()
    ]
    action = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": "Run of the workflow",
        "instrument": {"@id": refractor["@id"]},
        "object": _references(inputs),
        "result": _references(results),
        "endTime": published_on,
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }
    return {
        "@context": f"{CRATE}/context",
        "@graph": [
            {
                "@id": "ro-crate-metadata.json",
                "@type": "CreativeWork",
                "conformsTo": {"@id": CRATE},
                "about": {"@id": "./"},
            },
            {
                "@id": "./",
                "@type": "Dataset",
                "name": _title(record),
                "description": "Candidate mechanisms of resistance per patient and per cohort. Research use only.",
                "datePublished": published_on,
                "license": {"@id": LICENCE},
                "conformsTo": {"@id": PROFILE},
                "hasPart": _references(results),
                "mentions": {"@id": "#run"},
            },
            {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
            {"@id": LICENCE, "@type": "CreativeWork", "name": "MIT, of the software; the data are their owners'"},
            action,
            refractor,
            *packages,
            *results,
            *inputs,
        ],
    }


def results_of(settings: Mapping[str, Any]) -> dict[str, str]:
    """The results that the crate names, with what they are, relative to its folder: of one cohort, or of each by name."""
    asked = [table for table in workbook_tables() if settings.get(ASKED_BY.get(table.step, "samples"))]
    of_one = {**{f"cohort/{table.name}": table.meaning for table in asked}, **REPORT}
    folders = {f"cohorts/{name}/": f"{name}: " for name in settings.get("cohorts") or ()} or {"": ""}
    results = {
        f"{folder}{path}": f"{whose}{words}" for folder, whose in folders.items() for path, words in of_one.items()
    }
    return results | {"provenance.json": "Versions, settings, checksums of inputs, digest of the labels"}


def _title(record: Mapping[str, Any]) -> str:
    return "Results of Refractor on synthetic data" if record.get("synthetic") else "Results of Refractor"


def _software(name: str, version: str) -> Entity:
    return {
        "@id": f"#{name.lower()}", "@type": "SoftwareApplication", "name": name, "softwareVersion": version,
    }  # fmt: skip


def _input(path: str, known: Mapping[str, Any]) -> Entity:
    """An input by its name and checksum, or a remote one by its version; it lies outside the crate, so that its address is no file of it."""
    entity: Entity = {"@id": f"#input:{path}", "@type": "CreativeWork", "name": path}
    if "bytes" in known:
        entity["contentSize"] = str(known["bytes"])
    if "sha256" in known:
        entity["sha256"] = known["sha256"]
    if version := known.get("etag") or known.get("modified"):
        entity["version"] = version
    return entity


def _knowledge(kind: str, digest: str) -> Entity:
    """A kind of the knowledge that ships with the software; its version is the digest of its content."""
    return {
        "@id": f"#knowledge:{kind}", "@type": "CreativeWork", "name": f"Knowledge: {kind}", "version": digest,
    }  # fmt: skip


def _references(entities: Iterable[Entity]) -> list[Entity]:
    return [{"@id": entity["@id"]} for entity in entities]


def _format(path: str) -> str:
    return {
        "tsv": "text/tab-separated-values",
        "html": "text/html",
        "json": "application/json",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }[path.rsplit(".", 1)[-1]]
