"""What the demo corpus writes: the same bytes every time, with the truth's figures and faults in them."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

import pytest
from lxml import html as lxml_html

from pipeline.codebook import load_codebook, normalise_label
from pipeline.places import load_registry
from tools.demo import ReportTruth, iter_bodies, iter_pages, portal_pages, write_corpus
from tools.demo import forms as form_layouts
from tools.demo import plan as kinds
from tools.demo.faults import figure_text
from tools.demo.forms import Layout, Td, tables_of
from tools.demo.text import grid

Pages = list[tuple[str, bytes, ReportTruth]]
_OWN_HEADS = {
    form_layouts.SUM_NOTE, form_layouts.APPLICANTS_HEAD, form_layouts.ORGANISATIONS_HEAD, form_layouts.RESULTS_HEAD,
    form_layouts.CONTENT_HEAD, "统计指标", "单位", "统计数", "指标名称", "本年实际", "",
}  # fmt: skip

_FIGURE = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@pytest.fixture(scope="module")
def pages() -> Pages:
    return list(iter_pages())


def _article(data: bytes) -> lxml_html.HtmlElement:
    tree = lxml_html.document_fromstring(data.decode("gb18030" if b'charset="gb2312"' in data else "utf-8"))
    return tree.xpath('//div[@class="article"]')[0]


def _visible(data: bytes, report: ReportTruth) -> str:
    """What a reader of the page sees, without white space, so that cut words are whole again."""
    text = data.decode(report.encoding)
    if report.shape == "html":
        text = lxml_html.document_fromstring(text).text_content()
    return "".join(text.split())


def test_the_same_arguments_give_the_same_bytes_and_another_seed_others(pages: Pages) -> None:
    assert [(n, d) for n, d, _ in pages] == [(n, d) for n, d, _ in iter_pages()]
    assert [t for _, _, t in pages] == [t for _, _, t in iter_pages()]
    other = {n: d for n, d, _ in iter_pages(seed=2)}
    assert sum(other.get(n) == d for n, d, _ in pages) == 0


def test_more_bodies_do_not_change_the_first_eight(pages: Pages) -> None:
    more = {n: d for n, d, _ in iter_pages(bodies=12)}
    assert len(more) > len(pages) + 40
    assert all(more[n] == d for n, d, _ in pages)


def test_html_parses_with_as_many_tables_as_the_truth_says(pages: Pages) -> None:
    seen = 0
    for name, data, report in pages:
        if report.shape != "html":
            continue
        tables = _article(data).xpath('.//table[not(contains(@class, "xxgk-info"))]')
        assert len(tables) == report.tables, name
        seen += 1
    assert seen > 60


@pytest.mark.parametrize("noise", [False, True])
def test_every_cell_of_the_truth_stands_in_the_page_in_order(noise: bool) -> None:
    checked = 0
    in_words = {kinds.UNIT_IN_CELL, kinds.YUAN, kinds.ZERO_TEXT}
    for name, data, report in iter_pages(editor_noise=noise):
        if report.shape != "html" or in_words.intersection(f.kind for f in report.faults):
            continue
        tables = _article(data).xpath('.//table[not(contains(@class, "xxgk-info"))]')
        texts = ["".join(td.text_content().split()) for t in tables for td in t.xpath(".//td")]
        figures = [text for text in texts if _FIGURE.fullmatch(text)]
        assert figures == [figure_text(c.printed) for c in report.cells if c.printed is not None], name
        checked += len(figures)
    assert checked > 8000


def test_every_cell_of_the_truth_stands_in_the_text_file_in_order(pages: Pages) -> None:
    in_words = {kinds.UNIT_IN_CELL, kinds.YUAN, kinds.ZERO_TEXT, kinds.DROPPED_BLANKS}
    shapes = set()
    for name, data, report in pages:
        if report.shape == "html" or in_words.intersection(f.kind for f in report.faults):
            continue
        pieces = (
            part.strip() for line in data.decode(report.encoding).splitlines() for part in line.split("|")
        )
        figures = [piece for piece in pieces if _FIGURE.fullmatch(piece)]
        assert figures == [figure_text(c.printed) for c in report.cells if c.printed is not None], name
        shapes.add(report.shape)
    assert shapes == {"pipes", "lines", "markdown"}


def test_every_planted_fault_is_in_the_bytes(pages: Pages) -> None:
    seen = set()
    for name, data, report in pages:
        for fault in report.faults:
            seen.add(fault.kind)
            raw = data.decode(report.encoding)
            assert fault.mark in (raw if fault.mark[:1] in ("<", "c") else _visible(data, report)), (
                name,
                fault,
            )
            if fault.kind in (kinds.BLANK_ZEROS, kinds.BLANK_TOTALS, kinds.BLANK_TABLE):
                assert sum(c.state == "blank" for c in report.cells) > 2, (name, fault)
            if fault.kind == kinds.IMAGES:
                assert not report.cells
                assert report.tables == 0
            if fault.kind == kinds.LATE:
                assert report.published_on > f"{report.year + 1}-03-31"
    assert seen | {kinds.MISSING_YEAR} == set(kinds.FAULTS)


def test_a_statement_stands_in_the_prose(pages: Pages) -> None:
    checked = 0
    for name, data, report in pages:
        text = unicodedata.normalize("NFKC", _visible(data, report)).replace(",", "")
        for said in report.statements:
            if said.state == "text_zero":
                assert "未" in text or "没有" in text, (name, said)
            else:
                assert said.printed is not None
                assert figure_text(said.printed) in text, (name, said)
                checked += 1
    assert checked > 500


def test_dropped_blanks_leave_fewer_cells_than_the_form_has(pages: Pages) -> None:
    dropped = [(d, r) for _, d, r in pages if any(f.kind == kinds.DROPPED_BLANKS for f in r.faults)]
    assert len(dropped) == 2
    for data, report in dropped:
        assert report.shape == "pipes"
        lines = data.decode(report.encoding).splitlines()
        start = next(n for n, line in enumerate(lines) if line.startswith("（二）部分公开"))
        row = [c for c in report.cells if c.indicator == "application.outcome.partial"]
        printed = takewhile(lambda line: re.fullmatch(r"[0-9]+ \|", line), lines[start + 1 :])
        assert {c.state for c in row} == {"ambiguous"}
        assert [int(line[:-2]) for line in printed] == [c.true for c in row if c.true]
        assert len([c for c in row if c.true]) < len(row)


@pytest.mark.parametrize("template", ["v2008", "v2014", "v2019", "v2021"])
@pytest.mark.parametrize("layout", [Layout(), Layout(True, True, "groups", False), Layout(review="tall")])
def test_labels_come_from_the_codebook(template: str, layout: Layout) -> None:
    book = load_codebook()
    known = {normalise_label(label) for i in book.indicators
             for label in (i.label_zh, *i.row_labels, *i.col_labels, i.unit, *i.unit.split("|"))}  # fmt: skip
    known |= {normalise_label(label) for g in book.groups for label in g.labels}
    known |= {normalise_label(label) for a in book.applicants for label in (a.label_zh, *a.labels)}
    known |= {normalise_label(i.label_zh.removesuffix(" 小计")) for i in book.indicators}
    texts = {(i.indicator_id, a): "7" for i in book.indicators if i.template == template
             for a in (None, *(x.applicant for x in book.applicants))}  # fmt: skip
    tables = tables_of(template, layout, texts)
    assert tables
    for table in tables:
        for row in table.rows:
            for td in row:
                own = td.text in _OWN_HEADS or td.text.startswith("第二十条第") or td.key is not None
                section = td.text[:2] in ("一、", "二、", "三、", "八、", "九、") or td.text.startswith(
                    "（二）通过"
                )
                assert own or section or normalise_label(td.text) in known, td.text


@pytest.mark.parametrize("template", ["v2014", "v2019", "v2021"])
def test_spans_make_full_grids(template: str) -> None:
    for layout in (Layout(), Layout(True, True, "groups"), Layout(review="tall")):
        for table in tables_of(template, layout, {}):
            assert len({len(row) for row in grid(table.rows)}) == 1
            assert all(isinstance(td, Td) for row in table.rows for td in row)


def test_editor_noise_brings_pages_to_the_size_of_real_ones() -> None:
    sizes = [len(d) for _, d, r in iter_pages(bodies=4, editor_noise=True) if r.shape == "html"]
    assert min(sizes) > 60_000
    assert max(sizes) < 112_000


def test_write_corpus_writes_truth_beside_and_dates_files(tmp_path: Path) -> None:
    truth = write_corpus(tmp_path / "corpus", bodies=3, years=range(2019, 2023))
    files = sorted(p.relative_to(tmp_path / "corpus").as_posix() for p in (tmp_path / "corpus").rglob("*.*"))
    assert files == sorted(r.file_name for r in truth.reports)
    assert {p.name for p in tmp_path.iterdir()} == {
        "corpus",
        "truth.json",
        "divisions.csv",
        "division_events.csv",
    }
    stored = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert len(stored["reports"]) == len(truth.reports)
    first, kept = stored["reports"][0], truth.reports[0]
    assert [tuple(c[:2]) for c in first["cells"]] == [c[:2] for c in kept.cells]
    for report in truth.reports:
        at = datetime.fromtimestamp((tmp_path / "corpus" / report.file_name).stat().st_mtime, tz=UTC)
        assert at.date().isoformat() == report.published_on


def test_the_register_of_places_takes_the_invented_province(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus", bodies=60, years=range(2021, 2022))
    registry = load_registry(tmp_path / "divisions.csv")
    real = load_registry()
    for body in iter_bodies(60):
        division = registry.get(body.division_code)
        assert division is not None
        assert real.get(body.division_code) is None
        assert body.level == "township" or not real.by_short_name(body.place[:-1])
    merged = registry.get("990121")
    assert merged is not None
    assert merged.valid_to == 2019
    assert registry.full_name("990221") == "云泽省霜原市墨泉县"


def test_bodies_scale_and_stay_apart() -> None:
    bodies = list(iter_bodies(3000))
    assert len({b.folder for b in bodies}) == 3000
    assert all(b.division_code.startswith("99") and len(b.site_code) == 10 for b in bodies)
    with pytest.raises(ValueError, match="can be named"):
        list(iter_bodies(10**7))


def test_the_portal_serves_every_report_and_its_lists_lead_to_them(pages: Pages) -> None:
    site = portal_pages()
    served = {data for _, data in site.values()}
    assert {d for _, d, _ in pages} <= served
    reached: set[str] = set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path in reached:
            continue
        reached.add(path)
        kind, data = site[path]
        if kind != "text/html" or not (path.endswith(("/", "index.html")) or "/index_" in path):
            continue
        tree = lxml_html.document_fromstring(data.decode("utf-8"))
        tree.make_links_absolute(f"http://portal.example{path}")
        waiting += [link.removeprefix("http://portal.example") for _, _, link, _ in tree.iterlinks()]
    articles = {p for p, (_, d) in site.items() if d in {x for _, x, _ in pages}}
    assert articles <= reached
