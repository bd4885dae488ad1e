"""Verdicts of a whole profile, and two sources held against each other."""

from __future__ import annotations

from refractor.copynumber.calls.amplification import CallSettings
from refractor.copynumber.calls.assessment import Assessment, assess, compare
from refractor.copynumber.segments import CopyNumberProfile
from refractor.genome.builds import CHROMOSOMES, CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy, PurityStatus, Segment

B38 = GenomeBuild.GRCH38
GENES = tuple(load_panel(B38).genes.values())


def genome(source: str, *, copies_17: float = 2.0, purity: float = 0.6, **rest: object) -> Assessment:
    segments = tuple(
        Segment(
            chromosome=name,
            start=0,
            end=CONTIG_LENGTHS[B38][name],
            copy_number={"17": copies_17, "18": 3.0}.get(name, 2.0),
            minor_copy_number=1.0,
        )
        for name in CHROMOSOMES
    )
    profile = CopyNumberProfile(
        source,
        B38,
        segments,
        purity_ploidy=PurityPloidy(
            purity=purity,
            ploidy=2.0,
            method=PurityMethod.IMPORTED,
            status=PurityStatus.OK,
            reason="told",
        ),
        sex="XX",
        **rest,  # type: ignore[arg-type]
    )
    return assess(profile, GENES, build=B38, settings=CallSettings())


def test_every_gene_of_the_panel_is_judged() -> None:
    found = genome("ascat")
    assert len(found.genes) == len(GENES) > 45
    assert found.usable
    assert {item.verdict.call for item in found.genes if item.found.gene.chromosome != "18"} == {"neutral"}
    assert all(len(item.definitions) == 10 for item in found.genes)


def test_purity_below_the_limit_marks_purity_and_ploidy_as_not_to_be_used() -> None:
    found = genome("ascat", purity=0.15)
    assert not found.usable
    values = found.profile.purity_ploidy
    assert (values.status, values.reason) == (PurityStatus.NOT_ASSESSABLE, "purity 0.15 is below 0.2; told")
    failed = genome("purple", unusable="FAIL_NO_TUMOR").profile.purity_ploidy
    assert (failed.status, failed.reason) == (PurityStatus.NOT_ASSESSABLE, "FAIL_NO_TUMOR; told")


def test_two_sources_that_agree() -> None:
    sentences, summary = compare(genome("reads", copies_17=9.0), genome("ascat", copies_17=10.0))
    assert sentences == {}
    assert (summary.value, summary.status) == (f"{len(GENES)} of {len(GENES)}", "pass")
    assert summary.note == "reads and ascat agree"


def test_two_sources_that_disagree_say_so_by_gene() -> None:
    sentences, summary = compare(genome("reads", copies_17=9.0), genome("ascat"))
    on_17 = sorted(gene.symbol for gene in GENES if gene.chromosome == "17")
    assert sorted(sentences) == on_17
    assert sentences["ERBB2"] == (
        "sources disagree: reads amplified (9.0 copies), ascat neutral (2.0 copies)"
    )
    assert summary.status == "warn"
    assert "ERBB2" in summary.note


def test_a_call_that_flips_is_a_disagreement_however_near_the_copies() -> None:
    # 7.4 and 5.2 copies are within one copy or a quarter of each other, but 3 x ploidy lies between
    sentences, _ = compare(genome("reads", copies_17=7.4), genome("ascat", copies_17=4.8))
    assert "ERBB2" in sentences


def test_genes_that_one_source_cannot_judge_are_not_compared() -> None:
    sentences, summary = compare(genome("reads", purity=0.1), genome("ascat", copies_17=9.0))
    assert sentences == {}
    assert summary.value == "0 of 0"
    assert summary.note == "reads and ascat: no gene that both can judge"


def flat(purity: float = 1.0, **rest: object) -> Assessment:
    """A genome of two copies everywhere."""
    segments = tuple(
        Segment(chromosome=n, start=0, end=CONTIG_LENGTHS[B38][n], copy_number=2.0, minor_copy_number=1.0)
        for n in CHROMOSOMES
    )
    values = PurityPloidy(purity=purity, ploidy=2.0, method=PurityMethod.IMPORTED, status=PurityStatus.OK)
    profile = CopyNumberProfile("ascat", B38, segments, purity_ploidy=values, sex="XX", **rest)  # type: ignore[arg-type]
    return assess(profile, GENES, build=B38, settings=CallSettings())


def test_a_flat_profile_shows_no_tumor_and_excludes_nothing() -> None:
    for purity in (1.0, 0.6):
        found = flat(purity)
        assert not found.usable
        assert "no sign of a tumour" in found.profile.purity_ploidy.reason
        assert {item.verdict.call for item in found.genes} == {"not_assessable"}
    # a caller that saw the tumour by its somatic variants
    assert flat(0.6, tumor_seen=True).usable
