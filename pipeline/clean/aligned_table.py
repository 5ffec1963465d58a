"""Tables without ruled lines, found by their aligned columns.

Only what a page clearly shows as a table is taken for one: at least three rows of at least three short
pieces that stand over each other. Everything else stays text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.clean.column_pieces import GROUP, ITEM, parted, with_items_apart
from pipeline.clean.pdf_page import Rule
from pipeline.clean.text_flow import Line

_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十百\d]+[）)、.．]")
_FIGURE = re.compile(r"[\d０-９〇零一二三四五六七八九十]|^[-—/／－]+$")
MAX_LOOSE_ROWS = 4
"""Rows with fewer than three pieces that may stand between two full rows (labels broken over lines)."""

_PLAIN_FIGURE = re.compile(r"[+\-]?[\d０-９.,，]+\D{0,2}|[-—/／－]")
_LARGER = 1.15
"""How much larger than a table's type a line must be set to end the table."""
_LEADING = 1.4
"""Line heights from one line of a cell to the next, at most."""
MAX_HEAD_ROWS = 12
"""Rows above the first full one whose pieces are looked at as parts of the head."""


@dataclass(frozen=True, slots=True)
class AlignedCell:
    """A piece of a table without rules: 0-based place, width in columns, lines joined by ``\\n``."""

    row: int
    col: int
    colspan: int
    text: str


@dataclass(frozen=True, slots=True)
class AlignedTable:
    """Rows ``first`` to ``last`` (exclusive) of the page's text are this table; box in page units."""

    first: int
    last: int
    n_rows: int
    n_cols: int
    cells: tuple[AlignedCell, ...]
    box: tuple[float, float, float, float]
    columns: tuple[tuple[float, float], ...]


def find_aligned_tables(
    rows: Sequence[Sequence[Line]], rules: Sequence[Rule] = (), columns: Sequence[tuple[float, float]] = ()
) -> list[AlignedTable]:
    """Tables among a page's rows of text (see ``text_flow.rows_of``). ``rules`` are horizontal lines that
    belong to no ruled table: they part table rows. ``columns`` are those of a table that ended the page
    before: rows at this page's top that stand on them go on with it, be they ever so few."""
    tables = []
    index = 0
    if columns and rows:
        rest = _going_on(rows, columns, rules)
        if rest is not None:
            tables.append(rest)
            index = rest.last
    while index < len(rows):
        if len(rows[index]) < 3:
            index += 1
            continue
        end = _block_end(rows, index)
        table = _table(rows, index, end, rules)
        if table is None:
            index += 1
        else:
            tables.append(table)
            index = table.last
    return tables


def _block_end(rows: Sequence[Sequence[Line]], start: int) -> int:
    """Past the last full row that follows ``start`` without a large gap or too many loose rows."""
    end = start + 1
    loose = 0
    usual = rows[start][0].size
    for index in range(start + 1, len(rows)):
        last, row = rows[index - 1], rows[index]
        gap = min(piece.y0 for piece in row) - max(piece.y1 for piece in last)
        if gap > 2.5 * max(piece.size for piece in row):
            break
        if len(row) == 1 and row[0].size > _LARGER * usual:
            break  # a heading
        if len(row) >= 3 or (len(row) == 2 and len(row[1].text) <= 12 and _PLAIN_FIGURE.fullmatch(row[1].text)):
            end = index + 1
            loose = 0
        else:
            loose += 1
            if loose > MAX_LOOSE_ROWS:
                break
    return end


def _going_on(
    rows: Sequence[Sequence[Line]], columns: Sequence[tuple[float, float]], rules: Sequence[Rule]
) -> AlignedTable | None:
    start = next((index for index in range(min(3, len(rows))) if len(rows[index]) >= 3), None)
    if start is None or any(not _stands_on(row, columns) for row in rows[:start]):
        return None
    end = start + 1
    while end < _block_end(rows, start) and _stands_on(rows[end], columns):
        end += 1
    if not all(_stands_on(row, columns) for row in rows[start:end]):
        return None
    return _built(rows, 0, end, [list(column) for column in columns], rules)


def _stands_on(row: Sequence[Line], columns: Sequence[tuple[float, float]]) -> bool:
    """Each piece lies over one column alone and within the table's width."""
    slack = max(piece.size for piece in row)
    for piece in row:
        if piece.x0 < columns[0][0] - slack or piece.x1 > columns[-1][1] + slack:
            return False
        if sum(1 for lo, hi in columns if piece.x0 < hi and piece.x1 > lo) != 1:
            return False
    return True


def _columns(rows: Sequence[Sequence[Line]]) -> list[list[float]]:
    """Columns as x intervals. The fullest rows draw them; a piece that would bridge two columns spans."""
    columns: list[list[float]] = []
    for row in sorted(rows, key=lambda row: -len(row)):
        for piece in row:
            touched = [col for col in columns if piece.x0 < col[1] and piece.x1 > col[0]]
            if not touched:
                columns.append([piece.x0, piece.x1])
                columns.sort()
            elif len(touched) == 1:
                column = touched[0]
                lo, hi = min(column[0], piece.x0), max(column[1], piece.x1)
                if all(other is column or hi < other[0] or lo > other[1] for other in columns):
                    column[0], column[1] = lo, hi
    return columns


