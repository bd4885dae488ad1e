"""Draw the pictures of the README from a finished demo: the cohort at a glance, and chromosome 17 of one patient.

    python docs/images/draw.py [--report demo/results/report] [--patient SYN-02]

Writes report.png and chromosome_17.png beside this file, each marked as synthetic, with headless Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
MOST_BYTES = 300_000


def drawn(browser: Browser, page: Path, selector: str, *, target: Path) -> None:
    """Write the part of `page` that `selector` finds to `target`, without its buttons."""
    tab = browser.new_page(viewport={"width": 1280, "height": 1000})
    tab.goto(page.as_uri())
    if "SYNTHETIC DATA" not in tab.inner_text("body"):
        raise SystemExit(f"{page}: not a synthetic report; no picture of real patients is drawn")
    tab.add_style_tag(
        content=".tools { display: none } figure { background: #fff; padding: 8px 12px; margin: 0 }"
    )
    tab.locator(selector).first.screenshot(path=target)
    tab.close()
    size = target.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{target.name} has {size} bytes, more than {MOST_BYTES}")
    print(f"{target.name}: {size / 1000:.0f} kB")


def main() -> None:
    """Draw both pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--report", type=Path, default=PROJECT / "demo" / "results" / "report")
    parser.add_argument("--patient", default="SYN-02", help="whose chromosome 17 is drawn")
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("needs Chromium")
    report: Path = arguments.report.resolve()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        oncoprint = "figure:has(svg[aria-labelledby^=oncoprint])"
        drawn(browser, report / "index.html", oncoprint, target=HERE / "report.png")
        chromosome = "figure:has(svg[aria-labelledby^=chromosome])"
        own = report / "patients" / f"{arguments.patient}.html"
        drawn(browser, own, chromosome, target=HERE / "chromosome_17.png")
        browser.close()


if __name__ == "__main__":
    main()
