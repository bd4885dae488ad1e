"""Published definitions of an amplification, each with its measure, threshold and source: rows of resources/panel."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import overload

import numpy as np
from numpy.typing import NDArray

from refractor.copynumber.calls.assay_scales import Assay
from refractor.files.resources import shipped_rows
from refractor.genome.panel import PANEL


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
    assay: Assay

    @overload
    def holds(self, value: float) -> bool: ...
    @overload
    def holds(self, value: NDArray[np.float64]) -> NDArray[np.bool_]: ...
    def holds(self, value: float | NDArray[np.float64]) -> bool | NDArray[np.bool_]:
        """Whether a value in the definition's measure meets it; of draws, which of them."""
        return value > self.threshold if self.strict else value >= self.threshold


_ROWS = shipped_rows(PANEL / "amplification_definitions.tsv")
DEFINITIONS: tuple[Definition, ...] = tuple(
    Definition(
        name=row["definition"],
        measure=Measure(row["measure"]),
        threshold=float(row["threshold"]),
        strict=row["at_the_threshold"] == "no",
        source=row["source"],
        assay=Assay(row["assay"]),
    )
    for row in _ROWS
)
"""Evaluated side by side for every gene; the cohort's call follows the first, see amplification.py."""

SENSITIVITY_RULE = tuple(row["definition"] for row in _ROWS if row["sensitivity_rule"])
"""All must hold: the ploidy-blind rule beside the cohort's own, as in situ hybridisation would judge."""
SENSITIVITY_NAME = "_and_".join(SENSITIVITY_RULE)
