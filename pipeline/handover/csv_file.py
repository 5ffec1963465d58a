"""CSV as spreadsheets open it: UTF-8 with its mark in front, and no cell that could be taken for a formula."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.handover.tables import Table, plain_text

_HARMLESS = re.compile(r"[-+]?\d+(?:\.\d+)?%?|-")


def guarded(text: str) -> str:
    """A cell that a spreadsheet takes for text: what would begin a formula gets an apostrophe before it."""
    if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not _HARMLESS.fullmatch(text):
        return "'" + text
    return text


def csv_cell(value: Any) -> str:
    """A value as CSV has it: numbers with their own digits, true and false in small letters, days as
    2024-03-31, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return guarded(plain_text(value)) if isinstance(value, str | list | tuple) else str(value)


def write_csv_file(table: Table, path: Path) -> int:
    """Write a table with its columns' names in the first line; gives the number of rows."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([f.name for f in table.fields])
        rows = 0
        for row in table.rows:
            writer.writerow([csv_cell(v) for v in row])
            rows += 1
    return rows
