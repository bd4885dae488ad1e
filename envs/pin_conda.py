"""Write envs/refractor.yaml for conda users: the packages of requirements.in at the versions pinned for pip."""

from __future__ import annotations

import re
from pathlib import Path

ENVS = Path(__file__).parent
CONDA_NAMES = {
    "snakemake": "snakemake-minimal",
    "isal": "python-isal",
    "firthmodels": None,
    "typst": None,
    "phenopackets": None,
}
"""Names that differ on conda-forge and bioconda; None: only on the Python package index."""


def requested() -> list[str]:
    """Names of the packages asked for in requirements.in."""
    lines = (ENVS / "requirements.in").read_text(encoding="utf-8").splitlines()
    return [
        re.split(r"[=<>\s]", line, maxsplit=1)[0]
        for line in lines
        if line and not line.startswith(("#", "-"))
    ]


def pinned() -> dict[str, str]:
    """Version of each package for Python 3.11, from the hashed requirements."""
    versions: dict[str, str] = {}
    for name, version, marker in re.findall(
        r"^([A-Za-z0-9._-]+)==(\S+)(?: ; (.*?))? \\$",
        (ENVS / "requirements.txt").read_text(encoding="utf-8"),
        re.M,
    ):
        if not marker or "python_full_version < '3.12'" in marker:
            versions[name] = version
    return versions


def main() -> None:
    """Write the environment file."""
    versions = pinned()
    conda = [
        f"  - {CONDA_NAMES.get(name, name)}={versions[name]}"
        for name in requested()
        if CONDA_NAMES.get(name, name)
    ]
    pip = [f"      - {name}=={versions[name]}" for name in requested() if CONDA_NAMES.get(name, name) is None]
    lines = [
        "# Made by `make lock` from requirements.in: the same versions as requirements.txt, for conda users.",
        "name: refractor",
        "channels:",
        "  - conda-forge",
        "  - bioconda",
        "  - nodefaults",
        "dependencies:",
        "  - python=3.11",
        *conda,
        "  - pip",
        "  - pip:",
        *pip,
    ]
    (ENVS / "refractor.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
