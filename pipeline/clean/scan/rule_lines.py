"""The ruled lines of an upright page: solid ones, and those that are faint, dotted, broken or lighter than
their ground.

Arrays are grey, ``uint8``, 0 black to 255 white; masks are ``uint8`` with 255 where something is.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.clean.page.rule_gaps import gaps_of
from pipeline.clean.page.shapes import Rule

Pixels = npt.NDArray[np.uint8]
Extent = tuple[int, int, int, int]

_THIN = 7
"""Pixels: a faint line is thinner than this."""
_FAINT = 6.0
"""Grey levels by which the mean of a faint line differs from the ground on both its sides."""


def find_rules(grey: Pixels, drawn: Pixels, char: float) -> tuple[list[Rule], list[Rule], Pixels]:
    """Horizontal and vertical ruled lines, and the mask of their pixels. ``drawn`` is the mask of what is
    darker than its surroundings, ``char`` the usual height of a character."""
    long, tall = max(30, int(2.4 * char)), max(24, int(1.45 * char))
    flat = _opened(_grown(drawn, (1, 3)), (long, 1))
    steep = _opened(_grown(drawn, (3, 1)), (1, tall))
    thick = max(9.0, 0.5 * char)
    flats = [(x, y, wide, high) for x, y, wide, high in _extents(flat) if high <= thick + 0.01 * wide]
    steeps = [(x, y, wide, high) for x, y, wide, high in _extents(steep) if wide <= thick + 0.01 * high]
    flats, steeps, streaks = _of_tables(drawn, flats, steeps, char)
    across = [Rule(y + high / 2, float(x), float(x + wide)) for x, y, wide, high in flats]
    down = [Rule(x + wide / 2, float(y), float(y + high)) for x, y, wide, high in steeps]
    flat, steep = _within(flat, flats), _within(steep, steeps)
    mask = _grown(flat | steep, (3, 3))
    ground, other = _without_text(grey, mask, char)
    pale = [
        Rule(y + h / 2, float(x), float(x + w))
        for x, y, w, h in _faint(grey, ground, other, flat, char, long)
    ]
    plumb = [
        Rule(x + w / 2, float(y), float(y + h))
        for y, x, h, w in _faint(grey.T, ground.T, other.T, steep.T, char, tall)
    ]
    plumb = [rule for rule in plumb if all(abs(rule.at - at) > _THIN for at in streaks)]
    hints = pale, plumb
    pale, plumb = _bridged(pale, other, char), _bridged(plumb, np.ascontiguousarray(other.T), char)
    reach = 0.6 * char
    pale, plumb = _held(pale, [*down, *plumb], across, reach), _held(plumb, [*across, *pale], down, reach)
    for rule in pale:
        mask[max(0, int(rule.at) - 2) : int(rule.at) + 3, int(rule.lo) : int(rule.hi)] = 255
    for rule in plumb:
        mask[int(rule.lo) : int(rule.hi), max(0, int(rule.at) - 2) : int(rule.at) + 3] = 255
    across, down = across + pale, down + plumb
    level, upright = gaps_of(grey, across, down, hints, char)
    for rule in level:
        mask[max(0, round(rule.at) - 2) : round(rule.at) + 3, int(rule.lo) : int(rule.hi)] = 255
    for rule in upright:
        mask[int(rule.lo) : int(rule.hi), max(0, round(rule.at) - 2) : round(rule.at) + 3] = 255
    return across + level, down + upright, mask


def _bridged(rules: list[Rule], text: Pixels, char: float) -> list[Rule]:
    """Long pieces of one line that text written over it keeps apart are joined."""
    found: list[Rule] = []
    for rule in sorted(rules, key=lambda r: (round(r.at / 4), r.lo)):
        last = found[-1] if found else None
        if (
            last is not None
            and abs(last.at - rule.at) <= 2
            and -char <= rule.lo - last.hi <= 2.5 * char
            and min(last.hi - last.lo, rule.hi - rule.lo) >= 8 * char
            and (
                rule.lo - last.hi <= char
                or text[round(rule.at) - 2 : round(rule.at) + 3, int(last.hi) : int(rule.lo)].any()
            )
        ):
            found[-1] = Rule(last.at, last.lo, max(last.hi, rule.hi))
        else:
            found.append(rule)
    return found


def _held(rules: list[Rule], others: list[Rule], solid: list[Rule], reach: float) -> list[Rule]:
    """The lines that begin and end at lines across them or in a ``solid`` one: what chance makes of text
    hangs in the air."""

    def meets(rule: Rule, end: float) -> bool:
        return any(
            abs(o.at - end) <= reach and o.lo - reach <= rule.at <= o.hi + reach for o in others
        ) or any(abs(o.at - rule.at) <= 3 and o.lo - 2 * reach <= end <= o.hi + 2 * reach for o in solid)

    return [rule for rule in rules if meets(rule, rule.lo) and meets(rule, rule.hi)]


def _without_text(grey: Pixels, lines: Pixels, char: float) -> tuple[Pixels, Pixels]:
    """The page with its text painted out, pale text too, so that what is left of it is the ground and thin
    lines; and the mask of the text."""
    import cv2

    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    pale = cv2.adaptiveThreshold(smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, 8.0)
    pale[lines > 0] = 0
    _, labels, stats, _ = cv2.connectedComponentsWithStats(pale, connectivity=8)
    least, most = np.minimum(stats[:, 2], stats[:, 3]), np.maximum(stats[:, 2], stats[:, 3])
    full = stats[:, 4] > 0.15 * least * most
    like_text = np.where((least > 0.2 * char) & (most < 4 * char) & full, 255, 0).astype(np.uint8)
    like_text[0] = 0
    text = np.asarray(like_text[labels], dtype=np.uint8)
    beside = _grown(text, (max(3, int(0.4 * char)) | 1, max(3, int(0.3 * char)) | 1))
    small = (np.bincount(labels[beside > 0], minlength=len(stats)) > 0) & (most < char) & (least > 0.2 * char)
    small[0] = False
    whole = np.where(small[labels], np.uint8(255), text).astype(
        np.uint8
    )  # with the dots and strokes of characters
    paper = cv2.dilate(grey, np.ones((9, 9), dtype=np.uint8))
    return np.where((_grown(whole, (5, 5)) | lines) > 0, paper, grey).astype(np.uint8), text


def _faint(
    grey: Pixels, ground: Pixels, text: Pixels, solid: Pixels, char: float, least: int
) -> list[Extent]:
    """Level lines that show only in the mean over their length, as ``(x, y, width, height)``: ground that
    differs evenly from what is above and below it, with no text close to both sides, over four characters at
    least; and no paler than a fifth of the page's ``solid`` lines (those of the leaf's other side shine
    through)."""
    import cv2

    ground, text, solid = (
        np.ascontiguousarray(ground),
        np.ascontiguousarray(text),
        np.ascontiguousarray(solid),
    )
    size = (max(9, int(0.8 * char)), 1)
    mean = cv2.blur(ground, size)
    across = np.ones((_THIN, 1), dtype=np.uint8)
    usual = 0.0
    if cv2.countNonZero(solid) > 20 * char:
        lines = cv2.morphologyEx(cv2.blur(np.ascontiguousarray(grey), size), cv2.MORPH_BLACKHAT, across)
        usual = float(np.percentile(lines[solid > 0], 85))
    found = []
    for operation in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT):
        ridge = cv2.morphologyEx(mean, operation, across)
        clear = max(_FAINT, 0.2 * usual, 5.0 * float(np.median(ridge[::2, ::2])))
        mask = np.where(ridge >= clear, 255, 0).astype(np.uint8)
        mask = _opened(_grown(mask, (1, 3)), (least, 1))
        joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, int(1.2 * char) | 1), dtype=np.uint8))
        for x, y, wide, high in _extents(joined):
            if wide >= 4 * char and high <= _THIN + 0.01 * wide and _stands_clear(text, x, y, wide, high):
                found.append((x, y, wide, high))
    return found


def _stands_clear(text: Pixels, x: int, y: int, wide: int, high: int) -> bool:
    """Whether text stands close above or below less than half of a level stroke."""
    above = text[max(0, y - 4) : max(0, y - 1), x : x + wide]
    below = text[y + high + 1 : y + high + 4, x : x + wide]
    return all(not part.size or float((part > 0).mean()) < 0.5 for part in (above, below))


def _opened(mask: Pixels, size: tuple[int, int]) -> Pixels:
    import cv2

    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, size)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel), dtype=np.uint8)


def _grown(mask: Pixels, size: tuple[int, int]) -> Pixels:
    import cv2

    return np.asarray(cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_RECT, size)), dtype=np.uint8)


def _of_tables(
    drawn: Pixels, level: list[Extent], upright: list[Extent], char: float
) -> tuple[list[Extent], list[Extent], list[float]]:
    """The level and upright strokes that are rules of a table, and where upright streaks run: no rules are
    the strokes of bold type or the arcs of a stamp, which hang between the lines across them, nor a streak
    that runs over the page beyond all of these."""
    columns = _chains(
        [(x + wide / 2, y, y + high, wide, n) for n, (x, y, wide, high) in enumerate(upright)], char
    )
    rows = _chains([(y + high / 2, x, x + wide, high, n) for n, (x, y, wide, high) in enumerate(level)], char)
    long = [row for row in rows if row.hi - row.lo > 12 * char]
    held: list[_Chain] = []
    hanging: list[_Chain] = []
    for column in columns:
        if column.hi - column.lo > 4 * char:
            stays = not (long and _is_streak(column, columns, long, char))
        else:
            ends = [_touches(column, end, rows, 0.6 * char) for end in (column.lo, column.hi)]
            stays = all(ends) or (
                any(ends) and any(c is not column and abs(c.at - column.at) <= 4 for c in columns)
            )
        (held if stays else hanging).append(column)
    beyond = [c for c in hanging if c.hi - c.lo > 4 * char]
    held = [
        c
        for c in held
        if not any(abs(c.at - o.at) <= 4 and max(c.lo - o.hi, o.lo - c.hi) <= 4 * char for o in beyond)
    ]
    kept = []
    for row in rows:
        whole = row in long or all(_touches(row, end, held, max(4.0, 0.2 * char)) for end in (row.lo, row.hi))
        loose = not any(_touches(row, end, held, 0.6 * char) for end in (row.lo, row.hi))
        if whole or not (loose or any(_through_text(drawn, *level[n], char) for n in row.parts)):
            kept.append(row)
    streaks = [upright[n][0] + upright[n][2] / 2 for c in beyond for n in c.parts]
    return (
        [level[n] for row in kept for n in row.parts],
        [upright[n] for column in held for n in column.parts],
        streaks,
    )


class _Chain(NamedTuple):
    """Strokes in one line, by number, and where they lie and reach, in pixels; ``last`` is where the farthest
    lies."""

    at: float
    lo: float
    hi: float
    thick: float
    last: float
    parts: tuple[int, ...]


def _chains(strokes: list[tuple[float, int, int, int, int]], char: float) -> list[_Chain]:
    """Strokes ``(at, lo, hi, thickness, number)``, those joined that go on from each other in one line."""
    found: list[_Chain] = []
    for at, lo, hi, thick, number in sorted(strokes, key=lambda stroke: stroke[1]):
        before = next(
            (n for n, c in enumerate(found) if abs(c.last - at) <= 3 and -char <= lo - c.hi <= char), None
        )
        if before is None:
            found.append(_Chain(at, lo, hi, thick, at, (number,)))
        else:
            c = found[before]
            found[before] = _Chain(at, c.lo, max(c.hi, hi), max(c.thick, thick), at, (*c.parts, number))
    return found


def _touches(chain: _Chain, end: float, others: list[_Chain], reach: float) -> bool:
    return any(
        abs(o.at - end) <= reach + o.thick / 2 and o.lo - reach <= chain.at <= o.hi + reach for o in others
    )


def _is_streak(column: _Chain, columns: list[_Chain], rows: list[_Chain], char: float) -> bool:
    """Whether a long upright line runs on at both its ends beyond every level line at its height, and no
    others with it."""
    beside = [row.at for row in rows if column.lo - char <= row.at <= column.hi + char]
    if not beside or min(beside) - column.lo < 1.5 * char or column.hi - max(beside) < 1.5 * char:
        return False
    return sum(1 for c in columns if abs(c.lo - column.lo) <= char and abs(c.hi - column.hi) <= char) < 3


def _within(mask: Pixels, extents: list[Extent]) -> Pixels:
    """The mask without what lies outside of some boxes."""
    kept = np.zeros_like(mask)
    for x, y, wide, high in extents:
        kept[y : y + high, x : x + wide] = mask[y : y + high, x : x + wide]
    return kept


def _through_text(drawn: Pixels, x: int, y: int, wide: int, high: int, char: float) -> bool:
    """Whether a short level stroke has ink close above and below it, as smeared digits have."""
    near = max(3, int(0.3 * char))
    above = drawn[max(0, y - near) : max(0, y - 1), x : x + wide]
    below = drawn[y + high + 1 : y + high + near, x : x + wide]
    return all(bool(part.size) and float((part > 0).mean()) > 0.3 for part in (above, below))


def _extents(mask: Any) -> list[Extent]:
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in stats[1:]]
