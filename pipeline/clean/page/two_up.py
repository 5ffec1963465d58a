"""Sheets that hold two pages or two columns of tables side by side, told by the white lane between them.

What crosses the lane above or below the columns (a title, a table over the whole width) stays a page of its
own.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import itemgetter

from pipeline.clean.page.ruled_grid import merge_rules
from pipeline.clean.page.shapes import Glyph, PageContent, Rule

_MIN_LANE = 12.0
_MIN_LISTED_LANE = 3.0
"""Points between two lists of indicators."""
_MIN_GLYPHS = 40
_MIN_COLUMNS = 0.35
"""Share of the height that columns must fill where something crosses their lane elsewhere."""
_FURNITURE = 0.06
"""Share of the height at the top and bottom in which a page number or running head may stand in the lane."""
_STEPS = 25
_FIGURES = frozenset("0123456789-—/.")
_DIGITS = frozenset("0123456789０１２３４５６７８９")
_MIN_WORDS = 4
"""Signs of words that a line shows at least beside its figure and unit."""
_MIN_LISTED = 6
"""Lines of words with a figure at their end that make a column a list of indicators."""

_Span = tuple[float, float, float, float]
"""x0, x1, y0, y1 of a glyph or rule."""
_Lane = tuple[float, float, float, float]


def pages_of(content: PageContent) -> list[PageContent]:
    """The page, or its parts in reading order, the right column moved so that both begin at the same left
    edge.

    A sheet is parted where nothing crosses a lane in its middle and it lies on its side, or each half has
    tables of its own: ruled ones, or lists of indicators with a figure at the end of each line.
    """
    if content.pictures or len(content.glyphs) < 2 * _MIN_GLYPHS:
        return [content]
    rules = [r for r in merge_rules(content.horizontal, 1.0, 3.5) if r.hi - r.lo > 0.2 * content.width]
    apart = any(r.hi < 0.6 * content.width for r in rules) and any(r.lo > 0.4 * content.width for r in rules)
    if content.width < content.height and not apart and not _may_be_listed(content):
        return [content]
    found = next((halves for lane in _lanes(content) if (halves := _halves(content, rules, lane))), None)
    if found is None:
        return [content]
    lane, top, foot, left, right = found
    rules = [r for r in rules if top <= r.at < foot]
    shift = _left_edge(right, rules, lane, content.width) - _left_edge(left, rules, 0.0, lane)
    parts = [
        _part(content, 0.0, content.width, -1e9, top, 0.0),
        _part(content, 0.0, lane, top, foot, 0.0),
        _part(content, lane, content.width, top, foot, shift),
        _part(content, 0.0, content.width, foot, 1e9, 0.0),
    ]
    return [part for part in parts if part.glyphs]


def _halves(
    content: PageContent, rules: list[Rule], found: _Lane
) -> tuple[float, float, float, list[Glyph], list[Glyph]] | None:
    """The lane, where the columns begin and end, and what stands left and right of it; None where it parts no
    two pages."""
    width, lane, top, foot = found
    left = [g for g in content.glyphs if g.x1 <= lane and top <= g.y0 < foot]
    right = [g for g in content.glyphs if g.x1 > lane and top <= g.y0 < foot]
    if min(len(left), len(right)) < _MIN_GLYPHS:
        return None
    inside = [r for r in rules if top <= r.at < foot]
    tables = (
        any(r.hi <= lane for r in inside) and any(r.lo >= lane for r in inside) and not _only_figures(right)
    )
    whole = top <= 0 and foot >= content.height
    lying = content.width > content.height and whole and not _beside_figures(left, right)
    parted = (width >= _MIN_LANE and (tables or lying)) or (_listed(left) and _listed(right))
    return (lane, top, foot, left, right) if parted else None


def _may_be_listed(content: PageContent) -> bool:
    """Whether figures and words stand where two lists side by side have them. Cheap, and true of more than
    lists."""
    width = content.width
    middle = ends = words = 0
    for glyph in content.glyphs:
        if glyph.text in _DIGITS:
            middle += 0.3 * width < glyph.x0 < 0.58 * width
            ends += glyph.x0 > 0.7 * width
        elif 0.46 * width < glyph.x0 < 0.7 * width and glyph.text > "\u2e80":
            words += 1
    return min(middle, ends) >= _MIN_LISTED and words >= _MIN_GLYPHS


def _listed(glyphs: list[Glyph]) -> bool:
    """Whether most lines begin with words and end in a figure, as the indicators of a table without rules
    do."""
    lines = _lines(glyphs)
    found = sum(
        1
        for line in lines
        if max(line, key=lambda g: g.x1).text in _DIGITS
        and sum(1 for g in line if g.text > "\u2e80") >= _MIN_WORDS
    )
    return found >= _MIN_LISTED and found >= 0.4 * len(lines)


def _only_figures(glyphs: list[Glyph]) -> bool:
    """Whether most lines have no words: the figures of labels that stand elsewhere."""
    lines = _lines(glyphs)
    return sum(1 for line in lines if not any(g.text > "\u2e80" for g in line)) > 0.6 * len(lines)


def _lines(glyphs: list[Glyph]) -> list[list[Glyph]]:
    lines: list[tuple[float, list[Glyph]]] = []
    for glyph in sorted((g for g in glyphs if g.text != " "), key=lambda g: g.y0 + g.y1):
        middle = (glyph.y0 + glyph.y1) / 2
        if lines and middle - lines[-1][0] < 0.5 * glyph.size:
            lines[-1][1].append(glyph)
        else:
            lines.append((middle, [glyph]))
    return [line for _, line in lines]


def _beside_figures(left: list[Glyph], right: list[Glyph]) -> bool:
    """Whether a half stands line by line beside the other, as the figures of a table without rules do beside
    its labels."""
    levels = {round((g.y0 + g.y1) / 4) for g in left}
    lines = {round((g.y0 + g.y1) / 4) for g in right}
    shared = sum(1 for y in lines if {y - 1, y, y + 1} & levels)
    figures = sum(1 for g in right if g.text.strip() in _FIGURES)
    return shared > 0.6 * len(lines) and figures > 0.3 * len(right)


def _lanes(content: PageContent) -> list[_Lane]:
    """(width, the middle of the lane, where the columns begin, where they end): the lanes that run free over
    most of the height, the longest and widest first; after them those that only rules cross, where no rules
    stand upright."""
    spans: list[_Span] = [(g.x0, g.x1, g.y0, g.y1) for g in content.glyphs]
    if not content.horizontal and not content.vertical:
        return _free_lanes(content, spans)
    ruled = (
        spans
        + [(r.lo, r.hi, r.at, r.at) for r in content.horizontal]
        + [(r.at, r.at, r.lo, r.hi) for r in content.vertical]
    )
    return _free_lanes(content, ruled) + ([] if content.vertical else _free_lanes(content, spans))


def _free_lanes(content: PageContent, spans: list[_Span]) -> list[_Lane]:
    listed = _may_be_listed(content)
    least, steps = (_MIN_LISTED_LANE, 3 * _STEPS) if listed else (_MIN_LANE, _STEPS)
    height = content.height
    near = sorted(
        (s for s in spans if s[1] > 0.4 * content.width and s[0] < 0.6 * content.width), key=itemgetter(2, 3)
    )
    found: set[tuple[float, float, float, float, float]] = set()
    places = [content.width * (0.42 + 0.16 * step / (steps - 1)) for step in range(steps)]
    for x, crossing in zip(places, _crossing(near, places), strict=True):
        top, foot = _free(near, crossing, height)
        if foot - top < _MIN_COLUMNS * height:
            continue
        left = max((s[1] for s in spans if s[1] <= x and top <= s[2] < foot), default=0.0)
        right = min((s[0] for s in spans if s[0] >= x and top <= s[2] < foot), default=content.width)
        if right - left >= least:
            found.add((foot - top, right - left, (left + right) / 2, top, foot))
    return [lane[1:] for lane in sorted(found, reverse=True)]


def _crossing(near: list[_Span], places: list[float]) -> list[list[_Span]]:
    """The spans that cross each of the places, which ascend, in the order in which the spans come."""
    found: list[list[_Span]] = [[] for _ in places]
    for span in near:
        for step in range(bisect_right(places, span[0] - 1), bisect_left(places, span[1] + 1)):
            found[step].append(span)
    return found


def _free(near: list[_Span], crossing: list[_Span], height: float) -> tuple[float, float]:
    """The longest stretch of the height in which nothing crosses; to the sheet's edges where only a page number or
    running head stands beyond it."""
    best = (0.0, 0.0)
    at = 0.0
    for _, _, y0, y1 in [*crossing, (0.0, 0.0, height, height)]:
        if y0 - at > best[1] - best[0]:
            best = (at, y0)
        at = max(at, y1)
    margin = _FURNITURE * height
    top, foot = best
    return (0.0 if top < margin and _is_furniture(near, top) else top), (
        height if foot > height - margin else foot
    )


def _is_furniture(near: list[_Span], top: float) -> bool:
    """Whether what crosses above ``top`` is set no larger than a running head is."""
    return all(y1 - y0 <= 14.0 for _, _, y0, y1 in near if y1 <= top + 0.1)


def _left_edge(glyphs: list[Glyph], rules: list[Rule], lo: float, hi: float) -> float:
    starts = [r.lo for r in rules if lo <= r.lo and r.hi <= hi + 1]
    return min(starts) if starts else min(g.x0 for g in glyphs)


def _part(content: PageContent, lo: float, hi: float, top: float, foot: float, shift: float) -> PageContent:
    return PageContent(
        hi - lo,
        content.height,
        glyphs=[
            g._replace(x0=g.x0 - shift, x1=g.x1 - shift)
            for g in content.glyphs
            if top <= g.y0 < foot and lo < g.x1 <= hi + 1
        ],
        horizontal=[
            Rule(r.at, max(r.lo, lo) - shift, min(r.hi, hi) - shift)
            for r in content.horizontal
            if top <= r.at < foot and min(r.hi, hi) - max(r.lo, lo) > 0.5 * min(r.hi - r.lo, hi - lo)
        ],
        vertical=[
            Rule(r.at - shift, r.lo, r.hi)
            for r in content.vertical
            if lo <= r.at < hi and top <= (r.lo + r.hi) / 2 < foot
        ],
    )
