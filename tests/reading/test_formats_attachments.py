"""An article whose tables stand in other files is one report with several documents."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from pipeline.clean.office import libreoffice as office
from pipeline.crawl import RawStore, take_in
from pipeline.crawl.receipt import Receipt
from pipeline.home import Home
from pipeline.reading.files import read_together
from pipeline.reading.kept import Kept
from pipeline.reading.read_all import read_new
from pipeline.reading.whole import lacks_tables, read_reports_of
from pipeline.report import Report
from tests.drawn.files import picture_files, report_files, word_files
from tests.drawn.files.report_files import DrawnReport
from tests.seeds import FOLDER, needs_seeds

pytestmark = pytest.mark.slow

NAME = "统计表.docx"
LINK = '<p>附件：<a href="{0}">{0}</a></p>'
OCR = pytest.mark.skipif(not picture_files.font_paths(), reason=picture_files.NEEDED)


@pytest.fixture(scope="module")
def made() -> DrawnReport:
    return report_files.report("v2021", 7)


def article(made: DrawnReport, end: str) -> bytes:
    return report_files.html(made, tables=False, end=end)


def wrong(made: DrawnReport, report: Report) -> list[object]:
    found = {
        (o.indicator, o.applicant): o.resolved
        for o in report.observations
        if o.method != "text" and not o.indicator.startswith("local.")
    }
    assert set(found) == set(made.cells)
    return [(k, v.printed, found[k]) for k, v in made.cells.items() if found[k] != v.printed]


@pytest.mark.parametrize("ending", ["docx", "xlsx", "xls", "pdf"])
def test_tables_of_an_attachment_join_the_article(made: DrawnReport, ending: str) -> None:
    name = f"附件1 统计表.{ending}"
    data = {
        "docx": report_files.tables_docx,
        "xlsx": report_files.xlsx,
        "xls": report_files.xls,
        "pdf": report_files.pdf,
    }[ending](made)
    whole = read_reports_of(article(made, LINK.format(name)), [(name, data)])
    assert len(whole.reports) == 1
    assert set(whole.used) == {0}
    report = whole.reports[0]
    assert report.report_id.startswith(whole.document.sha256[:16])
    assert wrong(made, report) == []
    places = {o.locator for o in report.observations if o.method == "table"}
    assert all(p.startswith(f"附件 {name}: ") for p in places)
    assert not [f for f in report.findings if f.rule == "table.missing"]


def test_a_box_of_particulars_above_the_title_is_no_table_of_the_report(made: DrawnReport) -> None:
    box = "<table><tr><td>索 引 号：</td><td>11330000/2023-00012</td><td>发布机构：</td><td>办公室</td></tr></table>"
    boxed = article(made, LINK.format(NAME)).replace(b"<h1>", box.encode() + b"<h1>")
    whole = read_reports_of(boxed, [(NAME, report_files.tables_docx(made))])
    assert len(whole.reports) == 1
    assert wrong(made, whole.reports[0]) == []


def test_an_article_with_its_tables_takes_nothing_from_a_file(made: DrawnReport) -> None:
    whole = read_reports_of(report_files.html(made), [(NAME, report_files.docx(made))])
    assert not whole.used
    assert wrong(made, whole.reports[0]) == []


def test_a_file_of_another_year_or_body_is_left_alone(made: DrawnReport) -> None:
    for other in (report_files.report("v2019", 7), report_files.report("v2021", 9)):
        whole = read_reports_of(article(made, LINK.format(NAME)), [(NAME, report_files.docx(other))])
        assert not whole.used
        assert lacks_tables(whole.reports[0])


def test_a_page_that_only_links_the_report_is_one_report_with_it(made: DrawnReport) -> None:
    body = f"<p>现将本单位年度报告予以公布，欢迎监督，详见所附文件，联系电话见首页。</p>{LINK.format(NAME)}"
    page = f"<html><head><meta charset=utf-8><title>{made.title}</title></head><body><h1>{made.title}</h1>{body}</body></html>"
    answers = read_together([("a/index.html", page.encode()), ("a/统计表.docx", report_files.docx(made))])
    assert [len(a.reports) for a in answers] == [1, 0]
    assert wrong(made, answers[0].reports[0]) == []
    assert "attachment of a/index.html" in answers[1].detail


def test_a_list_of_files_leaves_each_its_own_report(made: DrawnReport) -> None:
    other = report_files.report("v2021", 9)
    links = "".join(f'<li><a href="{r.title}.docx">{r.title}</a></li>' for r in (made, other))
    page = f"<html><head><meta charset=utf-8></head><body><ul>{links}</ul></body></html>".encode()
    files = [("index.html", page), *((f"{r.title}.docx", report_files.docx(r)) for r in (made, other))]
    answers = read_together(files)
    assert [len(a.reports) for a in answers] == [0, 1, 1]
    assert answers[0].status == "not_a_report"


@OCR
def test_pictures_of_tables_in_an_article_are_read(made: DrawnReport) -> None:
    pictures = report_files.table_pictures(made)
    names = [f"W0202401{n}.png" for n in range(len(pictures))]
    text = report_files.html(made, tables=False).decode()
    for heading, name in zip(
        (
            "二、主动公开政府信息情况",
            "三、收到和处理政府信息公开申请情况",
            "四、政府信息公开行政复议、行政诉讼情况",
        ),
        names,
        strict=True,
    ):
        text = text.replace(f"<p>{heading}</p>", f'<p>{heading}</p><p><img src="./{name}"></p>')
    answers = read_together(
        [("n/t.html", text.encode()), *((f"n/{n}", p) for n, p in zip(names, pictures, strict=True))]
    )
    assert [len(a.reports) for a in answers] == [1, 0, 0, 0]
    report = answers[0].reports[0]
    assert wrong(made, report) == []
    assert {o.method for o in report.observations if o.applicant} == {"ocr"}


@OCR
def test_pictures_of_tables_inside_a_word_file_are_read(made: DrawnReport, tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(made.title)
    waiting = iter(report_files.table_pictures(made))
    for part in made.parts:
        if isinstance(part, str):
            document.add_paragraph(part)
        else:
            path = tmp_path / "table.png"
            path.write_bytes(next(waiting))
            document.add_picture(str(path))
    whole = read_reports_of(word_files.saved(document), [])
    assert len(whole.reports) == 1
    assert wrong(made, whole.reports[0]) == []


# -- in a home ------------------------------------------------------------------------------------


def rows(home: Home) -> dict[str, tuple[str, int, str]]:
    """Of every document kept: status, reports, detail by hash; each document once."""
    import pyarrow.parquet as pq

    found: dict[str, tuple[str, int, str]] = {}
    with Kept(home) as kept:
        for path in kept.files("document"):
            for row in pq.read_table(path).to_pylist():
                assert row["sha256"] not in found
                found[row["sha256"]] = (row["status"], row["reports"], row["detail"])
    return found


def test_an_article_is_read_again_when_its_attachment_comes(made: DrawnReport, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "t.html").write_bytes(article(made, LINK.format(NAME)))
    home = Home(tmp_path / "home").make()
    with RawStore(home.raw) as store:
        take_in(store, [folder])
        assert read_new(home, store).reports == 1
        (folder / NAME).write_bytes(report_files.tables_docx(made))
        take_in(store, [folder])
        counts = read_new(home, store)
        assert (counts.read, counts.reports) == (2, 1)
        assert sorted(r[1] for r in rows(home).values()) == [0, 1]
        assert any(d.startswith("attachment of t.html") for _, _, d in rows(home).values())
        assert read_new(home, store).read == 0


def test_an_attachment_that_came_first_is_given_to_its_article(made: DrawnReport, tmp_path: Path) -> None:
    home = Home(tmp_path / "home").make()
    page, file = article(made, '<p><a href="/x/P020240131.docx">附件</a></p>'), report_files.docx(made)
    with RawStore(home.raw) as store:
        here = "http://www.example.gov.cn/x/"
        for name, data, rule in (("P020240131.docx", file, "attachment"), ("t.html", page, "title_link")):
            store.add_receipt(
                Receipt(
                    url=here + name,
                    final_url=here + name,
                    fetched_at="2024-02-01T00:00:00Z",
                    sha256=store.put(data),
                    bytes=len(data),
                    rule=rule,
                    referrer=here + ("t.html" if rule == "attachment" else "index.html"),
                )
            )
            assert read_new(home, store).reports == 1
        assert sorted(r[1] for r in rows(home).values()) == [0, 1]


@pytest.mark.skipif(office.program() is None, reason=office.NEEDED)
def test_older_word_files_are_converted_together(
    made: DrawnReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = report_files.report("v2019", 3)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.doc").write_bytes(report_files.older_word(report_files.docx(other)))
    (folder / "t.html").write_bytes(article(made, LINK.format("统计表.doc")))
    (folder / "统计表.doc").write_bytes(report_files.older_word(report_files.tables_docx(made)))
    calls: list[int] = []
    real = office.convert_batch
    monkeypatch.setattr(office, "convert_batch", lambda paths: (calls.append(len(paths)), real(paths))[1])
    home = Home(tmp_path / "home").make()
    with RawStore(home.raw) as store:
        take_in(store, [folder])
        counts = read_new(home, store)
    assert calls == [2]
    assert (counts.read, counts.reports, counts.statuses) == (3, 2, {"ok": 3})


def test_without_libreoffice_a_file_waits_for_it(
    made: DrawnReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home").make()
    (tmp_path / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + b"\0" * 32)
    monkeypatch.setattr(office, "_PROGRAMS", ())
    with RawStore(home.raw) as store:
        take_in(store, [tmp_path / "a.doc"])
        assert read_new(home, store).statuses == {"needs_libreoffice": 1}
        assert read_new(home, store).read == 0
        monkeypatch.undo()
        assert read_new(home, store).read == (1 if office.program() else 0)


@needs_seeds
def test_seed_004_names_its_attachment() -> None:
    from pipeline.reading.named_files import named_files

    assert "政府信息公开情况统计表(2018).doc" in named_files(next(FOLDER.glob("004_*")).read_bytes()).linked
