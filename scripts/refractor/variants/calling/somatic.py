"""Whether the matched normal carries an allele: somatic, inherited, or too shallow to say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from refractor.settings.thresholds import CALLING
from refractor.variants.codons.power import SPECIFIC_ERROR_RATE, probability_of_at_least
from refractor.variants.codons.tumor_context import AlleleOrigins

MEASURED_MARGIN = 1.25
"""How much more of an allele is put up with in the normal than the measured tumour cells leave there, as they are known
within a quarter (tests of the measurement: 0.02 and a tenth of it; ours)."""


class NormalVerdict(StrEnum):
    """What the matched normal says of an allele seen in the tumour."""

    ABSENT = "absent"
    CARRIED = "carried"
    TOO_SHALLOW = "too_shallow"
    NO_NORMAL = "no_normal"


@dataclass(frozen=True, slots=True)
class NormalRule:
    """When the normal counts as carrying an allele.

    `contamination`: a normal may hold up to this share of tumour DNA (PURPLE fails above 0.25, Hartwig
    hmftools), so that an allele of tumour VAF v may show at `contamination` x v in it.
    `alpha`: the normal carries the
    allele when contamination and error explain its reads with less than this probability. An inherited
    allele shows at `least_germline_vaf` or more; the normal is deep enough when it would have shown more
    reads than it does with probability 1 - `shallow_alpha`.
    """

    contamination: float = CALLING.normal_contamination
    error_rate: float = SPECIFIC_ERROR_RATE
    alpha: float = 0.01
    least_germline_vaf: float = 0.35
    shallow_alpha: float = 0.05

    def knowing(self, origins: AlleleOrigins) -> NormalRule:
        """The same for a normal in which tumour cells and foreign DNA were measured: more is tolerated, less shows."""
        return replace(
            self,
            contamination=max(self.contamination, min(MEASURED_MARGIN * origins.share_in_normal, 1.0)),
            least_germline_vaf=self.least_germline_vaf * (1 - origins.normal_foreign_dna),
        )


def normal_verdict(
    tumor_vaf: float, *, normal_alt: int | None, normal_depth: int | None, rule: NormalRule
) -> NormalVerdict:
    """What the normal's counts say of an allele with this tumour VAF (0-1)."""
    if normal_alt is None or normal_depth is None:
        return NormalVerdict.NO_NORMAL
    tolerated = max(rule.error_rate, rule.contamination * tumor_vaf)
    if probability_of_at_least(normal_alt, normal_depth, tolerated) < rule.alpha:
        return NormalVerdict.CARRIED
    would_show_more = probability_of_at_least(normal_alt + 1, normal_depth, rule.least_germline_vaf)
    if would_show_more < 1 - rule.shallow_alpha:
        return NormalVerdict.TOO_SHALLOW
    return NormalVerdict.ABSENT
