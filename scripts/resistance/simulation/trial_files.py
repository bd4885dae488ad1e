"""The files of a synthetic trial other than reads: sheets, configuration, VCF, segments, truth."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import yaml

from resistance.files import written_aside
from resistance.genome import CONTIG_LENGTHS
from resistance.panel import load_panel
from resistance.simulation.bam import contig_name
from resistance.simulation.genomes import panel_regions
from resistance.simulation.trial import SimulatedPatient, SimulatedTrial
from resistance.simulation.truth import SpikedVariant, TumorTruth
from resistance.tables import Table, integer, number, text

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
        text("whole_genome_doubled", "Whether the genome was doubled", values=("yes", "no"), required=True),
        text("shows", "What the patient is in the trial for", required=True),
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

SAMPLE_COLUMNS = (
    "patient", "sample", "tumor_reads", "normal_reads", "small_variants", "small_variants_sample", "copy_number",
    "copy_number_caller", "callable_regions", "purity", "ploidy", "genome_build", "sex", "collected_on",
)  # fmt: skip

_FILES_DEPTH = (90, 45)
"""Tumour and normal depth written into the VCFs of patients without reads."""


def reads_paths(patient: SimulatedPatient) -> tuple[str, str]:
    """Tumour and normal reads of a patient, relative to the trial's folder."""
    sample = patient.truth.sample
    return f"reads/{sample}.{patient.data}", f"reads/{sample}-normal.{patient.data}"


def write_trial_files(trial: SimulatedTrial, folder: Path, *, sheets: Sequence[Path]) -> None:
    """Write everything but the reads into `folder`; `sheets` are hand-written ones, copied by their names."""
    folder.mkdir(parents=True, exist_ok=True)
    for sheet in sheets:
        shutil.copyfile(sheet, folder / sheet.name)
    for patient in trial.patients:
        if patient.data == "files":
            write_vcf(folder / f"variants/{patient.truth.sample}.vcf", patient.truth, seed=trial.seed)
            write_allelic_segments(folder / f"copy_number/{patient.truth.sample}.tsv", patient.truth)
            if patient.callable_regions:
                _write_callable(folder / f"variants/{patient.truth.sample}.callable.bed", patient.truth)
    rows = [_sample_row(patient) for patient in trial.patients]
    lines = [
        "\t".join(SAMPLE_COLUMNS),
        *("\t".join(row.get(name, "") for name in SAMPLE_COLUMNS) for row in rows),
    ]
    _write(folder / "samples.tsv", "\n".join(lines) + "\n")
    _write(folder / "config.yaml", _configuration(trial, sheets))
    write_truth(trial.patients, folder)


def write_truth(patients: Sequence[SimulatedPatient], folder: Path) -> None:
    """The tables that a run is scored against."""
    TRUTH.write(TRUTH.from_rows([_truth_row(p) for p in patients]), folder / TRUTH.name, synthetic=True)
    variants = [_variant_row(p.truth, variant) for p in patients for variant in p.truth.variants]
    TRUTH_VARIANTS.write(TRUTH_VARIANTS.from_rows(variants), folder / TRUTH_VARIANTS.name, synthetic=True)
    segments = [
        {
            "sample": patient.truth.sample,
            "chromosome": chromosome,
            "start": start,
            "end": end,
            "copy_number": patient.truth.tumor_copies_at(chromosome, start),
            "minor_copy_number": patient.truth.minor_copies_at(chromosome, start),
        }
        for patient in patients
        for chromosome, start, end in stretches(patient.truth)
    ]
    TRUTH_SEGMENTS.write(TRUTH_SEGMENTS.from_rows(segments), folder / TRUTH_SEGMENTS.name, synthetic=True)


def stretches(truth: TumorTruth) -> Iterator[tuple[str, int, int]]:
    """Chromosome, start and end of every stretch between breakpoints, over all chromosomes that have copies."""
    for chromosome in CONTIG_LENGTHS[truth.build]:
        if chromosome != "MT" and any(truth.normal_copies(chromosome)):
            for start, end in pairwise(truth.breakpoints(chromosome)):
                yield chromosome, start, end


