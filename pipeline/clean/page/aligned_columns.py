"""The columns of a table without rules: those of figures from where figures stand, those of labels from the
names of groups beside the items."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.chinese.units import PRINTED_UNIT
from pipeline.clean.page.column_pieces import GROUP, ITEM, parts_of, split_at
from pipeline.clean.page.text_flow import Line

FIGURE = re.compile(r"[+\-]?[\d０-９][\d０-９.,，]*\D{0,2}(?:（.{1,2}）)?|[-—–－/／]|[无零〇]")
_WORD = re.compile(PRINTED_UNIT)
_MIN_SERIAL = 5
"""Rows in order that tell a column of serial numbers."""
Column = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """The table's columns from left to right, the first ``labels`` of them columns of labels; ``split`` is
    where the items of groups begin (the left edge where there are no groups beside them), ``outer`` where the
    names of groups do that stand beside a name over all of them."""

    columns: tuple[Column, ...]
    labels: int
    split: float
    outer: float = float("-inf")
    serial: bool = False
    """Whether the first column of labels holds the rows' serial numbers."""
    head: tuple[str, ...] = ()
    """The lines of the table's head."""

    @property
    def values(self) -> tuple[Column, ...]:
        return self.columns[self.labels :]

    @property
    def border(self) -> float:
        """Where the labels end: half way to the first column of figures."""
        return (
            (self.columns[self.labels - 1][1] + self.values[0][0]) / 2
            if self.labels
            else self.columns[0][0] - 1.0
        )


def is_figure(text: str) -> bool:
    """Whether a piece is what a table's figures are printed as: a number, a dash, a slash, none."""
    return FIGURE.fullmatch(text) is not None and not ITEM.match(text)


def frame_of(rows: Sequence[Sequence[Line]], before: Frame | None = None) -> Frame | None:
    """The columns of a table's lines; None where no figures draw any. ``before`` is the frame of the same
    table's part above, whose columns of figures hold here too, and where its labels begin and end."""
    if before is not None and before.serial:
        return before
    if before is not None:
        below = _framed(list(before.values), rows)
        first, last = below.columns[0], below.columns[below.labels - 1] if below.labels else None
        if last is None or not before.labels:
            return before
        ends = (min(first[0], before.columns[0][0]), before.columns[before.labels - 1][1])
        inner = [last[0]] if below.labels > 1 else [ends[0]]
        labels = (
            [(ends[0], first[1])] * (below.labels > 1)
            + list(below.columns[1 : below.labels - 1])
            + [(inner[0], ends[1])]
        )
        return Frame(
            (*labels, *before.values),
            below.labels,
            below.split,
            max(below.outer, before.outer),
            head=before.head,
        )
    values = _value_columns(rows)
    if len(values) > 1 and (numbered := _serial(values[0], rows)) is not None and numbered[1] <= values[1][0]:
        split = (values[0][1] + numbered[0]) / 2
        beside = [[p for p in row if p.x0 >= split] for row in rows]
        return Frame(
            (values[0], numbered, *_with_blank_columns(values[1:], [row for row in beside if row])),
            2,
            split,
            serial=True,
        )
    return _framed(_with_blank_columns(values, rows), rows) if values else None


def _framed(values: list[Column], rows: Sequence[Sequence[Line]]) -> Frame:
    """The columns of figures with those of labels before them."""
    size = median(piece.size for row in rows for piece in row)
    body = [row for row in rows if any(is_figure(p.text) and p.x1 > values[0][0] for p in row)]
    left = [
        p for row in rows for p in row if p.x1 <= values[0][0] + 0.3 * size and p.x0 < values[0][0] - size
    ]
    beside = [p for row in body for p in row if p in left]
    if not beside:
        return Frame(tuple(values), 0, values[0][0])
    start = min(p.x0 for p in beside)
    # a broken label's lines may run wider than those beside figures
    right = max(p.x1 for p in left)
    split = _split(rows, values[0][0], size)
    outer = _outer(rows, values[0][0] if split is None else split)
    if split is None:
        split = outer  # no items on this page, but names of groups beside a name over them
    groups = _clusters([(p.x0, p.x1) for p in left for p in split_at(p, split) if p.x1 <= split + 0.5])
    items = [p.x0 for p in left for p in split_at(p, split) if p.x0 >= split - 0.5]
    if not groups or not items or min(items) <= groups[-1][1] - 0.5 * size:
        return Frame(((start, right), *values), 1, start - size)
    return Frame((*groups, (min(items), right), *values), len(groups) + 1, split, outer)


def _value_columns(rows: Sequence[Sequence[Line]]) -> list[Column]:
    """Where figures, and the units printed beside them, stand over each other; lines with many figures say
    most."""
    lines = []
    for row in rows:
        pieces = [
            p for n, p in enumerate(row)
            if is_figure(p.text) or (n and len(row) > 2 and _WORD.fullmatch(p.text) and is_figure(row[-1].text))
        ]  # fmt: skip
        if any(is_figure(p.text) for p in pieces):
            lines.append(pieces)
    columns: list[list[float]] = []
    for pieces in sorted(lines, key=lambda line: -len(line)):
        for piece in pieces:
            touched = [c for c in columns if piece.x0 < c[1] and piece.x1 > c[0]]
            if not touched:
                columns.append([piece.x0, piece.x1])
            elif len(touched) == 1:
                lo, hi = min(touched[0][0], piece.x0), max(touched[0][1], piece.x1)
                if all(c is touched[0] or hi < c[0] or lo > c[1] for c in columns):
                    touched[0][:] = [lo, hi]
    return sorted((c[0], c[1]) for c in columns)


