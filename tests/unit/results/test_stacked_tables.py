"""Many small tables read as one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from refractor.errors import TableError
from refractor.results.stacked_tables import SAMPLE_KEY, read_stacked
from refractor.files.tables import Table, integer, text

NOTES = Table(
    "notes.tsv", "A note.", (text("what", "What"), integer("count", "How many"), text("why", "Why"))
)


def written(folder: Path, *contents: list[tuple[object, ...]], synthetic: bool = False) -> dict[str, Path]:
    paths = {}
    for number, rows in enumerate(contents):
        path = paths[f"S{number}"] = folder / f"{number}.tsv"
        frame = NOTES.from_rows([dict(zip(NOTES.column_names, row, strict=True)) for row in rows])
        NOTES.write(frame, path, synthetic=synthetic)
    return paths


@pytest.mark.parametrize("synthetic", [True, False])
def test_the_rows_are_those_of_each_file(tmp_path: Path, synthetic: bool) -> None:
    contents = ([("a", 1, None), (None, None, None), ('"quoted', 3, "x")], [], [("b", 2, "")])
    paths = written(tmp_path, *contents, synthetic=synthetic)
    stacked = read_stacked(NOTES, paths)
    assert stacked[SAMPLE_KEY].tolist() == ["S0"] * 3 + ["S2"]
    apart = pd.concat([NOTES.read(path) for path in paths.values()], ignore_index=True)
    pd.testing.assert_frame_equal(stacked.drop(columns=SAMPLE_KEY), apart)


def test_no_file_and_no_row(tmp_path: Path) -> None:
    assert list(read_stacked(NOTES, {}).columns) == [SAMPLE_KEY, *NOTES.column_names]
    assert read_stacked(NOTES, written(tmp_path, [], [])).empty


def test_columns_in_another_order_are_read_by_name(tmp_path: Path) -> None:
    paths = written(tmp_path, [("a", 1, "x")], [("b", 2, "y")])
    paths["S1"].write_text("why\twhat\tcount\ny\tb\t2\n")
    assert read_stacked(NOTES, paths)["what"].tolist() == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("what\tcount\na\t1\n", r"1\.tsv: notes\.tsv: columns missing: why"),
        ("what\tcount\twhy\na\tmany\tx\n", r"1\.tsv: notes\.tsv: column count is not integer"),
        ("what\tcount\twhy\na\t1.5\tx\n", r"1\.tsv: notes\.tsv: column count is not integer"),
        ("what\tcount\twhy\na\t1\n", r"1\.tsv: a row has not 3 cells"),
        ("what\tcount\twhy\na\t1\tx\ty\n", r"1\.tsv: notes\.tsv: column count"),
        ("", "cannot be read as the table notes.tsv"),
    ],
)
def test_the_fault_is_told(tmp_path: Path, content: str, said: str) -> None:
    paths = written(tmp_path, [("a", 1, "x")], [("b", 2, "y")])
    paths["S1"].write_text(content)
    with pytest.raises(TableError, match=said):
        read_stacked(NOTES, paths)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"none\.tsv: cannot be read"):
        read_stacked(NOTES, {"S": tmp_path / "none.tsv"})
