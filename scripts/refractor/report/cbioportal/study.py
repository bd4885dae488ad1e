"""The whole study folder: which file says what, and the lists of samples that each profile covers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from refractor.genome.builds import LATEST_BUILD, UCSC_NAMES, GenomeBuild
from refractor.genome.panel import Panel
from refractor.report.cbioportal import clinical, molecular
from refractor.report.cbioportal.files import (
    SYNTHETIC_MARK,
    Attribute,
    Cell,
    clinical_file,
    data_file,
    meta_file,
)
from refractor.report.cbioportal.tumors import Tumor
from refractor.report.patient_results import Row
from refractor.settings.cohort import Cohort
from refractor.sheets import PatientRow
from refractor.sheets.sheet_rows import AdverseEventRow

ONCOTREE = {"9256": "coadread"}
"""Disease Ontology numbers as OncoTree codes, in small letters as portals hold them; other diseases are `mixed`."""
LONGEST_ID = 60


@dataclass(frozen=True, slots=True)
class Study:
    """Everything that goes into the folder."""

    cohort: Cohort
    patients: Sequence[Row]
    sheet: Mapping[str, PatientRow]
    tumors: Sequence[Tumor]
    panel: Panel
    responses: Sequence[Row] = ()
    adverse_events: Sequence[AdverseEventRow] = ()
    synthetic: bool = False
    version: str = ""
    stand_ins: Mapping[str, str] = field(default_factory=dict)

    @property
    def identifier(self) -> str:
        """The study's identifier in a portal, from the name of the cohort."""
        name = re.sub(r"[^a-z0-9]+", "_", self.cohort.name.lower()).strip("_")[:LONGEST_ID].strip("_")
        return f"refractor_{name}{'_synthetic' if self.synthetic else ''}"

    @property
    def build(self) -> GenomeBuild:
        """The build of most tumours; a study has one. GRCh38 where there are none or as many of either."""
        counts = Counter(tumor.build for tumor in self.tumors)
        return max(GenomeBuild, key=lambda build: (counts[build], build == LATEST_BUILD))

    @property
    def sequenced(self) -> list[Tumor]:
        """Tumours of which at least one gene was tested for mutations."""
        return [tumor for tumor in self.tumors if tumor.tested]

    @property
    def measured(self) -> list[Tumor]:
        """Tumours of which the copies of at least one gene were judged."""
        return [tumor for tumor in self.tumors if tumor.measured]


def stand_in_samples(patients: Sequence[Row], samples: set[str]) -> dict[str, str]:
    """A sample for each patient without a genome that is used, so that the portal counts the patient; its name is not taken."""
    found: dict[str, str] = {}
    for row in patients:
        if row["sample"] not in samples:  # None, or stopped
            name = f"{row['patient']}-no-genome"
            while name in samples:
                name += "-"
            found[row["patient"]] = name
    return found


def study_files(study: Study) -> dict[str, str]:
    """Every file of the folder: path in it -> content. A file that would hold no row is left out with its meta file."""
    files = dict(_clinical_files(study))
    files["meta_study.txt"] = meta_file(
        {
            "type_of_cancer": ONCOTREE.get(study.cohort.disease.doid or "", "mixed"),
            "cancer_study_identifier": study.identifier,
            "name": f"{SYNTHETIC_MARK + ': ' if study.synthetic else ''}{study.cohort.name}",
            "description": _description(study),
            "reference_genome": UCSC_NAMES[study.build],
            "add_global_case_list": "false",
        }
    )
    profiles = dict(_molecular_files(study))
    files |= profiles
    files |= dict(_panel_files(study, profiles))
    files |= dict(_case_lists(study, profiles))
    files |= dict(_timelines(study))
    files["README.txt"] = _readme(study, files)
    return dict(sorted(files.items()))


def _description(study: Study) -> str:
    other = [tumor.sample for tumor in study.tumors if tumor.build != study.build]
    moved = f" Of the other build, so without positions and segments: {', '.join(other)}." if other else ""
    return (
        f"{SYNTHETIC_MARK + ': simulated genomes and invented outcomes. ' if study.synthetic else ''}"
        f"{study.cohort.description or ''} Made by Refractor {study.version}; research use only. "
        "A gene outside a sample's gene panel was not tested, which is not wild-type. Samples named -no-genome "
        f"stand for patients without a sequenced tumour and are in no profile.{moved}"
    )


