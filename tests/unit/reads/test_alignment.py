from __future__ import annotations

import os
from pathlib import Path

import pysam
import pytest
from alignment_files import Read

from refractor.errors import AlignmentError
from refractor.genome.builds import GenomeBuild
from refractor.reads.alignment import open_alignment

READS = [Read("17", 1000 + n, "ACGTACGTAC", f"r{n}") for n in range(5)]


def fails(path: Path, reference: Path | None = None) -> str:
    with pytest.raises(AlignmentError) as caught, open_alignment(path, reference=reference):
        pass
    return str(caught.value)


@pytest.mark.parametrize("suffix", [".bam.bai", ".bai", ".bam.csi"])
def test_whole_file_opens(write_bam, suffix):
    path = write_bam(READS, samples=("tumor", "tumor"), index=False)
    pysam.index(
        *(["-c"] if suffix.endswith("csi") else []), "-o", str(path.with_name("tumor" + suffix)), str(path)
    )
    with open_alignment(path, reference=None) as alignment:
        assert alignment.build is GenomeBuild.GRCH38
        assert alignment.contig("17") == "17"
        assert alignment.sample_names == ("tumor",)
        assert len(list(alignment.fetch("17", 1004, 1005))) == 5


def test_chr_names_are_found_by_bare_name(write_bam):
    path = write_bam([Read("chr7", 100, "ACGT", "r")], contigs={"chrM": 16571, "chr7": 159138663})
    with open_alignment(path, reference=None) as alignment:
        assert alignment.build is GenomeBuild.GRCH37
        assert alignment.contig("7") == "chr7"
        assert alignment.contig("MT") == "chrM"
        with pytest.raises(AlignmentError, match="no contig for chromosome 17"):
            alignment.contig("17")


def test_missing_file(tmp_path):
    assert "no such file" in fails(tmp_path / "none.bam")


