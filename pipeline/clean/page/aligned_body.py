"""A table of aligned columns, its pieces put in their columns: where its head ends, and which lines are one row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from pipeline.clean.page.aligned_cells import in_labels, nearest_column
from pipeline.clean.page.aligned_columns import Frame, is_figure
from pipeline.clean.page.aligned_rows import NUMBERED, Row, rows_of_labels
from pipeline.clean.page.column_pieces import parted, parts_of, split_at
from pipeline.clean.page.shapes import Rule
from pipeline.clean.page.text_flow import Line

_LEADING = 1.6
"""Line heights from one line of a cell to the next, at most."""


def head_on_frame(row: Sequence[Line], frame: Frame) -> list[Line]:
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


def on_frame(row: Sequence[Line], frame: Frame) -> list[Line]:
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


def head_end(body: Sequence[Sequence[Line]], frame: Frame, size: float) -> int:
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


def body_rows(
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
    pitch = lead(body, size)
    labels = sorted((p for p in left if not any(p is name for name in names)), key=lambda p: p.middle)
    lines: list[list[Line]] = []
    for row in body:
        values = [p for p in row if not in_labels(p, frame) or _is_serial(p, frame)]
        if not values:
            continue
        words = not any(is_figure(p.text) for p in (*values, *(lines[-1] if lines else ())))
        beside = len(values) < len(row) and len(lines[-1]) == 1 if lines else False
        if lines and words and not beside and values[0].middle - lines[-1][-1].middle < pitch:
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


def over_all(line: Sequence[Line], frame: Frame, size: float) -> bool:
    """Whether a line of the head is one text over the middle of the whole table."""
    middle = (frame.columns[0][0] + frame.columns[-1][1]) / 2
    return len(line) == 1 and abs((line[0].x0 + line[0].x1) / 2 - middle) < 3 * size


def lead(body: Sequence[Sequence[Line]], size: float) -> float:
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