def _meta(study: Study, name: str, **fields: str) -> str:
    return meta_file(
        {"cancer_study_identifier": study.identifier, **fields, "data_filename": f"data_{name}.txt"}
    )


def _clinical_files(study: Study) -> Iterator[tuple[str, str]]:
    disease = study.cohort.disease.name
    patients = clinical.patient_rows(study.patients, study.sheet, synthetic=study.synthetic)
    samples = clinical.sample_rows(
        study.tumors,
        study.patients,
        cancer_type=disease[:1].upper() + disease[1:],
        target=study.cohort.target.gene,
        stand_ins=study.stand_ins,
    )
    of_samples = (
        *clinical.sample_attributes(study.cohort.target.gene),
        *clinical.criterion_attributes(study.tumors),
    )
    for kind, attributes, rows in (
        ("patient", clinical.PATIENT_ATTRIBUTES, patients),
        ("sample", of_samples, samples),
    ):
        yield from _clinical_pair(study, kind, attributes, rows)


def _clinical_pair(
    study: Study, kind: str, attributes: Sequence[Attribute], rows: Sequence[Mapping[str, Cell]]
) -> Iterator[tuple[str, str]]:
    name = f"clinical_{kind}"
    yield f"data_{name}.txt", clinical_file(attributes, rows)
    yield (
        f"meta_{name}.txt",
        _meta(study, name, genetic_alteration_type="CLINICAL", datatype=f"{kind.upper()}_ATTRIBUTES"),
    )


def _molecular_files(study: Study) -> Iterator[tuple[str, str]]:
    mutations = molecular.mutation_rows(study.sequenced, study.panel, study.build)
    if mutations:
        yield "data_mutations.txt", data_file(molecular.MUTATION_COLUMNS, mutations)
        yield (
            "meta_mutations.txt",
            _meta(
                study, "mutations", genetic_alteration_type="MUTATION_EXTENDED", datatype="MAF",
                stable_id="mutations", show_profile_in_analysis_tab="true", profile_name="Mutations",
                profile_description="Somatic variants of the panel genes that passed every filter. Which genes were "
                "tested in which sample stands in the gene panel matrix.",
            ),
        )  # fmt: skip
    copies = molecular.discrete_rows(study.measured, study.panel)
    if copies:
        columns = ("Hugo_Symbol", "Entrez_Gene_Id", *(tumor.sample for tumor in study.measured))
        yield "data_cna.txt", data_file(columns, copies)
        yield (
            "meta_cna.txt",
            _meta(
                study, "cna", genetic_alteration_type="COPY_NUMBER_ALTERATION", datatype="DISCRETE",
                stable_id="cna", show_profile_in_analysis_tab="true", profile_name="Copy-number calls",
                profile_description="-2 deleted, -1 lost, 0 neutral, 1 gained or amplified in part, 2 amplified; NA not "
                "assessable.",
            ),
        )  # fmt: skip
    segments = molecular.segment_rows(study.tumors, study.build)
    if segments:
        name = f"cna_{UCSC_NAMES[study.build]}"
        yield f"data_{name}.seg", data_file(molecular.SEGMENT_COLUMNS, segments)
        yield (
            f"meta_{name}_seg.txt",
            meta_file(
                {
                    "cancer_study_identifier": study.identifier,
                    "genetic_alteration_type": "COPY_NUMBER_ALTERATION",
                    "datatype": "SEG",
                    "reference_genome_id": UCSC_NAMES[study.build],
                    "description": "log2 of copies over ploidy; of depth where the purity cannot be told.",
                    "data_filename": f"data_{name}.seg",
                }
            ),
        )


