"""One hand-written file of each program: headers and fields as the programs document them, few records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from refractor.errors import VariantFileError
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import Panel, load_panel
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.variants.files.opened import open_variants
from refractor.variants.files.reader_settings import ReaderSettings
from refractor.variants.files.small_variants import read_small_variants
from refractor.variants.observation import Observation, SmallVariants, Unread

V600E = Variant("7", 140_753_335, "A", "T")
G12D = Variant("12", 25_245_349, "C", "T")
G12V = Variant("12", 25_245_349, "C", "A")
CONTIGS = [
    f"##contig=<ID=chr{name},length={length}>"
    for name, length in CONTIG_LENGTHS[GenomeBuild.GRCH38].items()
    if name != "MT"
]


@pytest.fixture(scope="module")
def panel() -> Panel:
    return load_panel(GenomeBuild.GRCH38)


@pytest.fixture(scope="module")
def reference() -> Iterator[Reference]:
    with Reference(None, GenomeBuild.GRCH38) as opened:
        yield opened


Read = Callable[..., SmallVariants]


@pytest.fixture
def read(panel: Panel, reference: Reference, tmp_path: Path) -> Read:
    """Write a VCF of header lines, sample names and rows (columns split by blanks), and read it."""

    def write_and_read(
        header: list[str],
        samples: list[str],
        rows: list[str],
        *,
        sample: str = "P1",
        named: str | None = None,
    ) -> SmallVariants:
        columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
        columns += ["FORMAT", *samples] if samples else []
        lines = ["##fileformat=VCFv4.2", *header, *CONTIGS, "\t".join(columns)]
        lines += ["\t".join(row.split()) for row in rows]
        path = tmp_path / "in.vcf"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read_small_variants(
            open_variants(path), sample=sample, named_sample=named, panel=panel, reference=reference
        )

    return write_and_read


def fields(*declared: str) -> list[str]:
    """`FORMAT AD R Integer` and the like as header lines."""
    lines = []
    for text in declared:
        kind, name, number, value = text.split()
        lines.append(f'##{kind}=<ID={name},Number={number},Type={value},Description="x">')
    return lines


def only(result: SmallVariants) -> Observation:
    assert len(result.observations) == 1
    return result.observations[0]


GT = "FORMAT GT 1 String"
AD = "FORMAT AD R Integer"
DP = "FORMAT DP 1 Integer"
MUTECT2 = [
    '##GATKCommandLine=<ID=Mutect2,CommandLine="Mutect2 --normal-sample P1N">',
    "##MutectVersion=2.2",
    "##normal_sample=P1N",
    "##tumor_sample=P1T",
    "##source=Mutect2",
    *fields(
        GT, AD, DP, "FORMAT AF A Float", "FORMAT PGT 1 String", "FORMAT PID 1 String", "FORMAT PS 1 Integer"
    ),
    *fields("INFO TLOD A Float", "INFO POPAF A Float"),
]


def test_mutect2_with_the_tumour_named_by_the_header(read: Read) -> None:
    row = "chr7 140753336 . A T . weak_evidence;base_qual TLOD=9.1;POPAF=7.3 GT:AD:AF:DP 0/0:40,0:0.02:40 0/1:69,31:0.305:103"
    result = read(MUTECT2, ["P1N", "P1T"], [row])
    assert (result.flavour, result.tumor_column) == ("mutect2", "P1T")
    # depth is the larger DP; fraction 31 / (69 + 31), not the caller's shrunken AF
    assert only(result) == Observation(
        variant=V600E,
        depth=103,
        ref_reads=69,
        alt_reads=31,
        vaf=0.31,
        normal_depth=40,
        normal_alt_reads=0,
        filters=("weak_evidence", "base_qual"),
        origin="mutect2",
    )


def test_mutect2_with_the_columns_the_other_way_round(read: Read) -> None:
    row = "chr7 140753336 . A T . PASS TLOD=9.1 GT:AD:AF:DP 0/1:70,30:0.3:100 0/0:40,0:0.02:40"
    observation = only(read(MUTECT2, ["P1T", "P1N"], [row]))
    assert (observation.alt_reads, observation.normal_depth, observation.filters) == (30, 40, ())


def test_a_multi_allelic_site_is_split_with_its_own_reads(read: Read) -> None:
    row = "chr12 25245350 . C T,A . multiallelic TLOD=9.1,3.2 GT:AD:AF:DP 0/0:50,0,0:0.01,0.01:50 0/1/2:70,20,10:0.2,0.1:100"
    first, second = read(MUTECT2, ["P1N", "P1T"], [row]).observations
    assert (first.variant, first.alt_reads, first.vaf) == (G12V, 10, 0.1)
    assert (second.variant, second.alt_reads, second.vaf) == (G12D, 20, 0.2)
    assert first.ref_reads == second.ref_reads == 70
    assert first.filters == second.filters == ()  # several alleles of one codon are no sign of an artefact
    assert all("marked multiallelic by its caller" in note for note in (*first.notes[:1], *second.notes[:1]))


def test_population_frequency_and_germline_filter_mark_what_is_inherited(read: Read) -> None:
    # 17:39727784? any non-hotspot coding base will do: BRAF codon 590, first base
    gene = load_panel(GenomeBuild.GRCH38).genes["BRAF"]
    place = gene.codon_positions(590)[0]
    with Reference(None, GenomeBuild.GRCH38) as opened:
        ref = opened.fetch("7", place, place + 1)
    alt = "ACGT".replace(ref, "")[0]
    call = "GT:AD:AF:DP 0/0:40,0:0.02:40 0/1:50,50:0.5:100"
    common = read(MUTECT2, ["P1N", "P1T"], [f"chr7 {place + 1} . {ref} {alt} . PASS TLOD=9;POPAF=1.0 {call}"])
    assert only(common).germline_likely  # 10 ** -1.0 = 10 %
    rare = read(MUTECT2, ["P1N", "P1T"], [f"chr7 {place + 1} . {ref} {alt} . PASS TLOD=9;POPAF=3.0 {call}"])
    assert not only(rare).germline_likely
    named = read(
        MUTECT2, ["P1N", "P1T"], [f"chr7 {place + 1} . {ref} {alt} . germline TLOD=9;POPAF=3.0 {call}"]
    )
    assert only(named).germline_likely
    in_normal = f"chr7 {place + 1} . {ref} {alt} . PASS TLOD=9 GT:AD:AF:DP 0/1:20,20:0.5:40 0/1:50,50:0.5:100"
    assert only(read(MUTECT2, ["P1N", "P1T"], [in_normal])).germline_likely
    # 5 of 100 reads of the normal are tumour cells in it, not an inherited allele
    contaminated = in_normal.replace("0/1:20,20:0.5:40", "0/0:95,5:0.05:100")
    assert not only(read(MUTECT2, ["P1N", "P1T"], [contaminated])).germline_likely


@pytest.mark.parametrize(
    ("in_normal", "germline", "filters"),
    [
        ("0/0:38,2:0.05:40", False, ()),
        # P(X <= 10 | 40, 0.45) = 0.008: tumour cells in the normal or a mosaic, so neither somatic nor inherited
        ("0/1:30,10:0.25:40", False, ("in_normal",)),
        ("0/1:22,18:0.45:40", True, ()),
    ],
)
def test_what_the_normal_shows_of_a_hotspot(
    read: Read, in_normal: str, germline: bool, filters: tuple[str, ...]
) -> None:
    row = f"chr7 140753336 . A T . PASS TLOD=99 GT:AD:AF:DP {in_normal} 0/1:20,80:0.8:100"
    found = only(read(MUTECT2, ["P1N", "P1T"], [row]))
    assert (found.germline_likely, found.filters) == (germline, filters)


def test_tumor_cells_measured_in_the_normal_excuse_what_a_file_counts_there() -> None:
    """Half of the tumour's VAF: 0.3 of 0.6 is explained, 0.4 is not."""
    settings = ReaderSettings(share_in_normal=0.5)
    assert settings.by_normal(12, 0.29, tumor_vaf=0.6, is_hotspot=False) == (False, ())
    assert settings.by_normal(16, 0.40, tumor_vaf=0.6, is_hotspot=False) == (True, ())
    assert ReaderSettings().by_normal(12, 0.29, tumor_vaf=0.6, is_hotspot=False) == (True, ())


