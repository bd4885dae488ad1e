"""The amplified stretches around amplified genes: bounds, size, reach, genes within, structural variants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from resistance.copynumber.arms import arm_at, arms_of, median_copies, pieces
from resistance.copynumber.segments import CopyNumberProfile, Segment
from resistance.genome import GenomeBuild
from resistance.panel import Gene


class Focality(StrEnum):
    """How far an amplified stretch reaches."""

    FOCAL = "focal"
    ARM = "arm"
    CHROMOSOME = "chromosome"


@dataclass(frozen=True, slots=True)
class AmpliconSettings:
    """Thresholds of the amplicons, each with its source."""

    focal_bp: int = 20_000_000
    """Largest focal stretch (study design: amplified segment <= 20 Mb and not arm-level)."""
    arm_share: float = 0.8
    """Share of an arm's measured bases from which a stretch is of the arm (ours)."""
    gap_bp: int = 300_000
    """Largest gap without a segment inside one amplicon (as AmpliconArchitect merges seeds)."""
    sv_tolerance_bp: int = 20_000
    """Distance within which a breakpoint bounds an amplicon (ours: about the spacing of windows)."""


@dataclass(frozen=True, slots=True)
class Amplicon:
    """One amplified stretch, 0-based half-open; `sv_support` is None where no breakpoints are known."""

    chromosome: str
    start: int
    end: int
    copy_number: float
    arm_copy_number: float | None
    focality: Focality
    genes: tuple[str, ...]
    partial_genes: tuple[str, ...]
    sv_support: bool | None


def find_amplicons(
    profile: CopyNumberProfile,
    genes: Iterable[Gene],
    *,
    amplified: frozenset[str],
    amplification_ratio: float,
    build: GenomeBuild,
    breakpoints: tuple[tuple[str, int], ...] | None = None,
    settings: AmpliconSettings | None = None,
) -> tuple[Amplicon, ...]:
    """The stretches with more than `amplification_ratio` x ploidy copies that hold a gene of `amplified`.

    `breakpoints` of structural variants, (chromosome, 0-based position); None = not known.
    """
    settings = settings or AmpliconSettings()
    genes = tuple(genes)
    ploidy = profile.purity_ploidy.ploidy
    if ploidy is None:
        return ()
    known = list(breakpoints or ()) + list(profile.sv_breakpoints)
    supported = None if breakpoints is None and not profile.sv_breakpoints else known
    found = []
    for stretch in _stretches(profile.segments, amplification_ratio * ploidy, settings.gap_bp):
        inside, partly = _genes_of(stretch, genes)
        if amplified & set(inside + partly):
            found.append(
                _amplicon(
                    profile,
                    stretch,
                    (inside, partly),
                    build=build,
                    breakpoints=supported,
                    settings=settings,
                )
            )
    return tuple(found)


def _stretches(segments: tuple[Segment, ...], threshold: float, gap_bp: int) -> list[list[Segment]]:
    """Runs of neighbouring segments over the threshold; a segment below it or a wide gap parts two runs."""
    runs: list[list[Segment]] = []
    previous: Segment | None = None
    for segment in segments:
        if segment.copy_number is not None and segment.copy_number > threshold:
            joined = (
                previous is not None
                and bool(runs)
                and runs[-1][-1] is previous
                and previous.chromosome == segment.chromosome
                and segment.start - previous.end <= gap_bp
            )
            if joined:
                runs[-1].append(segment)
            else:
                runs.append([segment])
        previous = segment
    return runs


def _genes_of(stretch: list[Segment], genes: tuple[Gene, ...]) -> tuple[list[str], list[str]]:
    chromosome, start, end = stretch[0].chromosome, stretch[0].start, stretch[-1].end
    touched = [g for g in genes if g.chromosome == chromosome and g.start < end and start < g.end]
    inside = [gene.symbol for gene in touched if start <= gene.start and gene.end <= end]
    return inside, [gene.symbol for gene in touched if gene.symbol not in inside]


def _amplicon(
    profile: CopyNumberProfile,
    stretch: list[Segment],
    genes: tuple[list[str], list[str]],
    *,
    build: GenomeBuild,
    breakpoints: list[tuple[str, int]] | None,
    settings: AmpliconSettings,
) -> Amplicon:
    chromosome, start, end = stretch[0].chromosome, stretch[0].start, stretch[-1].end
    bases = sum(segment.length for segment in stretch)
    copies = sum(segment.length * (segment.copy_number or 0.0) for segment in stretch) / bases
    middle = (start + end) // 2
    support = None
    if breakpoints is not None:
        support = any(
            name == chromosome and min(abs(position - start), abs(position - end)) <= settings.sv_tolerance_bp
            for name, position in breakpoints
        )
    return Amplicon(
        chromosome,
        start,
        end,
        copies,
        median_copies(profile.segments, arm_at(chromosome, middle, build)),
        _focality(profile.segments, (chromosome, start, end), build, settings),
        tuple(genes[0]),
        tuple(genes[1]),
        support,
    )


def _focality(
    segments: tuple[Segment, ...],
    place: tuple[str, int, int],
    build: GenomeBuild,
    settings: AmpliconSettings,
) -> Focality:
    chromosome, start, end = place
    filled = []
    for arm in arms_of(chromosome, build):
        measured = pieces(segments, chromosome, arm.start, arm.end)
        total = sum(bases for _, bases in measured)
        inside = sum(
            bases
            for _, bases in pieces(
                (s for s, _ in measured), chromosome, max(start, arm.start), min(end, arm.end)
            )
        )
        if total:
            filled.append(inside / total >= settings.arm_share)
    if len(filled) > 1 and all(filled):
        return Focality.CHROMOSOME
    if any(filled) or end - start > settings.focal_bp:
        return Focality.ARM
    return Focality.FOCAL
