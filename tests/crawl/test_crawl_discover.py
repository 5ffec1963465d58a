"""What pages in the styles of the common portal systems lead to. The pages are our own."""

from __future__ import annotations

import json

import pytest

from pipeline.crawl.discover import Reading, read_page
from pipeline.crawl.paging import page_address

BASE = "http://www.a.gov.cn/zwgk/zfxxgknb/"
TEXT = "一、总体情况。本机关按照要求编制本年度报告，所列数据的统计期限为一年。" * 20


def title(year: int) -> str:
    return f"某局{year}年政府信息公开工作年度报告"


def read(body: str, url: str = BASE, kind: str = "list", media_type: str = "text/html") -> Reading:
    return read_page(body.encode(), url, kind, media_type)


def found(reading: Reading, *kinds: str) -> dict[str, str]:
    """Paths of the steps of those kinds, with the rule that found each."""
    return {
        step.url.removeprefix("http://www.a.gov.cn"): step.rule
        for step in reading.steps
        if step.kind in kinds
    }


def row(href: str, shown: str, full: str = "", date: str = "") -> str:
    named = f' title="{full}"' if full else ""
    return f'<li><a href="{href}"{named}>{shown}</a><span>{date}</span></li>'


def test_trs_folder_with_create_page() -> None:
    reading = read(
        f"<ul>{row('./202301/t20230112_1.html', title(2022))}</ul>"
        '<script>createPageHTML(3, 0, "index", "html");</script>'
    )
    assert found(reading, "report") == {"/zwgk/zfxxgknb/202301/t20230112_1.html": "title_link"}
    assert found(reading, "list") == {
        "/zwgk/zfxxgknb/index_1.html": "create_page",
        "/zwgk/zfxxgknb/index_2.html": "create_page",
    }
    assert [step.year for step in reading.steps if step.kind == "report"] == [2022]


@pytest.mark.parametrize(
    ("url", "more", "expected"),
    [
        (
            BASE + "index.jhtml",
            '<a href="index_2.jhtml">下一页</a>',
            {"/zwgk/zfxxgknb/index_2.jhtml": "next_link"},
        ),
        (
            BASE + "list.shtml",
            '<a href="list_2.shtml">2</a><a href="list_3.shtml">3</a>',
            {"/zwgk/zfxxgknb/list_2.shtml": "page_link", "/zwgk/zfxxgknb/list_3.shtml": "page_link"},
        ),
        (
            BASE + "list-1.shtml",
            '<a href="list-2.shtml">下页</a>',
            {"/zwgk/zfxxgknb/list-2.shtml": "next_link"},
        ),
        (
            BASE + "index.jhtml",
            "<div>共3页</div>",
            {"/zwgk/zfxxgknb/index_2.jhtml": "page_total", "/zwgk/zfxxgknb/index_3.jhtml": "page_total"},
        ),
        (
            BASE + "list.shtml",
            "<script>var countPage = 2</script>",
            {"/zwgk/zfxxgknb/list_2.shtml": "page_total"},
        ),
        (BASE + "list-1.shtml", "共2页", {"/zwgk/zfxxgknb/list-2.shtml": "page_total"}),
        (BASE, "共2页", {"/zwgk/zfxxgknb/index_1.html": "page_total"}),
        (
            "http://www.a.gov.cn/showList/7/0/page_1.html",
            '<a href="page_2.html">&gt;</a>',
            {"/showList/7/0/page_2.html": "next_link"},
        ),
        ("http://www.a.gov.cn/list?p=1", '<a href="/list?p=2">下一页</a>', {"/list?p=2": "next_link"}),
        (BASE, '<a href="javascript:next()">下一页</a><a href="#">2</a>', {}),
        (BASE, '<a href="/xwzx/index_2.html">下一页</a>', {}),
        (BASE, '<a href="http://www.b.gov.cn/zwgk/zfxxgknb/index_2.html">下一页</a>', {}),
    ],
    ids=range(12),
)
def test_how_a_list_goes_on(url: str, more: str, expected: dict[str, str]) -> None:
    reading = read(f"<ul>{row('/a/1.html', title(2020))}</ul>{more}", url)
    assert found(reading, "list") == expected


def test_vsb_pages_count_down_in_a_folder_of_the_lists_name() -> None:
    reading = read(
        row("../info/1/2.htm", title(2020)) + '<a href="zfxxgknb/4.htm">下页</a>',
        "http://www.a.gov.cn/xxgk/zfxxgknb.htm",
    )
    assert found(reading, "list") == {"/xxgk/zfxxgknb/4.htm": "next_link"}
    reading = read(
        row("../../info/1/3.htm", title(2019)) + '<a href="3.htm">下页</a>',
        "http://www.a.gov.cn/xxgk/zfxxgknb/4.htm",
    )
    assert found(reading, "list") == {"/xxgk/zfxxgknb/3.htm": "next_link"}