def test_a_hotspot_is_never_dropped_for_an_upstream_word(read: Read) -> None:
    row = "chr7 140753336 . A T . germline;panel_of_normals TLOD=9;POPAF=0.5 GT:AD:AF:DP 0/0:40,1:0.02:41 0/0:97,3:0.03:100"
    observation = only(read(MUTECT2, ["P1N", "P1T"], [row]))
    assert observation.filters == ("germline", "panel_of_normals", "tumor_genotype_reference")
    assert not observation.germline_likely


STRELKA = [
    "##source=strelka",
    "##content=strelka somatic snv calls",
    *fields(
        DP, *(f"FORMAT {base}U 2 Integer" for base in "ACGT"), "FORMAT TAR 2 Integer", "FORMAT TIR 2 Integer"
    ),
    *fields("INFO QSS_NT 1 Integer", "INFO NT 1 String", "INFO SOMATIC 0 Flag"),
]


def test_strelka2_counts_the_first_tier(read: Read) -> None:
    rows = [
        # tumour: A 80 and T 20 in tier 1; depth 105 includes filtered reads
        "chr7 140753336 . A T . LowEVS SOMATIC;QSS_NT=40;NT=ref DP:AU:CU:GU:TU 50:50,52:0,0:0,0:0,0 105:80,84:0,0:0,0:20,21",
        # indel: 60 against, 20 for: 0.25
        "chr17 39724729 . G GCATACGTGATG . PASS SOMATIC;NT=ref DP:TAR:TIR 40:40,41:0,0 85:60,61:20,22",
    ]
    with Reference(None, GenomeBuild.GRCH38) as opened:
        base = opened.fetch("17", 39_724_728, 39_724_729)
    rows[1] = rows[1].replace(". G GCAT", f". {base} {base}CAT")
    result = read(STRELKA, ["NORMAL", "TUMOR"], rows)
    assert result.flavour == "strelka2"
    snv, indel = result.observations
    assert (snv.variant, snv.depth, snv.ref_reads, snv.alt_reads, snv.vaf) == (V600E, 105, 80, 20, 0.2)
    assert (snv.normal_depth, snv.normal_alt_reads, snv.filters) == (50, 0, ("LowEVS",))
    assert (indel.variant.kind, indel.ref_reads, indel.alt_reads, indel.vaf) == ("insertion", 60, 20, 0.25)


