"""Every foreign copy-number format that can be imported: one line each."""

from __future__ import annotations

from refractor.copynumber.importers import (
    allelic_segments,
    ascat,
    cnvkit,
    facets,
    gatk,
    purecn,
    purple,
    seg,
    sequenza,
)
from refractor.copynumber.importers.importer import Importer

IMPORTERS: dict[str, Importer] = {
    "purple": purple.IMPORTER,
    "cnvkit": cnvkit.IMPORTER,
    "facets": facets.IMPORTER,
    "ascat": ascat.IMPORTER,
    "sequenza": sequenza.IMPORTER,
    "purecn": purecn.IMPORTER,
    "gatk": gatk.IMPORTER,
    "allelic_segments": allelic_segments.IMPORTER,
    "seg": seg.IMPORTER,
}
"""Importer by the name that the sheet's column copy_number_caller holds."""
