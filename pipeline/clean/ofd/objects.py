"""What an OFD page draws, as glyphs, rules and pictures in points (GB/T 33190-2016, chapters 7 to 11).

The file's own unit is the millimetre, x to the right and y down. An object stands in its ``Boundary``, whose
corner is the origin of its coordinates after ``CTM``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from lxml import etree

from pipeline.clean.package import child, local, value
from pipeline.clean.page.shapes import RULE_WIDTH, Box, Glyph, Matrix, PageContent, Picture, Rule, times

POINTS = 72.0 / 25.4
MAX_GLYPHS = 200_000
_ASCENT = 0.88
"""Share of a character's size that stands over its base line."""
_NARROW = 0.5
"""Advance of a Latin letter or digit as a share of its size, where the file gives none."""
_WIDEST = 1.5
"""Advance from which a step to the next character holds a gap, as a share of the size."""
_LEVEL = 0.7
"""Points by which a line may lean and still be a rule."""
_ARGUMENTS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}

Drawn = tuple[etree._Element, Matrix]
"""An object and the matrix of the space that it stands in, to points of the page."""


def read_objects(drawn: Iterable[Drawn], content: PageContent) -> dict[Picture, str]:
    """Fills ``content`` with what the objects draw; gives the pictures with the id of the resource that each
    shows. Objects that are not visible (``Visible``, ``Alpha``) draw nothing."""
    pictures: dict[Picture, str] = {}
    for element, outer in drawn:
        if value(element, "Visible") in ("false", "0") or value(element, "Alpha") == "0":
            continue
        kind = local(element)
        if kind == "TextObject":
            _read_text(element, own_matrix(element, outer), content)
        elif kind == "PathObject":
            content.paths += 1
            _read_path(element, own_matrix(element, outer), content)
        elif kind == "ImageObject":
            box = _picture_box(element, outer)
            if box[2] - box[0] <= RULE_WIDTH or box[3] - box[1] <= RULE_WIDTH:
                _rules_of([(box[0], box[1]), (box[2], box[3])], content, filled=True)
                continue
            picture = Picture(*box, *(round(3 * side) for side in (box[2] - box[0], box[3] - box[1])))
            content.pictures.append(picture)
            pictures[picture] = value(element, "ResourceID") or ""
    return pictures


def numbers(text: str | None) -> list[float]:
    """The numbers of an attribute; none where one of them is no number."""
    try:
        return [float(part) for part in (text or "").split()]
    except ValueError:
        return []


def own_matrix(element: etree._Element, outer: Matrix) -> Matrix:
    """The matrix from an object's own coordinates to points of the page."""
    ctm = numbers(value(element, "CTM"))
    corner = (*numbers(value(element, "Boundary")), 0.0, 0.0)[:2]
    a, b, c, d, e, f = ctm if len(ctm) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    return times((a, b, c, d, e + corner[0], f + corner[1]), outer)


def _box(points: Iterable[tuple[float, float]], matrix: Matrix) -> Box:
    a, b, c, d, e, f = matrix
    at = [(a * x + c * y + e, b * x + d * y + f) for x, y in points]
    xs, ys = [x for x, _ in at], [y for _, y in at]
    return min(xs), min(ys), max(xs), max(ys)


def _picture_box(element: etree._Element, outer: Matrix) -> Box:
    """A picture fills the unit square of its matrix, or its boundary where it has none."""
    if value(element, "CTM") is not None:
        return _box([(0, 0), (1, 1)], own_matrix(element, outer))
    x, y, wide, high = (*numbers(value(element, "Boundary")), 0.0, 0.0, 0.0, 0.0)[:4]
    return _box([(x, y), (x + wide, y + high)], outer)


def _steps(text: str | None, most: int) -> list[float]:
    """A list of advances with its shorthand ``g count value`` written out, at most ``most`` long."""
    found: list[float] = []
    parts = iter((text or "").split())
    try:
        for part in parts:
            if part == "g":
                count, step = int(next(parts)), float(next(parts))
                found += [step] * min(max(count, 0), most - len(found))
            else:
                found.append(float(part))
            if len(found) >= most:
                break
    except (ValueError, StopIteration):
        return []
    return found[:most]


