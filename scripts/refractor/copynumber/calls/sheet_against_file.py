"""What the sheet states of a tumour against what its caller's file says: the sheet's word counts, and the doubt is told."""

from __future__ import annotations

from collections.abc import Iterator

from refractor.copynumber.segments import CopyNumberProfile, covers_genome, mean_copy_number
from refractor.genome.builds import SEX_CHROMOSOMES
from refractor.results.quality import SHEET_DOUBT, Quality, QualityStatus

PURITY_APART = 0.15
"""Difference of purity (0-1) from which two values are of two fits: callers agree within 0.1 as a rule (ours)."""
PLOIDY_APART = 0.5
"""The same of ploidy, copies: a doubled genome differs by one or more (ours)."""


def sheet_against_file(
    profile: CopyNumberProfile, *, purity: float | None, ploidy: float | None, sex: str | None
) -> Iterator[Quality]:
    """A warning for each of the sheet's values that is not what `profile`, as it was imported, says.

    The file's ploidy is the caller's own, or else the length-weighted mean copies of its autosomes. Where the two are
    apart, the file that gives the ploidy is of another run than the segments.
    """
    own = profile.purity_ploidy
    if purity is not None and own.purity is not None and abs(purity - own.purity) > PURITY_APART:
        yield _doubt("purity", purity, f"the {profile.source} file says {own.purity:g}")
    autosomes = frozenset(segment.chromosome for segment in profile.segments) - set(SEX_CHROMOSOMES)
    mean = mean_copy_number(profile.segments, autosomes)
    of_file, how = own.ploidy, "says"
    if of_file is None:
        of_file, how = mean, "has a mean over its length of"
    elif mean is not None and not profile.changes_only and covers_genome(profile.segments):
        yield from _of_another_run(profile, of_file, mean)
    if ploidy is not None and of_file is not None and abs(ploidy - of_file) > PLOIDY_APART:
        yield _doubt("ploidy", ploidy, f"the {profile.source} file {how} {of_file:.2f}")
    if sex is not None and profile.sex is not None and sex != profile.sex:
        yield _doubt("sex", sex, f"the {profile.source} file says {profile.sex}")


def _of_another_run(profile: CopyNumberProfile, ploidy: float, mean: float) -> Iterator[Quality]:
    if profile.unusable is None and not profile.purity_uncorrected and abs(ploidy - mean) > PLOIDY_APART:
        yield Quality(
            metric=f"{SHEET_DOUBT}copy_number",
            value=f"{ploidy:g}",
            status=QualityStatus.WARN,
            note=f"the {profile.source} run gives a ploidy of {ploidy:.2f} and its segments a mean of {mean:.2f} copies "
            "over their length: are the files beside them of another run? Purity and ploidy as given are used",
        )


def _doubt(column: str, value: float | str, says: str) -> Quality:
    return Quality(
        metric=SHEET_DOUBT + column,
        value=f"{value:g}" if isinstance(value, float) else str(value),
        status=QualityStatus.WARN,
        note=f"{says}; the sheet's value is used. Is the file of this tumour and this run?",
    )
