"""Two results folders, byte by byte: what moving or rebuilding code may not change.

    python tests/regression/compare.py RESULTS_A RESULTS_B

Says each file that is missing, too many or different, with the first place that differs, and exits 1; exits 0 when
nothing differs but what MAY_DIFFER lists.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

Mask = Callable[[bytes], bytes]

SHOWN = 60
"""Bytes shown around the first difference."""


def _without_versions(content: bytes) -> bytes:
    """provenance.json without the day and the versions of software, Python, packages and of the shipped knowledge."""
    record = json.loads(content)
    for entry in ("version", "date", "python", "packages", "knowledge"):
        record[entry] = None
    return json.dumps(record, indent=1, sort_keys=True).encode()


def _page_without_versions(content: bytes) -> bytes:
    """A page without the same versions, in its foot and among its methods."""
    content = re.sub(rb"Refractor \d+\.\d+\.\d+\S*", b"Refractor", content)
    content = re.sub(rb"(<b>Run</b> |run )\d{4}-\d\d-\d\d", rb"\\1", content)
    return re.sub(rb"Packages: [^<]*Knowledge \(digests\): [^<]*?\.", b"Packages, knowledge.", content)


def _nothing(content: bytes) -> bytes:
    """The file has to be there; what it holds differs between runs."""
    return b""


MAY_DIFFER: dict[str, tuple[Mask, str]] = {
    ".failures/*": (_nothing, "the moment of a failure"),
    "cohort/resources.tsv": (_nothing, "seconds and memory"),
    "report/run.html": (_nothing, "seconds and memory"),
    ".snakemake_timestamp": (_nothing, "Snakemake's mark"),
    "ro-crate-metadata.json": (_nothing, "day of the run, versions; what it says is tested by itself"),
    "provenance.json": (
        _without_versions,
        "versions of software, Python, packages and knowledge (a README there counts)",
    ),
    "report/index.html": (_page_without_versions, "the same versions"),
    "report/patients/*.html": (_page_without_versions, "the same versions"),
}
"""All that two runs of the same trial may differ in: file, what is taken out of it before comparing, and why."""


def contents(results: Path) -> dict[str, bytes]:
    """Every file below a results folder by relative path, hidden ones too, without what may differ."""
    found: dict[str, bytes] = {}
    for path in sorted(p for p in results.rglob("*") if p.is_file()):
        name = path.relative_to(results)
        mask = next((mask for pattern, (mask, _) in MAY_DIFFER.items() if name.match(pattern)), None)
        content = path.read_bytes()
        found[name.as_posix()] = mask(content) if mask else content
    return found


def differences(first: Path, second: Path) -> list[str]:
    """One line a file that differs. Raises FileNotFoundError where one of the folders holds nothing."""
    one, two = contents(first), contents(second)
    for folder, files in ((first, one), (second, two)):
        if not files:
            raise FileNotFoundError(f"{folder}: no results here")
    lines = [f"{name}: only in {first}" for name in sorted(one.keys() - two.keys())]
    lines += [f"{name}: only in {second}" for name in sorted(two.keys() - one.keys())]
    lines += [f"{name}: {first_difference(one[name], two[name])}"
              for name in sorted(one.keys() & two.keys()) if one[name] != two[name]]  # fmt: skip
    return lines


def first_difference(one: bytes, two: bytes) -> str:
    """Where two contents begin to differ, with what stands there; for a zip, in which members."""
    if one[:2] == two[:2] == b"PK":
        return "members " + ", ".join(_differing_members(one, two))
    at = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    start = max(0, at - SHOWN // 2)
    seen = [part[start : start + SHOWN].decode(errors="replace") for part in (one, two)]
    line = one[:at].count(b"\n") + 1
    return f"byte {at}, line {line}: {seen[0]!r} against {seen[1]!r}"


def _differing_members(one: bytes, two: bytes) -> list[str]:
    first, second = (zipfile.ZipFile(io.BytesIO(content)) for content in (one, two))
    names = sorted({*first.namelist(), *second.namelist()})
    return [
        n
        for n in names
        if n not in first.namelist() or n not in second.namelist() or first.read(n) != second.read(n)
    ]


def main() -> int:
    """Compare the two folders of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("first", type=Path, help="a results folder")
    parser.add_argument("second", type=Path, help="another one of the same trial")
    arguments = parser.parse_args()
    found = differences(arguments.first, arguments.second)
    print("\n".join(found) or "nothing differs but what may (see MAY_DIFFER)")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
