"""Reads at an address: the same as from disk, for a small share of the bytes, and clear words where it cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pysam
import pytest
from range_server import Served, served

from refractor.errors import AlignmentError
from refractor.files import object_stores as stores_module
from refractor.files import remote as remote_file_module
from refractor.files.remote import beside, location, shown
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.reference import Reference
from refractor.reads import alignment as alignment_module
from refractor.reads import remote_reads as remote_module
from refractor.reads import windows as windows_module
from refractor.reads.alignment import open_alignment
from refractor.reads.stated_reference import with_stated_bases
from refractor.reads.windows import WindowCounts
from refractor.reads.windows_to_read import Sites, load_sites

B38 = GenomeBuild.GRCH38
STRETCH = 1_200_000
"""Bases of chromosome 22 from the first window on that the file covers, as a whole genome would."""


def read_windows(path: str | Path, sites: Sites, **more: Any) -> WindowCounts:
    with open_alignment(path, reference=None) as alignment:
        return windows_module.read_windows(alignment, sites, **more)


def windows() -> Sites:
    sites = load_sites(B38)
    return sites.subset(sites.chromosome == "22")


def first_start() -> int:
    return int(windows().start[0]) - 20_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BAM of 10x over 3 Mb, the same with a CSI, and as a CRAM that needs no reference."""
    made = tmp_path_factory.mktemp("remote")
    rng = np.random.default_rng(22)
    lengths = CONTIG_LENGTHS[B38]
    header = {
        "HD": {"VN": "1.6", "SO": "coordinate"},
        "SQ": [{"SN": f"chr{name}", "LN": length} for name, length in lengths.items()],
        "RG": [{"ID": "1", "SM": "T1"}],
    }
    contig = list(lengths).index("22")
    shape = STRETCH // 15, 150
    bases = np.frombuffer(b"ACGT", np.uint8)[rng.integers(0, 4, shape)]
    qualities = np.frombuffer(b"#5:F", np.uint8)[rng.integers(0, 4, shape)]
    with pysam.AlignmentFile(made / "T1.bam", "wb", header=header) as out:
        for number, start in enumerate(np.sort(rng.integers(0, STRETCH, len(bases))).tolist()):
            read = pysam.AlignedSegment(out.header)
            read.query_name, read.flag = f"r{number}", 0
            read.reference_id, read.reference_start = contig, first_start() + start
            read.mapping_quality, read.cigartuples = 60, [(0, 150)]
            read.query_sequence = bases[number].tobytes().decode()
            read.query_qualities = pysam.qualitystring_to_array(qualities[number].tobytes().decode())
            read.set_tag("RG", "1")
            out.write(read)
    pysam.index(str(made / "T1.bam"))
    (made / "csi").mkdir()
    (made / "csi" / "T1.bam").write_bytes((made / "T1.bam").read_bytes())
    pysam.index("-c", str(made / "csi" / "T1.bam"))
    pysam.view(
        "-C", "--output-fmt-option", "no_ref=1", "--output-fmt-option", "seqs_per_slice=2000",
        "-o", str(made / "T1.cram"), str(made / "T1.bam"), catch_stdout=False,
    )  # fmt: skip
    pysam.index(str(made / "T1.cram"))
    return made


@pytest.fixture
def server(folder: Path) -> Iterator[Served]:
    with served(folder) as log:
        yield log


