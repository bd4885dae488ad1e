"""From a pair of BAM files to the rules of ERBB2: the flows of variants and annotation, without a file of junctions."""

from __future__ import annotations

from pathlib import Path

import pytest
from junction_reads import AMPLICON, BUILD, exon_deletion, known

from refractor.results.copy_number_tables import Amplicon, Focality
from refractor.results.junction_tables import Architecture, JunctionSearch, SearchStatus
from refractor.tumor.annotation import TumorAnnotation, annotate
from refractor.tumor.gathered_findings import TumorRecords
from refractor.tumor.inputs import Tumor
from refractor.tumor.variants import TumorVariants, call_variants
from refractor.variants.junctions.find import CopiesKnown

FOUND = Amplicon(
    chromosome="17", start=AMPLICON.start + 6_000, end=AMPLICON.end - 9_000, copy_number=12.0, arm_copy_number=2.0,
    focality=Focality.FOCAL, genes=("ERBB2",), source="reads",
)  # fmt: skip


def called(tumor: Path | None, normal: Path | None) -> TumorVariants:
    given = Tumor(
        sample="T",
        genome_build=BUILD,
        tumor_reads=None if tumor is None else str(tumor),
        normal_reads=None if normal is None else str(normal),
    )
    facts = known()
    return call_variants(given, known=CopiesKnown(facts.purity_ploidy, facts.genes, [FOUND]))


def annotated(found: TumorVariants) -> TumorAnnotation:
    facts = known()
    assert facts.purity_ploidy is not None
    records = TumorRecords(
        build=BUILD, purity_ploidy=[facts.purity_ploidy], genes=facts.genes, amplicons=[FOUND],
        junctions=found.rearranged.junctions, junction_searches=found.rearranged.searches,
    )  # fmt: skip
    return annotate(Tumor(sample="T", genome_build=BUILD), records)


@pytest.fixture(scope="module")
def variants(pair) -> TumorVariants:
    return called(*pair)


def test_erbb2_broken_on_most_copies_is_found_in_the_reads(variants) -> None:
    found = annotated(variants)
    rules = {rule.rule_id: rule for rule in found.rules}
    assert rules["HER2-7"].result == "found"
    names = [one.alteration for one in found.alterations if one.rule_id == "HER2-7"]
    deletion = exon_deletion(8)
    assert names == [f"DEL 17:{deletion.first.position + 1}-17:{deletion.second.position + 1}"]
    assert rules["PI3K-5"].result == "not_tested"
    assert "no reads lie there" in (rules["PI3K-5"].reason or "")


def test_the_structure_of_the_amplicon_follows(variants) -> None:
    """11 copies in tandem of 10 gained; of 12 copies 8 are broken."""
    (structure,) = annotated(variants).structures
    assert (structure.gene, structure.architecture) == ("ERBB2", Architecture.TANDEM_OR_CIRCULAR)
    assert structure.intact_copies_low is not None
    assert structure.intact_copies_high is not None
    assert structure.intact_copies_low <= 4 <= structure.intact_copies_high < 8
    assert "head to tail" in structure.evidence


def test_a_tumour_without_reads_says_so_everywhere() -> None:
    found = called(None, None)
    assert not found.rearranged.junctions
    searches = found.rearranged.searches
    assert len(searches) > 10
    assert {(one.status, one.reason) for one in searches} == {(SearchStatus.NOT_TESTED, "no reads given")}
    answers = {rule.rule_id: rule for rule in annotated(found).rules}
    assert answers["HER2-7"].reason == "no structural variants given"


def test_what_is_searched_are_the_genes_of_rules_and_both_borders(variants) -> None:
    by_name: dict[str, JunctionSearch] = {one.place: one for one in variants.rearranged.searches}
    assert {"ERBB2", "BRAF", "NF1", "PTEN", "MET", "NRG1"} <= set(by_name)
    assert [name for name in by_name if name.endswith(f"{FOUND.start + 1}-{FOUND.end}")] == [
        f"{which} of the amplicon 17:{FOUND.start + 1}-{FOUND.end}" for which in ("start", "end")
    ]
    assert by_name["ERBB2"].status is SearchStatus.TESTED
    assert by_name["NF1"].reason == "no reads lie there"
