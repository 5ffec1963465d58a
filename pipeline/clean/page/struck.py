"""Characters that a short line strikes out: a figure that was replaced, not one that the page tells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.clean.page.shapes import Glyph, PageContent, Rule

_MIDDLE = 0.2
"""Share of a character's height about its middle in which a line strikes it out ..."""
_OVER = 1.2
"""... and by how many of its heights the line may reach over a row of struck characters: a rule of a table
reaches further."""
_SHORT = 160.0
"""Points: longer lines are rules."""
_ENDS = 1.0
"""Points within which a line of a table ends on another one."""


def without_struck(content: PageContent) -> list[Glyph]:
    """A page's characters without those that are struck out; all of them where no short line crosses one."""
    lines = sorted(rule for rule in content.horizontal if rule.hi - rule.lo < _SHORT)
    glyphs = content.glyphs
    if not lines or not glyphs:
        return glyphs
    levels = np.array([line.at for line in lines])
    tops = np.array([glyph.y0 for glyph in glyphs])
    heights = np.array([glyph.y1 for glyph in glyphs]) - tops
    middles = tops + heights / 2
    first = np.searchsorted(levels, middles - _MIDDLE * heights)
    last = np.searchsorted(levels, middles + _MIDDLE * heights)
    crossed = [int(n) for n in np.nonzero(first < last)[0]]
    if not crossed:
        return glyphs
    struck: dict[Rule, list[int]] = {}
    for number in crossed:
        glyph = glyphs[number]
        middle = (glyph.x0 + glyph.x1) / 2
        for line in lines[first[number] : last[number]]:
            if line.lo <= middle <= line.hi and glyph.text != " ":
                struck.setdefault(line, []).append(number)
    gone: set[int] = set()
    for line, numbers in struck.items():
        own = [glyphs[number] for number in numbers]
        reach = _OVER * max(glyph.y1 - glyph.y0 for glyph in own)
        near = (
            min(glyph.x0 for glyph in own) - line.lo < reach
            and line.hi - max(glyph.x1 for glyph in own) < reach
        )
        if near and not _is_ruled(line, content.vertical):
            gone.update(numbers)
    return [glyph for number, glyph in enumerate(glyphs) if number not in gone] if gone else glyphs


def _is_ruled(line: Rule, vertical: Sequence[Rule]) -> bool:
    """Whether a line ends on upright rules, as those of a table do."""
    return any(
        rule.lo - _ENDS <= line.at <= rule.hi + _ENDS
        and min(abs(rule.at - line.lo), abs(rule.at - line.hi)) < _ENDS
        for rule in vertical
    )
