"""A table of half a year beside that of the whole."""

from __future__ import annotations

import pytest

from pipeline.document import Block, Cell, Paragraph, Table
from pipeline.extract.tables.report import read_tables
from pipeline.extract.tables.years import part_of_year, titles_of

LABELS = ("一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量", "四、结转下年度继续办理")
HEAD = ("项目", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")


def _table(figures: tuple[int, ...], place: str) -> Table:
    rows = [HEAD, *((label, str(n), *("0",) * 5, str(n)) for label, n in zip(LABELS, figures, strict=True))]
    cells = tuple(Cell(r, c, 1, 1, text, "") for r, row in enumerate(rows) for c, text in enumerate(row))
    return Table(cells, len(rows), len(HEAD), place)


def _totals(blocks: list[Block]) -> list[object]:
    found = read_tables(blocks, "v2021", 2023).observations
    return [o.value for o in found if o.applicant == "total" and not o.indicator.startswith("local.")]


def test_the_whole_year_holds() -> None:
    year, half = _table((30, 2, 4), "table 1"), _table((11, 2, 1), "table 2")
    title = Paragraph("附件：2023年上半年收到和处理政府信息公开申请情况", "paragraph 1")
    assert _totals([year, title, half]) == [30, 2, 4]
    assert _totals([title, half, Paragraph("2023年全年情况", "paragraph 2"), year]) == [30, 2, 4]
    assert _totals([title, half]) == [11, 2, 1]
    assert _totals([year, Paragraph("附件：另一份情况表", "paragraph 1"), half]) == [None, 2, None]


@pytest.mark.parametrize(
    ("title", "part"),
    [
        ("2023年第三季度情况表", True),
        ("1-6月统计数据", True),
        ("1—11月情况", True),
        ("2023年1-12月情况", False),
        ("2023年1月1日至12月31日情况", False),
        ("季度表彰情况", False),
    ],
)
def test_titles_of_parts_of_a_year(title: str, part: bool) -> None:
    assert part_of_year(titles_of([title], _table((1, 1, 1), "table 1"))) is part
