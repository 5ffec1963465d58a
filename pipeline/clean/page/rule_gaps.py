"""Pieces of a table's ruled lines that were too pale or too broken to be seen by themselves: looked for where
the rest of the line says that they must run.

Arrays are grey, ``uint8``, 0 black to 255 white.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pipeline.clean.page.ruled_grid import covered, find_grids, merge_rules
from pipeline.clean.page.shapes import Rule

Pixels = npt.NDArray[np.uint8]
Levels = npt.NDArray[np.float32]

_SHARE = 0.35
"""A missing piece shows at least this share of the contrast of its line's other pieces ..."""
_LEAST = 2.5
"""... and at least so many grey levels ..."""
_BROKEN = 20
"""... over all but this percentage of its length."""
_ALONG = 9
"""Pixels along a line over which it is averaged."""
_AWAY = 3
"""Pixels at both ends of a piece that its neighbours' crossing lines may darken."""
_THICK, _NEAR = 3, 2
"""Pixels from a rule's middle to the ground beside it, less two, and by how much it may lie beside where it
should."""


def gaps_of(
    grey: Pixels,
    across: Sequence[Rule],
    down: Sequence[Rule],
    hints: tuple[Sequence[Rule], Sequence[Rule]],
    char: float,
) -> tuple[list[Rule], list[Rule]]:
    """The missing pieces, level and upright, of the lines of the tables that ``across`` and ``down`` make;
    ``hints`` are level and upright strokes where lines may be too, ``char`` is the usual height of a
    character in pixels."""
    snap = max(4.0, 0.22 * char)
    level: list[Rule] = []
    upright: list[Rule] = []
    for grid in find_grids(list(across), list(down), snap=snap, gap=max(5.0, 0.4 * char)):
        if len(grid.regions) > 1 and grid.n_cols > 1:
            x0, y0, x1, y1 = (int(v) for v in (grid.xs[0], grid.ys[0], grid.xs[-1], grid.ys[-1]))
            level += _missing(grey, across, hints[0], (grid.ys[0], grid.ys[-1]), grid.xs, snap, (x0, x1))
            upright += _missing(grey.T, down, hints[1], (grid.xs[0], grid.xs[-1]), grid.ys, snap, (y0, y1))
    return level, upright


def _missing(
    grey: Pixels,
    rules: Sequence[Rule],
    hints: Sequence[Rule],
    between: tuple[float, float],
    crossing: Sequence[float],
    snap: float,
    reach: tuple[int, int],
) -> list[Rule]:
    """The pieces that no rule draws of the level lines ``between`` two heights, from one upright line at
    ``crossing`` to the next, as far as they show."""
    inside = [r for r in merge_rules(list(rules), snap, snap) if r.lo < reach[1] and r.hi > reach[0]]
    others = [
        r
        for r in hints
        if r.lo < reach[1] and r.hi > reach[0] and all(abs(r.at - own.at) > snap for own in inside)
    ]
    levels = sorted({r.at for r in (*inside, *others) if between[0] + snap < r.at < between[1] - snap})
    pieces = [(a, b) for a, b in pairwise(crossing) if b - a > 2 * snap]
    lines = [(at, [covered(inside, at, a, b, snap) for a, b in pieces]) for at in levels]
    shares = {at: _shares(grey, at, pieces, reach) for at in levels}
    usual = [
        share for at, drawn in lines for share, is_drawn in zip(shares[at], drawn, strict=True) if is_drawn
    ]
    found: list[Rule] = []
    for at, drawn in lines:
        own = [share for share, is_drawn in zip(shares[at], drawn, strict=True) if is_drawn] or usual
        least = max(_LEAST, _SHARE * float(np.median(own))) if own else float("inf")
        found += [
            Rule(at, *piece)
            for piece, share, is_drawn in zip(pieces, shares[at], drawn, strict=True)
            if not is_drawn and share >= least
        ]
    return found


def _shares(
    grey: Pixels, at: float, pieces: Sequence[tuple[float, float]], reach: tuple[int, int]
) -> list[float]:
    """The contrast of each piece of a level line; 0 near the page's edge."""
    contrast = _contrast(grey, at, reach)
    if contrast is None:
        return [0.0] * len(pieces)
    return [_shown(contrast, round(a) - reach[0], round(b) - reach[0]) for a, b in pieces]


def _shown(contrast: Levels, lo: int, hi: int) -> float:
    """The contrast of a piece of a line where it shows best, over all but its palest parts."""
    part = contrast[:, max(0, lo + _AWAY) : hi - _AWAY]
    return float(np.percentile(part, _BROKEN, axis=1).max()) if part.size else 0.0


def _contrast(grey: Pixels, at: float, reach: tuple[int, int]) -> Levels | None:
    """By how many levels a level line at some heights near ``at`` is darker than the ground on both its
    sides, along ``reach``; lighter ones count where the line is lighter in the mean. None near the page's
    edge."""
    import cv2

    middle, side = round(at), _THICK + 2
    if middle - side - _NEAR < 0 or middle + side + _NEAR >= grey.shape[0]:
        return None
    strip = np.asarray(
        grey[middle - side - _NEAR : middle + side + _NEAR + 1, reach[0] : reach[1]], dtype=np.float32
    )
    if strip.shape[1] < _ALONG:
        return None
    strip = np.asarray(cv2.blur(strip, (_ALONG, 1)), dtype=np.float32)
    rows = []
    for row in range(side, strip.shape[0] - side):
        sides = np.stack((strip[row - side], strip[row + side]))
        darker, lighter = sides.min(axis=0) - strip[row], strip[row] - sides.max(axis=0)
        rows.append(darker if np.median(darker) >= np.median(lighter) else lighter)
    return np.stack(rows).astype(np.float32)
