"""The steps of a table one by one: rows, heads, alignment, and what is kept of rows that nobody knows."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.document import Cell, Layout, Table
from pipeline.extract.tables.alignment import aligned, kept, spread, unit_of
from pipeline.extract.tables.heads import Heads, learn
from pipeline.extract.tables.kinds import Above
from pipeline.extract.tables.orders import Column, best_order, total_first, total_last
from pipeline.extract.tables.rows import Form, Item, rows_of
from pipeline.extract.tables.table import read_table
from pipeline.extract.tables.vocabulary import vocabulary

FORM = Form(vocabulary(), "v2021", 2023)
NAMES = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")


def _table(rows: Sequence[Sequence[str]], layout: Layout = "grid") -> Table:
    cells = [
        Cell(r, c, 1, 1, text, f"row {r + 1} cell {c + 1}")
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]
    return Table(tuple(cells), len(rows), max(map(len, rows)), "table 1", layout=layout)


def _rows(*rows: Sequence[str], form: Form = FORM) -> list[list[Item]]:
    return [list(row) for row in rows_of(_table(rows), form)]


def test_an_item_says_what_its_text_means() -> None:
    ((label, figure, blank, unit, name),) = _rows(["（一）予以公开", "12", "", "件", "其他"])
    assert (label.is_row, label.rows[0].indicator) == (True, "application.outcome.granted")
    assert (figure.is_figure, figure.reading.value, figure.rows) == (True, 12, ())
    assert (blank.is_value, blank.is_blank, blank.is_figure) == (True, True, False)
    assert (unit.is_unit, unit.names) == (True, False)
    assert (name.applicant, name.is_row) == ("other", False)


def test_a_list_with_two_labels_in_a_row_is_cut() -> None:
    form = Form(vocabulary(), "v2014", 2017)
    rows = _rows(["收到申请数", "12", "申请办结数", "11"], form=form)
    assert [[i.text for i in row] for row in rows] == [["收到申请数", "12"], ["申请办结数", "11"]]


def test_a_stream_is_cut_at_labels() -> None:
    table = _table([["二、上年结转政府信息公开申请数量", "1", "2", "（一）予以公开", "3"]], "stream")
    assert [[i.text for i in row][1:] for row in rows_of(table, FORM)] == [["1", "2"], ["3"]]


def _order(values: Sequence[str], names: Sequence[str] = NAMES) -> list[str]:
    head, body = _rows(["", *names], ["（一）予以公开", *values])
    kind, heads = learn(Heads(), [head], [body], False, "", FORM)
    assert kind == "applicant"
    return [c.key for c in heads.applicant]


def test_the_order_of_a_head_is_the_one_that_adds_up() -> None:
    assert _order(["1", "2", "0", "0", "0", "3", "6"])[-1] == "total"
    assert _order(["6", "1", "2", "0", "0", "0", "3"])[0] == "total"


def test_a_head_of_results_belongs_to_its_groups() -> None:
    states = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    head, body = _rows([*states] * 1 + [*states] * 2, ["0"] * 15)
    kind, heads = learn(Heads(), [head], [body], False, "", FORM)
    assert kind == "state"
    assert [c.group for c in heads.state[::5]] == [
        "reconsideration",
        "litigation.direct",
        "litigation.after_review",
    ]


def test_heads_of_unknown_names_are_none() -> None:
    head, body = _rows(["甲", "乙"], ["1", "2"])
    assert learn(Heads(), [head], [body], False, "", FORM) == ("", Heads())


COLUMNS = tuple(Column(key, key, n) for n, key in enumerate(("natural_person", "enterprise", "total")))


def _texts(found: Sequence[Item | None] | None) -> list[str | None] | None:
    return None if found is None else [i.text if i else None for i in found]


@pytest.mark.parametrize(
    ("values", "read"),
    [
        (["1", "2", "3"], ["1", "2", "3"]),
        (["1", "2", "3", ""], ["1", "2", "3"]),
        (["", "1", "2", "3"], ["1", "2", "3"]),
        (["件", "1", "2", "3"], ["1", "2", "3"]),
        (["1", "2", "3", "4"], None),
        (["1", "2"], None),
    ],
)
def test_values_fill_columns_where_the_row_leaves_no_choice(
    values: list[str], read: list[str] | None
) -> None:
    moved = [i._replace(col=i.col + 7) for i in _rows(values)[0]]  # the places say nothing
    assert _texts(aligned(moved, COLUMNS, False, False)) == read


def test_places_hold_where_the_whole_table_bears_them_out() -> None:
    (row,) = _rows(["1", "", "1"])
    assert _texts(aligned(row, COLUMNS, True, False)) == ["1", "", "1"]


def test_a_blank_that_a_stream_kept_shows_the_places() -> None:
    columns = tuple(Column(a, a, n) for n, a in enumerate(vocabulary().applicants))
    row = _rows(["", "2", "0", "0", "0", "0", "2"])[0]
    assert _texts(kept(row, columns)) == ["", "2", "0", "0", "0", "0", "2"]
    assert kept(_rows(["", "2", "0", "0", "0", "0", "3"])[0], columns) is None


def test_a_zero_over_several_columns_stands_in_each() -> None:
    (row,) = _rows(["0", "5"])
    wide = [row[0]._replace(colspan=3), row[1]]
    assert [i.text for i in spread(wide, 4)] == ["0", "0", "0", "5"]
    assert spread([row[1]._replace(colspan=3), row[0]], 4) != ["5", "5", "5", "0"]


def test_money_heads_name_their_unit() -> None:
    assert [unit_of(t) for t in ("本年收费金额(单位:万元)", "数量", "金额（元）")] == ["万元", "", "元"]


def test_orders_with_the_total_first_or_last() -> None:
    assert total_first(COLUMNS)[0].key == "total"
    assert best_order([total_last(COLUMNS), COLUMNS], []) == COLUMNS


def test_a_local_row_keeps_the_names_of_its_columns() -> None:
    rows = [["指标名称", "计量单位", "2016年度", "历年累计"], ["本地自设的一项指标", "条", "3", "20"]]
    reading, _ = read_table(_table(rows), Form(vocabulary(), "v2008", 2016), Above())
    assert [(o.label, o.value) for o in reading.local] == [
        ("本地自设的一项指标 | 2016年度", 3),
        ("本地自设的一项指标 | 历年累计", 20),
    ]


def test_a_sum_over_all_years_never_stands_as_this_years() -> None:
    rows = [["指标名称", "单位", "2016年度", "历年累计"], ["信函、传真申请数", "条", "", "20"]]
    reading, _ = read_table(_table(rows), Form(vocabulary(), "v2008", 2016), Above())
    ((_, seen),) = reading.placed.items()
    assert (seen.indicator, seen.state, seen.value) == ("application.received.letter_or_fax", "blank", None)
    assert [(o.label, o.value) for o in reading.local] == [("信函、传真申请数 | 历年累计", 20)]


@pytest.mark.parametrize("text", ["(14)", "（14）", "△14"])
def test_brackets_and_triangles_are_signs_where_the_form_has_them(text: str) -> None:
    rows = [["信息内容", "上一年项目数量", "本年增/减", "处理决定数量"], ["行政许可", "20", text, "9"]]
    reading, _ = read_table(_table(rows), Form(vocabulary(), "v2019", 2020), Above())
    assert reading.placed["proactive.licensing.items_change", None].value == -14
    rows[1][1:3] = [text, "3"]
    reading, _ = read_table(_table(rows), Form(vocabulary(), "v2019", 2020), Above())
    assert reading.placed["proactive.licensing.items_prev_year", None].state == "unreadable"


def test_no_local_figure_is_dropped_at_a_bound() -> None:
    rows = [[f"地方自设指标第{n}项", str(n)] for n in range(1, 2501)]
    reading, _ = read_table(_table(rows), Form(vocabulary(), "v2014", 2017), Above())
    assert len(reading.local) == 2500
