"""A workbook for Excel and its like: numbers as numbers, codes as text, heads that stay in sight.

No cell is a formula: texts are written as texts, whatever they begin with. What Excel cannot hold is told:
more rows than a sheet has go on in a further sheet, a number of more digits than a double keeps stands as
text, a text that is longer than a cell is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.handover.tables import Field, NotHeld, Table, plain_text

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

SHEET_ROWS = 1_048_576
CELL_SIGNS = 32_767
HEADS = 3
"""Rows above the first of data: Chinese label with its unit, English meaning, the column's name."""
_WIDEST, _NARROWEST = 48, 9


def write_workbook(
    tables: Iterable[Table], path: Path, *, made: datetime, title: str = "", rows: int = SHEET_ROWS
) -> tuple[str, ...]:
    """Write each table as a sheet; gives a line for each thing that Excel does not hold as it is. ``made`` is
    the moment that the file states, ``rows`` how many a sheet holds. Raises NotHeld."""
    from xlsxwriter import Workbook

    told: list[str] = []
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(str(path), options) as book:
        book.set_properties({"title": title, "created": made.astimezone(UTC).replace(tzinfo=None)})
        styles = _Styles(book)
        for table in tables:
            told += _sheets(book, styles, table, rows)
    return tuple(told)


class _Styles:
    def __init__(self, book: Workbook) -> None:
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#EEEEEE"})
        self.meaning = book.add_format(
            {"italic": True, "text_wrap": True, "valign": "top", "bg_color": "#EEEEEE"}
        )
        self.text = book.add_format({"num_format": "@"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})


def _sheets(book: Workbook, styles: _Styles, table: Table, most: int) -> list[str]:
    told: list[str] = []
    sheet, number, at = _sheet(book, styles, table, table.name), 1, HEADS
    long_numbers = 0
    for row in table.rows:
        if at == most:
            number += 1
            sheet, at = _sheet(book, styles, table, f"{table.name} {number}"), HEADS
        for column, (field, value) in enumerate(zip(table.fields, row, strict=True)):
            if value is not None:
                long_numbers += not _write(sheet, styles, at, column, field, value)
        at += 1
    if number > 1:
        told.append(f"{table.name}: a sheet holds {most - HEADS} rows; it goes on in {number - 1} more")
    if long_numbers:
        told.append(
            f"{table.name}: {long_numbers} numbers have more digits than Excel keeps and stand as text"
        )
    return told


def _sheet(book: Workbook, styles: _Styles, table: Table, name: str) -> Worksheet:
    fields = table.fields
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(HEADS, table.key)
    for column, field in enumerate(fields):
        sheet.set_column(column, column, _width(field))
    for row, style, texts in (
        (0, styles.head, [f"{f.label_zh} ({f.unit})" if f.unit else f.label_zh for f in fields]),
        (1, styles.meaning, [f.label_en for f in fields]),
        (2, styles.head, [f.name for f in fields]),
    ):
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, style)
    sheet.autofilter(HEADS - 1, 0, HEADS - 1, max(len(fields) - 1, 0))
    return sheet


def _width(field: Field) -> int:
    return max(_NARROWEST, min(_WIDEST, len(field.name) + 2)) if field.kind != "texts" else _WIDEST


def _write(sheet: Worksheet, styles: _Styles, row: int, column: int, field: Field, value: Any) -> bool:
    """Write one value; False where a number had to become a text."""
    style: Format | None = None
    if field.kind == "truth":
        sheet.write_boolean(row, column, value)
    elif field.kind in ("whole", "exact", "double"):
        number = float(value)
        if number != number or number in (float("inf"), float("-inf")) or not _is_kept(value, number):
            sheet.write_string(row, column, _digits(value), styles.text)
            return False
        sheet.write_number(row, column, number)
    elif field.kind == "day":
        sheet.write_datetime(row, column, value, styles.day)
    elif field.kind == "moment":
        sheet.write_datetime(row, column, value, styles.moment)
    else:
        text = plain_text(value)
        style = styles.text if field.kind == "text" else None
        if len(text) > CELL_SIGNS:
            raise NotHeld(
                f"a cell of {field.name} holds {len(text)} signs, Excel's takes {CELL_SIGNS}: "
                "write .csv, .jsonl or .parquet"
            )
        sheet.write_string(row, column, text, style)
    return True


def _is_kept(value: Any, number: float) -> bool:
    """Whether the 15 digits that Excel keeps say the whole number: nine before the point and six behind it
    surely do."""
    return abs(number) < 1e9 or isinstance(value, float) or Decimal(f"{number:.15g}") == Decimal(value)


def _digits(value: Any) -> str:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)
