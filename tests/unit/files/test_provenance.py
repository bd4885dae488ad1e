"""Digests follow content and imports, nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from refractor.files import digests as provenance
from refractor.files.digests import content_digest, import_closure, input_record, source_digest


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    """A step that imports a package's module, which imports another inside a function; and a stranger."""
    package = tmp_path / "lib"
    (package / "inner" / "templates").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "a.py").write_text("def f():\n    from lib.inner import b\n    return b\n")
    (package / "inner" / "__init__.py").write_text("")
    (package / "inner" / "b.py").write_text("B = 1\n")
    (package / "inner" / "templates" / "page.html").write_text("<p>")
    (package / "stranger.py").write_text("S = 1\n")
    (tmp_path / "step.py").write_text("import os\nfrom lib.a import f\nf()\n")
    return tmp_path


def test_the_closure_holds_what_is_imported_and_no_more(steps: Path) -> None:
    found = [path.relative_to(steps).as_posix() for path in import_closure(steps / "step.py")]
    assert found == ["lib/__init__.py", "lib/a.py", "lib/inner/__init__.py", "lib/inner/b.py",
                     "lib/inner/templates/page.html", "step.py"]  # fmt: skip


def test_an_edit_of_an_imported_module_changes_the_digest(steps: Path) -> None:
    before = source_digest(steps / "step.py")
    (steps / "lib" / "inner" / "b.py").write_text("B = 2\n")
    _forget()
    assert source_digest(steps / "step.py") != before


def test_a_template_counts_as_code(steps: Path) -> None:
    before = source_digest(steps / "step.py")
    (steps / "lib" / "inner" / "templates" / "page.html").write_text("<h1>")
    assert source_digest(steps / "step.py") != before


def test_touch_stranger_and_another_folder_change_nothing(
    steps: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = source_digest(steps / "step.py")
    os.utime(steps / "lib" / "a.py", (1, 1))
    (steps / "lib" / "stranger.py").write_text("S = 2\n")
    assert source_digest(steps / "step.py") == before
    clone = tmp_path_factory.mktemp("elsewhere") / "clone"
    steps.rename(clone)
    assert source_digest(clone / "step.py") == before


def test_a_relative_import_is_refused(steps: Path) -> None:
    (steps / "lib" / "a.py").write_text("from . import stranger\n")
    _forget()
    with pytest.raises(ImportError, match=r"a\.py:1: relative import"):
        source_digest(steps / "step.py")


def test_content_digest_follows_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "x.tsv").write_text("1")
    before = content_digest([tmp_path / "r"], tmp_path)
    os.utime(tmp_path / "r" / "x.tsv", (1, 1))
    assert content_digest([tmp_path / "r"], tmp_path) == before
    (tmp_path / "r" / "x.tsv").rename(tmp_path / "r" / "y.tsv")
    assert content_digest([tmp_path / "r"], tmp_path) != before


def test_reads_are_recorded_by_their_index(tmp_path: Path) -> None:
    (tmp_path / "t.bam").write_bytes(b"reads")
    (tmp_path / "t.bam.bai").write_bytes(b"index")
    (tmp_path / "s.tsv").write_bytes(b"")
    record = input_record(tmp_path / "t.bam")
    assert record["bytes"] == 5
    assert set(record) == {"bytes", "index_sha256"}
    assert input_record(tmp_path / "s.tsv")["sha256"].startswith("e3b0c442")
    assert input_record(tmp_path / "gone") == {"missing": True}


def _forget() -> None:
    provenance._imported_names.cache_clear()