def test_sage_without_genotypes_and_with_its_phase(read: Read) -> None:
    header = [
        "##sageVersion=3.4",
        "##purpleVersion=4.0",
        *fields(GT, AD, DP, "FORMAT AF 1 Float", "FORMAT RC_CNT 6 Integer", "FORMAT RC_QUAL 6 Integer"),
        *fields("INFO TIER 1 String", "INFO LPS . Integer", "INFO HOTSPOT 0 Flag"),
    ]
    rows = [
        # G12 by two records of one codon: 25245350 C>A (GGT>GTT) and 25245351 C>A (GGT>TGT): together TTT, G12F
        "chr12 25245350 . C A 200 PASS TIER=HOTSPOT;LPS=7 GT:AD:AF:DP ./.:30,0:0:30 ./.:60,40:0.4:100",
        "chr12 25245351 . C A 200 PASS TIER=HOTSPOT;LPS=7 GT:AD:AF:DP ./.:30,0:0:30 ./.:60,40:0.4:100",
    ]
    result = read(header, ["P1R", "P1"], rows)
    assert (result.flavour, result.tumor_column) == ("sage", "P1")
    g12f = only(result)
    assert str(g12f.variant) == "12:25245350 CC>AA"
    assert (g12f.alt_reads, g12f.normal_depth, g12f.quality) == (40, 30, 200.0)
    assert g12f.notes == (
        "12:25245350 C>A and 12:25245351 C>A are one allele by the caller's phasing (LPS 7)",
    )


def test_dragen(read: Read) -> None:
    header = [
        '##DRAGENVersion=<ID=dragen,Version="SW: 07.021">',
        '##DRAGENCommandLine=<ID=dragen,CommandLineOptions="--RGSM-tumor T9 --RGSM N9">',
        *fields(
            GT,
            AD,
            DP,
            "FORMAT AF A Float",
            "FORMAT SQ 1 Float",
            "FORMAT F1R2 R Integer",
            "FORMAT F2R1 R Integer",
        ),
        *fields("INFO GermlineStatus 1 String"),
    ]
    row = "chr7 140753336 . A T . PASS . GT:SQ:AD:AF:F1R2:F2R1:DP 0/0:.:40,0:0:20,0:20,0:40 0/1:60.1:75,25:0.25:40,12:35,13:100"
    result = read(header, ["N9", "T9"], [row])
    assert (result.flavour, result.tumor_column) == ("dragen", "T9")
    assert (only(result).vaf, only(result).normal_depth) == (0.25, 40)


def test_varscan2_reads_its_percentages(read: Read) -> None:
    header = [
        "##source=VarScan2",
        *fields(
            GT,
            DP,
            "FORMAT RD 1 Integer",
            "FORMAT AD 1 Integer",
            "FORMAT FREQ 1 String",
            "FORMAT DP4 1 String",
        ),
        *fields("INFO SS 1 String", "INFO SOMATIC 0 Flag"),
    ]
    rows = [
        "chr7 140753336 . A T . PASS SOMATIC;SS=2 GT:DP:RD:AD:FREQ:DP4 0/0:50:50:0:0%:25,25,0,0 0/1:101:75:25:25%:40,35,13,12",
        "chr12 25245350 . C T . PASS SS=2 GT:DP:FREQ 0/0:50:0% 0/1:200:11.5%",
    ]
    result = read(header, ["NORMAL", "TUMOR"], rows)
    assert result.flavour == "varscan2"
    full, bare = result.observations
    assert (full.depth, full.ref_reads, full.alt_reads, full.vaf) == (101, 75, 25, 0.25)
    # 11.5 % of 200 reads are 23
    assert (bare.depth, bare.ref_reads, bare.alt_reads, bare.vaf) == (200, None, 23, pytest.approx(0.115))


def test_muse(read: Read) -> None:
    header = [
        '##MuSE_version="v2.0"',
        "##source=MuSE",
        *fields(GT, DP, AD, "FORMAT BQ . Integer", "FORMAT SS 1 Integer"),
        *fields("INFO SOMATIC 0 Flag"),
    ]
    row = "chr7 140753336 . A T . Tier1 SOMATIC GT:DP:AD:BQ:SS 0/1:100:80,20:30,31:2 0/0:60:60,0:30:."
    result = read(header, ["TUMOR", "NORMAL"], [row])
    assert (result.flavour, only(result).alt_reads, only(result).filters) == ("muse", 20, ())
    assert only(result).normal_depth == 60


