"""The page in a real browser: no error, no request, and what a reader can do with it works."""

from __future__ import annotations

import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest
from report_patients import made_patient, page_of

BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
PROBE = """<script>
const said = {}, rows = () => [...document.querySelectorAll("table[data-name=patients] tr[data-patient]")];
const type = words => {
  const filter = document.querySelector("#filter");
  filter.value = words; filter.dispatchEvent(new Event("input"));
};
type("mutated");
said.kept = rows().filter(row => !row.hidden).map(row => row.dataset.patient).join(",");
said.cards = [...document.querySelectorAll("details[data-patient]")].filter(card => !card.hidden).length;
said.status = document.querySelector("#selection").textContent;
said.dimmed = document.querySelectorAll("#answer ~ * g[data-patient].chosen, g[data-patient].chosen").length;
type("");
said.whole = document.querySelector("#selection").hidden;
document.querySelector(".tile button.who").click();
const contradict = [...document.querySelectorAll(".tile")].find(one => one.textContent.includes("contradict")).querySelector("button");
contradict.click();
said.pressed = contradict.getAttribute("aria-pressed");
said.counts = [...document.querySelectorAll("table[data-name=table_1] tbody tr:first-child button")].map(one => one.dataset.kept).join(",");
said.behind = rows().filter(row => !row.hidden).map(row => row.dataset.patient).join(",");
document.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", bubbles: true}));
said.escaped = document.querySelector("#selection").hidden;
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
    shared = {"os_days": 100.0, "os_event": 1}
    page = page_of(
        [
            made_patient("A", erbb2_copy_number=30.0, **shared),
            made_patient(
                "B", erbb2_copy_number=9.0, ras_status="mutated", eligibility="discordant", **shared
            ),
            made_patient("C", erbb2_copy_number=10.0, **shared),
        ]
    )
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
    assert (
        '"status":"1 of 3 patients shown: BShow all"' in said
        and '"whole":true' in said
        and '"escaped":true' in said
    )
    assert '"dimmed":4' in said  # its marks in four figures stay clear, all others fade
    assert '"behind":"B"' in said  # a number that is clicked shows the patients behind it
    assert (
        '"pressed":"true"' in said and '"counts":"1,1"' in said
    )  # of each number, how many are among those shown
    assert '"sorted":"B,C,A"' in said  # 9, 10 and 30 copies: as numbers, not as text
    assert (
        '"marked":"DETAILSB,TRB,TRB,TRB,gB,gB,gB,gB"' in said
    )  # glance, oncoprint, swimmer, copies; tables; card
    assert '"requests":0,"wide":true' in said
