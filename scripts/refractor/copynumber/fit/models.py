"""The models of purity and ploidy: one line each. A new one is a module beside this file, a line here, a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from refractor.copynumber.fit.fit_settings import FitSettings
from refractor.copynumber.fit.purity import fit_purity
from refractor.copynumber.fit.purity_posterior import PurityPosterior, SegmentEvidence

PurityModel = Callable[..., PurityPosterior]
"""Called as model(evidence, purity=, ploidy=): `evidence` of the autosomal segments, a known purity (0-1) or ploidy
(copies) is held fast, None is fitted. Gives the joint posterior over both."""

MODELS: Mapping[str, Callable[[FitSettings], PurityModel]] = {
    "whole_copies": lambda settings: partial(fit_purity, settings=settings.purity),
}
"""A maker by the name that `FitSettings.model` holds."""


def posterior_of(
    evidence: SegmentEvidence, settings: FitSettings, *, purity: float | None, ploidy: float | None
) -> PurityPosterior:
    """The posterior of purity and ploidy by the model that the settings name; a given value is held fast.

    Raises:
        KeyError: no model of that name.
    """
    return MODELS[settings.model](settings)(evidence, purity=purity, ploidy=ploidy)
