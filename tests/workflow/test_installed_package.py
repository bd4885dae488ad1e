"""The wheel in an environment of its own runs a trial outside the checkout, and the workflow runs inside another's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from small_trial import Trial, write_trial

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("package")]


@pytest.fixture(scope="module")
def wheel(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps", "--no-index",
        "--no-build-isolation", "--wheel-dir", str(folder), str(project),
    ]  # fmt: skip
    subprocess.run(command, check=True)
    (made,) = folder.glob("refractor-*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has the wheel, and of what it depends on what runs the tests."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    command = [
        sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(folder / "bin" / "python"),
        "install", "--quiet", "--no-deps", "--no-index", str(wheel),
    ]  # fmt: skip
    subprocess.run(command, check=True)
    return folder / "bin"


def without_the_checkout() -> dict[str, str]:
    """An environment in which neither the checkout's library nor its programs are found by chance."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PATH")} | {
        "PATH": "/usr/bin:/bin"
    }


def command_of(installed: Path, folder: Path) -> Callable[..., str]:
    """The installed command, run in `folder`; it answers what was printed, and must succeed."""

    def refractor(*arguments: str) -> str:
        run = subprocess.run(
            [str(installed / "refractor"), *arguments],
            cwd=folder, env=without_the_checkout(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout + run.stderr

    return refractor


def test_the_wheel_carries_each_step_of_the_rules_and_all_knowledge(wheel: Path, project: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    rules = "".join(path.read_text() for path in (project / "workflow" / "rules").glob("*.smk"))
    steps = set(re.findall(r'script_of\("(\w+)"\)', rules))
    assert len(steps) >= 12
    assert {f"refractor/shipped/scripts/{step}.py" for step in steps} <= names
    tracked = subprocess.run(
        ["git", "ls-files", "Snakefile", "workflow", "profiles", "resources", "config"],
        cwd=project, check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    assert len(tracked) > 50
    assert {f"refractor/shipped/{name}" for name in tracked} <= names
    assert not [name for name in names if name.startswith(("synthetic", "resource_building", "tests"))]


def test_a_trial_runs_outside_the_checkout_and_is_up_to_date_for_it(
    installed: Path, project: Path, tmp_path: Path
) -> None:
    write_trial(tmp_path / "trial", samples=1)
    refractor = command_of(installed, tmp_path)
    last = refractor("run", "trial", "--cores", "2").splitlines()[-1]
    page = tmp_path / "trial" / "results" / "report" / "index.html"
    assert re.fullmatch(rf"done: 1 tumour, 12 steps in .*; the page: {re.escape(str(page))}", last), last
    assert page.is_file()
    assert str(project) not in (tmp_path / "trial" / "results" / "provenance.json").read_text()
    # Same code and knowledge: what the package made, the checkout need not make again.
    assert Trial(tmp_path / "trial", project).planned() == {}
    explained = refractor("explain", "trial", "P1")
    assert explained.startswith("P1: ")


def test_a_trial_is_drafted_checked_and_a_tumor_measured_outside_the_checkout(
    installed: Path, tmp_path: Path
) -> None:
    refractor = command_of(installed, tmp_path)
    write_trial(tmp_path / "files", samples=1)
    told = refractor("new", "drafted", "--from-folder", "files")
    assert "samples.tsv: 1 tumour" in told
    assert "nothing stands against a run" in refractor("check", "files")
    calls = ("--small-variants", "files/T1.vcf", "--copy-number", "files/T1.segments.tsv", "--purity", "0.6")
    label = refractor("tumor", "--sample", "T1", *calls, "--genome-build", "GRCh38", "--output-dir", "tables")
    assert label.startswith("T1: ")
    assert (tmp_path / "tables" / "label.tsv").is_file()


def test_another_workflow_imports_this_one_and_runs_a_tumor_to_its_label(
    project: Path, tmp_path: Path
) -> None:
    write_trial(tmp_path, samples=1)
    (tmp_path / "Snakefile").write_text(
        f'module refractor:\n    snakefile: "{project / "Snakefile"}"\n    config: config["refractor"]\n\n'
        "use rule * from refractor as refractor_*\n\n"
        'rule all:\n    default_target: True\n    input: "copied.tsv"\n\n'
        'rule copy_label:\n    input: "results/samples/T1/label.tsv"\n    output: "copied.tsv"\n    shell: "cp {input} {output}"\n'
    )
    (tmp_path / "config.yaml").write_text(
        "mine: 1\nrefractor:\n  samples: samples.tsv\n  patients: patients.tsv\n  synthetic: true\n"
    )
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    run = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "2", "--configfile", "config.yaml"],
        cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    header, row = (tmp_path / "copied.tsv").read_text().splitlines()
    assert dict(zip(header.split("\t"), row.split("\t"), strict=True))["sample"] == "T1"


def test_a_module_by_its_address_is_refused_with_the_remedy(project: Path, tmp_path: Path) -> None:
    """As `github(...)` would be: there the rules come alone, without the steps beside them."""
    handler = partial(SilentHandler, directory=str(project))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        (tmp_path / "Snakefile").write_text(
            f'module refractor:\n    snakefile: "http://127.0.0.1:{server.server_port}/Snakefile"\n'
            "    config: config\n\nuse rule * from refractor\n"
        )
        (tmp_path / "config.yaml").write_text("samples: samples.tsv\n")
        run = subprocess.run(
            [sys.executable, "-m", "snakemake", "-n", "--cores", "1", "--configfile", "config.yaml"],
            cwd=tmp_path, env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        server.shutdown()
    assert run.returncode == 1
    said = run.stdout + run.stderr
    assert "clone the repository at the tag you want" in said
    assert "Traceback" not in said


class SilentHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing of a request."""
