"""Allele balance: which SNPs are informative, and how well each fraction of the lesser allele explains what they show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refractor.reads.windows import WindowCounts
from refractor.reads.windows_to_read import NO_SNP, Sites

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MINOR_FRACTIONS: Floats = np.linspace(0.0, 0.5, 101)
"""The grid of shares of the lesser allele over which likelihoods are tabulated."""


@dataclass(frozen=True, slots=True)
class AlleleSettings:
    """Which SNPs are used and how their counts are dispersed."""

    min_normal_depth: int = 10
    min_tumor_depth: int = 8
    het_range: tuple[float, float] = (0.22, 0.78)
    """Alternative share in the normal that a heterozygous SNP may show."""
    max_other_fraction: float = 0.1
    overdispersion: float = 0.008
    """Correlation within a SNP's reads (beta-binomial), reference bias between SNPs included."""
    het_rate: float = 0.3
    """Chance that a common SNP is heterozygous, where no normal tells."""
    error_rate: float = 0.01
    """Share of the absent allele at a homozygous SNP: sequencing error and traces of contamination."""
    floor: float = 1e-4
    """Probability that a SNP's counts are not what they seem."""


@dataclass(frozen=True, slots=True, eq=False)
class AlleleCounts:
    """Informative SNPs: `rows` of the sites, alternative reads and depth in the tumour; (n_snps,) each.

    `known_het`: the normal shows them heterozygous; otherwise (`known_het` False) they may be either.
    `reference_bias` is the share of reads with the reference allele at a balanced SNP.
    """

    rows: NDArray[np.int64]
    alt: NDArray[np.int64]
    depth: NDArray[np.int64]
    known_het: bool
    reference_bias: float
    normal_het_rate: float | None


def select_snps(
    sites: Sites,
    tumor: WindowCounts,
    normal: WindowCounts | None,
    settings: AlleleSettings = AlleleSettings(),
) -> AlleleCounts:
    """The SNPs that tell of allele balance: heterozygous in the normal; without one, every SNP with depth."""
    depth = tumor.snp_depth
    plausible = (sites.snp != NO_SNP) & (depth >= settings.min_tumor_depth)
    plausible &= tumor.other_reads <= settings.max_other_fraction * np.maximum(depth, 1)
    bias, rate = 0.5, None
    if normal is not None:
        normal_depth = normal.snp_depth
        seen = (sites.snp != NO_SNP) & (normal_depth >= settings.min_normal_depth)
        share = normal.alt_reads / np.maximum(normal_depth, 1)
        het = seen & (share >= settings.het_range[0]) & (share <= settings.het_range[1])
        if het.sum() >= 100:
            bias = float(np.clip(1 - np.sum(normal.alt_reads[het]) / np.sum(normal_depth[het]), 0.42, 0.58))
        rate = float(het[seen].mean()) if seen.any() else None
        plausible &= het
    rows = np.flatnonzero(plausible)
    return AlleleCounts(
        rows=rows,
        alt=tumor.alt_reads[rows].astype(np.int64),
        depth=depth[rows].astype(np.int64),
        known_het=normal is not None,
        reference_bias=bias,
        normal_het_rate=rate,
    )


def imbalance(counts: AlleleCounts) -> tuple[Floats, Floats]:
    """Distance of each SNP from balance (0-0.5), freed from reference bias, and its standard deviation.

    NaN where the SNP may be homozygous and looks it.
    """
    alt, ref = counts.alt * counts.reference_bias, (counts.depth - counts.alt) * (1 - counts.reference_bias)
    share = alt / np.maximum(alt + ref, 1e-9)
    away = np.abs(share - 0.5)
    if not counts.known_het:
        away = np.where(away > 0.42, np.nan, away)
    return away, np.sqrt(0.25 / np.maximum(counts.depth, 1) + 0.0005)


def log_likelihoods(counts: AlleleCounts, settings: AlleleSettings = AlleleSettings()) -> Floats:
    """Log-likelihood (natural) of each SNP's counts for each of MINOR_FRACTIONS f; shape (n_snps, 101).

    0.5 BB(alt | f') + 0.5 BB(alt | (1 - f)') + floor x uniform, with BB the beta-binomial of correlation
    `overdispersion` and f' = f (1-b) / (f (1-b) + (1-f) b) for a reference bias b. Where no normal tells the
    heterozygous ones (`known_het` False), a mixture with the homozygous genotypes at `het_rate`.

    Which allele is the lesser one is unknown: both are averaged, so that balance is not biased to imbalance.
    """
    from scipy.special import betaln  # noqa: PLC0415 - a fifth of a second to start

    size = 1 / settings.overdispersion - 1
    alt, ref = counts.alt[:, None].astype(float), (counts.depth - counts.alt)[:, None].astype(float)

    def of_fraction(share: Floats) -> Floats:
        with_alt, with_ref = share * (1 - counts.reference_bias), (1 - share) * counts.reference_bias
        probability = np.clip(with_alt / (with_alt + with_ref), 0.004, 0.996)[None, :]
        a, b = probability * size, (1 - probability) * size
        logs: Floats = betaln(alt + a, ref + b) - betaln(a, b)
        return logs

    het = np.logaddexp(of_fraction(MINOR_FRACTIONS), of_fraction(1 - MINOR_FRACTIONS)) - np.log(2.0)
    odd = -np.log(counts.depth[:, None] + 1.0)  # any count equally likely, per arrangement as the others
    odd = odd + betaln(alt + 1, ref + 1) + np.log(counts.depth[:, None] + 1.0)
    if not counts.known_het:
        error = np.array([settings.error_rate, 1 - settings.error_rate])
        homozygous = np.logaddexp.reduce(of_fraction(error), axis=1, keepdims=True) - np.log(2.0)
        het = np.logaddexp(het + np.log(settings.het_rate), homozygous + np.log1p(-settings.het_rate))
    total: Floats = np.logaddexp(het, odd + np.log(settings.floor))
    return total