def test_directory(tmp_path):
    assert "is a directory" in fails(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_unreadable_file(write_bam):
    path = write_bam(READS)
    path.chmod(0)
    assert "cannot be read" in fails(path)


def test_unreadable_is_an_alignment_error_for_root_too(write_bam, monkeypatch):
    path = write_bam(READS)

    def refuse(self, *_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert "cannot be read: Permission denied" in fails(path)


@pytest.mark.parametrize(
    ("content", "said"), [("", "is empty"), ("@HD\tVN:1.6\n", "is neither BAM nor CRAM")]
)
def test_not_an_alignment(tmp_path, content, said):
    path = tmp_path / "x.bam"
    path.write_text(content)
    assert said in fails(path)


def test_missing_index(write_bam):
    path = write_bam(READS, index=False)
    message = fails(path)
    assert "no index" in message
    assert f"samtools index {path}" in message


def test_index_older_than_its_file(write_bam):
    path = write_bam(READS)
    index = path.with_name(path.name + ".bai")
    changed = path.stat().st_mtime
    os.utime(index, (changed - 100, changed - 100))
    message = fails(path)
    assert str(index) in message
    assert "is older than tumor.bam" in message


def test_truncated_bam(write_bam):
    path = write_bam([Read("17", 1000 + n, "ACGT" * 30, f"r{n}") for n in range(3000)])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    os.utime(path.with_name(path.name + ".bai"))
    assert "truncated" in fails(path)


def test_bam_damaged_in_the_middle_fails_as_ours_and_not_on_closing(write_bam):
    path = write_bam([Read("17", 1000 + n, "ACGT" * 30, f"r{n}") for n in range(3000)])
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20] = bytes(byte ^ 0xFF for byte in content[middle : middle + 20])
    path.write_bytes(bytes(content))
    os.utime(path.with_name(path.name + ".bai"))
    with pytest.raises(AlignmentError, match="damaged"), open_alignment(path, reference=None) as alignment:
        assert len(list(alignment.fetch("17", 0, 5000))) == 3000


def test_truncated_index(write_bam):
    path = write_bam(READS)
    index = path.with_name(path.name + ".bai")
    index.write_bytes(index.read_bytes()[:20])
    message = fails(path)
    assert str(index) in message
    assert "truncated or damaged" in message


def test_index_of_another_file(write_bam):
    path = write_bam(READS)
    other = write_bam([Read("7", 10, "ACGT", "r")], name="other.bam", contigs={"7": 159345973})
    path.with_name(path.name + ".bai").write_bytes(other.with_name("other.bam.bai").read_bytes())
    assert "is of another file: it indexes 1 contigs, tumor.bam has 3" in fails(path)


def test_contigs_of_another_genome(write_bam):
    path = write_bam([Read("1", 10, "ACGT", "r")], contigs={"1": 195471971, "2": 182113224})  # GRCm38
    message = fails(path)
    assert "not of GRCh37 or GRCh38: 1 has 195,471,971 bases" in message
    assert "249,250,621 (GRCh37)" in message


def test_no_human_contig(write_bam):
    path = write_bam([Read("scaffold_1", 10, "ACGT", "r")], contigs={"scaffold_1": 1000})
    assert "none of its contigs (scaffold_1 ...) is a human chromosome" in fails(path)


def test_header_without_contigs_and_wrong_order_are_told_together(tmp_path):
    path = tmp_path / "x.bam"
    header = pysam.AlignmentHeader.from_dict({"HD": {"VN": "1.6", "SO": "queryname"}})
    with pysam.AlignmentFile(str(path), "wb", header=header) as file:
        segment = pysam.AlignedSegment(header)
        segment.query_name, segment.flag, segment.query_sequence = "r", 4, "ACGT"
        file.write(segment)
    path.with_name("x.bam.bai").write_bytes(b"BAI\x01" + bytes(4))
    message = fails(path)
    assert "names no contig (@SQ)" in message
    assert "not sorted by position (SO:queryname)" in message


@pytest.mark.parametrize("reads", [[], [Read("7", 10, "ACGT", "r", flag=4)]])
def test_without_aligned_reads(write_bam, reads):
    assert "holds no aligned read" in fails(write_bam(reads))


@pytest.fixture
def fasta(tmp_path) -> Path:
    path = tmp_path / "reference.fa"
    # one contig long enough to be told by its length would be 46 MB: the smallest chromosome, N but for a stretch
    sequence = bytearray(b"N" * 46709983)
    sequence[20_000_000:20_000_040] = b"ACGTTGCA" * 5
    path.write_bytes(b">21\n" + bytes(sequence) + b"\n")
    pysam.faidx(str(path))
    return path


def test_cram_needs_its_reference(write_bam, fasta, tmp_path):
    reads = [Read("21", 20_000_000, "ACGTTGCA" * 2, "r")]
    path = write_bam(reads, name="t.cram", contigs={"21": 46709983}, reference=fasta)
    with open_alignment(path, reference=fasta) as alignment:
        assert [read.query_sequence for read in alignment.fetch("21", 20_000_000, 20_000_010)] == [
            "ACGTTGCA" * 2
        ]
    fasta.rename(tmp_path / "elsewhere.fa")  # the header's UR: would find it
    assert "give the full FASTA" in fails(path)


def test_cram_with_another_reference(write_bam, fasta, tmp_path):
    reads = [Read("21", 20_000_000, "ACGTTGCA" * 2, "r")]
    path = write_bam(reads, name="t.cram", contigs={"21": 46709983}, reference=fasta)
    other = tmp_path / "other.fa"
    other.write_bytes(fasta.read_bytes().replace(b"ACGTTGCA", b"TCGTTGCA"))
    pysam.faidx(str(other))
    fasta.unlink()
    assert f"cannot be decoded with {other}" in fails(path, other)


def test_a_failure_of_a_cram_names_the_sequences_that_its_reference_lacks(write_bam, fasta):
    reads = [Read("21", 20_000_000, "ACGTTGCA" * 2, "r")]
    both = {"21": 46709983, "22": 50818468}
    path = write_bam(reads, name="t.cram", contigs=both, reference=fasta)
    with open_alignment(path, reference=fasta) as alignment:
        told = str(alignment.failed("reading 22:1-100 failed: error"))
        assert (
            f"cannot be decoded with {fasta}, which has no sequence 22" in told
            and "give the full FASTA" in told
        )
        fasta.with_name(fasta.name + ".fai").write_text("21\t46709983\n22\t50818468\n")
        told = str(alignment.failed("reading 22:1-100 failed: error"))
        assert "reading 22:1-100 failed: error" in told and f"or {fasta} is not its reference" in told


def test_truncated_cram(write_bam, fasta):
    path = write_bam(
        [Read("21", 20_000_000, "ACGTTGCA" * 2, "r")],
        name="t.cram",
        contigs={"21": 46709983},
        reference=fasta,
    )
    path.write_bytes(path.read_bytes()[:-38])
    os.utime(path.with_name("t.cram.crai"))
    assert "truncated" in fails(path, fasta)


def test_cram_without_reference_compression_needs_none(write_bam):
    path = write_bam(
        [Read("21", 20_000_000, "ACGTTGCA", "r")],
        name="t.cram",
        contigs={"21": 46709983},
        options=("no_ref=1",),
    )
    with open_alignment(path, reference=None) as alignment:
        assert [read.query_sequence for read in alignment.fetch("21", 20_000_000, 20_000_010)] == ["ACGTTGCA"]
