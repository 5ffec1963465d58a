"""Tables without rules: rows from labels of many lines, columns from where figures stand."""

from __future__ import annotations

from pipeline.clean.aligned_rows import rows_of_labels
from pipeline.clean.aligned_table import find_aligned_tables
from pipeline.clean.pdf_layout import PageLayout, furniture
from pipeline.clean.pdf_page import PageContent
from pipeline.clean.text_flow import Line

SIZE = 10.0


def _piece(text: str, x0: float, middle: float) -> Line:
    return Line(text, x0, middle - SIZE / 2, x0 + SIZE * len(text), middle + SIZE / 2, SIZE)


def _grid(rows: list[list[Line]]) -> list[list[str]]:
    (table,) = find_aligned_tables(rows)
    return [["".join(c.text.split()) for c in table.cells if c.row == row] for row in range(table.n_rows)]


def test_figures_stand_beside_the_middle_or_the_first_line_of_their_label() -> None:
    labels = [_piece("1.本机关不掌握相关", 0, 100), _piece("政府信息", 0, 112), _piece("2.没有现成信息", 0, 130), _piece("3.补正后申请", 0, 148), _piece("仍不明确", 0, 160)]
    for figures in ([106.0, 130.0, 154.0], [100.0, 130.0, 148.0]):
        rows = rows_of_labels(labels, figures, SIZE)
        assert [(row.labels, row.figures) for row in rows] == [((0, 1), 0), ((2,), 1), ((3, 4), 2)]


def test_a_heading_without_figures_is_a_row_of_its_own() -> None:
    labels = [_piece("其中：规范性文件数", 0, 100), _piece("制发文件总数", 0, 118), _piece("（二）各渠道情况", 0, 136), _piece("1.公报", 0, 154)]
    rows = rows_of_labels(labels, [100.0, 118.0, 154.0], SIZE)
    assert [(row.labels, row.figures) for row in rows] == [((0,), 0), ((1,), 1), ((2,), None), ((3,), 2)]


def test_a_column_that_only_the_head_shows() -> None:
    names = ["自然人", "企业", "其他", "总计"]
    rows = [[_piece(name, 150 + 50 * n, 100) for n, name in enumerate(names)]]
    rows += [
        [_piece(label, 0, 120 + 18 * n), *(_piece(f, 160 + 50 * c, 120 + 18 * n) for c, f in ((0, "3"), (1, "4"), (3, "7")))]
        for n, label in enumerate(("本年新收申请", "上年结转申请", "结转下年办理"))
    ]
    assert _grid(rows) == [["", *names]] + [[label, "3", "4", "", "7"] for label in ("本年新收申请", "上年结转申请", "结转下年办理")]


def test_names_of_groups_stand_apart_from_the_items_beside_them() -> None:
    rows: list[list[Line]] = []
    for n, item in enumerate(("1.国家秘密", "2.个人隐私", "3.内部事务")):
        rows.append([_piece(item, 80, 100 + 18 * n), *(_piece(str(n + c), 250 + 50 * c, 100 + 18 * n) for c in range(3))])
        if n == 1:
            rows[-1].insert(0, _piece("（三）不予", 20, 118))
    assert [row[1:] for row in _grid(rows)] == [
        ["1.国家秘密", "0", "1", "2"], ["2.个人隐私", "1", "2", "3"], ["3.内部事务", "2", "3", "4"]
    ]


def test_a_row_of_figures_at_the_top_is_no_page_number() -> None:
    row = [_piece("789", 280, 60), *(_piece("—", 320 + 40 * n, 60) for n in range(5)), _piece("797", 520, 60)]
    pages = [PageLayout(PageContent(595, 842), [], [], [row]) for _ in range(2)]
    assert furniture(pages) == [set(), set()]
