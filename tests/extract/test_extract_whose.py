"""Whose report a page is, where the title leaves the body out or puts it last."""

from __future__ import annotations

import pytest

from pipeline import read_reports
from tests.drawn.layouts.builders import LAYOUTS
from tests.drawn.layouts.sheet import Sheet

NAMED = {
    "body in brackets behind the title": ("{year}年度政府信息公开工作年度报告（{body}）", ""),
    "body in the line of the page's keeper": (
        "{year}年度政府信息公开工作年度报告",
        "<p>主办：{body}　承办：信息中心</p>",
    ),
}


@pytest.mark.parametrize("where", NAMED)
def test_the_body_is_found(where: str) -> None:
    sheet = Sheet("v2021", 3)
    title, keeper = (text.format(year=sheet.year, body=sheet.body.name) for text in NAMED[where])
    page = LAYOUTS["as_the_form"].build(sheet).decode()
    foot = f'</div><div class="footer"><p>主办单位：{sheet.body.name}</p></div>'
    assert foot in page
    page = (
        page.replace(foot, f"{keeper}</div>")
        .replace(sheet.title, title)
        .replace(f"由{sheet.body.name}编制", "由本机关编制")
    )
    (report,) = read_reports(page.encode())
    assert (report.issuer, report.year) == (sheet.body.name, sheet.year)


@pytest.mark.parametrize(
    ("title", "issuer"),
    [
        ("国家统计局湖北调查总队2018年政府信息公开工作年度报告", "国家统计局湖北调查总队"),
        (
            "银川市民族事务委员会(宗教事务局)2018年政府信息公开工作年度报告",
            "银川市民族事务委员会(宗教事务局)",
        ),
        ("云和县培训中心2018年政府信息公开工作年度报告", "云和县培训中心"),
        ("全国海关2018年政府信息公开工作年度报告", None),
    ],
)
def test_a_name_is_whole_and_a_word_in_it_makes_no_other_genre(title: str, issuer: str | None) -> None:
    page = f"{title}\n一、概述\n二、主动公开情况\n主动公开政府信息32条。\n三、依申请公开情况\n收到申请6件。\n"
    (report,) = read_reports(page.encode())
    assert report.issuer == issuer


def test_a_time_of_day_counts_nothing() -> None:
    page = "云和县2019年政府信息公开工作年度报告\n2020-01-19 19:35 县政府网站\n一、主动公开\n主动公开政府信息32条。\n"
    (report,) = read_reports(page.encode())
    assert [(o.indicator, o.value) for o in report.observations] == [("proactive.disclosed.total", 32)]


def test_a_figure_in_words_keeps_its_own_unit() -> None:
    page = "云和县2012年政府信息公开工作年度报告\n一、依申请公开\n2012年收到政府信息公开申请27件。\n"
    (report,) = read_reports(page.encode())
    assert [(o.value, o.unit) for o in report.observations if o.indicator == "application.received"] == [
        (27, "件")
    ]


def test_a_nought_before_a_point_is_no_nil() -> None:
    page = "云和县2012年政府信息公开工作年度报告\n一、收费情况\n依申请公开信息收取的费用为0.59万元。\n二、复议\n行政复议为0。\n"
    (report,) = read_reports(page.encode())
    found = {o.indicator: o.value for o in report.observations}
    assert found == {"fee.collected_yuan": 5900, "reconsideration.total": 0}
