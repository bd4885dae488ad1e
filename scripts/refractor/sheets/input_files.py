"""The files a sheet names: there, readable, indexed; and no file that plays two parts."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from refractor.files.atomic import REMOTE
from refractor.files.future_dates import date_fault
from refractor.files.indexes import reads_indexes
from refractor.sheets.tables_of_many import names_tumors, names_tumors_in_columns

_OTHER_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")

_ENOUGH_FOR_FOUR_BYTES = 4096
"""Compressed bytes from which the first four can be had, whatever the code tables before them."""

_END_BYTES = 1024**2
"""Bytes at each end of a file by which two of one size are compared."""

Fault = tuple[str, str]
"""What is wrong, and the remedy."""


@dataclass(slots=True)
class InputFiles:
    """Looks at each file once, however many rows name it."""

    _faults: dict[tuple[str, bool], Fault | None] = field(default_factory=dict)
    _identities: dict[str, object] = field(default_factory=dict)
    _contents: dict[str, object] = field(default_factory=dict)
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

    def size(self, path: str) -> int | None:
        """Bytes of a file; None of an address or where there is none."""
        try:
            return None if REMOTE.match(path) else Path(path).stat().st_size
        except OSError:
            return None

    def content(self, path: str) -> object:
        """What two files of one size share where their content is the same: a digest of it, of a large file of its ends.

        The ends are enough for a BAM: its header, and the last reads with the end of the compressed stream.
        """
        if path not in self._contents:
            self._contents[path] = _content(path)
        return self._contents[path]

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
            fault = _kind_fault(path, status) or date_fault(path)
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


def _content(path: str) -> object:
    try:
        with Path(path).open("rb") as file:
            digest = hashlib.sha256(file.read(_END_BYTES))
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _END_BYTES))
            digest.update(file.read(_END_BYTES))
    except OSError:
        return path
    return size, digest.hexdigest()


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
        start = file.read(_ENOUGH_FOR_FOUR_BYTES)
    is_cram = start.startswith(b"CRAM")
    if not is_cram and not _is_bam(start):
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
        if int(index_modified) < int(modified):
            return f"the index '{index}' is older than its file", f"run: samtools index {path}"
        return None
    accepted = ", ".join(index.name for index in indexes)
    return f"'{path}' has no index", f"run: samtools index {path} (accepted: {accepted})"


def _is_bam(start: bytes) -> bool:
    """Whether a file that starts so, once decompressed, starts as a BAM does: a VCF is compressed just so."""
    try:
        return zlib.decompressobj(wbits=31).decompress(start, 4) == b"BAM\1"
    except zlib.error:
        return False
