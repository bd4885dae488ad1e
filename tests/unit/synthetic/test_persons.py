"""Inherited SNPs: in Hardy-Weinberg proportions, and the same person on every territory."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from refractor.errors import InputError
from refractor.genome.builds import GenomeBuild
from refractor.genome.reference import Reference
from synthetic.person import Snp, inherit
from synthetic.position_hash import hashed, hashed_normal, hashed_uniform
from synthetic.territory import KnownAllele, Region, Territory, lay_out

BUILD = GenomeBuild.GRCH38
START, COUNT = 60_000_000, 2000
SNPS = tuple(Snp("3", START + 10 * number, "A", "G", 0.4) for number in range(COUNT))


def territory(*more: Region, count: int = COUNT) -> Territory:
    known = [KnownAllele(snp.chromosome, snp.position, snp.ref) for snp in SNPS]
    with Reference(None, BUILD) as reference:
        return lay_out([Region("3", START, START + 10 * count), *more], reference, known_alleles=known)


def test_genotypes_are_in_hardy_weinberg_proportions():
    person = inherit(territory(), SNPS, seed=7)
    assert person.alleles.shape == (COUNT, 2)
    counts = np.bincount(person.alleles.sum(axis=1), minlength=3)
    # frequency 0.4: 0.36 without, 0.48 with one, 0.16 with two copies
    assert stats.chisquare(counts, COUNT * np.array([0.36, 0.48, 0.16])).pvalue > 1e-4
    assert person.heterozygous.sum() == counts[1]


def test_a_person_is_the_same_on_a_smaller_and_a_larger_territory():
    whole = inherit(territory(), SNPS, seed=7)
    part = inherit(territory(Region("2", 1_000_000, 1_001_000), count=500), SNPS, seed=7)
    assert 500 <= len(part.snps) < COUNT
    assert np.array_equal(part.alleles, whole.alleles[: len(part.snps)])


def test_two_persons_differ():
    one, other = (inherit(territory(), SNPS, seed=seed) for seed in (7, 8))
    same = (one.alleles.sum(axis=1) == other.alleles.sum(axis=1)).mean()
    # two strangers: 0.36^2 + 0.48^2 + 0.16^2 = 0.386
    assert abs(same - 0.3856) < 5 * (0.3856 * 0.6144 / COUNT) ** 0.5


def test_alleles_are_written_on_their_haplotypes():
    ground = territory()
    person = inherit(ground, SNPS, seed=7)
    for row in range(0, COUNT, 50):
        place = ground.place("3", SNPS[row].position)
        assert person.bases[:, place].tolist() == [4 if alt else 1 for alt in person.alleles[row]]
    assert (person.bases != ground.bases).sum() == person.alleles.sum()


def test_a_snp_of_another_build_is_refused():
    with pytest.raises(InputError, match=f"3:{START + 1} has not the reference base C"):
        inherit(territory(), [Snp("3", START, "C", "G", 0.4)], seed=1)


def test_hashed_numbers_are_uniform_normal_and_unrelated():
    positions = np.arange(100_000)
    uniform = hashed_uniform(3, positions, salt=5)
    assert stats.kstest(uniform, "uniform").pvalue > 1e-3
    assert stats.kstest(hashed_normal(3, positions, salt=5), "norm").pvalue > 1e-3
    for other in (
        hashed_uniform(3, positions, salt=6),
        hashed_uniform(4, positions, salt=5),
        hashed_uniform(3, positions + 1, salt=5),
    ):
        assert abs(np.corrcoef(uniform, other)[0, 1]) < 0.016  # five standard errors
    bits = hashed(3, positions, salt=5)
    ones = [(bits >> np.uint64(bit) & np.uint64(1)).mean() for bit in range(64)]
    assert max(abs(share - 0.5) for share in ones) < 0.01
