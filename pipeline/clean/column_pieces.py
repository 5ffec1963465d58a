"""Pieces of a line set against the columns of a table without rules: parted where a column ends inside them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.clean.text_flow import Line, glued

GROUP = re.compile(r"[（(][一二三四五六七八九十]+[）)]")
ITEM = re.compile(r"\d+[.、．]\D")


def with_items_apart(columns: list[list[float]], rows: Sequence[Sequence[Line]]) -> list[list[float]]:
    """The columns, that of the labels parted where it holds the name of a group with an item beside it."""
    found: list[tuple[float, float]] = []
    for row in rows:
        for piece in row:
            for cut in piece.cuts:
                if GROUP.match(piece.text[: cut.at]) and ITEM.match(piece.text[cut.at :].strip()):
                    found.append((cut.x0, cut.x1))
    if not found:
        return columns
    lo, hi = max(x0 for x0, _ in found), min(x1 for _, x1 in found)
    column = next((c for c in columns if c[0] < lo < hi < c[1]), None)
    if column is None:
        return columns
    return sorted([*(c for c in columns if c is not column), [column[0], lo], [hi, column[1]]])


def parted(row: Sequence[Line], columns: Sequence[Sequence[float]]) -> list[Line]:
    """The pieces of a row, those parted at their small gaps that stand over several columns with a part over each."""
    found: list[Line] = []
    for piece in row:
        touched = [c for c in columns if piece.x0 < c[1] and piece.x1 > c[0]]
        parts = _parts(piece) if len(touched) > 1 and piece.cuts else [piece]
        homes = [[n for n, c in enumerate(columns) if part.x0 < c[1] and part.x1 > c[0]] for part in parts]
        apart = all(len(home) == 1 for home in homes) and len({home[0] for home in homes}) == len(touched)
        if not apart or len(parts) < 2:
            found.append(piece)
            continue
        for part, home, before in zip(parts, homes, [None, *homes], strict=False):
            if before == home:
                found[-1] = glued(found[-1], part, "")
            else:
                found.append(part)
    return found


def _parts(piece: Line) -> list[Line]:
    starts = [(0, piece.x0), *((cut.at, cut.x1) for cut in piece.cuts)]
    ends = [*((cut.at, cut.x0) for cut in piece.cuts), (len(piece.text), piece.x1)]
    return [
        Line(piece.text[a:b].strip(), x0, piece.y0, x1, piece.y1, piece.size)
        for (a, x0), (b, x1) in zip(starts, ends, strict=True)
    ]
