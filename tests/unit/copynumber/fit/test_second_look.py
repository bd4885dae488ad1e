"""Where the first answer is not sure more windows are read, until it is or none are left; what is sure is left alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from refractor.copynumber.fit import from_reads
from refractor.copynumber.fit.fit import ReadsFit, fit_counts
from refractor.copynumber.fit.fit_settings import FitSettings
from refractor.copynumber.fit.second_look import Look, doubts_of, second_look_quality
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.reads.windows import SampledReads, WindowCounts
from refractor.reads.windows_between import with_windows_between
from refractor.reads.windows_to_read import Sites, load_sites
from refractor.results.quality import Quality
from refractor.variants.sampled_substitutions import SampledSubstitutions
from refractor.variants.somatic_alleles import SomaticAlleles
from synthetic.window_counts import Noise, count_genome
from synthetic.window_genomes import Amplicon, Recipe, make_genome

BUILD = GenomeBuild.GRCH38
PANEL = load_panel(BUILD)
GENES = tuple(PANEL.genes.values())
ERBB2 = PANEL.genes["ERBB2"]
EVERY = with_windows_between(BUILD)
FIRST = 2_000
SETTINGS = FitSettings(windows=FIRST)
Reader = Callable[..., ReadsFit]


def genome_counts(seed: int, recipe: Recipe) -> tuple[WindowCounts, WindowCounts]:
    """Counts of a tumour and its normal at all windows that can be read, and no others."""
    rng = np.random.default_rng(seed)
    tumor, normal = count_genome(make_genome(recipe, EVERY, rng), EVERY, rng, noise=Noise(window_sd=0.1))
    assert normal is not None
    return tumor, normal


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> tuple[Reader, list[Sites]]:
    """A fit of simulated files, and the places at which the tumour's was read, a look each."""
    looks: list[Sites] = []
    place = {
        key: at for at, key in enumerate(zip(EVERY.chromosome.tolist(), EVERY.start.tolist(), strict=True))
    }

    def read(alignment: Any, *, sites: Sites, **_: object) -> WindowCounts:
        rows = np.array(
            [place[key] for key in zip(sites.chromosome.tolist(), sites.start.tolist(), strict=True)]
        )
        if alignment.name == "tumor":
            looks.append(sites)
        counts = alignment.counts
        return WindowCounts(
            **{n: getattr(counts, n)[rows] for n in WindowCounts.__slots__ if n not in ("repeats", "copies")}
        )

    def fit(seed: int, recipe: Recipe, *, covered: float = 1.0, settings: FitSettings = SETTINGS) -> ReadsFit:
        files = [
            SimpleNamespace(name=name, source=name, counts=counts, file=SimpleNamespace(is_cram=False))
            for name, counts in zip(("tumor", "normal"), genome_counts(seed, recipe), strict=True)
        ]
        scan = SimpleNamespace(covered_share=covered)
        monkeypatch.setattr(from_reads, "_scanned", lambda *_: scan)
        return from_reads.fit_from_reads(*files, panel=PANEL, build=BUILD, settings=settings)  # type: ignore[arg-type]

    monkeypatch.setattr(from_reads, "read_windows", read)
    monkeypatch.setattr(from_reads, "find_peaks", lambda _: [])
    monkeypatch.setattr(from_reads, "index_quality", lambda *_: ())
    monkeypatch.setattr(
        from_reads, "sampled_substitutions", lambda *_: SampledSubstitutions(None, 0, "there are no reads")
    )
    return fit, looks


def row_of(fit: ReadsFit) -> Quality | None:
    """The row of qc.tsv on the second look."""
    return next((row for row in fit.profile.quality if row.metric == "second_look"), None)


UNSURE = Recipe(purity=0.5, arm_events=12, focal_events=4, doubled=True, subclonal_fraction=0.2)
SURE = replace(UNSURE, doubled=False)


def test_what_few_windows_leave_open_all_of_them_decide(reader: tuple[Reader, list[Sites]]) -> None:
    fit, looks = reader
    found = fit(9, UNSURE)
    first, second = looks
    assert len(first) == FIRST
    assert len(first) + len(second) == len(EVERY)
    assert (found.solutions[0].purity, found.solutions[0].ploidy) == pytest.approx((0.5, 3.66), abs=0.05)
    assert found.solutions[0].probability > 0.95
    row = row_of(found)
    assert row is not None
    assert row.value == found.solutions[0].probability
    assert "not sure at first (the likeliest purity and ploidy are" in row.note
    assert f"{len(second):,} windows were read beside {FIRST:,}" in row.note
    assert row.note.endswith("nothing is in doubt now")


def test_a_second_look_is_what_one_look_at_all_of_it_would_have_been(
    reader: tuple[Reader, list[Sites]],
) -> None:
    fit, _ = reader
    found = fit(9, UNSURE)
    at_once = fit_counts(EVERY, *genome_counts(9, UNSURE), build=BUILD, settings=SETTINGS, genes=GENES)
    assert found.solutions == at_once.solutions
    assert found.profile.segments == at_once.profile.segments
    assert found.sampled is not None
    assert found.sampled.sites.start.tolist() == EVERY.start.tolist()


def test_what_is_sure_at_first_is_not_read_again(reader: tuple[Reader, list[Sites]]) -> None:
    fit, looks = reader
    assert row_of(fit(12, SURE)) is None
    assert [len(sites) for sites in looks] == [FIRST]


