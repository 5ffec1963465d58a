"""Orders of a table's columns, and which of them the rows below bear out by their sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from pipeline.extract.tables.rows import Row, is_unit
from pipeline.extract.tables.vocabulary import ColumnKey
from pipeline.report import Figure

_ROWS_TRIED = 40
_DISPUTES = ("reconsideration", "litigation.direct", "litigation.after_review")
_APPLICANTS = 7  # six leaves and their total


@dataclass(frozen=True, slots=True)
class Column:
    """A leaf of a table's head: what it stands for (None: a local column), its label and grid column."""

    key: ColumnKey | None
    label: str
    col: int
    group: str = ""


Order = tuple[Column, ...]


def filled_after_labels(row: Row) -> Row:
    """The filled value cells to the right of a row's last label; a row of figures alone gives them all."""
    last = max((n for n, i in enumerate(row) if i.is_label and not is_unit(i.text)), default=-1)
    if last == len(row) - 1:  # a remark stands at the end
        last = max((n for n, i in enumerate(row[:last]) if i.is_label and not is_unit(i.text)), default=-1)
    return [i for i in row[last + 1 :] if i.is_value and not i.is_blank]


def total_first(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    return tuple(sorted(columns, key=lambda c: c.key is None or c.key.key != "total"))


def total_last(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    return tuple(sorted(columns, key=lambda c: c.key is not None and c.key.key == "total"))


def filled_rows(n: int, below: Sequence[Row]) -> list[Row]:
    """The values of those rows that fill all of ``n`` columns, of the first rows below a head."""
    found: list[Row] = []
    for row in below[:_ROWS_TRIED]:
        for values in (filled_after_labels(row), [i for i in row if i.is_value and not i.is_blank]):
            if len(values) == n:
                found.append(values)
                break
    return found


class _Sum(NamedTuple):
    """Which columns (by their places in the order) add up to which; several totals count together, none is
    0."""

    parts: tuple[int, ...]
    totals: tuple[int, ...]


def _sums_of(columns: Sequence[Column]) -> list[_Sum]:
    """The sums that a row must obey under these columns: the applicants' one, or one of each dispute
    group."""
    if any(c.key and c.key.kind == "applicant" for c in columns):
        keyed = [n for n, c in enumerate(columns) if c.key]
        totals = [n for n in keyed if _is_total(columns[n])][-1:]
        parts = [n for n in keyed if not _is_total(columns[n])]
        return [_Sum(tuple(parts), tuple(totals))] if totals and len(keyed) >= _APPLICANTS else []
    groups: dict[str, list[int]] = {}
    for n, column in enumerate(columns):
        if column.key and column.group in _DISPUTES:
            groups.setdefault(column.group, []).append(n)
    return [
        _Sum(
            tuple(n for n in found if not _is_total(columns[n])),
            tuple(n for n in found if _is_total(columns[n])),
        )
        for found in groups.values()
    ]


def _is_total(column: Column) -> bool:
    return column.key is not None and column.key.key == "total"


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
    """The order under which most of the rows below a head add up; the first of equals."""
    if len(set(options)) == 1:
        return options[0]
    rows = {
        n: [[v.reading.value or 0 for v in row] for row in filled_rows(n, below)]
        for n in set(map(len, options))
    }
    return best_of(options, rows)


def best_of(options: Sequence[Order], rows_filling: Mapping[int, Sequence[Sequence[Figure]]]) -> Order:
    """The same; ``rows_filling`` gives the figures of the rows that fill a number of columns."""
    best, most = options[0], -1_000_000
    for option in options:
        sums = _sums_of(option)
        told = [_tell(sums, figures) for figures in rows_filling[len(option)]]
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
    rows = [values for row in below if len(values := filled_after_labels(row)) > 1]
    return bool(rows) and all(v.col in places for values in rows for v in values)
