"""Published definitions of an amplification, each with its measure, threshold and source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import overload

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.calls.assay_scales import Assay


class Measure(StrEnum):
    """What a definition looks at."""

    MIN_OVER_PLOIDY = "least copies over the exons / ploidy"
    OVER_PLOIDY = "copies / ploidy"
    COPIES = "copies"
    ABOVE_PLOIDY = "copies - ploidy"
    OVER_CENTROMERE = "copies / copies beside the centromere"


@dataclass(frozen=True, slots=True)
class Definition:
    """One published rule. `strict`: the threshold itself does not count; `assay`: by what the source counts copies."""

    name: str
    measure: Measure
    threshold: float
    strict: bool
    source: str
    assay: Assay = Assay.SEQUENCING

    @overload
    def holds(self, value: float) -> bool: ...
    @overload
    def holds(self, value: NDArray[np.float64]) -> NDArray[np.bool_]: ...
    def holds(self, value: float | NDArray[np.float64]) -> bool | NDArray[np.bool_]:
        """Whether a value in the definition's measure meets it; of draws, which of them."""
        return value > self.threshold if self.strict else value >= self.threshold


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "purple_3x_ploidy",
        Measure.MIN_OVER_PLOIDY,
        3.0,
        True,
        "PURPLE, AmplificationDrivers: minCopyNumber over the exons > 3 x ploidy (hmftools f292edd)",
    ),
    Definition(
        "2.4x_ploidy",
        Measure.OVER_PLOIDY,
        2.4,
        True,
        "ratio of 2.4 to the ploidy; the value that Siravegna 2019 (PMID 30808777) uses in plasma",
        Assay.PLASMA,
    ),
    Definition(
        "2x_ploidy",
        Measure.OVER_PLOIDY,
        2.0,
        True,
        "fold change over 2, as gene-level panel callers use it (MSK-IMPACT)",
    ),
    Definition(
        "6_copies", Measure.COPIES, 6.0, False, "PRESSING-HER2 by NGS; ASCO/CAP >= 6 signals per cell"
    ),
    Definition("5_copies", Measure.COPIES, 5.0, False, "FoundationOne CDx, ERBB2 equivocal from 5 copies"),
    Definition("ploidy_plus_4", Measure.ABOVE_PLOIDY, 4.0, False, "FoundationOne CDx: copies >= ploidy + 4"),
    Definition(
        "over_4_copies", Measure.COPIES, 4.0, True, "generic panel rule: copies > 4 (Cancers 16:3927)"
    ),
    Definition(
        "centromere_ratio_2",
        Measure.OVER_CENTROMERE,
        2.0,
        False,
        "HERACLES (NCT03225937), S1613: HER2:CEP17 >= 2.0; here against the copies within 5 Mb of the centromere",
        Assay.IN_SITU,
    ),
    Definition(
        "20_copies",
        Measure.COPIES,
        20.0,
        False,
        "SWOG S1613 (PMID 39761503): HER2 gene copy number >= 20 parts benefit from none",
        Assay.NOT_STATED,
    ),
)
"""Evaluated side by side for every gene; the cohort's call follows the first, see amplification.py."""

SENSITIVITY_RULE = ("6_copies", "centromere_ratio_2")
"""Both must hold: the ploidy-blind rule beside the cohort's own, as in situ hybridisation would judge."""
SENSITIVITY_NAME = "6_copies_and_centromere_ratio_2"
