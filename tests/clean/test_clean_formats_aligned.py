"""Tables without rules: rows from labels of many lines, columns from where figures stand."""

from __future__ import annotations

from pipeline.clean.page.aligned_rows import rows_of_labels
from pipeline.clean.page.aligned_table import find_aligned_tables
from pipeline.clean.page.layout import PageLayout, furniture
from pipeline.clean.page.note_marks import with_notes
from pipeline.clean.page.shapes import Glyph, PageContent
from pipeline.clean.page.text_flow import Cut, Line
from pipeline.clean.page.two_up import pages_of

SIZE = 10.0


def _piece(text: str, x0: float, middle: float) -> Line:
    return Line(text, x0, middle - SIZE / 2, x0 + SIZE * len(text), middle + SIZE / 2, SIZE)


def _grid(rows: list[list[Line]]) -> list[list[str]]:
    (table,) = find_aligned_tables(rows)
    return [["".join(c.text.split()) for c in table.cells if c.row == row] for row in range(table.n_rows)]


def test_figures_stand_beside_the_middle_or_the_first_line_of_their_label() -> None:
    labels = [
        _piece("1.本机关不掌握相关", 0, 100),
        _piece("政府信息", 0, 112),
        _piece("2.没有现成信息", 0, 130),
        _piece("3.补正后申请", 0, 148),
        _piece("仍不明确", 0, 160),
    ]
    for figures in ([106.0, 130.0, 154.0], [100.0, 130.0, 148.0]):
        rows = rows_of_labels(labels, figures, SIZE)
        assert [(row.labels, row.figures) for row in rows] == [((0, 1), 0), ((2,), 1), ((3, 4), 2)]


def test_a_heading_without_figures_is_a_row_of_its_own() -> None:
    labels = [
        _piece("其中：规范性文件数", 0, 100),
        _piece("制发文件总数", 0, 118),
        _piece("（二）各渠道情况", 0, 136),
        _piece("1.公报", 0, 154),
    ]
    rows = rows_of_labels(labels, [100.0, 118.0, 154.0], SIZE)
    assert [(row.labels, row.figures) for row in rows] == [((0,), 0), ((1,), 1), ((2,), None), ((3,), 2)]


def test_a_column_that_only_the_head_shows() -> None:
    names = ["自然人", "企业", "其他", "总计"]
    rows = [[_piece(name, 150 + 50 * n, 100) for n, name in enumerate(names)]]
    rows += [
        [
            _piece(label, 0, 120 + 18 * n),
            *(_piece(f, 160 + 50 * c, 120 + 18 * n) for c, f in ((0, "3"), (1, "4"), (3, "7"))),
        ]
        for n, label in enumerate(("本年新收申请", "上年结转申请", "结转下年办理"))
    ]
    assert _grid(rows) == [["", *names]] + [
        [label, "3", "4", "", "7"] for label in ("本年新收申请", "上年结转申请", "结转下年办理")
    ]


def test_names_of_groups_stand_apart_from_the_items_beside_them() -> None:
    rows: list[list[Line]] = []
    for n, item in enumerate(("1.国家秘密", "2.个人隐私", "3.内部事务")):
        rows.append(
            [
                _piece(item, 80, 100 + 18 * n),
                *(_piece(str(n + c), 250 + 50 * c, 100 + 18 * n) for c in range(3)),
            ]
        )
        if n == 1:
            rows[-1].insert(0, _piece("（三）不予", 20, 118))
    assert [row[1:] for row in _grid(rows)] == [
        ["1.国家秘密", "0", "1", "2"],
        ["2.个人隐私", "1", "2", "3"],
        ["3.内部事务", "2", "3", "4"],
    ]


def test_a_row_of_figures_at_the_top_is_no_page_number() -> None:
    row = [_piece("789", 280, 60), *(_piece("—", 320 + 40 * n, 60) for n in range(5)), _piece("797", 520, 60)]
    pages = [PageLayout(PageContent(595, 842), [], [], [row]) for _ in range(2)]
    assert furniture(pages) == [set(), set()]


def _glyphs(text: str, x0: float, middle: float) -> list[Glyph]:
    wide = [SIZE if char > "\u2e80" else SIZE / 2 for char in text]
    starts = [x0 + sum(wide[:n]) for n in range(len(text))]
    return [
        Glyph(c, x, middle - 5, x + w, middle + 5, SIZE) for c, x, w in zip(text, starts, wide, strict=True)
    ]


def _listed(columns: tuple[float, float], width: float) -> PageContent:
    glyphs = _glyphs("某某区人民政府统计表", width / 2 - 50, 40)
    for n in range(12):
        for left, step in zip(columns, (0, 3 * n), strict=True):
            glyphs += _glyphs(f"第{n}项公开政府信息数", left, 80 + 16 * n + step) + _glyphs(
                "条", left + 125, 80 + 16 * n + step
            )
            glyphs += _glyphs(str(10 + n), left + 160, 80 + 16 * n + step)
    return PageContent(width, 300, glyphs)


def test_two_lists_of_indicators_beside_each_other_are_two_parts() -> None:
    parts = pages_of(_listed((40, 300), 520))
    assert [len(part.glyphs) for part in parts] == [10, 158, 158]
    assert min(g.x0 for g in parts[1].glyphs) == min(g.x0 for g in parts[2].glyphs)


