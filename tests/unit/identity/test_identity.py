"""Who is who: pairs and cohorts of simulated people, with losses, contamination, few reads and both builds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from people import Person, child_of, library, snp_count, stranger

from refractor.errors import TableError
from refractor.genome.builds import GenomeBuild
from refractor.identity.comparison import compare_all, panel_of
from refractor.identity.contamination import estimate_contamination
from refractor.identity.genotypes import call_genotypes, homozygous_match
from refractor.identity.snp_counts import AlleleCounts, GenomeKind, SampleAlleles, read_alleles, write_alleles
from refractor.identity.snps import load_snps, shared_columns
from refractor.identity.verdicts import Pair, judge_pairs, judge_samples
from refractor.results.identity_tables import SampleIdentity
from refractor.settings.thresholds import IdentitySettings
from refractor.vocabulary import PairVerdict, State

TUMOR, NORMAL = GenomeKind.TUMOR, GenomeKind.NORMAL
B37, B38 = GenomeBuild.GRCH37, GenomeBuild.GRCH38
Cohort = dict[str, dict[GenomeKind, AlleleCounts]]


def judged(
    cohort: Cohort,
    *,
    patient_of: Mapping[str, str] | None = None,
    own: Mapping[str, tuple[State, str]] | None = None,
    listed: int = 1000,
    rows_at_once: int = 500,
    builds: Mapping[str, GenomeBuild] | None = None,
) -> tuple[dict[tuple[str, str], Pair], dict[str, SampleIdentity]]:
    """Pairs by their names and verdicts by sample; each sample is a patient's of its own unless said."""
    patients = {sample: f"P-{sample}" for sample in cohort} | dict(patient_of or {})
    settings = IdentitySettings()
    panel = panel_of(
        {sample: [SampleAlleles((builds or {}).get(sample, B38), files)] for sample, files in cohort.items()}
    )
    measured = compare_all(panel, settings, rows_at_once=rows_at_once)
    pairs = judge_pairs(panel, measured, patient_of=patients, settings=settings, listed=listed)
    own = dict.fromkeys(cohort, (State.DONE, "")) | dict(own or {})
    verdicts = judge_samples(pairs, samples=list(cohort), patient_of=patients, panel=panel, own=own)
    by_name = {(pair.first.name, pair.second.name): pair for pair in pairs}
    assert len(by_name) == len(pairs), "a pair is listed once"
    return by_name, {verdict.sample: verdict for verdict in verdicts}


def pair_of(
    person: Person, rng: np.random.Generator, normal: Person | None = None
) -> dict[GenomeKind, AlleleCounts]:
    """A tumour of 60x, 70 % pure with a third of the genome lost, and a normal of 30x."""
    return {
        TUMOR: library(person, rng, depth=60, purity=0.7, lost=0.33),
        NORMAL: library(normal or person, rng, depth=30),
    }


def test_four_patients_are_themselves_and_nobody_else() -> None:
    rng = np.random.default_rng(1)
    pairs, verdicts = judged({f"T{n}": pair_of(stranger(rng), rng) for n in range(4)})
    assert len(pairs) == 8 * 7 // 2
    within = [pair for pair in pairs.values() if pair.same_expected]
    between = [pair for pair in pairs.values() if not pair.same_expected]
    assert len(within) == 4 and len(between) == 24
    assert {pair.verdict for pair in pairs.values()} == {PairVerdict.AS_EXPECTED}
    assert min(pair.concordance or 0 for pair in within) > 0.98
    # strangers: reads fit a homozygous SNP at frequency 0.4 in (0.6^3 + 0.4^3) / (0.6^2 + 0.4^2) = 0.538
    assert all(abs((pair.concordance or 0) - 0.538) < 0.03 for pair in between if not _tumors(pair))
    # two tumours: alike where both are homozygous, (0.36^2 + 0.16^2) / (0.52^2) = 0.574
    assert all(abs((pair.concordance or 0) - 0.574) < 0.05 for pair in between if _tumors(pair))
    assert {verdict.state for verdict in verdicts.values()} == {State.DONE}
    assert all(abs((verdict.heterozygosity or 0) - 0.48) < 0.02 for verdict in verdicts.values())


def _tumors(pair: Pair) -> bool:
    return pair.first.kind is TUMOR and pair.second.kind is TUMOR


@pytest.mark.parametrize("loss", [0.0, 0.5, 1.0])
def test_a_pure_tumor_that_lost_much_is_still_its_normals(loss: float) -> None:
    rng = np.random.default_rng(2)
    one = stranger(rng)
    files = {TUMOR: library(one, rng, depth=60, purity=0.98, lost=loss), NORMAL: library(one, rng, depth=30)}
    pairs, verdicts = judged({"T1": files, "T2": pair_of(stranger(rng), rng)})
    assert pairs["T1", "T1:normal_reads"].verdict is PairVerdict.AS_EXPECTED
    assert verdicts["T1"].state is State.DONE


