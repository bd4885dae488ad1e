"""Sheets and settings in other units than theirs, names that some step cannot bear, YAML that grows when it is read."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from mutations import Mutation, of_bytes


def _column(name: str, column: str, change: Callable[[str], str]) -> Mutation:
    """Each filled cell of a column as `change` makes it."""

    def edit(data: bytes, _: random.Random) -> bytes:
        header, *rows = (line.split("\t") for line in data.decode().rstrip("\n").split("\n"))
        place = header.index(column)
        for row in rows:
            row[place] = change(row[place]) if row[place] else ""
        return ("\n".join("\t".join(row) for row in (header, *rows)) + "\n").encode()

    return of_bytes(f"{column}: {name}", edit)


def _times(factor: float, *, whole: bool = False) -> Callable[[str], str]:
    def change(cell: str) -> str:
        value = float(cell) * factor
        return str(round(value)) if whole else f"{value:.4g}"

    return change


def _date(form: str) -> Callable[[str], str]:
    def change(cell: str) -> str:
        year, month, day = cell.split("-")
        return form.format(y=year, m=month, d=day, yy=year[2:])

    return change


UNITS_OF_PATIENTS = (
    *(
        _column(f"{unit} for days", column, _times(1 / days, whole=True))
        for column in ("pfs_days", "os_days")
        for unit, days in (("weeks", 7), ("months", 30.44), ("years", 365.25))
    ),
    *(
        _column(f"{unit} for days, with decimals", column, _times(1 / days))
        for column in ("pfs_days", "os_days")
        for unit, days in (("weeks", 7), ("months", 30.44), ("years", 365.25))
    ),
    *(_column("hours for days", column, _times(24, whole=True)) for column in ("pfs_days", "os_days")),
    _column("months for years", "age", _times(12, whole=True)),
    _column("the year of birth", "age", lambda cell: str(2021 - int(cell))),
    _column("days for years", "age", _times(365, whole=True)),
    _column("decades for years", "age", _times(0.1, whole=True)),
    _column("event and censoring exchanged", "pfs_event", lambda cell: "01"[cell == "0"]),
    _column("1 and 2 for 0 and 1", "pfs_event", lambda cell: str(int(cell) + 1)),
    _column("percent", "pfs_event", lambda cell: str(100 * int(cell))),
    *(
        _column(f"as {form}", "treatment_start", _date(form))
        for form in ("{d}/{m}/{y}", "{m}/{d}/{y}", "{y}{m}{d}", "{d}.{m}.{yy}", "{m}-{d}-{y}", "{y}-{d}-{m}")
    ),
    _column("a serial number of a spreadsheet", "treatment_start", lambda cell: "44275"),
    _column("the year alone", "treatment_start", lambda cell: cell[:4]),
    _column("two digits of the year", "treatment_start", lambda cell: cell[2:]),
    _column("a century ago", "treatment_start", lambda cell: "19" + cell[2:]),
    _column("the same for all", "treatment_start", lambda cell: "1900-01-01"),
    _column("yes and no exchanged", "clinical_benefit", lambda cell: "no" if cell == "yes" else "yes"),
    _column("999 for missing", "pfs_days", lambda cell: "999" if cell.endswith("0") else cell),
)
UNITS_OF_ASSESSMENTS = (
    _column("cm for mm", "target_sum_mm", _times(0.1)),
    _column("metres for mm", "target_sum_mm", _times(0.001)),
    _column("tenths of mm for mm", "target_sum_mm", _times(10)),
    _column("micrometres for mm", "target_sum_mm", _times(1000)),
    _column("per cent of baseline for mm", "target_sum_mm", lambda cell: f"{float(cell) / 2:.0f}%"),
    _column("weeks for days", "day", _times(1 / 7, whole=True)),
    _column("months for days", "day", _times(1 / 30.44, whole=True)),
    _column("hours for days", "day", _times(24, whole=True)),
    _column("visit numbers for days", "day", lambda cell: str(round(int(cell) / 56))),
)
UNITS_OF_SAMPLES = (
    _column("percent for a share", "purity", _times(100, whole=True)),
    _column("per mille for a share", "purity", _times(1000, whole=True)),
    _column("percent with its sign", "purity", lambda cell: f"{float(cell):.0%}"),
    _column("a decimal comma", "purity", lambda cell: cell.replace(".", ",")),
    _column("percent of two copies", "ploidy", lambda cell: str(round(50 * float(cell)))),
    _column("per haploid set", "ploidy", _times(0.1)),
    _column("a count of chromosomes", "ploidy", _times(23, whole=True)),
    _column("of the wrong century", "collected_on", lambda cell: "19" + cell[2:]),
    _column("a year later", "collected_on", lambda cell: f"{int(cell[:4]) + 3}{cell[4:]}"),
    *(
        _column(f"as {form}", "collected_on", _date(form))
        for form in ("{d}/{m}/{y}", "{m}/{d}/{y}", "{y}{m}{d}", "{y}-{d}-{m}")
    ),
)


def _value(name: str, old: str, new: str) -> Mutation:
    def edit(data: bytes, _: random.Random) -> bytes:
        assert old.encode() in data, old
        return data.replace(old.encode(), new.encode(), 1)

    return of_bytes(name, edit)


UNITS_OF_CONFIG = (
    *(_value(f"wild_type_power {value}", "wild_type_power: 0.95", f"wild_type_power: {value}")
      for value in ("95", "9.5", "-0.95", "95%", "0,95", "yes", ".nan", ".inf", "[0.95]", "1e-400", "''")),
    *(_value(f"amplification_ratio {value}", "amplification_ratio: 3", f"amplification_ratio: {value}")
      for value in ("300", "0", "-3", "0.03", "3x", "1e9", ".nan", "{a: 1}")),
    *(_value(f"min_alt_reads {value}", "min_alt_reads: 4", f"min_alt_reads: {value}")
      for value in ("0.04", "-4", "4.5", "1e12", "four", "0x4", "true", "null")),
)  # fmt: skip
UNITS_OF_COHORT = (
    *(_value(f"sd_min_days {value}", "sd_min_days: 112", f"sd_min_days: {value}")
      for value in ("16", "3.7", "-112", "112000", "16 weeks", ".nan", "'112'", "0")),
    *(_value(f"n1 {value}", "n1: 8", f"n1: {value}") for value in ("80", "0", "-8", "8.5", "eight", "1e9")),
    *(_value(f"r1 {value}", "r1: 0", f"r1: {value}") for value in ("8", "-1", "50%", "0.5")),
    *(_value(f"success {value}", "success: 5", f"success: {value}") for value in ("25", "0.2", "-1", "20%")),
    _value("a gene that is none", "gene: ERBB2", "gene: HER2"),
    _value("a gene as a date", "gene: ERBB2", "gene: 2019-09-02"),
    _value("a drug that is none", "drugs: [trastuzumab", "drugs: [trastuzumba"),
    _value("a codon that is none", "codons: [12, 13", "codons: [12000, 13"),
    _value("a codon of text", "codons: [12, 13", "codons: [G12D, 13"),
    _value("an ontology's number as a number", 'doid: "9256"', "doid: 9256"),
    _value("a disease that is none", "name: colorectal cancer", "name: colorectal canser"),
)  # fmt: skip


def _bomb(text: str) -> Callable[[Path, random.Random], None]:
    def change(path: Path, _: random.Random) -> None:
        path.write_text(path.read_text() + text)

    return change


def _laughs(levels: int) -> str:
    lines = ["x0: &x0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


YAML_BOMBS = tuple(
    Mutation(name, _bomb(text))
    for name, text in (
        ("nine levels of aliases", _laughs(9)),
        ("thirty levels of aliases", _laughs(30)),
        ("a list in itself", "x: &x [*x]\n"),
        ("a map in itself", "x: &x {y: *x}\n"),
        ("two lists in each other", "x: &x [&y [*x]]\nz: *y\n"),
        ("ten thousand brackets", "x: " + "[" * 10_000 + "]" * 10_000 + "\n"),
        ("ten thousand open brackets", "x: " + "[" * 10_000 + "\n"),
        ("a thousand maps in each other", "x: " + "{a: " * 1_000 + "1" + "}" * 1_000 + "\n"),
        ("a thousand indents", "".join(f"{' ' * n}a{n}:\n" for n in range(1_000))),
        ("a hundred thousand keys", "".join(f"k{n}: 1\n" for n in range(100_000))),
        ("a key of a megabyte", "k" * 1_000_000 + ": 1\n"),
        ("a value of a hundred megabytes", "k: " + "v" * 100_000_000 + "\n"),
        ("a merge of itself", "x: &x\n  <<: *x\n"),
        ("an alias of nothing", "x: *nothing\n"),
        ("a map as a key", "? {a: 1}\n: 1\n"),
        ("a list as a key", "? [a]\n: 1\n"),
        ("two documents", "---\nx: 1\n"),
        ("a tag of Python", "x: !!python/object/new:os.system [echo]\n"),
        ("a binary", "x: !!binary aGVsbG8=\n"),
        ("a set", "x: !!set {a, b}\n"),
        ("a number of a million digits", "x: " + "9" * 1_000_000 + "\n"),
        ("sixty to the power of many", "x: 1:59:59:59:59:59:59:59:59:59\n"),
        ("an escape that is none", 'x: "\\q"\n'),
        ("half of a surrogate", 'x: "\\ud800"\n'),
        ("a byte order mark inside", "x: \ufeffy\n"),
        ("a line separator", "x: a\u2028y: b\n"),
    )
)

_NAMES = (
    "T" + "0" * 21, "T" + "0" * 20, "T1" * 20, "ab" * 40, "T" + "." * 30, "T" + "abcde" * 20, "A" * 245, "A" * 101,
    "A" * 256, "A" * 5_000, "T1/2", "../T1", "/T1", "T1/", "T1\\2", "T1*", "T1?", "~", "~root", "T1 x", " T1 x", "T1{sample}",
    "{}", "{sample}", "{{", "T1%20", "T1#2", "T1&2", "T1;2", "T1,2", "T1:2", "T1|2", "T1>2", "T1<2", "T1'", "$T1", "${HOME}",
    "$(id)", "`id`", "!T1", "T1\x7f", "T1\x00", "T1\u200b", "T1\u202e", "\u0422\u0031", "T\u00e91", "Te\u03011", "\U0001f9ec", "T1\u00a0",
    ".", "..", "", "-", "T1,T2", "T1;T2", "[T1]", "(T1)", "T1=2", "T1+2", "T1@2", "T1^", "T\\n1", "T1\\",
)  # fmt: skip
NAMES = tuple(
    of_bytes(
        f"a sample named {name if len(name) < 25 else f'{name[:8]}... of {len(name)} letters'}".encode(
            "unicode_escape"
        ).decode(),
        lambda data, _, name=name: data.replace(b"\tT1\t", f"\t{name}\t".encode(), 1),
    )
    for name in _NAMES
)
