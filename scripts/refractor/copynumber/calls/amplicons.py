"""The amplified stretches around amplified genes: bounds, size, reach, genes within, structural variants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from refractor.copynumber.calls.arm_copies import median_copies, pieces
from refractor.copynumber.segments import CopyNumberProfile
from refractor.genome.arms import Arm, arm_at, arms_of
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import Gene
from refractor.results.copy_number_tables import Amplicon, Focality, Segment


@dataclass(frozen=True, slots=True)
class AmpliconSettings:
    """Thresholds of the amplicons, each with its source."""

    focal_bp: int = 20_000_000
    """Largest focal stretch (study design: amplified segment <= 20 Mb and not arm-level)."""
    arm_fraction: float = 0.8
    """Share of an arm's measured bases from which a stretch is of the arm (ours)."""
    gap_bp: int = 300_000
    """Largest gap without a segment inside one amplicon (as AmpliconArchitect merges seeds)."""
    sv_tolerance_bp: int = 20_000
    """Distance within which a breakpoint bounds an amplicon (ours: about the spacing of windows)."""


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

    A stretch ends at the centromere, unless both arms are amplified. `breakpoints` of structural variants,
    (chromosome, 0-based position); None = not known.
    """
    settings = settings or AmpliconSettings()
    genes = tuple(genes)
    ploidy = profile.purity_ploidy.ploidy
    if ploidy is None:
        return ()
    threshold = amplification_ratio * ploidy
    known = list(breakpoints or ()) + list(profile.sv_breakpoints)
    found = []
    for chromosome in dict.fromkeys(segment.chromosome for segment in profile.segments):
        by_arm = {
            arm: [
                _clipped(segment, arm)
                for segment, _ in pieces(profile.segments, chromosome, arm.start, arm.end)
            ]
            for arm in arms_of(chromosome, build)
        }
        for stretch, focality in _stretches_of_chromosome(by_arm, threshold, settings):
            inside, partly = _genes_of(stretch, genes)
            if not amplified & {*inside, *partly}:
                continue
            place = chromosome, stretch[0].start, stretch[-1].end
            bases = sum(segment.length for segment in stretch)
            copies = sum(segment.length * (segment.copy_number or 0.0) for segment in stretch) / bases
            support = None
            if breakpoints is not None or profile.sv_breakpoints:
                support = _is_bounded(place, known, settings.sv_tolerance_bp)
            arm = arm_at(chromosome, (place[1] + place[2]) // 2, build)
            found.append(
                Amplicon(
                    chromosome=chromosome,
                    start=place[1],
                    end=place[2],
                    copy_number=copies,
                    arm_copy_number=median_copies(profile.segments, arm),
                    focality=focality,
                    genes=inside,
                    partial_genes=partly,
                    sv_support=support,
                    source=profile.source,
                )
            )
    return tuple(found)


def _clipped(segment: Segment, arm: Arm) -> Segment:
    return replace(segment, start=max(segment.start, arm.start), end=min(segment.end, arm.end))


def _stretches_of_chromosome(
    by_arm: Mapping[Arm, list[Segment]], threshold: float, settings: AmpliconSettings
) -> list[tuple[list[Segment], Focality]]:
    """The amplified runs of one chromosome with their reach; one run of both arms where both are amplified."""
    filled = {
        arm: sum(segment.length for segment in segments if _over(segment, threshold))
        >= settings.arm_fraction * sum(segment.length for segment in segments)
        for arm, segments in by_arm.items()
        if segments
    }
    if len(filled) > 1 and all(filled.values()):
        everything = [s for segments in by_arm.values() for s in segments if _over(s, threshold)]
        return [(everything, Focality.CHROMOSOME)]
    found = []
    for arm, segments in by_arm.items():
        for run in _runs(segments, threshold, settings.gap_bp):
            size = run[-1].end - run[0].start
            broad = size > settings.focal_bp or filled.get(arm, False)
            found.append((run, Focality.ARM if broad else Focality.FOCAL))
    return found


def _over(segment: Segment, threshold: float) -> bool:
    return segment.copy_number is not None and segment.copy_number > threshold


def _runs(segments: list[Segment], threshold: float, gap_bp: int) -> list[list[Segment]]:
    """Runs of neighbouring segments over the threshold; a segment below it or a wide gap parts two runs."""
    runs: list[list[Segment]] = []
    previous: Segment | None = None
    for segment in segments:
        if _over(segment, threshold):
            if previous is None or not _over(previous, threshold) or segment.start - previous.end > gap_bp:
                runs.append([])
            runs[-1].append(segment)
        previous = segment
    return runs


def _genes_of(stretch: list[Segment], genes: tuple[Gene, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Genes wholly and partly inside, in panel order."""
    chromosome, start, end = stretch[0].chromosome, stretch[0].start, stretch[-1].end
    touched = [g for g in genes if g.chromosome == chromosome and g.start < end and start < g.end]
    inside = tuple(gene.symbol for gene in touched if start <= gene.start and gene.end <= end)
    return inside, tuple(gene.symbol for gene in touched if gene.symbol not in inside)


def _is_bounded(place: tuple[str, int, int], breakpoints: list[tuple[str, int]], tolerance_bp: int) -> bool:
    chromosome, start, end = place
    return any(
        name == chromosome and min(abs(position - start), abs(position - end)) <= tolerance_bp
        for name, position in breakpoints
    )
