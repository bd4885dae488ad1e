"""A normal that holds tumour, or is amplified itself, does not hide the tumour's amplicon."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from refractor.copynumber.fit.fit import fit_counts
from refractor.copynumber.fit.tumor_in_normal import NormalExcess
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.reads.windows_to_read import load_sites
from synthetic.window_counts import count_genome
from synthetic.window_genomes import Amplicon, Recipe, make_genome

BUILD = GenomeBuild.GRCH37
PANEL = load_panel(BUILD)
ERBB2 = PANEL.genes["ERBB2"]
SITES = load_sites(BUILD, count=8_000)
OVER = (SITES.chromosome == "17") & (SITES.end > ERBB2.start) & (SITES.start < ERBB2.end)
WIDER = (SITES.chromosome == "17") & (SITES.end > ERBB2.start - 250_000) & (SITES.start < ERBB2.end + 250_000)


def fitted(tumor_in_normal: float, *, normal_amplified: float = 1.0, seed: int = 3):
    rng = np.random.default_rng(seed)
    amplicon = Amplicon(ERBB2.start - 250_000, ERBB2.end + 250_000, 9.0, (ERBB2.start, ERBB2.end))
    genome = make_genome(Recipe(purity=0.6, subclonal_fraction=0.0, amplicon=amplicon), SITES, rng)
    tumor, normal = count_genome(genome, SITES, rng, tumor_in_normal=tumor_in_normal)
    assert normal is not None
    fragments = np.where(WIDER, normal.fragments * normal_amplified, normal.fragments).astype(np.int32)
    fit = fit_counts(
        SITES, tumor, replace(normal, fragments=fragments), build=BUILD, genes=tuple(PANEL.genes.values())
    )
    copies = next(
        s.copy_number
        for s in fit.profile.segments
        if s.chromosome == "17" and s.start <= ERBB2.start and ERBB2.end <= s.end
    )
    quality = {row.metric: row for row in fit.profile.quality}
    return copies / float(genome.total[OVER].mean()), quality


def test_a_clean_normal_has_no_tumor() -> None:
    share, quality = fitted(0.0)
    assert share == pytest.approx(1.0, abs=0.12)
    assert (quality["tumor_in_normal"].value, quality["tumor_in_normal"].status) == (0.0, "pass")
    assert "normal_depth_excess" not in quality


@pytest.mark.parametrize("fraction", [0.05, 0.3])
def test_tumor_in_the_normal_is_measured_and_taken_out(fraction: float) -> None:
    share, quality = fitted(fraction)
    assert share == pytest.approx(1.0, abs=0.12)
    assert quality["tumor_in_normal"].value == pytest.approx(fraction, abs=0.02 + 0.1 * fraction)
    assert quality["tumor_in_normal"].status == "warn"


def test_a_normal_amplified_over_the_target_is_left_out_there() -> None:
    share, quality = fitted(0.0, normal_amplified=7.0)
    assert share == pytest.approx(1.0, abs=0.12)
    row = quality["normal_depth_excess"]
    assert row.value == pytest.approx(7.0, rel=0.15)
    assert "ERBB2" in row.note


def test_the_fraction_follows_purity_and_ploidy() -> None:
    excess = NormalExcess(np.zeros(1), 0.1, ())
    # 0.1 x 2 x 0.5 / (0.5 x 2 + 1) = 0.05
    assert excess.tumor_fraction(purity=0.5, ploidy=2.0) == pytest.approx(0.05)
