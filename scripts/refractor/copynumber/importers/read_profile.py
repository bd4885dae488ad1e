"""A copy-number profile from any caller's file: caller told from the header, build from the positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from refractor.copynumber.importers.delimited import DelimitedFile, read_delimited
from refractor.copynumber.importers.importer import Layout, Source
from refractor.copynumber.importers.known_formats import IMPORTERS
from refractor.copynumber.segments import (
    AUTOSOMES,
    MAX_PLOIDY,
    MIN_PLOIDY,
    CopyNumberProfile,
    GeneCopies,
    covers_genome,
    mean_copy_number,
)
from refractor.errors import CopyNumberFileError, Problem
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.results.copy_number_tables import PurityMethod, PurityStatus, Segment

_SAMPLE_COLUMNS = ("sample", "sampleid", "sample_id", "id", "gdc_aliquot", "tumor_sample_barcode")


def import_copy_number(path: str | Path, *, sample: str, caller: str | None = None) -> CopyNumberProfile:
    """What a copy-number caller's file says; its ploidy is the mean of the segments where none is given.

    `caller` is the sheet's copy_number_caller; None = told from the header. Ratios are not yet copies:
    see `absolute.with_purity_and_ploidy`.

    Raises:
        CopyNumberFileError: malformed, not recognised, of several callers' layouts, or useless; all
            problems of the file and of its companions at once.
    """
    table = read_delimited(Path(path))
    layout = _layout(table, caller)
    if layout.read is None:
        raise CopyNumberFileError(Problem(path, layout.refusal, line=table.header_line))
    if not table.rows:
        raise CopyNumberFileError(
            Problem(path, "has a header and no row", allowed="the file may be cut off: copy it again")
        )
    profile = with_sound_ranges(_with_stated_columns(layout.read(Source(table, sample)), table))
    if profile.build is None:
        profile = replace(profile, build=build_of_segments(profile))
    return with_mean_ploidy(replace(profile, sample_names=_named(table)))


_PURITIES = ("purity", "tumor_purity", "tumour_purity", "cellularity")
_PLOIDIES = ("ploidy", "tumor_ploidy", "tumour_ploidy")


def _with_stated_columns(profile: CopyNumberProfile, table: DelimitedFile) -> CopyNumberProfile:
    """The profile with the purity and ploidy that the table repeats in every row, where its reader found none.

    A ploidy alone is left: it may be that of the normal cells.
    """
    values = profile.purity_ploidy
    if values.purity is not None or profile.unusable is not None or profile.purity_uncorrected:
        return profile
    purity, ploidy = (_repeated(table, names) for names in (_PURITIES, _PLOIDIES))
    if purity is None or ploidy is None or not 0 < purity <= 1 or not MIN_PLOIDY <= ploidy <= MAX_PLOIDY:
        return profile
    told = replace(
        values,
        purity=purity,
        ploidy=ploidy,
        method=PurityMethod.IMPORTED,
        status=PurityStatus.OK,
        reason="purity and ploidy of the table's own columns",
    )
    return replace(profile, purity_ploidy=told)


def _repeated(table: DelimitedFile, names: tuple[str, ...]) -> float | None:
    """The number that a column of one of these names repeats in every row; None where it is none, or differs."""
    name = next((name for name in names if name in table.columns), None)
    told = set() if name is None else {row.cells[name] for row in table.rows}
    try:
        return float(told.pop()) if len(told) == 1 else None
    except ValueError:
        return None


def with_sound_ranges(profile: CopyNumberProfile) -> CopyNumberProfile:
    """The profile without a range of purity or ploidy that does not hold its own value: that is another fit's."""
    values = profile.purity_ploidy
    if not _holds(values.purity_low, values.purity, values.purity_high):
        values = replace(values, purity_low=None, purity_high=None)
    if not _holds(values.ploidy_low, values.ploidy, values.ploidy_high):
        values = replace(values, ploidy_low=None, ploidy_high=None)
    return replace(profile, purity_ploidy=values)


def _holds(low: float | None, best: float | None, high: float | None) -> bool:
    return low is not None and best is not None and high is not None and low <= best <= high


def _named(table: DelimitedFile) -> tuple[str, ...]:
    """The samples that the table names in a column of its own, in their order."""
    names = () if "pos" in table.columns else _SAMPLE_COLUMNS  # ID of a VCF is the record's
    column = next((name for name in names if name in table.columns), None)
    return () if column is None else tuple(dict.fromkeys(row.cells[column] for row in table.rows))


def callers_of(path: Path) -> tuple[str, ...]:
    """The callers whose table of copies the header is of; none for another file or a companion of such a table."""
    told = _told(read_delimited(path))
    return tuple(name for name, layout in told.items() if layout.read is not None)


