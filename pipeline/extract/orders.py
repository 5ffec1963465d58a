"""Orders of a table's columns, and which of them the rows below bear out by their sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.extract.rows import Row, is_unit
from pipeline.extract.vocabulary import ColumnKey
from pipeline.report import Figure

_ROWS_TRIED = 40
_APPLICANTS = 7  # six leaves and their total


@dataclass(frozen=True, slots=True)
class Column:
    """A leaf of a table's head: what it stands for (None: a local column), its label and grid column."""

    key: ColumnKey | None
    label: str
    col: int
    group: str = ""


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


def _rows_of(columns: Sequence[Column], below: Sequence[Row]) -> list[list[Figure]]:
    """The figures of the rows that fill every column, as far as the next head."""
    found: list[list[Figure]] = []
    for row in below:
        filled = [i for i in row if i.is_value and not i.is_blank]
        tail = filled_after_labels(row)
        for values in (tail, filled):
            if len(values) == len(columns):
                found.append([v.reading.value or 0 for v in values])
                break
    return found


def leaves_hold(columns: Sequence[Column], figures: Sequence[Figure]) -> int:
    if sum(1 for c in columns if c.key) < _APPLICANTS:
        return 0
    total: Figure | None = None
    parts: Figure = 0
    for column, figure in zip(columns, figures, strict=True):
        if column.key and column.key.key == "total":
            total = figure
        elif column.key:
            parts += figure
    return 0 if total is None else int(total == parts and total != 0) - int(total != parts)


def groups_hold(columns: Sequence[Column], figures: Sequence[Figure]) -> int:
    sums = _group_sums(columns, figures)
    return sum(int(parts == total and total != 0) - int(parts != total) for parts, total in sums)


def _group_sums(columns: Sequence[Column], figures: Sequence[Figure]) -> list[tuple[Figure, Figure]]:
    """(sum of the results, total) of each dispute group."""
    sums: dict[str, list[Figure]] = {}
    for column, figure in zip(columns, figures, strict=True):
        if column.key and column.group in ("reconsideration", "litigation.direct", "litigation.after_review"):
            held = sums.setdefault(column.group, [0, 0])
            held[column.key.key == "total"] += figure
    return [(parts, total) for parts, total in sums.values()]


def sums_hold(columns: Sequence[Column], figures: Sequence[Figure]) -> bool:
    """Whether a row's figures add up under these columns; true where the columns have no sum."""
    if any(c.key and c.key.kind == "applicant" for c in columns):
        return leaves_hold(columns, figures) >= 0
    return all(parts == total for parts, total in _group_sums(columns, figures))


def best_order(
    options: Sequence[tuple[Column, ...]], below: Sequence[Row], score: Callable[[Sequence[Column], Sequence[Figure]], int]
) -> tuple[Column, ...]:
    """The order under which most rows add up; the first of equals."""
    options = list(dict.fromkeys(options))
    if len(options) == 1:
        return options[0]
    tried: dict[int, list[list[Figure]]] = {}
    best, most = options[0], -1_000_000
    for option in options:
        rows = tried.get(len(option))
        if rows is None:
            rows = tried[len(option)] = _rows_of(option, below[:_ROWS_TRIED])
        scores = [score(option, figures) for figures in rows]
        if sum(scores) > most:
            best, most = option, sum(scores)
        if most > 0 and all(sums_hold(option, figures) for figures in rows):
            break  # every row adds up
    return best


def stand_in_grid(columns: Sequence[Column], below: Sequence[Row]) -> bool:
    """Whether every figure of the rows below stands under one of the columns."""
    places = {c.col for c in columns}
    if any(a.col >= b.col for a, b in pairwise(columns)):
        return False
    rows = [values for row in below if len(values := filled_after_labels(row)) > 1]
    return bool(rows) and all(v.col in places for values in rows for v in values)
