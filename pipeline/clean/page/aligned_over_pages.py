"""Tables without rules that run over a page's end: whether the lines at a page's top go on with the table
above."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from pipeline.chinese.numbering import CHAPTER
from pipeline.clean.page.aligned_columns import Frame, is_figure
from pipeline.clean.page.text_flow import Line

MAX_TITLE = 16
"""Signs of a title inside a table that goes on over a page's end."""
SECTION = re.compile(CHAPTER)


def going_on_to(rows: Sequence[Sequence[Line]], free: int, start: int, end: int, frame: Frame) -> int:
    """Past the last of the rows from ``free`` on that stands on the columns of the table before; 0 where the
    first does not."""
    left, right = frame.columns[0][0], frame.columns[-1][1]
    for row in rows[free:start]:
        for piece in row:
            title = (
                left + 2 * piece.size < piece.x0
                and piece.x1 < right + 2 * piece.size
                and not SECTION.match(piece.text)
            )
            if piece.x1 > frame.border + piece.size and len(piece.text) > (MAX_TITLE if title else 6):
                return 0
    last = 0
    for index in range(start, end):
        figures = [p for p in rows[index] if p.x0 > frame.border - p.size and is_figure(p.text)]
        if not all(
            sum(1 for lo, hi in _cells_of(frame) if lo < (p.x0 + p.x1) / 2 < hi) == 1 for p in figures
        ):
            break
        if len(rows[index]) > len(frame.columns):
            break
        last = index + 1
    return last


def printed_again(rows: Sequence[Sequence[Line]], head: Sequence[str]) -> int:
    """How many rows at a page's top are all the lines of the head of the table above, printed again; else
    0."""
    texts = [text_of(row) for row in rows[: len(head)]]
    return len(head) if head and texts == list(head) else 0


def text_of(row: Sequence[Line]) -> str:
    return "".join("".join(piece.text.split()) for piece in row)


def _cells_of(frame: Frame) -> list[tuple[float, float]]:
    """The columns of figures, each to half way to its neighbours."""
    inner = [(a[1] + b[0]) / 2 for a, b in pairwise(frame.values)]
    size = median(b - a for a, b in frame.values)
    bounds = [min(frame.border, frame.values[0][0]), *inner, frame.values[-1][1] + 2 * size]
    return list(pairwise(bounds))
