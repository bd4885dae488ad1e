"""Every page of a finished trial and of the demo in headless Chromium, offline: it opens, it reads, its views are linked, its numbers are the tables'.

Chromium comes from the system; axe-core from npm by `make` (see AXE), and is no part of this repository.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright
from small_trial import PROJECT, Trial

from refractor.report.patient_results import rows_of
from refractor.report.plain_words import months_short
from refractor.results.analysis_tables import ASSOCIATIONS, EXPLANATION
from refractor.results.cohort_tables import PATIENTS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = PROJECT / ".venv" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
"""Of axe-core 4.14.1, MPL 2.0."""
WIDTHS = (1280, 400)
LEAST_PIXELS = 9.4
"""Smallest text that may be shown, in pixels of the screen; on a small screen figures scroll instead of shrinking."""

pytestmark = [
    pytest.mark.workflow,
    pytest.mark.xdist_group("workflow"),
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM is not None, "CI needs a Chromium"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def report(finished_trial: Trial) -> Path:
    return finished_trial.folder / "results" / "report"


@pytest.fixture(scope="module", params=["finished_trial", "demo"])
def pages(request: pytest.FixtureRequest) -> list[Path]:
    """The cohort's page, that of the run and each patient's: of three tumours and a patient without a genome, and of the demo's 27."""
    trial: Trial = request.getfixturevalue(request.param)
    report = trial.folder / "results" / "report"
    found = [report / "index.html", report / "run.html", *sorted((report / "patients").glob("*.html"))]
    assert len(found) == {"finished_trial": 6, "demo": 29}[request.param]
    return found


@pytest.fixture
def index(browser: Browser, report: Path) -> Iterator[Page]:
    page = opened(browser, report / "index.html")
    yield page
    page.context.close()


