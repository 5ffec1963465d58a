"""Stata's .dta with labels: variables say what they are in Chinese and English, and columns of few values are
numbers whose labels say the value.

Names keep within Stata's 32 signs: a measure's short name is the codebook's. What Stata cannot hold is
refused or told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.codebook.rows import STATA_NAME
from pipeline.handover.tables import Field, NotHeld, Table, plain_text

if TYPE_CHECKING:
    import polars as pl

LABEL_SIGNS = 80
FILE_FORMAT = 14
"""Stata 14 and later: the first with texts in UTF-8."""
_EXACT = 2**53
_LONG = 2**31 - 200
"""Whole numbers below it are Stata's long; above it they are doubles."""
_CHUNK = 50_000
_TIMESTAMP = re.compile(rb"(<timestamp>\x11)(.{17})(</timestamp>)", re.DOTALL)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAME = re.compile(rf"[A-Za-z_][A-Za-z0-9_]{{0,{STATA_NAME - 1}}}")
_RESERVED = frozenset(
    (
        *("byte", "double", "float", "if", "in", "int", "long", "using", "with", "strL"),
        *("_all", "_b", "_coef", "_cons", "_n", "_N", "_pi", "_pred", "_rc", "_skip"),
    )
)


def write_stata(
    table: Table, path: Path, *, names: Mapping[str, str], made: datetime, title: str = ""
) -> tuple[str, ...]:
    """Write a table; gives a line for each column that Stata does not hold as it is. ``names`` are those that
    stand for names too long, ``made`` the moment that the file states. Raises NotHeld."""
    import polars as pl
    import pyreadstat

    called = [stata_name(f.name, names) for f in table.fields]
    if len(set(called)) < len(called):
        raise NotHeld("two columns have one name: give each its own (select a.x as x1, b.x as x2)")
    frame = _frame(table)
    columns, labels, told = [], {}, []
    for name, field in zip(called, table.fields, strict=True):
        column, own, line = _column(frame[field.name], field)
        columns.append(column.alias(name))
        told += [f"{table.name}: {line}"] if line else []
        if own:
            labels[name] = own
    pyreadstat.write_dta(
        pl.DataFrame(columns),
        path,
        file_label=title[:LABEL_SIGNS],
        column_labels=[_label(f) for f in table.fields],
        version=FILE_FORMAT,
        variable_value_labels=labels,
    )
    _state_moment(path, made)
    return tuple(told)


def stata_name(name: str, names: Mapping[str, str]) -> str:
    """The name of a column in Stata. Raises NotHeld where it has none."""
    short = names.get(name, name)
    if not _NAME.fullmatch(short) or short in _RESERVED:
        raise NotHeld(
            f"Stata takes no column {name!r}: letters, digits and _, at most {STATA_NAME} signs, no word of its own; "
            f"name it in the query (select ... as short_name)"
        )
    return short


def _label(field: Field) -> str:
    """What the variable is, as much as Stata's label holds whole: Chinese and English, else one of them."""
    unit = f" ({field.unit})" if field.unit else ""
    both = " / ".join(part for part in (field.label_zh + unit, field.label_en) if part)
    for text in (both, field.label_zh + unit, field.label_en):
        if text and len(text) <= LABEL_SIGNS:
            return text
    return field.name


def _batched(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _frame(table: Table) -> pl.DataFrame:
    """The rows as a frame, some at a time: what Python holds of them stays small."""
    import polars as pl

    types: dict[str, Any] = {
        "whole": pl.Int128,
        "exact": pl.Decimal(38, 6),
        "double": pl.Float64,
        "truth": pl.Boolean,
        "day": pl.Date,
        "moment": pl.Datetime("us"),
    }
    schema = {f.name: types.get(f.kind, pl.String) for f in table.fields}
    texts = [n for n, f in enumerate(table.fields) if f.kind not in types]
    frames = [pl.DataFrame(schema=schema)]
    for chunk in _batched(table.rows):
        columns = [list(column) for column in zip(*chunk, strict=True)]
        for n in texts:
            columns[n] = [None if v is None else plain_text(v) for v in columns[n]]
        frames.append(pl.DataFrame(columns, schema=schema, orient="col"))
    return pl.concat(frames)


def _column(column: pl.Series, field: Field) -> tuple[pl.Series, dict[int | float, str], str]:
    """The column as Stata holds it, the labels of its values, and what is to be told of it."""
    import polars as pl

    codes = {v.value: v.code for v in field.values}
    if codes and field.kind == "text" and set(column.drop_nulls().unique()) <= codes.keys():
        labels: dict[int | float, str] = {v.code: f"{v.value} {v.label_zh}" for v in field.values}
        return column.replace_strict(codes, return_dtype=pl.Int16), labels, ""
    if field.kind == "truth":
        return column.cast(pl.Int8), {0: "no 否", 1: "yes 是"}, ""
    if field.kind in ("whole", "exact", "double"):
        numbers = column.cast(pl.Float64)
        small = bool((numbers.abs() < _LONG).all())
        lost = 0 if field.kind == "double" else _lost(column, numbers)
        line = (
            f"{lost} numbers of {field.name} have more digits than Stata keeps and are rounded"
            if lost
            else ""
        )
        return (column.cast(pl.Int32) if field.kind == "whole" and small else numbers), {}, line
    return column.fill_null("") if column.dtype == pl.String else column, {}, ""


def _lost(column: pl.Series, numbers: pl.Series) -> int:
    """How many numbers a double does not say: above 2^53, or with more than its 15 digits."""
    import polars as pl

    if column.dtype == pl.Int128:
        return int((numbers.abs() > _EXACT).sum())
    back = numbers.cast(pl.Decimal(38, 6), strict=False)
    return int(((back != column) | back.is_null()).filter(column.is_not_null()).sum())


def _state_moment(path: Path, made: datetime) -> None:
    """The file states the moment that it is told to: the same table gives the same bytes."""
    day = f"{made.day:02d} {_MONTHS[made.month - 1]} {made.year:04d} {made.hour:02d}:{made.minute:02d}"
    content = path.read_bytes()
    found = _TIMESTAMP.search(content, 0, 1_000)
    if found is None:
        raise NotHeld("the .dta file that was written has no head as Stata's files have")
    with path.open("r+b") as stream:
        stream.seek(found.start(2))
        stream.write(day.encode("ascii"))