def test_lofreq_without_sample_columns(read: Read) -> None:
    header = [
        "##source=lofreq somatic -t P1.bam",
        *fields("INFO DP 1 Integer", "INFO AF 1 Float", "INFO DP4 4 Integer", "INFO SB 1 Integer"),
    ]
    rows = [
        "chr7 140753336 . A T 800 PASS DP=101;AF=0.25;SB=0;DP4=40,35,13,12",
        "chr12 25245350 . C T 90 PASS DP=200;AF=0.05",
    ]
    result = read(header, [], rows)
    assert (result.flavour, result.tumor_column) == ("lofreq", "")
    snv, second = result.observations
    assert (snv.depth, snv.ref_reads, snv.alt_reads, snv.vaf, snv.quality) == (101, 75, 25, 0.25, 800.0)
    assert (second.depth, second.alt_reads, second.vaf) == (200, 10, pytest.approx(0.05))


def test_freebayes(read: Read) -> None:
    header = [
        "##source=freeBayes v1.3.6",
        *fields(
            GT,
            DP,
            AD,
            "FORMAT RO 1 Integer",
            "FORMAT AO A Integer",
            "FORMAT QR 1 Integer",
            "FORMAT QA A Integer",
        ),
    ]
    rows = [
        "chr12 25245350 . C T,A 50 . . GT:DP:RO:QR:AO:QA 0/1/2:100:70:2000:20,10:500,200",
        # one haplotype record of two adjacent bases: BRAF V600K
        "chr7 140753336 . AC TT 50 . . GT:DP:RO:QR:AO:QA 0/1:50:40:1000:10:300",
    ]
    result = read(header, ["P1"], sorted(rows, key=lambda row: "chr12" in row))
    assert result.flavour == "freebayes"
    v600k, g12v, g12d = sorted(result.observations, key=lambda o: ("7", "12").index(o.variant.chromosome))
    assert (g12d.variant, g12d.alt_reads, g12d.vaf, g12d.filters) == (G12D, 20, 0.2, ())
    assert (g12v.variant, g12v.alt_reads, g12v.vaf) == (G12V, 10, 0.1)
    assert (v600k.variant, v600k.variant.kind) == (Variant("7", 140_753_335, "AC", "TT"), "mnv")


def test_tnscope_tells_its_tumour_on_the_command_line(read: Read) -> None:
    header = [
        '##SentieonCommandLine.TNscope=<ID=TNscope,CommandLine="driver --algo TNscope --tumor_sample T9 --normal_sample N9 o.vcf">',
        *fields(GT, AD, "FORMAT AF A Float", "FORMAT AFDP 1 Integer"),
        *fields("INFO TLOD A Float", "INFO NLOD A Float"),
    ]
    row = "chr7 140753336 . A T . t_lod_fstar TLOD=5;NLOD=9 GT:AD:AF:AFDP 0/1:75,25:0.25:100 0/0:40,0:0:40"
    result = read(header, ["T9", "N9"], [row])
    assert (result.flavour, result.tumor_column, only(result).depth) == ("tnscope", "T9", 100)


def test_vardict_somatic_status(read: Read) -> None:
    header = [
        "##source=VarDict_v1.8.3",
        *fields(
            GT,
            AD,
            DP,
            "FORMAT VD 1 Integer",
            "FORMAT ALD 2 Integer",
            "FORMAT RD 2 Integer",
            "FORMAT AF A Float",
        ),
        *fields("INFO STATUS 1 String"),
    ]
    call = "GT:DP:VD:ALD:RD:AD:AF 0/1:100:25:13,12:40,35:75,25:0.25 0/0:40:0:0,0:20,20:40,0:0"
    row = f"chr7 140753336 . A T 90 PASS STATUS=StrongSomatic {call}"
    result = read(header, ["P1", "P1N"], [row])
    assert (result.flavour, only(result).alt_reads, only(result).germline_likely) == ("vardict", 25, False)


