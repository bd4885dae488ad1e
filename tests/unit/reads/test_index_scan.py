import shutil

import numpy as np
import pysam
import pytest
from alignment_files import Read

from refractor.errors import AlignmentError
from refractor.reads.alignment import open_alignment
from refractor.reads.index_scan import STRETCH, IndexScan, find_peaks, scan_index


def genome_like_reads(tall=(20, 24), times=12):
    """Reads every 100 bases over 60 stretches of chromosome 17, `times` as many over some, none over 30-39."""
    rng = np.random.default_rng(1)
    reads = []
    for position in range(0, 60 * STRETCH, 25):
        stretch = position // STRETCH
        if 30 <= stretch < 40:
            continue
        for copy in range(times if tall[0] <= stretch < tall[1] else 1):
            bases = "".join(rng.choice(list("ACGT"), 60))
            qualities = rng.integers(20, 40, 60).tolist()
            reads.append(Read("17", position, bases, f"{position}.{copy}", quality=qualities))
    return reads


@pytest.fixture(scope="module")
def reads():
    return genome_like_reads()


def scan(path):
    with open_alignment(path, reference=None) as alignment:
        return scan_index(alignment)


def test_bytes_show_the_tall_stretches_and_the_empty_ones(write_bam, reads):
    found = scan(write_bam(reads))
    values = found.bytes_per_stretch["17"]
    assert len(values) == -(-83257441 // STRETCH)
    assert (values[31:40] == 0).all()  # a read of stretch 29 reaches into 30
    assert (values[61:] == 0).all()
    flat = np.delete(values[:60], np.r_[19:25, 29:41])
    assert (flat > 0).all()
    assert values[20:24].mean() / flat.mean() == pytest.approx(12, rel=0.25)
    assert (found.bytes_per_stretch["7"] == 0).all()
    assert found.ratio("17", 21 * STRETCH, 22 * STRETCH) > 6
    assert found.ratio("5", 0, 100) is None


def test_csi_says_what_bai_says(write_bam, reads, tmp_path):
    bai = write_bam(reads)
    copy = tmp_path / "other.bam"
    shutil.copy(bai, copy)
    pysam.index("-c", str(copy))
    assert (tmp_path / "other.bam.csi").exists()
    # bins of less than 64 kB are folded into those of 131 kb: over these, and where bins are large, both agree
    eights = [scan(path).bytes_per_stretch["17"][:64].reshape(8, 8).sum(axis=1) for path in (bai, copy)]
    assert np.flatnonzero(eights[0] == 0).tolist() == [4]  # stretches 32-39
    eights = [
        [*sums[:3], sums[3] + sums[4], *sums[5:]] for sums in eights
    ]  # a CSI cannot tell an empty stretch
    assert eights[1] == pytest.approx(eights[0], rel=0.15, abs=70_000)
    tall = [scan(path).bytes_per_stretch["17"][20:24].sum() for path in (bai, copy)]
    assert tall[1] == pytest.approx(tall[0], rel=0.15)


def test_the_bytes_sum_to_the_file(write_bam, reads):
    path = write_bam(reads)
    total = sum(values.sum() for values in scan(path).bytes_per_stretch.values())
    assert total == pytest.approx(path.stat().st_size, rel=0.02)  # all but the header and the closing block


def test_crai_spreads_slices(write_bam, reads):
    cram = write_bam(
        reads, name="t.cram", options=["embed_ref=2", "no_ref=1", "seqs_per_slice=300", "version=3.0"]
    )
    values = scan(cram).bytes_per_stretch["17"]
    assert np.median(values[20:24]) > 4 * np.median(values[:19])
    assert (values[62:] == 0).all()


def test_peaks_are_runs_of_tall_stretches():
    values = np.full(1_000, 400_000.0)
    values[100:103] = 2_000_000
    values[500] = 9_000_000  # a single stretch is a satellite, not an amplicon
    peaks = find_peaks(IndexScan("i", {"8": values, "9": np.full(500, 400_000.0)}))
    assert [(p.chromosome, p.start, p.end) for p in peaks] == [("8", 100 * STRETCH, 103 * STRETCH)]
    assert peaks[0].ratio == pytest.approx(5)


def test_shallow_files_show_no_peaks():
    values = np.full(1_000, 10_000.0)
    values[100:103] = 100_000
    assert find_peaks(IndexScan("i", {"8": values})) == []


def test_covered_share_tells_a_slice():
    values = np.zeros(1_000)
    values[:20] = 1_000
    assert IndexScan("i", {"8": values}).covered_share == pytest.approx(0.02)
    assert IndexScan("i", {}).covered_share == 0
    assert IndexScan("i", {"X": values}).covered_share == 0  # autosomes only


def test_a_damaged_index_is_named(write_bam, reads):
    path = write_bam(reads[:2000])
    index = path.with_name(path.name + ".bai")
    with open_alignment(path, reference=None) as alignment:
        index.write_bytes(index.read_bytes()[:60])
        with pytest.raises(AlignmentError, match=r"tumor\.bam\.bai: is damaged"):
            scan_index(alignment)
