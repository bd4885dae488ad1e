"""Sorted, indexed BAM and CRAM from blocks of simulated reads.

Records are built as arrays of bytes and compressed through htslib: about ten times as fast as one
pysam.AlignedSegment after the other. Layout: SAM/BAM specification, section 4.2.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pysam
from numpy.typing import NDArray

from refractor.files.atomic import written_aside
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from synthetic.indels import Cigar, reference_length
from synthetic.reads import ReadBlock

_FIXED = struct.Struct("<iiBBHHHiiii")
_NAME_PREFIX = b"synthetic:"
_BATCH_DIGITS, _FRAGMENT_DIGITS = 5, 6
_NAME_BYTES = len(_NAME_PREFIX) + _BATCH_DIGITS + 1 + _FRAGMENT_DIGITS + 1
_MAX_MISMATCHES = 255
_SLICE_READS = 1000  # a tenth of the default: a look-up at one window then decodes little else
_COMPRESSION = "w1"  # level 1: twice as fast as level 3 for a sixth more bytes


def contig_name(chromosome: str, build: GenomeBuild) -> str:
    """How files of a build usually spell a chromosome: chr17 on GRCh38, 17 on GRCh37."""
    if build is GenomeBuild.GRCH37:
        return chromosome
    return "chrM" if chromosome == "MT" else f"chr{chromosome}"


def header_text(*, build: GenomeBuild, sample: str, comments: Sequence[str]) -> str:
    """A SAM header with all contigs of the build, one read group, and the comments as @CO lines."""
    lines = ["@HD\tVN:1.6\tSO:coordinate"]
    lines += [
        f"@SQ\tSN:{contig_name(chromosome, build)}\tLN:{length}\tAS:{build}"
        for chromosome, length in CONTIG_LENGTHS[build].items()
    ]
    lines.append(f"@RG\tID:{sample}\tSM:{sample}\tLB:{sample}\tPL:ILLUMINA\tDS:synthetic")
    lines.append("@PG\tID:simulate_genomes\tPN:refractor simulate_genomes")
    lines += [f"@CO\t{comment}" for comment in comments]
    return "\n".join(lines) + "\n"


def write_bam(
    path: Path, blocks: Iterable[ReadBlock], *, build: GenomeBuild, sample: str, comments: Sequence[str]
) -> int:
    """Number of reads written to `path`, sorted by coordinate, with its index beside it."""
    header = header_text(build=build, sample=sample, comments=comments)
    written = 0
    with written_aside(path) as scratch:
        stream = pysam.BGZFile(str(scratch), _COMPRESSION)  # type: ignore[call-arg]  # stub lacks levels
        try:
            stream.write(_binary_header(header, build))
            pending: _Encoded | None = None
            for block in blocks:
                encoded = _encode(block, sample)
                if pending is None:
                    pending = _Encoded(encoded.key[:0], encoded.plain[:0], {})
                ready, pending = _split(_merged(pending, encoded), _key(*block.limit))
                written += len(ready.key)
                stream.write(_joined(ready))
        finally:
            stream.close()
    pysam.index(str(path))
    return written


def convert_to_cram(bam: Path, cram: Path) -> None:
    """Write `bam` as a CRAM that needs no reference to be read, with its index beside it."""
    with written_aside(cram) as scratch:
        pysam.view(
            "-C",
            "--no-PG",
            "--output-fmt-option",
            "no_ref=1",
            "--output-fmt-option",
            f"seqs_per_slice={_SLICE_READS}",
            "-o",
            str(scratch),
            str(bam),
            catch_stdout=False,
        )
    pysam.index(str(cram))


def _binary_header(text: str, build: GenomeBuild) -> bytes:
    encoded = text.encode("ascii")
    parts = [b"BAM\x01", struct.pack("<i", len(encoded)), encoded]
    contigs = CONTIG_LENGTHS[build]
    parts.append(struct.pack("<i", len(contigs)))
    for chromosome, length in contigs.items():
        name = contig_name(chromosome, build).encode() + b"\0"
        parts += [struct.pack("<i", len(name)), name, struct.pack("<i", length)]
    return b"".join(parts)


@dataclass(frozen=True, slots=True, eq=False)
class _Encoded:
    """Records with their sort key: rows of bytes for plain reads, single byte strings for the others.

    `key` is int64 (reads,), `plain` uint8 (reads, record bytes); `special` maps a row to the record that
    stands in its place.
    """

    key: NDArray[np.int64]
    plain: NDArray[np.uint8]
    special: dict[int, bytes]


def _merged(first: _Encoded, second: _Encoded) -> _Encoded:
    """The records of both, sorted; with equal keys those of `first` come first."""
    key = np.concatenate([first.key, second.key])
    plain = np.concatenate([first.plain, second.plain])
    special = first.special | {row + len(first.key): record for row, record in second.special.items()}
    order = np.argsort(key, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return _Encoded(key[order], plain[order], {int(rank[row]): record for row, record in special.items()})


def _split(encoded: _Encoded, limit: int) -> tuple[_Encoded, _Encoded]:
    """The sorted records before `limit`, and the rest."""
    cut = int(np.searchsorted(encoded.key, limit))
    early = {row: record for row, record in encoded.special.items() if row < cut}
    late = {row - cut: record for row, record in encoded.special.items() if row >= cut}
    return (
        _Encoded(encoded.key[:cut], encoded.plain[:cut], early),
        _Encoded(encoded.key[cut:], encoded.plain[cut:], late),
    )


def _joined(encoded: _Encoded) -> bytes:
    parts, done = [], 0
    for row in sorted(encoded.special):
        parts += [encoded.plain[done:row].tobytes(), encoded.special[row]]
        done = row + 1
    parts.append(encoded.plain[done:].tobytes())
    return b"".join(parts)


def _key(contig: int, position: int) -> int:
    return (contig << 32) + position


def _encode(block: ReadBlock, sample: str) -> _Encoded:
    """The block's reads as BAM records."""
    reads, length = block.sequence.shape
    tags = f"RGZ{sample}\0NMC".encode()
    record = np.dtype(
        [
            ("block_size", "<i4"),
            ("contig", "<i4"),
            ("position", "<i4"),
            ("name_bytes", "u1"),
            ("mapping_quality", "u1"),
            ("bin", "<u2"),
            ("operations", "<u2"),
            ("flag", "<u2"),
            ("bases", "<i4"),
            ("mate_contig", "<i4"),
            ("mate_position", "<i4"),
            ("template_length", "<i4"),
            ("name", "u1", (_NAME_BYTES,)),
            ("cigar", "<u4"),
            ("sequence", "u1", ((length + 1) // 2,)),
            ("quality", "u1", (length,)),
            ("tags", "u1", (len(tags),)),
            ("mismatches", "u1"),
        ]
    )
    rows = np.zeros(reads, dtype=record)
    rows["block_size"] = record.itemsize - 4
    rows["contig"] = block.contig
    rows["mate_contig"] = block.contig if block.mate_contig is None else block.mate_contig
    rows["position"] = block.position
    rows["name_bytes"] = _NAME_BYTES
    rows["mapping_quality"] = block.mapping_quality
    rows["bin"] = bins_of(block.position, block.position + length)
    rows["operations"] = 1
    rows["flag"] = block.flag
    rows["bases"] = length
    rows["mate_position"] = block.mate_position
    rows["template_length"] = block.template_length
    rows["name"] = _names(block)
    rows["cigar"] = length << 4
    rows["sequence"] = _packed(block.sequence)
    rows["quality"] = block.quality
    rows["tags"] = np.frombuffer(tags, dtype=np.uint8)
    rows["mismatches"] = np.minimum(block.mismatches, _MAX_MISMATCHES)
    special = {
        row: _by_itself(rows[row], block.cigars.get(row, ((0, length),)), block.tags.get(row, b""))
        for row in sorted(set(block.cigars) | set(block.tags))
    }
    key = (block.contig << 32) + block.position
    return _Encoded(key, rows.view(np.uint8).reshape(reads, record.itemsize), special)


def _by_itself(row: np.void, cigar: Cigar, tags: bytes) -> bytes:
    """One record with a CIGAR of its own, or with further tags."""
    start = int(row["position"])
    fields = (
        int(row["contig"]),
        start,
        int(row["name_bytes"]),
        int(row["mapping_quality"]),
        int(bins_of(np.array([start]), np.array([start + reference_length(cigar)]))[0]),
        len(cigar),
        int(row["flag"]),
        int(row["bases"]),
        int(row["mate_contig"]),
        int(row["mate_position"]),
        int(row["template_length"]),
    )
    operations = np.array([bases << 4 | operation for operation, bases in cigar], dtype="<u4").tobytes()
    rest = b"".join(row[name].tobytes() for name in ("sequence", "quality", "tags", "mismatches"))
    body: bytes = _FIXED.pack(*fields) + row["name"].tobytes() + operations + rest + tags
    size: bytes = struct.pack("<i", len(body))
    return size + body


def _names(block: ReadBlock) -> NDArray[np.uint8]:
    """Read names synthetic:BATCH:FRAGMENT, zero-terminated; uint8 (reads, bytes)."""
    names = np.zeros((len(block.fragment), _NAME_BYTES), dtype=np.uint8)
    start = _NAME_PREFIX + f"{block.batch:0{_BATCH_DIGITS}d}:".encode()
    names[:, : len(start)] = np.frombuffer(start, dtype=np.uint8)
    rest = block.fragment.copy()
    for digit in range(_FRAGMENT_DIGITS - 1, -1, -1):
        names[:, len(start) + digit] = ord("0") + rest % 10
        rest //= 10
    return names


def _packed(sequence: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Two four-bit bases a byte."""
    packed = np.left_shift(sequence[:, 0::2], 4, dtype=np.uint8)
    packed[:, : sequence.shape[1] // 2] |= sequence[:, 1::2]
    return packed


def bins_of(start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """The BAI bin of each 0-based half-open interval (specification, section 5.3)."""
    last = end - 1
    number = np.zeros(len(start), dtype=np.int64)
    for shift, offset in ((26, 1), (23, 9), (20, 73), (17, 585), (14, 4681)):
        number = np.where(start >> shift == last >> shift, offset + (start >> shift), number)
    return number
