"""Which version of each remote file there is now: what runs a tumour again, and what the record of a run names."""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from refractor.errors import InputError
from refractor.files.atomic import written_aside
from refractor.files.remote import RemoteSource, RemoteVersion, shown

ASKED_AT_ONCE = 32
"""One byte of each of many files: a round trip, and no bandwidth."""


def remote_versions(addresses: Iterable[str]) -> dict[str, RemoteVersion | InputError]:
    """The version at each address, or why it cannot be told. Of a host that is not reached no other file is asked for."""
    lost: dict[str, InputError] = {}

    def look(address: str) -> RemoteVersion | InputError:
        host = urlsplit(address).netloc
        if host in lost:
            return lost[host]
        try:
            return RemoteSource(address, retries=False).version
        except InputError as error:
            if "cannot be reached" in str(error):
                lost[host] = error
            return error

    asked = list(dict.fromkeys(addresses))
    if not asked:
        return {}
    with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
        return dict(zip(asked, pool.map(look, asked), strict=True))


def remote_record(found: RemoteVersion | InputError) -> dict[str, object]:
    """What identifies a remote input in the record of a run."""
    if isinstance(found, InputError):
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
        """The version of an address as one word; empty where it was never seen."""
        return self._noted.get(shown(address), "")

    def look(self, addresses: Iterable[str]) -> None:
        """See which versions there are now. A file that cannot be asked for keeps the version that it had: its tumour is
        not run again because a network is down."""
        found = {
            shown(address): _word(version)
            for address, version in remote_versions(addresses).items()
            if isinstance(version, RemoteVersion)
        }
        if found.items() <= self._noted.items():
            return
        self._noted |= found
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with written_aside(self._path) as scratch:
            scratch.write_text(json.dumps(self._noted, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    def _read(self) -> dict[str, str]:
        try:
            noted = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(name): str(word) for name, word in noted.items()} if isinstance(noted, dict) else {}


def _word(version: RemoteVersion) -> str:
    """Size with the tag, or with the date where there is no tag: servers behind one address may differ in dates."""
    return f"{version.size} {version.etag or version.modified}".strip()