def opened(browser: Browser, path: Path, width: int = 1280, *, bypass_csp: bool = False) -> Page:
    """A page in a window of its own that has no network; `bypass_csp` lets a test's script into it."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, offline=True, accept_downloads=True, bypass_csp=bypass_csp
    )
    page = context.new_page()
    page.goto(path.as_uri())
    return page


def words_of(page: Page, selector: str) -> str:
    return re.sub(r"\s+", " ", page.locator(selector).first.inner_text())


def test_every_page_opens_without_an_error_or_a_request(browser: Browser, pages: list[Path]) -> None:
    for path in pages:
        context = browser.new_context(offline=True)
        page = context.new_page()
        said: list[str] = []
        asked: list[str] = []

        def hear(message: ConsoleMessage, said: list[str] = said) -> None:
            said.append(message.text)

        def note(request: Request, asked: list[str] = asked) -> None:
            asked.append(request.url)

        page.on("console", hear)
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        page.on("request", note)
        page.goto(path.as_uri())
        page.wait_for_timeout(100)
        assert said == [], path
        assert asked == [path.as_uri()]
        assert "SYNTHETIC DATA" in page.inner_text("body")
        assert "research use only" in page.inner_text("body").lower()
        context.close()


def test_every_link_leads_somewhere(browser: Browser, pages: list[Path]) -> None:
    followed = 0
    for path in pages:
        page = opened(browser, path)
        links = page.eval_on_selector_all(
            "a[href]:not(.out)", "all => all.map(one => one.getAttribute('href'))"
        )
        assert links
        for link in links:
            file, _, anchor = link.partition("#")
            target = (path.parent / file).resolve() if file else path
            assert target in pages, f"{path.name}: {link}"
            assert not anchor or f'id="{anchor}"' in target.read_text(encoding="utf-8"), (
                f"{path.name}: {link}"
            )
            followed += 1
        page.context.close()
    assert followed > 30


def test_a_reader_gets_from_a_patient_to_its_page_and_back(index: Page) -> None:
    index.click("#patient-P3 summary") if index.get_attribute("#patient-P3", "open") is None else None
    index.click("#patient-P3 >> text=Own page")
    assert "Patient P3" in index.inner_text("h1")
    index.click("text=All patients")
    assert index.url.endswith("index.html#patient-P3")


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_fit_the_screen_and_their_text_can_be_read(
    browser: Browser, pages: list[Path], width: int
) -> None:
    for path in pages:
        page = opened(browser, path, width)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        if path.name == "index.html" and width == WIDTHS[0]:
            box = page.get_by_role("region", name="Patients, by outcome")
            assert box.evaluate("box => box.scrollWidth <= box.clientWidth"), "the table of patients is cut"
        small = page.evaluate(
            """least => [...document.querySelectorAll("body *")].filter(one =>
                [...one.childNodes].some(part => part.nodeType === 3 && part.textContent.trim()) && one.getClientRects().length
            ).map(one => {
                const svg = one.closest("svg"), size = parseFloat(getComputedStyle(one).fontSize);
                const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
                return [size * scale, one.textContent.trim().slice(0, 40)];
            }).filter(([size]) => size < least)""",
            LEAST_PIXELS,
        )
        assert small == [], path
        page.context.close()


def test_no_words_of_a_figure_leave_its_frame(browser: Browser, pages: list[Path]) -> None:
    seen = 0
    for path in pages:
        page = opened(browser, path)
        seen += page.locator("svg text").count()
        outside = page.evaluate(
            """() => {
                document.querySelectorAll("details").forEach(one => one.open = true);
                return [...document.querySelectorAll("svg text")].filter(words => words.getClientRects().length).filter(words => {
                    const box = words.getBoundingClientRect(), frame = words.closest("svg").getBoundingClientRect();
                    return box.left < frame.left - 1 || box.right > frame.right + 1
                        || box.top < frame.top - 2 || box.bottom > frame.bottom + 2;
                }).map(words => words.textContent);
            }"""
        )
        assert outside == [], path
        page.context.close()
    assert seen > 50


def test_axe_finds_no_serious_fault(browser: Browser, pages: list[Path]) -> None:
    if not AXE.is_file():
        assert not (os.environ.get("CI") and shutil.which("npm")), "CI has npm, so `make` fetches axe-core"
        pytest.skip("axe-core was not fetched: no npm on this machine")
    content = AXE.read_bytes()
    assert hashlib.sha256(content).hexdigest() == AXE_SHA256
    for path in pages:
        page = opened(browser, path, bypass_csp=True)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        page.add_script_tag(content=content.decode())
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert len(found["passes"]) > 10
        serious = [
            f"{fault['id']}: {fault['nodes'][0]['html'][:200]}"
            for fault in found["violations"]
            if fault["impact"] in ("serious", "critical")
        ]
        assert serious == [], path
        page.context.close()


def test_pointing_at_a_patient_marks_it_in_every_view(index: Page) -> None:
    views = {
        "oncoprint": "svg[aria-labelledby^=oncoprint] g[data-patient=P3]",
        "swimmer": "svg[aria-labelledby^=swimmer] g[data-patient=P3]",
        "copies": "svg[aria-labelledby^=copies] g[data-patient=P3]",
        "table": "table[data-name=patients] tr[data-patient=P3]",
    }
    for start in views.values():
        index.hover("h1")
        assert index.locator(".marked").count() == 0
        index.locator(start).locator("rect, circle, td").first.hover(force=True)
        for name, selector in views.items():
            assert "marked" in (index.get_attribute(selector, "class") or ""), f"{start} -> {name}"
        assert index.locator("table[data-name=patients] tr.marked").count() == 1


def test_a_click_keeps_the_mark_and_the_keyboard_sets_it(index: Page) -> None:
    index.click("table[data-name=patients] tr[data-patient=P2] td:nth-child(3)")
    index.hover("h1")
    assert index.get_attribute("tr.marked", "data-patient") == "P2"
    index.click("table[data-name=patients] tr[data-patient=P2] td:nth-child(3)")
    index.hover("h1")
    assert index.locator("tr.marked").count() == 0
    index.focus("tr[data-patient=P1] a")
    assert index.get_attribute("tr.marked", "data-patient") == "P1"


def test_the_filter_and_the_columns_work(index: Page) -> None:
    index.fill("#filter", "BRAF V600E")
    shown = "els => els.filter(e => !e.hidden).map(e => e.dataset.patient)"
    assert set(index.eval_on_selector_all("tr[data-patient]", shown)) == {"P3"}
    assert index.eval_on_selector_all("details[data-patient]", shown) == ["P3"]
    index.fill("#filter", "")
    head = index.locator("table[data-name=patients] th", has_text="PFS").locator("button")
    for state in ("ascending", "descending"):
        head.click()
        assert index.locator(f"table[data-name=patients] th[aria-sort={state}]").count() == 1
        order = index.eval_on_selector_all(
            "table[data-name=patients] tbody:first-of-type tr[data-patient]", shown
        )
        without = ["P99", "P1", "P3"]  # 50, 60 and 180 days
        assert order == (without if state == "ascending" else without[::-1])


def test_each_patients_sheet_prints_on_one_side_of_a4(browser: Browser, pages: list[Path]) -> None:
    """The sheet alone is one page, though the reader prints the page with the browser and not by `refractor report --pdf`."""
    printed = 0
    for path in pages[2:]:
        page = opened(browser, path)
        page.add_style_tag(content="main > :not(:first-child), header, footer { display: none !important }")
        assert page.locator(".sheet .board").count() == 1
        pdf = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1, path
        assert re.search(rb"/MediaBox \[0 0 59[45]\.?\d* 84[12]", pdf)
        printed += 1
        page.context.close()
    assert printed >= 4


NUMBERED = {
    "explanation": ("explained", "assessable", "patients"),
    "associations": ("carriers without benefit", "without benefit", "carriers with benefit", "with benefit",
                     "untested without benefit", "untested with benefit"),
    "survival": ("at risk", "events", "censored"),
    "sensitivity_analyses": ("successes", "n"),
    "all_endpoints_with_intervals": ("n", "events"),
    "adverse_events": ("patients", "any grade", "grade 3 or more", "serious"),
    "every_rule_in_how_many_tumours_found_not_found_not_tested": ("found", "not found", "not tested"),
    "table_1": ("Without benefit", "With benefit", "All"),
}  # fmt: skip
"""Columns of the cohort's page that count patients."""
WALK = """() => [...document.querySelectorAll("button.who")].map(one => {
    const words = one.textContent, where = one.closest("table")?.dataset.name || one.closest("section, header").querySelector("h1, h2").textContent;
    one.click();
    const rows = [...document.querySelectorAll("table[data-name=patients] tr[data-patient]")].filter(row => !row.hidden).length;
    const said = parseInt(document.querySelector("#selection").textContent), cards = document.querySelectorAll("details[data-patient]:not([hidden])").length;
    one.click();
    return [parseInt(words), rows, said, cards, where, document.querySelector("#selection").hidden];
})"""
PLAIN = """([name, columns]) => {
    const table = document.querySelector(`table[data-name="${name}"]`);
    const heads = [...table.tHead.rows[0].cells].map(head => head.textContent);
    const places = columns.map(column => heads.indexOf(column)).filter(place => place >= 0);
    return [places.length, [...table.tBodies[0].rows].flatMap(row => places.map(place => row.cells[place]))
        .filter(cell => /^[1-9][0-9]*( |$)/.test(cell.textContent) && !/[(].*–/.test(cell.textContent) && !cell.querySelector("button.who"))
        .map(cell => cell.closest("tr").textContent.slice(0, 80))];
}"""