def test_somatic_sniper_caveman_pindel_and_platypus_counts(read: Read) -> None:
    sniper = [
        "##source=somaticsniper",
        *fields(GT, DP, "FORMAT BCOUNT 4 Integer", "FORMAT SSC 1 Integer", "FORMAT SS 1 Integer"),
    ]
    row = "chr7 140753336 . A T . . . GT:DP:BCOUNT:SSC:SS 0/0:40:40,0,0,0:0:0 0/1:100:75,0,0,25:90:2"
    result = read(sniper, ["NORMAL", "TUMOR"], [row])
    assert (result.flavour, only(result).ref_reads, only(result).alt_reads) == ("somaticsniper", 75, 25)
    strands = [f"FORMAT {strand}{base}Z 1 Integer" for strand in "FR" for base in "ACGT"]
    caveman = [
        "##cavemanVersion=1.15.1",
        "##SAMPLE=<ID=TUMOUR,SampleName=P1>",
        *fields(GT, *strands, "FORMAT PM 1 Float"),
    ]
    row = "chr7 140753336 . A T . PASS . GT:FAZ:FCZ:FGZ:FTZ:RAZ:RCZ:RGZ:RTZ:PM 0|0:20:0:0:0:20:0:0:0:0 0|1:40:0:0:13:35:0:0:12:0.25"
    result = read(caveman, ["NORMAL", "TUMOUR"], [row])
    assert (result.flavour, only(result).ref_reads, only(result).alt_reads, only(result).vaf) == (
        "caveman",
        75,
        25,
        0.25,
    )
    pindel = fields(GT, *(f"FORMAT {tag} 1 Integer" for tag in ("PU", "NU", "PR", "NR")))
    row = "chr7 140753336 . A T . PASS . GT:PU:NU:PR:NR 0/0:0:0:20:20 0/1:13:12:50:50"
    result = read(pindel, ["NORMAL", "TUMOUR"], [row])
    assert (result.flavour, only(result).depth, only(result).alt_reads) == ("pindel", 100, 25)
    platypus = fields(GT, "FORMAT NR A Integer", "FORMAT NV A Integer")
    row = "chr7 140753336 . A T . PASS . GT:NR:NV 0/1:100:25"
    result = read(platypus, ["P1"], [row])
    assert (result.flavour, only(result).depth, only(result).vaf) == ("generic", 100, 0.25)


PCGR = fields(
    GT, "FORMAT DPT 1 Integer", "FORMAT DPC 1 Integer", "FORMAT ADT . String", "FORMAT ADC . String",
    "INFO TDP . Integer", "INFO TVAF . Float", "INFO CDP . Integer", "INFO CVAF . Float",
)  # fmt: skip


def test_pcgr_with_a_merged_column(read: Read) -> None:
    row = "chr7 140753336 . A T . PASS TVAF=0.314814814815;TDP=54 GT:DPC:DPT:ADC:ADT 0/1:133:54:.,.:37,17"
    result = read(PCGR, ["P1T_P1N"], [row])
    assert (result.flavour, result.tumor_column) == ("pcgr", "P1T_P1N")
    assert only(result).vaf == pytest.approx(17 / 54)
    assert (only(result).depth, only(result).alt_reads, only(result).normal_depth) == (54, 17, 133)


def test_pcgr_with_depth_and_fraction_in_info_only(read: Read) -> None:
    row = "chr7 140753336 . A T . PASS TVAF=0.31;TDP=100;CDP=40;CVAF=0.0"
    observation = only(read(PCGR, [], [row]))
    assert (observation.depth, observation.alt_reads, observation.vaf) == (100, 31, pytest.approx(0.31))
    assert (observation.normal_depth, observation.normal_alt_reads) == (40, 0)


def test_a_file_that_contradicts_itself_is_noted(read: Read) -> None:
    row = "chr7 140753336 . A T . PASS TVAF=1.0;TDP=54 GT:DPC:DPT:ADC:ADT 1/1:133:54:.,.:54,0"
    observation = only(read(PCGR, ["P1T_P1N"], [row]))
    assert observation.vaf == 1.0
    assert observation.notes[0].startswith("the file contradicts itself: 0 variant reads of 54 in FORMAT")


def test_annotations_of_vep_and_snpeff_do_not_disturb(read: Read) -> None:
    header = [
        *MUTECT2,
        *fields("INFO CSQ . String", "INFO ANN . String"),
        '##VEP="v110" assembly="GRCh38.p14"',
        '##SnpEffVersion="5.1"',
    ]
    info = "TLOD=9;CSQ=T|missense_variant|MODERATE|BRAF|p.Val600Glu,T|x;ANN=T|missense_variant|BRAF|c.1799T>A"
    row = f"chr7 140753336 . A T . PASS {info} GT:AD:AF:DP 0/0:40,0:0.02:40 0/1:69,31:0.3:100"
    assert (only(read(header, ["P1N", "P1T"], [row])).variant, 31) == (V600E, 31)


def test_plain_depths_with_a_single_column_of_another_name(read: Read) -> None:
    row = "chr7 140753336 rs113488022 A T 50 . . GT:AD:DP 0/1:75,25:100"
    result = read(fields(GT, AD, DP), ["some_tumour"], [row])
    assert (result.flavour, only(result).vaf) == ("generic", 0.25)
    assert "column some_tumour taken as the tumour: the only sample column" in result.notes


