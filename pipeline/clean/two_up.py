"""Sheets that hold two pages side by side, as bulletins and booklets are printed: told by the white lane between them."""

from __future__ import annotations

from pipeline.clean.pdf_page import Glyph, PageContent, Rule

_MIN_LANE = 12.0
_MIN_GLYPHS = 40
_FURNITURE = 0.06
"""Share of the height at the top and bottom in which a page number or running head may stand in the lane."""


def pages_of(content: PageContent) -> list[PageContent]:
    """The page, or its two halves, the right one moved so that both begin at the same left edge.

    A sheet is parted where nothing crosses a lane in its middle and it lies on its side, or each half has tables of its own.
    """
    if content.pictures or len(content.glyphs) < 2 * _MIN_GLYPHS:
        return [content]
    lane = _lane(content)
    if lane is None:
        return [content]
    left = [g for g in content.glyphs if g.x1 <= lane]
    right = [g for g in content.glyphs if g.x1 > lane]
    if min(len(left), len(right)) < _MIN_GLYPHS:
        return [content]
    rules = [r for r in content.horizontal if r.hi - r.lo > 0.2 * content.width]
    tables = any(r.hi <= lane for r in rules) and any(r.lo >= lane for r in rules)
    if not tables and content.width < content.height:
        return [content]
    shift = _left_edge(right, content, lane, content.width) - _left_edge(left, content, 0.0, lane)
    return [_half(content, left, 0.0, lane, 0.0), _half(content, right, lane, content.width, shift)]


def _lane(content: PageContent) -> float | None:
    """The middle of the widest stretch about the sheet's middle that neither text nor a rule enters."""
    low, high = 0.42 * content.width, 0.58 * content.width
    top, foot = _FURNITURE * content.height, (1 - _FURNITURE) * content.height
    spans = [(g.x0, g.x1) for g in content.glyphs if top < g.y0 and g.y1 < foot]
    spans += [(r.lo, r.hi) for r in content.horizontal] + [(r.at, r.at) for r in content.vertical]
    best: tuple[float, float] | None = None
    at = low
    for start, end in [*sorted(s for s in spans if s[1] > low and s[0] < high), (high, high)]:
        if start - at > (best[1] - best[0] if best else _MIN_LANE):
            best = (at, start)
        at = max(at, end)
    return (best[0] + best[1]) / 2 if best else None


def _left_edge(glyphs: list[Glyph], content: PageContent, lo: float, hi: float) -> float:
    rules = [r.lo for r in content.horizontal if lo <= r.lo and r.hi <= hi + 1 and r.hi - r.lo > 0.2 * content.width]
    return min(rules) if rules else min(g.x0 for g in glyphs)


def _half(content: PageContent, glyphs: list[Glyph], lo: float, hi: float, shift: float) -> PageContent:
    return PageContent(
        hi - lo, content.height,
        glyphs=[g._replace(x0=g.x0 - shift, x1=g.x1 - shift) for g in glyphs],
        horizontal=[Rule(r.at, r.lo - shift, r.hi - shift) for r in content.horizontal if lo <= (r.lo + r.hi) / 2 < hi],
        vertical=[Rule(r.at - shift, r.lo, r.hi) for r in content.vertical if lo <= r.at < hi],
    )
