"""Tables with drawn figures, as values that the builders of files print and the tests compare with.

The labels are invented; the shapes (many columns, heads of three levels, merged groups, blank cells) are
those that office documents have.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class DrawnCell(NamedTuple):
    row: int
    col: int
    rowspan: int
    colspan: int
    text: str


@dataclass(frozen=True)
class DrawnTable:
    """``widths`` are the columns' shares of the table's width."""

    n_rows: int
    n_cols: int
    cells: tuple[DrawnCell, ...]
    head_rows: int
    widths: tuple[float, ...]

    def at(self, row: int, col: int) -> str:
        """Text of the cell that starts at a place, else an empty text."""
        return next((cell.text for cell in self.cells if cell[:2] == (row, col)), "")


def without_space(text: str) -> str:
    return "".join(text.split())


class AnyCell(Protocol):
    @property
    def row(self) -> int: ...
    @property
    def col(self) -> int: ...
    @property
    def rowspan(self) -> int: ...
    @property
    def colspan(self) -> int: ...
    @property
    def text(self) -> str: ...


def shape(cells: Sequence[AnyCell]) -> set[tuple[int, int, int, int, str]]:
    """Cells as comparable values: place, spans, and text without white space."""
    return {(c.row, c.col, c.rowspan, c.colspan, without_space(c.text)) for c in cells}


def _figure(dice: random.Random, blanks: bool) -> str:
    kind = dice.random()
    if blanks and kind < 0.1:
        return ""
    if kind < 0.45:
        return "0"
    if kind < 0.8:
        return str(dice.randint(1, 99))
    return str(dice.randint(100, 99_999))


def plain_table(seed: int, n_rows: int = 6, n_cols: int = 4, blanks: bool = True) -> DrawnTable:
    """A head row, a column of labels, figures."""
    dice = random.Random(seed)
    heads = ["事项名称", "上期数量", "本期新增", "期末合计", "核减数量", "备查数量"]
    labels = ["甲类文件", "乙类文件", "审批事项", "处罚决定", "强制措施", "集中采购", "收费项目", "其他事项"]
    cells = [DrawnCell(0, col, 1, 1, heads[col]) for col in range(n_cols)]
    for row in range(1, n_rows):
        cells.append(DrawnCell(row, 0, 1, 1, f"{labels[(row - 1) % 8]}{(row - 1) // 8 or ''}"))
        cells.extend(DrawnCell(row, col, 1, 1, _figure(dice, blanks)) for col in range(1, n_cols))
    return DrawnTable(n_rows, n_cols, tuple(cells), 1, (2.0, *(1.0 for _ in range(n_cols - 1))))


def grouped_table(seed: int, blanks: bool = True) -> DrawnTable:
    """Ten columns: three of labels in merged groups, seven of figures under a head of three levels."""
    dice = random.Random(seed)
    cells = [
        DrawnCell(0, 0, 3, 3, "所列数据之间的关系见下方说明"),
        DrawnCell(0, 3, 1, 7, "来件人情况"),
        DrawnCell(1, 3, 2, 1, "个人"),
        DrawnCell(1, 4, 1, 5, "单位"),
        DrawnCell(1, 9, 2, 1, "总数"),
        *(DrawnCell(2, 4 + i, 1, 1, text) for i, text in enumerate(["企业", "科研", "公益", "律所", "其余"])),
    ]
    row = 3
    for text in ("一、今年新收数量", "二、上年转来数量"):
        cells.append(DrawnCell(row, 0, 1, 3, text))
        row += 1
    groups = [
        ("（一）全部提供", []),
        ("（二）部分提供", []),
        ("（三）不提供", ["1.涉密事项", "2.法规不允许", "3.危及公共秩序的情形"]),
        ("（四）无法提供", ["1.没有保存", "2.需要另行制作", "3.补正后仍不明确"]),
    ]
    body = sum(max(1, len(items)) for _, items in groups)
    cells.append(DrawnCell(row, 0, body, 1, "三、今年办结"))
    for name, items in groups:
        if not items:
            cells.append(DrawnCell(row, 1, 1, 2, name))
            row += 1
            continue
        cells.append(DrawnCell(row, 1, len(items), 1, name))
        for item in items:
            cells.append(DrawnCell(row, 2, 1, 1, item))
            row += 1
    for first in range(3, row):
        cells.extend(DrawnCell(first, col, 1, 1, _figure(dice, blanks)) for col in range(3, 10))
    return DrawnTable(row, 10, tuple(sorted(cells)), 3, (1.2, 1.6, 3.2, *(0.9 for _ in range(7))))


def fifteen_columns(seed: int, blanks: bool = True) -> DrawnTable:
    """One row of fifteen figures under a head of three levels."""
    dice = random.Random(seed)
    states = ["维持", "纠正", "其他", "未结", "总计"]
    cells = [
        DrawnCell(0, 0, 1, 5, "申诉"),
        DrawnCell(0, 5, 1, 10, "起诉"),
        *(DrawnCell(1, col, 2, 1, states[col]) for col in range(5)),
        DrawnCell(1, 5, 1, 5, "未经申诉"),
        DrawnCell(1, 10, 1, 5, "申诉以后"),
        *(DrawnCell(2, 5 + col, 1, 1, states[col % 5]) for col in range(10)),
        *(DrawnCell(3, col, 1, 1, _figure(dice, blanks)) for col in range(15)),
    ]
    return DrawnTable(4, 15, tuple(sorted(cells)), 3, tuple(1.0 for _ in range(15)))
