"""The demo's site: links are whole, nothing leads out of it, and its figures are the warehouse's."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import duckdb
import pytest
from selectolax.lexbor import LexborHTMLParser

from pipeline.home import Home
from pipeline.site.links import figure_anchor, place_page, report_page
from pipeline.site.words import load_words
from tests.spine.conftest import yangguang


@pytest.fixture(scope="module")
def con(demo: Home) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(demo.database), read_only=True)


@cache
def parsed(path: Path) -> LexborHTMLParser:
    return LexborHTMLParser(path.read_text(encoding="utf-8"))


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def number(text: str) -> Decimal | None:
    """A figure as a page shows it; None where it shows none."""
    plain = text.strip().lstrip("≈").replace(",", "")
    try:
        return Decimal(plain.rstrip("%")) / (100 if plain.endswith("%") else 1)
    except ArithmeticError:
        return None


def led_to(site: Path) -> Iterator[tuple[Path, str]]:
    for page in pages(site):
        for node in parsed(page).css("[href], [src]"):
            yield page, str(node.attributes.get("href") or node.attributes.get("src") or "")


def test_every_link_and_anchor_is_there(site: Path) -> None:
    ids = {page: {n.attributes["id"] for n in parsed(page).css("[id]")} for page in pages(site)}
    broken = []
    for page, address in led_to(site):
        parts = urlsplit(address)
        if parts.scheme == "data":
            continue
        assert urlsplit(address)[:2] == ("", ""), f"{page.name} leads out of the site: {address}"
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        if not target.is_file() or (parts.fragment and unquote(parts.fragment) not in ids.get(target, ())):
            broken.append(f"{page.relative_to(site)} -> {address}")
    assert not broken, f"{len(broken)}: {broken[:5]}"
    assert len(ids) > 100


def test_ids_are_not_given_twice(site: Path) -> None:
    for page in pages(site):
        ids = [n.attributes["id"] for n in parsed(page).css("[id]")]
        assert len(ids) == len(set(ids)), page


def test_every_page_says_that_its_bodies_are_invented(site: Path) -> None:
    for page in pages(site):
        text = page.read_text(encoding="utf-8")
        assert "全属虚构" in text, page


def said_of(tree: LexborHTMLParser, anchor: str) -> str:
    """What the notes below a row of the matrix say of a cell."""
    for link in tree.css(".notes a"):
        if unquote(str(link.attributes.get("href"))) == f"#{anchor}" and link.parent:
            return link.parent.text()
    return ""


def test_a_report_page_shows_every_figure(site: Path, con: duckdb.DuckDBPyConnection) -> None:
    reports = con.execute("SELECT report_id FROM core.report ORDER BY ALL").fetchall()
    seen = 0
    for (report_id,) in reports:
        tree = parsed(site / report_page(report_id))
        rows = {str(n.attributes["id"]): n for n in tree.css(".evidence tr[id], .matrix td[id]")}
        cells = con.execute(
            "SELECT indicator, applicant, resolved, raw, state, resolution, method, locator, proof FROM core.observation "
            "WHERE report_id = ? ORDER BY 4 * (resolved IS NULL)::INT + 2 * (method = 'text')::INT "
            "+ (resolved IS NOT NULL AND approx)::INT, observation_id",
            [report_id],
        ).fetchall()
        times: dict[tuple[str, str], int] = {}
        for indicator, applicant, resolved, raw, state, resolution, method, locator, proof in cells:
            slot = (indicator, applicant or "total")
            anchor = figure_anchor(indicator, applicant, times.get(slot, 0))
            times[slot] = times.get(slot, 0) + 1
            node = rows.pop(anchor)
            is_listed = node.tag == "tr"
            figure = node.css_first("td") if is_listed else node
            assert figure
            assert number(figure.text(deep=False)) == resolved, (report_id, anchor)
            line = node if is_listed else node.parent
            assert line
            where = line.text()
            assert locator in where or locator.rpartition(" cell ")[0] in where, (report_id, anchor)
            if is_listed:
                marked = [m.text() for m in node.css("mark")]
                assert (raw or "□") in marked, (report_id, anchor)
                notes = where
            else:
                notes = said_of(tree, anchor)
                assert number(raw or "") == resolved or raw == "" or raw in notes, (report_id, anchor)
            plain = state == "reported" and resolution == "as_printed" and method == "table"
            assert plain or load_words()["state"][state].zh in notes, (report_id, anchor)
            assert (proof or "") in notes, (report_id, anchor)
            seen += 1
        assert not rows, "figures that the warehouse does not have"
        assert (
            con.execute(
                "SELECT sha256 FROM core.document d JOIN core.report USING (document_id) WHERE report_id = ?",
                [report_id],
            ).fetchone()
            or [""]
        )[0] in tree.body.text()
    assert seen == (con.execute("SELECT count(*) FROM core.observation").fetchone() or [0])[0]


def test_a_place_page_shows_the_panel(site: Path, con: duckdb.DuckDBPyConnection) -> None:
    labels = dict(con.execute("SELECT DISTINCT label_zh, measure_id FROM ref.measure").fetchall())
    graded = {
        (m, t): g
        for m, t, g in con.execute("SELECT measure_id, template, comparability FROM ref.measure").fetchall()
    }
    compared = 0
    for (code,) in con.execute("SELECT DISTINCT division_code FROM mart.city_year").fetchall():
        cursor = con.execute("SELECT * FROM mart.city_year WHERE division_code = ?", [code])
        names = [d[0] for d in cursor.description or []]
        panel = {row[names.index("year")]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
        shown: dict[tuple[str, int], Decimal | None] = {}
        for table in parsed(site / place_page(code)).css("table.series"):
            years = [int(th.text()[:4]) for th in table.css("thead th")[2:]]
            for tr in table.css("tbody tr"):
                head = tr.css_first("th")
                measure = labels[head.text().split("\n")[0].split(" ")[0]] if head else ""
                for year, td in zip(years, tr.css("td")[1:], strict=True):
                    link = td.css_first("a")
                    shown[measure, year] = number((link or td).text())
        for year, row in panel.items():
            for measure in set(labels.values()):
                if graded[measure, row["template"]] == "none":
                    continue
                value = row[measure]
                if value is not None:
                    page = shown.pop((measure, year))
                    assert page is not None
                    near = Decimal("0.0005") if isinstance(value, float) else Decimal("0.000001")
                    assert abs(page - Decimal(str(value))) <= near, (code, measure, year)
                    compared += 1
                else:
                    assert shown.get((measure, year)) is None, (code, measure, year)
    assert compared > 2000


def test_what_is_downloaded_is_what_is_seen(site: Path, con: duckdb.DuckDBPyConnection) -> None:
    page = site / place_page("990100")
    with page.with_name("990100.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    values = {
        (r["measure_id"], int(r["year"]), r["report_id"]): Decimal(r["value"]) for r in rows if r["value"]
    }
    expected = {
        (m, y, r): v
        for m, y, r, v in con.execute(
            "SELECT m.measure_id, m.year, m.report_id, m.value FROM mart.measure m JOIN mart.city_year c USING (report_id) "
            "WHERE c.division_code = '990100' AND m.value IS NOT NULL"
        ).fetchall()
    }
    assert values == expected
    cells = sum(len(t.css("tbody td:not(.u):not(.gap)")) for t in parsed(page).css("table.series"))
    assert cells == len(rows)


def test_written_again_nothing_is_written(demo: Home, site: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in site.rglob("*") if p.name != "atlas.json"}
    done = yangguang(demo.root.parent, "site", str(site))
    assert ", 0 of them written now" in done.stderr
    assert {p: p.stat().st_mtime_ns for p in site.rglob("*") if p.name != "atlas.json"} == before


def test_only_what_changed_is_written_and_what_is_gone_goes(demo: Home, site: Path) -> None:
    changed, gone = site / "index.html", site / "report" / "zz" / "gone.html"
    was = changed.read_bytes()
    changed.write_text("another")
    gone.parent.mkdir()
    gone.write_text("of a snapshot before")
    theirs = site / "CNAME"
    theirs.write_text("of its keeper")
    mark = site / "atlas.json"
    told = json.loads(mark.read_text(encoding="utf-8"))
    told["files"].append("report/zz/gone.html")
    mark.write_text(json.dumps(told), encoding="utf-8")
    done = yangguang(demo.root.parent, "site", str(site))
    assert ", 1 of them written now" in done.stderr
    assert changed.read_bytes() == was
    assert not gone.parent.exists()
    assert theirs.is_file()
    theirs.unlink()


def test_folders_that_are_not_ours_are_refused(demo: Home, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("another's")
    done = yangguang(demo.root.parent, "site", str(tmp_path), check=False)
    assert done.returncode == 2
    assert "holds no site" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["letters.txt"]
    inside = demo.snapshots / "atlas"
    done = yangguang(demo.root.parent, "site", str(inside), check=False)
    assert done.returncode == 2
    assert "inside the warehouse" in done.stderr
    assert not inside.exists()


def test_what_is_no_snapshot_is_refused(demo: Home, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = yangguang(
        demo.root.parent, "site", str(tmp_path / "s"), "--from", str(tmp_path / "empty"), check=False
    )
    assert done.returncode == 2
    assert "holds no snapshot" in done.stderr
    assert not (tmp_path / "s").exists()


def test_answers_of_questions_lead_to_the_reports_behind_them(
    site: Path, con: duckdb.DuckDBPyConnection
) -> None:
    page = next((site / "questions").glob("24-*.html"))
    head = [n.text(strip=True) for n in parsed(page).css("thead th")]
    rows = parsed(page).css("tbody tr")
    assert rows
    for row in rows:
        shown = dict(zip(head, (n.text(strip=True) for n in row.css("td")), strict=True))
        found = con.execute(
            "SELECT report_id FROM core.report WHERE is_current AND issuer = ? AND year = ?",
            [shown["issuer"], int(shown["year"])],
        ).fetchall()
        led = [str(n.attributes["href"]) for n in row.css("a")]
        assert led == (["../" + report_page(found[0][0])] if len(found) == 1 else []), shown
