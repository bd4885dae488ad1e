"""What pairs of genomes mean for the samples: which agree with the sheet, which stop a tumour, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from refractor.identity.comparison import Genome, PairMeasures, Panel
from refractor.identity.snp_counts import GenomeKind
from refractor.results.identity_tables import GenomePair, SampleIdentity
from refractor.settings.thresholds import IdentitySettings
from refractor.vocabulary import PairVerdict, State

Flags = NDArray[np.bool_]

FIRST_DEGREE = (0.177, 0.354)
"""KING-robust kinship of parents, children and siblings (doi:10.1093/bioinformatics/btq559)."""

LISTED_PAIRS = 20_000
"""Pairs listed in full; of more only those that the sheet does not expect, those within a patient, and each genome's
nearest of another patient."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two genomes compared."""

    first: Genome
    second: Genome
    same_expected: bool
    sites: int
    concordance: float | None
    kinship: float | None
    verdict: PairVerdict
    note: str = ""

    @property
    def contradicts(self) -> bool:
        """Whether the pair is not what the sheet says."""
        return self.verdict in (PairVerdict.DIFFERENT_PEOPLE, PairVerdict.SAME_PERSON)

    def record(self) -> GenomePair:
        """The pair as the table IDENTITY has it."""
        return GenomePair(
            sample_a=self.first.name,
            sample_b=self.second.name,
            n_sites=self.sites,
            concordance=self.concordance,
            expected="same" if self.same_expected else "different",
            verdict=self.verdict,
            kinship=self.kinship,
            note=self.note or None,
        )


def judge_pairs(
    panel: Panel,
    measured: Iterable[PairMeasures],
    *,
    patient_of: Mapping[str, str],
    settings: IdentitySettings,
    listed: int = LISTED_PAIRS,
) -> list[Pair]:
    """The pairs to list, in the order of the genomes: all of them if they are at most `listed`."""
    n = len(panel.genomes)
    everything = n * (n - 1) // 2 <= listed
    patients = np.array([patient_of[genome.sample] for genome in panel.genomes], dtype=object)
    pairs: dict[tuple[int, int], Pair] = {}
    nearest: dict[int, tuple[float, tuple[int, int], Pair]] = {}
    for measures in measured:
        rows = slice(measures.first, measures.first + len(measures.sites))
        same = (patients[rows, None] == patients[None, measures.first :]).astype(bool)
        block = _Block(panel, measures, same, _codes(measures, same, settings))
        for row, column in block.pairs_to_list(everything=everything):
            pairs[measures.first + row, measures.first + column] = block.pair(row, column)
        if not everything:
            block.keep_nearest(nearest)
    pairs |= {place: pair for _, place, pair in nearest.values()}
    return [pairs[place] for place in sorted(pairs)]


_CODES = tuple(PairVerdict)
_CODE = {verdict: np.int8(place) for place, verdict in enumerate(_CODES)}
_UNEXPECTED = [_CODE[v] for v in (PairVerdict.DIFFERENT_PEOPLE, PairVerdict.SAME_PERSON, PairVerdict.UNCLEAR)]


