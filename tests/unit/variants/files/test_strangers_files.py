"""Files of programs and laboratories that are written in their own way: read as what they are, or silent for a reason."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.variants.consequences import annotate_observations
from refractor.variants.files.opened import open_variants
from refractor.variants.files.small_variants import read_small_variants
from refractor.variants.observation import CALLED_INHERITED, SmallVariants

B37, B38 = GenomeBuild.GRCH37, GenomeBuild.GRCH38
V600E, G12D = "7 140753336 . A T", "12 25245350 . C T"


def read(path: Path, *, build: GenomeBuild = B38, sample: str = "T1") -> tuple[SmallVariants, list[str]]:
    """What the file says, and the protein changes of the panel in it."""
    panel = load_panel(build)
    with Reference(None, build) as reference:
        found = read_small_variants(open_variants(path), sample=sample, panel=panel, reference=reference)
        effects = annotate_observations(found.observations, panel=panel, reference=reference)
    return found, [effect.protein_change if effect else "" for effect in effects]


def vcf(
    path: Path,
    meta: Sequence[str],
    fields: str,
    samples: Sequence[str],
    rows: Sequence[str],
    *,
    version: str = "4.2",
) -> Path:
    lines = [f"##fileformat=VCFv{version}", *meta]
    for field in filter(None, fields.split(";")):
        kind, name, number, value = field.split()
        lines.append(f'##{kind}=<ID={name},Number={number},Type={value},Description="x">')
    lines += [f"##contig=<ID={name},length={length}>" for name, length in CONTIG_LENGTHS[B38].items()]
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
    lines.append("\t".join([*columns, *(["FORMAT", *samples] if samples else [])]))
    path.write_text("\n".join([*lines, *("\t".join(row.split()) for row in rows)]) + "\n")
    return path


def table(path: Path, columns: str, *rows: str, above: str = "") -> Path:
    """Columns and cells are parted by bars."""
    path.write_text(above + "".join(line.replace("|", "\t") + "\n" for line in (columns, *rows)))
    return path


GT = "FORMAT GT 1 String;FORMAT AD R Integer;FORMAT DP 1 Integer"
VARSCAN = "INFO SS 1 String;FORMAT GT 1 String;FORMAT DP 1 Integer;FORMAT RD 1 Integer;FORMAT AD 1 Integer;FORMAT FREQ 1 String"
LOFREQ = "INFO DP 1 Integer;INFO AF 1 Float;INFO DP4 4 Integer;INFO INDEL 0 Flag"


def test_a_percentage_with_a_decimal_comma(tmp_path: Path) -> None:
    row = f"{V600E} . PASS SS=2 GT:DP:FREQ 0/0:40:0% 0/1:100:25,5%"
    found, _ = read(vcf(tmp_path / "a.vcf", ["##source=VarScan2"], VARSCAN, ["NORMAL", "TUMOR"], [row]))
    assert found.observations[0].vaf == pytest.approx(0.255)


def test_a_record_without_a_read_of_the_tumour_is_no_absence(tmp_path: Path) -> None:
    rows = [f"{V600E} 0 NoCall . GT:AD:DP ./.:0,0:0", f"{G12D} 0 NoCall . GT:AD:DP ./.:200,0:200"]
    found, changes = read(vcf(tmp_path / "a.vcf", ["##source=x"], GT, ["T1"], rows))
    assert changes == []
    assert [(one.chromosome, one.why) for one in found.unread] == [
        ("7", "at a place where the tumour has no reads")
    ]


@pytest.mark.parametrize(
    ("name", "meta", "fields", "rows", "held"),
    [
        ("a.vcf", '##MuTect="analysis_type=MuTect tumor_sample_name=T1"', GT, [f"{V600E} . PASS . GT:AD:DP 0/1:75,25:100"], (True, False)),
        ("a.vcf", "##source=Mutect2", GT, [f"{V600E} . PASS . GT:AD:DP 0/1:75,25:100"], (True, True)),
        ("a.vcf", "##source=scalpel-discovery v0.5.4", GT, ["7 140753336 . AC A . PASS . GT:AD:DP 0/1:75,25:100"], (False, True)),
        ("a.vcf", "##source=lofreq call -f x.fa -o o.vcf t.bam", LOFREQ, [f"{V600E} . PASS DP=100;AF=0.25;DP4=38,37,12,13"], (True, False)),
        ("a.vcf", "##source=lofreq call --call-indels -f x.fa t.bam", LOFREQ, [f"{V600E} . PASS DP=100;AF=0.25;DP4=38,37,12,13"], (True, True)),
        ("a.vcf", "##source=lofreq call --only-indels t.bam", LOFREQ, ["7 140753336 . AC A . PASS INDEL;DP=100;AF=0.25;DP4=38,37,12,13"], (False, True)),
        # one file a kind, told by its name; where the records are of both it is the name of something else
        ("out.snp.vcf", "##source=VarScan2", GT, [f"{V600E} . PASS . GT:AD:DP 0/1:75,25:100"], (True, False)),
        ("out_indels.vcf", "##source=VarScan2", GT, [], (False, True)),
        ("snv_indel.vcf", "##source=VarScan2", GT, [f"{V600E} . PASS . GT:AD:DP 0/1:75,25:100"], (True, True)),
        ("T1.snvs.vcf", "##source=x", GT, ["7 140753336 . AC A . PASS . GT:AD:DP 0/1:75,25:100", "7 140753340 . T A . PASS . GT:AD:DP 0/1:75,25:100"], (True, True)),
        # and by many records of one kind
        ("a.vcf", "##source=x", GT, [f"3 {1000 + place} . A AT . PASS . GT:AD:DP 0/1:75,25:100" for place in range(25)], (False, True)),
        ("a.vcf", "##source=x", GT, [f"3 {1000 + place} . A T . PASS . GT:AD:DP 0/1:75,25:100" for place in range(1200)], (True, False)),
    ],
)  # fmt: skip
def test_what_a_file_cannot_hold(
    tmp_path: Path, name: str, meta: str, fields: str, rows: list[str], held: tuple[bool, bool]
) -> None:
    samples = [] if fields is LOFREQ else ["T1"]
    found, _ = read(vcf(tmp_path / name, [meta], fields, samples, rows))
    assert (found.calls_substitutions, found.calls_indels) == held
    assert any("its silence says nothing of" in note for note in found.notes) is (held != (True, True))


@pytest.mark.parametrize(
    ("normal", "filters", "germline"),
    [("40,0:40", (), False), ("20,20:40", (), True), ("3,0:3", (CALLED_INHERITED,), False)],
)
def test_a_hotspot_that_its_caller_calls_inherited(
    tmp_path: Path, normal: str, filters: tuple[str, ...], germline: bool
) -> None:
    row = f"{V600E} . PASS SS=1 GT:AD:DP 0/1:{normal} 0/1:75,25:100"
    fields = f"INFO SS 1 String;{GT}"
    found, _ = read(vcf(tmp_path / "a.vcf", ["##source=x"], fields, ["NORMAL", "TUMOR"], [row]))
    (item,) = found.observations
    assert (item.filters, item.germline_likely) == (filters, germline)


def test_a_hotspot_that_a_maf_calls_inherited_without_reads_of_the_normal(tmp_path: Path) -> None:
    columns = "Hugo_Symbol|Chromosome|Start_Position|Reference_Allele|Tumor_Seq_Allele2|Mutation_Status"
    found, _ = read(table(tmp_path / "a.maf", columns, "TP53|17|7674220|C|T|Germline"))
    assert [item.filters for item in found.observations] == [(CALLED_INHERITED,)]


@pytest.mark.parametrize(("flag", "filters"), [("SOMATIC", ()), ("DP=140", (CALLED_INHERITED,))])
def test_octopus_writes_inherited_variants_beside_the_somatic_ones(
    tmp_path: Path, flag: str, filters: tuple[str, ...]
) -> None:
    meta = ['##octopus=<version=0.7.1,command="octopus -I t.bam n.bam --normal-sample N1">']
    fields = "INFO SOMATIC 0 Flag;INFO DP 1 Integer;FORMAT GT 1 String;FORMAT DP 1 Integer;FORMAT PS 1 String;FORMAT HSS . Integer"
    row = f"{V600E} 900 PASS {flag} GT:DP:PS:HSS 0|0:40:9:0,0 0|0|1:100:9:0,0,1"
    found, _ = read(vcf(tmp_path / "a.vcf", meta, fields, ["N1", "T1"], [row]))
    assert [item.filters for item in found.observations] == [filters]


@pytest.mark.parametrize("genotype", ["/0/1", "|0|1"])
def test_the_phase_of_a_first_allele(tmp_path: Path, genotype: str) -> None:
    row = f"{V600E} . PASS . GT:AD:DP {genotype}:75,25:100"
    found, changes = read(vcf(tmp_path / "a.vcf", ["##source=x"], GT, ["T1"], [row], version="4.5"))
    assert changes == ["V600E"]
    assert any("phase of a first allele" in note for note in found.notes)


TSO500 = """[Analysis Details]\t\t
Pair ID\tT1\t