@pytest.mark.parametrize(("depth", "same"), [(0.1, True), (0.1, False), (0.5, True), (3.0, False)])
def test_few_reads_against_a_normal_of_usual_depth(depth: float, same: bool) -> None:
    rng = np.random.default_rng(3)
    one, two = stranger(rng), stranger(rng)
    files = {
        TUMOR: library(one if same else two, rng, depth=depth, purity=0.8, lost=0.4),
        NORMAL: library(one, rng, depth=30),
    }
    pairs, verdicts = judged({"T1": files})
    found = pairs["T1", "T1:normal_reads"]
    assert found.sites > 300
    assert found.verdict is (PairVerdict.AS_EXPECTED if same else PairVerdict.DIFFERENT_PEOPLE)
    assert verdicts["T1"].state is (State.DONE if same else State.FAILED)


def test_two_samples_of_a_tenth_of_a_read_say_nothing() -> None:
    rng = np.random.default_rng(4)
    one = stranger(rng)
    cohort = {name: {TUMOR: library(one, rng, depth=0.1)} for name in ("T1", "T2")}
    pairs, verdicts = judged(cohort)
    assert pairs["T1", "T2"].verdict is PairVerdict.NOT_ASSESSABLE
    assert pairs["T1", "T2"].note == "too few SNPs"
    assert {verdict.state for verdict in verdicts.values()} == {State.SKIPPED}


def test_forty_sites_are_too_few_and_a_hundred_are_enough() -> None:
    rng = np.random.default_rng(5)
    one, two = stranger(rng), stranger(rng)
    seen = {}
    for sites in (70, 300):  # about half of them homozygous
        only = np.sort(rng.choice(snp_count(), sites, replace=False))
        cohort = {"T1": {TUMOR: library(two, rng, depth=60, only=only), NORMAL: library(one, rng, depth=30)}}
        seen[sites] = judged(cohort)[0]["T1", "T1:normal_reads"].verdict
    assert seen == {70: PairVerdict.NOT_ASSESSABLE, 300: PairVerdict.DIFFERENT_PEOPLE}


def test_swapped_tumors_stop_both_and_name_each_other() -> None:
    rng = np.random.default_rng(6)
    one, two, three = (stranger(rng) for _ in range(3))
    cohort = {
        "T1": pair_of(two, rng, normal=one),
        "T2": pair_of(one, rng, normal=two),
        "T3": pair_of(three, rng),
    }
    own = dict.fromkeys(("T1", "T2"), (State.FAILED, "tumor_reads and normal_reads are of different people"))
    _, verdicts = judged(cohort, own=own)
    assert {name: verdict.state for name, verdict in verdicts.items()} == {
        "T1": State.FAILED, "T2": State.FAILED, "T3": State.DONE,
    }  # fmt: skip
    assert "normal_reads of T2 (patient P-T2) are of one person" in verdicts["T1"].reason
    assert "normal_reads of T1 (patient P-T1) are of one person" in verdicts["T2"].reason
    assert verdicts["T1"].nearest in {"T2", "T2:normal_reads"}
    assert (verdicts["T1"].nearest_concordance or 0) > 0.98


def test_another_patients_normal_stops_one_and_not_its_owner() -> None:
    rng = np.random.default_rng(7)
    one, two = stranger(rng), stranger(rng)
    cohort = {"T1": pair_of(one, rng, normal=two), "T2": pair_of(two, rng)}
    _, verdicts = judged(cohort)  # also without the tumour's own check
    assert verdicts["T1"].state is State.FAILED
    assert "normal_reads of T2" in verdicts["T1"].reason
    assert verdicts["T2"].state is State.DONE
    assert "sound itself, but" in verdicts["T2"].reason


def test_a_tumor_that_failed_its_own_check_cannot_accuse_another() -> None:
    rng = np.random.default_rng(8)
    one = stranger(rng)
    cohort = {"T1": pair_of(one, rng), "T2": pair_of(one, rng)}
    failed = (State.FAILED, "small_variants are of another person")
    _, verdicts = judged(cohort, own={"T2": failed})
    assert verdicts["T1"].state is State.DONE
    assert "sound itself, but" in verdicts["T1"].reason
    assert verdicts["T2"].state is State.FAILED
    assert verdicts["T2"].reason.startswith("small_variants are of another person; ")
    _, both = judged(cohort, own={"T1": failed, "T2": failed})
    assert [both[name].state for name in ("T1", "T2")] == [State.FAILED, State.FAILED]
    _, skipped = judged(cohort, own={"T2": (State.SKIPPED, "no normal")})  # not checked is not failed
    assert [skipped[name].state for name in ("T1", "T2")] == [State.FAILED, State.FAILED]


