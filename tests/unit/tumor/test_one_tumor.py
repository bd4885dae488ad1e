"""docs/one_tumor.md runs as it stands, and says what it says there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from refractor.errors import InputError
from refractor.genome.builds import LATEST_BUILD, GenomeBuild
from refractor.tumor.copy_number import measure_copy_number
from refractor.tumor.inputs import Tumor
from refractor.vocabulary import CopyNumberCall, State, Status


def test_the_page_runs_as_it_stands(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (project / "docs" / "one_tumor.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.S)
    assert len(blocks) == 6
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, "docs/one_tumor.md", "exec"), names)
    assert (names["erbb2"].call, names["erbb2"].copy_number) == (CopyNumberCall.AMPLIFIED, 20.0)
    states = {row.analysis: row.state for row in names["copies"].analyses.records()}
    assert (states["copy_number"], states["copy_number_from_reads"]) == (State.DONE, State.SKIPPED)
    kras = names["kras_12"]
    assert (kras.status, kras.protein_change) == (Status.MUTATED, "G12D")
    assert 5 < kras.alt_reads < kras.depth < 100
    annotation = names["annotation"]
    found = [row for row in annotation.alterations if row.gene == "KRAS"]
    assert (found[0].alteration, found[0].tier) == ("G12D", "R1")
    assert {row.criterion for row in annotation.eligibility} == {"RAS", "BRAF", "HER2"}
    assert names["studied"].annotation.label.label == annotation.label.label
    assert annotation.label.label in capsys.readouterr().out


def test_values_that_cannot_be_are_refused_together() -> None:
    with pytest.raises(InputError) as caught:
        Tumor(sample="T1", purity=1.5, ploidy=30)
    assert [str(problem).split(";")[0] for problem in caught.value.problems] == [
        "sample T1 purity: 1.5 is not a purity",
        "sample T1 ploidy: 30 is not a ploidy",
    ]


def test_a_build_that_nothing_tells_is_said_to_be_unknown() -> None:
    found = measure_copy_number(Tumor(sample="T1"))
    assert (found.build.known, found.build.build) == (False, LATEST_BUILD)
    assert {gene.call for gene in found.tables.genes} == {CopyNumberCall.NOT_ASSESSABLE}
    stated = measure_copy_number(Tumor(sample="T1", genome_build=GenomeBuild.GRCH37))
    assert (stated.build.known, stated.build.build) == (True, GenomeBuild.GRCH37)


def test_an_unusable_source_stops_unless_failures_are_recorded(tmp_path: Path) -> None:
    tumor = Tumor(sample="T1", copy_number=tmp_path / "none.txt")
    with pytest.raises(InputError, match=r"none\.txt"):
        measure_copy_number(tumor)
    recorded = measure_copy_number(tumor, record_failures=True)
    assert recorded.analyses.state("copy_number") is State.FAILED