[TMB]\t\t
Total TMB\t7.8\t

[Small Variants]\t\t
Gene|Chromosome|Genomic Position|Reference Call|Alternative Call|Allele Frequency|Depth|P-Dot Notation|C-Dot Notation|Consequence(s)|Affected Exon(s)
{row}

[Gene Amplifications]\t\t
ERBB2\t9.1
"""


@pytest.mark.parametrize(
    ("row", "changes"),
    [
        ("KRAS|chr12|25398284|C|T|0.25|800|NP_004976.2:p.(Gly12Asp)|NM_004985.3:c.35G>A|missense_variant|2", ["G12D"]),
        ("NA||||||||||", []),
    ],
)  # fmt: skip
def test_the_combined_output_of_trusight_oncology(tmp_path: Path, row: str, changes: list[str]) -> None:
    path = tmp_path / "T1_CombinedVariantOutput.tsv"
    path.write_text(TSO500.format(row=row).replace("|", "\t"))
    found, named = read(path, build=B37)
    assert named == changes
    assert [(item.depth, item.vaf) for item in found.observations] == [(800, 0.25)] * len(changes)


@pytest.mark.parametrize(
    ("columns", "row", "change", "vaf"),
    [
        ("gene|protein-effect|cds-effect|allele-fraction|depth|position", "KRAS|G12D|35G>A|0.2511|800|chr12:25398284", "G12D", 0.2511),
        ("GHSampleID|Gene|Chromosome|Position|Mut_nt|Mut_aa|Percentage", "T1|KRAS|12|25398284|C>T|G12D|0.35", "G12D", 0.0035),
        ("Gene|Mutation|VAF", "KRAS|p.Gly12Asp|25%", "G12D", 0.25),
        ("Gene Symbol|AA Change|VAF (%)", "KRAS|p.(Gly12Asp)|0.8", "G12D", 0.008),
        ("Biomarker|Variant|Allele frequency", "KRAS|c.35G>A (p.Gly12Asp)|0.3", "G12D", 0.3),
        ("Gene|Result", "KRAS|G12D", "G12D", None),
        ("CHROM|POS|REF|ALT|AF|DP", "chr12|25398284|C|T|0.25|100", "G12D", 0.25),
        ("Hugo_Symbol|Chromosome|Start_Position|Reference_Allele|Tumor_Seq_Allele2|AF", "KRAS|12|25398284|C|T|0.0001", "G12D", None),  # of populations
        (
            "icgc_mutation_id|submitted_sample_id|chromosome|chromosome_start|chromosome_end|assembly_version|reference_genome_allele|mutated_from_allele|mutated_to_allele|total_read_count|mutant_allele_read_count|aa_mutation",
            "MU1|T1|12|25398284|25398284|GRCh37|C|C|T|100|25|G12D", "G12D", 0.25,
        ),
    ],
)  # fmt: skip
def test_tables_of_laboratories(
    tmp_path: Path, columns: str, row: str, change: str, vaf: float | None
) -> None:
    found, changes = read(table(tmp_path / "report.tsv", columns, row), build=B37)
    assert changes == [change]
    assert found.observations[0].vaf == (None if vaf is None else pytest.approx(vaf))


def test_an_insertion_whose_neighbour_is_not_known_counts_by_the_change_that_the_file_names(
    tmp_path: Path,
) -> None:
    columns = "Hugo_Symbol|Chromosome|Start_Position|Reference_Allele|Tumor_Seq_Allele2|Protein_Change"
    found, changes = read(table(tmp_path / "a.maf", columns, "JAK1|1|64841314|-|A|p.K860fs"))
    assert changes == ["K860fs"]
    assert (found.unread, "named by its protein change in the file" in found.observations[0].notes[0]) == (
        (),
        True,
    )
    # of another isoform's numbering, so that it says nothing of this one
    found, changes = read(table(tmp_path / "b.maf", columns, "JAK1|1|64841314|-|A|p.K400fs"))
    assert (changes, len(found.unread)) == ([], 1)


def test_a_study_lists_its_sequenced_tumours_above_the_table(tmp_path: Path) -> None:
    columns = "Hugo_Symbol|Chromosome|Start_Position|Reference_Allele|Tumor_Seq_Allele2|Tumor_Sample_Barcode"
    many = " ".join(
        f"TCGA-AA-{number:05d}-01" for number in range(20_000)
    )  # more than is looked at to tell the kind
    path = table(
        tmp_path / "a.maf", columns, "KRAS|12|25245350|C|T|T2", above=f"#sequenced_samples: T1 T2 {many}\n"
    )
    found, changes = read(path)
    assert (changes, "nothing was found" in found.notes[0]) == ([], True)
    assert read(path, sample="T2")[1] == ["G12D"]


def test_a_table_with_a_gene_a_column(tmp_path: Path) -> None:
    columns = "Sample|Age|KRAS|NRAS|BRAF|HER2"
    path = table(tmp_path / "a.tsv", columns, "T1|60|G12D; Q61H|WT|NA|", "T2|50|WT|WT|V600E|S310F (25%)")
    found, changes = read(path)
    assert sorted(changes) == ["G12D", "Q61H"]
    nras = load_panel(B38).genes["NRAS"]
    looked_at = found.looked_at
    assert looked_at is not None
    assert looked_at.covers(
        nras.chromosome, *nras.cds[0]
    )  # wild-type in words; BRAF is not said to be tested
    braf = load_panel(B38).genes["BRAF"]
    assert not looked_at.covers(braf.chromosome, *braf.cds[0])
    assert sorted(read(path, sample="T2")[1]) == ["S310F", "V600E"]


def test_a_word_that_names_no_change_makes_its_gene_unknown(tmp_path: Path) -> None:
    found, changes = read(table(tmp_path / "a.tsv", "Sample|KRAS|BRAF", "T1|Yes|wild-type"))
    assert changes == []
    assert {one.chromosome for one in found.unread} == {"12"}


def test_two_changes_in_one_cell_are_two(tmp_path: Path) -> None:
    path = table(tmp_path / "a.tsv", "Gene|Protein_Change", "TP53|R248Q, R273H", "KRAS|p.G12D (c.35G>A)")
    assert sorted(read(path)[1]) == ["G12D", "R248Q", "R273H"]


@pytest.mark.parametrize(("source", "mute"), [([], True), (["##source=VarDict_v1.8.2"], False)])
def test_a_file_that_looks_inherited_and_names_no_somatic_caller_is_no_evidence_of_absence(
    tmp_path: Path, source: list[str], mute: bool
) -> None:
    rows = [f"3 {1_000 + place} rs{place} A T . PASS . GT:AD:DP 0/1:50,50:100" for place in range(60)]
    found, _ = read(vcf(tmp_path / "a.vcf", source, GT, ["T1"], rows))
    assert bool(found.mute) is mute
    assert any("looks like a germline VCF" in note for note in found.notes)


def test_reads_of_the_tumour_in_info_by_umccrise(tmp_path: Path) -> None:
    fields = "INFO TUMOR_AF 1 Float;INFO TUMOR_DP 1 Integer;INFO NORMAL_AF 1 Float;INFO NORMAL_DP 1 Integer"
    row = f"{V600E} . PASS TUMOR_AF=0.25;TUMOR_DP=100;NORMAL_AF=0;NORMAL_DP=40"
    (item,) = read(vcf(tmp_path / "a.vcf", [], fields, [], [row]))[0].observations
    assert (item.depth, item.vaf, item.normal_depth) == (100, 0.25, 40)
