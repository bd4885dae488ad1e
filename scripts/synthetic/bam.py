"""Sorted, indexed BAM and CRAM from blocks of simulated reads.

Records are built as arrays of bytes: about ten times as fast as one pysam.AlignedSegment after the other. Layout: SAM/BAM specification, section 4.2.
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
from synthetic.bgzf import compressed_blocks
from synthetic.indels import Cigar, reference_length
from synthetic.reads import ReadBlock

_FIXED = struct.Struct("<iiBBHHHiiii")
_NAME_PREFIX = b"synthetic:"
_BATCH_DIGITS, _FRAGMENT_DIGITS = 5, 6
_NAME_BYTES = len(_NAME_PREFIX) + _BATCH_DIGITS + 1 + _FRAGMENT_DIGITS + 1
_MAX_MISMATCHES = 255
_SLICE_READS = 1000  # a tenth of the default: a look-up at one window then decodes little else
_PIECE_READS = 4096


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
    path: Path,
    blocks: Iterable[ReadBlock],
    *,
    build: GenomeBuild,
    sample: str,
    comments: Sequence[str],
    indexed: bool = True,
) -> int:
    """Number of reads written to `path`, sorted by coordinate, with its index beside it if it is to be `indexed`."""
    header = header_text(build=build, sample=sample, comments=comments)
    written = 0
    with written_aside(path) as scratch, compressed_blocks(scratch) as stream:
        stream.write(_binary_header(header, build))
        pending: _Encoded | None = None
        for block in blocks:
            if pending is None:
                pending = _encode(block, np.empty(0, dtype=np.int64), sample)
            key = np.concatenate([pending.key, _keys(block)])
            order = np.argsort(key, kind="stable")
            ready = int(np.searchsorted(key[order], _key(*block.limit)))
            # piece by piece, so that records are made, copied and compressed inside the processor's cache
            for first in range(0, ready, _PIECE_READS):
                rows = order[first : min(first + _PIECE_READS, ready)]
                stream.write(_joined(_encode_after(pending, block, rows, sample)))
            written += ready
            pending = _encode_after(pending, block, order[ready:], sample)
    if indexed:
        pysam.index(str(path))
    return written


def convert_to_cram(bam: Path, cram: Path) -> None:
    """Write `bam`, indexed or not, as a CRAM that needs no reference to be read, with its index beside it."""
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


def _encode_after(pending: _Encoded, block: ReadBlock, rows: NDArray[np.int64], sample: str) -> _Encoded:
    """The records of `rows`, which count through `pending` and then through the block's reads, in that order."""
    fresh = rows >= len(pending.key)
    if fresh.all():
        return _encode(block, rows - len(pending.key), sample)
    own = _encode(block, rows[fresh] - len(pending.key), sample)
    key = np.empty(len(rows), dtype=np.int64)
    plain = np.empty((len(rows), own.plain.shape[1]), dtype=np.uint8)
    key[fresh], plain[fresh] = own.key, own.plain
    key[~fresh], plain[~fresh] = pending.key[rows[~fresh]], pending.plain[rows[~fresh]]
    places = np.flatnonzero(fresh)
    special = {int(places[row]): record for row, record in own.special.items()}
    for place in np.flatnonzero(~fresh).tolist():
        record = pending.special.get(int(rows[place]))
        if record is not None:
            special[place] = record
    return _Encoded(key, plain, special)


def _joined(encoded: _Encoded) -> bytes:
    parts, done = [], 0
    for row in sorted(encoded.special):
        parts += [encoded.plain[done:row].tobytes(), encoded.special[row]]
        done = row + 1
    parts.append(encoded.plain[done:].tobytes())
    return b"".join(parts)


def _key(contig: int, position: int) -> int:
    return (contig << 32) + position


def _keys(block: ReadBlock) -> NDArray[np.int64]:
    keys: NDArray[np.int64] = (block.contig << 32) + block.position
    return keys


def _encode(block: ReadBlock, chosen: NDArray[np.int64], sample: str) -> _Encoded:
    """The chosen reads of a block as BAM records, in the order chosen."""
    length = block.sequence.shape[1]
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
    position = block.position[chosen]
    rows = np.zeros(len(chosen), dtype=record)
    rows["block_size"] = record.itemsize - 4
    rows["contig"] = block.contig[chosen]
    rows["mate_contig"] = (block.contig if block.mate_contig is None else block.mate_contig)[chosen]
    rows["position"] = position
    rows["name_bytes"] = _NAME_BYTES
    rows["mapping_quality"] = block.mapping_quality[chosen]
    rows["bin"] = bins_of(position, position + length)
    rows["operations"] = 1
    rows["flag"] = block.flag[chosen]
    rows["bases"] = length
    rows["mate_position"] = block.mate_position[chosen]
    rows["template_length"] = block.template_length[chosen]
    rows["name"] = _names(block.batch, block.fragment[chosen])
    rows["cigar"] = length << 4
    rows["sequence"] = _packed(block.sequence[chosen])
    rows["quality"] = block.quality[chosen]
    rows["tags"] = np.frombuffer(tags, dtype=np.uint8)
    rows["mismatches"] = np.minimum(block.mismatches[chosen], _MAX_MISMATCHES)
    special = {
        place: _by_itself(rows[place], block.cigars.get(row, ((0, length),)), block.tags.get(row, b""))
        for place, row in enumerate(chosen.tolist())
        if row in block.cigars or row in block.tags
    }
    return _Encoded(_keys(block)[chosen], rows.view(np.uint8).reshape(-1, record.itemsize), special)


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


def _names(batch: int, fragment: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Read names synthetic:BATCH:FRAGMENT, zero-terminated; uint8 (reads, bytes)."""
    names = np.zeros((len(fragment), _NAME_BYTES), dtype=np.uint8)
    start = _NAME_PREFIX + f"{batch:0{_BATCH_DIGITS}d}:".encode()
    names[:, : len(start)] = np.frombuffer(start, dtype=np.uint8)
    rest = fragment
    for digit in range(_FRAGMENT_DIGITS - 1, -1, -1):
        names[:, len(start) + digit] = ord("0") + rest % 10
        rest = rest // 10
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
