"""A synthetic platform trial: several cohorts of invented tumours, each with a declared truth, as imported files.

Of each cohort six tumours are made: three with the target, one with target and a mechanism of resistance, one without
the target, one that cannot tell. Further patients have an outcome and no genome.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import numpy as np

from refractor.files.resources import RESOURCES, shipped_rows
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import Gene, load_panel
from refractor.vocabulary import Result

DECLARED = RESOURCES / "demo" / "platform"
BUILD = GenomeBuild.GRCH38
AMPLIFIED_COPIES, FLANK_BP = 30, 400_000
GAINED, LOST = ("8", "13", "20"), ("18",)
"""Chromosomes of three and of one copy in every tumour: a profile that is flat throughout would say nothing."""
COLUMNS = ("copy_number", "small_variants", "structural_variants")
SHEET_COLUMNS = {"ihc": "target_ihc", "msi": "msi_status", "tmb": "tmb_per_mb"}
TRUTH_COLUMNS = ("patient", "cohort", "sample", "target_result", "rule", "clinical_benefit", "benefit_rate")


@dataclass(frozen=True, slots=True)
class DeclaredCohort:
    """One row of cohorts.tsv: what plants the target, its absence, its silence and a mechanism, and the true benefit."""

    cohort: str
    file: str
    with_target: str
    without_target: str
    unknown_target: str
    candidate: str
    rule: str
    rule_without: str
    """The rule that the lack of the target meets, such as too few copies."""
    benefit_rate: float


@dataclass(frozen=True, slots=True)
class PlatformTumor:
    """One tumour: what is planted (`amp:MET`, `mut:KRAS:G12C`, `without:copy_number`) and what must be found."""

    planted: tuple[str, ...]
    target_result: Result
    rule: str = ""


def declared_cohorts(table: Path = DECLARED / "cohorts.tsv") -> tuple[DeclaredCohort, ...]:
    """The rows of the declaration; a point is nothing."""
    return tuple(
        _declared({name: value.removesuffix(".").strip() for name, value in row.items()})
        for row in shipped_rows(table)
    )


def _declared(row: dict[str, str]) -> DeclaredCohort:
    rate = float(row.pop("benefit_rate"))
    return DeclaredCohort(**row, benefit_rate=rate)


def cohort_file_of(declared: DeclaredCohort) -> Path:
    """The cohort's file: the demo's own, or the shipped one of that name."""
    own = DECLARED / "cohorts" / f"{declared.file}.yaml"
    return own if own.is_file() else RESOURCES / "cohorts" / f"{declared.file}.yaml"


def tumors_of(declared: DeclaredCohort) -> tuple[PlatformTumor, ...]:
    """The six tumours of a cohort, the most telling first."""
    there = tuple(declared.with_target.split())
    plain = PlatformTumor(there, Result.FOUND)
    carrier = replace(plain, planted=(*there, *declared.candidate.split()), rule=declared.rule)
    absent = PlatformTumor(tuple(declared.without_target.split()), Result.NOT_FOUND, declared.rule_without)
    silent = PlatformTumor(tuple(declared.unknown_target.split()), Result.NOT_TESTED)
    return (plain, carrier, absent, silent, plain, plain)


def write_platform(folder: Path, cohorts: Sequence[DeclaredCohort], *, patients: int, seed: int) -> None:
    """The trial in `folder`: configuration, cohort files, sheets, tumours' files and truth.tsv.

    Each cohort has `patients` patients, six of them with a tumour.
    """
    rng = np.random.default_rng(seed)
    (folder / "files").mkdir(parents=True, exist_ok=True)
    sample_rows: list[dict[str, object]] = []
    patient_rows: list[dict[str, object]] = []
    truth: list[dict[str, object]] = []
    for declared in cohorts:
        (folder / f"{declared.cohort}.yaml").write_text(
            cohort_file_of(declared).read_text(encoding="utf-8"), encoding="utf-8"
        )
        tumors = tumors_of(declared)
        for number in range(1, patients + 1):
            patient = f"{declared.cohort}-{number:02d}"
            tumor = tumors[number - 1] if number <= len(tumors) else None
            benefit = bool(rng.random() < declared.benefit_rate)
            patient_rows.append(
                {"patient": patient, "cohort": declared.cohort, **_outcome(benefit, rng)}
                | (_sheet_cells(tumor) if tumor else {})
            )
            row: dict[str, object] = {"patient": patient, "cohort": declared.cohort}
            if tumor is not None:
                sample_rows.append(_sample_row(patient, tumor, folder))
                row |= {"sample": f"{patient}-T", "target_result": tumor.target_result, "rule": tumor.rule}
            rate = declared.benefit_rate
            truth.append(row | {"clinical_benefit": "yes" if benefit else "no", "benefit_rate": rate})
    _write_config(folder, cohorts)
    _write_rows(folder / "samples.tsv", sample_rows)
    _write_rows(folder / "patients.tsv", patient_rows)
    _write_rows(folder / "truth.tsv", truth, columns=TRUTH_COLUMNS)


def _write_config(folder: Path, cohorts: Sequence[DeclaredCohort]) -> None:
    listed = "".join(f"  {one.cohort}: {one.cohort}.yaml\n" for one in cohorts)
    (folder / "config.yaml").write_text(
        "# A synthetic platform trial, made by scripts/simulate_platform.py.\n"
        "samples: samples.tsv\npatients: patients.tsv\nsynthetic: true\n"
        f"genome_build: {BUILD}\nassume_callable: true\ncohorts:\n{listed}",
        encoding="utf-8",
    )


def _outcome(benefit: bool, rng: np.random.Generator) -> dict[str, object]:
    pfs = int(rng.integers(120, 400) if benefit else rng.integers(30, 90))
    return {
        "evaluable": "yes",
        "best_response": "PR" if benefit else "PD",
        "response_confirmed": "yes" if benefit else None,
        "clinical_benefit": "yes" if benefit else "no",
        "pfs_days": pfs,
        "pfs_event": 1,
        "os_days": pfs + int(rng.integers(30, 300)),
        "os_event": 1,
    }


def _sheet_cells(tumor: PlatformTumor) -> dict[str, object]:
    words = (one.split(":") for one in tumor.planted)
    return {SHEET_COLUMNS[word[0]]: word[1] for word in words if word[0] in SHEET_COLUMNS}


def _sample_row(patient: str, tumor: PlatformTumor, folder: Path) -> dict[str, object]:
    sample = f"{patient}-T"
    without = {word.partition(":")[2] for word in tumor.planted if word.startswith("without:")}
    texts = {
        "copy_number": ("segments.tsv", segments_text(sample, tumor)),
        "small_variants": ("vcf", small_variants_text(sample, tumor)),
        "structural_variants": ("sv.vcf", structural_variants_text(sample, tumor)),
    }
    row: dict[str, object] = {"patient": patient, "sample": sample, "purity": 0.6, "genome_build": str(BUILD)}
    for column, (ending, text) in texts.items():
        if column not in without:
            path = f"files/{sample}.{ending}"
            (folder / path).write_text(text, encoding="utf-8")
            row[column] = path
    if "copy_number" not in without:
        row["copy_number_caller"] = "allelic_segments"
    return row


def _genes(tumor: PlatformTumor, kind: str) -> list[Gene]:
    words = (word.split(":") for word in tumor.planted)
    return [load_panel(BUILD).genes[word[1]] for word in words if word[0] == kind]


def segments_text(sample: str, tumor: PlatformTumor) -> str:
    """Allelic segments (1-based, inclusive) of all autosomes, with what is amplified and what is lost.

    Chromosome 1 is cut at a place of the sample's own, so that no two files are one.
    """
    lines = ["Chromosome\tStart\tEnd\tnMajor\tnMinor"]
    planted = [(gene, AMPLIFIED_COPIES, 1) for gene in _genes(tumor, "amp")]
    planted += [(gene, 0, 0) for gene in _genes(tumor, "loss")]
    for name, length in CONTIG_LENGTHS[BUILD].items():
        if not name.isdigit():
            continue
        major, minor = (2, 1) if name in GAINED else (1, 0) if name in LOST else (1, 1)
        edge = 1
        if name == "1":
            edge = 100_000_000 + crc32(sample.encode()) % 20_000_000
            lines.append(f"1\t1\t{edge - 1}\t1\t1")
        inside = sorted(
            (
                (max(gene.start - FLANK_BP, 1), gene.end + FLANK_BP, high, low)
                for gene, high, low in planted
                if gene.chromosome == name
            )
        )
        for start, end, high, low in inside:
            lines += [
                f"{name}\t{edge}\t{start - 1}\t{major}\t{minor}",
                f"{name}\t{start}\t{end}\t{high}\t{low}",
            ]
            edge = end + 1
        lines.append(f"{name}\t{edge}\t{length}\t{major}\t{minor}")
    return "\n".join(lines) + "\n"


def small_variants_text(sample: str, tumor: PlatformTumor) -> str:
    """A somatic VCF of the planted protein changes, each by the first allele that gives it."""
    order = list(CONTIG_LENGTHS[BUILD])
    records = []
    for word in tumor.planted:
        kind, _, what = word.partition(":")
        if kind != "mut":
            continue
        gene, change = what.split(":")
        spot = min(
            (one for one in load_panel(BUILD).hotspots if (one.gene, one.protein_change) == (gene, change)),
            key=lambda one: (len(one.ref), one.ref, one.alt),
        )
        cells = (
            f"chr{spot.chromosome}",
            spot.position + 1,
            ".",
            spot.ref,
            spot.alt,
            ".",
            "PASS",
            ".",
            "AD:DP",
            "66,34:100",
        )
        records.append((order.index(spot.chromosome), spot.position, "\t".join(map(str, cells))))
    header = [
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads of each allele">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Reads">',
        f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{sample}",
    ]
    return "\n".join([*_vcf_header(), *header, *(line for *_, line in sorted(records))]) + "\n"


def structural_variants_text(sample: str, tumor: PlatformTumor) -> str:
    """A somatic VCF of breakends: for a fusion that keeps the codons up to one (`fusion:FGFR2:765`), its two records."""
    header = [
        f"##tumor={sample}",
        '##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Kind">',
        '##INFO=<ID=MATEID,Number=1,Type=String,Description="The other end of the junction">',
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
    ]
    records = [line for word in tumor.planted if word.startswith("fusion:") for line in _fusion(word)]
    return "\n".join([*_vcf_header(), *header, *records]) + "\n"


def _fusion(word: str) -> Iterator[str]:
    """The gene's start up to the intron behind the codon, joined to chromosome 2 between genes."""
    _, symbol, codon = word.split(":")
    gene = load_panel(BUILD).genes[symbol]
    place, partner = intron_behind(gene, int(codon)) + 1, 70_000_001
    bracket = "[" if gene.strand == "-" else "]"
    for here, there, name, mate in (
        ((gene.chromosome, place), ("2", partner), "a", "b"),
        (("2", partner), (gene.chromosome, place), "b", "a"),
    ):
        joined = f"{bracket}chr{there[0]}:{there[1]}{bracket}"
        alternate = f"{joined}N" if gene.strand == "-" else f"N{joined}"
        yield f"chr{here[0]}\t{here[1]}\tfusion_{name}\tN\t{alternate}\t.\tPASS\tSVTYPE=BND;MATEID=fusion_{mate}"


def intron_behind(gene: Gene, codon: int) -> int:
    """The middle of the intron that follows, in the gene's sense, the exon with the codon; 0-based."""
    base = gene.codon_positions(codon)[2]
    place = next(n for n, (start, end) in enumerate(gene.exons) if start <= base < end)
    if gene.strand == "+":
        return (gene.exons[place][1] + gene.exons[place + 1][0]) // 2
    return (gene.exons[place - 1][1] + gene.exons[place][0]) // 2


def _vcf_header() -> list[str]:
    contigs = (f"##contig=<ID=chr{name},length={length}>" for name, length in CONTIG_LENGTHS[BUILD].items())
    return [
        "##fileformat=VCFv4.2",
        "##source=refractor_simulate_platform",
        "##synthetic=an invented person",
        *contigs,
    ]


def _write_rows(path: Path, rows: Sequence[dict[str, object]], columns: Sequence[str] = ()) -> None:
    names = list(columns or dict.fromkeys(name for row in rows for name in row))
    lines = ["\t".join("" if row.get(name) is None else str(row[name]) for name in names) for row in rows]
    path.write_text("\n".join(["\t".join(names), *lines]) + "\n", encoding="utf-8")
