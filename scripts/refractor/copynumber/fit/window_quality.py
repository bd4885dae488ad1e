"""Whether counts at the sampled windows can carry a copy-number fit: whole genome, deep enough, a true pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from refractor.errors import IdentityError, Problem
from refractor.files.remote import named
from refractor.genome.builds import SEX_CHROMOSOMES
from refractor.genome.panel import Gene
from refractor.identity.genotypes import GenotypeSettings, call_genotypes, homozygous_match
from refractor.reads.index_scan import IndexScan, Peak
from refractor.reads.windows import WindowCounts
from refractor.reads.windows_to_read import NO_SNP, Sites
from refractor.results.copy_number_tables import Segment
from refractor.results.quality import Quality, QualityStatus
from refractor.settings.thresholds import IDENTITY


@dataclass(frozen=True, slots=True)
class SamplingSettings:
    """What counts must show before they are believed."""

    min_fraction_with_reads: float = 0.6
    """Share of the backbone windows that must have reads: fewer is a slice, a panel or an exome."""
    min_fragments: float = 20.0
    """Median fragments a kilobase (20 are about 6x): with fewer, copies drown in counting noise."""
    full_fraction_with_reads: float = 0.95
    """Share of windows with reads below which a part of the genome is said to be missing."""
    min_concordance: float = 0.9
    """Share of the reads at SNPs, homozygous in the normal, that show its allele in one person's pair."""
    snps_for_concordance: int = 50
    whole_genome_fraction: float = 0.8
    """Share of the 16-kb stretches that must have reads for the index to count as that of a whole genome."""
    index_gap: float = 0.2
    """Distance (log2) of the fit's depth from the index's over large segments from which to warn."""
    exchanged_imbalance: float = 0.003
    """Excess of the mean squared distance of allele shares from a half in the normal, from which tumour and normal
    may be exchanged: an eighth of a genome at shares of 0.35. Our choice; simulated true normals stay below 0.002."""
    exchanged_errors: float = 5.0
    """Standard errors by which the normal's excess must be above the tumour's."""


def _backbone(sites: Sites) -> NDArray[np.bool_]:
    rows: NDArray[np.bool_] = (sites.kind == "backbone") & ~np.isin(sites.chromosome, SEX_CHROMOSOMES)
    return rows


_TWO_PEOPLE = "tumour and normal are of different people"
_MIXED = "tumour or normal holds much of another person's DNA, or they are of relatives"


def unusable_reason(
    sites: Sites, tumor: WindowCounts, normal: WindowCounts | None, settings: SamplingSettings
) -> str | None:
    """Why counts carry no fit, in words for the report; None where they do."""
    for name, counts in (("tumour", tumor), ("normal", normal)):
        if counts is None:
            continue
        backbone = _backbone(sites)
        fragments = counts.fragments[backbone] / sites.kilobases[backbone]
        with_reads = float(np.mean(fragments > 0)) if len(fragments) else 0.0
        if with_reads < settings.min_fraction_with_reads:
            if float(np.mean(counts.unsure[backbone] >= MIN_UNPLACED)) >= settings.min_fraction_with_reads:
                return f"the {name}'s reads have a mapping quality near 0: nothing tells where they belong; align them anew"
            return (
                f"the {name} has reads at {int((fragments > 0).sum())} of {len(fragments)} windows spread over "
                "the genome: a panel, an exome or a slice; copies need reads of a whole genome"
            )
        usual = float(np.median(fragments))
        if usual < settings.min_fragments:
            uneven = float(np.quantile(fragments, 0.99)) > 20 * max(usual, 1.0)
            kind = "an exome or a panel, " if uneven else ""
            return (
                f"the {name} is too shallow: {kind}{usual:.0f} fragments a window, "
                f"at least {settings.min_fragments:.0f} are needed"
            )
    if normal is not None:
        concordance, count = pair_concordance(sites, tumor, normal)
        if count >= settings.snps_for_concordance and concordance < settings.min_concordance:
            mixed = concordance >= IDENTITY.different_person_concordance
            what = _MIXED if mixed else _TWO_PEOPLE
            return f"{what}: they agree at {concordance:.0%} of {count} homozygous SNPs"
    return None


MIN_UNPLACED = 20
"""Fragments of low mapping quality, more than those that are placed, from which a window is one that cannot be seen."""


def unplaced_windows(counts: WindowCounts) -> NDArray[np.bool_]:
    """Windows (n_sites,) most of whose fragments cannot be placed (mapping quality 0): their depth is no copy number."""
    rows: NDArray[np.bool_] = (counts.unsure >= MIN_UNPLACED) & (counts.unsure > counts.fragments)
    return rows


