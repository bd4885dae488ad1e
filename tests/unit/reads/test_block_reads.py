"""Counts at windows against counting read by read with pysam, on files whose blocks and indices differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pysam
import pytest
from alignment_files import GRCH38_LENGTHS, Read
from window_sites import window_sites

from refractor.errors import AlignmentError
from refractor.reads import block_reads
from refractor.reads.alignment import open_alignment
from refractor.reads.windows import WindowCounts, read_windows
from refractor.reads.windows_to_read import NO_SNP, Sites

PLACES = ((7, 20_000), (7, 40_500), (7, 41_500), (12, 16_384), (12, 28_000), (17, 90_000))
SPANS = (15_000, 45_000)
CIGARS = ("100M", "20S80M", "40M3I57M", "50M7D50M", "30M4D30M2I38M", "95M5S", "48M30N52M")


def sites() -> Sites:
    """Windows early and late in their bin, close together, and one where nothing was read."""
    start = np.array([at for _, at in PLACES])
    snp = start + np.array([10, 500, 990, 700, 3, 500])
    snp[4] = NO_SNP
    return window_sites([str(name) for name, _ in PLACES], start, snp)


def many_reads(seed: int) -> list[Read]:
    """Pairs with gaps, clips, bad bases, duplicates and unsure places, over two stretches of three contigs."""
    rng = np.random.default_rng(seed)
    reads = []
    for chromosome in ("7", "12", "17"):
        for number in range(4_000):
            first = int(rng.integers(*SPANS)) + (50_000 if chromosome == "17" else 0)
            second = first + int(rng.integers(0, 300))
            for at, flag, sign in ((first, 0x41, 1), (second, 0x91, -1)):
                bases = "".join(rng.choice(list("ACGTN"), 100, p=(0.4, 0.2, 0.2, 0.19, 0.01)))
                reads.append(
                    Read(
                        chromosome,
                        at,
                        bases,
                        f"f{chromosome}.{number}",
                        cigar=str(rng.choice(CIGARS)),
                        quality=rng.choice([2, 25, 37, 37], 100).tolist(),
                        mapping_quality=int(rng.choice([0, 20, 60, 60])),
                        flag=flag | int(rng.choice([0, 0, 0, 0, 0, 0x400, 0x100, 0x800])),
                        template_length=sign * (second - first + 100),
                    )
                )
    return reads


@dataclass
class Seen:
    """What one window holds, counted read by read."""

    fragments: int = 0
    unsure: int = 0
    strong: int = 0
    known: int = 0
    bases: dict[str, str] = field(default_factory=dict)

    def look(self, read: pysam.AlignedSegment, start: int, snp: int) -> None:
        inside = start <= read.reference_start < start + 1_000
        if read.flag & 0xF04:
            return
        if read.mapping_quality < 20:
            self.unsure += inside
            return
        sequence, qualities = str(read.query_sequence), read.query_qualities
        if inside and read.template_length >= 0:
            self.fragments += 1
            if self.fragments % 8 == 1:
                self.strong += sum(base in "GC" for base in sequence)
                self.known += sum(base != "N" for base in sequence)
        for index, place in read.get_aligned_pairs(matches_only=True):
            if place == snp and qualities is not None and qualities[index] >= 20:
                name, base = str(read.query_name), sequence[index]
                self.bases[name] = base if self.bases.get(name, base) == base else "N"


def counted(path: Path) -> list[Seen]:
    found = []
    with pysam.AlignmentFile(str(path)) as file:
        for (chromosome, start), snp in zip(PLACES, sites().snp.tolist(), strict=True):
            found.append(Seen())
            for read in file.fetch(str(chromosome), start, start + 1_000):
                found[-1].look(read, start, snp)
    return found


def assert_as_counted(counts: WindowCounts, expected: list[Seen]) -> None:
    bases = [list(seen.bases.values()) for seen in expected]
    assert sum(len(some) for some in bases) > 25
    assert counts.fragments.tolist() == [seen.fragments for seen in expected]
    assert counts.unsure.tolist() == [seen.unsure for seen in expected]
    assert counts.ref_reads.tolist() == [some.count("A") for some in bases]
    assert counts.alt_reads.tolist() == [some.count("G") for some in bases]
    assert counts.other_reads.tolist() == [some.count("C") + some.count("T") for some in bases]
    known = [seen.strong / seen.known if seen.known else np.nan for seen in expected]
    assert counts.gc == pytest.approx(known, nan_ok=True)


@pytest.fixture(scope="module")
def bam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from alignment_files import bam_writer  # noqa: PLC0415 - the fixture of it is made for each test

    return bam_writer(tmp_path_factory.mktemp("blocks"))(many_reads(5), name="plain.bam")


def windows_of(path: Path) -> WindowCounts:
    with open_alignment(path, reference=None) as alignment:
        return read_windows(alignment, sites())


def test_blocks_that_begin_with_a_record(bam: Path) -> None:
    assert_as_counted(windows_of(bam), counted(bam))


@pytest.mark.parametrize("block", [700, 5_000, 65_000])
def test_records_that_run_over_the_ends_of_blocks(bam: Path, tmp_path: Path, block: int) -> None:
    """As other writers than htslib leave a file; blocks shorter than two records have no sure beginning."""
    path = reblocked(bam, tmp_path / "runs_over.bam", block)
    assert_as_counted(windows_of(path), counted(bam))


def test_windows_after_the_last_read_of_the_file_are_empty(tmp_path: Path) -> None:
    """The reads end within the first stretch: the next one, of the same 16 kb, is looked for where the file ends."""
    from alignment_files import bam_writer  # noqa: PLC0415 - the fixture of it is made for each test

    reads = [Read("7", 20_000 + number, "A" * 100, f"r{number}") for number in range(500)]
    path = bam_writer(tmp_path)(reads, name="ends.bam")
    data = block_reads.RecordBuffer()
    with open_alignment(path, reference=None) as alignment, block_reads.block_reads(alignment) as blocks:
        found = [
            len(blocks.over("7", start, start + 1_000, earliest=start, data=data))
            for start in (20_000, 31_000, 32_000)
        ]
    assert found == [500, 0, 0]


def test_an_index_of_coarse_bins(bam: Path, tmp_path: Path) -> None:
    path = tmp_path / "csi.bam"
    path.write_bytes(bam.read_bytes())
    pysam.index("-c", "-m", "17", str(path))
    assert_as_counted(windows_of(path), counted(bam))


@pytest.mark.parametrize(
    "options",
    [
        ["seqs_per_slice=300", "version=3.1"],
        ["version=3.0", "seqs_per_slice=300", "slices_per_container=7"],
        ["version=3.1", "lossy_names=1", "seqs_per_slice=1000"],
        ["version=3.0", "multi_seq_per_slice=1", "seqs_per_slice=20000"],
        ["archive"],
        ["small"],
        ["fast"],
    ],
    ids=" ".join,
)
def test_a_cram_holds_the_same(tmp_path: Path, options: list[str]) -> None:
    from alignment_files import bam_writer  # noqa: PLC0415

    reads = many_reads(6)
    whole = bam_writer(tmp_path)(reads, name="t.bam")
    cram = bam_writer(tmp_path)(reads, name="t.cram", options=["no_ref=1", *options])
    assert_as_counted(windows_of(cram), counted(whole))


def test_blocks_before_a_window_are_passed_over(bam: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the windows begin a thousand reads after their bin: most of these blocks are not unpacked."""
    unpacked: list[int] = []
    whole = block_reads.BlockReads._block

    def noted(self: block_reads.BlockReads, offset: int) -> tuple[bytes, int]:
        unpacked.append(offset)
        return whole(self, offset)

    monkeypatch.setattr(block_reads.BlockReads, "_block", noted)
    windows_of(bam)
    passed = len(set(unpacked))
    unpacked.clear()
    monkeypatch.setattr(block_reads.BlockReads, "_first_record", lambda *_: None)
    windows_of(bam)
    assert passed < 0.7 * len(set(unpacked))


def test_a_damaged_block_is_an_error_never_fewer_reads(bam: Path, tmp_path: Path) -> None:
    data = bytearray(bam.read_bytes())
    path = tmp_path / "damaged.bam"
    for at in range(len(data) // 3, len(data) // 3 + 40_000, 500):
        data[at] ^= 0xFF
    path.write_bytes(bytes(data))
    path.with_name("damaged.bam.bai").write_bytes(bam.with_name("plain.bam.bai").read_bytes())
    with pytest.raises(AlignmentError, match=r"damaged\.bam: reading \d+:\d+-\d+ failed"):
        windows_of(path)


def reblocked(source: Path, path: Path, block: int) -> Path:
    """The same records in blocks of this many bytes, wherever they end."""
    with pysam.BGZFile(str(source), "rb", None) as stream:
        data = stream.read()
    with pysam.BGZFile(str(path), "wb", None) as out:
        for at in range(0, len(data), block):
            out.write(data[at : at + block])
            out.flush()
    pysam.index(str(path))
    return path


def test_contigs_are_those_of_the_file() -> None:
    assert {str(name) for name, _ in PLACES} == set(GRCH38_LENGTHS)
