"""What called variants, and alleles that only reads show, mean at one codon."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.genome.variant import Variant
from refractor.variants.codons.codon_reads import CodonPlace, CodonReads
from refractor.variants.codons.power import DetectionThresholds
from refractor.variants.consequences import TRUNCATING, Consequence
from refractor.variants.observation import Observation

_SILENT = frozenset({"synonymous_variant", "stop_retained_variant"})

Called = tuple[Observation, Consequence | None]


def changes_codon(item: Called, place: CodonPlace) -> bool:
    """Whether a variant changes the protein at the codon; without a consequence, whether it lies on it."""
    observation, consequence = item
    variant = observation.variant
    if consequence is None:
        return variant.chromosome == place.chromosome and any(
            variant.position < end and start < variant.end for start, end in place.stretches
        )
    if consequence.gene != place.gene or consequence.first_codon is None:
        return False
    if consequence.consequence in _SILENT:
        return False
    if consequence.consequence in TRUNCATING:
        # a frameshift or stop names where it begins: what follows is lost, not mutated codon by codon
        return consequence.first_codon == place.codon
    return consequence.changes(place.codon, place.codon)


def may_change_codon(item: Called, place: CodonPlace) -> bool:
    """Whether a believed variant lies on the codon and nobody can tell what it does to it."""
    observation, consequence = item
    if consequence is None or observation.filters or observation.germline_likely:
        return False
    if consequence.gene != place.gene or consequence.first_codon is not None:
        return False
    variant = observation.variant
    return variant.chromosome == place.chromosome and any(
        variant.position < end and start < variant.end for start, end in place.stretches
    )


def shown_beyond_doubt(observation: Observation, thresholds: DetectionThresholds, low_vaf: float) -> bool:
    """Whether a filtered allele of a file has the reads and the fraction of a variant, so that it is no absence either.

    Not where the caller itself, or the count of reads, says that there is none; a hotspot that it calls inherited is
    there. An allele without counts is in doubt.
    """
    if observation.said_absent:
        return False
    reads, depth = observation.alt_reads, observation.depth
    if reads is not None and reads < thresholds.of_files().alt_reads_needed(max(depth or 0, reads)):
        return False
    return observation.vaf is None or observation.vaf >= low_vaf


def filtered_in_words(observation: Observation, consequence: Consequence | None) -> str:
    """That a variant of the file is not believed, with its counts and filters."""
    named = (consequence and consequence.protein_change) or str(observation.variant)
    counts = (
        "" if observation.alt_reads is None else f" ({observation.alt_reads} of {observation.depth} reads)"
    )
    return f"{named}{counts} is filtered by its caller: {', '.join(observation.filters)}"


def doubtful(
    reads: CodonReads, called: Sequence[Called], *, thresholds: DetectionThresholds, low_vaf: float
) -> Variant | None:
    """The first allele that fragments enough to report show at `low_vaf` or more, and that is not believed.

    What is called without a filter is believed, somatic or inherited, and so is all it overlaps; what leaves the
    protein as it is does not matter.
    """
    filtered = {item[0].variant: item for item in called if item[0].filters}
    believed = [item[0].variant for item in called if not item[0].filters]
    for allele in reads.alleles:
        variant, shown = allele.variant, allele.alt_reads or 0
        if shown < thresholds.alt_reads_needed(allele.depth or 0) or (allele.vaf or 0.0) < low_vaf:
            continue
        if any(
            other.chromosome == variant.chromosome
            and other.position < variant.end
            and variant.position < other.end
            for other in believed
        ):
            continue
        consequence = filtered[variant][1] if variant in filtered else None
        if consequence is None or consequence.consequence not in _SILENT:
            return variant
    return None


def hints(reads: CodonReads, called: Sequence[Observation]) -> list[str]:
    """What more than one fragment shows without being called, and by which filter."""
    by_variant = {observation.variant: observation for observation in called}
    hints = []
    for allele in reads.alleles:
        known = by_variant.get(allele.variant)
        if known is not None and not known.filters:
            continue
        why = "too few to report" if known is None else f"filtered: {', '.join(known.filters)}"
        hints.append(f"{allele.alt_reads} of {allele.depth} fragments show {allele.variant}, {why}")
    return hints


def inherited(observation: Observation, consequence: Consequence | None) -> str:
    """That a variant is also in the normal, with its counts there, in words."""
    named = (consequence and consequence.protein_change) or str(observation.variant)
    in_normal = (
        f" ({observation.normal_alt_reads} of {observation.normal_depth} fragments of the normal)"
        if observation.normal_depth
        else ""
    )
    return f"{named} is also in the normal{in_normal}: inherited, not counted"


def strength(item: Called) -> tuple[bool, float, int]:
    """Order of variants at one codon: unfiltered first, then by VAF and reads."""
    observation, _ = item
    return not observation.filters, observation.vaf or 0.0, observation.alt_reads or 0
