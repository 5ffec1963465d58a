"""Lines of a table without rules gathered into its rows: each label, over one line or many, with the figures
that stand beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.chinese.numbering import ARABIC, ARTICLE, BRACKETED, CHAPTER
from pipeline.clean.page.text_flow import Line

NUMBERED = re.compile(rf"{BRACKETED}|{CHAPTER}|{ARABIC}\D|其中[:：]|{ARTICLE}")
_ARTICLE = re.compile(rf"{ARTICLE}第[^\d]{{1,5}}项$")
"""A title inside a table, which has neither figures nor a second line."""
MAX_LABEL_LINES = 14

_INSIDE = 4.0
_UNNUMBERED = 1.0
_ASIDE = 4.0
_NO_FIGURES = 0.8
_NO_LABEL = 3.0
_OUT_OF_ORDER = 5.0


class Row(NamedTuple):
    """The numbers of a row's label lines, and of the line of figures beside them (None: the row shows
    none)."""

    labels: tuple[int, ...]
    figures: int | None


def rows_of_labels(labels: Sequence[Line], figures: Sequence[float], size: float) -> list[Row]:
    """Label lines and the heights of lines of figures, both from the top, as rows.

    The cheapest way to cut the lines into labels and give each its figures: a label begins with its number,
    its lines are set close, and figures stand beside its middle, its first or its last line, the same in the
    whole table.
    """
    if not labels:
        return [Row((), n) for n in range(len(figures))]
    pitches = sorted(b.middle - a.middle for a, b in pairwise(labels) if b.middle - a.middle > 0.5 * size)
    lead = min(max(pitches[len(pitches) // 5] if pitches else size, size), 1.7 * size)
    numbered = [NUMBERED.match(line.text) is not None for line in labels]
    mostly = 2 * sum(numbered) > len(labels) / 2
    ways = [_way(labels, figures, lead, numbered, mostly, share) for share in (0.5, 0.0, 1.0)]
    return min(ways, key=lambda way: way[0])[1]


def _way(
    labels: Sequence[Line],
    figures: Sequence[float],
    lead: float,
    numbered: Sequence[bool],
    mostly: bool,
    share: float,
) -> tuple[float, list[Row]]:
    """The cheapest rows where figures stand at this ``share`` of the label's height, and their cost."""
    n, m = len(labels), len(figures)
    inner = _inner(labels, lead, numbered, mostly)
    best = [[float("inf")] * (m + 1) for _ in range(n + 1)]
    came: list[list[tuple[int, int] | None]] = [[None] * (m + 1) for _ in range(n + 1)]
    best[0][0] = 0.0
    for i in range(n + 1):
        for j in range(m + 1):
            here = best[i][j]
            if here == float("inf"):
                continue
            if j < m and here + _NO_LABEL < best[i][j + 1]:
                best[i][j + 1], came[i][j + 1] = here + _NO_LABEL, (i, j)
            for k in range(1, min(MAX_LABEL_LINES, n - i) + 1):
                cost = here + inner[i][k - 1]
                if cost - here > 3 * _INSIDE:
                    break
                top, low = labels[i].middle, labels[i + k - 1].middle
                alone = cost + _NO_FIGURES + (0.0 if numbered[i] or not mostly else _UNNUMBERED / 2)
                if j < m and figures[j] < top - 0.5 * lead:
                    alone += _OUT_OF_ORDER
                if alone < best[i + k][j]:
                    best[i + k][j], came[i + k][j] = alone, (i, j)
                if j < m:
                    whole = cost + _ASIDE * abs(top + share * (low - top) - figures[j]) / lead
                    if whole < best[i + k][j + 1]:
                        best[i + k][j + 1], came[i + k][j + 1] = whole, (i, j)
    rows: list[Row] = []
    at = (n, m)
    while at != (0, 0):
        before = came[at[0]][at[1]]
        assert before is not None  # every state was reached from another
        rows.append(Row(tuple(range(before[0], at[0])), before[1] if at[1] > before[1] else None))
        at = before
    return best[n][m], rows[::-1]


def _inner(labels: Sequence[Line], lead: float, numbered: Sequence[bool], mostly: bool) -> list[list[float]]:
    """For each line, the cost of a label of one line, two lines and so on that begins with it."""
    found: list[list[float]] = []
    for i in range(len(labels)):
        cost = 0.0 if numbered[i] or not mostly or i == 0 else _UNNUMBERED
        costs = [cost]
        cost += _INSIDE if _ARTICLE.fullmatch(labels[i].text) else 0.0
        for k in range(i + 1, min(i + MAX_LABEL_LINES, len(labels))):
            pitch = (labels[k].middle - labels[k - 1].middle) / lead
            cost += max(0.0, pitch - 1.2) * _INSIDE + (_INSIDE if numbered[k] else 0.0)
            costs.append(cost)
        found.append(costs)
    return found
