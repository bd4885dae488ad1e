"""The thresholds of the configuration: the groups `calling`, `copy_number` and `identity` of config.yaml."""

from __future__ import annotations

from dataclasses import dataclass

from refractor.settings.model import setting

_OURS = "our choice"
_PANELS = "PMC5995185"


@dataclass(frozen=True, slots=True)
class CallingSettings:
    """How small variants are called from reads, and what a wild-type statement needs."""

    min_alt_reads: int = setting(
        3,
        "Fragments that must show a variant before it counts; log_odds may ask for more, by the sample's own mistakes.",
        unit="fragments",
        source=f"{_OURS}; at 100x, 3 fragments or more show a VAF of 5 % in 88 % (binomial)",
        minimum=1,
        example=4,
    )
    hotspot_min_alt_reads: int = setting(
        2,
        "The same at hotspots and decisive codons where there is a matched normal; hotspot_log_odds may ask for more.",
        unit="fragments",
        source=f"{_OURS}; at 60x, 2 fragments or more show a VAF of 5 % in 81 % (binomial)",
        minimum=1,
        example=3,
    )
    wild_type_power: float = setting(
        0.95,
        "Probability of seeing a clonal heterozygous variant that must be reached before its absence is wild-type.",
        unit="probability, 0-1",
        source=f"{_OURS}, the customary 95 %",
        above=0,
        below=1,
        example=0.99,
    )
    assumed_purity: float = setting(
        0.2,
        "Purity assumed for that probability where it is unknown.",
        unit="share of tumour cells, 0-1",
        source="PURPLE warns of low purity below 0.2",
        above=0,
        maximum=1,
        example=0.3,
    )
    min_base_quality: int = setting(
        20,
        "Bases below this quality are not counted.",
        unit="Phred",
        source=f"{_OURS}, 1 error in 100",
        minimum=0,
        maximum=93,
        example=25,
    )
    min_mapping_quality: int = setting(
        20,
        "Reads below this mapping quality are not counted.",
        unit="Phred",
        source=f"{_OURS}, 1 misplaced read in 100",
        minimum=0,
        maximum=254,
        example=30,
    )
    normal_contamination: float = setting(
        0.1,
        "Share of tumour DNA that a normal may hold before a variant seen in it counts as germline.",
        unit="share, 0-1",
        source=_OURS,
        minimum=0,
        below=1,
        example=0.05,
    )
    low_vaf: float = setting(
        0.05,
        "Below this VAF a variant is flagged as low and does not count against eligibility.",
        unit="VAF, 0-1",
        source=f"customary limit of tissue panels, {_PANELS}",
        minimum=0,
        maximum=1,
        example=0.1,
    )
    report_vaf: float = setting(
        0.01,
        "Below this VAF a variant of the reads is not reported; outside hotspots min_vaf is needed besides.",
        unit="VAF, 0-1",
        source=f"lowest limit in use without molecular barcodes, {_PANELS}",
        minimum=0,
        maximum=1,
        at_most="low_vaf",
        example=0.02,
    )
    min_vaf: float = setting(
        0.02,
        "Below this VAF a variant of the reads is not reported outside hotspots and decisive codons.",
        unit="VAF, 0-1",
        source=f"{_OURS}, set on simulated genomes (benchmarks/variants.py)",
        minimum=0,
        maximum=1,
        example=0.03,
    )
    log_odds: float = setting(
        5.5,
        "Odds of a variant of the reads against sequencing mistakes that must be reached.",
        unit="log10",
        source=f"{_OURS}, set on simulated genomes (benchmarks/variants.py)",
        minimum=0,
        example=6.0,
    )
    hotspot_log_odds: float = setting(
        2.5,
        "The same at hotspots and decisive codons, whose changes are a hundred times likelier than any other.",
        unit="log10",
        source=f"{_OURS}, set on simulated genomes (benchmarks/variants.py)",
        minimum=0,
        at_most="log_odds",
        example=3.0,
    )


@dataclass(frozen=True, slots=True)
class CopyNumberSettings:
    """When a gene is amplified, and when a tumour is too impure to say."""

    amplification_ratio: float = setting(
        3.0,
        "A gene is amplified above this many times the ploidy.",
        unit="copies over ploidy",
        source="PURPLE (hmftools, AmplificationDrivers)",
        above=1,
        maximum=50,
        example=2.4,
    )
    absolute_amplification: float = setting(
        6.0,
        "Copies from which a gene is amplified where the ploidy is unknown.",
        unit="copies",
        source="PRESSING-HER2, Clin Cancer Res 2024",
        above=2,
        example=5.0,
    )
    min_purity: float = setting(
        0.2,
        "Least purity at which copies are judged; below it a tumour is not_assessable.",
        unit="share of tumour cells, 0-1",
        source="PURPLE warns of low purity below 0.2",
        minimum=0,
        maximum=1,
        example=0.15,
    )
    certainty: float = setting(
        0.95,
        "Probability of amplification from which a gene is called amplified, and below 1 minus which it is called "
        "not amplified; between the two it is not_assessable.",
        unit="probability, 0-1",
        source=f"{_OURS}, as a 95 % interval",
        minimum=0.5,
        below=1,
        example=0.9,
    )
    windows: int | None = setting(
        None,
        "Windows of about 1 kb that are read of each tumour and normal at first. Where the tumour is a CRAM, at most 4,500 of "
        "those spread over the genome, each as wide as the slice that is decoded for it.",
        unit="windows",
        when_empty="all shipped windows of the build",
        minimum=1000,
        example=20000,
    )
    second_look: bool = setting(
        True,
        "Whether all windows that can be read are read where the first answer is not sure: below `certainty` about purity and "
        "ploidy, a purity at `min_purity`, an open call of a panel gene within 15 % of the amplification threshold; and "
        "whether substitutions seen there in tumour and normal are weighed where several solutions are left. qc.tsv says what "
        "was read and what it changed.",
        source=_OURS,
        example=False,
    )


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """When two samples count as one person's, from the SNPs inside the windows.

    Samples of one person agree at 98 % and more, less what is contamination; parent and child at about 78 %,
    strangers at about 60 % (SNP frequency 0.4, Hardy-Weinberg).
    """

    min_sites: int = setting(
        50,
        "SNPs that both samples must show before they are compared.",
        unit="SNPs",
        source=_OURS,
        minimum=1,
        example=100,
    )
    same_person_concordance: float = setting(
        0.9,
        "Concordance from which two samples are one person's: how well reads of the one fit the SNPs that are "
        "homozygous in the other.",
        unit="share, 0-1",
        source=_OURS,
        minimum=0,
        maximum=1,
        example=0.85,
    )
    different_person_concordance: float = setting(
        0.8,
        "Concordance below which they are not; between the two limits no verdict is given.",
        unit="share, 0-1",
        source=_OURS,
        minimum=0,
        maximum=1,
        at_most="same_person_concordance",
        example=0.75,
    )
    contamination: float = setting(
        0.03,
        "Share of foreign DNA from which qc.tsv warns: germline alleles then look like subclonal variants.",
        unit="share, 0-1",
        source=_OURS,
        minimum=0,
        maximum=1,
        example=0.02,
    )


CALLING, COPY_NUMBER, IDENTITY = CallingSettings(), CopyNumberSettings(), IdentitySettings()
"""The groups with every default; where another dataclass or function has the same setting, it takes it from here."""
