"""A purity, ploidy or sex of the sheet that the file contradicts is a warning; a near one is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refractor.copynumber.calls.sheet_against_file import sheet_against_file
from refractor.copynumber.segments import CopyNumberProfile
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.results.copy_number_tables import PurityPloidy, Segment


def profile(copies: float = 2.0, *, sex: str | None = None, **own: float) -> CopyNumberProfile:
    segments = tuple(
        Segment(chromosome=name, start=0, end=1_000, copy_number=copies, minor_copy_number=1.0)
        for name in ("1", "2")
    )
    on_x = Segment(chromosome="X", start=0, end=100_000, copy_number=9.0, minor_copy_number=None)
    return CopyNumberProfile(
        "purple", GenomeBuild.GRCH38, (*segments, on_x), purity_ploidy=PurityPloidy(**own), sex=sex
    )


@pytest.mark.parametrize(
    ("found", "sheet", "metric", "says"),
    [
        (profile(purity=0.6), {"purity": 0.3}, "sheet_purity", "the purple file says 0.6"),
        (profile(purity=0.6), {"purity": 0.46}, None, ""),
        (profile(), {"purity": 0.3}, None, ""),
        (profile(ploidy=2.0), {"ploidy": 4.0}, "sheet_ploidy", "the purple file says 2.00"),
        (profile(ploidy=2.0), {"ploidy": 2.5}, None, ""),
        (profile(3.6), {"ploidy": 2.0}, "sheet_ploidy", "has a mean over its length of 3.60"),
        (profile(2.1), {"ploidy": 2.0}, None, ""),
        (profile(sex="XX"), {"sex": "XY"}, "sheet_sex", "the purple file says XX"),
        (profile(sex="XX"), {"sex": "XX"}, None, ""),
    ],
)
def test_what_contradicts_is_told(
    found: CopyNumberProfile, sheet: dict[str, object], metric: str | None, says: str
) -> None:
    given = {"purity": None, "ploidy": None, "sex": None} | sheet
    rows = list(sheet_against_file(found, **given))  # type: ignore[arg-type]
    assert [row.metric for row in rows] == ([metric] if metric else [])
    if metric:
        assert says in rows[0].note
        assert rows[0].status == "warn"


def whole_genome(copies: float, **own: float) -> CopyNumberProfile:
    segments = tuple(
        Segment(chromosome=name, start=0, end=length, copy_number=copies, minor_copy_number=1.0)
        for name, length in CONTIG_LENGTHS[GenomeBuild.GRCH38].items()
        if name.isdigit()
    )
    return CopyNumberProfile("purple", GenomeBuild.GRCH38, segments, purity_ploidy=PurityPloidy(**own))


def test_a_ploidy_beside_segments_of_another_mean_is_of_another_run() -> None:
    def told(found: CopyNumberProfile) -> list[str]:
        rows = sheet_against_file(found, purity=None, ploidy=None, sex=None)
        return [f"{row.metric} {row.value} {row.note}" for row in rows]

    (one,) = told(whole_genome(2.1, ploidy=3.9))
    assert one.startswith(
        "sheet_copy_number 3.9 the purple run gives a ploidy of 3.90 and its segments a mean of 2.10"
    )
    assert told(whole_genome(3.6, ploidy=3.9)) == []
    assert told(profile(2.1, ploidy=3.9)) == []  # two stretches are not the genome
    assert told(replace(whole_genome(2.1, ploidy=3.9), unusable="quality control failed")) == []
