"""Parts of a file at an address (http, https, s3, gs, az): only the bytes that are asked for travel.

What was fetched lies at its true place in a sparse local file of the same size, which every program can read; the
rest are holes, which take no disk. Nothing is kept beyond the process, and nothing is written to the working folder.
Requests are made, signed and tried again by obstore; docs/adr/0018 has why, and what of it was measured.
"""

from __future__ import annotations

import atexit
import logging
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from refractor.errors import Problem, RemoteFileError
from refractor.files.atomic import REMOTE
from refractor.files.object_stores import store_of

if TYPE_CHECKING:
    from obstore import Bytes, GetResult, ObjectMeta
    from obstore.store import ObjectStore

log = logging.getLogger(__name__)

CONNECTIONS = 8
"""Requests that are under way at once: a place to sample costs a round trip, not bandwidth."""
JOIN_GAP = 65_536
"""Ranges closer than this (bytes) are asked for as one: less than what a round trip costs at 10 Mbit/s."""
LONGEST_REQUEST = 8_388_608
_SIGNED = "give a signed address, or the credentials of the store in the environment (config/README.md)"
_MISSING = ("does not exist", "check the address")
_UNKNOWN = ("is refused to us", _SIGNED)
_FORBIDDEN = ("is refused: not there, or not allowed", f"check the address, and {_SIGNED}")
"""A store that keeps the names of its files to itself answers a stranger the same for a key that is not there."""
_NO_RANGES = (
    "is on a server that does not serve parts of a file (HTTP ranges)",
    "copy the file to where they are served, or to a local disk",
)
_CHANGED = ("changed while it was read", "run again when it is complete")
_REFUSALS = {404: _MISSING, 410: _MISSING, 401: _UNKNOWN, 403: _FORBIDDEN}
_STATUS = re.compile(r"status code: (\d{3})")

NOT_THERE = frozenset({404, 410})
MAYBE_THERE = frozenset({401, 403})
"""Answers that say that there is no such file, and that do not say whether there is."""

Span = tuple[int, int]
"""First byte and the one after the last."""


def is_remote(location: str | Path) -> bool:
    """Whether `location` is an address, not a path."""
    return isinstance(location, str) and REMOTE.match(location) is not None


def location(text: str) -> str | Path:
    """An option's value as it is read: an address stays text, as a path would fold its slashes."""
    return text if is_remote(text) else Path(text)


def base_name(address: str) -> str:
    """The file's name in an address, without the query that may carry a signature."""
    return urlsplit(address).path.rpartition("/")[2]


def shown(address: str) -> str:
    """An address for messages and logs: without its query and user, which may hold secrets."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def named(place: str | Path) -> str:
    """A path or an address for messages."""
    return shown(place) if isinstance(place, str) and is_remote(place) else str(place)


def beside(address: str, name: str) -> str:
    """The address of another file in the same folder, with the same query."""
    parts = urlsplit(address)
    return parts._replace(path=f"{parts.path.rpartition('/')[0]}/{name}").geturl()


def index_addresses(address: str, *kinds: str) -> list[str]:
    """Where an index of these kinds (suffixes) is looked for: after the file's name, then in place of its suffix."""
    name = base_name(address)
    stem = name.rpartition(".")[0] or name
    return [beside(address, f"{base}.{kind}") for kind in kinds for base in (name, stem)]


@dataclass(frozen=True, slots=True)
class RemoteVersion:
    """What tells one version of a remote file from another: bytes, entity tag, and when it was changed (ISO).

    `etag` and `modified` are empty where the server says none; a store says at least one of them.
    """

    size: int
    etag: str
    modified: str

    @classmethod
    def of(cls, meta: ObjectMeta) -> RemoteVersion:
        """The version that an answer of a store is of."""
        changed = meta["last_modified"]
        return cls(
            meta["size"], meta.get("e_tag") or "", changed.isoformat() if changed.timestamp() > 0 else ""
        )

    def is_other(self, later: RemoteVersion) -> bool:
        """Whether a later answer is of another version: where both have tags, dates may differ between servers."""
        tagged = self.etag and later.etag
        said = self.etag != later.etag if tagged else self.modified != later.modified
        return said or self.size != later.size


class RemoteFile:
    """One remote file and the sparse local copy of what was fetched of it.

    Raises RemoteFileError where the address cannot be reached, is not there, or does not serve ranges.
    """

    def __init__(self, address: str, folder: Path, *, name: str | None = None) -> None:
        self.path = folder / (name or base_name(address) or "file")
        self.fetched_bytes = 0
        self.requests = 0
        self._have: list[Span] = []
        self._lock = threading.Lock()
        self._source = RemoteSource(address)
        self.size = self._source.version.size
        with self.path.open("wb") as file:
            file.truncate(self.size)
        os.utime(self.path, (0, 0))  # older than its index, whenever that comes

    def ensure(self, spans: Iterable[Span]) -> None:
        """Fetch what is missing of these byte spans."""
        wanted = _missing(_joined(self._inside(spans), JOIN_GAP), self._have)
        if not wanted:
            return
        parts = [
            (start, min(start + LONGEST_REQUEST, end))
            for first, end in wanted
            for start in range(first, end, LONGEST_REQUEST)
        ]
        with self.path.open("r+b", buffering=0) as file, ThreadPoolExecutor(CONNECTIONS) as pool:
            for (start, _), data in zip(parts, pool.map(self._get, parts), strict=True):
                os.pwrite(file.fileno(), data, start)
        os.utime(self.path, (0, 0))
        self._have = _joined([*self._have, *wanted], 0)

    def _inside(self, spans: Iterable[Span]) -> list[Span]:
        return [(max(0, a), min(b, self.size)) for a, b in spans if max(0, a) < min(b, self.size)]

    def _get(self, span: Span) -> Bytes:
        data = self._source.get(span)
        with self._lock:
            self.fetched_bytes += len(data)
            self.requests += 1
        return data