def _table(
    rows: Sequence[Sequence[Line]], first: int, last: int, rules: Sequence[Rule]
) -> AlignedTable | None:
    full = [row for row in rows[first:last] if len(row) >= 3]
    if len(full) < 3:
        return None
    columns = with_items_apart(_columns(full), rows[first:last])
    if len(columns) < 3 or not _looks_tabular(full, columns):
        return None
    return _built(rows, first, last, columns, rules)


def _built(
    rows: Sequence[Sequence[Line]], first: int, last: int, columns: list[list[float]], rules: Sequence[Rule]
) -> AlignedTable:
    size = median(piece.size for row in rows[first:last] for piece in row)
    rows = [
        parted(row, columns) if first - MAX_HEAD_ROWS <= index < last + MAX_LOOSE_ROWS else row for index, row in enumerate(rows)
    ]
    first, last = _reach(rows, first, last, columns, size)
    body = [list(row) for row in rows[first:last]]
    groups = _row_groups(body, columns, rules, size)
    pieces = [piece for row in body for piece in row]
    box = (
        min(piece.x0 for piece in pieces), min(piece.y0 for piece in pieces),
        max(piece.x1 for piece in pieces), max(piece.y1 for piece in pieces),
    )  # fmt: skip
    cells = _cells(groups, columns)
    return AlignedTable(
        first, last, len(groups), len(columns), cells, box, tuple((lo, hi) for lo, hi in columns)
    )


def _looks_tabular(full: Sequence[Sequence[Line]], columns: list[list[float]]) -> bool:
    values = [piece for row in full for piece in row if piece.x0 >= columns[1][0] - 0.5]
    if not values or median(len(piece.text) for piece in values) > 8:
        return False
    figures = sum(1 for piece in values if _FIGURE.search(piece.text) or len(piece.text) <= 4)
    fill = len(values) / (len(full) * max(1, len(columns) - 1))
    return figures >= 0.5 * len(values) and fill >= 0.4


def _reach(
    rows: Sequence[Sequence[Line]], first: int, last: int, columns: list[list[float]], size: float
) -> tuple[int, int]:
    """Takes in heads of two pieces above, and the last lines of a broken label below."""
    left, right = columns[0][0], columns[-1][1]
    while first > 0:
        above = rows[first - 1]
        gap = min(p.y0 for p in rows[first]) - max(p.y1 for p in above)
        inside = all(p.x0 >= left - size and p.x1 <= right + size for p in above)
        label_half = len(above) == 1 and above[0].x1 <= columns[1][0] and gap < 0.15 * size
        if not inside or not (label_half or (len(above) >= 2 and gap <= 1.2 * size)):
            break
        first -= 1
    while last < len(rows):
        below = rows[last]
        gap = min(p.y0 for p in below) - max(p.y1 for p in rows[last - 1])
        if len(below) >= 2 and gap <= 1.5 * size and _stands_on(below, [(lo, hi) for lo, hi in columns]):
            last += 1  # a row of the table with blank cells
            continue
        in_label = len(below) == 1 and below[0].x1 <= columns[1][0] and below[0].x0 >= left - 0.5 * size
        if not in_label or gap > 0.4 * size or _NUMBERED.match(below[0].text):
            break
        last += 1
    return first, last


def _row_groups(
    body: list[list[Line]], columns: list[list[float]], rules: Sequence[Rule], size: float
) -> list[list[list[Line]]]:
    """Lines of text gathered into table rows.

    A line with figures is a row of its own, and lines without any (parts of broken labels) go to the row
    that they stand nearest to. Above the first figures, lines set tighter than the rows are one head row.
    """
    middles = [median(piece.middle for piece in row) for row in body]
    width = columns[-1][1] - columns[0][0]
    ruled = [
        any(above < rule.at < below and rule.hi - rule.lo > 0.5 * width for rule in rules)
        for above, below in pairwise(middles)
    ]
    if sum(ruled) >= 4:  # a line under every row leaves nothing to guess
        keys = [sum(ruled[:index]) for index in range(len(body))]
    else:
        keys = _nearest_rows(body, middles, ruled, columns, size)
    head = next((index for index, row in enumerate(body) if _has_figures(row, columns)), 0)
    while head < len(body) and head and keys[head] == keys[head - 1]:
        head -= 1  # the first lines of the first row's label are no head
    groups = _head_rows(body[:head], columns, size) if head > 1 and not any(ruled[: head - 1]) else []
    for index, row in enumerate(body):
        if groups and index < head:
            continue
        if index and index != head and keys[index] == keys[index - 1]:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _head_rows(lines: list[list[Line]], columns: list[list[float]], size: float) -> list[list[list[Line]]]:
    """The head's lines as rows: in each column the lines set closely are one cell; the lowest cells of all columns are the
    last row, those above them stand in rows by their height."""
    stacks: dict[int, list[list[Line]]] = {}
    for piece in sorted((p for row in lines for p in row), key=lambda p: p.middle):
        col, _ = _place(piece, columns)
        stack = stacks.setdefault(col, [])
        if stack and piece.y1 - stack[-1][-1].y1 < _LEADING * size:
            stack[-1].append(piece)
        else:
            stack.append([piece])
    upper = sorted((cell for stack in stacks.values() for cell in stack[:-1]), key=lambda cell: cell[0].middle)
    rows: list[list[list[Line]]] = []
    last: float | None = None
    for cell in upper:
        if last is None or cell[0].middle - last > 0.6 * size:
            rows.append([])
        last = cell[0].middle
        rows[-1] += [[piece] for piece in cell]
    return [*rows, [[piece] for stack in stacks.values() for piece in stack[-1]]]


