"""Finished tumours' folders and sheets of a trial, written as the steps write them, for tests of the cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from refractor.files.tables import Table
from refractor.results.analyses import ANALYSES
from refractor.results.copy_number_tables import GENE_COPY_NUMBER
from refractor.results.evidence_tables import ALTERATIONS, DECOY_RULES, ELIGIBILITY, LABEL, RULES
from refractor.results.identity_tables import IDENTITY_VERDICTS
from refractor.results.quality import QC
from refractor.results.variant_tables import CODON_STATUS
from refractor.variants.codons.overall_status import decisive_codons

RULE_ROWS = (
    ("MAPK-1", "KRAS", "MAPK", "R1"),
    ("MAPK-5", "BRAF", "MAPK", "R1"),
    ("PI3K-1", "PIK3CA", "PI3K", "R2"),
    ("RTK-2", "EGFR", "RTK_bypass", "R3"),
    ("HER2-1", "ERBB2", "low_copy_number", "R1"),
    ("MAPK-3", "HRAS", "MAPK", "R4"),
)
"""EndpointSettings of the hand-made knowledge: id, gene, pathway, tier."""

DECOY_ROWS = (("BRAFI-4", "BRAF", "MAPK", "R2", "no"), ("EGFRI-1", "KRAS", "MAPK", "R1", "yes"))
"""Rules on other drugs of the hand-made knowledge: id, gene, pathway, tier, whether an own rule counts it too."""


@dataclass(frozen=True, slots=True)
class Tumor:
    """A tumour of the patient; `rules` are those found. Without assessable genome the label is not_assessable."""

    rules: tuple[str, ...] = ()
    copies: float | None = 30.0
    ploidy: float = 2.0
    eligibility: str = "confirmed"
    assessable: bool = True
    decoys: tuple[str, ...] = ()
    """Rules of DECOY_ROWS that are found."""


@dataclass(frozen=True, slots=True)
class PatientCase:
    """A patient: cells of the patients' sheet, and the tumour, if any."""

    patient: str
    cells: dict[str, object] = field(default_factory=dict)
    tumor: Tumor | None = Tumor()


def write_cohort(
    folder: Path, cases: Sequence[PatientCase], *, rules: Sequence[tuple[str, ...]] = RULE_ROWS
) -> None:
    """samples.tsv, patients.tsv and results/samples/{sample}/ below `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = list(dict.fromkeys(name for case in cases for name in case.cells))
    write_rows(
        folder / "patients.tsv", ["patient", *columns],
        [[case.patient, *(case.cells.get(name) for name in columns)] for case in cases],
    )  # fmt: skip
    sequenced = [case for case in cases if case.tumor is not None]
    write_rows(
        folder / "samples.tsv", ["patient", "sample", "small_variants", "genome_build"],
        [[case.patient, f"T-{case.patient}", "x.vcf", "GRCh38"] for case in sequenced],
    )  # fmt: skip
    for case in sequenced:
        if case.tumor is not None:
            write_tumor_folder(folder / "results" / "samples", f"T-{case.patient}", case.tumor, rules)
    write_identity(folder, {f"T-{case.patient}": None for case in sequenced})


def write_identity(folder: Path, stopped: Mapping[str, str | None]) -> None:
    """cohort/identity_verdicts.tsv: of each sample, why it is stopped, or None."""
    rows: list[dict[str, object]] = [
        {"sample": sample, "state": "failed" if why else "done", "reason": why or "one person"}
        for sample, why in stopped.items()
    ]
    (folder / "cohort").mkdir(exist_ok=True)
    table = IDENTITY_VERDICTS.from_rows(rows)
    IDENTITY_VERDICTS.write(table, folder / "cohort" / IDENTITY_VERDICTS.name, synthetic=False)


def write_rows(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A sheet; None is an empty cell."""
    lines = ["\t".join(header)]
    lines += ["\t".join("" if cell is None else str(cell) for cell in row) for row in rows]
    path.write_text("\n".join(lines) + "\n")