def test_hanweb_rows_in_a_script_and_the_next_group() -> None:
    records = "".join(
        f"<record><![CDATA[{row(f'/art/2023/1/{n}/art_1_{n}.html', title(2010 + n))}]]></record>"
        for n in (1, 2)
    )
    page = (
        f'<div id="1"></div><script type="text/xml"><datastore><nextgroup><![CDATA[<a href="/module/web/jpage/'
        'dataproxy.jsp?page=2&appid=1&webid=3&columnid=61"></a>]]></nextgroup><recordset>'
        f"{records}</recordset></datastore></script>"
    )
    reading = read(page, "http://www.a.gov.cn/col/col61/index.html")
    assert found(reading, "report") == {
        "/art/2023/1/1/art_1_1.html": "dataproxy_row",
        "/art/2023/1/2/art_1_2.html": "dataproxy_row",
    }
    assert found(reading, "list") == {
        "/module/web/jpage/dataproxy.jsp?page=2&appid=1&webid=3&columnid=61": "dataproxy_group"
    }


def test_hanweb_rows_asked_for_by_post() -> None:
    page = (
        "<script>var jp = new jpage({totalRecord: 130, perPage: 20, url: "
        "'/module/web/jpage/dataproxy.jsp?col=1&webid=39&path=/&columnid=61490&unitid=247686&permissiontype=0'});"
        "</script><p>年报</p>"
    )
    steps = [
        step
        for step in read(page, "http://www.a.gov.cn/col/col61490/index.html").steps
        if step.kind == "list"
    ]
    assert [step.rule for step in steps] == ["dataproxy_post"] * 3
    assert steps[1].url == (
        "http://www.a.gov.cn/module/web/jpage/dataproxy.jsp?startrecord=61&endrecord=120&perpage=20"
        "#form=col=1&webid=39&path=%2F&columnid=61490&unitid=247686&permissiontype=0"
    )
    answer = (
        '<?xml version="1.0"?><datastore><totalrecord>130</totalrecord><recordset><record><![CDATA['
        f"{row('/art/1.html', title(2020))}]]></record></recordset></datastore>"
    )
    reading = read(answer, steps[0].url, media_type="text/xml")
    assert found(reading, "report") == {"/art/1.html": "dataproxy_row"}


def test_gkmlpt_by_the_column_in_the_fragment() -> None:
    reading = read(
        '<script>var _CONFIG = {SID: "2", X: 1}</script><div id="app"></div>',
        "http://www.a.gov.cn/gkmlpt/annualreport#2629",
    )
    assert found(reading, "list") == {"/gkmlpt/api/all/2629?page=1&sid=2": "gkmlpt_api"}
    answer = json.dumps(
        {
            "articles": [
                {
                    "title": title(2021),
                    "url": "http://www.a.gov.cn/gkmlpt/content/0/1/post_1.html",
                    "publisher": "某局",
                },
                {"title": "会议", "url": "/x"},
            ],
            "total": 2,
        }
    )
    reading = read(
        answer, "http://www.a.gov.cn/gkmlpt/api/all/2629?page=1&sid=2", media_type="application/json"
    )
    assert found(reading, "report", "list") == {
        "/gkmlpt/content/0/1/post_1.html": "json_row",
        "/gkmlpt/api/all/2629?page=2&sid=2": "json_page",
    }
    empty = read('{"articles": []}', "http://www.a.gov.cn/gkmlpt/api/all/2629?page=2&sid=2")
    assert empty.steps == ()


def test_json_of_other_shapes() -> None:
    rows = [{"docTitle": f"<em>{title(2019)}</em>", "docPubUrl": "a.html", "docRelTime": "2020-01-01"}]
    reading = read(
        f"callback({json.dumps({'data': {'rows': rows}})});",
        "http://www.a.gov.cn/s?pageIndex=1",
        media_type="application/json",
    )
    assert found(reading, "report", "list") == {"/a.html": "json_row", "/s?pageIndex=2": "json_page"}
    assert read("{broken", media_type="application/json").steps == ()
    assert read("[" * 100_000, media_type="application/json").steps == ()


