"""One patient as a GA4GH Phenopacket 2.0: who, which disease and treatment, which samples, and what was found.

Built with the classes of the package `phenopackets`, so that the schema is its own. Genes have their HGNC identifiers;
what has no identifier in the trial's files (disease, drugs, material) is a term of Refractor's own words.
Source: GA4GH Phenopacket schema 2.0 (doi:10.1038/s41587-022-01357-4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from refractor import __version__
from refractor.errors import InputError, Problem
from refractor.genome.builds import LATEST_BUILD, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.variant import Variant
from refractor.report.patient_results import PatientResults, Row
from refractor.report.plain_words import label_words, mechanism_words
from refractor.settings.cohort import Cohort
from refractor.vocabulary import YesNo

Mutations = Mapping[tuple[str, str], tuple[GenomeBuild, Variant]]
SCHEMA_VERSION = "2.0"
SEXES = {"female": "FEMALE", "f": "FEMALE", "male": "MALE", "m": "MALE", "xx": "FEMALE", "xy": "MALE"}
"""Words of the patients' sheet for the sexes that the schema knows; anything else is unknown."""

_OBO = "http://purl.obolibrary.org/obo"
RESOURCES = (
    ("NCBI organismal classification", f"{_OBO}/ncbitaxon.owl", "NCBITaxon", f"{_OBO}/NCBITaxon_"),
    ("HUGO Gene Nomenclature Committee", "https://www.genenames.org", "HGNC", "https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/HGNC:"),
    ("words of Refractor's own tables, docs/output.md", "docs/output.md", "refractor", "refractor:"),
)  # fmt: skip
"""Name, address, prefix and beginning of an identifier's address, of what the terms come from."""


def phenopacket_json(
    card: PatientResults,
    cohort: Cohort,
    *,
    biopsies: Sequence[Row] = (),
    mutations: Mutations | None = None,
    created: str = "",
    synthetic: bool,
) -> str:
    """The patient's packet as JSON.

    `mutations`: small variants of the tumour by gene and protein change; `created`: ISO date of the run, empty where it
    was not recorded.

    Raises:
        InputError: the package phenopackets is not installed.
    """
    v2 = _package("phenopackets")
    packet = v2.Phenopacket(
        id=f"refractor:{card.patient}",
        subject=_subject(v2, card),
        diseases=[v2.Disease(term=_term(v2, cohort.disease.name))],
        biosamples=[_biosample(v2, row, cohort) for row in biopsies if row["patient"] == card.patient],
        medical_actions=list(_treatments(v2, cohort)),
        measurements=list(_measurements(v2, card)),
        meta_data=_meta_data(v2, created, synthetic=synthetic),
    )
    if card.row["sample"] and not card.stopped:
        packet.interpretations.append(_interpretation(v2, card, cohort, mutations or {}))
    if card.row["os_event"] == 1 and card.row["os_days"] is not None:
        packet.subject.vital_status.status = v2.VitalStatus.Status.DECEASED
        packet.subject.vital_status.survival_time_in_days = round(card.row["os_days"])
    text: str = _package("google.protobuf.json_format").MessageToJson(packet)
    return text + "\n"


def _package(name: str) -> Any:
    """A module of the package, whose classes are made when it is loaded and have no types."""
    try:
        return import_module(name)
    except ImportError as error:
        remedy = "pip install 'refractor[phenopackets]', or pip install phenopackets"
        raise InputError(
            Problem("--phenopacket", "needs the package phenopackets", allowed=remedy)
        ) from error


def _term(v2: Any, label: str) -> Any:
    return v2.OntologyClass(id=f"refractor:{label.replace(' ', '_')}", label=label)


def _human(v2: Any) -> Any:
    return v2.OntologyClass(id="NCBITaxon:9606", label="Homo sapiens")


def _subject(v2: Any, card: PatientResults) -> Any:
    sex = SEXES.get(str(card.row["sex"]).casefold(), "UNKNOWN_SEX")
    subject = v2.Individual(
        id=card.patient,
        sex=v2.Sex.Value(sex),
        taxonomy=_human(v2),
    )
    if card.row["age"] is not None:
        subject.time_at_last_encounter.age.iso8601duration = f"P{int(card.row['age'])}Y"
    return subject