def write_vcf(path: Path, truth: TumorTruth, *, seed: int) -> None:
    """A somatic VCF with a normal and a tumour column; counts drawn around the expected allele fractions."""
    rng = np.random.default_rng([seed, len(truth.sample), *truth.sample.encode()])
    contigs = CONTIG_LENGTHS[truth.build]
    names = [contig_name(chromosome, truth.build) for chromosome in contigs]
    header = ["##fileformat=VCFv4.2", "##source=refractor_simulate_genomes", f"##reference={truth.build}"]
    header.append("##synthetic=variants of an invented person")
    header += [
        f"##contig=<ID={name},length={length}>" for name, length in zip(names, contigs.values(), strict=True)
    ]
    header += [
        '##FILTER=<ID=PASS,Description="All filters passed">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads of each allele">',
        '##FORMAT=<ID=AF,Number=A,Type=Float,Description="Share of reads with the allele">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Reads">',
        f"##normal_sample={truth.sample}-normal",
        f"##tumor_sample={truth.sample}",
        f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{truth.sample}-normal\t{truth.sample}",
    ]
    order = list(contigs)
    records = []
    for variant in sorted(truth.variants, key=lambda v: (order.index(v.chromosome), v.position)):
        vaf = truth.expected_vaf(variant)
        normal = _genotype(rng, 0.5 if variant.germline else 0.0, _FILES_DEPTH[1])
        fields = (
            contig_name(variant.chromosome, truth.build), variant.position + 1, ".", variant.ref, variant.alt,
            ".", "PASS", ".", "GT:AD:AF:DP", normal, _genotype(rng, vaf, _FILES_DEPTH[0]),
        )  # fmt: skip
        records.append("\t".join(map(str, fields)))
    _write(path, "\n".join([*header, *records]) + "\n")


def _genotype(rng: np.random.Generator, vaf: float, depth: int) -> str:
    total = int(rng.poisson(depth))
    alt = int(rng.binomial(total, vaf))
    return f"{'0/1' if vaf else '0/0'}:{total - alt},{alt}:{alt / max(1, total):.3f}:{total}"


def write_allelic_segments(path: Path, truth: TumorTruth) -> None:
    """The table Chromosome Start End nMajor nMinor (1-based, inclusive), copies rounded over the clones."""
    lines = ["Chromosome\tStart\tEnd\tnMajor\tnMinor"]
    for chromosome, start, end in stretches(truth):
        total, minor = truth.tumor_copies_at(chromosome, start), truth.minor_copies_at(chromosome, start)
        lines.append(f"{chromosome}\t{start + 1}\t{end}\t{round(total - minor)}\t{round(minor)}")
    _write(path, "\n".join(lines) + "\n")


def _write_callable(path: Path, truth: TumorTruth) -> None:
    """The coding exons of the panel genes as BED."""
    order = list(CONTIG_LENGTHS[truth.build])
    regions = sorted(panel_regions(truth.build), key=lambda r: (order.index(r.chromosome), r.start, r.end))
    rows = [f"{contig_name(r.chromosome, truth.build)}\t{r.start}\t{r.end}" for r in regions]
    _write(path, "\n".join(rows) + "\n")


def _sample_row(patient: SimulatedPatient) -> dict[str, str]:
    truth = patient.truth
    row = {
        "patient": patient.patient,
        "sample": truth.sample,
        "genome_build": truth.build.value,
        "sex": truth.sex,
        "collected_on": patient.collected_on or "",
    }
    if patient.purity_in_sheet:
        row |= {"purity": f"{truth.purity:g}", "ploidy": f"{truth.ploidy():.2f}"}
    if patient.data != "files":
        row["tumor_reads"], row["normal_reads"] = reads_paths(patient)
        return row
    row |= {
        "small_variants": f"variants/{truth.sample}.vcf",
        "small_variants_sample": truth.sample,
        "copy_number": f"copy_number/{truth.sample}.tsv",
        "copy_number_caller": "allelic_segments",
    }
    if patient.callable_regions:
        row["callable_regions"] = f"variants/{truth.sample}.callable.bed"
    return row


def _configuration(trial: SimulatedTrial, sheets: Sequence[Path]) -> str:
    names = {sheet.stem for sheet in sheets}
    content: dict[str, object] = {"samples": "samples.tsv", "patients": "patients.tsv"}
    content |= {name: f"{name}.tsv" for name in ("assessments", "adverse_events") if name in names}
    content |= {"synthetic": True, "copy_number": {"windows": trial.windows}}
    comment = "# A synthetic trial, made by scripts/simulate_genomes.py. Only these windows hold reads.\n"
    return comment + yaml.safe_dump(content, sort_keys=False)


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
        "whole_genome_doubled": "yes" if truth.whole_genome_doubled else "no",
        "shows": patient.shows,
    }


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


def _write(path: Path, content: str) -> None:
    with written_aside(path) as scratch:
        scratch.write_text(content, encoding="utf-8")