def test_figures_beside_their_labels_are_no_second_list() -> None:
    content = PageContent(520, 300)
    for n in range(12):
        content.glyphs += _glyphs(f"第{n}项公开政府信息数", 40, 80 + 16 * n)
        content.glyphs += [g for c in range(7) for g in _glyphs(str(10 + n), 190 + 40 * c, 80 + 16 * n)]
    assert pages_of(content) == [content]


def test_serial_numbers_stand_in_a_column_of_their_own() -> None:
    rows = [
        [
            _piece("序号", 0, 80),
            _piece("统计指标", 110, 80),
            _piece("统计数", 290, 80),
            _piece("上年数", 350, 80),
        ]
    ]
    labels = (
        "一、公开情况",
        "公开政府信息数",
        "政府网站公开政府信息数",
        "其他",
        "收到申请数",
        "办结数",
        "答复数",
    )
    rows += [
        [
            _piece(str(n + 1), 0, 100 + 18 * n),
            _piece(label, 40, 100 + 18 * n),
            *([_piece("5", 300, 100 + 18 * n), _piece("6", 360, 100 + 18 * n)] * (n > 0)),
        ]
        for n, label in enumerate(labels)
    ]
    assert _grid(rows)[1:] == [
        [str(n + 1), label, *(["5", "6"] if n else ["", ""])] for n, label in enumerate(labels)
    ]


def test_a_head_set_close_over_one_row_of_figures() -> None:
    words = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    cuts = tuple(Cut(5 * n - 1, 45.0 * n - 5, 45.0 * n) for n in range(1, 5))
    head = Line(" ".join(words), 0, 95, 200, 105, SIZE, cuts)
    rows = [[head], [_piece(str(n), 15 + 45 * n, 120) for n in range(4)] + [_piece("6", 185, 120)]]
    assert _grid(rows) == [words, ["0", "1", "2", "3", "6"]]


def test_a_table_goes_on_below_a_title_inside_it() -> None:
    above = [
        [_piece("行政许可", 0, 100 + 18 * n), *(_piece("7", 150 + 80 * c, 100 + 18 * n) for c in range(3))]
        for n in range(3)
    ]
    (table,) = find_aligned_tables(above)
    below = [[_piece("第二十条第（六）项", 120, 40)], [_piece("行政处罚", 0, 58), _piece("9", 230, 58)]]
    (rest,) = find_aligned_tables(below, (), table.frame)
    assert [c.text for c in rest.cells if c.row == 1] == ["行政处罚", "", "9", ""]
    assert not find_aligned_tables([[_piece("二、政府信息公开情况", 120, 40)], below[1]], (), table.frame)


def test_a_head_printed_again_on_the_next_page_is_no_row() -> None:
    head = [
        [_piece("申请人情况", 200, 40)],
        [_piece(name, 150 + 60 * n, 58) for n, name in enumerate(("自然人", "企业", "总计"))],
    ]
    rows = [
        [_piece(f"{n}.某项", 0, 76 + 18 * n), *(_piece(str(n), 160 + 60 * c, 76 + 18 * n) for c in range(3))]
        for n in range(1, 5)
    ]
    (table,) = find_aligned_tables([*head, *rows])
    (rest,) = find_aligned_tables([*head, *rows[:2]], (), table.frame)
    assert (rest.first, rest.last) == (0, 4)
    assert [c.text for c in rest.cells if c.col == 0] == ["1.某项", "2.某项"]


def test_the_name_of_an_article_begins_a_row() -> None:
    labels = [_piece("规范性文件", 0, 100), _piece("第二十条第（五）项", 0, 112), _piece("行政许可", 0, 124)]
    assert [row.labels for row in rows_of_labels(labels, [100.0, 124.0], SIZE)] == [(0,), (1,), (2,)]


def test_titles_of_two_years_are_no_running_head() -> None:
    titles = [[[_piece(f"某某局{year}年政府信息公开工作年度报告", 100, 60)]] for year in (2020, 2021)]
    heads = [[[_piece(f"某某局2020年年度报告第{n}页", 100, 60)]] for n in (1, 2)]
    pages = [[PageLayout(PageContent(595, 842), [], [], rows) for rows in both] for both in (titles, heads)]
    assert [furniture(both) for both in pages] == [[set(), set()], [{0}, {0}]]


def test_raised_marks_behind_a_figure_are_notes() -> None:
    glyphs = _glyphs("865", 0, 100)
    mark = Glyph("1", 15.2, 94, 17.7, 99, 5.0)
    low = mark._replace(y0=100, y1=105)
    assert "".join(g.text for g in with_notes([*glyphs, mark])) == "865（1）"
    assert with_notes([*glyphs, low]) == [*glyphs, low]
    assert with_notes([*glyphs, mark._replace(x0=30, x1=32)])[-1].text == "1"


def test_the_last_label_keeps_its_lines_below_a_groups_name() -> None:
    rows = [
        [
            _piece("（六）其他", 20, 100),
            _piece("1.国家秘密", 90, 100),
            *(_piece(str(c), 260 + 50 * c, 100) for c in range(3)),
        ]
    ]
    rows += [[_piece("2.申请人无正当理由", 90, 118)]]
    rows += [[_piece("行政机关不再处理", 90, 130), *(_piece("7", 260 + 50 * c, 130) for c in range(3))]]
    rows += [[_piece("理", 40, 136)], [_piece("其申请", 90, 142)]]
    (table,) = find_aligned_tables(rows)
    assert (table.first, table.last) == (0, 5)
    assert not [c for c in table.cells if c.text.startswith("2.") and "其申请" not in c.text]