def write_tumor_folder(
    samples: Path, sample: str, tumor: Tumor, rules: Sequence[tuple[str, ...]] = RULE_ROWS
) -> None:
    """One tumour's tables, as its steps leave them."""
    folder = samples / sample
    folder.mkdir(parents=True, exist_ok=True)
    found = [rule for rule in rules if rule[0] in tumor.rules]
    explaining = [rule for rule in found if rule[3] in ("R1", "R2", "R3")]
    status = "wild_type" if tumor.assessable else "not_assessable"
    codons = [{"gene": gene, "codon": codon, "status": status} for gene, codon in decisive_codons()]
    result = "not_found" if tumor.assessable else "not_tested"
    copies = tumor.copies
    content: dict[Table, list[dict[str, object]]] = {
        QC: [],
        CODON_STATUS: codons,
        ELIGIBILITY: [{"criterion": "HER2", "status": tumor.eligibility}],
        GENE_COPY_NUMBER: [
            {
                "gene": "ERBB2", "chromosome": "17", "start": 39_687_914, "end": 39_730_426, "copy_number": copies,
                "copy_number_over_ploidy": None if copies is None else copies / tumor.ploidy,
                "call": "not_assessable" if copies is None else "amplified", "capped": "no", "source": "test",
            }
        ],
        LABEL: [
            {
                "sample": sample, "label": label_of(tumor, explaining, found),
                "mechanisms": ";".join(dict.fromkeys(rule[2] for rule in found)),
            }
        ],
        ALTERATIONS: [
            {
                "gene": rule[1], "alteration": "X1Y", "class": "snv", "rule_id": rule[0], "mechanism": rule[2],
                "tier": rule[3], "clonality": "clonal", "candidate": "yes" if rule in explaining else "no",
            }
            for rule in found
        ],
        RULES: [
            {
                "rule_id": rule[0], "gene": rule[1], "tier": rule[3], "mechanism": rule[2], "direction": "resistant",
                "result": "found" if rule in found else result,
            }
            for rule in rules
        ],
        DECOY_RULES: [
            {
                "rule_id": name, "gene": gene, "drugs": "another", "tier": tier, "mechanism": mechanism,
                "result": "found" if name in tumor.decoys else result, "clonality": "clonal" if name in tumor.decoys else None,
                "shared": shared if name in tumor.decoys else None,
            }
            for name, gene, mechanism, tier, shared in DECOY_ROWS
        ],
    }  # fmt: skip
    for table, rows in content.items():
        table.write(table.from_rows(rows), folder / table.name, synthetic=True)
    for name in ("copy_number", "variants", "annotation"):
        analysis = "small_variants" if name == "variants" else name
        rows = [{"sample": sample, "analysis": analysis, "state": "done"}]
        ANALYSES.write(ANALYSES.from_rows(rows), folder / f"{name}_analyses.tsv", synthetic=True)


def label_of(tumor: Tumor, explaining: Sequence[tuple[str, ...]], found: Sequence[tuple[str, ...]]) -> str:
    if not tumor.assessable:
        return "not_assessable"
    if any(rule[3] == "R1" for rule in explaining):
        return "candidate_r1"
    if explaining:
        return "candidate_r2_r3"
    return "hypothesis_r4" if found else "no_candidate"


def trial_of_the_abstract() -> list[PatientCase]:
    """24 evaluable patients as the abstract counts them: benefit 11, response 7; 10 of 13 without benefit have a
    genome and 3 of them a mechanism. What it does not say (which, and the genomes of those with benefit) is made up."""
    cases = []
    for number in range(1, 25):
        benefit, responder = number % 2 == 0 and number <= 22, number in (2, 4, 6, 8, 10, 12, 14)
        cells: dict[str, object] = {
            "treatment_start": f"2018-{(number - 1) // 2 + 1:02d}-{10 if number % 2 else 20}",
            "best_response": "PR" if responder else "SD" if benefit else "PD",
            "response_confirmed": "yes" if responder else None,
            "clinical_benefit": "yes" if benefit else "no",
            "pfs_days": 150 + 10 * number if benefit else 40 + number,
            "pfs_event": 1, "os_days": 200 + 15 * number, "os_event": 1,
            "duration_of_response_days": 100 + 10 * number if responder else None,
            "duration_of_response_event": 1 if responder else None,
        }  # fmt: skip
        rules = {1: ("MAPK-1",), 3: ("PI3K-1", "MAPK-3"), 5: ("RTK-2",)}.get(number, ())
        copies = 40.0 + number if benefit else 5.0 + number
        tumor = None if number in (21, 23, 24) else Tumor(rules, copies=copies)
        cases.append(PatientCase(f"P{number:02d}", cells, tumor))
    return cases
