"""A tumour's three steps in a row, as the workflow runs them, for tests on real files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

import annotate_alterations
import call_variants
import measure_copy_number
from refractor.files.tables import Table
from refractor.results.copy_number_tables import GENE_COPY_NUMBER
from refractor.results.evidence_tables import ALTERATIONS, ELIGIBILITY, LABEL
from refractor.results.variant_tables import CODON_STATUS
from refractor.step import run_step
from refractor.variants.codons.overall_status import overall_status
from refractor.vocabulary import Status


@dataclass(frozen=True, slots=True)
class Tumor:
    """The tables of one tumour."""

    folder: Path

    def read(self, table: Table) -> pd.DataFrame:
        """One of its tables."""
        return table.read(self.folder / table.name)

    @property
    def codons(self) -> pd.DataFrame:
        """Codon status by gene and codon."""
        return self.read(CODON_STATUS).set_index(["gene", "codon"]).sort_index()

    @property
    def erbb2(self) -> pd.Series:
        """The leading copy-number row of ERBB2."""
        rows = self.read(GENE_COPY_NUMBER)
        return rows[rows["gene"] == "ERBB2"].iloc[0]

    @property
    def eligibility(self) -> dict[str, str]:
        """Status of each entry criterion."""
        rows = self.read(ELIGIBILITY)
        return dict(zip(rows["criterion"], rows["status"], strict=True))

    @property
    def alterations(self) -> pd.DataFrame:
        """Alterations with their rules."""
        return self.read(ALTERATIONS)

    @property
    def label(self) -> str:
        """The label."""
        return str(self.read(LABEL)["label"].iloc[0])

    def status(self, *genes: str) -> Status:
        """Mutated, wild-type or not assessable over the decisive codons of these genes."""
        return overall_status(self.read(CODON_STATUS), genes)


def run_tumor(folder: Path, sample: str, **row: object) -> Tumor:
    """Run the steps on a row of a sample sheet; each must end with 0."""
    given = {name: str(value) for name, value in row.items() if value is not None}

    def options(*names: str) -> list[str]:
        return [
            part for name in names if name in given for part in ("--" + name.replace("_", "-"), given[name])
        ]

    common = ["--sample", sample, "--output-dir", str(folder)]
    reads = ("genome_build", "tumor_reads", "normal_reads")
    tables = {
        name: str(folder / f"{name}.tsv")
        for name in (
            "codon_status",
            "gene_callability",
            "gene_copy_number",
            "amplification_definitions",
            "amplicons",
            "qc",
            "copy_number_qc",
            "purity_ploidy",
        )
    }
    given |= tables | {"variants": str(folder / "variants.vcf.gz")}
    steps = (
        (measure_copy_number, options(*reads, "copy_number", "copy_number_caller", "purity", "ploidy", "sex")),
        (
            call_variants,
            options(*reads, "small_variants", "small_variants_sample", "callable_regions", "purity_ploidy",
                    "gene_copy_number", "copy_number_qc"),
        ),
        (
            annotate_alterations,
            options("genome_build", "small_variants", "variants", *(tables.keys() - {"copy_number_qc"})),
        ),
    )  # fmt: skip
    for step, arguments in steps:
        code = run_step(step.parser(), step.main, [*common, *arguments])
        if code != 0:
            raise AssertionError(f"{step.__name__} ended with {code}")
    return Tumor(folder)
