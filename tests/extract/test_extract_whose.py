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