def _serial(column: Column, rows: Sequence[Sequence[Line]]) -> Column | None:
    """Where the labels stand that the first column numbers, 1, 2, 3 down the page; None where it numbers
    none."""
    numbered = [
        row
        for row in rows
        if len(row) > 1 and row[0].text.isdigit() and row[0].x0 < column[1] and row[0].x1 > column[0]
    ]
    numbers = [int(row[0].text) for row in numbered]
    labels = [row[1] for row in numbered if not is_figure(row[1].text) and len(row[1].text) > 2]
    steps = sum(1 for a, b in pairwise(numbers) if b == a + 1)
    if len(numbers) < _MIN_SERIAL or steps < 0.8 * (len(numbers) - 1) or len(labels) < 0.5 * len(numbers):
        return None
    return min(p.x0 for p in labels), max(p.x1 for p in labels)


def _with_blank_columns(values: list[Column], rows: Sequence[Sequence[Line]]) -> list[Column]:
    """The columns with those that only a head shows: the lowest of its short words, right of the labels, that
    belong to no column of figures."""
    labels = [
        row[0].x1
        for row in rows
        if len(row) > 1
        and is_figure(row[-1].text)
        and row[0].x1 <= values[0][0]
        and not is_figure(row[0].text)
    ]
    border = max(labels, default=float("-inf"))
    first = next((n for n, row in enumerate(rows) if any(is_figure(p.text) for p in row)), len(rows))
    leaves: list[Line] = []
    for row in reversed(rows[:first]):
        parts = [part for piece in row for part in parts_of(piece)]
        leaves += [
            p for p in parts
            if p.x0 > border and len(p.text) <= 10 and not any(p.x0 < q.x1 and p.x1 > q.x0 and p.middle < q.middle - 1 for q in leaves)
        ]  # fmt: skip
    if len(leaves) < 3:
        return values
    shifts = _shifts(leaves, values)
    middles = sorted((p.x0 + p.x1) / 2 for p in leaves)
    step = min((b - a for a, b in pairwise(middles)), default=0.0)
    found = list(values)
    for leaf in leaves:
        middle = (leaf.x0 + leaf.x1) / 2
        own = next((n for n, at in enumerate(shifts) if abs(at - middle) < 0.4 * step), None)
        if own is not None:
            lo, hi = min(found[own][0], leaf.x0), max(found[own][1], leaf.x1)
            if all(n == own or hi < c[0] or lo > c[1] for n, c in enumerate(found)):
                found[own] = (lo, hi)
        elif len(leaf.text) <= 6 and not any(leaf.x0 < c[1] + 1 and leaf.x1 > c[0] - 1 for c in values):
            found.append((leaf.x0, leaf.x1))
    return sorted(found)


def _shifts(leaves: Sequence[Line], values: Sequence[Column]) -> list[float]:
    """Where the middle of a head stands over each column of figures, by how heads and figures that overlap
    stand: figures are set to the left, to the middle or to the right of their column."""
    pairs = [(p, c) for c in values for p in leaves if p.x0 < c[1] and p.x1 > c[0]]
    if not pairs:
        return [(c[0] + c[1]) / 2 for c in values]
    best: tuple[float, list[float]] | None = None
    for share in (0.5, 0.0, 1.0):
        offsets = [(p.x0 + p.x1) / 2 - (c[0] + share * (c[1] - c[0])) for p, c in pairs]
        usual = median(offsets)
        spread = sum(abs(offset - usual) for offset in offsets)
        if best is None or spread < best[0] - 1e-6:
            best = (spread, [c[0] + share * (c[1] - c[0]) + usual for c in values])
    assert best is not None
    return best[1]


def _split(rows: Sequence[Sequence[Line]], border: float, size: float) -> float | None:
    """The x that parts the names of groups from the items beside them."""
    pairs: list[tuple[float, float]] = []
    items = [p.x0 for row in rows for p in row if ITEM.match(p.text) and p.x1 <= border + 0.3 * size]
    names = [p for row in rows for p in row if GROUP.match(p.text) and p.x1 <= border + 0.3 * size]
    for row in rows:
        label = [p for p in row if p.x1 <= border + 0.3 * size and p.x0 < border - size]
        for piece in label:
            pairs += [
                (cut.x0, cut.x1) for cut in piece.cuts
                if ITEM.match(piece.text[cut.at :].strip()) and not ITEM.match(piece.text)
            ]  # fmt: skip
        pairs += [(a.x1, b.x0) for a, b in pairwise(label) if ITEM.match(b.text)]
    items += [x for _, x in pairs]
    if not pairs and not (len(items) >= 2 and any(p.x1 < min(items) for p in names)):
        return None
    hi = min(items)
    lo = max([x for x, _ in pairs] + [p.x1 for p in names if p.x1 < hi])
    return (lo + hi) / 2 if lo < hi else None


def _outer(rows: Sequence[Sequence[Line]], split: float) -> float:
    """The x that parts the name over all groups from the names of the groups, left of which nothing is a
    label."""
    pieces = [p for row in rows for p in row if p.x0 < split]
    starts = [p.x0 for p in pieces if GROUP.match(p.text)]
    starts += [cut.x1 for p in pieces for cut in p.cuts if GROUP.match(p.text[cut.at :].strip())]
    hi = min((x for x in starts if x < split), default=float("-inf"))
    ends = [p.x1 for p in pieces if p.x1 < hi] + [
        cut.x0 for p in pieces for cut in p.cuts if cut.x0 < hi <= cut.x1 + 1.0
    ]
    return (max(ends) + hi) / 2 if ends else float("-inf")


def _clusters(spans: list[Column]) -> list[Column]:
    found: list[list[float]] = []
    for lo, hi in sorted(spans):
        if found and lo < found[-1][1]:
            found[-1][1] = max(found[-1][1], hi)
        else:
            found.append([lo, hi])
    return [(c[0], c[1]) for c in found]
