"""Pages that repeat what nothing ends: reading stays linear, so none of them uses up a worker's time."""

from __future__ import annotations

import itertools

import pytest

from pipeline import read_reports
from pipeline.clean import read_document
from pipeline.clean.guard import Failure, GuardedPool
from pipeline.document import Paragraph

HEAD = "<html><body><h1>虚谷县2020年政府信息公开工作年度报告</h1>"
REPEATED = [
    '<a href="', "<a href='", "<a href=x ", '<div class="', '<p style="', '<iframe srcdoc="', "<iframe ", '<td colspan="',
    '<meta name="', "<script>", "<script x", "<style>", "<style x", "<!--", "<![CDATA[", "<!", "</", "<", ">", '"', "&#x",
    "<title ", "<title>x<", "<pre ", "<textarea ", "<svg><text>1", "<select><option>", "<ol><li>", "<b><p>", "<br>",
    "<table><tr><td>1</td></tr></table>", '<p style="display:none">', "&nbsp;", " ", "1,", "一、", "2020年", "(", "（", "《",
    "。", "，", "收到申请3件,",
]  # fmt: skip
ENDS = ["", ">", '"></p></body></html>', "</style></script></title></textarea></pre></iframe>-->"]
SIZE = 90_000
CPU_SECONDS = 6.0
"""What was quadratic took 10 to 40 s; what is read takes less than 0.5."""


def read(number: int) -> int:
    unit, end = list(itertools.product(REPEATED, ENDS))[number]
    return len(read_reports((HEAD + unit * (SIZE // len(unit)) + end).encode(), media_type="text/html"))


@pytest.mark.slow
def test_no_page_of_something_repeated_uses_up_its_time() -> None:
    with GuardedPool(2, CPU_SECONDS, 4_000_000_000) as pool:
        results = list(pool.map_unordered(read, range(len(REPEATED) * len(ENDS))))
    failed = [(list(itertools.product(REPEATED, ENDS))[n], r) for n, r in results if isinstance(r, Failure)]
    assert failed == []


def read_digits(count: int) -> int:
    text = f"虚谷县2020年政府信息公开工作年度报告\n收到申请{'9' * count}件"
    return len(read_reports(text.encode(), media_type="text/plain"))


@pytest.mark.slow
def test_no_number_without_end_uses_up_its_time() -> None:
    with GuardedPool(1, CPU_SECONDS, 4_000_000_000) as pool:
        assert [result for _, result in pool.map_unordered(read_digits, [60_000])] == [1]


def styled(rules: int) -> bytes:
    sheet = "".join(f".c{n} .c{n} > p:nth-child({n})~p{{display:none}}" for n in range(rules))
    return (HEAD + f"<style>{sheet}</style>" + "<p class='c1 c2'>1</p>" * 500).encode()


def read_styled(rules: int) -> str:
    return read_document(styled(rules), media_type="text/html").detail


@pytest.mark.slow
def test_sheets_that_ask_for_places_among_siblings_do_not_use_up_its_time() -> None:
    with GuardedPool(1, CPU_SECONDS, 4_000_000_000) as pool:
        [(_, detail)] = list(pool.map_unordered(read_styled, [500]))
    assert isinstance(detail, str)
    assert "style sheets were not looked at" in detail


def test_rules_that_are_looked_at_are_not_told_of() -> None:
    few = "<style>" + "".join(f".x{n} {{display:none}}" for n in range(200)) + "</style>"
    page = HEAD + "{}<p class='x3'>7</p><p>收到申请12件</p>"
    seen = read_document(page.format(few).encode(), media_type="text/html")
    assert seen.detail == ""
    assert "7" not in [b.text for b in seen.blocks if isinstance(b, Paragraph)]
    more = few.replace("</style>", ".x200 {display:none}</style>")
    told = read_document(page.format(more).encode(), media_type="text/html").detail
    assert told.startswith("at least 1 declarations")
