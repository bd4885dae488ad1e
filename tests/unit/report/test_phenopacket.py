"""A patient as a Phenopacket: it parses by the schema's own classes, and says what the tables say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import phenopackets as v2
import pytest
from google.protobuf.json_format import Parse
from report_patients import COHORT, made_patient

from refractor.errors import InputError
from refractor.genome.builds import GenomeBuild
from refractor.genome.variant import Variant
from refractor.report import phenopacket
from refractor.report.patient_results import rows_of
from refractor.report.phenopacket import phenopacket_json
from refractor.results.cohort_tables import BIOPSIES
from refractor.results.evidence_tables import ALTERATIONS

FOUND = [
    {"gene": "KRAS", "alteration": "G12D", "class": "snv", "vaf": 0.18, "rule_id": "MAPK-1", "mechanism": "MAPK",
     "direction": "resistant", "tier": "R1", "candidate": "yes", "sentence": "KRAS G12D."},
    {"gene": "TP53", "alteration": "R175H", "class": "snv", "rule_id": "CTX-1", "tier": "R5", "candidate": "no"},
    {"gene": "APC", "alteration": "Q1338*", "class": "snv", "candidate": "no"},
]  # fmt: skip
PLACES = {("KRAS", "G12D"): (GenomeBuild.GRCH38, Variant("12", 25_245_349, "C", "T"))}


def packet(**cells: object) -> Any:
    card = replace(
        made_patient("A", **cells),
        alterations=rows_of(ALTERATIONS.from_rows(FOUND)) if "sample" not in cells else (),
    )
    biopsies = rows_of(
        BIOPSIES.from_rows(
            [
                {"patient": "A", "sample": "A_T", "collected_on": "2021-02-04", "label_from": "yes"},
                {"patient": "B", "sample": "B_T", "label_from": "yes"},
            ]
        )
    )
    text = phenopacket_json(
        card, COHORT, biopsies=biopsies, mutations=PLACES, created="2026-11-28", synthetic=True
    )
    assert json.loads(text)["id"] == "refractor:A"
    return Parse(text, v2.Phenopacket())


def test_a_patient_is_said_in_the_schemas_own_classes() -> None:
    made = packet(label="candidate_r1", mechanisms="MAPK", age=61.0, sex="female", os_days=205.0, os_event=1)
    assert v2.Sex.Name(made.subject.sex) == "FEMALE"
    assert made.subject.time_at_last_encounter.age.iso8601duration == "P61Y"
    assert made.subject.vital_status.survival_time_in_days == 205
    assert [sample.id for sample in made.biosamples] == ["A_T"]
    assert [one.value.quantity.value for one in made.measurements] == [20.0]
    assert [one.treatment.agent.label for one in made.medical_actions] == ["trastuzumab", "pertuzumab"]
    (interpretation,) = made.interpretations
    assert interpretation.summary.startswith(
        "candidate (R1): RAS/RAF pathway active; made from the genome alone"
    )
    kras, tp53 = interpretation.diagnosis.genomic_interpretations  # APC has no rule
    status = v2.GenomicInterpretation.InterpretationStatus
    assert (kras.interpretation_status, tp53.interpretation_status) == (
        status.CANDIDATE,
        status.UNKNOWN_STATUS,
    )
    described = kras.variant_interpretation.variation_descriptor
    assert described.gene_context.value_id == "HGNC:6407"
    assert (described.vcf_record.chrom, described.vcf_record.pos, described.vcf_record.alt) == (
        "12",
        25_245_350,
        "T",
    )
    assert not tp53.variant_interpretation.variation_descriptor.HasField("vcf_record")
    assert {one.name: one.value for one in described.extensions}["tier"] == "R1"
    assert (
        "SYNTHETIC DATA" in made.meta_data.created_by and made.meta_data.phenopacket_schema_version == "2.0"
    )
    used = {"NCBITaxon", "HGNC", "refractor"}
    assert {one.namespace_prefix for one in made.meta_data.resources} == used


def test_nothing_is_said_of_a_genome_that_is_not_there() -> None:
    made = packet(sample=None, wgs="missing", label="not_assessable", sex=None)
    assert not made.interpretations and not made.measurements
    assert v2.Sex.Name(made.subject.sex) == "UNKNOWN_SEX"
    assert not made.subject.HasField("vital_status")


def test_without_the_package_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(phenopacket, "import_module", missing)
    with pytest.raises(InputError, match=r"pip install 'refractor\[phenopackets\]'"):
        phenopacket_json(made_patient("A"), COHORT, synthetic=False)
