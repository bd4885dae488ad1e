"""What is read of each program's file of variants, as the manual (docs/formats.md) tells it; one entry a reader."""

from __future__ import annotations

from dataclasses import dataclass

from refractor.variants.files.callers import SIGNS, Flavour, Signs
from refractor.variants.files.maf_columns import OPTIONAL, PLACE
from refractor.variants.files.maf_observation import MAF_ORIGIN


@dataclass(frozen=True, slots=True)
class VariantFormat:
    """One program's file: `program` with the versions that write these fields by their own documentation, what it is
    `told_by`, the fields `used`, and what of it is `refused` or counts as nothing, with the reason."""

    name: str
    program: str
    used: str
    refused: str = ""
    told_by: str = ""


_ANY = "AD; else DP with AF, VAF, FREQ, FA or VF"
_AD = "FORMAT AD and DP; fraction = AD of the allele / sum of AD"
_NO_INDELS = "its silence says nothing of indels"

VARIANT_FORMATS: tuple[VariantFormat, ...] = (
    VariantFormat(Flavour.MUTECT2, "Mutect2 (GATK 4.0 to 4.6)", f"{_AD}; AS_FilterStatus; PGT, PID, PS",
                  "calls before FilterMutectCalls (filtering_status, or FILTER empty throughout): candidates"),
    VariantFormat(Flavour.DRAGEN, "DRAGEN 3.9 to 4.3 somatic", f"{_AD}; SQ", "its germline calls (GQ and PL without SQ)"),
    VariantFormat(Flavour.TNSCOPE, "Sentieon TNscope, TNhaplotyper2", _AD),
    VariantFormat(Flavour.SAGE, "SAGE 2.8 to 4, PURPLE's somatic.vcf", f"{_AD}; TIER, PURPLE_AF"),
    VariantFormat(Flavour.STRELKA2, "Strelka 2.8 to 2.9 somatic", "AU CU GU TU; TAR TIR, first tier; SomaticEVS",
                  "of its two files that of indels says nothing of substitutions and the other way round: join them"),
    VariantFormat(Flavour.VARSCAN2, "VarScan 2.3 to 2.4 somatic", "RD, AD; FREQ where they are missing; SS",
                  "mpileup2cns, which calls one sample"),
    VariantFormat(Flavour.MUSE, "MuSE 1.0rc and 2.0", _AD, _NO_INDELS),
    VariantFormat(Flavour.LOFREQ, "LoFreq 2.1 somatic", "INFO DP4, DP, AF",
                  "run without --call-indels " + _NO_INDELS),
    VariantFormat(Flavour.VARDICT, "VarDict 1.5 to 1.8 (paired)", f"{_AD}; VD; STATUS"),
    VariantFormat(Flavour.FREEBAYES, "FreeBayes 1.3, Ion Torrent", "RO and AO, FRO and FAO"),
    VariantFormat(Flavour.SOMATIC_SNIPER, "SomaticSniper 1.0", "BCOUNT, DP4; SS", _NO_INDELS),
    VariantFormat(Flavour.CAVEMAN, "CaVEMan 1.0 to 1.1x", "FAZ FCZ FGZ FTZ RAZ RCZ RGZ RTZ; of old versions AA CA GA TA", _NO_INDELS),
    VariantFormat(Flavour.PINDEL, "cgpPindel 3", "PU NU PR NR", "its silence says nothing of substitutions"),
    VariantFormat(Flavour.DEEPSOMATIC, "DeepSomatic 1.6 to 1.10", f"{_AD}, VAF", "DeepVariant, which calls the germline"),
    VariantFormat(Flavour.CLAIRS, "ClairS 0.1 to 0.4, ClairS-TO", f"AU CU GU TU of both; {_AD}; AF"),
    VariantFormat(Flavour.OCTOPUS, "Octopus 0.7", "SOMATIC; AD where it was asked for, else no counts: what it finds counts, without a fraction",
                  "records without SOMATIC: inherited"),
    VariantFormat(Flavour.PCGR, "pcgr 1 and 2 (input and output), umccrise", "INFO TDP, TVAF; TUMOR_DP, TUMOR_AF; FORMAT ADT where it agrees with them"),
    VariantFormat(Flavour.REFRACTOR, "this workflow", _AD),
    VariantFormat(Flavour.GENERIC, "any other, also merged files", _ANY,
                  "germline callers: HaplotypeCaller, DeepVariant, bcftools call, Platypus, Clair3 and alike",
                  told_by="none of the signs of the others"),
    VariantFormat(
        MAF_ORIGIN,
        "MAF (GDC, vcf2maf, Oncotator, Funcotator), cBioPortal, DepMap, PDXFinder, ICGC, ANNOVAR, TruSight Oncology 500, reports of panels",
        "t_ref_count, t_alt_count, t_depth or a fraction; FILTER, Mutation_Status, Validation_Status",
        "two builds in NCBI_Build; reads of reference and variant exchanged; a cell over the panel that cannot be",
        told_by=f"{', '.join(PLACE)}; or {OPTIONAL['Hugo_Symbol'][0]} with {OPTIONAL['HGVSp_Short'][0]} and no place",
    ),
)  # fmt: skip
"""Every program that is told from its file, in the order of callers.Flavour, and tables."""

