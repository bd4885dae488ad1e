"""Codons called mutated, wild-type or not assessable, each with the power behind the word."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from refractor.results.variant_tables import CodonStatus
from refractor.settings.thresholds import CALLING
from refractor.variants.codons.codon_alleles import (
    Called,
    changes_codon,
    doubtful,
    filtered_in_words,
    hints,
    inherited,
    may_change_codon,
    shown_beyond_doubt,
    strength,
)
from refractor.variants.codons.codon_reads import CodonPlace, CodonReads
from refractor.variants.codons.file_view import VariantFileView
from refractor.variants.codons.power import (
    ClonalExpectation,
    DetectionThresholds,
    detection_probability,
    required_depth,
    smallest_detectable_ccf,
    smallest_detectable_vaf,
)
from refractor.variants.observation import CallableBlock
from refractor.vocabulary import Status


def codon_verdict(
    place: CodonPlace,
    *,
    reads: CodonReads | None,
    called_in_reads: Sequence[Called],
    file: VariantFileView | None,
    expectation: ClonalExpectation,
    thresholds: DetectionThresholds,
    low_vaf: float = CALLING.low_vaf,
) -> CodonStatus:
    """The verdict on one codon: reads decide where they can, and a disagreement with the file is stated.

    `thresholds` are those of a file, and of reads that do not bring their own. A mutation below `low_vaf` (0-1) is
    flagged in the reason.
    """
    verdicts = []
    if reads is not None:
        verdicts.append(
            _by_reads(
                place,
                reads,
                called_in_reads,
                expectation=expectation,
                thresholds=reads.thresholds or thresholds,
                low_vaf=low_vaf,
            )
        )
    if file is not None:
        verdicts.append(
            _by_file(place, file, expectation=expectation, thresholds=thresholds, low_vaf=low_vaf)
        )
    match verdicts:
        case [by_reads, by_file]:
            return _reconciled(by_reads, by_file)
        case [only]:
            return only
        case _:
            return _verdict(
                place, Status.NOT_ASSESSABLE, reason="no usable reads and no usable file of small variants"
            )


def _by_reads(
    place: CodonPlace,
    reads: CodonReads,
    called: Sequence[Called],
    *,
    expectation: ClonalExpectation,
    thresholds: DetectionThresholds,
    low_vaf: float,
) -> CodonStatus:
    here = [item for item in called if changes_codon(item, place)]
    somatic = [item for item in here if not item[0].germline_likely and not item[0].filters]
    remarks = [inherited(item[0], item[1]) for item in here if item[0].germline_likely]
    numbers = replace(
        _power(reads.depth, expectation=expectation, thresholds=thresholds),
        indel=detection_probability(reads.spanning_depth, expectation.vaf, thresholds=thresholds.of_indels()),
    )
    if somatic:
        return _mutated(place, somatic, numbers=numbers, source="reads", remarks=remarks, low_vaf=low_vaf)
    if not reads.reference_known:
        reason = "the reference sequence of this codon is not known: give a full FASTA as `reference`"
        return _verdict(place, Status.NOT_ASSESSABLE, depth=reads.depth, reason=reason, numbers=numbers)
    doubt = doubtful(reads, called, thresholds=thresholds, low_vaf=low_vaf)
    remarks += hints(reads, [observation for observation, _ in called])
    if doubt is not None:
        stated = f"{doubt} is shown and not believed: neither a mutation nor wild-type can be stated"
        reason = "; ".join([stated, *remarks])
        return _verdict(place, Status.NOT_ASSESSABLE, depth=reads.depth, numbers=numbers, reason=reason)
    return _silent(
        place, reads.depth, numbers=numbers, remarks=remarks, expectation=expectation, thresholds=thresholds
    )


def _by_file(
    place: CodonPlace,
    file: VariantFileView,
    *,
    expectation: ClonalExpectation,
    thresholds: DetectionThresholds,
    low_vaf: float,
) -> CodonStatus:
    here = [item for item in file.called if changes_codon(item, place)]
    somatic = [item for item in here if not item[0].germline_likely and not item[0].filters]
    remarks = [inherited(item[0], item[1]) for item in here if item[0].germline_likely]
    filtered = [item for item in here if item[0].filters and not item[0].germline_likely]
    if somatic:
        depth = max(somatic, key=strength)[0].depth
        numbers = _power(depth, expectation=expectation, thresholds=thresholds)
        return _mutated(
            place, somatic, numbers=numbers, source=file.flavour, remarks=remarks, low_vaf=low_vaf
        )
    remarks += [filtered_in_words(*item) for item in filtered]
    doubt = next((item for item in filtered if shown_beyond_doubt(item[0], thresholds, low_vaf)), None)
    if doubt is not None:
        reason = "; ".join(["the file shows a variant that is not believed", *remarks])
        return _verdict(place, Status.NOT_ASSESSABLE, depth=doubt[0].depth, reason=reason)
    return _by_silence(place, file, remarks, expectation=expectation, thresholds=thresholds)


def _by_silence(
    place: CodonPlace,
    file: VariantFileView,
    remarks: Sequence[str],
    *,
    expectation: ClonalExpectation,
    thresholds: DetectionThresholds,
) -> CodonStatus:
    """What a file that calls nothing at a codon says of it."""
    if (mute := _why_silence_says_nothing(place, file)) is not None:
        return _verdict(place, Status.NOT_ASSESSABLE, reason="; ".join([mute, *remarks]))
    depth = _block_depth(place, file.blocks)
    if depth is not None:
        numbers = _power(depth, expectation=expectation, thresholds=thresholds)
        return _silent(
            place, depth, numbers=numbers, remarks=remarks, expectation=expectation, thresholds=thresholds
        )
    regions = file.callable_regions
    if regions is not None and all(
        regions.covers(place.chromosome, start, end) for start, end in place.stretches
    ):
        status, why = Status.WILD_TYPE, "not in the file of small variants, and inside callable_regions"
    elif file.assume_callable:
        status = Status.WILD_TYPE
        why = "not in the file of small variants, counted as wild-type because assume_callable is set"
    else:
        status = Status.NOT_ASSESSABLE
        silence = (
            "outside callable_regions"
            if regions is not None
            else "no callable_regions given and assume_callable not set"
        )
        why = f"the file of small variants is silent here, which is not wild-type: {silence}"
    return _verdict(place, status, reason="; ".join([why, *remarks]))


def _why_silence_says_nothing(place: CodonPlace, file: VariantFileView) -> str | None:
    """Why a file that calls nothing at a codon says nothing of it, wherever it could call; None where it may."""
    unknown = next((item for item in file.called if may_change_codon(item, place)), None)
    if unknown is not None:
        return f"{unknown[0].variant} lies here and its effect on the codon is not known"
    for low, high in place.stretches:
        if (why := file.why_silent(place.chromosome, low, high)) is not None:
            return why
    if not file.calls_substitutions:
        return f"{file.flavour} reports insertions and deletions only: its silence is not wild-type"
    return None


def _reconciled(reads: CodonStatus, file: CodonStatus) -> CodonStatus:
    """The reads' verdict, except that a mutation of the file stands where reads cannot say.

    Where the file has a mutation and the reads would be wild-type, neither is claimed.
    """
    if reads.status is Status.NOT_ASSESSABLE and file.status is Status.MUTATED:
        return replace(file, reason=f"{file.reason}; the reads cannot say: {reads.reason}")
    if Status.MUTATED in (reads.status, file.status) and (
        reads.status is not file.status or reads.protein_change != file.protein_change
    ):
        other = f"{file.status} {file.protein_change or ''}".strip()
        reason = f"{reads.reason}; DISAGREES with the file of small variants: {other} ({file.reason})"
        settled = Status.NOT_ASSESSABLE if reads.status is Status.WILD_TYPE else reads.status
        return replace(reads, status=settled, reason=reason)
    return reads


@dataclass(frozen=True, slots=True)
class _Power:
    power: float | None
    vaf: float | None
    ccf: float | None
    indel: float | None = None


def _power(depth: int | None, *, expectation: ClonalExpectation, thresholds: DetectionThresholds) -> _Power:
    if depth is None:
        return _Power(None, None, None)
    vaf = smallest_detectable_vaf(depth, thresholds=thresholds)
    return _Power(
        detection_probability(depth, expectation.vaf, thresholds=thresholds),
        vaf,
        smallest_detectable_ccf(vaf, expectation.vaf),
    )


def _silent(
    place: CodonPlace,
    depth: int,
    *,
    numbers: _Power,
    remarks: Sequence[str],
    expectation: ClonalExpectation,
    thresholds: DetectionThresholds,
) -> CodonStatus:
    """Wild-type where a clonal variant would have been seen, else not assessable with the depth it would take."""
    power = numbers.power or 0.0
    if power >= thresholds.wild_type_power:
        stated = (
            f"{expectation.described()} and be seen in {depth} fragments with probability {_shown(power)}"
        )
        return _verdict(
            place, Status.WILD_TYPE, depth=depth, numbers=numbers, reason="; ".join([stated, *remarks])
        )
    needed = required_depth(expectation.vaf, thresholds=thresholds)
    if depth == 0:
        seen = "no fragment shows the codon"
    else:
        seen = f"in {depth} fragments it would be seen with probability {_shown(power)} only"
    if needed is None:
        advice = "no depth would be enough"
    elif depth == 0:
        advice = f"{needed} are needed"
    else:
        times = math.ceil(10 * needed / depth) / 10
        advice = f"{needed} are needed, {times:g} x as many"
    stated = f"{seen}, {advice}: {expectation.described()}"
    return _verdict(
        place, Status.NOT_ASSESSABLE, depth=depth, numbers=numbers, reason="; ".join([stated, *remarks])
    )


def _shown(probability: float) -> str:
    """A probability in words that never rounds up to certainty."""
    return "> 0.999" if probability > 0.999 else f"{probability:.3f}"


def _mutated(
    place: CodonPlace,
    found: Sequence[Called],
    *,
    numbers: _Power,
    source: str,
    remarks: Sequence[str],
    low_vaf: float,
) -> CodonStatus:
    """Mutated by the strongest of the variants found; the reason names the rest and a low VAF."""
    (best, consequence), *others = sorted(found, key=strength, reverse=True)
    change = (consequence and consequence.protein_change) or None
    said = [f"{change or best.variant} in {source}"]
    if best.vaf is not None and best.vaf < low_vaf:
        said.append(f"LOW VAF {best.vaf:.3f}: flagged, not counted against eligibility")
    said += [
        f"also {(other_consequence and other_consequence.protein_change) or other.variant}"
        for other, other_consequence in others
    ]
    return _verdict(
        place,
        Status.MUTATED,
        depth=best.depth,
        alt_reads=best.alt_reads,
        vaf=best.vaf,
        protein_change=change,
        numbers=numbers,
        reason="; ".join([*said, *best.notes, *remarks]),
    )


def _verdict(
    place: CodonPlace,
    status: Status,
    *,
    reason: str,
    depth: int | None = None,
    alt_reads: int | None = None,
    vaf: float | None = None,
    protein_change: str | None = None,
    numbers: _Power | None = None,
) -> CodonStatus:
    numbers = numbers or _Power(None, None, None)
    return CodonStatus(
        gene=place.gene,
        codon=place.codon,
        status=status,
        depth=depth,
        alt_reads=alt_reads,
        vaf=vaf,
        protein_change=protein_change,
        smallest_detectable_vaf=numbers.vaf,
        smallest_detectable_ccf=numbers.ccf,
        power=numbers.power,
        reason=reason,
        indel_power=numbers.indel,
    )


def _block_depth(place: CodonPlace, blocks: Sequence[CallableBlock]) -> int | None:
    """The least depth of the reference blocks that cover the whole codon; None where they do not."""
    depths: list[int] = []
    for position in place.positions:
        here = [
            block.depth
            for block in blocks
            if block.chromosome == place.chromosome
            and block.start <= position < block.end
            and block.depth is not None
        ]
        if not here:
            return None
        depths.append(max(here))
    return min(depths)
