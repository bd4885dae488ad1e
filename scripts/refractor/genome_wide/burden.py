"""Burden and microsatellite indels of the user's VCF, a megabase each, where the file covers enough, and POLE.

Limits are PURPLE's for whole genomes (hmftools f292edd): unstable from 4 indels in repeats a megabase, a high burden above
10 mutations a megabase. They count all variants that passed, coding or not.
"""

from __future__ import annotations

from refractor.results.quality import BURDEN_OF_FILE, INDELS_OF_FILE, POLE_HOTSPOT, Quality, QualityStatus
from refractor.variants.files.genome_counts import GENOME_MB, GenomeCounts

UNSTABLE_INDELS_PER_MB = 4.0
HIGH_BURDEN_PER_MB = 10.0
LEAST_CALLABLE_MB = 10.0
"""Megabases of callable regions below which nothing is said (our choice): a panel of genes tells of its genes."""
LEAST_EXPECTED = 5.0
"""Calls in introns of panel genes that a genome of as many calls would have, below which it is not known whether the
file covers the genome."""
LEAST_SHARE = 0.4
"""Share of those calls that are there, from which it does (our choice): an exome has nearly none."""
LEAST_PER_MB, LEAST_CALLS = 0.1, 10
"""Variants a megabase, and of all, below which a file that covers the genome holds not all calls but a choice of them (our
choice: a genome of an adult's solid tumour has several hundred). A verdict of stable or low on it would be none."""
LEAST_TOLD = 0.9
"""Share of the indels whose repeat must be known."""


def genome_quality(counts: GenomeCounts) -> tuple[Quality, Quality, Quality]:
    """The rows of qc.tsv on burden, microsatellites and POLE of a VCF; without a value where they are not assessable."""
    return (*_burden_and_indels(counts), pole_quality(counts))


def pole_quality(counts: GenomeCounts) -> Quality:
    """The row on the exonuclease domain of POLE: a change that is there counts, its absence where it could be told."""
    what = "of the five codons of POLE that are called pathogenic (doi 10.1002/path.5372)"
    if counts.pole and not counts.doubt:
        found = ", ".join(dict.fromkeys(counts.pole))
        return Quality(
            metric=POLE_HOTSPOT,
            value=found,
            status=QualityStatus.WARN,
            note=f"{found}, {what}, passed in the VCF",
        )
    megabases, reason = covered_megabases(counts)
    if megabases is None or not counts.pole_callable:
        return _not_assessable(POLE_HOTSPOT, reason or "the callable regions leave POLE out")
    return Quality(
        metric=POLE_HOTSPOT, value="none", status=QualityStatus.PASS, note=f"no change {what} in the VCF"
    )


def _burden_and_indels(counts: GenomeCounts) -> tuple[Quality, Quality]:
    megabases, reason = covered_megabases(counts)
    if megabases is None:
        return _not_assessable(BURDEN_OF_FILE, reason), _not_assessable(INDELS_OF_FILE, reason)
    burden = _row(
        BURDEN_OF_FILE,
        counts.small / megabases,
        "mutations/Mb",
        high=counts.small / megabases > HIGH_BURDEN_PER_MB,
        note=f"{counts.small:,} variants that passed in {megabases:,.0f} Mb; high above {HIGH_BURDEN_PER_MB:g} (PURPLE)",
    )
    if counts.told < LEAST_TOLD * counts.indels:
        reason = f"the repeat is known of {counts.told:,} of {counts.indels:,} indels only: give the whole genome as reference"
        return burden, _not_assessable(INDELS_OF_FILE, reason)
    value = counts.in_repeats / megabases
    return burden, _row(
        INDELS_OF_FILE,
        value,
        "indels/Mb",
        high=value >= UNSTABLE_INDELS_PER_MB,
        note=(
            f"{counts.in_repeats:,} of {counts.indels:,} indels lie in repeats, of {counts.small:,} variants that passed in "
            f"{megabases:,.0f} Mb; unstable from {UNSTABLE_INDELS_PER_MB:g} (PURPLE)"
        ),
    )


def covered_megabases(counts: GenomeCounts) -> tuple[float | None, str]:
    """How much genome the calls were made in, or None and why it is not known or too little."""
    if counts.doubt:
        return None, counts.doubt
    if counts.callable_mb is not None:
        reason = _why_too_little(counts.small, counts.callable_mb)
        return (None if reason else counts.callable_mb), reason
    expected = counts.small * counts.intronic_mb / GENOME_MB
    if expected < LEAST_EXPECTED:
        return (
            None,
            f"{counts.small:,} calls are too few to tell whether the file covers the genome: give callable_regions",
        )
    if counts.intronic < LEAST_SHARE * expected:
        return (
            None,
            f"{counts.intronic} of its {counts.small:,} calls lie in introns of panel genes, where a genome would have "
            f"{expected:.0f}: the file covers exons; give callable_regions",
        )
    return GENOME_MB, ""


def _why_too_little(calls: int, callable_mb: float) -> str:
    """Why callable regions and the calls in them tell nothing of the genome; empty where they do."""
    if callable_mb < LEAST_CALLABLE_MB:
        return f"callable regions of {callable_mb:.2g} Mb, less than {LEAST_CALLABLE_MB:g}"
    if calls < max(LEAST_CALLS, LEAST_PER_MB * callable_mb):
        return (
            f"{calls:,} call{'' if calls == 1 else 's'} in {callable_mb:,.0f} callable Mb: fewer than any tumour has, "
            "so that the file is a choice of its variants"
        )
    return ""


def _row(metric: str, value: float, unit: str, *, high: bool, note: str) -> Quality:
    status = QualityStatus.WARN if high else QualityStatus.PASS
    return Quality(metric=metric, value=round(value, 3), unit=unit, status=status, note=note)


def _not_assessable(metric: str, reason: str) -> Quality:
    return Quality(metric=metric, status=QualityStatus.PASS, note=f"not assessable: {reason}")
