"""How much of a genome is read, how fast, and in how much memory, against mosdepth and cnvkit.

    python benchmarks/reading.py --work-dir benchmarks/work        # needs mosdepth and cnvkit.py on the PATH,
                                                                   # or --mosdepth, --cnvkit

Simulates chromosome 21 of GRCh38 at two depths as a sequencer would leave it (NovaSeq-like names and binned
qualities, 150-bp pairs, htslib's compression), reads it with each program on one thread, and fits the time model
a + b x windows x depth. The processor's seconds stand beside those of only unpacking the same blocks, in the same run.
Writes reading.tsv and reading_model.tsv.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pysam
from isal import isal_zlib

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild  # noqa: E402
from refractor.reads.alignment import open_alignment  # noqa: E402
from refractor.reads.block_reads import BlockReads  # noqa: E402
from refractor.reads.index_files import read_crai  # noqa: E402
from refractor.reads.index_scan import cram_slices  # noqa: E402
from refractor.reads.slices_to_read import sites_of_slices  # noqa: E402
from refractor.reads.windows import read_windows  # noqa: E402
from refractor.reads.windows_to_read import Sites, load_sites  # noqa: E402

BUILD = GenomeBuild.GRCH38
CHROMOSOME = "21"
FIRST = 5_010_000
"""The short arm of 21 before this holds no sequence."""
READ, INSERT, INSERT_SD = 150, 400, 60
BLOCK = 1_000_000
NAME = 40


def reference_bases(rng: np.random.Generator) -> np.ndarray:
    """Random sequence of the chromosome as 4-bit codes (1, 2, 4, 8), with GC that drifts along it."""
    length = CONTIG_LENGTHS[BUILD][CHROMOSOME]
    gc = 0.41 + 0.08 * np.sin(np.arange(length) / 40_000.0)
    strong = rng.random(length, dtype=np.float32) < gc
    pick = rng.random(length, dtype=np.float32) < 0.5
    return np.where(strong, np.where(pick, 2, 4), np.where(pick, 1, 8)).astype(np.uint8)


def bins_of(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """BAI bin of each alignment (SAM specification, section 5.3)."""
    last = end - 1
    found = np.zeros(len(start), dtype=np.int64)
    for shift, first in ((26, 1), (23, 9), (20, 73), (17, 585), (14, 4681)):
        same = (start >> shift) == (last >> shift)
        found = np.where(same, first + (start >> shift), found)
    return found


def names_of(fragment: np.ndarray) -> np.ndarray:
    """NovaSeq-like names, (n, NAME - 2) bytes, from fragment numbers."""
    names = np.zeros((len(fragment), NAME), dtype=np.uint8)
    names[:, :23] = np.frombuffer(b"A01234:123:HXYZ7DSX2:1:", dtype=np.uint8)
    scrambled = (fragment * 2654435761) % 10**15
    for at in range(15):
        names[:, 23 + at] = 48 + (scrambled // 10**at) % 10
    names[:, 27] = names[:, 33] = ord(":")
    return names[:, : NAME - 2]


Columns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Of reads: positions, positions of the mates, flags, numbers of the fragments."""


