"""Which program wrote a VCF, and which of its sample columns is the tumour.

Both are told from header lines, declared fields and names; never from the order of the columns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from refractor.errors import Problem, VariantFileError
from refractor.variants.files.vcf_header import VcfHeader


class Flavour(StrEnum):
    """Programs whose somatic VCF is recognised; `generic` is any other with AD, DP or AF."""

    MUTECT2 = "mutect2"
    STRELKA2 = "strelka2"
    SAGE = "sage"
    DRAGEN = "dragen"
    VARSCAN2 = "varscan2"
    MUSE = "muse"
    LOFREQ = "lofreq"
    FREEBAYES = "freebayes"
    TNSCOPE = "tnscope"
    VARDICT = "vardict"
    SOMATIC_SNIPER = "somaticsniper"
    CAVEMAN = "caveman"
    PINDEL = "pindel"
    DEEPSOMATIC = "deepsomatic"
    CLAIRS = "clairs"
    OCTOPUS = "octopus"
    PCGR = "pcgr"
    REFRACTOR = "refractor"
    GENERIC = "generic"


@dataclass(frozen=True, slots=True)
class SampleColumns:
    """The tumour's column and, where it is known, its normal's; None where the file has no columns.

    `notes` say how the choice was made where it was not by the sheet's own name.
    """

    tumor: str | None
    normal: str | None
    notes: tuple[str, ...] = ()


SOURCE_LINES = re.compile(
    r"^##(source\w*|program|commandline|cmdline|MutectVersion|sageVersion|purpleVersion|MuSE_version|MuTect|content|DRAGEN\w*|"
    r"GATKCommandLine[\w.]*|SentieonCommandLine[\w.]*|vcfProcessLog|cavemanVersion|DeepVariant_version|"
    r"bcftools_call\w*|PISCES\w*|octopus|clairs\w*)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What gives one program away: a word in a source line, or fields that only it declares."""

    flavour: Flavour
    source: str | None = None
    formats: tuple[frozenset[str], ...] = ()
    info: frozenset[str] | None = None
    filters: frozenset[str] | None = None


SIGNS: tuple[Signs, ...] = (
    Signs(Flavour.REFRACTOR, source=r"^##source=Refractor"),
    Signs(Flavour.SAGE, source=r"^##(?:sage|purple)Version", formats=(frozenset({"RC_CNT", "RC_QUAL"}),)),
    Signs(Flavour.TNSCOPE, source=r"TNscope|TNhaplotyper"),
    Signs(
        Flavour.DRAGEN,
        source=r"^##(?:DRAGEN|source=DRAGEN_SNV)",
        formats=(frozenset({"SQ", "F1R2", "F2R1", "AF"}),),
    ),
    Signs(Flavour.MUTECT2, source=r"mutect", info=frozenset({"TLOD"})),
    # DeepSomatic signs as DeepVariant; only it has a filter for inherited variants
    Signs(
        Flavour.DEEPSOMATIC,
        source=r"deepsomatic|^##DeepVariant_version",
        filters=frozenset({"GERMLINE"}),
    ),
    Signs(Flavour.CLAIRS, source=r"^##source=ClairS"),
    Signs(Flavour.OCTOPUS, source=r"^##(?:source=)?octopus"),
    Signs(
        Flavour.STRELKA2,
        source=r"strelka",
        formats=(frozenset({"AU", "CU", "GU", "TU"}), frozenset({"TAR", "TIR"})),
    ),
    Signs(Flavour.MUSE, source=r"^##MuSE|=MuSE"),
    Signs(Flavour.LOFREQ, source=r"lofreq"),
    Signs(Flavour.VARDICT, source=r"vardict", formats=(frozenset({"VD", "ALD", "RD"}),)),
    Signs(Flavour.VARSCAN2, source=r"varscan", formats=(frozenset({"FREQ", "RD", "AD"}),)),
    Signs(Flavour.FREEBAYES, source=r"freebayes", formats=(frozenset({"RO", "AO", "QR", "QA"}),)),
    Signs(Flavour.SOMATIC_SNIPER, source=r"somaticsniper", formats=(frozenset({"BCOUNT", "SSC"}),)),
    Signs(
        Flavour.CAVEMAN,
        source=r"caveman",
        formats=(frozenset({"FAZ", "FCZ", "RTZ", "PM"}), frozenset({"AA", "CA", "GA", "TA", "PM"})),
    ),
    Signs(Flavour.PINDEL, formats=(frozenset({"PU", "NU", "PR", "NR"}),)),
    Signs(Flavour.PCGR, info=frozenset({"TDP", "TVAF"})),
    Signs(Flavour.PCGR, info=frozenset({"TUMOR_AF", "TUMOR_DP"})),
)