def test_it_is_left_out_where_it_is_switched_off_or_the_file_holds_parts(
    reader: tuple[Reader, list[Sites]],
) -> None:
    fit, looks = reader
    one = fit(9, UNSURE, settings=replace(SETTINGS, second_look=False))
    other = fit(9, UNSURE, covered=0.3)
    assert (row_of(one), row_of(other)) == (None, None)
    assert [len(sites) for sites in looks] == [FIRST, FIRST]


def test_what_stays_open_is_weighed_by_substitutions_seen_in_the_windows(
    reader: tuple[Reader, list[Sites]], monkeypatch: pytest.MonkeyPatch
) -> None:
    fit, _ = reader
    never_sure = replace(SETTINGS, certainty=1.1)

    def weighed(found: ReadsFit) -> Quality:
        (row,) = [row for row in found.profile.quality if row.metric == "sampled_substitutions"]
        return row

    without = fit(9, UNSURE, settings=never_sure)
    assert weighed(without).value is None
    assert weighed(without).note == "not used: there are no reads"
    rows = np.flatnonzero(EVERY.chromosome == "2")[:300:10]
    seen = SomaticAlleles(EVERY.chromosome[rows], EVERY.start[rows], np.full(30, 9), np.full(30, 60), least=3)
    for alleles, moved in ((seen, True), (seen.take(np.arange(10)), False)):
        told = SampledSubstitutions(alleles, 10, "seen")
        monkeypatch.setattr(from_reads, "sampled_substitutions", lambda *_, told=told: told)
        found = fit(9, UNSURE, settings=never_sure)
        row = weighed(found)
        assert (row.value is not None) == moved
        assert (found.solutions != without.solutions) == moved
    assert row.note == "10 substitutions in the windows, at least 20 are needed"
    assert not [row for row in fit(9, UNSURE).profile.quality if row.metric == "sampled_substitutions"]


def test_substitutions_are_not_looked_for_without_a_normal_or_in_foreign_dna() -> None:
    sites = load_sites(BUILD, count=FIRST)
    rng = np.random.default_rng(3)
    counts = count_genome(make_genome(UNSURE, sites, rng), sites, rng, noise=Noise(contamination=0.02))
    fit = fit_counts(sites, *counts, build=BUILD, settings=SETTINGS, genes=GENES)
    assert len(fit.solutions) > 1
    never_sure = replace(SETTINGS, certainty=1.1)
    file: Any = SimpleNamespace(name="tumor")
    for normal, why in (
        (None, "without the normal's reads"),
        (file, "of the tumour's DNA is another person's"),
    ):
        files = from_reads._Files(file, normal, BUILD, None, GENES, never_sure)
        found, (row,) = from_reads._substitutions(files, fit, SampledReads(sites, *counts), None)
        assert found is None
        assert why in row.note


def test_a_gene_near_the_threshold_is_in_doubt() -> None:
    sites = load_sites(BUILD, count=6_000)
    rng = np.random.default_rng(3)
    near = Amplicon(ERBB2.start - 300_000, ERBB2.end + 300_000, 3.1, (ERBB2.start, ERBB2.end))
    genome = make_genome(Recipe(purity=0.8, arm_events=12, subclonal_fraction=0.0, amplicon=near), sites, rng)
    tumor, normal = count_genome(genome, sites, rng)
    fit = fit_counts(sites, tumor, normal, build=BUILD, genes=GENES)
    (doubt,) = doubts_of(fit, GENES, FitSettings())
    assert doubt.startswith("ERBB2")
    assert doubt.endswith("within 15% of the amplification threshold")
    assert doubts_of(fit, GENES, FitSettings(amplification_ratio=6.0)) == ()


def test_a_purity_at_its_limit_is_in_doubt_and_unusable_reads_are_not() -> None:
    sites = load_sites(BUILD, count=6_000)
    rng = np.random.default_rng(3)
    genome = make_genome(Recipe(purity=0.5, arm_events=12, subclonal_fraction=0.0), sites, rng)
    tumor, normal = count_genome(genome, sites, rng)
    fit = fit_counts(sites, tumor, normal, build=BUILD, genes=GENES)
    assert doubts_of(fit, GENES, FitSettings()) == ()
    best = fit.solutions[0]
    at_limit = FitSettings(min_purity=(best.purity_low + best.purity_high) / 2)
    (doubt,) = doubts_of(fit, GENES, at_limit)
    assert doubt.startswith("purity may be below or above 0.")
    unusable = replace(fit, profile=replace(fit.profile, unusable="a panel"))
    assert doubts_of(unusable, GENES, at_limit) == ()


def test_the_row_says_what_was_read_and_what_is_still_in_doubt() -> None:
    first = Look(100, 5_000, 3_000, "purity 0.40 with ploidy 4.00 (60% sure)", 0.6, ("purity is open",))
    second = Look(400, 25_000, 0, "purity 0.60 with ploidy 2.00 (90% sure)", 0.9, ("purity is open still",))
    assert second_look_quality(first) == ()
    (row,) = second_look_quality(first, second)
    assert (row.value, row.status) == (0.9, "pass")
    assert row.note == (
        "not sure at first (purity is open): 300 windows were read beside 100, 20,000 fragments of the tumour; "
        "before purity 0.40 with ploidy 4.00 (60% sure), after purity 0.60 with ploidy 2.00 (90% sure); "
        "still in doubt: purity is open still"
    )
