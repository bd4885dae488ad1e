"""What a step loads before it does anything: libraries that are slow to start come when they are needed, not before."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
SLOW = ("pandas", "scipy", "lifelines", "jsonschema", "jinja2", "openpyxl", "altair", "obstore", "matplotlib")
"""Each takes a tenth of a second to a second to start."""
NEEDED = {
    "annotate_alterations": set(),
    "call_variants": set(),
    "measure_copy_number": set(),
    "compare_identities": set(),
    "compare_preregistration": set(),
    "confirm_complete": set(),
    "divide_cohort_file": set(),
    "join_cohort": set(),
    "measure_background": set(),
    "record_provenance": set(),
    "export_study": set(),
    "write_workbook": {"openpyxl"},
    "collect_resources": {"jinja2"},
    "analyse_cohort": {"pandas", "scipy"},
    "render_overview": {"pandas", "scipy", "jinja2"},
    "render_report": {"pandas", "scipy", "jinja2"},
}
"""What a step may load at its start; the steps of a tumour run hundreds of times, and nothing at all."""


def loaded_by(*arguments: str) -> set[str]:
    """The slow libraries that are loaded once `arguments` were run with --help."""
    program = (
        "import runpy, sys\n"
        f"sys.path.insert(0, {str(SCRIPTS)!r})\n"
        f"sys.argv = [*{list(arguments)!r}, '--help']\n"
        "try:\n"
        "    runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        f"print('LOADED', *[name for name in {SLOW!r} if name in sys.modules])\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "usage: " in ran.stdout
    last = ran.stdout.rstrip().rpartition("\n")[2].split()
    assert last[0] == "LOADED"
    return set(last[1:])


@pytest.mark.parametrize("step", NEEDED)
def test_a_step_starts_without_libraries_that_it_may_not_need(step: str) -> None:
    assert loaded_by(str(SCRIPTS / f"{step}.py")) == NEEDED[step]


def test_every_step_of_the_rules_is_listed() -> None:
    rules = "".join(path.read_text() for path in (SCRIPTS.parent / "workflow" / "rules").glob("*.smk"))
    assert set(re.findall(r'script_of\("(\w+)"\)', rules)) == set(NEEDED)


def test_the_command_starts_without_them() -> None:
    assert loaded_by(str(SCRIPTS / "refractor" / "__main__.py")) == set()
