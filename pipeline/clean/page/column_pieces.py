"""Pieces of a line set against the columns of a table without rules: parted where a column ends inside
them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.chinese.numbering import ARABIC, NUMERAL
from pipeline.clean.page.text_flow import Line, glued

GROUP = re.compile(rf"[（(]{NUMERAL}[）)]")
ITEM = re.compile(rf"{ARABIC}\D")


def split_at(piece: Line, x: float) -> list[Line]:
    """The piece, in two where one of its gaps stands over ``x``."""
    cut = next((cut for cut in piece.cuts if cut.x0 - 0.5 <= x <= cut.x1 + 0.5), None)
    if cut is None:
        return [piece]
    left, right = piece.text[: cut.at].rstrip(), piece.text[cut.at :].lstrip()
    lost = len(piece.text) - len(right)
    after = tuple(c._replace(at=c.at - lost) for c in piece.cuts if c.at > cut.at)
    return [
        piece._replace(text=left, x1=cut.x0, cuts=tuple(c for c in piece.cuts if c.at < cut.at)),
        piece._replace(text=right, x0=cut.x1, cuts=after),
    ]


def parted(row: Sequence[Line], columns: Sequence[Sequence[float]]) -> list[Line]:
    """The pieces of a row, those parted at their small gaps that stand over several columns with a part over
    each."""
    found: list[Line] = []
    for piece in row:
        touched = [c for c in columns if piece.x0 < c[1] and piece.x1 > c[0]]
        parts = parts_of(piece) if len(touched) > 1 and piece.cuts else [piece]
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


def parts_of(piece: Line) -> list[Line]:
    """A piece cut at every one of its gaps."""
    starts = [(0, piece.x0), *((cut.at, cut.x1) for cut in piece.cuts)]
    ends = [*((cut.at, cut.x0) for cut in piece.cuts), (len(piece.text), piece.x1)]
    return [
        Line(piece.text[a:b].strip(), x0, piece.y0, x1, piece.y1, piece.size)
        for (a, x0), (b, x1) in zip(starts, ends, strict=True)
    ]