def _read_text(element: etree._Element, matrix: Matrix, content: PageContent) -> None:
    if value(element, "Fill") == "false" and value(element, "Stroke") != "true":
        return
    size = (numbers(value(element, "Size")) or [0.0])[0]
    stretch = (numbers(value(element, "HScale")) or [1.0])[0]
    upright = value(element, "ReadDirection") in ("90", "270")
    x = y = 0.0
    for code in element:
        if local(code) != "TextCode":
            continue
        x = (numbers(value(code, "X")) or [x])[0]
        y = (numbers(value(code, "Y")) or [y])[0]
        text = code.text or ""
        if len(content.glyphs) + len(text) > MAX_GLYPHS:
            content.overflow = True
            return
        across = _steps(value(code, "DeltaX"), len(text) - 1)
        down = _steps(value(code, "DeltaY"), len(text) - 1)
        given = bool(across or down)
        at, level = x, y
        for index, sign in enumerate(text):
            usual = size * stretch * (1.0 if sign > "\u2e80" else _NARROW)
            step = across[index] if index < len(across) else 0.0 if given else usual
            fall = down[index] if index < len(down) else 0.0
            if upright and not given:
                step, fall = 0.0, size
            wide = step if 0 < step <= _WIDEST * size else usual
            if not sign.isspace():
                _put(sign, at, level, wide, size, matrix, content)
            elif content.glyphs and index:
                last = content.glyphs[-1]
                content.glyphs.append(last._replace(text=" ", x0=last.x1))
            at, level = at + step, level + fall


def _put(
    sign: str, x: float, y: float, wide: float, size: float, matrix: Matrix, content: PageContent
) -> None:
    top = y - _ASCENT * size
    box = _box([(x, top), (x + wide, top), (x, top + size), (x + wide, top + size)], matrix)
    if box[2] <= 0 or box[3] <= 0 or box[0] >= content.width or box[1] >= content.height:
        return
    if "\ue000" <= sign < "\uf900" or sign == "\ufffd":
        content.unmapped += 1
    content.glyphs.append(Glyph(sign, *box, box[3] - box[1]))


def _read_path(element: etree._Element, matrix: Matrix, content: PageContent) -> None:
    stroked, filled = value(element, "Stroke") != "false", value(element, "Fill") == "true"
    data = child(element, "AbbreviatedData")
    if data is None or not data.text or not (stroked or filled):
        return
    a, b, c, d, e, f = matrix
    runs: list[list[tuple[float, float]]] = []
    parts = iter(data.text.split())
    try:
        for part in parts:
            values = [float(next(parts)) for _ in range(_ARGUMENTS[part])]
            if part == "C" and runs:
                runs[-1].append(runs[-1][0])
            elif part in "SML":
                x, y = values
                point = (a * x + c * y + e, b * x + d * y + f)
                if part == "L" and runs:
                    runs[-1].append(point)
                else:
                    runs.append([point])
            elif part in "QBA":
                return  # a curve: no rule
    except (KeyError, ValueError, StopIteration, RuntimeError):
        return
    for run in runs:
        _rules_of(run, content, filled=filled and not stroked)


def _rules_of(run: list[tuple[float, float]], content: PageContent, *, filled: bool) -> None:
    x0, x1 = min(x for x, _ in run), max(x for x, _ in run)
    y0, y1 = min(y for _, y in run), max(y for _, y in run)
    if y1 - y0 <= RULE_WIDTH and x1 - x0 > y1 - y0:
        content.horizontal.append(Rule((y0 + y1) / 2, x0, x1))
    elif x1 - x0 <= RULE_WIDTH and y1 - y0 > x1 - x0:
        content.vertical.append(Rule((x0 + x1) / 2, y0, y1))
    elif not filled:
        for (ax, ay), (bx, by) in itertools.pairwise(run):
            if abs(ay - by) <= _LEVEL < abs(ax - bx):
                content.horizontal.append(Rule((ay + by) / 2, min(ax, bx), max(ax, bx)))
            elif abs(ax - bx) <= _LEVEL < abs(ay - by):
                content.vertical.append(Rule((ax + bx) / 2, min(ay, by), max(ay, by)))
