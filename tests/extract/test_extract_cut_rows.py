"""Rows cut by a page's end become whole where their labels make one of the codebook's."""

from __future__ import annotations

from pipeline.document import Cell, Table
from pipeline.extract.tables.cut_rows import with_whole_rows
from pipeline.extract.tables.vocabulary import vocabulary


def _table(rows: list[list[str]], joint: int) -> Table:
    cells = tuple(
        Cell(r, c, 1, 1, text, f"row {r + 1}, column {c + 1}")
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    )
    return Table(cells, len(rows), len(rows[0]), "page 1, table 1", joints=(joint,))


def _whole(rows: list[list[str]], joint: int = 1) -> list[list[str]]:
    table = with_whole_rows(_table(rows, joint), vocabulary(), "v2021")
    found: list[list[str]] = [[] for _ in rows]
    for cell in table.cells:
        found[cell.row].append(cell.text)
    return found


def test_a_label_cut_in_two_takes_its_figures_along() -> None:
    assert _whole([["3.危及“三安", "9", "1"], ["全一稳定”", "", ""]]) == [
        ["3.危及“三安\n全一稳定”", "9", "1"],
        ["", "", ""],
    ]
    assert _whole([["4.无正当理由大", "", ""], ["量反复申请", "5", ""]])[0] == [
        "4.无正当理由大\n量反复申请",
        "5",
        "",
    ]


def test_two_rows_stay_two() -> None:
    for rows in (
        [["1.属于国家秘密", "", ""], ["2.其他法律行政法规禁止公开", "4", ""]],
        [["3.危及“三安", "9", "1"], ["全一稳定”", "2", ""]],
        [["（七）总计", "9", "1"], ["某地自设的行", "", ""]],
    ):
        assert _whole(rows) == rows


def test_a_head_cut_in_two() -> None:
    rows = [["自然人", "社会", "法律"], ["", "公益组织", "服务机构"], ["3", "4", "5"]]
    assert _whole(rows)[0] == ["自然人", "社会\n公益组织", "法律\n服务机构"]
    assert _whole(rows)[1] == ["", "", ""]
