"""What a header tells of a library that is not the DNA of one sample in short reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from refractor.errors import Problem

LONGEST_SHORT_READ = 1_000
"""Bases; what is longer is of a machine whose mistakes are others (nanopore, single molecules)."""
_LONG_PLATFORMS = frozenset({"ONT", "PACBIO"})
_RNA_ALIGNER = re.compile(r"(?:STAR|HISAT2?|TopHat2?|GSNAP|subjunc|MapSplice)(?:[ ._-].*)?", re.I)
_SPLICED_COMMAND = re.compile(r"(?:^|\s)-a?x\s*splice|--splice(?:\s|$)", re.I)
_UNSPLICED = "no-spliced-alignment"


def library_problems(path: Path, header: Mapping[str, Any]) -> Iterator[Problem]:
    """Why the reads of a file with this header (pysam's dictionary) cannot be taken for those of one tumour's DNA."""
    groups = header.get("RG", [])
    samples = list(dict.fromkeys(str(group["SM"]) for group in groups if group.get("SM")))
    if len(samples) > 1:
        yield Problem(
            path,
            f"holds reads of several samples by its read groups (SM {', '.join(samples)})",
            allowed="one sample a file: `samtools split`, or `samtools reheader` where all are of one sample",
        )
    long = sorted({str(group.get("PL", "")).upper() for group in groups} & _LONG_PLATFORMS)
    if long:
        yield Problem(path, f"holds long reads (PL:{', '.join(long)})", allowed=ONLY_SHORT_READS)
    for program in header.get("PG", []):
        names = [str(program.get(key, "")) for key in ("PN", "ID")]
        command = str(program.get("CL", ""))
        spliced = any(_RNA_ALIGNER.fullmatch(name) for name in names) and _UNSPLICED not in command
        if spliced or _SPLICED_COMMAND.search(command):
            yield rna_problem(path, f"were aligned by {names[0] or names[1]}, an aligner of RNA (@PG)")
            return


ONLY_SHORT_READS = (
    f"short reads of up to {LONGEST_SHORT_READ:,} bases: the error model is theirs; "
    "give the calls of a caller for long reads as small_variants and copy_number"
)


def rna_problem(path: Path | str, what: str) -> Problem:
    """The problem of reads of RNA: their depth is that of expression, and they skip introns."""
    return Problem(
        path, f"holds reads of RNA: they {what}", allowed="reads of DNA, from whole-genome sequencing"
    )
