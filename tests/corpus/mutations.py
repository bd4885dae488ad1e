"""Damage: named, seeded ways to spoil a file, each as disks, editors, copies and people do it.

No mutation makes another sound file of it: what it says must then be refused, or be said to be unknown, or be what
the undamaged file says.
"""

from __future__ import annotations

import gzip
import io
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pysam
from range_server import Answer

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild

Change = Callable[[Path, random.Random], None]
"""Spoils the file at a path in place."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One way to damage; `harmless` where the file still says the same and must be read as before.

    `options` are given to the step too, `limits` (of the module resource) hold while it runs, `serve` alters the answers
    of the server that a remote file is read from, `inside` is done to the case's folder in the process of the step, before it.
    `named` are names by which a refusal may call the fault, beside the
    file's.
    """

    name: str
    change: Change = lambda path, rng: None
    harmless: bool = False
    options: tuple[str, ...] = ()
    limits: tuple[tuple[int, int], ...] = ()
    serve: Callable[[Answer], None] | None = None
    inside: Callable[[Path], None] | None = None
    named: tuple[str, ...] = ()


def of_bytes(name: str, edit: Callable[[bytes, random.Random], bytes], *, harmless: bool = False) -> Mutation:
    """A mutation of a file's bytes."""

    def change(path: Path, rng: random.Random) -> None:
        path.write_bytes(edit(path.read_bytes(), rng))

    return Mutation(name, change, harmless)


def _replaced(make: Callable[[Path], None]) -> Change:
    def change(path: Path, _: random.Random) -> None:
        path.unlink()
        make(path)

    return change


