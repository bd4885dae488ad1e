"""The files a sheet names: there, readable, indexed; and no file that plays two parts."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from refractor.files.atomic import REMOTE
from refractor.files.future_dates import is_ahead
from refractor.files.indexes import reads_indexes
from refractor.sheets.file_contents import ENOUGH_FOR_BAM_MAGIC, content_alike, starts_alike, starts_as_bam
from refractor.sheets.tables_of_many import names_tumors, names_tumors_in_columns

_OTHER_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")

Fault = tuple[str, str]
"""What is wrong, and the remedy."""


@dataclass(slots=True)
class InputFiles:
    """Looks at each file once, however many rows name it."""

    _faults: dict[tuple[str, bool], Fault | None] = field(default_factory=dict)
    _identities: dict[str, object] = field(default_factory=dict)
    _starts: dict[object, object] = field(default_factory=dict)
    _contents: dict[object, object] = field(default_factory=dict)
    _of_many: dict[str, bool] = field(default_factory=dict)

    def fault(self, path: str, *, with_index: bool) -> Fault | None:
        """What keeps `path` from being used; None for a sound file and for an address of reads.

        With `with_index` it is a BAM or CRAM, whose index must lie beside it and not be older.
        """
        key = path, with_index
        if key not in self._faults:
            self._faults[key] = self._examine(path, with_index)
        return self._faults[key]

    def identity(self, path: str) -> object:
        """What two paths share where they lead to one file: device and inode, or the address itself."""
        if path not in self._identities:
            self._identities[path] = _identity(path)
        return self._identities[path]

    def start(self, path: str) -> object:
        """What two files share that may have one content, told cheaply; None of an address."""
        return self._alike(self._starts, path, starts_alike)

    def content(self, path: str) -> object:
        """What two files share where their content is the same, however they are packed; None of an address."""
        return self._alike(self._contents, path, content_alike)

    def _alike(self, known: dict[object, object], path: str, tell: Callable[[Path], object]) -> object:
        if REMOTE.match(path):
            return None
        identity = self.identity(path)
        if identity not in known:
            known[identity] = tell(Path(path))
        return known[identity]

    def names_tumors(self, path: str) -> bool:
        """Whether a file is a table whose rows or columns name their tumour, so that several samples may share it."""
        if path not in self._of_many:
            self._of_many[path] = names_tumors(path) or names_tumors_in_columns(path)
        return self._of_many[path]

    def _examine(self, path: str, with_index: bool) -> Fault | None:
        if REMOTE.match(path):
            what = f"'{path}' is an address: only tumor_reads and normal_reads, of which parts are read, may be one"
            return None if with_index else (what, "download the file and give its path")
        if _OTHER_SCHEME.match(path):
            return (
                f"'{path}' is an address of a kind that cannot be read",
                "allowed: a path, http(s)://, s3://, gs:// or az://",
            )
        try:
            status = Path(path).stat()
            fault = _kind_fault(path, status)
            if fault is None and with_index:
                fault = _reads_fault(path, status.st_mtime)
            elif fault is None:
                Path(path).open("rb").close()  # asking for the permission bits is not enough on network disks
        except OSError as error:
            return _access_fault(path, error)
        return fault


def _kind_fault(path: str, status: os.stat_result) -> Fault | None:
    if stat.S_ISDIR(status.st_mode):
        return f"'{path}' is a directory", "give the file itself"
    if not stat.S_ISREG(status.st_mode):
        return f"'{path}' is not a regular file", "give a file"
    if status.st_size == 0:
        return f"'{path}' is empty (0 bytes)", "make it again"
    return None


def _identity(path: str) -> object:
    if REMOTE.match(path):
        return path
    try:
        status = Path(path).stat()
    except OSError:
        return path
    return status.st_dev, status.st_ino


def _access_fault(path: str, error: OSError) -> Fault:
    if isinstance(error, PermissionError):
        return f"'{path}' cannot be read: permission denied", "ask for the right to read it"
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"'{path}' cannot be read: {error.strerror}", "give a file that can be read"
    if Path(path).is_symlink():
        return f"'{path}' is a link to '{Path(path).readlink()}', which does not exist", "mend the link"
    if path.startswith("~"):
        return f"'{path}' does not exist", "~ is not expanded here; write the whole path"
    if "$" in path:
        return f"'{path}' does not exist", "variables are not expanded here; write the whole path"
    return f"'{path}' does not exist", f"paths are relative to the working directory {Path.cwd()}"


def _reads_fault(path: str, modified: float) -> Fault | None:
    with Path(path).open("rb") as file:
        start = file.read(ENOUGH_FOR_BAM_MAGIC)
    is_cram = start.startswith(b"CRAM")
    if not is_cram and not starts_as_bam(start):
        return (
            f"'{path}' is neither BAM nor CRAM",
            "give indexed BAM or CRAM; convert with samtools view and index it",
        )
    indexes = reads_indexes(path, is_cram=is_cram)
    for index in indexes:
        try:
            index_modified = index.stat().st_mtime
        except FileNotFoundError:
            continue
        except OSError as error:
            return f"the index '{index}' cannot be read: {error.strerror}", "make it readable"
        if int(index_modified) < int(modified) and not is_ahead(path):
            return f"the index '{index}' is older than its file", f"run: samtools index {path}"
        return None
    accepted = ", ".join(index.name for index in indexes)
    return f"'{path}' has no index", f"run: samtools index {path} (accepted: {accepted})"
