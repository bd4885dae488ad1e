"""Every output of a finished run as tables of text: what is frozen, and what a later run is held against.

A table is what all samples (or all files of one kind) say, stacked, with the cells as they were printed. Nothing
here imports the library: a change of the library cannot change what it is held against.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

FROZEN = Path(__file__).resolve().parent / "demo"

NOT_FROZEN = {
    ".failures/*": "holds the moment of the failure; that the note is there is frozen (table files)",
    "cohort/resources.tsv": "seconds and memory, of which only samples and steps are frozen",
    "report/run.html": "draws seconds and memory",
    "report/index.html": "a page is compared by tests/workflow; that it is there is frozen (table files)",
    "report/patients/*.html": "as the page",
    "report/refractor_qc_mqc.tsv": "made from qc.tsv, whose rows are frozen, and names the version",
    "samples/*/variants.vcf.gz.tbi": "an index; the records themselves are frozen",
    "ro-crate-metadata.json": "holds the day of the run; made from provenance, whose entries are frozen",
    "*/.snakemake_timestamp": "Snakemake's own mark",
}
"""Files of which no content is frozen, and why. Any other file must have a reader in READERS."""

DIFFERS = {
    "resources": ("seconds", "cpu_seconds", "peak_memory_mb"),
    "provenance": ("version", "date", "python", "packages.*", "knowledge.*", "inputs.reads/*"),
}
"""Columns (of resources), entries (of provenance) that differ between runs, machines or versions of packages."""

DIGESTS = (
    (re.compile(r"(\d{4}-\d\d-\d\d|\.yaml)\+[0-9a-f]{16}\b"), r"\1+<digest>"),
    (re.compile(r"^[0-9a-f]{16}$"), "<digest>"),
)
"""Digests of knowledge, cohort file and inputs in text: a comment in a rule table changes them and no result."""


@dataclass(frozen=True, slots=True)
class Golden:
    """One table: names of columns and rows of cells, all text, empty = missing; in the order of the files."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> list[str]:
        """The cells of one column."""
        at = self.columns.index(name)
        return [row[at] for row in self.rows]


Cells = dict[str, str]
Reader = Callable[[Path, str], Iterator[tuple[str, Cells]]]


def read_results(results: Path) -> dict[str, Golden]:
    """Every table of a results folder by name. Raises ValueError for a file that nobody reads and nobody excludes."""
    stacked: dict[str, list[Cells]] = {"files": []}
    headers: dict[str, dict[str, None]] = {"files": {"file": None}}
    for path in sorted(p for p in results.rglob("*") if p.is_file()):
        name = path.relative_to(results).as_posix()
        reader = _reader_of(name)
        if path.name != ".snakemake_timestamp":
            stacked["files"].append({"file": name})
        for table, cells in reader(path, name) if reader else ():
            headers.setdefault(table, {}).update(dict.fromkeys(cells))
            rows = stacked.setdefault(table, [])
            if any(cells.values()):  # a header alone is told by a row of empty cells
                rows.append(cells)
    return {
        table: Golden(tuple(names), tuple(tuple(row.get(n, "") for n in names) for row in stacked[table]))
        for table, names in headers.items()
    }


def read_frozen(folder: Path = FROZEN) -> dict[str, Golden]:
    """The frozen tables by name."""
    return {path.name.removesuffix(".tsv.gz"): _read(path) for path in sorted(folder.glob("*.tsv.gz"))}


def write_frozen(tables: dict[str, Golden], folder: Path = FROZEN) -> None:
    """Write the tables, and take away those that are no more. Equal tables are equal files."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.tsv.gz"):
        if path.name.removesuffix(".tsv.gz") not in tables:
            path.unlink()
    for name, table in tables.items():
        text = "".join("\t".join(row) + "\n" for row in (table.columns, *table.rows))
        (folder / f"{name}.tsv.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _read(path: Path) -> Golden:
    header, *rows = (
        tuple(line.split("\t")) for line in gzip.decompress(path.read_bytes()).decode().split("\n")[:-1]
    )
    return Golden(header, tuple(rows))


def _reader_of(name: str) -> Reader | None:
    path = Path(name)
    if any(path.match(pattern) for pattern in NOT_FROZEN if pattern != "cohort/resources.tsv"):
        return None
    for pattern, reader in READERS:
        if path.match(pattern):
            return reader
    raise ValueError(f"{name}: no table of tests/regression holds it; add a reader to golden_tables.READERS")


def _without_digests(text: str) -> str:
    for pattern, stand_in in DIGESTS:
        text = pattern.sub(stand_in, text)
    return re.sub(r"[\t\r\n]+", " ", text)


def _tsv(path: Path, name: str) -> Iterator[tuple[str, Cells]]:
    """A table of a sample, stacked under its name, or of the cohort."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    header, *rows = list(csv.reader(io.StringIO(raw.decode()), delimiter="\t", quoting=csv.QUOTE_NONE))
    table = path.name.removesuffix(".gz").removesuffix(".tsv")
    if name.startswith("cohort/"):
        table, origin = f"cohort_{table}", {}
    else:
        origin = {"of_sample": path.parent.name}
    keep = [n for n in header if n not in DIFFERS.get(path.name.removesuffix(".tsv"), ())]
    yield table, dict.fromkeys([*origin, *keep], "")
    for row in rows:
        cells = dict(zip(header, row, strict=True))
        yield table, origin | {n: _without_digests(cells[n]) for n in keep}


