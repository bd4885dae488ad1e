"""Genome builds, their contigs, and how a file's header tells which build it is of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from refractor.errors import InputError, Problem


class GenomeBuild(StrEnum):
    """The two human assemblies that tumour genomes are delivered on; hg19, b37 and hs37d5 are GRCh37."""

    GRCH37 = "GRCh37"
    GRCH38 = "GRCh38"


_GRCH37_LENGTHS = {
    "1": 249250621,
    "2": 243199373,
    "3": 198022430,
    "4": 191154276,
    "5": 180915260,
    "6": 171115067,
    "7": 159138663,
    "8": 146364022,
    "9": 141213431,
    "10": 135534747,
    "11": 135006516,
    "12": 133851895,
    "13": 115169878,
    "14": 107349540,
    "15": 102531392,
    "16": 90354753,
    "17": 81195210,
    "18": 78077248,
    "19": 59128983,
    "20": 63025520,
    "21": 48129895,
    "22": 51304566,
    "X": 155270560,
    "Y": 59373566,
    "MT": 16569,
}
_GRCH38_LENGTHS = {
    "1": 248956422,
    "2": 242193529,
    "3": 198295559,
    "4": 190214555,
    "5": 181538259,
    "6": 170805979,
    "7": 159345973,
    "8": 145138636,
    "9": 138394717,
    "10": 133797422,
    "11": 135086622,
    "12": 133275309,
    "13": 114364328,
    "14": 107043718,
    "15": 101991189,
    "16": 90338345,
    "17": 83257441,
    "18": 80373285,
    "19": 58617616,
    "20": 64444167,
    "21": 46709983,
    "22": 50818468,
    "X": 156040895,
    "Y": 57227415,
    "MT": 16569,
}


@dataclass(frozen=True, slots=True)
class _Facts:
    """All that the program knows of a build but its resources; another build is another of these."""

    lengths: Mapping[str, int]
    names: tuple[str, ...]
    """What people and programs write for it, in lower case; the first is UCSC's."""
    in_headers: re.Pattern[str]
    """What names it inside a line of a header."""


_FACTS = {
    GenomeBuild.GRCH37: _Facts(
        _GRCH37_LENGTHS,
        ("hg19", "grch37", "b37", "hs37d5", "grch37-lite", "37", "19"),
        re.compile(r"grch37|hg19|(?<![a-z0-9])b37|hs37d5|human_g1k_v37|(?<![a-z])v37", re.I),
    ),
    GenomeBuild.GRCH38: _Facts(
        _GRCH38_LENGTHS,
        ("hg38", "grch38", "b38", "38"),
        re.compile(r"grch38|hg38|hs38|(?<![a-z0-9])b38", re.I),
    ),
}
CONTIG_LENGTHS: dict[GenomeBuild, Mapping[str, int]] = {
    build: facts.lengths for build, facts in _FACTS.items()
}
"""Length in bases of each primary contig, by bare name in karyotype order (GRC; equal in hg19, b37, hs37d5)."""

BUILD_NAMES: dict[str, GenomeBuild] = {name: build for build, facts in _FACTS.items() for name in facts.names}
"""What people and programs write for a build, in lower case."""
UCSC_NAMES: dict[GenomeBuild, str] = {build: facts.names[0] for build, facts in _FACTS.items()}
LATEST_BUILD = list(GenomeBuild)[-1]
"""The build whose panel stands for all where only names of genes and codons matter."""
KNOWN_BUILDS = " or ".join(GenomeBuild)
"""In words."""

SEX_CHROMOSOMES = ("X", "Y")
CHROMOSOMES: tuple[str, ...] = tuple(name for name in _GRCH38_LENGTHS if name != "MT")
"""Nuclear chromosomes 1..22, X, Y. MT tells no build: 16,569 bases in both (16,571 in hg19's chrM)."""

_BY_NUMBER = {"23": "X", "24": "Y"}
_REFSEQ = re.compile(r"NC_0000(\d{2})(?:\.\d+)?", re.ASCII)
_GENBANK = re.compile(r"CM0006(\d{2})(?:\.\d+)?", re.ASCII)
_GENBANK_FIRST = 62  # CM000663 is chromosome 1


@lru_cache(maxsize=4096)
def bare_contig(name: str) -> str:
    """The bare name (1..22, X, Y, MT) of a primary contig; the name as it is of any other contig.

    Understands `chr7`, `7`, `chrM`, `M`, `23`, `NC_000007.14` and `CM000669.2`. A patch, alternative or
    decoy contig is never folded into its chromosome.
    """
    stripped = name[3:] if name[:3].lower() == "chr" else name
    upper = stripped.upper()
    if upper in {"M", "MT", "MTDNA", "NC_012920", "NC_012920.1", "J01415.2"}:
        return "MT"
    if upper in _GRCH38_LENGTHS:
        return upper
    for pattern, offset in ((_REFSEQ, 0), (_GENBANK, _GENBANK_FIRST)):
        if match := pattern.fullmatch(upper):
            upper = str(int(match.group(1)) - offset)
    upper = _BY_NUMBER.get(upper, upper)
    return upper if upper in _GRCH38_LENGTHS else name


def builds_named_in(lines: Iterable[str]) -> set[GenomeBuild]:
    """The builds that lines of a header name."""
    text = list(lines)
    return {build for build, facts in _FACTS.items() if any(facts.in_headers.search(line) for line in text)}


def build_of_contigs(lengths: Mapping[str, int]) -> GenomeBuild | None:
    """The build whose chromosome lengths all contigs of a header have; None where that cannot be told.

    `lengths` maps contig names as the file spells them to bases; any subset of the chromosomes is enough.
    Contigs that are no chromosome (MT, alternative, patch, decoy, viral) say nothing. None also where the
    lengths fit neither build, or some fit one and some the other.
    """
    told = {bare_contig(name): length for name, length in lengths.items() if bare_contig(name) in CHROMOSOMES}
    if not told:
        return None
    for build, expected in CONTIG_LENGTHS.items():
        if all(expected[name] == length for name, length in told.items()):
            return build
    return None


def decide_build(
    *,
    stated: GenomeBuild | None,
    told: Mapping[str, GenomeBuild | None],
    default: GenomeBuild | None,
    sample: str,
) -> GenomeBuild:
    """The one build of all files of a sample.

    `stated` is the sheet's cell, `told` what each file's header says (None where it cannot), `default` the
    configuration's, used only where neither of the others knows.

    Raises:
        InputError: a file's header contradicts the sheet or another file, or nothing is known.
    """
    known = {file: build for file, build in told.items() if build is not None}
    if stated is not None:
        problems = [
            Problem(
                file,
                f"is on {build}, but the sheet says {stated} for sample {sample}",
                allowed="correct genome_build in the sheet, or give a file of that build",
            )
            for file, build in known.items()
            if build is not stated
        ]
        if problems:
            raise InputError(problems)
        return stated
    if len(set(known.values())) > 1:
        listing = ", ".join(f"{file} is {build}" for file, build in known.items())
        raise InputError(
            Problem(
                next(iter(known)),
                f"the files of sample {sample} are on different genome builds: {listing}",
                allowed="give all files of one tumour on one build",
            )
        )
    if known:
        return next(iter(known.values()))
    if default is not None:
        return default
    files = f" ({', '.join(told)})" if told else ""
    raise InputError(
        Problem(
            "samples sheet",
            f"sample {sample}: the genome build is not known, its files cannot tell{files}",
            column="genome_build",
            allowed=f"fill genome_build with {' or '.join(GenomeBuild)}, or set genome_build in the configuration",
        )
    )
