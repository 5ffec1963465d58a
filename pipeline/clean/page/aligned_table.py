"""Tables without ruled lines, found by their aligned columns.

Only what a page clearly shows as a table is taken for one: at least three rows of at least three short
pieces that stand over each other. Everything else stays text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from pipeline.clean.page.aligned_cells import AlignedCell, cells_of_row, head_rows, in_labels, nearest_column
from pipeline.clean.page.aligned_columns import Frame, frame_of, is_figure
from pipeline.clean.page.aligned_over_pages import SECTION, going_on_to, printed_again, text_of
from pipeline.clean.page.aligned_rows import NUMBERED, Row, rows_of_labels
from pipeline.clean.page.column_pieces import parted, parts_of, split_at
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
_LEADING = 1.6
"""Line heights from one line of a cell to the next, at most."""
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
    body = [_on_frame(row, frame) for row in rows[top:low]]
    pieces = [piece for row in body for piece in row]
    box = (
        min(piece.x0 for piece in pieces), min(piece.y0 for piece in pieces),
        max(piece.x1 for piece in pieces), max(piece.y1 for piece in pieces),
    )  # fmt: skip
    head = 0 if goes_on else _head_end(body, frame, size)
    if not goes_on:
        frame = replace(frame, head=tuple(text_of(row) for row in rows[top : top + head]))
    columns = [list(column) for column in frame.columns]
    cells: list[AlignedCell] = []
    n_rows = 0
    body[:head] = [_head_on_frame(row, frame) for row in body[:head]]
    over = 0
    while over < head - 1 and _over_all(body[over], frame, size):
        cells += cells_of_row(n_rows, body[over], frame)
        n_rows, over = n_rows + 1, over + 1
    for group in head_rows(body[over:head], columns, _lead(body, size), size) if head else []:
        cells += cells_of_row(n_rows, [piece for row in group for piece in row], frame)
        n_rows += 1
    for label, others in _body_rows(body[head:], frame, rules, size):
        cells += cells_of_row(n_rows, others, frame, label)
        n_rows += 1
    return AlignedTable(top, low, n_rows, len(frame.columns), tuple(cells), box, frame)


def _head_on_frame(row: Sequence[Line], frame: Frame) -> list[Line]:
    """The pieces of a line of the head, parted at all their gaps where each part has a column of its own."""
    columns = [list(column) for column in frame.columns]
    found: list[Line] = []
    for piece in row:
        parts = parts_of(piece)
        places = {nearest_column(part, columns)[0] for part in parts}
        found += (
            parts if len(parts) > 1 and len(places) == len(parts) and piece.x1 > frame.border else [piece]
        )
    return found


def _on_frame(row: Sequence[Line], frame: Frame) -> list[Line]:
    """The pieces of a line, parted where a column ends inside them."""
    found: list[Line] = []
    for piece in parted(row, frame.columns):
        parts = [piece]
        if frame.labels > 1:
            for cut in piece.cuts:
                if piece.x0 < frame.border and NUMBERED.match(piece.text[cut.at :].lstrip()):
                    parts[-1:] = split_at(parts[-1], cut.x1)
            for x in (frame.outer, frame.split):
                parts = [half for part in parts for half in (split_at(part, x) if part.x0 < x else [part])]
        found += parts
    return found


def _head_end(body: Sequence[Sequence[Line]], frame: Frame, size: float) -> int:
    """Past the lines above the first row of figures and its label."""
    first = next(
        (n for n, row in enumerate(body) if any(is_figure(p.text) and p.x1 > frame.border for p in row)),
        len(body),
    )
    if first == len(body):
        return 0
    level = median(p.middle for p in body[first])
    end = first
    while end and level - body[end - 1][0].middle < 4 * size:
        line = body[end - 1]
        label = [p for p in line if p.x0 < frame.border]
        if len(label) < len(line) or not label:
            break
        end -= 1
        if _begins_row(label, frame):
            above = body[end - 1] if end else []
            if end and all(p.x0 < frame.border for p in above) and _begins_row(above, frame):
                continue
            return end
    near = [n for n in range(end, first) if level - body[n][0].middle < 1.1 * size]
    return near[0] if near else first


def _begins_row(label: Sequence[Line], frame: Frame) -> bool:
    return NUMBERED.match(label[0].text) is not None or _is_serial(label[0], frame)


def _body_rows(
    body: Sequence[Sequence[Line]], frame: Frame, rules: Sequence[Rule], size: float
) -> list[tuple[list[Line], list[Line]]]:
    """The lines of each row's label below the head, and the row's other pieces."""
    banded = _bands(body, frame, rules)
    if banded is not None:
        return banded
    left = [p for row in body for p in row if in_labels(p, frame) and not _is_serial(p, frame)]
    items = [p.middle for p in left if p.x1 > frame.split + 0.5]
    steps = sorted(b - a for a, b in pairwise(items) if b - a > 0.3 * size)
    reach = max(0.8 * size, 0.62 * steps[(3 * len(steps)) // 4]) if steps else 0.8 * size
    names = [
        p for p in left
        if p.x1 <= frame.outer or (p.x1 <= frame.split + 0.5 and any(abs(p.middle - y) <= reach for y in items))
    ]  # fmt: skip
    lead = _lead(body, size)
    labels = sorted((p for p in left if not any(p is name for name in names)), key=lambda p: p.middle)
    lines: list[list[Line]] = []
    for row in body:
        values = [p for p in row if not in_labels(p, frame) or _is_serial(p, frame)]
        if not values:
            continue
        words = not any(is_figure(p.text) for p in (*values, *(lines[-1] if lines else ())))
        beside = len(values) < len(row) and len(lines[-1]) == 1 if lines else False
        if lines and words and not beside and values[0].middle - lines[-1][-1].middle < lead:
            lines[-1] += values  # a head's cell over two lines
        else:
            lines.append(values)
    heights = [median(p.middle for p in line) for line in lines]
    found = [
        ([labels[n] for n in row.labels], list(lines[row.figures]) if row.figures is not None else [])
        for row in _in_order(rows_of_labels(labels, heights, size), labels, heights)
    ]
    found = _rejoined(found, size)
    for name in names:  # the name of a group stands in the first row that reaches down to it
        reached = [r for r in found if max(p.middle for p in (*r[0], *r[1])) >= name.middle - 0.3 * size]
        for _, others in (reached or found[-1:])[:1]:
            others.append(name)
    return found


def _is_serial(piece: Line, frame: Frame) -> bool:
    """Whether a piece is the number of its row, and so tells where the row stands."""
    return frame.serial and piece.x1 <= frame.split + 0.5 and piece.text.isdigit()


def _rejoined(rows: list[tuple[list[Line], list[Line]]], size: float) -> list[tuple[list[Line], list[Line]]]:
    """The rows, figures without a label put beside the nearest label without figures next to them: a label
    left alone would read as blank."""
    rows = list(rows)
    for n, (label, figures) in enumerate(rows):
        if label or not any(is_figure(p.text) for p in figures):
            continue
        level = median(p.middle for p in figures)
        near = [
            (min(abs(p.middle - level) for p in rows[m][0]), m) for m in (n - 1, n + 1)
            if 0 <= m < len(rows) and rows[m][0] and not rows[m][1]
        ]  # fmt: skip
        if near and min(near)[0] < 1.5 * size:
            m = min(near)[1]
            rows[n], rows[m] = (rows[m][0], figures), ([], [])
    return [row for row in rows if row[0] or row[1]]


def _over_all(line: Sequence[Line], frame: Frame, size: float) -> bool:
    """Whether a line of the head is one text over the middle of the whole table."""
    middle = (frame.columns[0][0] + frame.columns[-1][1]) / 2
    return len(line) == 1 and abs((line[0].x0 + line[0].x1) / 2 - middle) < 3 * size


def _lead(body: Sequence[Sequence[Line]], size: float) -> float:
    """How far apart at most the lines of one cell are set: a little more than the closest lines over each
    other."""
    pieces = sorted((p for row in body for p in row if not is_figure(p.text)), key=lambda p: p.middle)
    pitches: list[float] = []
    for n, piece in enumerate(pieces):
        below = next(
            (
                p
                for p in pieces[n + 1 : n + 24]
                if p.x0 < piece.x1 and p.x1 > piece.x0 and p.middle - piece.middle > 0.5 * size
            ),
            None,
        )
        if below is not None:
            pitches.append(below.middle - piece.middle)
    pitches.sort()
    closest = pitches[len(pitches) // 10] if pitches else size
    return min(1.17 * closest, _LEADING * size) if closest > 0.9 * size else 1.2 * size


def _in_order(rows: list[Row], labels: Sequence[Line], heights: Sequence[float]) -> list[Row]:
    def height(row: Row) -> float:
        return (
            heights[row.figures] if row.figures is not None else median(labels[n].middle for n in row.labels)
        )

    return sorted(rows, key=height)


def _bands(
    body: Sequence[Sequence[Line]], frame: Frame, rules: Sequence[Rule]
) -> list[tuple[list[Line], list[Line]]] | None:
    """The rows where a rule under the figures parts every one from the next, else None."""
    if not frame.values or not body:
        return None
    lo, hi = frame.values[0][0], frame.values[-1][1]
    levels = sorted(rule.at for rule in rules if rule.lo <= lo + 2 and rule.hi >= hi - 2)
    heights = [
        median(p.middle for p in row if is_figure(p.text))
        for row in body
        if any(is_figure(p.text) and p.x0 > frame.border for p in row)
    ]
    if len(heights) < 2 or any(not any(a < y < b for y in levels) for a, b in pairwise(heights)):
        return None
    found: dict[int, list[Line]] = {}
    for piece in (p for row in body for p in row):
        found.setdefault(sum(1 for y in levels if y < piece.middle), []).append(piece)
    rows: list[tuple[list[Line], list[Line]]] = []
    for band in sorted(found):
        left = [p for p in found[band] if in_labels(p, frame)]
        items = [p for p in left if p.x1 > frame.split + 0.5] or [p for p in left if p.x1 > frame.outer]
        rows.append((items, [p for p in found[band] if not any(p is item for item in items)]))
    return rows
