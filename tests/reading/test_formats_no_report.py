"""Pages that are no report: lists of titles, news, photographs, a bare title; and short reports that are
one."""

from __future__ import annotations

import pytest

from pipeline.reading.whole import read_whole

TITLES = [f"临水县{year}年政府信息公开工作年度报告" for year in range(2015, 2021)]
LIST = (
    "<ul>"
    + "".join(f'<li><a href="{n}.html">{t}</a><span>2021-01-1{n}</span></li>' for n, t in enumerate(TITLES))
    + "</ul>"
)
NEWS = "<h1>全县春耕备耕工作会议召开</h1><p>3月2日，县里召开会议，安排春耕。会上，三个乡镇作了发言。</p><p>会议要求抓紧抓细。</p>"


def page(body: str, title: str = "临水县人民政府") -> bytes:
    return f"<html><head><meta charset='utf-8'><title>{title}</title></head><body><div>{body}</div></body></html>".encode()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (LIST, "6 titles"),
        (
            f"<h1>年度报告</h1><p>以下是历年报告，共六份，请点击标题阅读，如有疑问可以来信来电询问。</p>{LIST}",
            "6 titles",
        ),
        (NEWS, "no title"),
        (NEWS + "<p><img src='photo.jpg'></p>", "no title"),
        (f"<h1>{TITLES[0]}</h1><p>发布时间：2016-01-11</p>", "a title alone"),
        (
            f'<h1>{TITLES[0]}</h1><iframe src="/view.html?file=/a.pdf"></iframe>',
            "in a frame /view.html?file=/a.pdf",
        ),
    ],
)
def test_a_page_without_a_report_says_so(body: str, said: str) -> None:
    document, reports = read_whole(page(body))
    assert reports == ()
    assert document.status == "not_a_report"
    assert said in document.detail


def test_a_short_report_without_figures_is_kept() -> None:
    body = (
        f"<h1>{TITLES[0]}</h1><p>我单位重视公开工作，全年按要求更新栏目，未设专门机构，工作由综合科承担。</p>"
    )
    document, reports = read_whole(page(body))
    assert document.status == "ok"
    assert [r.title for r in reports] == [TITLES[0]]


def test_a_report_without_a_title_is_kept_for_its_figures() -> None:
    document, reports = read_whole(
        page("<p>一、概述</p><p>2015年，全县收到政府信息公开申请12件。</p><p>二、申请</p><p>均已答复。</p>")
    )
    assert document.status == "ok"
    assert len(reports) == 1
    assert any(o.value == 12 for o in reports[0].observations)


def test_an_unreadable_file_keeps_its_own_status() -> None:
    document, reports = read_whole(b"%PDF-1.7 cut off")
    assert reports == ()
    assert document.status not in ("ok", "not_a_report")