def _vcf(path: Path, name: str) -> Iterator[tuple[str, Cells]]:
    """Header lines, and records with each INFO and FORMAT key a column."""
    origin = {"of_sample": path.parent.name}
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        if line.startswith("#"):
            yield "variants_vcf_header", origin | {"line": line.replace("\t", " ")}
            continue
        fixed = line.split("\t")
        names = ("CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER")
        info = (part.partition("=") for part in fixed[7].split(";"))
        formats = zip(fixed[8].split(":"), fixed[9].split(":"), strict=True)
        yield (
            "variants_vcf",
            origin
            | dict(zip(names, fixed, strict=False))
            | {f"INFO/{key}": value or "yes" for key, _, value in info}
            | {f"FORMAT/{key}": value for key, value in formats},
        )


def _pileups(path: Path, name: str) -> Iterator[tuple[str, Cells]]:
    """A row a pileup; its reads as a digest, which is exact: they are copied letters and counts."""
    content = json.loads(path.read_text())
    for pileup in content["pileups"]:
        reads = {k: v for k, v in pileup.items() if isinstance(v, list | dict)}
        plain = {k: str(v) for k, v in pileup.items() if k not in reads}
        digests = {f"{k}_sha256": _sha(json.dumps(v, sort_keys=True).encode()) for k, v in reads.items()}
        yield "pileups", {"of_sample": path.parent.name} | plain | digests
    rest = {k: v for k, v in content.items() if k != "pileups"}
    yield from (
        ("pileups_about", {"of_sample": path.parent.name, "entry": entry, "value": value})
        for entry, value in _flat(rest)
    )


def _arrays(path: Path, name: str) -> Iterator[tuple[str, Cells]]:
    """A row an array of counts: shape, sum and a digest, which is exact: they are whole numbers."""
    with np.load(path, allow_pickle=False) as arrays:
        for key in arrays.files:
            values = arrays[key]
            whole = values.dtype.kind in "iu"
            yield (
                "genotypes",
                {
                    "of_sample": path.parent.name,
                    "file": path.name,
                    "array": key,
                    "dtype": str(values.dtype),
                    "shape": str(values.shape),
                    "sum": str(int(values.sum())) if whole else "",
                    "text": "" if whole else _without_digests(str(values)),
                    "sha256": _sha(np.ascontiguousarray(values).tobytes()) if whole else "",
                },
            )


def _evidence_state(path: Path, name: str) -> Iterator[tuple[str, Cells]]:
    for entry, value in _flat(json.loads(path.read_text())):
        yield (
            "evidence_state",
            {"of_sample": path.parent.name, "entry": entry, "value": _without_digests(value)},
        )


def _provenance(path: Path, name: str) -> Iterator[tuple[str, Cells]]:
    for entry, value in _flat(json.loads(path.read_text())):
        if not any(
            re.fullmatch(p.replace(".", r"\.").replace("*", ".*"), entry) for p in DIFFERS["provenance"]
        ):
            yield "provenance", {"entry": entry, "value": value}


def _lines(path: Path, name: str) -> Iterator[tuple[str, Cells]]:
    """A file of the exported study or of text, line by line; its cells parted by a bar."""
    table = "study" if name.startswith("report/") else path.stem
    yield table, {"file": "", "line": "", "text": ""}
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        yield (
            table,
            {"file": path.name, "line": str(number), "text": _without_digests(line.replace("\t", " | "))},
        )


def _workbook(path: Path, name: str) -> Iterator[tuple[str, Cells]]:
    """The number of cells and of notes of each part: the values themselves are those of the tables."""
    with zipfile.ZipFile(path) as book:
        sheets = re.findall(r'<sheet [^>]*name="([^"]+)"', book.read("xl/workbook.xml").decode())
        for number, sheet in enumerate(sheets, start=1):
            text = book.read(f"xl/worksheets/sheet{number}.xml").decode()
            cells = {"rows": text.count("<row "), "cells": text.count("<c ")}
            yield "workbook", {"sheet": sheet} | {k: str(v) for k, v in cells.items()}
        notes = sorted(n for n in book.namelist() if "/comments/" in n)
        total = sum(book.read(n).decode().count("<comment ") for n in notes)
        yield "workbook", {"sheet": "all notes", "cells": str(total)}


def _flat(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Entries of a JSON value as (path, value)."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{at}.{key}" if at else str(key))
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{at}[{number}]")
    else:
        yield at, json.dumps(value) if not isinstance(value, str) else value


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


READERS: tuple[tuple[str, Reader], ...] = (
    ("samples/*/*.tsv", _tsv),
    ("samples/*/*.tsv.gz", _tsv),
    ("samples/*/variants.vcf.gz", _vcf),
    ("samples/*/pileups.json", _pileups),
    ("samples/*/*.npz", _arrays),
    ("samples/*/.evidence_state.json", _evidence_state),
    ("cohort/*.tsv", _tsv),
    ("cohort/*.txt", _lines),
    ("provenance.json", _provenance),
    ("report/cbioportal/*", _lines),
    ("report/cbioportal/*/*", _lines),
    ("report/cohort.xlsx", _workbook),
)
"""Which reader takes which file of the results, the first that fits."""
