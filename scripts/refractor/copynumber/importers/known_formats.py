"""Every foreign copy-number format that can be imported: one line each."""

from __future__ import annotations

from pathlib import Path

from refractor.copynumber.importers import (
    absolute,
    allelic_segments,
    ascat,
    battenberg,
    cnvkit,
    control_freec,
    dragen,
    facets,
    gatk,
    gdc,
    gene_calls,
    hatchet,
    ichorcna,
    purecn,
    purple,
    qdnaseq,
    sclust,
    seg,
    sequenza,
    titan,
    total_copies,
    wakhan,
)
from refractor.copynumber.importers.importer import Importer
from refractor.files.listed import files_of

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
    "battenberg": battenberg.IMPORTER,
    "titan": titan.IMPORTER,
    "absolute": absolute.IMPORTER,
    "sclust": sclust.IMPORTER,
    "hatchet": hatchet.IMPORTER,
    "wakhan": wakhan.IMPORTER,
    "control_freec": control_freec.IMPORTER,
    "ichorcna": ichorcna.IMPORTER,
    "qdnaseq": qdnaseq.IMPORTER,
    "dragen": dragen.IMPORTER,
    "gdc": gdc.IMPORTER,
    "total_copies": total_copies.IMPORTER,
    "gene_calls": gene_calls.IMPORTER,
}
"""Importer by the name that the sheet's column copy_number_caller holds."""


def companions_of(cell: str, caller: str | None = None) -> tuple[Path, ...]:
    """The files beside those of a sheet's copy_number cell that are read with them: purity, genes, quality, solutions.

    Told by names alone, of `caller` or else, as of several files, of every caller: a file may be listed that its reader
    does not open.
    """
    tables = [Path(part) for part in files_of(cell)]
    stated = caller in IMPORTERS and len(tables) == 1
    importers = (IMPORTERS[caller],) if caller is not None and stated else tuple(IMPORTERS.values())
    found = {
        path
        for table in tables
        for importer in importers
        for companion in importer.companions
        for path in companion.of(table)
        if path != table
    }
    return tuple(sorted(found))
