"""The header of a VCF or BCF as facts: sample columns, contigs, declared fields, programs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from refractor.genome.builds import (
    CHROMOSOMES,
    CONTIG_LENGTHS,
    GenomeBuild,
    bare_contig,
    build_of_contigs,
    builds_named_in,
)
from refractor.variants.files.whole_file import fault

FIXED_COLUMNS = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
MAX_HEADER_BYTES = 64 * 1024 * 1024
"""More than any real header (HLA contigs make 1 MB); stops a file that is one endless `##` line."""

_FIELD = re.compile(r"^##(INFO|FORMAT|FILTER)=<ID=([^,>]+)")
_CONTIG = re.compile(r"^##contig=<(.*)>\s*$")
_FOREIGN_WORD = re.compile(
    r"chm13\w*|(?<![a-z])t2t\w*|(?<![a-z])hs1(?![a-z0-9])|hg1[0-8]|ncbi[ _-]?3[0-6]|(?<![a-z0-9])b36|mm(?:9|10|39)(?![0-9])|"
    r"grcm\d+",
    re.I,
)
"""Assemblies that are not read."""
_BUILD_KEYS = re.compile(r"^##(reference|assembly|new_reference_genome|VEP|contig|SnpEffCmd)\b", re.I)


@dataclass(frozen=True, slots=True)
class VcfHeader:
    """What a VCF says of itself before its first record. Names are as the file spells them."""

    path: Path
    meta_lines: tuple[str, ...]
    samples: tuple[str, ...]
    contig_lengths: dict[str, int]
    info: frozenset[str]
    formats: frozenset[str]
    filters: frozenset[str]
    body_line: int
    """Line number of the first record, 1-based; 0 for a BCF, which has no lines."""

    def values(self, key: str) -> list[str]:
        """Everything after `##key=`, key in any case, in file order."""
        prefix = f"##{key}=".lower()
        return [line[len(prefix) :] for line in self.meta_lines if line.lower().startswith(prefix)]

    @property
    def text(self) -> str:
        """All meta lines."""
        return "\n".join(self.meta_lines)

    def build(self) -> GenomeBuild | None:
        """The genome build by contig lengths, else by the reference named; None where neither tells."""
        by_length = build_of_contigs(
            {bare_contig(name): length for name, length in self.contig_lengths.items()}
        )
        if by_length is not None:
            return by_length
        lines = [line for line in self.meta_lines if _BUILD_KEYS.match(line)]
        named = builds_named_in(lines)
        return named.pop() if len(named) == 1 else None


def foreign_assembly(header: VcfHeader) -> str | None:
    """What tells that a file is on an assembly that is not read, in words; None where nothing does.

    Contig lengths of which none is of GRCh37 or GRCh38; without lengths, the name of another assembly.
    """
    if header.build() is not None:
        return None
    lengths = {bare_contig(name): length for name, length in header.contig_lengths.items()}
    told = {name: length for name, length in lengths.items() if name in CHROMOSOMES}
    known = {name: [of_build[name] for of_build in CONTIG_LENGTHS.values()] for name in told}
    if told and not any(length in known[name] for name, length in told.items()):
        name, length = next(iter(told.items()))
        bases = " or ".join(
            f"{value:,} ({build})" for build, value in zip(CONTIG_LENGTHS, known[name], strict=True)
        )
        return f"its contig lengths are of neither {' nor '.join(GenomeBuild)}: chromosome {name} has {length:,} bases, not {bases}"
    words = [
        match[0]
        for line in header.meta_lines
        if _BUILD_KEYS.match(line)
        for match in _FOREIGN_WORD.finditer(line)
    ]
    return f"its header names the assembly {words[0]}" if words and not told else None


def header_of_text(path: Path, meta_lines: list[str], column_line: str, line_number: int) -> VcfHeader:
    """Facts of a header given as its `##` lines and its `#CHROM` line (number `line_number`)."""
    columns = column_line.split("\t")
    if tuple(columns[: len(FIXED_COLUMNS)]) != FIXED_COLUMNS:
        raise fault(
            path,
            f"the column line has {', '.join(columns[:9])}",
            line=line_number or None,
            allowed=f"it must begin with {', '.join(FIXED_COLUMNS)}, separated by tabs",
        )
    samples = tuple(columns[len(FIXED_COLUMNS) + 1 :])
    twice = sorted({name for name in samples if samples.count(name) > 1})
    if twice:
        raise fault(path, f"sample columns named twice: {', '.join(twice)}", line=line_number or None)
    fields: dict[str, set[str]] = {"INFO": set(), "FORMAT": set(), "FILTER": set()}
    contigs: dict[str, int] = {}
    for line in meta_lines:
        if match := _FIELD.match(line):
            fields[match[1]].add(match[2])
        elif match := _CONTIG.match(line):
            name = re.search(r"(?:^|,)ID=([^,]+)", match[1])
            length = re.search(r"(?:^|,)length=(\d+)", match[1])
            if name:
                contigs[name[1]] = int(length[1]) if length and len(length[1]) < 12 else 0
    return VcfHeader(
        path=path,
        meta_lines=tuple(meta_lines),
        samples=samples,
        contig_lengths={name: length for name, length in contigs.items() if length},
        info=frozenset(fields["INFO"]),
        formats=frozenset(fields["FORMAT"]),
        filters=frozenset(fields["FILTER"]),
        body_line=line_number + 1 if line_number else 0,
    )
