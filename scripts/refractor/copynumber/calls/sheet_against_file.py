"""What the sheet states of a tumour against what its caller's file says: the sheet's word counts, and the doubt is told."""

from __future__ import annotations

from collections.abc import Iterator

from refractor.copynumber.segments import CopyNumberProfile, mean_copy_number
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

    The file's ploidy is the caller's own, or else the length-weighted mean copies of its autosomes.
    """
    own = profile.purity_ploidy
    if purity is not None and own.purity is not None and abs(purity - own.purity) > PURITY_APART:
        yield _doubt("purity", purity, f"the {profile.source} file says {own.purity:g}")
    of_file, how = own.ploidy, "says"
    if of_file is None:
        autosomes = frozenset(segment.chromosome for segment in profile.segments) - set(SEX_CHROMOSOMES)
        of_file, how = mean_copy_number(profile.segments, autosomes), "has a mean over its length of"
    if ploidy is not None and of_file is not None and abs(ploidy - of_file) > PLOIDY_APART:
        yield _doubt("ploidy", ploidy, f"the {profile.source} file {how} {of_file:.2f}")
    if sex is not None and profile.sex is not None and sex != profile.sex:
        yield _doubt("sex", sex, f"the {profile.source} file says {profile.sex}")


def _doubt(column: str, value: float | str, says: str) -> Quality:
    return Quality(
        metric=SHEET_DOUBT + column,
        value=f"{value:g}" if isinstance(value, float) else str(value),
        status=QualityStatus.WARN,
        note=f"{says}; the sheet's value is used. Is the file of this tumour and this run?",
    )
