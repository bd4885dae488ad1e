"""The page of formats and the sheet's schema follow the readers: a new one is a file and a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from refractor.copynumber.importers.importer import Importer, Layout, columns
from refractor.copynumber.importers.known_formats import IMPORTERS
from refractor.sheets.formats_page import with_callers, with_formats
from refractor.variants.files.callers import Flavour
from refractor.variants.files.formats import REFUSED, VARIANT_FORMATS, told_by

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "formats.md"
SCHEMA = ROOT / "workflow" / "schemas" / "samples.schema.yaml"
NEW = Importer(
    "new_caller",
    "Newcaller 1",
    "T.new.txt",
    (Layout(has=columns("New"), refusal="holds bins; give T.new.txt"),),
    copies="whole",
)


@pytest.mark.parametrize(("path", "made"), [(PAGE, with_formats), (SCHEMA, with_callers)])
def test_what_is_made_from_the_readers_is_up_to_date(path: Path, made) -> None:
    text = path.read_text(encoding="utf-8")
    assert made(text) == text, "run python scripts/write_data_dictionary.py"


@pytest.mark.parametrize(("path", "made"), [(PAGE, with_formats), (SCHEMA, with_callers)])
def test_a_new_importer_shows(path: Path, made) -> None:
    text = made(path.read_text(encoding="utf-8"), IMPORTERS | {"new_caller": NEW})
    assert "new_caller" in text


def test_every_format_and_every_refusal_is_listed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    refusals = [layout.refusal for item in IMPORTERS.values() for layout in item.layouts if layout.refusal]
    assert len(refusals) >= 5
    assert all(refusal in page for refusal in refusals)
    assert all(f"| `{name}` |" in page for name in (*IMPORTERS, *Flavour, "maf"))


def test_every_program_that_is_told_from_its_file_has_one_row() -> None:
    names = [entry.name for entry in VARIANT_FORMATS]
    assert sorted(names) == sorted([*Flavour, "maf"])
    assert all(told_by(entry) for entry in VARIANT_FORMATS)


def test_the_refusals_are_those_of_the_readers() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "scripts" / "refractor" / "variants" / "files").glob("*.py"))
        if path.name != "formats.py"
    )
    assert [words for words, _ in REFUSED if words not in sources] == []
