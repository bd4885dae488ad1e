from __future__ import annotations

from refractor.genome.variant import Variant
from refractor.variants.calling.haplotypes import AlleleSupport
from refractor.variants.merge_sources import absorbed_variants, joined_observations
from refractor.variants.observation import Observation

G12F = Variant("12", 100, "CC", "AA")
FIRST, SECOND = Variant("12", 100, "C", "A"), Variant("12", 101, "C", "A")
ELSEWHERE = Variant("12", 50, "G", "T")


def from_file(variant: Variant, **more) -> Observation:
    return Observation(variant, vaf=0.25, origin="mutect2", **more)


def test_reads_count_and_the_file_is_noted():
    joined = joined_observations(
        [Observation(ELSEWHERE, depth=100, alt_reads=30, vaf=0.3)],
        [from_file(ELSEWHERE, filters=("weak_evidence",))],
        support_in_reads=lambda variant: AlleleSupport(0, 0, 0, 0),
        absorbed={},
    )
    assert len(joined) == 1
    assert (joined[0].origin, joined[0].vaf, joined[0].filters) == ("reads", 0.3, ())
    assert joined[0].notes == ("also in mutect2 at VAF 0.250, filtered there: weak_evidence",)


def test_what_only_the_file_has_is_kept_with_what_the_reads_show():
    support = {ELSEWHERE: AlleleSupport(1, 60, 1, 0), FIRST: AlleleSupport(0, 0, 0, 0)}
    joined = joined_observations(
        [], [from_file(ELSEWHERE), from_file(FIRST)], support_in_reads=support.__getitem__, absorbed={}
    )
    assert [o.variant for o in joined] == [ELSEWHERE, FIRST]
    assert joined[0].notes == ("1 of 60 fragments of the reads show it",)
    assert joined[1].notes == ("no fragment of the reads shows its place",)


def test_without_reads_the_file_stands_as_it_is():
    observation = from_file(ELSEWHERE)
    assert joined_observations([], [observation], support_in_reads=None, absorbed={}) == [observation]


def test_parts_of_an_mnv_are_absorbed():
    ours, theirs = (
        [Observation(G12F, alt_reads=9)],
        [from_file(FIRST), from_file(SECOND), from_file(ELSEWHERE)],
    )
    absorbed = absorbed_variants(ours, theirs)
    assert absorbed == {FIRST: G12F, SECOND: G12F}
    joined = joined_observations(ours, theirs, support_in_reads=None, absorbed=absorbed)
    assert [o.variant for o in joined] == [ELSEWHERE, G12F]
    assert joined[1].notes == ("part 12:101 C>A in mutect2", "part 12:102 C>A in mutect2")


def test_a_part_that_the_reads_call_by_itself_is_not_absorbed():
    ours = [Observation(G12F, alt_reads=9), Observation(FIRST, alt_reads=5)]
    assert absorbed_variants(ours, [from_file(FIRST), from_file(SECOND)]) == {SECOND: G12F}


def test_a_filtered_mnv_absorbs_nothing():
    ours = [Observation(G12F, alt_reads=9, filters=("weak",))]
    assert absorbed_variants(ours, [from_file(FIRST)]) == {}


def test_a_candidate_that_mistakes_explain_leaves_the_file_its_word():
    variant = Variant("12", 25245349, "C", "T")
    weak = Observation(variant, depth=60, alt_reads=2, vaf=2 / 60, filters=("few_fragments",))
    told = Observation(variant, depth=90, alt_reads=5, vaf=5 / 90, origin="mutect2")
    (joined,) = joined_observations(
        [weak], [told], support_in_reads=lambda _: AlleleSupport(2, 60, 1, 1), absorbed={}
    )
    assert (joined.origin, joined.filters) == ("mutect2", ())
    assert "2 of 60 fragments of the reads show it" in joined.notes
    assert weak.unshown
    assert not told.unshown
