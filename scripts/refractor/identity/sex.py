"""Sex chromosomes of a sample, from its sampled windows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from refractor.reads.windows import WindowCounts
from refractor.reads.windows_to_read import NO_SNP, Sites


@dataclass(frozen=True, slots=True)
class SexSettings:
    """Limits between the sexes."""

    y_of_male: float = 0.2
    """Depth of Y over the autosomes from which a genome is male; half would be the ideal."""
    x_hets_of_female: float = 0.35
    """Heterozygous SNPs on X over those on autosomes from which a genome is female."""


def infer_sex(sites: Sites, counts: WindowCounts, settings: SexSettings = SexSettings()) -> str | None:
    """XX or XY as depth on Y and heterozygous SNPs on X agree on it; None where they cannot tell.

    Needs the matched normal, or a tumour that is not pure: a pure tumour may have lost its Y or an X.
    """
    present, fragments = counts.fragments >= 0, counts.fragments / sites.kilobases
    on_x, on_y = sites.chromosome == "X", sites.chromosome == "Y"
    autosomal = present & ~on_x & ~on_y
    if autosomal.sum() < 100 or (present & on_x).sum() < 20:
        return None
    usual = float(np.median(fragments[autosomal]))
    if usual <= 0:
        return None
    y_depth = float(np.median(fragments[present & on_y])) / usual if (present & on_y).any() else None
    depth = counts.snp_depth
    with np.errstate(divide="ignore", invalid="ignore"):
        alt_share = counts.alt_reads / depth
    seen = (sites.snp != NO_SNP) & (depth >= 10)
    het = seen & (alt_share > 0.15) & (alt_share < 0.85)
    rate = {}
    for name, where in (("X", on_x), ("autosomes", autosomal)):
        rate[name] = float(het[where & seen].mean()) if (where & seen).sum() >= 20 else np.nan
    x_hets = rate["X"] / rate["autosomes"] if rate["autosomes"] > 0 else np.nan
    if y_depth is not None and y_depth >= settings.y_of_male:
        return "XY"
    if x_hets >= settings.x_hets_of_female:
        return "XX"
    if y_depth is not None and y_depth >= settings.y_of_male / 4:
        return "XY"
    return None