def detect_flavour(header: VcfHeader) -> Flavour:
    """The program that wrote the file, by its header's source lines, else by the fields it declares.

    Source lines of every program are tried before fields of any, because annotators and mergers add fields.
    """
    sources = [line for line in header.meta_lines if SOURCE_LINES.match(line)]
    for signs in SIGNS:
        by_source = signs.source and any(re.search(signs.source, line, re.I) for line in sources)
        if by_source and (signs.filters is None or header.filters >= signs.filters):
            return signs.flavour
    for signs in SIGNS:
        if any(header.formats >= fields for fields in signs.formats):
            return signs.flavour
        if signs.info is not None and header.info >= signs.info:
            return signs.flavour
    return Flavour.GENERIC


_GERMLINE_CALLER = re.compile(
    r"HaplotypeCaller|GenotypeGVCFs|DeepVariant|UnifiedGenotyper|DNAscope|\bHaplotyper\b|bcftools_callCommand|"
    r"strelka germline|StrelkaGermline|germline small variant|GLnexus|Platypus|clair3",
    re.I,
)
_SOMATIC_SIGN = re.compile(
    r"^##(?:tumou?r_sample|normal_sample|MutectVersion|sageVersion|purpleVersion)|mutect|tumou?r|somatic|TNscope|"
    r"varscan|MuSE|lofreq|vardict",
    re.I,
)
SOMATIC_FIELDS = frozenset(
    {"TLOD", "SOMATIC", "SS", "NLOD", "TVAF", "SomaticEVS", "QSS_NT", "QSI_NT", "TIER"}
)
_VARSCAN_GENOTYPE_COUNTS = frozenset({"WT", "HET", "HOM", "NC"})


def germline_program(header: VcfHeader) -> str | None:
    """The germline caller that the header names, where nothing in the header is somatic; else None.

    A germline caller's own command line is no somatic sign, even where its BAM is called tumor.bam.
    """
    if header.info >= _VARSCAN_GENOTYPE_COUNTS:
        return "VarScan2 mpileup2cns"
    if header.info & SOMATIC_FIELDS or "SQ" in header.formats:
        return None
    if detect_flavour(header) is Flavour.DEEPSOMATIC:
        return None
    programs = [
        line
        for line in header.meta_lines
        if SOURCE_LINES.match(line) or line.startswith(("##GLnexus", "##bcftools_call"))
    ]
    named = [match[0] for line in programs if (match := _GERMLINE_CALLER.search(line))]
    if any(line.startswith("##DRAGEN") for line in programs) and header.formats >= {"GQ", "PL"}:
        named.append("DRAGEN germline")
    others = [
        line
        for line in header.meta_lines
        if not line.startswith(("##contig", "##INFO", "##FORMAT", "##FILTER"))
        and not _GERMLINE_CALLER.search(line)
    ]
    if not named or any(_SOMATIC_SIGN.search(line) for line in others):
        return None
    return "bcftools call" if named[0].startswith("bcftools") else named[0]


_TUMOR_NAMES = frozenset(
    {
        "TUMOR",
        "TUMOUR",
        "PRIMARY",
        "TUMOR_SAMPLE",
        "TUMOUR_SAMPLE",
        "TUMOR_DNA",
        "DNA_TUMOR",
        "METASTATIC",
        "SOMATIC",
    }
)
_NORMAL_NAMES = frozenset(
    {"NORMAL", "NORMAL_SAMPLE", "NORMAL_DNA", "CONTROL", "REFERENCE", "GERMLINE", "BLOOD", "DNA_NORMAL"}
)
_ON_COMMAND_LINE = {
    "tumor": re.compile(
        r"(?:--?tumou?r[-_]sample(?:[-_]name)?|tumou?r_sample_name|--RGSM-tumou?r)[ =]\s*([^\s\"',>]+)", re.I
    ),
    "normal": re.compile(
        r"(?:--?normal[-_]samples?(?:[-_]name)?|normal_sample_name|--RGSM|octopus\b.* -N)[ =]\s*([^\s\"',>]+)",
        re.I,
    ),
}


def _attributes(line: str) -> dict[str, str]:
    """Key and value pairs of a `<ID=..,Key=value,Key="quoted, value">` header line."""
    return {
        key: quoted or plain
        for key, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^,>"]*))', line.strip().strip("<>"))
    }


def _told_by_header(header: VcfHeader) -> tuple[set[str], set[str]]:
    """The columns that header lines or their own names call the tumour, and those they call the normal."""
    tumors = {value.strip() for value in header.values("tumor_sample")}
    normals = {value.strip() for value in header.values("normal_sample")}
    for line in header.values("PEDIGREE"):
        told = _attributes(line)
        # VCF 4.2: <Derived=TUMOR,Original=NORMAL>; VCF 4.3: <ID=TUMOR,Original=NORMAL>
        if "Original" in told:
            normals.add(told["Original"])
            tumors.add(told.get("Derived", told.get("ID", "")))
    for line in header.values("SAMPLE"):
        told = _attributes(line)
        names = {told.get("ID", ""), told.get("SampleName", ""), told.get("NAME", "")}
        words = {told.get("ID", "").upper(), told.get("Genomes", "").upper()}
        if words & _TUMOR_NAMES:
            tumors |= names
        elif words & _NORMAL_NAMES:
            normals |= names
    for line in header.meta_lines:
        if SOURCE_LINES.match(line):
            tumors |= set(_ON_COMMAND_LINE["tumor"].findall(line))
            normals |= set(_ON_COMMAND_LINE["normal"].findall(line))
    # a word in a column's name says nothing where a line of the header names the column
    unnamed = [name for name in header.samples if name not in tumors | normals]
    tumors |= {name for name in unnamed if name.upper() in _TUMOR_NAMES}
    normals |= {name for name in unnamed if name.upper() in _NORMAL_NAMES}
    columns = set(header.samples)
    return tumors & columns, normals & columns


