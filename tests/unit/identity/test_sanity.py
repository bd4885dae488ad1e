"""One tumour's own files: a true pair, another's normal, the wrong sex, names in read groups."""

from __future__ import annotations

import numpy as np
import pytest

from refractor.genome.builds import GenomeBuild
from refractor.identity.sanity import Sanity, check_sample
from refractor.reads.windows import SampledReads
from refractor.reads.windows_to_read import load_sites
from refractor.settings.thresholds import IdentitySettings
from synthetic.window_counts import Noise, count_genome
from synthetic.window_genomes import Recipe, make_genome

B38 = GenomeBuild.GRCH38
SITES = load_sites(B38, count=6_000)


def pair(seed: int, sex: str) -> SampledReads:
    rng = np.random.default_rng(seed)
    tumor, normal = count_genome(make_genome(Recipe(purity=0.6, sex=sex), SITES, rng), SITES, rng)
    return SampledReads(SITES, tumor, normal, ("T",), ("N",))


def checked(reads: SampledReads, sex: str | None) -> tuple[Sanity, dict[str, str]]:
    sanity = check_sample(reads, build=B38, sex=sex, settings=IdentitySettings())
    return sanity, {row.metric: str(row.status) for row in sanity.quality}


@pytest.mark.parametrize("sex", ["XX", "XY"])
def test_a_true_pair_of_the_stated_sex(sex: str) -> None:
    sanity, status = checked(pair(1, sex), sex)
    assert sanity.stop is None and "are of one person" in sanity.done
    assert status == dict.fromkeys(
        ("identity_concordance", "sex_of_reads", "tumor_contamination", "normal_contamination"), "pass"
    )


def test_the_normal_of_another_stops_the_tumor() -> None:
    one, other = pair(1, "XX"), pair(2, "XX")
    sanity, status = checked(SampledReads(SITES, one.tumor, other.normal), "XX")
    assert sanity.stop is not None and "are of different people" in sanity.stop
    assert status["identity_concordance"] == "fail"
    assert "tumor_contamination" not in status, "a stranger's genotypes say nothing of it"


@pytest.mark.parametrize(("stated", "true"), [("XX", "XY"), ("XY", "XX")])
def test_reads_of_the_other_sex_stop_the_tumor(stated: str, true: str) -> None:
    sanity, status = checked(pair(3, true), stated)
    assert sanity.stop is not None
    assert sanity.stop.startswith(f"the sheet says {stated}, normal_reads show {true}")
    assert status["sex_of_reads"] == "fail"


def test_read_groups_that_name_one_sample_twice_or_several_are_told() -> None:
    reads = pair(1, "XX")
    named = SampledReads(SITES, reads.tumor, reads.normal, ("T", "N"), ("N",))
    sanity, status = checked(named, None)
    assert sanity.stop is None
    assert status["tumor_read_groups"] == status["shared_read_groups"] == "warn"


def alone(seed: int, *, purity: float, contamination: float) -> dict[str, tuple[str, str]]:
    """Status and note of each row for a tumour without a normal, half of whose genome has lost an allele."""
    rng = np.random.default_rng(seed)
    recipe = Recipe(purity=purity, arm_events=16, focal_events=10)
    noise = Noise(contamination=contamination)
    tumor, _ = count_genome(make_genome(recipe, SITES, rng), SITES, rng, normal_depth=None, noise=noise)
    sanity = check_sample(SampledReads(SITES, tumor, None), build=B38, sex=None, settings=IdentitySettings())
    return {row.metric: (str(row.status), row.note) for row in sanity.quality}


@pytest.mark.parametrize("purity", [0.3, 0.7, 0.97])
def test_foreign_dna_without_a_normal_is_named_as_a_possibility(purity: float) -> None:
    status, note = alone(11, purity=purity, contamination=0.08)["tumor_contamination"]
    assert status == "warn"
    assert "DNA of another person is possible" in note and "without a normal" in note


@pytest.mark.parametrize("purity", [0.3, 0.7, 0.97])
@pytest.mark.parametrize("seed", [11, 12])
def test_lost_alleles_of_a_pure_tumor_are_no_foreign_dna(seed: int, purity: float) -> None:
    status, note = alone(seed, purity=purity, contamination=0.0)["tumor_contamination"]
    assert (status, "possible" in note) == ("pass", False)
