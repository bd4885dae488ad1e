"""Names of files that a shell would run, and text that a page or a spreadsheet would: data, never commands."""

from __future__ import annotations

import pytest
from small_trial import Trial

from refractor.results.evidence_tables import LABEL

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

ODD_VCF = "T2; touch pwned1 $(touch pwned2) `touch pwned3` && touch pwned4 'x'.vcf"
ODD_SEGMENTS = "-n $HOME | touch pwned5 #\\n.segments.tsv"


def test_odd_names_of_files_are_names(trial: Trial) -> None:
    folder = trial.folder
    (folder / "T2.vcf").rename(folder / ODD_VCF)
    (folder / "T2.segments.tsv").rename(folder / ODD_SEGMENTS)
    sheet = folder / "samples.tsv"
    sheet.write_text(
        sheet.read_text().replace("T2.vcf", ODD_VCF).replace("T2.segments.tsv", f"./{ODD_SEGMENTS}")
    )
    label = folder / "results/samples/T2/label.tsv"
    label.unlink()
    run = trial.snakemake("--until", "annotate_alterations")
    assert run.returncode == 0, run.stdout + run.stderr
    assert len(LABEL.read(label)) == 1
    found = [path for place in (folder, trial.checkout) for path in place.rglob("pwned*")]
    assert found == []


def test_markup_in_a_sheet_is_shown_and_not_run(trial: Trial) -> None:
    sheet = trial.folder / "patients.tsv"
    header, *rows = sheet.read_text().splitlines()
    rows[0] += "\tno\t<script>alert(1)</script> & <b>withdrew</b>"
    rows[1] += "\tno\t=HYPERLINK(1)|cmd"
    rows[2:] = [f"{row}\t\t" for row in rows[2:]]
    sheet.write_text("\n".join([f"{header}\tevaluable\tnot_evaluable_reason", *rows]) + "\n")
    run = trial.snakemake()
    assert run.returncode == 0, run.stdout + run.stderr
    pages = sorted((trial.folder / "results/report").rglob("*.html"))
    assert len(pages) >= 4
    for page in pages:
        text = page.read_text()
        assert "<script>alert(1)</script>" not in text, page
        assert "<b>withdrew</b>" not in text, page
    assert any("&lt;script&gt;alert(1)" in page.read_text() for page in pages)
    table = (trial.folder / "results/cohort/patients.tsv").read_text()
    assert "\t'=HYPERLINK(1)|cmd\t" in table
