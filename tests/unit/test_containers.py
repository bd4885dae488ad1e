"""The container recipes: every line is an instruction, every file they copy exists, both copy the same."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

INSTRUCTIONS = {"FROM", "ENV", "COPY", "RUN", "WORKDIR", "ENTRYPOINT", "CMD"}
SECTIONS = {"files", "post", "environment", "runscript", "test"}


@pytest.fixture
def docker_lines(project: Path) -> list[list[str]]:
    text = (project / "envs/containers/Dockerfile").read_text().replace("\\\n", " ")
    bare = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [shlex.split(line) for line in bare]


@pytest.fixture
def sections(project: Path) -> dict[str, list[list[str]]]:
    text = re.sub(r"^#.*\n", "", (project / "envs/containers/refractor.def").read_text(), flags=re.M)
    parts = re.split(r"^%(\w+)\n", text, flags=re.M)
    made = {"header": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}
    return {name: [shlex.split(line) for line in body.splitlines() if line] for name, body in made.items()}


def copied(lines: list[list[str]]) -> set[str]:
    return {source for line in lines if line[0] == "COPY" for source in line[1:-1]}


def test_the_dockerfile_has_known_instructions_and_copies_what_is_there(
    project: Path, docker_lines: list[list[str]]
) -> None:
    assert {line[0] for line in docker_lines} == INSTRUCTIONS
    assert docker_lines[0][0] == "FROM"
    sources = copied(docker_lines)
    assert len(sources) >= 8
    assert [source for source in sources if not (project / source).exists()] == []


def test_the_definition_has_known_sections_and_copies_what_the_dockerfile_does(
    project: Path, docker_lines: list[list[str]], sections: dict[str, list[list[str]]]
) -> None:
    assert set(sections) == SECTIONS | {"header"}
    assert ["From:", docker_lines[0][1]] in sections["header"]
    files = dict(sections["files"])
    assert set(files) == copied(docker_lines) - {"envs/requirements-slurm.txt"}
    assert all(target == f"/opt/refractor/{source}" for source, target in files.items())


def test_packages_are_installed_by_hash(project: Path) -> None:
    text = (project / "envs/requirements-slurm.txt").read_text()
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert len(blocks) > 50
    assert sum(block.startswith("snakemake-executor-plugin-slurm==") for block in blocks) == 1
    assert [b for b in blocks if not re.match(r"[a-z0-9._-]+==\S+", b) or "--hash=sha256:" not in b] == []
    for recipe in ("Dockerfile", "refractor.def"):
        assert "--require-hashes -r" in (project / "envs/containers" / recipe).read_text()