def test_titles_full_cut_and_by_date() -> None:
    reading = read(
        "<ul>"
        + row("1.html", "某市人民政府2021年政府...", "某市人民政府2021年政府信息公开工作年度报告")
        + row("2.html", "某市人民政府2022年政府信息公…")
        + row("3.html", "某局政府信息公开工作年度报告", date="2019-03-01")
        + row("4.html", "某市召开政府信息公开工作会议")
        + row("5.html", "关于2023年政府信息公开工作年度报告的通知")
        + row("6.pdf", title(2023))
        + "</ul>"
    )
    assert found(reading, "report", "candidate") == {
        "/zwgk/zfxxgknb/1.html": "title_link",
        "/zwgk/zfxxgknb/2.html": "cut_title",
        "/zwgk/zfxxgknb/3.html": "title_link",
        "/zwgk/zfxxgknb/6.pdf": "title_link",
    }
    assert [step.year for step in reading.steps] == [2021, 2022, 2018, 2023]


def test_year_folders_below_the_list_and_no_calendar() -> None:
    reading = read(
        '<a href="2022n/">2022年</a><a href="./nb_2021n/">2021</a><a href="/calendar/2020/">2020</a>'
        '<a href="http://www.b.gov.cn/zwgk/zfxxgknb/2019/">2019</a>'
    )
    assert found(reading, "list") == {
        "/zwgk/zfxxgknb/2022n/": "year_folder",
        "/zwgk/zfxxgknb/nb_2021n/": "year_folder",
    }


def test_a_site_leads_to_its_column() -> None:
    reading = read(
        '<a href="/zwgk/">政务公开</a><a href="/zwgk/nb/">政府信息公开年报</a><a href="/news/">新闻</a>'
        '<a href="http://www.b.gov.cn/zwgk/">政务公开</a>',
        "http://www.a.gov.cn/",
        "site",
    )
    assert found(reading, "list", "site") == {"/zwgk/nb/": "column_name", "/zwgk/": "towards_column"}


def test_an_article_has_its_files_and_pictures_and_nothing_else() -> None:
    page = (
        f'<head><title>{title(2022)}_某局</title></head><div class="nav"><a href="/x.pdf">办事指南</a></div>'
        f'<div id="zoom"><p>{TEXT}</p><a href="a.docx">附件1</a><a href="/down?filename=b.xlsx">下载</a>'
        '<a href="/get/7">附表.xls</a><img src="t.png"><img src="icon_pdf.gif"><img src="s.jpg" width="16">'
        f'<img src="data:image/png;base64,xx"></div><a href="c.wps">{title(2022)}</a>'
        f'<ul>{row("/other.html", title(2021))}</ul><a href="p.html">下一页</a>'
    )
    reading = read(page, BASE + "1.html", "report")
    assert reading.shows_report
    assert reading.title == title(2022)
    assert found(reading, "attachment") == {
        "/zwgk/zfxxgknb/a.docx": "attachment",
        "/down?filename=b.xlsx": "attachment",
        "/get/7": "attachment",
        "/zwgk/zfxxgknb/c.wps": "attachment",
        "/zwgk/zfxxgknb/t.png": "picture",
    }
    assert found(reading, "report", "list", "candidate", "site") == {}


def test_a_query_is_sent_in_the_encoding_of_the_page_that_links_it() -> None:
    page = f'<html><meta charset="gb2312">{row("/list.jsp?name=县政府", title(2021))}'
    asked = {"utf-8": "%E5%8E%BF%E6%94%BF%E5%BA%9C", "gb18030": "%CF%D8%D5%FE%B8%AE"}
    for encoding, query in asked.items():
        (step,) = read_page(page.encode(encoding), BASE, "list").steps
        assert step.url.endswith(f"/list.jsp?name={query}")


def test_a_file_that_a_page_shows_in_a_frame_is_its_own() -> None:
    page = f'<head><title>{title(2022)}_某局</title></head><div id="zoom"><p>{TEXT}</p>%s</div>'
    viewer = '<iframe src="/pdfjs/web/viewer.html?file=/a/2022.pdf"></iframe>'
    shown = '<embed src="b.ofd"><iframe src="/count.html?id=7"></iframe>'
    assert found(read(page % viewer, BASE + "1.html", "report"), "attachment") == {
        "/a/2022.pdf": "attachment"
    }
    assert found(read(page % shown, BASE + "1.html", "report"), "attachment") == {
        "/zwgk/zfxxgknb/b.ofd": "attachment"
    }


