"""Small ink told by its shape: specks, dashes, and the slash that recognition takes for a 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.clean.scan.ocr import Reading
from pipeline.clean.scan.pixels import Box, Pixels

_STROKES = frozenset("1lI|/丨丿J")
_SLANTED, _STRAIGHT = -0.2, 0.02
"""A slash leans by more than this (columns to the right for each row down), and no row's middle is farther
off its line, as a share of its height; an upright 1 leans the other way because of its flag, a 7 is bent."""
_ITALIC = -0.1
_DASHES = frozenset("-–—―－﹣一_ー~")


def is_dash(box: Box, char: float) -> bool:
    """Whether ink is as flat and wide as a dash."""
    return box.height <= 0.3 * char and box.width >= max(1.7 * box.height, 0.18 * char)


def is_speck(box: Box, char: float) -> bool:
    """Ink too small for a digit (these are about 0.7 of a character high) and too short for a dash."""
    return box.height < 0.4 * char and box.width < 0.3 * char and not is_dash(box, char)


def without_marks(found: Sequence[tuple[Box, Reading]], char: float) -> list[Reading]:
    """The lines of a cell without specks, and without lone marks beside whole lines (a quotation mark that
    was wrapped)."""
    lines = [(box, reading) for box, reading in found if not is_speck(box, char)]
    if any(box.height >= 0.5 * char for box, _ in lines):
        lines = [
            (box, reading) for box, reading in lines if box.height >= 0.5 * char or box.width >= 0.8 * char
        ]
    return [reading for _, reading in lines]


def with_slashes(ink: Pixels, boxes: Sequence[Box], readings: Sequence[Reading]) -> list[Reading]:
    """The readings of a table's lines, lone slanted strokes read as a slash, unless the type itself leans;
    where nothing shows whether it does, the 1 stays possible."""
    leans = [
        lean for box, reading in zip(boxes, readings, strict=True) for lean in _leans(ink, box, reading.text)
    ]
    italic = float(np.median(leans)) <= _ITALIC if len(leans) >= 3 else None
    result = list(readings)
    for n, (box, reading) in enumerate(zip(boxes, readings, strict=True)):
        if reading.text not in _STROKES or italic:
            continue
        lean, off = _slant(ink, box)
        if lean <= _SLANTED and off <= _STRAIGHT * box.height:
            result[n] = Reading("/", ("1",) if italic is None else (), reading.score)
    return result


def with_dashes(
    boxes: Sequence[Box], cells: Sequence[Box], readings: Sequence[Reading], char: float
) -> list[Reading]:
    """The readings of lines, a flat stroke alone in its cell read as the dash that it is: blown up to a
    line's height it looks like anything. A smeared one is told by its reading too. One that stands high or
    low in its cell is dirt or something else: it is not read."""
    result = list(readings)
    for n, (box, cell) in enumerate(zip(boxes, cells, strict=True)):
        smeared = readings[n].text in _DASHES and box.height <= 0.4 * char and box.width >= 1.2 * box.height
        if (is_dash(box, char) or smeared) and box.width <= 3 * char and cells.count(cell) == 1:
            middle = abs(box.y0 + box.y1 - cell.y0 - cell.y1) / 2 <= max(0.3 * cell.height, 0.3 * char)
            result[n] = Reading("-", (), 1.0) if middle else Reading("", (), 0.0)
    return result


def without_strays(boxes: Sequence[Box], cells: Sequence[Box], readings: Sequence[Reading]) -> list[Reading]:
    """The readings of lines, a slash or dash that runs out of its cell left open: a stamp's or a pen's stroke
    does."""
    return [
        Reading("", (reading.text,), 0.0) if reading.text in ("/", "-") and _runs_out(box, cell) else reading
        for box, cell, reading in zip(boxes, cells, readings, strict=True)
    ]


def _runs_out(box: Box, cell: Box) -> bool:
    return box.x0 <= cell.x0 or box.y0 <= cell.y0 or box.x1 >= cell.x1 or box.y1 >= cell.y1


def _leans(ink: Pixels, box: Box, text: str) -> list[float]:
    """How the zeros and eights of a figure lean, and its upright ones; nothing where its digits touch."""
    if not text.isdigit():
        return []
    drawn = (ink[box.y0 : box.y1, box.x0 : box.x1] > 0).any(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], drawn.astype(np.int8), [0]))))
    if len(edges) != 2 * len(text):
        return []
    found = []
    for digit, x0, x1 in zip(text, edges[::2], edges[1::2], strict=True):
        if digit in "018":
            lean, _ = _slant(ink, box._replace(x0=box.x0 + int(x0), x1=box.x0 + int(x1)))
            if digit != "1" or len(text) > 1 or lean > _ITALIC:
                found.append(lean)
    return found


def _slant(ink: Pixels, box: Box) -> tuple[float, float]:
    """By how much the middle of the ink moves to the right for each row down, and how far the rows stray from
    that line."""
    part = ink[box.y0 : box.y1, box.x0 : box.x1] > 0
    rows = np.flatnonzero(part.any(axis=1))
    if len(rows) < 6:
        return 0.0, float(box.height)
    columns = np.arange(part.shape[1])
    middles = np.array([columns[part[row]].mean() for row in rows])
    lean, start = np.polyfit(rows, middles, 1)
    return float(lean), float(np.std(middles - (rows * lean + start)))