def _nearest_rows(
    body: list[list[Line]], middles: list[float], ruled: list[bool], columns: list[list[float]], size: float
) -> list[int]:
    """For each line the number of the line whose row it belongs to."""
    anchors = [index for index, row in enumerate(body) if _has_figures(row, columns)]
    keys = list(range(len(body)))
    first = anchors[0] if anchors else len(body)
    for index in range(1, first):
        if not ruled[index - 1] and middles[index] - middles[index - 1] < 0.95 * size:
            keys[index] = keys[index - 1]
    for index in range(len(body)):
        if index in anchors:
            continue
        above = max((a for a in anchors if a < index), default=None)
        below = min((a for a in anchors if a > index), default=None)
        if above is not None and any(ruled[above:index]):
            above = None
        if below is not None and any(ruled[index:below]):
            below = None
        to_above = middles[index] - middles[above] if above is not None else 1e9
        to_below = middles[below] - middles[index] if below is not None else 1e9
        numbered = _NUMBERED.match(body[index][0].text) is not None
        if above is None and to_below >= 0.95 * size:
            continue  # a head line
        if min(to_above, to_below) > 1.6 * size:
            continue  # a row of its own, as the name of a group is
        level = abs(to_above - to_below) < 0.15 * size
        if numbered and below is not None and not _NUMBERED.match(body[below][0].text) and to_below <= 1.6 * size:
            keys[index] = keys[below]  # the first line of the label whose figures stand beside its middle
        elif above is not None and not numbered and (to_above < to_below - 0.15 * size or level):
            keys[index] = keys[above]
        elif below is not None and (to_below < 0.95 * size or not numbered):
            keys[index] = keys[below]
    return _in_order(keys)


def _in_order(keys: list[int]) -> list[int]:
    """Lines between two lines of one row belong to it."""
    for index in range(len(keys)):
        same = [other for other in range(index + 1, len(keys)) if keys[other] == keys[index]]
        if same:
            keys[index : same[-1] + 1] = [keys[index]] * (same[-1] + 1 - index)
    return keys


def _has_figures(row: Sequence[Line], columns: list[list[float]]) -> bool:
    return any(
        _FIGURE.search(piece.text) and piece.x0 >= columns[0][1] and not ITEM.match(piece.text) and not GROUP.match(piece.text)
        for piece in row
    ) and not any(
        _NUMBERED.match(piece.text) and piece.x0 >= columns[0][1] and len(row) == 1 for piece in row
    )


def _cells(groups: list[list[list[Line]]], columns: list[list[float]]) -> tuple[AlignedCell, ...]:
    cells = []
    for number, group in enumerate(groups):
        texts: dict[int, list[str]] = {}
        spans: dict[int, int] = {}
        placed = [(piece, *_place(piece, columns)) for row in group for piece in row]
        figures = [col for piece, col, _ in placed if col and _PLAIN_FIGURE.fullmatch(piece.text)]
        wide = next(((c, c + w) for _, c, w in placed if w > 1 and figures and c + w <= min(figures)), (0, 0))
        for piece, col, span in placed:
            if wide[0] <= col < wide[1]:
                col, span = wide[0], wide[1] - wide[0]  # a line of the label that stands over the columns of labels
            texts.setdefault(col, []).append(piece.text)
            spans[col] = max(spans.get(col, 1), span)
        col = 0
        while col < len(columns):
            span = spans.get(col, 1)
            while span > 1 and any(other in texts for other in range(col + 1, col + span)):
                span -= 1
            cells.append(AlignedCell(number, col, span, "\n".join(texts.get(col, []))))
            col += span
    return tuple(cells)


def _place(piece: Line, columns: list[list[float]]) -> tuple[int, int]:
    touched = [
        index
        for index, (lo, hi) in enumerate(columns)
        if min(piece.x1, hi) - max(piece.x0, lo) > 0.3 * min(piece.x1 - piece.x0, hi - lo)
    ]
    if touched:
        return touched[0], touched[-1] - touched[0] + 1
    middle = (piece.x0 + piece.x1) / 2
    nearest = min(range(len(columns)), key=lambda i: abs((columns[i][0] + columns[i][1]) / 2 - middle))
    return nearest, 1
