"""Pages that repeat what nothing ends: reading stays linear, so none of them uses up a worker's time."""

from __future__ import annotations

import itertools

import pytest

from pipeline import read_reports
from pipeline.clean.guard import Failure, GuardedPool

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
