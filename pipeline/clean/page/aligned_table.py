"""Tables without ruled lines, found by their aligned columns.

Only what a page clearly shows as a table is taken for one: at least three rows of at least three short
pieces that stand over each other. Everything else stays text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from pipeline.clean.page.aligned_body import body_rows, head_end, head_on_frame, lead, on_frame, over_all
from pipeline.clean.page.aligned_cells import AlignedCell, cells_of_row, head_rows
from pipeline.clean.page.aligned_columns import Frame, frame_of, is_figure
from pipeline.clean.page.aligned_over_pages import SECTION, going_on_to, printed_again, text_of
from pipeline.clean.page.aligned_rows import NUMBERED
from pipeline.clean.page.column_pieces import parts_of
from pipeline.clean.page.ruled_grid import merge_rules
from pipeline.clean.page.shapes import Rule
from pipeline.clean.page.text_flow import Line

MAX_LOOSE_ROWS = 4
"""Lines with fewer than three pieces that may stand between two full ones, where they are wider than
labels."""
MAX_LABEL_LINES = 16
"""Lines of labels that may stand between two full ones."""
_LARGER = 1.15
"""How much larger than a table's type a line must be set to end the table."""
_WIDE_GAP = 4.0
"""Line heights of white between two rows of a table, at most."""
_MIN_LONE_FIGURES = 5
"""Figures that a single row must have to be a table under a head set close."""


@dataclass(frozen=True, slots=True)
class AlignedTable:
    """Rows ``first`` to ``last`` (exclusive) of the page's text are this table; box in page units."""

    first: int
    last: int
    n_rows: int
    n_cols: int
    cells: tuple[AlignedCell, ...]
    box: tuple[float, float, float, float]
    frame: Frame


def find_aligned_tables(
    rows: Sequence[Sequence[Line]], rules: Sequence[Rule] = (), before: Frame | None = None
) -> list[AlignedTable]:
    """Tables among a page's rows of text (see ``text_flow.rows_of``). ``rules`` are horizontal lines that
    belong to no ruled table: they part table rows. ``before`` is the frame of a table that ended the page
    before: rows at this page's top that stand on it go on with it, be they ever so few."""
    rules = merge_rules(list(rules), 1.0, 3.5)
    tables: list[AlignedTable] = []
    index = free = 0
    while index < len(rows):
        if not _is_full(rows[index]):
            index += 1
            continue
        end = _block_end(rows, index)
        table = None
        if before is not None:
            begin = free + printed_again(rows[free:], before.head)
            start = next((n for n in range(max(index, begin), len(rows)) if _is_full(rows[n])), len(rows) - 1)
            if start - begin <= MAX_LABEL_LINES and any(is_figure(p.text) for p in rows[start]):
                end = going_on_to(rows, begin, start, _block_end(rows, start), before)
                if end > start:
                    frame = frame_of(rows[begin:end], before) or before
                    table = replace(
                        _built(rows, begin, end, frame, rules, (begin, end), goes_on=True), first=free
                    )
        if table is None:
            end = _block_end(rows, index)
            table = _table(rows, index, end, rules, free)
        if table is None:
            index += 1
        else:
            tables.append(table)
            index = free = table.last
            before = table.frame
    return tables


def _is_full(row: Sequence[Line]) -> bool:
    return len(row) >= 3 or (len(row) == 2 and len(row[1].text) <= 12 and is_figure(row[1].text))


def _block_end(rows: Sequence[Sequence[Line]], start: int) -> int:
    """Past the last full row that follows ``start`` without a large gap, a heading or too many lines of
    text."""
    end = start + 1
    loose = wide = 0
    usual = rows[start][0].size
    border = min((row[1].x0 for row in rows[start : start + 12] if _is_full(row)), default=0.0)
    for index in range(start + 1, len(rows)):
        last, row = rows[index - 1], rows[index]
        gap = min(piece.y0 for piece in row) - max(piece.y1 for piece in last)
        if gap > (_WIDE_GAP if _is_full(row) or _is_full(last) else 2.5) * max(piece.size for piece in row):
            break
        if len(row) == 1 and row[0].size > _LARGER * usual:
            break  # a heading
        if _is_full(row):
            end = index + 1
            loose = wide = 0
            continue
        following = next((later for later in rows[index + 1 : index + 8] if len(later) > 1), [])
        if (
            len(row) == 1
            and SECTION.match(row[0].text)
            and following
            and not any(is_figure(p.text) or NUMBERED.match(p.text) for p in following)
        ):
            break  # a heading with the head of the next table below it
        loose += 1
        wide += any(piece.x1 > border for piece in row)
        if loose > MAX_LABEL_LINES or wide > MAX_LOOSE_ROWS:
            break
    return end


def _table(
    rows: Sequence[Sequence[Line]], first: int, last: int, rules: Sequence[Rule], free: int
) -> AlignedTable | None:
    full = [row for row in rows[first:last] if len(row) >= 3]
    if not full:
        return None
    size = median(piece.size for row in rows[first:last] for piece in row)
    top = _reach_up(rows, first, size, free)
    if len(full) < 2 and not _under_tight_head(full[0], rows[top:first]):
        return None
    low = _reach_down(rows, last, size)
    frame = frame_of(rows[top:low])
    if frame is None or len(frame.columns) < 3 or not _looks_tabular(full, frame):
        return None
    return _built(rows, first, last, frame, rules, (top, low))


