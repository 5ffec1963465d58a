"""Marks of notes, set small and raised behind a figure: they are no digits of it, and stand in brackets
behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pipeline.clean.page.shapes import Glyph

_DIGITS = frozenset("0123456789")
_MARKS = _DIGITS | frozenset("①②③④⑤⑥⑦⑧⑨*＊")
_SMALL = 0.72
"""A mark's height as a share of the figure's, at most."""
_RAISED = 0.2
"""Share of the figure's height by which a mark ends above it, at least."""
_APART = 0.3
_STEP = 16.0
_LONGEST = 6
"""Signs of a mark, at most."""


def in_brackets(raised: str) -> str:
    """A raised text as it stands behind a figure: in brackets where it may be a note's mark and has none,
    else as it is."""
    mark = raised.strip()
    return f"（{mark}）" if 0 < len(mark) <= _LONGEST and mark[0] not in "([（【" else raised


def with_notes(glyphs: list[Glyph]) -> list[Glyph]:
    """The glyphs, raised marks behind a digit in brackets on the digit's line; the same list where there are
    none."""
    digits = [glyph for glyph in glyphs if glyph.text in _DIGITS]
    most = max((glyph.size for glyph in digits), default=0.0)
    small = [n for n, glyph in enumerate(glyphs) if glyph.text in _MARKS and glyph.size <= _SMALL * most]
    if not small:
        return glyphs
    least = min(glyphs[n].size for n in small)
    ends: dict[int, list[Glyph]] = defaultdict(list)
    for glyph in digits:
        if glyph.size * _SMALL >= least:
            ends[int(glyph.x1 // _STEP)].append(glyph)
    found: dict[int, Glyph] = {}
    notes: dict[Glyph, int] = {}
    for n in small:
        mark = glyphs[n]
        base = _base(mark, ends)
        if base is None:
            continue
        first = notes.setdefault(base, n)
        text = (found[first].text[1:-1] if first in found else "") + mark.text
        found[n] = found[first]._replace(text="") if first != n else mark
        found[first] = base._replace(text=f"（{text}）", x0=glyphs[first].x0, x1=mark.x1)
    kept = (found.get(n, glyph) for n, glyph in enumerate(glyphs))
    return [glyph for glyph in kept if glyph.text] if found else glyphs


def _base(mark: Glyph, ends: dict[int, list[Glyph]]) -> Glyph | None:
    """The digit that a small glyph stands raised behind, itself or behind another mark."""
    column = int(mark.x0 // _STEP)
    near: Sequence[Glyph] = [glyph for at in (column - 1, column, column + 1) for glyph in ends.get(at, ())]
    for glyph in near:
        behind = -_APART * glyph.size < mark.x0 - glyph.x1 < 2 * _APART * glyph.size
        raised = mark.y1 < glyph.y1 - _RAISED * glyph.size and mark.y1 > glyph.y0 + 0.1 * glyph.size
        if behind and raised and mark.size <= _SMALL * glyph.size:
            return glyph
    return None
