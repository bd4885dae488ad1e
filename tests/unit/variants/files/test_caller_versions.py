"""One small file a program and version, synthetic, with the header lines, fields and names that version writes.

The lines follow what the programs' own sources and manuals say of the version; every number and sample is made up. In each
tumour 25 of 100 reads show BRAF V600E, in each normal none of 40.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.variants.files.callers import Flavour
from refractor.variants.files.formats import VARIANT_FORMATS
from refractor.variants.files.opened import open_variants
from refractor.variants.files.small_variants import read_small_variants

BUILD = GenomeBuild.GRCH38
WRITTEN_BY_US = {str(Flavour.REFRACTOR), str(Flavour.GENERIC), "maf"}


@dataclass(frozen=True, slots=True)
class Written:
    """What one version writes: its own header lines, declared fields (`AD R Integer`), samples, and one record."""

    flavour: Flavour
    meta: tuple[str, ...]
    formats: tuple[str, ...]
    samples: tuple[str, ...]
    record: str
    info: tuple[str, ...] = ()
    depth: int = 100
    alt_reads: int | None = 25
    normal_depth: int | None = 40
    filters: tuple[str, ...] = ()
    phased: bool = False


MUTECT_FORMATS = (
    "GT 1 String", "AD R Integer", "AF A Float", "DP 1 Integer", "F1R2 R Integer", "F2R1 R Integer",
)  # fmt: skip
FILTERED = (
    "##filtering_status=These calls have been filtered by FilterMutectCalls to label false positives with a list of failed "
    "filters and true positives with PASS."
)
STRELKA_FORMATS = (
    "DP 1 Integer", "FDP 1 Integer", "SDP 1 Integer", "SUBDP 1 Integer",
    "AU 2 Integer", "CU 2 Integer", "GU 2 Integer", "TU 2 Integer",
)  # fmt: skip
STRELKA_INFO = ("QSS 1 Integer", "QSS_NT 1 Integer", "NT 1 String", "SGT 1 String", "SOMATIC 0 Flag")
STRELKA_CALL = "DP:FDP:SDP:SUBDP:AU:CU:GU:TU 40:0:0:0:40,41:0,0:0,0:0,0 100:0:0:0:75,76:0,0:0,0:25,25"
SAGE_FORMATS = (
    "GT 1 String", "AD R Integer", "AF 1 Float", "DP 1 Integer", "RC_CNT 7 Integer", "RC_IPC 1 Integer",
    "RC_JIT 3 Integer", "RC_QUAL 7 Integer", "RDP 1 Integer", "RAD 2 Integer", "RABQ 2 Integer",
)  # fmt: skip
SAGE_CALL = (
    "./.:0:40,0:0:40:1400,0:40,0:0,0,0,0,0,40,40:0:0,0,0:0,0,0,0,0,900,900:40 "
    "./.:30:75,25:0.25:100:2600,880:75,25:25,0,0,0,0,75,100:0:0,0,0:600,0,0,0,0,1900,2500:100"
)
DRAGEN_FORMATS = (
    "GT 1 String", "SQ 1 Float", "AD R Integer", "AF A Float", "F1R2 R Integer", "F2R1 R Integer", "DP 1 Integer",
    "SB . Integer", "MB . Integer", "PS 1 Integer",
)  # fmt: skip
DRAGEN_CALL = "GT:SQ:AD:AF:F1R2:F2R1:DP:SB:MB 0/0:.:40,0:0.000:20,0:20,0:40:20,20,0,0:20,20,0,0 0/1:42.10:75,25:0.250:38,12:37,13:100:38,37,12,13:37,38,13,12"
VARSCAN_FORMATS = (
    "GT 1 String", "GQ 1 Integer", "DP 1 Integer", "RD 1 Integer", "AD 1 Integer", "FREQ 1 String", "DP4 1 String",
)  # fmt: skip
VARSCAN_CALL = "GT:GQ:DP:RD:AD:FREQ:DP4 0/0:.:40:40:0:0%:20,20,0,0 0/1:.:100:75:25:25%:38,37,12,13"
VARDICT_FORMATS = (
    "GT 1 String", "DP 1 Integer", "VD 1 Integer", "ALD 2 Integer", "RD 2 Integer", "AD R Integer", "AF A Float",
    "BIAS 1 String",
)  # fmt: skip
VARDICT_CALL = (
    "GT:DP:VD:ALD:RD:AD:AF:BIAS 0/1:100:25:12,13:38,37:75,25:0.25:2,2 0/0:40:0:0,0:20,20:40,0:0:2,0"
)
DEEP_FORMATS = ("GT 1 String", "GQ 1 Integer", "DP 1 Integer", "AD R Integer", "VAF A Float", "PL G Integer")
CLAIRS_FORMATS = (
    "GT 1 String", "GQ 1 Float", "DP 1 Integer", "AF 1 Float", "AD {ad} Integer", "NAF 1 Float", "NDP 1 Integer",
    "NAD {ad} Integer", "AU 1 Integer", "CU 1 Integer", "GU 1 Integer", "TU 1 Integer",
    "NAU 1 Integer", "NCU 1 Integer", "NGU 1 Integer", "NTU 1 Integer",
)  # fmt: skip
CAVEMAN_FORMATS = ("GT 1 String", *(f"{s}{b}Z 1 Integer" for s in "FR" for b in "ACGT"), "PM 1 Float")


def clairs(ad: str) -> tuple[str, ...]:
    return tuple(line.format(ad=ad) for line in CLAIRS_FORMATS)


GENUINE: dict[str, Written] = {
    "Mutect2, GATK 4.0": Written(
        Flavour.MUTECT2,
        ("##Mutect Version=2.1", FILTERED, "##normal_sample=N1", "##source=Mutect2", "##tumor_sample=T1"),
        MUTECT_FORMATS,
        ("N1", "T1"),
        "PASS DP=140;ECNT=1;POP_AF=1.000e-06;TLOD=60.1 GT:AD:AF:DP:F1R2:F2R1 0/0:40,0:0.023:40:20,0:20,0 0/1:75,25:0.252:100:38,12:37,13",
        ("DP 1 Integer", "ECNT 1 Integer", "POP_AF A Float", "TLOD A Float"),
    ),
    "Mutect2, GATK 4.0, its threshold by its name then": Written(
        Flavour.MUTECT2,
        ("##Mutect Version=2.1", FILTERED, "##normal_sample=N1", "##source=Mutect2", "##tumor_sample=T1"),
        MUTECT_FORMATS,
        ("N1", "T1"),
        "t_lod DP=140;TLOD=4.1 GT:AD:AF:DP:F1R2:F2R1 0/0:40,0:0.023:40:20,0:20,0 0/1:75,25:0.252:100:38,12:37,13",
        ("DP 1 Integer", "TLOD A Float"),
        filters=("t_lod",),
    ),
    "Mutect2, GATK 4.1 to 4.6": Written(
        Flavour.MUTECT2,
        ("##MutectVersion=2.2", FILTERED, "##normal_sample=N1", "##source=FilterMutectCalls", "##source=Mutect2", "##tumor_sample=T1"),
        (*MUTECT_FORMATS, "FAD R Integer", "SB 4 Integer"),
        ("N1", "T1"),
        "PASS AS_FilterStatus=SITE;DP=140;GERMQ=93;POPAF=7.30;TLOD=60.1 GT:AD:AF:DP:F1R2:F2R1:FAD:SB 0/0:40,0:0.024:40:20,0:20,0:40,0:20,20,0,0 0/1:75,25:0.254:100:38,12:37,13:75,25:38,37,12,13",
        ("AS_FilterStatus A String", "DP 1 Integer", "GERMQ 1 Integer", "POPAF A Float", "TLOD A Float"),
    ),
    "DRAGEN 3.9": Written(
        Flavour.DRAGEN,
        (
            '##DRAGENVersion=<ID=dragen,Version="SW: 07.021.604.3.9.5, HW: 07.021.604">',
            '##DRAGENCommandLine=<ID=dragen,CommandLineOptions="--RGSM-tumor T1 --RGSM N1">',
        ),
        DRAGEN_FORMATS,
        ("N1", "T1"),
        f"PASS DP=140;MQ=250.00;FractionInformativeReads=0.970 {DRAGEN_CALL}",
        ("DP 1 Integer", "MQ 1 Float", "FractionInformativeReads 1 Float"),
    ),
    "DRAGEN 4.2": Written(
        Flavour.DRAGEN,
        (
            '##DRAGENVersion=<ID=dragen,Version="SW: 4.2.4, HW: Unknown">',
            '##DRAGENCommandLine=<ID=dragen,CommandLineOptions="--RGSM-tumor T1 --RGSM N1">',
        ),
        DRAGEN_FORMATS,
        ("N1", "T1"),
        f"PASS DP=140;MQ=250.00;AQ=100.00;GermlineStatus=Somatic {DRAGEN_CALL}",
        ("DP 1 Integer", "MQ 1 Float", "AQ 1 Float", "GermlineStatus 1 String"),
    ),
    "TNscope": Written(
        Flavour.TNSCOPE,
        ('##SentieonCommandLine.TNscope=<ID=TNscope,Version="sentieon-genomics-202308",CommandLine="driver --algo TNscope --tumor_sample T1 --normal_sample N1 o.vcf">',),
        ("GT 1 String", "AD R Integer", "AF A Float", "AFDP 1 Integer", "ALTHC 1 Integer"),
        ("T1", "N1"),
        "PASS TLOD=50.1;NLOD=11.2;SOR=0.7 GT:AD:AF:AFDP:ALTHC 0/1:75,25:0.25:100:22 0/0:40,0:0.0:40:0",
        ("TLOD A Float", "NLOD A Float", "SOR 1 Float"),
    ),
    "SAGE 3.3": Written(
        Flavour.SAGE,
        ("##sageVersion=3.3",),
        (*SAGE_FORMATS, "ABQ 1 Integer", "SB 1 Float"),
        ("N1", "T1"),
        f"PASS TIER=HOTSPOT GT:ABQ:AD:AF:DP:RABQ:RAD:RC_CNT:RC_IPC:RC_JIT:RC_QUAL:RDP {SAGE_CALL}",
        ("TIER 1 String",),
    ),
    "SAGE 3.4": Written(
        Flavour.SAGE,
        ("##sageVersion=3.4",),
        (*SAGE_FORMATS, "ABQ 1 Integer", "AMQ 2 Integer", "ANM 2 Float", "RSB 1 String", "SB 1 String"),
        ("N1", "T1"),
        f"PASS TIER=HOTSPOT GT:ABQ:AD:AF:DP:RABQ:RAD:RC_CNT:RC_IPC:RC_JIT:RC_QUAL:RDP {SAGE_CALL}",
        ("TIER 1 String",),
    ),
    "Strelka 2.8": Written(
        Flavour.STRELKA2,
        ("##source=strelka", "##source_version=2.8.4", "##content=strelka somatic snv calls"),
        STRELKA_FORMATS,
        ("NORMAL", "TUMOR"),
        f"PASS SOMATIC;QSS=98;QSS_NT=98;NT=ref;SGT=AA->AT {STRELKA_CALL}",
        STRELKA_INFO,
    ),
    "Strelka 2.9": Written(
        Flavour.STRELKA2,
        ("##source=strelka", "##source_version=2.9.10", "##content=strelka somatic snv calls"),
        STRELKA_FORMATS,
        ("NORMAL", "TUMOR"),
        f"PASS SOMATIC;QSS=98;QSS_NT=98;NT=ref;SGT=AA->AT;SomaticEVS=18.10 {STRELKA_CALL}",
        (*STRELKA_INFO, "SomaticEVS 1 Float"),
    ),
    "VarScan 2.3 and 2.4": Written(
        Flavour.VARSCAN2,
        ("##source=VarScan2",),
        VARSCAN_FORMATS,
        ("NORMAL", "TUMOR"),
        f"PASS DP=140;SOMATIC;SS=2;SSC=60;GPV=1E0;SPV=1.0E-4 {VARSCAN_CALL}",
        ("DP 1 Integer", "SOMATIC 0 Flag", "SS 1 String", "SSC 1 String", "GPV 1 Float", "SPV 1 Float"),
    ),
    "MuSE 1.0": Written(
        Flavour.MUSE,
        ('##MuSE_version="v1.0rc Build Date Aug  6 2015 Build Time 10:11:56"', '##MuSE_call="MuSE call -f x.fa t.bam n.bam"', '##TUMOR="Sample=T1,File=t.bam"', '##NORMAL="Sample=N1,File=n.bam"'),
        ("GT 1 String", "DP 1 Integer", "AD . Integer", "BQ . Integer", "SS 1 Integer"),
        ("TUMOR", "NORMAL"),
        "PASS SOMATIC GT:DP:AD:BQ:SS 0/1:100:75,25:35,34:2 0/0:40:40,0:35,0:0",
        ("SOMATIC 0 Flag",),
    ),
    "MuSE 2.0": Written(
        Flavour.MUSE,
        ('##MuSE_version="v2.0.4 Build Date Mar 14 2023 Build Time 10:00:00"', '##MuSE_call="MuSE call -f x.fa -O o t.bam n.bam"'),
        ("GT 1 String", "DP 1 Integer", "AD . Integer", "BQ . Integer", "SS 1 Integer"),
        ("TUMOR", "NORMAL"),
        "PASS SOMATIC GT:DP:AD:BQ:SS 0/1:100:75,25:35,34:2 0/0:40:40,0:35,0:0",
        ("SOMATIC 0 Flag",),
    ),
    "LoFreq 2.1": Written(
        Flavour.LOFREQ,
        ("##source=lofreq call --verbose -f x.fa -o o.vcf t.bam ",),
        (),
        (),
        "PASS DP=100;AF=0.250000;SB=0;DP4=38,37,12,13;SOMATIC;UQ=0",
        ("DP 1 Integer", "AF 1 Float", "SB 1 Integer", "DP4 4 Integer", "SOMATIC 0 Flag", "UQ 1 Integer"),
        normal_depth=None,
    ),
    "VarDict 1.8": Written(
        Flavour.VARDICT,
        ("##source=VarDict_v1.8.2",),
        VARDICT_FORMATS,
        ("T1", "N1"),
        f"PASS STATUS=StrongSomatic;SAMPLE=T1;TYPE=SNV;SSF=0.00001;SOR=Inf {VARDICT_CALL}",
        ("STATUS 1 String", "SAMPLE 1 String", "TYPE 1 String", "SSF 1 Float", "SOR 1 Float"),
    ),
    "FreeBayes 1.3": Written(
        Flavour.FREEBAYES,
        ("##source=freeBayes v1.3.6", '##commandline="freebayes -f x.fa t.bam n.bam"'),
        ("GT 1 String", "DP 1 Integer", "AD R Integer", "RO 1 Integer", "QR 1 Integer", "AO A Integer", "QA A Integer", "GL G Float"),
        ("T1", "N1"),
        ". TYPE=snp GT:DP:AD:RO:QR:AO:QA:GL 0/1:100:75,25:75:2600:25:860:-40,0,-200 0/0:40:40,0:40:1400:0:0:0,-12,-120",
        ("TYPE A String",),
        normal_depth=None,
    ),
    "SomaticSniper 1.0": Written(
        Flavour.SOMATIC_SNIPER,
        (),  # it signs by its fields alone
        ("GT 1 String", "IGT 1 String", "DP 1 Integer", "DP4 4 Integer", "BCOUNT 4 Integer", "GQ 1 Integer", "SS 1 Integer", "SSC 1 Integer"),
        ("NORMAL", "TUMOR"),
        ". . GT:IGT:DP:DP4:BCOUNT:GQ:SS:SSC 0/0:0/0:40:20,20,0,0:40,0,0,0:147:.:. 0/1:0/1:100:38,37,12,13:75,0,0,25:90:2:90",
    ),
    "CaVEMan 1.13": Written(
        Flavour.CAVEMAN,
        (
            '##vcfProcessLog=<InputVCF=<.>,InputVCFSource=<CaVEMan>,InpuVCFVer=<"1.13.14">,InputVCFParam=<NORMAL_CONTAMINATION=0.1,REF_BIAS=0.95>>',
            "##cavemanVersion=1.13.14",
            "##SAMPLE=<ID=NORMAL,SampleName=N1>",
            "##SAMPLE=<ID=TUMOUR,SampleName=T1>",
        ),
        CAVEMAN_FORMATS,
        ("NORMAL", "TUMOUR"),
        "PASS DP=140;MP=1.0e+00;GP=1.0e-09 GT:FAZ:FCZ:FGZ:FTZ:RAZ:RCZ:RGZ:RTZ:PM 0|0:20:0:0:0:20:0:0:0:0.0e+00 0|1:38:0:0:12:37:0:0:13:2.5e-01",
        ("DP 1 Integer", "MP 1 Float", "GP 1 Float"),
    ),
    "CaVEMan 1.0, before strands were counted": Written(
        Flavour.CAVEMAN,
        ("##cavemanVersion=1.0.0", "##SAMPLE=<ID=NORMAL,SampleName=N1>", "##SAMPLE=<ID=TUMOUR,SampleName=T1>"),
        ("GT 1 String", *(f"{base}A 1 Integer" for base in "ACGT"), "PM 1 Float"),
        ("NORMAL", "TUMOUR"),
        "PASS DP=140 GT:AA:CA:GA:TA:PM 0|0:40:0:0:0:0.0e+00 0|1:75:0:0:25:2.5e-01",
        ("DP 1 Integer",),
    ),
    "cgpPindel 3": Written(
        Flavour.PINDEL,
        ("##source_1=grabVcf", "##SAMPLE=<ID=NORMAL,SampleName=N1>", "##SAMPLE=<ID=TUMOUR,SampleName=T1>"),
        ("GT 1 String", *(f"{n} 1 Integer" for n in ("PP", "NP", "PB", "NB", "PD", "ND", "PR", "NR", "PU", "NU"))),
        ("NORMAL", "TUMOUR"),
        "PASS PC=D;RS=1;RE=2 GT:PP:NP:PB:NB:PD:ND:PR:NR:PU:NU ./.:0:0:0:0:20:20:20:20:0:0 ./.:12:13:12:13:50:50:50:50:12:13",
        ("PC 1 String", "RS 1 Integer", "RE 1 Integer"),
    ),
    "DeepSomatic 1.6": Written(
        Flavour.DEEPSOMATIC,
        ('##FILTER=<ID=RefCall,Description="x">', '##FILTER=<ID=GERMLINE,Description="Non somatic variants">', "##DeepVariant_version=1.6.0"),
        DEEP_FORMATS,
        ("T1",),
        "PASS . GT:GQ:DP:AD:VAF:PL 1/1:40:100:75,25:0.25:40,50,0",
        normal_depth=None,
    ),
    "DeepSomatic 1.10": Written(
        Flavour.DEEPSOMATIC,
        ('##FILTER=<ID=RefCall,Description="x">', '##FILTER=<ID=GERMLINE,Description="Non somatic variants">', "##DeepVariant_version=1.10.0"),
        (*DEEP_FORMATS, "MID 1 String"),
        ("T1",),
        "PASS . GT:GQ:DP:AD:VAF:MID:PL 1/1:40:100:75,25:0.25:deepvariant:40,50,0",
        normal_depth=None,
    ),
    "ClairS 0.1 (the reads of the variant alone)": Written(
        Flavour.CLAIRS,
        ("##source=ClairS", "##clairs_version=0.1.7"),
        clairs("1"),
        ("SAMPLE",),
        "PASS H GT:GQ:DP:AF:AD:NAF:NDP:NAD:AU:CU:GU:TU:NAU:NCU:NGU:NTU 0/1:20.1:100:0.2500:25:0.0000:40:0:75:0:0:25:40:0:0:0",
        ("H 0 Flag",),
    ),
    "ClairS 0.4": Written(
        Flavour.CLAIRS,
        ("##source=ClairS", "##clairs_version=0.4.0"),
        clairs("."),
        ("SAMPLE",),
        "PASS . GT:GQ:DP:AF:AD:NAF:NDP:NAD:AU:CU:GU:TU:NAU:NCU:NGU:NTU 0/1:20:100:0.2500:75,25:0.0000:40:40,0:75:0:0:25:40:0:0:0",
    ),
    "ClairS-TO": Written(
        Flavour.CLAIRS,
        ("##source=ClairS-TO", "##clairs_to_version=0.3.0"),
        ("GT 1 String", "GQ 1 Integer", "DP 1 Integer", "AF 1 Float", "AD R Integer", *(f"{b}U 1 Integer" for b in "ACGT")),
        ("SAMPLE",),
        "PASS FAU=38;FTU=12 GT:GQ:DP:AF:AD:AU:CU:GU:TU 0/1:20:100:0.2500:75,25:75:0:0:25",
        ("FAU 1 Integer", "FTU 1 Integer"),
        normal_depth=None,
    ),
    "Octopus 0.7": Written(
        Flavour.OCTOPUS,
        ('##octopus=<version=0.7.4 (develop e7205439),command="octopus -R x.fa -I t.bam n.bam --normal-sample N1 -N N1">',),
        ("GT 1 String", "GQ 1 Integer", "DP 1 Integer", "MQ 1 Integer", "PS 1 Integer", "PQ 1 Integer", "FT 1 String"),
        ("N1", "T1"),
        "PASS SOMATIC;AC=1;AN=5;DP=140 GT:GQ:DP:MQ:PS:PQ:FT 0|0:200:40:60:140753336:100:PASS 0|0|1:200:100:60:140753336:100:PASS",
        ("SOMATIC 0 Flag", "AC A Integer", "AN 1 Integer", "DP 1 Integer"),
        alt_reads=None,
        phased=True,
    ),
    "pcgr 1": Written(
        Flavour.PCGR,
        (),
        (),
        (),
        "PASS TVAF=0.25;TDP=100;CVAF=0.0;CDP=40",
        ("TVAF . Float", "TDP . Integer", "CVAF . Float", "CDP . Integer"),
    ),
}  # fmt: skip


def written(path: Path, one: Written) -> Path:
    """The file of one version at `path`."""
    lines = ["##fileformat=VCFv4.2", *one.meta]
    for kind, declared in (("INFO", one.info), ("FORMAT", one.formats)):
        for field in declared:
            name, number, value = field.split()
            lines.append(f'##{kind}=<ID={name},Number={number},Type={value},Description="x">')
    lines += [f"##contig=<ID=chr{name},length={length}>" for name, length in CONTIG_LENGTHS[BUILD].items()]
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
    columns += ["FORMAT", *one.samples] if one.samples else []
    alleles = ("ACT", "A") if one.flavour is Flavour.PINDEL else ("A", "T")
    lines += ["\t".join(columns), "\t".join(["chr7", "140753336", ".", *alleles, "60", *one.record.split()])]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("version", GENUINE)
def test_each_version_is_told_and_its_reads_are_counted(tmp_path: Path, version: str) -> None:
    one = GENUINE[version]
    with Reference(None, BUILD) as reference:
        found = read_small_variants(
            open_variants(written(tmp_path / "calls.vcf", one)),
            sample="T1",
            named_sample="SAMPLE" if "SAMPLE" in one.samples else None,
            panel=load_panel(BUILD),
            reference=reference,
        )
    assert found.flavour == one.flavour
    assert len(found.observations) == 1
    seen = found.observations[0]
    assert (seen.depth, seen.alt_reads, seen.normal_depth) == (one.depth, one.alt_reads, one.normal_depth)
    assert seen.vaf == (None if one.alt_reads is None else pytest.approx(0.25))
    assert (seen.filters, seen.germline_likely) == (one.filters, False)


def test_every_program_has_a_file_of_each_version_that_is_named() -> None:
    files = {str(one.flavour) for one in GENUINE.values()}
    assert files == {entry.name for entry in VARIANT_FORMATS} - WRITTEN_BY_US