def test_symbolic_and_spanning_alleles_are_left_out_but_their_reads_count(read: Read) -> None:
    rows = [
        "chr7 140753336 . A T,<NON_REF>,* . PASS . GT:AD:DP 0/1:60,20,0,20:100",
        "chr7 140753400 . A <DEL> . PASS . GT:AD:DP 0/1:60,20:80",
        "chr7 140753401 . A A[chr8:100[ . PASS . GT:AD:DP 0/1:60,20:80",
    ]
    with Reference(None, GenomeBuild.GRCH38) as opened:
        for index, place in ((1, 140_753_399), (2, 140_753_400)):
            rows[index] = rows[index].replace(" A ", f" {opened.fetch('7', place, place + 1)} ")
    result = read(fields(GT, AD, DP), ["P1"], rows)
    assert (only(result).variant, only(result).vaf) == (V600E, 0.2)  # 20 of 60 + 20 + 0 + 20
    assert any("3 symbolic" in note or "symbolic, spanning" in note for note in result.notes)


def test_reference_blocks_of_a_gvcf_are_callable_with_their_least_depth(read: Read) -> None:
    header = [
        *fields(GT, DP, AD, "FORMAT MIN_DP 1 Integer", "INFO END 1 Integer"),
        "##source=Mutect2",
        *fields("INFO TLOD A Float"),
    ]
    rows = [
        "chr7 140753300 . A <NON_REF> . . END=140753335 GT:DP:MIN_DP 0/0:90:70",
        "chr7 140753336 . A T,<NON_REF> . . TLOD=90,-1 GT:AD:DP 0/1:75,25,0:100",
        "chr7 140753337 . C <NON_REF> . . END=140753390 GT:DP:MIN_DP 0/0:80:60",
        "chr7 140753391 . T <NON_REF> . . END=140753392 GT:DP:MIN_DP ./.:30:20",
        "chr7 140753393 . T <NON_REF> . LowQ END=140753394 GT:DP:MIN_DP 0/0:30:20",
        "chr7 140753395 . T <NON_REF> . . END=140753395 GT:DP:MIN_DP 0/0:0:0",
    ]
    result = read(header, ["P1"], rows)
    assert only(result).variant == V600E
    assert [(block.start, block.end, block.depth) for block in result.callable_blocks] == [
        (140_753_299, 140_753_335, 70),
        (140_753_336, 140_753_390, 60),
    ]


def test_genotypes_not_called_and_depths_missing(read: Read) -> None:
    rows = [
        "chr7 140753336 . A T . PASS . GT:AD:DP ./.:.:.",
        "chr12 25245350 . C T . PASS . GT:AD:DP ./.:.,.:80",
    ]
    result = read(fields(GT, AD, DP), ["P1"], rows)
    silent, depth_only = result.observations
    assert (silent.variant, silent.depth, silent.alt_reads, silent.vaf) == (V600E, None, None, None)
    assert (depth_only.variant, depth_only.depth, depth_only.alt_reads) == (G12D, 80, None)
    assert "2 variants have neither read counts nor an allele fraction" in result.notes


def test_one_tumour_of_several_has_only_its_own_variants(read: Read) -> None:
    rows = [
        "chr7 140753336 . A T . PASS . GT:AD:DP 0/1:75,25:100 0/0:100,0:100",
        "chr12 25245350 . C T . PASS . GT:AD:DP 0/0:100,0:100 0/1:75,25:100",
    ]
    header = fields(GT, AD, DP)
    assert only(read(header, ["P1", "P2"], rows, sample="P1")).variant == V600E
    assert only(read(header, ["P1", "P2"], rows, sample="P2")).variant == G12D
    assert only(read(header, ["T_one", "T_two"], rows, named="T_two")).variant == G12D


def test_an_allele_without_a_read_in_the_tumour_is_not_observed(read: Read) -> None:
    rows = ["chr7 140753336 . A T . PASS . AD:DP 100,0:100", "chr12 25245350 . C T . PASS . AD:DP 99,1:100"]
    result = read(fields(AD, DP), ["P1"], rows)
    assert only(result).variant == G12D
    assert any("1 without a read in the tumour" in note for note in result.notes)


def test_an_ambiguous_tumour_column_is_refused_with_the_cell_to_fill(read: Read) -> None:
    row = "chr7 140753336 . A T . PASS . GT:AD:DP 0/1:75,25:100 0/0:100,0:100"
    with pytest.raises(VariantFileError) as caught:
        read(fields(GT, AD, DP), ["first", "second"], [row])
    message = str(caught.value)
    assert "does not tell which of its sample columns is the tumour of sample P1" in message
    assert "small_variants_sample of samples.tsv; columns here: first, second" in message


