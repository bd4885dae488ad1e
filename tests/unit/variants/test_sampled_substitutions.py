"""Somatic substitutions in the sampled windows: found in sound libraries, and nothing told of others."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pysam
import pytest

from refractor.genome.builds import GenomeBuild
from refractor.reads.alignment import open_alignment
from refractor.reads.mismatched_bases import PLACE_BITS
from refractor.reads.windows_to_read import Sites, load_sites
from refractor.variants import sampled_substitutions as module
from refractor.variants.sampled_substitutions import SampledSubstitutions, sampled_substitutions
from synthetic.bam import convert_to_cram
from synthetic.damage import Damage
from synthetic.events import Haplotype, SpikedVariant
from synthetic.genomes import Coverage, Ground, Seeds, normal_truth, prepare_ground, simulate_sample
from synthetic.sequencing import ReadModel
from synthetic.truth import TumorTruth

BUILD = GenomeBuild.GRCH37
WINDOWS, SOMATIC = 150, 60
LETTERS = {1: "A", 2: "C", 4: "G", 8: "T"}
PURITY = 0.6


def truth_over(ground: Ground, sites: Sites) -> TumorTruth:
    """Substitutions on one copy, one a window, the first SOMATIC of them somatic and the others inherited."""
    rng = np.random.default_rng(7)
    rows = rng.permutation(np.flatnonzero(~np.isin(sites.chromosome, ("X", "Y"))))
    variants = []
    for number, row in enumerate(rows.tolist()):
        chromosome, position = str(sites.chromosome[row]), int(sites.start[row] + rng.integers(80, 900))
        at = ground.territory.place(chromosome, position)
        ref = None if at is None else LETTERS.get(int(ground.territory.bases[at]))
        if ref is None or position == sites.snp[row]:
            continue
        alt = str(rng.choice([letter for letter in "ACGT" if letter != ref]))
        on = Haplotype.A if rng.random() < 0.5 else Haplotype.B
        variants.append(
            SpikedVariant(chromosome, position, ref, alt, haplotype=on, germline=number >= SOMATIC)
        )
    return TumorTruth("T1", BUILD, PURITY, variants=tuple(variants))


@pytest.fixture(scope="module")
def sites() -> Sites:
    return load_sites(BUILD, count=WINDOWS)


@pytest.fixture(scope="module")
def ground() -> Ground:
    return prepare_ground(BUILD, Coverage(panel=False, erbb2_locus=False, windows=WINDOWS))


@pytest.fixture(scope="module")
def pair(ground: Ground, sites: Sites, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A tumour at 60x and its normal at 30x."""
    folder = tmp_path_factory.mktemp("pair")
    truth = truth_over(ground, sites)
    for name, of, depth in (("tumor", truth, 60.0), ("normal", normal_truth(truth), 30.0)):
        simulate_sample(ground, of, path=folder / f"{name}.bam", depth=depth, seeds=Seeds(5, len(name)))
    return folder / "tumor.bam", folder / "normal.bam"


def found_in(tumor: Path, normal: Path, sites: Sites) -> SampledSubstitutions:
    with open_alignment(tumor, reference=None) as of_tumor, open_alignment(normal, reference=None) as other:
        return sampled_substitutions(of_tumor, other, sites)


def alleles_of(found: SampledSubstitutions) -> dict[tuple[str, int, str, str], tuple[int, int]]:
    alleles = found.alleles
    assert alleles is not None
    assert alleles.bases is not None
    return {
        (str(c), int(p), str(bases[0]), str(bases[1])): (int(alt), int(depth))
        for c, p, bases, alt, depth in zip(
            alleles.chromosome, alleles.position, alleles.bases, alleles.alt, alleles.depth, strict=True
        )
    }


def test_somatic_substitutions_are_found_with_their_vaf(
    pair: tuple[Path, Path], ground: Ground, sites: Sites
) -> None:
    truth = truth_over(ground, sites)
    somatic = {(v.chromosome, v.position, v.ref, v.alt) for v in truth.variants if not v.germline}
    found = alleles_of(found_in(*pair, sites))
    assert set(found) <= somatic
    assert len(found) >= 0.95 * len(somatic)
    alt, depth = np.sum(list(found.values()), axis=0)
    assert alt / depth == pytest.approx(PURITY / 2, abs=0.03)


