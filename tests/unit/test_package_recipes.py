"""What says how the package is made says the same everywhere: pyproject, conda recipe, catalog, hosted CI."""

from __future__ import annotations

import ast
import hashlib
import importlib
import json
import re
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml

from refractor import __version__

CONDA_NAMES = {"snakemake": "snakemake-minimal", "isal": "python-isal"}
ONLY_ON_THE_PYTHON_INDEX = {"firthmodels"}
IMPORT_NAMES = {"scikit-allel": "allel", "pyyaml": "yaml"}


@pytest.fixture(scope="module")
def dependencies(project: Path) -> dict[str, str]:
    """Each package that pyproject asks for, with its bounds."""
    listed = tomllib.loads((project / "pyproject.toml").read_text())["project"]["dependencies"]
    found = {}
    for line in listed:
        match = re.fullmatch(r"([a-z0-9-]+)(>=\S+,<\S+)", line)
        assert match, line
        found[match[1]] = match[2]
    assert len(found) > 10
    return found


@pytest.fixture(scope="module")
def recipe(project: Path) -> dict[str, Any]:
    text = (project / "envs" / "conda-recipe" / "meta.yaml").read_text()
    return yaml.safe_load(jinja2.Template(text).render(PYTHON="python"))


def test_the_recipe_is_of_this_version_and_builds_from_the_sdist(recipe: dict[str, Any]) -> None:
    assert recipe["package"] == {"name": "refractor", "version": __version__}
    assert recipe["source"] == {"path": f"../../dist/refractor-{__version__}.tar.gz"}


def test_the_recipe_asks_for_what_the_wheel_asks_for(
    recipe: dict[str, Any], dependencies: dict[str, str]
) -> None:
    asked = dict(line.split(" ") for line in recipe["requirements"]["run"])
    assert asked.pop("python") == ">=3.11"
    assert asked == {
        CONDA_NAMES.get(name, name): bounds
        for name, bounds in dependencies.items()
        if name not in ONLY_ON_THE_PYTHON_INDEX
    }


def test_the_command_is_the_same(recipe: dict[str, Any], project: Path) -> None:
    scripts = tomllib.loads((project / "pyproject.toml").read_text())["project"]["scripts"]
    assert [f"{name} = {place}" for name, place in scripts.items()] == recipe["build"]["entry_points"]


def test_the_pinned_packages_are_those_that_the_wheel_asks_for(
    project: Path, dependencies: dict[str, str]
) -> None:
    lines = (project / "envs" / "requirements.in").read_text().splitlines()
    pinned = {re.split(r"[=<>]", line)[0] for line in lines if line and not line.startswith("#")}
    assert pinned - {"hatchling", "editables", "typst", "phenopackets"} == set(
        dependencies
    )  # extras: pdf, phenopackets


def test_every_package_that_the_product_imports_is_asked_for(
    project: Path, dependencies: dict[str, str]
) -> None:
    files = [*(project / "scripts" / "refractor").rglob("*.py"), *(project / "scripts").glob("*.py")]
    assert len(files) > 150
    imported = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.partition(".")[0])
    ours = {path.stem for path in (project / "scripts").iterdir()}
    foreign = imported - set(sys.stdlib_module_names) - ours
    assert foreign <= {IMPORT_NAMES.get(name, name) for name in dependencies}


def test_catalog_and_hosted_ci_can_be_read(project: Path) -> None:
    catalog = yaml.safe_load((project / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    assert catalog["software-stack-deployment"] == {
        "conda": True,
        "apptainer": True,
        "apptainer+conda": False,
    }
    jobs = yaml.safe_load((project / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    targets = {match[1] for command in commands if (match := re.search(r"\bmake ([a-z]+)", command))}
    assert targets == {"check", "test", "advisories"}
    makefile = (project / "Makefile").read_text()
    assert all(f"\n{target}: " in makefile for target in targets)


def test_the_bill_of_materials_names_each_wheel_with_hash_and_licence(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(project / "envs"))
    sbom = importlib.import_module("sbom")
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for name, licence in (
        ("Some_Thing", "License-Expression: MIT"),
        ("other", "License: BSD\n of many lines"),
        ("third", "License: BSD\n of many lines\nClassifier: License :: OSI Approved :: BSD License"),
    ):
        with zipfile.ZipFile(wheels / f"{name.lower()}-1.2-py3-none-any.whl", "w") as archive:
            archive.writestr(
                f"{name}-1.2.dist-info/METADATA",
                f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n{licence}\n",
            )
    (tmp_path / "refractor.tar").write_bytes(b"tar")
    bill = json.loads(sbom.bill_of_materials(wheels, version="0.1.0", checkout=tmp_path / "refractor.tar"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert bill["metadata"]["component"]["hashes"][0]["content"] == hashlib.sha256(b"tar").hexdigest()
    other, some, third = bill["components"]
    assert third["licenses"] == [{"license": {"name": "BSD License"}}]
    assert (some["purl"], some["licenses"]) == ("pkg:pypi/some-thing@1.2", [{"license": {"name": "MIT"}}])
    wheel = wheels / "some_thing-1.2-py3-none-any.whl"
    assert some["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(wheel.read_bytes()).hexdigest()}]
    assert (other["name"], other["version"]) == ("other", "1.2")
    assert "licenses" not in other
