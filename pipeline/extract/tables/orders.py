"""Orders of a table's columns, and which of them the rows below bear out by their sums."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.extract.tables.rows import Item, Row
from pipeline.report import Figure

_ROWS_TRIED = 40
_APPLICANTS = 7  # six leaves and their total


class Column(NamedTuple):
    """A leaf of a table's head: what it stands for (nothing: a local column), its label and grid column, and
    the dispute group or matter that it belongs to."""

    key: str
    label: str
    col: int
    group: str = ""


Order = tuple[Column, ...]


def filled_after_labels(row: Row) -> list[Item]:
    """The filled value cells to the right of a row's last label; a row of figures alone gives them all."""
    for at in range(len(row) - 2, -1, -1):  # a label at the end is a remark
        if row[at].names:
            return [i for i in row[at + 1 :] if i.is_figure]
    return [i for i in row if i.is_figure]


def total_first(columns: Order) -> Order:
    return tuple(sorted(columns, key=lambda c: c.key != "total"))


def total_last(columns: Order) -> Order:
    return tuple(sorted(columns, key=lambda c: c.key == "total"))


class _Sum(NamedTuple):
    """Which columns (by their places in the order) add up to which; several totals count together, none is
    0."""

    parts: tuple[int, ...]
    totals: tuple[int, ...]


def _sums_of(columns: Sequence[Column]) -> list[_Sum]:
    """The sums that a row must obey under these columns: one of each dispute group, or the applicants'
    one."""
    groups: dict[str, list[int]] = {}
    for n, column in enumerate(columns):
        groups.setdefault(column.group, []).extend([n] if column.key else [])
    if applicants := groups.pop("", []):
        totals = [n for n in applicants if columns[n].key == "total"][-1:]
        parts = [n for n in applicants if columns[n].key != "total"]
        whole = len(applicants) >= _APPLICANTS and len({columns[n].key for n in applicants}) == len(
            applicants
        )
        if totals and whole:
            return [_Sum(tuple(parts), tuple(totals))]
    return [
        _Sum(
            tuple(n for n in own if columns[n].key != "total"),
            tuple(n for n in own if columns[n].key == "total"),
        )
        for own in groups.values()
        if any(columns[n].key == "total" for n in own)
    ]


def _tell(sums: Sequence[_Sum], figures: Sequence[Figure]) -> list[int]:
    """For each sum of a row 1 where it holds, 0 where all is zero, -1 where it does not hold."""
    found: list[int] = []
    for parts, totals in sums:
        whole = sum([figures[n] for n in totals])
        found.append(-1 if sum([figures[n] for n in parts]) != whole else int(whole != 0))
    return found


def sums_hold(columns: Sequence[Column], figures: Sequence[Figure]) -> bool:
    """Whether a row's figures add up under these columns; true where the columns have no sum."""
    return -1 not in _tell(_sums_of(columns), figures)


def best_order(options: Sequence[Order], below: Sequence[Row]) -> Order:
    """The order under which most of the rows below a head add up; the first of equals. Only rows that fill
    all of an order's columns count."""
    if len(set(options)) == 1:
        return options[0]
    rows = [(filled_after_labels(row), row) for row in below[:_ROWS_TRIED]]
    best, most = options[0], -1_000_000
    for option in options:
        sums, n = _sums_of(option), len(option)
        full = [a if len(a) == n else [i for i in row if i.is_figure] for a, row in rows]
        told = [_tell(sums, [v.reading.value or 0 for v in row]) for row in full if len(row) == n]
        score = sum(map(sum, told))
        if score > most:
            best, most = option, score
        if most > 0 and not any(-1 in row for row in told):
            break  # every row adds up
    return best


def stand_in_grid(columns: Sequence[Column], below: Sequence[Row]) -> bool:
    """Whether every figure of the rows below stands under one of the columns."""
    places = {c.col for c in columns}
    if any(a.col >= b.col for a, b in pairwise(columns)):
        return False
    some = False
    for row in below:
        values = filled_after_labels(row)
        if len(values) > 1:
            if not places.issuperset([v.col for v in values]):
                return False
            some = True
    return some


def total_left_out(rows: Sequence[Row], n: int) -> bool:
    """Whether every filled row of a table of ``n`` columns lacks one figure and the last printed is not the
    sum of the others: then it is the total that the whole table leaves out."""
    filled = [
        [v.reading.value or 0 for v in values]
        for row in rows
        if len(values := filled_after_labels(row)) >= n - 2
    ]
    if len(filled) < 3 or any(len(values) != n - 1 for values in filled):
        return False
    return any(sum(values[:-1]) != values[-1] for values in filled)
