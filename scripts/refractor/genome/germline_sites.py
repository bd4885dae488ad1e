"""Inherited polymorphisms that are context for antibody treatment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from refractor.genome.builds import GenomeBuild


@dataclass(frozen=True, slots=True)
class GermlineSite:
    """An inherited polymorphism that is context for antibody treatment, to be read in the normal sample.

    `position` 0-based, `ref` and `alt` on the genome's plus strand; `legacy_name` is the protein change by which
    papers know it.
    """

    gene: str
    rsid: str
    protein_change: str
    legacy_name: str
    chromosome: str
    position: int
    ref: str
    alt: str


def germline_sites_of(rows: Iterable[Mapping[str, str]], build: GenomeBuild) -> tuple[GermlineSite, ...]:
    """The sites on one build, from the rows of resources/panel/germline_sites.tsv."""
    return tuple(
        GermlineSite(
            gene=row["gene"],
            rsid=row["rsid"],
            protein_change=row["protein_change"],
            legacy_name=row["legacy_name"],
            chromosome=row["chromosome"],
            position=int(row[f"position_{build}"]),
            ref=row["ref"],
            alt=row["alt"],
        )
        for row in rows
    )