def test_every_number_of_the_demo_leads_to_the_patients_behind_it(
    browser: Browser, request: pytest.FixtureRequest
) -> None:
    demo: Trial = request.getfixturevalue("demo")
    page = opened(browser, demo.folder / "results" / "report" / "index.html")
    walked = page.evaluate(WALK)
    assert len(walked) > 800
    assert [one for one in walked if not one[0] == one[1] == one[2] == one[3] or not one[5]] == []
    assert len({where for *_, where, _ in walked}) >= 12
    for name, columns in NUMBERED.items():
        found, plain = page.evaluate(PLAIN, [name, columns])
        assert found >= len(columns) - 1, name  # a column that is empty throughout is left out
        left = [
            row for row in plain if not row.startswith(("progression-free", "overall")) or "hazard" not in row
        ]
        assert left == [], name
    page.context.close()


def test_a_number_is_reached_and_left_by_the_keyboard(index: Page) -> None:
    first = index.locator("#answer ~ .answer button.who").first
    first.focus()
    index.keyboard.press("Enter")
    assert first.get_attribute("aria-pressed") == "true"
    assert index.locator("#selection").is_visible()
    index.keyboard.press("Escape")
    assert first.get_attribute("aria-pressed") == "false"
    assert index.locator("#selection").is_hidden()


