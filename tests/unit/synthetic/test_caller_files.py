"""Copy numbers as the callers write them: our own importers read the true copies back out of each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from refractor.copynumber.importers.read_profile import import_copy_number
from refractor.copynumber.segments import CopyNumberProfile
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from synthetic.caller_files import WRITERS, write_copy_number
from synthetic.events import Amplicon, CopyNumberSegment
from synthetic.truth import TumorTruth

EXPECTED = {("1", 5_000_000): 2, ("8", 5_000_000): 4, ("18", 5_000_000): 1, ("17", 39_500_000): 17}
_GENOME = sum(
    length for name, length in CONTIG_LENGTHS[GenomeBuild.GRCH38].items() if name not in ("X", "Y", "MT")
)
_EXTRA = (
    2 * CONTIG_LENGTHS[GenomeBuild.GRCH38]["8"] - CONTIG_LENGTHS[GenomeBuild.GRCH38]["18"] + 15 * 1_000_000
)
MEAN_MIXED = 2 + 0.6 * _EXTRA / _GENOME
"""Mean copies per cell of the sample: 2 everywhere, and what the tumour's 60 % have more or less."""


@pytest.fixture(scope="module")
def truth() -> TumorTruth:
    """Purity 0.6: chromosome 8 at 3+1, one copy of 18 lost, ERBB2 at 16 + 1 copies between whole megabases."""
    return TumorTruth(
        sample="P1-T",
        build=GenomeBuild.GRCH38,
        purity=0.6,
        sex="XY",
        segments=(CopyNumberSegment("8", 0, None, 3, 1), CopyNumberSegment("18", 0, None, 1, 0)),
        amplicons=(Amplicon("17", 39_000_000, 40_000_000, 16),),
    )


@pytest.mark.parametrize("caller", sorted(WRITERS))
def test_our_importers_read_the_true_copies(caller: str, truth: TumorTruth, tmp_path: Path) -> None:
    path = tmp_path / write_copy_number(caller, tmp_path, truth)
    profile = import_copy_number(path, sample="P1-T", caller=caller)
    assert profile.source == caller
    assert len(profile.segments) >= 24
    if caller in ("cnvkit", "gatk"):
        profile = profile_from_ratios(profile)
    copies = {place: segment_at(profile, *place) for place in EXPECTED}
    most = 20 if caller == "sequenza" else 99
    assert {place: pytest.approx(min(most, total), abs=0.03) for place, total in EXPECTED.items()} == copies


def segment_at(profile: CopyNumberProfile, chromosome: str, position: int) -> float | None:
    [found] = [s for s in profile.segments if s.chromosome == chromosome and s.start <= position < s.end]
    return found.copy_number


def profile_from_ratios(profile: CopyNumberProfile) -> CopyNumberProfile:
    """Copies from log2 ratios by hand: mixed = 2^ratio x mean mixed copies; tumour = (mixed - 0.4 x 2) / 0.6."""
    return replace(
        profile,
        segments=tuple(
            replace(s, copy_number=(2 ** (s.log2_ratio or 0.0) * MEAN_MIXED - 0.8) / 0.6)
            for s in profile.segments
            if s.chromosome not in ("X", "Y")
        ),
    )


@pytest.mark.parametrize("caller", ["purple", "facets", "ascat", "sequenza", "purecn"])
def test_purity_and_ploidy_lie_where_their_importer_looks(
    caller: str, truth: TumorTruth, tmp_path: Path
) -> None:
    path = tmp_path / write_copy_number(caller, tmp_path, truth)
    found = import_copy_number(path, sample="P1-T", caller=caller).purity_ploidy
    assert found.purity == pytest.approx(0.6)
    assert found.ploidy == pytest.approx(truth.ploidy(), abs=0.001)


def test_each_format_is_told_from_its_header(truth: TumorTruth, tmp_path: Path) -> None:
    for caller in WRITERS:
        path = tmp_path / caller / write_copy_number(caller, tmp_path / caller, truth)
        assert import_copy_number(path, sample="P1-T").source == caller


def test_the_ends_of_an_amplicon_are_breakpoints_of_purple(truth: TumorTruth, tmp_path: Path) -> None:
    path = tmp_path / write_copy_number("purple", tmp_path, truth)
    profile = import_copy_number(path, sample="P1-T", caller="purple")
    assert profile.sv_breakpoints == (("17", 39_000_000), ("17", 40_000_000))
    assert profile.sex == "XY"
    total = dict.fromkeys(CONTIG_LENGTHS[GenomeBuild.GRCH38], 0)
    for segment in profile.segments:
        total[segment.chromosome] += segment.end - segment.start
    assert {name for name, bases in total.items() if bases} == set(total) - {"MT"}
    assert all(bases in (0, CONTIG_LENGTHS[GenomeBuild.GRCH38][name]) for name, bases in total.items())
