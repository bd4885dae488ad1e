"""What a header tells of a library that is not the DNA of one sample in short reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from refractor.errors import Problem

LONGEST_SHORT_READ = 1_000
"""Bases; what is longer is of a machine whose mistakes are others (nanopore, single molecules)."""
_LONG_PLATFORMS = frozenset({"ONT", "NANOPORE", "OXFORD_NANOPORE", "PACBIO"})
_RNA_PROGRAM = re.compile(
    r"(?:STAR|STARsolo|HISAT2?|TopHat2?|GSNAP|subjunc|MapSplice|salmon|kallisto|RSEM|cellranger(?!-dna|-atac)|spaceranger"
    r"|GATK SplitNCigarReads)(?:[ ._-].*)?",
    re.I,
)
_RNA_COMMAND = re.compile(
    r"(?:^|\s)-a?x\s*splice|--splice(?:\s|$)|--enable-rna[ =]+true|\bSplitNCigarReads\b", re.I
)
_UNSPLICED = "no-spliced-alignment"
_BISULFITE_PROGRAM = re.compile(
    r"(?:bismark|bwa-?meth|bsmap|bs[-_]?seeker2?|biscuit|bsbolt|abismal)(?:[ ._-].*)?", re.I
)
_BISULFITE_COMMAND = re.compile(
    r"--enable-methylation-calling[ =]+true|\bnovoalign\b.*\s-b\s*[24](?:\s|$)", re.I
)
_LONG_PROGRAM = re.compile(r"(?:pbmm2|ngmlr|winnowmap|dorado|guppy|blasr)(?:[ ._-].*)?", re.I)
_LONG_COMMAND = re.compile(r"(?:^|\s)-a?x\s*(?:map-(?:ont|pb|hifi|iclr)|lr:hqa?e?)(?:\s|$)", re.I)
_OF_RNA = re.compile(
    r"(?<![A-Za-z])(?:m|total|sc|sn)?RNA[-_ ]?seq|(?<![A-Za-z])mRNA(?![A-Za-z])|transcriptom", re.I
)
_DESCRIBED_IN = ("DS", "LB", "PM")
"""Tags of a read group that say in words what was sequenced."""


def library_problems(path: Path, header: Mapping[str, Any]) -> Iterator[Problem]:
    """Why the reads of a file with this header (pysam's dictionary) cannot be taken for those of one tumour's DNA."""
    groups = header.get("RG", [])
    yield from _mixed(path, groups)
    long = sorted({str(group.get("PL", "")).upper() for group in groups} & _LONG_PLATFORMS)
    if long:
        yield Problem(path, f"holds long reads (PL:{', '.join(long)})", allowed=ONLY_SHORT_READS)
    told = [str(group[tag]) for group in groups for tag in _DESCRIBED_IN if group.get(tag)]
    if word := next((word for word in told if _OF_RNA.search(word)), None):
        yield rna_problem(path, f"are of {word} (@RG)")
    problems = (_of_program(path, program) for program in header.get("PG", []))
    yield from islice((problem for problem in problems if problem is not None), 1)


_ONE_SAMPLE = "one sample a file: `samtools split`, or `samtools reheader` where all are of one sample"


def _mixed(path: Path, groups: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    """Read groups that are of several samples, or may be: without SM only those of one library are of one."""
    samples = list(dict.fromkeys(str(group["SM"]) for group in groups if group.get("SM")))
    if len(samples) > 1:
        what = f"holds reads of several samples by its read groups (SM {', '.join(samples)})"
        yield Problem(path, what, allowed=_ONE_SAMPLE)
        return
    libraries = {str(group.get("LB", "")) for group in groups}
    unnamed = [str(group.get("ID", "")) for group in groups if not group.get("SM")]
    if unnamed and len(groups) > 1 and (len(libraries) > 1 or not any(libraries)):
        yield _of_nobody(path, unnamed, len(groups))


def undeclared_groups(path: Path, header: Mapping[str, Any], told: Iterable[str]) -> Iterator[Problem]:
    """The problem of reads of several groups (`told`: their RG tags) in a file whose header describes no group."""
    groups = list(dict.fromkeys(told))
    if len(groups) > 1 and not header.get("RG"):
        yield _of_nobody(path, groups, len(groups))


def _of_nobody(path: Path, unnamed: Sequence[str], total: int) -> Problem:
    shown = ", ".join(unnamed[:5]) + (" ..." if len(unnamed) > 5 else "")
    what = f"nothing tells of which sample {len(unnamed)} of its {total} read groups are (no SM: {shown})"
    return Problem(path, what, allowed=_ONE_SAMPLE)


def _of_program(path: Path, program: Mapping[str, Any]) -> Problem | None:
    """What a program (@PG) that made or changed the alignments tells of the library."""
    command = str(program.get("CL", ""))
    called = command.split(maxsplit=1)[0] if command.strip() else ""
    names = [str(program.get("PN", "")), str(program.get("ID", "")), called.rpartition("/")[2]]
    shown = next(name for name in (*names, "a program without a name") if name)

    def by(program_names: re.Pattern[str], commands: re.Pattern[str]) -> bool:
        return any(program_names.fullmatch(name) for name in names) or bool(commands.search(command))

    if by(_RNA_PROGRAM, _RNA_COMMAND) and _UNSPLICED not in command:
        return rna_problem(path, f"were aligned by {shown}, for RNA (@PG)")
    if by(_BISULFITE_PROGRAM, _BISULFITE_COMMAND):
        what = f"holds reads of converted DNA: {shown} (@PG) aligns what bisulfite or enzymes made of C"
        return Problem(path, what, allowed="reads of DNA as it is: every C without methyl reads T here")
    if by(_LONG_PROGRAM, _LONG_COMMAND):
        return Problem(path, f"holds long reads: {shown} (@PG) aligns them", allowed=ONLY_SHORT_READS)
    return None


ONLY_SHORT_READS = (
    f"short reads of up to {LONGEST_SHORT_READ:,} bases: the error model is theirs; "
    "give the calls of a caller for long reads as small_variants and copy_number"
)


def rna_problem(path: Path | str, what: str) -> Problem:
    """The problem of reads of RNA: their depth is that of expression, and they skip introns."""
    return Problem(
        path, f"holds reads of RNA: they {what}", allowed="reads of DNA, from whole-genome sequencing"
    )