def _codes(measures: PairMeasures, same: Flags, settings: IdentitySettings) -> NDArray[np.int8]:
    """The verdict of each pair as its place in PairVerdict; `same`: the sheet says one patient."""
    alike = measures.concordance >= settings.same_person_concordance
    alike &= measures.read_fit >= settings.different_person_concordance  # else parent and child, or much loss
    apart = measures.concordance < settings.different_person_concordance
    codes = np.full(same.shape, _CODE[PairVerdict.UNCLEAR], dtype=np.int8)
    codes[(alike & same) | (apart & ~same)] = _CODE[PairVerdict.AS_EXPECTED]
    codes[apart & same] = _CODE[PairVerdict.DIFFERENT_PEOPLE]
    codes[alike & ~same] = _CODE[PairVerdict.SAME_PERSON]
    codes[measures.sites < settings.min_sites] = _CODE[PairVerdict.NOT_ASSESSABLE]
    return codes


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Measures of a block of pairs, whether the sheet expects one patient, and the verdicts' places; same shape."""

    panel: Panel
    measures: PairMeasures
    same: Flags
    codes: NDArray[np.int8]

    def pairs_to_list(self, *, everything: bool) -> Iterator[tuple[int, int]]:
        """Row and column of each pair that is listed, each once."""
        rows, columns = np.triu_indices(len(self.codes), k=1, m=self.codes.shape[1])
        if not everything:
            shown = self.same[rows, columns] | np.isin(self.codes[rows, columns], _UNEXPECTED)
            rows, columns = rows[shown], columns[shown]
        yield from zip(rows.tolist(), columns.tolist(), strict=True)

    def pair(self, row: int, column: int) -> Pair:
        """One pair in words and numbers."""
        first = self.measures.first
        concordance = float(self.measures.concordance[row, column])
        kinship = float(self.measures.kinship[row, column])
        return Pair(
            first=self.panel.genomes[first + row],
            second=self.panel.genomes[first + column],
            same_expected=bool(self.same[row, column]),
            sites=round(float(self.measures.sites[row, column])),
            concordance=None if np.isnan(concordance) else concordance,
            kinship=None if np.isnan(kinship) else kinship,
            verdict=_CODES[int(self.codes[row, column])],
            note=self._note(row, column),
        )

    def _note(self, row: int, column: int) -> str:
        measures, same = self.measures, bool(self.same[row, column])
        verdict = _CODES[int(self.codes[row, column])]
        first = self.panel.genomes[measures.first + row]
        second = self.panel.genomes[measures.first + column]
        notes = []
        if verdict is PairVerdict.NOT_ASSESSABLE:
            notes.append("too few SNPs")
        elif not same and FIRST_DEGREE[0] < measures.kinship[row, column] <= FIRST_DEGREE[1]:
            notes.append("relatives of the first degree by kinship")
        elif verdict is PairVerdict.UNCLEAR and (
            measures.concordance[row, column] > measures.read_fit[row, column] + 0.1
        ):
            notes.append("parent and child, or two tumours of one person that lost different parts")
        shared = sorted(set(first.names) & set(second.names))
        if shared and not same:
            notes.append(f"both files name the sample {', '.join(shared[:3])}")
        return "; ".join(notes)

    def keep_nearest(self, nearest: dict[int, tuple[float, tuple[int, int], Pair]]) -> None:
        """Note for each genome the most alike of another patient, as a row or as a column of the block."""
        first = self.measures.first
        usable = ~self.same & (self.codes != _CODE[PairVerdict.NOT_ASSESSABLE])
        usable &= np.triu(np.ones_like(usable), k=1)
        likeness = np.where(usable, self.measures.concordance, -1.0)
        for axis in (0, 1):
            for at, other in enumerate(likeness.argmax(axis=axis).tolist()):
                row, column = (other, at) if axis == 0 else (at, other)
                value = float(likeness[row, column])
                if value > nearest.get(first + at, (-1.0,))[0]:
                    nearest[first + at] = value, (first + row, first + column), self.pair(row, column)


def judge_samples(
    pairs: Sequence[Pair],
    *,
    samples: Sequence[str],
    patient_of: Mapping[str, str],
    panel: Panel,
    own: Mapping[str, tuple[State, str]],
) -> list[SampleIdentity]:
    """What the pairs, and each tumour's own check `own` (state, reason), mean for each sample.

    A pair that contradicts the sheet stops both samples, unless only one of them is sound by itself, its tumour and
    its normal being of one person: then the other is the wrong one.
    """
    of_sample: dict[str, list[Pair]] = {sample: [] for sample in samples}
    for pair in pairs:
        for sample in {pair.first.sample, pair.second.sample}:
            of_sample[sample].append(pair)
    sound = {sample: _sound(of_sample[sample]) and own[sample][0] is not State.FAILED for sample in samples}
    rates = dict(zip([genome.name for genome in panel.genomes], panel.heterozygosity.tolist(), strict=True))
    verdicts = []
    for sample in samples:
        verdict = _verdict(sample, of_sample[sample], own[sample], sound, patient_of)
        others = [
            pair for pair in of_sample[sample] if not pair.same_expected and pair.concordance is not None
            and pair.verdict is not PairVerdict.NOT_ASSESSABLE
        ]  # fmt: skip
        if others:
            best = max(others, key=lambda pair: pair.concordance or 0.0)
            other = best.second if best.first.sample == sample else best.first
            verdict = replace(verdict, nearest=other.name, nearest_concordance=best.concordance)
        for kind in (GenomeKind.NORMAL, GenomeKind.NORMAL_FILE, GenomeKind.TUMOR, GenomeKind.TUMOR_FILE):
            rate = rates.get(Genome(sample, kind).name)
            if rate is not None and not np.isnan(rate):
                verdict = replace(verdict, heterozygosity=rate)
                break
        verdicts.append(verdict)
    return verdicts