def records(
    columns: Columns,
    rows: slice | np.ndarray,
    packed: tuple[np.ndarray, np.ndarray],
    qualities: np.ndarray,
    contig: int = 20,
) -> bytes:
    """BAM records of reads with one 150M alignment each; sequence repeats where `packed` is shorter than the contig."""
    positions, mates, flags, fragment = (part[rows] for part in columns)
    n = len(positions)
    names = names_of(fragment)
    tags = np.frombuffer(b"NMC\x00MDZ150\x00RGZa\x00ASC\x96", dtype=np.uint8)
    size = 36 + names.shape[1] + 1 + 4 + READ // 2 + READ + len(tags)
    out = np.zeros((n, size), dtype=np.uint8)
    head = np.zeros(n, dtype=[("size", "<i4"), ("ref", "<i4"), ("pos", "<i4"), ("name", "u1"), ("mapq", "u1"),
                              ("bin", "<u2"), ("cigar", "<u2"), ("flag", "<u2"), ("seq", "<i4"), ("nref", "<i4"),
                              ("npos", "<i4"), ("tlen", "<i4")])  # fmt: skip
    head["size"], head["ref"], head["nref"] = size - 4, contig, contig
    head["pos"], head["npos"], head["flag"] = positions, mates, flags
    head["name"], head["mapq"], head["cigar"], head["seq"] = names.shape[1] + 1, 60, 1, READ
    head["bin"] = bins_of(positions, positions + READ)
    left = mates >= positions
    head["tlen"] = np.where(left, mates + READ - positions, -(positions + READ - mates))
    out[:, :36] = head.view(np.uint8).reshape(n, 36)
    at = 36
    out[:, at : at + names.shape[1]] = names
    at += names.shape[1] + 1
    out[:, at : at + 4] = np.frombuffer(np.uint32(READ << 4).tobytes(), dtype=np.uint8)
    at += 4
    even, odd = packed
    for parity, source in ((0, even), (1, odd)):
        rows = positions % 2 == parity
        begins = (positions[rows] - parity) // 2 % (len(source) - READ)
        out[rows, at : at + READ // 2] = source[begins[:, None] + np.arange(READ // 2)]
    at += READ // 2
    out[:, at : at + READ] = qualities[fragment * 7 % len(qualities)]
    at += READ
    out[:, at:] = tags
    return out.tobytes()


def started(
    path: Path, bases: np.ndarray, rng: np.random.Generator
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray, pysam.BGZFile]:
    """Sequence packed two bases a byte from even and odd places, quality strings, and the BAM with its header."""
    even, odd = (
        (bases[p:-2:2] << 4 | bases[p + 1 : len(bases) - 1 : 2])[: len(bases) // 2 - 2] for p in (0, 1)
    )
    packed = (even, odd)
    qualities = rng.choice([37, 37, 37, 37, 37, 37, 25, 25, 11, 2], size=(4_000, READ)).astype(np.uint8)
    smooth = rng.random((4_000, READ)) < 0.9  # qualities come in runs
    for at in range(1, READ):
        qualities[:, at] = np.where(smooth[:, at], qualities[:, at - 1], qualities[:, at])
    header = pysam.AlignmentHeader.from_dict(
        {
            "HD": {"VN": "1.6", "SO": "coordinate"},
            "SQ": [{"SN": f"chr{c}", "LN": n} for c, n in CONTIG_LENGTHS[BUILD].items() if c != "MT"],
            "RG": [{"ID": "a", "SM": "simulated"}],
        }
    )
    stream = pysam.BGZFile(str(path), "w", None)
    stream.write(bam_header(header))
    return packed, qualities, stream


def write_slices(path: Path, depth: float, count: int, seed: int) -> None:
    """A BAM of all chromosomes with reads around the first `count` windows only: whether workers help shows here."""
    rng = np.random.default_rng(seed)
    packed, qualities, stream = started(path, rng.choice([1, 2, 4, 8], 4_000_000).astype(np.uint8), rng)
    sites = load_sites(BUILD, count=count)
    number = 0
    for contig, name in enumerate(dict.fromkeys(sites.chromosome.tolist())):
        here = sites.chromosome == name
        low = sites.start[here] // 16_384 * 16_384 - 600
        high = sites.end[here] + 600
        reach = np.maximum.accumulate(high)
        low[1:] = np.maximum(low[1:], reach[:-1])  # neighbours share no base twice
        lefts = [
            np.sort(rng.integers(a, b, rng.poisson(depth * (b - a) / (2 * READ))))
            for a, b in zip(low.tolist(), high.tolist(), strict=True)
            if b > a
        ]
        left = np.maximum(np.concatenate(lefts), 0)
        right = left + np.clip(rng.normal(INSERT, INSERT_SD, len(left)), READ, 900).astype(np.int64) - READ
        fragments = np.arange(number, number + len(left))
        number += len(left)
        columns = (
            np.concatenate([left, right]),
            np.concatenate([right, left]),
            np.repeat([99, 147], len(left)),
            np.concatenate([fragments, fragments]),
        )
        order = np.argsort(columns[0], kind="stable")
        for rows in np.array_split(order, max(1, len(order) // 200_000)):
            stream.write(records(columns, rows, packed, qualities, contig))
    stream.close()
    pysam.index(str(path))


def write_chromosome(path: Path, depth: float, seed: int) -> None:
    """A sorted, indexed BAM of the chromosome at `depth`."""
    rng = np.random.default_rng(seed)
    bases = reference_bases(rng)
    packed, qualities, stream = started(path, bases, rng)
    carried = tuple(np.zeros(0, dtype=np.int64) for _ in range(4))
    fragment_number = 0
    for start in range(FIRST, len(bases) - 2_000, BLOCK):
        end = min(start + BLOCK, len(bases) - 2_000)
        count = rng.poisson(depth * (end - start) / (2 * READ))
        left = np.sort(rng.integers(start, end, count))
        right = left + np.clip(rng.normal(INSERT, INSERT_SD, count), READ, 900).astype(np.int64) - READ
        numbers = np.arange(fragment_number, fragment_number + count)
        fragment_number += count
        fresh = (
            np.concatenate([left, right]),
            np.concatenate([right, left]),
            np.concatenate([np.full(count, 99), np.full(count, 147)]),
            np.concatenate([numbers, numbers]),
        )
        joined = tuple(np.concatenate([a, b]) for a, b in zip(carried, fresh, strict=True))
        order = np.argsort(joined[0], kind="stable")
        ordered: Columns = (joined[0][order], joined[1][order], joined[2][order], joined[3][order])
        ready = int(np.searchsorted(ordered[0], end)) if end < len(bases) - 2_000 else len(order)
        stream.write(records(ordered, slice(ready), packed, qualities))
        carried = tuple(part[ready:] for part in ordered)
    stream.close()
    pysam.index(str(path))
    fasta = path.with_name("reference.fa")
    if not fasta.exists():
        letters = np.frombuffer(b"NACNGNNNT", dtype=np.uint8)[bases]
        letters[:FIRST] = ord("N")
        text = letters.tobytes().decode()
        lines = "\n".join(text[i : i + 100] for i in range(0, len(text), 100))
        fasta.write_text(f">chr{CHROMOSOME}\n{lines}\n")
        pysam.faidx(str(fasta))


def bam_header(header: pysam.AlignmentHeader) -> bytes:
    """The header's bytes: magic, text, contigs."""
    text = str(header).encode()
    parts = [b"BAM\x01", np.int32(len(text)).tobytes(), text, np.int32(header.nreferences).tobytes()]
    for name, length in zip(header.references, header.lengths, strict=True):
        parts += [np.int32(len(name) + 1).tobytes(), name.encode() + b"\x00", np.int32(length).tobytes()]
    return b"".join(parts)


def bytes_read() -> int:
    """Bytes this process has read so far, as the kernel counts them."""
    for line in Path("/proc/self/io").read_text().splitlines():
        if line.startswith("rchar"):
            return int(line.split()[1])
    raise RuntimeError("/proc/self/io has no rchar")


def read_once(path: Path, count: int | None, workers: int) -> dict[str, float]:
    """Time, bytes and memory of reading the chromosome's windows (or all, of slices), in this process."""
    sites = load_sites(BUILD, count=count)
    reference = path.with_name("reference.fa") if path.suffix == ".cram" else None
    before, start, cpu = bytes_read(), time.perf_counter(), time.process_time()
    with open_alignment(path, reference=reference) as alignment:
        if path.suffix == ".cram":
            sites = sites_of_slices(sites, cram_slices(alignment))
        if "slices" not in path.name:
            sites = sites.subset(sites.chromosome == CHROMOSOME)
        counts = read_windows(alignment, sites, workers=workers)
    seconds, got = time.perf_counter() - start, bytes_read() - before
    cpu = time.process_time() - cpu
    if path.suffix == ".cram":
        got = bytes_of_slices(path, sites)  # the kernel also counts the records, which go through a file
    memory = max(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    row = {
        "windows": len(sites),
        "seconds": seconds,
        "cpu_seconds": cpu,
        "bytes_read": got,
        "memory_mb": memory / 1024,
        "fragments": float(np.median(counts.fragments)),
    }
    if path.suffix == ".bam" and workers == 1:
        row |= unpacking(path, sites)
        for name in ("zlib", "isal"):
            row[f"times_{name}"] = cpu / row[f"unpack_{name}_cpu_seconds"]
    return row


def bytes_of_slices(path: Path, sites: Sites) -> int:
    """Bytes of the slices of a CRAM over the windows of its one chromosome."""
    rows = read_crai(Path(f"{path}.crai"))
    start, end = rows[:, 1] - 1, rows[:, 1] - 1 + rows[:, 2]
    touched = np.zeros(len(rows), dtype=bool)
    for low, high in zip(sites.start.tolist(), sites.end.tolist(), strict=True):
        touched |= (start < high) & (end > low)
    return int(rows[touched, 5].sum())


def unpacking(path: Path, sites: Sites) -> dict[str, float]:
    """CPU seconds of only unpacking what is read, and how many blocks that are.

    `unpack_zlib`: the blocks that are read, by the zlib that htslib has here; `unpack_isal`: the same blocks by the
    library that we unpack with; `unpack_from_index`: by zlib all blocks from where the index leads to each window's end,
    as htslib's iterator does.
    """
    seconds = {}
    whole, first_record = BlockReads._block, BlockReads._first_record
    for passing in (True, False):
        blocks: list[int] = []

        def noted(self: BlockReads, offset: int, blocks: list[int] = blocks) -> tuple[bytes, int]:
            if self._kept[0] != offset:
                blocks.append(offset)
            return whole(self, offset)

        BlockReads._block = noted  # type: ignore[method-assign]
        if not passing:
            BlockReads._first_record = lambda *_: None  # type: ignore[method-assign]
        with open_alignment(path, reference=None) as alignment:
            read_windows(alignment, sites)
        BlockReads._block, BlockReads._first_record = whole, first_record  # type: ignore[method-assign]
        if passing:
            seconds["blocks"] = float(len(blocks))
            seconds["unpack_zlib_cpu_seconds"] = min(unpacked(path, blocks) for _ in range(3))
            seconds["unpack_isal_cpu_seconds"] = min(unpacked_by_isal(path, blocks) for _ in range(3))
        else:
            seconds["unpack_from_index_cpu_seconds"] = min(unpacked(path, blocks) for _ in range(3))
    return seconds


def unpacked(path: Path, blocks: list[int]) -> float:
    """CPU seconds of reading and unpacking the blocks at these bytes of a file, by htslib."""
    with pysam.BGZFile(str(path), "rb", None) as stream:
        start = time.process_time()
        for at in blocks:
            stream.seek(at << 16)
            stream.read(1)  # the whole block is unpacked for it
        return time.process_time() - start


def unpacked_by_isal(path: Path, blocks: list[int]) -> float:
    """The same by isal."""
    with path.open("rb", buffering=0) as file:
        start = time.process_time()
        for at in blocks:
            size = int.from_bytes(os.pread(file.fileno(), 18, at)[16:], "little") + 1
            isal_zlib.decompress(os.pread(file.fileno(), size, at), wbits=31, bufsize=65_536)
        return time.process_time() - start


def in_child(bam: Path, count: int | None, workers: int) -> dict[str, float]:
    """`read_once` in a fresh process, the best of three: other work on the machine only ever adds time."""
    command = [
        sys.executable,
        __file__,
        "--child",
        str(bam),
        "--windows",
        str(count or 0),
        "--workers",
        str(workers),
    ]
    runs = [
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for _ in range(3)
    ]
    return min(runs, key=lambda run: run["cpu_seconds"])


def timed(command: list[str], cwd: Path) -> tuple[float, float]:
    """Wall-clock seconds and peak memory (MB) of a command."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise RuntimeError(f"{command[0]} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work-dir", type=Path, default=ROOT / "benchmarks" / "work")
    parser.add_argument("--output-dir", type=Path, default=ROOT / "benchmarks" / "results")
    parser.add_argument("--depths", type=float, nargs="+", default=[30.0, 60.0])
    parser.add_argument("--mosdepth", default=shutil.which("mosdepth"))
    parser.add_argument("--cnvkit", default=shutil.which("cnvkit.py"))
    parser.add_argument("--skip-others", action="store_true", help="measure our own reading only")
    parser.add_argument("--simulate", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--windows", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--skip-workers", action="store_true", help="not one process against two")
    arguments = parser.parse_args()
    if arguments.simulate:
        if "slices" in arguments.simulate.name:
            write_slices(arguments.simulate, arguments.depths[0], 12_000, seed=22)
        else:
            write_chromosome(arguments.simulate, arguments.depths[0], seed=21)
        return 0
    if arguments.child:
        print(json.dumps(read_once(arguments.child, arguments.windows or None, arguments.workers)))
        return 0
    work = arguments.work_dir.resolve()
    work.mkdir(parents=True, exist_ok=True)
    rows = []
    for depth in arguments.depths:
        bam = work / f"chr{CHROMOSOME}_{depth:g}x.bam"
        if not bam.exists():
            print(f"simulating {bam.name}", file=sys.stderr)
            command = [sys.executable, __file__, "--simulate", str(bam), "--depths", str(depth)]
            subprocess.run(command, check=True)  # apart, so that its memory is not counted as ours
        rows += measure(bam, depth, arguments, work)
    rows += [] if arguments.skip_workers else measure_workers(work)
    table = pd.DataFrame(rows)
    arguments.output_dir.mkdir(parents=True, exist_ok=True)
    table.to_csv(arguments.output_dir / "reading.tsv", sep="\t", index=False, float_format="%.4g")
    model = time_model(table)
    model.to_csv(arguments.output_dir / "reading_model.tsv", sep="\t", index=False, float_format="%.4g")
    print(table.to_string(index=False))
    print(model.to_string(index=False))
    return 0


def measure(bam: Path, depth: float, arguments: argparse.Namespace, work: Path) -> list[dict[str, object]]:
    """One row a program and setting."""
    cram = bam.with_suffix(".cram")
    if not cram.exists():
        fasta = str(work / "reference.fa")
        pysam.view("-C", "-T", fasta, "-o", str(cram), str(bam), catch_stdout=False)
        pysam.index(str(cram))
    rows: list[dict[str, object]] = []
    for path, name, count in (
        (bam, "windows, all", None),
        (bam, "windows, 12000", 12_000),
        (cram, "windows, all, CRAM", None),
    ):
        size = path.stat().st_size
        # into the page cache: disks differ, and all programs read the same file
        subprocess.run(["cat", str(path)], check=True, stdout=subprocess.DEVNULL)
        run = in_child(path, count, 1)
        common = {"depth": depth, "file_mb": size / 1e6, "program": name}
        rows.append(common | {"share_read": run["bytes_read"] / size} | run)
    common = {"depth": depth, "file_mb": bam.stat().st_size / 1e6}
    if arguments.skip_others:
        return rows
    prefix = str(work / "mosdepth")
    for name, options in (
        ("mosdepth", []),
        ("mosdepth -n --fast-mode --by 10000", ["-n", "--fast-mode", "--by", "10000"]),
    ):
        runs = [timed([arguments.mosdepth, *options, "-t", "0", prefix, str(bam)], work) for _ in range(2)]
        seconds, memory = min(runs)
        rows.append(common | {"program": name, "seconds": seconds, "memory_mb": memory, "share_read": 1.0})
    if depth == max(arguments.depths):
        out = work / "cnvkit"
        shutil.rmtree(out, ignore_errors=True)
        command = [
            arguments.cnvkit,
            "batch",
            str(bam),
            "-n",
            "-m",
            "wgs",
            "--segment-method",
            "haar",  # the default needs R; this costs it nothing
            "-f",
            str(work / "reference.fa"),
            "-p",
            "1",
        ]
        seconds, memory = timed([*command, "-d", str(out)], work)
        rows.append(
            common
            | {
                "program": "cnvkit.py batch -m wgs --segment-method haar",
                "seconds": seconds,
                "memory_mb": memory,
                "share_read": 1.0,
            }
        )
    ours = float(rows[0]["seconds"])  # type: ignore[arg-type]
    for row in rows:
        row["times_ours"] = float(row["seconds"]) / ours  # type: ignore[arg-type]
    return rows


def measure_workers(work: Path) -> list[dict[str, object]]:
    """One and two processes over the first 12,000 windows of a genome at 30x."""
    bam = work / "slices_30x.bam"
    if not bam.exists():
        subprocess.run([sys.executable, __file__, "--simulate", str(bam), "--depths", "30"], check=True)
    rows: list[dict[str, object]] = []
    for workers in (1, 2):
        run = in_child(bam, 12_000, workers)
        name = f"12,000 windows of all chromosomes, {workers} process{'es' if workers > 1 else ''}"
        rows.append({"depth": 30.0, "file_mb": bam.stat().st_size / 1e6, "program": name} | run)
    return rows


def time_model(table: pd.DataFrame) -> pd.DataFrame:
    """Seconds = a + b x windows x depth of the single-process runs, and what it says of a genome."""
    own = table[table.program.isin(["windows, all", "windows, 12000"])]
    design = np.column_stack([np.ones(len(own)), own.windows * own.depth])
    (a, b), *_ = np.linalg.lstsq(design, own.seconds.to_numpy(), rcond=None)
    whole = len(load_sites(BUILD))
    rows = [("a", a, "s"), ("b", b * 1e6, "us a window and 1x")]
    rows += [(f"genome at {d}x, all windows", a + b * whole * d, "s") for d in (30, 60, 100)]
    return pd.DataFrame(rows, columns=["quantity", "value", "unit"])


if __name__ == "__main__":
    sys.exit(main())
