"""The declaration of tables: what is written is what is read, and nothing else gets in."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractor.errors import TableError
from refractor.files.tables import SYNTHETIC_COLUMN, Table, integer, number, text
from refractor.results.all_tables import COHORT_TABLES, TUMOR_TABLES

THINGS = Table(
    "things.tsv",
    "One thing.",
    (
        text("name", "Name", required=True),
        text("kind", "Kind", values=("a", "b")),
        integer("count", "How many"),
        number("share", "Share", "0-1"),
    ),
)
DECLARED = (*TUMOR_TABLES, *COHORT_TABLES)


def test_rows_written_are_rows_read(tmp_path: Path) -> None:
    frame = THINGS.from_rows([{"name": "x", "kind": "a", "count": 3, "share": 0.25}, {"name": "y"}])
    THINGS.write(frame, tmp_path / "things.tsv", synthetic=False)
    assert (tmp_path / "things.tsv").read_text() == "name\tkind\tcount\tshare\nx\ta\t3\t0.25\ny\t\t\t\n"
    pd.testing.assert_frame_equal(THINGS.read(tmp_path / "things.tsv"), frame)


def test_a_packed_table_has_the_same_bytes_each_time_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    table = Table(
        "things.tsv.gz", "Things.", (text("name", "Name", required=True), number("size", "Size", "m"))
    )
    frame = table.from_rows([{"name": f"thing {n}", "size": n / 7} for n in range(200)])
    for name in ("one.tsv.gz", "two.tsv.gz"):
        table.write(frame, tmp_path / name, synthetic=True)
    packed = (tmp_path / "one.tsv.gz").read_bytes()
    assert packed == (tmp_path / "two.tsv.gz").read_bytes()
    assert packed[4:8] == b"\0\0\0\0"  # no date (RFC 1952, 2.3)
    back = table.read(tmp_path / "one.tsv.gz")
    assert len(back) == 200
    assert back["size"].iloc[3] == pytest.approx(3 / 7, rel=1e-5)
    for damaged in (packed[:-40], packed[:30] + b"\xff" * 40 + packed[70:]):
        (tmp_path / "damaged.tsv.gz").write_bytes(damaged)
        with pytest.raises(TableError, match="cannot be read"):
            table.read(tmp_path / "damaged.tsv.gz")


def test_a_table_without_rows_has_its_header(tmp_path: Path) -> None:
    THINGS.write(THINGS.empty(), tmp_path / "things.tsv", synthetic=False)
    assert (tmp_path / "things.tsv").read_text() == "name\tkind\tcount\tshare\n"
    assert len(THINGS.read(tmp_path / "things.tsv")) == 0


def test_synthetic_tables_say_so_even_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "things.tsv"
    THINGS.write(THINGS.empty(), path, synthetic=True)
    assert path.read_text().rstrip("\n").split("\t")[-1] == SYNTHETIC_COLUMN
    THINGS.write(THINGS.from_rows([{"name": "x"}]), path, synthetic=True)
    assert path.read_text().splitlines()[1].endswith("\tyes")
    assert THINGS.column_names == list(THINGS.read(path).columns)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"name": None}, "name has 1 empty"),
        ({"name": "x", "kind": "c"}, "kind holds c; allowed: a, b"),
        ({"name": "x", "count": 1.5}, "count is not integer"),
        ({"name": "x", "share": "much"}, "share is not number"),
        ({"name": "x", "colour": "red"}, "not declared: colour"),
    ],
)
def test_what_breaks_the_declaration_is_not_written(row: dict[str, object], words: str) -> None:
    with pytest.raises(TableError, match=words):
        THINGS.from_rows([row])


def test_a_missing_column_is_named() -> None:
    with pytest.raises(TableError, match="columns missing: kind, count, share"):
        THINGS.check(pd.DataFrame({"name": ["x"]}))


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff\xfe", b"name\tkind\n", b"name,kind,count,share\nx,a,1,0\n"]
)
def test_a_file_that_is_not_the_table_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "things.tsv").write_bytes(content)
    with pytest.raises(TableError, match="things"):
        THINGS.read(tmp_path / "things.tsv")


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "name": st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1),
                "count": st.none() | st.integers(-(2**50), 2**50),
                "share": st.none() | st.floats(allow_nan=False, allow_infinity=False, width=16),
            }
        ),
        max_size=5,
    )
)
def test_any_rows_survive_the_round_trip(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]]
) -> None:
    path = tmp_path_factory.mktemp("tables") / "things.tsv"
    THINGS.write(THINGS.from_rows(rows), path, synthetic=False)
    back = THINGS.read(path)
    assert len(back) == len(rows)
    assert back["name"].tolist() == [row["name"] for row in rows]
    assert [None if pd.isna(v) else v for v in back["count"]] == [row["count"] for row in rows]


def test_a_failed_write_leaves_the_old_table(tmp_path: Path) -> None:
    path = tmp_path / "things.tsv"
    THINGS.write(THINGS.from_rows([{"name": "old"}]), path, synthetic=False)
    with pytest.raises(TableError):
        THINGS.write(pd.DataFrame({"name": ["new"]}), path, synthetic=False)
    assert "old" in path.read_text()
    assert [p.name for p in tmp_path.iterdir()] == ["things.tsv"]


def test_every_table_is_declared_with_meanings() -> None:
    assert len(DECLARED) >= 20
    for table in DECLARED:
        assert table.meaning
        assert table.columns
        assert all(column.meaning for column in table.columns), table.name
        assert len(set(table.column_names)) == len(table.columns), table.name
        assert table.empty().shape == (0, len(table.columns))


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("@SUM(1)", "'@SUM(1)"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("-2+3+cmd|x", "'-2+3+cmd|x"),
        ("-", "-"),
        ("+", "+"),
        ("-12.5", "-12.5"),
        ("-rf", "-rf"),
        ("a=1", "a=1"),
        ("'tis", "'tis"),
    ],
)
def test_a_formula_is_written_as_text_and_read_as_it_was(tmp_path: Path, word: str, written: str) -> None:
    table = Table("t.tsv", "A test.", (text("word", "A word"),))
    path = tmp_path / "t.tsv"
    table.write(table.from_rows([{"word": word}]), path, synthetic=False)
    assert path.read_text() == f"word\n{written}\n"
    assert table.read(path)["word"].tolist() == [word]
