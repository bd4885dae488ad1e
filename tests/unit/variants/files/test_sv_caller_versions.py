"""One small file a caller of structural variants and version, synthetic, with the fields and names that version writes.

Each has one somatic deletion of 17:1,001-2,000, written as that program writes one; 12 of 42 fragments of the tumour show
it, or as many as its fields can tell, and none of the normal.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.variants.files.formats import JUNCTION_FORMATS
from refractor.variants.files.structural_variants import Breakpoint
from refractor.variants.files.sv_reader import read_structural_variants
from refractor.vocabulary import Side

BUILD = GenomeBuild.GRCH38
DELETION = (Breakpoint("17", 999, Side.BEFORE), Breakpoint("17", 2000, Side.AFTER))


@dataclass(frozen=True, slots=True)
class Written:
    """Header lines of one version, its fields (`INFO END 1 Integer`), samples, and its records of the deletion."""

    meta: tuple[str, ...]
    fields: tuple[str, ...]
    samples: tuple[str, ...]
    records: tuple[str, ...]
    kind: str = "DEL"
    vaf: float | None = 12 / 42
    copies: float | None = None


TYPE = ("INFO SVTYPE 1 String", "INFO END 1 Integer", "INFO SVLEN . Integer", "FORMAT GT 1 String")
BREAKENDS = (*TYPE[:1], "INFO MATEID . String", "FORMAT GT 1 String")
GRIDSS_FIELDS = (
    *BREAKENDS, "INFO EVENT 1 String", "FORMAT VF 1 Integer", "FORMAT REF 1 Integer", "FORMAT REFPAIR 1 Integer",
    "FORMAT AF . Float",
)  # fmt: skip
DELLY_FIELDS = (
    *TYPE, "INFO PRECISE 0 Flag", "INFO CT 1 String", "INFO SVMETHOD 1 String", "INFO SOMATIC 0 Flag", "INFO RDRATIO 1 Float",
    "FORMAT GL G Float", "FORMAT GQ 1 Integer", "FORMAT FT 1 String", "FORMAT RC 1 Integer", "FORMAT DR 1 Integer",
    "FORMAT DV 1 Integer", "FORMAT RR 1 Integer", "FORMAT RV 1 Integer",
)  # fmt: skip
DELLY_CALL = (
    "GT:GL:GQ:FT:RC:DR:DV:RR:RV 0/1:-9,0,-40:90:PASS:900:20:7:10:5 0/0:0,-9,-90:90:PASS:900:20:0:18:0"
)
LONG_READS = ("FORMAT GQ 1 Integer", "FORMAT DR 1 Integer", "FORMAT DV 1 Integer")

GENUINE: dict[str, Written] = {
    "Manta 1.6 somaticSV": Written(
        ("##source=GenerateSVCandidates 1.6.0", "##cmdline=configManta.py --normalBam=n.bam --tumorBam=t.bam"),
        (*TYPE, "INFO SOMATIC 0 Flag", "INFO SOMATICSCORE 1 Integer", "INFO CIPOS 2 Integer", "FORMAT PR . Integer", "FORMAT SR . Integer"),
        ("N1", "T1"),
        ("17 1000 MantaDEL:1:0:1:0:0:0 A <DEL> . PASS END=2000;SVTYPE=DEL;SVLEN=-1000;SOMATIC;SOMATICSCORE=90 PR:SR 20,0:18,0 20,7:10,5",),
    ),
    "Manta 1.6 tumorSV": Written(
        ("##source=GenerateSVCandidates 1.6.0", "##cmdline=configManta.py --tumorBam=t.bam"),
        (*TYPE, "FORMAT PR . Integer", "FORMAT SR . Integer"),
        ("T1",),
        ("17 1000 MantaDEL:1:0:1:0:0:0 A <DEL> . PASS END=2000;SVTYPE=DEL;SVLEN=-1000 PR:SR 20,7:10,5",),
    ),
    "GRIDSS 2.13, GRIPSS": Written(
        ("##gridssVersion=2.13.2-gridss", "##gripssVersion=2.3.4"),
        GRIDSS_FIELDS,
        ("N1", "T1"),
        (
            "17 1000 gridss1_1o A A[chr17:2001[ 900 PASS SVTYPE=BND;MATEID=gridss1_1h;EVENT=gridss1_1 GT:VF:REF:REFPAIR .:0:20:18 .:12:18:12",
            "17 2001 gridss1_1h A ]chr17:1000]A 900 PASS SVTYPE=BND;MATEID=gridss1_1o;EVENT=gridss1_1 GT:VF:REF:REFPAIR .:0:20:18 .:12:18:12",
        ),
        kind="BND",
    ),
    "ESVEE 1": Written(
        ("##EsveeVersion=1.0.2",),
        (*GRIDSS_FIELDS, "FORMAT DF 1 Integer"),
        ("N1", "T1"),
        (
            "17 1000 0_o A A[chr17:2001[ 900 PASS SVTYPE=DEL;MATEID=0_h GT:VF:REF:REFPAIR .:0:20:18 .:12:18:12",
            "17 2001 0_h A ]chr17:1000]A 900 PASS SVTYPE=DEL;MATEID=0_o GT:VF:REF:REFPAIR .:0:20:18 .:12:18:12",
        ),
    ),
    "PURPLE's sv.vcf": Written(
        ("##EsveeVersion=1.0.2", "##purpleVersion=4.1"),
        (*GRIDSS_FIELDS, "INFO PURPLE_JCN 1 Float", "INFO PURPLE_AF . Float"),
        ("N1", "T1"),
        ("17 1000 0_o A A[chr17:2001[ 900 PASS SVTYPE=DEL;MATEID=0_h;PURPLE_JCN=1.02;PURPLE_AF=0.5,0.5 GT:VF:REF:REFPAIR .:0:20:18 .:12:18:12",),
        copies=1.02,
    ),
    "Delly 0.9": Written(
        (),
        DELLY_FIELDS,
        ("T1", "N1"),
        (f"17 1000 DEL00000001 A <DEL> 900 PASS PRECISE;SVTYPE=DEL;SVMETHOD=EMBL.DELLYv0.9.1;END=2000;CT=3to5;RDRATIO=0.7;SOMATIC {DELLY_CALL}",),
    ),
    "Delly 1.2": Written(
        (),
        DELLY_FIELDS,
        ("T1", "N1"),
        (f"17 1000 DEL00000001 A <DEL> 900 PASS PRECISE;SVTYPE=DEL;SVMETHOD=EMBL.DELLYv1.2.6;END=2000;SVLEN=1000;CT=3to5;SOMATIC {DELLY_CALL}",),
    ),
    "Delly 1.7": Written(
        (),
        (*DELLY_FIELDS, "INFO CHR2 1 String", "INFO POS2 1 Integer", "FORMAT RCL 1 Integer", "FORMAT RCR 1 Integer", "FORMAT RDCN 1 Integer"),
        ("T1", "N1"),
        ("17 1000 DEL00000259 A <DEL> 720 PASS PRECISE;SVTYPE=DEL;SVMETHOD=EMBL.DELLYv1.7.3;END=2000;SVLEN=1000;CT=3to5;SOMATIC GT:GL:GQ:FT:RCL:RC:RCR:RDCN:DR:DV:RR:RV 0/1:-9,0,-40:90:PASS:800:900:800:1:20:7:10:5 0/0:0,-9,-90:90:PASS:800:900:800:2:20:0:18:0",),
    ),
    "SvABA 1.1": Written(
        ("##source=svabaV1.1.0",),
        (
            *BREAKENDS, "INFO EVDNC 1 String", "INFO SPAN 1 Integer", "FORMAT AD 1 Integer", "FORMAT DP 1 Integer", "FORMAT GQ 1 String",
            "FORMAT PL . Float", "FORMAT SR 1 Integer", "FORMAT DR 1 Integer", "FORMAT LR 1 Float", "FORMAT LO 1 Float",
        ),
        ("N1", "T1"),
        (
            "17 1000 1:1 A A[17:2001[ 99 PASS SVTYPE=BND;MATEID=1:2;EVDNC=ASDIS;SPAN=1001 GT:AD:DP:GQ:PL:SR:DR:LR:LO 0/0:0:38:9:0,9,90:0:0:9:0 0/1:12:42:99:99,0,99:7:9:-20:20",
            "17 2001 1:2 A ]17:1000]A 99 PASS SVTYPE=BND;MATEID=1:1;EVDNC=ASDIS;SPAN=1001 GT:AD:DP:GQ:PL:SR:DR:LR:LO 0/0:0:38:9:0,9,90:0:0:9:0 0/1:12:42:99:99,0,99:7:9:-20:20",
        ),
        kind="BND",
    ),
    "Sniffles 2": Written(
        ("##source=Sniffles2_2.2",),
        (*TYPE, *LONG_READS, "INFO PRECISE 0 Flag", "INFO SUPPORT 1 Integer", "INFO VAF 1 Float"),
        ("T1",),
        ("17 1000 Sniffles2.DEL.1M0 N <DEL> 60 PASS PRECISE;SVTYPE=DEL;SVLEN=-1000;END=2000;SUPPORT=12;VAF=0.286 GT:GQ:DR:DV 0/1:60:30:12",),
    ),
    "Severus 1": Written(
        ("##source=Severus_v1.3",),
        (*TYPE, *LONG_READS, "INFO PRECISE 0 Flag", "INFO MAPQ 1 Float", "FORMAT VAF 1 Float", "FORMAT hVAF 3 Float"),
        ("T1",),
        ("17 1000 severus_DEL1 N <DEL> 60 PASS PRECISE;SVTYPE=DEL;SVLEN=1000;END=2000;MAPQ=60 GT:GQ:VAF:hVAF:DR:DV 0/1:60:0.29:0.0,0.29,0.0:30:12",),
    ),
    "nanomonsv 0.7": Written(
        ("##source=nanomonsv-0.7.1",),
        (*TYPE, "FORMAT TR 1 Integer", "FORMAT VR 1 Integer"),
        ("TUMOR", "CONTROL"),
        ("17 1000 d_1 A <DEL> . PASS END=2000;SVTYPE=DEL;SVLEN=-1000 TR:VR 42:12 38:0",),
    ),
    "SVIM 2": Written(
        ("##source=SVIM-v2.0.0",),
        (*TYPE, "INFO SUPPORT 1 Integer", "FORMAT DP 1 Integer", "FORMAT AD R Integer"),
        ("T1",),
        ("17 1000 svim.DEL.1 N <DEL> 12 PASS SVTYPE=DEL;END=2000;SVLEN=-1000;SUPPORT=12 GT:DP:AD 0/1:42:30,12",),
    ),
    "SAVANA 1": Written(
        ("##source=SAVANA",),
        (*BREAKENDS, *(f"INFO {whose}_{what}" for whose in ("TUMOUR", "NORMAL") for what in ("READ_SUPPORT 1 Integer", "AF 2 Float"))),
        ("T1",),
        (
            "17 1000 ID_1_1 A A[17:2001[ . PASS SVTYPE=BND;MATEID=ID_1_2;TUMOUR_READ_SUPPORT=12;NORMAL_READ_SUPPORT=0;TUMOUR_AF=0.285714,0.3;NORMAL_AF=0,0 GT 0/1",
            # the normal shows this one as much
            "17 9000 ID_2_1 A A[17:9901[ . PASS SVTYPE=BND;MATEID=ID_2_2;TUMOUR_READ_SUPPORT=12;NORMAL_READ_SUPPORT=11;TUMOUR_AF=0.285714,0.3;NORMAL_AF=0.3,0.3 GT 0/1",
        ),
        kind="BND",
    ),
    "LUMPY 0.3, svtyper": Written(
        ("##source=LUMPY",),
        (*TYPE, "INFO STRANDS . String", *(f"FORMAT {name} 1 Integer" for name in ("SU", "PE", "SR", "RO", "AO"))),
        ("N1", "T1"),
        (
            "17 1000 1 N <DEL> . . SVTYPE=DEL;SVLEN=-1000;END=2000;STRANDS=+-:12 GT:SU:PE:SR:RO:AO 0/0:0:0:0:40:0 0/1:12:7:5:30:12",
            "17 9000 2 N <DEL> . . SVTYPE=DEL;SVLEN=-900;END=9900;STRANDS=+-:12 GT:SU:PE:SR:RO:AO 0/1:9:4:5:20:20 0/1:12:7:5:30:12",
        ),
    ),
    "LUMPY 0.3": Written(
        ("##source=LUMPY",),
        (*TYPE, *(f"FORMAT {name} 1 Integer" for name in ("SU", "PE", "SR"))),
        ("N1", "T1"),
        (
            "17 1000 1 N <DEL> . . SVTYPE=DEL;SVLEN=-1000;END=2000 GT:SU:PE:SR ./.:0:0:0 ./.:12:7:5",
            "17 9000 2 N <DEL> . . SVTYPE=DEL;SVLEN=-900;END=9900 GT:SU:PE:SR ./.:9:4:5 ./.:12:7:5",
        ),
        vaf=None,
    ),
    "BRASS": Written(
        ("##SAMPLE=<ID=NORMAL,SampleName=N1>", "##SAMPLE=<ID=TUMOUR,SampleName=T1>"),
        (*BREAKENDS[:2], "FORMAT RC 1 Integer", "FORMAT PS 1 Integer"),
        ("NORMAL", "TUMOUR"),
        (
            "17 1000 1_1 A A[17:2001[ 90 . SVTYPE=BND;MATEID=1_2 RC:PS 0:0 12:7",
            "17 9000 2_1 A A[17:9901[ 90 . SVTYPE=BND;MATEID=2_2 RC:PS 9:4 12:7",
        ),
        kind="BND",
        vaf=None,
    ),
}  # fmt: skip
NAMED = {
    "Manta": ("Manta",), "GRIDSS, ESVEE": ("GRIDSS", "ESVEE", "PURPLE"), "Delly": ("Delly",), "SvABA": ("SvABA",),
    "Sniffles, Severus, nanomonsv": ("Sniffles", "Severus", "nanomonsv"), "SVIM, pbsv, SAVANA": ("SVIM", "SAVANA"),
    "LUMPY, BRASS": ("LUMPY", "BRASS"),
}  # fmt: skip
"""The rows of the manual whose programs write a file of their own; LINX adds tables, tested with them."""


def written(path: Path, one: Written) -> Path:
    """The file of one version at `path`."""
    lines = ["##fileformat=VCFv4.2", *one.meta]
    for field in one.fields:
        kind, name, number, value = field.split()
        lines.append(f'##{kind}=<ID={name},Number={number},Type={value},Description="x">')
    lines += [f"##contig=<ID=chr{name},length={length}>" for name, length in CONTIG_LENGTHS[BUILD].items()]
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *one.samples]
    rows = [record.replace("[17:", "[chr17:").replace("]17:", "]chr17:").split() for record in one.records]
    lines += ["\t".join(columns), *("\t".join(["chr17", *row[1:]]) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("version", GENUINE)
def test_each_version_gives_its_junction_once_with_its_fragments(tmp_path: Path, version: str) -> None:
    one = GENUINE[version]
    (found,) = read_structural_variants(written(tmp_path / "sv.vcf", one), sample="T1", build=BUILD)
    assert (found.first, found.second) == DELETION
    assert (found.kind, found.filters) == (one.kind, ())
    assert found.vaf == (None if one.vaf is None else pytest.approx(one.vaf))
    assert found.copies == (None if one.copies is None else pytest.approx(one.copies))


def test_every_caller_of_the_manual_has_a_file() -> None:
    rows = {entry.name for entry in JUNCTION_FORMATS} - {"LINX", "any other"}
    assert rows == set(NAMED)
    for programs in NAMED.values():
        for program in programs:
            assert any(version.startswith(program) for version in GENUINE), program
