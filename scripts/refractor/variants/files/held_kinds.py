"""Whether a file can hold substitutions, and insertions and deletions: by its program, its name and what is in it.

Of a kind that a file cannot hold its silence says nothing, whatever regions were callable. Programs write one file a kind
(Strelka2, VarScan2, LoFreq), or call one kind only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from refractor.variants.file_content import FileContent
from refractor.variants.files.callers import SOURCE_LINES, Flavour
from refractor.variants.files.vcf_header import VcfHeader

_ONE_KIND = {
    Flavour.MUSE: "substitutions",
    Flavour.SOMATIC_SNIPER: "substitutions",
    Flavour.CAVEMAN: "substitutions",
    Flavour.PINDEL: "indels",
}
_STRELKA2 = {"substitutions": "strelka somatic snv calls", "indels": "strelka somatic indel calls"}
_MUTECT2 = re.compile(r"mutect2|MutectVersion|FilterMutectCalls", re.I)
_SUBSTITUTIONS_ONLY = re.compile(r"^##MuTect=|\bRADIA\b|virmid|jointsnvmix", re.I)
"""MuTect 1 signs with all its arguments in one line; Mutect2 does not."""
_INDELS_ONLY = re.compile(r"scalpel|\bpindel\b|^##(?:Somatic)?Indel(?:Detector|Genotyper)", re.I)
_NAMED = re.compile(r"(?:^|[._-])(?:(?P<substitutions>snvs?|snps?)|(?P<indels>indels?))(?=[._-])", re.I)
ENOUGH_INDELS = 20
"""Indels without one substitution that are no chance: a third of the changes at least are substitutions (0.7^20 = 8e-4)."""
ENOUGH_SUBSTITUTIONS = 1_000
"""The other way round: of melanomas, which have the fewest, one change in 200 is an indel (0.995^1000 = 7e-3)."""


@dataclass(frozen=True, slots=True)
class HeldKinds:
    """Which kinds of small variants a file can hold; `why` it cannot hold one, empty where it can hold both."""

    substitutions: bool = True
    indels: bool = True
    why: str = ""

    def note(self) -> str:
        """What the file's silence does not say, and why; of a file that can hold both kinds there is nothing to say."""
        held, missing = ("indels", "substitutions") if self.indels else ("substitutions", "indels")
        return f"a file of {held}: its silence says nothing of {missing} ({self.why})"


BOTH = HeldKinds()


def held_kinds(header: VcfHeader, flavour: Flavour, content: FileContent | None = None) -> HeldKinds:
    """The kinds that a VCF can hold, by its header and name, and by its records where `content` has counted them."""
    told = _by_program(header, flavour)
    if told is BOTH and content is not None:
        told = _by_name(header, content)
        return kinds_seen(content) if told is BOTH else told
    return told


def kinds_seen(content: FileContent) -> HeldKinds:
    """The kinds that a file was seen to hold, where one is missing against all chance."""
    if content.indels >= ENOUGH_INDELS and not content.substitutions:
        return _only("indels", f"none of its {content.indels:,} variants is a substitution")
    if content.substitutions >= ENOUGH_SUBSTITUTIONS and not content.indels:
        return _only("substitutions", f"none of its {content.substitutions:,} variants is an indel")
    return BOTH


def _by_program(header: VcfHeader, flavour: Flavour) -> HeldKinds:
    if flavour in _ONE_KIND:
        return _only(_ONE_KIND[flavour], f"{flavour} calls no others")
    lines = [line for line in header.meta_lines if SOURCE_LINES.match(line) or _INDELS_ONLY.match(line)]
    if flavour is Flavour.STRELKA2:
        content = set(header.values("content"))  # a merged file keeps both lines
        for kind, value in _STRELKA2.items():
            if content == {value}:
                return _only(kind, "it is one of Strelka2's two files")
    elif flavour is Flavour.LOFREQ and (calls := [line for line in lines if "lofreq call" in line.lower()]):
        return _of_lofreq(calls)
    elif flavour is Flavour.GENERIC or (flavour is Flavour.MUTECT2 and not any(map(_MUTECT2.search, lines))):
        for pattern, kind in ((_SUBSTITUTIONS_ONLY, "substitutions"), (_INDELS_ONLY, "indels")):
            if any(map(pattern.search, lines)):
                return _only(kind, "its program calls no others")
    return BOTH


def _of_lofreq(calls: list[str]) -> HeldKinds:
    """LoFreq calls indels only where it is told to."""
    if all("--only-indels" in line for line in calls):
        return _only("indels", "LoFreq was run with --only-indels")
    if not any(re.search("--(?:call|only)-indels", line) for line in calls):
        return _only("substitutions", "LoFreq was run without --call-indels")
    return BOTH


def _by_name(header: VcfHeader, content: FileContent) -> HeldKinds:
    """The kind in the file's name, where all its records are of it."""
    named = {match.lastgroup for match in _NAMED.finditer(header.path.name)}
    if named == {"substitutions"} and not content.indels:
        return _only("substitutions", "the file's name and records are of substitutions")
    if named == {"indels"} and not content.substitutions:
        return _only("indels", "the file's name and records are of indels")
    return BOTH


def _only(kind: str, why: str) -> HeldKinds:
    return HeldKinds(substitutions=kind == "substitutions", indels=kind == "indels", why=why)
