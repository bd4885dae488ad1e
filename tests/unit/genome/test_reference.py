"""The shipped reference as htslib sees it, and a user's own FASTA in its place."""

from __future__ import annotations

import gzip
import os
import shutil
from functools import cache
from pathlib import Path

import pysam
import pysam.bcftools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractor.errors import InputError
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.reference import Reference, shipped_reference, shipped_regions
from resource_building.padded_fasta import write_padded_fasta

GRCH37, GRCH38 = GenomeBuild.GRCH37, GenomeBuild.GRCH38
ERBB2_PIECE = 39_724_700
"""GRCh38, inside exon 20 of ERBB2."""


@pytest.fixture(params=list(GenomeBuild))
def build(request: pytest.FixtureRequest) -> GenomeBuild:
    return request.param


def _write_own(path: Path, build: GenomeBuild, names: dict[str, str], sequence: str = "ACGTacgtRN") -> Path:
    """A user's FASTA of full contigs under other names; `names` maps bare names to those in the file."""
    lengths = {own: CONTIG_LENGTHS[build][bare] for bare, own in names.items()}
    write_padded_fasta(path, lengths, {own: [(1000, sequence)] for own in lengths}, aliases={})
    return path


def test_known_sequence_at_true_coordinates() -> None:
    # KRAS codons 12 and 13, GGT GGC on the minus strand: ACC GCC read backwards is GCCACC
    with Reference(None, GRCH38) as reference:
        assert reference.fetch("12", 25_245_345, 25_245_351) == "GCCACC"
        assert (
            reference.fetch("17", 39_724_731, 39_724_743) == "TACGTGATGGCT"
        )  # ERBB2 codons 772 to 775, YVMA
        assert reference.knows("17", 39_700_000, 39_700_100)
        assert not reference.knows("2", 1_000_000, 1_000_001)
        assert reference.shipped
        assert reference.path == shipped_reference(GRCH38)
    with Reference(None, GRCH37) as reference:
        assert reference.fetch("12", 25_398_279, 25_398_285) == "GCCACC"
        # BRAF V600, GTG on the minus strand
        assert reference.fetch("7", 140_453_134, 140_453_137) == "CAC"


def test_what_is_not_known_is_n(build: GenomeBuild) -> None:
    end = CONTIG_LENGTHS[build]["17"]
    with Reference(None, build) as reference:
        assert reference.fetch("X", 0, 5) == "NNNNN"
        assert reference.fetch("17", -3, 2) == "NNNNN"
        assert reference.fetch("17", end - 2, end + 3) == "NNNNN"
        assert reference.fetch("17", end + 5, end + 8) == "NNN"
        assert reference.fetch("no such contig", 5, 8) == "NNN"
        assert reference.fetch("17", 8, 8) == ""
        assert reference.fetch("17", 8, 5) == ""


@cache
def opened_once() -> Reference:
    return Reference(None, GRCH38)


@given(
    st.sampled_from(["12", "17", "7", "X", "MT", "absent"]),
    st.integers(-100, 140_000_000),
    st.integers(-5, 300),
)
def test_length_is_always_what_was_asked(chromosome: str, start: int, length: int) -> None:
    bases = opened_once().fetch(chromosome, start, start + length)
    assert len(bases) == max(0, length)
    assert set(bases) <= set("ACGTN")


def test_full_contigs_under_both_names(build: GenomeBuild) -> None:
    lengths = CONTIG_LENGTHS[build]
    with pysam.FastaFile(str(shipped_reference(build))) as fasta:
        told = dict(zip(fasta.references, fasta.lengths, strict=True))
        assert list(told)[:25] == list(lengths)
        assert {name: told[name] for name in lengths} == lengths
        assert {name: told[f"chr{name}"] for name in lengths if name != "MT"} == {
            name: length for name, length in lengths.items() if name != "MT"
        }
        assert ("chrM" in told) == (build is GRCH38)  # hg19's chrM is another sequence than MT
        for name in ("1", "7", "12", "17", "X"):
            assert fasta.fetch(name, 1000, 1010) == fasta.fetch(f"chr{name}", 1000, 1010)
            assert len(fasta.fetch(f"chr{name}", lengths[name] - 10, lengths[name])) == 10


