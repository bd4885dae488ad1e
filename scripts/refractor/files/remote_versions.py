"""Which version of each remote file there is now: what runs a tumour again, and what the record of a run names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from refractor.errors import RemoteFileError
from refractor.files.atomic import write_text
from refractor.files.remote import NOT_THERE, RemoteSource, RemoteVersion, base_name, index_addresses, shown

ASKED_AT_ONCE = 32
"""One byte of each of many files: a round trip, and no bandwidth."""


T = TypeVar("T")
Found = RemoteVersion | RemoteFileError
"""The version that there is, or why it cannot be told."""


def remote_versions(addresses: Iterable[str]) -> dict[str, Found]:
    """The version at each address. Of a host that is not reached no other file is asked for."""
    return _at_once(_Asked().version, addresses)


def index_versions(addresses: Iterable[str]) -> dict[str, tuple[str, Found]]:
    """The address of the index of each remote BAM or CRAM, and its version."""
    return _at_once(_Asked().index, addresses)


class _Asked:
    """Files asked for, and the hosts that did not answer."""

    def __init__(self) -> None:
        self._lost: dict[str, RemoteFileError] = {}

    def version(self, address: str) -> Found:
        """The version at an address."""
        host = urlsplit(address).netloc
        if host in self._lost:
            return self._lost[host]
        try:
            return RemoteSource(address, retries=False).version
        except RemoteFileError as error:
            if error.status is None:
                self._lost[host] = error
            return error

    def index(self, address: str) -> tuple[str, Found]:
        """The first index that is there, with its version; else the first that may be there, and why it is not told."""
        told: list[tuple[str, RemoteFileError]] = []
        for candidate in index_addresses(address, *_index_kinds(address)):
            found = self.version(candidate)
            if isinstance(found, RemoteVersion):
                return candidate, found
            told.append((candidate, found))
        return next((one for one in told if one[1].status not in NOT_THERE), told[0])


def _index_kinds(address: str) -> tuple[str, ...]:
    """The kinds of index that reads of this name may have; what they are is in the file itself, which is not asked."""
    match base_name(address).rpartition(".")[2].lower():
        case "bam":
            return ("bai", "csi")
        case "cram":
            return ("crai",)
        case _:
            return ("bai", "csi", "crai")


def _at_once(ask: Callable[[str], T], addresses: Iterable[str]) -> dict[str, T]:
    """What is found for each address, many asked for at once."""
    asked = list(dict.fromkeys(addresses))
    if not asked:
        return {}
    with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
        return dict(zip(asked, pool.map(ask, asked), strict=True))


def remote_record(found: Found) -> dict[str, object]:
    """What identifies a remote input in the record of a run."""
    if isinstance(found, RemoteFileError):
        return {"unreadable": found.problems[0].what}
    return {
        name: value
        for name, value in (("bytes", found.size), ("etag", found.etag), ("modified", found.modified))
        if value
    }


class NotedVersions:
    """The versions as a run last saw them, kept in a file by address without its secrets."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._noted = self._read()

    def of(self, address: str) -> str:
        """The versions of a BAM or CRAM and of its index in words; empty where they were never seen."""
        words = self._noted.get(shown(address)), self._noted.get(_index_of(address))
        return ", ".join(filter(None, words))

    def look(self, addresses: Iterable[str]) -> None:
        """See which versions of these BAMs and CRAMs there are now. A file that cannot be asked for keeps the version that
        it had: its tumour is not run again because a network is down."""
        reads = list(addresses)
        found = {
            shown(address): _word(version)
            for address, version in remote_versions(reads).items()
            if isinstance(version, RemoteVersion)
        } | {
            _index_of(address): f"{base_name(index)} {_word(version)}"
            for address, (index, version) in index_versions(reads).items()
            if isinstance(version, RemoteVersion)
        }
        if found.items() <= self._noted.items():
            return
        self._noted |= found
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_text(self._path, json.dumps(self._noted, indent=1, sort_keys=True) + "\n")

    def _read(self) -> dict[str, str]:
        try:
            noted = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(name): str(word) for name, word in noted.items()} if isinstance(noted, dict) else {}


def _index_of(address: str) -> str:
    """Under which name the index of a file is noted: which of several it is may change."""
    return f"{shown(address)} index"


def _word(version: RemoteVersion) -> str:
    """Size with the tag, or with the date where there is no tag: servers behind one address may differ in dates."""
    return f"{version.size} {version.etag or version.modified}".strip()
