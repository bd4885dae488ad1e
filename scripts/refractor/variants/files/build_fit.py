"""Which genome build a file's alleles fit, tested against both shipped references and both panels' hotspots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from refractor.errors import Problem
from refractor.genome.builds import GenomeBuild
from refractor.genome.intervals import Regions
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference, shipped_regions

ENOUGH_BASES = 6
"""Compared bases from which a build can be told: by chance all fit once in 4**6 = 4,096."""
FITS = 0.95
"""Share of the compared bases that must fit; the rest is lift-over remains."""
FITS_NOT = 0.6
"""Share up to which the other build counts as not fitting; by chance a quarter fits."""
MAX_RECORDS = 2000

Place = tuple[str, int, str, str]
"""Bare chromosome, 0-based position, reference allele, one alternate allele."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How many known reference bases were compared, how many agreed, and how many alleles are hotspots."""

    compared: int
    agreed: int
    hotspots: int = 0

    @property
    def share(self) -> float:
        """Share that agreed; 0 where nothing could be compared."""
        return self.agreed / self.compared if self.compared else 0.0


@lru_cache(maxsize=2)
def known_regions(build: GenomeBuild) -> Regions:
    """Where the shipped reference of `build` has sequence."""
    lines = shipped_regions(build).read_text(encoding="utf-8").splitlines()
    fields = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return Regions.of((row[0], int(row[1]), int(row[2])) for row in fields)


def fit_of(places: Iterable[Place], *, reference: Reference) -> Fit:
    """How well reference alleles agree with `reference`, over the bases that both know."""
    compared = agreed = 0
    for chromosome, position, ref, _ in places:
        known = reference.fetch(chromosome, position, position + len(ref))
        for stated, true in zip(ref.upper(), known, strict=True):
            if true != "N" and stated in "ACGT":
                compared += 1
                agreed += stated == true
    return Fit(compared, agreed)


def fits_of(places: Iterable[Place]) -> dict[GenomeBuild, Fit]:
    """The fit to each build, over at most MAX_RECORDS places where its shipped reference has sequence."""
    informative: dict[GenomeBuild, list[Place]] = {build: [] for build in GenomeBuild}
    hotspots = dict.fromkeys(GenomeBuild, 0)
    for place in places:
        chromosome, position, ref, _ = place
        for build, kept in informative.items():
            hotspots[build] += load_panel(build).hotspot_at(*place) is not None
            if len(kept) < MAX_RECORDS and known_regions(build).overlaps(
                chromosome, position, position + len(ref)
            ):
                kept.append(place)
    fits = {}
    for build, kept in informative.items():
        with Reference(None, build) as reference:
            fits[build] = replace(fit_of(kept, reference=reference), hotspots=hotspots[build])
    return fits


def build_that_fits(fits: dict[GenomeBuild, Fit]) -> GenomeBuild | None:
    """The one build that the alleles fit; None where neither or both may be.

    A build fits by ENOUGH_BASES, or by one exact hotspot allele (2,000 alleles in 3 billion bases: chance
    meets one in a file of 10,000 variants less than once in 1,000 files); no known base may speak against it.
    """
    for build, fit in fits.items():
        others = [other for name, other in fits.items() if name is not build]
        enough = fit.compared >= ENOUGH_BASES or fit.hotspots > 0
        fitting = fit.share >= FITS or fit.compared == 0
        if enough and fitting and all(other.share <= FITS_NOT and not other.hotspots for other in others):
            return build
    return None


def build_problem(path: Path, places: list[Place], *, n_misfits: int, reference: Reference) -> Problem | None:
    """What to say of a file whose reference alleles do not fit `reference`; None where they do.

    `n_misfits` counts the panel's records that do not; the others are tested wherever sequence is known.
    """
    fits = fits_of(places)
    looks_like = build_that_fits(fits)
    own = fit_of(places[:MAX_RECORDS], reference=reference)
    no_fit = own.compared >= ENOUGH_BASES and own.share <= FITS_NOT
    if not n_misfits and not no_fit and looks_like in {None, reference.build}:
        return None
    if looks_like is not None:
        verdict = f"it looks like {looks_like}"
    else:
        verdict = "it looks like neither build" if no_fit else "which build it is of cannot be told"
    counts = ", ".join(f"{fit.agreed} of {fit.compared} with {build}" for build, fit in fits.items())
    return Problem(
        path,
        f"does not fit {reference.build}: {n_misfits} reference alleles of the panel differ; {verdict} "
        f"(reference bases that agree: {counts})",
        allowed=f"give calls on {reference.build}, or correct genome_build in samples.tsv",
    )
