"""The sample's name inside a file's, and the patient's inside a sample's."""

from __future__ import annotations

import re

_NORMAL = r"normal|blood|germline|buffy|pbmc|ref|reference|n|r|bl"
_TUMOR = r"tumor|tumour|primary|metastasis|met|biopsy|t"
_ENDS_AS = re.compile(
    rf"^(?P<base>.*?)[-_.]?(?<![a-z])(?P<kind>{_NORMAL}|{_TUMOR})(?P<number>[0-9]{{0,2}})$", re.I
)
_IS_NORMAL = re.compile(rf"^(?:{_NORMAL})$", re.I)

_ENDINGS = re.compile(
    r"[-_.](?:bam|cram|vcf|bcf|maf|gz|bgz|tsv|txt|csv|cns|seg|bed|cncf|call|called|modelfinal|purple|cnv|gene|genes|sv|svs|"
    r"somatic|segments|raw|cnvs|loh|facets|ascat|sequenza|purecn|gatk|cnvkit|callable|regions|filtered|pass|snvs?|indels?|"
    r"mutect2?|strelka2?|sage|dragen|varscan2?|muse|lofreq|vardict|manta|gridss|gripss|sorted|sort|markdup|dedup|md|recal|"
    r"bqsr|hg19|hg38|grch3[78]|hard|final|annotated|vep|ann)$",
    re.I,
)  # fmt: skip


def bare_name(file_name: str) -> str:
    """The name of a sample inside a file's name: endings, callers and states of processing taken off."""
    name = file_name
    while (shorter := _ENDINGS.sub("", name)) not in (name, ""):
        name = shorter
    return name


def patient_of(name: str) -> tuple[str, bool]:
    """The patient's part of a sample's name, and whether the name is a normal's: P1-T and P1_normal are of P1."""
    match = _ENDS_AS.match(name)
    if match is None or not match.group("base"):
        return name, False
    base, normal = match.group("base"), bool(_IS_NORMAL.match(match.group("kind")))
    if normal:
        base = patient_of(base)[0]  # P1-T-normal is the normal of P1
    return base, normal


def says_what_it_is(name: str) -> bool:
    """Whether a sample's name tells tumour from normal at all."""
    match = _ENDS_AS.match(name)
    return match is not None and bool(match.group("base"))
