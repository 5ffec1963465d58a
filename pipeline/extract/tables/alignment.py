"""Which value of a row belongs to which column, where the row leaves no choice."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.chinese.text import squeeze
from pipeline.chinese.units import IN_YUAN
from pipeline.extract.tables.orders import Column, sums_hold
from pipeline.extract.tables.rows import Item, Row

_NOTHING = ("text_zero", "dash", "not_applicable")
_HEADER_UNIT = re.compile(IN_YUAN)


def unit_of(label: str) -> str:
    """The unit of money that a label names, or nothing."""
    if "元" not in label:
        return ""
    found = _HEADER_UNIT.search(squeeze(label))
    return found[1] if found else ""


def aligned(values: Row, columns: Sequence[Column], gridded: bool, ragged: bool) -> list[Item | None] | None:
    """One value (None: nothing printed) for each column, where the row leaves no choice."""
    n = len(columns)
    if gridded:
        places = {v.col: v for v in values}
        wanted = [c.col for c in columns]
        filled = {v.col for v in values if v.is_figure}
        whole = places.keys() >= set(wanted[:-1] if ragged else wanted)
        if whole and filled.issubset(wanted):
            return [places.get(col) for col in wanted]
    if len(values) == n:
        return list(values)
    bare = [v for v in values if not (v.is_label and (v.is_unit or v.year))]
    if len(bare) == n:
        return list(bare)
    if len(values) > n:
        left, right = values[:n], values[len(values) - n :]
        fits_left = all(v.is_blank for v in values[n:])
        fits_right = all(v.is_blank for v in values[: len(values) - n])
        by_col = {v.col: v for v in values}
        placed: list[Item | None] | None = (
            [by_col[c.col] for c in columns] if all(c.col in by_col for c in columns) else None
        )
        if placed and any(v not in placed and not v.is_blank and not v.is_label for v in values):
            placed = None  # a figure would be left over
        if fits_left and fits_right and [v.text for v in left] != [v.text for v in right]:
            return [*placed] if placed in (left, right) else None
        if placed is not None and (fits_left or fits_right) and [*placed] not in (left, right):
            return None  # by order and by place the figures fill other columns
        return [*left] if fits_left else [*right] if fits_right else placed
    return None


def kept(values: Row, columns: Sequence[Column]) -> list[Item | None] | None:
    """The row's values in their places, where a blank before a figure shows that the file kept its blank
    cells, and the sums bear it out; None where blanks may have been moved to the row's end."""
    n = len(columns)
    row = values[:n]
    if len(row) < n or not all(v.is_value for v in row) or not all(v.is_blank for v in values[n:]):
        return None
    filled = [at for at, v in enumerate(row) if not v.is_blank]
    if not filled or all(not v.is_blank for v in row[: filled[-1]]):
        return None
    return [*row] if sums_hold(columns, [v.reading.value or 0 for v in row]) else None


def spread(values: Row, n: int) -> Row:
    """The values with a zero, a dash or a slash that was merged over several columns in each of them, where
    that makes ``n``."""
    wide = [v for v in values if v.colspan > 1 and not v.is_blank]
    if not wide or sum(v.colspan if not v.is_blank else 1 for v in values) != n:
        return values
    if any(v.reading.state not in _NOTHING and v.reading[:2] != ("reported", 0) for v in wide):
        return values
    return [v for v in values for _ in range(v.colspan if v in wide else 1)]