def test_figures_and_tables_can_be_taken_away(index: Page, tmp_path: Path) -> None:
    figures = index.locator("figure").count()
    assert figures >= 6
    for number in range(figures):
        if number % 8 == 7:
            index.reload()  # Chromium lets a page save ten files before it asks
        figure = index.locator("figure").nth(number)
        if not figure.is_visible():
            continue
        with index.expect_download() as caught:
            figure.get_by_role("button", name="SVG").click()
        path = tmp_path / caught.value.suggested_filename
        caught.value.save_as(path)
        text = path.read_text(encoding="utf-8")
        assert ET.fromstring(text).tag.endswith("svg")
        assert "SYNTHETIC DATA" in text
    index.reload()
    with index.expect_download() as caught:
        index.locator("figure").first.get_by_role("button", name="PNG").click()
    caught.value.save_as(tmp_path / "glance.png")
    assert (tmp_path / "glance.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    with index.expect_download() as caught:
        index.locator("table[data-name=patients] ~ .tools").get_by_role("button", name="TSV").click()
    caught.value.save_as(tmp_path / "patients.tsv")
    lines = (tmp_path / "patients.tsv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("Patient\tLabel")


def test_the_page_says_what_the_tables_say(index: Page, finished_trial: Trial) -> None:
    cohort = finished_trial.folder / "results" / "cohort"
    patients = rows_of(PATIENTS.read(cohort / PATIENTS.name))
    assert len(patients) == 4
    heads = index.eval_on_selector_all(
        "table[data-name=patients] th[scope=col]", "all => all.map(e => e.innerText)"
    )
    copies, days = (
        next(n for n, head in enumerate(heads) if head.startswith(word)) for word in ("ERBB2", "PFS")
    )
    for row in patients:
        cells = index.locator(f"table[data-name=patients] tr[data-patient={row['patient']}] td")
        assert cells.last.inner_text() == months_short(row["pfs_days"], row["pfs_event"])
        assert days == len(heads) - 1
        if row["erbb2_copy_number"] is not None:
            assert cells.nth(copies).inner_text().split()[0] == f"{row['erbb2_copy_number']:.1f}"
        drawn = (
            index.locator(f"svg[aria-labelledby^=oncoprint] g[data-patient={row['patient']}]").text_content()
            or ""
        )
        assert row["erbb2_copy_number"] is None or f"{row['erbb2_copy_number']:.1f}" in drawn
    explained = {
        row["group"]: row
        for row in rows_of(EXPLANATION.read(cohort / EXPLANATION.name))
        if row["tiers"] == "R1-R3" and row["clonality"] == row["eligible"] == "any"
    }
    figure = index.locator("svg[aria-labelledby^=explanation]").text_content() or ""
    answer = words_of(index, "section[aria-labelledby=answer]")
    for row in explained.values():
        assert f"{row['explained']} of {row['assessable']}" in figure
        assert f"{row['explained']} of {row['assessable']}" in answer
    forest = index.locator("svg[aria-labelledby^=associations]").text_content() or ""
    tested = [
        row for row in rows_of(ASSOCIATIONS.read(cohort / ASSOCIATIONS.name)) if row["odds_ratio"] is not None
    ]
    assert tested
    for row in tested:
        counts = f"{row['carriers_without_benefit']} of {row['without_benefit']} · {row['carriers_with_benefit']} of {row['with_benefit']}"
        assert counts in forest


def test_the_bars_are_as_long_as_the_numbers(index: Page, finished_trial: Trial) -> None:
    """Progression-free days of each patient over the bar's pixels: one scale for all."""
    patients = rows_of(PATIENTS.read(finished_trial.folder / "results" / "cohort" / PATIENTS.name))
    scales = []
    for row in patients:
        bars = index.locator(f"svg[aria-labelledby^=swimmer] g[data-patient={row['patient']}] rect")
        widths = sorted(float(bars.nth(n).get_attribute("width") or 0) for n in range(bars.count()))
        assert len(widths) == 2
        scales += [widths[0] / row["pfs_days"], widths[1] / row["os_days"]]
    assert len(scales) == 8
    assert max(scales) == pytest.approx(min(scales), rel=0.02)
