"""Which year a table is headed with, where the lines before it or its first row say so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.document import Table

_HEADED = re.compile(r"(20[0-2]\d)\s*年?\s*(?:度|年度)?")
_PART = re.compile(
    r"[上下]半年|第?[一二三四1-4]季度|前[一二三]季度|(?<!\d)(?:1[0-2]|[1-9])月?[-—–~至](?:1[01]|[1-9])月"
)
_ABOUT_TABLE = re.compile(r"表|统计|情况|年度|数据")


def year_hint(before: Sequence[str], table: Table) -> int | None:
    """The year named in the table's caption, its first rows of a single cell, or the short line right before
    it."""
    for text in _titles(before, table):
        years = {int(y) for y in _HEADED.findall(text)}
        if len(years) == 1 and _ABOUT_TABLE.search(text):
            return years.pop()
    return None


def part_of_year(before: Sequence[str], table: Table) -> bool:
    """Whether the table is headed with a part of a year: a half, a quarter, some months."""
    return any(_PART.search(text) and _ABOUT_TABLE.search(text) for text in _titles(before, table))


def _titles(before: Sequence[str], table: Table) -> list[str]:
    found = [table.caption] if table.caption else []
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        if cell.row > 2:
            break
        if cell.text:
            rows.setdefault(cell.row, []).append(cell.text)
    found += [texts[0] for texts in rows.values() if len(texts) == 1 and len(texts[0]) <= 40]
    found += [
        text
        for text in reversed(before[-2:])
        if len(text) <= 40 and not text.rstrip().endswith(("。", "；", ";"))
    ]
    return found