ANY_FILE = (
    Mutation("missing", lambda path, _: path.unlink()),
    Mutation("a directory", _replaced(lambda path: path.mkdir())),
    Mutation("a link to itself", _replaced(lambda path: path.symlink_to(path.name))),
    Mutation("a pipe that nobody writes", _replaced(os.mkfifo)),
    Mutation("a device without end", _replaced(lambda path: path.symlink_to("/dev/zero"))),
    of_bytes("empty", lambda data, _: b""),
    of_bytes("one line end", lambda data, _: b"\n"),
    of_bytes("random bytes", lambda data, rng: rng.randbytes(5_000)),
    of_bytes("a web page", lambda data, _: b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n"),
    of_bytes("a zip file", lambda data, rng: b"PK\x03\x04" + rng.randbytes(400)),
    of_bytes("zeros of the same length", lambda data, _: bytes(len(data))),
    of_bytes("JSON", lambda data, _: b'{"samples": [1, 2, {"a": null}]}'),
)
"""Of every kind of file."""

TEXT = (
    of_bytes(
        "cut in the middle of the last line", lambda data, rng: data.rstrip(b"\n")[: -rng.randint(3, 6)]
    ),
    of_bytes("UTF-16", lambda data, _: data.decode().encode("utf-16")),
    of_bytes("UTF-16 without a mark", lambda data, _: data.decode().encode("utf-16-le")),
    of_bytes("a NUL byte", lambda data, rng: _put(data, rng, b"\0")),
    of_bytes("a byte of Latin-1", lambda data, rng: _put_last_line(data, b"\xe9")),
    of_bytes("Windows line ends", lambda data, _: data.replace(b"\n", b"\r\n"), harmless=True),
    of_bytes("no last line end", lambda data, _: data.rstrip(b"\n"), harmless=True),
    of_bytes("spaces for tabs", lambda data, _: data.replace(b"\t", b" ")),
    of_bytes("commas for tabs", lambda data, _: data.replace(b"\t", b",")),
    of_bytes("a line of a million letters", lambda data, _: data + b"A" * 1_000_000 + b"\n"),
    of_bytes(
        "the half of it overwritten with zeros",
        lambda data, _: data[: len(data) // 2] + bytes(len(data) // 2),
    ),
    of_bytes("merge marks", lambda data, _: _put_line(data, b"<<<<<<< HEAD")),
)
"""Of every text file, compressed or not."""


def _put(data: bytes, rng: random.Random, what: bytes) -> bytes:
    at = rng.randrange(len(data) // 2, len(data))
    return data[:at] + what + data[at:]


def _put_line(data: bytes, what: bytes) -> bytes:
    at = data.rstrip(b"\n").rfind(b"\n") + 1
    return data[:at] + what + b"\n" + data[at:]


def _put_last_line(data: bytes, what: bytes) -> bytes:
    at = data.rstrip(b"\n").rfind(b"\t") + 1
    return data[:at] + what + data[at:]


ABSURD = (
    "-5",
    "1e12",
    "nan",
    "inf",
    "x7",
    "1,5",
    "0x1F",
    "٣",
    "--",
    "9" * 400,
    "=1+1",
    "1e400",
    "1.2.3",
    "true",
)
"""Cells that are no number of anything here."""


def cells(columns: tuple[str, ...], *, needed: int, comment: str = "#") -> Iterator[Mutation]:
    """Mutations of a table: columns lost, renamed, doubled; rows short, long; absurd cells in the named columns.

    The first `needed` columns cannot be left out: without another the file says less, and is sound. Cells of
    patient and sample are left alone: a name may look like a number.
    """
    separator = "\t"

    def table(
        edit: Callable[[list[list[str]], random.Random], None],
    ) -> Callable[[bytes, random.Random], bytes]:
        def spoiled(data: bytes, rng: random.Random) -> bytes:
            lines = data.decode().rstrip("\n").split("\n")
            first = next(i for i, line in enumerate(lines) if not line.startswith(comment))
            rows = [line.split(separator) for line in lines[first:]]
            edit(rows, rng)
            return "\n".join([*lines[:first], *(separator.join(row) for row in rows)]).encode() + b"\n"

        return spoiled

    def at(rows: list[list[str]], column: str) -> int:
        return [cell.strip('"') for cell in rows[0]].index(column)

    def drop(column: str) -> Callable[[list[list[str]], random.Random], None]:
        def edit(rows: list[list[str]], _: random.Random) -> None:
            place = at(rows, column)
            for row in rows:
                del row[place]

        return edit

    def put(column: str, value: str) -> Callable[[list[list[str]], random.Random], None]:
        def edit(rows: list[list[str]], rng: random.Random) -> None:
            rows[rng.randrange(1, len(rows))][at(rows, column)] = value

        return edit

    def double_header(rows: list[list[str]], _: random.Random) -> None:
        rows[0][1] = rows[0][0]

    def short(rows: list[list[str]], rng: random.Random) -> None:
        del rows[rng.randrange(1, len(rows))][2:]

    def long(rows: list[list[str]], rng: random.Random) -> None:
        rows[rng.randrange(1, len(rows))].append("7")

    def swap(first: str, second: str) -> Callable[[list[list[str]], random.Random], None]:
        def edit(rows: list[list[str]], _: random.Random) -> None:
            one, other = at(rows, first), at(rows, second)
            rows[0][one], rows[0][other] = rows[0][other], rows[0][one]

        return edit

    yield of_bytes("no header", table(lambda rows, _: rows.pop(0) and None))
    yield of_bytes("two columns of one name", table(double_header))
    yield of_bytes("a short row", table(short))
    yield of_bytes("a long row", table(long))
    yield of_bytes("the header twice", table(lambda rows, _: rows.insert(2, rows[0])))
    yield of_bytes(
        "the header alone, cut", table(lambda rows, _: rows.__setitem__(slice(None), [rows[0][:1]]))
    )
    for column in columns[:needed]:
        yield of_bytes(f"without {column}", table(drop(column)))
    for column in columns:
        for value in () if column in ("patient", "sample") else ABSURD:
            yield of_bytes(f"{column} {value[:12]}", table(put(column, value)))
    for first, second in pairwise(columns):
        yield of_bytes(f"{first} named {second}", table(swap(first, second)))


END_OF_BGZF = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def _flip(data: bytes, rng: random.Random, *, share: tuple[float, float] = (0.0, 1.0)) -> bytes:
    at = rng.randrange(int(len(data) * share[0]), int(len(data) * share[1]))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) // 10, len(data) - 40)]


def _zeros(data: bytes, rng: random.Random) -> bytes:
    length = min(2_000, len(data) // 4)
    at = rng.randrange(0, len(data) - length)
    return data[:at] + bytes(length) + data[at + length :]


def _lost(data: bytes, rng: random.Random) -> bytes:
    length = min(500, len(data) // 4)
    at = rng.randrange(0, len(data) - length)
    return data[:at] + data[at + length :]


PACKED = (
    of_bytes("a bit flipped", _flip),
    of_bytes("a bit flipped early", lambda data, rng: _flip(data, rng, share=(0.0, 0.2))),
    of_bytes("a bit flipped late", lambda data, rng: _flip(data, rng, share=(0.8, 1.0))),
    of_bytes("cut", _cut),
    of_bytes("cut, with an end", lambda data, rng: _cut(data, rng) + END_OF_BGZF),
    of_bytes("a stretch of zeros", _zeros),
    of_bytes("a stretch lost", _lost),
    of_bytes("half", lambda data, _: data[: len(data) // 2]),
)
"""Of files whose bytes check themselves: BGZF, gzip, CRAM."""


def inside_gzip(mutation: Mutation) -> Mutation:
    """A mutation of the text that a gzip or BGZF file holds."""

    def change(path: Path, rng: random.Random) -> None:
        plain = path.with_name(f"plain-{path.name}")
        plain.write_bytes(gzip.decompress(path.read_bytes()))
        mutation.change(plain, rng)
        if path.name.endswith(".vcf.gz"):
            pysam.tabix_compress(str(plain), str(path), force=True)
        else:
            packed = io.BytesIO()
            with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as out:
                out.write(plain.read_bytes())
            path.write_bytes(packed.getvalue())
        plain.unlink()

    return Mutation(f"inside, {mutation.name}", change, mutation.harmless)


def _of_lines(edit: Callable[[list[str], random.Random], None]) -> Callable[[bytes, random.Random], bytes]:
    def spoiled(data: bytes, rng: random.Random) -> bytes:
        lines = data.decode().rstrip("\n").split("\n")
        edit(lines, rng)
        return "\n".join(lines).encode() + b"\n"

    return spoiled


def _record(number: int, value: str) -> Callable[[list[str], random.Random], None]:
    """Put a value into a column of the last record of a VCF."""

    def edit(lines: list[str], _: random.Random) -> None:
        parts = lines[-1].split("\t")
        parts[number] = value
        lines[-1] = "\t".join(parts)

    return edit


def _format_value(name: str, value: str) -> Callable[[list[str], random.Random], None]:
    def edit(lines: list[str], _: random.Random) -> None:
        parts = lines[-1].split("\t")
        values = parts[-1].split(":")
        values[parts[8].split(":").index(name)] = value
        parts[-1] = ":".join(values)
        lines[-1] = "\t".join(parts)

    return edit


def _without(start: str) -> Callable[[list[str], random.Random], None]:
    def edit(lines: list[str], _: random.Random) -> None:
        lines[:] = [line for line in lines if not line.startswith(start)]

    return edit


def _other_build(lines: list[str], _: random.Random) -> None:
    own, other = CONTIG_LENGTHS[GenomeBuild.GRCH38], CONTIG_LENGTHS[GenomeBuild.GRCH37]
    text = "\n".join(lines).replace("GRCh38", "GRCh37")
    for name, length in own.items():
        text = text.replace(f"length={length}>", f"length={other[name]}>")
    lines[:] = text.split("\n")


VCF = (
    *(of_bytes(f"POS {value[:12]}", _of_lines(_record(1, value))) for value in ABSURD),
    *(of_bytes(f"REF {value}", _of_lines(_record(3, value))) for value in ("A", "", "ZZ", "7", "N", "<DEL>")),
    *(of_bytes(f"ALT {value}", _of_lines(_record(4, value))) for value in ("", "ZZ", "7", "[chr1:5[", "T,T", "<DEL>")),
    *(of_bytes(f"CHROM {value}", _of_lines(_record(0, value))) for value in ("", "chr99", "17 ", "=1+1", "X" * 300)),
    *(of_bytes(f"AD {value[:12]}", _of_lines(_format_value("AD", value))) for value in ("-5,9", "1e9,3", "x,y", "7", "9,9,9,9", "99999999999,1")),
    *(of_bytes(f"AF {value[:12]}", _of_lines(_format_value("AF", value))) for value in ("7", "-0.2", "x", "nan")),
    *(of_bytes(f"GT {value}", _of_lines(_format_value("GT", value))) for value in ("9/9", "x", "0/1/1/1/1/1")),
    of_bytes("no column line", _of_lines(_without("#CHROM"))),
    of_bytes("no format line", _of_lines(_without("##fileformat"))),
    of_bytes("no contigs", _of_lines(_without("##contig")), harmless=True),
    of_bytes("no FORMAT lines", _of_lines(_without("##FORMAT"))),
    of_bytes("of another build", _of_lines(_other_build)),
    of_bytes("REF and ALT exchanged", _of_lines(lambda lines, _: _swap_columns(lines, 3, 4))),
    of_bytes("CHROM and POS exchanged", _of_lines(lambda lines, _: _swap_columns(lines, 0, 1))),
    of_bytes("a column too few", _of_lines(lambda lines, _: lines.append(lines.pop().rpartition("\t")[0]))),
    of_bytes("a column too many", _of_lines(lambda lines, _: lines.append(lines.pop() + "\t0/1"))),
    of_bytes("the columns named alike", _of_lines(lambda lines, _: lines.__setitem__(slice(None), [line.replace("T1-normal\tT1", "T1\tT1") for line in lines]))),
    of_bytes("another sample's", _of_lines(lambda lines, _: lines.__setitem__(slice(None), [line.replace("T1", "Q9") for line in lines]))),
    of_bytes("an open quote in the header", _of_lines(lambda lines, _: lines.insert(3, '##INFO=<ID=X,Number=1,Type=String,Description="open>'))),
)  # fmt: skip


def _swap_columns(lines: list[str], one: int, other: int) -> None:
    parts = lines[-1].split("\t")
    parts[one], parts[other] = parts[other], parts[one]
    lines[-1] = "\t".join(parts)


BED = (
    *(
        of_bytes(f"line {line[:24]!r}", lambda data, _, line=line: _put_line(data, line.encode()))
        for line in ("chr7\t50\t10", "chr7\t-5\t10", "chr7\tx\ty", "chr7", "chr7\t5", "chr7\t5\t99999999999", "\t\t", "chr7 5 10 11,", "chr7\t1.5\t9")
    ),
)  # fmt: skip


def _rewritten(header_edit: Callable[[dict[str, object]], None]) -> Change:
    """A BAM or CRAM with another header over the same reads."""

    def change(path: Path, _: random.Random) -> None:
        kind = "c" if path.suffix == ".cram" else "b"
        with pysam.AlignmentFile(str(path), f"r{kind}", check_sq=False) as source:
            header = source.header.to_dict()
            header_edit(header)
            made = pysam.AlignmentHeader.from_dict(header)
            aside = path.with_name(f"new-{path.name}")
            with pysam.AlignmentFile(
                str(aside), f"w{kind}", header=made, format_options=[b"no_ref=1"] if kind == "c" else []
            ) as out:
                for read in source:
                    out.write(
                        pysam.AlignedSegment.fromstring(read.to_string(), made) if kind == "c" else read
                    )
        aside.replace(path)
        pysam.index(str(path))

    return change


def _of_build_37(header: dict[str, object]) -> None:
    for line in header["SQ"]:  # type: ignore[attr-defined]
        bare = line["SN"].removeprefix("chr")
        if bare in CONTIG_LENGTHS[GenomeBuild.GRCH37]:
            line["LN"] = CONTIG_LENGTHS[GenomeBuild.GRCH37][bare]


def _of_the_mouse(header: dict[str, object]) -> None:
    for number, line in enumerate(header["SQ"]):  # type: ignore[arg-type]
        line["LN"] = 90_000_000 + number  # type: ignore[index]


READS = (
    Mutation("of another build", _rewritten(_of_build_37)),
    Mutation("of no human build", _rewritten(_of_the_mouse)),
    Mutation("not sorted by its header", _rewritten(lambda header: header["HD"].update(SO="queryname"))),  # type: ignore[attr-defined]
    Mutation(
        "without read groups", _rewritten(lambda header: header.pop("RG", None) and None), harmless=True
    ),
)

SHEET = (
    of_bytes("a cell with a newline inside quotes", lambda data, _: data.replace(b"T1", b'"T\n1"', 1)),
    *(
        of_bytes(f"a patient named {name!r}", lambda data, _, name=name: data.replace(b"P1", name.encode(), 1))
        for name in ("../P1", "P1;ls", "P 1", "$(id)", "`id`", "P1'", 'P"1', "=1+1", "<b>P1</b>", "-rf", "P1\\n", "", ".", "ä", "P1|x")
    ),
)  # fmt: skip

YAML = tuple(
    of_bytes(name, lambda data, _, old=old, new=new: data.replace(old, new, 1))
    for name, old, new in (
        ("an open bracket", b": ", b": ["),
        ("a tab", b"\n", b"\n\tx: 1\n"),
        ("a key twice", b"samples:", b"samples: other.tsv\nsamples:"),
        ("an unknown key", b"genome_build", b"genom_build"),
        ("a number as text", b"0.95", b"lots"),
        ("out of range", b"0.95", b"95"),
        ("an anchor bomb", b"samples:", b"a: &a [x,x]\nb: &b [*a,*a]\nsamples:"),
        ("a tag", b"samples: samples.tsv", b"samples: !!python/object/apply:os.getcwd []"),
        ("a list in place of a map", b"calling:\n", b"calling: [1]\nx:\n"),
        ("a path out of the trial", b"samples: samples.tsv", b"samples: -rf"),
        ("a path with braces", b"samples: samples.tsv", b"samples: '{sample}.tsv'"),
        ("a build of nothing", b"GRCh38", b"mm10"),
    )
)
