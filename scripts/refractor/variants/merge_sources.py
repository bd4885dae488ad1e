"""One list of variants from reads and from a file: each allele once, each disagreement in a note."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from refractor.genome.variant import Variant
from refractor.variants.calling.haplotypes import AlleleSupport
from refractor.variants.observation import Observation


def absorbed_variants(
    from_reads: Sequence[Observation], from_file: Sequence[Observation]
) -> dict[Variant, Variant]:
    """Substitutions of the file that the reads show to be parts of one MNV, with that MNV."""
    parts = {
        part: observation.variant
        for observation in from_reads
        if observation.variant.kind == "mnv" and not observation.filters
        for part in _parts(observation.variant)
    }
    ours = {observation.variant for observation in from_reads if not observation.unshown}
    return {
        observation.variant: parts[observation.variant]
        for observation in from_file
        if observation.variant in parts and observation.variant not in ours
    }


def _parts(mnv: Variant) -> list[Variant]:
    return [
        Variant(mnv.chromosome, mnv.position + offset, ref, alt)
        for offset, (ref, alt) in enumerate(zip(mnv.ref, mnv.alt, strict=True))
        if ref != alt
    ]


def joined_observations(
    from_reads: Sequence[Observation],
    from_file: Sequence[Observation],
    *,
    support_in_reads: Callable[[Variant], AlleleSupport] | None,
    absorbed: Mapping[Variant, Variant],
) -> list[Observation]:
    """Every allele once, in order of place: counted in the reads where they call it, else as the file has it.

    A variant of the file that the reads do not call is kept, with a note of how many fragments show it; one
    that is `absorbed` is named in the note of its MNV.
    """
    joined = {observation.variant: observation for observation in from_reads}
    called = frozenset(observation.variant for observation in from_reads if not observation.unshown)
    for observation in from_file:
        variant = observation.variant
        if variant in called:
            joined[variant] = _seconded(joined[variant], observation)
        elif variant in absorbed:
            whole = absorbed[variant]
            joined[whole] = _noted(joined[whole], f"part {variant} in {observation.origin}")
        elif support_in_reads is not None and not variant.is_named_only:
            joined[variant] = _with_support(observation, support_in_reads(variant))
        else:
            joined.setdefault(variant, observation)
    return [joined[variant] for variant in sorted(joined)]


def _seconded(ours: Observation, theirs: Observation) -> Observation:
    stated = f"also in {theirs.origin}" + ("" if theirs.vaf is None else f" at VAF {theirs.vaf:.3f}")
    if theirs.filters:
        stated += f", filtered there: {', '.join(theirs.filters)}"
    return _noted(replace(ours, stated=theirs.stated), stated)


def _with_support(observation: Observation, support: AlleleSupport) -> Observation:
    if support.depth == 0:
        return _noted(observation, "no fragment of the reads shows its place")
    return _noted(observation, f"{support.alt} of {support.depth} fragments of the reads show it")


def _noted(observation: Observation, note: str) -> Observation:
    return replace(observation, notes=(*observation.notes, note))