@pytest.mark.parametrize(
    ("header", "samples", "sample", "named", "message"),
    [
        ([], ["a", "b"], "P1", "c", "has no sample column 'c'"),
        (["##normal_sample=P1"], ["P1", "T"], "P1", None, "calls the column 'P1' the normal"),
        ([], ["NORMAL"], "P1", None, "has a normal's column only"),
        (["##tumor_sample=a", "##tumor_sample=b"], ["a", "b", "n"], "P1", None, "does not tell which"),
    ],
)
def test_a_wrong_tumour_column_is_refused(
    read: Read, header: list[str], samples: list[str], sample: str, named: str | None, message: str
) -> None:
    row = "chr7 140753336 . A T . PASS . GT:AD:DP" + " 0/1:75,25:100" * len(samples)
    with pytest.raises(VariantFileError, match="small_variants_sample") as caught:
        read([*header, *fields(GT, AD, DP)], samples, [row], sample=sample, named=named)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "lines",
    [
        ["##PEDIGREE=<Derived=B9,Original=A9>"],
        ["##PEDIGREE=<ID=B9,Original=A9>"],
        ["##SAMPLE=<ID=B9,Genomes=Tumor>", "##SAMPLE=<ID=A9,Genomes=Germline>"],
        ['##SAMPLE=<ID=TUMOR,SampleName=B9,Description="x, y">'],
        ["##normal_sample=A9"],
    ],
)
def test_header_lines_tell_the_tumour(read: Read, lines: list[str]) -> None:
    row = "chr7 140753336 . A T . PASS . GT:AD:DP 0/0:100,0:100 0/1:75,25:100"
    result = read([*lines, *fields(GT, AD, DP)], ["A9", "B9"], [row])
    assert (result.tumor_column, only(result).alt_reads) == ("B9", 25)


def test_a_column_is_found_by_the_name_its_sample_line_gives(read: Read) -> None:
    row = "chr7 140753336 . A T . PASS . GT:AD:DP 0/0:100,0:100 0/1:75,25:100"
    header = ["##SAMPLE=<ID=s1,SampleName=P0>", "##SAMPLE=<ID=s2,SampleName=P1>", *fields(GT, AD, DP)]
    assert read(header, ["s1", "s2"], [row]).tumor_column == "s2"


def test_an_indel_is_left_aligned_and_found_once(read: Read) -> None:
    with Reference(None, GenomeBuild.GRCH38) as opened:
        place = load_panel(GenomeBuild.GRCH38).genes["ERBB2"].coding_position(2312)  # c.2313, A of GCA
        anchor = opened.fetch("17", place - 1, place)
        assert opened.fetch("17", place, place + 12) == "ATACGTGATGGC"
        behind = opened.fetch("17", place + 11, place + 12)
    rows = [
        # the duplication written behind the repeat, then in front of it
        f"chr17 {place} . {anchor} {anchor}ATACGTGATGGC . PASS . GT:AD:DP 0/1:75,25:100",
        f"chr17 {place + 12} . {behind} {behind}ATACGTGATGGC . LowQual . GT:AD:DP 0/1:75,20:100",
    ]
    result = read(fields(GT, AD, DP), ["P1"], rows)
    assert only(result).filters == ()
    assert only(result).alt_reads == 25
    assert any("1 the same allele a second time" in note for note in result.notes)


PASSED_25 = "chr7 140753336 . A T . PASS . GT:AD:DP 0/1:75,25:100"