def _layout(table: DelimitedFile, caller: str | None) -> Layout:
    if caller is not None:
        if caller not in IMPORTERS:
            raise CopyNumberFileError(
                Problem(
                    table.path,
                    f"no importer is called '{caller}'",
                    column="copy_number_caller",
                    allowed=f"allowed: {', '.join(IMPORTERS)}",
                )
            )
        fitting = [layout for layout in IMPORTERS[caller].layouts if layout.matches(table.columns)]
        if fitting:
            return fitting[0]
        others = _told(table)
        looks = f"; it looks like {' or '.join(others)}" if others else ""
        raise CopyNumberFileError(
            Problem(
                table.path,
                f"is not of {caller}: its columns are {_listing(table)}{looks}",
                line=table.header_line,
                column="copy_number_caller",
                allowed=f"{caller} has {IMPORTERS[caller].expects}",
            )
        )
    told = _told(table)
    if len(told) == 1:
        return next(iter(told.values()))
    if told:
        raise CopyNumberFileError(
            Problem(
                table.path,
                f"may be of {' or '.join(told)}",
                line=table.header_line,
                allowed="fill copy_number_caller in the sheet with one of them",
            )
        )
    known = "; ".join(f"{name}: {importer.expects}" for name, importer in IMPORTERS.items())
    raise CopyNumberFileError(
        Problem(
            table.path,
            f"is of no known copy-number caller: its columns are {_listing(table)}",
            line=table.header_line,
            allowed=f"fill copy_number_caller in the sheet, or give one of: {known}",
        )
    )


def _told(table: DelimitedFile) -> Mapping[str, Layout]:
    """The callers whose layouts the header has, with the layout."""
    told: dict[str, Layout] = {}
    for name, importer in IMPORTERS.items():
        for layout in importer.layouts:
            if name not in told and not layout.stated_only and layout.matches(table.columns):
                told[name] = layout
    return told


def _listing(table: DelimitedFile) -> str:
    shown = [name or "(empty)" for name in table.columns[:12]]
    return " ".join(shown) + (" ..." if len(table.columns) > len(shown) else "")


def with_mean_ploidy(profile: CopyNumberProfile) -> CopyNumberProfile:
    """The profile with the length-weighted mean of its autosomal segments as ploidy, where it has none.

    Only where they cover the autosomes: the mean of a list of changes, or of some chromosomes, is no ploidy.
    """
    values = profile.purity_ploidy
    if values.ploidy is not None or not profile.segments:
        return profile
    if profile.changes_only or not covers_genome(profile.segments):
        if not any(segment.copy_number is not None for segment in profile.segments):
            return profile
        what = "lists changes only" if profile.changes_only else "covers a part of the genome only"
        reason = "; ".join(part for part in (values.reason, f"the file {what}: no ploidy from it") if part)
        return replace(profile, purity_ploidy=replace(values, reason=reason))
    mean = mean_copy_number(profile.segments, AUTOSOMES)
    if mean is None or not MIN_PLOIDY <= mean <= MAX_PLOIDY:
        return profile
    reason = "; ".join(
        part for part in (values.reason, "ploidy is the length-weighted mean of the segments") if part
    )
    return replace(
        profile,
        purity_ploidy=replace(
            values, ploidy=mean, method=PurityMethod.IMPORTED, status=PurityStatus.OK, reason=reason
        ),
    )


def build_of_segments(profile: CopyNumberProfile) -> GenomeBuild | None:
    """The only build on which all positions lie, or whose chromosomes the segments fill exactly; else None."""
    ends: dict[str, int] = {}
    for item in _places(profile):
        ends[item.chromosome] = max(ends.get(item.chromosome, 0), item.end)
    possible = [
        build
        for build, lengths in CONTIG_LENGTHS.items()
        if all(end <= lengths[name] for name, end in ends.items())
    ]
    filled = [
        build for build in possible if any(end == CONTIG_LENGTHS[build][name] for name, end in ends.items())
    ]
    for candidates in (filled, possible):
        if len(candidates) == 1:
            return candidates[0]
    return None


def _places(profile: CopyNumberProfile) -> list[Segment | GeneCopies]:
    return [*profile.segments, *profile.genes]


def check_positions(profile: CopyNumberProfile, path: str | Path, *, build: GenomeBuild) -> None:
    """Raise a CopyNumberFileError where a segment or gene lies beyond the end of its chromosome on `build`."""
    lengths = CONTIG_LENGTHS[build]
    beyond = [item for item in _places(profile) if item.end > lengths[item.chromosome]]
    if beyond:
        first = beyond[0]
        raise CopyNumberFileError(
            Problem(
                path,
                f"{len(beyond)} segments or genes lie beyond their chromosome on {build}, the first at "
                f"{first.chromosome}:{first.start}-{first.end} ({lengths[first.chromosome]} bases)",
                allowed="correct genome_build in the sheet; if it is right, the file is damaged",
            )
        )
