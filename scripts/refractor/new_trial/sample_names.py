"""The sample's name inside a file's, and the patient's inside a sample's."""

from __future__ import annotations

import re

_NORMAL = (
    r"(?:matched[-_. ]?)?normal|blood|germline|buffy(?:[-_. ]?coat)?|pbmcs?|pbl|wbc|leu[ck]o(?:cytes?)?|lymphocytes?|saliva|"
    r"adjacent|nat|control|ctrl|constitutional|healthy|ref|reference|n|r|bl|nb|nt"
)
_TUMOR = (
    r"tumou?r|primary|metastas[ie]s|mets?|biopsy|relapse|recurren(?:ce|t)|progression|baseline|ffpe|frozen|plasma|cfdna|ctdna|"
    r"organoid|pdx|t|tp|tm|tr"
)
_ENDS_AS = re.compile(
    rf"^(?P<base>.*?)[-_.]?(?<![a-z])(?P<kind>{_NORMAL}|{_TUMOR})(?P<number>[-_.]?[0-9]{{0,2}})$", re.I
)
_IS_NORMAL = re.compile(rf"^(?:{_NORMAL})$", re.I)
_BEGINS_AS_NORMAL = re.compile(
    r"^(?:matched[-_. ]?)?(?:normal|blood|germline|adjacent|control|ctrl|pbmcs?|saliva)[-_. ]+(?P<base>.*[a-z0-9].*)$",
    re.I,
)
_STANDS_FOR_A_NORMAL = re.compile(
    r"^(?:(?:matched[-_. ]?)?normal|blood|germline|buffy(?:[-_. ]?coat)?|pbmcs?|control|ctrl|n)[-_. ]?[0-9]*$",
    re.I,
)
"""A name that is nothing but that of a normal: N1, blood_12."""
_BARCODE = re.compile(
    r"^(?P<patient>(?:TCGA|CPTAC|TARGET-[0-9]{2})-[A-Z0-9]+(?:-[A-Z0-9]{4,})?)-(?P<kind>[0-9]{2})[A-Z]?(?:-.*)?$"
)
"""A barcode of the TCGA: the two digits of the sample's type are 01 to 09 for tumours, 10 to 19 for normals."""
_PAIR = re.compile(r"^(?P<tumor>.+?)(?:_vs_|__|-vs-)(?P<normal>.+)$", re.I)

_ENDINGS = re.compile(
    r"[-_.](?:bam|cram|vcf|bcf|maf|gz|bgz|tsv|txt|csv|cns|seg|bed|cncf|call|called|modelfinal|purple|cnv|gene|genes|sv|svs|"
    r"somatic|segments?|segs?|segmetrics|segtab|raw|subclones|copynumber|caveman|ratio|hisens|titan|ichor|absolute|ucn|dnacopy|cnvs|loh|facets|ascat|sequenza|purecn|gatk|cnvkit|callable|regions|filtered|pass|snvs?|indels?|"
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


def pair_of(name: str) -> tuple[str, str] | None:
    """The tumour and the normal of a name such as T1_vs_N1 or T1__N1; None for another."""
    match = _PAIR.match(name)
    return None if match is None else (match["tumor"], match["normal"])


def patient_of(name: str) -> tuple[str, bool]:
    """The patient's part of a sample's name, and whether the name is a normal's: P1-T and P1_normal are of P1."""
    if (barcode := _BARCODE.match(name)) is not None:
        return barcode["patient"], 10 <= int(barcode["kind"]) < 20
    if _STANDS_FOR_A_NORMAL.match(name):
        return name, True
    if (begins := _BEGINS_AS_NORMAL.match(name)) is not None:
        return patient_of(begins["base"])[0], True
    match = _ENDS_AS.match(name)
    if match is None or not match.group("base"):
        return name, False
    normal = bool(_IS_NORMAL.match(match.group("kind")))
    base = patient_of(match.group("base"))[0]  # P1-T-normal is the normal of P1, P1-T-relapse a tumour of it
    return base, normal


def says_what_it_is(name: str) -> bool:
    """Whether a sample's name tells tumour from normal at all."""
    if any(form.match(name) for form in (_BARCODE, _STANDS_FOR_A_NORMAL, _BEGINS_AS_NORMAL)):
        return True
    match = _ENDS_AS.match(name)
    return match is not None and bool(match.group("base"))
