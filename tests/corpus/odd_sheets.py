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
    _column("with its unit", "pfs_days", lambda cell: f"{cell} d"),
    _column("a decimal comma", "pfs_days", lambda cell: f"{int(cell) / 30.44:.1f}".replace(".", ",")),
    _column("negative", "pfs_days", _times(-1, whole=True)),
    _column("minutes for days", "pfs_days", _times(1440, whole=True)),
    _column("a thousand for one", "os_days", _times(1000, whole=True)),
    _column("with its unit", "age", lambda cell: f"{cell} years"),
    _column("weeks for years", "age", _times(52, whole=True)),
    _column("negative", "age", _times(-1, whole=True)),
    _column("words", "pfs_event", lambda cell: "progressed" if cell == "1" else "ongoing"),
    _column("the time of day with it", "treatment_start", lambda cell: f"{cell}T25:61"),
    _column("of the next century", "treatment_start", lambda cell: "21" + cell[2:]),
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
    _column("inches for mm", "target_sum_mm", _times(1 / 25.4)),
    _column("in cm, with the unit", "target_sum_mm", lambda cell: f"{float(cell) / 10:.1f} cm"),
    _column("with its unit", "target_sum_mm", lambda cell: f"{cell} mm"),
    _column("a decimal comma", "target_sum_mm", lambda cell: f"{float(cell):.1f}".replace(".", ",")),
    _column("negative", "target_sum_mm", _times(-1)),
    _column("years for days", "day", _times(1 / 365.25)),
    _column("minutes for days", "day", _times(1440, whole=True)),
    _column("weeks for days, with the unit", "day", lambda cell: f"W{int(cell) // 7}"),
    _column("with its sign of days", "day", lambda cell: f"D{cell}"),
)
UNITS_OF_SAMPLES = (
    _column("percent for a share", "purity", _times(100, whole=True)),
    _column("per mille for a share", "purity", _times(1000, whole=True)),
    _column("percent with its sign", "purity", lambda cell: f"{float(cell):.0%}"),
    _column("a decimal comma", "purity", lambda cell: cell.replace(".", ",")),
    _column("percent of two copies", "ploidy", lambda cell: str(round(50 * float(cell)))),
    _column("per haploid set", "ploidy", _times(0.1)),
    _column("a count of chromosomes", "ploidy", _times(23, whole=True)),
    _column("as a part of another number", "purity", lambda cell: f"{round(float(cell) * 5)}:5"),
    _column("parts of a million", "purity", _times(1_000_000, whole=True)),
    _column("a range", "purity", lambda cell: f"{cell}-0.9"),
    _column("about", "purity", lambda cell: f"~{cell}"),
    _column("with its unit", "ploidy", lambda cell: f"{cell}n"),
    _column("negative", "ploidy", _times(-1)),
    _column("a serial number of a spreadsheet", "collected_on", lambda cell: "44275"),
    _column("two digits of the year", "collected_on", lambda cell: cell[2:]),
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
        ("a hundred documents", "---\nx: 1\n" * 100),
        ("tabs for indents", "x:\n\ty: 1\n"),
        ("a place given twice", "samples: other.tsv\nsamples: another.tsv\n"),
        ("an anchor of a megabyte", "x: &" + "a" * 1_000_000 + " 1\n"),
        ("a merge of a list of itself", "x: &x\n  <<: [*x, *x]\n"),
        ("a quote that never ends", 'x: "' + "y" * 100_000 + "\n"),
        ("a map in a list, ten thousand deep", "x: " + "[{a: " * 5_000 + "1" + "}]" * 5_000 + "\n"),
        ("a text of ten million lines", "x: |\n" + "  y\n" * 10_000_000),
        ("a key that is not a number", ".nan: 1\n"),
        ("an empty key", ": 1\n"),
        ("a directive of a later YAML", "%YAML 9.9\n---\nx: 1\n"),
    )
)

_NAMES = (
    "T" + "0" * 21, "T" + "0" * 20, "T1" * 20, "ab" * 40, "T" + "." * 30, "T" + "abcde" * 20, "A" * 245, "A" * 101,
    "A" * 256, "A" * 5_000, "T1/2", "../T1", "/T1", "T1/", "T1\\2", "T1*", "T1?", "~", "~root", "T1 x", " T1 x", "T1{sample}",
    "{}", "{sample}", "{{", "T1%20", "T1#2", "T1&2", "T1;2", "T1,2", "T1:2", "T1|2", "T1>2", "T1<2", "T1'", "$T1", "${HOME}",
    "$(id)", "`id`", "!T1", "T1\x7f", "T1\x00", "T1\u200b", "T1\u202e", "\u0422\u0031", "T\u00e91", "Te\u03011", "\U0001f9ec", "T1\u00a0",
    "0" * 101, "T" + "-0" * 60, "T1" + ".0" * 60, "_" * 101, "ab.-" * 30, "T" + "9" * 150, "T1\r", "T1\x0b", "T1%", "T1:", "%(sample)s", "%s",
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
