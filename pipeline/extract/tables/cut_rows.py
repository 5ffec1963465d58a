"""Rows that a page's end cut between the lines of a label: the halves are one row again where their labels
make one.

A file's reader cannot know that ``3.危及“三安`` and ``全一稳定”`` are one label; the codebook does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipeline.chinese.labels import normalise_label
from pipeline.chinese.numbering import is_numbered
from pipeline.chinese.numbers import parse_cell
from pipeline.chinese.resemblance import most_alike
from pipeline.document import Cell, Table
from pipeline.extract.tables.vocabulary import Index, Vocabulary

_NEAR = 92.0
_GAIN = 8.0
"""How much nearer to a known label the two halves together must be than either alone, where they are not
exactly it."""


def with_whole_rows(table: Table, words: Vocabulary, template: str | None) -> Table:
    """The table with the figures and labels of the lower halves of cut rows in the upper halves' cells.

    The rows on both sides of a page's end are halves of one where, column by column, one of them is blank or
    both are texts, and one such pair or more is together a label of the codebook. The lower half's cells stay
    in place, blank.
    """
    if not table.joints:
        return table
    starting: dict[int, dict[int, Cell]] = {}
    ending: dict[int, dict[int, Cell]] = {}
    for cell in table.cells:
        starting.setdefault(cell.row, {})[cell.col] = cell
        ending.setdefault(cell.row + cell.rowspan, {})[cell.col] = cell
    changed: dict[tuple[int, int], Cell] = {}
    for row in table.joints:
        upper, lower = ending.get(row, {}), starting.get(row, {})
        lower = {col: changed.get((c.row, c.col), c) for col, c in lower.items()}
        if not any(_is_label(c.text) for c in lower.values()):
            continue
        upper = {col: changed.get((c.row, c.col), c) for col, c in upper.items()}
        halves = _halves(upper, lower, lambda text: _known(text, words, template))
        for col in halves:
            top, low = upper[col], lower[col]
            if low.text.strip():
                both = f"{top.text}\n{low.text}" if top.text.strip() else low.text
                place = top.locator if top.text.strip() else low.locator
                changed[top.row, top.col] = top._replace(
                    text=both, locator=place, readings=top.readings or low.readings
                )
                changed[low.row, low.col] = low._replace(text="", readings=())
    if not changed:
        return table
    return replace(table, cells=tuple(changed.get((c.row, c.col), c) for c in table.cells))


def _halves(upper: dict[int, Cell], lower: dict[int, Cell], known: Callable[[str], float]) -> list[int]:
    """The columns whose cells go together: all where the rows are one, else those of a head's labels that are
    none before."""
    whole: list[int] = []
    parted = False
    for col, low in lower.items():
        top = upper.get(col)
        if top is None or top.colspan != low.colspan:
            parted = parted or bool(low.text.strip())
        elif low.text.strip() and top.text.strip():
            if not _is_label(low.text) or not _is_label(top.text):
                return []
            both = known(f"{top.text}\n{low.text}")
            if both < 100 and (is_numbered(low.text) or known(low.text) >= 100):
                parted = True
            elif both >= 100 or (both >= _NEAR and both >= max(known(top.text), known(low.text)) + _GAIN):
                whole.append(col)
    if not parted and whole:
        return [col for col in lower if col in upper]
    return [col for col in whole if known(upper[col].text) < 100 and known(lower[col].text) < 100]


def _is_label(text: str) -> bool:
    return parse_cell(text).state == "unreadable" and not text.strip().isdigit()


def _known(text: str, words: Vocabulary, template: str | None) -> float:
    """How near a label is to one of the codebook, 100 for one of its own."""
    norm = normalise_label(text)
    if len(norm) < 2:
        return 0.0
    rows = words.statistics.get(template or "", words.modern)
    best = 0.0
    indexes: tuple[Index[object], ...] = (rows, words.columns, words.groups)  # type: ignore[assignment]
    for index in indexes:
        if norm in index.exact:
            return 100.0
        best = max(best, *(score for _, score in most_alike(norm, index.exact, 60.0, limit=1)), 0.0)
    return min(best, 99.0)