def stretches_of(sites: Sites, rows: NDArray[np.bool_]) -> tuple[tuple[str, int, int], ...]:
    """Stretches (chromosome, start, end) of two flagged windows or more in a row; a single one tells little."""
    found = []
    numbers = np.flatnonzero(rows)
    for run in np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1):
        for name in dict.fromkeys(sites.chromosome[run].tolist()):
            of_name = run[sites.chromosome[run] == name]
            if len(of_name) > 1:
                found.append((str(name), int(sites.start[of_name[0]]), int(sites.end[of_name[-1]])))
    return tuple(found)


def missing_chromosomes(sites: Sites, counts: WindowCounts) -> list[str]:
    """Chromosomes (but Y) without reads: left out of the file, as no tumour loses every copy of one."""
    gone = []
    for name in dict.fromkeys(sites.chromosome.tolist()):
        rows = sites.chromosome == name
        if name != "Y" and float(np.mean(counts.fragments[rows] > 0)) < 0.05:
            gone.append(str(name))
    return gone


def pair_concordance(sites: Sites, tumor: WindowCounts, normal: WindowCounts) -> tuple[float, int]:
    """Share (0-1) of the tumour's reads that fit the SNPs homozygous in the normal, and the number of these."""
    rows = sites.snp != NO_SNP
    genotypes = call_genotypes(normal.ref_reads[rows], normal.alt_reads[rows])
    return homozygous_match(genotypes, tumor.ref_reads[rows], tumor.alt_reads[rows])


def check_not_same_file(tumor: str | Path, normal: str | Path | None) -> None:
    """Raise an IdentityError where tumour and normal are one file."""
    if normal is None:
        return
    both = isinstance(tumor, Path) and isinstance(normal, Path) and tumor.exists() and normal.exists()
    if tumor == normal or (both and Path(tumor).samefile(normal)):
        raise _same_reads(tumor, normal)


def check_pair(
    tumor: str | Path,
    normal: str | Path,
    tumor_counts: WindowCounts,
    normal_counts: WindowCounts,
    settings: SamplingSettings = SamplingSettings(),
) -> None:
    """Raise an IdentityError where the normal's reads are the tumour's own, or the two files seem exchanged."""
    same = all(
        np.array_equal(getattr(tumor_counts, name), getattr(normal_counts, name))
        for name in ("fragments", "ref_reads", "alt_reads")
    )
    if same and (tumor_counts.fragments > 0).any():
        raise _same_reads(tumor, normal)
    if look_exchanged(tumor_counts, normal_counts, settings):
        raise IdentityError(
            Problem(
                named(normal),
                "shows the allelic imbalance of a tumour, at SNPs where the tumour "
                f"{named(tumor)} has both alleles in balance",
                allowed="exchange tumor_reads and normal_reads if they were swapped; otherwise leave normal_reads empty",
            )
        )


def look_exchanged(tumor: WindowCounts, normal: WindowCounts, settings: SamplingSettings) -> bool:
    """Whether heterozygous SNPs are out of balance in the normal and in balance in the tumour.

    A normal that holds tumour cells is not meant: its tumour is out of balance still more.
    """
    het = np.zeros(len(tumor.ref_reads), dtype=np.bool_)
    seen = np.ones(len(tumor.ref_reads), dtype=np.bool_)
    for counts in (tumor, normal):
        genotypes = call_genotypes(counts.ref_reads, counts.alt_reads)
        het |= genotypes == 1
        seen &= counts.ref_reads + counts.alt_reads >= GenotypeSettings().min_depth
    het &= seen
    if het.sum() < settings.snps_for_concordance:
        return False
    in_tumor, in_normal = _imbalance(tumor, het), _imbalance(normal, het)
    excess = in_normal - in_tumor
    error = float(excess.std()) / float(np.sqrt(len(excess)))
    return bool(
        in_normal.mean() >= settings.exchanged_imbalance
        and in_tumor.mean() < in_normal.mean() / 3
        and excess.mean() > settings.exchanged_errors * error
    )