def test_size_stays_a_few_megabytes() -> None:
    folder = shipped_reference(GRCH37).parent
    assert sum(path.stat().st_size for path in folder.iterdir()) < 14_000_000


def test_bed_of_known_sequence_is_where_it_is_known(build: GenomeBuild) -> None:
    rows = [line.split("\t") for line in shipped_regions(build).read_text().splitlines()]
    assert len(rows) > 100
    assert sum(int(end) - int(start) for _, start, end, _ in rows) > 900_000
    with Reference(None, build) as reference:
        for chromosome, start, end, source in rows:
            assert source
            assert reference.knows(chromosome, int(start), int(end))


@pytest.mark.parametrize("prefix", ["", "chr"])
def test_bcftools_normalises_with_either_naming(tmp_path: Path, prefix: str) -> None:
    # ERBB2 Y772_A775dup written at its right end moves left; REF is checked on the way
    lines = [
        "##fileformat=VCFv4.2",
        f"##contig=<ID={prefix}17,length=83257441>",
        "\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]),
        "\t".join([f"{prefix}17", "39724743", ".", "T", "T" + "TACGTGATGGCT", ".", ".", "."]),
    ]
    vcf = tmp_path / "in.vcf"
    vcf.write_text("\n".join(lines) + "\n")
    out = pysam.bcftools.norm("-f", str(shipped_reference(GRCH38)), str(vcf), catch_stdout=True)
    (record,) = [line.split("\t") for line in out.splitlines() if line[0] != "#"]
    chromosome, position, _, ref, alt = record[:5]
    assert (chromosome, ref, alt) == (f"{prefix}17", "A", "ATACGTGATGGCT")
    assert int(position) == 39_724_731


@pytest.mark.parametrize("prefix", ["", "chr"])
def test_cram_round_trip_with_either_naming(tmp_path: Path, prefix: str) -> None:
    shipped = str(shipped_reference(GRCH38))
    with Reference(None, GRCH38) as reference:
        bases = reference.fetch("17", ERBB2_PIECE, ERBB2_PIECE + 50)
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": f"{prefix}17", "LN": 83257441}]}
    path = tmp_path / "one.cram"
    with pysam.AlignmentFile(str(path), "wc", header=header, reference_filename=shipped) as out:
        read = pysam.AlignedSegment(out.header)
        read.query_name, read.reference_id, read.reference_start = "r1", 0, ERBB2_PIECE
        read.mapping_quality, read.cigartuples = 60, [(pysam.CMATCH, 50)]
        read.query_sequence = bases
        read.query_qualities = pysam.qualitystring_to_array("I" * 50)
        out.write(read)
    with pysam.AlignmentFile(str(path), "rc", reference_filename=shipped) as reads:
        assert [read.query_sequence for read in reads] == [bases]


@pytest.mark.parametrize("names", [{"17": "chr17", "12": "chr12"}, {"17": "17"}, {"17": "NC_000017.11"}])
def test_own_fasta_of_any_naming(tmp_path: Path, names: dict[str, str]) -> None:
    own = _write_own(tmp_path / "own.fa.gz", GRCH38, names)
    with Reference(own, GRCH38) as reference:
        assert not reference.shipped
        assert reference.fetch("17", 1000, 1010) == "ACGTACGTNN"  # ambiguity codes are not known bases
        assert reference.name_of("17") == names["17"]
        assert reference.name_of("X") is None
        assert reference.fetch("X", 0, 3) == "NNN"


def test_plain_fasta_needs_no_gzi(tmp_path: Path) -> None:
    own = _write_own(tmp_path / "own.fa.gz", GRCH37, {"22": "22"})
    plain = tmp_path / "plain.fa"
    plain.write_bytes(gzip.decompress(own.read_bytes()))
    shutil.copy(own.with_name("own.fa.gz.fai"), plain.with_name("plain.fa.fai"))
    with Reference(plain, GRCH37) as reference:
        assert reference.fetch("22", 1000, 1004) == "ACGT"


