"""Files as people have them: fields, columns and contigs of real programs in odd combinations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from refractor.errors import VariantFileError
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.variants.files.opened import open_variants
from refractor.variants.files.small_variants import read_small_variants
from refractor.variants.observation import UNFILTERED, Observation, SmallVariants

BUILD = GenomeBuild.GRCH38
CONTIGS = [f"##contig=<ID=chr{name},length={length}>" for name, length in CONTIG_LENGTHS[BUILD].items()]
FIELDS = [
    f'##FORMAT=<ID={name},Number={number},Type={kind},Description="x">'
    for name, number, kind in (
        ("GT", "1", "String"),
        ("AD", "R", "Integer"),
        ("DP", "1", "Integer"),
        ("AF", "A", "Float"),
    )
]
MUTECT2 = ["##source=Mutect2", "##tumor_sample=P1T", "##normal_sample=P1N", *FIELDS]
V600E = "chr7 140753336 . A T"
G12D = "chr12 25245350 . C T"
BOTH = "GT:AD:AF:DP 0/0:40,0:0.02:40 0/1:69,31:0.3:100"
ONE = "GT:AD:AF:DP 0/1:69,31:0.3:100"

Read = Callable[..., SmallVariants]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def write_and_read(
        rows: list[str],
        *,
        header: list[str] | None = None,
        samples: tuple[str, ...] = ("P1N", "P1T"),
        contigs: list[str] | None = None,
        named: str | None = None,
    ) -> SmallVariants:
        columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *samples]
        lines = ["##fileformat=VCFv4.2", *(MUTECT2 if header is None else header)]
        lines += [*(CONTIGS if contigs is None else contigs), "\t".join(columns)]
        lines += ["\t".join(row.split()) for row in rows]
        path = tmp_path / "in.vcf"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        with Reference(None, BUILD) as reference:
            return read_small_variants(
                open_variants(path),
                sample="P1",
                named_sample=named,
                panel=load_panel(BUILD),
                reference=reference,
            )

    return write_and_read


def only(result: SmallVariants) -> Observation:
    assert len(result.observations) == 1
    return result.observations[0]


def counts(item: Observation) -> tuple[int | None, int | None, int | None, int | None]:
    return item.ref_reads, item.alt_reads, item.normal_alt_reads, item.normal_depth


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (f"{V600E} . panel_of_normals;germline . {BOTH}", (69, 31, 0, 40)),
        (f"{V600E} . PASS . GT:AD:AF:DP 0|0:40,0:0:40 1|0:69,31:0.3:100", (69, 31, 0, 40)),
        (f"{V600E} . PASS . GT:AD:AF:DP 0:40,0:0:40 1:69,31:0.3:100", (69, 31, 0, 40)),
        (f"{V600E} . PASS . GT:AD:AF:DP .:40,0:0:40 ./1:69,31:0.3:100", (69, 31, 0, 40)),
        (f"{V600E} . PASS . GT:AD:AF:DP 0/0 0/1:69,31", (69, 31, None, None)),
        (f"{V600E} . PASS . GT:AD:AF:DP ./.:.:.:. 0/1:.:0.31:100", (None, 31, None, None)),
        (f"{V600E} . PASS . GT:AD:AF:DP ./.:.,.:.:. ./.:.,.:.:.", (None, None, None, None)),
        (f"{V600E} . PASS . GT:AD:AF:DP 0/0:40,0:0:40 0/1:69,-1:0.31:100", (None, 31, 0, 40)),
        ("chr7 140753336 . a t . PASS . " + BOTH, (69, 31, 0, 40)),
        ("chr7 140753336 . R T . PASS . " + BOTH, (69, 31, 0, 40)),
        ("chr7 140753335 . CAC CTC . PASS . " + BOTH, (69, 31, 0, 40)),
        (
            "chr7 140753336 . A *,T . PASS . GT:AD:AF:DP 0/0:40,0,0:0,0:40 0/1/2:60,9,31:0.1,0.3:100",
            (60, 31, 0, 40),
        ),
        (
            "chr7 140753336 . A T,<NON_REF> . PASS . GT:AD:AF:DP 0/0:40,0,0:0,0:40 0/1:69,31,0:0.3,0:100",
            (69, 31, 0, 40),
        ),
    ],
)
def test_one_allele_however_its_record_is_written(read: Read, record: str, expected: tuple) -> None:
    item = only(read([record]))
    assert str(item.variant) == "7:140753336 A>T"
    assert counts(item) == expected
    assert not item.germline_likely  # a hotspot is not inherited by an upstream word


@pytest.mark.parametrize("name", ["7", "chr7", "CHR7", "NC_000007.14", "CM000669.2"])
def test_contigs_by_any_name_with_or_without_their_lines(read: Read, name: str) -> None:
    row = f"{name} 140753336 . A T . PASS . {BOTH}"
    assert str(only(read([row], contigs=[])).variant) == "7:140753336 A>T"


def test_contigs_that_no_build_has_are_refused_rather_than_silent(read: Read) -> None:
    with pytest.raises(VariantFileError, match="1 records, none of them on a chromosome of GRCh38"):
        read([f"hg38_chr7 140753336 . A T . PASS . {BOTH}"], contigs=[])


def test_fields_filters_and_contigs_that_no_header_line_declares(read: Read) -> None:
    row = f"{V600E} . odd FOO=3;BAR GT:AD:AF:DP:ZZ 0/0:40,0:0:40:x 0/1:69,31:0.3:100:y"
    item = only(read([row], header=["##tumor_sample=P1T"], contigs=[]))
    assert (item.alt_reads, item.filters) == (31, ("odd",))


@pytest.mark.parametrize(
    ("written", "filters"), [(".", (UNFILTERED,)), ("0", ()), ("PASS;foo", ("foo",)), ("PASS", ())]
)
def test_filters_that_mean_none(read: Read, written: str, filters: tuple[str, ...]) -> None:
    """Mutect2 leaves FILTER empty for FilterMutectCalls to fill: where it is empty throughout, nothing was filtered."""
    assert only(read([f"{V600E} . {written} . {BOTH}"])).filters == filters


def test_a_header_line_outranks_the_word_in_a_columns_name(read: Read) -> None:
    header = ["##tumor_sample=NORMAL", "##normal_sample=TUMOR", *FIELDS]
    row = f"{V600E} . PASS . GT:AD:DP 0/1:69,31:100 0/0:40,0:40"
    result = read([row], header=header, samples=("NORMAL", "TUMOR"))
    assert result.tumor_column == "NORMAL"
    assert counts(only(result)) == (69, 31, 0, 40)


def test_a_tumour_in_the_only_column_called_normal_must_be_named(read: Read) -> None:
    rows, one = [f"{V600E} . PASS . {ONE}"], ("NORMAL",)
    with pytest.raises(VariantFileError, match="has a normal's column only"):
        read(rows, header=FIELDS, samples=one)
    assert only(read(rows, header=FIELDS, samples=one, named="NORMAL")).alt_reads == 31
    row = f"{V600E} . PASS . GT:AD:DP 0/0:40,0:40 0/1:69,31:100"
    with pytest.raises(VariantFileError, match="calls the column 'NORMAL' the normal"):
        read([row], header=FIELDS, samples=("NORMAL", "TUMOR"), named="NORMAL")


def test_deepsomatic_signs_as_deepvariant_and_is_somatic(read: Read) -> None:
    header = ["##DeepVariant_version=1.7.0", *FIELDS]
    deepsomatic = [*header, '##FILTER=<ID=GERMLINE,Description="Non somatic variants">']
    rows = [f"{V600E} 40 PASS . GT:AD:DP 1/1:69,31:100", f"{G12D} 3 GERMLINE . GT:AD:DP 0/0:49,51:100"]
    result = read(sorted(rows), header=deepsomatic, samples=("P1T",))
    assert result.flavour == "deepsomatic"
    assert [item.filters for item in result.observations] == [(), ("GERMLINE", "tumor_genotype_reference")]
    with pytest.raises(VariantFileError, match="is a germline VCF"):
        read(rows[:1], header=header, samples=("P1T",))


def test_clairs_has_its_normal_in_the_tumours_column(read: Read) -> None:
    row = f"{V600E} 20 PASS H GT:AD:AF:DP:NAD:NAF:NDP 0/1:69,31:0.31:100:20,20:0.5:40"
    item = only(read([row], header=["##source=ClairS", *FIELDS], samples=("SAMPLE",)))
    assert counts(item) == (69, 31, 20, 40)
    assert (item.origin, item.germline_likely) == ("clairs", True)


def test_octopus_names_its_normal_and_counts_nothing(read: Read) -> None:
    header = ['##octopus=<version=0.7.4,command="octopus -R ref.fa -I t.bam n.bam -N P1N">', *FIELDS]
    row = "chr7 140753336 . A *,T 200 PASS SOMATIC GT:DP:FT 0|0:40:PASS 0|0|2:100:PASS"
    result = read([row], header=header)
    assert (result.flavour, result.tumor_column) == ("octopus", "P1T")
    assert counts(only(result)) == (None, None, None, 40)
    assert "1 variants have neither read counts nor an allele fraction" in result.notes


def test_vardict_with_two_columns_is_a_pair(read: Read) -> None:
    header = ["##source=VarDict_v1.8.2", *FIELDS]
    row = f"{V600E} 200 PASS STATUS=StrongSomatic GT:DP:VD:AD:AF 0/1:100:31:69,31:0.31 0/0:40:0:40,0:0"
    assert counts(only(read([row], header=header, samples=("P1", "Q")))) == (69, 31, 0, 40)


def test_a_fraction_called_vf(read: Read) -> None:
    item = only(read([f"{V600E} 9 PASS . GT:DP:VF 0/1:100:0.31"], header=FIELDS, samples=("P1",)))
    assert (item.alt_reads, item.vaf) == (31, 0.31)


def test_squashed_phased_parts_of_a_codon_are_named_together(read: Read) -> None:
    call = "GT:AD:DP:PS 0|1:60,30:90:25245347"
    rows = [f"chr12 25245347 . C T . systematic_noise . {call}", f"chr12 25245348 . C A . PASS . {call}"]
    result = read(rows, header=["##DRAGENVersion=<ID=dragen>", *FIELDS], samples=("P1T",))
    assert len(result.observations) == 2
    assert all("together KRAS G13Y" in item.notes[0] for item in result.observations)
