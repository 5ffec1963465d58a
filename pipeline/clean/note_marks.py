"""Marks of notes set small and raised behind a figure: they are no digits of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pipeline.clean.pdf_page import Glyph

_DIGITS = frozenset("0123456789")
_MARKS = _DIGITS | frozenset("①②③④⑤⑥⑦⑧⑨*＊")
_SMALL = 0.72
"""A mark's height as a share of the figure's, at most."""
_RAISED = 0.2
"""Share of the figure's height by which a mark ends above it, at least."""
_APART = 0.3
_STEP = 16.0


def with_notes(glyphs: list[Glyph]) -> list[Glyph]:
    """The glyphs, raised marks behind a digit each in brackets on the digit's line; the same list where there are none."""
    sizes = sorted(glyph.size for glyph in glyphs if glyph.text in _DIGITS)
    if not sizes or sizes[0] > _SMALL * sizes[-1]:
        return glyphs
    ends: dict[int, list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        if glyph.text in _DIGITS and glyph.size * _SMALL >= sizes[0]:
            ends[int(glyph.x1 // _STEP)].append(glyph)
    found: dict[int, Glyph] = {}
    for n, glyph in enumerate(glyphs):
        if glyph.text in _MARKS and glyph.size <= _SMALL * sizes[-1]:
            base = _base(glyph, ends)
            if base is not None:
                found[n] = Glyph(f"（{glyph.text}）", glyph.x0, base.y0, glyph.x1, base.y1, base.size)
    return [found.get(n, glyph) for n, glyph in enumerate(glyphs)] if found else glyphs


def _base(mark: Glyph, ends: dict[int, list[Glyph]]) -> Glyph | None:
    """The digit that a small glyph stands raised behind."""
    column = int(mark.x0 // _STEP)
    near: Sequence[Glyph] = [glyph for at in (column - 1, column, column + 1) for glyph in ends.get(at, ())]
    for glyph in near:
        behind = -_APART * glyph.size < mark.x0 - glyph.x1 < _APART * glyph.size
        raised = mark.y1 < glyph.y1 - _RAISED * glyph.size and mark.y1 > glyph.y0 + 0.1 * glyph.size
        if behind and raised and mark.size <= _SMALL * glyph.size:
            return glyph
    return None
