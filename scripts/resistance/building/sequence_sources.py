"""Where the shipped sequence comes from, in the order in which sources are trusted."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pysam

from resistance.building.gene_models import Model, read_models
from resistance.building.known_sequence import KnownSequence, lift_all, read_fasta, reverse_complement
from resistance.building.liftover import Liftover
from resistance.genome import GenomeBuild, bare_contig
from resistance.reference import Reference

log = logging.getLogger(__name__)

_UCSC_NAME = {GenomeBuild.GRCH37: "hg19", GenomeBuild.GRCH38: "hg38"}
_REGION = re.compile(r"(chr\w+):(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Sources:
    """The files that a build of the resources reads."""

    data: Path
    mane: Path
    gene_models: Mapping[GenomeBuild, Sequence[Path]]
    full_fasta: Mapping[GenomeBuild, Path | None]


def gather_sequence(
    sources: Sources, windows: Mapping[GenomeBuild, Sequence[tuple[str, int, int]]]
) -> dict[GenomeBuild, KnownSequence]:
    """What is known inside the windows of both builds, own sources first, then what the other build lends."""
    known = {}
    for build in GenomeBuild:
        locus = _regions(sources.data / "reference" / f"ERBB2_200kb_{_UCSC_NAME[build]}.fa.gz")
        here = KnownSequence.over(build, [*windows[build], *((c, s, s + len(q)) for c, s, q in locus)])
        known[build] = here
        full = sources.full_fasta.get(build)
        if full is not None:
            _place_full(here, full)
        for chromosome, start, sequence in locus:
            here.place(chromosome, start, sequence, "ERBB2_200kb")
        for chromosome, start, sequence in _regions(
            sources.data / "reference" / f"panel_patchwork_{_UCSC_NAME[build]}.fa.gz"
        ):
            here.place(chromosome, start, sequence, "panel_patchwork")
        if build is GenomeBuild.GRCH38:
            for chromosome, start, sequence in _regions(
                sources.data / "reference" / "hg38_tinygenome_17Mb.fa.gz"
            ):
                here.place(chromosome, start, sequence, "hg38_tinygenome")
        log.info("%s: %s bases from files of its own", build, f"{here.known_bases():,}")
    return known


def _regions(path: Path) -> list[tuple[str, int, str]]:
    """Bare chromosome, 0-based start and sequence of records whose header names their 1-based closed region."""
    found = []
    for header, sequence in read_fasta(path):
        match = _REGION.match(header)
        if match is None:
            raise ValueError(f"{path}: header without a region: {header}")
        start, end = int(match[2]) - 1, int(match[3])
        if end - start != len(sequence):
            start += 1  # a 0-based half-open header
        if end - start != len(sequence):
            raise ValueError(f"{path}: {header} has {len(sequence)} bases")
        found.append((bare_contig(match[1]), start, sequence))
    return found


def _place_full(known: KnownSequence, path: Path) -> None:
    with Reference(path, known.build) as reference:
        for window in known.windows:
            known.place(
                window.chromosome,
                window.start,
                reference.fetch(window.chromosome, window.start, window.end),
                path.name,
            )
