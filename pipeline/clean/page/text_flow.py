"""From placed glyphs to lines, from lines to reading order and paragraphs.

Shared by the PDF reader (glyphs in points) and the picture reader (recognised boxes in pixels): all
distances are measured against the line's own height.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from statistics import median
from typing import NamedTuple

from pipeline.clean.page.shapes import Glyph

_CUT = 0.2
"""Share of a line's height from which a gap between two glyphs may be that between two columns."""
_MIN_TURNED = 2
_TURNED = 0.7
"""Share of a cell's characters that stand right over the one before where its text is turned."""
SENTENCE_ENDS = "。！？；：.!?;:"


class Cut(NamedTuple):
    """A small gap inside a piece of text: the text's length before it, and where the gap begins and ends."""

    at: int
    x0: float
    x1: float


class Line(NamedTuple):
    """A piece of text on one baseline, with its box; ``size`` is its height, ``cuts`` where it may be parted
    if columns of a table lie under it."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    cuts: tuple[Cut, ...] = ()

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


class Flowed(NamedTuple):
    """A paragraph and how it meets its neighbours: ``open_end`` when its last line runs to the column's
    right edge, ``flush`` when its first line starts at the column's left edge."""

    text: str
    y0: float
    y1: float
    open_end: bool
    flush: bool


def _is_narrow(char: str) -> bool:
    return char < "\u2e80"


def joined(left: str, right: str) -> str:
    """Two halves of a sentence that a soft line break parted: with a space only between Latin words."""
    if left and right and left[-1].isascii() and right[0].isascii():
        both_digits = left[-1].isdigit() and right[0].isdigit()
        if not both_digits and (left[-1].isalnum() or left[-1] in ",.;:") and right[0].isalnum():
            return f"{left} {right}"
    return left + right


def _spacer(left: str, right: str, gap: float, size: float) -> str:
    limit = 0.15 if _is_narrow(left) and _is_narrow(right) else 0.6
    return " " if gap > limit * size else ""


def runs_of(glyphs: Sequence[Glyph], split: float = 1.0) -> list[Line]:
    """Glyphs in drawing order cut into runs on one baseline with no gap over ``split`` heights."""
    runs: list[Line] = []
    current: list[Glyph] = []
    spaced = False
    for glyph in glyphs:
        if glyph.text == " ":
            spaced = True
            continue
        if current:
            last = current[-1]
            size = max(last.size, glyph.size)
            level = abs((glyph.y0 + glyph.y1) - (last.y0 + last.y1)) < 0.6 * size
            if level and abs(glyph.x0 - last.x0) < 0.12 * size and glyph.text == last.text[-1]:
                continue  # drawn twice to look bold
            if level and -0.5 * size < glyph.x0 - last.x1 < split * size:
                current.append(glyph._replace(text=" " + glyph.text) if spaced else glyph)
                spaced = False
                continue
            runs.append(_run(current))
        current = [glyph]
        spaced = False
    if current:
        runs.append(_run(current))
    return runs


def _run(glyphs: list[Glyph]) -> Line:
    parts = [glyphs[0].text]
    size = max([glyph.size for glyph in glyphs])
    last = glyphs[0]
    cuts: list[Cut] = []
    for glyph in glyphs[1:]:
        if glyph.x0 - last.x1 > _CUT * size:
            cuts.append(Cut(sum(map(len, parts)), last.x1, glyph.x0))
        if len(glyph.text) == 1:
            parts.append(_spacer(last.text[-1], glyph.text, glyph.x0 - last.x1, size))
        parts.append(glyph.text)
        last = glyph
    return Line(
        "".join(parts),
        min([glyph.x0 for glyph in glyphs]),
        min([glyph.y0 for glyph in glyphs]),
        max([glyph.x1 for glyph in glyphs]),
        max([glyph.y1 for glyph in glyphs]),
        size,
        tuple(cuts),
    )


def rows_of(runs: Iterable[Line], split: float = 1.0) -> list[list[Line]]:
    """Runs gathered into rows from top to bottom; within a row, pieces no more than ``split`` heights
    apart are joined into one, so that a row is a list of separate pieces from left to right."""
    rows: list[list[Line]] = []
    for run in sorted(runs, key=lambda run: run.middle):
        if rows:
            first = rows[-1][0]
            if run.middle - first.middle <= 0.5 * min(run.size, first.size):
                rows[-1].append(run)
                continue
        rows.append([run])
    return [_pieces(row, split) for row in rows]