def _under_tight_head(figures: Sequence[Line], head: Sequence[Sequence[Line]]) -> bool:
    """Whether a single row of figures stands under a head whose words, set close, have one each."""
    if len(figures) < _MIN_LONE_FIGURES or not all(is_figure(p.text) for p in figures):
        return False
    words = [part for row in head[-2:] for piece in row for part in parts_of(piece)]
    over = [[w for w in words if w.x0 < p.x1 and w.x1 > p.x0] for p in figures]
    return all(len(found) <= 1 for found in over) and sum(1 for found in over if found) >= 0.6 * len(figures)


def _looks_tabular(full: Sequence[Sequence[Line]], frame: Frame) -> bool:
    values = [piece for row in full for piece in row if piece.x0 >= frame.border]
    if not values or median(len(piece.text) for piece in values) > 8:
        return False
    figures = sum(1 for piece in values if is_figure(piece.text) or len(piece.text) <= 4)
    lines = sum(1 for row in full if any(is_figure(p.text) for p in row if p.x0 >= frame.border))
    return figures >= 0.5 * len(values) and (lines >= 2 or (lines == 1 and len(frame.values) >= 5))


def _reach_up(rows: Sequence[Sequence[Line]], first: int, size: float, free: int) -> int:
    """Takes in the lines of a head above the first full one: those of several pieces, or of one that stands
    off the left."""
    left = min(p.x0 for row in rows[first : first + 8] for p in row)
    right = max(p.x1 for row in rows[first : first + 8] for p in row)
    edge = min(p.x0 for row in rows[first : first + MAX_LABEL_LINES] for p in row)
    border = min(
        (p.x0 for row in rows[first : first + 8] for p in row[1:] if is_figure(p.text)), default=left
    )
    while first > free:
        above = rows[first - 1]
        gap = min(p.y0 for p in rows[first]) - max(p.y1 for p in above)
        inside = all(p.x0 >= edge - 6 * size and p.x1 <= right + 2 * size for p in above)
        label = (
            len(above) == 1
            and above[0].x1 < rows[first][-1].x0
            and gap < 0.25 * size
            and is_figure(rows[first][-1].text)
        )
        off = label or len(above) > 1 or len(above[0].cuts) > 1 or above[0].x0 > left + 4 * size
        if (
            gap > 1.6 * size
            or not inside
            or not off
            or min(p.size for p in above) > _LARGER * size
            or any(len(part.text) > 30 and p.x1 > border for p in above for part in parts_of(p))
        ):
            break
        first -= 1
    return first


def _reach_down(rows: Sequence[Sequence[Line]], last: int, size: float) -> int:
    """Takes in the last lines of a broken label below."""
    lone = is_figure(rows[last - 1][0].text)  # the figures' label stands in lines above and below them
    left = min(p.x0 for row in rows[max(0, last - 6) : last] for p in row)
    border = min((p.x0 for p in rows[last - 1] if is_figure(p.text)), default=float("inf"))
    right = border if lone else max((p.x1 for p in rows[last - 1][:1]), default=left) + 8 * size
    border = right if border == float("inf") else border
    while last < len(rows):
        below = rows[last]
        gap = min(p.y0 for p in below) - max(p.y1 for p in rows[last - 1])
        beside = (
            gap < -0.3 * size and below[0].x1 < border + size
        )  # a label set a little lower than its figures
        if len(below) != 1 or below[0].x0 < left - 0.5 * size or gap > 0.55 * size:
            break
        if not beside and (below[0].x1 > right or NUMBERED.match(below[0].text)):
            break
        last += 1
    return last


def _built(
    rows: Sequence[Sequence[Line]],
    first: int,
    last: int,
    frame: Frame,
    rules: Sequence[Rule],
    reach: tuple[int, int],
    goes_on: bool = False,
) -> AlignedTable:
    top, low = reach
    size = median(piece.size for row in rows[first:last] for piece in row)
    body = [on_frame(row, frame) for row in rows[top:low]]
    pieces = [piece for row in body for piece in row]
    box = (
        min(piece.x0 for piece in pieces), min(piece.y0 for piece in pieces),
        max(piece.x1 for piece in pieces), max(piece.y1 for piece in pieces),
    )  # fmt: skip
    head = 0 if goes_on else head_end(body, frame, size)
    if not goes_on:
        frame = replace(frame, head=tuple(text_of(row) for row in rows[top : top + head]))
    columns = [list(column) for column in frame.columns]
    cells: list[AlignedCell] = []
    n_rows = 0
    body[:head] = [head_on_frame(row, frame) for row in body[:head]]
    over = 0
    while over < head - 1 and over_all(body[over], frame, size):
        cells += cells_of_row(n_rows, body[over], frame)
        n_rows, over = n_rows + 1, over + 1
    for group in head_rows(body[over:head], columns, lead(body, size), size) if head else []:
        cells += cells_of_row(n_rows, [piece for row in group for piece in row], frame)
        n_rows += 1
    for label, others in body_rows(body[head:], frame, rules, size):
        cells += cells_of_row(n_rows, others, frame, label)
        n_rows += 1
    return AlignedTable(top, low, n_rows, len(frame.columns), tuple(cells), box, frame)
