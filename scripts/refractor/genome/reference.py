"""Reference sequence: the shipped panel FASTA of each build, or a user's own full FASTA in its place."""

from __future__ import annotations

import re
from pathlib import Path
from types import TracebackType

import pysam

from refractor.errors import InputError, Problem
from refractor.files.resources import RESOURCES
from refractor.genome.builds import KNOWN_BUILDS, GenomeBuild, bare_contig, build_of_contigs

CHECKED_OF_A_REGION = 100
"""Bases of each shipped region that are held against a user's FASTA: some tens of thousands in all."""
LEAST_ALIKE = 0.99
"""Share of them that must agree; random sequence has 0.25. Patched releases of one build do not differ there."""
_NOT_A_BASE = re.compile("[^ACGTN]")


def shipped_reference(build: GenomeBuild) -> Path:
    """The bgzipped panel FASTA of `build`, `.fai` and `.gzi` beside it; N where its sequence is not shipped.

    Its index lists every contig under its bare and its `chr` name, so that htslib serves files of both namings.
    """
    return RESOURCES / "reference" / f"panel.{build}.fa.gz"


def shipped_regions(build: GenomeBuild) -> Path:
    """The BED (bare names) of where the shipped reference of `build` has sequence, with its source."""
    return RESOURCES / "reference" / f"panel.{build}.known.bed"


class Reference:
    """Upper-case genome sequence by bare contig name and 0-based half-open interval.

    Opens `path`, or the shipped panel reference where it is None. A context manager.
    """

    def __init__(self, path: Path | None, build: GenomeBuild) -> None:
        self.path = shipped_reference(build) if path is None else Path(path)
        self.build = build
        self.shipped = path is None
        _require_index(self.path)
        try:
            self._fasta = pysam.FastaFile(str(self.path))
        except (OSError, ValueError) as error:
            raise InputError(
                Problem(self.path, f"cannot be read as an indexed FASTA: {error}", allowed=_HOW_TO_INDEX)
            ) from error
        self._names: dict[str, str] = {}
        for name in self._fasta.references:
            self._names.setdefault(bare_contig(name), name)
        self._lengths = {bare: self._fasta.get_reference_length(name) for bare, name in self._names.items()}
        told = build_of_contigs(self._lengths)
        if told is not build:
            self._fasta.close()
            is_of = f"not of {KNOWN_BUILDS} by its contig lengths" if told is None else f"of {told}"
            raise InputError(
                Problem(self.path, f"is {is_of}, where {build} is needed", allowed=f"give a FASTA of {build}")
            )

    def __enter__(self) -> Reference:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the FASTA."""
        self._fasta.close()

    def fetch(self, chromosome: str, start: int, end: int) -> str:
        """The `end - start` bases from `start`, in A, C, G, T and N.

        N stands for what is not known: unshipped sequence, ambiguity codes, beyond a contig's ends, an absent
        contig.
        """
        if end <= start:
            return ""
        length = self._lengths.get(chromosome, 0)
        low, high = max(start, 0), min(end, length)
        if low >= high:
            return "N" * (end - start)
        try:
            bases = self._fasta.fetch(self._names[chromosome], low, high).upper()
        except (OSError, ValueError) as error:
            what = f"reading {chromosome}:{low + 1}-{high} failed: {error}"
            raise InputError(
                Problem(self.path, what, allowed="it is truncated or damaged: copy it again and index it")
            ) from error
        return "N" * (low - start) + _NOT_A_BASE.sub("N", bases) + "N" * (end - high)

    def knows(self, chromosome: str, start: int, end: int) -> bool:
        """Whether every base of the interval is known."""
        return "N" not in self.fetch(chromosome, start, end)

    def check_bases(self) -> None:
        """Raise an InputError where the bases contradict those that ship: right contigs, but another sequence."""
        compared = alike = 0
        with Reference(None, self.build) as shipped:
            for line in shipped_regions(self.build).read_text(encoding="utf-8").splitlines():
                chromosome, start, end = line.split("\t")[:3]
                stop = min(int(end), int(start) + CHECKED_OF_A_REGION)
                pairs = zip(
                    self.fetch(chromosome, int(start), stop),
                    shipped.fetch(chromosome, int(start), stop),
                    strict=True,
                )
                known = [(own, other) for own, other in pairs if own != "N" and other != "N"]
                compared += len(known)
                alike += sum(own == other for own, other in known)
        if compared and alike < LEAST_ALIKE * compared:
            what = f"holds other bases than {self.build}: {alike} of {compared} of the panel's agree"
            raise InputError(
                Problem(
                    self.path, what, allowed=f"give the {self.build} FASTA that the reads were aligned to"
                )
            )

    def name_of(self, chromosome: str) -> str | None:
        """The contig's name in this FASTA; None where it has none."""
        return self._names.get(chromosome)


_HOW_TO_INDEX = "make its index with `samtools faidx FASTA` (FASTA plain or compressed with bgzip)"


def _require_index(path: Path) -> None:
    """Raise an InputError for an absent FASTA or index; pysam would write an index beside the user's file."""
    if not path.is_file():
        raise InputError(Problem(path, "is no file", allowed="give the path of an indexed FASTA"))
    wanted = [path.with_name(path.name + ".fai")]
    if path.suffix in {".gz", ".bgz"}:
        wanted.append(path.with_name(path.name + ".gzi"))
    problems = [
        Problem(path, f"has no index {index.name} beside it", allowed=_HOW_TO_INDEX)
        for index in wanted
        if not index.is_file()
    ]
    if problems:
        raise InputError(problems)
