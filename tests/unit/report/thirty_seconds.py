"""What a reader sees in thirty seconds, measured on a page in a real browser.

    python tests/unit/report/thirty_seconds.py demo/results/report/index.html

Prints each point with what was measured, and exits 1 where one does not hold.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
WIDTH, FOLD, SENTENCE_FOLD = 1280, 900, 500
"""The screen that the points are measured on, pixels."""
PROBE = """<script>
const box = one => one ? one.getBoundingClientRect() : {top: -1, bottom: -1};
const words = one => one ? one.innerText.replace(/\\s+/g, " ").trim() : "";
const find = what => document.querySelector(what);
const table = find("table[data-name=patients_without_benefit]");
document.title = JSON.stringify({
  title: words(find("h1")), facts: [...document.querySelectorAll(".facts b")].map(words),
  values: [...document.querySelectorAll(".facts span")].map(words),
  sentence: words(find("#answer ~ .answer .lead")), sentence_at: box(find("#answer ~ .answer .lead")).bottom,
  figure_top: box(find("#answer ~ .answer svg")).top, figure_bottom: box(find("#answer ~ .answer svg")).bottom,
  headings: [...document.querySelectorAll("h2")].map(words),
  reasons: table ? [...table.tBodies[0].rows].map(row => [...row.cells].slice(0, 2).map(words)) : [],
  reasons_at: box(table).top, links: table ? table.querySelectorAll('a[href^="#patient-"]').length : 0,
  chips: [...document.querySelectorAll("table.reasons .chip")].map(words),
  wide: document.documentElement.scrollWidth <= innerWidth,
});
</script></body>"""


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the list: whether it holds, and what was measured."""

    name: str
    holds: bool
    measured: str


def points(page: Path) -> list[Point]:
    """Every point, measured on the cohort's page."""
    seen = measure(page)
    sentence = seen["sentence"]
    order = [next((n for n, head in enumerate(seen["headings"]) if head.startswith(word)), -1)
             for word in ("Why did the drug", "Without benefit", "With benefit")]  # fmt: skip
    empty = [patient for patient, reason in seen["reasons"] if not reason]
    return [
        Point("the title names the trial", bool(seen["title"]), seen["title"]),
        Point(
            "drugs, disease, data cut, run and patients stand in the head",
            seen["facts"] == ["Drugs", "Disease", "Data cut", "Run", "Patients", "Target"], "; ".join(seen["values"]),
        ),
        Point(
            "one sentence gives the share with its interval, the split and the control",
            bool(re.search(r"\d+ of \d+ .*CI.*eligible on the genome.*not eligible on the genome.*control", sentence)),
            sentence,
        ),
        Point(f"the sentence ends above {SENTENCE_FOLD} px", 0 < seen["sentence_at"] < SENTENCE_FOLD, f"{seen['sentence_at']:.0f} px"),
        Point(
            f"the figure of all patients lies whole above {FOLD} px", 0 < seen["figure_top"] < seen["figure_bottom"] < FOLD,
            f"{seen['figure_top']:.0f} to {seen['figure_bottom']:.0f} px",
        ),
        Point("patients without benefit stand before the control", order == sorted(order) and -1 not in order[:2], str(order)),
        Point(f"their reasons begin within {FOLD + 100} px", 0 < seen["reasons_at"] < FOLD + 100, f"{seen['reasons_at']:.0f} px"),
        Point("each of them has a reason and leads to its details", not empty and seen["links"] == len(seen["reasons"]) > 0,
              f"{len(seen['reasons'])} patients, {len(empty)} without a reason"),
        Point("no label says explained or evaluable", not [c for c in seen["chips"] if re.search("explained|evaluable", c)],
              ", ".join(sorted(set(seen["chips"])))),
        Point("nothing is wider than the screen", seen["wide"], f"{WIDTH} px"),
    ]  # fmt: skip


def measure(page: Path) -> dict[str, Any]:
    """What the probe finds on the page at WIDTH x FOLD pixels."""
    if BROWSER is None:
        raise RuntimeError("no Chromium on this machine")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "index.html"
        copy.write_text(page.read_text(encoding="utf-8").replace("</body>", PROBE), encoding="utf-8")
        run = subprocess.run(
            [
                BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                f"--user-data-dir={folder}/profile", f"--window-size={WIDTH},{FOLD}", "--dump-dom", copy.as_uri(),
            ],
            capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
    found = re.search(r"<title>(.*?)</title>", run.stdout, re.S)
    if found is None:
        raise RuntimeError("the page has no title")
    seen: dict[str, Any] = json.loads(unescape(found.group(1)))
    return seen


def main() -> int:
    """Print the points of the page named."""
    found = points(Path(sys.argv[1]))
    for point in found:
        print(f"{'yes' if point.holds else 'NO '}  {point.name}: {point.measured}")
    return int(not all(point.holds for point in found))


if __name__ == "__main__":
    sys.exit(main())