def _panel_files(study: Study, profiles: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The matrix of samples and gene panels, and each panel, which a portal has to import before the study."""
    kinds = [kind for kind in ("mutations", "cna") if f"data_{kind}.txt" in profiles]
    rows: list[dict[str, Cell]] = []
    panels: dict[str, frozenset[str]] = {}
    for tumor in study.tumors:
        row: dict[str, Cell] = {"SAMPLE_ID": tumor.sample}
        for kind in kinds:
            genes = tumor.tested if kind == "mutations" else tumor.measured
            row[kind] = molecular.panel_id(kind, genes) if genes else "NA"
            if genes:
                panels[str(row[kind])] = genes
        rows.append(row)
    rows += [{"SAMPLE_ID": sample, **dict.fromkeys(kinds, "NA")} for sample in study.stand_ins.values()]
    if not kinds or not rows:
        return
    yield "data_gene_panel_matrix.txt", data_file(("SAMPLE_ID", *kinds), rows)
    yield (
        "meta_gene_panel_matrix.txt",
        _meta(
            study,
            "gene_panel_matrix",
            genetic_alteration_type="GENE_PANEL_MATRIX",
            datatype="GENE_PANEL_MATRIX",
        ),
    )
    for name, genes in panels.items():
        what = "tested for mutations" if "_mutations_" in name else "whose copies were judged"
        yield (
            f"gene_panels/data_gene_panel_{name}.txt",
            f"stable_id: {name}\ndescription: Refractor, {len(genes)} genes {what}\n"
            f"gene_list: {chr(9).join(sorted(genes))}\n",
        )


def _case_lists(study: Study, profiles: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    everybody = [tumor.sample for tumor in study.tumors] + list(study.stand_ins.values())
    sequenced = [t.sample for t in study.sequenced] if "data_mutations.txt" in profiles else []
    measured = [t.sample for t in study.measured] if "data_cna.txt" in profiles else []
    both = [sample for sample in sequenced if sample in set(measured)]
    for name, title, category, samples in (
        ("all", "All samples", "all_cases_in_study", everybody),
        ("sequenced", "Samples tested for mutations", "all_cases_with_mutation_data", sequenced),
        ("cna", "Samples with copy-number calls", "all_cases_with_cna_data", measured),
        (
            "cnaseq",
            "Samples with mutations and copy-number calls",
            "all_cases_with_mutation_and_cna_data",
            both,
        ),
    ):
        if samples:
            yield (
                f"case_lists/cases_{name}.txt",
                meta_file(
                    {
                        "cancer_study_identifier": study.identifier,
                        "stable_id": f"{study.identifier}_{name}",
                        "case_list_name": title,
                        "case_list_description": f"{title} ({len(samples)} samples)",
                        "case_list_category": category,
                    }
                )
                + f"case_list_ids: {chr(9).join(samples)}\n",
            )


def _timelines(study: Study) -> Iterator[tuple[str, str]]:
    for name, columns, rows in (
        ("status", clinical.STATUS_COLUMNS, clinical.status_rows(study.patients, study.sheet)),
        (
            "treatment", clinical.TREATMENT_COLUMNS,
            clinical.treatment_rows(study.patients, study.cohort.drugs),
        ),
        ("specimen", clinical.SPECIMEN_COLUMNS, clinical.specimen_rows(study.tumors, study.patients)),
        ("imaging", clinical.IMAGING_COLUMNS, clinical.imaging_rows(study.responses)),
        ("toxicity", clinical.TOXICITY_COLUMNS, clinical.toxicity_rows(study.adverse_events)),
    ):  # fmt: skip
        if rows:
            yield f"data_timeline_{name}.txt", data_file(columns, rows)
            yield (
                f"meta_timeline_{name}.txt",
                _meta(study, f"timeline_{name}", genetic_alteration_type="CLINICAL", datatype="TIMELINE"),
            )


def _readme(study: Study, files: Mapping[str, str]) -> str:
    panels = [name for name in sorted(files) if name.startswith("gene_panels/")]
    lines = [
        f"{SYNTHETIC_MARK}. " if study.synthetic else "",
        f"Study {study.identifier} for cBioPortal, made by Refractor {study.version}. Research use only.",
        "",
        "1. Import each gene panel (importGenePanel.pl --data FILE), which a portal needs before the study:",
        *(f"   {name}" for name in panels),
        "2. Import this folder (metaImport.py -s FOLDER -n, or with the portal's address in place of -n).",
        "",
        "A gene that is not in a sample's panel was not tested there: the portal shows it as not profiled, never as",
        "wild-type. Copy-number levels: 1 is gained or amplified in part, 2 amplified.",
    ]
    if "data_mutations.txt" not in files:
        lines.append(
            "No sample has a mutation, so there is no file of mutations: a portal refuses an empty one."
        )
    return "\n".join(lines) + "\n"