def _aliases(header: VcfHeader) -> dict[str, str]:
    """Real sample names that `##SAMPLE` lines give to columns of another name, e.g. TUMOR -> PD1234a."""
    aliases = {}
    for line in header.values("SAMPLE"):
        told = _attributes(line)
        for key in ("SampleName", "NAME"):
            if told.get(key) and told.get("ID") in header.samples:
                aliases[told[key]] = told["ID"]
    return aliases


def _by_file_name(header: VcfHeader) -> dict[str, str]:
    """Columns that are named by a BAM (SvABA, LUMPY), by the name of that file without its endings; no name of two."""
    stems = [
        (name.rpartition("/")[2].partition(".")[0], name) for name in header.samples if _OF_READS.search(name)
    ]
    named = [stem for stem, _ in stems]
    return {stem: name for stem, name in stems if stem and named.count(stem) == 1}


_OF_READS = re.compile(r"\.(?:bam|cram)$", re.I)
_PAIRED = frozenset(
    {
        Flavour.STRELKA2,
        Flavour.MUSE,
        Flavour.VARSCAN2,
        Flavour.SOMATIC_SNIPER,
        Flavour.CAVEMAN,
        Flavour.PINDEL,
        Flavour.SAGE,
        Flavour.TNSCOPE,
        Flavour.DRAGEN,
        Flavour.VARDICT,
    }
)
"""Programs whose file with two columns is a tumour and its normal."""


def choose_columns(
    header: VcfHeader, *, sample: str, named_sample: str | None, flavour: Flavour
) -> SampleColumns:
    """The columns of the tumour `sample` and of its normal.

    By `named_sample` (the sheet's small_variants_sample), else by the sheet's sample name, else by what the
    header says (##tumor_sample, ##PEDIGREE, ##SAMPLE, a program's command line), else by the names TUMOR and
    NORMAL, else the only column there is.

    Raises:
        VariantFileError: the name given is not in the file, the header calls it the normal, or several
            columns could be the tumour.
    """
    if not header.samples:
        if named_sample:
            raise _column_error(header, f"has no sample columns, so none is named {named_sample!r}")
        return SampleColumns(None, None, ("the file has no sample column: only its INFO could be read",))
    tumors, normals = _told_by_header(header)
    aliases = _by_file_name(header) | _aliases(header)
    wanted = named_sample or sample
    tumor = wanted if wanted in header.samples else aliases.get(wanted)
    notes: tuple[str, ...] = ()
    if tumor is not None:
        if named_sample and header.samples == (tumor,):
            notes = (f"column {tumor} taken as the tumour: the only one, and named in the sheet",)
        elif tumor in normals and tumor not in tumors:
            raise _column_error(header, f"calls the column {tumor!r} the normal, not the tumour")
    elif named_sample:
        raise _column_error(header, f"has no sample column {named_sample!r}")
    else:
        tumor, note = _tumor_by_header(header, tumors=tumors, normals=normals, sample=sample)
        notes = (note,)
    normal = _normal_of(tumor, header=header, normals=normals, tumors=tumors, flavour=flavour)
    return SampleColumns(tumor, normal, notes)


def _tumor_by_header(
    header: VcfHeader, *, tumors: set[str], normals: set[str], sample: str
) -> tuple[str, str]:
    only = set(header.samples) - normals
    if len(tumors) == 1:
        tumor = next(iter(tumors))
        return tumor, f"column {tumor} taken as the tumour, as the header says"
    if not tumors and len(only) == 1 and (normals or len(header.samples) == 1):
        tumor = only.pop()
        why = "the only one beside the normal" if normals else "the only sample column"
        return tumor, f"column {tumor} taken as the tumour: {why}"
    if not only:
        raise _column_error(header, "has a normal's column only")
    raise _column_error(header, f"does not tell which of its sample columns is the tumour of sample {sample}")


def _normal_of(
    tumor: str, *, header: VcfHeader, normals: set[str], tumors: set[str], flavour: Flavour
) -> str | None:
    others = [name for name in header.samples if name != tumor]
    told = [name for name in others if name in normals]
    if len(told) == 1:
        return told[0]
    if len(others) == 1 and flavour in _PAIRED and others[0] not in tumors:
        return others[0]
    return None


def _column_error(header: VcfHeader, what: str) -> VariantFileError:
    columns = ", ".join(header.samples) or "none"
    return VariantFileError(
        Problem(
            header.path,
            what,
            allowed=f"write the tumour's column into small_variants_sample of samples.tsv; columns here: {columns}",
        )
    )
