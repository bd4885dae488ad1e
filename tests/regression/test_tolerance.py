"""The comparison bites: on a made-up table each kind of change is named, and noise of another machine is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from compare import differences
from golden_tables import Golden, read_frozen, write_frozen
from tolerance import cell_differences, row_counts, same_text, vanished_and_new

COLUMNS = ("of_sample", "gene", "depth", "vaf", "p_amplified", "reason")
TABLE = Golden(
    COLUMNS,
    (
        ("T1", "KRAS", "31", "0.293", "0.122", "seen in 28 fragments with probability 0.995"),
        ("T2", "KRAS", "30", "", "1", "purity 0.59"),
    ),
)


def changed(row: int, column: str, cell: str) -> Golden:
    """The table with one other cell."""
    rows = [list(cells) for cells in TABLE.rows]
    rows[row][COLUMNS.index(column)] = cell
    return Golden(COLUMNS, tuple(tuple(cells) for cells in rows))


@pytest.mark.parametrize(
    ("row", "column", "cell"),
    [
        (0, "of_sample", "T3"),
        (0, "depth", "32"),  # whole numbers are exact
        (0, "vaf", "0.29304"),  # 1.4e-4 of 0.293
        (0, "vaf", ""),
        (0, "vaf", "nan"),
        (1, "vaf", "0"),  # a value where none was
        (0, "p_amplified", "0.125"),  # three draws of 1,000
        (0, "reason", "seen in 29 fragments with probability 0.995"),
        (0, "reason", "seen in 28 fragments with probability 0.997"),
        (0, "reason", "seen by 28 fragments with probability 0.995"),
    ],
)
def test_a_change_is_named_with_table_row_and_column(row: int, column: str, cell: str) -> None:
    [line] = cell_differences("codons", changed(row, column, cell), TABLE)
    name, depth = TABLE.rows[row][0], TABLE.rows[row][2]
    assert line.startswith(f"table codons, row {row + 1} ({name} KRAS {depth}")
    assert f"column {column}: {cell!r}, frozen {TABLE.rows[row][COLUMNS.index(column)]!r}" in line


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("vaf", "0.293001"),
        ("vaf", "0.29302"),  # 7e-5 of it
        ("p_amplified", "0.124"),
        ("reason", "seen in 28 fragments with probability 0.994"),
    ],
)
def test_the_noise_of_another_machine_is_none(column: str, cell: str) -> None:
    assert cell_differences("codons", changed(0, column, cell), TABLE) == []


def test_names_that_hold_numbers_are_exact() -> None:
    assert not same_text("NM_004448.4", "NM_004448.5")
    assert not same_text("version 1.2.3", "version 1.2.4")
    assert same_text("12.5 copies", "12.6 copies")
    assert not same_text("12.5 copies", "12.7 copies")


def test_tables_columns_and_rows_that_come_or_go() -> None:
    fewer = Golden(COLUMNS[1:], tuple(row[1:] for row in TABLE.rows))
    assert vanished_and_new({"a": TABLE}, {"b": TABLE}) == [
        "table b has vanished",
        "table a is new and not frozen",
    ]
    assert vanished_and_new({"a": fewer}, {"a": TABLE}) == ["table a: column of_sample has vanished"]
    assert vanished_and_new({"a": TABLE}, {"a": fewer}) == ["table a: column of_sample is new and not frozen"]
    [order] = vanished_and_new({"a": Golden(COLUMNS[::-1], ())}, {"a": TABLE})
    assert "in the order reason, p_amplified" in order
    one = Golden(COLUMNS, TABLE.rows[:1])
    told = ["table a: 1 rows, frozen 2; row 2: 'no row', frozen 'T2 KRAS 30 '"]
    assert row_counts({"a": one}, {"a": TABLE}) == told
    assert cell_differences("a", one, TABLE) == told


def test_frozen_tables_come_back_and_old_ones_go(tmp_path: Path) -> None:
    write_frozen({"a": TABLE, "empty": Golden(COLUMNS, ())}, tmp_path)
    assert read_frozen(tmp_path) == {"a": TABLE, "empty": Golden(COLUMNS, ())}
    write_frozen({"a": TABLE}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.tsv.gz"]


def test_two_folders_differ_by_bytes_but_for_versions_and_times(tmp_path: Path) -> None:
    for name, version, moment in (("a", "0.1.0", "noon"), ("b", "0.2.0.dev1", "night")):
        folder = tmp_path / name
        for file, text in {
            "provenance.json": f'{{"version": "{version}", "python": "{name}", "packages": {{}}, '
            f'"knowledge": {{"panel": "{name}"}}, "settings": 1}}',
            ".failures/T1": moment,
            "cohort/patients.tsv": "patient\nP1\n",
            "report/index.html": f"<p>Refractor {version} · research use only</p>"
            f"<p>Packages: numpy {version}; Python 3.11. Knowledge (digests): panel {name}. Inputs: 1</p>",
        }.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text)
    assert differences(tmp_path / "a", tmp_path / "b") == []
    (tmp_path / "b/cohort/patients.tsv").write_text("patient\nP2\n")
    (tmp_path / "b/.failures/T1").unlink()
    page = tmp_path / "b/report/index.html"
    page.write_text(page.read_text().replace("Inputs: 1", "Inputs: 2"))
    gone, other, words = differences(tmp_path / "a", tmp_path / "b")
    assert words.startswith("report/index.html: byte")
    assert "Inputs: 1" in words
    assert gone == f".failures/T1: only in {tmp_path / 'a'}"
    assert other == "cohort/patients.tsv: byte 9, line 2: 'patient\\nP1\\n' against 'patient\\nP2\\n'"
    with pytest.raises(FileNotFoundError, match="no results here"):
        differences(tmp_path / "a", tmp_path / "c")
