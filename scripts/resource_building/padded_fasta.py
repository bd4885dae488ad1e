"""Writing known pieces of a genome as a bgzipped FASTA of full contigs, N elsewhere, with both its indexes.

Each BGZF block holds one line, so that all blocks of N are one and the same string of bytes, compressed once: a
genome is written in a second. The long lines halve the file: a run of N costs deflate the fewest bits where it can
refer to the byte before, which a line end every 60 bases forbids.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_LINE = 65_279  # with its line end the 0xff00 bytes that htslib itself puts into one block
_END_OF_FILE = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")

Piece = tuple[int, str]
"""0-based start and sequence."""


def write_padded_fasta(
    path: Path,
    lengths: Mapping[str, int],
    pieces: Mapping[str, Sequence[Piece]],
    *,
    aliases: Mapping[str, str],
) -> None:
    """Write `path` with `.fai` and `.gzi`.

    `lengths` are the contigs in file order, `pieces` the known sequence by contig. `aliases` maps further names to
    contigs: each becomes a line of the .fai alone, so that htslib finds one sequence under both names.
    """
    index: dict[str, tuple[int, int]] = {}
    blocks: list[tuple[int, int]] = []
    written = read = 0
    with path.open("wb") as out:
        for name, length in lengths.items():
            for number, text in enumerate(_blocks_of_contig(name, length, pieces.get(name, ()))):
                if number == 1:
                    index[name] = (length, read)
                blocks.append((written, read))
                block = _compressed(text)
                out.write(block)
                written += len(block)
                read += len(text)
        out.write(_END_OF_FILE)
    with path.with_name(path.name + ".fai").open("w", encoding="ascii", newline="") as fai:
        for alias, name in [(name, name) for name in index] + list(aliases.items()):
            length, offset = index[name]
            line = min(length, _LINE)
            fai.write(f"{alias}\t{length}\t{offset}\t{line}\t{line + 1}\n")
    with path.with_name(path.name + ".gzi").open("wb") as gzi:
        gzi.write(struct.pack("<Q", len(blocks) - 1))
        for at, start in blocks[1:]:
            gzi.write(struct.pack("<QQ", at, start))


def _blocks_of_contig(name: str, length: int, pieces: Sequence[Piece]) -> Iterator[bytes]:
    """The header, then the sequence in blocks of one line."""
    yield f">{name}\n".encode("ascii")
    ordered = sorted(pieces)
    first = 0
    for start in range(0, length, _LINE):
        end = min(start + _LINE, length)
        while first < len(ordered) and ordered[first][0] + len(ordered[first][1]) <= start:
            first += 1
        bases = bytearray(b"N" * (end - start) + b"\n")
        for at, sequence in ordered[first:]:
            if at >= end:
                break
            low, high = max(at, start), min(at + len(sequence), end)
            if low < high:
                bases[low - start : high - start] = sequence[low - at : high - at].encode("ascii")
        yield bytes(bases)


_cache: dict[bytes, bytes] = {}


def _compressed(text: bytes) -> bytes:
    """One BGZF block; blocks without a known base are compressed once."""
    if text in _cache:
        return _cache[text]
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = deflater.compress(text) + deflater.flush()
    header = bytes.fromhex("1f8b08040000000000ff060042430200")
    size = len(header) + 2 + len(body) + 8
    block = header + struct.pack("<H", size - 1) + body + struct.pack("<II", zlib.crc32(text), len(text))
    if not text.strip(b"N\n"):
        _cache[text] = block
    return block
