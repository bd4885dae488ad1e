"""A header is looked at before htslib makes room for it."""

from __future__ import annotations

import struct
from pathlib import Path

import pysam
import pytest

from refractor.errors import AlignmentError
from refractor.files import bounded
from refractor.reads import header_size
from refractor.reads.alignment_files import is_cram_file
from refractor.reads.header_size import check_header_size

COMMENT = "@CO\t" + "x" * 996 + "\n"


def written(path: Path, comments: int) -> Path:
    """An empty BAM or CRAM whose header has so many comments of 1,000 bytes."""
    text = "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:1000\n" + COMMENT * comments
    header = pysam.AlignmentHeader.from_text(text)
    with pysam.AlignmentFile(
        str(path), "wc" if path.suffix == ".cram" else "wb", header=header, format_options=[b"no_ref=1"]
    ):
        pass
    return path


@pytest.mark.parametrize("suffix", [".bam", ".cram"])
def test_a_long_header_is_refused_and_one_below_the_bound_is_not(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(header_size, "MAX_INDEX_BYTES", 3 * 1024**2)
    few, many = written(tmp_path / f"few{suffix}", 3_000), written(tmp_path / f"many{suffix}", 4_300)
    assert is_cram_file(few) is (suffix == ".cram")
    with pytest.raises(AlignmentError, match=r"many.*: has a header of 4 MB, more than 3 MB"):
        is_cram_file(many)


def test_what_a_small_file_claims_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "T1.bam"
    with pysam.BGZFile(str(path), "w") as out:  # type: ignore[call-arg]
        out.write(b"BAM\x01" + struct.pack("<I", 2_000_000_000) + b"@CO\tx\n")
    with pytest.raises(AlignmentError, match=r"https://x/T1.bam: has a header of 1,907 MB, more than 64 MB"):
        check_header_size(path, is_cram=False, shown_as="https://x/T1.bam")
    assert bounded.MAX_INDEX_BYTES == 64 * 1024**2


@pytest.mark.parametrize(
    "content", [b"", b"BAM", b"\x1f\x8b\x08\x04", b"CRAM\x03\x00", b"CRAM\x04\x00" + bytes(40)]
)
def test_a_damaged_one_is_left_to_htslib(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    for is_cram in (False, True):
        check_header_size(path, is_cram=is_cram)
