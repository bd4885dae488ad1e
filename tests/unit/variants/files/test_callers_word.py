"""What a file of small variants says and does not say: filters, phasing, other assemblies, files that were cut."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from refractor.errors import VariantFileError
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.intervals import Regions
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.variants.file_content import FileContent
from refractor.variants.files.filter_meanings import (
    SHIPPED_FILTERS,
    FilterMeaning,
    filters_of,
    known_filter,
    marks_of,
)
from refractor.variants.files.opened import open_variants
from refractor.variants.files.small_variants import read_small_variants
from refractor.variants.observation import TOO_FEW_READS, UNFILTERED, SmallVariants

B38 = GenomeBuild.GRCH38
FORMATS = "".join(
    f'##FORMAT=<ID={name},Number={number},Type={kind},Description="x">\n'
    for name, number, kind in (
        ("GT", 1, "String"), ("AD", "R", "Integer"), ("DP", 1, "Integer"), ("AF", "A", "Float"),
        ("GQ", 1, "Integer"), ("PL", "G", "Integer"), ("MIN_DP", 1, "Integer"), ("PS", 1, "Integer"),
    )
)  # fmt: skip
CONTIGS = "".join(f"##contig=<ID={name},length={size}>\n" for name, size in CONTIG_LENGTHS[B38].items())
G12D, V600E = "12 25245350 . C T .", "7 140753336 . A T ."

Read = Callable[..., SmallVariants]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def run(
        *rows: str, header: str = "##source=Mutect2\n", samples: str = "P1", contigs: str = CONTIGS
    ) -> SmallVariants:
        path = tmp_path / "calls.vcf"
        columns = "\t".join(
            ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *samples.split()]
        )
        lines = "".join("\t".join(row.split()) + "\n" for row in rows)
        path.write_text(f"##fileformat=VCFv4.2\n{header}{contigs}{FORMATS}{columns}\n{lines}")
        with Reference(None, B38) as reference:
            return read_small_variants(
                open_variants(path),
                sample="P1",
                named_sample="P1",
                panel=load_panel(B38),
                reference=reference,
            )

    return run


@pytest.mark.parametrize(
    ("caller", "name", "vaf", "against"),
    [
        ("mutect2", "clustered_events", 0.3, False),
        ("mutect2", "clustered_events", 0.05, True),
        ("mutect2", "base_qual", 0.3, True),
        ("maf", "wga", 0.02, False),
        ("maf", "NonPreferredPair", 0.3, False),
        ("generic", "wga", 0.3, True),  # another caller's word
        ("generic", "never_heard_of", 0.3, True),
    ],
)
def test_what_a_filter_says(caller: str, name: str, vaf: float, against: bool) -> None:
    marks = marks_of([name], caller=caller, vaf=vaf)
    assert marks.against == ((name,) if against else ())
    assert bool(marks.notes) is not against


def test_the_shipped_table_of_filters() -> None:
    table = filters_of(SHIPPED_FILTERS)
    assert len(table) > 60
    assert all(known.why for known in table.values())
    refcall = known_filter("deepsomatic", "refcall")
    assert refcall is not None
    assert refcall.meaning is FilterMeaning.REFERENCE


def test_a_table_of_filters_with_a_meaning_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "filters.tsv"
    path.write_text("caller\tfilter\tmeaning\tfrom_vaf\twhy\nmaf\tx\tbad\t\ty\n")
    with pytest.raises(VariantFileError, match=r"filters\.tsv:2.*allowed|filters\.tsv:2.*meaning"):
        filters_of(path)


def test_the_users_table_goes_before_the_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "filters.tsv"
    path.write_text(
        "caller\tfilter\tmeaning\tfrom_vaf\twhy\nmutect2\tbase_qual\tinformative\t\tour machine\n*\tours\tsample\t\ta batch\n"
    )
    assert marks_of(["base_qual", "ours"], caller="mutect2", vaf=0.3, own_table=path).against == ()
    assert marks_of(["map_qual"], caller="mutect2", vaf=0.3, own_table=path).against == ("map_qual",)
    with pytest.raises(VariantFileError, match="cannot be read"):
        marks_of(["x"], caller="mutect2", vaf=0.3, own_table=tmp_path / "none.tsv")


@pytest.mark.parametrize(("status", "absent"), [("SS=2", False), ("SS=0", True), ("SS=0;X=1", True)])
def test_a_somatic_status_of_reference_is_no_call(read: Read, status: str, absent: bool) -> None:
    header = '##source=VarScan2\n##INFO=<ID=SS,Number=1,Type=String,Description="x">\n'
    (item,) = read(f"{G12D} PASS {status} GT:AD:DP 0/1:70,30:100", header=header).observations
    assert (item.said_absent, bool(item.filters)) == (absent, absent)


def test_each_allele_has_its_own_filter(read: Read) -> None:
    info = "AS_FilterStatus=SITE|weak_evidence,base_qual"
    header = '##source=Mutect2\n##INFO=<ID=AS_FilterStatus,Number=A,Type=String,Description="x">\n'
    result = read(f"12 25245350 . C T,A . PASS {info} GT:AD:DP 0/1/2:84,30,8:122", header=header)
    filters = {item.variant.alt: item.filters for item in result.observations}
    assert filters == {"T": (), "A": ("weak_evidence", "base_qual")}


@pytest.mark.parametrize(
    ("counts", "filters"), [("197,3", ()), ("298,2", (TOO_FEW_READS,)), ("10,2", (TOO_FEW_READS,))]
)
def test_a_file_needs_as_many_reads_as_reads_do(read: Read, counts: str, filters: tuple[str, ...]) -> None:
    (item,) = read(f"{G12D} PASS . GT:AD:DP 0/1:{counts}:.").observations
    assert item.filters == filters


@pytest.mark.parametrize(
    ("header", "filters"),
    [
        ("##source=Mutect2\n##filtering_status=Warning: unfiltered Mutect 2 calls.\n", (UNFILTERED,)),
        ("##source=Mutect2\n", (UNFILTERED,)),  # FILTER is empty throughout
        ("##source=freebayes\n", ()),  # leaves FILTER empty always
    ],
)
def test_candidates_before_their_filter_are_no_calls(
    read: Read, header: str, filters: tuple[str, ...]
) -> None:
    result = read(f"{G12D} . . GT:AD:DP 0/1:70,30:100", header=header)
    assert [item.filters for item in result.observations] == [filters]
    assert any("no call is believed" in note for note in result.notes) is bool(filters)


@pytest.mark.parametrize(
    ("one", "other", "changes"),
    [
        ("0|1:70,30:100:7", "0|1:70,32:102:7", ["AC>TT"]),  # cis: V600K
        ("0|1:70,30:100:7", "1|0:70,30:100:7", ["A>T", "C>T"]),  # trans
        (
            "0/1:70,30:100:7",
            "0/1:70,30:100:7",
            ["A>T", "C>T"],
        ),  # a phase set without phased genotypes says nothing
        ("0|1:70,30:100:7", "0|1:70,30:100:9", ["A>T", "C>T"]),  # two phase sets
    ],
)
def test_haplotypes_of_one_codon(read: Read, one: str, other: str, changes: list[str]) -> None:
    rows = [f"{V600E} PASS . GT:AD:DP:PS {one}", f"7 140753337 . C T . PASS . GT:AD:DP:PS {other}"]
    found = read(*rows).observations
    assert [f"{item.variant.ref}>{item.variant.alt}" for item in found] == changes
    assert found[0].alt_reads == 30
    together = any("together BRAF V600K" in note for item in found for note in item.notes)
    assert together is (changes == ["A>T", "C>T"] and "1|0" not in other)


@pytest.mark.parametrize(
    ("fields", "cell", "vouches"),
    [
        ("GT:DP:GQ:MIN_DP:PL", "0/0:100:99:98:0,120,1800", True),
        ("GT:DP:GQ:MIN_DP:PL", "0/0:100:0:98:0,0,900", False),
        ("GT:DP:GQ", "0/0:100:19", False),
        ("GT:DP:GQ", "0/0:100:20", True),
        ("GT:DP:PL", "0/0:100:0,5,900", False),
        ("GT:AD:DP", "0/0:499:500", True),
        ("GT:AD:DP", "0/0:400:500", False),  # a fifth of the reads shows something else
        ("GT:DP", "./.:100", False),
    ],
)
def test_what_a_reference_record_vouches_for(read: Read, fields: str, cell: str, vouches: bool) -> None:
    header = '##INFO=<ID=END,Number=1,Type=Integer,Description="x">\n'
    result = read(f"7 140753326 . T <NON_REF> . . END=140753346 {fields} {cell}", header=header)
    assert [bool(block.depth) for block in result.callable_blocks] == ([True] if vouches else [])


T2T = "##contig=<ID=chr1,length=248387328>\n##contig=<ID=chr7,length=160567428>\n"


@pytest.mark.parametrize(
    ("header", "contigs", "match"),
    [
        ("", T2T, "neither GRCh37 nor GRCh38: chromosome 1 has 248,387,328"),
        ("##reference=file:///ref/chm13v2.0.fa\n", "", "names the assembly chm13v2"),
        ("##reference=file:///ref/hg18.fa\n", "", "names the assembly hg18"),
        ("##reference=file:///t2t_project/GRCh38.fa\n", "", None),
    ],
)
def test_another_assembly_is_refused(read: Read, header: str, contigs: str, match: str | None) -> None:
    row = f"{G12D} PASS . GT:AD:DP 0/1:70,30:100"
    if match is None:
        assert len(read(row, header=header, contigs=contigs).observations) == 1
        return
    with pytest.raises(VariantFileError, match=match):
        read(row, header=header, contigs=contigs)


def test_a_file_of_structural_variants_is_refused(read: Read) -> None:
    row = "17 39700000 s1 N <DEL> . PASS . GT:AD:DP 0/1:70,30:100"
    with pytest.raises(VariantFileError, match="holds no small variant"):
        read(row, header="##source=SomeCaller\n")
    with pytest.raises(VariantFileError, match=r"structural variants or copies \(GenerateSVCandidates\)"):
        read(header="##source=GenerateSVCandidates 1.6.0\n")
    assert read(row, f"{G12D} PASS . GT:AD:DP 0/1:70,30:100".replace("12 ", "18 ", 1)).mute == ""


def test_the_column_of_the_normal_is_told_by_its_reads(read: Read) -> None:
    rows = [f"{at} . A T . PASS . GT:AD:DP 0/0:60,0:60 0/1:70,30:100" for at in ("1 100", "2 100", "3 100")]
    with pytest.raises(
        VariantFileError, match=r"none of the 3 records .* \(P1\), all have some in the column B1"
    ):
        read(*rows, samples="P1 B1", header="##source=x\n")
    assert "none of the 2 records" in read(*rows[:2], samples="P1 B1", header="##source=x\n").mute


def content(calls: dict[str, int]) -> FileContent:
    found = FileContent(B38)
    for chromosome, count in calls.items():
        for number in range(count):
            found.add(chromosome, 1_000_000 + number)
    return found


WHOLE = {str(number): 60 for number in range(1, 23)}


@pytest.mark.parametrize(
    ("calls", "silent"),
    [
        (WHOLE, set()),
        ({"1": 500, "2": 500, "3": 500}, {str(number) for number in range(4, 23)}),
        ({"1": 5, "2": 5, "3": 5}, {str(number) for number in range(4, 23)}),  # (0.24)^15 = 5e-10
        ({"17": 3}, set()),  # chance has few calls on few chromosomes
        ({"1": 3, "7": 2, "12": 1, "17": 4}, set()),
        (WHOLE | {"7": 0}, {"7"}),
    ],
)
def test_chromosomes_where_a_file_cannot_have_looked(calls: dict[str, int], silent: set[str]) -> None:
    found = content({name: count for name, count in calls.items() if count})
    assert set(found.silent_chromosomes()) == silent


def test_calls_that_keep_to_callable_regions_are_held_against_these() -> None:
    regions = Regions.of([("1", 0, 10_000_000), ("7", 0, 1_000)])
    assert content({"1": 400}).silent_chromosomes(regions) == {}  # 7 has a ten-thousandth of what is callable
    assert "7" in content({"1": 400}).silent_chromosomes()


def test_one_broken_allele_away_from_the_panel_costs_its_record(read: Read) -> None:
    good = f"{G12D} PASS . GT:AD:DP 0/1:70,30:100"
    result = read("2 1000000 . G A/T . PASS . GT:AD:DP 0/1:50,50:100", good, header="##source=VarScan2\n")
    assert [str(item.variant) for item in result.observations] == ["12:25245350 C>T"]
    assert any("1 that cannot be read, away from the panel" in note for note in result.notes)
    with pytest.raises(VariantFileError, match="ALT: is 'A/T'"):
        read(f"{V600E} PASS . GT:AD:DP 0/1:50,50:100".replace(" T .", " A/T ."), good)
