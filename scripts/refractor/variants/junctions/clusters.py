"""Evidence of one junction brought together: exact ends from split reads, with the pairs that fit them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from refractor.variants.files.structural_variants import Breakpoint
from refractor.variants.junctions.read_evidence import Evidence
from refractor.variants.junctions.scan import FragmentLengths
from refractor.vocabulary import Side

SAME_END_BP = 10
"""Two exact ends this near are one: aligners place shared and inserted bases differently (our choice)."""
READ_INTO_BP = 15
"""How far an aligned mate may reach over a breakpoint before its aligner clips it (our choice)."""

Sides = tuple[str, Side | None, str, Side | None]


@dataclass(frozen=True, slots=True)
class Cluster:
    """One possible junction; its evidence is one a fragment and kind, copies of a molecule left out."""

    first: Breakpoint
    second: Breakpoint
    splits: tuple[Evidence, ...]
    pairs: tuple[Evidence, ...]

    @property
    def sides(self) -> Sides:
        """As of its evidence: what evidence of one junction has in common."""
        return self.first.chromosome, self.first.side, self.second.chromosome, self.second.side

    @property
    def fragments(self) -> int:
        """Distinct fragments that show it."""
        return len({item.fragment for item in (*self.splits, *self.pairs)})

    @property
    def homology(self) -> int | None:
        """Bases that fit both sides (negative: inserted) in most split reads; None without one."""
        counted = Counter(item.homology for item in self.splits)
        return counted.most_common(1)[0][0] if counted else None

    @property
    def distance(self) -> int | None:
        """Bases between the ends; None on two chromosomes."""
        if self.first.chromosome != self.second.chromosome:
            return None
        return abs(self.second.position - self.first.position)

    @property
    def is_inverted(self) -> bool:
        """Whether the ends keep the same side, on one chromosome."""
        return self.distance is not None and self.first.side is self.second.side


def clusters_of(evidence: Iterable[Evidence], lengths: FragmentLengths) -> list[Cluster]:
    """The possible junctions that the evidence shows, those of split reads first."""
    exact: dict[Sides, list[Evidence]] = defaultdict(list)
    pairs: dict[Sides, list[Evidence]] = defaultdict(list)
    for item in evidence:
        (exact if item.exact else pairs)[item.sides].append(item)
    found: list[Cluster] = []
    for sides in {**exact, **pairs}:
        loose = sorted(pairs.get(sides, ()), key=lambda item: item.first.position)
        used: set[str] = set()
        for group in _exact_groups(exact.get(sides, ())):
            first, second = _most_common(group)
            fitting = pairs_of(first, second, loose, lengths)
            used |= {item.fragment for item in fitting}
            found.append(Cluster(first, second, _one_a_molecule(group), _one_a_molecule(fitting)))
        found += _loose_groups([item for item in loose if item.fragment not in used], lengths)
    return sorted(found, key=lambda cluster: (not cluster.splits, -cluster.fragments))


def _exact_groups(items: Sequence[Evidence]) -> list[list[Evidence]]:
    """Split reads whose both ends agree; a group begins with the ends that most reads name."""
    counted = Counter((item.first, item.second) for item in items)
    by_ends: dict[tuple[Breakpoint, Breakpoint], list[Evidence]] = defaultdict(list)
    for item in items:
        by_ends[item.first, item.second].append(item)
    groups: list[list[Evidence]] = []
    by_bucket: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for (first, second), _ in counted.most_common():
        bucket = first.position // SAME_END_BP
        near = next(
            (
                number
                for beside in (bucket - 1, bucket, bucket + 1)
                for one, other, number in by_bucket.get(beside, ())
                if abs(one - first.position) <= SAME_END_BP and abs(other - second.position) <= SAME_END_BP
            ),
            None,
        )
        if near is None:
            near = len(groups)
            groups.append([])
            by_bucket[bucket].append((first.position, second.position, near))
        groups[near] += by_ends[first, second]
    return groups


def _most_common(group: Sequence[Evidence]) -> tuple[Breakpoint, Breakpoint]:
    return Counter((item.first, item.second) for item in group).most_common(1)[0][0]


def pairs_of(
    first: Breakpoint, second: Breakpoint, pairs: Sequence[Evidence], lengths: FragmentLengths
) -> list[Evidence]:
    """The pairs, sorted by their first end, that one fragment over the junction would give."""
    reach = lengths.longest
    before = first.side is Side.BEFORE
    low, high = (-reach, READ_INTO_BP) if before else (-READ_INTO_BP, reach)
    from_row = bisect_left(pairs, first.position + low, key=lambda item: item.first.position)
    to_row = bisect_right(pairs, first.position + high, key=lambda item: item.first.position)
    return [
        item
        for item in pairs[from_row:to_row]
        if min(gaps := (_gap(item.first, first), _gap(item.second, second))) >= -READ_INTO_BP
        and sum(gaps) <= reach
    ]


def _gap(inner: Breakpoint, end: Breakpoint) -> int:
    """Bases between the innermost base of a mate and the breakpoint beyond it."""
    away = end.position - inner.position
    return away if end.side is Side.BEFORE else -away


def _loose_groups(pairs: Sequence[Evidence], lengths: FragmentLengths) -> list[Cluster]:
    """Pairs without a split read that may be of one junction: both ends within a fragment's length of the next."""
    groups: list[list[Evidence]] = []
    for item in pairs:
        for group in reversed(groups):
            last = group[-1]
            if item.first.position - last.first.position > lengths.longest:
                break
            if abs(item.second.position - last.second.position) <= lengths.longest:
                group.append(item)
                break
        else:
            groups.append([item])
    found = []
    for group in groups:
        kept = _one_a_molecule(group)
        if len(kept) < 2:
            found.append(Cluster(kept[0].first, kept[0].second, (), kept))
            continue
        ends = [_innermost([getattr(item, name) for item in kept]) for name in ("first", "second")]
        found.append(Cluster(ends[0], ends[1], (), kept))
    return found


def _innermost(ends: Sequence[Breakpoint]) -> Breakpoint:
    """The end nearest to the junction: the breakpoint lies at it or beyond."""
    chosen = max if ends[0].side is Side.BEFORE else min
    return chosen(ends, key=lambda end: end.position)


def _one_a_molecule(items: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """One item a fragment, and one fragment a molecule: copies that the file does not mark count once."""
    by_fragment: dict[str, Evidence] = {}
    for item in items:
        by_fragment.setdefault(item.fragment, item)
    by_molecule: dict[tuple[int, ...], Evidence] = {}
    for item in by_fragment.values():
        by_molecule.setdefault(item.molecule, item)
    return tuple(by_molecule.values())
