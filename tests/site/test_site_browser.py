"""The demo's site in a real browser: every kind of page, wide and narrow, from a disk and from the server."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pytest

from pipeline.home import Home
from pipeline.site.links import figure_anchor, place_page, report_page
from tests.spine.conftest import COMMAND

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(os.environ.get("YANGGUANG_AXE", "node_modules/axe-core/axe.min.js"))
"""axe-core's script, where the machine has it from npm; else the checks of our own must do."""
pytestmark = [pytest.mark.skipif(CHROMIUM is None, reason="needs the Debian package chromium")]
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-gpu"]
SIZES = {"wide": 1280, "narrow": 390}
Open = Callable[..., "sync_api.Page"]


def kinds(site: Path) -> dict[str, str]:
    """One page of each kind: those that most is drawn on."""
    reports = sorted((site / "report").rglob("*.html"), key=lambda p: p.stat().st_size)
    return {
        "start": "index.html",
        "places": "places.html",
        "province": place_page("990000"),
        "place": place_page("990100"),
        "merged-place": place_page("990121"),
        "place-with-gaps": place_page("990281"),
        "long-report": reports[-1].relative_to(site).as_posix(),
        "short-report": reports[0].relative_to(site).as_posix(),
        "compare": "compare.html",
        "comparison": "compare/litigation.html",
        "ranking": "compare/litigation/2024-prefecture.html",
        "map": "compare/disclosure/map-990000.html",
        "two": "two.html",
        "questions": "questions.html",
        "question": "questions/02-disputes-per-1000-applications.html",
        "quality": "quality.html",
        "coverage": next((site / "quality").glob("*.html")).relative_to(site).as_posix(),
        "comparable": "comparable.html",
        "sql": "sql.html",
        "marks": "marks.html",
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def opened(browser: sync_api.Browser, site: Path) -> Iterator[Open]:
    """Opens a page of the site from the disk; at the end nothing may have gone wrong on it, and nothing may
    have been asked for elsewhere."""
    wrong: list[str] = []
    contexts = []

    def open_page(address: str, width: int = 1280, **options: object) -> sync_api.Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)

        def only_ours(route: sync_api.Route) -> None:
            if urlsplit(route.request.url).scheme in ("file", "data"):
                route.continue_()
            else:
                wrong.append(f"asked for {route.request.url}")
                route.abort()

        context.route("**/*", only_ours)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"{address}: {error}"))
        page.on(
            "console", lambda said: wrong.append(f"{address}: {said.text}") if said.type == "error" else None
        )
        page.on("requestfailed", lambda request: wrong.append(f"{address}: no {request.url}"))
        page.goto(f"{site.as_uri()}/{address}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong


BROKEN_RULES = """() => {
  const told = [], all = (css) => [...document.querySelectorAll(css)];
  if (document.documentElement.lang !== 'zh-CN') told.push('no language');
  for (const css of ['h1', 'main', 'header', 'footer', 'nav']) if (!all(css).length) told.push('no ' + css);
  if (all('h1').length > 1 || all('main').length > 1) told.push('two of a kind');
  for (const table of all('table')) {
    if (!table.caption || !table.caption.textContent.trim()) told.push('a table without caption');
    if (!table.querySelector('thead th[scope=col]')) told.push('a table without heads: ' + table.caption.textContent);
  }
  for (const cell of all('th')) if (!cell.scope) told.push('a head without scope: ' + cell.textContent);
  for (const field of all('input, select')) if (!field.labels.length) told.push('a field without label');
  for (const link of all('a')) {
    if (!(link.textContent.trim() || link.getAttribute('aria-label'))) told.push('a link without name: ' + link.href);
  }
  for (const svg of all('svg')) {
    if (!(svg.getAttribute('aria-label') || svg.getAttribute('aria-hidden'))) told.push('a picture without name');
  }
  let level = 1;
  for (const head of all('h1, h2, h3')) {
    if (+head.tagName[1] > level + 1) told.push('a heading is passed over: ' + head.textContent);
    level = +head.tagName[1];
  }
  return told;
}"""


@pytest.mark.parametrize("size", SIZES)
def test_every_kind_of_page_is_sound(opened: Open, site: Path, size: str) -> None:
    for kind, address in kinds(site).items():
        page = opened(address, SIZES[size])
        assert page.evaluate(BROKEN_RULES) == [], kind
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size], f"{kind} is too wide"
        page.context.close()