def test_a_cram_shows_the_same(pair: tuple[Path, Path], sites: Sites, tmp_path: Path) -> None:
    crams = [tmp_path / f"{bam.stem}.cram" for bam in pair]
    for bam, cram in zip(pair, crams, strict=True):
        convert_to_cram(bam, cram)
    assert alleles_of(found_in(*crams, sites)) == alleles_of(found_in(*pair, sites))


def test_reads_that_do_not_count_their_mismatches_are_named(
    pair: tuple[Path, Path], sites: Sites, tmp_path: Path
) -> None:
    for place, name in enumerate(("tumour", "normal")):
        bare = tmp_path / f"{name}.bam"
        pysam.view("-b", "-x", "NM", "-o", str(bare), str(pair[place]), catch_stdout=False)
        pysam.index(str(bare))
        files = (bare, pair[1]) if place == 0 else (pair[0], bare)
        found = found_in(*files, sites)
        assert found.alleles is None
        assert f"reads of the {name} do not say how many bases differ (tag NM)" in found.note


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (Damage(oxidation=1.2e-3), "oxidised guanine"),
        (Damage(deamination=1.2e-3), "deaminated cytosine"),
        (Damage(deamination=1.5e-3, site_sd=2.0, copied=True), "deaminated cytosine"),
    ],
)
def test_damaged_libraries_weigh_nothing(
    damage: Damage, named: str, pair: tuple[Path, Path], ground: Ground, sites: Sites, tmp_path: Path
) -> None:
    tumor = tmp_path / "damaged.bam"
    truth, model = truth_over(ground, sites), ReadModel(damage=damage)
    simulate_sample(ground, truth, path=tumor, depth=60.0, seeds=Seeds(5, 5), model=model)
    found = found_in(tumor, pair[1], sites)
    assert found.alleles is None
    assert "the tumour's DNA is damaged" in found.note
    assert named in found.note


def recurrent(once: int, twice: int, more: list[int], *, apart: int = 1_000, reverse: int = 1):
    """What the tumour alone shows: so many bases once and twice, and others in `more` reads."""
    n = len(more)
    return module._Recurrent(
        once,
        twice,
        ((0 << PLACE_BITS) + 10_000 + apart * np.arange(n)) * 16 + 4,
        np.full(n, 1),
        np.array(more),
        np.full(n, reverse),
    )


def test_where_mistakes_recur_more_reads_are_asked_and_then_none_do() -> None:
    assert recurrent(100_000, 200, [5] * 100).least_reads() == 3
    assert recurrent(100_000, 5_000, [5] * 100).least_reads() == 5
    assert recurrent(100_000, 30_000, [5] * 100).least_reads() is None
    assert recurrent(100, 0, []).least_reads() == 3


def test_alleles_close_together_or_of_one_strand_are_not_proposed() -> None:
    assert len(recurrent(10, 0, [5, 5, 5]).proposed(3)) == 3
    assert len(recurrent(10, 0, [5, 5, 5], apart=50).proposed(3)) == 0
    assert len(recurrent(10, 0, [5, 5, 5], reverse=0).proposed(3)) == 0
    assert len(recurrent(10, 0, [5, 5, 5], reverse=5).proposed(3)) == 0
    assert len(recurrent(10, 0, [3, 4, 5]).proposed(4)) == 2


def test_only_autosomal_windows_are_looked_at_and_no_more_than_pays(
    sites: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not np.isin(module._first_windows(sites).chromosome, ("X", "Y")).any()
    monkeypatch.setattr(module, "MOST_BASES", 20_000)
    few = module._first_windows(sites)
    assert (few.end - few.start).sum() <= 20_000
    wide = replace(sites, end=sites.start + 25_000)
    monkeypatch.setattr(module, "MOST_BASES", 100_000)
    assert len(module._first_windows(wide)) <= 4
