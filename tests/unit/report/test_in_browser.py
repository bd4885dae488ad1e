"""The page in a real browser: no error, no request, and what a reader can do with it works."""

from __future__ import annotations

import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from refractor.report.pages.cohort_page import render_cohort_page
from refractor.report.pages.patient_card import PatientCard, rows_of
from refractor.results.cohort_tables import MANIFEST, PATIENTS

BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
PROVENANCE: dict[str, object] = {"version": "0", "python": "3", "packages": {}, "knowledge": {}}
PROBE = """<script>
const said = {}, rows = () => [...document.querySelectorAll("tr[data-patient]")];
const type = words => {
  const filter = document.querySelector("#filter");
  filter.value = words; filter.dispatchEvent(new Event("input"));
};
type("mutated");
said.kept = rows().filter(row => !row.hidden).map(row => row.dataset.patient).join(",");
said.cards = [...document.querySelectorAll("details[data-patient]")].filter(card => !card.hidden).length;
type("");
[...document.querySelectorAll("table[data-name=patients] .sort")].find(one => one.textContent.startsWith("ERBB2")).click();
said.sorted = rows().map(row => row.dataset.patient).join(",");
document.querySelector('g[data-patient="B"] rect').dispatchEvent(new MouseEvent("mouseover", {bubbles: true}));
said.marked = [...document.querySelectorAll(".marked")].map(part => part.tagName + part.dataset.patient).sort().join(",");
said.requests = performance.getEntriesByType("resource").length;
said.wide = document.documentElement.scrollWidth <= innerWidth;
document.title = JSON.stringify(said);
</script></body>"""


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_filter_sorting_and_marks_work_offline(tmp_path: Path) -> None:
    shared = {
        "wgs": "available", "braf_status": "wild_type", "her2_call": "amplified", "eligibility": "confirmed",
        "label": "no_candidate", "clinical_benefit": "no", "os_days": 100.0, "os_event": 1,
    }  # fmt: skip
    patients = PATIENTS.from_rows(
        [
            {"patient": "A", "sample": "A_T", "ras_status": "wild_type", "erbb2_copy_number": 30.0} | shared,
            {"patient": "B", "sample": "B_T", "ras_status": "mutated", "erbb2_copy_number": 9.0} | shared,
            {"patient": "C", "sample": "C_T", "ras_status": "wild_type", "erbb2_copy_number": 10.0} | shared,
        ]
    )
    page = render_cohort_page(
        [PatientCard(row) for row in rows_of(patients)],
        patients=patients, manifest=MANIFEST.empty(), provenance=PROVENANCE, synthetic=True,
    )  # fmt: skip
    path = tmp_path / "index.html"
    path.write_text(page.replace("</body>", PROBE), encoding="utf-8")
    assert BROWSER is not None
    run = subprocess.run(
        [
            BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--enable-logging=stderr",
            "--disable-background-networking", f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1280,2000",
            "--dump-dom", path.as_uri(),
        ],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert "CONSOLE" not in run.stderr
    found = re.search(r"<title>(.*?)</title>", run.stdout)
    assert found is not None
    said = unescape(found.group(1))
    assert '"kept":"B","cards":1' in said
    assert '"sorted":"B,C,A"' in said  # 9, 10 and 30 copies: as numbers, not as text
    assert '"marked":"DETAILSB,TRB,gB,gB,gB"' in said  # oncoprint, swimmer, copies, table and card
    assert '"requests":0,"wide":true' in said
