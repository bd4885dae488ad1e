"""Several files of one tumour: the majority counts, a tie is not assessable."""

from __future__ import annotations

from refractor.copynumber.calls.amplification import CallSettings
from refractor.copynumber.calls.assessment import Assessment, assess
from refractor.copynumber.calls.consensus import with_consensus
from refractor.copynumber.segments import CopyNumberProfile
from refractor.genome.builds import CHROMOSOMES, CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy, PurityStatus, Segment

B38 = GenomeBuild.GRCH38
GENES = tuple(load_panel(B38).genes.values())


def file(source: str, copies_17: float) -> Assessment:
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
    values = PurityPloidy(purity=0.6, ploidy=2.0, method=PurityMethod.IMPORTED, status=PurityStatus.OK)
    profile = CopyNumberProfile(source, B38, segments, purity_ploidy=values, sex="XX")
    return assess(profile, GENES, build=B38, settings=CallSettings())


def erbb2(assessments: tuple[Assessment, ...]) -> dict[str, tuple[str, str]]:
    return {
        item.profile.source: (str(gene.verdict.call), gene.verdict.reason)
        for item in assessments
        for gene in item.genes
        if gene.found.gene.symbol == "ERBB2"
    }


def test_the_majority_counts_and_the_outvoted_file_says_nothing() -> None:
    found = with_consensus((file("sequenza", 0.7), file("ascat", 16.0), file("purple", 16.2)))
    assert [item.profile.source for item in found] == ["ascat", "purple", "sequenza"]
    calls = erbb2(found)
    assert calls["ascat"][0] == calls["purple"][0] == "amplified"
    assert calls["sequenza"] == (
        "not_assessable",
        "outvoted by the other files: sequenza neutral (0.7 copies), ascat amplified (16.0 copies), purple amplified "
        "(16.2 copies)".replace("sequenza neutral", "sequenza lost"),
    )
    (summary,) = [row for row in found[0].profile.quality if row.metric == "copy_number_files_agree"]
    assert (summary.status, "ERBB2" in summary.note) == ("warn", True)


def test_a_tie_is_not_assessable() -> None:
    found = with_consensus((file("ascat", 16.0), file("ascat", 2.0)))
    assert set(erbb2(found)) == {"ascat", "ascat 2"}
    assert {call for call, _ in erbb2(found).values()} == {"not_assessable"}
    assert all(reason.startswith("files disagree: ") for _, reason in erbb2(found).values())


def test_files_that_agree_keep_their_word() -> None:
    found = with_consensus((file("ascat", 16.0), file("purple", 12.0)))
    assert {call for call, _ in erbb2(found).values()} == {"amplified"}
    (summary,) = [row for row in found[0].profile.quality if row.metric == "copy_number_files_agree"]
    assert summary.status == "pass"
