"""Collect what a machine without a package index needs: this checkout's committed files and every package, hashed.

    python envs/make_bundle.py [--output refractor-bundle.tar] [--slurm] [--check]

The packages are those of envs/requirements.txt (or requirements-slurm.txt), checked against the hashes there; one that
comes as source only is built here. They fit Linux on this machine's processor and the Python that runs this. The
bundle's own list names the hashes of what lies in it, and sbom.cdx.json is its bill of materials. `--check` installs it
into a fresh environment with no index and asks Snakemake, a step and the command for their help. INSTALL.txt in the
bundle says what to do.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from sbom import bill_of_materials

PROJECT = Path(__file__).resolve().parents[1]
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
INSTALL = """\
Refractor without a package index. Needs Python {version} and nothing from the network.

    tar -xf refractor-bundle.tar && cd refractor-bundle
    tar -xf refractor.tar
    python{version} -m venv refractor/.venv
    refractor/.venv/bin/python -m pip install --no-index --find-links wheels --require-hashes -r {requirements}
    refractor/.venv/bin/python -m pip install --no-index --no-deps --no-build-isolation --editable refractor
    touch refractor/.venv/.run
    cd refractor && make demo
"""


def run(*words: str | Path, folder: Path | None = None) -> None:
    """Run a command that must end well."""
    subprocess.run([str(word) for word in words], check=True, cwd=folder)


def collect(folder: Path, *, requirements: str) -> None:
    """Write the checkout as a tar, its packages as wheels, the list with their hashes, and how to install."""
    (folder / "wheels").mkdir(parents=True)
    run(
        "git", "archive", "--format=tar", "--prefix=refractor/", "--output", folder / "refractor.tar", "HEAD",
        folder=PROJECT,
    )  # fmt: skip
    run(
        sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--require-hashes", "--no-deps",
        "--wheel-dir", folder / "wheels", "-r", PROJECT / "envs" / requirements,
    )  # fmt: skip
    (folder / requirements).write_text(hashed_list(folder / "wheels"), encoding="utf-8")
    (folder / "sbom.cdx.json").write_text(
        bill_of_materials(folder / "wheels", version=version(), checkout=folder / "refractor.tar"),
        encoding="utf-8",
    )
    (folder / "INSTALL.txt").write_text(
        INSTALL.format(version=VERSION, requirements=requirements), encoding="utf-8"
    )


def version() -> str:
    """The version of this checkout."""
    text = (PROJECT / "scripts" / "refractor" / "__init__.py").read_text(encoding="utf-8")
    return text.split('__version__ = "')[1].split('"')[0]


def hashed_list(wheels: Path) -> str:
    """A requirements file that names exactly these wheels with their SHA-256."""
    lines = []
    for wheel in sorted(wheels.glob("*.whl")):
        name, version = wheel.name.split("-")[:2]
        with wheel.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        lines.append(f"{name}=={version} --hash=sha256:{digest}\n")
    return "".join(lines)


def check(bundle: Path, *, requirements: str) -> None:
    """Install from the bundle with no index into a fresh environment, and run Snakemake's dry run of the demo."""
    with tempfile.TemporaryDirectory(prefix="refractor-bundle-") as name:
        with tarfile.open(bundle) as archive:
            archive.extractall(name, filter="data")
        folder = Path(name) / "refractor-bundle"
        with tarfile.open(folder / "refractor.tar") as archive:
            archive.extractall(folder, filter="data")
        python = folder / "refractor" / ".venv" / "bin" / "python"
        run(sys.executable, "-m", "venv", python.parents[1])
        run(
            python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", "--find-links",
            folder / "wheels", "--require-hashes", "-r", folder / requirements,
        )  # fmt: skip
        run(
            python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", "--no-deps",
            "--no-build-isolation", "--editable", folder / "refractor",
        )  # fmt: skip
        run(python, "-m", "pip", "check")
        run(python.with_name("refractor"), "--version")
        run(python, folder / "refractor" / "scripts" / "measure_copy_number.py", "--help")
        run(python, "-m", "snakemake", "--version")


def main() -> int:
    """Make the bundle."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--output", type=Path, default=PROJECT / "refractor-bundle.tar")
    options.add_argument("--slurm", action="store_true", help="with the executor for Slurm")
    options.add_argument("--check", action="store_true", help="install it with no index and try it")
    arguments = options.parse_args()
    requirements = "requirements-slurm.txt" if arguments.slurm else "requirements.txt"
    with tempfile.TemporaryDirectory(prefix="refractor-bundle-") as name:
        folder = Path(name) / "refractor-bundle"
        collect(folder, requirements=requirements)
        scratch = arguments.output.with_name(f".{arguments.output.name}")
        with tarfile.open(scratch, "w") as archive:
            archive.add(folder, arcname="refractor-bundle")
        scratch.replace(arguments.output)
        wheels = len(list((folder / "wheels").iterdir()))
    if arguments.check:
        check(arguments.output, requirements=requirements)
    size = arguments.output.stat().st_size / 1e6
    print(f"{arguments.output}: {wheels} packages, {size:.0f} MB, for Python {VERSION}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
