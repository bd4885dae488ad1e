"""Every published definition of an amplification, applied to one gene."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from refractor.copynumber.calls.amplification import (
    RATIO_MARGIN,
    CallSettings,
    cannot_exclude,
)
from refractor.copynumber.calls.assay_scales import by_sequencing
from refractor.copynumber.calls.definitions import (
    DEFINITIONS,
    SENSITIVITY_NAME,
    SENSITIVITY_RULE,
    Definition,
    Measure,
)
from refractor.copynumber.calls.gene_copies import GeneMeasurement
from refractor.copynumber.calls.obstacles import Obstacle, obstacle_to_call
from refractor.copynumber.calls.uncertainty import Draws
from refractor.copynumber.segments import CopyNumberProfile
from refractor.results.copy_number_tables import DefinitionVerdict
from refractor.vocabulary import Verdict

MIN_CENTROMERE_COPIES = 0.1
"""Floor of the ratio's lower half, so that a draw near no copies at all does not divide by nothing."""


def apply_definitions(
    found: GeneMeasurement, profile: CopyNumberProfile, settings: CallSettings
) -> tuple[DefinitionVerdict, ...]:
    """Every published definition applied to one gene, then the sensitivity rule.

    Where the source gives an uncertainty, a definition is met or not only if that is as certain as a call.
    """
    obstacle = obstacle_to_call(found, profile, least_covered=settings.min_covered)
    blocked = obstacle is not None and obstacle.kind is not Obstacle.PLOIDY_UNKNOWN
    weak = cannot_exclude(profile) and found.ploidy is not None
    verdicts = []
    for definition in DEFINITIONS:
        verdict = Verdict.NOT_ASSESSABLE if blocked else _verdict(definition, found, settings)
        if weak and verdict is Verdict.NO:
            verdict = Verdict.NOT_ASSESSABLE
        value = measured(definition.measure, found)
        if value is None and profile.unusable is None:
            value = _least_over_ploidy(definition.measure, found)
            if value is not None and definition.holds(value / RATIO_MARGIN):
                verdict = Verdict.YES
        verdicts.append(
            DefinitionVerdict(
                gene=found.gene.symbol,
                definition=definition.name,
                threshold=definition.threshold,
                value=value,
                verdict=verdict,
                source=profile.source,
                p_holds=None if blocked else _p_holds(definition, found),
                **_on_the_sources_scale(definition, value, verdict),
            )
        )
    parts = {verdict.verdict for verdict in verdicts if verdict.definition in SENSITIVITY_RULE}
    combined = Verdict.NOT_ASSESSABLE
    if Verdict.NO in parts:
        combined = Verdict.NO
    elif parts == {Verdict.YES}:
        combined = Verdict.YES
    overall = DefinitionVerdict(
        gene=found.gene.symbol, definition=SENSITIVITY_NAME, verdict=combined, source=profile.source
    )
    return (*verdicts, overall)


def _on_the_sources_scale(definition: Definition, value: float | None, verdict: Verdict) -> dict[str, Any]:
    """The assay of a definition, and for a number of copies what the threshold is by sequencing and what holds there."""
    told: dict[str, Any] = {"assay": definition.assay}
    scale = by_sequencing(definition.threshold, definition.assay)
    if definition.measure is not Measure.COPIES or scale is None:
        return told
    low, high = scale
    held = Verdict.NOT_ASSESSABLE
    if verdict is Verdict.NO:
        held = Verdict.NO
    elif verdict is Verdict.YES and value is not None and replace(definition, threshold=high).holds(value):
        held = Verdict.YES
    return told | {"by_sequencing_low": low, "by_sequencing_high": high, "on_its_scale": held}


def _verdict(definition: Definition, found: GeneMeasurement, settings: CallSettings) -> Verdict:
    """By the published rule, in the light of what is uncertain about the copies."""
    value, share = measured(definition.measure, found), _p_holds(definition, found)
    verdict = Verdict.NO
    if value is None:
        verdict = Verdict.NOT_ASSESSABLE
    elif share is not None:
        if share >= settings.certainty:
            verdict = Verdict.YES
        elif share > 1 - settings.certainty or found.capped:
            verdict = Verdict.NOT_ASSESSABLE
    elif definition.holds(value):
        verdict = Verdict.YES
    elif found.capped or _holds_uncorrected(definition, found):
        verdict = Verdict.NOT_ASSESSABLE
    return verdict


def _p_holds(definition: Definition, found: GeneMeasurement) -> float | None:
    """The share of the draws that meet a definition; None where the source gives no uncertainty."""
    draws = measured_draws(definition.measure, found)
    return None if draws is None else float(np.mean(definition.holds(draws)))


def _least_over_ploidy(measure: Measure, found: GeneMeasurement) -> float | None:
    """Copies over ploidy at the least, from the depth alone (see amplification); None for other measures."""
    if measure is Measure.MIN_OVER_PLOIDY:
        return found.min_ratio
    if measure is Measure.OVER_PLOIDY and found.min_ratio is not None and found.log2_ratio is not None:
        return float(2.0**found.log2_ratio)
    return None


def _holds_uncorrected(definition: Definition, found: GeneMeasurement) -> bool:
    """Whether the rule would hold if the caller had not accounted for purity, where that may be."""
    copies = found.uncorrected_copies
    if copies is None:
        return False
    most = measured(definition.measure, replace(found, copy_number=copies, min_copy_number=copies))
    return most is not None and definition.holds(most)


def measured_draws(measure: Measure, found: GeneMeasurement) -> Draws | None:
    """Draws of a gene's value in a definition's measure; None where the source gives no uncertainty."""
    copies, ploidy, least = found.mean_draws, found.ploidy_draws, found.min_draws
    if copies is None or ploidy is None or least is None:
        return None
    if measure is Measure.COPIES:
        draws = copies
    elif measure is Measure.ABOVE_PLOIDY:
        draws = copies - ploidy
    elif measure is Measure.OVER_PLOIDY:
        draws = copies / ploidy
    elif measure is Measure.MIN_OVER_PLOIDY:
        draws = least / ploidy
    elif found.centromere_draws is None:
        return None
    else:
        draws = copies / np.maximum(found.centromere_draws, MIN_CENTROMERE_COPIES)
    return draws


def measured(measure: Measure, found: GeneMeasurement) -> float | None:
    """A gene's value in a definition's measure; None where a part of it is unknown."""
    copies, ploidy = found.copy_number, found.ploidy
    if measure is Measure.COPIES or copies is None:
        return copies
    if measure is Measure.OVER_CENTROMERE:
        beside = found.centromere_copy_number
        return copies / beside if beside else None
    if not ploidy:
        return None
    if measure is Measure.MIN_OVER_PLOIDY:
        return None if found.min_copy_number is None else found.min_copy_number / ploidy
    return copies / ploidy if measure is Measure.OVER_PLOIDY else copies - ploidy
