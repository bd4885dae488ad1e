"""The truth of a synthetic trial as tables: what a run of the workflow is scored against."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from refractor.files.tables import Table, integer, number, text
from refractor.genome.panel import load_panel
from refractor.vocabulary import Side, YesNo
from synthetic.caller_files import stretches
from synthetic.events import Rearrangement, SpikedVariant
from synthetic.trial import SimulatedPatient
from synthetic.truth import TumorTruth

TRUTH = Table(
    "truth.tsv",
    "One sequenced patient: what was simulated, and what the workflow should say.",
    (
        text("patient", "Patient", required=True),
        text("sample", "Tumour sample", required=True),
        text("ras_status", "Expected", required=True),
        text("braf_status", "Expected", required=True),
        text("her2_call", "Expected", required=True),
        text("eligibility", "Expected", required=True),
        text("label", "Expected", required=True),
        number("purity", "Share of tumour cells", "0-1", required=True),
        number("ploidy", "Mean copies of the autosomes of cancer cells", "copies", required=True),
        number("erbb2_copy_number", "Copies of ERBB2 per cancer cell", "copies", required=True),
        text("whole_genome_doubled", "Whether the genome was doubled", values=tuple(YesNo), required=True),
        text("shows", "What the patient is in the trial for", required=True),
        text("data", "bam, cram or files", required=True),
        text("wgs", "Expected", required=True),
        text("candidates", "Expected candidates, gene and alteration, joined by ;"),
        text("normal_of", "Whose normal was delivered as this patient's, where another's"),
        text(
            "copies_told",
            "Whether the data can tell purity, ploidy and copies",
            values=tuple(YesNo),
            required=True,
        ),
    ),
)

TRUTH_VARIANTS = Table(
    "truth_variants.tsv",
    "One spiked variant; position 0-based.",
    (
        text("sample", "Tumour sample", required=True),
        text("gene", "HGNC symbol", required=True),
        text("protein_change", "HGVS p., one letter", required=True),
        text("chromosome", "Chromosome without chr", required=True),
        integer("position", "First reference base, 0-based", "bp", required=True),
        text("ref", "Reference allele", required=True),
        text("alt", "Variant allele", required=True),
        number("vaf", "Expected share of reads", "0-1", required=True),
        number("ccf", "Share of cancer cells", "0-1", required=True),
        text("origin", "somatic or germline", values=("somatic", "germline"), required=True),
    ),
)

TRUTH_SEGMENTS = Table(
    "truth_segments.tsv",
    "One stretch of constant copies, averaged over the clones; 0-based, half-open.",
    (
        text("sample", "Tumour sample", required=True),
        text("chromosome", "Chromosome without chr", required=True),
        integer("start", "First base", "bp", required=True),
        integer("end", "Base after the last", "bp", required=True),
        number("copy_number", "Copies per cancer cell", "copies", required=True),
        number("minor_copy_number", "Copies of the rarer haplotype", "copies", required=True),
    ),
)

TRUTH_REARRANGEMENTS = Table(
    "truth_rearrangements.tsv",
    "One junction of two breakpoints; positions 0-based, of the outermost base kept.",
    (
        text("sample", "Tumour sample", required=True),
        text("first_chromosome", "Chromosome without chr", required=True),
        integer("first_position", "Outermost base kept", "bp", required=True),
        text("first_keeps", "Which side of it is kept", values=tuple(Side), required=True),
        text("second_chromosome", "Chromosome without chr", required=True),
        integer("second_position", "Outermost base kept", "bp", required=True),
        text("second_keeps", "Which side of it is kept", values=tuple(Side), required=True),
        number("copies", "Copies per cancer cell, averaged over the clones", "copies", required=True),
        number(
            "depth_share", "Fragments over the junction, as a share of the sample's mean depth", required=True
        ),
    ),
)

TRUTH_OUTCOMES = Table(
    "truth_outcomes.tsv",
    "One patient: the outcome that the sheets of patients and assessments were made to give.",
    (
        text("patient", "Patient", required=True),
        text("evaluable", "Expected", values=tuple(YesNo), required=True),
        text("best_response", "Expected"),
        text("response_confirmed", "Expected", values=tuple(YesNo)),
        text("clinical_benefit", "Expected", values=tuple(YesNo)),
        number("pfs_days", "Expected", "days"),
        integer("pfs_event", "Expected"),
        number("duration_of_response_days", "Expected", "days"),
        integer("duration_of_response_event", "Expected"),
        text("shows", "What the course shows", required=True),
    ),
)

TRUTH_STATISTICS = Table(
    "truth_statistics.tsv",
    "One figure that the cohort must come to, as printed in the publication whose shape the trial has.",
    (
        text("quantity", "The figure", required=True),
        text("table", "Table of results/cohort that holds it", required=True),
        text("row", "Which row of it, column=value joined by |", required=True),
        text("column", "Column of the table", required=True),
        text("comparison", "How the figure compares", values=("equal", "at least"), required=True),
        number("per", "The cell is divided by this to get the printed unit", required=True),
        integer("decimals", "Decimals printed", required=True),
        number("printed", "The figure as printed", required=True),
        text("source", "Where it is printed", required=True),
    ),
)


def write_truth(patients: Sequence[SimulatedPatient], folder: Path) -> None:
    """The tables of the sequenced patients."""
    TRUTH.write(TRUTH.from_rows([_truth_row(p) for p in patients]), folder / TRUTH.name, synthetic=True)
    variants = [_variant_row(p.truth, variant) for p in patients for variant in p.truth.variants]
    TRUTH_VARIANTS.write(TRUTH_VARIANTS.from_rows(variants), folder / TRUTH_VARIANTS.name, synthetic=True)
    segments = [
        {
            "sample": patient.truth.sample,
            "chromosome": stretch.chromosome,
            "start": stretch.start,
            "end": stretch.end,
            "copy_number": stretch.copies,
            "minor_copy_number": stretch.minor,
        }
        for patient in patients
        for stretch in stretches(patient.truth)
    ]
    junctions = [_rearrangement_row(p.truth, item) for p in patients for item in p.truth.rearrangements]
    TRUTH_REARRANGEMENTS.write(
        TRUTH_REARRANGEMENTS.from_rows(junctions), folder / TRUTH_REARRANGEMENTS.name, synthetic=True
    )
    TRUTH_SEGMENTS.write(TRUTH_SEGMENTS.from_rows(segments), folder / TRUTH_SEGMENTS.name, synthetic=True)


def _rearrangement_row(truth: TumorTruth, item: Rearrangement) -> dict[str, object]:
    mixed = truth.mixed_junction_copies(item)
    row: dict[str, object] = {"sample": truth.sample, "copies": mixed / truth.purity}
    for name, end in (("first", item.first), ("second", item.second)):
        row |= {
            f"{name}_chromosome": end.chromosome,
            f"{name}_position": end.position,
            f"{name}_keeps": end.side,
        }
    return row | {"depth_share": mixed / truth.mean_mixed_copies()}


def _truth_row(patient: SimulatedPatient) -> dict[str, object]:
    truth, expected = patient.truth, patient.expected
    erbb2 = load_panel(truth.build).genes["ERBB2"]
    return {
        "patient": patient.patient,
        "sample": truth.sample,
        "ras_status": expected.ras_status,
        "braf_status": expected.braf_status,
        "her2_call": expected.her2_call,
        "eligibility": expected.eligibility,
        "label": expected.label,
        "purity": truth.purity,
        "ploidy": truth.ploidy(),
        "erbb2_copy_number": truth.tumor_copies_at(erbb2.chromosome, erbb2.start),
        "whole_genome_doubled": _word(truth.whole_genome_doubled),
        "shows": patient.shows,
        "data": patient.data,
        "wgs": expected.wgs,
        "candidates": ";".join(expected.candidates) or None,
        "normal_of": patient.normal_of,
        "copies_told": _word(expected.copies_told),
    }


def _word(value: bool) -> YesNo:
    return YesNo.YES if value else YesNo.NO


def _variant_row(truth: TumorTruth, variant: SpikedVariant) -> dict[str, object]:
    return {
        "sample": truth.sample,
        "gene": variant.gene,
        "protein_change": variant.protein_change,
        "chromosome": variant.chromosome,
        "position": variant.position,
        "ref": variant.ref,
        "alt": variant.alt,
        "vaf": truth.expected_vaf(variant),
        "ccf": truth.cancer_cell_fraction(variant),
        "origin": "germline" if variant.germline else "somatic",
    }
