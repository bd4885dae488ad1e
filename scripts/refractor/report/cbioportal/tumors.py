"""What the study needs to know of one tumour, read from its folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from refractor.files.tables import Table
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import Panel
from refractor.report.patient_results import Row
from refractor.results.copy_number_tables import GENE_COPY_NUMBER, PURITY_PLOIDY, SEGMENTS
from refractor.results.evidence_tables import ALTERATIONS, ELIGIBILITY, LABEL
from refractor.results.variant_tables import CODON_STATUS, GENE_CALLABILITY
from refractor.variants.consequences import Consequence
from refractor.variants.observation import Observation
from refractor.variants.panel_vcf import build_of_panel_vcf, read_panel_vcf
from refractor.vocabulary import CopyNumberCall, Status, YesNo

SUPPRESSOR = "tumor_suppressor"
LEAST_TESTED_SHARE = 0.8
"""Share of a tumour suppressor's coding bases to be assessable for the gene to count as tested (ours)."""


@dataclass(frozen=True, slots=True)
class Tumor:
    """One sequenced tumour. `mutations` passed every filter and are not inherited; rows lead with their first source."""

    patient: str
    sample: str
    build: GenomeBuild
    mutations: tuple[tuple[Observation, Consequence], ...] = ()
    tested: frozenset[str] = frozenset()
    copies: tuple[Row, ...] = ()
    segments: tuple[Row, ...] = ()
    alterations: tuple[Row, ...] = ()
    eligibility: tuple[Row, ...] = ()
    purity: Row | None = None
    label: Row | None = None
    collected_on: str | None = field(default=None)

    @property
    def measured(self) -> frozenset[str]:
        """Genes whose copies were judged."""
        return frozenset(row["gene"] for row in self.copies if row["call"] != CopyNumberCall.NOT_ASSESSABLE)


def read_tumor(
    folder: Path, *, patient: str, sample: str, panel: Panel, collected_on: str | None = None
) -> Tumor:
    """The tumour in results/samples/{sample}/."""
    vcf = folder / "variants.vcf.gz"
    mutations = tuple(
        (observation, consequence)
        for observation, consequence in read_panel_vcf(vcf)
        if consequence is not None and not observation.filters and not observation.germline_likely
    )
    tested = genes_tested(_rows(CODON_STATUS, folder), _rows(GENE_CALLABILITY, folder), panel)
    return Tumor(
        patient=patient,
        sample=sample,
        build=build_of_panel_vcf(vcf),
        mutations=mutations,
        tested=tested | {consequence.gene for _, consequence in mutations},
        copies=_leading(_rows(GENE_COPY_NUMBER, folder)),
        segments=_leading(_rows(SEGMENTS, folder)),
        alterations=_rows(ALTERATIONS, folder),
        eligibility=_rows(ELIGIBILITY, folder),
        purity=next(iter(_rows(PURITY_PLOIDY, folder)), None),
        label=next(iter(_rows(LABEL, folder)), None),
        collected_on=collected_on,
    )


def genes_tested(codons: tuple[Row, ...], callability: tuple[Row, ...], panel: Panel) -> frozenset[str]:
    """Genes of which the absence of a mutation says something.

    An oncogene: every codon that the knowledge base asks about could be judged. A tumour suppressor, which any
    truncation breaks: besides, its coding sequence was covered, or LEAST_TESTED_SHARE of it where that is not said.
    """
    judged: dict[str, bool] = {}
    for row in codons:
        fine = row["status"] != Status.NOT_ASSESSABLE
        judged[row["gene"]] = judged.get(row["gene"], True) and fine
    covered = {row["gene"]: _covered(row) for row in callability}
    found = set()
    for symbol, gene in panel.genes.items():
        if symbol in judged:
            if judged[symbol] and (covered.get(symbol, True) or gene.role != SUPPRESSOR):
                found.add(symbol)
        elif covered.get(symbol, False):
            found.add(symbol)
    return frozenset(found)


def _covered(row: Row) -> bool:
    if row.get("covered") is not None:
        return bool(row["covered"] == YesNo.YES)
    return bool(row["assessable_share"] >= LEAST_TESTED_SHARE)


def _rows(table: Table, folder: Path) -> tuple[Row, ...]:
    path = folder / table.name
    return table.read_rows(path) if path.is_file() else ()


def _leading(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return tuple(row for row in rows if row["source"] == rows[0]["source"])