def test_a_column_that_shows_the_newest_report_itself() -> None:
    reading = read(
        f'<title>{title(2023)}</title><div id="zoom"><p>{TEXT}</p><img src="t.png"></div>'
        + row("2022.html", title(2022))
    )
    assert reading.shows_report
    assert found(reading, "report", "attachment") == {
        "/zwgk/zfxxgknb/2022.html": "title_link",
        "/zwgk/zfxxgknb/t.png": "picture",
    }


def test_a_report_link_that_was_a_list_is_read_as_one() -> None:
    reading = read(row("1.html", title(2020)) + row("2.html", title(2021)), BASE + "all.html", "report")
    assert reading.is_list
    assert len(found(reading, "report")) == 2


@pytest.mark.parametrize(
    "page",
    [
        '<meta http-equiv="Refresh" content="0; url=/real/index.html">',
        "<script>window.location.href='/real/index.html'</script>",
        '<html><body onload=x><script>location.replace("/real/index.html")</script></body></html>',
    ],
)
def test_a_page_that_only_sends_on(page: str) -> None:
    reading = read(page, "http://www.a.gov.cn/")
    assert [(step.url, step.kind, step.rule) for step in reading.steps] == [
        ("http://www.a.gov.cn/real/index.html", "list", "page_jump")
    ]


@pytest.mark.parametrize(
    ("page", "status"),
    [
        ("", "empty_page"),
        ("<html><body></body></html>", "empty_page"),
        ("<div id=app></div><script src=a.js></script>", "script_shell"),
        ("<title>Just a moment...</title><div>Checking your browser</div>", "waiting_room"),
        ("<p>您的访问被拦截</p>", "fence"),
        ("<noscript>请开启JavaScript</noscript><script>x()</script>", "fence"),
        (f"<p>{TEXT}请稍候，安全验证</p>", "ok"),
        ("<img src='whole-report.jpg'>", "ok"),
        ("<p>网站首页</p><a href=/x>进入</a>", "ok"),
    ],
)
def test_no_real_page_is_told_from_a_real_one(page: str, status: str) -> None:
    assert read(page).status == status


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig"])
def test_pages_in_chinese_encodings(encoding: str) -> None:
    page = f'<meta charset="{encoding.replace("-sig", "")}">{row("1.html", title(2020))}'.encode(encoding)
    assert len(read_page(page, BASE, "list").steps) == 1
    undeclared = row("1.html", title(2020)).encode("gb18030")
    assert len(read_page(undeclared, BASE, "list").steps) == 1


def test_broken_pages_lead_nowhere_and_raise_nothing() -> None:
    for page in (
        b"\x00\xff\xfe" * 100,
        b"<a href='http://[::1'>" + title(2020).encode() + b"</a>",
        b"<" * 10_000,
        b"<div>" * 5_000,
        b"%PDF-1.4",
    ):
        assert all(step.kind != "report" for step in read_page(page, BASE, "list").steps)


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [
        "<record>" * 20_000 + "x" * 1_000_000,
        "<record>" * 900_000,
        "<nextgroup><a href='" * 30_000,
        "<p>" + f"<a href='x'>{'政府信息公开年度报告某' * 2}</a>" * 5_000,
        "<a href='x' title='" + "." * 1_000_000 + "x'>y</a>",
        '"' * 1_000_000 + "dataproxy.jsp",
        "{" * 500_000,
        "<a href='" + "1_" * 500_000 + "'>下一页</a>",
        "<table><tr><td>" * 20_000,
        "<li><a href=x>" + "年" * 1_000_000,
    ],
    ids=range(10),
)
def test_pages_made_to_keep_a_reader_busy_do_not(page: str) -> None:
    assert all(step.kind != "attachment" for step in read(page).steps)


@pytest.mark.parametrize(
    ("url", "second"),
    [
        ("http://a/x/", "http://a/x/index_1.html"),
        ("http://a/x/index.shtml", "http://a/x/index_1.shtml"),
        ("http://a/x/index.jhtml", "http://a/x/index_2.jhtml"),
        ("http://a/x/xxgk_list.shtml", "http://a/x/xxgk_list_2.shtml"),
        ("http://a/x/list-1.shtml", "http://a/x/list-2.shtml"),
        ("http://a/x/1.html", "http://a/x/2.html"),
        ("http://a/x?page=1", "http://a/x?page=2"),
        ("http://a/x?pageIndex=0", "http://a/x?pageIndex=1"),
        ("http://a/x/t2021.html", None),
        ("http://a/x/col61/abc.html", None),
    ],
)
def test_the_address_of_a_second_page(url: str, second: str | None) -> None:
    assert page_address(url, 2) == second
