"""The cells of a table without rules: a row's pieces, or the lines of its head, set on the table's
columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.clean.page.aligned_columns import Frame, is_figure
from pipeline.clean.page.text_flow import Line


@dataclass(frozen=True, slots=True)
class AlignedCell:
    """A piece of a table without rules: 0-based place, width in columns, lines joined by ``\\n``."""

    row: int
    col: int
    colspan: int
    text: str


def in_labels(piece: Line, frame: Frame) -> bool:
    """Whether a piece stands among the labels."""
    return (
        frame.labels > 0
        and (piece.x0 + piece.x1) / 2 < frame.border
        and not (piece.x0 > frame.border - piece.size)
    )


def cells_of_row(
    number: int, others: Sequence[Line], frame: Frame, label: Sequence[Line] = ()
) -> list[AlignedCell]:
    """The cells of one row: its label is one cell that reaches to the figures."""
    columns = [list(column) for column in frame.columns]
    texts: dict[int, list[str]] = {}
    spans: dict[int, int] = {}
    if label:
        start = min(p.x0 for p in label)
        col = next((n for n in range(frame.labels) if columns[n][1] > start + 1), frame.labels - 1)
        texts[col] = [piece.text for piece in label]
        spans[col] = frame.labels - col
    for piece in others:
        if in_labels(piece, frame):
            col = min(
                nearest_column(piece, columns[: frame.labels])[0],
                max(frame.labels - 2, 0) if label else frame.labels - 1,
            )
            span = 1
        elif is_figure(piece.text):
            col, span = _nearest(piece, frame), 1
        else:
            col, span = nearest_column(piece, columns)
        held = texts.setdefault(col, [])
        held.append(piece.text)
        spans[col] = max(spans.get(col, 1), span)
    cells = []
    col = 0
    while col < len(columns):
        span = spans.get(col, 1)
        while span > 1 and any(other in texts for other in range(col + 1, col + span)):
            span -= 1
        cells.append(AlignedCell(number, col, span, "\n".join(texts.get(col, []))))
        col += span
    return cells


def _nearest(piece: Line, frame: Frame) -> int:
    """The column of figures that a figure stands over most, or nearest to."""

    def apart(n: int) -> tuple[float, float]:
        lo, hi = frame.columns[n]
        return -max(0.0, min(piece.x1, hi) - max(piece.x0, lo)), abs(
            (lo + hi) / 2 - (piece.x0 + piece.x1) / 2
        )

    return min(range(frame.labels, len(frame.columns)), key=apart)


def head_rows(
    lines: list[list[Line]], columns: list[list[float]], lead: float, size: float
) -> list[list[list[Line]]]:
    """The head's lines as rows: in each column the lines set closely are one cell; the lowest cells of all
    columns are the last row, those above them stand in rows by their height."""
    stacks: dict[int, list[list[Line]]] = {}
    for piece in sorted((p for row in lines for p in row), key=lambda p: p.middle):
        col, _ = nearest_column(piece, columns)
        stack = stacks.setdefault(col, [])
        if stack and piece.y1 - stack[-1][-1].y1 < lead:
            stack[-1].append(piece)
        else:
            stack.append([piece])
    upper = sorted(
        (cell for stack in stacks.values() for cell in stack[:-1]), key=lambda cell: cell[0].middle
    )
    rows: list[list[list[Line]]] = []
    last: float | None = None
    for cell in upper:
        if last is None or cell[0].middle - last > 0.6 * size:
            rows.append([])
        last = cell[0].middle
        rows[-1] += [[piece] for piece in cell]
    return [*rows, [[piece] for stack in stacks.values() for piece in stack[-1]]]


def nearest_column(piece: Line, columns: list[list[float]]) -> tuple[int, int]:
    """The first column that a piece stands over, or else the nearest, and over how many it stands."""
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
