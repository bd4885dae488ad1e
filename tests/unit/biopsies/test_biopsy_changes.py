"""What was acquired, lost or kept between two samples, and where nothing can be said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refractor.biopsies.changes import SampleFindings, _change
from refractor.results.biopsy_tables import Change
from refractor.results.evidence_tables import ReportedAlteration, ReportedRule
from refractor.results.variant_tables import CodonStatus
from refractor.sheets import SampleRow
from refractor.vocabulary import Status, Tier

LATER = SampleRow(3, patient="P", sample="T2", timepoint="progression")


def small(vaf: float = 0.3, ccf: float | None = None) -> ReportedAlteration:
    return ReportedAlteration(
        gene="KRAS",
        alteration="G12D",
        kind="snv",
        vaf=vaf,
        ccf=ccf,
        rule_id="MAPK-1",
        tier=Tier.R1,
        candidate=True,
    )


def amplified() -> ReportedAlteration:
    return ReportedAlteration(
        gene="MET",
        alteration="amplification",
        kind="amplification",
        rule_id="RTK-3",
        tier=Tier.R3,
        candidate=True,
    )


def sample(
    name: str,
    *found: ReportedAlteration,
    status: str = "wild_type",
    rule: str = "not_found",
    vaf: float = 0.05,
) -> SampleFindings:
    codon = CodonStatus(
        gene="KRAS",
        codon=12,
        status=Status(status),
        power=0.97,
        smallest_detectable_vaf=vaf,
        reason="4 fragments",
    )
    rules = {
        rule_id: ReportedRule(rule_id=rule_id, tier=Tier.R1, result=rule)  # type: ignore[arg-type]
        for rule_id in ("MAPK-1", "RTK-3")
    }
    return SampleFindings(
        name, {(one.gene, one.alteration): one for one in found}, rules, {("KRAS", 12): codon}
    )


G12D, MET = ("KRAS", "G12D"), ("MET", "amplification")


@pytest.mark.parametrize(
    ("before", "after", "key", "change", "power"),
    [
        (sample("T1", small()), sample("T2", small()), G12D, Change.KEPT, None),
        (sample("T1"), sample("T2", small()), G12D, Change.ACQUIRED, 0.97),
        (sample("T1", small()), sample("T2"), G12D, Change.LOST, 0.97),
        # the codon was not seen well enough before
        (sample("T1", status="not_assessable"), sample("T2", small()), G12D, Change.NOT_COMPARABLE, 0.97),
        # 3 % now, and nothing below 5 % could have been seen before; 5 % itself could
        (sample("T1"), sample("T2", small(vaf=0.03)), G12D, Change.NOT_COMPARABLE, 0.97),
        (sample("T1"), sample("T2", small(vaf=0.05)), G12D, Change.ACQUIRED, 0.97),
        (sample("T1"), sample("T2", amplified()), MET, Change.ACQUIRED, None),
        (sample("T1", rule="not_tested"), sample("T2", amplified()), MET, Change.NOT_COMPARABLE, None),
        (sample("T1", amplified()), sample("T2"), MET, Change.LOST, None),
    ],
)  # fmt: skip
def test_what_changed(
    before: SampleFindings, after: SampleFindings, key: tuple[str, str], change: Change, power: float | None
) -> None:
    found = _change(LATER, before, after, key)
    assert (found.change, found.power, found.before, found.after) == (change, power, "T1", "T2")


def test_plasma_and_tissue_are_compared_by_shares_of_cancer_cells_alone() -> None:
    """1 % of plasma is below the 5 % that the tissue could show, and may be every cell of the tumour."""
    tissue = sample("T1")
    plasma = replace(sample("T2", small(vaf=0.01)), is_plasma=True)
    unknown = _change(LATER, tissue, plasma, G12D)
    assert unknown.change is Change.NOT_COMPARABLE
    assert "cannot be compared" in unknown.reason
    declared = replace(
        tissue.codons["KRAS", 12], smallest_detectable_vaf=None
    )  # by a file's callable regions
    by_file = replace(tissue, codons={("KRAS", 12): declared})
    assert _change(LATER, by_file, plasma, G12D).change is Change.ACQUIRED
    seen = replace(
        tissue, codons={("KRAS", 12): replace(tissue.codons["KRAS", 12], smallest_detectable_ccf=0.3)}
    )
    clonal = replace(plasma, alterations={G12D: small(vaf=0.01, ccf=0.9)})
    assert _change(LATER, seen, clonal, G12D).change is Change.ACQUIRED
    subclonal = replace(plasma, alterations={G12D: small(vaf=0.01, ccf=0.2)})
    assert _change(LATER, seen, subclonal, G12D).change is Change.NOT_COMPARABLE


def test_a_small_variant_outside_the_codons_is_not_compared_by_its_rule_alone() -> None:
    other = ReportedAlteration(
        gene="PIK3CA", alteration="R88Q", kind="snv", vaf=0.2, rule_id="MAPK-1", tier=Tier.R2, candidate=True
    )
    found = _change(LATER, sample("T1"), sample("T2", other), ("PIK3CA", "R88Q"))
    assert found.change is Change.NOT_COMPARABLE
    assert found.reason == "in T1: how well this codon was seen is not known"
