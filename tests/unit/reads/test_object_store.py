"""Reads out of a store that speaks S3: moto's, which checks signatures and rights; `make s3-test` fetches and starts it.

It is in no list of ours, as its boto3 wants an older python-dateutil than users run with.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from obstore.store import S3Store
from test_remote_reads import assert_same, few_sites, folder, read_windows

from refractor.errors import AlignmentError
from refractor.files.remote_versions import remote_record, remote_versions
from refractor.reads import remote_reads

__all__ = ["folder"]  # a fixture, used by name

MOTO = (
    "uvx",
    "--quiet",
    "--with",
    "flask==3.1.3",
    "--with",
    "flask-cors==6.0.5",
    "--from",
    "moto[s3]==5.2.5",
)
KEYS = (
    "plain/T1.bam",
    "with blank/T1 a+b.bam",
    "per%20cent/T1%2F.bam",
    "umläut/Tü#1?.bam",
    "a=b&c/T1;x,y.bam",
)
"""A key is what the store holds; in an address it is percent-encoded."""

pytestmark = pytest.mark.skipif(
    "REFRACTOR_S3_TEST" not in os.environ, reason="the store is fetched from an index: make s3-test"
)


@pytest.fixture(scope="module")
def store(folder: Path) -> Iterator[str]:
    """The address of a store with the bucket `data`, in which the BAM lies under each of KEYS."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [*MOTO, "moto_server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(urllib.request.Request(f"{address}/data", method="PUT"))
                break
            except OSError:
                assert server.poll() is None, "moto did not start"
                time.sleep(0.2)
        bucket = S3Store(
            "data", endpoint=address, access_key_id="testing", secret_access_key="testing", region="us-east-1",
            virtual_hosted_style_request=False, client_options={"allow_http": True},
        )  # fmt: skip
        for key in KEYS:
            # in one part: moto lets anybody read an object that came in several
            bucket.put(key, folder / "T1.bam", use_multipart=False)
            bucket.put(f"{key}.bai", folder / "T1.bam.bai", use_multipart=False)
        yield address
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def signed(store: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The store, with the credentials of one who may read, and none else from this machine."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", store)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    return store


@pytest.mark.parametrize("key", KEYS)
def test_a_bam_is_read_by_ranges_under_any_key(signed: str, folder: Path, key: str) -> None:
    sites = few_sites()
    assert_same(read_windows(folder / "T1.bam", sites), read_windows(f"s3://data/{quote(key)}", sites))


def test_the_version_is_that_of_the_store(signed: str, folder: Path) -> None:
    address = f"s3://data/{quote(KEYS[1])}"
    record = remote_record(remote_versions([address])[address])
    assert record["bytes"] == (folder / "T1.bam").stat().st_size
    assert str(record["etag"]).strip('"')


def test_a_key_that_is_not_there_and_a_store_that_refuses(
    signed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AlignmentError, match=r"^s3://data/no\.bam: does not exist \(HTTP 404\)"):
        read_windows("s3://data/no.bam", few_sites())
    monkeypatch.setattr(remote_reads, "_opened", {})
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(
        AlignmentError, match=r"^s3://data/plain/T1\.bam: is refused: not there, or not allowed \(HTTP 403\)"
    ):
        read_windows("s3://data/plain/T1.bam", few_sites())