def _pieces(row: list[Line], split: float) -> list[Line]:
    row.sort(key=lambda run: run.x0)
    pieces = [row[0]]
    for run in row[1:]:
        last = pieces[-1]
        size = max(last.size, run.size)
        gap = run.x0 - last.x1
        if run.text == last.text and abs(run.x0 - last.x0) < 0.12 * size:
            continue
        if gap > split * size:
            pieces.append(run)
        else:
            pieces[-1] = glued(last, run, _spacer(last.text[-1:], run.text[:1], gap, size))
    return pieces


def glued(left: Line, right: Line, between: str = " ") -> Line:
    """Two pieces of a row as one."""
    shift = len(left.text) + len(between)
    return Line(
        left.text + between + right.text,
        min(left.x0, right.x0),
        min(left.y0, right.y0),
        max(left.x1, right.x1),
        max(left.y1, right.y1),
        max(left.size, right.size),
        (
            *left.cuts,
            Cut(len(left.text), left.x1, right.x0),
            *(c._replace(at=c.at + shift) for c in right.cuts),
        ),
    )


def cell_text(glyphs: Sequence[Glyph]) -> str:
    """The text of one table cell: its lines joined by ``\\n``."""
    if not glyphs:
        return ""
    if len(glyphs) >= _MIN_TURNED and (turned := _upwards(glyphs)):
        return turned
    rows = rows_of(runs_of(glyphs, split=3.0), split=1000.0)
    return "\n".join(row[0].text for row in rows)


def _upwards(glyphs: Sequence[Glyph]) -> str:
    """The text of a cell that is set from its bottom to its top, its lines from left to right; empty where it
    is not."""
    signs = [glyph for glyph in glyphs if glyph.text != " "]
    steps = [(b.x0 - a.x0, a.y0 - b.y0, max(a.x1 - a.x0, a.y1 - a.y0)) for a, b in itertools.pairwise(signs)]
    up = sum(1 for x, y, size in steps if abs(x) < 0.3 * size and 0.3 * size < y < 1.6 * size)
    if not steps or up < _TURNED * len(steps):
        return ""
    parts = [signs[0].text]
    for (x, _, size), glyph in zip(steps, signs[1:], strict=True):
        parts.append(glyph.text if abs(x) < 0.3 * size else f"\n{glyph.text}")
    return "".join(parts)


def gutter_of(rows: Sequence[Sequence[Line]]) -> float | None:
    """The middle of the white lane between two columns of running text, or None.

    At least four rows must have long text (eight characters in the mean) on each side of it, and no more
    rows may cross it than keep to its sides.
    """
    pieces = [piece for row in rows for piece in row]
    if len(pieces) < 8:
        return None
    left, right = min(p.x0 for p in pieces), max(p.x1 for p in pieces)
    width = right - left
    best: tuple[int, float] | None = None
    for step in range(30, 71):
        x = left + width * step / 100
        crossing = sum(1 for p in pieces if p.x0 < x < p.x1)
        score = (crossing, abs(step - 50) / 100)
        if best is None or score < (best[0], abs(best[1] - left - width / 2) / width):
            best = (crossing, x)
    if best is None:
        return None
    crossing, x = best
    before = [p for p in pieces if p.x1 <= x]
    after = [p for p in pieces if p.x0 >= x]
    if len(before) < 4 or len(after) < 4 or crossing > min(len(before), len(after)):
        return None
    if min(_mean_length(before), _mean_length(after)) < 8:
        return None
    lane_from = sorted(p.x1 for p in before)[int(0.9 * (len(before) - 1))]
    if sum(1 for p in after if p.x0 - lane_from > 0.5 * p.size) < 0.6 * len(after):
        return None
    return x


def _mean_length(lines: Sequence[Line]) -> float:
    return sum(len(line.text) for line in lines) / len(lines)