def test_one_person_under_two_patients_stops_both() -> None:
    rng = np.random.default_rng(8)
    one = stranger(rng)
    _, verdicts = judged(
        {"T1": pair_of(one, rng), "T2": pair_of(one, rng), "T3": pair_of(stranger(rng), rng)}
    )
    assert [verdicts[name].state for name in ("T1", "T2", "T3")] == [State.FAILED, State.FAILED, State.DONE]
    assert "one person" in verdicts["T1"].reason and "samples.tsv" in verdicts["T1"].reason


def test_a_duplicate_without_normals_is_found_though_each_lost_other_parts() -> None:
    rng = np.random.default_rng(9)
    one = stranger(rng)
    cohort = {name: {TUMOR: library(one, rng, depth=60, purity=0.95, lost=0.3)} for name in ("T1", "T2")} | {
        "T3": {TUMOR: library(stranger(rng), rng, depth=60, purity=0.95, lost=0.3)}
    }
    pairs, verdicts = judged(cohort)
    assert pairs["T1", "T2"].verdict is PairVerdict.SAME_PERSON
    assert [verdicts[name].state for name in ("T1", "T2", "T3")] == [State.FAILED, State.FAILED, State.DONE]
    same, _ = judged(cohort, patient_of={"T1": "P1", "T2": "P1"})
    assert same["T1", "T2"].verdict is PairVerdict.AS_EXPECTED


def test_two_biopsies_of_one_patient_that_are_not() -> None:
    rng = np.random.default_rng(10)
    one, two = stranger(rng), stranger(rng)
    cohort = {"T1": pair_of(one, rng), "T2": {TUMOR: library(two, rng, depth=40, purity=0.6, lost=0.3)}}
    pairs, verdicts = judged(cohort, patient_of={"T1": "P1", "T2": "P1"})
    assert pairs["T1", "T2"].verdict is PairVerdict.DIFFERENT_PEOPLE
    assert verdicts["T1"].state is State.DONE, "its tumour and its normal agree"
    assert verdicts["T2"].state is State.FAILED


@pytest.mark.parametrize("relation", ["child", "sibling"])
def test_relatives_are_two_people(relation: str) -> None:
    rng = np.random.default_rng(11)
    mother, father = stranger(rng), stranger(rng)
    other = child_of(mother, father, rng)
    one = mother if relation == "child" else child_of(mother, father, rng)
    pairs, verdicts = judged({"T1": pair_of(one, rng), "T2": pair_of(other, rng)})
    normals = pairs["T1:normal_reads", "T2:normal_reads"]
    assert normals.kinship is not None and abs(normals.kinship - 0.25) < 0.03
    assert "first degree" in normals.note
    assert not any(pair.verdict is PairVerdict.SAME_PERSON for pair in pairs.values())
    assert {verdict.state for verdict in verdicts.values()} == {State.DONE}
    alone, _ = judged({name: {TUMOR: library(p, rng, depth=60)} for name, p in (("T1", one), ("T2", other))})
    assert alone["T1", "T2"].verdict is not PairVerdict.SAME_PERSON


def test_genomes_of_both_builds_compare_by_their_shared_snps() -> None:
    rng = np.random.default_rng(12)
    one = stranger(rng)
    cohort = {
        "T1": {TUMOR: library(one, rng, depth=40), NORMAL: library(one, rng, depth=30)},
        "T2": {TUMOR: library(one, rng, depth=40, build=B37), NORMAL: library(one, rng, depth=30, build=B37)},
        "T3": {TUMOR: library(stranger(rng), rng, depth=40, build=B37)},
    }
    pairs, verdicts = judged(cohort, builds={"T2": B37, "T3": B37})
    assert pairs["T1:normal_reads", "T2:normal_reads"].verdict is PairVerdict.SAME_PERSON
    assert 1500 < pairs["T1:normal_reads", "T2:normal_reads"].sites <= shared_columns().n_in_both
    assert pairs["T1:normal_reads", "T3"].verdict is PairVerdict.AS_EXPECTED
    assert verdicts["T3"].state is State.DONE


