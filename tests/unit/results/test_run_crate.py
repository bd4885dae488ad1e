"""The crate names what provenance names, and every reference in it is answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from refractor.results.run_crate import PROFILE, results_of, run_crate

RECORD: dict[str, Any] = {
    "version": "1.2.3",
    "synthetic": True,
    "packages": {"snakemake": "9.0.0", "pysam": "0.1"},
    "settings": {"samples": "samples.tsv", "cohorts": {}},
    "knowledge": {"panel": "5f", "callers": "3a"},
    "inputs": {
        "config/samples.tsv": {"bytes": 12, "sha256": "ab"},
        "reads/T.bam": {"bytes": 99, "index_sha256": "cd"},
        "gone.vcf": {"missing": True},
    },
}


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if set(value) == {"@id"}:
            yield value["@id"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_each_reference_is_an_entity_of_the_crate_or_the_specification() -> None:
    graph = run_crate(RECORD, published_on="2026-11-28")["@graph"]
    named = [entity["@id"] for entity in graph]
    assert len(named) == len(set(named))
    asked = set(references(graph))
    assert {"#run", "#input:gone.vcf", "cohort/patients.tsv"} <= asked
    assert asked - set(named) == {"https://w3id.org/ro/crate/1.1"}


def test_the_run_has_its_inputs_results_and_software() -> None:
    entities = {e["@id"]: e for e in run_crate(RECORD, published_on="2026-11-28")["@graph"]}
    run = entities["#run"]
    knowledge = ["#knowledge:panel", "#knowledge:callers"]
    assert [item["@id"] for item in run["object"]] == [f"#input:{p}" for p in RECORD["inputs"]] + knowledge
    assert entities["#knowledge:callers"]["version"] == "3a"
    results = [item["@id"] for item in run["result"]]
    assert results == list(results_of(RECORD["settings"]))
    assert {"cohort/endpoints.tsv", "report/index.html", "provenance.json"} <= set(results)
    assert entities["#refractor"]["softwareVersion"] == "1.2.3"
    assert entities["#input:config/samples.tsv"]["sha256"] == "ab"
    assert "sha256" not in entities["#input:reads/T.bam"], "the digest of an index is none of the reads"
    assert entities["./"]["conformsTo"]["@id"] == PROFILE
    assert entities["./"]["name"].endswith("synthetic data")


def test_of_several_cohorts_the_results_of_each_are_named() -> None:
    several = RECORD | {"settings": {"samples": "s.tsv", "cohorts": {"A": "a.yaml", "B": "b.yaml"}}}
    named = {e["@id"] for e in run_crate(several, published_on="2026-11-28")["@graph"]}
    assert {"cohorts/A/cohort/endpoints.tsv", "cohorts/B/report/index.html", "provenance.json"} <= named
    assert "cohort/endpoints.tsv" not in named


def test_a_table_that_was_not_asked_for_is_not_named() -> None:
    settings = RECORD["settings"]
    assert "cohort/since_frozen.tsv" not in results_of(settings)
    assert "cohort/since_frozen.tsv" in results_of(settings | {"preregistration": "frozen.json"})