def test_other_build_is_refused(tmp_path: Path) -> None:
    own = _write_own(tmp_path / "own.fa.gz", GRCH37, {"22": "chr22"})
    with pytest.raises(InputError, match="is of GRCh37, where GRCh38 is needed"):
        Reference(own, GRCH38)


def test_no_build_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "own.fa.gz"
    write_padded_fasta(own, {"22": 1000}, {}, aliases={})
    with pytest.raises(InputError, match="not of GRCh37 or GRCh38"):
        Reference(own, GRCH38)


@pytest.mark.parametrize("missing", [".fai", ".gzi"])
def test_missing_index_is_named_and_not_made(tmp_path: Path, missing: str) -> None:
    own = _write_own(tmp_path / "own.fa.gz", GRCH38, {"22": "22"})
    index = own.with_name(own.name + missing)
    index.unlink()
    with pytest.raises(InputError, match=rf"has no index own\.fa\.gz\{missing}.*samtools faidx"):
        Reference(own, GRCH38)
    assert not index.exists()


def test_missing_and_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no file"):
        Reference(tmp_path / "absent.fa", GRCH38)
    with pytest.raises(InputError, match="is no file"):
        Reference(tmp_path, GRCH38)
    text = tmp_path / "text.fa"
    text.write_text("no fasta\n")
    (tmp_path / "text.fa.fai").write_text("broken index\n")
    with pytest.raises(InputError):
        Reference(text, GRCH38)


def test_index_older_than_the_fasta_is_used_as_it_is(tmp_path: Path) -> None:
    # a clone gives files any order of times
    own = _write_own(tmp_path / "own.fa.gz", GRCH38, {"22": "22"})
    for suffix in (".fai", ".gzi"):
        os.utime(own.with_name(own.name + suffix), (1, 1))
    with Reference(own, GRCH38) as reference:
        assert reference.fetch("22", 1000, 1004) == "ACGT"


def test_a_cram_of_another_reference_does_not_decode_in_silence(tmp_path: Path) -> None:
    own = _write_own(tmp_path / "own.fa.gz", GRCH38, {"17": "17"}, sequence="ACGTTGCA" * 20)
    path = tmp_path / "one.cram"
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "17", "LN": 83257441}]}
    with pysam.AlignmentFile(str(path), "wc", header=header, reference_filename=str(own)) as out:
        read = pysam.AlignedSegment(out.header)
        read.query_name, read.reference_id, read.reference_start = "r1", 0, 1000
        read.mapping_quality, read.cigartuples = 60, [(pysam.CMATCH, 80)]
        read.query_sequence = "ACGTTGCA" * 10
        read.query_qualities = pysam.qualitystring_to_array("I" * 80)
        out.write(read)
    with (
        pysam.AlignmentFile(str(path), "rc", reference_filename=str(shipped_reference(GRCH38))) as reads,
        pytest.raises(OSError),
    ):
        next(reads)


def test_a_truncated_fasta_is_named(tmp_path: Path) -> None:
    own = tmp_path / "own.fa.gz"
    for suffix in ("", ".fai", ".gzi"):
        shutil.copyfile(f"{shipped_reference(GRCH37)}{suffix}", f"{own}{suffix}")
    own.write_bytes(own.read_bytes()[:2_000_000])
    with (
        Reference(own, GRCH37) as reference,
        pytest.raises(InputError, match=r"own.fa.gz: reading 17:3.*damaged"),
    ):
        reference.fetch("17", 37_856_000, 37_857_000)


class Complemented(Reference):
    """A FASTA with the right contigs and the wrong bases."""

    def fetch(self, chromosome: str, start: int, end: int) -> str:
        return super().fetch(chromosome, start, end).translate(str.maketrans("ACGT", "TGCA"))


@pytest.mark.parametrize("build", list(GenomeBuild))
def test_a_fasta_of_other_bases_is_refused(build: GenomeBuild) -> None:
    with Reference(shipped_reference(build), build) as own:
        own.check_bases()
    with (
        Complemented(shipped_reference(build), build) as other,
        pytest.raises(
            InputError, match=rf"holds other bases than {build}: 0 of \d{{4,}} of the panel's agree"
        ),
    ):
        other.check_bases()
