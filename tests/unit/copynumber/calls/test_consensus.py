"""Several files of one tumour: the majority counts, a tie is not assessable."""

from __future__ import annotations

import math
from dataclasses import replace

from refractor.copynumber.calls.amplification import CallSettings
from refractor.copynumber.calls.assessment import Assessment, assess, compare
from refractor.copynumber.calls.consensus import with_consensus
from refractor.copynumber.calls.copies_of_ratio import with_purity_and_ploidy
from refractor.copynumber.segments import CopyNumberProfile
from refractor.files.listed import files_of
from refractor.genome.builds import CHROMOSOMES, CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy, PurityStatus, Segment
from refractor.tumor.copy_number_sources import with_purity_of_another

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


def ratios_alone(ratio_17: float) -> CopyNumberProfile:
    """A file of log2 ratios of the same genome, without purity and ploidy."""
    segments = tuple(
        Segment(
            chromosome=name,
            start=0,
            end=CONTIG_LENGTHS[B38][name],
            copy_number=None,
            minor_copy_number=None,
            log2_ratio={"17": math.log2(ratio_17), "18": 0.38}.get(name, 0.0),
        )
        for name in CHROMOSOMES
    )
    return CopyNumberProfile("cnvkit", B38, segments, sex="XX")


def test_a_file_of_ratios_votes_with_the_purity_that_another_tells() -> None:
    """(5.66 x 2 - 0.8) / 0.6 = 17.5 copies, and 2 of a genome that ASCAT has amplified alone."""
    ascat = file("ascat", 16.0).profile
    for ratio, expected in ((5.66, "amplified"), (1.0, "neutral")):
        _, other = with_purity_of_another([ascat, ratios_alone(ratio)])
        assert other.purity_ploidy.reason == "purity and ploidy as ascat has them"
        assessed = assess(
            with_purity_and_ploidy(other, purity=None, ploidy=None, sex="XX"),
            GENES,
            build=B38,
            settings=CallSettings(),
        )
        assert erbb2((assessed,))["cnvkit"][0] == expected
    alone = [ratios_alone(5.66), replace(ascat, unusable="its quality control failed")]
    assert with_purity_of_another(alone) == alone


def test_sources_of_which_one_has_no_number_disagree_by_their_calls_alone() -> None:
    proven = assess(
        with_purity_and_ploidy(ratios_alone(5.66), purity=None, ploidy=None, sex="XX"),
        GENES,
        build=B38,
        settings=CallSettings(),
    )
    assert erbb2((proven,))["cnvkit"][0] == "amplified"
    assert "ERBB2" not in compare(file("ascat", 16.0), proven)[0]
    told = compare(file("ascat", 2.0), proven)[0]["ERBB2"]
    assert told == "sources disagree: ascat neutral (2.0 copies), cnvkit amplified"


def test_a_file_that_is_named_twice_is_one_file() -> None:
    assert files_of("a.tsv; b.tsv ;a.tsv;") == ("a.tsv", "b.tsv")
