"""The chromosomes on which a VCF's program was run at all: pipelines scatter by chromosome, and one part may be given.

Told by the header's contigs, by the intervals of a command line, and by the name of the file. What lies elsewhere was
not looked at, whatever regions were callable.
"""

from __future__ import annotations

import re

from refractor.genome.builds import CHROMOSOMES, bare_contig
from refractor.variants.file_content import SEX_AND_MITOCHONDRION, FileContent
from refractor.variants.files.vcf_header import VcfHeader

_AUTOSOMES = frozenset(CHROMOSOMES) - SEX_AND_MITOCHONDRION
_COMMAND = re.compile(r"^##(?=[^=]*(?:command|cmd|call|view|source|options))[^=]*=", re.I)
_INTERVAL = re.compile(
    r"(?<![\w-])(?:-L|--intervals?|-r|--regions?|--region)[ =]+['\"]?(?P<where>[^\s'\";>]+)"
)
_PLACE = re.compile(r"(?:chr)?(?:[0-9]{1,2}|X|Y)(?::[\d,]+(?:-[\d,]+)?)?", re.I)
_IN_NAME = re.compile(r"(?:^|[._-])chr([0-9]{1,2})(?=[._-])", re.I)


def chromosomes_not_called(header: VcfHeader, content: FileContent) -> dict[str, str]:
    """Why a file says nothing of an autosome, by autosome, where its program was run on others only."""
    for called, how in (
        (_by_contigs(header), "its header names the contigs"),
        (_by_command(header), "its program was run on"),
        (_by_name(header, content), "the file's name and records are of"),
    ):
        if called:
            shown = ", ".join(sorted(called, key=CHROMOSOMES.index))
            return dict.fromkeys(_AUTOSOMES - called, f"{how} {shown} only")
    return {}


def _by_contigs(header: VcfHeader) -> frozenset[str]:
    """The autosomes that the header lists, where it leaves some out; none where it lists all or none."""
    listed = frozenset(map(bare_contig, header.contig_lengths)) & _AUTOSOMES
    return listed if listed < _AUTOSOMES else frozenset()


def _by_command(header: VcfHeader) -> frozenset[str]:
    """The autosomes of a command line's intervals, where each of them is a place and no list in a file."""
    called: set[str] = set()
    for line in header.meta_lines:
        if not _COMMAND.match(line):
            continue
        places = [
            place
            for match in _INTERVAL.finditer(line)
            for place in re.split(r",(?=chr|\d+:)", match["where"])
        ]
        if places and all(_PLACE.fullmatch(place) for place in places):
            called |= {bare_contig(place.partition(":")[0]) for place in places}
    return frozenset(called) & _AUTOSOMES if called < _AUTOSOMES else frozenset()


def _by_name(header: VcfHeader, content: FileContent) -> frozenset[str]:
    """The chromosome in the file's name, where all its records lie on it."""
    named = {match[1] for match in _IN_NAME.finditer(header.path.name)}
    seen = frozenset(content.per_chromosome)
    return seen & _AUTOSOMES if len(named) == 1 and seen == named else frozenset()
