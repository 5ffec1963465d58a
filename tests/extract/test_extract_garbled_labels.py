"""Labels that recognition garbled: read by what must stand between their neighbours, and left alone where
that is open."""

from __future__ import annotations

from typing import Literal

from pipeline.document import Cell, Table
from pipeline.extract.tables.rows import Form, rows_of
from pipeline.extract.tables.vocabulary import vocabulary


def _labels(names: list[str], method: Literal["table", "ocr"] = "ocr") -> list[str]:
    cells = [
        Cell(row, col, 1, 1, text, f"row {row + 1}")
        for row, name in enumerate(names)
        for col, text in enumerate((name, "3", "4", "7"))
    ]
    table = Table(tuple(cells), len(names), 4, "page 1, table 1", method=method)
    return [row[0].text for row in rows_of(table, Form(vocabulary(), "v2021", None))]


BEFORE, AFTER = "2.没有现成信息需要另行制作", "1.信访举报投诉类申请"


def test_the_one_row_between_two_known_ones() -> None:
    assert _labels([BEFORE, "3. 补止后中请内容仍不[1]60", AFTER])[1] == "3.补正后申请内容仍不明确"
    assert _labels(["行政处罚", "行政出制", "行政事业性收费"])[1] == "行政强制"


def test_another_number_or_another_look_is_left_alone() -> None:
    for text in ("4. 补止后中请内容仍不[1]60", "部门间共享数量"):
        assert _labels([BEFORE, text, AFTER])[1] == text


def test_nothing_is_missing_between_neighbours() -> None:
    assert _labels([BEFORE, "3.补正后申请内容仍不明确", "补止后中请内容仍", AFTER])[2] == "补止后中请内容仍"


def test_tables_that_were_not_recognised_keep_their_labels() -> None:
    assert (
        _labels([BEFORE, "3. 补止后中请内容仍不[1]60", AFTER], method="table")[1]
        == "3. 补止后中请内容仍不[1]60"
    )


def test_column_heads_by_their_neighbours() -> None:
    heads = ["结果维持", "结果纠正", "共他结果", "尚术月结", "总计"]
    cells = [
        *(Cell(0, n, 1, 1, text, "row 1") for n, text in enumerate(heads)),
        *(Cell(1, n, 1, 1, "0", "row 2") for n in range(5)),
    ]
    rows = rows_of(
        Table(tuple(cells), 2, 5, "page 1, table 1", method="ocr"), Form(vocabulary(), "v2021", None)
    )
    assert [i.text for i in rows[0]][3] == "尚未审结"


def test_the_beginning_of_a_long_label_tells_it() -> None:
    find = vocabulary().modern.find
    assert [key.indicator for key in find("5.要求行政机关确认或")] == [
        "application.outcome.not_processed.confirm_reissue"
    ]
    assert [key.indicator for key in find("2.申请人逾期未按收费")] == ["application.outcome.other.unpaid_fee"]
    assert not find("申请人")
    assert not find("政府信息公开申请情况说明")
