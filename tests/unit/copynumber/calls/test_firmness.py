"""A vaguer fit never gives a firmer answer, and a limit that is meant for absence blocks no proven amplification."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refractor.copynumber.calls.amplification import CallSettings
from refractor.copynumber.calls.assessment import GeneAssessment, assess
from refractor.copynumber.segments import CopyNumberProfile, PosteriorDraws
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.results.copy_number_tables import PurityMethod, PurityPloidy, PurityStatus, Segment
from refractor.vocabulary import CopyNumberCall, Verdict

B38 = GenomeBuild.GRCH38
ERBB2 = load_panel(B38).genes["ERBB2"]
LENGTH = CONTIG_LENGTHS[B38]["17"]
PIECES = (
    ("1", 0, 240_000_000, 3.0),
    ("2", 0, 240_000_000, 2.0),
    ("17", 0, 39_000_000, 2.0),
    ("17", 39_000_000, 41_000_000, None),  # over ERBB2
    ("17", 41_000_000, LENGTH, 2.0),
)
DRAWS = 400

purities = st.floats(0.08, 1.0)
ploidies = st.floats(1.5, 5.0)
ratios = st.floats(0.4, 12.0)


def segments_of(copies: float) -> tuple[Segment, ...]:
    return tuple(
        Segment(
            chromosome=name,
            start=start,
            end=end,
            copy_number=copies if own is None else own,
            minor_copy_number=1.0,
            n_snps=100,
        )
        for name, start, end, own in PIECES
    )


def fitted(
    points: list[tuple[float, float]], ratio: float, *, sd: float = 0.04, **rest: object
) -> CopyNumberProfile:
    """A profile of the fit whose draws are spread evenly over (purity, ploidy) points; the first is the best."""
    rng = np.random.default_rng(5)
    chosen = np.array(points)[np.arange(DRAWS) % len(points)]
    p, ploidy = chosen[:, 0], chosen[:, 1]
    seen = ratio * (1 + sd * rng.standard_normal(DRAWS))
    copies = np.maximum((seen * (p * ploidy + 2 * (1 - p)) - 2 * (1 - p)) / p, 0)
    rows = np.vstack([copies if own is None else np.full(DRAWS, own) for *_, own in PIECES])
    best = points[0]
    values = PurityPloidy(purity=best[0], ploidy=best[1], method=PurityMethod.FITTED, status=PurityStatus.OK)
    fields: dict[str, object] = {"purity_ploidy": values, **rest}
    return CopyNumberProfile(
        "reads", B38, segments_of(float(np.median(copies))), draws=PosteriorDraws(p, ploidy, rows), **fields
    )  # type: ignore[arg-type]


def caller(copies: float, **values: object) -> CopyNumberProfile:
    told = PurityPloidy(method=PurityMethod.IMPORTED, status=PurityStatus.OK, **values)  # type: ignore[arg-type]
    return CopyNumberProfile("ascat", B38, segments_of(copies), purity_ploidy=told)


def erbb2(profile: CopyNumberProfile) -> GeneAssessment:
    (gene,) = assess(profile, (ERBB2,), build=B38, settings=CallSettings()).genes
    return gene


def answers(profile: CopyNumberProfile) -> dict[str, str]:
    """The call, whether it is amplified, and every published definition."""
    gene = erbb2(profile)
    found = {item.definition: str(item.verdict) for item in gene.definitions}
    call = gene.verdict.call
    amplified = call is CopyNumberCall.AMPLIFIED
    found["call"] = (
        "not_assessable" if call is CopyNumberCall.NOT_ASSESSABLE else "yes" if amplified else "no"
    )
    return found


def assert_no_firmer(vague: dict[str, str], firm: dict[str, str]) -> None:
    for name, answer in vague.items():
        assert answer in (firm[name], str(Verdict.NOT_ASSESSABLE)), (name, answer, firm[name])


@pytest.mark.parametrize("purity", [0.1, 0.15, 0.4])
def test_28_copies_at_the_least_are_amplified_at_any_purity(purity: float) -> None:
    ratio = (purity * 40 + 2 * (1 - purity)) / 2
    profile = fitted([(purity, 2.0), (purity * 1.3, 2.0)], ratio)
    gene = erbb2(profile)
    assert (gene.found.low or 0) > 20
    assert gene.verdict.call is CopyNumberCall.AMPLIFIED
    if purity < 0.2:
        assert f"holds all the same: purity {purity:.2f} is below 0.2" in gene.verdict.reason


def test_absence_is_not_said_where_an_ambiguous_fit_has_a_purity_too_low_for_it() -> None:
    """The low purity alone says nothing; being open between it and another must not make it say neutral."""
    firm = fitted([(0.12, 2.0)], 1.0, sd=0.01)
    assert erbb2(firm).verdict.call is CopyNumberCall.NOT_ASSESSABLE
    open_values = replace(
        firm.purity_ploidy, status=PurityStatus.NOT_ASSESSABLE, reason="ambiguous (45% sure)"
    )
    vague = fitted([(0.12, 2.0), (0.5, 2.0)], 1.0, sd=0.01, purity_ploidy=open_values, ambiguous=True)
    gene = erbb2(vague)
    assert gene.verdict.call is CopyNumberCall.NOT_ASSESSABLE
    assert "purity 0.12 is below 0.2" in gene.verdict.reason


@settings(deadline=None)
@given(points=st.lists(st.tuples(purities, ploidies), min_size=1, max_size=3), ratio=ratios)
def test_a_fit_that_is_not_to_be_used_says_nothing_more(
    points: list[tuple[float, float]], ratio: float
) -> None:
    firm = fitted(points, ratio)
    weak = replace(firm.purity_ploidy, status=PurityStatus.NOT_ASSESSABLE, reason="open")
    assert_no_firmer(answers(replace(firm, purity_ploidy=weak)), answers(firm))
    unknown = replace(weak, purity=None)
    assert_no_firmer(answers(replace(firm, purity_ploidy=unknown)), answers(firm))


@settings(deadline=None)
@given(points=st.tuples(st.tuples(purities, ploidies), st.tuples(purities, ploidies)), ratio=ratios)
def test_a_fit_open_between_two_solutions_says_what_both_say(
    points: tuple[tuple[float, float], tuple[float, float]], ratio: float
) -> None:
    alone = [answers(fitted([point], ratio)) for point in points]
    values = fitted([points[0]], ratio).purity_ploidy
    values = replace(values, status=PurityStatus.NOT_ASSESSABLE, reason="ambiguous (50% sure)")
    both = answers(
        fitted(list(points), ratio, purity_ploidy=values, ambiguous=min(p for p, _ in points) >= 0.2)
    )
    for name, answer in both.items():
        told = {one[name] for one in alone}
        assert answer in told | {"not_assessable"}
        if len(told) == 2 and "not_assessable" not in told:
            assert answer == "not_assessable", name


@settings(deadline=None)
@given(copies=st.floats(0.0, 60.0), purity=st.floats(0.2, 1.0), ploidy=ploidies)
def test_a_caller_that_tells_less_is_no_surer(copies: float, purity: float, ploidy: float) -> None:
    firm = answers(caller(copies, purity=purity, ploidy=ploidy))
    assert_no_firmer(answers(caller(copies, purity=None, ploidy=ploidy)), firm)


@settings(deadline=None)
@given(
    copies=st.floats(0.0, 60.0),
    purity=st.floats(0.35, 0.7),
    half=st.tuples(st.floats(0.01, 0.3), st.floats(0.01, 0.3)),
)
def test_a_wider_range_of_purity_is_no_surer(copies: float, purity: float, half: tuple[float, float]) -> None:
    narrow, wide = (
        answers(caller(copies, purity=purity, purity_low=purity - by, purity_high=purity + by, ploidy=2.0))
        for by in sorted(half)
    )
    assert_no_firmer(wide, narrow)


def test_the_range_of_copies_holds_each_likely_solution_whole() -> None:
    """Of draws nine in ten of which are around 10 the central 95 % ends within the tenth around 20."""
    rng = np.random.default_rng(3)
    solution = np.repeat([0, 1, 2], [880, 100, 20])
    copies = np.array([10.0, 20.0, 40.0])[solution] + rng.normal(0, 1, 1_000)
    draws = PosteriorDraws(np.full(1_000, 0.5), np.full(1_000, 2.0), copies[None, :], solution)
    low, high = draws.range_of(draws.copy_numbers)
    own = [np.quantile(copies[solution == number], (0.025, 0.975)) for number in (0, 1)]
    assert (low[0], high[0]) == pytest.approx((own[0][0], own[1][1]))  # the third has 2 % and is not listed


def test_a_doubling_that_is_hardly_possible_does_not_double_the_range() -> None:
    """98 % around 10 and 2 % around 20: a range of 95 % leaves the latter out."""
    rng = np.random.default_rng(3)
    solution = np.repeat([0, 1], [980, 20])
    copies = np.array([10.0, 20.0])[solution] + rng.normal(0, 1, 1_000)
    draws = PosteriorDraws(np.full(1_000, 0.5), np.full(1_000, 2.0), copies[None, :], solution)
    _, high = draws.range_of(draws.copy_numbers)
    assert high[0] < 15


def test_absence_is_not_said_where_a_likely_fit_may_lie_below_the_least_purity() -> None:
    """Whether the likeliest solution has half of all or more: what may be too impure excludes nothing, and proves what it did."""
    sure = fitted([(0.5, 2.0)], 1.0, sd=0.01)
    vague = replace(sure, may_be_too_impure=True)
    assert erbb2(sure).verdict.call is CopyNumberCall.NEUTRAL
    assert erbb2(vague).verdict.call is CopyNumberCall.NOT_ASSESSABLE
    assert_no_firmer(answers(vague), answers(sure))
    amplified = replace(fitted([(0.5, 2.0), (0.15, 2.0)], 6.0), may_be_too_impure=True)
    assert erbb2(amplified).verdict.call is CopyNumberCall.AMPLIFIED