@pytest.mark.parametrize(
    "lesser",
    [
        "chr7 140753336 . A T . LowQual . GT:AD:DP 0/1:60,40:100",  # more reads, but filtered
        "chr7 140753336 . A T . PASS . GT:AD:DP 0/1:76,24:100",  # fewer reads
        "chr7 140753336 . A T . PASS . GT:AD:DP 0/1:74,25:99",  # as many, of fewer
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_of_two_records_of_an_allele_the_better_one_is_kept(read: Read, lesser: str, first: bool) -> None:
    rows = [PASSED_25, lesser] if first else [lesser, PASSED_25]
    item = only(read(fields(GT, AD, DP), ["P1"], rows))
    assert (item.filters, item.alt_reads, item.depth) == ((), 25, 100)


@pytest.mark.parametrize(
    ("alt", "filters", "unread"),
    [
        ("<DEL>", "PASS", True),
        ("<DEL>", ".", True),
        ("<DEL>", "LowQual", False),  # its caller does not believe it: the silence of the rest still counts
        ("A[chr8:100[", "PASS", True),
        ("A[chr8:100[", "LowQual", False),
        ("AR", "PASS", True),
        ("*", "PASS", False),  # no allele of this record
        ("<*>", "PASS", False),
    ],
)
def test_a_record_that_passed_and_cannot_be_read_is_kept_in_mind(
    read: Read, alt: str, filters: str, unread: bool
) -> None:
    row = f"chr7 140753336 . A {alt} . {filters} . GT:AD:DP 0/1:75,25:100"
    other = "chr9 100 . A T . PASS . GT:AD:DP 0/1:75,25:100"
    result = read(fields(GT, AD, DP), ["P1"], [row, other])
    assert result.observations == ()
    why = "whose alleles are symbolic or ambiguous"
    assert result.unread == ((Unread("7", 140_753_335, 140_753_336, why),) if unread else ())


@pytest.mark.parametrize(
    ("lines", "normal_depth"),
    [
        (["##source=VarDict_v1.8.2"], 60),  # a program that calls a tumour against its normal
        (
            ["##source=VarDict_v1.8.2", "##tumor_sample=P1", "##tumor_sample=P2"],
            None,
        ),  # two tumours of one person
        (["##source=VarDict_v1.8.2", "##tumor_sample=P1", "##normal_sample=P2"], 60),
        (["##source=freeBayes v1.3.6"], None),  # a program that pairs nothing
        (["##source=freeBayes v1.3.6", "##normal_sample=P2"], 60),
    ],
)
def test_the_other_column_is_the_normal_where_program_and_header_allow(
    read: Read, lines: list[str], normal_depth: int | None
) -> None:
    row = "chr7 140753336 . A T . PASS . GT:AD:DP 0/1:75,25:100 0/0:60,0:60"
    assert only(read([*lines, *fields(GT, AD, DP)], ["P1", "P2"], [row])).normal_depth == normal_depth


def test_a_single_base_that_is_a_part_of_a_double_one_is_noted(read: Read) -> None:
    rows = [
        "chr7 140753336 . A T . PASS . GT:AD:DP 0/1:75,25:100",
        "chr7 140753336 . AC TT . PASS . GT:AD:DP 0/1:75,25:100",
    ]
    first, second = read(fields(GT, AD, DP), ["P1"], rows).observations
    assert first.notes == ("is a part of 7:140753336 AC>TT: two records may count the same reads",)
    assert second.notes == ("7:140753336 A>T is a part of it: two records may count the same reads",)


@pytest.mark.parametrize(
    ("later", "alleles"),
    [
        # 50 of 100 reads and 10: V600M came later on the haplotype of V600E, and 40 reads show V600E alone
        (10, [("7:140753336 A>T", 40), ("7:140753336 AC>TT", 10)]),
        # 50 and 40 may be equally common
        (40, [("7:140753336 AC>TT", 40)]),
    ],
)
def test_a_change_that_came_later_on_a_haplotype_leaves_the_first_alone_elsewhere(
    read: Read, later: int, alleles: list[tuple[str, int]]
) -> None:
    rows = [
        "chr7 140753336 . A T . PASS TLOD=99 GT:AD:DP:PS 0/0:40,0:40:. 0|1:50,50:100:5",
        f"chr7 140753337 . C T . PASS TLOD=99 GT:AD:DP:PS 0/0:40,0:40:. 0|1:{100 - later},{later}:100:5",
    ]
    found = read(MUTECT2, ["P1N", "P1T"], rows).observations
    assert [(str(one.variant), one.alt_reads) for one in found] == alleles
    assert not any("may count the same reads" in note for one in found for note in one.notes)


def test_equal_fractions_without_a_phase_set_are_only_a_hint(read: Read) -> None:
    rows = [
        "chr12 25245350 . C A . PASS . GT:AD:DP 0/1:60,40:100",
        "chr12 25245351 . C A . PASS . GT:AD:DP 0/1:62,38:100",
    ]
    first, _ = read(fields(GT, AD, DP), ["P1"], rows).observations
    hint = "same codon as 12:25245351 C>A, at the same allele fraction, perhaps on the same reads: together KRAS G12F"
    assert first.notes == (hint,)
    # 0.40 and 0.10 of 100 reads: error sqrt(0.24 / 100 + 0.09 / 100) = 0.057, so 0.30 is more than two
    apart = read(fields(GT, AD, DP), ["P1"], [rows[0], rows[1].replace("62,38", "90,10")]).observations[0]
    assert "not said to be on the same reads" in apart.notes[0]


@pytest.mark.parametrize(
    ("header", "substitutions", "indels"),
    [
        (["##content=strelka somatic snv calls"], True, False),
        (["##content=strelka somatic indel calls"], False, True),
        (["##source=MuSE"], True, False),
        (["##source=somaticsniper"], True, False),
        (["##cavemanVersion=1.15.1"], True, False),
        (["##source=strelka"], True, True),
        (
            [
                "##source=strelka",
                "##content=strelka somatic snv calls",
                "##content=strelka somatic indel calls",
            ],
            True,
            True,
        ),
        (["##source=VarScan2"], True, True),
        (
            fields(
                "FORMAT PU 1 Integer", "FORMAT NU 1 Integer", "FORMAT PR 1 Integer", "FORMAT NR 1 Integer"
            ),
            False,
            True,
        ),
        (["##source=Mutect2"], True, True),
    ],
)
def test_what_a_program_cannot_have_called_is_said(
    read: Read, header: list[str], substitutions: bool, indels: bool
) -> None:
    result = read(
        [*header, *fields(GT, AD, DP)], ["TUMOR"], ["chr7 140753336 . A T . PASS . GT:AD:DP 0/1:75,25:100"]
    )
    assert (result.calls_substitutions, result.calls_indels) == (substitutions, indels)
    assert any("silence says nothing" in note for note in result.notes) is not (substitutions and indels)


def test_the_samples_own_filter_is_a_filter(read: Read) -> None:
    header = fields(GT, AD, DP, "FORMAT FT 1 String")
    row = "chr7 140753336 . A T . PASS . GT:AD:DP:FT 0/1:75,25:100:lowGQ;lowDP"
    assert only(read(header, ["P1"], [row])).filters == ("lowGQ", "lowDP")