def _imbalance(counts: WindowCounts, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Squared distance of the allele share from a half at each SNP, less what chance alone gives at its depth."""
    depth = (counts.ref_reads + counts.alt_reads)[rows].astype(np.float64)
    distance: NDArray[np.float64] = (counts.alt_reads[rows] / depth - 0.5) ** 2 - 0.25 / depth
    return distance


def _same_reads(tumor: str | Path, normal: str | Path) -> IdentityError:
    return IdentityError(
        Problem(
            named(normal),
            f"holds the same reads as the tumour {named(tumor)}",
            allowed="give the matched normal, or leave normal_reads empty",
        )
    )


def index_quality(
    scan: IndexScan,
    peaks: Sequence[Peak],
    segments: Sequence[Segment],
    genes: Sequence[Gene],
    settings: SamplingSettings,
) -> tuple[Quality, ...]:
    """Rows for qc.tsv that hold the fit and `genes` against the index: bytes per stretch are a depth of their own.

    Only where the index shows a whole genome; the comparison is over segments of at least 10 Mb.
    """
    whole = scan.covered_share >= settings.whole_genome_fraction
    rows = [
        Quality(
            metric="index_covered_share",
            value=scan.covered_share,
            status=QualityStatus.PASS if whole else QualityStatus.WARN,
            unit="0-1",
            note="stretches of 16 kb of the autosomes with reads"
            + ("" if whole else "; too few to hold copy numbers against the index"),
        )
    ]
    if not whole:
        return tuple(rows)
    rows.append(
        Quality(
            metric="index_peaks",
            value=len(peaks),
            status=QualityStatus.PASS,
            unit="stretches",
            note="given extra windows",
        )
    )
    for gene in genes:
        ratio = scan.ratio(gene.chromosome, gene.start, gene.end)
        rows.append(
            Quality(metric=f"index_ratio_{gene.symbol}", value=ratio, status=QualityStatus.PASS, unit="ratio")
        )
    gaps = [
        abs(np.log2(ratio) - segment.log2_ratio)
        for segment in segments
        if segment.length >= 10_000_000
        and segment.log2_ratio is not None
        and segment.chromosome not in SEX_CHROMOSOMES
        and (ratio := scan.ratio(segment.chromosome, segment.start, segment.end))
    ]
    if gaps:
        gap = float(np.median(gaps))
        status = QualityStatus.PASS if gap <= settings.index_gap else QualityStatus.WARN
        note = (
            f"median distance of depth and bytes over {len(gaps)} segments; warn over {settings.index_gap:g}"
        )
        rows.append(Quality(metric="index_agreement", value=gap, status=status, unit="log2", note=note))
    return tuple(rows)


def _copies_quality(name: str, counts: WindowCounts) -> list[Quality]:
    """A row for qc.tsv on copies that nobody marked; none where there are none."""
    left_out = int(counts.copies.sum())
    if not left_out:
        return []
    note = "have both ends in common with another, and no duplicate is marked: each fragment counts once"
    metric = f"{name}_unmarked_copies"
    return [Quality(metric=metric, value=left_out, status=QualityStatus.WARN, unit="reads", note=note)]


def sampling_quality(
    sites: Sites, tumor: WindowCounts, normal: WindowCounts | None, settings: SamplingSettings
) -> tuple[Quality, ...]:
    """Rows for qc.tsv on what was read."""
    rows: list[Quality] = []
    backbone = _backbone(sites)
    for name, counts in (("tumor", tumor), ("normal", normal)):
        if counts is None:
            continue
        share = float(np.mean(counts.fragments[backbone] > 0)) if backbone.any() else 0.0
        if share < settings.min_fraction_with_reads:
            status = QualityStatus.FAIL
        else:
            status = QualityStatus.PASS if share >= settings.full_fraction_with_reads else QualityStatus.WARN
        rows.append(
            Quality(
                metric=f"{name}_windows_with_reads",
                value=share,
                status=status,
                unit="0-1",
                note=f"warn under {settings.full_fraction_with_reads:g}, fail under {settings.min_fraction_with_reads:g}",
            )
        )
        per_kb = counts.fragments[backbone] / sites.kilobases[backbone]
        usual = float(np.median(per_kb)) if backbone.any() else 0.0
        rows.append(
            Quality(
                metric=f"{name}_fragments_per_window",
                value=usual,
                status=QualityStatus.PASS if usual >= settings.min_fragments else QualityStatus.FAIL,
                unit="fragments",
                note=f"median; fail under {settings.min_fragments:g}",
            )
        )
        rows += _copies_quality(name, counts)
        with_snp = backbone & (sites.snp != NO_SNP)
        depth = float(np.median(counts.snp_depth[with_snp])) if with_snp.any() else 0.0
        rows.append(
            Quality(
                metric=f"{name}_depth",
                value=depth,
                status=QualityStatus.PASS,
                unit="fragments",
                note="median at the SNPs",
            )
        )
    if normal is not None:
        concordance, count = pair_concordance(sites, tumor, normal)
        alike = count < settings.snps_for_concordance or concordance >= settings.min_concordance
        rows.append(
            Quality(
                metric="tumor_normal_concordance",
                value=concordance if count else None,
                status=QualityStatus.PASS if alike else QualityStatus.FAIL,
                unit="0-1",
                note=f"{count} SNPs that are homozygous in the normal",
            )
        )
    return tuple(rows)
