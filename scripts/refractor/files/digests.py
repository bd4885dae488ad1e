"""Digests of code and knowledge by content, and the record of what a result was made from.

Snakemake re-runs a job when a param changes. A step's digest covers its script and every module of ours
that it imports, directly or not: editing one re-runs the steps that import it, a touch or a fresh clone nothing.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from refractor.files.indexes import index_beside
from refractor.files.resources import LIBRARY

_LIBRARY_NAME = __name__.partition(".")[0]
_DIGEST_LENGTH = 16
_READS = (".bam", ".cram")


def import_closure(script: Path) -> tuple[Path, ...]:
    """The script and all modules of ours that it imports, with their templates, sorted by path.

    Imports are followed through the syntax tree, those inside functions too; imports must be absolute. As Python does
    it, the library is looked for beside the script first, then where it is installed.
    """
    seen: set[Path] = set()
    waiting = [script]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        for name in _imported_names(path) if path.suffix == ".py" else ():
            waiting.extend(_module_files(_import_root(script, name), name))
    return tuple(sorted(seen))


def source_digest(script: Path) -> str:
    """A short SHA-256 over the import closure of `script`, independent of where the checkout or the package lies."""

    def name_of(path: Path) -> Path:
        return path.relative_to(script.parent if path.is_relative_to(script.parent) else LIBRARY)

    return _digest((name_of(path), path) for path in import_closure(script))


def content_digest(paths: Iterable[Path], root: Path) -> str:
    """A short SHA-256 over names relative to `root` and contents of files, or of all files below folders."""
    files = {
        file
        for path in paths
        for file in (path.rglob("*") if path.is_dir() else (path,))
        if file.is_file() and not file.name.startswith(".") and "__pycache__" not in file.parts
    }
    return _digest((file.relative_to(root), file) for file in files)


def file_checksum(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal, read in blocks."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def input_record(path: Path) -> dict[str, object]:
    """What identifies an input: size and SHA-256; for reads the SHA-256 of their index, which changes with them.

    A file that cannot be read is recorded as such: its tumour has failed, the record is of all.
    """
    if not path.is_file():
        return {"missing": True}
    try:
        return _identity_of(path)
    except OSError as error:
        return {"unreadable": error.strerror or str(error)}


def _identity_of(path: Path) -> dict[str, object]:
    record: dict[str, object] = {"bytes": path.stat().st_size}
    index = index_beside(path, is_cram=path.suffix == ".cram") if path.suffix in _READS else None
    if index is not None:
        return record | {"index_sha256": file_checksum(index)}
    return record | {"sha256": file_checksum(path)}


def _digest(named: Iterable[tuple[Path, Path]]) -> str:
    sha = hashlib.sha256()
    for name, path in sorted(named):  # by name: the library may lie elsewhere than the script
        sha.update(f"{name.as_posix()}\0{file_checksum(path)}\n".encode())
    return sha.hexdigest()[:_DIGEST_LENGTH]


@cache  # more modules than an lru_cache holds: a second parse of each costs a job seconds
def _imported_names(path: Path) -> tuple[str, ...]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ImportError(
                    f"{path}:{node.lineno}: relative import; the source digest follows absolute ones"
                )
            names += [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(names)


def _import_root(script: Path, name: str) -> Path:
    """The folder below which the module `name` of ours would lie for a script that Python runs."""
    package = name.partition(".")[0]
    installed = package == _LIBRARY_NAME and not (script.parent / package).is_dir()
    return LIBRARY if installed else script.parent


@cache  # steps share most of their modules
def _module_files(root: Path, name: str) -> tuple[Path, ...]:
    """Files behind importing the dotted `name`: each package's __init__ and templates on the way, and the module."""
    package = name.rpartition(".")[0]
    base = root.joinpath(*name.split("."))
    files = (base / "__init__.py", base.with_suffix(".py"), *sorted(base.glob("templates/*")))
    return (*(_module_files(root, package) if package else ()), *(file for file in files if file.is_file()))