def few_sites() -> Sites:
    """Six windows spread over the covered stretch."""
    sites = windows()
    inside = np.flatnonzero(sites.end < first_start() + STRETCH)
    return sites.subset(inside[:: max(1, len(inside) // 6)][:6])


def assert_same(one: WindowCounts, other: WindowCounts) -> None:
    assert int(one.fragments.sum()) > 300
    for name in WindowCounts.__slots__:
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True), name


@pytest.mark.parametrize(("name", "most"), [("T1.bam", 0.15), ("csi/T1.bam", 0.25), ("T1.cram", 0.25)])
def test_windows_are_those_of_the_disk_for_few_bytes(
    folder: Path, server: Served, name: str, most: float
) -> None:
    sites = few_sites()
    assert len(sites) == 6
    local = read_windows(folder / name, sites)
    remote = read_windows(f"{server.address}/{name}", sites)
    assert_same(local, remote)
    size = (folder / name).stat().st_size
    index = next(path.stat().st_size for path in folder.glob(f"{name}.*i"))
    share = (server.sent - index) / size
    assert 0.01 < share < most, f"{share:.1%} of {size:,} bytes travelled"


def test_nothing_is_fetched_twice_nor_left_in_the_working_folder(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    address = f"{server.address}/T1.bam"
    first = read_windows(address, few_sites())
    sent = server.sent
    assert_same(first, read_windows(address, few_sites()))
    assert server.sent == sent
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["T1.bam", "csi/T1.bam", "T1.cram"])
def test_an_estimate_that_does_not_reach_is_made_good(
    folder: Path, server: Served, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tenth of what is needed at first, without the slack of two blocks."""
    monkeypatch.setattr(remote_module, "_BLOCK", 2_000)
    monkeypatch.setattr(remote_module, "_SLACK_BASES", -16_000)
    sites = few_sites()
    assert_same(read_windows(folder / name, sites), read_windows(f"{server.address}/{name}", sites))


@pytest.mark.parametrize("step", ["windows", "stated bases"])
def test_places_are_asked_for_together(server: Served, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Each costs a round trip, so one after the other they would cost as many round trips as there are places."""
    monkeypatch.setattr(remote_file_module, "JOIN_GAP", 0)
    monkeypatch.setattr(remote_module, "_BLOCK", 2_000)
    monkeypatch.setattr(remote_module, "HEAD_BYTES", 70_000)
    monkeypatch.setattr(remote_module, "_opened", {})
    server.latency = 0.1
    starts = range(first_start() + 20_000, first_start() + STRETCH, 40_000)
    with open_alignment(f"{server.address}/T1.bam", reference=None) as alignment:
        if step == "windows":
            alignment.prefetch(("22", start, start + 1_000) for start in starts)
        else:
            with Reference(None, B38) as reference:
                places = [("22", start, start + 1_000) for start in starts]
                assert all("N" in reference.fetch(*place) for place in places)
                with_stated_bases(reference, [alignment], places)
    assert server.together >= 8


def test_what_cannot_be_read_whole_is_an_error_never_fewer_reads(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_module, "_BLOCK", 200)
    monkeypatch.setattr(remote_module, "_SLACK_BASES", -16_000)
    monkeypatch.setattr(alignment_module, "GENEROSITY", (1,))
    with pytest.raises(AlignmentError, match=r"http://127\.0\.0\.1:\d+/T1\.bam: reading 22:"):
        read_windows(f"{server.address}/T1.bam", few_sites())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"refuse": {"T1.bam": 404}}, r"T1\.bam: does not exist \(HTTP 404\)"),
        (
            {"refuse": {"T1.bam": 403}},
            r"T1\.bam: is refused: not there, or not allowed \(HTTP 403\); check the address, and give a signed address",
        ),
        ({"refuse": {"T1.bam": 401}}, r"T1\.bam: is refused to us \(HTTP 401\); give a signed address"),
        ({"refuse": {"T1.bam": 418}}, r"T1\.bam: cannot be read \(HTTP 418\)"),
        ({"ranges": False}, r"T1\.bam: is on a server that does not serve parts of a file"),
        (
            {"refuse": dict.fromkeys(("T1.bam.bai", "T1.bai", "T1.bam.csi", "T1.csi"), 404)},
            r"T1\.bam: has no index beside it \(looked for T1\.bam\.bai, T1\.bai, T1\.bam\.csi, T1\.csi\)",
        ),
        (
            {"refuse": {"T1.bam.bai": 403}},
            r"T1\.bam: its index is refused: not there, or not allowed \(looked for T1\.bam\.bai \(HTTP 403\), "
            r"T1\.bai \(HTTP 404\), .*; put the index beside the file, and allow it to be read",
        ),
    ],
)
def test_what_a_server_refuses_is_said(server: Served, change: dict[str, object], said: str) -> None:
    for name, value in change.items():
        setattr(server, name, value)
    with (
        pytest.raises(AlignmentError, match=said) as caught,
        open_alignment(f"{server.address}/T1.bam?token=secret", reference=None),
    ):
        pass
    assert "secret" not in str(caught.value)


def test_a_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(stores_module.RETRIES, "max_retries", 0)
    with (
        pytest.raises(AlignmentError, match=r"http://127\.0\.0\.1:9/T1\.bam: cannot be reached"),
        open_alignment("http://127.0.0.1:9/T1.bam", reference=None),
    ):
        pass


def test_a_file_that_changes_meanwhile(server: Served) -> None:
    with open_alignment(f"{server.address}/T1.bam", reference=None) as opened:
        server.etag = '"two"'
        with pytest.raises(AlignmentError, match="changed while it was read"):
            list(opened.fetch("22", first_start() + 600_000, first_start() + 601_000))


def test_a_page_in_the_place_of_a_file(folder: Path, server: Served) -> None:
    (folder / "page.bam").write_text("<html>sign in</html>")
    (folder / "page.bam.bai").write_text("<html>sign in</html>")
    with (
        pytest.raises(AlignmentError, match=r"page\.bam: is neither BAM nor CRAM"),
        open_alignment(f"{server.address}/page.bam", reference=None),
    ):
        pass


def test_addresses() -> None:
    assert location("https://x.org/a//b.bam?X=1") == "https://x.org/a//b.bam?X=1"
    assert location("a//b.bam") == Path("a/b.bam")
    assert shown("https://me:word@x.org/a/b.bam?sig=1") == "https://x.org/a/b.bam"
    assert beside("https://x.org/a/b.bam?sig=1", "b.bam.bai") == "https://x.org/a/b.bam.bai?sig=1"


@pytest.fixture
def object_store(server: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """The server as an object store with a bucket `data`, which asks for a signed request."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.address)
    server.below = "data/"
    return server


def test_an_object_of_s3_is_read_signed_where_there_is_a_key(
    folder: Path, object_store: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    sites = few_sites()
    assert_same(read_windows(folder / "T1.bam", sites), read_windows("s3://data/T1.bam", sites))
    assert object_store.signed
    assert all(words.startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/") for words in object_store.signed)


def test_an_object_of_s3_is_read_unsigned_without_a_key(folder: Path, object_store: Served) -> None:
    sites = few_sites()
    assert_same(read_windows(folder / "T1.bam", sites), read_windows("s3://data/csi/T1.bam", sites))
    assert object_store.requests
    assert object_store.signed == []


@pytest.mark.parametrize("address", ["s3://data/no.bam", "gs://data/a.bam", "az://data/a.bam"])
def test_an_object_that_cannot_be_had_is_named_without_a_long_wait(
    object_store: Served, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(stores_module.RETRIES, "max_retries", 0)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # nothing leaves this machine
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    assert object_store.address
    with (
        pytest.raises(AlignmentError, match=f"^{address}: (does not exist|cannot be reached)"),
        open_alignment(address, reference=None),
    ):
        pass