def _sound(pairs: Sequence[Pair]) -> bool:
    """Whether a sample's own genomes were compared and all agree."""
    inside = [
        pair for pair in pairs
        if pair.first.sample == pair.second.sample and pair.verdict is not PairVerdict.NOT_ASSESSABLE
    ]  # fmt: skip
    return bool(inside) and all(pair.verdict is PairVerdict.AS_EXPECTED for pair in inside)


def _verdict(
    sample: str,
    pairs: Sequence[Pair],
    own: tuple[State, str],
    sound: Mapping[str, bool],
    patient_of: Mapping[str, str],
) -> SampleIdentity:
    inside = [own[1]] if own[0] is State.FAILED else []
    stops: list[str] = []
    elsewhere: list[str] = []
    for pair in pairs:
        if not pair.contradicts:
            continue
        if pair.first.sample == pair.second.sample:
            if not inside:  # the tumour's own check says the same of its reads
                what = f"{pair.first.kind} and {pair.second.kind} are of different people"
                inside.append(f"{what} ({_measured(pair)}): give the patient's own files")
            continue
        here, there = (pair.first, pair.second) if pair.first.sample == sample else (pair.second, pair.first)
        people = "one person" if pair.verdict is PairVerdict.SAME_PERSON else "different people"
        whose = f"{there.kind} of {there.sample} (patient {patient_of[there.sample]})"
        other_is_wrong = sound[sample] and not sound[there.sample]
        words = f"{here.kind} and {whose} are of {people} ({_measured(pair)})"
        (elsewhere if other_is_wrong else stops).append(words)
    if stops and not inside:
        stops[-1] += "; correct the files or the patient in samples.tsv, or take the row out"
    if inside or stops:
        return SampleIdentity(sample=sample, state=State.FAILED, reason="; ".join([*inside, *stops]))
    compared = [pair for pair in pairs if pair.verdict is not PairVerdict.NOT_ASSESSABLE]
    if not compared:
        why = own[1] or ("too few SNPs" if pairs else "no genotypes")
        return SampleIdentity(
            sample=sample, state=State.SKIPPED, reason=f"not compared with any sample: {why}"
        )
    return SampleIdentity(
        sample=sample, state=State.DONE, reason=_what_was_compared(compared, own[1], elsewhere)
    )


def _what_was_compared(compared: Sequence[Pair], own: str, elsewhere: Sequence[str]) -> str:
    """The reason of a sample that goes on; `elsewhere` are contradictions that are another sample's fault."""
    within = [pair for pair in compared if pair.first.sample == pair.second.sample]
    words = {PairVerdict.AS_EXPECTED: "one person", PairVerdict.UNCLEAR: "unclear"}
    parts = [
        f"{pair.first.kind} and {pair.second.kind}: {words[pair.verdict]} ({_measured(pair)})"
        for pair in within
    ] or ([own] if own else [])
    if elsewhere:
        parts.append("sound itself, but " + "; ".join(elsewhere))
    elif len(compared) > len(within):
        parts.append("no genome of another patient is the same")
    return "; ".join(parts)


def _measured(pair: Pair) -> str:
    return f"concordance {pair.concordance or 0.0:.1%} at {pair.sites} SNPs"
