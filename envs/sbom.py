"""The bill of materials of a bundle: each package with version, hash, licence and address, as CycloneDX 1.5 JSON."""

from __future__ import annotations

import email
import hashlib
import json
import re
import zipfile
from email.message import Message
from pathlib import Path

SPECIFICATION = "1.5"


def component(wheel: Path) -> dict[str, object]:
    """One wheel as a component: name, version, SHA-256, licence as its author states it, package URL."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (
            path
            for path in archive.namelist()
            if path.endswith(".dist-info/METADATA") and path.count("/") == 1
        )
        said = email.message_from_bytes(archive.read(name))
    with wheel.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    package, version = str(said["Name"]), str(said["Version"])
    made: dict[str, object] = {
        "type": "library",
        "name": package,
        "version": version,
        "purl": f"pkg:pypi/{re.sub(r'[-_.]+', '-', package).lower()}@{version}",
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }
    licence = licence_of(said)
    if licence:
        made["licenses"] = [{"license": {"name": licence}}]
    return made


def licence_of(said: Message) -> str:
    """A package's licence in a few words, as its author states it; empty where it is stated by its whole text alone."""
    classified = [
        line.split(" :: ")[-1] for line in said.get_all("Classifier", []) if line.startswith("License ::")
    ]
    stated = (said.get("License-Expression"), said.get("License"), " and ".join(classified))
    short = (words.strip() for words in map(str, filter(None, stated)) if len(words.splitlines()) == 1)
    return next(short, "")


def bill_of_materials(wheels: Path, *, version: str, checkout: Path) -> str:
    """The bill of the wheels in a folder and of the tar `checkout` of Refractor itself, in a fixed order."""
    with checkout.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "name": "refractor",
                "version": version,
                "hashes": [{"alg": "SHA-256", "content": digest}],
            }
        },
        "components": [component(wheel) for wheel in sorted(wheels.glob("*.whl"))],
    }
    return json.dumps(bill, indent=1) + "\n"