def _biosample(v2: Any, row: Row, cohort: Cohort) -> Any:
    sample = v2.Biosample(
        id=row["sample"],
        individual_id=row["patient"],
        taxonomy=_human(v2),
        histological_diagnosis=_term(v2, cohort.disease.name),
        sample_type=_term(v2, row["material"] or "tissue"),
        description=f"taken at {str(row['timepoint'] or 'baseline').replace('_', ' ')}",
    )
    if row["collected_on"]:
        sample.time_of_collection.timestamp.FromJsonString(f"{row['collected_on']}T00:00:00Z")
    return sample


def _treatments(v2: Any, cohort: Cohort) -> Iterator[Any]:
    for drug in cohort.drugs:
        yield v2.MedicalAction(treatment=v2.Treatment(agent=_term(v2, drug)))


def _measurements(v2: Any, card: PatientResults) -> Iterator[Any]:
    """Copies of the target, purity and ploidy, each with its unit where it has one."""
    judged, fit = card.judged_target, card.purity
    values = [
        (f"total copies of {judged['gene']}", judged["copy_number"], "copies") if judged else ("", None, ""),
        *(
            (name, fit[name], unit)
            for name, unit in (("purity", "share of one"), ("ploidy", "copies"))
            if fit
        ),
    ]
    for name, value, unit in values:
        if value is not None:
            yield v2.Measurement(
                assay=_term(v2, name),
                value=v2.Value(quantity=v2.Quantity(unit=_term(v2, unit), value=value)),
            )


def _interpretation(v2: Any, card: PatientResults, cohort: Cohort, mutations: Mutations) -> Any:
    """The label in words, and every alteration that a rule names, with its gene and whether it is a candidate."""
    return v2.Interpretation(
        id=f"refractor:{card.row['sample']}",
        progress_status=v2.Interpretation.ProgressStatus.COMPLETED,
        summary=f"{label_words(card.row['label'])}: {mechanism_words(card.row['mechanisms']) or 'no mechanism named'}; "
        f"made from the genome alone, by rules on {' + '.join(cohort.drugs)}",
        diagnosis=v2.Diagnosis(
            disease=_term(v2, cohort.disease.name),
            genomic_interpretations=[
                _genomic(v2, card, row, mutations) for row in card.alterations if row["rule_id"]
            ],
        ),
    )


def _genomic(v2: Any, card: PatientResults, row: Row, mutations: Mutations) -> Any:
    gene = load_panel(LATEST_BUILD).genes.get(row["gene"])
    status = v2.GenomicInterpretation.InterpretationStatus
    descriptor = v2.VariationDescriptor(
        id=f"refractor:{card.row['sample']}:{row['gene']}:{row['alteration']}:{row['rule_id']}",
        label=f"{row['gene']} {row['alteration']}",
        description=row["sentence"] or row["note"] or "",
        gene_context=v2.GeneDescriptor(value_id=gene.hgnc_id if gene else row["gene"], symbol=row["gene"]),
        molecule_context=v2.MoleculeContext.genomic,
        extensions=[
            v2.Extension(name=name, value=str(row[name]))
            for name in (
                "class",
                "rule_id",
                "tier",
                "direction",
                "clonality",
                "vaf",
                "ccf",
                "copy_number",
                "other_drugs",
            )
            if row[name] is not None
        ],
    )
    if (row["gene"], row["alteration"]) in mutations:
        build, variant = mutations[row["gene"], row["alteration"]]
        descriptor.vcf_record.CopyFrom(
            v2.VcfRecord(genome_assembly=str(build), chrom=variant.chromosome, pos=variant.position + 1,
                         ref=variant.ref, alt=variant.alt)
        )  # fmt: skip
    return v2.GenomicInterpretation(
        subject_or_biosample_id=card.row["sample"],
        interpretation_status=status.CANDIDATE if row["candidate"] == YesNo.YES else status.UNKNOWN_STATUS,
        variant_interpretation=v2.VariantInterpretation(variation_descriptor=descriptor),
    )


def _meta_data(v2: Any, created: str, *, synthetic: bool) -> Any:
    resources = [
        v2.Resource(
            id=prefix.casefold(),
            name=name,
            url=url,
            version="not stated",
            namespace_prefix=prefix,
            iri_prefix=iri,
        )
        for name, url, prefix, iri in RESOURCES
    ]
    made = v2.MetaData(
        created_by=f"Refractor {__version__}{', SYNTHETIC DATA' if synthetic else ''}, research use only",
        phenopacket_schema_version=SCHEMA_VERSION,
        resources=resources,
    )
    if created:
        made.created.FromJsonString(f"{created}T00:00:00Z")
    return made