def test_large_cohorts_list_what_matters() -> None:
    rng = np.random.default_rng(13)
    one = stranger(rng)
    cohort: Cohort = {f"T{n}": pair_of(stranger(rng), rng) for n in range(5)}
    cohort |= {"T5": pair_of(one, rng), "T6": pair_of(one, rng)}
    everything, full = judged(cohort)
    some, short = judged(cohort, listed=0, rows_at_once=3)
    assert len(everything) == 14 * 13 // 2
    assert 7 + 4 <= len(some) < len(everything)
    unexpected = {name for name, pair in everything.items() if pair.contradicts}
    assert len(unexpected) == 4, "tumour and normal of the one with tumour and normal of the other"
    within = {name for name, pair in everything.items() if pair.same_expected}
    assert unexpected | within <= set(some)
    for name in some:
        assert replace(some[name], concordance=None, kinship=None) == replace(
            everything[name], concordance=None, kinship=None
        )
        assert some[name].concordance == pytest.approx(everything[name].concordance, abs=1e-5)
    for sample in cohort:
        assert short[sample].state is full[sample].state
        assert short[sample].nearest == full[sample].nearest


@pytest.mark.parametrize("share", [0.0, 0.02, 0.1, 0.3])
def test_contamination_is_measured_in_tumors_with_losses(share: float) -> None:
    rng = np.random.default_rng(14)
    one, other = stranger(rng), stranger(rng)
    normal = library(one, rng, depth=30)
    tumor = library(one, rng, depth=60, purity=0.7, lost=0.4, contaminant=other, contamination=share)
    found = estimate_contamination(
        call_genotypes(normal.ref, normal.alt), tumor.ref, tumor.alt, error_rate=0.002
    )
    assert found is not None and found.n_sites > 5000
    assert found.fraction == pytest.approx(share, abs=0.002 + 0.1 * share)
    assert found.low <= share + 0.002


def test_ten_per_cent_of_a_stranger_are_still_the_patient() -> None:
    rng = np.random.default_rng(15)
    one, other = stranger(rng), stranger(rng)
    files = {
        TUMOR: library(one, rng, depth=60, purity=0.7, lost=0.4, contaminant=other, contamination=0.1),
        NORMAL: library(one, rng, depth=30),
    }
    pairs, verdicts = judged({"T1": files, "T2": pair_of(other, rng)})
    assert verdicts["T1"].state is State.DONE and verdicts["T2"].state is State.DONE
    assert pairs["T1", "T1:normal_reads"].concordance == pytest.approx(1 - 0.1 * 0.46, abs=0.02)


def test_no_contamination_is_told_from_a_handful_of_snps() -> None:
    few = np.zeros(150, dtype=np.int64)
    assert estimate_contamination(few.astype(np.int8), few + 30, few, error_rate=0.001) is None


def test_genotypes_by_hand() -> None:
    ref = np.array([30, 27, 26, 15, 0, 7, 8, 3, 0])
    alt = np.array([0, 3, 4, 15, 30, 0, 0, 27, 0])
    #              0   0.1 0.13 0.5 1   depth 7, 8     0.9  nothing
    assert call_genotypes(ref, alt).tolist() == [0, 0, -1, 1, 2, -1, 0, 2, -1]
    share, sites = homozygous_match(
        np.array([0, 2, 1, -1, 0], np.int8), np.array([9, 1, 5, 9, 0]), np.array([1, 3, 5, 1, 0])
    )
    assert (share, sites) == (pytest.approx((0.9 + 0.75) / 2), 2)


def test_counts_survive_the_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(16)
    path = tmp_path / "genotypes.npz"
    tumor = replace(library(stranger(rng), rng, depth=30), names=("SM-1", "SM-2"))
    write_alleles(SampleAlleles(B38, {TUMOR: tumor}), path, synthetic=True)
    first = path.read_bytes()
    write_alleles(SampleAlleles(B38, {TUMOR: tumor}), path, synthetic=True)
    assert path.read_bytes() == first, "the same counts make the same bytes"
    assert len(first) < 100_000
    again = read_alleles(path)
    assert again.build is B38 and set(again.genomes) == {TUMOR}
    assert again.genomes[TUMOR].names == ("SM-1", "SM-2")
    assert np.array_equal(again.genomes[TUMOR].ref, tumor.ref)
    assert np.array_equal(again.genomes[TUMOR].alt, tumor.alt)


@pytest.mark.parametrize("damage", ["missing", "cut", "text", "empty"])
def test_a_damaged_file_is_named(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "genotypes.npz"
    write_alleles(SampleAlleles(B38), path, synthetic=False)
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes({"cut": path.read_bytes()[:150], "text": b"sample\tstate\n", "empty": b""}[damage])
    with pytest.raises(TableError, match=r"genotypes\.npz"):
        read_alleles(path)


def test_counts_of_other_windows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "genotypes.npz"
    write_alleles(SampleAlleles(B38), path, synthetic=False)
    monkeypatch.setattr(
        "refractor.identity.snp_counts.load_snps", lambda build: replace(load_snps(build), digest="other")
    )
    with pytest.raises(TableError, match="other windows"):
        read_alleles(path)