@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core from npm (YANGGUANG_AXE names its axe.min.js)")
@pytest.mark.parametrize(("size", "scheme"), [("wide", "light"), ("narrow", "dark")])
def test_axe_finds_nothing(opened: Open, site: Path, size: str, scheme: str) -> None:
    axe = AXE.read_text(encoding="utf-8")
    for kind, address in kinds(site).items():
        page = opened(address, SIZES[size], color_scheme=scheme)
        page.evaluate(axe)
        found = page.evaluate(
            "axe.run({preload: false, resultTypes: ['violations']}).then(r => r.violations.map(v => v.id))"
        )
        assert found == [], kind
        page.context.close()


def test_places_are_found_by_name_code_and_former_name(opened: Open) -> None:
    page = opened("index.html")
    for query, first in (("雾江", "雾江市"), ("990281", "星桥市"), ("水务局", "雾江市水务局")):
        page.fill("#q", query)
        page.wait_for_selector(f"#hits a:has-text('{first}')")
        assert page.locator("#hits li").first.inner_text().startswith(first)
    page.fill("#q", "八道江区")
    page.wait_for_selector("#hits li:has-text('浑江区')")
    told = page.locator("#hits li").first.inner_text()
    assert "formerly" in told
    assert "no report in this snapshot" in told
    page.fill("#q", "没有这个地方")
    page.wait_for_selector("#hits li:has-text('nothing found')")
    page.fill("#q", "雾江市")
    page.wait_for_selector("#hits a:has-text('雾江市')")
    page.press("#q", "Enter")
    page.wait_for_url("**/place/99/990100.html")


def test_a_figure_leads_to_its_text_in_one_click(opened: Open, demo: Home) -> None:
    with duckdb.connect(str(demo.database), read_only=True) as con:
        row = con.execute(
            "SELECT report_id, applications_received FROM mart.city_year WHERE division_code = '990100' AND year = 2024"
        ).fetchone()
    assert row
    report_id, received = row
    page = opened(place_page("990100"))
    target = f"{report_page(report_id)}#{figure_anchor('application.received', 'total')}"
    page.locator(f"table a[href$='{target}']").first.click()
    page.wait_for_url(f"**/{target}")
    marked = page.evaluate("document.querySelector(':target').firstChild.textContent")
    assert int(marked.replace(",", "")) == received
    assert page.evaluate("document.querySelector(':target').getBoundingClientRect().top") < 900


def test_two_places_stand_side_by_side(opened: Open) -> None:
    page = opened("two.html#990100,990200")
    page.wait_for_selector("#beside table")
    heads = page.locator("#beside tbody th[scope=row]").all_inner_texts()
    assert heads[:2] == ["雾江市", "霜原市"]
    page.select_option("#b", "990221")
    page.wait_for_selector("#beside th:has-text('墨泉县')")
    link = page.locator("#beside td a").first
    address = str(link.get_attribute("href"))
    link.click()
    page.wait_for_url(f"**/{address}")
    assert page.locator(":target").count() == 1


def test_without_scripts_all_is_read(opened: Open) -> None:
    page = opened(place_page("990100"), java_script_enabled=False)
    assert page.locator("table.series tbody tr").count() > 15
    assert page.locator("svg.chart").count() >= 6
    start = opened("index.html", java_script_enabled=False)
    assert start.locator("noscript").first.inner_text()


def test_by_keyboard_the_first_stop_leads_to_the_text(opened: Open) -> None:
    page = opened(place_page("990100"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_on_paper_menu_and_search_are_left_out(opened: Open) -> None:
    page = opened("index.html")
    page.emulate_media(media="print")
    assert not page.locator("header nav").is_visible()
    assert not page.locator("form.search").is_visible()
    assert page.locator("aside.invented").is_visible()


def test_gaps_breaks_and_doubts_are_drawn(opened: Open) -> None:
    """A year without a report, a break and each kind of figure have a shape of their own, not a colour."""
    page = opened(place_page("990100"))
    assert page.locator("svg.chart .break").count() > 5
    shapes = page.locator("svg.chart [class^=d0]").evaluate_all(
        "nodes => nodes.map(n => n.getAttribute('d').replace(/[0-9. -]/g, ''))"
    )
    assert len(set(shapes)) >= 1
    gap = opened(place_page("990281"))
    assert gap.locator("svg.chart rect.gap").count() > 0
    assert gap.locator("td.gap").count() > 0


def test_it_is_served_on_this_machine_alone(demo: Home, tmp_path: Path) -> None:
    environment = {**os.environ, "YANGGUANG_HOME": str(demo.root.parent)}
    command = [*COMMAND, "site", str(tmp_path / "s"), "--serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr
        address = ""
        for line in process.stderr:
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                address = found[0]
                break
        with urllib.request.urlopen(address, timeout=20) as answer:
            text = answer.read().decode("utf-8")
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
    assert "阳光 Yangguang" in text
    assert process.returncode == 0
