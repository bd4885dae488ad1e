"""Simulated pairs that hold foreign DNA, or tumour cells in the normal, from reads to copies, power and evidence."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.results.variant_tables import CodonStatus
from refractor.settings.thresholds import CopyNumberSettings
from refractor.tumor.inputs import Tumor
from refractor.tumor.whole import StudiedTumor, study_tumor
from refractor.variants.codons.power import expected_vaf
from refractor.vocabulary import CopyNumberCall, Label, Status
from synthetic.events import Amplicon, CopyNumberSegment, Haplotype, SpikedVariant
from synthetic.genomes import Coverage, Ground, Seeds, normal_truth, prepare_ground, simulate_sample
from synthetic.trial import hotspot_variant
from synthetic.truth import TumorTruth

BUILD = GenomeBuild.GRCH38
PANEL = load_panel(BUILD)
ERBB2 = PANEL.genes["ERBB2"]
WINDOWS = 1500
SEEDS = Seeds(person=14, sequencing=14)
TRUTH = TumorTruth(
    sample="S-T",
    build=BUILD,
    purity=0.4,
    segments=(
        CopyNumberSegment("8", 0, None, 3, 1),
        CopyNumberSegment("13", 0, None, 3, 1, major_on=Haplotype.B),
        CopyNumberSegment("17", 0, 22_000_000, 1, 0, major_on=Haplotype.B),
        CopyNumberSegment("18", 0, None, 1, 0),
        CopyNumberSegment("12", 0, 35_000_000, 2, 0),
    ),
    amplicons=(Amplicon("17", ERBB2.start - 600_000, ERBB2.end + 500_000, 30),),
)


@lru_cache(maxsize=1)
def ground() -> Ground:
    return prepare_ground(BUILD, Coverage(windows=WINDOWS))


def study(
    folder: Path,
    tumor: TumorTruth,
    normal: TumorTruth,
    *,
    purity: float | None,
    depth: float = 40.0,
    normal_depth: float = 40.0,
) -> StudiedTumor:
    """Simulate both, and study them with the purity that the sheet states."""
    for truth, name, reads in ((tumor, "t", depth), (normal, "n", normal_depth)):
        simulate_sample(ground(), truth, path=folder / f"{name}.bam", depth=reads, seeds=SEEDS)
    given = Tumor(
        sample="S-T",
        tumor_reads=folder / "t.bam",
        normal_reads=folder / "n.bam",
        purity=purity,
        ploidy=None if purity is None else 2.1,
    )
    return study_tumor(given, copy_number=CopyNumberSettings(windows=WINDOWS))


def codon(studied: StudiedTumor, gene: str, number: int) -> CodonStatus:
    (row,) = [row for row in studied.variants.codons if (row.gene, row.codon) == (gene, number)]
    return row


def quality(studied: StudiedTumor, metric: str) -> tuple[float, str]:
    (row,) = [row for row in studied.copies.tables.quality if row.metric == metric]
    return float(row.value or 0), str(row.status)


def test_foreign_dna_lowers_the_power_at_codons_and_leaves_the_copies(tmp_path: Path) -> None:
    """Purity 0.3 of the patient's cells, 15 % of the DNA another person's: 0.255 of all, VAF 0.13 on 1 of 2 copies.

    The 33 fragments at the codon show a VAF of 0.15 with probability 0.97, one of 0.13 with less than is asked for.
    """
    truth = replace(TRUTH, purity=0.3)
    found = study(tmp_path, replace(truth, contamination=0.15), normal_truth(truth), purity=0.3)
    share, status = quality(found, "tumor_contamination")
    assert (share, status) == (pytest.approx(0.15, abs=0.02), "warn")
    values = found.copies.tables.purity_ploidy
    assert values.purity == pytest.approx(0.255, abs=0.01)
    (gene,) = [row for row in found.copies.tables.genes if row.gene == "ERBB2"]
    assert gene.call is CopyNumberCall.AMPLIFIED
    assert (gene.copy_number_low or 0) < 31 < (gene.copy_number_high or 0)
    row = codon(found, "NRAS", 61)
    (copies,) = [gene.copy_number_high for gene in found.copies.tables.genes if gene.gene == "NRAS"]
    thinned = expected_vaf(values.purity or 0, copies or 0)
    assert f"would have VAF {thinned:.3f}" in row.reason
    assert thinned < expected_vaf(0.3, copies or 0) - 0.015
    assert (row.status, row.smallest_detectable_ccf) == (Status.NOT_ASSESSABLE, None)


def test_a_mutation_that_tumor_cells_carry_into_the_normal_is_no_inherited_one(tmp_path: Path) -> None:
    """A quarter of the normal's cells are the tumour's, KRAS G12D on both copies: 0.25 of its alleles, 0.8 of the tumour's."""
    spiked: tuple[SpikedVariant, ...] = (
        hotspot_variant(PANEL, "KRAS", "G12D", copies=None),
        hotspot_variant(PANEL, "TP53", "R175H", haplotype="B"),
    )
    truth = replace(TRUTH, purity=0.8, variants=spiked)
    found = study(tmp_path, truth, replace(truth, sample="S-N", purity=0.25), purity=None, normal_depth=90)
    share, status = quality(found, "tumor_in_normal")
    assert (share, status) == (pytest.approx(0.25, abs=0.04), "warn")
    row = codon(found, "KRAS", 12)
    assert (row.status, row.protein_change) == (Status.MUTATED, "G12D")
    assert "tumour cells in it explain" in row.reason
    inherited = {item[1].gene for item in found.variants.called if item[1] and item[0].germline_likely}
    assert not inherited & {"KRAS", "TP53"}
    assert found.annotation.label.label is Label.CANDIDATE_R1