class Placed(NamedTuple):
    """Anything with a box that takes part in the reading order: a row of text, or a table or picture
    whose number in the caller's list is ``number`` (-1 for text)."""

    x0: float
    y0: float
    x1: float
    y1: float
    number: int
    line: Line | None


def reading_order(rows: Sequence[Sequence[Line]], things: Sequence[Placed]) -> list[list[Placed]]:
    """Rows of text and other placed things in strips to be read one after the other: a page in one column
    is one strip; on a page in two columns, what crosses the lane parts the page into bands, and each band
    is read left strip first."""
    lane = gutter_of(rows)
    if lane is None:
        items = [_as_placed(_whole(row)) for row in rows]
        return [sorted([*items, *things], key=lambda item: (item.y0, item.x0))]
    items = []
    for row in rows:
        before = [piece for piece in row if (piece.x0 + piece.x1) / 2 < lane]
        after = [piece for piece in row if (piece.x0 + piece.x1) / 2 >= lane]
        if any(piece.x0 < lane - piece.size and piece.x1 > lane + piece.size for piece in row):
            items.append(_as_placed(_whole(row)))
            continue
        items.extend(_as_placed(_whole(side)) for side in (before, after) if side)
    strips: list[list[Placed]] = []
    left_side: list[Placed] = []
    right_side: list[Placed] = []
    for item in sorted([*items, *things], key=lambda item: (item.y0, item.x0)):
        if item.x1 <= lane:
            left_side.append(item)
        elif item.x0 >= lane or (item.x0 > lane - 2 and item.x1 > lane):
            right_side.append(item)
        else:
            strips.extend(side for side in (left_side, right_side) if side)
            left_side, right_side = [], []
            strips.append([item])
    strips.extend(side for side in (left_side, right_side) if side)
    return strips


def _whole(row: Sequence[Line]) -> Line:
    line = row[0]
    for piece in row[1:]:
        line = glued(line, piece)
    return line


def _as_placed(line: Line) -> Placed:
    return Placed(line.x0, line.y0, line.x1, line.y1, -1, line)


def paragraphs_of(lines: Sequence[Line], edges: tuple[float, float] | None = None) -> list[Flowed]:
    """Lines of one strip joined into paragraphs.

    A new one begins after a line that ends short of the column's right edge, at an indented or centred
    line, at a wider gap and where the type size changes. ``edges`` are the column's left and right edges
    where the caller knows them better than these lines show.
    """
    if not lines:
        return []
    left = min(line.x0 for line in lines) if edges is None else edges[0]
    right = max(line.x1 for line in lines) if edges is None else edges[1]
    pitches = [b.middle - a.middle for a, b in itertools.pairwise(lines)]
    usual = median(pitches) if pitches else 0.0
    body = median(line.size for line in lines)
    result: list[Flowed] = []
    group = [lines[0]]
    for last, line in itertools.pairwise(lines):
        if _continues(last, line, left, right, usual, body):
            group.append(line)
        else:
            result.append(_flowed(group, left, right))
            group = [line]
    result.append(_flowed(group, left, right))
    return result


def _centred(line: Line, left: float, right: float) -> bool:
    before, after = line.x0 - left, right - line.x1
    return before > 1.5 * line.size and after > 1.5 * line.size and abs(before - after) < 2 * line.size


def _continues(last: Line, line: Line, left: float, right: float, usual: float, body: float) -> bool:
    size = max(last.size, line.size)
    pitch = line.middle - last.middle
    if pitch <= 0 or abs(last.size - line.size) > 0.2 * size:
        return False
    if pitch > max(1.45 * usual, 1.2 * size) and pitch > 1.6 * size:
        return False
    ends_short = last.x1 < right - 1.6 * size
    if size > 1.12 * body and _centred(line, left, right) and (_centred(last, left, right) or not ends_short):
        return True  # a title over two lines
    if ends_short:
        return False
    return line.x0 <= left + 1.2 * size


def _flowed(group: list[Line], left: float, right: float) -> Flowed:
    text = group[0].text
    for line in group[1:]:
        text = joined(text, line.text)
    first, last = group[0], group[-1]
    open_end = last.x1 >= right - 1.6 * last.size and text[-1] not in SENTENCE_ENDS
    return Flowed(text, first.y0, last.y1, open_end, first.x0 <= left + 0.8 * first.size)