JUNCTION_FORMATS: tuple[VariantFormat, ...] = (
    VariantFormat("Manta", "Manta 1.6 somaticSV, tumorSV", "PR, SR", "candidateSV, diploidSV"),
    VariantFormat("GRIDSS, ESVEE", "GRIDSS 2.13, GRIPSS, ESVEE 1, PURPLE's sv.vcf", "VF, REF, REFPAIR; PURPLE_JCN"),
    VariantFormat("Delly", "Delly 0.9 to 1.7", "DR DV RR RV; CT, CHR2, POS2"),
    VariantFormat("SvABA", "SvABA 1.1", "AD, DP (its SR and DR count the junction's reads)"),
    VariantFormat("Sniffles, Severus, nanomonsv", "Sniffles 2, Severus 1, nanomonsv 0.7", "DR DV; TR VR"),
    VariantFormat("SVIM, pbsv, SAVANA", "SVIM 2, pbsv, SAVANA 1", "AD of both alleles; INFO TUMOUR_READ_SUPPORT, NORMAL_READ_SUPPORT"),
    VariantFormat("LUMPY, BRASS", "LUMPY 0.3 with svtyper or without, BRASS", "RO AO; SU; RC"),
    VariantFormat("LINX", "LINX 1.16 to 2", "linx.breakend.tsv and linx.svs.tsv beside the VCF"),
    VariantFormat("any other", "breakends with or without a mate; DEL DUP INV INS with END or SVLEN", "AF",
                  "stretches of changed depth (CNVkit, Canvas, DRAGEN's cnv.vcf, SVCLAIM D); fusions of RNA (Arriba, STAR-Fusion)"),
)  # fmt: skip
"""Callers of structural variants whose counts are known."""

REFUSED: tuple[tuple[str, str], ...] = (
    ("is damaged or half-written", "a compressed file that does not end as it must"),
    ("is truncated", "a bgzip file without its last block"),
    ("is not sorted", "records out of order: positions could be missed (structural variants may come in any order)"),
    ("its contig lengths are of neither", "another assembly: T2T-CHM13, hg18, mouse"),
    ("reference alleles of the panel differ", "reference alleles that do not fit the build"),
    ("is a germline VCF", "calls of the germline"),
    ("holds no small variant", "a file of structural variants or copies"),
    ("has no Tumor_Sample_Barcode", "a MAF of others, where no list says that the tumour was sequenced"),
    ("does not tell which of its sample columns is the tumour", "several columns: small_variants_sample has to be filled"),
    ("the allele fraction of", "fractions that are none, percentages without their sign where no reads are counted"),
    ("lies beyond chromosome", "a position after the end of its chromosome"),
)  # fmt: skip
"""Words of the errors, and what they are about; a test finds each in the readers."""


def told_by(entry: VariantFormat) -> str:
    """How a file of the program is told, from the signs that the reader looks for."""
    signs = [one for one in SIGNS if one.flavour == entry.name]
    return entry.told_by or "; or ".join(part for one in signs for part in _in_words(one))


def _in_words(signs: Signs) -> list[str]:
    parts = ["its source line"] if signs.source else []
    parts += [f"FORMAT {' '.join(sorted(fields))}" for fields in signs.formats]
    if signs.info:
        parts.append(f"INFO {' '.join(sorted(signs.info))}")
    if signs.filters:
        parts = [f"{part} and the filter {' '.join(sorted(signs.filters))}" for part in parts]
    return parts
