"""One list of variants from reads and from a file: each allele once, each disagreement in a note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from resistance.variants.haplotypes import AlleleSupport
from resistance.variants.observation import Observation, Variant


def joined_observations(
    from_reads: Sequence[Observation],
    from_file: Sequence[Observation],
    *,
    support_in_reads: Callable[[Variant], AlleleSupport] | None,
) -> list[Observation]:
    """Every allele once, in order of place: counted in the reads where they call it, else as the file has it.

    A variant of the file that the reads do not call is kept, with a note of how many fragments show it.
    """
    called = {observation.variant: observation for observation in from_reads}
    joined = dict(called)
    for observation in from_file:
        if observation.variant in called:
            joined[observation.variant] = _seconded(called[observation.variant], observation)
        elif support_in_reads is not None:
            joined[observation.variant] = _with_support(observation, support_in_reads(observation.variant))
        else:
            joined.setdefault(observation.variant, observation)
    return [joined[variant] for variant in sorted(joined)]


def _seconded(ours: Observation, theirs: Observation) -> Observation:
    stated = f"also in {theirs.origin}" + ("" if theirs.vaf is None else f" at VAF {theirs.vaf:.3f}")
    if theirs.filters:
        stated += f", filtered there: {', '.join(theirs.filters)}"
    return replace(ours, notes=(*ours.notes, stated))


def _with_support(observation: Observation, support: AlleleSupport) -> Observation:
    stated = f"{support.alt} of {support.depth} fragments of the reads show it"
    return replace(observation, notes=(*observation.notes, stated))