class RemoteSource:
    """A remote file to ask for bytes of, all of one version; RemoteFileError as of RemoteFile."""

    def __init__(self, address: str, *, retries: bool = True) -> None:
        self.address = address
        self._store, self._key = self._opened(retries=retries)
        self._first: RemoteVersion | None = None
        self._first = self.version = self._first_look()

    def _first_look(self) -> RemoteVersion:
        """The version, by asking for one byte: servers that ignore ranges are found out before the rest.

        The key of an object may be written as it is or percent-encoded: whichever there is.
        """
        try:
            return RemoteVersion.of(self._request((0, 1)).meta)
        except RemoteFileError:
            written, self._key = self._key, unquote(self._key)
            if self._key == written:
                raise
            with suppress(RemoteFileError):
                return RemoteVersion.of(self._request((0, 1)).meta)
            raise

    def get(self, span: Span) -> Bytes:
        """The bytes of a span."""
        start, end = span
        answer = self._request(span)
        if self._first is not None and self._first.is_other(RemoteVersion.of(answer.meta)):
            raise self._error(*_CHANGED)
        data = self._body(answer)
        if len(data) != end - start:
            raise self._error(
                f"sent {len(data):,} bytes where {end - start:,} were asked for",
                "try again; if it stays so, copy the file to a local disk",
            )
        return data

    def _opened(self, *, retries: bool) -> tuple[ObjectStore, str]:
        from obstore.exceptions import BaseError  # noqa: PLC0415 - most tumours are on disk

        try:
            return store_of(self.address, retries=retries)
        except (BaseError, ValueError) as error:
            reason = str(error).partition("\n")[0].rpartition(": ")[2]
            raise self._error(f"cannot be reached: {reason}", "see config/README.md on stores") from error

    def _request(self, span: Span) -> GetResult:
        import obstore  # noqa: PLC0415 - most tumours are on disk
        from obstore.exceptions import BaseError, NotSupportedError  # noqa: PLC0415

        try:
            return obstore.get(self._store, self._key, options={"range": span})
        except NotSupportedError as error:
            raise self._error(*_NO_RANGES) from error
        except (BaseError, OSError, ValueError) as error:
            raise self._refused(error) from error

    def _body(self, answer: GetResult) -> Bytes:
        from obstore.exceptions import BaseError  # noqa: PLC0415

        try:
            return answer.bytes()
        except (BaseError, OSError) as error:
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> RemoteFileError:
        """The problem behind an error of obstore, whose own words hold the address with its secrets."""
        found = _STATUS.search(str(error))
        if found is None:
            return self._error("cannot be reached", "check the address and the network")
        status = int(found[1])
        if status == 416:
            return self._error(
                *(("is empty (0 bytes)", "make it again") if self._first is None else _CHANGED)
            )
        what, remedy = _REFUSALS.get(status, ("cannot be read", "try again later"))
        return self._error(f"{what} (HTTP {status})", remedy, status)

    def _error(self, what: str, remedy: str, status: int | None = None) -> RemoteFileError:
        return RemoteFileError(Problem(shown(self.address), what, allowed=remedy), status)


def fetch_whole(address: str, folder: Path, *, name: str | None = None) -> RemoteFile:
    """A remote file with all of its bytes in `folder`."""
    file = RemoteFile(address, folder, name=name)
    file.ensure([(0, file.size)])
    return file


_folders: list[Path] = []


def scratch_folder() -> Path:
    """A new folder outside the working folder, removed when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="refractor-remote-"))
    if not _folders:
        atexit.register(_remove_folders)
    _folders.append(folder)
    return folder


def _remove_folders() -> None:
    for folder in _folders:
        shutil.rmtree(folder, ignore_errors=True)


def _joined(spans: Iterable[Span], gap: int) -> list[Span]:
    """Spans in order, with those at most `gap` apart as one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start - joined[-1][1] <= gap:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined


def _missing(wanted: Iterable[Span], have: list[Span]) -> list[Span]:
    """What of `wanted` is not in `have`, both in order and each free of overlaps."""
    missing = []
    for start, end in wanted:
        at = start
        for first, last in have:
            if last <= at:
                continue
            if first >= end:
                break
            if first > at:
                missing.append((at, first))
            at = max(at, last)
        if at < end:
            missing.append((at, end))
    return missing
